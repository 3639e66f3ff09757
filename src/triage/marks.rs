//! Finding the inline marks of a content: which comments of which tools stand where, and which lines they speak for.
//!
//! One pass finds all marks; each finding then looks its own up by binary search. So the time stays linear, also with a
//! million findings in one file or one line of 200 MB.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::syntax::{self, Reach};

/// More marks than this in one content are not looked at: what they would allow is reported.
const MOST_MARKS: usize = 200_000;
/// How many marks one finding carries: the nearest on each side.
const MOST_NEAR: usize = 8;
/// Longest text of a mark that is kept, in bytes.
const LONGEST: usize = 240;

static STEMS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(syntax::STEMS)
        .expect("a handful of literal words always builds")
});

/// The marks of one content.
#[derive(Debug, Default)]
pub struct Marks {
    /// Marks that speak for the line they stand on.
    line: Vec<Mark>,
    /// Marks that speak for the line after theirs.
    next: Vec<Mark>,
    /// Beginnings of blocks that have an end; blocks do not nest, so these never overlap.
    block: Vec<Mark>,
}

#[derive(Debug)]
struct Mark {
    at: usize,
    text: Box<str>,
    /// The bytes it speaks for: whole lines, without the line ending.
    reach: Range<usize>,
}

impl Marks {
    /// Finds all marks of a content (or one window of it).
    pub fn of(bytes: &[u8]) -> Marks {
        let step = unit(bytes);
        if step == 1 {
            return Marks::of_narrow(bytes);
        }
        // UTF-16 and UTF-32: marks are ASCII, so the low bytes are enough to find them.
        let narrow: Vec<u8> = bytes.chunks(step).map(ascii_of).collect();
        let mut marks = Marks::of_narrow(&narrow);
        for mark in marks.line.iter_mut().chain(&mut marks.next).chain(&mut marks.block) {
            mark.at *= step;
            mark.reach = mark.reach.start * step..mark.reach.end * step;
        }
        marks
    }

    fn of_narrow(bytes: &[u8]) -> Marks {
        let mut marks = Marks::default();
        let mut open: Option<Mark> = None;
        let mut line = 0..0;
        for stem in STEMS.find_iter(bytes).take(MOST_MARKS) {
            let at = stem.start();
            if bytes[..at].last().is_some_and(|&b| syntax::is_word(b)) {
                continue;
            }
            let Some(reach) = syntax::reach_at(&bytes[at..bytes.len().min(at + LONGEST)]) else { continue };
            if line.end < at || line.is_empty() {
                line = line_around(bytes, line.end, at);
            }
            let text = text_of(bytes, at, line.end);
            let mark = |reach| Mark { at, text, reach };
            match reach {
                Reach::Line => marks.line.push(mark(line.clone())),
                Reach::NextLine => marks.next.push(mark(line_after(bytes, line.end))),
                Reach::BlockBegin | Reach::FileBegin => {
                    if let Some(mut earlier) = open.replace(mark(line.start..line.end)) {
                        earlier.reach.end = line.start;
                        marks.block.push(earlier);
                    }
                    if reach == Reach::FileBegin {
                        open.as_mut().expect("it was put there just now").reach.end = bytes.len();
                    }
                }
                Reach::BlockEnd => {
                    if let Some(mut block) = open.take() {
                        block.reach.end = line.end;
                        marks.block.push(block);
                    }
                }
            }
        }
        // A block of our own that nobody closed speaks for its own line only; secretlint's speaks for the rest of the file.
        marks.block.extend(open);
        marks
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.line.is_empty() && self.next.is_empty() && self.block.is_empty()
    }

    /// The raw texts of the marks that speak for a finding: on any of its lines, on the line above its first, or around
    /// it. Marks inside of the finding's own bytes do not count. At most eight, the nearest.
    pub fn near(&self, span: &Range<usize>) -> Vec<Box<str>> {
        let mut near: Vec<&Mark> = Vec::new();
        let touching = |marks: &[Mark], last: usize| {
            let low = marks.partition_point(|m| m.reach.end < span.start);
            let high = marks.partition_point(|m| m.reach.start <= last);
            low..high.max(low)
        };
        let first = span.start;
        let last = span.end.saturating_sub(1).max(first);
        let same = &self.line[touching(&self.line, last)];
        let after = same.partition_point(|m| m.at < span.end);
        near.extend(same[after..].iter().take(MOST_NEAR / 2));
        near.extend(same[..after].iter().rev().filter(|m| m.at < span.start).take(MOST_NEAR / 2));
        near.extend(self.next[touching(&self.next, first)].iter().rev().take(MOST_NEAR / 2));
        near.extend(self.block[touching(&self.block, first)].iter().rev().take(1));
        near.into_iter().filter(|m| !span.contains(&m.at)).take(MOST_NEAR).map(|m| m.text.clone()).collect()
    }
}

/// The marks that speak for one place, for those who ask once.
pub fn markers_near(bytes: &[u8], span: &Range<usize>) -> Vec<Box<str>> {
    Marks::of(bytes).near(span)
}

/// The line that holds `at`, without its ending; `from` is a place at or before its start.
fn line_around(bytes: &[u8], from: usize, at: usize) -> Range<usize> {
    let start = memchr::memrchr2(b'\n', b'\r', &bytes[from..at]).map_or_else(
        || if from > 0 && !matches!(bytes[from], b'\n' | b'\r') { 0 } else { from },
        |i| from + i + 1,
    );
    start..line_end(bytes, at)
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &bytes[from..]).map_or(bytes.len(), |i| from + i)
}

/// The line after the one that ends at `end`.
fn line_after(bytes: &[u8], end: usize) -> Range<usize> {
    let start = match bytes.get(end..) {
        Some([b'\r', b'\n', ..]) => end + 2,
        Some([b'\r' | b'\n', ..]) => end + 1,
        _ => return bytes.len()..bytes.len(),
    };
    start..line_end(bytes, start)
}

fn text_of(bytes: &[u8], at: usize, line_end: usize) -> Box<str> {
    String::from_utf8_lossy(&bytes[at..line_end.min(at + LONGEST)]).into()
}

/// How many bytes a character of ASCII takes: 1, 2 (UTF-16) or 4 (UTF-32), by the zeros in the first ones.
fn unit(bytes: &[u8]) -> usize {
    let head = &bytes[..bytes.len().min(64)];
    let zeros = |step: usize, at: usize| {
        let mut total = 0;
        let zero = head.chunks_exact(step).skip(1).filter(|c| {
            total += 1;
            c.iter().enumerate().all(|(i, &b)| (b == 0) == (i != at))
        });
        let zero = zero.count();
        total >= 4 && zero * 4 >= total * 3
    };
    if zeros(4, 0) || zeros(4, 3) {
        4
    } else if zeros(2, 0) || zeros(2, 1) {
        2
    } else {
        1
    }
}

/// The ASCII character that one unit of UTF-16 or UTF-32 stands for, or a byte that is in no mark.
fn ascii_of(unit: &[u8]) -> u8 {
    let mut filled = unit.iter().filter(|&&b| b != 0);
    match (filled.next(), filled.next()) {
        (Some(&b), None) if b.is_ascii() => b,
        _ => 0,
    }
}

#[cfg(test)]
#[path = "marks_tests.rs"]
mod tests;
