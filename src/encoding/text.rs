//! Text in UTF-16 and UTF-32, with or without a byte order mark: its UTF-8 form, and the way back to the original
//! offsets. Everything else (UTF-8, Latin-1, binary) is read as it is: keys are ASCII, and NULs stop nothing.

use std::ops::Range;

/// How many code units lie between two places whose offsets are remembered.
const STEP: usize = 64;

/// How many bytes are looked at to guess an encoding, at most.
const SAMPLE: usize = 4096;

/// A shorter island of wide characters holds no key.
const SHORTEST: usize = 12;

/// How many bytes a code unit has, and which of them comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// UTF-32, low byte first.
    Utf32Le,
    /// UTF-32, high byte first.
    Utf32Be,
}

impl Encoding {
    /// Bytes in a code unit.
    pub const fn unit(self) -> usize {
        match self {
            Encoding::Utf16Le | Encoding::Utf16Be => 2,
            Encoding::Utf32Le | Encoding::Utf32Be => 4,
        }
    }

    /// The value of a code unit.
    fn value(self, unit: &[u8]) -> u32 {
        match (self, unit) {
            (Encoding::Utf16Le, &[a, b]) => u32::from(u16::from_le_bytes([a, b])),
            (Encoding::Utf16Be, &[a, b]) => u32::from(u16::from_be_bytes([a, b])),
            (Encoding::Utf32Le, &[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]),
            (Encoding::Utf32Be, &[a, b, c, d]) => u32::from_be_bytes([a, b, c, d]),
            _ => 0xFFFD,
        }
    }

    /// The encoding of a content as its byte order mark or the regular places of its NULs tell; `None` for all
    /// that can be read as it is.
    pub fn of(bytes: &[u8]) -> Option<Encoding> {
        match bytes {
            [0xFF, 0xFE, 0, 0, ..] => return Some(Encoding::Utf32Le),
            [0, 0, 0xFE, 0xFF, ..] => return Some(Encoding::Utf32Be),
            [0xFF, 0xFE, ..] => return Some(Encoding::Utf16Le),
            [0xFE, 0xFF, ..] => return Some(Encoding::Utf16Be),
            _ => {}
        }
        let sample = &bytes[..bytes.len().min(SAMPLE)];
        // Nearly all contents end here: no text has a NUL in its first line, but one in wide characters.
        memchr::memchr(0, &sample[..sample.len().min(256)])?;
        let (units, _) = sample.as_chunks::<4>();
        let mut nuls = [0usize; 4];
        for unit in units {
            for (count, &byte) in nuls.iter_mut().zip(unit) {
                *count += usize::from(byte == 0);
            }
        }
        let all = units.len();
        let many = nuls.map(|n| n * 10 >= all * 6);
        let few = nuls.map(|n| n * 20 <= all);
        if all < 4 {
            return None;
        }
        match (many, few) {
            ([false, true, true, true], [true, ..]) => Some(Encoding::Utf32Le),
            ([true, true, true, false], [.., true]) => Some(Encoding::Utf32Be),
            ([_, true, _, true], [true, _, true, _]) => Some(Encoding::Utf16Le),
            ([true, _, true, _], [_, true, _, true]) => Some(Encoding::Utf16Be),
            // Text without a Latin letter in sight.
            ([_, _, _, true], _) if all_characters(units, Encoding::Utf32Le) => Some(Encoding::Utf32Le),
            ([true, ..], _) if all_characters(units, Encoding::Utf32Be) => Some(Encoding::Utf32Be),
            _ => None,
        }
    }
}

/// Whether each unit is a character as texts have them.
fn all_characters(units: &[[u8; 4]], encoding: Encoding) -> bool {
    units.iter().all(|unit| match char::from_u32(encoding.value(unit)) {
        Some(c) => !c.is_control() || matches!(c, '\t' | '\n' | '\r'),
        None => false,
    })
}

/// A content in UTF-8, with the way back.
#[derive(Debug, Clone)]
pub struct Decoded {
    /// The text, without its byte order mark.
    pub text: Vec<u8>,
    encoding: Encoding,
    /// Every [`STEP`] characters: offset in `text`, offset in the original.
    places: Vec<(usize, usize)>,
}

impl Decoded {
    /// The text of a content that is in UTF-16 or UTF-32; `None` if it is not.
    pub fn of(bytes: &[u8]) -> Option<Decoded> {
        Encoding::of(bytes).map(|encoding| Decoded::new(bytes, encoding))
    }

    /// The text of a content in this encoding. What is no character becomes U+FFFD.
    pub fn new(bytes: &[u8], encoding: Encoding) -> Decoded {
        let size = encoding.unit();
        let mut units = bytes.chunks(size).map(|unit| encoding.value(unit)).peekable();
        let mut at = 0;
        if units.next_if_eq(&0xFEFF).is_some() {
            at = size;
        }
        let mut decoded =
            Decoded { text: Vec::with_capacity(bytes.len() / size + 16), encoding, places: Vec::new() };
        let mut count = 0;
        while let Some(unit) = units.next() {
            if count % STEP == 0 {
                decoded.places.push((decoded.text.len(), at));
            }
            count += 1;
            at += size;
            let mut value = unit;
            if size == 2
                && matches!(unit, 0xD800..=0xDBFF)
                && let Some(low) = units.next_if(|u| matches!(u, 0xDC00..=0xDFFF))
            {
                value = 0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                at += size;
            }
            let c = char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER);
            decoded.text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        decoded
    }

    /// Where in the original the character at `offset` of the text begins.
    pub fn original(&self, offset: usize) -> usize {
        self.walk(|at, _| at < offset, self.places.partition_point(|p| p.0 <= offset)).1
    }

    /// Where in the text the character begins that stands at `offset` of the original: the way back of
    /// [`Decoded::original`].
    pub fn offset(&self, offset: usize) -> usize {
        let place = self.places.partition_point(|p| p.1 <= offset);
        self.walk(|_, original| original < offset, place).0.min(self.text.len())
    }

    /// From the last known place before `place` on, the first character of which `before` does not hold: where it
    /// begins in the text and in the original.
    fn walk(&self, before: impl Fn(usize, usize) -> bool, place: usize) -> (usize, usize) {
        let Some(&(mut at, mut original)) = self.places.get(place.saturating_sub(1)) else { return (0, 0) };
        while before(at, original) {
            let Some(&first) = self.text.get(at) else { break };
            let (len, units) = self.character(first);
            at += len;
            original += units * self.encoding.unit();
        }
        (at, original)
    }

    /// How long a character is that begins with this byte: in the text in bytes, in the original in code units.
    fn character(&self, first: u8) -> (usize, usize) {
        match first {
            0..0x80 => (1, 1),
            0x80..0xE0 => (2, 1),
            0xE0..0xF0 => (3, 1),
            _ => (4, if self.encoding.unit() == 2 { 2 } else { 1 }),
        }
    }
}

/// Strings of wide characters inside of something else, such as a program: where they stand, and their text (one
/// byte for every two of the original, all of them visible ASCII or blanks).
pub fn islands(bytes: &[u8]) -> impl Iterator<Item = (Range<usize>, Vec<u8>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            at = wide_word(bytes, at)?;
            // Each character but the last has a NUL behind it, each but the first has one before it.
            let nul = at + memchr::memchr(0, bytes.get(at..)?)?;
            let start = nul.checked_sub(1).filter(|&s| s >= at && plain(bytes[s])).unwrap_or(nul + 1);
            // With the high byte first, the last character has something else behind it.
            let mut text = Vec::new();
            for pair in bytes[start.min(bytes.len())..].chunks(2) {
                let wide = pair.get(1).is_none_or(|&b| b == 0);
                if !plain(pair[0]) || !wide && plain(pair[1]) {
                    break;
                }
                text.push(pair[0]);
                if !wide {
                    break;
                }
            }
            let end = (start + 2 * text.len()).min(bytes.len());
            at = end.max(nul + 1);
            if text.len() >= SHORTEST {
                return Some((start..end, text));
            }
        }
    })
}

/// Where an island that is long enough may begin, not before `at`. Any such island covers eight bytes of every sixteen
/// in full: what is no island, a gigabyte of NULs for one, is passed in strides.
fn wide_word(bytes: &[u8], mut at: usize) -> Option<usize> {
    const WORD: usize = 8;
    const { assert!(SHORTEST > WORD) };
    let from = at;
    loop {
        let word = bytes.get(at..at + WORD)?;
        let word: [u8; WORD] = word.try_into().ok()?;
        let number = u64::from_le_bytes(word);
        let side = usize::from(number & 0x00FF_00FF_00FF_00FF == 0);
        if number != 0
            && (side == 1 || number & 0xFF00_FF00_FF00_FF00 == 0)
            && word.iter().skip(side).step_by(2).all(|&b| plain(b))
        {
            // The island began before this word, but behind the last one: that was none.
            return Some(at.saturating_sub(WORD).max(from));
        }
        at += WORD;
    }
}

fn plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [Encoding; 4] = [Encoding::Utf16Le, Encoding::Utf16Be, Encoding::Utf32Le, Encoding::Utf32Be];

    fn encode(text: &str, encoding: Encoding) -> Vec<u8> {
        match encoding {
            Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Encoding::Utf32Le => text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
            Encoding::Utf32Be => text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
        }
    }

    #[test]
    fn wide_text_is_known_with_and_without_a_mark() {
        for encoding in ALL {
            assert_eq!(Encoding::of(&encode("\u{feff}ключ = 不", encoding)), Some(encoding));
            assert_eq!(Encoding::of(&encode("key = \"grün\"\r\nnext", encoding)), Some(encoding));
        }
        for plain in [
            &b"key = value\n"[..],
            b"",
            b"\0",
            b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            b"\x7fELF\0\0\0\x01abc\0def\0ghij\0",
        ] {
            assert_eq!(Encoding::of(plain), None, "{plain:?}");
        }
    }

    #[test]
    fn what_is_no_character_is_replaced_and_counted() {
        let decoded = Decoded::new(b"a\0\0\xd8b\0c", Encoding::Utf16Le);
        assert_eq!(decoded.text, "a\u{fffd}b\u{fffd}".as_bytes());
        assert_eq!([0, 1, 4, 5].map(|o| decoded.original(o)), [0, 2, 4, 6]);
    }

    #[test]
    fn islands_stand_in_binaries() {
        let mut bytes = b"\x7f\x01\0\0\xffab\0\xff".to_vec();
        let first = bytes.len();
        bytes.extend(encode("api_key=abcdefgh", Encoding::Utf16Le));
        bytes.extend([0xFF, 0, 0, 0x80, 0]);
        bytes.extend(encode("second=0123456789", Encoding::Utf16Be));
        bytes.extend(b"\xfftail");
        let found: Vec<_> = islands(&bytes).collect();
        assert_eq!(found[0], (first..first + 32, b"api_key=abcdefgh".to_vec()));
        assert!(found[1].1.ends_with(b"second=0123456789"), "{found:?}");
        assert_eq!(found.len(), 2);
    }

    proptest! {
        #[test]
        fn text_comes_back_with_its_offsets(text in "[ab\n𝄞ß不]{0,200}", mark in any::<bool>(), which in 0..4usize) {
            let encoding = ALL[which];
            let start = if mark { "\u{feff}" } else { "" };
            let bytes = encode(&format!("{start}{text}"), encoding);
            let decoded = Decoded::new(&bytes, encoding);
            prop_assert_eq!(&decoded.text, text.as_bytes());
            for (offset, _) in text.char_indices() {
                let before = encode(&format!("{start}{}", &text[..offset]), encoding).len();
                prop_assert_eq!(decoded.original(offset), before);
                prop_assert_eq!(decoded.offset(before), offset);
            }
        }

        #[test]
        fn an_island_is_found_wherever_it_stands(
            before in proptest::collection::vec(prop_oneof![4 => Just(0u8), 1 => any::<u8>()], 0..60),
            text in "[a-z =]{14,30}",
            behind in proptest::collection::vec(prop_oneof![4 => Just(0u8), 1 => any::<u8>()], 0..20),
            high_first in any::<bool>(),
        ) {
            let encoding = if high_first { Encoding::Utf16Be } else { Encoding::Utf16Le };
            let bytes = [before, encode(&text, encoding), behind].concat();
            let found: Vec<_> = islands(&bytes).collect();
            // A visible byte beside it may cost it the character at that end.
            let inner = &text.as_bytes()[1..text.len() - 1];
            let held = found.iter().any(|(_, t)| t.windows(inner.len()).any(|w| w == inner));
            prop_assert!(held, "{:?} in {:?}", found, bytes);
        }

        #[test]
        fn nothing_makes_it_stumble(bytes in proptest::collection::vec(prop_oneof![Just(0u8), any::<u8>()], 0..300)) {
            let _ = Decoded::of(&bytes).map(|d| d.original(d.text.len() + 9));
            for (span, text) in islands(&bytes) {
                prop_assert!(span.end <= bytes.len());
                for (i, &b) in text.iter().enumerate() {
                    prop_assert_eq!(bytes[span.start + 2 * i], b);
                }
            }
        }
    }
}
