//! Base64 of what says nothing.

use super::Case;
use super::placeholder::says_nothing;
use crate::engine::judge::random::{Makeup, score};
use crate::rules::from_base64;

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

/// What the first 200 characters of base64 say; nothing if they are none.
fn plain(text: &[u8]) -> Option<Vec<u8>> {
    from_base64(&text[..text.len().min(200)])
}
