//! Words inside names: splitting `camelCase`, `snake_case` and `kebab-case`, and hashing words and joined neighbours.
//!
//! A provider or a kind of secret is recognised by whole words of a name, compared without case and separators: the
//! rule word `open-weather` is found in `OPENWEATHER_KEY`, `openWeatherKey` and `open.weather.key`, and `key` is not found
//! in `monkey`. Looking words up by hash costs the same for ten rules and for ten thousand.

mod glued;
mod meaning;

use std::ops::Range;

use glued::cuts;

pub(in crate::engine) use meaning::{Kind, Meaning, meaning};

/// How many neighbouring words may form one rule word or host together (`asr.api.speechmatics.com` has four).
const MAX_JOINED: usize = 5;

/// What people glue in front of a provider's name in lower case: `getdropbox(…)`, `mydropboxtoken`.
const FRONTS: &[&[u8]] = &[b"get", b"set", b"my", b"new"];

/// Names behind a front are at least so long: `mysql` is no `sql` of mine.
const BEHIND_FRONT: usize = 5;

/// The factor of the hash of words: a polynomial over their bytes, so that words can be joined without reading them again.
const FACTOR: u64 = 0x0000_0100_0000_01b3;

/// The hash with one byte more, without regard to case.
#[inline]
const fn step(hash: u64, byte: u8) -> u64 {
    hash.wrapping_mul(FACTOR).wrapping_add(byte.to_ascii_lowercase() as u64 + 1)
}

/// Spreads a polynomial over all bits.
#[inline]
const fn spread(hash: u64) -> u64 {
    let hash = (hash ^ hash >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    hash ^ hash >> 29
}

/// The hash of a text without its separators: what [`for_each_hash`] gives for the same text in any spelling.
pub(in crate::engine) const fn hash(text: &[u8]) -> u64 {
    let mut hash = 0;
    let mut i = 0;
    while i < text.len() {
        if is_word_byte(text[i]) {
            hash = step(hash, text[i]);
        }
        i += 1;
    }
    spread(hash)
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
            match KINDS[usize::from(byte)] {
                Byte::Small => {}
                Byte::Capital if !splits(text, end) => {}
                _ => break,
            }
            end += 1;
        }
        self.at = end;
        Some(start..end)
    }
}

/// What a byte is to the words of a text.
#[derive(Clone, Copy)]
enum Byte {
    /// It belongs to none.
    Apart,
    /// It belongs to one.
    Small,
    /// A word may begin with it.
    Capital,
}

static KINDS: [Byte; 256] = {
    let mut kinds = [Byte::Apart; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        if b.is_ascii_uppercase() {
            kinds[byte] = Byte::Capital;
        } else if is_word_byte(b) {
            kinds[byte] = Byte::Small;
        }
        byte += 1;
    }
    kinds
};

/// Whether a new word begins with the capital at `at` by a change of case: `apiKey`, and `APIKey` before its last capital.
#[inline]
fn splits(text: &[u8], at: usize) -> bool {
    let before = text[at - 1];
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
/// that they span; also of a word without a glued-on `token`, `key`, …, or without `get` and its like in front.
pub(in crate::engine) fn for_each_hash(text: &[u8], f: &mut impl FnMut(u64, Range<usize>)) {
    for_each_begun(text, |_| usize::MAX, f);
}

/// Words that are joined to those behind them.
#[derive(Clone, Copy, Default)]
struct Joined {
    /// Their polynomial.
    hash: u64,
    /// Where they begin.
    start: usize,
    /// The number of the first.
    number: usize,
    /// How many letters they have.
    letters: usize,
    /// How many letters the longest has that may begin so.
    longest: usize,
}

/// The same for those alone that begin like something that is looked for and are not longer: `longest` says of a text how
/// many letters the longest has that its first word, and what is joined to it, may be or begin; 0: none.
#[inline]
pub(in crate::engine) fn for_each_begun(
    text: &[u8],
    longest: impl Fn(&[u8]) -> usize,
    f: &mut impl FnMut(u64, Range<usize>),
) {
    let mut recent = [Joined::default(); MAX_JOINED];
    let mut held = 0;
    let mut last_end = 0;
    for (number, word) in words(text).enumerate() {
        if held > 0 && !joins(&text[last_end..word.start]) {
            held = 0;
        }
        last_end = word.end;
        let bytes = &text[word.clone()];
        let most = longest(&text[word.start..]);
        if most > 0 {
            recent[held] = Joined { start: word.start, number, longest: most, ..Joined::default() };
            held += 1;
        }
        if let Some(front) = fronted(bytes) {
            let (rest, at) = (&bytes[front..], word.start + front);
            let most = longest(&text[at..]);
            if rest.len() <= most {
                f(spread(polynomial(rest).0), at..word.end);
            }
            for cut in cuts(rest).filter(|cut| *cut >= BEHIND_FRONT && *cut <= most) {
                f(spread(polynomial(&rest[..cut]).0), at..at + cut);
            }
        }
        if held == 0 {
            continue;
        }
        for cut in cuts(bytes) {
            let (own, power) = polynomial(&bytes[..cut]);
            for joined in recent[..held].iter().filter(|j| j.letters + cut <= j.longest) {
                f(spread(joined.hash.wrapping_mul(power).wrapping_add(own)), joined.start..word.start + cut);
            }
        }
        let (own, power) = polynomial(bytes);
        let mut kept = 0;
        for i in 0..held {
            let mut joined = recent[i];
            joined.hash = joined.hash.wrapping_mul(power).wrapping_add(own);
            joined.letters += bytes.len();
            if joined.letters <= joined.longest {
                f(spread(joined.hash), joined.start..word.end);
            }
            // What is full, or would have too many words, is let go.
            if joined.letters < joined.longest && number + 1 < joined.number + MAX_JOINED {
                recent[kept] = joined;
                kept += 1;
            }
        }
        held = kept;
    }
}

/// The polynomial of a word, and the factor by which what stands in front of it grows.
#[inline]
fn polynomial(word: &[u8]) -> (u64, u64) {
    word.iter().fold((0, 1), |(hash, power), &byte| (step(hash, byte), power.wrapping_mul(FACTOR)))
}

/// Words that people glue other words in front of: `PGPASSWORD`, `identitytoken`.
const TAILS: &[&[u8]] = &[
    b"password",
    b"passwd",
    b"passphrase",
    b"passwort",
    b"secret",
    b"token",
    b"apikey",
    b"secretkey",
    b"accesskey",
];

/// Calls `f` with the hash of the word that ends another: of `password` for `PGPASSWORD`. For names alone.
pub(in crate::engine) fn for_each_tail(name: &[u8], f: &mut dyn FnMut(u64)) {
    for word in words(name) {
        let digits = name[word.clone()].iter().rev().take_while(|b| b.is_ascii_digit()).count();
        let word = &name[word.start..word.end - digits];
        let ends = |t: &&&[u8]| word.len() > t.len() && word[word.len() - t.len()..].eq_ignore_ascii_case(t);
        if let Some(tail) = TAILS.iter().filter(ends).max_by_key(|t| t.len()) {
            f(hash(tail));
        }
    }
}

/// Whether a byte may stand between two words that form one name.
#[inline]
pub(in crate::engine) const fn is_joint(byte: u8) -> bool {
    matches!(byte, b'_' | b'-' | b'.' | b' ')
}

/// Whether what stands between two words lets them form one name.
fn joins(between: &[u8]) -> bool {
    match between {
        [] => true,
        [b] => is_joint(*b),
        [b'_', b'_'] | [b'-', b'-'] => true,
        _ => false,
    }
}

/// The length of what is glued in front of a word.
#[inline]
fn fronted(word: &[u8]) -> Option<usize> {
    if !matches!(word.first()?, b'g' | b's' | b'm' | b'n') {
        return None;
    }
    FRONTS.iter().find(|f| word.len() >= f.len() + BEHIND_FRONT && word.starts_with(f)).map(|f| f.len())
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::{for_each_begun, for_each_hash, for_each_tail, hash, is_word_byte, words};

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
    fn a_glued_tail_is_a_word_of_its_own() {
        for (name, tail) in
            [("PGPASSWORD", true), ("identitytoken2", true), ("password", false), ("tokenizer", false)]
        {
            let mut found = false;
            for_each_tail(name.as_bytes(), &mut |h| found |= h == hash(b"password") || h == hash(b"token"));
            assert_eq!(found, tail, "{name}");
        }
    }

    #[test]
    fn what_begins_with_other_words_is_left_out_and_nothing_else() {
        let text = b"one two.three four five six-seven onetoken = two three; eightNine";
        let begun = |begins: &[&[u8]], most: usize| {
            let mut all = Vec::new();
            let first = |text: &[u8]| text[words(text).next().unwrap_or_default()].to_vec();
            let longest = |text: &[u8]| if begins.contains(&&first(text)[..]) { most } else { 0 };
            for_each_begun(text, longest, &mut |hash, span| all.push((hash, span)));
            all
        };
        let mut all = Vec::new();
        for_each_hash(text, &mut |hash, span| all.push((hash, span)));
        for begins in [&[&b"two"[..], b"onetoken"][..], &[b"five", b"Nine"], &[]] {
            let starts = |at: usize| {
                begins
                    .iter()
                    .any(|b| text[at..].starts_with(b) && words(&text[at..]).next() == Some(0..b.len()))
            };
            let wanted: Vec<_> = all.iter().filter(|(_, span)| starts(span.start)).cloned().collect();
            assert_eq!(begun(begins, usize::MAX), wanted);
            for most in 1..20 {
                let letters =
                    |span: &Range<usize>| text[span.clone()].iter().filter(|b| is_word_byte(**b)).count();
                let wanted: Vec<_> =
                    wanted.iter().filter(|(_, span)| letters(span) <= most).cloned().collect();
                assert_eq!(begun(begins, most), wanted);
            }
        }
    }

    #[test]
    fn words_are_found_whole_and_joined_and_never_inside_others() {
        for text in
            ["OPENWEATHER_KEY", "openWeatherKey", "open.weather", "my_open-weather2", "openweathertoken"]
        {
            assert!(finds(text, "open-weather"), "{text}");
        }
        assert!(finds("https://asr.api.speechmatics.com/v2", "asr.api.speechmatics.com"));
        for text in ["getopenweather", "myopenweathertoken", "getOpenWeather"] {
            assert!(finds(text, "open-weather"), "{text}");
        }
        for text in
            ["OPENWEATHER1SECRET", "openweather2access", "openweatherprivatekey", "OPENWEATHERAPITOKEN3"]
        {
            assert!(finds(text, "open-weather"), "{text}");
        }
        assert!(finds("newsapikey", "newsapi") && finds("newsapikey", "news"));
        assert!(
            !finds("mysql", "sql") && !finds("newest", "est") && !finds("budgetopenweather", "openweather")
        );
        for text in ["monkey", "keyboard", "openweatherman", "open = weather"] {
            assert!(!finds(text, "key") && !finds(text, "openweather"), "{text}");
        }
    }
}
