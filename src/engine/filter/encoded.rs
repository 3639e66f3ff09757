//! Base64 of what says nothing.

use super::Case;
use super::placeholder::says_nothing;
use crate::engine::judge::random::{Makeup, score};

/// Base64 of words, as in documentation and tests; of a count; or of credentials that nobody keeps.
pub(super) fn encoded_words(case: &Case<'_>) -> bool {
    if !case.generic || case.key.len() < 8 {
        return false;
    }
    let Some(text) = plain(case.key).filter(|t| t.iter().all(|b| matches!(b, b' '..=b'~' | b'\n' | b'\r')))
    else {
        return false;
    };
    let text = text.trim_ascii();
    let secret = text.iter().position(|b| *b == b':').map_or(text, |colon| &text[colon + 1..]);
    let credentials = secret.len() < text.len();
    if case.rule.id == "generic-basic-auth" || credentials {
        return !credentials || secret.len() < 5 || says_nothing(secret) || text.starts_with(secret);
    }
    let makeup = Makeup::of(text);
    // A password holds a digit or a sign among its letters; what is made of words alone was written down for a test.
    let human = makeup.digits > 0 && makeup.symbols > 0 && makeup.spaces == 0;
    counts(text)
        || says_nothing(text)
        || score(text, &makeup) < 0 && case.key.len() >= 12 && (!human || says_nothing(text))
}

/// Whether each character follows the one before it, for the most part.
fn counts(text: &[u8]) -> bool {
    let steps = text.windows(2).filter(|w| w[1] == w[0].wrapping_add(1)).count();
    text.len() >= 8 && steps * 4 >= (text.len() - 1) * 3
}

/// What base64 of at most 200 characters says; nothing if it is none.
fn plain(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    let mut plain = Vec::with_capacity(text.len());
    let (mut bits, mut held) = (0u32, 0);
    for &byte in text.get(..text.len().min(200))? {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(six);
        held += 6;
        if held >= 8 {
            held -= 8;
            plain.push((bits >> held) as u8);
        }
    }
    Some(plain)
}
