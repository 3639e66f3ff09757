//! Escapes inside of a word: `\x73`, `\u0073`, `\163`, `%73`, `&#x73;`.

use super::island::{Island, Writer};

/// How far before the first escape a word may begin.
const BEFORE: usize = 256;

/// How long a word may be.
const LONGEST: usize = 1 << 20;

/// A word of which no part is this long without a break holds no key.
const SHORTEST: usize = 12;

/// The kinds of escapes that do not mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `\x73`, `\u0073`, `\u{73}`, `\U00000073`, `\163`, `\/`.
    Backslash,
    /// `%73`.
    Percent,
    /// `&#115;`, `&#x73;`, `&quot;`.
    Entity,
}

impl Kind {
    const fn layer(self) -> &'static str {
        match self {
            Kind::Backslash => "escapes",
            Kind::Percent => "percent",
            Kind::Entity => "html",
        }
    }

    /// Whether a byte may be part of a word with such escapes.
    fn in_word(self, byte: u8) -> bool {
        match self {
            Kind::Backslash => byte.is_ascii_alphanumeric() || b"_-.~+/=:@".contains(&byte),
            Kind::Percent => byte.is_ascii_alphanumeric() || b"_-.~+/=:@&?;!*#,$".contains(&byte),
            Kind::Entity => byte.is_ascii_graphic() && !b"<>\"".contains(&byte),
        }
    }

    /// What the escape at the beginning says, and how long it is.
    fn read(self, at: &[u8]) -> Option<(Said, usize)> {
        match self {
            Kind::Backslash => backslash(at),
            Kind::Percent => match at {
                [b'%', a, b, ..] => Some((Said::Byte(pair(*a, *b)?), 3)),
                _ => None,
            },
            Kind::Entity => entity(at),
        }
    }
}

/// What an escape says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Byte(u8),
    Code(u32),
}

/// The word around the escape at `at`, not before `floor`; and where it ends, so that none is read twice.
pub(super) fn read(text: &[u8], at: usize, floor: usize, kind: Kind) -> (Option<Island>, usize) {
    if kind.read(&text[at..]).is_none() {
        return (None, at + 1);
    }
    let from = floor.max(at.saturating_sub(BEFORE));
    let head = text[from..at].iter().rev().take_while(|&&b| kind.in_word(b) && !starts(kind, b)).count();
    let start = at - head;
    let mut writer = Writer::default();
    writer.copy(&text[start..at], start);
    let mut here = at;
    while here < text.len() && here - start < LONGEST {
        let rest = &text[here..];
        if starts(kind, rest[0]) {
            if let Some((said, len)) = kind.read(rest) {
                match said {
                    Said::Byte(byte) => writer.unit(&[byte], here, len),
                    Said::Code(code) => writer.code(code, here, len),
                }
                here += len;
                continue;
            }
            if !kind.in_word(rest[0]) {
                break;
            }
        } else if !kind.in_word(rest[0]) {
            break;
        }
        let plain = rest.iter().take_while(|&&b| kind.in_word(b) && !starts(kind, b)).count().max(1);
        writer.copy(&rest[..plain], here);
        here += plain;
    }
    let worth = longest_token(&writer.text) >= SHORTEST;
    (worth.then(|| writer.island(start..here, kind.layer())), here)
}

fn starts(kind: Kind, byte: u8) -> bool {
    byte == match kind {
        Kind::Backslash => b'\\',
        Kind::Percent => b'%',
        Kind::Entity => b'&',
    }
}

fn longest_token(text: &[u8]) -> usize {
    text.split(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')))
        .map(<[u8]>::len)
        .max()
        .unwrap_or(0)
}

fn digit(byte: u8) -> Option<u32> {
    char::from(byte).to_digit(16)
}

fn pair(a: u8, b: u8) -> Option<u8> {
    Some((digit(a)? * 16 + digit(b)?) as u8)
}

fn backslash(at: &[u8]) -> Option<(Said, usize)> {
    match *at {
        [b'\\', b'\\', ref rest @ ..] if matches!(rest.first(), Some(b'u' | b'x')) => {
            // JSON in a string: the escape is escaped once more.
            let (said, len) = backslash(&at[1..])?;
            Some((said, len + 1))
        }
        [b'\\', b'x', a, b, ..] => Some((Said::Byte(pair(a, b)?), 4)),
        [b'\\', b'u', b'{', ..] => {
            let len = at[3..].iter().take(7).take_while(|b| b.is_ascii_hexdigit()).count();
            let code = at[3..3 + len].iter().try_fold(0, |n, &b| Some(n * 16 + digit(b)?))?;
            (len > 0 && at.get(3 + len) == Some(&b'}')).then_some((Said::Code(code), len + 4))
        }
        [b'\\', b'u', a, b, c, d, ..] => {
            let code = [a, b, c, d].iter().try_fold(0, |n, &b| Some(n * 16 + digit(b)?))?;
            Some((Said::Code(code), 6))
        }
        [b'\\', b'U', ..] => {
            let code = at.get(2..10)?.iter().try_fold(0_u32, |n, &b| Some(n << 4 | digit(b)?))?;
            Some((Said::Code(code), 10))
        }
        [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] => {
            Some((Said::Byte((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0')), 4))
        }
        [b'\\', b'/', ..] => Some((Said::Byte(b'/'), 2)),
        _ => None,
    }
}

fn entity(at: &[u8]) -> Option<(Said, usize)> {
    let end = memchr::memchr(b';', at.get(..at.len().min(12))?)?;
    let name = at.get(1..end)?;
    let number = |digits: &[u8], radix: u32| {
        let digits = std::str::from_utf8(digits).ok().filter(|d| !d.is_empty() && !d.starts_with('+'))?;
        u32::from_str_radix(digits, radix).ok()
    };
    let code = match name {
        [b'#', b'x' | b'X', digits @ ..] => number(digits, 16)?,
        [b'#', digits @ ..] => number(digits, 10)?,
        b"quot" => u32::from(b'"'),
        b"apos" => u32::from(b'\''),
        b"amp" => u32::from(b'&'),
        b"lt" => u32::from(b'<'),
        b"gt" => u32::from(b'>'),
        b"colon" => u32::from(b':'),
        b"equals" => u32::from(b'='),
        b"lowbar" => u32::from(b'_'),
        b"period" => u32::from(b'.'),
        b"sol" => u32::from(b'/'),
        b"commat" => u32::from(b'@'),
        b"dash" | b"hyphen" => u32::from(b'-'),
        _ => return None,
    };
    Some((Said::Code(code), end + 1))
}
