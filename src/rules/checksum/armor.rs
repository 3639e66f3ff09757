//! Keys in armour: PEM bodies that decode to what their header says, and OpenPGP's CRC24 line.

use crate::model::Checksum;
use crate::rules::rng::Rng;

use super::base::{from_base64, to_base64};
use super::crc::crc24;

/// Bodies are not decoded beyond this many characters.
const LONGEST: usize = 256 << 10;

/// The lines between BEGIN and END, without header lines and whatever a language puts around them.
struct Armor {
    label: String,
    body: Vec<u8>,
    sum: Option<Vec<u8>>,
    closed: bool,
}

fn read(key: &[u8]) -> Option<Armor> {
    let text = String::from_utf8_lossy(key.get(..LONGEST).unwrap_or(key));
    // In JSON and source code the ends of lines are written as escapes.
    let text = text.replace("\\r", "").replace("\\n", "\n");
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (inside, closed) = match rest.split_once("-----END ") {
        Some((inside, _)) => (inside, true),
        None => (rest, false),
    };
    let mut armor = Armor { label: label.to_string(), body: Vec::new(), sum: None, closed };
    for line in inside.lines() {
        if line.contains(": ") {
            continue;
        }
        // The longest run of base64: around it stand quotes, plus signs, comment marks of the language.
        let runs = line.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')));
        let line = runs.max_by_key(|run| run.len()).filter(|run| *run != "+").unwrap_or_default();
        match line.strip_prefix('=') {
            Some(sum) if sum.len() == 4 && !armor.body.is_empty() => armor.sum = Some(sum.into()),
            _ => armor.body.extend(line.bytes()),
        }
    }
    Some(armor)
}

/// PEM: the body decodes to DER of the length it says, or to OpenSSH's container. A key cut short says nothing.
pub(super) fn check_pem(key: &[u8]) -> Checksum {
    let Some(armor) = read(key).filter(|armor| armor.closed && !armor.body.is_empty()) else {
        return Checksum::None;
    };
    if key.len() > LONGEST {
        return Checksum::None;
    }
    let Some(bytes) = from_base64(&armor.body) else { return Checksum::Invalid };
    let encrypted = String::from_utf8_lossy(key).contains("Proc-Type: 4,ENCRYPTED");
    let fits = if armor.label.starts_with("OPENSSH") {
        bytes.starts_with(b"openssh-key-v1\0")
    } else if encrypted {
        !bytes.is_empty() && bytes.len() % 8 == 0
    } else {
        der_length(&bytes) == Some(bytes.len())
    };
    if fits { Checksum::Valid } else { Checksum::Invalid }
}

/// The length that a DER sequence says it has, its head included.
fn der_length(bytes: &[u8]) -> Option<usize> {
    let (&[tag, first], rest) = bytes.split_first_chunk::<2>()?;
    if tag != 0x30 {
        return None;
    }
    if first < 0x80 {
        return Some(2 + usize::from(first));
    }
    let count = usize::from(first & 0x7f);
    let digits = rest.get(..count).filter(|_| (1..=3).contains(&count))?;
    Some(2 + count + digits.iter().fold(0, |sum, &byte| sum << 8 | usize::from(byte)))
}

/// OpenPGP: the CRC24 line, which newer writers leave out.
pub(super) fn check_pgp(key: &[u8]) -> Checksum {
    let Some(Armor { body, sum: Some(sum), .. }) = read(key) else { return Checksum::None };
    let (Some(bytes), Some(sum)) = (from_base64(&body), from_base64(&sum)) else { return Checksum::Invalid };
    let crc = crc24(&bytes).to_be_bytes();
    if sum.as_slice() == &crc[1..] { Checksum::Valid } else { Checksum::Invalid }
}

/// Armour of nobody's key under the same label: DER, OpenSSH's container, or OpenPGP with its CRC24 line.
pub(super) fn seal(key: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let label = read(key)?.label;
    let mut bytes = rng.bytes(300);
    let mut tail = String::new();
    if label.starts_with("PGP") {
        bytes[0] = 0x95;
        let sum = to_base64(&crc24(&bytes).to_be_bytes()[1..], false, false);
        tail = format!("={}\n", String::from_utf8_lossy(&sum));
    } else if label.starts_with("OPENSSH") {
        // One key, and no cipher: its zeros are runs of A in base64.
        let head = b"openssh-key-v1\0\0\0\0\x04none\0\0\0\x04none\0\0\0\0\0\0\0\x01\0\0\x01\x17";
        bytes[..head.len()].copy_from_slice(head);
    } else {
        bytes[..7].copy_from_slice(&[0x30, 0x82, 0x01, 0x28, 0x02, 0x01, 0x00]);
    }
    let text = to_base64(&bytes, false, true);
    let lines: Vec<_> = text.chunks(64).map(|line| String::from_utf8_lossy(line)).collect();
    let blank = if tail.is_empty() { "" } else { "\n" };
    let armor = format!("-----BEGIN {label}-----\n{blank}{}\n{tail}-----END {label}-----", lines.join("\n"));
    // As it stands in JSON and source code, if that is how it was.
    let escaped = key.windows(2).any(|pair| pair == b"\\n");
    Some(if escaped { armor.replace('\n', "\\n") } else { armor }.into())
}

#[cfg(test)]
mod tests {
    use super::super::base::to_base64;
    use super::super::crc::crc24;
    use super::{check_pem, check_pgp};
    use crate::model::Checksum;

    fn armored(label: &str, body: &[u8], tail: &str) -> String {
        let text = String::from_utf8(to_base64(body, false, true)).expect("text");
        let lines: Vec<_> =
            text.as_bytes().chunks(64).map(|l| String::from_utf8_lossy(l).into_owned()).collect();
        format!("-----BEGIN {label}-----\n{}\n{tail}-----END {label}-----\n", lines.join("\n"))
    }

    #[test]
    fn pem_bodies_must_be_what_the_header_says() {
        let label = ["RSA", "PRIVATE", "KEY"].join(" ");
        let der = [&[0x30, 0x82, 0x01, 0x00][..], &[7; 256]].concat();
        let good = armored(&label, &der, "");
        assert_eq!(check_pem(good.as_bytes()), Checksum::Valid);
        assert_eq!(check_pem(good.replace('\n', "\\n").as_bytes()), Checksum::Valid);
        assert_eq!(check_pem(good.replace('\n', "\\r\\n\" +\n    \"").as_bytes()), Checksum::Valid);
        assert_eq!(check_pem(armored(&label, &der[..200], "").as_bytes()), Checksum::Invalid);
        assert_eq!(check_pem(&good.as_bytes()[..120]), Checksum::None);
        let ssh = label.replace("RSA", "OPENSSH");
        assert_eq!(check_pem(armored(&ssh, b"openssh-key-v1\0none", "").as_bytes()), Checksum::Valid);
        assert_eq!(check_pem(armored(&ssh, &der, "").as_bytes()), Checksum::Invalid);
        let locked = armored(&label, &[1; 64], "").replacen(
            "-----\n",
            "-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n",
            1,
        );
        assert_eq!(check_pem(locked.as_bytes()), Checksum::Valid);
        assert_eq!(check_pem(b"-----BEGIN"), Checksum::None);
    }

    #[test]
    fn the_crc_line_is_checked_where_there_is_one() {
        let label = ["PGP", "PRIVATE", "KEY", "BLOCK"].join(" ");
        let body = [0x95, 1, 2, 3, 4, 5, 6, 7];
        let sum = String::from_utf8(to_base64(&crc24(&body).to_be_bytes()[1..], false, false)).expect("text");
        let with =
            |sum: &str| armored(&label, &body, &format!("={sum}\n")).replacen('\n', "\nVersion: X\n\n", 1);
        assert_eq!(check_pgp(with(&sum).as_bytes()), Checksum::Valid);
        assert_eq!(check_pgp(with("AAAA").as_bytes()), Checksum::Invalid);
        assert_eq!(check_pgp(armored(&label, &body, "").as_bytes()), Checksum::None);
    }
}
