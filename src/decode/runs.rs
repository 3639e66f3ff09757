//! Long runs of base64 or hex digits: found by probing, judged by their first bytes, decoded whole only if they say
//! something.

use std::ops::Range;

use crate::encoding::{Decoded, Encoding};

use super::island::{Island, Map};
use super::unpack::{self, Budget};

/// No shorter run of base64 is looked at: a key of 18 bytes.
pub(super) const SHORTEST: usize = 24;

/// No shorter run of hex digits is looked at: 16 bytes.
const SHORTEST_HEX: usize = 32;

/// A line of base64 that goes on in the next is at least this long.
const WRAPPED: usize = 32;

/// How many characters are decoded to see whether the rest is worth it. A multiple of four.
const GLANCE: usize = 16;

/// Value of a base64 character of either alphabet; 64 and more: none.
static VALUES: [u8; 256] = values();

const fn values() -> [u8; 256] {
    let mut table = [255; 256];
    let mut i = 0;
    while i < 26 {
        table[b'A' as usize + i] = i as u8;
        table[b'a' as usize + i] = 26 + i as u8;
        if i < 10 {
            table[b'0' as usize + i] = 52 + i as u8;
        }
        i += 1;
    }
    (table[b'+' as usize], table[b'-' as usize]) = (62, 62);
    (table[b'/' as usize], table[b'_' as usize]) = (63, 63);
    table
}

fn value(byte: u8) -> u8 {
    VALUES[usize::from(byte)]
}

/// Whether the run of at least [`SHORTEST`] characters that begins at `start` may say something, judged by its first
/// bytes. Nearly all runs are paths and names, and end here.
pub(super) fn may_say(text: &[u8], start: usize) -> bool {
    let start = without_escape(text, start);
    let Some(first) = text.get(start..).and_then(|t| t.first_chunk::<GLANCE>()) else { return false };
    // What the first three bytes rule out is not decoded further.
    let glance = quartet([first[0], first[1], first[2], first[3]]);
    let may_be_wide = glance.contains(&0) || glance[0] >= 0xFE;
    let may_be_hex = first[0].is_ascii_digit();
    if !(glance.iter().all(|&b| is_plain(b)) || may_be_wide || may_be_hex || unpack::is_packed(&glance)) {
        return false;
    }
    let mut bytes = [0; GLANCE * 3 / 4];
    for (four, three) in first.as_chunks::<4>().0.iter().zip(bytes.as_chunks_mut::<3>().0) {
        *three = quartet(*four);
    }
    promising(&bytes) || first.starts_with(b"0x") || is_hex_text(first)
}

/// Whether hex digits say plain bytes, or the beginning of something packed.
fn is_hex_text(digits: &[u8; GLANCE]) -> bool {
    let digit = |b: u8| char::from(b).to_digit(16);
    let byte = |[a, b]: &[u8; 2]| Some((digit(*a)? * 16 + digit(*b)?) as u8);
    let packed = || unhex(digits).is_some_and(|bytes| unpack::is_packed(&bytes));
    let pairs = digits.as_chunks::<2>().0;
    pairs.iter().all(|pair| byte(pair).is_some_and(is_plain)) || digits[0] == b'1' && packed()
}

/// The run of base64 characters that begins at `start`.
pub(super) fn from(text: &[u8], start: usize) -> Range<usize> {
    let len = text[start..].iter().position(|&b| value(b) >= 64).unwrap_or(text.len() - start);
    start..start + len
}

/// What a run says, if it says something; and where it ends, so that none is read twice.
pub(super) fn read(text: &[u8], run: Range<usize>, budget: &mut Budget) -> (Option<Island>, usize) {
    let run = without_escape(text, run.start)..run.end;
    if let Some(island) = hex(text, &run, budget) {
        return (Some(island), run.end);
    }
    if !promising(&bits(&text[run.start..run.end.min(run.start + GLANCE)])) {
        return (None, run.end);
    }
    let parts = wrapped(text, &run);
    let last = parts.last().map_or(run.end, |p| p.end);
    let mut end = last;
    while text.get(end) == Some(&b'=') && end - last < 2 {
        end += 1;
    }
    let mut table = Vec::with_capacity(parts.len());
    let mut characters = Vec::with_capacity(parts.iter().map(Range::len).sum());
    for part in &parts {
        table.push((characters.len(), part.start));
        characters.extend_from_slice(&text[part.clone()]);
    }
    (say(run.start..end, bits(&characters), Map::Bits(6, table), "base64", budget), end)
}

/// The letter of an escape before a run is not part of it: where it begins.
fn without_escape(text: &[u8], start: usize) -> usize {
    let escaped = start > 0 && text[start - 1] == b'\\' && matches!(text[start], b'n' | b'r' | b't');
    start + usize::from(escaped)
}

/// Three bytes of four base64 characters.
#[inline]
fn quartet(four: [u8; 4]) -> [u8; 3] {
    let all = four.iter().fold(0_u32, |all, &c| all << 6 | u32::from(value(c) & 63));
    let [_, three @ ..] = all.to_be_bytes();
    three
}

/// Bytes of base64 characters; what is left over at the end is dropped.
fn bits(characters: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(characters.len() * 3 / 4);
    let (fours, rest) = characters.as_chunks::<4>();
    bytes.extend(fours.iter().flat_map(|four| quartet(*four)));
    let mut last = [b'A'; 4];
    last[..rest.len()].copy_from_slice(rest);
    bytes.extend_from_slice(&quartet(last)[..rest.len().saturating_sub(1)]);
    bytes
}

/// Whether the first bytes may be text or something packed.
fn promising(first: &[u8]) -> bool {
    first.iter().all(|&b| is_plain(b)) || is_wide(first).is_some() || unpack::is_packed(first)
}

pub(super) fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}

/// ASCII in UTF-16?
fn is_wide(bytes: &[u8]) -> Option<Encoding> {
    let (pairs, _) = bytes.as_chunks::<2>();
    let all = |low: usize| pairs.len() >= 3 && pairs.iter().all(|p| is_plain(p[low]) && p[1 - low] == 0);
    match bytes {
        [0xFF, 0xFE, ..] => Some(Encoding::Utf16Le),
        [0xFE, 0xFF, ..] => Some(Encoding::Utf16Be),
        _ if all(0) => Some(Encoding::Utf16Le),
        _ if all(1) => Some(Encoding::Utf16Be),
        _ => None,
    }
}

/// The parts of a run that goes on in the next lines: all of the same length but the last.
fn wrapped(text: &[u8], run: &Range<usize>) -> Vec<Range<usize>> {
    let mut parts = vec![run.clone()];
    let width = run.len();
    if width < WRAPPED {
        return parts;
    }
    let mut end = run.end;
    loop {
        let Some(start) = next_line(text, end) else { return parts };
        let rest = &text[start..];
        let len = rest.iter().take(width + 1).take_while(|&&b| value(b) < 64).count();
        // A word below the block is none of its lines.
        let ends =
            !matches!(rest.get(len), Some(b':' | b'.' | b'(' | b' ')) && rest.get(len..).is_some_and(padded);
        if len == 0 || len > width || (len < width && !ends) {
            return parts;
        }
        end = start + len;
        parts.push(start..end);
        if len < width {
            return parts;
        }
    }
}

/// Whether nothing or padding follows, not `name=value`.
fn padded(rest: &[u8]) -> bool {
    let padding = rest.iter().take_while(|&&b| b == b'=').count();
    padding == 0 || rest.get(padding).is_none_or(|b| !b.is_ascii_alphanumeric())
}

/// Where the next line begins, its indentation left out; line ends may be written as `\n`.
fn next_line(text: &[u8], at: usize) -> Option<usize> {
    let skip = match text.get(at..)? {
        [b'\r', b'\n', ..] => 2,
        [b'\n' | b'\r', ..] => 1,
        [b'\\', b'r', b'\\', b'n', ..] => 4,
        [b'\\', b'n', ..] => 2,
        _ => return None,
    };
    let indent = text[at + skip..].iter().take(64).take_while(|b| matches!(b, b' ' | b'\t')).count();
    Some(at + skip + indent)
}

fn hex(text: &[u8], run: &Range<usize>, budget: &mut Budget) -> Option<Island> {
    let prefix = if text[run.clone()].starts_with(b"0x") { 2 } else { 0 };
    let digits = &text[run.start + prefix..run.end];
    if digits.len() < SHORTEST_HEX || !digits.len().is_multiple_of(2) {
        return None;
    }
    let first = unhex(&digits[..16])?;
    if !first.iter().all(|&b| is_plain(b)) && !unpack::is_packed(&first) {
        return None;
    }
    let bytes = unhex(digits)?;
    let map = Map::Bits(4, vec![(0, run.start + prefix)]);
    say(run.clone(), bytes, map, "hex", budget)
}

fn unhex(digits: &[u8]) -> Option<Vec<u8>> {
    let digit = |b: u8| char::from(b).to_digit(16);
    digits.chunks_exact(2).map(|pair| Some((digit(pair[0])? * 16 + digit(pair[1])?) as u8)).collect()
}

/// An island of decoded bytes, if they are text or packed text.
fn say(
    span: Range<usize>,
    bytes: Vec<u8>,
    map: Map,
    layer: &'static str,
    budget: &mut Budget,
) -> Option<Island> {
    let layers = vec![layer];
    if is_text(&bytes) {
        return Some(Island { span, layers, text: bytes, map });
    }
    if let Some(encoding) = is_wide(bytes.get(..12)?) {
        let decoded = Decoded::new(&bytes, encoding);
        let text = decoded.text.clone();
        let map = Map::Wide(Box::new(map), Box::new(decoded));
        return is_text(&text).then(|| Island { span, layers: vec![layer, "utf-16"], text, map });
    }
    let (kind, text) = unpack::small(&bytes, &span, budget)?;
    is_text(&text).then(|| Island { span, layers: vec![layer, kind], text, map: Map::Whole })
}

/// Whether bytes are text but for a few.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    let odd: usize = bytes
        .utf8_chunks()
        .map(|c| c.invalid().len() + c.valid().bytes().filter(|&b| b < 0x80 && !is_plain(b)).count())
        .sum();
    !bytes.is_empty() && odd * 20 <= bytes.len()
}

/// Whether a byte is a base64 character.
pub(super) fn is_digit(byte: u8) -> bool {
    value(byte) < 64
}

/// What exactly these characters say, padding included, if it is text.
pub(super) fn exact(text: &[u8], span: Range<usize>) -> Option<Island> {
    let all = &text[span.clone()];
    let len = all.iter().take_while(|&&b| is_digit(b)).count();
    if len % 4 == 1 || all.len() - len > 2 || !all[len..].iter().all(|&b| b == b'=') {
        return None;
    }
    let map = Map::Bits(6, vec![(0, span.start)]);
    say(span, bits(&all[..len]), map, "base64", &mut Budget::none())
}
