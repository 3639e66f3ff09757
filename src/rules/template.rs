//! The language of shapes: `vg_live_{base62:8+}` to literals and runs. `build.rs` uses this file too.

use super::charset::Charset;

/// No run is longer: what is longer is no key, and every length must have a bound.
pub(crate) const LONGEST: u32 = 16_384;

/// No shape has more pieces.
const MOST_PIECES: usize = 64;

/// A piece of a shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// These bytes.
    Literal(Vec<u8>),
    /// These bytes in any case of ASCII letters.
    LiteralNoCase(Vec<u8>),
    /// As many bytes of a set as one of the ranges allows.
    Run(Charset, Vec<(u32, u32)>),
}

/// Reads a shape. The error says what is wrong.
pub(crate) fn parse(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut literal = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\\' => {
                let escaped = rest.chars().next().filter(|c| matches!(c, '{' | '}' | '\\'));
                let c = escaped.ok_or("a backslash must stand before `{`, `}` or `\\`")?;
                literal.push(c as u8);
                rest = &rest[1..];
            }
            '{' => {
                let end = closing(rest).ok_or("a `{` has no `}`")?;
                flush(&mut pieces, &mut literal);
                braces(&rest[..end], &mut pieces)?;
                rest = &rest[end + 1..];
            }
            '}' => return Err("a `}` has no `{`; write `\\}` for the character".to_string()),
            c if c.is_ascii_graphic() || c == ' ' => literal.push(c as u8),
            c => return Err(format!("`{}` is not a visible ASCII character", c.escape_default())),
        }
        if pieces.len() > MOST_PIECES {
            return Err(format!("more than {MOST_PIECES} pieces"));
        }
    }
    flush(&mut pieces, &mut literal);
    if pieces.is_empty() {
        return Err("an empty shape can match nothing".to_string());
    }
    Ok(pieces)
}

/// Where the brace that ends a run stands; a backslash hides one.
fn closing(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'}' => return Some(at),
            _ => at += 1,
        }
    }
    None
}

fn flush(pieces: &mut Vec<Piece>, literal: &mut Vec<u8>) {
    if literal.is_empty() {
        return;
    }
    if let Some(Piece::Literal(before)) = pieces.last_mut() {
        before.append(literal);
    } else {
        pieces.push(Piece::Literal(std::mem::take(literal)));
    }
}

/// What stands in braces.
fn braces(inside: &str, pieces: &mut Vec<Piece>) -> Result<(), String> {
    if inside == "uuid" {
        let hex = Charset::parse("hex")?;
        for (i, len) in [8, 4, 4, 4, 12].into_iter().enumerate() {
            if i > 0 {
                pieces.push(Piece::Literal(b"-".to_vec()));
            }
            pieces.push(Piece::Run(hex, vec![(len, len)]));
        }
        return Ok(());
    }
    if let Some(text) = inside.strip_prefix("i:") {
        if text.is_empty() || !text.is_ascii() {
            return Err(format!("`{{{inside}}}` holds no ASCII text"));
        }
        pieces.push(Piece::LiteralNoCase(text.replace('\\', "").to_ascii_lowercase().into_bytes()));
        return Ok(());
    }
    let (set, length) = inside
        .rsplit_once(':')
        .ok_or_else(|| format!("`{{{inside}}}` is not `{{set:length}}`, `{{i:text}}` or `{{uuid}}`"))?;
    let set = Charset::parse(&unescaped(set)).map_err(|e| format!("in `{{{inside}}}`: {e}"))?;
    let ranges = lengths(length).map_err(|e| format!("in `{{{inside}}}`: {e}"))?;
    pieces.push(Piece::Run(set, ranges));
    Ok(())
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        plain.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    plain
}

/// Reads `36`, `20-24`, `24,99`, `8+`: sorted ranges that do not touch.
pub(crate) fn lengths(text: &str) -> Result<Vec<(u32, u32)>, String> {
    let number = |t: &str| {
        t.parse::<u32>()
            .ok()
            .filter(|&n| n <= LONGEST)
            .ok_or_else(|| format!("`{t}` is not a length from 0 to {LONGEST}"))
    };
    let mut ranges = Vec::new();
    for part in text.split(',') {
        let range = if let Some(least) = part.strip_suffix('+') {
            (number(least)?, LONGEST)
        } else if let Some((least, most)) = part.split_once('-') {
            (number(least)?, number(most)?)
        } else {
            (number(part)?, number(part)?)
        };
        if range.0 > range.1 {
            return Err(format!("`{part}` runs backwards"));
        }
        if range.1 == 0 {
            return Err("length 0 can match nothing".to_string());
        }
        ranges.push(range);
    }
    ranges.sort_unstable();
    let mut merged: Vec<(u32, u32)> = Vec::new();
    for (least, most) in ranges {
        match merged.last_mut() {
            Some(last) if least <= last.1.saturating_add(1) => last.1 = last.1.max(most),
            _ => merged.push((least, most)),
        }
    }
    Ok(merged)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, Piece, parse};
    use crate::rules::Charset;

    fn set(name: &str) -> Charset {
        Charset::parse(name).expect("a known set")
    }

    #[test]
    fn shapes_become_pieces() {
        assert_eq!(
            parse("vg_live_{base62:8+}").unwrap(),
            [Piece::Literal(b"vg_live_".to_vec()), Piece::Run(set("base62"), vec![(8, LONGEST)])]
        );
        assert_eq!(
            parse(r"{i:Bearer} \{{hex:24,20-22,23}\}").unwrap(),
            [
                Piece::LiteralNoCase(b"bearer".to_vec()),
                Piece::Literal(b" {".to_vec()),
                Piece::Run(set("hex"), vec![(20, 24)]),
                Piece::Literal(b"}".to_vec()),
            ]
        );
        assert_eq!(parse("{alnum|-_.:22}").unwrap(), [Piece::Run(set("alnum|-_."), vec![(22, 22)])]);
        assert_eq!(parse(r"{alnum|\}::22}").unwrap(), [Piece::Run(set("alnum|}:"), vec![(22, 22)])]);
        assert_eq!(parse("{uuid}").unwrap().len(), 9);
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_a_reason() {
        for (text, why) in [
            ("", "empty"),
            ("a{base62", "no `}`"),
            ("a}", "no `{`"),
            ("a{base62:0}", "length 0"),
            ("a{base62:9-8}", "backwards"),
            ("a{base62:99999}", "not a length"),
            ("a{base63:9}", "base62"),
            ("a{base62}", "set:length"),
            ("a\\x", "backslash"),
            ("ä", "visible ASCII"),
            ("{i:}", "no ASCII"),
        ] {
            let problem = parse(text).unwrap_err();
            assert!(problem.contains(why), "{text}: {problem}");
        }
        assert!(parse(&"{hex:1}".repeat(1000)).is_err());
    }
}
