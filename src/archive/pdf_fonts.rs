//! Which names a PDF's pages call fonts by, and what the codes of these mean.
//!
//! Objects are not resolved one by one: what stands between streams and in streams of objects is read once, for names that
//! are given to fonts and for fonts that have a table of their codes. Names are taken to mean the same on all pages; where they
//! do not, what can be read of a string tells which font it is in.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, Read};

use super::budget::Budget;
use super::input::{ReadAt, Section};
use super::pdf::{Streams, What};
use super::pdf_codes::Codes;
use super::pdf_filters::{Filter, unpacked};

/// Of what stands between two streams, so much is read, and of a stream of objects: in bytes.
const OBJECTS: u64 = 2 << 20;

/// A longer table of codes is cut, in bytes.
const TABLE: u64 = 1 << 20;

/// So many fonts, tables, names and streams that may be tables are remembered.
const FONTS: usize = 4096;
const TABLES: usize = 256;
const NAMES: usize = 16 << 10;
const STREAMS: usize = 16 << 10;

/// A name is no longer, in bytes.
const NAME: usize = 64;

/// The fonts of a document that have a table, by name.
#[derive(Debug, Default)]
pub(super) struct Fonts {
    named: BTreeMap<Vec<u8>, Font>,
    tables: Vec<Codes>,
}

/// What a name may mean.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Font {
    /// A font without a table: its codes are letters.
    plain: bool,
    /// Indices of tables.
    tables: Vec<usize>,
}

/// What was found so far.
#[derive(Default)]
struct Found {
    /// Fonts by their object's number, and the number of the table that they have.
    fonts: BTreeMap<u32, Option<u32>>,
    /// Names and the objects that they are given to.
    names: Vec<(Vec<u8>, u32)>,
    /// Streams that may be tables, by number.
    streams: BTreeMap<u32, (u64, u64, Vec<Filter>)>,
}

impl Fonts {
    /// Of a document.
    pub(super) fn of(input: &dyn ReadAt, budget: &Budget) -> io::Result<Fonts> {
        let (mut found, mut streams) = (Found::default(), Streams::new(input));
        while let Some((stream, what)) = streams.next()? {
            if budget.is_over() {
                break;
            }
            let gap =
                read(input, stream.gap.start.max(stream.gap.end.saturating_sub(OBJECTS)), stream.gap.end)?;
            let (number, dictionary) = found.objects(&gap).unwrap_or((0, b""));
            let What::Packed(filters) = what else { continue };
            if memchr::memmem::find(dictionary, b"/ObjStm").is_some() {
                let first = number_behind(dictionary, b"/First").unwrap_or(0) as usize;
                let content = unpack(input, (stream.start, stream.end), &filters, budget, OBJECTS)?;
                found.packed(&content, first);
            } else if number > 0 && found.streams.len() < STREAMS {
                found.streams.insert(number, (stream.start, stream.end, filters));
            }
        }
        let rest = streams.at()..input.len();
        found.objects(&read(input, rest.start.max(rest.end.saturating_sub(OBJECTS)), rest.end)?);
        found.fonts(input, budget)
    }

    /// The font of this name, if its codes may mean something else than themselves.
    pub(super) fn named(&self, name: &[u8]) -> Option<&Font> {
        self.named.get(name)
    }

    /// Appends what a string says in a font.
    pub(super) fn tell(&self, font: &Font, string: &[u8], out: &mut Vec<u8>) {
        if font.plain && string.iter().all(|b| matches!(b, b' '..=b'~')) {
            out.extend_from_slice(string);
            return;
        }
        let mut best = (0, Vec::new());
        for table in font.tables.iter().filter_map(|table| self.tables.get(*table)) {
            let mut letters = Vec::with_capacity(string.len());
            let told = table.tell(string, &mut letters);
            if told > best.0 || best.1.is_empty() {
                best = (told, letters);
            }
        }
        out.append(&mut best.1);
    }
}

impl Found {
    /// Reads objects as they stand between streams: each behind its number and `obj`. The last one's number and text.
    fn objects<'t>(&mut self, text: &'t [u8]) -> Option<(u32, &'t [u8])> {
        let mut last: Option<(u32, usize)> = None;
        for at in memchr::memmem::find_iter(text, b" obj") {
            let Some(number) = number_before(&text[..at]) else { continue };
            if let Some((before, from)) = last {
                self.object(before, &text[from..at]);
            }
            last = Some((number, at + 4));
        }
        let (number, from) = last?;
        self.object(number, &text[from..]);
        Some((number, &text[from..]))
    }

    /// Reads a stream of objects: their numbers and places, and from `first` on themselves.
    fn packed(&mut self, text: &[u8], first: usize) {
        let Some((head, objects)) = text.split_at_checked(first) else { return };
        let numbers: Vec<usize> = head
            .split(u8::is_ascii_whitespace)
            .filter_map(|n| std::str::from_utf8(n).ok()?.parse().ok())
            .collect();
        for (i, pair) in numbers.chunks_exact(2).enumerate() {
            let end = numbers.get(2 * i + 3).copied().unwrap_or(objects.len());
            if let (Ok(number), Some(object)) = (u32::try_from(pair[0]), objects.get(pair[1]..end)) {
                self.object(number, object);
            }
        }
    }

    fn object(&mut self, number: u32, text: &[u8]) {
        let table = number_behind(text, b"/ToUnicode");
        if self.fonts.len() < FONTS && (table.is_some() || memchr::memmem::find(text, b"/BaseFont").is_some())
        {
            self.fonts.insert(number, table);
        }
        for at in memchr::memchr_iter(b'/', text) {
            if self.names.len() >= NAMES {
                return;
            }
            let ends = |b: &u8| b.is_ascii_whitespace() || b"/[]<>()%".contains(b);
            let rest = &text[at + 1..];
            let length = rest.iter().take(NAME).position(ends).unwrap_or(NAME.min(rest.len()));
            if let Some(object) = reference(&rest[length..]) {
                self.names.push((rest[..length].to_vec(), object));
            }
        }
    }

    /// Reads the tables that fonts with names have.
    fn fonts(self, input: &dyn ReadAt, budget: &Budget) -> io::Result<Fonts> {
        let (mut fonts, mut known) = (Fonts::default(), BTreeMap::new());
        for (name, object) in self.names {
            let Some(table) = self.fonts.get(&object) else { continue };
            let read = match table {
                Some(table) if known.contains_key(table) || fonts.tables.len() >= TABLES => {
                    known.get(table).copied().flatten()
                }
                Some(table) => {
                    let codes = match self.streams.get(table) {
                        Some((start, end, filters)) => {
                            Codes::of(&unpack(input, (*start, *end), filters, budget, TABLE)?)
                        }
                        None => None,
                    };
                    let index = codes.map(|codes| {
                        fonts.tables.push(codes);
                        fonts.tables.len() - 1
                    });
                    known.insert(*table, index);
                    index
                }
                None => None,
            };
            let font = fonts.named.entry(name).or_default();
            match read {
                Some(index) if !font.tables.contains(&index) && font.tables.len() < 8 => {
                    font.tables.push(index);
                }
                Some(_) => {}
                None => font.plain = true,
            }
        }
        fonts.named.retain(|_, font| !font.tables.is_empty());
        Ok(fonts)
    }
}

/// A part of the input.
fn read(input: &dyn ReadAt, from: u64, to: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    Section::new(input, from, to.max(from)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The first bytes of a stream, unpacked as far as it goes.
fn unpack(
    input: &dyn ReadAt,
    (start, end): (u64, u64),
    filters: &[Filter],
    budget: &Budget,
    most: u64,
) -> io::Result<Vec<u8>> {
    let (failed, mut out) = (Cell::new(false), Vec::new());
    let read = unpacked(Box::new(Section::new(input, start, end)), filters, budget, &failed)
        .take(most)
        .read_to_end(&mut out);
    // Beyond the budget nothing more is read by anybody, and that is said.
    if budget.is_over() { Ok(out) } else { read.map(|_| out) }
}

/// The number of the object whose ` obj` follows: `12 0`.
fn number_before(text: &[u8]) -> Option<u32> {
    let generation = text.iter().rev().take(6).take_while(|b| b.is_ascii_digit()).count();
    let text = text[..text.len() - generation].strip_suffix(b" ").filter(|_| generation > 0)?;
    let digits = text.iter().rev().take(10).take_while(|b| b.is_ascii_digit()).count();
    std::str::from_utf8(&text[text.len() - digits..]).ok()?.parse().ok()
}

/// The number that follows a key, a reference or not.
fn number_behind(text: &[u8], key: &[u8]) -> Option<u32> {
    let rest = text[memchr::memmem::find(text, key)? + key.len()..].trim_ascii_start();
    let digits = rest.iter().take(10).take_while(|b| b.is_ascii_digit()).count();
    std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()
}

/// The object that ` 12 0 R` refers to.
fn reference(text: &[u8]) -> Option<u32> {
    let text = &text[..text.len().min(24)];
    let mut words = text.split(u8::is_ascii_whitespace).filter(|w| !w.is_empty());
    let number = words.next()?;
    let generation = words.next()?;
    let is_reference = words.next()?.starts_with(b"R") && generation.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(number).ok().filter(|_| is_reference)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Found, reference};

    #[test]
    fn names_lead_to_fonts_and_these_to_tables() {
        let mut found = Found::default();
        let text = b"4 0 obj\n<</Type/Font/BaseFont/A+B/ToUnicode 9 0 R>>endobj 5 0 obj<</Font<</F1 4 0 R/F2 6 0 R>>>>";
        assert_eq!(found.objects(text).map(|(number, _)| number), Some(5));
        found.packed(b"6 0 7 17 <</BaseFont /X>> <</F3 6 0 R>>", 9);
        assert_eq!(found.fonts.into_iter().collect::<Vec<_>>(), [(4, Some(9)), (6, None)]);
        let names: Vec<_> = found.names.iter().map(|(name, object)| (&name[..], *object)).collect();
        assert_eq!(names, [(&b"ToUnicode"[..], 9), (b"F1", 4), (b"F2", 6), (b"F3", 6)]);
    }

    #[test]
    fn what_is_cut_or_lies_leads_nowhere() {
        let mut found = Found::default();
        assert_eq!(found.objects(b"x obj 0 obj 99999999999 0 obj <</F1 4"), None);
        found.packed(b"6 99999 7 3 <<>>", 9);
        found.packed(b"6", 99);
        found.packed(b"6 4 7 2 <</ToUnicode 1 0 R>>", 8);
        assert!(found.fonts.len() <= 1);
        assert_eq!(reference(b" 12 0 Rx"), Some(12));
        assert_eq!(reference(b" 12 0 obj"), None);
        assert_eq!(reference(b""), None);
    }
}
