//! Macaroons in their second binary form, base64: PyPI's tokens. The signature needs the issuer's key; the structure
//! does not.

use crate::model::Checksum;
use crate::rules::rng::Rng;

use super::base::{from_base64, to_base64};

const END: u8 = 0;
const LOCATION: u8 = 1;
const IDENTIFIER: u8 = 2;
const SIGNATURE: u8 = 6;

/// Whether the bytes are a whole macaroon.
pub(super) fn check(key: &[u8]) -> Checksum {
    let start = key.iter().position(|&b| b == b'-').map_or(0, |dash| dash + 1);
    let bytes = from_base64(&key[start..]).unwrap_or_default();
    if parse(&bytes).is_some() { Checksum::Valid } else { Checksum::Invalid }
}

/// The location, if the bytes are a whole macaroon: version 2, head, caveats, signature.
fn parse(bytes: &[u8]) -> Option<&[u8]> {
    let rest = bytes.strip_prefix(&[2])?;
    let (location, rest) = field(rest, LOCATION)?;
    let (_, rest) = field(rest, IDENTIFIER)?;
    let mut rest = rest.strip_prefix(&[END])?;
    while let Some((&kind, after)) = rest.split_first() {
        if kind == END {
            let (signature, rest) = field(after, SIGNATURE)?;
            return (signature.len() == 32 && rest.is_empty()).then_some(location);
        }
        // A caveat: perhaps a location, an identifier, perhaps a verification id (4), the end.
        while let Some((&kind, _)) = rest.split_first() {
            if kind == END {
                rest = &rest[1..];
                break;
            }
            rest = field(rest, kind)?.1;
        }
    }
    None
}

/// A field of a kind: its bytes, and what comes after it.
fn field(bytes: &[u8], kind: u8) -> Option<(&[u8], &[u8])> {
    let mut rest = bytes.strip_prefix(&[kind])?;
    let (mut len, mut shift) = (0_usize, 0);
    loop {
        let (&byte, after) = rest.split_first()?;
        rest = after;
        len |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return rest.split_at_checked(len);
        }
        if shift > 21 {
            return None;
        }
    }
}

/// A macaroon of nobody for the location in the key's fixed head.
pub(super) fn seal(key: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let start = key.iter().position(|&b| b == b'-').map_or(0, |dash| dash + 1);
    let head = from_base64(&key[start..start + (key.len() - start) / 4 * 4])?;
    let (location, _) = field(head.strip_prefix(&[2])?, LOCATION)?;
    let mut bytes = vec![2, LOCATION, location.len() as u8];
    bytes.extend(location);
    let mut put = |kind: u8, text: &[u8]| {
        bytes.extend([kind, text.len() as u8]);
        bytes.extend(text);
    };
    let hex = crate::rules::Charset::parse("hex-lower").ok()?;
    let id = [8, 4, 4, 4, 12].map(|len| String::from_utf8_lossy(&rng.text(hex, len)).into_owned());
    put(IDENTIFIER, id.join("-").as_bytes());
    let user = String::from_utf8_lossy(&rng.text(hex, 32)).into_owned();
    bytes.push(END);
    let caveats = [format!("[3,\"{user}\"]"), "[1,[\"made\",\"up\"]]".to_string()];
    for caveat in caveats {
        bytes.extend([IDENTIFIER, caveat.len() as u8]);
        bytes.extend(caveat.bytes());
        bytes.push(END);
    }
    bytes.extend([END, SIGNATURE, 32]);
    bytes.extend(rng.bytes(32));
    Some([&key[..start], &to_base64(&bytes, true, false)].concat())
}

#[cfg(test)]
mod tests {
    use super::{check, seal};
    use crate::model::Checksum;
    use crate::rules::rng::Rng;

    #[test]
    fn made_macaroons_hold_and_pieces_of_them_do_not() {
        for head in ["AgEIcHlwaS5vcmc", "AgENdGVzdC5weXBpLm9yZw"] {
            let like = format!("{}-{head}{}", "pypi", "A".repeat(41));
            let made = seal(like.as_bytes(), &mut Rng::new(b"m", 1)).expect("made");
            assert!(made.starts_with(&like.as_bytes()[..5 + head.len()]));
            assert_eq!(check(&made), Checksum::Valid);
            for cut in 0..made.len() {
                assert_eq!(check(&made[..cut]), Checksum::Invalid, "cut at {cut}");
            }
            assert_eq!(check(like.as_bytes()), Checksum::Invalid);
        }
    }
}
