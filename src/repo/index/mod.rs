//! Git's index: which blobs the next commit will hold, and which paths are tracked.
//!
//! Versions 2, 3 and 4, both hashes, split and sparse indexes. Every number in the file is checked before it is used;
//! what does not hold is an error, because an index that is read by guess would let a key pass.

mod bitmap;
mod cache_tree;
mod parse;
mod split;

use std::io;
use std::path::Path;

use sha1::Digest;

use crate::error::{Error, Result};
use crate::model::{HashKind, ObjectId};

use super::files::read_regular;

pub use cache_tree::{CacheTree, Node};

/// Offsets in an index are kept in four bytes each; no real index comes near.
const LIMIT: u64 = 1 << 31;
/// A checksum over more bytes than this is computed beside the parsing.
const HASH_BESIDE: usize = 256 << 10;

/// What an index entry or a tree entry is, by its mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// A regular file, executable or not.
    File,
    /// A symbolic link: its blob is the target.
    Link,
    /// A commit of another repository (a submodule).
    Commit,
    /// A folder (in trees, and in sparse indexes).
    Tree,
}

impl Mode {
    /// From git's mode bits; what is none of the others counts as a file, so that it is read.
    pub fn from_bits(bits: u32) -> Mode {
        match bits & 0o170_000 {
            0o120_000 => Mode::Link,
            0o160_000 => Mode::Commit,
            0o040_000 => Mode::Tree,
            _ => Mode::File,
        }
    }
}

/// One path of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Where the path stands in the index's bytes.
    pub(super) name: (u32, u32),
    /// Where the object id stands in the index's bytes.
    pub(super) id: u32,
    /// Git's mode bits.
    pub bits: u32,
    /// The flags of all versions, and above them the extended ones.
    pub(super) flags: u32,
}

impl Entry {
    /// What it is.
    pub fn mode(&self) -> Mode {
        Mode::from_bits(self.bits)
    }

    /// 0 for a normal entry; 1, 2, 3 for the base, ours and theirs of a conflict.
    pub fn stage(&self) -> u8 {
        (self.flags >> 12 & 3) as u8
    }

    /// Whether it is only announced (`git add -N`): a commit will not hold it.
    pub fn intent_to_add(&self) -> bool {
        self.flags & 0x2000_0000 != 0
    }

    /// Whether the work tree need not hold it (sparse checkout).
    pub fn skip_worktree(&self) -> bool {
        self.flags & 0x4000_0000 != 0
    }
}

/// A parsed index. Entries are sorted by path, then stage.
#[derive(Debug, Clone)]
pub struct Index {
    data: Vec<u8>,
    entries: Vec<Entry>,
    cache_tree: Option<CacheTree>,
    hash: HashKind,
}

impl Index {
    /// Reads the index at `path`; `None` if there is none. `git_dir` is where a split index has its other half.
    pub fn read(path: &Path, git_dir: &Path, hash: HashKind) -> Result<Option<Index>> {
        let Some(data) = load(path)? else { return Ok(None) };
        let refuse = |problem: String| Error::Repository { path: path.to_path_buf(), problem };
        let mut raw = parse::checked(data, hash).map_err(refuse)?;
        if let Some(link) = raw.link.take().filter(|link| !link.shared.is_null()) {
            let shared_path = git_dir.join(format!("sharedindex.{}", link.shared));
            let shared = load(&shared_path)?
                .ok_or_else(|| refuse(format!("its other half {} is missing", shared_path.display())))?;
            let shared = parse::checked(shared, hash)
                .map_err(|problem| Error::Repository { path: shared_path, problem })?;
            raw = split::join(shared, raw, &link).map_err(refuse)?;
        }
        parse::check_order(&raw).map_err(refuse)?;
        Ok(Some(Index { data: raw.data, entries: raw.entries, cache_tree: raw.cache_tree, hash }))
    }

    /// All entries.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The path of an entry, from the top of the work tree; a sparse folder ends with `/`.
    pub fn path(&self, entry: &Entry) -> &[u8] {
        slice(&self.data, entry.name)
    }

    /// The object id of an entry.
    pub fn id(&self, entry: &Entry) -> ObjectId {
        let raw = slice(&self.data, (entry.id, self.hash.len() as u32));
        ObjectId::from_bytes(raw).expect("the parser has checked that a whole id stands there")
    }

    /// Which trees the index knows to hold exactly its entries, where git has written that down.
    pub fn cache_tree(&self) -> Option<&CacheTree> {
        self.cache_tree.as_ref()
    }

    /// The positions of all entries whose path begins with `prefix`.
    pub fn range(&self, prefix: &[u8]) -> std::ops::Range<usize> {
        self.range_in(0..self.entries.len(), prefix)
    }

    /// The same, looking only among these positions.
    pub fn range_in(&self, among: std::ops::Range<usize>, prefix: &[u8]) -> std::ops::Range<usize> {
        let entries = self.entries.get(among.clone()).unwrap_or_default();
        let start = entries.partition_point(|e| self.path(e) < prefix);
        let rest = entries.get(start..).unwrap_or_default();
        let len = rest.partition_point(|e| self.path(e).starts_with(prefix));
        among.start + start..among.start + start + len
    }

    /// The entries of exactly this path (several in a conflict), looking only among these positions.
    pub fn find_in(&self, among: std::ops::Range<usize>, path: &[u8]) -> Option<&Entry> {
        let entries = self.entries.get(among).unwrap_or_default();
        let at = entries.partition_point(|e| self.path(e) < path);
        entries.get(at).filter(|e| self.path(e) == path)
    }
}

fn slice(data: &[u8], (start, len): (u32, u32)) -> &[u8] {
    data.get(start as usize..start as usize + len as usize).unwrap_or_default()
}

fn load(path: &Path) -> Result<Option<Vec<u8>>> {
    let unreadable = |source| Error::Io { path: path.to_path_buf(), doing: "read", source };
    let data = match read_regular(path, LIMIT) {
        Ok(data) => data,
        // A link to nothing is no absent index: something was there.
        Err(e) if e.kind() == io::ErrorKind::NotFound && path.symlink_metadata().is_err() => return Ok(None),
        Err(e) => return Err(unreadable(e)),
    };
    if data.len() as u64 >= LIMIT {
        return Err(Error::Repository { path: path.to_path_buf(), problem: "the index is too large".into() });
    }
    Ok(Some(data))
}

/// Whether the last bytes are the hash of all before them; all zeros mean that git was told not to write one.
fn checksum_holds(body: &[u8], sum: &[u8], hash: HashKind) -> bool {
    if sum.iter().all(|&b| b == 0) {
        return true;
    }
    match hash {
        HashKind::Sha1 => sha1::Sha1::digest(body).as_slice() == sum,
        HashKind::Sha256 => sha2::Sha256::digest(body).as_slice() == sum,
    }
}
