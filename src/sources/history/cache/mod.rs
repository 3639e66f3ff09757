//! What an earlier run with the same rules read and need not be read again, so that the next run costs what is new.
//!
//! One file a repository: the sorted ids of all objects, which of them are clean, what attribution needs of the commits
//! and trees among them, and a keyed hash of it all. The key is derived from rules, options and program, so that a file
//! of other rules is no file at all. It holds no secret, nor anything made from one: names stand in it as the lines of
//! trees where they can be read. Files in the scanned repository are never used: whoever controls the cache controls
//! the answer.

mod read;
mod write;

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use crate::pack::Plan;
use crate::repo::open_regular;

use super::bits::Bits;
use super::graph::Rows;
use super::visit::Gap;

pub(super) use write::Left;

const MAGIC: &[u8; 16] = b"keysieve-clean-3";

/// A file is never longer, in bytes; without what attribution needs the kernel's history takes a fifth of it.
const MOST: usize = 1 << 30;

/// In an object's state, beside its type: nothing was found in it.
const CLEAN: u8 = 4;
/// In an object's state: it is a commit, a tree or a tag of which the file holds what attribution needs, and everything
/// that it leads to was in the store and is among the file's ids, or is a blob that was not there, of which the file holds
/// every line that names it.
const CLOSED: u8 = 8;

/// In a line's state: it is a symbolic link; it is kept for its name; something was found in the name.
const LINK: u8 = 1;
const BY_NAME: u8 = 2;

/// Where the cache is, and under which rules.
#[derive(Debug, Clone)]
pub struct Cache {
    /// The folder.
    pub folder: PathBuf,
    /// Names rules, options and program.
    pub key: [u8; 32],
}

/// What an earlier run left.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// What need not be read: clean blobs, and all that is closed.
    pub(super) skip: Bits,
    /// Commits, trees and tags that lead to nothing that is not in the store, but for blobs that `gaps` tells. None if one
    /// of the file's objects is gone or one of the gaps is filled: then what pointed at it must be read again.
    pub(super) closed: Bits,
    /// Trees among them that hold something in which something was found, or that is not here.
    pub(super) holding: Bits,
    /// Their part of the graph.
    pub(super) rows: Rows,
    /// The lines in their trees that name blobs that are not here.
    pub(super) gaps: Vec<Gap>,
    /// How many objects the file knows.
    ids: u64,
}

impl Cache {
    fn file(&self, objects: &Path) -> PathBuf {
        let path = fs::canonicalize(objects).unwrap_or_else(|_| objects.to_path_buf());
        let name = blake3::hash(path.as_os_str().as_encoded_bytes()).to_hex();
        self.folder.join(format!("history-{}.clean", &name[..32]))
    }

    /// What is known of a repository's objects; `None` if there is no usable file. The plan learns the objects' types.
    pub(super) fn load(&self, objects: &Path, plan: &mut Plan) -> Option<Known> {
        let mut bytes = Vec::new();
        open_regular(&self.file(objects)).ok()?.take(MOST as u64 + 1).read_to_end(&mut bytes).ok()?;
        let (body, seal) = bytes.split_last_chunk::<32>()?;
        if bytes.len() > MOST || blake3::keyed_hash(&self.key, body) != *seal {
            return None;
        }
        read::known(body.strip_prefix(MAGIC)?, plan)
    }

    /// Writes the file anew, in one step, unless it would say what it says. A cache that cannot be written costs time and
    /// nothing else.
    pub(super) fn store(&self, objects: &Path, left: &Left<'_>) -> std::io::Result<()> {
        let Some(body) = left.encoded() else { return Ok(()) };
        let seal = blake3::keyed_hash(&self.key, &body);
        fs::create_dir_all(&self.folder)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(&body)?;
        file.write_all(seal.as_bytes())?;
        file.persist(self.file(objects)).map_err(|e| e.error)?;
        Ok(())
    }
}
