//! Keys that end in the CRC32 of what stands before: GitHub, npm, Cloudflare, Zuplo, Atlassian, Bitbucket, Grafana.
//!
//! They differ in what is covered and in how the number is written.

use crate::model::Checksum;
use crate::rules::check_kind::CheckKind;

use super::base::{BASE62, to_digits, to_hex};
use super::crc::crc32;

/// Whether the tail is right. Keys of another length than the described one are newer variants: nothing is said.
pub(super) fn check(kind: CheckKind, key: &[u8]) -> Checksum {
    let plain = unescaped(key);
    let Some((covered, tail)) = parts(kind, &plain) else { return Checksum::None };
    if written(kind, covered) == tail { Checksum::Valid } else { Checksum::Invalid }
}

/// The same key with the right tail.
pub(super) fn seal(kind: CheckKind, key: &[u8]) -> Option<Vec<u8>> {
    // GitHub's rules allow longer keys, but those of the described form have forty characters.
    let key = if kind == CheckKind::Crc32Base62 { key.get(..40)? } else { key };
    let (covered, tail) = parts(kind, key)?;
    let mut sealed = key[..key.len() - tail.len()].to_vec();
    sealed.extend(written(kind, covered));
    Some(sealed)
}

/// What is covered, and the tail.
fn parts(kind: CheckKind, key: &[u8]) -> Option<(&[u8], &[u8])> {
    let tail = if kind == CheckKind::Crc32Base62 { 6 } else { 8 };
    let (head, tail) = key.split_at_checked(key.len().checked_sub(tail)?)?;
    let covered = match kind {
        CheckKind::Crc32Base62 => {
            // `ghp_` + 30 + 6; other lengths are not of this form.
            (head.len() == 34).then(|| &head[4..])?
        }
        CheckKind::Cloudflare => &head[head.len().checked_sub(40)?..],
        CheckKind::Zuplo => {
            let body = head.strip_suffix(b"_")?;
            &body[body.len().checked_sub(32)?..]
        }
        CheckKind::Grafana => head.strip_suffix(b"_")?,
        CheckKind::Atlassian => head,
        _ => return None,
    };
    Some((covered, tail))
}

fn written(kind: CheckKind, covered: &[u8]) -> Vec<u8> {
    let crc = crc32(covered);
    match kind {
        CheckKind::Crc32Base62 => to_digits(u64::from(crc), BASE62, 6),
        CheckKind::Atlassian => to_hex(crc).to_ascii_uppercase(),
        CheckKind::Grafana => to_hex(crc.swap_bytes()),
        _ => to_hex(crc),
    }
}

/// Undoes the ways in which `=` is written in JSON, URLs and properties.
fn unescaped(key: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(key.len());
    let mut rest = key;
    while let Some((&byte, after)) = rest.split_first() {
        let escape = [&b"\\u003d"[..], b"\\u003D", b"%3D", b"%3d", b"\\="]
            .into_iter()
            .find(|escape| rest.starts_with(escape));
        plain.push(if escape.is_some() { b'=' } else { byte });
        rest = escape.map_or(after, |escape| &rest[escape.len()..]);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::{check, seal};
    use crate::model::Checksum;
    use crate::rules::check_kind::CheckKind;

    /// Obviously fake keys whose tails were worked out elsewhere (zlib).
    fn known() -> Vec<(CheckKind, Vec<u8>)> {
        let fake = |times| "FAKE".repeat(times);
        [
            (CheckKind::Crc32Base62, format!("{}_{}00{}", "ghp", fake(7), "2wbUex")),
            (CheckKind::Crc32Base62, format!("{}_{}00{}", "npm", fake(7), "2wbUex")),
            (CheckKind::Cloudflare, format!("{}_{}{}", "cfut", fake(10), "339174e5")),
            (CheckKind::Atlassian, format!("{}3xFfGF0{}={}", "ATATT", fake(10), "666CDB4E")),
            (CheckKind::Atlassian, format!("{}{}{}", "ATBB", fake(6), "CD8E3137")),
            (CheckKind::Grafana, format!("{}_{}_{}", "glsa", fake(8), "cecb8038")),
        ]
        .into_iter()
        .map(|(kind, key)| (kind, key.into_bytes()))
        .collect()
    }

    #[test]
    fn known_tails_hold_and_changed_keys_do_not() {
        for (kind, key) in known() {
            let shown = String::from_utf8_lossy(&key).into_owned();
            assert_eq!(check(kind, &key), Checksum::Valid, "{shown}");
            assert_eq!(seal(kind, &key).as_deref(), Some(&key[..]), "{shown}");
            let mut other = key.clone();
            other[20] ^= 1;
            assert_eq!(check(kind, &other), Checksum::Invalid, "{shown}");
        }
    }

    #[test]
    fn escaped_equals_signs_are_undone() {
        let (kind, key) = known().swap_remove(3);
        let text = String::from_utf8(key).expect("text");
        for escape in ["%3D", "\\u003d", "\\="] {
            assert_eq!(check(kind, text.replace('=', escape).as_bytes()), Checksum::Valid);
        }
    }

    #[test]
    fn other_lengths_say_nothing() {
        for kind in [CheckKind::Crc32Base62, CheckKind::Cloudflare, CheckKind::Zuplo, CheckKind::Grafana] {
            for key in [&b""[..], b"ghs_", &[b'a'; 20], &[b'a'; 520]] {
                if kind != CheckKind::Cloudflare || key.len() < 48 {
                    assert_eq!(check(kind, key), Checksum::None);
                }
            }
        }
    }

    #[test]
    fn zuplo_is_sealed_without_its_prefix() {
        let key = format!("{}_{}_{}", "zpka", "FAKE".repeat(8), "00000000").into_bytes();
        let sealed = seal(CheckKind::Zuplo, &key).expect("of the right form");
        assert_eq!(check(CheckKind::Zuplo, &sealed), Checksum::Valid);
        assert_eq!(check(CheckKind::Zuplo, &key), Checksum::Invalid);
        let mut renamed = sealed.clone();
        renamed[..4].copy_from_slice(b"abcd");
        assert_eq!(check(CheckKind::Zuplo, &renamed), Checksum::Valid);
    }
}
