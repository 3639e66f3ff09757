//! `Candidate`: a place that has the shape of a rule's key, before anything around it was judged.

use std::ops::Range;

/// A place that has the shape of a rule's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    /// First byte of the key.
    pub(super) start: usize,
    /// Behind its last byte.
    pub(super) end: usize,
    /// Index of the rule.
    pub(super) rule: u32,
    /// How many of its first bytes all keys of the kind share.
    pub(super) prefix: u32,
    /// Where the name stands that it is assigned to, when that name is what led here.
    pub(super) name: Option<(usize, usize)>,
}

impl Candidate {
    /// The key's bytes in the view.
    pub(super) fn span(&self) -> Range<usize> {
        self.start..self.end
    }
}
