//! Mnemonic phrases: twelve to twenty-four words of one list in a row. Nobody writes so many of them by chance.

use std::ops::Range;

use crate::rules::is_mnemonic_word;

/// Shorter phrases may hide between two halves of a block, so that only chance would find them.
const SHORTEST: usize = 63;

/// No phrase has more words.
const MOST: usize = 24;

/// Whether a word of the list stands at `at`, and another one beside it: nearly always not.
pub(super) fn may_stand(bytes: &[u8], at: usize) -> bool {
    word(bytes, at)
        .is_some_and(|first| next(bytes, first.end).or_else(|| before(bytes, first.start)).is_some())
}

/// The phrase around `at`: as many words as one may have, and nothing beside them that goes on.
pub(super) fn around(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let first = word(bytes, at)?;
    let (mut start, mut end, mut count) = (first.start, first.end, 1);
    while let Some(word) = before(bytes, start) {
        (start, count) = (word.start, count + 1);
        if count > MOST {
            return None;
        }
    }
    while let Some(word) = next(bytes, end) {
        (end, count) = (word.end, count + 1);
        if count > MOST {
            return None;
        }
    }
    // What goes on in words is a text.
    let goes_on = matches!(&bytes[end..], [b' ', b, ..] if b.is_ascii_alphabetic());
    let begins = matches!(&bytes[..start], [.., b, b' '] if b.is_ascii_alphabetic() || *b == b',');
    let long = end - start >= SHORTEST;
    (long && matches!(count, 12 | 15 | 18 | 21 | 24) && !goes_on && !begins).then_some(start..end)
}

/// The word of the list that the byte at `at` belongs to, or that begins behind it.
fn word(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let at = if bytes.get(at)?.is_ascii_lowercase() { at } else { at + 1 };
    let left = bytes[..at].iter().rev().take(9).take_while(|b| b.is_ascii_lowercase()).count();
    let right = bytes.get(at..)?.iter().take(9).take_while(|b| b.is_ascii_lowercase()).count();
    listed(bytes, at - left, at + right)
}

/// The word of the list one space behind `end`.
fn next(bytes: &[u8], end: usize) -> Option<Range<usize>> {
    let rest = bytes.get(end..)?.strip_prefix(b" ")?;
    let length = rest.iter().take(9).take_while(|b| b.is_ascii_lowercase()).count();
    listed(bytes, end + 1, end + 1 + length)
}

/// The word of the list that ends one space in front of `start`.
fn before(bytes: &[u8], start: usize) -> Option<Range<usize>> {
    let front = bytes[..start].strip_suffix(b" ")?;
    let length = front.iter().rev().take(9).take_while(|b| b.is_ascii_lowercase()).count();
    listed(bytes, front.len() - length, front.len())
}

/// A range if a word of the list stands there, and is no part of another.
fn listed(bytes: &[u8], start: usize, end: usize) -> Option<Range<usize>> {
    let part = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    let whole = !part(start.checked_sub(1).and_then(|i| bytes.get(i))) && !part(bytes.get(end));
    (whole && is_mnemonic_word(&bytes[start..end])).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::{around, may_stand};

    #[test]
    fn a_phrase_is_as_many_words_as_it_may_have_and_no_part_of_a_text() {
        let words = "zoo able yellow mango ribbon swift";
        let twelve = format!("{words} {words}");
        for (text, wanted) in [
            (format!("M=\"{twelve}\""), true),
            (format!("mnemonic: {twelve}\n"), true),
            (format!("{twelve} {twelve}"), true),
            (format!("\"{words}\""), false),
            (format!("\"{twelve} zoo\""), false),
            (format!("the {twelve}"), false),
            (format!("{twelve} goes on"), false),
            (format!("{twelve}-x"), false),
        ] {
            let at = text.find("mango").expect("has it") + 2;
            assert!(may_stand(text.as_bytes(), at));
            let found = around(text.as_bytes(), at).map(|r| text[r].split(' ').count());
            assert_eq!(found.is_some(), wanted, "{text}");
        }
        let prose = b"words of every text that people write for each other";
        assert!((0..prose.len()).all(|at| around(prose, at).is_none()));
    }
}
