//! A piece of content to be scanned, with where it comes from and which of its lines count.

use std::fs::File;
use std::ops::Range;

use super::{Kin, LineCol, Origin};

/// Bytes, where they come from, and which lines count. Borrowed: a source reuses its buffers.
#[derive(Debug, Clone, Copy)]
pub struct Blob<'a> {
    /// The content, or one window of it.
    pub bytes: &'a [u8],
    /// Where it comes from.
    pub origin: &'a Origin,
    /// Which lines count.
    pub scope: Scope<'a>,
    /// Which part of a larger content this is; [`Window::whole`] for all of it.
    pub window: Window,
    /// What it was made from, where a source knows.
    pub kin: Option<&'a Kin<'a>>,
    /// The open file it is a window of, where it is one: archives are read at any place.
    pub file: Option<&'a File>,
}

impl<'a> Blob<'a> {
    /// A content that is given in one piece, of which every line counts.
    pub fn whole(bytes: &'a [u8], origin: &'a Origin) -> Blob<'a> {
        Blob { bytes, origin, scope: Scope::Whole, window: Window::whole(bytes.len()), kin: None, file: None }
    }
}

/// Which lines of a blob count: a finding that touches none of them is *old* and is counted, not reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// All of them.
    Whole,
    /// Only these ranges of 1-based lines (end exclusive), sorted and apart.
    Lines(&'a [Range<u64>]),
}

impl Scope<'_> {
    /// Whether a finding from line `first` to line `last` (1-based, both included) touches a line that counts.
    pub fn touches(&self, first: u64, last: u64) -> bool {
        match self {
            Scope::Whole => true,
            Scope::Lines(ranges) => {
                let next = ranges.partition_point(|r| r.end <= first);
                ranges.get(next).is_some_and(|r| r.start <= last)
            }
        }
    }
}

/// Which part of a larger content a blob holds.
///
/// Large contents are scanned in windows that overlap. A detection belongs to the one window whose `keep` holds its
/// first byte, so that none is reported twice and none that is shorter than half the overlap is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Offset of the window's first byte in the content, in bytes.
    pub offset: u64,
    /// Line and column of the window's first byte.
    pub start: LineCol,
    /// Detections that start in this range of the window (first byte included, last not) belong to it.
    pub keep: (usize, usize),
}

impl Window {
    /// Whether this window of so many bytes is the last one.
    pub fn is_last(&self, len: usize) -> bool {
        self.keep.1 > len
    }

    /// The window that is the whole content of `len` bytes.
    pub fn whole(len: usize) -> Window {
        Window { offset: 0, start: LineCol::START, keep: (0, len.saturating_add(1)) }
    }
}
