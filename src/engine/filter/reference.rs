//! Values that stand elsewhere: references to variables, settings and secret stores, in each language; and code.

use super::Case;
use super::shapes::template;
use crate::engine::judge::random::{Makeup, is_random};
use crate::engine::words::words;

/// Beginnings of references, in any case.
#[rustfmt::skip]
const STARTS: &[&str] = &[
    "process.env", "import.meta.env", "deno.env", "bun.env", "os.environ", "os.getenv", "getenv", "env.", "env[",
    "env(", "environ", "settings.", "config.", "cfg.", "conf.", "config[", "config(", "self.", "this.", "cls.", "rails.application",
    "$_env", "system.getenv", "system.getproperty", "system.get_env", "sys.env", "viper.", "std::env", "dotenvy::",
    "environment.", "configuration[", "configuration.", "builder.configuration", "secure_getenv", "var.", "local.",
    "locals.", "data.", "module.", "random_password.", "sensitive(", "lookup(", "!vault", "vault:", "vault_",
    ".values.", "pillar[", "secrets.", "secret.", "credentials(", "withcredentials", "secretkeyref", "valuefrom",
    "op://", "arn:", "ssm:/", "{{resolve:", "@microsoft.keyvault(", "gcp-sm://", "doppler://", "bws://", "keyring:",
    "ref+", "sm://", "aws-secrets", "keychain:", "file://", "file:", "env:", "$env:", "azurekeyvault", "args.",
    "opts.", "options.", "params.", "req.", "request.", "res.", "response.", "event.", "ctx.", "context.", "props.",
    "state.", "form.", "user.", "session.", "input.", "obj.", "item.", "values.", "steps.", "needs.", "inputs.",
    "github.", "parameters.", "variables.", "outputs.", "output.", "attr.", "node.", "resource.", "azurerm_", "aws_",
    "google_", "terraform.", "nil", "null", "none", "true", "false", "undefined", "string", "str", "new ",
    "function", "async ", "await ", "lambda", "return ", "<?php", "kms:", "secretsmanager:", "ssm:", "secretstore",
    "hiera(", "eyaml", "get_option", "input(", "prompt(", "getpass", "sprintf", "fmt.", "strings.", "string.",
    "secret[", "base64.", "json.", "crypto.", "uuid.", "math.", "rand.", "random.", "faker.",
];

/// Whether the value is a reference.
pub(super) fn reference(case: &Case<'_>) -> bool {
    let text = if case.generic { case.key } else { case.value() };
    let text = unquoted(text.trim_ascii());
    let dollar = case.prefix().len() >= 4 && case.prefix().starts_with(b"$");
    // `:name` and `&name` are references, but no name is random and has the shape of a key.
    let named = || case.generic || !case.looks_random();
    // The value goes on as a template: `password: valid_<%= name %>`.
    let goes_on = || case.generic && matches!(case.around.after(2), b"<%" | b"<?" | b"{{" | b"${" | b"#{");
    if template(text) || !dollar && shell(text) && named() || percent(text) || goes_on() {
        return true;
    }
    if by_name(text) || case.generic && !case.rich && fetched(case) {
        return true;
    }
    // `"alice-$timestamp"`: a name of Kotlin, PHP or Groovy inside of a string.
    if case.generic && case.around.value.quoted && interpolated(text) {
        return true;
    }
    // `passwd --status`: an option of the same command.
    if case.generic
        && text.len() > 3
        && text.starts_with(b"--")
        && text[2..].iter().all(|b| b.is_ascii_lowercase() || *b == b'-')
    {
        return true;
    }
    if !case.around.value.quoted && text.contains(&b'$') && !dollar && !case.looks_random() {
        return true;
    }
    if case.rich || case.looks_random() {
        return false;
    }
    let bare = !case.around.value.quoted;
    let start = |s: &&str| text.len() >= s.len() && text[..s.len()].eq_ignore_ascii_case(s.as_bytes());
    STARTS.iter().any(|s| {
        start(s)
            && (bare
                || !s.ends_with('.')
                || text[s.len()..].iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_')))
            && (s.len() > 6 || !s.bytes().all(|b| b.is_ascii_alphabetic()) || text.len() == s.len())
    })
}

/// An index or a call with the name of a variable and nothing else: `ENV["API_KEY"]`, `getenv(\"API_KEY\")`.
fn by_name(text: &[u8]) -> bool {
    let Some(open) = text.iter().position(|b| matches!(b, b'[' | b'(')) else { return false };
    let quote = |b: &u8| matches!(b, b'"' | b'\'' | b'\\');
    let inner = &text[open + 1..];
    let Some(end) = inner.iter().position(|b| matches!(b, b']' | b')')) else { return false };
    let (inner, rest) = inner.split_at(end);
    let from = inner.iter().take_while(|b| quote(b)).count();
    let name = &inner[from..];
    let name = &name[..name.iter().take_while(|b| !quote(b)).count()];
    from > 0
        && rest.len() == 1
        && text[..open].iter().all(|b| b.is_ascii_alphabetic() || b"$_.:".contains(b))
        && name.contains(&b'_')
        && name.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
}

/// The value names what is kept elsewhere: the first argument of a call that fetches it (`get_password("service", …)`), or the
/// end of an ARN (`arn:aws:secretsmanager:…:secret:NAME`).
fn fetched(case: &Case<'_>) -> bool {
    #[rustfmt::skip]
    const FETCH: &[&[u8]] = &[
        b"get", b"fetch", b"read", b"load", b"lookup", b"find", b"retrieve", b"resolve", b"access", b"require", b"ask",
        b"prompt", b"has", b"delete", b"remove",
    ];
    let before = case.around.before(160);
    let apart = |b: &u8| b.is_ascii_whitespace() || b"\"'`<>=(,".contains(b);
    if before.rsplit(apart).next().is_some_and(|word| word.starts_with(b"arn:") && word.ends_with(b":")) {
        return true;
    }
    let quotes = before.iter().rev().take_while(|b| matches!(b, b'"' | b'\'' | b'`' | b'\\')).count();
    let Some(call) = before[..before.len() - quotes].strip_suffix(b"(") else { return false };
    let length = call.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let called = &call[call.len() - length..];
    let first = words(called).next().map(|range| &called[range]);
    quotes > 0
        && first.is_some_and(|first| FETCH.iter().any(|f| f.eq_ignore_ascii_case(first)))
        && !case.looks_random()
}

/// Whether a text ends with a name behind a dollar that no word stands in front of: `user-$id`.
fn interpolated(text: &[u8]) -> bool {
    let Some(dollar) = text.iter().rposition(|b| *b == b'$') else { return false };
    let name = &text[dollar + 1..];
    dollar > 0
        && matches!(text[dollar - 1], b'-' | b'_' | b'.' | b':')
        && name.len() >= 2
        && name[0].is_ascii_lowercase()
        && name.iter().all(u8::is_ascii_alphabetic)
}

/// A text without the quotes of another language around it.
fn unquoted(text: &[u8]) -> &[u8] {
    match text {
        [b'\'', inner @ .., b'\''] | [b'"', inner @ .., b'"'] => inner,
        _ => text,
    }
}

/// `$VAR`, `$1`, `$$VAR`, `!VAR!`, `:name`, `@name`, `?`, `&name`, `%s`.
fn shell(text: &[u8]) -> bool {
    let name = |t: &[u8]| {
        !t.is_empty()
            && t.iter().all(|b| {
                b.is_ascii_alphanumeric()
                    || matches!(b, b'_' | b'.' | b'-' | b':' | b'[' | b']' | b'>' | b'\'' | b'"')
            })
    };
    match text {
        [b'$' | b'\\', b'$', rest @ ..] | [b'$', rest @ ..] => {
            name(rest)
                || rest
                    .split(|b| *b == b'$')
                    .all(|part| part.len() >= 3 && part.iter().all(|b| b.is_ascii_uppercase() || *b == b'_'))
                || !rest.is_empty() && rest.iter().all(|b| b.is_ascii_lowercase() || matches!(b, b'$' | b'_'))
        }
        [b'!', rest @ .., b'!'] => name(rest),
        [b':' | b'&', rest @ ..] => name(rest),
        [b'@', rest @ ..] => {
            let shouts = || rest.contains(&b'_') && !rest.iter().any(u8::is_ascii_lowercase);
            name(rest) && (!rest.iter().any(u8::is_ascii_digit) || shouts())
        }
        [b'?'] => true,
        _ => false,
    }
}

/// Format directives and nothing else to speak of: `%s`, `%d:%s`, `%VAR%`.
fn percent(text: &[u8]) -> bool {
    match text {
        [b'%', rest @ .., b'%'] => {
            !rest.is_empty() && rest.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
        }
        _ => text.len() <= 12 && text.windows(2).any(|w| w[0] == b'%' && b"sdvqxuLbi@".contains(&w[1])),
    }
}

/// Code and not a value: a call, an index, a path of attributes, a type, a number.
pub(super) fn code(case: &Case<'_>) -> bool {
    if inside_path(case) {
        return true;
    }
    if case.rich || !case.generic && case.looks_random() || case.marked() {
        return false;
    }
    let key = case.key;
    let after = case.around.after(2);
    if case.around.value.quoted {
        let concatenated = key
            .windows(3)
            .any(|w| w == b" + " || w == b"\"+\"" || w == b"'+'" || w == b"\" ." || w == b"' .");
        // The quote that seemed to open it closed another string.
        let outside = matches!(key.trim_ascii(), [b'+' | b'.' | b',' | b')' | b';' | b'}', rest @ ..] if rest.iter().any(|b| b"($[ ".contains(b)));
        // `\"Password:\"\nsend \"x\"` within a string: the text between two others.
        let between = key.starts_with(b"\\n") && key.ends_with(b" ");
        return outside
            || called(key)
            || is_path(key) && key.split(|b| *b == b'.').filter(|part| part.len() >= 3).count() >= 4
            || between
            || concatenated
            || is_number(key) && key.len() < 4
            || key.ends_with(b"()")
            || key.windows(2).any(|w| w == b"(\"" || w == b"('");
    }
    // `password: *const gchar`, `key: &mut [u8]`: types of C and Rust.
    let pointed = [&b"*const"[..], b"*mut", b"&mut", b"&dyn", b"&str"].contains(&key)
        && matches!(after.first(), Some(b' ' | b','));
    // `password = gprKey`: a name of two words, where a language sets spaces around its operators.
    let set_apart = matches!(case.around.before(2), b"= ") && case.around.before(3).starts_with(b" ");
    if negated(key)
        || pointed
        || set_apart && two_words(key) && matches!(after.first(), None | Some(b'\n' | b'\r'))
        || is_expression(key)
        || matches!(after.first(), Some(b'(' | b'['))
        || after.first() == Some(&b'<')
            && after
                .get(1)
                .is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'&' | b'\'' | b'*' | b'(' | b'\n'))
        || key.windows(2).any(|w| w == b"::")
        || after.starts_with(b"->")
        || key.ends_with(b"-") && after.first() == Some(&b'>')
        || after.starts_with(b"::")
    {
        return true;
    }
    // Not so inside of a string: `"uid=app;pwd=x;"`.
    let goes_on = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'"' | b'\'' | b'`' | b'<' | b'&');
    let ends_statement = after.first() == Some(&b';') && !after.get(1).is_some_and(goes_on);
    // A word of a command may be followed by a pipe.
    let command = case.rule.id == "generic-login";
    let assigned_on = !command && matches!(after, [b' ', b'=' | b'|' | b'&' | b'?' | b'!' | b'+']);
    if assigned_on
        || ends_statement
        || case.around.before(1) == b" " && after.first().is_some_and(|b| matches!(b, b')' | b','))
    {
        // A statement: what stands bare in it is a name.
        return case.makeup.symbols == 0 || is_path(key) || !case.looks_random();
    }
    // The padding of base64 is no comparison.
    let unpadded = key.strip_suffix(b"==").unwrap_or(key);
    is_path(key)
        || is_number(key)
        || key.contains(&b'(')
        || unpadded
            .windows(2)
            .any(|w| w == b"->" || w == b"::" || w == b"!=" || w == b"==" || w == b"&&" || w == b"=>")
}

/// A piece of a path of names, for a rule of a provider.
fn inside_path(case: &Case<'_>) -> bool {
    // `dataformat.xml.ser.XmlBeanWriter`: a beginning that ends with a dot.
    if case.prefix().ends_with(b".") && case.around.before(1) == b"." && case.body_makeup.digits == 0 {
        return true;
    }
    // `import org.acme.getWebHostFromUriOrNull`: the last of them, with no digit in so many characters.
    let path = matches!(case.around.before(2), [b, b'.'] if b.is_ascii_alphanumeric());
    path && !case.generic && case.prefix().is_empty() && case.makeup.letters() == case.key.len()
}

/// `defined(SOME_NAME)`: a call of a name with names.
fn called(key: &[u8]) -> bool {
    let Some(call) = key.strip_suffix(b")") else { return false };
    let open = call.iter().position(|b| *b == b'(').unwrap_or(0);
    let name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b',' | b' ');
    open >= 3
        && call[..open].iter().all(u8::is_ascii_lowercase)
        && call[open..].contains(&b'_')
        && call[open + 1..].iter().all(name)
}

/// `return@forEach`, `count++`, `node.info?.name`.
fn is_expression(key: &[u8]) -> bool {
    let counted = key.strip_suffix(b"++").or_else(|| key.strip_suffix(b"--"));
    key.starts_with(b"return@")
        || counted.is_some_and(|name| name.iter().all(u8::is_ascii_alphabetic))
        || key.windows(2).any(|w| w == b"?.")
}

/// `gprKey`: words joined by a capital, and nothing else.
fn two_words(key: &[u8]) -> bool {
    key.first().is_some_and(u8::is_ascii_lowercase)
        && key.iter().all(u8::is_ascii_alphabetic)
        && key.windows(3).filter(|w| w[0].is_ascii_lowercase() && w[1].is_ascii_uppercase()).count() == 1
        && key.last().is_some_and(u8::is_ascii_lowercase)
}

/// `!valid`: a name that is denied.
fn negated(key: &[u8]) -> bool {
    matches!(key, [b'!', first, rest @ ..] if first.is_ascii_lowercase()
        && rest.iter().all(u8::is_ascii_alphabetic)
        && rest.iter().any(u8::is_ascii_uppercase))
}

/// Identifiers joined by dots: `env.TOKEN`, `X25519.KeyPair`; not a short mark and a random rest, as in `s.4f1c7d20…`.
pub(super) fn is_path(text: &[u8]) -> bool {
    let last = text.rsplit(|&b| b == b'.').next().unwrap_or_default();
    let makeup = Makeup::of(last);
    let random = last.len() >= 20 && makeup.digits >= 3 && is_random(last, &makeup);
    text.contains(&b'.')
        && !random
        && text.split(|&b| b == b'.').all(|part| {
            part.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')
                && part.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
        })
}

/// A number in some base, with a suffix of C or Rust perhaps.
fn is_number(text: &[u8]) -> bool {
    let suffix = text.iter().rev().take_while(|b| b"uUlLf".contains(b)).count().min(3);
    let (number, suffix) = text.split_at(text.len() - suffix);
    if let Some(hex) = number.strip_prefix(b"0x").or_else(|| number.strip_prefix(b"0X")) {
        return hex.len() + suffix.len() <= 18 + 3 * usize::from(!suffix.is_empty())
            && hex.iter().all(|b| b.is_ascii_hexdigit() || *b == b'_');
    }
    let digits = number.strip_prefix(b"-").unwrap_or(number);
    !digits.is_empty()
        && digits.len() <= 10
        && digits.iter().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'_'))
}

/// A path, a URL without credentials, a selector, a file name, a MIME type.
pub(super) fn place(case: &Case<'_>) -> bool {
    // Where the rule's own shape is a URL, that it is one says nothing.
    if case.rich || case.prefix().windows(3).any(|w| w == b"://") {
        return false;
    }
    #[rustfmt::skip]
    const ENDINGS: &[&[u8]] = &[
        b".p12", b".pem", b".key", b".json", b".txt", b".yml", b".yaml", b".jks", b".crt", b".cer", b".pfx", b".php",
        b".html", b".js", b".py", b".go", b".rb", b".xml", b".conf", b".cfg", b".ini", b".md", b".png", b".svg",
        b".css", b".properties", b".com", b".org", b".net", b".io", b".keystore", b".env", b".sh", b".java", b".ts",
        b".tsx", b".vue", b".aspx", b".jsp", b".keytab",
    ];
    #[rustfmt::skip]
    const STARTS: &[&[u8]] = &[
        b"/", b"./", b"../", b"~/", b"http://", b"https://", b"file:", b"C:\\", b"c:\\", b"application/", b"text/",
        b"image/", b"urn:", b"ldap:", b"s3://", b"gs://",
    ];
    let key = case.key;
    let words = || {
        let folders = key.split(|b| *b == b'/').skip(1).take(3);
        folders.filter(|f| f.len() >= 2 && f.iter().all(|b| b.is_ascii_lowercase() || *b == b'.')).count()
            == 3
    };
    // An image whose name is an identifier: `/bd27…46b9.png`.
    let named = key
        .iter()
        .rposition(|b| *b == b'.')
        .is_some_and(|dot| dot >= 16 && key[..dot].iter().all(|b| b.is_ascii_hexdigit() || *b == b'-'));
    let spelled = named || !case.looks_random() || case.makeup.is_hex() || key.starts_with(b"/") && words();
    // A key of no shape of its own is no piece of a path: `https://image.acme.dev/t/p/w1280/fxDX….jpg`.
    if case.prefix().is_empty()
        && key.iter().filter(|b| **b == b'/').count() >= 2
        && case.value().starts_with(b"http")
        && matches!(case.around.after(4), b".jpg" | b".png" | b".gif" | b".web" | b".svg" | b"jpeg")
    {
        return true;
    }
    if case.generic && (is_key_file(key) || is_address(key)) {
        return true;
    }
    // The first byte of base64 may be a slash: only words make a path.
    key.starts_with(b"//")
        || (STARTS.iter().any(|s| key.starts_with(s)) && (spelled || key.windows(3).any(|w| w == b"://")))
        || ENDINGS.iter().any(|e| key.ends_with(e) && !case.in_shape(e)) && spelled
        || case.generic
            && key.contains(&b'/')
            && key.iter().all(|b| {
                b.is_ascii_lowercase() || !case.around.value.quoted && b.is_ascii_alphabetic() || *b == b'/'
            })
        || case.generic
            && key.iter().filter(|b| **b == b'/').count() >= 2
            && spelled
            && !case.around.value.quoted
        || key.len() > 1
            && matches!(key[0], b'#' | b'.')
            && spelled
            && case.makeup.digits == 0
            && key[1..].iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// A file of keys: its ending is proof enough.
fn is_key_file(key: &[u8]) -> bool {
    let ends = [&b".pem"[..], b".key", b".keytab", b".keystore", b".jks", b".p12", b".pfx", b".crt"];
    key.len() > 8 && ends.iter().any(|end| key.ends_with(end))
}

/// An address with nobody's name and no parameter: `jdbc:mysql://localhost/two`.
fn is_address(key: &[u8]) -> bool {
    let scheme = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b":+-".contains(b);
    memchr::memmem::find(key, b"://").is_some_and(|at| at >= 2 && key[..at].iter().all(scheme))
        && !key.contains(&b'@')
        && !key.contains(&b'=')
}
