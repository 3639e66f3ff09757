//! Where names of secrets may stand: the stems `pass`, `pwd`, `secret`, `cred`, `token`, `key`, `auth` in any case; and
//! `create` as in SQL.

/// The stem whose first letters stand at `at`; where it begins and ends.
pub(super) fn verify(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let eight = match bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        Some(eight) => *eight,
        None => at_end(&bytes[at..]),
    };
    // Letters in lower case; what is no letter becomes none.
    let word = u64::from_le_bytes(eight) | BLANKS;
    let eight = word.to_le_bytes();
    let length = match word as u32 {
        PASS | CRED | AUTH => 4,
        SECR if eight[4..6] == *b"et" => 6,
        TOKE if eight[4] == b'n' => 5,
        // `CREATE USER x IDENTIFIED BY 'y'`
        CREA if eight[4..6] == *b"te" && bytes.get(at + 6) == Some(&b' ') => 7,
        four if four & 0x00FF_FFFF == PWD || four & 0x00FF_FFFF == KEY => 3,
        _ => return None,
    };
    // `author` and its kin are no secrets, `authorization` is.
    let author = matches!(eight, [b'a', b'u', b't', b'h', b'o', b'r', next, _] if next != b'i');
    (!author).then_some((at, at + length))
}

const BLANKS: u64 = u64::from_le_bytes([b' '; 8]);
const PASS: u32 = u32::from_le_bytes(*b"pass");
const CRED: u32 = u32::from_le_bytes(*b"cred");
const AUTH: u32 = u32::from_le_bytes(*b"auth");
const SECR: u32 = u32::from_le_bytes(*b"secr");
const TOKE: u32 = u32::from_le_bytes(*b"toke");
const CREA: u32 = u32::from_le_bytes(*b"crea");
const PWD: u32 = u32::from_le_bytes(*b"pwd\0");
const KEY: u32 = u32::from_le_bytes(*b"key\0");

/// Eight bytes, with blanks where the text ends.
fn at_end(rest: &[u8]) -> [u8; 8] {
    let mut eight = [b' '; 8];
    eight.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    eight
}

#[cfg(test)]
mod tests {
    use super::verify;

    fn stems(text: &str) -> Vec<&str> {
        let bytes = text.as_bytes();
        let mut found = Vec::new();
        for i in 0..bytes.len() {
            if let Some((start, end)) = verify(bytes, i) {
                found.push(&text[start..end]);
            }
        }
        found
    }

    #[test]
    fn stems_are_found_wherever_they_stand() {
        assert_eq!(
            stems("PassWord pwd apiKey SECRET_TOKEN creds author Authorization class make passphrase"),
            ["Pass", "pwd", "Key", "SECRET", "TOKEN", "cred", "Auth", "pass"]
        );
        for shift in 0..140 {
            let text = format!("{}token{}", ".".repeat(shift), " ".repeat(shift));
            assert_eq!(stems(&text), ["token"], "{shift}");
        }
    }
}
