//! Base64 that its place betrays, however short: values of a Kubernetes Secret, and `Basic` credentials.

use std::ops::Range;

use super::island::{Island, Writer};
use super::runs;

/// How far from `kind: Secret` its values are looked for, in bytes.
const REACH: usize = 256 << 10;

/// The shortest value.
const SHORTEST: usize = 8;

/// The longest `user:password` in base64.
const LONGEST_PAIR: usize = 512;

/// The values of the Secret whose kind is told at `at`, and where its document ends; nothing before `floor`, which is
/// of another.
pub(super) fn secret(text: &[u8], at: usize, floor: usize) -> (Vec<Island>, usize) {
    let floor = floor.max(at.saturating_sub(REACH));
    let begin = memchr::memmem::rfind(&text[floor..at], b"\n---").map_or(floor, |n| floor + n + 1);
    let ceiling = text.len().min(at + REACH);
    let end = memchr::memmem::find(&text[at..ceiling], b"\n---").map_or(ceiling, |n| at + n);
    let mut found = Vec::new();
    let mut in_data = false;
    let mut start = begin;
    for line in text[begin..end].split_inclusive(|&b| b == b'\n') {
        let trimmed = line.trim_ascii();
        if trimmed.starts_with(b"data:") || trimmed.starts_with(b"\"data\":") {
            in_data = true;
        } else if trimmed.ends_with(b":") || trimmed.ends_with(b"{") {
            in_data = false;
        } else if in_data && let Some(value) = value(line) {
            let span = start + value.start..start + value.end;
            found.extend(runs::exact(text, span));
        }
        start += line.len();
    }
    (found, end)
}

/// The value of a line `name: value`, if it may be base64.
fn value(line: &[u8]) -> Option<Range<usize>> {
    let colon = memchr::memchr(b':', line)?;
    let bare = |b: &u8| !b" \t\r\n\",'".contains(b);
    let start = colon + 1 + line[colon + 1..].iter().position(bare)?;
    let end = line.iter().rposition(bare)? + 1;
    (end >= start + SHORTEST).then_some(start..end)
}

/// The credentials behind `Basic `, which begins at `at`, written as name and password.
pub(super) fn basic(text: &[u8], at: usize) -> Option<Island> {
    let start = at + b"Basic ".len();
    let len = text.get(start..)?.iter().take(LONGEST_PAIR).take_while(|&&b| runs::is_digit(b)).count();
    let padding = text[start + len..].iter().take(2).take_while(|&&b| b == b'=').count();
    let span = start..start + len + padding;
    if len < SHORTEST {
        return None;
    }
    let plain = runs::exact(text, span.clone())?;
    let colon = memchr::memchr(b':', &plain.text)?;
    if plain.text.iter().any(|b| matches!(b, b'\n' | b'"')) {
        return None;
    }
    let mut writer = Writer::default();
    let mut say = |name: &[u8], part: Range<usize>| {
        writer.unit(name, span.start, 1);
        for i in part {
            let place = plain.outer(&(i..i + 1));
            writer.unit(&plain.text[i..=i], place.start, place.len());
        }
        writer.unit(b"\"\n", span.end - 1, 1);
    };
    say(b"\nusername = \"", 0..colon);
    say(b"password = \"", colon + 1..plain.text.len());
    Some(writer.island(span, "base64"))
}
