//! `Page`: a text written anew, with its islands said in clear, and only the lines around them.

use std::ops::Range;

use super::island::Island;

/// How much of the line before an island is written, and behind it, in bytes.
const BEFORE: usize = 160;
const AFTER: usize = 80;

/// What separates lines that do not follow each other: far enough that nothing is read as the name of something else.
const GAP: &[u8] = b"\n\n\n\n\n";

/// Text with islands in clear.
#[derive(Debug, Default)]
pub struct Page {
    /// The text.
    pub text: Vec<u8>,
    islands: Vec<Island>,
    pieces: Vec<Piece>,
}

/// A piece of a page.
#[derive(Debug, Clone, Copy)]
struct Piece {
    /// Where in the page it begins.
    at: usize,
    what: What,
}

#[derive(Debug, Clone, Copy)]
enum What {
    /// Outer text from this offset on.
    Copied(usize),
    /// The island of this number.
    Island(usize),
    /// Nothing of the outer text.
    Gap,
}

impl Page {
    /// Writes a page of a text whose islands are sorted and apart.
    pub fn of(text: &[u8], islands: Vec<Island>) -> Page {
        let mut page = Page::default();
        let mut written = 0;
        for (number, island) in islands.iter().enumerate() {
            let from = before(text, island.span.start).max(written);
            if from > written && !page.text.is_empty() {
                let until = after(text, written).min(from);
                page.copy(text, written..until);
                if until < from {
                    page.piece(What::Gap);
                    page.text.extend_from_slice(GAP);
                }
            }
            page.copy(text, from..island.span.start);
            page.piece(What::Island(number));
            page.text.extend_from_slice(&island.text);
            written = island.span.end;
        }
        if !islands.is_empty() {
            page.copy(text, written..after(text, written));
        }
        page.islands = islands;
        page
    }

    /// Whether a part of the page touches an island, or stands directly beside one.
    pub fn touches(&self, part: &Range<usize>) -> bool {
        self.island_at(part).is_some()
    }

    /// The bytes of the outer text that say a part of the page, and through which layers; `None` if no island has to
    /// do with it.
    pub fn outer(&self, part: &Range<usize>) -> Option<(Range<usize>, &[&'static str])> {
        let island = self.island_at(part)?;
        let last = part.end.saturating_sub(1).max(part.start);
        let first = self.byte(part.start)?;
        let last = self.byte(last)?;
        Some((first.start.min(last.start)..last.end.max(first.end), &island.layers))
    }

    fn island_at(&self, part: &Range<usize>) -> Option<&Island> {
        let (from, to) = (part.start.saturating_sub(1), part.end + 1);
        let first = self.pieces.partition_point(|p| p.at <= from).saturating_sub(1);
        let near = self.pieces.get(first..)?.iter().take_while(|p| p.at < to);
        let mut numbers = near.filter_map(|p| if let What::Island(n) = p.what { Some(n) } else { None });
        self.islands.get(numbers.next()?)
    }

    fn byte(&self, at: usize) -> Option<Range<usize>> {
        let piece = self.pieces.get(self.pieces.partition_point(|p| p.at <= at).checked_sub(1)?)?;
        let inside = at - piece.at;
        match piece.what {
            What::Copied(outer) => Some(outer + inside..outer + inside + 1),
            What::Island(number) => Some(self.islands.get(number)?.outer(&(inside..inside + 1))),
            What::Gap => None,
        }
    }

    fn copy(&mut self, text: &[u8], part: Range<usize>) {
        if let Some(bytes) = text.get(part.clone()).filter(|b| !b.is_empty()) {
            self.piece(What::Copied(part.start));
            self.text.extend_from_slice(bytes);
        }
    }

    fn piece(&mut self, what: What) {
        self.pieces.push(Piece { at: self.text.len(), what });
    }
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Where the line of an offset begins, or a word in it that is not too far.
fn before(text: &[u8], at: usize) -> usize {
    let floor = at.saturating_sub(BEFORE);
    let part = &text[floor..at];
    match memchr::memrchr2(b'\n', b'\r', part) {
        Some(end) => floor + end + 1,
        None if floor == 0 => 0,
        None => floor + part.iter().position(|&b| !is_token(b)).unwrap_or(part.len()),
    }
}

/// Where the line of an offset ends, or a word in it that is not too far.
fn after(text: &[u8], at: usize) -> usize {
    let ceiling = text.len().min(at + AFTER);
    let part = &text[at..ceiling];
    match memchr::memchr2(b'\n', b'\r', part) {
        Some(end) => at + end,
        None if ceiling == text.len() => ceiling,
        None => at + part.iter().rposition(|&b| !is_token(b)).map_or(0, |i| i + 1),
    }
}
