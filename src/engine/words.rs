//! Words inside names: splitting `camelCase`, `snake_case` and `kebab-case`, and hashing words and joined neighbours.
//!
//! A provider or a kind of secret is recognised by whole words of a name, compared without case and separators: the
//! rule word `open-weather` is found in `OPENWEATHER_KEY`, `openWeatherKey` and `open.weather.key`, and `key` is not found
//! in `monkey`. Looking words up by hash costs the same for ten rules and for ten thousand.

mod meaning;

use std::ops::Range;

pub(in crate::engine) use meaning::{Kind, Meaning, meaning};

/// How many neighbouring words may form one rule word or host together (`asr.api.speechmatics.com` has four).
const MAX_JOINED: usize = 5;

/// Endings that people glue to a provider's name in lower case: `dropboxtoken`.
#[rustfmt::skip]
const GLUED: &[&[u8]] = &[
    b"key", b"keys", b"apikey", b"token", b"apitoken", b"secret", b"secretkey", b"api", b"app", b"auth", b"pass",
    b"password", b"accesstoken", b"accesskey", b"id", b"client", b"pat", b"io", b"com", b"org",
];

/// Start of the hash of a word (FNV-1a, 64 bits).
pub(in crate::engine) const SEED: u64 = 0xcbf2_9ce4_8422_2325;

/// The hash with one byte more, without regard to case.
#[inline]
pub(in crate::engine) const fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ byte.to_ascii_lowercase() as u64).wrapping_mul(0x0000_0100_0000_01b3)
}

/// The hash of a text without its separators: what [`for_each_hash`] gives for the same text in any spelling.
pub(in crate::engine) const fn hash(text: &[u8]) -> u64 {
    let mut hash = SEED;
    let mut i = 0;
    while i < text.len() {
        if is_word_byte(text[i]) {
            hash = step(hash, text[i]);
        }
        i += 1;
    }
    hash
}

/// Whether a byte belongs to a word: letters, digits, and everything beyond ASCII.
#[inline]
pub(in crate::engine) const fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// The words of a text, as ranges in it.
pub(in crate::engine) struct Words<'a> {
    text: &'a [u8],
    at: usize,
}

/// Splits a text into words: at everything that is no letter or digit, and at changes of case.
pub(in crate::engine) fn words(text: &[u8]) -> Words<'_> {
    Words { text, at: 0 }
}

impl Iterator for Words<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let text = self.text;
        let start = self.at + text.get(self.at..)?.iter().position(|&b| is_word_byte(b))?;
        let mut end = start + 1;
        while let Some(&byte) = text.get(end) {
            if !is_word_byte(byte) || splits(text, end) {
                break;
            }
            end += 1;
        }
        self.at = end;
        Some(start..end)
    }
}

/// Whether a new word begins at `at` by a change of case: `apiKey`, and `APIKey` before its last capital.
#[inline]
fn splits(text: &[u8], at: usize) -> bool {
    let (before, here) = (text[at - 1], text[at]);
    if !here.is_ascii_uppercase() {
        return false;
    }
    if before.is_ascii_lowercase() || before.is_ascii_digit() && has_lower_before(text, at) {
        return true;
    }
    // `APIKey` splits before the K; `APIs` and `URLs` do not.
    before.is_ascii_uppercase()
        && text.get(at + 1).is_some_and(u8::is_ascii_lowercase)
        && text.get(at + 2).is_some_and(u8::is_ascii_lowercase)
}

/// Whether the letters in front of the digits that end at `at` are small ones: `server2Key` splits, `WM8960DAI` does not.
fn has_lower_before(text: &[u8], at: usize) -> bool {
    text[..at].iter().rev().find(|b| !b.is_ascii_digit()).is_some_and(u8::is_ascii_lowercase)
}

/// Calls `f` with the hash of every word and of every two to five neighbouring words joined, and with the bytes
/// that they span; also of a word without a glued-on `token`, `key`, ….
pub(in crate::engine) fn for_each_hash(text: &[u8], f: &mut dyn FnMut(u64, Range<usize>)) {
    let mut recent: [(u64, usize); MAX_JOINED] = [(SEED, 0); MAX_JOINED];
    let mut held = 0;
    let mut last_end = 0;
    for word in words(text) {
        if held > 0 && !joins(&text[last_end..word.start]) {
            held = 0;
        }
        if held == MAX_JOINED {
            recent.rotate_left(1);
            held -= 1;
        }
        recent[held] = (SEED, word.start);
        held += 1;
        let cut = unglued(&text[word.clone()]).map_or(word.end, |rest| word.start + rest);
        for (hash, start) in &mut recent[..held] {
            for at in word.clone() {
                if at == cut {
                    f(*hash, *start..at);
                }
                *hash = step(*hash, text[at]);
            }
            f(*hash, *start..word.end);
        }
        last_end = word.end;
    }
}

/// Whether what stands between two words lets them form one name.
fn joins(between: &[u8]) -> bool {
    match between {
        [] => true,
        [b] => matches!(b, b'_' | b'-' | b'.' | b' '),
        [b'_', b'_'] | [b'-', b'-'] => true,
        _ => false,
    }
}

/// The length of a word without what is glued on, and without digits at its end.
fn unglued(word: &[u8]) -> Option<usize> {
    let digits = word.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    if digits > 0 && word.len() - digits >= 3 {
        return Some(word.len() - digits);
    }
    let glued = GLUED
        .iter()
        .filter(|g| word.len() >= g.len() + 3 && word[word.len() - g.len()..].eq_ignore_ascii_case(g))
        .map(|g| g.len())
        .max()?;
    Some(word.len() - glued)
}

#[cfg(test)]
mod tests {
    use super::{for_each_hash, hash, words};

    fn split(text: &str) -> Vec<&str> {
        words(text.as_bytes()).map(|r| &text[r]).collect()
    }

    fn finds(text: &str, word: &str) -> bool {
        let mut found = false;
        for_each_hash(text.as_bytes(), &mut |h, _| found |= h == hash(word.as_bytes()));
        found
    }

    #[test]
    fn names_are_split_as_people_read_them() {
        assert_eq!(split("apiKey"), ["api", "Key"]);
        assert_eq!(split("APIKeyId"), ["API", "Key", "Id"]);
        assert_eq!(split("AWS_SECRET-access.key"), ["AWS", "SECRET", "access", "key"]);
        assert_eq!(
            split("BUNDLE_GEMS__CONTRIBSYS__COMToken"),
            ["BUNDLE", "GEMS", "CONTRIBSYS", "COM", "Token"]
        );
        assert_eq!(split("zerobounceTOKEN"), ["zerobounce", "TOKEN"]);
        assert_eq!(split("m3oKey2"), ["m3o", "Key2"]);
        assert_eq!(split(""), [""; 0]);
    }

    #[test]
    fn words_are_found_whole_and_joined_and_never_inside_others() {
        for text in
            ["OPENWEATHER_KEY", "openWeatherKey", "open.weather", "my_open-weather2", "openweathertoken"]
        {
            assert!(finds(text, "open-weather"), "{text}");
        }
        assert!(finds("https://asr.api.speechmatics.com/v2", "asr.api.speechmatics.com"));
        for text in ["monkey", "keyboard", "openweatherman", "open = weather"] {
            assert!(!finds(text, "key") && !finds(text, "openweather"), "{text}");
        }
    }
}
