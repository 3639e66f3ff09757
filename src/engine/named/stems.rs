//! Where names of secrets may stand: the stems `pass`, `pwd`, `secret`, `cred`, `token`, `key`, `auth` in any case.

/// The stem that the pair of bytes at `at` belongs to stands there; where the stem begins and ends.
pub(super) fn verify(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let pair = [bytes.get(at)?.to_ascii_lowercase(), bytes.get(at + 1)?.to_ascii_lowercase()];
    let (before, stem): (usize, &[u8]) = match &pair {
        b"ss" => (2, b"pass"),
        b"wd" => (1, b"pwd"),
        b"cr" if bytes.get(at + 2)?.eq_ignore_ascii_case(&b'e') => {
            if bytes.get(at + 3)?.eq_ignore_ascii_case(&b'd') { (0, b"cred") } else { (2, b"secret") }
        }
        b"ke" if bytes.get(at + 2)?.eq_ignore_ascii_case(&b'y') => (0, b"key"),
        b"ke" => (2, b"token"),
        b"au" => (0, b"auth"),
        _ => return None,
    };
    let start = at.checked_sub(before)?;
    let end = start + stem.len();
    let stands = bytes.get(start..end)?.eq_ignore_ascii_case(stem);
    // `author` and its kin are no secrets, `authorization` is.
    let author = stem == b"auth"
        && bytes.get(end..end + 2).is_some_and(|b| b.eq_ignore_ascii_case(b"or"))
        && !bytes.get(end + 2).is_some_and(|b| b.eq_ignore_ascii_case(&b'i'));
    (stands && !author).then_some((start, end))
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
