//! Values that vendors and standards publish for tests: allowed by exact value, kept as hashes so that no scanner
//! stumbles over this file.

/// FNV-1a of the value, sorted, and who published it.
const PUBLISHED: &[(u64, &str)] = &[
    (0x0b89d8abb8cbff84, "hardhat account 0"),
    (0x11065064a8286cbd, "RFC 6238"),
    (0x175a78bf6adc3a3d, "hardhat mnemonic"),
    (0x179484c6f508b654, "hardhat account 0"),
    (0x321c3da870f1d96f, "Turnstile test secrets"),
    (0x3c94b590353b703a, "Turnstile test keys"),
    (0x3df7d60453edc475, "hCaptcha test secret"),
    (0x3f9d1c996e620b67, "Azurite storage emulator"),
    (0x4b814e2c74560377, "Stripe documentation"),
    (0x4cc154d5177cbe22, "Turnstile test keys"),
    (0x503d68e80a77d6b7, "jwt.io"),
    (0x570f05933978901b, "hCaptcha test site key"),
    (0x62690921e62941ca, "Turnstile test secrets"),
    (0x675196d0d19ff51c, "Stripe documentation"),
    (0x67e733c2f9035757, "Stripe documentation"),
    (0x71d445b5de168d8c, "reCAPTCHA test site key"),
    (0x7699c294beebad32, "AWS documentation, secret access key"),
    (0x846b2a1e2fad7fcb, "RFC 6749"),
    (0x8f635ee3a1e6f45d, "AWS documentation, secret access key"),
    (0x91c8413ae3c64a50, "Turnstile test keys"),
    (0x9617ea5685ae57ea, "RFC 7617"),
    (0x9f1920c6cd484714, "Cosmos DB emulator"),
    (0xa704e0c51f1b6b61, "RFC 6238, base32"),
    (0xbb65956c4b8b34bf, "RFC 6750"),
    (0xc3fdb7b88fb11eb0, "Turnstile test secrets"),
    (0xc9b691499b62e847, "reCAPTCHA test secret"),
    (0xca11e6de452249df, "BIP 39 test vector"),
    (0xd1d407fe9b0d9c34, "TOTP documentation"),
    (0xddd19c486d095d84, "Stripe documentation"),
    (0xe2a3b82fd634d845, "WordPress"),
    (0xe6f28c6d4b590b92, "NASA"),
];

/// Endings of published values: AWS documentation writes key ids and secrets that end so.
const ENDINGS: &[&[u8]] = &[b"EXAMPLE", b"EXAMPLEKEY"];

/// Who published this value, if somebody did.
pub(super) fn published(value: &[u8]) -> Option<&'static str> {
    if ENDINGS.iter().any(|e| value.ends_with(e)) {
        return Some("ends as the examples of vendors do");
    }
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for &byte in value {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    let found = PUBLISHED.binary_search_by_key(&hash, |(h, _)| *h).ok()?;
    PUBLISHED.get(found).map(|(_, who)| *who)
}

#[cfg(test)]
mod tests {
    use super::{PUBLISHED, published};

    #[test]
    fn published_values_are_known_and_others_are_not() {
        assert!(PUBLISHED.is_sorted());
        assert_eq!(published(format!("your-{}-bit-secret", 256).as_bytes()), Some("jwt.io"));
        assert_eq!(published(b"DEMO_KEY"), Some("NASA"));
        assert!(published(b"AKIAIOSFODNN7EXAMPLE").is_some());
        assert_eq!(published(b"your-512-bit-secret"), None);
    }
}
