//! `Island`: a piece of text in disguise, with what it says and the way back.

use std::ops::Range;

use crate::encoding::Decoded;

/// A piece of text that stands encoded in another.
#[derive(Debug, Clone)]
pub struct Island {
    /// Where it stands in the outer text.
    pub span: Range<usize>,
    /// Through which layers it was read, outermost first.
    pub layers: Vec<&'static str>,
    /// What it says.
    pub text: Vec<u8>,
    pub(super) map: Map,
}

/// From offsets in an island's text to offsets in the outer text.
#[derive(Debug, Clone)]
pub(super) enum Map {
    /// No finer place is known than all of it.
    Whole,
    /// Each character of the outer text gives so many bits; characters stand in parts: number of the first, its offset.
    Bits(usize, Vec<(usize, usize)>),
    /// Parts that say the same in other words.
    Parts(Vec<Part>),
    /// The text was in wide characters once it was decoded.
    Wide(Box<Map>, Box<Decoded>),
}

/// A part of an island.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// Where in the text it begins.
    pub(super) at: usize,
    /// Where in the outer text it begins.
    pub(super) outer: usize,
    /// How many bytes of the outer text one unit is; 0: each byte of the text is one of the outer text.
    pub(super) unit: usize,
}

impl Island {
    /// The bytes of the outer text that say `part` of the text.
    pub fn outer(&self, part: &Range<usize>) -> Range<usize> {
        let last = part.end.saturating_sub(1).max(part.start);
        match (self.map.byte(part.start), self.map.byte(last)) {
            (Some(first), Some(last)) if last.end <= self.span.end && first.start < last.end => {
                first.start..last.end
            }
            _ => self.span.clone(),
        }
    }
}

impl Map {
    /// The bytes of the outer text that say one byte of the text.
    fn byte(&self, at: usize) -> Option<Range<usize>> {
        match self {
            Map::Whole => None,
            Map::Bits(bits, parts) => {
                let character = |bit: usize| {
                    let number = bit / bits;
                    let part = parts.get(parts.partition_point(|p| p.0 <= number).checked_sub(1)?)?;
                    Some(part.1 + number - part.0)
                };
                Some(character(at * 8)?..character(at * 8 + 7)? + 1)
            }
            Map::Parts(parts) => {
                let part = parts.get(parts.partition_point(|p| p.at <= at).checked_sub(1)?)?;
                Some(match part.unit {
                    0 => part.outer + at - part.at..part.outer + at - part.at + 1,
                    unit => part.outer..part.outer + unit,
                })
            }
            Map::Wide(inner, decoded) => inner.byte(decoded.original(at)),
        }
    }
}

/// Writes an island's text part by part.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub(super) text: Vec<u8>,
    parts: Vec<Part>,
}

impl Writer {
    /// Bytes that stand in the outer text as they are.
    pub(super) fn copy(&mut self, bytes: &[u8], outer: usize) {
        let at = self.text.len();
        let follows = self.parts.last().is_some_and(|p| p.unit == 0 && p.outer + at - p.at == outer);
        if !follows && !bytes.is_empty() {
            self.parts.push(Part { at, outer, unit: 0 });
        }
        self.text.extend_from_slice(bytes);
    }

    /// Bytes that `unit` bytes of the outer text say.
    pub(super) fn unit(&mut self, bytes: &[u8], outer: usize, unit: usize) {
        if !bytes.is_empty() {
            self.parts.push(Part { at: self.text.len(), outer, unit: unit.max(1) });
            self.text.extend_from_slice(bytes);
        }
    }

    /// A character of a code point.
    pub(super) fn code(&mut self, code: u32, outer: usize, unit: usize) {
        let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        self.unit(c.encode_utf8(&mut [0; 4]).as_bytes(), outer, unit);
    }

    /// The island.
    pub(super) fn island(self, span: Range<usize>, layer: &'static str) -> Island {
        Island { span, layers: vec![layer], text: self.text, map: Map::Parts(self.parts) }
    }
}
