//! The line around a finding, with every secret in it redacted.
//!
//! All detections of a blob are known before the first excerpt is cut, and what stands around them is looked at once
//! more with all rules there are: a line with two keys shows neither, also where a rule is switched off or unsure.

use std::ops::Range;

use crate::encoding::{Decoded, Encoding};
use crate::model::Excerpt;

/// How many bytes of a line are shown before a secret, and after it.
const BEFORE: usize = 80;
const AFTER: usize = 40;
/// So many bytes of a secret are never shown in one piece.
const PIECE: usize = 12;
/// How far around a finding other keys are looked for: none that is longer is told from a piece of it.
const AROUND: usize = 8 << 10;
/// Findings with less than that between them are looked at together, up to this many bytes.
const TOGETHER: usize = 1 << 20;

/// What an excerpt is cut around: a detection's bytes in the blob, the redacted text that stands for them, and the name
/// that they are given.
#[derive(Debug, Clone)]
pub(super) struct Spot<'n> {
    pub(super) span: Range<usize>,
    pub(super) shown: String,
    pub(super) name: Option<&'n str>,
}

/// Tells which bytes of a text may be keys beside those that are known, sorted and apart.
pub(super) type Hide<'h> = &'h mut dyn FnMut(&[u8], &[Range<usize>]) -> Vec<Range<usize>>;

/// Cuts all excerpts of a blob, in the order of `spots`, and tells whether the name must not be shown: it may be a piece
/// of another key.
pub(super) fn cut_all(bytes: &[u8], spots: &[Spot<'_>], hide: Hide<'_>) -> Vec<(Excerpt, bool)> {
    let whole = Encoding::of(bytes);
    let mut order: Vec<usize> = (0..spots.len()).collect();
    order.sort_by_key(|&i| spots[i].span.start);
    let mut excerpts = vec![(Excerpt::default(), false); spots.len()];
    let mut rest = &order[..];
    while let [first, ..] = *rest {
        // Narrow text in a content that counts as wide, and wide text that lies aslant in it, are read as they stand.
        let own = |span: &Range<usize>| {
            whole.filter(|e| span.start.is_multiple_of(e.unit()) && bytes[span.clone()].contains(&0))
        };
        let encoding = own(&spots[first].span);
        let island = encoding.is_none().then(|| island(bytes, &spots[first].span)).flatten();
        let in_island = island.is_some();
        let apart = in_island || encoding != whole;
        let mut range = island.unwrap_or_else(|| around(bytes, encoding, &spots[first].span));
        let mut many = 1;
        while let Some(next) = rest.get(many).map(|&i| &spots[i].span)
            && !apart
            && next.start < range.end
            && range.len() < TOGETHER
        {
            range.end = range.end.max(around(bytes, encoding, next).end);
            many += 1;
        }
        let (now, later) = rest.split_at(many);
        let encoding = if in_island { Some(Encoding::Utf16Le) } else { encoding };
        let stretch = Stretch::new(bytes, range, encoding);
        let in_text = |i: usize| stretch.place(&spots[i].span);
        let known = merged(now.iter().map(|&i| in_text(i)).collect());
        let mut hidden = hide(stretch.text(), &known);
        for &i in now {
            pieces(stretch.text(), &in_text(i), &mut hidden);
        }
        hidden.extend(known);
        let hidden = merged(hidden);
        for &i in now {
            let (text, span) = (stretch.text(), in_text(i));
            let name = spots[i].name.and_then(|name| place_of(name, text, span.start));
            let secret = name.is_some_and(|name| {
                // They are sorted and apart, and may be many.
                let first = hidden.partition_point(|h| h.end <= name.start);
                hidden.get(first).is_some_and(|h| h.start < name.end)
            });
            excerpts[i] = (cut(text, &span, &spots[i].shown, &hidden), secret);
        }
        rest = later;
    }
    excerpts
}

/// A part of a blob, as text.
struct Stretch<'b> {
    text: Text<'b>,
    start: usize,
}

enum Text<'b> {
    Plain(&'b [u8]),
    Wide(Decoded),
}

impl<'b> Stretch<'b> {
    fn new(bytes: &'b [u8], range: Range<usize>, encoding: Option<Encoding>) -> Stretch<'b> {
        let start = range.start;
        let part = &bytes[range];
        let text = encoding.map_or(Text::Plain(part), |e| Text::Wide(Decoded::new(part, e)));
        Stretch { text, start }
    }

    fn text(&self) -> &[u8] {
        match &self.text {
            Text::Plain(text) => text,
            Text::Wide(decoded) => &decoded.text,
        }
    }

    /// Where in the text the bytes of the blob are.
    fn place(&self, span: &Range<usize>) -> Range<usize> {
        let at = |offset: usize| {
            let inside = offset.saturating_sub(self.start);
            match &self.text {
                Text::Plain(text) => inside.min(text.len()),
                Text::Wide(decoded) => decoded.offset(inside),
            }
        };
        at(span.start)..at(span.end)
    }
}

/// What is looked at around a span: whole code units.
fn around(bytes: &[u8], encoding: Option<Encoding>, span: &Range<usize>) -> Range<usize> {
    let unit = encoding.map_or(1, Encoding::unit);
    let start = span.start.saturating_sub(AROUND * unit);
    let end = span.end.saturating_add(AROUND * unit).min(bytes.len());
    start - start % unit..end
}

/// The string of wide characters that holds a span of a narrow blob, as when a program was compiled; `None` if the span
/// is not of wide characters itself.
fn island(bytes: &[u8], span: &Range<usize>) -> Option<Range<usize>> {
    let wide = |at: usize| matches!(bytes.get(at..at + 2), Some([b' '..=b'~' | b'\t', 0]));
    if !wide(span.start) || !wide(span.start + 2) {
        return None;
    }
    let (mut start, mut end) = (span.start, span.end);
    while start >= 2 && span.start - start < 2 * BEFORE && wide(start - 2) {
        start -= 2;
    }
    while end - span.end < 2 * AFTER && wide(end) {
        end += 2;
    }
    Some(start..end.min(bytes.len()))
}

/// Where the name stands that what begins at `before` is given.
fn place_of(name: &str, text: &[u8], before: usize) -> Option<Range<usize>> {
    let floor = before.saturating_sub(AROUND);
    let near = text.get(floor..before).filter(|_| !name.is_empty())?;
    let at = floor + memchr::memmem::rfind(near, name.as_bytes())?;
    Some(at..at + name.len())
}

/// Cuts the excerpt of the secret at `span`. `hidden` holds all spans to redact, sorted by start and apart
/// (see [`merged`]); `shown` is the redacted text that stands for this secret.
fn cut(bytes: &[u8], span: &Range<usize>, shown: &str, hidden: &[Range<usize>]) -> Excerpt {
    let mut from = line_start(bytes, span.start);
    let cut_off = from > 0;
    if bytes[from..span.start].starts_with("\u{feff}".as_bytes()) {
        from += '\u{feff}'.len_utf8();
    }
    // A key of several lines is shown by its first line.
    let first_line_end = bytes[span.start..span.end].iter().position(|&b| b == b'\n' || b == b'\r');
    let until = if first_line_end.is_some() { span.end } else { line_end(bytes, span.end) };
    let mut text = String::with_capacity(until - from + shown.len() + '…'.len_utf8() * 2);
    if cut_off && !matches!(bytes[from - 1], b'\n' | b'\r') {
        text.push('…');
    }
    push_redacted(&mut text, bytes, from..span.start, hidden);
    let mark = text.len();
    text.push_str(shown);
    let mark = mark..text.len();
    push_redacted(&mut text, bytes, span.end..until, hidden);
    if until < bytes.len() && until > span.end && !matches!(bytes[until], b'\n' | b'\r') {
        text.push('…');
    }
    Excerpt { text: text.into(), mark }
}

/// Adds the pieces of the secret at `span` that stand beside it in its excerpt: half a key in the comment behind it, or
/// what is left of a copy.
fn pieces(text: &[u8], span: &Range<usize>, hidden: &mut Vec<Range<usize>>) {
    let secret = &text[span.clone()];
    if secret.len() < PIECE {
        return;
    }
    let shown = [line_start(text, span.start)..span.start, span.end..line_end(text, span.end)];
    for part in shown.into_iter().filter(|part| part.len() >= PIECE) {
        for at in part.start..=part.end - PIECE {
            if memchr::memmem::find(secret, &text[at..at + PIECE]).is_some() {
                hidden.push(at..at + PIECE);
            }
        }
    }
}

/// Sorts spans and joins those that overlap.
pub(super) fn merged(mut spans: Vec<Range<usize>>) -> Vec<Range<usize>> {
    spans.sort_by_key(|s| (s.start, s.end));
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(spans.len());
    for span in spans {
        match apart.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => apart.push(span),
        }
    }
    apart
}

fn line_start(bytes: &[u8], at: usize) -> usize {
    let floor = at.saturating_sub(BEFORE);
    let start =
        bytes[floor..at].iter().rposition(|&b| b == b'\n' || b == b'\r').map_or(floor, |i| floor + i + 1);
    if start == floor { align(bytes, start, at) } else { start }
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    let ceiling = at.saturating_add(AFTER).min(bytes.len());
    let end = bytes[at..ceiling].iter().position(|&b| b == b'\n' || b == b'\r').map_or(ceiling, |i| at + i);
    if end == ceiling { align(bytes, end, bytes.len().min(end + 4)) } else { end }
}

/// Moves a cut to the next beginning of a UTF-8 character.
fn align(bytes: &[u8], mut at: usize, limit: usize) -> usize {
    while at < limit && bytes.get(at).is_some_and(|b| b & 0xc0 == 0x80) {
        at += 1;
    }
    at
}

/// Appends a part of the line; what is hidden in it becomes an ellipsis.
fn push_redacted(text: &mut String, bytes: &[u8], part: Range<usize>, hidden: &[Range<usize>]) {
    let mut at = part.start;
    let first = hidden.partition_point(|h| h.end <= part.start);
    for h in &hidden[first..] {
        if h.start >= part.end {
            break;
        }
        if h.start > at {
            push(text, &bytes[at..h.start]);
        }
        if h.end > at {
            text.push('…');
            at = h.end.min(part.end);
        }
    }
    if at < part.end {
        push(text, &bytes[at..part.end]);
    }
}

/// Appends text; bytes that are not UTF-8 are read as Latin-1, where they are letters or signs there.
fn push(text: &mut String, bytes: &[u8]) {
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        let latin = |&b: &u8| if b >= 0xA0 { char::from(b) } else { char::REPLACEMENT_CHARACTER };
        text.extend(chunk.invalid().iter().map(latin));
    }
}

#[cfg(test)]
mod tests {
    use super::{Range, Spot, cut, cut_all, merged};

    #[test]
    fn every_secret_of_the_line_is_hidden() {
        let line = b"first\na=SECRETONE b=SECRETTWO c\nlast";
        let hidden = merged(vec![20..29, 8..17]);
        let excerpt = cut(line, &(8..17), "S…", &hidden);
        assert_eq!(&*excerpt.text, "a=S… b=… c");
        assert_eq!(&excerpt.text[excerpt.mark], "S…");
    }

    #[test]
    fn long_lines_are_cut_on_both_sides_at_characters() {
        let line = format!("{}KEY{}", "é".repeat(300), "é".repeat(300));
        let at = line.find("KEY").unwrap();
        let excerpt = cut(line.as_bytes(), &(at..at + 3), "…", &merged(vec![at..at + 3]));
        assert!(excerpt.text.starts_with("…é") && excerpt.text.ends_with("é…"), "{}", excerpt.text);
        assert!(!excerpt.text.contains('\u{fffd}') && excerpt.text.len() < 300);
    }

    #[test]
    fn a_key_of_several_lines_shows_its_first_line_only() {
        let text = b"x: BEGIN\nBODY\nEND tail";
        let excerpt = cut(text, &(3..17), "B…", &merged(vec![3..17]));
        assert_eq!(&*excerpt.text, "x: B…");
    }

    /// Excerpts of all places where a word stands in a content, with another word that is hidden as well.
    fn excerpts(bytes: &[u8], word: &[u8], other: &str) -> Vec<String> {
        let spots: Vec<Spot<'_>> = (0..bytes.len())
            .filter(|&at| bytes[at..].starts_with(word))
            .map(|at| Spot { span: at..at + word.len(), shown: "S…".into(), name: None })
            .collect();
        let other = other.as_bytes();
        let mut hide = |text: &[u8], _: &[Range<usize>]| {
            let places = (0..text.len()).filter(|&at| text[at..].starts_with(other));
            places.map(|at| at..at + other.len()).collect()
        };
        cut_all(bytes, &spots, &mut hide).into_iter().map(|(e, _)| e.text.into()).collect()
    }

    #[test]
    fn pieces_of_the_secret_beside_it_are_hidden() {
        let word = b"abcdefghijklmnopqrst";
        let text = b"old=cdefghijklmnop_ key=abcdefghijklmnopqrst # ghijklmnopqr, hijkl";
        assert_eq!(excerpts(text, word, "OTHER"), ["old=…_ key=S… # …, hijkl"]);
    }

    #[test]
    fn wide_text_is_shown_as_text() {
        let text = "\u{feff}é = 1\r\nä=KEY 𝄞=OTHER ž\r\nend of it";
        let wide =
            |to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> { text.encode_utf16().flat_map(to_bytes).collect() };
        for encode in [u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes] {
            let key: Vec<u8> = "KEY".encode_utf16().flat_map(encode).collect();
            assert_eq!(excerpts(&wide(encode), &key, "OTHER"), ["ä=S… 𝄞=… ž"]);
        }
        assert_eq!(excerpts(b"\xe4=KEY \x80=OTHER \xfc", b"KEY", "OTHER"), ["ä=S… \u{fffd}=… ü"]);
    }

    #[test]
    fn strings_in_programs_end_where_they_end() {
        let mut program = b"\x7fELF\xc3\x28OTHER\xff\xfe".to_vec();
        program.extend("pass KEY end".encode_utf16().flat_map(u16::to_le_bytes));
        program.extend(b"\xffOTHER tail tail tail");
        let key: Vec<u8> = "KEY".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(excerpts(&program, &key, "OTHER"), ["pass S… end"]);
    }

    #[test]
    fn neighbours_far_and_near_are_looked_at_together() {
        let text = format!("KEY a OTHER\n{}\nOTHER KEY\n", "x".repeat(50_000)).repeat(3);
        let all = excerpts(text.as_bytes(), b"KEY", "OTHER");
        assert_eq!(all, ["S… a …", "… S…", "S… a …", "… S…", "S… a …", "… S…"]);
    }
}
