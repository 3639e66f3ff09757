//! Where a blob comes from.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// The name of a git object: 20 bytes (SHA-1) or 32 (SHA-256).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    bytes: [u8; 32],
    len: u8,
}

impl ObjectId {
    /// From the raw bytes of a tree entry or an index; `None` unless there are 20 or 32 of them.
    pub fn from_bytes(raw: &[u8]) -> Option<ObjectId> {
        if raw.len() != 20 && raw.len() != 32 {
            return None;
        }
        let mut bytes = [0; 32];
        bytes[..raw.len()].copy_from_slice(raw);
        Some(ObjectId { bytes, len: raw.len() as u8 })
    }

    /// From 40 or 64 hexadecimal digits.
    pub fn from_hex(text: &[u8]) -> Option<ObjectId> {
        if text.len() != 40 && text.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
            let high = char::from(pair[0]).to_digit(16)?;
            let low = char::from(pair[1]).to_digit(16)?;
            *byte = (high * 16 + low) as u8;
        }
        Some(ObjectId { bytes, len: (text.len() / 2) as u8 })
    }

    /// All zeros, which names no object.
    pub fn null(hash: HashKind) -> ObjectId {
        ObjectId { bytes: [0; 32], len: hash.len() as u8 }
    }

    /// The raw bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// Whether all bytes are zero: git's way of writing "no object".
    pub fn is_null(&self) -> bool {
        self.bytes == [0; 32]
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How a repository names its objects (`extensions.objectFormat`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum HashKind {
    /// 20 bytes, 40 digits: git's first and still its usual one.
    #[default]
    Sha1,
    /// 32 bytes, 64 digits.
    Sha256,
}

impl HashKind {
    /// Length of a raw object id in bytes.
    #[expect(clippy::len_without_is_empty, reason = "a length that is never 0")]
    pub const fn len(self) -> usize {
        match self {
            HashKind::Sha1 => 20,
            HashKind::Sha256 => 32,
        }
    }
}

/// A path as bytes, with `/` between the parts: git's paths need not be UTF-8, and neither need Unix's.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct BlobPath(Arc<[u8]>);

impl BlobPath {
    /// From bytes as git keeps them.
    pub fn new(bytes: &[u8]) -> BlobPath {
        BlobPath(bytes.into())
    }

    /// From a path of this machine.
    pub fn from_path(path: &Path) -> BlobPath {
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStrExt;
            BlobPath::new(path.as_os_str().as_bytes())
        }
        #[cfg(not(unix))]
        {
            BlobPath::new(path.to_string_lossy().replace('\\', "/").as_bytes())
        }
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As text, with what is not UTF-8 replaced. Not escaped: the output format must do that for its reader.
    pub fn to_text(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }

    /// The last part.
    pub fn file_name(&self) -> &[u8] {
        self.0.rsplit(|&b| b == b'/').next().unwrap_or(&[])
    }
}

impl fmt::Debug for BlobPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_text())
    }
}

/// Which part of an object or a file a blob is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Part {
    /// What stands in the file.
    #[default]
    Content,
    /// The target of a symbolic link.
    LinkTarget,
    /// The name of a file itself.
    FileName,
    /// The message of a commit.
    CommitMessage,
    /// The author and committer fields of a commit.
    CommitIdentity,
    /// The message and tagger of a tag.
    TagMessage,
    /// The name of a ref.
    RefName,
}

/// The commit that brought something in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitOrigin {
    /// The commit.
    pub commit: ObjectId,
    /// The path in that commit; empty for messages and ref names.
    pub path: BlobPath,
    /// The blob, where there is one.
    pub blob: Option<ObjectId>,
}

/// Where a blob comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// Standard input.
    Stdin,
    /// A file of the work tree or of any folder, as the user would name it from where they stand.
    File(BlobPath, Part),
    /// What the index holds for this path (from the top of the work tree).
    Staged(BlobPath, Part),
    /// An object of a repository whose commit and path are not known yet.
    Object(ObjectId, Part),
    /// Something a commit brought in.
    Commit(Box<CommitOrigin>, Part),
}

impl Origin {
    /// The path, where there is one.
    pub fn path(&self) -> Option<&BlobPath> {
        match self {
            Origin::File(path, _) | Origin::Staged(path, _) => Some(path),
            Origin::Commit(c, _) if !c.path.as_bytes().is_empty() => Some(&c.path),
            _ => None,
        }
    }

    /// Which part of the file or object it is.
    pub fn part(&self) -> Part {
        match self {
            Origin::Stdin => Part::Content,
            Origin::File(_, part)
            | Origin::Staged(_, part)
            | Origin::Object(_, part)
            | Origin::Commit(_, part) => *part,
        }
    }
}
