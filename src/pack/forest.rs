//! Which entry of a pack is built on which: a forest of deltas in flat arrays.

use std::fs::File;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::model::share;

use super::catalog::{COPY, Catalog};
use super::entry::MAX_HEADER;
use super::files::read_exact_at;
use super::packfile::{Built, Opened, located};
use super::{Damage, Kind};

/// No entry.
pub(super) const NONE: u32 = u32::MAX;

/// How much of a pack is read at once when only headers are wanted.
const WINDOW: usize = 256 << 10;

/// How many entries a thread takes at once.
const BATCH: usize = 16 << 10;

/// The entries of one pack in the order of their offsets, and the trees they make.
#[derive(Debug, Default)]
pub(super) struct Forest {
    /// Where each entry starts, in order.
    pub(super) offsets: Vec<u64>,
    /// The number of the entry's object, with [`COPY`] if it is visited elsewhere.
    pub(super) numbers: Vec<u32>,
    /// CRC32 of each entry's bytes; empty if the index has none.
    pub(super) crcs: Vec<u32>,
    /// The type of each entry, where a root says it.
    pub(super) kinds: Vec<Option<Kind>>,
    /// Where the last entry ends.
    pub(super) end: u64,
    /// `children[first[e]..first[e + 1]]` are built on entry `e`, the one with the most work last.
    first: Vec<u32>,
    children: Vec<u32>,
    /// Entries that are built on nothing in this pack, with their type if the header says it, and their work.
    pub(super) roots: Vec<Root>,
    /// Entries that no tree holds, and why.
    pub(super) lost: Vec<(u32, Damage)>,
}

/// The first entry of a tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Root {
    /// The entry.
    pub(super) entry: u32,
    /// Its type; `None` for a delta whose base is not in this pack.
    pub(super) kind: Option<Kind>,
    /// Estimated bytes to decode in the whole tree.
    pub(super) work: u64,
}

/// What the headers say, entry by entry.
struct Headers {
    parents: Vec<u32>,
    /// Stated sizes, cut to 32 bits.
    sizes: Vec<u32>,
    kinds: Vec<Option<Kind>>,
    lost: Vec<(u32, Damage)>,
}

impl Forest {
    /// Reads all headers. `entries` are offset, object number and CRC32 (if there are any) in any order.
    pub(super) fn new(
        opened: &Opened,
        mut entries: Vec<(u64, u32, u32)>,
        has_crcs: bool,
        catalog: &Catalog,
        threads: usize,
    ) -> Result<Forest, Damage> {
        entries.sort_unstable();
        let mut forest = Forest {
            offsets: entries.iter().map(|e| e.0).collect(),
            numbers: entries.iter().map(|e| e.1).collect(),
            crcs: if has_crcs { entries.iter().map(|e| e.2).collect() } else { Vec::new() },
            end: opened.end(),
            ..Forest::default()
        };
        drop(entries);
        let headers = forest.headers(opened, catalog, threads)?;
        forest.link(headers);
        Ok(forest)
    }

    /// The children of an entry, as a range for [`Forest::child`].
    pub(super) fn children(&self, entry: u32) -> Range<u32> {
        self.first[entry as usize]..self.first[entry as usize + 1]
    }

    /// A child.
    pub(super) fn child(&self, at: u32) -> u32 {
        self.children[at as usize]
    }

    /// The bytes of an entry in the pack.
    pub(super) fn bytes(&self, entry: u32) -> Range<u64> {
        let start = self.offsets[entry as usize];
        let mut next = entry as usize + 1;
        while self.offsets.get(next) == Some(&start) {
            next += 1;
        }
        start..self.offsets.get(next).copied().unwrap_or(self.end).min(self.end)
    }

    /// Leaves out what need not be visited: entries for which `keep` is false and that nothing kept is built on. Those
    /// that something kept is built on are decoded and not visited.
    pub(super) fn prune(&mut self, keep: impl Fn(u32) -> bool) {
        let mut order: Vec<u32> = self.roots.iter().map(|root| root.entry).collect();
        let mut at = 0;
        while at < order.len() {
            order.extend(self.children(order[at]).map(|c| self.child(c)));
            at += 1;
        }
        let mut needed: Vec<bool> = self.numbers.iter().map(|n| n & COPY == 0 && keep(*n)).collect();
        for (number, wanted) in self.numbers.iter_mut().zip(&needed) {
            *number |= if *wanted { 0 } else { COPY };
        }
        for &entry in order.iter().rev() {
            let below = self.children(entry).any(|c| needed[self.child(c) as usize]);
            needed[entry as usize] |= below;
        }
        let mut children = Vec::new();
        let mut first = Vec::with_capacity(self.first.len());
        for entry in 0..self.numbers.len() as u32 {
            first.push(children.len() as u32);
            children.extend(self.children(entry).map(|c| self.child(c)).filter(|c| needed[*c as usize]));
        }
        first.push(children.len() as u32);
        (self.first, self.children) = (first, children);
        self.roots.retain(|root| needed[root.entry as usize]);
    }

    fn headers(&self, opened: &Opened, catalog: &Catalog, threads: usize) -> Result<Headers, Damage> {
        let count = self.offsets.len();
        let batches = Mutex::new(Vec::new());
        let next = AtomicUsize::new(0);
        let file = opened.pack.open()?;
        let by_number = std::sync::OnceLock::new();
        let work = || {
            let mut window = HeaderWindow::default();
            loop {
                let start = next.fetch_add(BATCH, Ordering::Relaxed);
                if start >= count {
                    return;
                }
                let range = start..count.min(start + BATCH);
                let batch = self.batch(
                    &range,
                    |offset| window.header(&file, opened, offset),
                    |id| {
                        let number = catalog.number(id)?;
                        let sorted = by_number.get_or_init(|| self.by_number());
                        let at = sorted.partition_point(|(n, _)| *n < number);
                        sorted.get(at).filter(|(n, _)| *n == number).map(|(_, entry)| *entry)
                    },
                );
                batches.lock().unwrap_or_else(PoisonError::into_inner).push((start, batch));
            }
        };
        share(threads.min(count.div_ceil(BATCH)), work, |_| {});
        let mut batches = batches.into_inner().unwrap_or_else(PoisonError::into_inner);
        batches.sort_unstable_by_key(|(start, _)| *start);
        let mut all = Headers { parents: vec![], sizes: vec![], kinds: vec![], lost: vec![] };
        for (_, batch) in batches {
            all.parents.extend(batch.parents);
            all.sizes.extend(batch.sizes);
            all.kinds.extend(batch.kinds);
            all.lost.extend(batch.lost);
        }
        Ok(all)
    }

    /// The entries of one batch: each one's parent, size and type.
    fn batch(
        &self,
        range: &Range<usize>,
        mut header: impl FnMut(u64) -> Result<super::packfile::Located, Damage>,
        entry_of: impl Fn(&[u8]) -> Option<u32>,
    ) -> Headers {
        let mut found = Headers { parents: vec![], sizes: vec![], kinds: vec![], lost: vec![] };
        for entry in range.clone() {
            let offset = self.offsets[entry];
            let (mut parent, mut kind, mut size) = (NONE, None, 0);
            match header(offset) {
                Ok(at) => {
                    size = u32::try_from(at.size).unwrap_or(u32::MAX);
                    match at.built {
                        Built::Whole(k) => kind = Some(k),
                        Built::At(base) => match self.offsets[..entry].binary_search(&base) {
                            Ok(base) => parent = base as u32,
                            Err(_) => found.lost.push((
                                entry as u32,
                                Damage::new("delta is built on something that the index does not know"),
                            )),
                        },
                        // Not in this pack: the tree starts here, and the base is looked for elsewhere.
                        Built::On(id) => parent = entry_of(id.as_bytes()).unwrap_or(NONE),
                    }
                }
                Err(damage) => found.lost.push((entry as u32, damage)),
            }
            found.parents.push(parent);
            found.kinds.push(kind);
            found.sizes.push(size);
        }
        found
    }

    fn by_number(&self) -> Vec<(u32, u32)> {
        let mut sorted: Vec<_> =
            self.numbers.iter().zip(0..).map(|(number, entry)| (number & !COPY, entry)).collect();
        sorted.sort_unstable();
        sorted
    }

    /// Makes the flat arrays from each entry's parent.
    fn link(&mut self, headers: Headers) {
        let count = self.offsets.len();
        let Headers { parents, sizes, mut kinds, lost } = headers;
        let mut first = vec![0u32; count + 2];
        for &parent in parents.iter().filter(|p| **p != NONE) {
            first[parent as usize + 2] += 1;
        }
        for at in 2..first.len() {
            first[at] += first[at - 1];
        }
        let mut children = vec![0u32; first[count + 1] as usize];
        for (entry, &parent) in parents.iter().enumerate().filter(|(_, p)| **p != NONE) {
            let slot = &mut first[parent as usize + 1];
            children[*slot as usize] = entry as u32;
            *slot += 1;
        }
        first.truncate(count + 1);
        (self.first, self.children, self.lost) = (first, children, lost);

        // From the roots down, so that an entry's estimated size is its root's; then from the leaves up.
        let mut dead = vec![false; count];
        for (entry, _) in &self.lost {
            dead[*entry as usize] = true;
        }
        let mut order: Vec<u32> =
            (0..count as u32).filter(|e| parents[*e as usize] == NONE && !dead[*e as usize]).collect();
        let roots = order.len();
        let mut work: Vec<u64> = sizes.into_iter().map(|s| u64::from(s) + 200).collect();
        let mut at = 0;
        while at < order.len() {
            let entry = order[at];
            for child in self.children(entry) {
                let child = self.child(child);
                work[child as usize] = work[child as usize].saturating_add(work[entry as usize]);
                kinds[child as usize] = kinds[entry as usize];
                order.push(child);
            }
            at += 1;
        }
        for &entry in order[roots..].iter().rev() {
            let own = work[entry as usize];
            let parent = &mut work[parents[entry as usize] as usize];
            *parent = parent.saturating_add(own);
        }
        for entry in 0..count as u32 {
            let range = self.children(entry);
            self.children[range.start as usize..range.end as usize].sort_by_key(|c| work[*c as usize]);
        }
        self.name_lost(&mut dead, &order);
        self.roots = order[..roots]
            .iter()
            .map(|&entry| Root { entry, kind: kinds[entry as usize], work: work[entry as usize] })
            .collect();
        self.kinds = kinds;
    }

    /// Entries that no root leads to: built on a lost one, or on each other in a circle.
    fn name_lost(&mut self, dead: &mut [bool], reached: &[u32]) {
        if reached.len() == dead.len() {
            return;
        }
        for &entry in reached {
            dead[entry as usize] = true;
        }
        let mut below: Vec<u32> = self.lost.iter().map(|(entry, _)| *entry).collect();
        while let Some(entry) = below.pop() {
            for child in self.children(entry) {
                let child = self.child(child);
                if !std::mem::replace(&mut dead[child as usize], true) {
                    self.lost.push((child, Damage::new("built on an object that is damaged")));
                    below.push(child);
                }
            }
        }
        for (entry, known) in dead.iter().enumerate() {
            if !known {
                self.lost.push((entry as u32, Damage::new("deltas are built on each other in a circle")));
            }
        }
    }
}

/// Reads headers one after the other, in order of offset.
#[derive(Default)]
struct HeaderWindow {
    bytes: Vec<u8>,
    start: u64,
}

impl HeaderWindow {
    fn header(
        &mut self,
        file: &File,
        opened: &Opened,
        offset: u64,
    ) -> Result<super::packfile::Located, Damage> {
        let end = opened.end();
        if offset < 12 || offset >= end {
            return Err(Damage::new("offset lies outside of the pack"));
        }
        let want = (end - offset).min(MAX_HEADER as u64) as usize;
        let inside = offset.checked_sub(self.start).map(|at| at as usize);
        let at = match inside {
            Some(at) if at.saturating_add(want) <= self.bytes.len() => at,
            _ => {
                let len = (end - offset).min(WINDOW as u64) as usize;
                self.bytes.resize(len, 0);
                self.start = offset;
                if let Err(e) = read_exact_at(file, &mut self.bytes, offset) {
                    self.bytes.clear();
                    return Err(e.into());
                }
                0
            }
        };
        located(&self.bytes[at..at + want], offset, opened.hash)
    }
}
