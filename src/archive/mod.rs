//! Archives, compressed streams and documents: from bytes to members.
//!
//! Knows bytes and no rules. What something is, its first bytes say ([`Kind::of`]); [`open`] gives its members to a
//! [`Visitor`], one after the other, each as a stream. Nothing is unpacked to disk, nothing is held whole; everything that
//! comes out counts against a [`Budget`], which a hostile archive cannot stretch. Names of members are data and nothing
//! else: no path is ever made of them.

mod budget;
mod bytewise;
mod input;
mod kind;
mod office;
mod pdf;
mod pdf_codes;
mod pdf_filters;
mod pdf_fonts;
mod pdf_text;
mod sqlite;
mod sqlite_names;
mod streams;
mod tar;
mod tar_header;
#[cfg(test)]
mod tests;
mod zip;
mod zip_entry;
mod zip_index;

use std::io::{self, Read};
use std::ops::Range;

pub use budget::{Budget, Limits};
pub use input::{Bytes, OpenFile, ReadAt, Section, Spool};
pub use kind::{HEAD, Kind, unopened};

/// Something in an archive.
#[derive(Debug, Clone)]
pub struct Member<'n> {
    /// What it was taken out of: `zip`, `tar`, `gzip`, …
    pub layer: &'static str,
    /// What the archive calls it; hostile, and empty where there is no name.
    pub name: &'n [u8],
    /// The bytes of the archive in which it stands packed, where that is known.
    pub span: Option<Range<u64>>,
    /// Where in the archive its content stands as it is, if it does.
    pub clear: Option<u64>,
    /// As what it is given.
    pub view: View,
}

/// As what something is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// It is what it is.
    Whole,
    /// The bytes of something whose text is given as well.
    Bytes,
    /// The text of something whose bytes are given as well.
    Text,
}

impl Member<'static> {
    /// Something without a name.
    fn of(layer: &'static str) -> Member<'static> {
        Member { layer, name: b"", span: None, clear: None, view: View::Whole }
    }
}

/// Why a member could not be read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// It is not what it should be.
    Damaged(String),
    /// It is packed in a way that is not known here.
    Unknown(String),
    /// Only a password opens it.
    Encrypted,
    /// Part of a document's text is lost, which anybody who opens it sees as well.
    Noted(String),
}

/// Takes what comes out of an archive.
pub trait Visitor {
    /// A member; what it says is read from `content` until that ends or fails.
    fn member(&mut self, member: &Member<'_>, content: &mut dyn Read);

    /// Text of the archive itself in which somebody may have written something: a name, a target of a link, a comment.
    fn note(&mut self, member: &Member<'_>, text: &[u8]);

    /// Something could not be read.
    fn trouble(&mut self, member: &Member<'_>, trouble: Trouble);
}

/// Gives all members of an archive that can be read at any place. An error means that the rest of it was not read.
pub fn open(kind: Kind, input: &dyn ReadAt, budget: &Budget, visitor: &mut dyn Visitor) -> io::Result<()> {
    match kind {
        Kind::Zip => zip::open(input, budget, visitor),
        Kind::Pdf => pdf::open(input, budget, visitor),
        Kind::Sqlite => sqlite::open(input, budget, visitor),
        _ => open_stream(kind, &mut Section::all(input), budget, visitor),
    }
}

/// Gives all members of an archive that is read from front to back; only for kinds that [stream](Kind::streams).
pub fn open_stream(
    kind: Kind,
    stream: &mut dyn Read,
    budget: &Budget,
    visitor: &mut dyn Visitor,
) -> io::Result<()> {
    match kind {
        Kind::Tar => tar::open(stream, budget, visitor),
        Kind::Gzip | Kind::Bzip2 | Kind::Xz | Kind::Zstd => {
            streams::open(kind, stream, budget, visitor);
            Ok(())
        }
        Kind::Zip | Kind::Pdf | Kind::Sqlite => Err(invalid("it cannot be read from front to back")),
    }
}

/// The error for content that is not what it should be.
fn invalid(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
