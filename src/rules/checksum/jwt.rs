//! JSON web tokens: what they say about themselves. Nothing is verified: that would need the issuer's key.

use serde_json::{Map, Value};

use crate::model::Checksum;
use crate::rules::charset::Charset;
use crate::rules::rng::Rng;

use super::base::{from_base64, to_base64};

/// Longer parts are not decoded.
const LONGEST: usize = 64 << 10;

/// What a token says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    /// `alg`: the algorithm; `none` means that it is not signed.
    pub algorithm: String,
    /// `typ`.
    pub kind: String,
    /// `iss`: who issued it.
    pub issuer: String,
    /// `sub`: for whom.
    pub subject: String,
    /// `aud`: for which service.
    pub audience: String,
    /// `role`, as Supabase writes it.
    pub role: String,
    /// `exp`: until when it is valid, in seconds since 1970.
    pub expires: Option<i64>,
    /// `iat`: when it was issued, in seconds since 1970.
    pub issued: Option<i64>,
    /// Whether its payload is encrypted (five parts), so that only the header is known.
    pub encrypted: bool,
    /// Whether it is the well-known sample of jwt.io.
    pub sample: bool,
}

impl Claims {
    /// Reads a token, or the token in a key that has a prefix. `None` if header or payload are not JSON.
    pub fn read(key: &[u8]) -> Option<Claims> {
        let start = key.windows(2).position(|pair| pair == b"ey")?;
        let parts: Vec<&[u8]> = key[start..].splitn(6, |&b| b == b'.').collect();
        let header = object(parts.first()?)?;
        let text = |map: &Map<String, Value>, name: &str| match map.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(list)) => list.first().and_then(Value::as_str).unwrap_or_default().to_string(),
            _ => String::new(),
        };
        let mut claims =
            Claims { algorithm: text(&header, "alg"), kind: text(&header, "typ"), ..Claims::default() };
        match parts.len() {
            2 | 3 => {
                let payload = object(parts[1])?;
                claims.issuer = text(&payload, "iss");
                claims.subject = text(&payload, "sub");
                claims.audience = text(&payload, "aud");
                claims.role = text(&payload, "role");
                let time = |name| {
                    let value = payload.get(name)?;
                    value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))
                };
                claims.expires = time("exp");
                claims.issued = time("iat");
                claims.sample = claims.subject == "1234567890" && claims.issued == Some(1_516_239_022);
            }
            5 => claims.encrypted = true,
            _ => return None,
        }
        Some(claims)
    }

    /// Whether it says that it was valid only before `now`, in seconds since 1970.
    pub fn is_expired(&self, now: i64) -> bool {
        self.expires.is_some_and(|until| until < now)
    }
}

fn object(part: &[u8]) -> Option<Map<String, Value>> {
    if part.len() > LONGEST {
        return None;
    }
    match serde_json::from_slice(&from_base64(part)?).ok()? {
        Value::Object(map) => Some(map),
        _ => None,
    }
}

/// Whether header and payload are JSON and the header names an algorithm.
pub(super) fn check(key: &[u8]) -> Checksum {
    match Claims::read(key) {
        Some(claims) if !claims.algorithm.is_empty() || !claims.kind.is_empty() => Checksum::Valid,
        _ => Checksum::Invalid,
    }
}

/// A token of nobody with the same beginning, of which `prefix` bytes are fixed.
pub(super) fn seal(key: &[u8], prefix: usize, rng: &mut Rng) -> Option<Vec<u8>> {
    let start = key.windows(2).position(|pair| pair == b"ey")?;
    let part = |text: &str| to_base64(text.as_bytes(), true, false);
    let id = String::from_utf8(rng.text(Charset::WORD, 16)).ok()?;
    let headers = [
        "{\"alg\":\"HS256\",\"typ\":\"JWT\"}".to_string(),
        "{\"typ\":\"JWT\",\"alg\":\"HS256\"}".to_string(),
        format!("{{\"kid\":\"{id}\",\"alg\":\"HS256\"}}"),
        format!("{{\"alg\":\"RS256\",\"kid\":\"{id}\"}}"),
        format!("{{\"alg\":\"ES256\",\"kid\":\"{id}\"}}"),
    ];
    let fixed = key.get(start..prefix.max(start))?;
    let mut token = key[..start].to_vec();
    token.extend(headers.iter().map(|header| part(header)).find(|header| header.starts_with(fixed))?);
    token.push(b'.');
    let subject = String::from_utf8(rng.text(Charset::WORD, 22)).ok()?;
    let issued = rng.between(1_700_000_000, 1_760_000_000);
    token.extend(part(&format!(
        "{{\"sub\":\"{subject}\",\"iss\":\"made\",\"iat\":{issued},\"exp\":{}}}",
        issued + 3_000_000_000
    )));
    token.push(b'.');
    token.extend(to_base64(&rng.bytes(32), true, false));
    Some(token)
}

#[cfg(test)]
mod tests {
    use super::{Claims, check, seal};
    use crate::model::Checksum;
    use crate::rules::rng::Rng;

    fn token(header: &str, payload: &str) -> Vec<u8> {
        let part = |text: &str| super::to_base64(text.as_bytes(), true, false);
        [part(header), part(payload), b"c2ln".to_vec()].join(&b'.')
    }

    #[test]
    fn a_worked_token() {
        let made = [
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
            "eyJzdWIiOiJmYWtlIiwiZXhwIjowfQ",
            "8JMbMs4geT8KjQnnS4KX0p2EVP_lvnI-qy5q-gEqJeg",
        ]
        .join(".");
        let claims = Claims::read(made.as_bytes()).expect("JSON");
        assert_eq!((&*claims.algorithm, &*claims.subject, claims.expires), ("HS256", "fake", Some(0)));
        assert!(claims.is_expired(1) && !claims.sample);
        assert_eq!(check(made.as_bytes()), Checksum::Valid);
    }

    #[test]
    fn claims_of_all_kinds() {
        let sample =
            token(r#"{"alg":"HS256"}"#, r#"{"sub":"1234567890","name":"John Doe","iat":1516239022}"#);
        assert!(Claims::read(&sample).expect("JSON").sample);
        let several = token(r#"{"alg":"none"}"#, r#"{"aud":["a","b"],"exp":1.5e9,"role":"service_role"}"#);
        let claims = Claims::read(&several).expect("JSON");
        assert_eq!(
            (&*claims.audience, &*claims.role, claims.expires),
            ("a", "service_role", Some(1_500_000_000))
        );
        let mut encrypted = token(r#"{"alg":"RSA-OAEP"}"#, "{}");
        encrypted.extend(b".YQ.YQ");
        assert!(Claims::read(&encrypted).expect("a header").encrypted);
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for odd in [&b""[..], b"ey", b"eyJh.b", b"eyJhbGciOiJIUzI1NiJ9.eyJ.x", b"eyJhbGciOiJIUzI1NiJ9"] {
            assert_eq!(check(odd), Checksum::Invalid);
        }
        let deep = token(r#"{"alg":"x"}"#, &format!("{{\"a\":{}1{}}}", "[".repeat(9000), "]".repeat(9000)));
        assert_eq!(check(&deep), Checksum::Invalid);
    }

    #[test]
    fn made_tokens_decode() {
        let made = seal(b"eyJxxxx.eyJyyyy.zzz", 3, &mut Rng::new(b"x", 1)).expect("made");
        assert_eq!(check(&made), Checksum::Valid);
        assert_eq!(Claims::read(&made).expect("JSON").issuer, "made");
        let made = seal(b"eyJraWQiOixx", 10, &mut Rng::new(b"x", 1)).expect("made");
        assert!(made.starts_with(b"eyJraWQiOi"));
        assert_eq!(seal(b"eyJraWQiOixx", 12, &mut Rng::new(b"x", 1)), None);
    }
}
