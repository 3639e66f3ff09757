//! The one door between a key and what is printed of it: redacted, unless `--show-secrets` asked for clear text.

use std::borrow::Cow;

use crate::model::Secret;

use super::Look;

/// What may be printed of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    /// The redacted form, or the key itself made UTF-8. Not escaped.
    pub(super) text: String,
    /// The key's bytes in base64, only where it is shown and is not UTF-8.
    pub(super) base64: Option<String>,
}

impl Shown {
    /// Where there is no key.
    pub(super) fn nothing() -> Shown {
        Shown { text: String::new(), base64: None }
    }
}

/// What this look shows of a key. An empty secret (a file that should not be there at all) is shown as nothing.
pub(super) fn shown(secret: &Secret, look: Look) -> Shown {
    if secret.is_empty() {
        return Shown::nothing();
    }
    if !look.show_secrets {
        return Shown { text: secret.redacted(), base64: None };
    }
    let bytes = secret.reveal();
    match String::from_utf8_lossy(bytes) {
        Cow::Borrowed(text) => Shown { text: text.to_owned(), base64: None },
        Cow::Owned(text) => Shown { text, base64: Some(base64(bytes)) },
    }
}

/// The same as text alone, for who asks a person. Not escaped.
pub fn shown_text(secret: &Secret, look: Look) -> String {
    shown(secret, look).text
}

/// Base64 with padding, for bytes that JSON cannot hold.
pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            if place <= chunk.len() {
                let digit = (bits >> (18 - 6 * place)) & 63;
                text.push(char::from(DIGITS[digit as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{base64, shown};
    use crate::model::Secret;
    use crate::reports::Look;

    #[test]
    fn base64_is_the_usual_one() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xff, 0xfe]), "//4=");
    }

    #[test]
    fn clear_text_only_when_asked_for() {
        let secret = Secret::new(b"vg_live_0a1b2c3d4e5f6a7b8c9d\xff", 8);
        assert!(!shown(&secret, Look::PLAIN).text.contains("2c3d"));
        assert_eq!(shown(&secret, Look::PLAIN).base64, None);
        let clear = shown(&secret, Look { show_secrets: true, ..Look::PLAIN });
        assert_eq!(clear.text, "vg_live_0a1b2c3d4e5f6a7b8c9d\u{fffd}");
        assert!(clear.base64.is_some());
    }
}
