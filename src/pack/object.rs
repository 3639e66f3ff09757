//! The four types of objects, and what stands in commits, tags and trees.

use std::fmt;

use sha1::Digest;

use crate::model::{HashKind, ObjectId};

/// Type of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A commit.
    Commit,
    /// A folder.
    Tree,
    /// The content of a file or the target of a link.
    Blob,
    /// An annotated tag.
    Tag,
}

impl Kind {
    /// All of them, in order.
    pub const ALL: [Kind; 4] = [Kind::Commit, Kind::Tree, Kind::Blob, Kind::Tag];

    /// git's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Commit => "commit",
            Kind::Tree => "tree",
            Kind::Blob => "blob",
            Kind::Tag => "tag",
        }
    }

    /// From git's word.
    pub fn parse(word: &[u8]) -> Option<Kind> {
        Kind::ALL.into_iter().find(|k| k.as_str().as_bytes() == word)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An object in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its type.
    pub kind: Kind,
    /// Its content, without git's header.
    pub data: Vec<u8>,
}

/// The id that git gives to an object.
pub fn hash_object(hash: HashKind, kind: Kind, data: &[u8]) -> ObjectId {
    let head = format!("{kind} {}\0", data.len());
    match hash {
        HashKind::Sha1 => finish(sha1::Sha1::new().chain_update(head).chain_update(data)),
        HashKind::Sha256 => finish(sha2::Sha256::new().chain_update(head).chain_update(data)),
    }
}

fn finish(hasher: impl Digest) -> ObjectId {
    ObjectId::from_bytes(&hasher.finalize()).expect("both hashes have a length that ids may have")
}

/// Who, and when: an author, committer or tagger line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Signature<'a> {
    /// The whole line after the keyword.
    pub line: &'a [u8],
    /// The name.
    pub name: &'a [u8],
    /// What stands between the angle brackets.
    pub email: &'a [u8],
    /// Seconds since 1970; 0 where the line gives none.
    pub seconds: i64,
    /// Offset from UTC in minutes.
    pub offset: i16,
}

impl<'a> Signature<'a> {
    /// Reads `Name <mail> seconds +hhmm`; what is not as it should be becomes empty or 0.
    pub fn parse(line: &'a [u8]) -> Signature<'a> {
        let open = line.iter().position(|&b| b == b'<').unwrap_or(line.len());
        let close = line.iter().rposition(|&b| b == b'>').filter(|c| *c > open).unwrap_or(line.len());
        let email = line.get(open + 1..close).unwrap_or_default();
        let rest = line.get(close + 1..).unwrap_or_default();
        let mut words = rest.split(|&b| b == b' ').filter(|w| !w.is_empty());
        let mut word = || words.next().and_then(|w| std::str::from_utf8(w).ok());
        let seconds = word().and_then(|w| w.parse().ok()).unwrap_or(0);
        let zone = word().and_then(|w| w.parse::<i16>().ok()).unwrap_or(0);
        let offset = zone / 100 * 60 + zone % 100;
        Signature { line, name: line[..open].trim_ascii(), email, seconds, offset }
    }
}

/// What a commit's header says of people and more, from the author on, without signatures: those are long, made by
/// machines, and no secret. In parts, in order.
pub fn identity_parts(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    let head = memchr::memmem::find(data, b"\n\n").map_or(data, |end| &data[..=end]);
    let author = memchr::memmem::find(head, b"\nauthor ").map_or(0, |at| at + 1);
    let mut rest = &head[author..];
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let signed = memchr::memmem::find(rest, b"\ngpgsig").map_or(rest.len(), |at| at + 1);
        let (part, behind) = rest.split_at(signed);
        // Its further lines begin with a blank.
        let ends = |at: &usize| !matches!(behind.get(at + 1), Some(b' '));
        rest = memchr::memchr_iter(b'\n', behind).find(ends).map_or(&[][..], |at| &behind[at + 1..]);
        Some(part)
    })
}

/// What stands in a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit<'a> {
    /// The folder it recorded.
    pub tree: ObjectId,
    /// Its parents, in order.
    pub parents: Vec<ObjectId>,
    /// Who wrote it.
    pub author: Signature<'a>,
    /// Who committed it.
    pub committer: Signature<'a>,
    /// Further header lines (`mergetag`, `gpgsig`, `encoding` and anything else), as they are.
    pub extra: &'a [u8],
    /// The message.
    pub message: &'a [u8],
}

impl<'a> Commit<'a> {
    /// Reads a commit; `None` where tree or parents are not as they must be.
    pub fn parse(data: &'a [u8], hash: HashKind) -> Option<Commit<'a>> {
        let digits = hash.len() * 2;
        let mut rest = data;
        let tree = ObjectId::from_hex(take(&mut rest, b"tree ")?).filter(|_| digits_fit(data, 5, digits))?;
        let mut parents = Vec::new();
        while rest.starts_with(b"parent ") {
            let id = ObjectId::from_hex(take(&mut rest, b"parent ")?)?;
            parents.push((id.as_bytes().len() == hash.len()).then_some(id)?);
        }
        let author = Signature::parse(take(&mut rest, b"author ").unwrap_or_default());
        let committer = Signature::parse(take(&mut rest, b"committer ").unwrap_or_default());
        let (extra, message) = split_message(rest);
        Some(Commit { tree, parents, author, committer, extra, message })
    }

    /// The first line of the message.
    pub fn subject(&self) -> &'a [u8] {
        let message = self.message.trim_ascii_start();
        message.split(|&b| b == b'\n').next().unwrap_or_default().trim_ascii_end()
    }
}

/// What stands in a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag<'a> {
    /// What it points at.
    pub target: ObjectId,
    /// The type of that, as the tag says.
    pub kind: Kind,
    /// Its name.
    pub name: &'a [u8],
    /// Who made it; empty in very old tags.
    pub tagger: Signature<'a>,
    /// The message, with the signature if there is one.
    pub message: &'a [u8],
}

impl<'a> Tag<'a> {
    /// Reads a tag; `None` where its target is not as it must be.
    pub fn parse(data: &'a [u8], hash: HashKind) -> Option<Tag<'a>> {
        let mut rest = data;
        let target = ObjectId::from_hex(take(&mut rest, b"object ")?)?;
        let target = (target.as_bytes().len() == hash.len()).then_some(target)?;
        let kind = Kind::parse(take(&mut rest, b"type ")?)?;
        let name = take(&mut rest, b"tag ").unwrap_or_default();
        let tagger = Signature::parse(take(&mut rest, b"tagger ").unwrap_or_default());
        let (_, message) = split_message(rest);
        Some(Tag { target, kind, name, tagger, message })
    }
}

fn digits_fit(data: &[u8], from: usize, digits: usize) -> bool {
    data.get(from + digits) == Some(&b'\n')
}

/// Takes a line that starts with `keyword`; what follows the keyword.
fn take<'a>(rest: &mut &'a [u8], keyword: &[u8]) -> Option<&'a [u8]> {
    let value = rest.strip_prefix(keyword)?;
    let end = memchr::memchr(b'\n', value).unwrap_or(value.len());
    *rest = value.get(end + 1..).unwrap_or_default();
    Some(&value[..end])
}

/// Header lines, and the message behind the first empty line.
fn split_message(rest: &[u8]) -> (&[u8], &[u8]) {
    if let Some(message) = rest.strip_prefix(b"\n") {
        return (&[], message);
    }
    match memchr::memmem::find(rest, b"\n\n") {
        Some(at) => (&rest[..at], &rest[at + 2..]),
        None => (rest, &[]),
    }
}

/// One line of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Type and permissions, as git keeps them: 0o40000 folder, 0o120000 link, 0o160000 submodule, else a file.
    pub mode: u32,
    /// The name.
    pub name: &'a [u8],
    /// The raw id.
    pub id: &'a [u8],
    /// The whole line: mode, name, id.
    pub raw: &'a [u8],
}

impl Entry<'_> {
    /// Whether it is a folder.
    pub fn is_tree(&self) -> bool {
        self.mode & 0o170_000 == 0o040_000
    }

    /// Whether it is a symbolic link.
    pub fn is_link(&self) -> bool {
        self.mode & 0o170_000 == 0o120_000
    }

    /// Whether it names a commit of another repository.
    pub fn is_submodule(&self) -> bool {
        self.mode & 0o170_000 == 0o160_000
    }
}

/// The lines of a folder, in order. Ends at the first one that is not as it must be; see [`Entries::damaged`].
#[derive(Debug, Clone)]
pub struct Entries<'a> {
    rest: &'a [u8],
    hash_len: usize,
    damaged: bool,
}

impl<'a> Entries<'a> {
    /// Over the content of a tree object.
    pub fn new(data: &'a [u8], hash: HashKind) -> Entries<'a> {
        Entries { rest: data, hash_len: hash.len(), damaged: false }
    }

    /// Whether reading ended because of damage.
    pub fn damaged(&self) -> bool {
        self.damaged
    }

    #[inline]
    fn parse(&mut self) -> Option<Entry<'a>> {
        let mut mode = 0u32;
        let mut at = 0;
        loop {
            match *self.rest.get(at)? {
                digit @ b'0'..=b'7' if at < 8 => mode = mode << 3 | u32::from(digit - b'0'),
                b' ' if at > 0 => break,
                _ => return None,
            }
            at += 1;
        }
        let after = &self.rest[at + 1..];
        let end = memchr::memchr(0, after)?;
        let id = after.get(end + 1..end + 1 + self.hash_len)?;
        let name = &after[..end];
        let (raw, rest) = self.rest.split_at(at + 1 + end + 1 + self.hash_len);
        self.rest = rest;
        (!name.is_empty()).then_some(Entry { mode, name, id, raw })
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    #[inline]
    fn next(&mut self) -> Option<Entry<'a>> {
        if self.rest.is_empty() || self.damaged {
            return None;
        }
        let entry = self.parse();
        self.damaged = entry.is_none();
        entry
    }
}

#[cfg(test)]
mod tests {
    use super::identity_parts;

    #[test]
    fn signatures_are_no_identity() {
        let read = |commit: &str| {
            identity_parts(commit.as_bytes())
                .map(|p| String::from_utf8_lossy(p).into_owned())
                .collect::<Vec<_>>()
        };
        let people = "author A <a@b> 1 +0000\ncommitter C <c@d> 1 +0000\n";
        let signed = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----\n";
        assert_eq!(read(&format!("tree 1\n{people}\nmessage\n\ngpgsig x")), [people]);
        assert_eq!(read(&format!("tree 1\n{people}{signed}\nmessage")), [people]);
        assert_eq!(read(&format!("tree 1\n{people}{signed}other x\n\nmessage")), [people, "other x\n"]);
        assert_eq!(read(&format!("tree 1\n{people}")), [people]);
        assert_eq!(read("tree 1\nauthor A\ngpgsig"), ["author A\n"]);
    }
}
