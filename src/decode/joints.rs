//! What stands between the two parts of a key that was split: `" + "`, quotes beside each other, a backslash at the end
//! of a line, the commas of an array that is joined. A joint is an island that says nothing.

use std::ops::Range;

use super::island::{Island, Map};
use super::runs;

/// How far the two parts may be apart, in bytes.
const APART: usize = 200;

/// How long an array that is joined may be, in bytes.
const LONGEST_ARRAY: usize = 4096;

/// How many parts an array has at most.
const MOST_PARTS: usize = 512;

fn joint(span: Range<usize>, layer: &'static str) -> Island {
    Island { span, layers: vec![layer], text: Vec::new(), map: Map::Whole }
}

fn in_key(byte: Option<&u8>) -> bool {
    byte.is_some_and(|b| b.is_ascii_alphanumeric() || b"_-./+=:@!#$%&*~".contains(b))
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// Two literals that become one, of which the first ends at `at`.
pub(super) fn literals(text: &[u8], at: usize) -> Option<Island> {
    if !in_key(text.get(at.checked_sub(1)?)) {
        return None;
    }
    let rest = &text[at + 1..text.len().min(at + APART)];
    let blank = |from: usize| {
        let mut i = from;
        loop {
            match rest.get(i..) {
                Some([b' ' | b'\t' | b'\r' | b'\n', ..]) => i += 1,
                Some([b'\\', b'\n', ..]) => i += 2,
                Some([b'\\', b'\r', b'\n', ..]) => i += 3,
                _ => return i,
            }
        }
    };
    let mut i = blank(0);
    let operator = match rest.get(i..)? {
        [b'+', b'+', ..] | [b'.', b'.', ..] | [b'<', b'>', ..] | [b'|', b'|', ..] => 2,
        [b'+' | b'.' | b'&' | b'~', ..] => 1,
        _ => 0,
    };
    if operator > 0 {
        i = blank(i + operator);
    }
    let letters = rest[i..].iter().take(3).take_while(|b| b.is_ascii_alphabetic()).count();
    if letters < 3 && rest.get(i + letters).is_some_and(|b| is_quote(*b)) {
        i += letters;
    }
    let quote = *rest.get(i)?;
    let end = at + 1 + i + 1;
    (is_quote(quote) && in_key(text.get(end))).then(|| joint(at..end, "split literal"))
}

/// A backslash at the end of a line in the middle of a word.
pub(super) fn continued(text: &[u8], at: usize) -> Option<Island> {
    let word = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    let next = if text.get(at + 1) == Some(&b'\r') { at + 3 } else { at + 2 };
    let indent = text.get(next..)?.iter().take(APART).take_while(|b| matches!(b, b' ' | b'\t')).count();
    let end = next + indent;
    (word(text.get(at.checked_sub(1)?)) && word(text.get(end))).then(|| joint(at..end, "continued line"))
}

/// A soft line break of quoted-printable in the middle of a word.
pub(super) fn soft_break(text: &[u8], at: usize) -> Option<Island> {
    let token =
        |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'='));
    let next = match text.get(at + 1) {
        Some(b'\r') => at + 3,
        _ => at + 2,
    };
    let before = &text[at.saturating_sub(80)..at];
    let line = &before[memchr::memrchr(b'\n', before).map_or(0, |n| n + 1)..];
    // The last line of base64 ends in `=` as well.
    let prose = line.trim_ascii_start().iter().any(|&b| !runs::is_digit(b) && b != b'=');
    let wraps = (40..=78).contains(&line.len()) && prose && token(line.last()) && token(text.get(next));
    wraps.then(|| joint(at..next, "quoted-printable"))
}

/// `sk-${"abc"}`: both ends of the template piece that begins at `at`.
pub(super) fn template(text: &[u8], at: usize) -> Option<Vec<Island>> {
    let quote = *text.get(at + 2)?;
    let inside = text.get(at + 3..text.len().min(at + 3 + APART))?;
    let len = memchr::memchr(quote, inside)?;
    let end = at + 3 + len;
    if text.get(end + 1) != Some(&b'}') || !inside[..len].iter().all(|b| in_key(Some(b))) {
        return None;
    }
    Some(vec![joint(at..at + 3, "split literal"), joint(end..end + 2, "split literal")])
}

/// The array that is joined by the call at `at`: `["a", "b"].join("")`, `"".join(["a", "b"])`.
pub(super) fn joined(text: &[u8], at: usize, floor: usize) -> Vec<Island> {
    let argument = &text[(at + b".join(".len()).min(text.len())..];
    let before = &text[floor.max(at.saturating_sub(LONGEST_ARRAY))..at];
    if argument.starts_with(b"\"\")") || argument.starts_with(b"'')") {
        let Some(begin) = memchr::memrchr(b'[', before) else { return Vec::new() };
        let begin = at - before.len() + begin;
        return commas(text, begin + 1, at);
    }
    let empty = before.ends_with(b"\"\"") || before.ends_with(b"''");
    if empty && matches!(argument.first(), Some(b'[' | b'(')) {
        let from = at + b".join(".len() + 1;
        return commas(text, from, text.len().min(from + LONGEST_ARRAY));
    }
    Vec::new()
}

/// The joints between string literals that only commas separate.
fn commas(text: &[u8], from: usize, until: usize) -> Vec<Island> {
    let mut found = Vec::new();
    let mut end: Option<usize> = None;
    let mut at = from;
    while at < until && found.len() < MOST_PARTS {
        match text[at] {
            quote if is_quote(quote) => {
                let Some(len) = memchr::memchr(quote, &text[at + 1..until]) else { break };
                if let Some(end) = end {
                    found.push(joint(end..at + 1, "split literal"));
                }
                at += 1 + len;
                end = Some(at);
            }
            b',' | b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => break,
        }
        at += 1;
    }
    found
}
