//! Random or made by a person: how a value reads, in a few nanoseconds a character.
//!
//! Every pair of neighbouring characters is likely or unlikely in words and identifiers (`table.rs`, counted from
//! source trees) and equally likely in random text of the value's own alphabet. The mean difference of the two tells
//! them apart: identifiers score far below zero, random keys above.

use super::table::NATURAL;

/// Scores above this are random, in eighths of a bit a pair.
pub(in crate::engine) const RANDOM: i32 = 2;

/// Eight times the binary logarithm of 10 in 16, 10 in 36 and 10 in 62, and of 1 in 16, 1 in 36 and 1 in 62.
const DIGIT_COST: [i32; 3] = [-5, -15, -21];
const LETTER_COST: [i32; 3] = [-32, -41, -48];

/// What a value is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::engine) struct Makeup {
    /// Small letters.
    pub lower: usize,
    /// Capitals.
    pub upper: usize,
    /// Digits.
    pub digits: usize,
    /// Other visible ASCII.
    pub symbols: usize,
    /// Spaces, tabs and line ends.
    pub spaces: usize,
    /// Bytes beyond ASCII and control characters.
    pub other: usize,
    /// Letters that no hexadecimal number has.
    pub beyond_hex: usize,
    /// Different bytes.
    pub distinct: u32,
}

impl Makeup {
    /// Counts.
    pub(in crate::engine) fn of(value: &[u8]) -> Makeup {
        let mut makeup = Makeup::default();
        let mut seen = [0u64; 4];
        // A counter a class in the bytes of one number, emptied before it overflows.
        for part in value.chunks(255) {
            let mut counts = 0u64;
            if part.is_ascii() {
                // In registers, since what was just stored is slow to be had again.
                let [mut low, mut high, ..] = seen;
                for &byte in part {
                    let bit = 1u64 << (byte & 63);
                    let upper = u64::from(byte >> 6).wrapping_neg();
                    low |= bit & !upper;
                    high |= bit & upper;
                    counts += COUNT[usize::from(byte)];
                }
                (seen[0], seen[1]) = (low, high);
            } else {
                for &byte in part {
                    seen[usize::from(byte >> 6)] |= 1 << (byte & 63);
                    counts += COUNT[usize::from(byte)];
                }
            }
            let [lower, upper, digits, symbols, spaces, other, beyond_hex, _] =
                counts.to_le_bytes().map(usize::from);
            makeup.lower += lower;
            makeup.upper += upper;
            makeup.digits += digits;
            makeup.symbols += symbols;
            makeup.spaces += spaces;
            makeup.other += other;
            makeup.beyond_hex += beyond_hex;
        }
        makeup.distinct = seen.iter().map(|w| w.count_ones()).sum();
        makeup
    }

    /// Letters of both cases.
    pub(in crate::engine) fn letters(&self) -> usize {
        self.lower + self.upper
    }

    /// Whether it reads as a hexadecimal number in one case (dashes allowed).
    pub(in crate::engine) fn is_hex(&self) -> bool {
        self.beyond_hex == 0 && (self.lower == 0 || self.upper == 0) && self.digits + self.letters() >= 6
    }

    /// Which of the three alphabets it draws from: 16, 36 or 62 letters and digits.
    fn alphabet(&self) -> usize {
        if self.is_hex() && self.digits > 0 { 0 } else { 1 + usize::from(self.lower > 0 && self.upper > 0) }
    }
}

/// One in each class that a byte counts for: byte 0 small letters, 1 capitals, 2 digits, 3 other visible, 4 spaces, 5 the
/// rest, and 6 letters beyond hex.
static COUNT: [u64; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        let class = match b {
            b'a'..=b'z' => 0,
            b'A'..=b'Z' => 1,
            b'0'..=b'9' => 2,
            b' ' | b'\t' | b'\n' | b'\r' => 4,
            0x21..=0x7e => 3,
            _ => 5,
        };
        table[byte] = 1 << (8 * class);
        if b.is_ascii_alphabetic() && !b.is_ascii_hexdigit() {
            table[byte] |= 1 << 48;
        }
        byte += 1;
    }
    table
};

/// The row of each byte in the table.
static SYMBOLS: [u8; 256] = {
    let mut symbols = [SEPARATOR as u8; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        match b {
            b'a'..=b'z' => symbols[byte] = b - b'a',
            b'A'..=b'Z' => symbols[byte] = b - b'A' + 26,
            b'0'..=b'9' => symbols[byte] = DIGIT as u8,
            _ => {}
        }
        byte += 1;
    }
    symbols
};

/// The rows of digits and of what is no letter or digit.
const DIGIT: usize = 52;
const SEPARATOR: usize = 53;

/// For each of the three alphabets, how much likelier the second of two symbols is in random text than in words, in eighths
/// of a bit. One odd pair says little (a typing error or a foreign word), so that no pair counts for more than four bits; a
/// separator behind a symbol counts for nothing.
static PAIRS: [[[i8; 54]; 54]; 3] = {
    let mut pairs = [[[0; 54]; 54]; 3];
    let mut alphabet = 0;
    while alphabet < 3 {
        let mut last = 0;
        while last < 54 {
            let mut here = 0;
            while here < SEPARATOR {
                let random = if here == DIGIT { DIGIT_COST[alphabet] } else { LETTER_COST[alphabet] };
                let odds = random - NATURAL[last][here] as i32;
                pairs[alphabet][last][here] = if odds < -32 {
                    -32
                } else if odds > 32 {
                    32
                } else {
                    odds as i8
                };
                here += 1;
            }
            last += 1;
        }
        alphabet += 1;
    }
    pairs
};

/// How much more likely the value is as random text than as words, in eighths of a bit a pair; see [`RANDOM`].
pub(in crate::engine) fn score(value: &[u8], makeup: &Makeup) -> i32 {
    let odds = &PAIRS[makeup.alphabet()];
    let (mut sum, mut pairs) = (0i32, 0i32);
    let mut last = SEPARATOR;
    for &byte in value {
        let here = usize::from(SYMBOLS[usize::from(byte)]);
        sum += i32::from(odds[last][here]);
        pairs += i32::from(here != SEPARATOR);
        last = here;
    }
    if pairs == 0 { -32 } else { sum / pairs }
}

/// Whether a value looks random for its length and alphabet.
pub(in crate::engine) fn is_random(value: &[u8], makeup: &Makeup) -> bool {
    // Short values say less: they must be odder.
    let floor = if value.len() < 12 { RANDOM + 3 } else { RANDOM };
    makeup.distinct >= 6 && score(value, makeup) >= floor
}

#[cfg(test)]
mod tests {
    use super::{Makeup, is_random, score};

    /// A key from a fixed generator, so that no real-looking key stands here.
    fn made(alphabet: &[u8], len: usize, seed: u64) -> Vec<u8> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        (0..len)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                alphabet[(state >> 33) as usize % alphabet.len()]
            })
            .collect()
    }

    fn share(alphabet: &[u8], len: usize) -> usize {
        (0..1000)
            .filter(|&seed| {
                let value = made(alphabet, len, seed);
                is_random(&value, &Makeup::of(&value))
            })
            .count()
    }

    #[test]
    fn random_values_of_every_alphabet_are_known() {
        let base62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        for (alphabet, len, least) in [
            (&base62[..], 16, 950),
            (base62, 20, 970),
            (base62, 32, 990),
            (&base62[..16], 32, 900),
            (&b"0123456789abcdef"[..], 32, 970),
            (b"0123456789abcdef", 40, 980),
            (b"0123456789abcdefghijklmnopqrstuvwxyz", 20, 950),
            (b"0123456789abcdefghijklmnopqrstuvwxyz", 32, 990),
            (b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 32, 990),
            (b"abcdefghijklmnopqrstuvwxyz", 32, 900),
        ] {
            let got = share(alphabet, len);
            assert!(got >= least, "{got} of 1000 of {len} of {}", alphabet.len());
        }
    }

    #[test]
    fn names_and_words_are_known() {
        for text in [
            "getElementsByClassName",
            "CONFIG_SND_SOC_WM8960",
            "ieee80211_get_channel",
            "your-api-key-here",
            "org.springframework.beans.factory",
            "aws-subdomain-for-database",
            "PdfEncryptionKeySize.Key128Bit",
            "thisismypassword",
            "some-long-model-name-instruct",
            "rt_mutex_lock",
        ] {
            let makeup = Makeup::of(text.as_bytes());
            assert!(!is_random(text.as_bytes(), &makeup), "{text} {}", score(text.as_bytes(), &makeup));
        }
    }

    #[test]
    fn long_values_are_counted_to_the_end() {
        let makeup = Makeup::of("aB3- \u{1}".repeat(1000).as_bytes());
        let counts = [makeup.lower, makeup.upper, makeup.digits, makeup.symbols, makeup.spaces, makeup.other];
        assert_eq!((counts, makeup.beyond_hex, makeup.distinct), ([1000; 6], 0, 6));
    }
}
