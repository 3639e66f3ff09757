//! Where names of secrets may stand: the stems `pass`, `pwd`, `secret`, `cred`, `token`, `key`, `auth` in any case; and
//! `create` as in SQL.

/// The stem that the three letters at `at` belong to stands there; where the stem begins and ends.
pub(super) fn verify(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    // Letters in lower case; what is no letter becomes none.
    let around = match at.checked_sub(2).and_then(|from| bytes.get(from..from + 8)) {
        Some(eight) => eight.first_chunk::<8>().copied()?,
        None => at_edge(bytes, at),
    }
    .map(|b| b | 0x20);
    let (start, end) = match around {
        [_, _, b'p', b'a', b's', b's', ..] => (at, at + 4),
        [_, _, b'p', b'w', b'd', ..] | [_, _, b'k', b'e', b'y', ..] => (at, at + 3),
        [_, _, b'c', b'r', b'e', b'd', ..] => (at, at + 4),
        [b's', b'e', b'c', b'r', b'e', b't', ..] => (at - 2, at + 4),
        [b't', b'o', b'k', b'e', b'n', ..] => (at - 2, at + 3),
        [_, _, b'a', b'u', b't', b'h', ..] => (at, at + 4),
        // `CREATE USER x IDENTIFIED BY 'y'`
        [_, _, b'c', b'r', b'e', b'a', b't', b'e'] if bytes.get(at + 6) == Some(&b' ') => (at, at + 7),
        _ => return None,
    };
    // `author` and its kin are no secrets, `authorization` is.
    let author = around[2] == b'a'
        && bytes.get(end..end + 2).is_some_and(|b| b.eq_ignore_ascii_case(b"or"))
        && !bytes.get(end + 2).is_some_and(|b| b.eq_ignore_ascii_case(&b'i'));
    (!author).then_some((start, end))
}

/// The two bytes before `at` and the six from there on, with blanks where the text does not reach.
fn at_edge(bytes: &[u8], at: usize) -> [u8; 8] {
    let mut eight = [b' '; 8];
    for (i, byte) in eight.iter_mut().enumerate() {
        *byte = (at + i).checked_sub(2).and_then(|i| bytes.get(i)).copied().unwrap_or(b' ');
    }
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
