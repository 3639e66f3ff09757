//! Words of providers near candidates, read once for all candidates that stand close together.

use super::table::{By, Entry, Table};

/// How far a word may stand in front of and behind a value, in bytes.
const WORD_REACH: (usize, usize) = (300, 120);

/// The same for a host.
const HOST_REACH: (usize, usize) = (500, 250);

/// How far the rest of a line is read where it is not in reach itself, in bytes.
pub(super) const LINE: usize = 256;

/// What was found so far in one piece of text.
#[derive(Debug, Default)]
pub(super) struct Near {
    hits: Vec<(usize, Entry)>,
    from: usize,
    to: usize,
}

impl Near {
    /// Calls `f` for every rule that something near `start..end` speaks for.
    pub(super) fn each(
        &mut self,
        table: &Table,
        bytes: &[u8],
        (start, end): (usize, usize),
        f: &mut dyn FnMut(Entry),
    ) {
        self.read(table, bytes, start.saturating_sub(HOST_REACH.0), bytes.len().min(end + HOST_REACH.1));
        let first = self.hits.partition_point(|(at, _)| *at + HOST_REACH.0 < start);
        for (at, entry) in &self.hits[first..] {
            let reach = if entry.by == By::Host { HOST_REACH } else { WORD_REACH };
            if *at > end + reach.1 {
                if *at > end + HOST_REACH.1 {
                    break;
                }
                continue;
            }
            if *at + reach.0 >= start {
                f(*entry);
            }
        }
    }

    /// Makes sure that `from..to` has been read.
    fn read(&mut self, table: &Table, bytes: &[u8], from: usize, to: usize) {
        if from < self.from || from > self.to || self.hits.len() > 4096 {
            self.hits.clear();
            self.from = from;
            self.to = from - bytes[..from].iter().rev().take(LINE).take_while(|b| **b != b'\n').count();
        }
        if to <= self.to {
            return;
        }
        // Begins and ends between lines: hosts and names are several words, and what was read before must not matter.
        let to = to + bytes[to..].iter().take(LINE).take_while(|b| **b != b'\n').count();
        let base = self.to;
        table.lookup(&bytes[base..to], &mut |entry, at| self.hits.push((base + at, entry)));
        self.hits.sort_by_key(|(at, _)| *at);
        self.to = to;
    }
}
