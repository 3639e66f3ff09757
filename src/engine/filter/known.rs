//! Values that vendors and standards publish for tests: allowed by exact value, kept as hashes so that no scanner
//! stumbles over this file.

/// FNV-1a of the value, sorted, and who published it.
const PUBLISHED: &[(u64, &str)] = &[
    (0x067a862d383ef29e, "BIP 39 test vector"),
    (0x08fbd2db1bad97e3, "BIP 39 test vector"),
    (0x0b89d8abb8cbff84, "hardhat account 0"),
    (0x11065064a8286cbd, "RFC 6238"),
    (0x15551f168313b18f, "BIP 39 test vector"),
    (0x15d0bbf05510a32a, "BIP 39 test vector"),
    (0x175a78bf6adc3a3d, "hardhat mnemonic"),
    (0x179484c6f508b654, "hardhat account 0"),
    (0x1dc26e2c9567235d, "BIP 39 test vector"),
    (0x23a4d67f25650789, "BIP 39 test vector"),
    (0x29f7761775fc2adb, "BIP 39 test vector"),
    (0x321c3da870f1d96f, "Turnstile test secrets"),
    (0x3c94b590353b703a, "Turnstile test keys"),
    (0x3df7d60453edc475, "hCaptcha test secret"),
    (0x3e5afae0061d070d, "BIP 39 test vector"),
    (0x3e916158928d4b16, "BIP 39 test vector"),
    (0x3f9d1c996e620b67, "Azurite storage emulator"),
    (0x41ad1879f588bf98, "BIP 39 test vector"),
    (0x4b814e2c74560377, "Stripe documentation"),
    (0x4cc154d5177cbe22, "Turnstile test keys"),
    (0x503d68e80a77d6b7, "jwt.io"),
    (0x570f05933978901b, "hCaptcha test site key"),
    (0x5b489bd00a8eb6e3, "BIP 39 test vector"),
    (0x62690921e62941ca, "Turnstile test secrets"),
    (0x675196d0d19ff51c, "Stripe documentation"),
    (0x67e733c2f9035757, "Stripe documentation"),
    (0x71d445b5de168d8c, "reCAPTCHA test site key"),
    (0x75e866151aa802a6, "BIP 39 test vector"),
    (0x7699c294beebad32, "AWS documentation, secret access key"),
    (0x7736929457f5c27e, "BIP 39 test vector"),
    (0x7dd98d1ab1b9d4be, "BIP 39 test vector"),
    (0x805d9cf71ae95674, "BIP 39 test vector"),
    (0x846b2a1e2fad7fcb, "RFC 6749"),
    (0x8f635ee3a1e6f45d, "AWS documentation, secret access key"),
    (0x91c8413ae3c64a50, "Turnstile test keys"),
    (0x9617ea5685ae57ea, "RFC 7617"),
    (0x9e5ffd7186b6e0ce, "BIP 39 test vector"),
    (0x9f1920c6cd484714, "Cosmos DB emulator"),
    (0xa2a9f770c464c4e6, "Unity, in every new project"),
    (0xa704e0c51f1b6b61, "RFC 6238, base32"),
    (0xbb65956c4b8b34bf, "RFC 6750"),
    (0xbe2297a9dd1a4cae, "BIP 39 test vector"),
    (0xc3fdb7b88fb11eb0, "Turnstile test secrets"),
    (0xc9b691499b62e847, "reCAPTCHA test secret"),
    (0xca11e6de452249df, "BIP 39 test vector"),
    (0xcc40070cf9ec6202, "BIP 39 test vector"),
    (0xcd60671a81d34ec9, "BIP 39 test vector"),
    (0xd1d407fe9b0d9c34, "TOTP documentation"),
    (0xd51a17c11465cee6, "BIP 39 test vector"),
    (0xddd19c486d095d84, "Stripe documentation"),
    (0xe2a3b82fd634d845, "WordPress"),
    (0xe6f28c6d4b590b92, "NASA"),
    (0xef46489c29ead487, "BIP 39 test vector"),
    (0xf601368be393bf1b, "BIP 39 test vector"),
    (0xfa94df7093019a61, "BIP 39 test vector"),
];

/// FNV-1a of the first sixteen hexadecimal digits of MD5, SHA-1, SHA-256 and SHA-512 of words that people hash to try
/// things out (`test`, `password`, nothing at all, …), sorted.
#[rustfmt::skip]
const DIGESTS: &[u64] = &[
    0x01845447e7074e83, 0x061cbcae004f52ae, 0x067aa60fde9c1369, 0x0722696c7b2a033d, 0x0734422aecfdc0f2,
    0x0944d79b49d97c95, 0x0b8a34b5db6a1b98, 0x0f96810433508eb4, 0x103d858318e075bf, 0x10c0b033c1857660,
    0x143a86c4772d2d73, 0x188031863e7bfecf, 0x18f745a250f9d7c2, 0x1af7e2e67e5bdfac, 0x1c454db60b7ee0f8,
    0x1e7155b9a09ea881, 0x203fa856e7a8bf56, 0x210eca5cc69eea42, 0x230bb2c1772cba4e, 0x23ab376c0ad1f203,
    0x25592ab787ab78db, 0x27379127ccfdbe7c, 0x2902da3041174232, 0x2b08e9942674be93, 0x2e1b72a2261dcc21,
    0x2e6fe5373783705c, 0x3233589aa54da095, 0x3331f035d2617bde, 0x336789c28e3b0c7f, 0x344ecc799cbb92c4,
    0x3866ad251e9ba541, 0x3f7e50e43edc809d, 0x4126eacbaa68bd10, 0x44024e5173afa07c, 0x470feec951702f80,
    0x47b4ec4be1c6100c, 0x4826a9ba1f3ec83a, 0x4b816e14343ccc3c, 0x502585c2f78aa155, 0x518f565d821b7eb5,
    0x5756f1be4c6de998, 0x580b0f3472e73a13, 0x5becab23d76fe264, 0x5c216b9fef5d253f, 0x5d551b0cac72dc4c,
    0x6271f2e54f68614c, 0x62dac8cb8a61fb7c, 0x63e7d74596850319, 0x6400dde285169bd5, 0x6543a60ecebda59b,
    0x669b01bac0db4d71, 0x67aab7890fa5e92b, 0x68e8ac289779babd, 0x6b096030d822b6f7, 0x6cd3f5c91fc0dd46,
    0x6da33cc220afb4c4, 0x6db15b8e4b50b6a3, 0x6fe3d381015e29f2, 0x72a39facffbce014, 0x740e62038c4e3785,
    0x7448252d1cf81b07, 0x7489587eea313c8f, 0x76504d95a849bd0a, 0x79fd952c36c008d0, 0x7f5f168bb46a2845,
    0x862a0a6c2200d9dd, 0x8761c507582e9af9, 0x87ddb5b9069223f9, 0x882297f51a2e5ad9, 0x888175d710b13adf,
    0x8a6ffb9d18bbcc9c, 0x8abcdcf751fcd3e5, 0x8c1cf7a81d48de98, 0x8d4e09ca0f3c8160, 0x8e8eb955f5f224fc,
    0x8ef50093bc645b41, 0x8f30a72b7ec3f89e, 0x94173e7cf889884e, 0x9544a1d96966a14d, 0x987a079f3d17b897,
    0x9a3781b0b9560e2a, 0x9abd134116e3447a, 0x9deb58a430e3388b, 0xa1333e8beada5ed4, 0xa1b370828e42807a,
    0xa5284f75b72eca6b, 0xa9eecf92d138a444, 0xac139f23227a01be, 0xaecb0db8181ec2cb, 0xaf59954c3d189402,
    0xb0008b6fe61ad1a6, 0xb0d7664850c16b3b, 0xb2428d9b3a89e432, 0xb6ebf38d69ef9996, 0xb80d3242872b78f4,
    0xbb46aa38047c4a00, 0xbc594d99a4d922db, 0xbc63fcaeeadfdd05, 0xbd9438fe3cc4355e, 0xbdc0d357dcc05d3b,
    0xc07002b4be069a49, 0xc1752d435c74c3f8, 0xc261b24317721306, 0xc712cfe6f7b8924c, 0xc7c995040bf741b1,
    0xc8a8aee9f1ddbb86, 0xca406925e1f289e7, 0xcacda2ed053005b3, 0xcc96c88da3666e1e, 0xce76aa1b3b30a133,
    0xced87b348b780a00, 0xcf3080de683c8e50, 0xd04824b99c46b66b, 0xd132ed26792681f5, 0xd30b625270b87d36,
    0xd45ab582447a5c1b, 0xd4b02a846c58cf92, 0xd8ef7b3afd8f1ea9, 0xddaf0b951832dd89, 0xdf05d0e585f97d1f,
    0xdff218e1dec3a7ab, 0xe0ff111b15ea9c92, 0xe2147f47f5f46f69, 0xe49dbe57857601fd, 0xee22ec1da9fd630f,
    0xef8788a24bf708ff, 0xf0d55a9ef2454b71, 0xf104af0ab1861492, 0xf4321d15b5c82088, 0xf45d2b7468e4fd12,
    0xf51490be194e54e3, 0xfd3a3e9d2c4abe21,
];

/// Endings of published values: AWS documentation writes key ids and secrets that end so.
const ENDINGS: &[&[u8]] = &[b"EXAMPLE", b"EXAMPLEKEY"];

/// What NTLM makes of no password.
const NO_PASSWORD: &[u8] = b"31d6cfe0d16ae931b73c59d7e0c089c0";

/// Whether this is a fingerprint that this program writes into its own reports and configurations.
pub(super) fn fingerprint(value: &[u8]) -> bool {
    value
        .strip_prefix(b"ks1:")
        .is_some_and(|hex| hex.len() == 32 && hex.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}

/// Who published this value, if somebody did.
pub(super) fn published(value: &[u8]) -> Option<&'static str> {
    if memchr::memmem::find(value, b"AccountName=devstoreaccount1").is_some() {
        return Some("Azurite storage emulator");
    }
    if value.ends_with(NO_PASSWORD) && value.len() > NO_PASSWORD.len() {
        return Some("the NTLM hash of no password at all");
    }
    if ENDINGS.iter().any(|e| value.ends_with(e)) {
        return Some("ends as the examples of vendors do");
    }
    if value.len() >= 20 && value.iter().all(u8::is_ascii_hexdigit) {
        let hash = fnv(&value[..16].to_ascii_lowercase());
        if DIGESTS.binary_search(&hash).is_ok() {
            return Some("the digest of a word that everybody tries");
        }
    }
    let hash = fnv(value);
    let found = PUBLISHED.binary_search_by_key(&hash, |(h, _)| *h).ok()?;
    PUBLISHED.get(found).map(|(_, who)| *who)
}

fn fnv(value: &[u8]) -> u64 {
    value.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::{DIGESTS, PUBLISHED, published};

    #[test]
    fn published_values_are_known_and_others_are_not() {
        assert!(PUBLISHED.is_sorted() && DIGESTS.is_sorted());
        assert!(
            published(b"A94A8FE5CCB19BA61C4C0873").is_some()
                && published(b"A94A8FE5CCB19BA71C4C0873").is_none()
        );
        assert_eq!(published(format!("your-{}-bit-secret", 256).as_bytes()), Some("jwt.io"));
        assert_eq!(published(b"DEMO_KEY"), Some("NASA"));
        assert!(published(b"AKIAIOSFODNN7EXAMPLE").is_some());
        assert_eq!(published(b"your-512-bit-secret"), None);
    }
}
