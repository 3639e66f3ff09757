//! What the index says about one folder: which of its files and folders are tracked.

use std::ops::Range;

use crate::repo::{Index, Mode};

/// The tracked names directly in a folder.
#[derive(Debug, Default)]
pub(super) struct Members<'i> {
    /// Files and links, sorted.
    files: Vec<&'i [u8]>,
    /// Folders with the entries below them, sorted.
    folders: Vec<(&'i [u8], Range<usize>)>,
}

impl<'i> Members<'i> {
    /// Reads the entries in `range`, which all lie in a folder whose paths begin with `prefix` bytes.
    pub(super) fn of(index: &'i Index, range: Range<usize>, prefix: usize) -> Members<'i> {
        let mut members = Members::default();
        let mut at = range.start;
        while at < range.end {
            let Some(entry) = index.entries().get(at) else { break };
            let path = index.path(entry);
            let name = path.get(prefix..).unwrap_or_default();
            if let Some(slash) = memchr::memchr(b'/', name) {
                let below = index.range_in(at..range.end, path.get(..=prefix + slash).unwrap_or_default());
                let end = below.end.max(at + 1);
                members.folders.push((&name[..slash], at..end));
                at = end;
            } else {
                if entry.mode() == Mode::Commit {
                    // A submodule: tracked, with an index of its own.
                    members.folders.push((name, at..at));
                } else {
                    members.files.push(name);
                }
                at += 1;
            }
        }
        members.folders.sort_by_key(|(name, _)| *name);
        members
    }

    /// Whether a file or link of this name is tracked.
    pub(super) fn file(&self, name: &[u8]) -> bool {
        self.files.binary_search(&name).is_ok()
    }

    /// The entries below the folder of this name; `None` if nothing in it is tracked.
    pub(super) fn folder(&self, name: &[u8]) -> Option<Range<usize>> {
        let at = self.folders.binary_search_by_key(&name, |(n, _)| n).ok()?;
        self.folders.get(at).map(|(_, range)| range.clone())
    }
}
