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

/// Bit i: bytes i and i + 1 of a block of at most 64 bytes are one of the pairs that [`verify`] knows.
pub(super) fn pairs(bytes: &[u8], at: usize) -> u64 {
    let mut buffer = [0u8; 65];
    let block = &bytes[at.min(bytes.len())..bytes.len().min(at + 65)];
    buffer[..block.len()].copy_from_slice(block);
    let mut found = [0u8; 64];
    for i in 0..64 {
        let (a, b) = (buffer[i] | 0x20, buffer[i + 1] | 0x20);
        found[i] = u8::from(a == b's' && b == b's')
            | u8::from(a == b'k' && b == b'e')
            | u8::from(a == b'c' && b == b'r')
            | u8::from(a == b'w' && b == b'd')
            | u8::from(a == b'a' && b == b'u');
    }
    let mut mask = 0;
    for (k, eight) in found.chunks_exact(8).enumerate() {
        let word = u64::from_le_bytes(eight.try_into().expect("eight bytes"));
        // The lowest bit of each byte, gathered into the topmost byte.
        mask |= (word.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (k * 8);
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::{pairs, verify};

    fn stems(text: &str) -> Vec<&str> {
        let bytes = text.as_bytes();
        let mut found = Vec::new();
        for at in (0..bytes.len()).step_by(64) {
            let mut mask = pairs(bytes, at);
            while mask != 0 {
                let i = at + mask.trailing_zeros() as usize;
                mask &= mask - 1;
                if let Some((start, end)) = verify(bytes, i) {
                    found.push(&text[start..end]);
                }
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
