//! Mnemonic phrases (BIP-39): 12 to 24 words of a public list of 2,048, whose last bits are a checksum of the others.
//!
//! The English list is that of the standard (bitcoin/bips and trezor/python-mnemonic, both MIT). It becomes a table when
//! this program is built: sorted words of at most eight letters, each a number.

use sha2::{Digest, Sha256};

use crate::model::Checksum;
use crate::rules::rng::Rng;

/// How many words the list has: eleven bits each.
const COUNT: usize = 2048;

/// The list in its order, which is that of the alphabet.
static WORDS: [u64; COUNT] = table(include_bytes!("bip39.txt"));

const fn table(text: &[u8]) -> [u64; COUNT] {
    let mut words = [0; COUNT];
    let (mut at, mut word, mut shift, mut i) = (0, 0u64, 56, 0);
    while i < text.len() {
        if text[i] == b'\n' {
            words[at] = word;
            (at, word, shift) = (at + 1, 0, 56);
        } else {
            word |= (text[i] as u64) << shift;
            shift = if shift == 0 { 0 } else { shift - 8 };
        }
        i += 1;
    }
    assert!(at == COUNT, "the list is whole");
    words
}

/// Where the words with each first letter begin; and behind the last one.
static LETTERS: [u16; 27] = {
    let mut letters = [COUNT as u16; 27];
    let mut at = COUNT;
    while at > 0 {
        at -= 1;
        let mut letter = (WORDS[at] >> 56) as usize - b'a' as usize;
        letters[letter] = at as u16;
        // Letters that no word begins with end where the next ones begin.
        while letter > 0 {
            letter -= 1;
            letters[letter] = at as u16;
        }
    }
    letters
};

/// The place of a word in the list.
fn place(word: &[u8]) -> Option<u16> {
    if !(3..=8).contains(&word.len()) {
        return None;
    }
    let letter = usize::from(word[0].checked_sub(b'a').filter(|letter| *letter < 26)?);
    let (from, to) = (usize::from(LETTERS[letter]), usize::from(LETTERS[letter + 1]));
    let mut eight = [0; 8];
    eight[..word.len()].copy_from_slice(word);
    let eight = u64::from_be_bytes(eight);
    let bit = first_four(eight);
    if FIRST_FOURS[bit / 64] >> (bit % 64) & 1 == 0 {
        return None;
    }
    let at = WORDS[from..to].binary_search(&eight).ok()?;
    u16::try_from(from + at).ok()
}

/// A bit for each four letters that a word begins with: texts are full of other words.
static FIRST_FOURS: [u64; 512] = {
    let mut bits = [0; 512];
    let mut i = 0;
    while i < WORDS.len() {
        let bit = first_four(WORDS[i]);
        bits[bit / 64] |= 1 << (bit % 64);
        i += 1;
    }
    bits
};

/// The bit of the first four letters of a word; some share one.
const fn first_four(eight: u64) -> usize {
    ((eight >> 32) as u32).wrapping_mul(0x9E37_79B1) as usize >> 17
}

/// Whether a word, in small letters, is one of the list.
pub fn is_mnemonic_word(word: &[u8]) -> bool {
    place(word).is_some()
}

/// Whether all words are of the list, as many as a phrase may have, and the last bits right.
pub(super) fn check(key: &[u8]) -> Checksum {
    let places: Option<Vec<u16>> =
        key.split(u8::is_ascii_whitespace).filter(|w| !w.is_empty()).map(place).collect();
    match places {
        Some(places) if matches!(places.len(), 12 | 15 | 18 | 21 | 24) && holds(&places) => Checksum::Valid,
        _ => Checksum::Invalid,
    }
}

/// Whether the last bits are the first of SHA-256 of the others: one for each three words.
fn holds(places: &[u16]) -> bool {
    let mut bytes = Vec::with_capacity(33);
    let (mut bits, mut held) = (0u32, 0);
    for place in places {
        bits = bits << 11 | u32::from(*place);
        held += 11;
        while held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    let check = places.len() / 3;
    let entropy = places.len() * 11 / 33 * 4;
    if held > 0 {
        bytes.push((bits << (8 - held)) as u8);
    }
    let hash = Sha256::digest(&bytes[..entropy]);
    hash[0] >> (8 - check) == bytes[entropy] >> (8 - check)
}

/// A phrase of nobody: random words, and a last one that fits.
pub(super) fn seal(rng: &mut Rng) -> Option<Vec<u8>> {
    let mut places: Vec<u16> = (0..12).map(|_| rng.below(COUNT as u64) as u16).collect();
    let last = (0..COUNT as u16).find(|last| {
        places[11] = *last;
        holds(&places)
    })?;
    places[11] = last;
    let words = places.iter().map(|at| WORDS[usize::from(*at)].to_be_bytes());
    let words: Vec<Vec<u8>> = words.map(|w| w.into_iter().filter(|b| *b != 0).collect()).collect();
    Some(words.join(&b' '))
}

#[cfg(test)]
mod tests {
    use super::{WORDS, check, is_mnemonic_word, seal};
    use crate::model::Checksum;
    use crate::rules::rng::Rng;

    #[test]
    fn the_list_is_sorted_and_asked_by_whole_words() {
        assert!(WORDS.is_sorted() && WORDS[0].to_be_bytes() == *b"abandon\0");
        assert!(is_mnemonic_word(b"zoo") && is_mnemonic_word(b"mountain"));
        assert!(!is_mnemonic_word(b"mountains") && !is_mnemonic_word(b"the") && !is_mnemonic_word(b""));
    }

    #[test]
    fn the_last_bits_of_a_phrase_are_right() {
        // The first and the last vector of the standard, put together here.
        let (low, high) = ("abandon ".repeat(11) + "about", "zoo ".repeat(23) + "vote");
        for phrase in [&low, &high] {
            assert_eq!(check(phrase.as_bytes()), Checksum::Valid, "{phrase}");
        }
        let wrong = "abandon ".repeat(12);
        for phrase in [&*wrong, "abandon about", &low.replace("about", "abouts")] {
            assert_eq!(check(phrase.as_bytes()), Checksum::Invalid, "{phrase}");
        }
        let made = seal(&mut Rng::new(b"bip39", 1)).expect("made");
        assert_eq!(check(&made), Checksum::Valid);
    }
}
