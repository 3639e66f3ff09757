//! The files in which refs stand: loose ones, one a file, and `packed-refs`.

use std::fs;
use std::io;
use std::path::Path;

use crate::error::{Error, Result};
use crate::model::ObjectId;

use super::bytes::path_to_bytes;
use super::discover::read_short;
use super::files::read_regular;

/// `packed-refs` may be long, but not endless.
pub(super) const PACKED_LIMIT: u64 = 1 << 30;

/// What a loose ref file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// An object.
    Object(ObjectId),
    /// The name of another ref.
    Symbolic(Vec<u8>),
}

/// Whether a symbolic ref may lead there: below refs/, without control characters and without a way out again.
fn is_name(name: &[u8]) -> bool {
    let mut parts = name.split(|&b| b == b'/');
    parts.next() == Some(b"refs")
        && name.len() > b"refs/".len()
        && !name.iter().any(u8::is_ascii_control)
        && parts.all(|part| !part.is_empty() && !part.starts_with(b"."))
}

/// Reads a loose ref; `None` if it is not there.
pub(super) fn read_loose(path: &Path) -> Result<Option<Value>, String> {
    // An old way to write a symbolic ref is a symbolic link. It is read, never followed.
    if let Ok(target) = fs::read_link(path) {
        let target = path_to_bytes(&target);
        return if is_name(&target) {
            Ok(Some(Value::Symbolic(target)))
        } else {
            Err("a symbolic link to somewhere outside of refs/".into())
        };
    }
    let text = match read_file(path) {
        Ok(text) => text,
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(e) => return Err(e.to_string()),
    };
    if let Some(name) = text.strip_prefix(b"ref:") {
        let name = name.trim_ascii();
        return if is_name(name) {
            Ok(Some(Value::Symbolic(name.to_vec())))
        } else {
            Err("it leads to something that is no name of a ref".into())
        };
    }
    let end = text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len());
    match ObjectId::from_hex(&text[..end]) {
        Some(id) if !id.is_null() => Ok(Some(Value::Object(id))),
        Some(_) => Err("it names no object (all zeros)".into()),
        None if text.is_empty() => Err("it is empty".into()),
        None => Err("it holds no object id".into()),
    }
}

/// Reads a short file unless it is something that would block, such as a FIFO.
fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let kind = fs::metadata(path)?;
    if kind.is_dir() {
        return Err(io::ErrorKind::NotFound.into());
    }
    if !kind.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    read_short(path)
}

/// Calls `found` with each line of `packed-refs`; `None` for a line that is none.
pub(super) fn read_packed(path: &Path, found: &mut dyn FnMut(&[u8], Option<ObjectId>)) -> Result<()> {
    let refuse = |source| Error::Io { path: path.to_path_buf(), doing: "read", source };
    let text = match read_regular(path, PACKED_LIMIT + 1) {
        Ok(text) if text.len() as u64 > PACKED_LIMIT => {
            return Err(refuse(io::ErrorKind::FileTooLarge.into()));
        }
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(refuse(e)),
    };
    // Git ends every line, and refuses a file whose last one is cut: half a name may be another ref's.
    let whole = text.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
    let (text, cut) = text.split_at(whole);
    if !cut.is_empty() {
        found(cut, None);
    }
    for line in text.split(|&b| b == b'\n') {
        match line.first() {
            None | Some(b'#' | b'^') => {}
            Some(_) => match line.iter().position(|&b| b == b' ') {
                Some(at) => {
                    let name = line[at + 1..].trim_ascii_end();
                    found(name, ObjectId::from_hex(&line[..at]).filter(|id| !id.is_null()));
                }
                None => found(line, None),
            },
        }
    }
    Ok(())
}
