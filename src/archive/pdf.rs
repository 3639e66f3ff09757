//! PDF: what its streams hold, and the text that a page shows.
//!
//! Streams are found by their keyword, one after the other, and unpacked as their dictionaries say; pictures and fonts are
//! left out. Where fonts have codes of their own, their tables say what these mean. No other object is resolved.

use std::cell::Cell;
use std::io::{self, Read};
use std::ops::Range;

use super::budget::Budget;
use super::input::{ReadAt, Search, Section};
use super::pdf_filters::{Filter, unpacked};
use super::pdf_fonts::Fonts;
use super::pdf_text;
use super::{Member, Trouble, View, Visitor};

/// How much before a stream is looked at for what it is, in bytes.
const DICTIONARY: u64 = 64 << 10;

/// How much white space may stand between a dictionary and the word `stream`.
const SPACES: u64 = 16;

/// A stream that is packed more often is not read.
const MOST_FILTERS: usize = 8;

/// Gives streams and texts.
pub(super) fn open(input: &dyn ReadAt, budget: &Budget, visitor: &mut dyn Visitor) -> io::Result<()> {
    let whole = Member::of("pdf");
    if Search::new(input).find(0..input.len(), b"/Encrypt")?.is_some() {
        visitor.trouble(&whole, Trouble::Encrypted);
        return Ok(());
    }
    let fonts = Fonts::of(input, budget)?;
    let (mut streams, mut broken) = (Streams::new(input), 0);
    let mut unread: Option<(String, usize)> = None;
    while let Some((Stream { start, end, .. }, what)) = streams.next()? {
        if budget.is_over() {
            return Ok(());
        }
        let filters = match what {
            What::Other => continue,
            What::Unknown(why) => {
                unread.get_or_insert((why, 0)).1 += 1;
                continue;
            }
            What::Packed(filters) => filters,
        };
        if !budget.member() {
            continue;
        }
        for view in [View::Bytes, View::Text] {
            let member = Member { view, span: Some(start..end), ..Member::of("pdf") };
            let failed = Cell::new(false);
            let section = Box::new(Section::new(input, start, end));
            let mut content = unpacked(section, &filters, budget, &failed);
            if view == View::Text {
                visitor.member(&member, &mut pdf_text::text(content, &fonts));
            } else {
                visitor.member(&member, &mut content);
                drop(content);
                broken += usize::from(failed.get());
            }
        }
    }
    if let Some((why, count)) = unread {
        let more =
            if count > 1 { format!(", and {} more are not read either", count - 1) } else { String::new() };
        visitor.trouble(&whole, Trouble::Unknown(format!("{why}{more}")));
    }
    if broken > 0 && !budget.is_over() {
        let streams = if broken == 1 { "stream is" } else { "streams are" };
        visitor.trouble(&whole, Trouble::Noted(format!("{broken} {streams} damaged; the rest was read")));
    }
    Ok(())
}

/// A stream.
pub(super) struct Stream {
    /// What stands between the stream before and this one; its dictionary is the end of it.
    pub(super) gap: Range<u64>,
    /// Where its bytes begin and end.
    pub(super) start: u64,
    pub(super) end: u64,
}

/// Finds streams by their keyword, one behind the other.
pub(super) struct Streams<'i> {
    input: &'i dyn ReadAt,
    search: Search<'i>,
    at: u64,
}

impl<'i> Streams<'i> {
    pub(super) fn new(input: &'i dyn ReadAt) -> Streams<'i> {
        Streams { input, search: Search::new(input), at: 0 }
    }

    /// Behind the last stream.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    pub(super) fn next(&mut self) -> io::Result<Option<(Stream, What)>> {
        let (input, first) = (self.input, self.at);
        // Between two streams so that no byte is looked at for many.
        let mut from = first;
        while let Some(word) = self.search.find(from..input.len(), b"stream")? {
            let before = from.max(word.saturating_sub(DICTIONARY))..word;
            let cut = before.start > from;
            from = word + 6;
            let mut after = [0; 2];
            let n = input.read_at(from, &mut after)?;
            let start = match after.get(..n) {
                Some(b"\r\n") => from + 2,
                Some([b'\n' | b'\r', ..]) => from + 1,
                _ => continue,
            };
            let Some(what) = what(input, before, cut)? else { continue };
            let end = self.search.find(start..input.len(), b"endstream")?.unwrap_or(input.len());
            self.at = end;
            return Ok(Some((Stream { gap: first..word, start, end }, what)));
        }
        Ok(None)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// It stands there with these filters around it; the outermost comes first, and often there is none.
    Packed(Vec<Filter>),
    /// A picture, a font, or of no use to anybody.
    Other,
    /// Nobody here can read it, in words.
    Unknown(String),
}

/// What the stream is behind a dictionary that ends with this part of the input; `None` if it is none. `cut`: the
/// dictionary may begin further in front.
fn what(input: &dyn ReadAt, before: Range<u64>, cut: bool) -> io::Result<Option<What>> {
    let read = |from: u64| -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        Section::new(input, from, before.end).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let near = read(before.start.max(before.end.saturating_sub(SPACES)))?;
    if !near.trim_ascii_end().ends_with(b">>") {
        return Ok(None);
    }
    let bytes = read(before.start)?;
    let begin = memchr::memmem::rfind(&bytes, b" obj");
    if begin.is_none() && cut {
        return Ok(Some(What::Unknown("a stream is described in more than 64 KiB, and is not read".into())));
    }
    let dictionary = &bytes[begin.unwrap_or(0)..];
    let has = |name: &[u8]| memchr::memmem::find(dictionary, name).is_some();
    const USELESS: &[&[u8]] = &[
        b"/Image",
        b"/Length1",
        b"/FontFile",
        b"/Type1C",
        b"/CIDFontType0C",
        b"/OpenType",
        b"/XRef",
        b"/Predictor",
        b"/FunctionType",
        b"/ShadingType",
        b"/N 3",
        b"/Alternate",
    ];
    // Of objects, `/N 3` is how many; of a profile of colours, how many colours.
    if !has(b"/ObjStm") && USELESS.iter().any(|name| has(name)) {
        return Ok(Some(What::Other));
    }
    let mut filters = Vec::new();
    for name in filter_names(dictionary) {
        match Filter::named(&name, has(b"/EarlyChange 0")) {
            Some(filter) => filters.push(filter),
            None if PICTURES.contains(&&name[..]) => return Ok(Some(What::Other)),
            // It changes nothing unless the document is behind a password.
            None if name == b"Crypt" => {}
            None => {
                let name: String = name
                    .iter()
                    .take(20)
                    .filter(|b| b.is_ascii_alphanumeric())
                    .map(|b| char::from(*b))
                    .collect();
                return Ok(Some(What::Unknown(format!(
                    "a stream is packed in a way that is not known here ({name})"
                ))));
            }
        }
        if filters.len() > MOST_FILTERS {
            let why = format!("a stream is packed more than {MOST_FILTERS} times over, and is not read");
            return Ok(Some(What::Unknown(why)));
        }
    }
    Ok(Some(What::Packed(filters)))
}

/// Filters that nothing but pictures have.
const PICTURES: &[&[u8]] = &[b"DCTDecode", b"DCT", b"JPXDecode", b"JBIG2Decode", b"CCITTFaxDecode", b"CCF"];

/// The names of a stream's filters, outermost first.
fn filter_names(dictionary: &[u8]) -> Vec<Vec<u8>> {
    const KEY: &[u8] = b"/Filter";
    let Some(at) = memchr::memmem::find(dictionary, KEY) else { return Vec::new() };
    let mut rest = dictionary[at + KEY.len()..].trim_ascii_start();
    let many = rest.strip_prefix(b"[");
    rest = many.unwrap_or(rest).trim_ascii_start();
    let mut names = Vec::new();
    while let Some(name) = rest.strip_prefix(b"/") {
        let end = name.iter().position(|b| b.is_ascii_whitespace() || b"/[]<>()%".contains(b));
        let (name, after) = name.split_at(end.unwrap_or(name.len()));
        names.push(plain(name));
        if many.is_none() || names.len() > MOST_FILTERS + 1 {
            break;
        }
        rest = after.trim_ascii_start();
    }
    names
}

/// A name without escapes: `#46late` is `Flate`.
fn plain(name: &[u8]) -> Vec<u8> {
    let digit = |at: usize| name.get(at).and_then(|b| char::from(*b).to_digit(16)).map(|d| d as u8);
    let (mut out, mut at) = (Vec::with_capacity(name.len()), 0);
    while let Some(&byte) = name.get(at) {
        let escaped = digit(at + 1).zip(digit(at + 2)).filter(|_| byte == b'#');
        out.push(escaped.map_or(byte, |(high, low)| high << 4 | low));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{filter_names, plain};

    #[test]
    fn filters_are_read_however_they_are_written() {
        let names = |text: &str| -> Vec<String> {
            let names = filter_names(text.as_bytes()).into_iter();
            names.map(|name| String::from_utf8(name).expect("ASCII")).collect()
        };
        assert_eq!(names("<</Filter/FlateDecode/Length 5>>"), ["FlateDecode"]);
        assert_eq!(
            names("<< /Filter [ /ASCII85Decode /Fl#61teDecode ] >>"),
            ["ASCII85Decode", "FlateDecode"]
        );
        assert_eq!(names("<</Filter[]>>"), [""; 0]);
        assert_eq!(names("<</Length 5>>"), [""; 0]);
        assert_eq!(plain(b"#4"), b"#4");
    }
}
