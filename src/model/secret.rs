//! The bytes of a key, masked in every way of printing.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// How many characters beyond a rule's literal prefix a redacted secret may show.
const SHOWN: usize = 4;

/// The bytes of a key. `Debug` and `Display` show the redacted form; [`Secret::reveal`] is the only way to the bytes,
/// and `tests/house.rs` knows its callers. Copies share the bytes.
#[derive(Clone, Eq)]
pub struct Secret {
    bytes: Arc<[u8]>,
    prefix: usize,
}

impl Secret {
    /// Wraps a key, whose first `prefix` bytes are the same in all keys of its kind and may be shown.
    pub fn new(bytes: &[u8], prefix: usize) -> Secret {
        Secret { bytes: bytes.into(), prefix: prefix.min(bytes.len()) }
    }

    /// The bytes themselves: for fingerprints, verification, and `--show-secrets`; nothing else.
    pub fn reveal(&self) -> &[u8] {
        &self.bytes
    }

    /// Its length in bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The redacted form: the prefix and a few more characters where enough stay hidden, then the length.
    pub fn redacted(&self) -> String {
        let hidden = self.bytes.len() - self.prefix;
        // At least three quarters of the part that is not fixed stay hidden, and short secrets show nothing of it.
        let shown = self.prefix + if hidden >= 16 { SHOWN } else { 0 };
        let head: String = self.bytes[..shown]
            .iter()
            .map(|&b| if b.is_ascii_graphic() { char::from(b) } else { '?' })
            .collect();
        format!("{head}…({} characters)", String::from_utf8_lossy(&self.bytes).chars().count())
    }
}

/// Two keys are the same whatever may be shown of them.
impl PartialEq for Secret {
    fn eq(&self, other: &Secret) -> bool {
        self.bytes == other.bytes
    }
}

impl PartialOrd for Secret {
    fn partial_cmp(&self, other: &Secret) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Secret {
    fn cmp(&self, other: &Secret) -> Ordering {
        self.bytes.cmp(&other.bytes)
    }
}

impl Hash for Secret {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bytes.hash(state);
    }
}

impl Borrow<[u8]> for Secret {
    fn borrow(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.redacted())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.redacted())
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn no_way_of_printing_shows_the_body() {
        let secret = Secret::new(b"vg_live_0a1b2c3d4e5f6a7b8c9d", 8);
        for text in [secret.to_string(), format!("{secret:?}"), format!("{secret:#?}"), secret.redacted()] {
            assert!(text.contains("vg_live_0a1b…"), "{text}");
            assert!(!text.contains("0a1b2"), "{text}");
        }
    }

    #[test]
    fn a_short_secret_shows_nothing() {
        assert_eq!(Secret::new(b"hunter2", 0).redacted(), "…(7 characters)");
    }
}
