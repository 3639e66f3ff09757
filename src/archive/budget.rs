//! `Budget`: how much may come out of one archive, with all that is nested in it.

use std::cell::Cell;
use std::io::{self, Read};

use crate::model::Stop;

/// How far archives are looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most that comes out of one archive and all archives in it, in bytes.
    pub size: u64,
    /// Whether the size was asked for: then the ratio does not count.
    pub asked: bool,
    /// The most members.
    pub members: u64,
    /// How many archives may stand in each other. 0: none is opened.
    pub depth: u8,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { size: 1 << 30, asked: false, members: 100_000, depth: 8 }
    }
}

/// An archive that becomes so many times larger is a bomb, if that is not little.
const RATIO: u64 = 100;
const LITTLE: u64 = 64 << 20;

/// What is left of the limits for one archive.
#[derive(Debug)]
pub struct Budget {
    limits: Limits,
    most: u64,
    left: Cell<u64>,
    members: Cell<u64>,
    beyond: Cell<Option<Beyond>>,
    stop: Stop,
}

#[derive(Debug, Clone, Copy)]
enum Beyond {
    Size,
    Ratio,
    Members,
}

impl Budget {
    /// For an archive of so many bytes.
    pub fn new(limits: Limits, packed: u64, stop: &Stop) -> Budget {
        let by_ratio = packed.saturating_mul(RATIO).saturating_add(LITTLE);
        let most = if limits.asked { limits.size } else { limits.size.min(by_ratio) };
        let (left, members) = (Cell::new(most), Cell::new(limits.members));
        Budget { limits, most, left, members, beyond: Cell::new(None), stop: stop.clone() }
    }

    /// Whether nothing more is to be read: a limit was reached, or somebody asks for the end.
    pub fn is_over(&self) -> bool {
        self.beyond.get().is_some() || self.stop.requested().is_some()
    }

    /// Which limit was reached, in words.
    pub fn beyond(&self) -> Option<String> {
        let mib = |bytes: u64| bytes >> 20;
        Some(match self.beyond.get()? {
            Beyond::Size => format!(
                "more than {} MiB come out of this archive; the rest was not read (--max-archive-size)",
                mib(self.most)
            ),
            Beyond::Ratio => format!(
                "it unpacks to more than {RATIO} times its size; after {} MiB the rest was not read \
                 (--max-archive-size)",
                mib(self.most)
            ),
            Beyond::Members => format!(
                "more than {} members; the rest was not read (--max-archive-members)",
                self.limits.members
            ),
        })
    }

    /// How many archives may stand in each other.
    pub fn depth(&self) -> u8 {
        self.limits.depth
    }

    /// The most that may come out.
    pub(super) fn most(&self) -> u64 {
        self.most
    }

    /// Counts a member; whether it may be read.
    pub(super) fn member(&self) -> bool {
        let left = self.members.get();
        self.members.set(left.saturating_sub(1));
        if left == 0 && self.beyond.get().is_none() {
            self.beyond.set(Some(Beyond::Members));
        }
        !self.is_over()
    }

    /// Counts bytes that came out.
    fn spend(&self, bytes: usize) -> io::Result<()> {
        let left = self.left.get();
        self.left.set(left.saturating_sub(bytes as u64));
        if bytes as u64 > left && self.beyond.get().is_none() {
            let beyond = if self.most < self.limits.size { Beyond::Ratio } else { Beyond::Size };
            self.beyond.set(Some(beyond));
        }
        if self.is_over() { Err(io::Error::other("no more of this archive is read")) } else { Ok(()) }
    }
}

/// What comes out of something packed, counted.
pub(super) struct Metered<'b, R> {
    from: R,
    budget: &'b Budget,
}

impl<'b, R: Read> Metered<'b, R> {
    pub(super) fn new(from: R, budget: &'b Budget) -> Metered<'b, R> {
        Metered { from, budget }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.from.read(into)?;
        self.budget.spend(n)?;
        Ok(n)
    }
}
