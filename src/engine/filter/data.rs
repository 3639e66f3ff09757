//! Values that are other data: digests, identifiers, public keys, images, text for people, things encrypted at rest.

use super::Case;
use super::shapes::contains_no_case;
use crate::engine::context::Whose;
use crate::engine::words::{Kind, meaning, words};

/// Words of names whose values are digests or revisions.
#[rustfmt::skip]
const DIGEST: &[&str] = &[
    "sha", "sha1", "sha256", "sha384", "sha512", "md5", "hash", "hashes", "digest", "checksum", "checksums",
    "integrity", "commit", "rev", "revision", "etag", "resolved", "oid", "tree", "parent", "blob", "crc", "sum",
    "b2sum", "cksum", "fingerprint", "thumbprint", "base", "ref", "head", "tag", "narhash", "vendorhash",
    "cargosha256", "modsha256", "cid", "nonce", "salt", "iv", "signature", "sig", "guid", "uuid", "build", "version",
    "changeset",
];

/// Words of names whose values are addresses: `base_url` is no revision.
const ADDRESS: &[&str] = &["url", "uri", "urls", "endpoint", "href", "host", "path"];

/// Whether a name has a word for digests or revisions.
fn said(name: &[u8]) -> bool {
    let has = |list: &[&str]| {
        words(name).any(|r| list.iter().any(|d| d.as_bytes().eq_ignore_ascii_case(&name[r.clone()])))
    };
    has(DIGEST) && !has(ADDRESS)
}

/// Whether a name says that its value is a digest or a revision, and nothing of a secret: only a rule whose own word it
/// holds can have a key there.
pub(in crate::engine) fn names_digest(name: &[u8]) -> bool {
    said(name) && meaning(name).kind.is_none()
}

/// A digest, a revision: said by the name, by what stands in front of the value, or by its place in a URL.
pub(super) fn digest(case: &Case<'_>) -> bool {
    // Some kinds of keys are called so: `TELEGRAM_API_HASH`.
    let called_so = || case.rule.context.names.iter().any(|name| said(name.as_bytes()));
    if case.rich || case.fit == 3 && (case.around.meaning.kind.is_some() || called_so()) {
        return false;
    }
    let before = case.around.before(10);
    let marked = [
        &b"sha256:"[..],
        b"sha512:",
        b"sha1:",
        b"md5:",
        b"sha256-",
        b"sha512-",
        b"sha384-",
        b"sha1-",
        b"h1:",
        b"sha256=",
        b"sha1=",
        b"md5=",
        b"sha256~",
        b"blake3:",
    ];
    let starts = |text: &[u8], m: &[u8]| text.len() >= m.len() && text[..m.len()].eq_ignore_ascii_case(m);
    let ends = |m: &[u8]| before.len() >= m.len() && starts(&before[before.len() - m.len()..], m);
    if marked.iter().any(|m| ends(m) || starts(case.value(), m)) {
        return true;
    }
    // Liquibase's `3:` and 32 digits.
    if let [b'1'..=b'9', b':', sum @ ..] = case.value()
        && sum.len() == 32
        && sum.iter().all(u8::is_ascii_hexdigit)
    {
        return true;
    }
    let hex = case.makeup.is_hex() && matches!(case.key.len(), 7..=12 | 32 | 40 | 56 | 64 | 96 | 128);
    let at = matches!(before.last(), Some(b'@' | b'#'))
        || before.ends_with(b"commit/")
        || before.ends_with(b"/tree/")
        || before.ends_with(b"/blob/")
        || before.ends_with(b"/raw/");
    if hex && at {
        return true;
    }
    let name = case.around.name_text();
    // The lists of what is known that detect-secrets and its like keep: a digest of the secret, not the secret.
    if hex && case.key.len() >= 40 && contains_no_case(name, b"hashed_secret") {
        return true;
    }
    if hex && of_a_file(before, name) {
        return true;
    }
    if hex && case.generic && of_a_change(case) {
        return true;
    }
    let said = said(name);
    said && case.around.meaning.kind.is_none_or(|_| !case.generic || case.around.meaning.against.is_some())
        && !case.around.in_name(case.rule)
        || said && hex && case.around.meaning.kind.is_none()
}

/// A commit as texts about changes have it.
fn of_a_change(case: &Case<'_>) -> bool {
    let spaces = case.around.name_text().iter().filter(|b| **b == b' ').count();
    // `# run cargo fmt to pass the CI build`, and a commit on the next line.
    let below = case.key.len() >= 32 && case.around.is_prose() && spaces >= 3;
    // `([d65d48…](https://acme.dev/commit/d65d48…))`
    let behind = case.around.after(240);
    let linked = behind.starts_with(b"](") && memchr::memmem::find(behind, case.key).is_some();
    below || linked || case.key.len() == 40 && ends_an_item(case)
}

/// `- Generate the required shell_secret d65d48…`: a commit at the end of an item of what changed.
fn ends_an_item(case: &Case<'_>) -> bool {
    let line = case.around.line_before(300).trim_ascii_start();
    let item = line.strip_prefix(b"- ").or_else(|| line.strip_prefix(b"* ")).unwrap_or_default();
    matches!(case.around.after(1), [] | [b'\n' | b'\r' | b')'])
        && item.split(|b| *b == b' ').filter(|w| !w.is_empty()).count() >= 3
        && !item.iter().any(|b| matches!(b, b'=' | b':' | b'"'))
}

/// `"/js/pay.js?id=…"`, `"flags/pw.png": "…"`: whether it is the digest of a file that is named in front.
fn of_a_file(before: &[u8], name: &[u8]) -> bool {
    let asked = [&b"?id="[..], b"?v=", b"?ver=", b"?h=", b"?rev="].iter().any(|q| before.ends_with(q));
    let file = &before[..before.iter().rposition(|b| *b == b'?').unwrap_or(0)];
    asked && names_file(file) || names_file(name)
}

/// Whether a text ends like the name of a file of a web page.
fn names_file(text: &[u8]) -> bool {
    let ends = [
        &b".js"[..],
        b".mjs",
        b".css",
        b".png",
        b".jpg",
        b".svg",
        b".woff2",
        b".ttf",
        b".html",
        b".wasm",
        b".map",
    ];
    ends.iter().any(|end| text.ends_with(end))
}

/// `sha256sum` lines and lists of digests: a hex value at the start of a line, followed by two spaces and a file name.
pub(super) fn sum_line(case: &Case<'_>) -> bool {
    if case.rich || !case.makeup.is_hex() || case.key.len() < 32 {
        return false;
    }
    let starts = matches!(case.around.before(1), [] | [b'\n']);
    starts && matches!(case.around.after(2), b"  " | b" *")
        || starts && case.around.after(1) == b" " && case.fit < 2
}

/// The key of a record in a table: `'id' => 28, 'name' => 'Buckaroo', 'key' => '…'`, also for records that stand in lists of
/// JSON. Programs ship such tables; `key` is what tells their records apart.
pub(super) fn of_a_record(case: &Case<'_>) -> bool {
    if case.rich || !case.makeup.is_hex() || !case.around.name_text().eq_ignore_ascii_case(b"key") {
        return false;
    }
    let before = case.around.before(300);
    let record = before.rsplit(|b| matches!(b, b'\n' | b'{' | b'[' | b'(')).next().unwrap_or_default();
    let field = |name: &[u8]| {
        let at = memchr::memmem::find(record, name)? + name.len();
        let value = record.get(at..)?.trim_ascii_start();
        let value = value.strip_prefix(b"=>").or_else(|| value.strip_prefix(b":"))?;
        value.trim_ascii_start().first().copied()
    };
    let either = |name: &str| {
        field(format!("\"{name}\"").as_bytes()).or_else(|| field(format!("'{name}'").as_bytes()))
    };
    either("id").is_some_and(|first| first.is_ascii_digit()) && either("name").is_some()
}

/// A UUID under a name that says nothing of a secret.
pub(super) fn uuid(case: &Case<'_>) -> bool {
    let key = case.key;
    let is_uuid = key.len() == 36 && [8, 13, 18, 23].iter().all(|&i| key[i] == b'-') && case.makeup.is_hex();
    // A sentence is no name, and what is looked up by an identifier is not the identifier.
    let spaces = case.around.name_text().iter().filter(|b| **b == b' ').count();
    let last = case.around.name_text().rsplit(|b| *b == b'.').next().unwrap_or_default();
    let looked_up = [&b"get_"[..], b"find_", b"fetch_", b"lookup_"].iter().any(|verb| last.starts_with(verb));
    let strong = case.around.names_secret() && spaces < 4 && !looked_up || case.around.is_login();
    let whose = || case.fit == 1 && case.around.whose(case.rule) == Whose::Secret;
    is_uuid
        && !case.rich
        && !strong
        && (case.generic
            || case.around.ends_address()
            || case.fit < 2 && case.around.name.is_some() && !whose())
}

/// A public key, a certificate or another encoded thing that is no secret.
pub(super) fn public_data(case: &Case<'_>) -> bool {
    #[rustfmt::skip]
    const STARTS: &[&[u8]] = &[
        b"ssh-rsa", b"ssh-ed25519", b"ecdsa-sha2", b"AAAAB3NzaC1", b"AAAAC3NzaC1", b"AAAAE2Vj", b"MIIBIjAN",
        b"MIICIjAN", b"MIGfMA0G", b"MFkwEwYH", b"MIIDXTCC", b"MIID", b"MIIF", b"MIIC", b"iVBORw0KGgo", b"R0lGOD",
        b"/9j/4", b"PHN2Zy", b"d09GR", b"UEsDB", b"PD94bW", b"AAABAA", b"-----BEGIN PUBLIC", b"-----BEGIN CERT",
        b"LS0tLS1CRUdJTiBDRVJU", b"LS0tLS1CRUdJTiBQVUJM", b"data:",
    ];
    if case.rich {
        return false;
    }
    let value = case.value();
    // Firebase Storage: the token is part of the address of a file that an app hands out.
    if case.around.before(16).ends_with(b"alt=media&token=") {
        return true;
    }
    // The badge of a project, which anybody may look at.
    if case.around.before(24).windows(7).any(|w| w == b"/badge/") {
        return true;
    }
    // An address of a block chain, unless it is called a key.
    let address = case.key.len() == 42 && case.key.starts_with(b"0x") && case.generic;
    if address && case.key[2..].iter().all(u8::is_ascii_hexdigit) {
        return !matches!(case.around.meaning.kind, Some(Kind::Password))
            && !contains_no_case(case.around.name_text(), b"key");
    }
    let private = contains_no_case(case.around.name_text(), b"private");
    let long = value.len() >= 48 || value.starts_with(b"ssh-") || value.starts_with(b"data:");
    STARTS.iter().any(|s| value.starts_with(s)) && long && !private
        || case.around.before(8).ends_with(b";base64,")
}

/// Encrypted at rest: of use only to who holds another key.
pub(super) fn encrypted(case: &Case<'_>) -> bool {
    #[rustfmt::skip]
    const STARTS: &[&[u8]] = &[
        b"$ANSIBLE_VAULT", b"ENC[", b"ENC(", b"{cipher}", b"AQICAH", b"vault:v", b"!encrypted", b"-----BEGIN AGE",
        b"-----BEGIN PGP MESSAGE", b"secure:", b"encrypted:", b"enc:", b"CRYPT:", b"AQECAH", b"{AES}", b"{enc}",
        b"age1", b"01000000d08c9ddf",
    ];
    let value = case.value();
    let sealed = || {
        contains_no_case(
            &case.around.bytes[case.around.span.0.saturating_sub(1500)..case.around.span.0],
            b"SealedSecret",
        )
    };
    // Maven's: base64 in braces.
    let before = case.around.before(1);
    let braced = before == b"{" && case.key.ends_with(b"=") && case.around.after(2) == b"}<";
    braced
        || STARTS
            .iter()
            .any(|s| value.starts_with(s) && !case.in_shape(s) || case.around.before(12).ends_with(s))
        || case.around.before(10).ends_with(b"secure: \"")
        || case.around.before(9).ends_with(b"secure: ")
        || value.starts_with(b"Ag") && value.len() > 200 && sealed()
}

/// A constant of code, `R8A774A1_PD_CA53_SCU`: capitals, digits and `_` only. A key that draws from small letters too
/// holds some, and one that does not has no `_`.
pub(super) fn constant(case: &Case<'_>) -> bool {
    let (key, m) = (case.key, &case.makeup);
    // Dashes join the names of things, and the groups of a licence's key, which have digits.
    let joint = |b: &&u8| **b == b'_' || m.digits == 0 && matches!(**b, b'-' | b',');
    let joints = key.iter().filter(joint).count();
    !case.rich
        && joints >= 1
        && m.lower == 0
        && m.upper >= 2
        && m.symbols == joints
        && m.spaces + m.other == 0
}

/// An identifier of code: words joined by `_`, `-` or case, with no sign of chance.
pub(super) fn identifier(case: &Case<'_>) -> bool {
    if !case.generic || case.rich {
        return false;
    }
    let key = case.key;
    let m = &case.makeup;
    if m.digits * 4 > key.len()
        || m.spaces > 0
        || m.symbols != key.iter().filter(|b| matches!(b, b'_' | b'-' | b'.' | b':' | b'/' | b'#')).count()
    {
        return false;
    }
    let parts = words(key).count();
    // What stands bare in code is a name: `auth: KafkaAuthConfig`.
    if !case.around.value.quoted && parts >= 2 && m.letters() == key.len() && m.letters() >= parts * 7 / 2 {
        return m.upper < parts * 2;
    }
    // `#define wx_set_auth ieee80211_wx_set_auth_rsl`
    let joints = key.iter().filter(|b| **b == b'_').count();
    if !case.around.value.quoted && joints >= 2 && m.upper == 0 && m.symbols == joints {
        let odd = key.split(|b| *b == b'_').filter(|part| part.iter().any(u8::is_ascii_digit)).count();
        return odd <= 1 && m.digits <= 5;
    }
    // Capitals are rare in running text, so that a name in capitals seems odd by pairs alone.
    let shouted = m.digits == 0 && m.lower == 0 && key.contains(&b'_');
    let spelled = case.score < 0 || shouted;
    // A single word is the filter's business only where it stands bare or shouts.
    parts >= 2
        && spelled
        && (key.len() >= 8 || m.digits == 0)
        && !(m.digits > 0 && m.upper > 0 && m.lower > 0)
}

/// A version, a date, a time, a span of time as Ruby writes it, an address.
pub(super) fn number_like(case: &Case<'_>) -> bool {
    let key = case.key;
    let digits = key.iter().take_while(|b| b.is_ascii_digit()).count();
    let unit = key[digits..].strip_prefix(b".").unwrap_or_default();
    let units = [&b"second"[..], b"minute", b"hour", b"day", b"week", b"month", b"year"];
    if case.generic && digits > 0 && units.contains(&unit.strip_suffix(b"s").unwrap_or(unit)) {
        return true;
    }
    if case.generic && is_version(key) {
        return true;
    }
    case.generic
        && case.makeup.letters() <= 3
        && case.makeup.digits > 0
        && (case.makeup.symbols > 0 || key.len() < 6)
        && key.iter().all(|b| b.is_ascii_digit() || b.is_ascii_alphabetic() || b".:-/+_ ,%^~<>=*".contains(b))
}

/// A version with what follows it: `v0.4.1-0.20200324110947-a37a7636d23e`, `1.0.8-debian-12-r0`.
fn is_version(key: &[u8]) -> bool {
    let text = key.strip_prefix(b"v").unwrap_or(key);
    let core = &text[..text.iter().position(|b| matches!(b, b'-' | b'+')).unwrap_or(text.len())];
    let numbers = core.split(|b| *b == b'.');
    core.len() < text.len()
        && numbers.clone().count() == 3
        && numbers.clone().all(|n| (1..=4).contains(&n.len()) && n.iter().all(u8::is_ascii_digit))
        && text.iter().all(|b| b.is_ascii_alphanumeric() || b"-.+_".contains(b))
}

/// A piece of encoded data: in the middle of a long run of base64, or a line among lines of it.
pub(super) fn inside_data(case: &Case<'_>) -> bool {
    // Three or four letters stand in any long text of base64 by chance.
    let weak = case.prefix().len() <= 4 && case.prefix().iter().all(u8::is_ascii_alphanumeric);
    if case.rich && !(weak && matches!(case.around.before(1), [b'+' | b'/'])) {
        return false;
    }
    let base64 = |b: &&u8| b.is_ascii_alphanumeric() || matches!(**b, b'+' | b'/');
    let (start, end) = case.around.span;
    let bytes = case.around.bytes;
    let left = bytes[start.saturating_sub(300)..start].iter().rev().take_while(base64).count();
    let right = bytes[end..bytes.len().min(end + 300)].iter().take_while(base64).count();
    let run = &bytes[start - left..end + right];
    let mixed = run.iter().any(u8::is_ascii_lowercase) && run.iter().any(u8::is_ascii_uppercase);
    // What a generic rule takes begins where a value begins, not behind other letters.
    let glued = case.generic && left >= 24;
    run.len() > 150 && (glued || run.len() > (end - start) * 3) && mixed
        || is_body(bytes, start - left, end + right)
}

/// Whether `start..end` is a whole line of base64 with another such line above it: the body of a PEM block.
fn is_body(bytes: &[u8], start: usize, end: usize) -> bool {
    let padding = bytes[end..].iter().take(2).take_while(|b| **b == b'=').count();
    let ends = matches!(bytes.get(end + padding), None | Some(b'\n' | b'\r' | b'\\' | b'"'));
    if end - start < 16 || !ends {
        return false;
    }
    // The letter of an escape reads like a digit of base64.
    let escaped = bytes[start] == b'n' && start > 0 && bytes[start - 1] == b'\\';
    let start = start + usize::from(escaped);
    let before = &bytes[start.saturating_sub(90)..start];
    let ([above @ .., b'\r', b'\n'] | [above @ .., b'\\', b'n'] | [above @ .., b'\n']) = before else {
        return false;
    };
    let line =
        above.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/')).count();
    matches!(line, 60..=80)
}
