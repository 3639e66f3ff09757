//! Opening folders from the top's descriptor, without following links, however long the path; and listing them.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{self as unix, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;

/// The system refuses longer paths in one call.
const PIECE: usize = 3000;
const FLAGS: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// The top of a walk, held open.
#[derive(Debug)]
pub(super) struct Top {
    descriptor: OwnedFd,
    /// Set once the system has said that it cannot resolve a whole path without links.
    step_by_step: AtomicBool,
}

/// One name of a folder.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) bytes: Box<[u8]>,
    pub(super) kind: FileType,
}

impl Top {
    /// Opens the top; a link is followed, because the user named it.
    pub(super) fn open(path: &std::path::Path) -> io::Result<Top> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let descriptor = unix::open(path, flags, Mode::empty())?;
        Ok(Top { descriptor, step_by_step: AtomicBool::new(cfg!(not(target_os = "linux"))) })
    }

    /// Opens the folder at a path from the top; empty is the top itself.
    pub(super) fn folder(&self, path: &[u8]) -> io::Result<OwnedFd> {
        if path.is_empty() {
            return Ok(unix::openat(&self.descriptor, ".", FLAGS, Mode::empty())?);
        }
        let mut open: Option<OwnedFd> = None;
        let mut rest = path;
        while !rest.is_empty() {
            let from = open.as_ref().map_or(self.descriptor.as_fd(), AsFd::as_fd);
            let (piece, after) = cut(rest, PIECE);
            open = Some(self.step(from, piece)?);
            rest = after;
        }
        open.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn step(&self, from: BorrowedFd<'_>, piece: &[u8]) -> io::Result<OwnedFd> {
        #[cfg(target_os = "linux")]
        if !self.step_by_step.load(Ordering::Relaxed) {
            let no_links = unix::ResolveFlags::NO_SYMLINKS;
            match unix::openat2(from, piece, FLAGS, Mode::empty(), no_links) {
                Ok(folder) => return Ok(folder),
                // An old kernel, or a sandbox that does not know the call.
                Err(Errno::NOSYS | Errno::PERM) => self.step_by_step.store(true, Ordering::Relaxed),
                Err(e) => return Err(e.into()),
            }
        }
        let mut open: Option<OwnedFd> = None;
        for name in piece.split(|&b| b == b'/') {
            let from = open.as_ref().map_or(from, AsFd::as_fd);
            open = Some(unix::openat(from, name, FLAGS, Mode::empty())?);
        }
        open.ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// Cuts a path at a `/` so that the first piece is no longer than `most` bytes, if any `/` allows that.
fn cut(path: &[u8], most: usize) -> (&[u8], &[u8]) {
    if path.len() <= most {
        return (path, &[]);
    }
    let head = path.get(..most).unwrap_or(path);
    let at = memchr::memrchr(b'/', head).or_else(|| memchr::memchr(b'/', path));
    match at {
        Some(at) => (path.get(..at).unwrap_or_default(), path.get(at + 1..).unwrap_or_default()),
        None => (path, &[]),
    }
}

/// The names in a folder, without `.` and `..`, in the system's order. The second value is a failure midway.
pub(super) fn list(folder: BorrowedFd<'_>) -> (Vec<Name>, Option<io::Error>) {
    let mut names = Vec::new();
    let entries = match Dir::read_from(folder) {
        Ok(entries) => entries,
        Err(e) => return (names, Some(e.into())),
    };
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(e) => return (names, Some(e.into())),
        };
        let bytes = entry.file_name().to_bytes();
        if bytes == b"." || bytes == b".." {
            continue;
        }
        let kind = match entry.file_type() {
            // Some file systems do not say.
            FileType::Unknown => kind_of(folder, bytes),
            kind => kind,
        };
        names.push(Name { bytes: bytes.into(), kind });
    }
    (names, None)
}

fn kind_of(folder: BorrowedFd<'_>, name: &[u8]) -> FileType {
    match unix::statat(folder, name, unix::AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => FileType::from_raw_mode(stat.st_mode),
        // Opening it as a file will say what is wrong.
        Err(_) => FileType::RegularFile,
    }
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn long_paths_are_cut_between_names() {
        assert_eq!(cut(b"a/b/c", 9), (&b"a/b/c"[..], &b""[..]));
        assert_eq!(cut(b"a/b/c", 4), (&b"a/b"[..], &b"c"[..]));
        assert_eq!(cut(b"aaaa/b", 2), (&b"aaaa"[..], &b"b"[..]));
        assert_eq!(cut(b"aaaa", 2), (&b"aaaa"[..], &b""[..]));
    }
}
