//! Values that name a thing of programs: a type, an algorithm, a host, a package, a word of a list.

use super::Case;
use super::shapes::contains_no_case;

/// Types as they stand behind a colon in Kotlin, Swift, TypeScript, Scala, and behind `typeof x ==`.
const TYPES: &[&[u8]] = &[
    b"boolean",
    b"bool",
    b"string",
    b"number",
    b"object",
    b"function",
    b"symbol",
    b"bigint",
    b"unit",
    b"void",
    b"double",
    b"float",
    b"long",
    b"short",
    b"integer",
    b"bytearray",
    b"chararray",
    b"uint8array",
    b"charsequence",
    b"securestring",
];

/// A type: `hasPassword: Boolean`, `typeof passwordPolicy !== 'boolean'`.
pub(super) fn kind(case: &Case<'_>) -> bool {
    if !case.generic {
        return false;
    }
    let is_type = TYPES.iter().any(|t| t.eq_ignore_ascii_case(case.key));
    let name = case.around.name_text();
    let start = case.around.name.map_or(0, |n| n.span.0);
    let before = &case.around.bytes[start.saturating_sub(12)..start];
    let asked = name.starts_with(b"typeof ") || before.ends_with(b"typeof ");
    if is_type && (asked || !case.around.value.quoted) {
        return true;
    }
    // `class RemovePassword : Migration`
    let declared = [&b"class "[..], b"interface ", b"struct ", b"protocol "];
    let declares = declared.iter().any(|word| before.ends_with(word) || contains_no_case(name, word));
    declares && !case.around.value.quoted && case.key.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'.')
}

/// Parts of the names of algorithms, in small letters.
#[rustfmt::skip]
const ALGORITHMS: &[&[u8]] = &[
    b"pbkdf2", b"hmac", b"pbe", b"aes", b"rsa", b"ecdsa", b"ecdh", b"sha", b"md5", b"des", b"desede", b"blowfish", b"chacha20",
    b"poly1305", b"gcm", b"cbc", b"ctr", b"ecb", b"ccm", b"oaep", b"pss", b"pkcs", b"pkcs1", b"pkcs5", b"pkcs5padding",
    b"pkcs7", b"pkcs7padding", b"nopadding", b"padding", b"with", b"and", b"kw", b"wrap", b"es", b"hs", b"rs", b"ed", b"bcrypt", b"scrypt",
    b"argon2id", b"argon2", b"ec", b"dsa", b"curve", b"bit", b"mgf1", b"mgf1padding", b"encryption", b"key", b"factory",
    b"a128", b"a192", b"a256", b"hs256", b"hs384", b"hs512", b"gcmkw", b"auth", b"xoauth", b"oauth", b"oauthbearer", b"cram", b"scram",
    b"plain", b"gssapi", b"ntlm", b"kerberos",
];

/// An algorithm: `PBKDF2WithHmacSHA256`, `AES/CBC/PKCS5Padding`, `RSA-OAEP-256`.
pub(super) fn algorithm(case: &Case<'_>) -> bool {
    let key = case.key;
    if !case.generic || !(5..=48).contains(&key.len()) {
        return false;
    }
    let mut known = 0;
    for part in key.split(|b| matches!(b, b'-' | b'_' | b'/' | b'.' | b' ' | b'=')) {
        // Words stand glued: `HmacSHA256`.
        let mut rest = part;
        while !rest.is_empty() {
            let starts = |w: &&&[u8]| rest.len() >= w.len() && rest[..w.len()].eq_ignore_ascii_case(w);
            let length = match ALGORITHMS.iter().filter(starts).map(|w| w.len()).max() {
                Some(length) => {
                    known += usize::from(length >= 3);
                    length
                }
                None => match rest.iter().take_while(|b| b.is_ascii_digit()).count() {
                    0 => return false,
                    digits if digits <= 4 => digits,
                    _ => return false,
                },
            };
            rest = &rest[length..];
        }
    }
    known >= 2
}

/// A name of a host: small letters, three labels or more (two where the value's own name is one as well).
pub(super) fn host(case: &Case<'_>) -> bool {
    let key = case.key.strip_prefix(b".").unwrap_or(case.key);
    if case.rich || !case.generic || case.around.before(3) == b"://" {
        return false;
    }
    labels(key) >= 3 || labels(key) == 2 && labels(case.around.name_text()) >= 2
}

/// How many labels a text has, if it is the name of a host.
fn labels(text: &[u8]) -> usize {
    let label = |part: &[u8]| {
        part.first().is_some_and(u8::is_ascii_alphanumeric)
            && part.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
    };
    let last = text.rsplit(|b| *b == b'.').next().unwrap_or_default();
    let top = (2..=6).contains(&last.len()) && last.iter().all(u8::is_ascii_lowercase);
    let count = text.split(|b| *b == b'.').count();
    if top && text.split(|b| *b == b'.').all(label) { count } else { 0 }
}

/// The rest of a package's coordinates, whose group the name is: `"io.jsonwebtoken:jjwt-api:0.11"`.
pub(super) fn package(case: &Case<'_>) -> bool {
    let text = case.value();
    let Some(group) = text.iter().position(|b| *b == b':').filter(|_| case.generic) else { return false };
    let mut parts = text[group + 1..].split(|b| *b == b':');
    let artifact = parts.next().unwrap_or_default();
    let small = |part: &[u8]| {
        part.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.'))
    };
    let version = |part: &[u8]| part.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.$+".contains(b));
    let quotes = |b: Option<&u8>| matches!(b, Some(b'"' | b'\''));
    let begins = case.around.value.start.checked_sub(1).and_then(|i| case.around.bytes.get(i));
    quotes(begins)
        && quotes(case.around.bytes.get(case.around.value.end))
        && text[..group].contains(&b'.')
        && small(&text[..group])
        && small(artifact)
        && artifact.contains(&b'-')
        && parts.clone().count() == 1
        && parts.all(version)
}

/// One of a list of names: words in capitals and small letters, a digit or two at the end, and a string of its kind on
/// each side: `'HubspotOauth2', 'CyberArkOauth2', 'XOauth2'`.
pub(super) fn of_a_list(case: &Case<'_>) -> bool {
    // In a call that signs in, strings stand beside the password by nature.
    let call = matches!(&*case.rule.id, "generic-login" | "generic-call-password");
    if case.rich || call || !case.prefix().is_empty() {
        return false;
    }
    let key = case.key;
    let letters = key.len() - key.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let capitals = key.windows(2).filter(|w| w[1].is_ascii_uppercase() && w[0].is_ascii_lowercase()).count();
    let spelled = key[..letters].iter().all(u8::is_ascii_alphanumeric) && key.len() - letters <= 2;
    let few_digits = key[..letters].iter().filter(|b| b.is_ascii_digit()).count() <= 1;
    let listed = matches!(case.around.before(3), [.., b',', b' ', b'"' | b'\''] | [.., b',', b'"' | b'\''])
        && matches!(case.around.after(3), [b'"' | b'\'', b',', ..]);
    listed && spelled && few_digits && capitals >= 1 && capitals * 3 <= letters
}
