//! How the matches of a regular expression begin, as far as that can be said in pieces of shapes: what the engine looks for
//! before it tries one. `build.rs` uses this file too, so that nothing is parsed at start for the built-in rules.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::charset::Charset;
use super::template::{LONGEST, Piece};

/// Groups deeper than this are not looked into.
const DEEPEST: usize = 32;

/// More ways to begin, or longer ones, are not told.
const MOST_WAYS: usize = 32;
const MOST_PIECES: usize = 32;

/// How every match begins: in one of these ways. None if that cannot be said so.
pub(crate) fn beginnings(pattern: &str) -> Vec<Vec<Piece>> {
    let parsed = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern);
    let Ok(parsed) = parsed else { return Vec::new() };
    let mut ways = vec![Way::default()];
    extend(&parsed, &mut ways, 0);
    ways.retain(|way| !way.pieces.is_empty());
    ways.into_iter().map(|way| way.pieces).collect()
}

/// The beginning of a match, as far as it is known.
#[derive(Debug, Clone, Default)]
struct Way {
    pieces: Vec<Piece>,
    /// What follows is not known.
    closed: bool,
}

impl Way {
    fn push(&mut self, piece: Piece) {
        match (self.pieces.last_mut(), piece) {
            (Some(Piece::Literal(before)), Piece::Literal(more)) => before.extend_from_slice(&more),
            (_, piece) => self.pieces.push(piece),
        }
        self.closed |= self.pieces.len() >= MOST_PIECES;
    }
}

/// Adds what a part of a pattern says to every way of beginning.
fn extend(hir: &Hir, ways: &mut Vec<Way>, depth: usize) {
    let open = |ways: &mut Vec<Way>, piece: &Piece| {
        ways.iter_mut().filter(|way| !way.closed).for_each(|way| way.push(piece.clone()));
    };
    match hir.kind() {
        HirKind::Empty => {}
        HirKind::Literal(literal) => open(ways, &Piece::Literal(literal.0.to_vec())),
        HirKind::Class(class) => open(ways, &Piece::Run(charset(class), vec![(1, 1)])),
        HirKind::Repetition(repeat) => match repeat.sub.kind() {
            HirKind::Class(class) => {
                let most = repeat.max.unwrap_or(u32::MAX).min(LONGEST).max(repeat.min);
                open(ways, &Piece::Run(charset(class), vec![(repeat.min, most)]));
            }
            _ => close(ways),
        },
        HirKind::Capture(capture) if depth < DEEPEST => extend(&capture.sub, ways, depth + 1),
        HirKind::Concat(parts) if depth < DEEPEST => {
            for part in parts {
                extend(part, ways, depth + 1);
            }
        }
        HirKind::Alternation(parts)
            if depth < DEEPEST && ways.len() * parts.len() <= MOST_WAYS && ways.iter().any(|w| !w.closed) =>
        {
            let before = std::mem::take(ways);
            for part in parts {
                let mut with = before.clone();
                extend(part, &mut with, depth + 1);
                ways.extend(with);
            }
        }
        _ => close(ways),
    }
}

fn close(ways: &mut [Way]) {
    ways.iter_mut().for_each(|way| way.closed = true);
}

fn charset(class: &Class) -> Charset {
    match class {
        Class::Bytes(class) => {
            class.iter().fold(Charset::NONE, |set, range| set.with_range(range.start(), range.end()))
        }
        Class::Unicode(_) => Charset([u64::MAX; 4]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_tells_how_it_begins() {
        let digits = Charset::NONE.with_range(b'0', b'9');
        let lit = |text: &str| Piece::Literal(text.as_bytes().to_vec());
        let run = |least, most| Piece::Run(digits, vec![(least, most)]);
        assert_eq!(beginnings("a(?P<key>bc[0-9]{3,})d"), [vec![lit("abc"), run(3, LONGEST), lit("d")]]);
        assert_eq!(beginnings("(?:abc|x[0-9]z)q+"), [vec![lit("abc")], vec![lit("x"), run(1, 1), lit("z")]]);
        assert_eq!(beginnings("(?:abc)?def"), [] as [Vec<Piece>; 0]);
        assert!(beginnings("(").is_empty() && beginnings("^[a-z]*").is_empty());
    }
}
