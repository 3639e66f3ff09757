//! The form of the packed built-in rules: written here by `build.rs`, read by `builtin.rs`.
//!
//! Rust source for the table would be exact and cost nothing at start, but a thousand rules took the compiler 13 seconds
//! on every build (docs/decisions/0012). So all texts stand in one file, all numbers in another as little-endian u32 words:
//!
//! 1. a head: how many rules there are, how many of them are enabled (those come first), and the lengths in words of
//!    the next six sections;
//! 2. sets (8 words each), ranges (2), segments (4: kind, a, b, c), templates (2: first segment, count), texts of lists
//!    (2: offset, length), status codes (1);
//! 3. the rules, fields in the order of [`Packer::rule`]. A list is two words: its first element and its count.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use super::beginnings::beginnings;
use super::charset::Charset;
use super::check_kind::CheckKind;
use super::draft::Draft;
use super::template::Piece;

/// Kinds of segments.
const LITERAL: u32 = 0;
const LITERAL_NO_CASE: u32 = 1;
const RUN: u32 = 2;

/// Collects rules and writes them.
#[derive(Default)]
pub(crate) struct Packer {
    text: Vec<u8>,
    known: HashMap<Vec<u8>, (u32, u32)>,
    sets: Vec<u32>,
    known_sets: HashMap<[u64; 4], u32>,
    ranges: Vec<u32>,
    segments: Vec<u32>,
    templates: Vec<u32>,
    texts: Vec<u32>,
    codes: Vec<u32>,
    rules: Vec<u32>,
    count: u32,
}

impl Packer {
    /// Adds a rule. `builtin.rs` reads the fields in this order.
    pub(crate) fn rule(&mut self, draft: &Draft) {
        let raw = &draft.raw;
        self.count += 1;
        self.text(&raw.id);
        self.text(&draft.provider);
        self.text(&raw.name);
        self.rules.extend([draft.severity as u32, u32::from(draft.confidence)]);
        self.flag(raw.pattern.is_some());
        match &raw.pattern {
            Some(pattern) => self.text(pattern),
            None => self.shapes(&draft.shapes),
        }
        self.shapes(&raw.pattern.as_deref().map(beginnings).unwrap_or_default());
        let sets = [self.set(draft.not_before), self.set(draft.not_after)];
        self.rules.extend(sets);
        let check = draft.check.and_then(|kind| CheckKind::ALL.iter().position(|(_, k)| *k == kind));
        self.rules.push(check.map_or(0, |at| at as u32 + 1));
        self.rules.push(draft.need as u32);
        for list in [&raw.context.names, &raw.context.words, &raw.context.hosts] {
            self.list(list);
        }
        self.rules.push(draft.judge as u32);
        self.flag(raw.public);
        self.flag(raw.enabled.unwrap_or(true));
        self.rules.push(u32::from(draft.rank));
        for text in [&raw.about, &raw.revoke, &raw.rotate, &raw.variable] {
            self.text(text);
        }
        self.rules.push(raw.rotate_days);
        self.text(&raw.references.join("\n"));
        self.flag(raw.pair.is_some());
        self.text(raw.pair.as_deref().unwrap_or_default());
        self.shapes(&draft.samples);
        self.list(&raw.examples.matching);
        self.list(&raw.examples.reject);
        self.flag(raw.verify.is_some());
        if let Some(verify) = &raw.verify {
            self.text(verify.method.as_deref().unwrap_or("GET"));
            self.text(&verify.url);
            self.list(&verify.headers);
            self.text(&verify.body);
            for codes in [&verify.live.0, &verify.dead.0] {
                self.rules.extend([self.codes.len() as u32, codes.len() as u32]);
                self.codes.extend(codes.iter().map(|&code| u32::from(code)));
            }
        }
    }

    /// Writes `rules.txt` and `rules.bin` into a folder. Unchanged files are left alone, so that nothing is built again.
    pub(crate) fn write(&self, folder: &Path, enabled: usize) -> Result<(), String> {
        let sections = [
            &self.sets,
            &self.ranges,
            &self.segments,
            &self.templates,
            &self.texts,
            &self.codes,
            &self.rules,
        ];
        let mut words = vec![self.count, enabled as u32];
        words.extend(sections.iter().take(6).map(|s| s.len() as u32));
        for section in sections {
            words.extend(section);
        }
        let numbers: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
        for (name, bytes) in [("rules.txt", &self.text), ("rules.bin", &numbers)] {
            let target = folder.join(name);
            if fs::read(&target).ok().as_ref() != Some(bytes) {
                fs::write(&target, bytes).map_err(|e| format!("{}: {e}", target.display()))?;
            }
        }
        Ok(())
    }

    fn flag(&mut self, flag: bool) {
        self.rules.push(u32::from(flag));
    }

    fn text(&mut self, text: &str) {
        let (offset, length) = self.place(text.as_bytes());
        self.rules.extend([offset, length]);
    }

    fn list(&mut self, list: &[String]) {
        self.rules.extend([self.texts.len() as u32 / 2, list.len() as u32]);
        for text in list {
            let (offset, length) = self.place(text.as_bytes());
            self.texts.extend([offset, length]);
        }
    }

    fn shapes(&mut self, shapes: &[Vec<Piece>]) {
        self.rules.extend([self.templates.len() as u32 / 2, shapes.len() as u32]);
        for shape in shapes {
            self.templates.extend([self.segments.len() as u32 / 4, shape.len() as u32]);
            for piece in shape {
                let words = match piece {
                    Piece::Literal(text) | Piece::LiteralNoCase(text) => {
                        let (offset, length) = self.place(text);
                        let plain = matches!(piece, Piece::Literal(_));
                        [if plain { LITERAL } else { LITERAL_NO_CASE }, offset, length, 0]
                    }
                    Piece::Run(set, ranges) => {
                        let first = self.ranges.len() as u32 / 2;
                        self.ranges.extend(ranges.iter().flat_map(|&(least, most)| [least, most]));
                        [RUN, self.set(*set), first, ranges.len() as u32]
                    }
                };
                self.segments.extend(words);
            }
        }
    }

    /// Where a text stands; the same text stands once.
    fn place(&mut self, text: &[u8]) -> (u32, u32) {
        if let Some(place) = self.known.get(text) {
            return *place;
        }
        let place = (self.text.len() as u32, text.len() as u32);
        self.text.extend(text);
        self.known.insert(text.to_vec(), place);
        place
    }

    fn set(&mut self, set: Charset) -> u32 {
        let next = self.known_sets.len() as u32;
        let sets = &mut self.sets;
        *self.known_sets.entry(set.0).or_insert_with(|| {
            sets.extend(set.0.iter().flat_map(|&half| [half as u32, (half >> 32) as u32]));
            next
        })
    }
}
