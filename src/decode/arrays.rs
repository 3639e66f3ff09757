//! Bytes one by one: `{0x73, 0x6b, …}`, `[115, 107, …]`, `{'s', 'k', …}`.

use super::island::{Island, Writer};
use super::runs::is_plain;

/// Fewer bytes are no key.
const SHORTEST: usize = 16;

/// More are not read: a font or an image, not a key.
const LONGEST: usize = 64 << 10;

/// How far an element may be from the one before, in bytes.
const APART: usize = 80;

/// Whether the element that begins at `at` with `0x` may be a byte of a text; most tables of numbers end here.
pub(super) fn is_hex_byte(text: &[u8], at: usize) -> bool {
    let digits = text.get(at + 2..).unwrap_or_default();
    let value = match digits {
        [a, b, c, ..] if c.is_ascii_hexdigit() => return false,
        [a, b, ..] if b.is_ascii_hexdigit() => digit(*a) << 4 | digit(*b),
        [a, ..] => digit(*a),
        [] => return false,
    };
    value == 0 || value <= 0x7F && is_plain(value as u8)
}

/// The value of a hex digit; of other bytes, one that is no byte's.
fn digit(byte: u8) -> u32 {
    char::from(byte).to_digit(16).unwrap_or(0x100)
}

/// The array of which the element before `comma` is one of the first; and where to look on, so that none is read twice.
pub(super) fn read(text: &[u8], comma: usize, floor: usize) -> (Option<Island>, usize) {
    let (array, end) = elements(text, first(text, comma, floor));
    (array, end.max(comma + 1))
}

/// The array whose first element stands behind `at`.
pub(super) fn after(text: &[u8], at: usize) -> (Option<Island>, usize) {
    let open = &text[at..text.len().min(at + 24)];
    let skip = open.iter().take_while(|b| b" \t\r\n=([{]".contains(b)).count();
    if !open.get(skip).is_some_and(u8::is_ascii_digit) {
        return (None, at);
    }
    elements(text, at + skip)
}

/// Where the element before a comma begins.
fn first(text: &[u8], comma: usize, floor: usize) -> usize {
    let from = floor.max(comma.saturating_sub(6));
    let part = &text[from..comma];
    let start = part.iter().rposition(|b| b"{[( \t\n,".contains(b)).map_or(0, |i| i + 1);
    from + start
}

fn elements(text: &[u8], start: usize) -> (Option<Island>, usize) {
    let mut count = 0;
    let (end, plain) = each(text, start, &mut |_, _, _| count += 1);
    if !plain || count < SHORTEST {
        return (None, end);
    }
    let mut writer = Writer::default();
    writer.unit(b"\"", start, 1);
    each(text, start, &mut |value, at, len| writer.unit(&[value], at, len));
    writer.unit(b"\"", end.saturating_sub(1), 1);
    (Some(writer.island(start..end, "byte array")), end)
}

/// Calls `f` with value, place and length of each element in front of a zero; where the last one ends, and whether all are
/// plain.
fn each(text: &[u8], start: usize, f: &mut dyn FnMut(u8, usize, usize)) -> (usize, bool) {
    let (mut at, mut end) = (start, start);
    for _ in 0..LONGEST {
        let Some((value, len)) = text.get(at..).and_then(element) else { break };
        end = at + len;
        if value == 0 {
            break;
        }
        if !is_plain(value) {
            return (end, false);
        }
        f(value, at, len);
        let gap = text[end..].iter().take(APART).take_while(|b| b" \t\r\n,".contains(b)).count();
        if !text[end..end + gap].contains(&b',') {
            break;
        }
        at = end + gap;
    }
    (end, true)
}

/// An element's value and length.
fn element(at: &[u8]) -> Option<(u8, usize)> {
    let cast =
        [&b"(byte)"[..], b"(char)", b"b"].into_iter().find(|c| at.starts_with(c)).map_or(0, <[u8]>::len);
    let body = at.get(cast..)?;
    let (value, len) = match body {
        [b'\'', b'\\', c, b'\'', ..] => (*c, 4),
        [b'\'', c, b'\'', ..] => (*c, 3),
        [b'0', b'x' | b'X', digits @ ..] => {
            let len = digits.iter().take(3).take_while(|b| b.is_ascii_hexdigit()).count();
            let text = std::str::from_utf8(&digits[..len]).ok()?;
            (u8::from_str_radix(text, 16).ok()?, len + 2)
        }
        digits => {
            let len = digits.iter().take(4).take_while(|b| b.is_ascii_digit()).count();
            let text = std::str::from_utf8(&digits[..len]).ok()?;
            (text.parse().ok()?, len)
        }
    };
    let suffix = body[len..].iter().take(2).take_while(|b| matches!(b, b'u' | b'U' | b'L')).count();
    Some((value, cast + len + suffix))
}
