//! Which lines of a content are added: those whose text no old version has. Lines that only moved are not added, and
//! neither are lines that only changed their line end.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Read};
use std::ops::Range;
use std::sync::LazyLock;

use crate::encoding::{Decoded, lines};

/// More lines of old versions are not kept: then all lines count as added.
const MOST_LINES: usize = 4 << 20;
/// More ranges of added lines are not kept: then all lines count as added.
const MOST_RANGES: usize = 1 << 20;
/// What is read at once of a content that is too large for one piece.
const CHUNK: usize = 1 << 20;
/// The end of a line can be told once so many bytes behind it are known (CR LF in UTF-32).
const AHEAD: usize = 4;

/// One key for all hashes of this process: nobody outside knows which lines would look alike.
static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// The lines of all old versions, by their hashes.
#[derive(Debug, Default)]
pub(super) struct OldLines {
    hashes: HashSet<u64>,
    overflow: bool,
}

impl OldLines {
    /// Adds the lines of a content that is at hand.
    pub(super) fn add(&mut self, content: &[u8]) {
        each_line(content, &mut |line| self.insert(hash(line)));
    }

    /// Adds the lines of a content that is read piece by piece.
    pub(super) fn add_stream(&mut self, from: &mut dyn Read) -> io::Result<()> {
        each_line_hash(from, &mut |hash| self.insert(hash))
    }

    fn insert(&mut self, hash: u64) {
        self.overflow |= self.hashes.len() >= MOST_LINES;
        if !self.overflow {
            self.hashes.insert(hash);
        }
    }

    /// The added lines of a content, 1-based, as sorted ranges; `None` if all must count.
    pub(super) fn added(&self, content: &[u8]) -> Option<Vec<Range<u64>>> {
        let mut ranges = Ranges::default();
        each_line(content, &mut |line| ranges.next(!self.hashes.contains(&hash(line))));
        ranges.finish(self.overflow)
    }

    /// The same for a content that is read piece by piece.
    pub(super) fn added_stream(&self, from: &mut dyn Read) -> io::Result<Option<Vec<Range<u64>>>> {
        let mut ranges = Ranges::default();
        each_line_hash(from, &mut |hash| ranges.next(!self.hashes.contains(&hash)))?;
        Ok(ranges.finish(self.overflow))
    }
}

/// Whether one content has the line that stands at `number` (1-based) of another.
pub(in crate::sources) fn has_line_of(content: &[u8], other: &[u8], number: u64) -> bool {
    let mut wanted = None;
    let mut at = 0;
    each_line(other, &mut |line| {
        at += 1;
        if at == number {
            wanted = Some(hash(line));
        }
    });
    let mut found = false;
    each_line(content, &mut |line| found |= Some(hash(line)) == wanted);
    found
}

/// How many bytes each distinct line brings, by hash.
pub(super) fn line_weights(content: &[u8]) -> HashMap<u64, usize> {
    let mut weights = HashMap::new();
    each_line(content, &mut |line| *weights.entry(hash(line)).or_insert(0) += line.len() + 1);
    weights
}

#[derive(Default)]
struct Ranges {
    line: u64,
    found: Vec<Range<u64>>,
    overflow: bool,
}

impl Ranges {
    fn next(&mut self, added: bool) {
        self.line += 1;
        if !added {
            return;
        }
        let full = self.found.len() >= MOST_RANGES;
        match self.found.last_mut() {
            Some(last) if last.end == self.line => last.end += 1,
            _ if full => self.overflow = true,
            _ => self.found.push(self.line..self.line + 1),
        }
    }

    fn finish(self, overflow: bool) -> Option<Vec<Range<u64>>> {
        (!self.overflow && !overflow).then_some(self.found)
    }
}

/// A door for fuzzing, not part of the interface: the first byte says how much of the rest is the old content.
pub fn fuzz_added_lines(data: &[u8]) {
    let Some((&split, rest)) = data.split_first() else { return };
    let (old, new) = rest.split_at(usize::from(split).min(rest.len()));
    let mut known = OldLines::default();
    known.add(old);
    let added = known.added(new).expect("there are few lines");
    let mut before: Vec<&[u8]> = Vec::new();
    let decoded = Decoded::of(old);
    let text = decoded.as_ref().map_or(old, |d| &d.text);
    before.extend(lines::split(text).map(without_end));
    let mut number = 0;
    each_line(new, &mut |line| {
        number += 1;
        let is_added = added.iter().any(|range| range.contains(&number));
        assert_eq!(is_added, !before.contains(&line), "line {number}");
    });
    assert!(added.windows(2).all(|pair| pair[0].end < pair[1].start), "ranges are sorted and apart");
    assert!(added.last().is_none_or(|last| last.end <= number + 1), "ranges lie in the content");
}

/// Calls with each line, without its end; lines are counted as the engine counts them.
fn each_line(content: &[u8], found: &mut dyn FnMut(&[u8])) {
    let decoded = Decoded::of(content);
    let text = decoded.as_ref().map_or(content, |d| &d.text);
    for line in lines::split(text) {
        found(without_end(line));
    }
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn hash(line: &[u8]) -> u64 {
    let mut hasher = KEY.build_hasher();
    hasher.write(line);
    hasher.finish()
}

/// The same for a content of any size, with bounded memory even where it is one line; no encodings.
fn each_line_hash(from: &mut dyn Read, found: &mut dyn FnMut(u64)) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK + AHEAD];
    let mut held = 0;
    let mut hasher = KEY.build_hasher();
    let mut open = false;
    loop {
        let space = buffer.get_mut(held..).unwrap_or_default();
        let read = match from.read(space) {
            Ok(read) => read,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        held += read;
        if read != 0 && held < buffer.len() {
            continue;
        }
        let content = buffer.get(..held).unwrap_or_default();
        let safe = if read == 0 { held } else { held.saturating_sub(AHEAD) };
        let mut done = 0;
        for piece in lines::split(content) {
            let end = done + piece.len();
            let text = without_end(piece);
            if end > safe || (end == held && text.len() == piece.len()) {
                break;
            }
            hasher.write(text);
            found(hasher.finish());
            hasher = KEY.build_hasher();
            open = false;
            done = end;
        }
        if read == 0 {
            let rest = content.get(done..).unwrap_or_default();
            if open || !rest.is_empty() {
                hasher.write(rest);
                found(hasher.finish());
            }
            return Ok(());
        }
        // A line longer than the buffer goes into its hash piece by piece.
        if done == 0 {
            // A CR that is left belongs to a CRLF, of which nothing counts.
            let safe = content.get(..safe).unwrap_or_default();
            let safe = safe.strip_suffix(b"\r").unwrap_or(safe);
            hasher.write(safe);
            open |= !safe.is_empty();
            done = safe.len();
        }
        buffer.copy_within(done..held, 0);
        held -= done;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn added(old: &[&[u8]], new: &[u8]) -> Vec<(u64, u64)> {
        let mut lines = OldLines::default();
        for content in old {
            lines.add(content);
        }
        let ranges = lines.added(new).expect("there are few lines");
        ranges.into_iter().map(|r| (r.start, r.end)).collect()
    }

    #[test]
    fn only_lines_that_no_old_version_has_are_added() {
        assert_eq!(added(&[b"a\nb\nc\n"], b"a\nx\ny\nc\nz"), [(2, 4), (5, 6)]);
        assert_eq!(added(&[b"a\nb\n"], b"b\na\na\n"), []);
        assert_eq!(added(&[b"a\n", b"b\n"], b"a\nb\nc\n"), [(3, 4)]);
        assert_eq!(added(&[b"a\nb"], b"a\r\nb\r\n"), []);
        assert_eq!(added(&[b"ab"], b"a\rb"), [(1, 3)]);
        assert_eq!(added(&[], b"a\n"), [(1, 2)]);
        let wide: Vec<u8> = "a\r\nb\r\nsomething\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(added(&[b"a\nsomething\n"], &wide), [(2, 3)]);
    }

    /// Gives out a few bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let n = self.0.len().min(into.len()).min(self.1);
            into[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    proptest! {
        #[test]
        fn streams_give_the_same_lines(parts in prop::collection::vec("[ab\r\n]{0,6}", 0..40), step in 1_usize..9) {
            let content = parts.concat().into_bytes();
            let mut expected = Vec::new();
            lines::split(&content).for_each(|l| expected.push(hash(without_end(l))));
            let mut seen = Vec::new();
            each_line_hash(&mut Slow(&content, step), &mut |h| seen.push(h)).expect("it can be read");
            prop_assert_eq!(seen, expected);
        }
    }

    #[test]
    fn lines_longer_than_a_buffer_are_hashed_whole() {
        for len in [CHUNK - 1, CHUNK, CHUNK + 1, CHUNK + AHEAD, 3 * CHUNK + 5] {
            for end in ["", "\n", "\r\n", "\r", "\nx"] {
                let mut content = vec![b'x'; len];
                content.extend(end.as_bytes());
                let mut expected = Vec::new();
                lines::split(&content).for_each(|l| expected.push(hash(without_end(l))));
                let mut seen = Vec::new();
                each_line_hash(&mut &content[..], &mut |h| seen.push(h)).expect("it can be read");
                assert_eq!(seen, expected, "{len} {end:?}");
            }
        }
    }
}
