//! One line of a baseline: `hash salt rule path # reason`.
//!
//! Each line says all it has to say by itself, so that lines of two branches can be put together in any order. The hash
//! is bound to the secret's value alone: a rule that is renamed, a file that is moved and a key that is copied change
//! nothing. Rule and path are hints for people.

use std::fmt::Write as _;

/// Key of the hash: domain separation, not secrecy.
const DOMAIN: &str = "keysieve 2026-11 baseline entry bound to a value, version 1";
/// A secret shorter than this could be found by trying all, so that its hash is made slow on purpose.
const SHORT: usize = 20;
/// Rounds for short secrets: about half a millisecond each, so that a list of likely passwords takes its time.
const ROUNDS: u32 = 4096;
/// Longest path hint and reason that are kept, in characters.
const LONGEST: usize = 400;

/// Random bytes that make the same secret look different in every baseline.
pub(super) type Salt = [u8; 8];
/// The salted hash of a value.
pub(super) type Hash = [u8; 16];

/// One known key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) hash: Hash,
    pub(super) salt: Salt,
    pub(super) rule: Box<str>,
    /// Escaped, as it stands in the file.
    pub(super) path: Box<str>,
    pub(super) reason: Option<Box<str>>,
}

/// The hash of a secret's value. CR LF and LF are the same, so that line endings do not matter.
pub(super) fn hash(salt: Salt, value: &[u8]) -> Hash {
    let mut hasher = blake3::Hasher::new_derive_key(DOMAIN);
    hasher.update(&salt);
    for (i, part) in value.split(|&b| b == b'\r').enumerate() {
        if i > 0 && !part.starts_with(b"\n") {
            hasher.update(b"\n");
        }
        hasher.update(part);
    }
    let mut hash = *hasher.finalize().as_bytes();
    if value.len() < SHORT {
        for _ in 0..ROUNDS {
            hash = *blake3::keyed_hash(&hash, &salt).as_bytes();
        }
    }
    let mut short = [0; 16];
    short.copy_from_slice(&hash[..16]);
    short
}

impl Entry {
    /// From a line without its ending.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub(super) fn parse(line: &str) -> Result<Entry, String> {
        let (entry, reason) = match line.split_once(" # ") {
            Some((entry, reason)) => (entry, Some(reason.trim())),
            None => (line, None),
        };
        let mut words = entry.split_ascii_whitespace();
        let hash = words.next().and_then(unhex::<16>).ok_or("want a hash of 32 digits of 0-9 a-f")?;
        let salt =
            words.next().and_then(unhex::<8>).ok_or("want a salt of 16 digits of 0-9 a-f after the hash")?;
        let rule = words
            .next()
            .filter(|r| r.bytes().all(|b| b.is_ascii_graphic()))
            .ok_or("want a rule id after the salt")?;
        let path = words.next().ok_or("want a path (or `-`) after the rule id")?;
        if let Some(more) = words.next() {
            let more: String = more.chars().take(20).collect();
            return Err(format!(
                "`{}` after the path; a reason follows after ` # `",
                crate::model::escape_terminal(&more)
            ));
        }
        let reason = reason.filter(|r| !r.is_empty()).map(Into::into);
        Ok(Entry { hash, salt, rule: rule.into(), path: path.into(), reason })
    }

    /// The line, without its ending.
    pub(super) fn line(&self) -> String {
        let mut line = format!("{} {} {} {}", hex(&self.hash), hex(&self.salt), self.rule, self.path);
        if let Some(reason) = &self.reason {
            let _ = write!(line, " # {reason}");
        }
        line
    }

    /// What a person needs to recognise it.
    pub(super) fn told(&self) -> String {
        let mut told = format!("{} {} ({})", self.rule, self.path, &hex(&self.hash)[..8]);
        if let Some(reason) = &self.reason {
            let _ = write!(told, " # {reason}");
        }
        told
    }
}

/// A path as one word of ASCII and letters; `-` where there is none.
pub(super) fn escape_path(path: &[u8]) -> Box<str> {
    let mut shown = String::new();
    for chunk in path.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_alphanumeric() || (c.is_ascii_graphic() && !matches!(c, '%' | '#')) {
                shown.push(c);
            } else {
                let mut buffer = [0; 4];
                c.encode_utf8(&mut buffer).bytes().for_each(|b| percent(&mut shown, b));
            }
        }
        chunk.invalid().iter().for_each(|&b| percent(&mut shown, b));
        if shown.len() > LONGEST {
            break;
        }
    }
    if shown.is_empty() { "-".into() } else { shown.chars().take(LONGEST).collect::<String>().into() }
}

fn percent(text: &mut String, byte: u8) {
    let _ = write!(text, "%{byte:02X}");
}

/// A reason on one line.
pub(super) fn tidy_reason(reason: &str) -> Option<Box<str>> {
    let words: Vec<&str> =
        reason.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    let reason: String = words.join(" ").chars().take(LONGEST).collect();
    (!reason.is_empty()).then(|| reason.into())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, b| {
        let _ = write!(text, "{b:02x}");
        text
    })
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let text = text.as_bytes();
    if text.len() != 2 * N {
        return None;
    }
    let digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f').then(|| char::from(b).to_digit(16)).flatten();
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = (digit(pair[0])? * 16 + digit(pair[1])?) as u8;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::{Entry, escape_path, hash, tidy_reason};

    #[test]
    fn a_line_reads_back_as_it_was_written() {
        for reason in [None, Some("revoked in May # really".into())] {
            let entry = Entry {
                hash: hash(*b"12345678", b"a value that is long enough"),
                salt: *b"12345678",
                rule: "acme-key".into(),
                path: escape_path("a b/ü#%\n.txt".as_bytes()),
                reason,
            };
            assert_eq!(Entry::parse(&entry.line()), Ok(entry.clone()));
            assert!(entry.path.starts_with("a%20b/ü%23%25%0A"), "{}", entry.path);
        }
        assert_eq!(&*escape_path(b"\xffx"), "%FFx");
        assert_eq!(&*escape_path(b""), "-");
        assert_eq!(tidy_reason(" a\n b\t"), Some("a b".into()));
        assert_eq!(tidy_reason(" \n"), None);
    }

    #[test]
    fn a_hash_is_bound_to_salt_and_value_but_not_to_line_endings() {
        let of = |salt: &[u8; 8], value: &str| hash(*salt, value.as_bytes());
        assert_eq!(of(b"saltsalt", "a\r\nb"), of(b"saltsalt", "a\nb"));
        assert_ne!(of(b"saltsalt", "hunter2"), of(b"saltsale", "hunter2"));
        assert_ne!(of(b"saltsalt", "hunter2"), of(b"saltsalt", "hunter3"));
    }

    #[test]
    fn damaged_lines_are_refused() {
        let good = format!("{} {} rule path", "0a".repeat(16), "0b".repeat(8));
        assert!(Entry::parse(&good).is_ok());
        for bad in [
            "",
            "x",
            &good[1..],
            &good[..40],
            &good[..49],
            &good[..54],
            &good.to_uppercase(),
            &good.replace(' ', "\u{a0}"),
            &format!("{good} more"),
            &good.replacen('a', "g", 1),
        ] {
            assert!(Entry::parse(bad).is_err(), "{bad}");
        }
    }
}
