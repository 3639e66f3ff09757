//! Refs: loose files, `packed-refs`, the private refs and HEADs of all work trees. A broken one never hides the others.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::model::ObjectId;

use super::bytes::{path_from_bytes, path_to_bytes};
use super::discover::read_short;
use super::plumbing::Git;
use super::ref_files::{PACKED_LIMIT, Value, read_loose, read_packed};
use super::repository::{RefStorage, Repository};

/// How many symbolic refs may point to each other: git's own bound.
const SYMBOLIC_DEPTH: usize = 5;
/// Folders below refs/ deeper than this are named and not read.
const FOLDER_DEPTH: usize = 256;

/// A name that points to an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ref {
    /// The full name: `refs/heads/main`, `HEAD`, `worktrees/x/HEAD`.
    pub name: Vec<u8>,
    /// The object: any kind, a tag is not peeled.
    pub target: ObjectId,
}

/// All refs of a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refs {
    /// Those that point to an object id, sorted by name. The object may still be missing.
    pub refs: Vec<Ref>,
    /// Those that could not be read.
    pub broken: Broken,
}

/// What could not be read: name or path, and why.
pub type Broken = Vec<(String, String)>;

impl Repository {
    /// All refs: of all namespaces, of all work trees, and the special ones (`HEAD`, `MERGE_HEAD`, `ORIG_HEAD` …).
    pub fn refs(&self) -> Result<Refs> {
        if self.ref_storage == RefStorage::Reftable {
            return self.refs_by_plumbing();
        }
        let mut all = Collector {
            repository: self,
            found: BTreeMap::new(),
            unread: BTreeSet::new(),
            broken: Vec::new(),
        };
        for git_dir in all.worktrees() {
            all.worktree(&git_dir);
        }
        // Last, as git does: what is packed meanwhile is then seen here, and nowhere if this had been read before.
        all.packed();
        Ok(all.finish())
    }

    /// The commit that HEAD names; `None` before the first commit.
    pub fn head(&self) -> Result<Option<ObjectId>> {
        if self.ref_storage == RefStorage::Reftable {
            return self.head_by_plumbing();
        }
        self.resolve(b"HEAD")
    }

    /// The commits that a merge in progress brings in; none when there is no merge.
    pub fn merge_heads(&self) -> Result<Vec<ObjectId>> {
        let path = self.git_dir.join("MERGE_HEAD");
        let text = match read_short(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(Error::Io { path, doing: "read", source }),
        };
        text.split(|&b| b == b'\n')
            .filter(|line| !line.trim_ascii().is_empty())
            .map(|line| ObjectId::from_hex(line.trim_ascii()))
            .collect::<Option<Vec<_>>>()
            .ok_or(Error::Repository { path, problem: "it should hold one commit a line".into() })
    }

    /// The object that a full ref name leads to through symbolic refs; `None` if the last of them does not exist.
    pub fn resolve(&self, name: &[u8]) -> Result<Option<ObjectId>> {
        let broken = |problem: &str| Error::Repository {
            path: self.git_dir.join(path_from_bytes(name)),
            problem: problem.to_string(),
        };
        let mut name = name.to_vec();
        for _ in 0..=SYMBOLIC_DEPTH {
            let folder = if is_private(&name) { &self.git_dir } else { &self.common_dir };
            match read_loose(&folder.join(path_from_bytes(&name))) {
                Ok(Some(Value::Object(id))) => return Ok(Some(id)),
                Ok(Some(Value::Symbolic(next))) => name = next,
                Ok(None) => return self.packed_ref(&name),
                Err(why) => return Err(broken(&why)),
            }
        }
        Err(broken("symbolic refs point to each other"))
    }

    fn packed_ref(&self, wanted: &[u8]) -> Result<Option<ObjectId>> {
        let (mut found, mut broken) = (None, false);
        let path = self.common_dir.join("packed-refs");
        read_packed(&path, &mut |name, id| {
            broken |= id.is_none();
            if name == wanted {
                found = id;
            }
        })?;
        // The ref may have stood in the bad line. Git refuses such a file too.
        if found.is_none() && broken {
            return Err(Error::Repository { path, problem: "a line of it names no object and ref".into() });
        }
        Ok(found)
    }

    fn refs_by_plumbing(&self) -> Result<Refs> {
        let git = Git::find(&self.folders())?;
        let args = ["for-each-ref", "--format=%(objectname) %(refname)"].map(OsStr::new);
        let text = git.output(self, &args, PACKED_LIMIT)?;
        let mut all = Refs::default();
        for line in text.split(|&b| b == b'\n').filter(|l| !l.is_empty()) {
            let parsed = line.iter().position(|&b| b == b' ').and_then(|at| {
                Some(Ref { name: line[at + 1..].to_vec(), target: ObjectId::from_hex(&line[..at])? })
            });
            match parsed {
                Some(found) => all.refs.push(found),
                None => all
                    .broken
                    .push((String::from_utf8_lossy(line).into_owned(), "git's answer is not a ref".into())),
            }
        }
        if let Some(target) = self.head_by_plumbing()? {
            all.refs.push(Ref { name: b"HEAD".to_vec(), target });
        }
        for git_dir in self.worktrees()?.into_iter().skip(1) {
            let own = Repository { work_tree: None, git_dir: git_dir.clone(), ..self.clone() };
            match own.head_by_plumbing() {
                Ok(Some(target)) => all.refs.push(Ref { name: self.name_in(&git_dir, b"HEAD"), target }),
                Ok(None) => {}
                Err(e) => all.broken.push((git_dir.join("HEAD").display().to_string(), e.to_string())),
            }
        }
        all.refs.sort();
        Ok(all)
    }

    fn head_by_plumbing(&self) -> Result<Option<ObjectId>> {
        let git = Git::find(&self.folders())?;
        // An unborn HEAD is not a failure: git says nothing and ends with 1, as for a bad name. Ask what it names first.
        let args = ["rev-parse", "--verify", "--quiet", "--end-of-options", "HEAD"].map(OsStr::new);
        match git.output(self, &args, 1 << 12) {
            Ok(text) => match ObjectId::from_hex(text.trim_ascii()) {
                Some(id) => Ok(Some(id)),
                None => Err(Error::Repository {
                    path: self.git_dir.clone(),
                    problem: "git does not know what HEAD is".into(),
                }),
            },
            Err(problem) => {
                let args = ["symbolic-ref", "--quiet", "HEAD"].map(OsStr::new);
                git.output(self, &args, 1 << 16).map_err(|_| problem).map(|_| None)
            }
        }
    }

    /// The folders in which no program is looked for.
    pub fn folders(&self) -> Vec<&Path> {
        let mut all = vec![self.git_dir.as_path(), self.common_dir.as_path()];
        all.extend(self.work_tree.as_deref());
        all
    }

    /// The name by which the shared refs know a ref of a linked work tree.
    fn name_in(&self, git_dir: &Path, name: &[u8]) -> Vec<u8> {
        if git_dir == self.common_dir {
            return name.to_vec();
        }
        let mut full = b"worktrees/".to_vec();
        full.extend(path_to_bytes(Path::new(git_dir.file_name().unwrap_or_default())));
        full.push(b'/');
        full.extend(name);
        full
    }
}

struct Collector<'r> {
    repository: &'r Repository,
    found: BTreeMap<Vec<u8>, Value>,
    /// Names of loose refs that could not be read.
    unread: BTreeSet<Vec<u8>>,
    broken: Broken,
}

/// How many bad lines of `packed-refs` are named one by one; more are counted.
const BAD_LINES: usize = 1000;

/// The longest bad line that is shown, in bytes. A longer one is not shown in part: half a key would not be known for one.
const BAD_LINE: usize = 4096;

fn bad_line(line: &[u8]) -> (String, String) {
    if line.len() > BAD_LINE {
        return ("packed-refs".into(), format!("a bad line of {} bytes", line.len()));
    }
    (String::from_utf8_lossy(line).into_owned(), "bad line in packed-refs".into())
}

impl Collector<'_> {
    fn packed(&mut self) {
        let path = self.repository.common_dir.join("packed-refs");
        let (found, unread, broken) = (&mut self.found, &self.unread, &mut self.broken);
        let mut bad = 0;
        let read = read_packed(&path, &mut |name, id| match id {
            // A loose ref stands above a packed one, also when it is broken.
            Some(_) if unread.contains(name) => {}
            Some(id) => drop(found.entry(name.to_vec()).or_insert(Value::Object(id))),
            None => {
                bad += 1;
                if bad <= BAD_LINES {
                    broken.push(bad_line(name));
                }
            }
        });
        if bad > BAD_LINES {
            self.broken.push(("packed-refs".into(), format!("{} more bad lines", bad - BAD_LINES)));
        }
        if let Err(e) = read {
            self.broken.push(("packed-refs".into(), e.to_string()));
        }
    }

    /// The git folders of all work trees; at least the shared one.
    fn worktrees(&mut self) -> Vec<PathBuf> {
        self.repository.worktrees().unwrap_or_else(|e| {
            self.broken.push(("worktrees".into(), e.to_string()));
            vec![self.repository.common_dir.clone()]
        })
    }

    /// The refs below `refs/` of one git folder, and the special refs beside it.
    fn worktree(&mut self, git_dir: &Path) {
        let mut stack = vec![(git_dir.join("refs"), b"refs".to_vec(), 0)];
        while let Some((folder, name, depth)) = stack.pop() {
            let entries = match fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                Err(e) => {
                    self.broken.push((folder.display().to_string(), e.to_string()));
                    continue;
                }
            };
            for entry in entries {
                let entry = match entry {
                    Ok(entry) => entry,
                    Err(e) => {
                        self.broken.push((folder.display().to_string(), e.to_string()));
                        break;
                    }
                };
                let mut child = name.clone();
                child.push(b'/');
                child.extend(path_to_bytes(Path::new(&entry.file_name())));
                if !entry.file_type().is_ok_and(|t| t.is_dir()) {
                    self.loose(git_dir, &entry.path(), &child);
                } else if depth < FOLDER_DEPTH {
                    stack.push((entry.path(), child, depth + 1));
                } else {
                    self.broken.push((entry.path().display().to_string(), "folders too deep".into()));
                }
            }
        }
        self.special(git_dir);
    }

    fn special(&mut self, git_dir: &Path) {
        let names = ["HEAD", "ORIG_HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD"];
        let kept = ["MERGE_AUTOSTASH", "rebase-merge/autostash", "rebase-apply/autostash"];
        for name in names.into_iter().chain(["BISECT_HEAD", "AUTO_MERGE"]).chain(kept) {
            self.loose(git_dir, &git_dir.join(name), name.as_bytes());
        }
    }

    fn loose(&mut self, git_dir: &Path, path: &Path, name: &[u8]) {
        if name.ends_with(b".lock") {
            return;
        }
        let name = self.repository.name_in(git_dir, name);
        match read_loose(path) {
            Ok(Some(value)) => {
                self.found.insert(name, value);
            }
            Ok(None) => {}
            Err(why) => {
                self.broken.push((String::from_utf8_lossy(&name).into_owned(), why));
                self.unread.insert(name);
            }
        }
    }

    fn finish(mut self) -> Refs {
        let mut refs = Vec::with_capacity(self.found.len());
        for (name, value) in &self.found {
            match self.follow(name, value) {
                Ok(Some(target)) => refs.push(Ref { name: name.clone(), target }),
                // A symbolic ref to nothing is how git writes "no commit yet" and "the remote's branch is gone".
                Ok(None) => {}
                Err(why) => self.broken.push((String::from_utf8_lossy(name).into_owned(), why)),
            }
        }
        self.broken.sort();
        self.broken.dedup();
        Refs { refs, broken: self.broken }
    }

    fn follow(&self, name: &[u8], value: &Value) -> Result<Option<ObjectId>, String> {
        // A linked work tree's symbolic ref names either its own private refs or shared ones.
        let private = name.strip_prefix(b"worktrees/").and_then(|rest| {
            let end = rest.iter().position(|&b| b == b'/')?;
            name.get(..b"worktrees/".len() + end + 1)
        });
        let mut value = value;
        for _ in 0..=SYMBOLIC_DEPTH {
            match value {
                Value::Object(id) => return Ok(Some(*id)),
                Value::Symbolic(next) => {
                    let own = private.map(|p| [p, next].concat());
                    match own.and_then(|n| self.found.get(&n)).or_else(|| self.found.get(next)) {
                        Some(next) => value = next,
                        None => return Ok(None),
                    }
                }
            }
        }
        Err("symbolic refs point to each other".into())
    }
}

/// Whether a ref belongs to one work tree and not to all.
fn is_private(name: &[u8]) -> bool {
    !name.starts_with(b"refs/")
        || name.starts_with(b"refs/bisect/")
        || name.starts_with(b"refs/worktree/")
        || name.starts_with(b"refs/rewritten/")
}
