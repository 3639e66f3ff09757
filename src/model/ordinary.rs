//! Texts so ordinary that no key can stand in them: `src/config/settings.py`, `export GITHUB_TOKEN=`.
//!
//! Two decisions go by this. A value that is ordinary is not looked for in names: it would hide half of them and protect
//! nobody. And a line of a report may go out before all keys of the run are known if all that it shows is ordinary. The
//! second is sound because of the first: every piece of an ordinary text is [ordinary as a value](is_ordinary_value), so
//! no key that is found later can stand in it.

mod words;

use std::sync::LazyLock;

use words::WORDS;

/// A shorter piece hides nothing: values of fewer bytes are not looked for in names.
pub const SHORTEST: usize = 8;
/// A longer word must be known.
const LONGEST_WORD: usize = 12;
/// A longer run of digits may be a secret.
const LONGEST_NUMBER: usize = 4;
/// Shorter words (`key`, `api`, `the`) need not be known.
const SHORT_WORD: usize = 3;

/// Whether no value that is looked for in names can stand in a text.
pub fn is_ordinary(text: &[u8]) -> bool {
    all_parts(text, |part, _| is_ordinary_part(part, Cut::NOWHERE))
}

/// Whether a value may be a piece of an [ordinary](is_ordinary) text, cut out anywhere.
pub fn is_ordinary_value(value: &[u8]) -> bool {
    // An ellipsis may be cut as well.
    let value = [&b"\x80\xa6"[..], b"\xa6"].iter().find_map(|end| value.strip_prefix(*end)).unwrap_or(value);
    let value =
        [&b"\xe2\x80"[..], b"\xe2"].iter().find_map(|start| value.strip_suffix(*start)).unwrap_or(value);
    all_parts(value, is_ordinary_part)
}

/// Whether the ends of a part may be those of longer words.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Cut {
    first: bool,
    last: bool,
}

impl Cut {
    const NOWHERE: Cut = Cut { first: false, last: false };
}

/// Splits a text where values do not go on, and asks of each part; the first and the last may be cut.
fn all_parts(text: &[u8], is_fine: impl Fn(&[u8], Cut) -> bool) -> bool {
    // The ellipsis of an excerpt separates; in front of a bracket it stands for a key.
    let is_break = |b: u8| b"/\\=:,;()[]{}<>\"'`|".contains(&b);
    let mut rest = text;
    let mut first = true;
    loop {
        let end = rest.iter().position(|&b| is_break(b) || !is_plain(b)).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        if !is_fine(part, Cut { first, last: after.is_empty() }) {
            return false;
        }
        first = false;
        rest = match after {
            [] => return true,
            [b, after @ ..] if is_break(*b) => after,
            // `…`
            [0xe2, 0x80, 0xa6, after @ ..] if !after.starts_with(b"(") => after,
            _ => return false,
        };
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() || byte == b' ' || byte == b'\t'
}

fn is_ordinary_part(part: &[u8], cut: Cut) -> bool {
    is_short_part(part) || is_made_of_words(part, cut)
}

/// A part in which no value fits, and which is no piece of one that a machine made either.
fn is_short_part(part: &[u8]) -> bool {
    let has = |class: fn(&u8) -> bool| part.iter().any(class);
    part.len() < SHORTEST
        && !(has(u8::is_ascii_digit) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase))
}

/// Whether a part is known words with at most one unknown one or one number among them.
fn is_made_of_words(part: &[u8], cut: Cut) -> bool {
    let (mut unknown, mut numbers) = (0, 0);
    let mut at = 0;
    while let Some(start) = part[at..].iter().position(u8::is_ascii_alphanumeric).map(|n| at + n) {
        let end = end_of_token(part, start);
        let token = &part[start..end];
        let cut = Cut { first: cut.first && start == 0, last: cut.last && end == part.len() };
        match kind_of(token, cut) {
            Token::Known => {}
            Token::Unknown => unknown += 1,
            Token::Number => numbers += 1,
            Token::Odd => return false,
        }
        if unknown > 1 || numbers > 1 || unknown + numbers > 1 {
            return false;
        }
        at = end;
    }
    true
}

/// Tokens end at signs and where `camelCase` goes on.
fn end_of_token(part: &[u8], start: usize) -> usize {
    let goes_on = |at: usize| {
        part.get(at).is_some_and(|b| {
            b.is_ascii_alphanumeric() && !(b.is_ascii_uppercase() && part[at - 1].is_ascii_lowercase())
        })
    };
    let mut end = start + 1;
    while goes_on(end) {
        end += 1;
    }
    end
}

enum Token {
    Known,
    Unknown,
    Number,
    Odd,
}

fn kind_of(token: &[u8], cut: Cut) -> Token {
    let is_word = token.iter().all(u8::is_ascii_alphabetic);
    if !is_word {
        let is_number = token.len() <= LONGEST_NUMBER && token.iter().all(u8::is_ascii_digit);
        let is_version = token.len() <= SHORT_WORD && !token.iter().any(u8::is_ascii_uppercase);
        return if is_number || is_version { Token::Number } else { Token::Odd };
    }
    // `iOS` and `APIKey` are not told apart from chance.
    let same_case = token[1..].iter().all(u8::is_ascii_lowercase) || token.iter().all(u8::is_ascii_uppercase);
    if !same_case {
        Token::Odd
    } else if token.len() <= SHORT_WORD || is_known(token, cut) {
        Token::Known
    } else if token.len() <= LONGEST_WORD {
        Token::Unknown
    } else {
        Token::Odd
    }
}

/// All words, each between two line ends: one search in it finds a piece of any of them.
static LINES: LazyLock<String> = LazyLock::new(|| format!("\n{}\n", WORDS.join("\n")));

fn is_known(token: &[u8], cut: Cut) -> bool {
    let mut word = token.to_ascii_lowercase();
    if cut == Cut::NOWHERE {
        return WORDS.binary_search_by(|w| w.as_bytes().cmp(&word)).is_ok();
    }
    if !cut.first {
        word.insert(0, b'\n');
    }
    if !cut.last {
        word.push(b'\n');
    }
    memchr::memmem::find(LINES.as_bytes(), &word).is_some()
}

#[cfg(test)]
mod tests {
    use super::{SHORT_WORD, SHORTEST, WORDS, is_ordinary, is_ordinary_value};
    use proptest::prelude::*;

    #[test]
    fn names_of_files_and_beginnings_of_lines_are_ordinary() {
        for text in [
            "",
            "src/app.py",
            "docker-compose.yml",
            "packages/billing/webhook_handler.test.ts",
            "infra/k8s/prod/secrets.yaml",
            "a/b/c/d.e",
            "README.md",
            "GITHUB_TOKEN = \"",
            "    \"stripe_secret_key\": \"",
            "const clientSecret = '",
            "curl -H \"Authorization: token ",
            "…_access_token: ",
            "v2/python3/x",
        ] {
            assert!(is_ordinary(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is_not() {
        for text in [
            "notes/correct-horse-battery.md",
            "Gr4nite-x9/app.py",
            "backup/Summer2024.txt",
            "posts/2024-05-03-hello.md",
            "x/abcdefghijklmnop",
            "src/\u{fc}ber.py",
            "a/\u{2026}(40 characters)/b",
            "a\nb",
            "deadbeefcafe1234",
            "tok3nVal/zzzz",
        ] {
            assert!(!is_ordinary(text.as_bytes()), "{text}");
        }
        assert!(!is_ordinary(b"bad\xff"));
    }

    #[test]
    fn words_are_sorted_and_long_enough() {
        assert!(WORDS.is_sorted());
        assert!(WORDS.iter().all(|w| w.len() > SHORT_WORD && w.bytes().all(|b| b.is_ascii_lowercase())));
    }

    /// Texts of which many are ordinary.
    fn texts() -> impl Strategy<Value = String> {
        let known = proptest::sample::select(WORDS.to_vec()).prop_map(str::to_owned);
        let word = prop_oneof![
            4 => known.clone(),
            1 => known.clone().prop_map(|w| w.to_ascii_uppercase()),
            1 => known.prop_map(|w| w[..1].to_ascii_uppercase() + &w[1..]),
            2 => "[a-z]{4,12}",
            1 => "[A-Z][a-z]{3,8}",
            1 => "[a-z]{1,3}",
            1 => "[0-9]{1,4}",
            1 => "[a-z][0-9]",
        ];
        let sign = proptest::sample::select(vec!["", "_", "-", ".", " ", "/", "/", "=", ": \"", "\u{2026}"]);
        proptest::collection::vec((word, sign), 1..6)
            .prop_map(|all| all.into_iter().flat_map(|(word, sign)| [word, sign.to_owned()]).collect())
    }

    proptest! {
        #[test]
        fn every_piece_of_an_ordinary_text_is_ordinary_as_a_value(text in texts()) {
            if is_ordinary(text.as_bytes()) {
                let text = text.as_bytes();
                for from in 0..text.len() {
                    for to in from + SHORTEST..=text.len() {
                        let piece = &text[from..to];
                        prop_assert!(is_ordinary_value(piece), "{}", String::from_utf8_lossy(piece));
                    }
                }
            }
        }
    }
}
