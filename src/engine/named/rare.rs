//! Rare signs, read off the classes of 64 bytes by a few instructions: options, words in capitals, a colon between
//! letters. What stands there is looked at only where one is.

use crate::lanes::Masks;

/// Where in a block something rare may begin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rare {
    /// A dash or a slash with a letter or digit behind it and no token byte in front, as options begin; and `:` or `=`
    /// between token bytes.
    pub(super) signs: u64,
    /// The first of eight capitals in a row, or of exactly three that are a word of their own.
    pub(super) capitals: u64,
    /// Whether the first half of the block and the second hold nothing but small letters and single bytes between them:
    /// words in a row.
    pub(super) words: [bool; 2],
}

impl Rare {
    /// Those of block `k`.
    #[inline]
    pub(super) fn of(masks: &Masks, k: usize) -> Rare {
        let behind = |column: &[u64]| column[k] >> 1 | column[k + 1] << 63;
        // What stood before the first block is not known: it may have been either.
        let (last, other) = if k == 0 { (0, 1) } else { (masks.token[k - 1] >> 63, 0) };
        let before = masks.token[k] << 1 | last;
        let options = (masks.dash[k] | masks.slash[k]) & !before;
        let joints = masks.assign[k] & (before | other);
        let signs = (options | joints) & behind(&masks.alnum);
        let pairs = masks.upper[k] & behind(&masks.upper) & !before;
        let capitals = if pairs == 0 { 0 } else { capitals(masks, k) & !before };
        let small = masks.alnum[k] & !masks.digit[k] & !masks.upper[k];
        let between = !masks.alnum[k] & (small << 1 | 1) & (small >> 1 | 1 << 63);
        let words = small | between;
        Rare { signs, capitals, words: [words as u32 == !0, (words >> 32) as u32 == !0] }
    }
}

/// Where eight capitals stand in a row, and where exactly three stand before something else.
#[cold]
fn capitals(masks: &Masks, k: usize) -> u64 {
    let wide = |column: &[u64]| u128::from(column[k]) | u128::from(column[k + 1]) << 64;
    let upper = wide(&masks.upper);
    let two = upper & upper >> 1;
    let four = two & two >> 2;
    (four & four >> 4 | two & upper >> 2 & !(wide(&masks.token) >> 3)) as u64
}

#[cfg(test)]
mod tests {
    use super::Rare;
    use crate::lanes::{Masks, classify};

    #[test]
    fn words_in_a_row_are_seen() {
        let words = |text: &str| {
            let mut masks = Box::<Masks>::default();
            classify(text.as_bytes(), &mut masks);
            Rare::of(&masks, 0).words
        };
        assert_eq!(words(&"able zoo ".repeat(20)), [true, true]);
        assert_eq!(words(&("able, zoo ".repeat(3) + &"able zoo ".repeat(9))), [false, true]);
        assert_eq!(words(&"Able zoo ".repeat(20)), [false, false]);
    }

    /// The signs and capitals of a text, as places.
    fn rare(text: &str) -> (Vec<usize>, Vec<usize>) {
        let mut masks = Box::<Masks>::default();
        classify(text.as_bytes(), &mut masks);
        let places = |of: fn(Rare) -> u64| {
            (0..text.len()).filter(|i| of(Rare::of(&masks, i / 64)) >> (i % 64) & 1 == 1).collect()
        };
        (places(|r| r.signs), places(|r| r.capitals))
    }

    #[test]
    fn signs_and_capitals_are_seen_across_blocks() {
        for shift in 2..150 {
            let pad = " ".repeat(shift - 2);
            let seen = |text: &str| rare(&format!("{pad}; {text}"));
            for text in ["-p x", "/user:x", "-px"] {
                assert!(seen(text).0.contains(&shift), "{text} at {shift}");
            }
            assert!(seen("ab:cd").0.contains(&(shift + 2)));
            for text in ["- x", "a-b", "--", "a: b", "::"] {
                assert_eq!(seen(text).0, [0; 0], "{text} at {shift}");
            }
            for text in ["IDENTIFIED BY", "PDO(x"] {
                assert_eq!(seen(text).1, [shift], "{text} at {shift}");
            }
            for text in ["IDENTIFY Xy", "PDOX(", "SHORT", "xPDO(", "Abc"] {
                let wanted: &[usize] = if text.starts_with("IDENTIFY") { &[shift] } else { &[] };
                assert_eq!(seen(text).1, wanted, "{text} at {shift}");
            }
        }
    }
}
