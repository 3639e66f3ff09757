//! The stable name of a finding across runs, machines and edits.

use std::fmt;

use super::Secret;

/// Key of the hash: domain separation, not secrecy. Changing it changes every fingerprint in the world.
const DOMAIN: &str = "keysieve 2026-11 fingerprint of rule and secret, version 1";
/// A secret shorter than this could be found by trying all, so that its hash is made slow on purpose.
const SHORT: usize = 20;
/// Rounds for short secrets: about half a millisecond each, paid once a finding.
const ROUNDS: u32 = 4096;

/// A truncated keyed hash of rule id and secret value; never of the path or the line, so that it survives rebases,
/// renames and moves, and changes when the secret changes. Written `ks1:` and 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// The fingerprint of a secret that a rule found. CR LF and LF are the same, so that line endings do not matter.
    pub fn new(rule: &str, secret: &Secret) -> Fingerprint {
        let bytes = secret.reveal();
        let mut hasher = blake3::Hasher::new_derive_key(DOMAIN);
        hasher.update(&(rule.len() as u64).to_le_bytes());
        hasher.update(rule.as_bytes());
        for (i, part) in bytes.split(|&b| b == b'\r').enumerate() {
            if i > 0 && !part.starts_with(b"\n") {
                hasher.update(b"\n");
            }
            hasher.update(part);
        }
        let mut hash = *hasher.finalize().as_bytes();
        if Fingerprint::is_slow(secret) {
            for _ in 0..ROUNDS {
                hash = *blake3::keyed_hash(&hash, DOMAIN.as_bytes()).as_bytes();
            }
        }
        let mut short = [0; 16];
        short.copy_from_slice(&hash[..16]);
        Fingerprint(short)
    }

    /// Whether the fingerprint of a secret takes half a millisecond rather than half a microsecond to make.
    pub fn is_slow(secret: &Secret) -> bool {
        secret.len() < SHORT
    }

    /// From the written form.
    pub fn parse(text: &str) -> Option<Fingerprint> {
        let hex = text.strip_prefix("ks1:")?;
        if hex.len() != 32 || !hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        let mut bytes = [0; 16];
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).ok()?;
        }
        Some(Fingerprint(bytes))
    }

    /// The raw bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ks1:")?;
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, Secret};

    #[test]
    fn it_reads_back_what_it_writes() {
        let print = Fingerprint::new("a-rule", &Secret::new(b"value", 0));
        assert_eq!(Fingerprint::parse(&print.to_string()), Some(print));
    }

    #[test]
    fn line_endings_do_not_matter_but_rule_and_value_do() {
        let of = |rule, value: &[u8]| Fingerprint::new(rule, &Secret::new(value, 0));
        assert_eq!(of("r", b"a\r\nb"), of("r", b"a\nb"));
        assert_eq!(of("r", b"a\rb"), of("r", b"a\nb"));
        assert_ne!(of("r", b"a"), of("s", b"a"));
        assert_ne!(of("r", b"a"), of("r", b"b"));
    }
}
