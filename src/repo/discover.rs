//! Finding a repository as git finds it: upward from a folder, through `.git` files, or where variables say.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use crate::error::{Error, Result};

use super::bytes::path_from_bytes;
use super::environment::Environment;
use super::files::{open_regular, read_regular};

/// Where a repository's git folder and its work tree (before configuration speaks) are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// The git folder: `.git`, what a `.git` file points to, or a bare repository.
    pub(super) git_dir: PathBuf,
    /// The folder in which `.git` stands; `None` for a bare repository or with `GIT_DIR`.
    pub(super) parent: Option<PathBuf>,
    /// The `.git` file that pointed there.
    pub(super) git_file: Option<PathBuf>,
    /// Whether a variable named it, which git takes as the user's word.
    pub(super) explicit: bool,
}

/// Looks for a repository from `start` (absolute) upwards; `None` if there is none.
pub(super) fn find(start: &Path, env: &Environment) -> Result<Option<Found>> {
    if let Some(git_dir) = &env.git_dir {
        return explicit(&start.join(git_dir), env).map(Some);
    }
    let device = device_of(start);
    for folder in start.ancestors() {
        if folder != start && env.ceilings.iter().any(|c| c == folder) {
            return Ok(None);
        }
        // What cannot be looked at is not another file system.
        let elsewhere = || device.zip(device_of(folder)).is_some_and(|(start, here)| start != here);
        if !env.across_filesystems && elsewhere() {
            return Ok(None);
        }
        if let Some(found) = at(folder, env)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The repository whose work tree's top, or whose git folder, is exactly `folder`.
pub(super) fn at(folder: &Path, env: &Environment) -> Result<Option<Found>> {
    let dot_git = folder.join(".git");
    match fs::metadata(&dot_git) {
        Ok(meta) if meta.is_dir() => {
            if is_git_dir(&dot_git, env) {
                let parent = Some(folder.to_path_buf());
                return Ok(Some(Found { git_dir: dot_git, parent, git_file: None, explicit: false }));
            }
            // Git would look further up, and judge another repository or none; we say that this one cannot be read.
            if ["HEAD", "objects", "refs"].iter().any(|part| dot_git.join(part).symlink_metadata().is_ok()) {
                return Err(refuse(
                    &dot_git,
                    "it is damaged: HEAD, objects or refs are not as they must be".into(),
                ));
            }
        }
        Ok(meta) if meta.is_file() => {
            let git_dir = read_git_file(&dot_git, env)?;
            let parent = Some(folder.to_path_buf());
            return Ok(Some(Found { git_dir, parent, git_file: Some(dot_git), explicit: false }));
        }
        Err(e) if e.kind() == io::ErrorKind::PermissionDenied && folder.join(".git").is_symlink() => {
            return Err(refuse(&dot_git, format!("cannot read it: {e}")));
        }
        // What cannot be looked at is not nothing: judged as files outside of git, some would be passed over.
        Err(e) if Errno::from_io_error(&e) == Some(Errno::IO) => {
            return Err(refuse(&dot_git, format!("cannot read it: {e}")));
        }
        Err(e) if dot_git.is_symlink() => return Err(refuse(&dot_git, format!("cannot follow it: {e}"))),
        Ok(_) | Err(_) => {}
    }
    if is_git_dir(folder, env) {
        let git_dir = folder.to_path_buf();
        return Ok(Some(Found { git_dir, parent: None, git_file: None, explicit: false }));
    }
    Ok(None)
}

fn explicit(path: &Path, env: &Environment) -> Result<Found> {
    let (git_dir, git_file) = if path.is_file() {
        (read_git_file(path, env)?, Some(path.to_path_buf()))
    } else {
        (path.to_path_buf(), None)
    };
    if !is_git_dir(&git_dir, env) {
        return Err(refuse(&git_dir, "GIT_DIR names it, but it is not a git repository".into()));
    }
    Ok(Found { git_dir, parent: None, git_file, explicit: true })
}

/// The device of a folder; `None` where the machine has no such thing.
fn device_of(folder: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        fs::metadata(folder).ok().map(|m| m.dev())
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        None
    }
}

/// Git's own test: a valid `HEAD`, a folder of objects, a folder of refs.
fn is_git_dir(folder: &Path, env: &Environment) -> bool {
    if !has_head(&folder.join("HEAD")) {
        return false;
    }
    let common = common_dir(folder, env);
    (env.object_directory.is_some() || common.join("objects").is_dir()) && common.join("refs").is_dir()
}

/// `HEAD` is a symbolic link into refs/, or names a ref, or an object.
fn has_head(head: &Path) -> bool {
    if let Ok(target) = fs::read_link(head) {
        return target.starts_with("refs");
    }
    let Ok(file) = open_regular(head) else { return false };
    let mut text = Vec::new();
    if file.take(4096).read_to_end(&mut text).is_err() {
        return false;
    }
    if let Some(name) = text.strip_prefix(b"ref:") {
        return name.trim_ascii_start().starts_with(b"refs/");
    }
    let digits = text.iter().take_while(|b| b.is_ascii_hexdigit()).count();
    digits >= 40
}

/// The folder that all work trees of a repository share.
pub(super) fn common_dir(git_dir: &Path, env: &Environment) -> PathBuf {
    if let Some(common) = &env.common_dir {
        return git_dir.join(common);
    }
    let file = git_dir.join("commondir");
    match read_short(&file) {
        Ok(text) if !text.trim_ascii_end().is_empty() => git_dir.join(path_from_bytes(trim_line_end(&text))),
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            git_dir.to_path_buf()
        }
        // Nobody knows where it leads; git refuses as well. Below a file nothing is found.
        _ => file,
    }
}

/// Follows a `.git` file: `gitdir: PATH`.
fn read_git_file(path: &Path, env: &Environment) -> Result<PathBuf> {
    let text = read_short(path).map_err(|e| refuse(path, format!("cannot read it: {e}")))?;
    let Some(target) = text.strip_prefix(b"gitdir: ") else {
        return Err(refuse(path, "it should begin with `gitdir: `".into()));
    };
    let target = path_from_bytes(trim_line_end(target));
    let git_dir = path.parent().unwrap_or(Path::new("/")).join(target);
    if !is_git_dir(&git_dir, env) {
        return Err(refuse(
            path,
            format!("it points to {}, which is not a git repository", git_dir.display()),
        ));
    }
    Ok(git_dir)
}

/// A file of one line, which is never long.
pub(super) fn read_short(path: &Path) -> io::Result<Vec<u8>> {
    read_regular(path, 64 << 10)
}

fn trim_line_end(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|b| !matches!(b, b'\n' | b'\r')).map_or(0, |at| at + 1);
    &text[..end]
}

fn refuse(path: &Path, problem: String) -> Error {
    Error::Repository { path: path.to_path_buf(), problem }
}
