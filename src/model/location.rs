//! Where in a blob a finding stands.

use std::ops::Range;

use super::Origin;

/// A place as people count: 1-based line, 1-based column in characters and in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineCol {
    /// 1-based line.
    pub line: u64,
    /// 1-based column in characters (a byte that is not UTF-8 counts as one).
    pub column: u64,
    /// 1-based column in bytes.
    pub byte_column: u64,
}

impl LineCol {
    /// The first place of a content.
    pub const START: LineCol = LineCol { line: 1, column: 1, byte_column: 1 };
}

/// The text around a finding, every secret in it redacted before it was copied.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Excerpt {
    /// The line (or the first of several), shortened at both ends if it is long; never holds a secret.
    pub text: Box<str>,
    /// Where in `text` the redacted secret stands, in bytes.
    pub mark: Range<usize>,
}

/// Origin and place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// Where the blob comes from.
    pub origin: Origin,
    /// The secret's bytes in the whole content (not in the window).
    pub span: Range<u64>,
    /// Where it starts.
    pub start: LineCol,
    /// The place of its last character (inclusive).
    pub end: LineCol,
    /// The redacted line.
    pub excerpt: Excerpt,
}
