//! What is carried from a text to one that was made from it by copying and inserting, so that only what is new there
//! has to be searched.
//!
//! What the stages find at an *anchor* (the byte at which they stand when they try something) follows from the bytes
//! near it: [`BEFORE`] in front and [`BEHIND`] behind. Where a try reads beyond that, the anchor is remembered with
//! all that it read, whether anything came of it or not. So an anchor whose bytes were all copied yields what it
//! yielded before, and all others lie on lines that are searched again. Judging is not carried: it looks at the whole
//! text.

use std::ops::Range;

use crate::model::{Base, Copied, Kin};

use super::candidate::Candidate;

/// How far in front of an anchor bytes may have a say without being told of, in bytes.
pub(super) const BEFORE: usize = 64;

/// The same behind it. The longest literal that is looked for is shorter.
pub(super) const BEHIND: usize = 128;

/// How far behind a name the end of its value is looked for before that counts as far, in bytes.
const VALUE: usize = 700;

/// How far behind a name a block is read, in bytes.
const BLOCK: usize = 480;

/// Nothing reads farther than this from an anchor.
const FARTHEST: usize = 32 << 10;

/// A text with more to be carried is searched as a whole, and so is what is made from it.
const MOST: usize = 1 << 16;

/// An anchor at which more was read than what is near.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Reach {
    anchor: u32,
    /// The first byte that had a say, and behind the last one.
    from: u32,
    until: u32,
}

/// What is remembered of a text, in order of anchors.
#[derive(Debug)]
struct Carried {
    reaches: Vec<Reach>,
    candidates: Vec<(u32, Candidate)>,
    nuls: bool,
}

/// Notes what is to be carried while a text is searched, and says what of it is to be searched.
#[derive(Debug, Default)]
pub(super) struct Record {
    reaches: Vec<Reach>,
    candidates: Vec<(u32, Candidate)>,
    /// Where a stage stands, and what it has read from there.
    anchor: usize,
    read: (usize, usize),
    wanted: bool,
    /// The lines to be searched, in order, apart from each other.
    ranges: Vec<Range<usize>>,
}

impl Record {
    /// Begins a text: decides what is to be searched, and adds the candidates that need not be. Returns whether there
    /// are NULs in the text that it was made from.
    pub(super) fn begin(&mut self, bytes: &[u8], kin: Option<&Kin<'_>>, out: &mut Vec<Candidate>) -> bool {
        self.reaches.clear();
        self.candidates.clear();
        self.ranges.clear();
        (self.anchor, self.read) = (0, (0, 0));
        self.wanted =
            kin.is_some_and(|kin| kin.has_children) && u32::try_from(bytes.len() + FARTHEST).is_ok();
        let base = kin.and_then(|kin| kin.base);
        let Some((base, carried)) = base.and_then(|base| Some((base, base.trace.get::<Carried>()?))) else {
            self.ranges.push(0..bytes.len());
            return false;
        };
        self.find_fresh(bytes, &base);
        self.find_cut(bytes, &base, &carried.reaches);
        self.carry(&base, carried, out);
        carried.nuls
    }

    /// The lines to be searched.
    pub(super) fn range(&self, at: usize) -> Option<Range<usize>> {
        self.ranges.get(at).cloned()
    }

    /// Whether it must be known what was looked at, for a text that will be made from this one.
    pub(super) fn is_wanted(&self) -> bool {
        self.wanted
    }

    /// A stage stands at this byte.
    #[inline]
    pub(super) fn stand(&mut self, anchor: usize) {
        let (from, until) = self.read;
        if self.wanted && (from + BEFORE < self.anchor || until > self.anchor + BEHIND) {
            let [from, anchor] = [from.min(self.anchor), self.anchor].map(|at| at as u32);
            self.reaches.push(Reach { anchor, from, until: until.max(self.anchor + BEHIND) as u32 });
            self.wanted = self.reaches.len() <= MOST;
        }
        (self.anchor, self.read) = (anchor, (anchor, 0));
    }

    /// What stands before `until` has a say in what is found at the anchor.
    #[inline]
    pub(super) fn reads_until(&mut self, until: usize) {
        self.read.1 = self.read.1.max(until.min(self.anchor + FARTHEST));
    }

    /// What stands at and behind `from` has a say.
    #[inline]
    pub(super) fn reads_from(&mut self, from: usize) {
        self.read.0 = self.read.0.min(from);
    }

    /// A value behind the name that ends at `at` is looked for: it ends with its line or one of the next two, at one of
    /// the next three `<`, or in the block that begins there.
    pub(super) fn reads_value(&mut self, bytes: &[u8], at: usize) {
        if !self.wanted {
            return;
        }
        let text = &bytes[at.min(bytes.len())..bytes.len().min(at + VALUE)];
        let first = &text[..text.len().min(80)];
        let lines = memchr::memchr_iter(b'\n', text).nth(2);
        let opened = memchr::memchr(b'>', first);
        let element = opened.map_or(Some(0), |open| memchr::memchr_iter(b'<', &text[open..]).nth(2));
        let block = if first.contains(&b'{') { BLOCK } else { 0 };
        self.reads_until(match (lines, element) {
            (Some(lines), Some(element)) => at + lines.max(element + 80).max(block) + 2,
            _ => at + 8192,
        });
    }

    /// A candidate was found at the anchor.
    pub(super) fn found(&mut self, candidate: Candidate) {
        if self.wanted {
            self.candidates.push((self.anchor as u32, candidate));
            self.wanted = self.candidates.len() <= MOST;
        }
    }

    /// The text has been searched: remembers what there is to be carried.
    pub(super) fn end(&mut self, kin: Option<&Kin<'_>>, nuls: bool) {
        if let (true, Some(kin)) = (self.wanted, kin) {
            // What was carried is in order already: a merge.
            self.reaches.sort();
            self.reaches.dedup();
            self.candidates.sort();
            self.candidates.dedup();
            let (reaches, candidates) = (self.reaches.clone(), self.candidates.clone());
            kin.remember(Carried { reaches, candidates, nuls });
        }
    }

    /// Lines with anchors near which something is not copied.
    fn find_fresh(&mut self, bytes: &[u8], base: &Base<'_>) {
        let mut done = 0;
        for run in base.copied {
            let kept = (run.to, run.to + run.len);
            let start = if begins(run) { 0 } else { kept.0 + BEFORE };
            let end = if ends(run, base, bytes) { kept.1 } else { kept.1.saturating_sub(BEHIND) };
            if start < end {
                self.search(bytes, done..start);
                done = end;
            }
        }
        self.search(bytes, done..bytes.len());
    }

    /// Lines with anchors that read more than others, and no longer find all that they read.
    fn find_cut(&mut self, bytes: &[u8], base: &Base<'_>, reaches: &[Reach]) {
        let before = self.ranges.len();
        for run in base.copied {
            for reach in inside(reaches, run, |reach| reach.anchor) {
                let at = moved(run, reach.anchor as usize);
                if !whole(run, reach, base, bytes)
                    && !within(&self.ranges[..before], at)
                    && !self.ranges[before..].last().is_some_and(|last| last.contains(&at))
                {
                    self.ranges.push(line(bytes, at));
                }
            }
        }
        if self.ranges.len() > before {
            self.ranges.sort_unstable_by_key(|range| range.start);
            self.ranges.dedup_by(|next, last| {
                let joins = next.start <= last.end;
                last.end = if joins { last.end.max(next.end) } else { last.end };
                joins
            });
        }
    }

    /// Adds what is carried.
    fn carry(&mut self, base: &Base<'_>, carried: &Carried, out: &mut Vec<Candidate>) {
        // What is copied comes in order, so that the range to be asked next is known.
        let (mut next_reach, mut next_found) = (0, 0);
        for run in base.copied {
            let shift = |at: u32| moved(run, at as usize) as u32;
            for reach in inside(&carried.reaches, run, |reach| reach.anchor).iter().filter(|_| self.wanted) {
                let anchor = shift(reach.anchor);
                if !passes(&self.ranges, &mut next_reach, anchor as usize) {
                    let (from, until) = (shift(reach.from), shift(reach.until));
                    self.reaches.push(Reach { anchor, from, until });
                }
            }
            for (anchor, candidate) in inside(&carried.candidates, run, |(anchor, _)| *anchor) {
                let anchor = shift(*anchor);
                if !passes(&self.ranges, &mut next_found, anchor as usize) {
                    let (start, end) = (moved(run, candidate.start), moved(run, candidate.end));
                    let name = candidate.name.map(|(start, end)| (moved(run, start), moved(run, end)));
                    let candidate = Candidate { start, end, name, ..*candidate };
                    self.candidates.push((anchor, candidate));
                    out.push(candidate);
                }
            }
        }
        self.wanted &= self.reaches.len().max(self.candidates.len()) <= MOST;
    }

    /// Adds the lines of a part of the text to those to be searched; parts come in order.
    fn search(&mut self, bytes: &[u8], part: Range<usize>) {
        let floor = self.ranges.last().map_or(0, |last| last.end);
        if part.is_empty() || part.end <= floor {
            return;
        }
        let start = part.start.max(floor);
        let start = memchr::memrchr(b'\n', &bytes[floor..start]).map_or(floor, |at| floor + at + 1);
        let end = memchr::memchr(b'\n', &bytes[part.end - 1..]).map_or(bytes.len(), |at| part.end + at);
        match self.ranges.last_mut() {
            Some(last) if last.end == start => last.end = end,
            _ => self.ranges.push(start..end),
        }
    }
}

/// Where a byte of a run went.
fn moved(run: &Copied, at: usize) -> usize {
    (at + run.to).saturating_sub(run.from)
}

/// Whether both texts begin here, so that nothing in front has a say.
fn begins(run: &Copied) -> bool {
    run.from == 0 && run.to == 0
}

/// Whether both texts end here.
fn ends(run: &Copied, base: &Base<'_>, bytes: &[u8]) -> bool {
    run.from + run.len == base.len && run.to + run.len == bytes.len()
}

/// Those with their anchors in a run.
fn inside<'a, T>(all: &'a [T], run: &Copied, anchor: impl Fn(&T) -> u32) -> &'a [T] {
    let first = all.partition_point(|one| (anchor(one) as usize) < run.from);
    let len = all[first..].partition_point(|one| (anchor(one) as usize) < run.from + run.len);
    &all[first..first + len]
}

/// Whether all that was read was copied with this run.
fn whole(run: &Copied, reach: &Reach, base: &Base<'_>, bytes: &[u8]) -> bool {
    let before = begins(run) || reach.from as usize >= run.from;
    before && (reach.until as usize <= run.from + run.len || ends(run, base, bytes))
}

/// Whether a place lies in one of these ranges, which are in order and apart.
fn within(ranges: &[Range<usize>], at: usize) -> bool {
    let next = ranges.partition_point(|range| range.end <= at);
    ranges.get(next).is_some_and(|range| range.start <= at)
}

/// The same for places in order: `next` is the range to be asked first.
#[inline]
fn passes(ranges: &[Range<usize>], next: &mut usize, place: usize) -> bool {
    while ranges.get(*next).is_some_and(|range| range.end <= place) {
        *next += 1;
    }
    ranges.get(*next).is_some_and(|range| range.start <= place)
}

/// The line that holds a place.
fn line(bytes: &[u8], at: usize) -> Range<usize> {
    let start = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |end| end + 1);
    start..memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end + 1)
}
