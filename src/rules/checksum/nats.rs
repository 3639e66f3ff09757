//! NATS nkeys: base32 of 2 prefix bytes, 32 bytes, and their CRC16.

use crate::model::Checksum;

use super::base::{from_base32, to_base32};
use super::crc::crc16_xmodem;

/// Whether the last two bytes are right.
pub(super) fn check(key: &[u8]) -> Checksum {
    let bytes = from_base32(key).unwrap_or_default();
    match bytes.split_last_chunk::<2>() {
        Some((covered, tail)) if covered.len() >= 33 && crc16_xmodem(covered).to_le_bytes() == *tail => {
            Checksum::Valid
        }
        _ => Checksum::Invalid,
    }
}

/// The same key with the right last bytes.
pub(super) fn seal(key: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = from_base32(key)?;
    let covered = bytes.len().checked_sub(2)?;
    let tail = crc16_xmodem(&bytes[..covered]).to_le_bytes();
    bytes[covered..].copy_from_slice(&tail);
    Some(to_base32(&bytes))
}

#[cfg(test)]
mod tests {
    use super::{check, seal};
    use crate::model::Checksum;

    #[test]
    fn a_worked_seed() {
        let seed = format!("{}{}{}", "SUA", "PV6X27L5".repeat(6), "PV6XXVA").into_bytes();
        assert_eq!(check(&seed), Checksum::Valid);
        assert_eq!(seal(&seed), Some(seed.clone()));
        let mut other = seed;
        other[9] = b'A';
        assert_eq!(check(&other), Checksum::Invalid);
        assert_eq!(check(b"SU"), Checksum::Invalid);
    }
}
