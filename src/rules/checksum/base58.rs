//! Base58Check (Bitcoin's WIF and extended keys) and JFrog's API keys, which are base58 of 54 bytes.

use sha2::{Digest, Sha256};

use crate::model::Checksum;
use crate::rules::charset::Charset;
use crate::rules::rng::Rng;

use super::base::{from_base58, to_base58};

/// Whether the last four bytes are the head of the double SHA-256 of those before.
pub(super) fn check(key: &[u8]) -> Checksum {
    let bytes = from_base58(key).unwrap_or_default();
    match bytes.split_last_chunk::<4>() {
        Some((covered, tail)) if !covered.is_empty() && sum(covered) == *tail => Checksum::Valid,
        _ => Checksum::Invalid,
    }
}

/// The same key with the right last bytes; only its last characters change.
pub(super) fn seal(key: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = from_base58(key)?;
    let covered = bytes.len().checked_sub(4)?;
    let tail = sum(&bytes[..covered]);
    bytes[covered..].copy_from_slice(&tail);
    Some(to_base58(&bytes))
}

fn sum(bytes: &[u8]) -> [u8; 4] {
    let hash = Sha256::digest(Sha256::digest(bytes));
    [hash[0], hash[1], hash[2], hash[3]]
}

/// JFrog's `AKCp…`: nothing is proven by 54 bytes, but other lengths are wrong.
pub(super) fn check_jfrog(key: &[u8]) -> Checksum {
    match from_base58(key) {
        Some(bytes) if bytes.len() == 54 => Checksum::None,
        _ => Checksum::Invalid,
    }
}

/// A JFrog key of nobody.
pub(super) fn seal_jfrog(rng: &mut Rng) -> Option<Vec<u8>> {
    let base58 = Charset::parse("base58").ok()?;
    Some([b"AKCp", &rng.text(base58, 69)[..]].concat())
}

#[cfg(test)]
mod tests {
    use super::super::base::to_base58;
    use super::{check, check_jfrog, seal, seal_jfrog};
    use crate::model::Checksum;
    use crate::rules::rng::Rng;

    #[test]
    fn a_sealed_key_holds_and_keeps_its_head() {
        for key in [format!("5{}", "J".repeat(50)), format!("xprv9{}", "s".repeat(106))] {
            assert_eq!(check(key.as_bytes()), Checksum::Invalid);
            let sealed = seal(key.as_bytes()).expect("base58");
            assert_eq!(check(&sealed), Checksum::Valid);
            assert_eq!((sealed.len(), &sealed[..20]), (key.len(), &key.as_bytes()[..20]));
        }
    }

    #[test]
    fn the_hash_of_a_known_address_holds() {
        // The address that no key opens: twenty zero bytes with version 0.
        let address = format!("{}{}", "1".repeat(21), "4oLvT2");
        assert_eq!(check(address.as_bytes()), Checksum::Valid);
        for odd in [&b""[..], b"1", b"0OIl", &[b'z'; 5000]] {
            assert_eq!(check(odd), Checksum::Invalid);
        }
    }

    #[test]
    fn jfrog_keys_have_54_bytes() {
        assert_eq!(check_jfrog(&to_base58(&[7; 54])), Checksum::None);
        let made = seal_jfrog(&mut Rng::new(b"j", 1)).expect("made");
        assert_eq!(check_jfrog(&made), Checksum::None);
        assert_eq!(check_jfrog(&to_base58(&[7; 50])), Checksum::Invalid);
    }
}
