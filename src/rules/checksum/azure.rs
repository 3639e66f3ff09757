//! Microsoft's keys: identifiable keys, annotated keys, Entra client secrets, and Azure DevOps' old tokens.
//!
//! Source: microsoft/security-utilities. The hash is Marvin32 with a fixed seed of eight characters.

use crate::model::Checksum;

use super::base::{BASE62, from_base32, from_base64, to_base32, to_base64, to_digits};
use super::crc::crc32;

/// Length of the text, the signature in it, where it stands, and the seeds that are in use.
type Kind = (usize, &'static [u8], usize, &'static [&'static [u8; 8]]);

const KINDS: &[Kind] = &[
    (88, b"+ASt", 76, &[b"Default0"]),
    (
        88,
        b"ACDb",
        76,
        &[b"SysAll00", b"Resour00", b"MastRO00", b"SystRO00", b"Encryp00", b"MastRW00", b"SystRW00"],
    ),
    (88, b"+ABa", 76, &[b"AbAcct00"]),
    (88, b"+AMC", 76, &[b"Classic0"]),
    (88, b"APIM", 76, &[b"Tenant00", b"IoTHub00", b"Gatewy00", b"GitKey00"]),
    (44, b"+ASb", 33, BUS),
    (44, b"+AEh", 33, BUS),
    (44, b"+ARm", 33, BUS),
    (44, b"AIoT", 33, &[b"IoTHub00", b"Device00", b"DpsKey00"]),
    (44, b"AzCa", 33, &[b"Access00"]),
    (52, b"+ACR", 42, &[b"ACRDflt0"]),
    (52, b"AzSe", 42, &[b"Query000", b"PAdmin00"]),
    (56, b"AzFu", 44, &[b"Master00", b"System00", b"Functi00"]),
    (44, b"AZEG", 33, &[b"SendRecv"]),
];
const BUS: &[&[u8; 8]] = &[b"Listen00", b"Send0000", b"Manage00", b"System00", b"Unknown0"];

/// Entra's digits.
const BASE66: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890.-_~";

fn kind_of(key: &[u8]) -> Option<&'static Kind> {
    KINDS.iter().find(|(len, signature, at, _)| {
        key.len() == *len && key.get(*at..).is_some_and(|rest| rest.starts_with(signature))
    })
}

/// Identifiable keys: the last four bytes are the hash of those before.
pub(super) fn check_key(key: &[u8]) -> Checksum {
    let Some((_, _, _, seeds)) = kind_of(key) else { return Checksum::None };
    let Some(bytes) = from_base64(key) else { return Checksum::Invalid };
    let Some((covered, tail)) = bytes.split_last_chunk::<4>() else { return Checksum::Invalid };
    let holds = seeds.iter().any(|seed| marvin32(**seed, covered).to_le_bytes() == *tail);
    if holds { Checksum::Valid } else { Checksum::Invalid }
}

/// The same key with the right last bytes.
pub(super) fn seal_key(key: &[u8]) -> Option<Vec<u8>> {
    let (len, signature, at, seeds) = kind_of(key)?;
    let mut bytes = from_base64(key)?;
    let covered = bytes.len().checked_sub(4)?;
    // Bits between the signature and the hash are zero.
    let spare = (covered * 8).checked_sub((at + signature.len()) * 6)?;
    if let Some(last) = covered.checked_sub(1).and_then(|i| bytes.get_mut(i)) {
        *last &= 0xff_u8.checked_shl(spare as u32).unwrap_or(0);
    }
    let hash = marvin32(**seeds.first()?, &bytes[..covered]).to_le_bytes();
    bytes[covered..].copy_from_slice(&hash);
    let sealed = to_base64(&bytes, *len == 56, true);
    (sealed.len() == key.len()).then_some(sealed)
}

/// Annotated keys: the last four (long form: six) characters write the hash of the 80 before. Both ways of writing
/// it that are in use are accepted.
pub(super) fn check_annotated(key: &[u8]) -> Checksum {
    let Some((head, tail)) = key.split_at_checked(80) else { return Checksum::None };
    let tail = tail.strip_suffix(b"==").unwrap_or(tail);
    if !matches!(tail.len(), 4 | 6) {
        return Checksum::None;
    }
    let Some(bytes) = from_base64(head) else { return Checksum::Invalid };
    let hash = marvin32(*b"Default0", &bytes);
    let ways = [to_base64(&hash.to_le_bytes(), false, false), to_digits(u64::from(hash), BASE62, 6)];
    if ways.iter().any(|way| way.starts_with(tail)) { Checksum::Valid } else { Checksum::Invalid }
}

/// The same key with the right last characters, in base62 so that the alphabet is kept.
pub(super) fn seal_annotated(key: &[u8]) -> Option<Vec<u8>> {
    let (head, tail) = key.split_at_checked(80)?;
    let hash = marvin32(*b"Default0", &from_base64(head)?);
    let written = to_digits(u64::from(hash), BASE62, 6);
    let mut sealed = head.to_vec();
    match tail.len() {
        4 => sealed.extend(&written[..4]),
        6 => sealed.extend(&written),
        8 => sealed.extend([&written[..], b"=="].concat()),
        _ => return None,
    }
    Some(sealed)
}

/// Entra client secrets with `8Q~`: three digits of the hash of the 37 characters before.
pub(super) fn check_entra(key: &[u8]) -> Checksum {
    match key.split_at_checked(37) {
        Some((head, tail)) if tail.len() == 3 && head[3..].starts_with(b"8Q~") => {
            if entra_tail(head).starts_with(tail) { Checksum::Valid } else { Checksum::Invalid }
        }
        _ => Checksum::None,
    }
}

/// The same secret with the right last characters.
pub(super) fn seal_entra(key: &[u8]) -> Option<Vec<u8>> {
    let head = key.get(..37).filter(|_| key.len() == 40)?;
    Some([head, &entra_tail(head)[..3]].concat())
}

fn entra_tail(head: &[u8]) -> Vec<u8> {
    to_digits(u64::from(marvin32(*b"AadPwd00", head)), BASE66, 6)
}

/// Where the bytes that count stand in an old Azure DevOps token, and where its CRC32 does.
const DEVOPS_BYTES: [std::ops::Range<usize>; 4] = [0..2, 3..7, 9..22, 23..32];
const DEVOPS_CRC: [usize; 4] = [22, 8, 7, 2];
const DEVOPS_USER: u32 = 0xe0b9_692d;
const DEVOPS_APPLICATION: u32 = 0x1019_f92e;

/// Azure DevOps' old tokens: CRC32 in scattered bytes, changed by a constant that tells users from applications.
pub(super) fn check_devops(key: &[u8]) -> Checksum {
    let bytes = from_base32(key).filter(|bytes| bytes.len() == 32 && key.len() == 52);
    let Some(bytes) = bytes else { return Checksum::None };
    let stored = u32::from_le_bytes(DEVOPS_CRC.map(|at| bytes[at]));
    let crc = devops_crc(&bytes);
    let holds = stored == crc ^ DEVOPS_USER || stored == crc ^ DEVOPS_APPLICATION;
    if holds { Checksum::Valid } else { Checksum::Invalid }
}

/// The same token with the right bytes.
pub(super) fn seal_devops(key: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = from_base32(key).filter(|bytes| bytes.len() == 32)?;
    let stored = (devops_crc(&bytes) ^ DEVOPS_USER).to_le_bytes();
    for (at, byte) in DEVOPS_CRC.into_iter().zip(stored) {
        bytes[at] = byte;
    }
    Some(to_base32(&bytes).to_ascii_lowercase())
}

fn devops_crc(bytes: &[u8]) -> u32 {
    let counted: Vec<u8> =
        DEVOPS_BYTES.iter().flat_map(|range| bytes.get(range.clone()).unwrap_or_default()).copied().collect();
    crc32(&counted)
}

/// Marvin32, as .NET hashes strings; the seed's characters are a big-endian number.
fn marvin32(seed: [u8; 8], bytes: &[u8]) -> u32 {
    let seed = u64::from_be_bytes(seed);
    let (mut low, mut high) = (seed as u32, (seed >> 32) as u32);
    let (blocks, rest) = bytes.as_chunks::<4>();
    let mut last = [0; 4];
    last[..rest.len()].copy_from_slice(rest);
    last[rest.len()] = 0x80;
    for block in blocks.iter().copied().chain([last, [0; 4]]) {
        low = low.wrapping_add(u32::from_le_bytes(block));
        high ^= low;
        low = low.rotate_left(20).wrapping_add(high);
        high = high.rotate_left(9) ^ low;
        low = low.rotate_left(27).wrapping_add(high);
        high = high.rotate_left(19);
    }
    low ^ high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_keys() {
        let redis = format!("{}+{}{}", "+vr6".repeat(8), "AzCa", "i44Bi8=").into_bytes();
        assert_eq!(check_key(&redis), Checksum::Valid);
        // Made keys have zeros where the published fake, whose bytes are all the same, has not.
        assert_eq!(seal_key(&redis).as_deref().map(check_key), Some(Checksum::Valid));
        let storage = format!("{}{}{}", "+vr6".repeat(19), "+ASt", "dVzjzw==").into_bytes();
        assert_eq!(check_key(&storage), Checksum::Valid);
        assert_eq!(seal_key(&storage), Some(storage.clone()));
        for mut key in [redis, storage] {
            key[5] = b'z';
            assert_eq!(check_key(&key), Checksum::Invalid);
        }
        let devops = format!("{}{}", "izaqis2fiza6gb2livdecs2fiz", "auwrkgiffzwrkgiffukrsbjncq").into_bytes();
        assert_eq!(check_devops(&devops), Checksum::Valid);
        assert_eq!(seal_devops(&devops), Some(devops.clone()));
        assert_eq!(check_devops(&devops.repeat(2)), Checksum::None);
        assert_eq!(check_devops(&[b'a'; 52]), Checksum::Invalid);
    }

    #[test]
    fn microsoft_s_own_vector() {
        let secret = format!("zzz8Q~{}blP", "z".repeat(31)).into_bytes();
        assert_eq!(check_entra(&secret), Checksum::Valid);
        assert_eq!(seal_entra(&secret), Some(secret.clone()));
        assert_eq!(check_entra(&secret[..39]), Checksum::None);
        assert_eq!(check_entra(&secret.to_ascii_uppercase()), Checksum::Invalid);
    }

    #[test]
    fn all_identifiable_keys_can_be_made() {
        for (len, signature, at, _) in KINDS {
            let mut key = vec![b'Q'; *len];
            key[*at..at + 4].copy_from_slice(signature);
            let padding = match len {
                44 => 1,
                52 => 0,
                _ => 2,
            };
            for place in key.iter_mut().rev().take(padding) {
                *place = b'=';
            }
            let sealed = seal_key(&key).expect("of a known kind");
            assert_eq!(check_key(&sealed), Checksum::Valid);
            assert_eq!(&sealed[..at + 4], &key[..at + 4], "nothing before the hash changes");
        }
    }

    #[test]
    fn annotated_keys_hold_in_both_ways_of_writing() {
        let head = format!("{}JQQJ99AA{}", "a".repeat(52), "b".repeat(20));
        for tail in ["0000", "000000=="] {
            let key = format!("{head}{tail}").into_bytes();
            let sealed = seal_annotated(&key).expect("of the right form");
            assert_eq!(check_annotated(&sealed), Checksum::Valid);
            assert_eq!(check_annotated(&key), Checksum::Invalid);
        }
        assert_eq!(check_annotated(b"short"), Checksum::None);
    }
}
