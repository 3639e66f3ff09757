//! One opened repository: its folders, its kind, and whether we may and can read it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::model::{HashKind, ObjectId};

use super::config_file::ConfigFile;
use super::discover::{self, Found};
use super::environment::Environment;
use super::files::read_regular;
use super::index::Index;
use super::plumbing::Git;

/// A list of shallow commits that is longer is cut: it is told to users, not relied on.
const SHALLOW_LIMIT: u64 = 64 << 20;

/// How refs are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefStorage {
    /// Files below `refs/`, and `packed-refs`.
    Files,
    /// Binary tables, which we leave to the git program.
    Reftable,
}

/// A repository that may be read. All paths are absolute.
#[derive(Debug, Clone)]
pub struct Repository {
    /// The git folder of this work tree.
    pub git_dir: PathBuf,
    /// The folder shared by all work trees: objects, refs, configuration.
    pub common_dir: PathBuf,
    /// Where objects are (`GIT_OBJECT_DIRECTORY` included).
    pub objects_dir: PathBuf,
    /// More object folders that the environment names; `info/alternates` is the object store's own business.
    pub alternates: Vec<PathBuf>,
    /// The top of the work tree; `None` in a bare repository.
    pub work_tree: Option<PathBuf>,
    /// The index file (`GIT_INDEX_FILE` included).
    pub index_file: PathBuf,
    /// Which hash names its objects.
    pub hash: HashKind,
    /// How its refs are stored.
    pub ref_storage: RefStorage,
    /// Its own configuration, without includes.
    pub config: ConfigFile,
    /// Whether it is bare.
    pub bare: bool,
    /// Whether it is a partial clone: objects may be missing because they were promised.
    pub partial: bool,
}

impl Repository {
    /// The repository in which `start` lies, as git would find it from there; `None` if there is none.
    ///
    /// Fails if there is one that cannot be read: refused owner, unknown extension, bad configuration.
    pub fn discover(start: &Path, env: &Environment) -> Result<Option<Repository>> {
        let start = fs::canonicalize(start).map_err(|source| Error::Io {
            path: start.to_path_buf(),
            doing: "read",
            source,
        })?;
        match discover::find(&start, env)? {
            Some(found) => Repository::from_found(&found, &start, env).map(Some),
            None => Ok(None),
        }
    }

    /// The repository whose top or git folder is exactly `folder`; `None` if there is none.
    pub fn at(folder: &Path) -> Result<Option<Repository>> {
        let folder = match fs::canonicalize(folder) {
            Ok(folder) => folder,
            Err(source) => return Err(Error::Io { path: folder.to_path_buf(), doing: "read", source }),
        };
        let env = Environment::none();
        match discover::at(&folder, &env)? {
            Some(found) => Repository::from_found(&found, &folder, &env).map(Some),
            None => Ok(None),
        }
    }

    fn from_found(found: &Found, start: &Path, env: &Environment) -> Result<Repository> {
        let git_dir = fs::canonicalize(&found.git_dir).unwrap_or_else(|_| found.git_dir.clone());
        let common = discover::common_dir(&git_dir, env);
        let common_dir = fs::canonicalize(&common).unwrap_or(common);
        let mut config = ConfigFile::read(&common_dir.join("config"))?;
        let kind = check_format(&config, &common_dir)?;
        if kind.worktree_config {
            config.extend(ConfigFile::read(&git_dir.join("config.worktree"))?);
        }
        let (bare, work_tree) = work_tree(found, &git_dir, start, &config, env);
        if !found.explicit {
            check_owner(found, &git_dir, start)?;
        }
        // Git moves to the top of the work tree before it looks at these, so relative ones count from there.
        let base = work_tree.as_deref().unwrap_or(start);
        let objects_dir = match &env.object_directory {
            Some(dir) => base.join(dir),
            None => common_dir.join("objects"),
        };
        Ok(Repository {
            objects_dir,
            alternates: env.alternates.iter().map(|dir| base.join(dir)).collect(),
            index_file: match &env.index_file {
                Some(file) => base.join(file),
                None => git_dir.join("index"),
            },
            partial: is_partial(&config),
            hash: kind.hash,
            ref_storage: kind.ref_storage,
            git_dir,
            common_dir,
            work_tree,
            config,
            bare,
        })
    }

    /// The commits at which a shallow clone ends; none in a full one.
    pub fn shallow(&self) -> Result<Vec<ObjectId>> {
        let path = self.common_dir.join("shallow");
        let text = match read_regular(&path, SHALLOW_LIMIT) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(Error::Io { path, doing: "read", source }),
        };
        text.split(|&b| b == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| ObjectId::from_hex(line.trim_ascii()))
            .collect::<Option<Vec<_>>>()
            .ok_or(Error::Repository { path, problem: "it should hold one object id a line".into() })
    }

    /// The git folders of all work trees, the shared one first, and those that could not be listed.
    pub fn worktrees(&self) -> Result<Vec<PathBuf>> {
        let mut all = vec![self.common_dir.clone()];
        let folder = self.common_dir.join("worktrees");
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(all),
            Err(source) => return Err(Error::Io { path: folder, doing: "read", source }),
        };
        for entry in entries {
            let entry = entry.map_err(|source| Error::Io { path: folder.clone(), doing: "read", source })?;
            if entry.path().join("HEAD").symlink_metadata().is_ok() {
                all.push(entry.path());
            }
        }
        all[1..].sort();
        Ok(all)
    }

    /// The index of this work tree; `None` if there is none yet.
    pub fn index(&self) -> Result<Option<Index>> {
        Index::read(&self.index_file, &self.git_dir, self.hash)
    }
}

struct Format {
    hash: HashKind,
    ref_storage: RefStorage,
    worktree_config: bool,
}

/// Refuses repositories of a format or with an extension that we do not know, as git does: reading them by guess could
/// miss objects.
fn check_format(config: &ConfigFile, common_dir: &Path) -> Result<Format> {
    let refuse = |problem: String| Error::Repository { path: common_dir.to_path_buf(), problem };
    let version = match config.get("core", None, "repositoryformatversion") {
        None => 0,
        Some(text) => std::str::from_utf8(text)
            .ok()
            .and_then(|t| t.trim().parse::<u32>().ok())
            .ok_or_else(|| refuse("core.repositoryformatversion is not a number".into()))?,
    };
    if version > 1 {
        return Err(refuse(format!("repository format {version} is newer than what keysieve knows (1)")));
    }
    let mut format = Format { hash: HashKind::Sha1, ref_storage: RefStorage::Files, worktree_config: false };
    for (key, value) in config.section("extensions") {
        let shown = String::from_utf8_lossy(value).to_ascii_lowercase();
        match key {
            "noop" | "preciousobjects" | "partialclone" => {}
            "worktreeconfig" => format.worktree_config = config.get_bool("extensions", key) == Some(true),
            _ if version == 0 && V1_ONLY.contains(&key) => {
                return Err(refuse(format!("extension {key} in a repository of format 0")));
            }
            _ if version == 0 => {}
            "objectformat" if shown == "sha1" => format.hash = HashKind::Sha1,
            "objectformat" if shown == "sha256" => format.hash = HashKind::Sha256,
            "refstorage" if shown == "files" => format.ref_storage = RefStorage::Files,
            "refstorage" if shown == "reftable" => format.ref_storage = RefStorage::Reftable,
            "objectformat" | "refstorage" => {
                return Err(refuse(format!("unknown value `{shown}` of extension {key}")));
            }
            _ if V1_ONLY.contains(&key) => {}
            _ => return Err(refuse(format!("unknown repository extension `{key}`"))),
        }
    }
    Ok(format)
}

/// Extensions that git accepts in format 1 alone, and of which we know that they hide nothing from us.
const V1_ONLY: [&str; 6] = [
    "noop-v1",
    "objectformat",
    "compatobjectformat",
    "refstorage",
    "relativeworktrees",
    "submodulepathconfig",
];

/// Whether it is bare, and where its work tree is: the variable, `core.worktree`, the folder around `.git`, or (with
/// `GIT_DIR` alone) the current folder.
fn work_tree(
    found: &Found,
    git_dir: &Path,
    start: &Path,
    config: &ConfigFile,
    env: &Environment,
) -> (bool, Option<PathBuf>) {
    let bare = config.get_bool("core", "bare");
    let given = match (&env.work_tree, config.get("core", None, "worktree")) {
        (Some(tree), _) => Some(start.join(tree)),
        (None, Some(tree)) if bare != Some(true) => Some(git_dir.join(super::bytes::path_from_bytes(tree))),
        _ => None,
    };
    let tree = match given {
        Some(tree) => Some(tree),
        // `core.bare` is shared by all work trees, but a linked one is never bare.
        None if bare == Some(true) && found.git_file.is_none() => None,
        None if found.explicit => Some(start.to_path_buf()),
        None => found.parent.clone(),
    };
    let tree = tree.map(|t| fs::canonicalize(&t).unwrap_or(t));
    (tree.is_none(), tree)
}

fn is_partial(config: &ConfigFile) -> bool {
    config.get("extensions", None, "partialclone").is_some()
        || config
            .section("remote")
            .any(|(key, value)| key == "partialclonefilter" || (key == "promisor" && value != b"false"))
}

/// Refuses a repository that belongs to somebody else, unless git itself would read it (`safe.directory`).
fn check_owner(found: &Found, git_dir: &Path, start: &Path) -> Result<()> {
    // As git does: the folder in which `.git` stands, not a work tree that the configuration names.
    let paths = [found.git_file.as_deref(), found.parent.as_deref(), Some(git_dir)];
    if paths.into_iter().flatten().all(is_ours) {
        return Ok(());
    }
    let top = found.parent.as_deref().unwrap_or(git_dir);
    let allowed = Git::find(&[start, top]).is_ok_and(|git| git.may_read(top));
    if allowed {
        return Ok(());
    }
    Err(Error::Repository {
        path: top.to_path_buf(),
        problem: format!(
            "dubious ownership: it belongs to another user, and git refuses such repositories; if you trust it: \
             git config --global --add safe.directory '{}'",
            top.display()
        ),
    })
}

#[cfg(unix)]
fn is_ours(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::symlink_metadata(path).is_ok_and(|m| m.uid() == rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
fn is_ours(_path: &Path) -> bool {
    true
}
