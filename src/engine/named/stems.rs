//! Where names of secrets may stand: the stems `pass`, `pwd`, `secret`, `cred`, `token`, `key`, `auth` in any case; and
//! `create` as in SQL.

/// The stem whose first letters stand at `at`; where it begins and ends.
pub(super) fn verify(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    // Letters in lower case; what is no letter becomes none.
    let eight = match bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        Some(eight) => *eight,
        None => at_end(&bytes[at..]),
    }
    .map(|b| b | 0x20);
    let length = match eight {
        [b'p', b'a', b's', b's', ..] | [b'c', b'r', b'e', b'd', ..] | [b'a', b'u', b't', b'h', ..] => 4,
        [b'p', b'w', b'd', ..] | [b'k', b'e', b'y', ..] => 3,
        [b's', b'e', b'c', b'r', b'e', b't', ..] => 6,
        [b't', b'o', b'k', b'e', b'n', ..] => 5,
        // `CREATE USER x IDENTIFIED BY 'y'`
        [b'c', b'r', b'e', b'a', b't', b'e', ..] if bytes.get(at + 6) == Some(&b' ') => 7,
        _ => return None,
    };
    // `author` and its kin are no secrets, `authorization` is.
    let author = matches!(eight, [b'a', b'u', b't', b'h', b'o', b'r', next, _] if next != b'i');
    (!author).then_some((at, at + length))
}

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
