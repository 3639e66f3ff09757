//! What may stand to the left of a key.
//!
//! A letter in front of a key usually means that it is the middle of something else. Not so when that letter belongs
//! to an escape: `"\nghp_…"`, `%3Dghp_…`, `\u003dghp_…`, `ESC[0mghp_…`; nor where a word for secrets ends there, or one of
//! the provider's own: `token_ghp_…`, `github-ghp_…`.

use crate::rules::Charset;

/// What stands further in front of a key than so many bytes has no say in whether it may start there.
pub(super) const FRONT: usize = 24;

/// Whether a key may start at `start`, given the bytes that must not stand before it and the words of its provider.
pub(super) fn may_start(bytes: &[u8], start: usize, not_before: &Charset, words: &[impl AsRef<str>]) -> bool {
    match start.checked_sub(1).and_then(|i| bytes.get(i)) {
        Some(&before) if not_before.has(before) => {
            after_escape(bytes, start)
                || matches!(before, b'-' | b'_')
                    && (after_glue(bytes, start) || after_own(bytes, start, words))
        }
        // `%20` is an escape, and what follows begins behind it.
        Some(b'%') => !bytes.get(start..start + 2).is_some_and(|d| d.iter().all(u8::is_ascii_hexdigit)),
        _ => true,
    }
}

/// Whether the bytes directly before `start` are an escape of some kind.
fn after_escape(bytes: &[u8], start: usize) -> bool {
    let before = &bytes[start.saturating_sub(10)..start];
    let hex = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
    match before {
        [.., b'\\', b'n' | b't' | b'r' | b'b' | b'f' | b'v' | b'0' | b'e' | b'a'] => true,
        [.., b'\\', b'u', a, b, c, d] if hex(&[*a, *b, *c, *d]) => true,
        [.., b'\\', b'x', a, b] if hex(&[*a, *b]) => true,
        [.., b'%', a, b] if hex(&[*a, *b]) => true,
        // quoted-printable's `=`, and the same escape escaped once more: `%253D`
        [.., b'=', b'3', b'D' | b'd'] => true,
        [.., b'%', b'2', b'5', a, b] if hex(&[*a, *b]) => true,
        [head @ .., b'm'] => after_colour(head),
        _ => false,
    }
}

/// Whether a word for secrets is glued in front with a dash or an underscore: `token_ghp_…`, `provider-SECRET-sk-…`.
/// The word ends where the key begins, whatever its prefix may be a part of elsewhere (`task-…`, `disk-sk-…`).
pub(super) fn after_glue(bytes: &[u8], start: usize) -> bool {
    const WORDS: [&[u8]; 12] = [
        b"key",
        b"token",
        b"secret",
        b"access",
        b"bearer",
        b"private",
        b"api",
        b"auth",
        b"pass",
        b"password",
        b"credential",
        b"credentials",
    ];
    let word = &bytes[start.saturating_sub(12)..start.saturating_sub(1)];
    WORDS.iter().any(|w| word.len() >= w.len() && word[word.len() - w.len()..].eq_ignore_ascii_case(w))
}

/// Whether one of the provider's words, and no more of a word, is glued in front: `neospeech-sk-…`.
fn after_own(bytes: &[u8], start: usize, words: &[impl AsRef<str>]) -> bool {
    let front = &bytes[start.saturating_sub(FRONT)..start - 1];
    words.iter().map(|w| w.as_ref().as_bytes()).any(|word| {
        // One byte more must be known, since it may go on there.
        let Some(rest) = front.len().checked_sub(word.len()).filter(|_| word.len() + 2 <= FRONT) else {
            return false;
        };
        front[rest..].eq_ignore_ascii_case(word)
            && !front[..rest].last().is_some_and(u8::is_ascii_alphanumeric)
    })
}

/// Whether text ends with what starts a colour sequence, its final `m` taken off: `ESC [ 0 ; 1`.
fn after_colour(head: &[u8]) -> bool {
    let digits = head.iter().rev().take_while(|b| b.is_ascii_digit() || **b == b';').count();
    let head = &head[..head.len() - digits];
    matches!(head, [.., 0x1b | b'e' | b'3' | b'b' | b'B', b'['])
}

/// Where else behind `start` a key may begin, because an escape stands there.
pub(super) fn behind_escape(bytes: &[u8], start: usize) -> Option<usize> {
    let before = *bytes.get(start.checked_sub(1)?)?;
    let run = bytes.get(start..bytes.len().min(start + 16))?;
    let skip = match (before, run) {
        (b'\\', [b'u', ..]) => 5,
        (b'\\', [b'x', ..]) => 3,
        (b'\\', [_, ..]) => 1,
        (b'%', [b'2', b'5', ..]) if run.get(2..4).is_some_and(|d| d.iter().all(u8::is_ascii_hexdigit)) => {
            // `%25` followed by a key that begins with two hex digits is rarer than `%253D`.
            4
        }
        (b'%', _) | (b'=', [b'3', b'D' | b'd', ..]) => 2,
        (b'[' | b';', _) => run.iter().take_while(|b| b.is_ascii_digit()).count() + 1,
        _ => return None,
    };
    let at = start + skip;
    (at < bytes.len() && after_escape(bytes, at)).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_of_an_escape_is_no_neighbour() {
        let alnum = Charset::WORD.with(b'-');
        for (text, free) in [
            ("=KEY", true),
            ("xKEY", false),
            (r"\nKEY", true),
            (r"\u003dKEY", true),
            (r"\x3dKEY", true),
            ("%3DKEY", true),
            ("%20KEY", true),
            ("%253DKEY", true),
            ("\x1b[0mKEY", true),
            ("\x1b[01;31mKEY", true),
            (r"\033[0mKEY", true),
            (r"\x1b[0mKEY", true),
            ("a[0]mKEY", false),
            ("nKEY", false),
            ("u003dKEY", false),
            ("token_KEY", true),
            ("provider-SECRET-KEY", true),
            ("provider.api_KEY", true),
            ("credentials-KEY", true),
            ("tokens_KEY", false),
            ("task_KEY", false),
            ("tokenKEY", false),
            ("acme-KEY", true),
            ("x Acme_KEY", true),
            ("my-acme-KEY", true),
            ("xacme-KEY", false),
            ("acme-x-KEY", false),
            ("acmeKEY", false),
            ("KEY", true),
        ] {
            let at = text.len() - 3;
            assert_eq!(may_start(text.as_bytes(), at, &alnum, &["acme"]), free, "{text}");
            if free && at > 2 && !matches!(text.as_bytes()[at - 1], b'-' | b'_') {
                let run = text.bytes().rposition(|b| !super::super::masks::is_token(b)).map_or(0, |i| i + 1);
                if run < at {
                    assert_eq!(behind_escape(text.as_bytes(), run), Some(at), "{text}");
                }
            }
        }
    }
}
