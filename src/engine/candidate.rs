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

/// Sorts candidates, takes out doubles, and hands on those that overlap together, directly or through others, as far
/// as they end at or before `until`; returns how many were handed on.
pub(super) fn groups(
    candidates: &mut Vec<Candidate>,
    until: usize,
    mut take: impl FnMut(&[Candidate]),
) -> usize {
    candidates.sort_unstable();
    candidates.dedup_by_key(|c| (c.start, c.end, c.rule));
    let mut done = 0;
    while let Some(first) = candidates.get(done) {
        let mut reach = first.end;
        let mut next = done + 1;
        while let Some(candidate) = candidates.get(next).filter(|c| c.start < reach) {
            reach = reach.max(candidate.end);
            next += 1;
        }
        if reach > until {
            break;
        }
        take(&candidates[done..next]);
        done = next;
    }
    done
}
