//! What a rule means when it does not say: confidence, rank and boundaries follow from its shapes. `build.rs` uses
//! this file too.

use super::charset::Charset;
use super::template::{LONGEST, Piece};

/// The most bytes a piece can match.
pub(crate) fn longest(piece: &Piece) -> u32 {
    match piece {
        Piece::Literal(text) | Piece::LiteralNoCase(text) => text.len() as u32,
        Piece::Run(_, ranges) => ranges.last().map_or(0, |range| range.1),
    }
}

/// How many literal bytes the weakest of the shapes has.
pub(crate) fn fewest_literals(shapes: &[Vec<Piece>]) -> usize {
    shapes.iter().map(|shape| literals(shape)).min().unwrap_or(0)
}

fn literals(shape: &[Piece]) -> usize {
    shape
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) | Piece::LiteralNoCase(text) => text.len(),
            Piece::Run(..) => 0,
        })
        .sum()
}

/// How many bytes a shape begins with.
fn prefix(shape: &[Piece]) -> usize {
    match shape.first() {
        Some(Piece::Literal(text) | Piece::LiteralNoCase(text)) => text.len(),
        _ => 0,
    }
}

/// How sure a match is by itself: four literal bytes prove nearly as much as any number more; where context is needed
/// it is the context that must convince.
pub(crate) fn confidence(shapes: &[Vec<Piece>], need: usize) -> u8 {
    match (need, fewest_literals(shapes)) {
        (0, 4..) => 90,
        (0, 0) if shapes.is_empty() => 80,
        (0, _) => 75,
        _ => 70,
    }
}

/// Which of two rules knows better, from its most general shape: more literal bytes, then exact lengths, then
/// smaller alphabets.
pub(crate) fn rank(shapes: &[Vec<Piece>]) -> u16 {
    shapes.iter().map(|shape| shape_rank(shape)).min().unwrap_or(256)
}

fn shape_rank(shape: &[Piece]) -> u16 {
    let runs = shape.iter().filter_map(|piece| match piece {
        Piece::Run(set, ranges) => Some((set, ranges)),
        _ => None,
    });
    let mut exact = 3;
    let mut widest = 0;
    for (set, ranges) in runs {
        let here = match ranges.as_slice() {
            [(least, most)] if least == most => 3,
            ranges if ranges.iter().all(|(least, most)| least == most) => 2,
            ranges if ranges.last().is_some_and(|(_, most)| *most < LONGEST) => 1,
            _ => 0,
        };
        exact = exact.min(here);
        widest = widest.max(set.len());
    }
    let narrow = (94_u32.saturating_sub(widest) / 6) as u16;
    literals(shape).min(255) as u16 * 64 + exact * 16 + narrow.min(15)
}

/// What must not stand to the left: whatever would make the key the tail of a longer word. With a short prefix the
/// dash counts too (`task-`, `--disk-sk-…`), and with none the key's own first set.
pub(crate) fn not_before(shapes: &[Vec<Piece>]) -> Charset {
    let mut edge = Charset::NONE;
    for shape in shapes {
        let first = first_set(shape);
        if first.meets(&Charset::WORD) {
            edge = edge.union(Charset::WORD);
        }
        match prefix(shape) {
            0 => edge = edge.union(first).with(b'+'),
            1..=3 if first.meets(&Charset::WORD) => edge = edge.with(b'-'),
            _ => {}
        }
    }
    edge
}

/// What must not stand to the right: more of the last run, and anything that would make a longer word of it.
pub(crate) fn not_after(shapes: &[Vec<Piece>]) -> Charset {
    let mut edge = Charset::NONE;
    for shape in shapes {
        let last = last_set(shape);
        if last.meets(&Charset::WORD) {
            edge = edge.union(Charset::WORD);
        }
        if matches!(shape.last(), Some(Piece::Run(..))) {
            edge = edge.union(last);
        }
        if literals(shape) == 0 {
            // Nor a slice of base64.
            edge = edge.with(b'-').with(b'+').with(b'=');
        }
    }
    edge
}

/// The bytes with which a shape can begin.
fn first_set(shape: &[Piece]) -> Charset {
    edge_set(shape.iter(), |text| text.first().copied())
}

/// The bytes with which a shape can end.
fn last_set(shape: &[Piece]) -> Charset {
    edge_set(shape.iter().rev(), |text| text.last().copied())
}

fn edge_set<'a>(pieces: impl Iterator<Item = &'a Piece>, end: impl Fn(&[u8]) -> Option<u8>) -> Charset {
    let mut set = Charset::NONE;
    for piece in pieces {
        match piece {
            Piece::Literal(text) => return end(text).map_or(set, |byte| set.with(byte)),
            Piece::LiteralNoCase(text) => {
                return end(text)
                    .map_or(set, |byte| set.with(byte.to_ascii_lowercase()).with(byte.to_ascii_uppercase()));
            }
            Piece::Run(own, ranges) => {
                set = set.union(*own);
                if ranges.first().is_none_or(|range| range.0 > 0) {
                    return set;
                }
            }
        }
    }
    set
}

#[cfg(test)]
mod tests {
    use super::{confidence, not_after, not_before, rank};
    use crate::rules::template::{Piece, parse};

    fn shape(text: &str) -> Vec<Vec<Piece>> {
        vec![parse(text).expect("a good shape")]
    }

    #[test]
    fn the_more_specific_shape_ranks_higher() {
        let order = [
            "{base64url:20+}",
            "{hex:32}",
            "sk-{base64url:20+}",
            "sk-{base62:20-64}",
            "sk-{base62:32}",
            "sk-{hex-lower:32}",
            "sk-ant-{base64url:80+}",
            "sk-{base62:20}T3BlbkFJ{base62:20}",
        ];
        for pair in order.windows(2) {
            assert!(rank(&shape(pair[0])) < rank(&shape(pair[1])), "{pair:?}");
        }
    }

    #[test]
    fn edges_follow_from_the_shape() {
        let edges = |text| (not_before(&shape(text)), not_after(&shape(text)));
        let (left, right) = edges("sk-{base62:32}");
        assert!(left.has(b'a') && left.has(b'_') && left.has(b'-') && !left.has(b'=') && !left.has(b':'));
        assert!(right.has(b'Z') && right.has(b'_') && !right.has(b'"') && !right.has(b'-'));
        let (left, right) = edges("{base64:43}=");
        assert!(left.has(b'/') && !right.has(b'a'));
        let (left, _) = edges("-----BEGIN {upper:3-9} KEY");
        assert!(left.is_empty());
        let (left, _) = edges("vg_live_{base62:8+}");
        assert!(!left.has(b'-') && left.has(b'a'));
    }

    #[test]
    fn confidence_follows_from_literal_bytes_and_need() {
        assert_eq!(confidence(&shape("vg_live_{base62:8+}"), 0), 90);
        assert_eq!(confidence(&shape("sk-{base62:32}"), 0), 75);
        assert_eq!(confidence(&shape("{base62:32}"), 2), 70);
    }
}
