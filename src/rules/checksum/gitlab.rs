//! GitLab's routable tokens, which say for whom they are and end in a CRC32 in base36.
//!
//! `prefix` base64url(16 random bytes, routing lines, a byte with their length) `.01.` two digits with the length of
//! the base64 text, seven digits of CRC32 over all before. The first variant had no `01.`.

use crate::model::Checksum;
use crate::rules::rng::Rng;

use super::base::{BASE36, from_base64, to_base64, to_digits};
use super::crc::crc32;

/// Whether the tail is right.
pub(super) fn check(key: &[u8]) -> Checksum {
    let Some((covered, tail)) = key.len().checked_sub(7).and_then(|at| key.split_at_checked(at)) else {
        return Checksum::Invalid;
    };
    if to_digits(u64::from(crc32(covered)), BASE36, 7) == tail { Checksum::Valid } else { Checksum::Invalid }
}

/// A token after the same prefix.
pub(super) fn seal(key: &[u8], prefix: usize, rng: &mut Rng) -> Option<Vec<u8>> {
    let routing = format!("c:1\no:{}\nu:{}", rng.between(1, 9), rng.between(10, 99));
    let mut payload = rng.bytes(16);
    payload.extend(routing.bytes());
    payload.push(routing.len() as u8);
    let text = to_base64(&payload, true, false);
    let mut token = key.get(..prefix)?.to_vec();
    token.extend(&text);
    token.extend(if key.windows(4).any(|w| w == b".01.") { &b".01."[..] } else { b"." });
    token.extend(to_digits(text.len() as u64, BASE36, 2));
    token.extend(to_digits(u64::from(crc32(&token)), BASE36, 7));
    Some(token)
}

/// What the routing lines say, for a token whose checksum holds: `("group", "1a")`.
pub(super) fn routing(key: &[u8]) -> Vec<(&'static str, String)> {
    if check(key) != Checksum::Valid {
        return Vec::new();
    }
    decoded(key).unwrap_or_default()
}

fn decoded(key: &[u8]) -> Option<Vec<(&'static str, String)>> {
    let tail = key.len().checked_sub(9)?;
    let digits = std::str::from_utf8(key.get(tail..tail + 2)?).ok()?;
    let len = usize::from_str_radix(digits, 36).ok()?;
    let head = key[..tail].strip_suffix(b".01.").or_else(|| key[..tail].strip_suffix(b"."))?;
    let payload = from_base64(&head[head.len().checked_sub(len)?..])?;
    let (&lines, body) = payload.split_last()?;
    let text = std::str::from_utf8(&body[body.len().checked_sub(usize::from(lines))?..]).ok()?;
    let named = text.lines().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        let name = match name {
            "c" => "cell",
            "g" => "group",
            "o" => "organisation",
            "p" => "project",
            "t" => "type",
            "u" => "user",
            _ => return None,
        };
        let number = u64::from_str_radix(value, 36).ok();
        Some((name, number.filter(|_| name != "type").map_or(value.to_string(), |n| n.to_string())))
    });
    Some(named.collect())
}

#[cfg(test)]
mod tests {
    use super::{check, routing, seal};
    use crate::model::Checksum;
    use crate::rules::rng::Rng;

    #[test]
    fn a_worked_token() {
        let token =
            format!("{}-{}GM6MQpvOjEKdTpmCw.01.{}", "glpat", "A".repeat(21), "120de7qe9").into_bytes();
        assert_eq!(check(&token), Checksum::Valid);
        let said = routing(&token);
        assert_eq!(said[0], ("cell", "1".to_string()));
        assert_eq!(said[2], ("user", "15".to_string()));
        let mut other = token;
        other[10] = b'B';
        assert_eq!(check(&other), Checksum::Invalid);
        assert!(routing(&other).is_empty());
        assert_eq!(check(b"x"), Checksum::Invalid);
    }

    #[test]
    fn made_tokens_hold() {
        let mut rng = Rng::new(b"test", 1);
        for like in ["glpat-xxxx.01.xx", "gldt-xxxx.xx"] {
            let prefix = like.find('-').expect("a dash") + 1;
            let token = seal(like.as_bytes(), prefix, &mut rng).expect("made");
            assert_eq!(check(&token), Checksum::Valid);
            assert_eq!(routing(&token).len(), 3);
            assert_eq!(like.contains(".01."), token.windows(4).any(|w| w == b".01."));
        }
    }
}
