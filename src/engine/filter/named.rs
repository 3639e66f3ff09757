//! What the name of a value says against it: that it is sealed, an identifier, a name itself, a package.

use super::Case;
use crate::engine::context::name::How;
use crate::engine::words::{Kind, words};
use crate::model::Severity;

/// The words of the name, without the path or the object in front of it.
fn own_words<'c>(case: &Case<'c>) -> impl Iterator<Item = &'c [u8]> {
    let name = case.around.name_text();
    let name = name.rsplit(|b| matches!(b, b' ' | b'.' | b'/')).next().unwrap_or_default();
    words(name).map(move |range| &name[range])
}

/// A key that is sealed with another one: `encrypted_key`, `EncryptedPrivateKey`, `wrappedKey`.
pub(super) fn sealed(case: &Case<'_>) -> bool {
    let says = |word: &[u8]| {
        [&b"encrypted"[..], b"wrapped", b"ciphered", b"sealed"].iter().any(|w| w.eq_ignore_ascii_case(word))
    };
    let long = case.key.len() >= 20 && case.looks_random() || case.key.contains(&b'|');
    !case.rich && (case.generic || case.fit < 3) && long && own_words(case).any(says)
}

/// Hexadecimal digits under a name that only counts things: `"uid": "6d6d0efe…"`, or where a rule that only tells
/// identifiers draws from a larger alphabet: `"carrier_account_id": "ca_f1a0e5c2…"`.
pub(super) fn identifies(case: &Case<'_>) -> bool {
    if !case.generic && case.rule.severity == Severity::Info && case.fit < 3 && case.is_hex_of_larger() {
        return true;
    }
    if case.rich || case.generic || case.fit == 3 || !case.makeup.is_hex() || !case.prefix().is_empty() {
        return false;
    }
    let mut own = own_words(case);
    let (Some(word), None) = (own.next(), own.next()) else { return false };
    [&b"uid"[..], b"uuid", b"guid", b"oid", b"id", b"etag"].iter().any(|w| w.eq_ignore_ascii_case(word))
}

/// A name under a constant that holds one: `KEY_AUTHORIZATION = "app.k9mail_auth"`.
pub(super) fn of_a_constant(case: &Case<'_>) -> bool {
    const FIRST: &[&[u8]] = &[
        b"KEY_",
        b"EXTRA_",
        b"PREF_",
        b"PREFS_",
        b"PREFERENCE_",
        b"ARG_",
        b"COLUMN_",
        b"INTENT_",
        b"ACTION_",
    ];
    let name = case.around.name_text();
    let name = name.rsplit(|b| matches!(b, b' ' | b'.')).next().unwrap_or_default();
    let joints = case.key.iter().filter(|b| matches!(b, b'.' | b'_' | b'-')).count();
    case.generic
        && case.around.value.quoted
        && FIRST.iter().any(|first| name.starts_with(first))
        && joints > 0
        && case.makeup.symbols == joints
        && case.makeup.upper + case.makeup.spaces + case.makeup.other == 0
        && case.makeup.digits <= 2
}

/// A value of a package, not of the provider whose word the package's name holds: `"org.acme.daily" to "…"`.
pub(super) fn of_a_package(case: &Case<'_>) -> bool {
    const FIRST: &[&[u8]] = &[b"com", b"net", b"org", b"io", b"dev", b"de", b"fr", b"app", b"me", b"co"];
    let name = case.around.name_text().split(|b| matches!(b, b'"' | b'\'' | b' ')).next().unwrap_or_default();
    let mut name = name.split(|b| *b == b'.');
    let small = |part: &[u8]| part.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_');
    !case.rich
        && !case.generic
        && case.fit < 3
        && case.prefix().is_empty()
        && case.around.meaning.kind.is_none()
        && name.next().is_some_and(|first| FIRST.contains(&first))
        && name.clone().count() >= 2
        && name.all(|part| !part.is_empty() && small(part))
}

/// The name of a thing that keeps a secret, as in Kubernetes: `tlsSecret: shop-tls`, `command = "shop-k8s-auth"`.
pub(super) fn of_a_resource(case: &Case<'_>) -> bool {
    const ENDS: &[&[u8]] = &[
        b"-tls",
        b"-secret",
        b"-secrets",
        b"-cert",
        b"-auth",
        b"-credentials",
        b"-creds",
        b"-token",
        b"-key",
        b"-keys",
    ];
    case.generic
        && case.around.meaning.kind != Some(Kind::Password)
        && ENDS.iter().any(|end| case.key.ends_with(end))
        && case.makeup.digits <= 2
        && case.key.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
        && case.key.split(|b| *b == b'-').all(|part| part.first().is_some_and(u8::is_ascii_lowercase))
}

/// The name of a field, given to a call that makes or reads one: `form->password("client_password")`.
pub(super) fn of_a_field(case: &Case<'_>) -> bool {
    let argued = case.around.name.is_some_and(|n| n.how == How::Argument);
    let small = case.key.iter().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'-'));
    let sets = own_words(case).next().is_some_and(|first| first.eq_ignore_ascii_case(b"set"));
    let names =
        ["pass", "secret", "token"].iter().any(|w| memchr::memmem::find(case.key, w.as_bytes()).is_some());
    case.generic && argued && small && !sets && names && case.rule.id != "generic-call-password"
}
