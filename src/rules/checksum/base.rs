//! Ways of writing bytes as text: base64, base32, base58, and numbers in any base.

/// `0-9 A-Z a-z`, the order of most base62 checksums.
pub(super) const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// `0-9 a-z`.
pub(super) const BASE36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// No base58 text is longer: decoding takes time square in the length.
const LONGEST_BASE58: usize = 256;

/// Decodes base64 of either alphabet, with or without padding; `None` if it is none. Bits beyond the last byte are ignored.
pub fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    let body = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    if body.len() % 4 == 1 {
        return None;
    }
    let digit = |byte: u8| {
        Some(match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        })
    };
    regroup(body, 6, digit)
}

/// Encodes base64.
pub(super) fn to_base64(bytes: &[u8], url: bool, pad: bool) -> Vec<u8> {
    let mut text = spread(bytes, 6, BASE64);
    if url {
        for byte in &mut text {
            *byte = match *byte {
                b'+' => b'-',
                b'/' => b'_',
                other => other,
            };
        }
    }
    while pad && !text.len().is_multiple_of(4) {
        text.push(b'=');
    }
    text
}

/// Decodes base32 (A-Z 2-7) in either case, without padding.
pub(super) fn from_base32(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte.to_ascii_uppercase() {
        upper @ b'A'..=b'Z' => Some(upper - b'A'),
        digit @ b'2'..=b'7' => Some(digit - b'2' + 26),
        _ => None,
    };
    regroup(text, 5, digit)
}

/// Encodes base32 in upper case, without padding.
pub(super) fn to_base32(bytes: &[u8]) -> Vec<u8> {
    spread(bytes, 5, BASE32)
}

/// Digits of `bits` bits to bytes; what is left over at the end is dropped.
fn regroup(text: &[u8], bits: u32, digit: impl Fn(u8) -> Option<u8>) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let (mut held, mut count) = (0_u32, 0);
    for &byte in text {
        held = (held << bits | u32::from(digit(byte)?)) & 0xffff;
        count += bits;
        if count >= 8 {
            count -= 8;
            bytes.push((held >> count) as u8);
        }
    }
    Some(bytes)
}

/// Bytes to digits of `bits` bits; the last one is filled with zeros.
fn spread(bytes: &[u8], bits: u32, alphabet: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len() * 2);
    let (mut held, mut count) = (0_u32, 0);
    let mask = (1 << bits) - 1;
    for &byte in bytes {
        held = (held << 8 | u32::from(byte)) & 0xffff;
        count += 8;
        while count >= bits {
            count -= bits;
            text.push(alphabet[(held >> count & mask) as usize]);
        }
    }
    if count > 0 {
        text.push(alphabet[(held << (bits - count) & mask) as usize]);
    }
    text
}

/// Decodes base58 (Bitcoin's alphabet).
pub(super) fn from_base58(text: &[u8]) -> Option<Vec<u8>> {
    if text.len() > LONGEST_BASE58 {
        return None;
    }
    let mut little: Vec<u8> = Vec::new();
    for byte in text {
        let mut carry = BASE58.iter().position(|b| b == byte)?;
        for digit in &mut little {
            carry += usize::from(*digit) * 58;
            *digit = carry as u8;
            carry >>= 8;
        }
        while carry > 0 {
            little.push(carry as u8);
            carry >>= 8;
        }
    }
    let zeros = text.iter().take_while(|&&b| b == b'1').count();
    little.extend(std::iter::repeat_n(0, zeros));
    little.reverse();
    Some(little)
}

/// Encodes base58.
pub(super) fn to_base58(bytes: &[u8]) -> Vec<u8> {
    let mut little: Vec<usize> = Vec::new();
    for &byte in bytes {
        let mut carry = usize::from(byte);
        for digit in &mut little {
            carry += *digit << 8;
            *digit = carry % 58;
            carry /= 58;
        }
        while carry > 0 {
            little.push(carry % 58);
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|&&b| b == 0).count();
    little.extend(std::iter::repeat_n(0, zeros));
    little.iter().rev().map(|&digit| BASE58[digit]).collect()
}

/// Writes a number with the alphabet's digits, most significant first, filled with its zero to a width.
pub(super) fn to_digits(mut number: u64, alphabet: &[u8], width: usize) -> Vec<u8> {
    let base = alphabet.len() as u64;
    let mut digits = vec![alphabet[0]; width];
    for place in digits.iter_mut().rev() {
        *place = alphabet[(number % base) as usize];
        number /= base;
    }
    digits
}

/// Eight hex digits in lower case.
pub(super) fn to_hex(number: u32) -> Vec<u8> {
    format!("{number:08x}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::{BASE62, from_base32, from_base58, from_base64, to_base32, to_base58, to_base64, to_digits};
    use proptest::prelude::{any, prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn what_was_encoded_decodes(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            prop_assert_eq!(from_base64(&to_base64(&bytes, false, true)), Some(bytes.clone()));
            prop_assert_eq!(from_base64(&to_base64(&bytes, true, false)), Some(bytes.clone()));
            prop_assert_eq!(from_base32(&to_base32(&bytes)), Some(bytes.clone()));
            prop_assert_eq!(from_base58(&to_base58(&bytes)), Some(bytes));
        }
    }

    #[test]
    fn known_values() {
        assert_eq!(to_base64(b"fo", false, true), b"Zm8=");
        assert_eq!(to_base64(&[0xfb, 0xff], true, false), b"-_8");
        assert_eq!(to_base32(b"foobar"), b"MZXW6YTBOI");
        assert_eq!(to_base58(&[0, 0, 1, 0]), b"115R");
        assert_eq!(to_digits(62, BASE62, 3), b"010");
        assert_eq!(from_base64(b"a"), None);
        assert_eq!(from_base64(b"a!bc"), None);
        assert_eq!(from_base58(b"0"), None);
        assert_eq!(from_base58(&[b'z'; 300]), None);
    }
}
