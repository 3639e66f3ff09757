//! What people glue behind a provider's name without a change of case: `dropboxtoken`, `DROPBOX2APISECRET`.

/// Endings that people glue to a provider's name without a change of case: `dropboxtoken`. By last letter.
const fn glued(last: u8) -> &'static [&'static [u8]] {
    match last {
        b'y' => &[b"key"],
        b'n' => &[b"token"],
        b't' => &[b"secret", b"client", b"pat"],
        b's' => &[b"keys", b"pass", b"access", b"credentials"],
        b'd' => &[b"password", b"id"],
        b'e' => &[b"private"],
        b'l' => &[b"credential"],
        b'h' => &[b"auth"],
        b'i' => &[b"api"],
        b'p' => &[b"app"],
        b'o' => &[b"io"],
        b'm' => &[b"com"],
        b'g' => &[b"org"],
        _ => &[],
    }
}

/// So many endings may stand behind each other: `DROPBOX2APISECRETKEY`.
const MAX_GLUED: usize = 4;

/// The lengths of a word without what is glued on, one ending after the other.
#[inline]
pub(super) fn cuts(word: &[u8]) -> impl Iterator<Item = usize> {
    std::iter::successors(unglued(word), |cut| unglued(&word[..*cut])).take(MAX_GLUED)
}

/// The length of a word without one ending that is glued on, or without digits at its end.
fn unglued(word: &[u8]) -> Option<usize> {
    let digits = word.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    if digits > 0 && word.len() - digits >= 3 {
        return Some(word.len() - digits);
    }
    let glued = glued(word.last()?.to_ascii_lowercase());
    let fits = |g: &&&[u8]| word.len() >= g.len() + 3 && word[word.len() - g.len()..].eq_ignore_ascii_case(g);
    glued.iter().find(fits).map(|g| word.len() - g.len())
}
