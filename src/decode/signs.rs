//! Where a text may say something in other words: the beginnings of escapes, arrays and joints, and long runs of base64
//! digits, all found by one pass over the bytes.

use std::ops::Range;

use crate::model::{Base, Kin};

use crate::lanes::{BLOCKS, Hits, Quads, Set, ahead, each_place, find_quads};

use super::{arrays, runs};

/// The beginnings of signs by four bytes, in buckets of those that share nibbles: few others pass. (Found by trying, on
/// text in C, Python, JavaScript and Go, where 8 of 9 places that pass are meant.) What [`sign`] knows must begin so,
/// or have one of these inside.
static BEGINNINGS: Quads = Quads::new(&[
    &[b", 0x", b", (b", b"', '"],
    &[b"%2", b"%3", b"%4", b"%5", b"%6", b"%7", b",0x"],
    &[b".joi", b"Char", b"Basi", b"Secr"],
    &[b"&#", b"\"+", b"'+", b"\"'", b"'\""],
    &[
        b"${\"", b"${'", b"\" +", b"\" .", b"\" \"", b"\" &", b"\" \\", b"' +", b"' .", b"' '", b"\".\"",
        b"'.'", b"','",
    ],
    &[b"&quo", b"&amp", b"yte{", b"yte[", b"ytes", b"ytea"],
    &[b"=\n", b"=\r", b"\"\n", b"\"\r", b"'\n"],
    &[b"\\x", b"\\u", b"\\U", b"\\1", b"\\0", b"\\/", b"\\\n", b"\\\r"],
]);

/// The digits of base64 of either alphabet; those of [`runs::is_digit`], held by a test.
const DIGITS: Set = Set {
    low: [
        0b0101, // 0: 0 P p
        0b0111, // 1: 1 A a Q q
        0b0111, 0b0111, 0b0111, 0b0111, 0b0111, 0b0111, 0b0111, 0b0111,   //
        0b0110,   // a: J j Z z
        0b1010,   // b: K k +
        0b0010,   // c: L l
        0b1010,   // d: M m -
        0b0010,   // e: N n
        0b1_1010, // f: O o / _
    ],
    high: [0, 0, 0b1000, 0b0001, 0b0010, 0b1_0100, 0b0010, 0b0100, 0, 0, 0, 0, 0, 0, 0, 0],
};

/// How many bytes are looked at before what was found in them is read.
const PIECE: usize = BLOCKS * 64;

/// How far in front of a place, and behind it, bytes have a say in what may begin there.
const NEAR: (usize, usize) = (16, 48);

/// A text with more signs is searched as a whole, and so is what is made from it.
const MOST: usize = 1 << 16;

/// Where a text may say something in other words: what follows from a few bytes around each place.
#[derive(Debug, Default)]
pub(super) struct Signs {
    /// Where a sign may begin, or has one of [`BEGINNINGS`] inside.
    begins: Vec<u32>,
    /// Where runs of at least [`runs::SHORTEST`] base64 digits begin that may say something.
    pub(super) longs: Vec<u32>,
}

impl Signs {
    /// Those of a text; what was copied from another, whose signs are remembered, is not searched again.
    pub(super) fn of(text: &[u8], kin: Option<&Kin<'_>>) -> Signs {
        let mut signs = Signs::default();
        let base = kin.and_then(|kin| kin.base);
        match base.and_then(|base| Some((base, base.trace.get::<Signs>()?))) {
            Some((base, old)) => signs.carry(text, &base, old),
            None => signs.find(text, 0..text.len()),
        }
        signs
    }

    /// Has them remembered, if something will be made from the text.
    pub(super) fn remember(self, kin: Option<&Kin<'_>>) {
        if let Some(kin) = kin.filter(|kin| kin.has_children)
            && self.begins.len() + self.longs.len() <= MOST
        {
            kin.remember(self);
        }
    }

    /// Calls `sign_at` with each sign, in order, going on behind what it returns.
    pub(super) fn each(&self, text: &[u8], sign_at: &mut dyn FnMut(Range<usize>) -> usize) {
        let mut next = 0;
        for &at in &self.begins {
            if let Some(found) = sign(text, at as usize, next).filter(|s| s.start >= next) {
                next = sign_at(found);
            }
        }
    }

    /// Adds what a text has from the other one, and what is new.
    fn carry(&mut self, text: &[u8], base: &Base<'_>, old: &Signs) {
        let mut done = 0;
        for run in base.copied {
            let (from, to) = (run.from, run.to);
            let starts = from == 0 && to == 0;
            let ends = from + run.len == base.len && to + run.len == text.len();
            let start = if starts { 0 } else { to + NEAR.0 };
            let end = if ends { to + run.len } else { (to + run.len).saturating_sub(NEAR.1) };
            if start.max(done) < end {
                let start = start.max(done);
                self.find(text, done..start);
                let kept = |all: &[u32]| {
                    let place = |at: usize| all.partition_point(|p| (*p as usize) + to < at + from);
                    place(start)..place(end)
                };
                let moved = |p: &u32| (*p as usize + to - from) as u32;
                self.begins.extend(old.begins[kept(&old.begins)].iter().map(moved));
                self.longs.extend(old.longs[kept(&old.longs)].iter().map(moved));
                done = end;
            }
        }
        self.find(text, done..text.len());
    }

    /// Adds those of a part of the text.
    fn find(&mut self, text: &[u8], part: Range<usize>) {
        let mut hits = Hits::default();
        let mut from = part.start;
        let digit = from > 0 && runs::is_digit(text[from - 1]);
        let mut before = u64::from(digit) << 63;
        while from < part.end {
            let until = part.end.min(from + PIECE);
            let blocks = (until - from).div_ceil(64);
            // One block more: the last blocks' bits follow from what stands behind them.
            find_quads(&text[from..text.len().min(until + 64)], &BEGINNINGS, &DIGITS, &mut hits);
            let mut longs = hits.members;
            ahead(&mut longs, blocks, &[1, 2, 4]);
            let mut behind = before;
            for k in 0..blocks {
                let here = hits.members[k];
                longs[k] &= shift(longs[k], longs[k + 1], 8) & shift(longs[k], longs[k + 1], 16);
                longs[k] &= !(here << 1 | behind >> 63);
                behind = here;
            }
            before = behind;
            each_place(&longs, blocks, |place| {
                let start = from + place;
                if start < until && runs::may_say(text, start) {
                    self.longs.push(start as u32);
                }
            });
            each_place(&hits.begins, blocks, |place| {
                let at = from + place;
                if at < until && sign(text, at, 0).is_some() {
                    self.begins.push(at as u32);
                }
            });
            from = until;
        }
    }
}

/// The bits of a block and the one behind it, `by` places on. With those from which on eight are set, 8 and 16 places on,
/// there are 24.
fn shift(here: u64, behind: u64, by: u32) -> u64 {
    const { assert!(runs::SHORTEST == 24, "8 + 16") };
    here >> by | behind << (64 - by)
}

/// The sign that the beginning found at `at` belongs to, if one stands there; what stands before `from` was read.
fn sign(text: &[u8], at: usize, from: usize) -> Option<Range<usize>> {
    let rest = &text[at..];
    let len = |len: usize| Some(at..at + len);
    // The sign may begin a little before.
    let inside = |before: usize, literal: &[u8]| {
        let start = at.checked_sub(before)?;
        text[start..].starts_with(literal).then_some(start..start + literal.len())
    };
    match rest {
        [b'\\', b'\n', ..] if at > from && text[at - 1] == b'"' => Some(at - 1..at + 2),
        [b'\\', b'x' | b'u' | b'U' | b'1' | b'0' | b'/' | b'\n', ..] => len(2),
        [b'\\', b'\r', b'\n', ..] => len(3),
        [b'%', b'2'..=b'7', ..] | [b'&', b'#', ..] => len(2),
        [b'&', b'q', b'u', b'o', b't', b';', ..] => len(6),
        [b'&', b'a', b'm', b'p', b';', ..] => len(5),
        [b'=' | b'"', b'\r', b'\n', ..] => len(3),
        [b'=' | b'"' | b'\'', b'\n', ..] => len(2),
        [b'"', b' ', b'+' | b'.' | b'"' | b'&' | b'\\', ..] => len(3),
        [b'\'', b' ', b'+' | b'.' | b'\'', ..] => len(3),
        [b'"', b'+' | b'\'', ..] | [b'\'', b'+' | b'"', ..] => len(2),
        [b'"', b'.', b'"', ..] | [b'\'', b'.', b'\'', ..] | [b'$', b'{', b'"' | b'\'', ..] => len(3),
        [b'.', b'j', b'o', b'i', b'n', b'(', ..] => len(6),
        [b',', b' ', b'0', b'x', ..] if arrays::is_hex_byte(text, at + 2) => len(4),
        [b',', b'0', b'x', ..] if arrays::is_hex_byte(text, at + 1) => len(3),
        [b',', b' ', b'(', b'b', b'y', b't', b'e', b')', ..] => len(8),
        [b'\'', b',', b' ', b'\'', ..] => len(4),
        [b'\'', b',', b'\'', ..] => len(3),
        [b'C', ..] if rest.starts_with(b"CharCode(") => len(9),
        [b'B', ..] if rest.starts_with(b"Basic ") => len(6),
        [b'S', ..] if rest.starts_with(b"Secret") => inside(6, b"kind: Secret")
            .or_else(|| inside(9, b"\"kind\": \"Secret\""))
            .or_else(|| inside(8, b"\"kind\":\"Secret\"")),
        [b'y', b't', b'e', b'{', ..] => len(4),
        [b'y', b't', b'e', b'[', b']', ..] => len(5),
        [b'y', b't', b'e', ..] => inside(1, b"bytes([").or_else(|| inside(1, b"bytearray([")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{DIGITS, Signs, arrays, runs};
    use crate::model::{Base, Copied, Kin, Trace};
    use proptest::prelude::*;

    /// All signs, as they are written in the texts that [`super::sign`] knows.
    const SIGNS: &[&str] = &[
        "\\x",
        "\\u",
        "\\U",
        "\\1",
        "\\0",
        "\\/",
        "\\\n",
        "\\\r\n",
        "%2",
        "%3",
        "%4",
        "%5",
        "%6",
        "%7",
        "&#",
        "&quot;",
        "&amp;",
        "=\n",
        "=\r\n",
        "\"\n",
        "\"\r\n",
        "'\n",
        "\" +",
        "' +",
        "\"+",
        "'+",
        "\" .",
        "' .",
        "\".\"",
        "'.'",
        "\" \"",
        "' '",
        "\" &",
        "\" \\",
        "\"\\\n",
        "\"'",
        "'\"",
        "${\"",
        "${'",
        ".join(",
        ", 0x",
        ",0x",
        ", (byte)",
        "', '",
        "','",
        "CharCode(",
        "bytes([",
        "yte{",
        "bytearray([",
        "yte[]",
        "Basic ",
        "kind: Secret",
        "\"kind\": \"Secret\"",
        "\"kind\":\"Secret\"",
    ];

    /// The signs of a text one by one: at each place the first that stands there; none inside another.
    fn naive(text: &str) -> Vec<std::ops::Range<usize>> {
        let (mut found, mut at) = (Vec::new(), 0);
        // A number that is no byte of a text is no beginning of one.
        let byte = |s: &str, at: usize| match s {
            ", 0x" => arrays::is_hex_byte(text.as_bytes(), at + 2),
            ",0x" => arrays::is_hex_byte(text.as_bytes(), at + 1),
            _ => true,
        };
        while at < text.len() {
            let stands = |s: &&&str| text.as_bytes()[at..].starts_with(s.as_bytes()) && byte(s, at);
            let sign = SIGNS.iter().find(stands);
            if let Some(sign) = sign {
                found.push(at..at + sign.len());
                at += sign.len();
            } else {
                at += 1;
            }
        }
        found
    }

    fn found(text: &str) -> (Vec<std::ops::Range<usize>>, Vec<usize>) {
        let mut all = Vec::new();
        let signs = Signs::of(text.as_bytes(), None);
        signs.each(text.as_bytes(), &mut |s| {
            let end = s.end;
            all.push(s);
            end
        });
        (all, signs.longs.iter().map(|start| *start as usize).collect())
    }

    fn long_runs(text: &[u8]) -> Vec<usize> {
        let digit = |i: usize| text.get(i).is_some_and(|b| runs::is_digit(*b));
        (0..text.len())
            .filter(|&i| (i == 0 || !digit(i - 1)) && (i..i + runs::SHORTEST).all(digit))
            .filter(|&i| runs::may_say(text, i))
            .collect()
    }

    #[test]
    fn digits_are_those_that_are_decoded() {
        for byte in 0..=255 {
            assert_eq!(DIGITS.of(byte) != 0, runs::is_digit(byte), "{byte:#x}");
        }
    }

    #[test]
    fn every_sign_is_found_at_every_place() {
        for sign in SIGNS.iter().chain(&[", 0x73", ",0x6b,", ", 0x0a ", ",0x1234", ", 0x93"]) {
            for shift in (0..140).chain(16 * 1024 - 12..16 * 1024 + 2) {
                let text = format!("{}{sign}{}", "-".repeat(shift), "~".repeat(shift % 80));
                assert_eq!(found(&text).0, naive(&text), "{sign:?} at {shift}");
            }
        }
    }

    proptest! {
        #[test]
        fn signs_and_runs_are_what_a_plain_search_finds(
            parts in proptest::collection::vec(
                prop_oneof![
                    proptest::sample::select(SIGNS.to_vec()).prop_map(str::to_owned),
                    "[a-zA-Z0-9+/_\"', .-]{0,60}",
                ],
                0..40,
            ),
        ) {
            let text = parts.concat();
            let (signs, longs) = found(&text);
            prop_assert_eq!(signs, naive(&text));
            prop_assert_eq!(longs, long_runs(text.as_bytes()));
        }

        #[test]
        fn what_is_carried_is_what_a_search_finds(
            parts in proptest::collection::vec(
                prop_oneof![
                    proptest::sample::select(SIGNS.to_vec()).prop_map(str::to_owned),
                    "[a-zA-Z0-9+/_\"', .-]{0,90}",
                ],
                1..12,
            ),
            pieces in proptest::collection::vec((0..1000usize, 0..1000usize, "[ -~]{0,70}"), 0..8),
        ) {
            let old = parts.concat().repeat(3);
            let kin = Kin::new(None, true);
            Signs::of(old.as_bytes(), Some(&kin)).remember(Some(&kin));
            let trace: Trace = kin.into_trace();
            let (mut new, mut copied) = (Vec::new(), Vec::new());
            for (from, len, fresh) in pieces {
                let from = from * old.len() / 1000;
                let len = len * (old.len() - from) / 1000;
                copied.push(Copied { from, to: new.len(), len });
                new.extend_from_slice(&old.as_bytes()[from..from + len]);
                new.extend_from_slice(fresh.as_bytes());
            }
            let kin = Kin::new(Some(Base { trace: &trace, len: old.len(), copied: &copied }), false);
            let (carried, whole) = (Signs::of(&new, Some(&kin)), Signs::of(&new, None));
            prop_assert_eq!(carried.begins, whole.begins);
            prop_assert_eq!(carried.longs, whole.longs);
        }
    }
}
