//! Values that say openly that they are none: `your-api-key`, `changeme`, `example`.

use super::Case;
use super::shapes::contains_no_case;
use crate::engine::words::{Kind, words};
use crate::rules::CheckKind;

/// Words that say it openly, as whole words of a value.
#[rustfmt::skip]
const OPEN: &[&str] = &[
    "example", "examples", "sample", "dummy", "fake", "placeholder", "changeme", "change", "changeit", "replaceme",
    "replace", "insert", "fixme", "todo", "tbd", "redacted", "removed", "hidden", "masked", "censored", "scrubbed",
    "sanitized", "here", "notreal", "bogus", "foobar", "foo", "bar", "baz", "qux", "lorem", "ipsum", "undefined",
    "null", "none", "nil", "nan", "empty", "unset", "your", "yours", "my", "enter", "put", "paste", "xxx", "xxxx",
    "mock", "demo", "template", "ejemplo", "exemplo", "beispiel", "exemple", "esempio", "пример", "пароль", "示例",
    "您的", "密码", "サンプル", "パスワード", "예시", "비밀번호", "todo", "testing", "test", "invalid", "default", "snip", "snipped",
    "omitted", "obfuscated", "anonymized", "stub", "specify", "provide", "providing", "set", "add", "fill", "blah",
    "whatever", "something", "unused", "deprecated", "optional", "required", "env", "string", "required", "wrong",
    "bad", "correct", "some", "any", "value", "mysecret", "mypassword", "mytoken", "yourpassword", "yourtoken",
    "yoursecret", "apikey", "supersecret", "always", "never", "ask", "prompt", "digest", "base64", "confirmed", "sometimes", "nullable",
    "encrypted", "hashed", "compat", "disabled", "enabled", "pending", "inactive",
];

/// Words that are sure even inside a value that also holds other things.
#[rustfmt::skip]
const SURE: &[&str] = &[
    "example", "placeholder", "changeme", "changeit", "replaceme", "redacted", "dummy", "your", "yours", "insert",
    "fixme", "foobar", "sample", "notreal", "yourpassword", "undefined",
];

/// Words that name the thing itself and say nothing.
#[rustfmt::skip]
const THING: &[&str] = &[
    "password", "passwd", "pass", "pwd", "secret", "token", "key", "api", "apikey", "access", "auth", "client",
    "user", "username", "admin", "root", "id", "private", "public", "passphrase", "credential", "credentials",
    "login", "guest", "bearer", "basic", "the", "a", "an", "is", "this", "of", "for", "in", "and", "to", "new",
    "old", "current", "not", "no", "real", "db", "database", "app", "service", "account", "prod", "dev", "staging",
    "name", "goes", "passwort", "senha", "contraseña", "code", "signing", "encryption", "session", "jwt", "aws",
    "github", "google", "server", "host", "email", "mail", "super", "very", "long", "strong", "secure", "random",
];

/// No more words of a value are looked at: with so many it is a text.
const MOST_WORDS: usize = 64;

/// Whether the whole value, or a sure word of it, says that it is none.
pub(super) fn words_say_so(case: &Case<'_>) -> bool {
    // Words of a list say nothing by themselves.
    if weak(case) || case.rule.check == Some(CheckKind::Bip39) {
        return false;
    }
    if case.generic && (of_a_sandbox(case.key) || begun(case.key)) {
        return true;
    }
    // `prefix_secretkey`: chance does not put words into a whole body.
    let spelled = || spelled_by_words(&case.body.to_ascii_lowercase());
    if !case.generic && case.body.len() >= 6 && case.body.iter().all(u8::is_ascii_alphabetic) && spelled() {
        return true;
    }
    if case.looks_random() {
        return !case.rich && (starts_to_the_reader(case.body) || case.generic && several(case.key));
    }
    let (mut open, mut all, mut other) = (0, 0, 0);
    for range in words(case.body).take(MOST_WORDS) {
        let word = trim_digits(&case.body[range.clone()]);
        if word.is_empty() {
            continue;
        }
        all += 1;
        if listed(SURE, word) {
            return true;
        }
        if listed(OPEN, word) || listed(OPEN, &case.body[range]) {
            open += 1;
        } else if !listed(THING, word) {
            other += 1;
        }
    }
    all > 0 && open > 0 && other <= usize::from(all >= 3) || starts_to_the_reader(case.body)
}

/// Words of passwords that say nothing, beside those that say so openly or name the thing.
#[rustfmt::skip]
const EMPTY: &[&str] = &[
    "top", "good", "bogus", "nats", "mysql", "redis", "mongo", "postgres", "rabbit", "kafka", "elastic", "noop", "letmein",
    "hello", "world", "temp", "tmp", "simple", "basic", "qwerty", "welcome", "first", "second", "other", "same", "repeat",
    "another", "initial", "open", "sesame", "proxy", "client", "leaf", "role", "invalid", "fatal", "garbage", "two", "one", "three",
];

/// Whether a value is nothing but words of such kinds, glued or not, with letters as digits and signs: `S3cretP@ssw0rd!`.
pub(in crate::engine) fn says_nothing(value: &[u8]) -> bool {
    let end = value.len() - value.iter().rev().take_while(|b| !b.is_ascii_alphabetic()).count();
    if end < 4 || value.len() > 40 || value.len() - end > 6 {
        return false;
    }
    [b'i', b'l'].into_iter().any(|one| {
        let folded: Vec<u8> = value[..end].iter().map(|b| folded(*b, one)).collect();
        folded.split(|b| !b.is_ascii_alphabetic()).all(|part| part.is_empty() || spelled_by_words(part))
            && folded.iter().any(u8::is_ascii_alphabetic)
    })
}

/// The letter that a digit or a sign stands for.
fn folded(byte: u8, one: u8) -> u8 {
    match byte {
        b'0' => b'o',
        b'1' | b'!' => one,
        b'3' => b'e',
        b'4' | b'@' => b'a',
        b'5' | b'$' => b's',
        b'7' => b't',
        other => other.to_ascii_lowercase(),
    }
}

/// Whether a text can be cut into listed words.
fn spelled_by_words(text: &[u8]) -> bool {
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for start in 0..text.len() {
        if !reached[start] {
            continue;
        }
        for end in start + 2..=text.len().min(start + 16) {
            let word = &text[start..end];
            // Words of two letters stand in anything.
            let short = word.len() == 2 && (word == b"my" || word == b"db" || word == b"pw");
            if short || word.len() > 2 && (listed(OPEN, word) || listed(THING, word) || listed(EMPTY, word)) {
                reached[end] = true;
            }
        }
    }
    reached[text.len()]
}

/// A key that says of itself that it opens a sandbox: `mercury_sandbox_…`.
fn of_a_sandbox(value: &[u8]) -> bool {
    let parts = || value.split(|b| matches!(b, b'-' | b'_' | b'.' | b':'));
    parts().count() >= 3 && parts().take(3).any(|part| listed(&["sandbox", "sdbx"], part))
}

/// The beginning of a provider's keys with nothing behind it but a count: `vg_live_abc123`.
fn begun(value: &[u8]) -> bool {
    let mut parts = value.rsplit(|b| matches!(b, b'-' | b'_'));
    let (Some(last), Some(kind), Some(_)) = (parts.next(), parts.next(), parts.next()) else { return false };
    let counts =
        ["abc", "abcd", "abcdef", "xyz", "123", "1234", "12345", "123456", "abc123", "abcd1234", "xyz789"];
    listed(&["live", "test", "prod", "dev", "staging", "sandbox", "api", "key", "sk", "pk"], kind)
        && listed(&counts, last)
}

/// Several words that say so, set apart from the rest: `key-my_test_key-not-a-uuid-3d844edf`.
fn several(value: &[u8]) -> bool {
    let set_apart = value.split(|b| matches!(b, b'-' | b'_' | b' ' | b'.')).filter(|w| w.len() >= 3);
    set_apart.filter(|w| listed(OPEN, w) || listed(THING, w)).count() >= 3
}

/// `your…`, `<your`, `enter-`: addresses the reader.
fn starts_to_the_reader(value: &[u8]) -> bool {
    #[rustfmt::skip]
    const STARTS: &[&[u8]] = &[
        b"your_", b"your-", b"your ", b"<your", b"enter_", b"enter-", b"enter ", b"put_", b"put-", b"paste",
        b"add_your", b"add-your", b"set_your", b"insert", b"replace", b"change_me", b"changeme", b"change-me",
        b"my_secret", b"my-secret", b"mysecret", b"my_test", b"my-test", b"my_api", b"my-api", b"my_token", b"my-token", b"yourapi",
        b"yourkey", b"yoursecret", b"yourtoken", b"yourpass", b"xxxx", b"todo", b"test_", b"dummy", b"fake",
        b"redacted", b"example", b"sample", b"placeholder",
    ];
    STARTS.iter().any(|s| value.len() >= s.len() && value[..s.len()].eq_ignore_ascii_case(s))
}

/// The value only repeats its name, or names the thing: `password = "password"`, `addPassword = "#add-password"`.
pub(super) fn echo(case: &Case<'_>) -> bool {
    if weak(case) {
        return false;
    }
    let signs = case.key.iter().filter(|b| b.is_ascii_punctuation() && !b"-_.#:/".contains(b)).count();
    if case.looks_random()
        || case.makeup.digits > 2 && case.makeup.letters() > 0
        || case.makeup.digits > 0 && signs > 0
    {
        return false;
    }
    let name = case.around.name_text();
    // `IsApiKey = "Jellyfin-IsApiKey"`: the whole name, and letters around it.
    let own = name.rsplit(|b| matches!(b, b' ' | b'.')).next().unwrap_or_default();
    let words_only =
        case.key.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'-' | b'_' | b'.' | b':'));
    if case.generic
        && own.len() >= 6
        && words(own).count() >= 2
        && words_only
        && contains_no_case(case.key, own)
    {
        return true;
    }
    let mut count = 0;
    for range in words(case.key) {
        let word = trim_digits(&case.key[range]);
        count += 1;
        let repeats = words(name).any(|r| trim_digits(&name[r]).eq_ignore_ascii_case(word))
            || word.len() >= 4 && contains_no_case(name, word);
        if !repeats && !listed(THING, word) {
            return false;
        }
    }
    count > 0
}

/// A password that everybody knows and nobody keeps: told apart from real ones by value.
pub(in crate::engine) fn well_known(case: &Case<'_>) -> bool {
    #[rustfmt::skip]
    const KNOWN: &[&str] = &[
        "password", "passwd", "pass", "secret", "admin", "root", "guest", "user", "letmein", "qwerty", "123456",
        "hunter2", "p@ssw0rd", "correcthorsebatterystaple", "postgres", "mysql", "minioadmin", "rabbitmq", "sa",
        "toor", "welcome", "abc123", "iloveyou", "test", "testing", "password1", "password123", "test123", "pass123",
        "admin123", "secret123", "12345", "1234", "12345678", "123456789", "1234567890", "pa55word", "passw0rd",
        "pass1234", "changeme", "changeit", "s3cr3t", "s3cret", "sekret", "supersecret", "superuser", "mypass",
        "mypassword", "foobar", "foo", "bar", "demo", "example", "dummy", "temp", "none", "null", "nopassword",
        "nopass", "default", "dev", "development", "local", "localhost", "master", "monkey", "dragon", "redis",
        "mongo", "mongodb", "elastic", "kibana", "grafana", "vagrant", "docker", "ubuntu", "pi", "raspberry", "pwd",
        "userpass", "testpass", "testpassword", "hello", "world", "secretpassword", "pw", "p4ssw0rd", "passpass",
        "pass1", "pass2", "password2", "blah", "asdf", "asdfasdf", "aaaa", "abcd", "abcdef", "xyz", "qwerty123",
    ];
    KNOWN.iter().any(|k| case.key.eq_ignore_ascii_case(k.as_bytes()))
}

/// A password that everybody knows and some use all the same, under a name that means a password: whether it is one
/// depends on the file, which is judged by who knows the path.
pub(in crate::engine) fn weak(case: &Case<'_>) -> bool {
    #[rustfmt::skip]
    const WEAK: &[&str] = &[
        "password", "passwd", "pass", "secret", "admin", "root", "guest", "user", "letmein", "qwerty", "123456",
        "correcthorsebatterystaple", "postgres", "mysql", "minioadmin", "rabbitmq", "toor", "welcome", "iloveyou",
        "12345678", "123456789", "1234", "12345", "elastic", "redis", "mongo", "raspberry", "vagrant",
    ];
    match &*case.rule.id {
        "generic-password" => {
            case.around.meaning.kind == Some(Kind::Password)
                && case.around.meaning.against.is_none()
                && (listed(WEAK, case.key) || first_of_its_name(case))
                && !in_comment(case)
        }
        "generic-url-credentials" => weak_login(case) && !in_comment(case),
        _ => false,
    }
}

/// `shop_mysql_password: "shop"`: the password is who signs in, as the name says.
fn first_of_its_name(case: &Case<'_>) -> bool {
    #[rustfmt::skip]
    const NOBODY: &[&str] = &[
        "reset", "forgot", "forgotten", "change", "confirm", "current", "login", "enter", "wrong", "invalid", "repeat",
        "default", "show", "enable", "update", "create", "generate", "require", "check", "verify", "value", "string",
        "plain", "master", "secret", "token", "empty",
    ];
    let name = case.around.name_text();
    let mut words = words(name).map(|range| &name[range]);
    let first = words.next().unwrap_or_default();
    let last = words.last().unwrap_or_default();
    case.key.len() >= 4
        && case.key.iter().all(u8::is_ascii_lowercase)
        && first.eq_ignore_ascii_case(case.key)
        && listed(&["password", "passwd", "pass", "pwd"], last)
        && name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        && name.contains(&b'_')
        && !listed(NOBODY, case.key)
}

/// `postgres://app:app@db:5432`: an address of a server that only others of its kind reach, with a password that
/// everybody knows or that is the name of the user.
fn weak_login(case: &Case<'_>) -> bool {
    let Some(front) = case.around.before(80).strip_suffix(b":") else { return false };
    let user = front.rsplit(|b| *b == b'/').next().unwrap_or_default();
    let stands_for_any = ["user", "username", "login", "name", "foo", "me", "myuser", "u"];
    let host = case.around.after(40);
    let any_host = [
        "@host",
        "@server",
        "@hostname",
        "@example",
        "@ip",
        "@domain",
        "@address",
        "@your",
        "@my",
        "@<",
        "@[",
    ];
    (listed(
        &["postgres", "root", "admin", "secret", "guest", "password", "minioadmin", "mongo", "redis"],
        case.key,
    ) || user.eq_ignore_ascii_case(case.key) && case.key.len() >= 4)
        && !listed(&stands_for_any, user)
        && !any_host.iter().any(|any| host.starts_with(any.as_bytes()))
        && !case.has_public_host()
}

/// A word of small letters without quotes that a setting gives: a variable in capitals, `POSTGRES_PASSWORD=garden`, or a
/// path of names, `ssl.truststore.password=garden`. Whether it is a password depends on the file as well.
pub(in crate::engine) fn plain_setting(case: &Case<'_>) -> bool {
    let name = case.around.name_text();
    let name = name.rsplit(|b| *b == b' ').next().unwrap_or_default();
    let ends = |ending: &[u8]| {
        name.len() > ending.len() && name[name.len() - ending.len()..].eq_ignore_ascii_case(ending)
    };
    let shouted = name.contains(&b'_') && !name.iter().any(u8::is_ascii_lowercase);
    let dotted =
        name.contains(&b'.') && name.iter().all(|b| b.is_ascii_alphanumeric() || b"._-[]".contains(b));
    case.rule.id == "generic-password"
        && case.around.meaning.kind == Some(Kind::Password)
        && case.around.meaning.against.is_none()
        && !case.around.value.quoted
        && (shouted || dotted)
        && (ends(b"password") || ends(b"passwd") || ends(b"_pass") || ends(b"_pwd") || ends(b"passphrase"))
        && (6..=24).contains(&case.key.len())
        && case.key.iter().all(u8::is_ascii_lowercase)
        && matches!(case.around.after(1), [] | [b'\n' | b'\r'])
        && !in_comment(case)
}

/// Whether the line of the candidate is commented out.
fn in_comment(case: &Case<'_>) -> bool {
    let line = case.around.line_before(200).trim_ascii_start();
    [&b"#"[..], b"//", b";", b"--", b"*", b"<!--"].iter().any(|mark| line.starts_with(mark))
}

fn listed(list: &[&str], word: &[u8]) -> bool {
    let first = word.first().map(u8::to_ascii_lowercase);
    // All are in small letters.
    list.iter().any(|l| l.as_bytes().first().copied() == first && l.as_bytes().eq_ignore_ascii_case(word))
}

fn trim_digits(word: &[u8]) -> &[u8] {
    let digits = word.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    if digits < word.len() { &word[..word.len() - digits] } else { word }
}
