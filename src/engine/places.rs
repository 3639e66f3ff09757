//! From offsets in the text that was searched to places in the blob.

use std::ops::Range;

use crate::encoding::Decoded;
use crate::encoding::lines::Cursor;
use crate::model::{Blob, LineCol};

/// How the searched text lies in the blob's bytes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lie<'d> {
    /// It is the blob's bytes.
    Same,
    /// It is their UTF-8 form.
    Decoded(&'d Decoded),
    /// It is every second byte from an offset on.
    Wide(usize),
    /// It is every byte from an offset on, or every second, of bytes that count as wide: lines are those of the wide
    /// text, for whoever compares lines.
    Within(&'d Decoded, usize, usize),
}

/// Tells places, best asked for in order.
pub(super) struct Places<'b, 'd> {
    blob: &'b Blob<'b>,
    lie: Lie<'d>,
    cursor: Cursor,
}

impl<'b, 'd> Places<'b, 'd> {
    /// Of text that lies so in this blob.
    pub(super) fn new(blob: &'b Blob<'b>, lie: Lie<'d>) -> Places<'b, 'd> {
        Places { blob, lie, cursor: Cursor::new(blob.window.start) }
    }

    /// The bytes of the blob that hold `span` of the text.
    pub(super) fn span(&self, span: Range<usize>) -> Range<usize> {
        match self.lie {
            Lie::Same => span,
            Lie::Decoded(decoded) => decoded.original(span.start)..decoded.original(span.end),
            Lie::Wide(at) => at + 2 * span.start..(at + 2 * span.end).min(self.blob.bytes.len()),
            Lie::Within(_, at, step) => {
                at + step * span.start..(at + step * span.end).min(self.blob.bytes.len())
            }
        }
    }

    /// Whether what starts at this offset of the text belongs to the blob's window.
    pub(super) fn kept(&self, start: usize) -> bool {
        let start = self.span(start..start).start;
        let (from, to) = self.blob.window.keep;
        from <= start && start < to
    }

    /// The places of the first and the last byte of `span` of the text.
    pub(super) fn ends(&mut self, span: &Range<usize>) -> (LineCol, LineCol) {
        let last = span.end.saturating_sub(1).max(span.start);
        match self.lie {
            // Lines and columns are those of the text; its own offsets would mean nothing to a person.
            Lie::Decoded(decoded) => (self.at(&decoded.text, span.start), self.peek(&decoded.text, last)),
            Lie::Same => (self.at(self.blob.bytes, span.start), self.peek(self.blob.bytes, last)),
            Lie::Within(decoded, at, step) => {
                let inside = |offset: usize| decoded.offset(at + step * offset);
                (self.at(&decoded.text, inside(span.start)), self.peek(&decoded.text, inside(last)))
            }
            Lie::Wide(at) => {
                (self.at(self.blob.bytes, at + 2 * span.start), self.peek(self.blob.bytes, at + 2 * last))
            }
        }
    }

    fn at(&mut self, bytes: &[u8], offset: usize) -> LineCol {
        self.cursor.at(bytes, offset)
    }

    /// Looks ahead without leaving the place, since the next key may begin before this one's end.
    fn peek(&self, bytes: &[u8], offset: usize) -> LineCol {
        { self.cursor }.at(bytes, offset)
    }
}
