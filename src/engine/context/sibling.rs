//! Names that stand beside a value rather than in front of it: in a tag, in a pair of fields, in a call.

use super::back::{Back, is_name_byte};
use super::name::{How, Named};

/// Names that say nothing about what they name; the real name stands beside.
#[rustfmt::skip]
const SAYS_NOTHING: &[&str] = &[
    "value", "Value", "VALUE", "val", "content", "Content", "text", "default", "Default", "data", "string", "entry",
    "item", "property", "td", "dd", "code", "span", "param", "setting", "b", "strong", "pre", "p", "li", "str",
    "example", "defaultValue",
];

/// Keys whose value is the name: `key="X" value="…"`, `name: X`.
const NAMES: &[&[u8]] = &[b"name", b"key", b"id", b"property", b"variable", b"field", b"option_name", b"env"];

/// Whether a name says nothing.
pub(super) fn says_nothing(name: &[u8]) -> bool {
    SAYS_NOTHING.iter().any(|n| n.as_bytes() == name)
}

/// Whether a text holds `://`.
pub(super) fn is_url(bytes: &[u8], (start, end): (usize, usize)) -> bool {
    bytes.get(start..end).unwrap_or_default().windows(2).any(|w| w == b"//")
}

/// At the `>` that ends a tag: the tag's name, or the name it is given where the tag itself says nothing.
pub(super) fn element(mut back: Back<'_>) -> Option<Named> {
    back.take(1);
    let end = back.at;
    back.skip(|b| !matches!(b, b'<' | b'>'));
    if back.last() != Some(b'<') || end - back.at > 300 {
        return None;
    }
    let inside = back.bytes.get(back.at..end)?;
    let length = inside.iter().take_while(|&&b| is_name_byte(b) || b == b':').count();
    let tag = (back.at, back.at + length);
    if length == 0 {
        return None;
    }
    if says_nothing(&inside[..length]) {
        if let Some(span) = field(inside, back.at) {
            return Some(Named { span, how: How::Element });
        }
        // `<key>X</key> <string>v</string>`: the text of the tag before.
        back.take(1);
        back.skip(|b| b.is_ascii_whitespace());
        if back.eat(b">") {
            back.skip(|b| b != b'<');
            back.eat(b"<");
            let end = back.at;
            back.skip(|b| is_name_byte(b) || matches!(b, b' ' | b':'));
            if back.last() == Some(b'>') && back.at < end {
                return Some(Named { span: (back.at, end), how: How::Element });
            }
        }
    }
    Some(Named { span: tag, how: How::Element })
}

/// In front of a field whose name says nothing: the field that names it, in the same tag or on the lines around.
pub(super) fn beside(back: Back<'_>) -> Option<Named> {
    let rest = back.rest();
    let from = rest
        .iter()
        .rposition(|&b| matches!(b, b'<' | b'{' | b'}'))
        .map_or(0, |i| i + 1)
        .max(lines_back(rest, 3));
    let span = field(&rest[from..], back.at - rest.len() + from)?;
    Some(Named { span, how: How::Element })
}

/// Where the last `n` lines begin.
fn lines_back(text: &[u8], n: usize) -> usize {
    let mut ends = text.iter().enumerate().rev().filter(|(_, b)| **b == b'\n').map(|(i, _)| i + 1);
    ends.nth(n - 1).unwrap_or(0)
}

/// The value of the last field called `name`, `key`, … in a piece of text that begins at `offset`.
fn field(text: &[u8], offset: usize) -> Option<(usize, usize)> {
    let mut found = None;
    let mut at = 0;
    while at < text.len() {
        let length = text[at..].iter().take_while(|&&b| b.is_ascii_alphanumeric() || b == b'_').count();
        if length == 0 {
            at += 1;
            continue;
        }
        let word = &text[at..at + length];
        at += length;
        if !NAMES.iter().any(|n| word.eq_ignore_ascii_case(n)) {
            continue;
        }
        let glue = text[at..].iter().take_while(|&&b| b"\"'\\ \t:=>".contains(&b)).count();
        if !text[at..at + glue].iter().any(|b| matches!(b, b'=' | b':')) {
            continue;
        }
        let start = at + glue;
        let length = text[start..].iter().take_while(|&&b| is_name_byte(b)).count();
        if length > 0 {
            found = Some((offset + start, offset + start + length));
            at = start + length;
        }
    }
    found
}

/// Inside a call's arguments: the function's name. Strings are stepped over, nesting is counted.
pub(super) fn callee(back: Back<'_>) -> Option<(usize, usize)> {
    let rest = back.rest();
    let (mut depth, mut quote, mut i) = (0usize, None, rest.len());
    while i > 0 {
        i -= 1;
        let byte = rest[i];
        if let Some(open) = quote {
            if byte == open {
                quote = None;
            }
            continue;
        }
        match byte {
            b'"' | b'\'' | b'`' => quote = Some(byte),
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' if depth > 0 => depth -= 1,
            b'(' => {
                let mut front = back;
                front.take(rest.len() - i);
                front.space();
                let span = front.name();
                return (span.0 < span.1).then_some(span);
            }
            b'[' => {
                let mut front = back;
                front.take(rest.len() - i);
                front.skip(|b| b" \t=:\"'\\".contains(&b));
                let span = front.name();
                return (span.0 < span.1).then_some(span);
            }
            b'{' | b';' => return None,
            _ => {}
        }
    }
    None
}
