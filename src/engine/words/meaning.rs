//! What a name says about its value: a password, a secret, or that it is none.
//!
//! English names end with what they name: `token_type` is a type, `password_reset_url` is a URL, `type_token` is a token.
//! So the words after the telling one decide most, and a few words in front of it (`public key`, `primary key`,
//! `csrf token`).

use std::sync::LazyLock;

use super::{hash, words};

/// What a name says about its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::engine) struct Meaning {
    /// What kind of secret it names, if any.
    pub kind: Option<Kind>,
    /// The word that says that it is none after all.
    pub against: Option<&'static str>,
}

/// Kinds of secrets that names tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Kind {
    /// A person may have chosen it.
    Password,
    /// A machine made it.
    Secret,
    /// `key` alone, which may also be any other key.
    Key,
}

/// Words that mean a password.
#[rustfmt::skip]
const PASSWORD: &[&str] = &[
    "password", "passwd", "pwd", "pass", "passphrase", "passwort", "kennwort", "senha", "contraseña", "contrasena",
    "passcode", "pw", "motdepasse", "wachtwoord", "heslo", "parola", "salasana", "lösenord", "passord", "密码",
    "パスワード", "비밀번호", "пароль", "pswd", "psw", "passw", "userpass", "dbpass", "mypass", "passwrd", "pgpassword",
    "sshpass", "requirepass", "masterauth", "rootpass", "adminpass", "ftppass", "mailpass", "smtppass", "keypass",
    "storepass",
];

/// Words that mean a secret made by a machine.
#[rustfmt::skip]
const SECRET: &[&str] = &[
    "secret", "secrets", "token", "tokens", "apikey", "apikeys", "credential", "credentials", "creds", "cred",
    "auth", "authorization", "bearer", "accesskey", "secretkey", "authkey", "privatekey", "pat", "authtoken",
    "accesstoken", "apitoken", "apisecret", "clientsecret", "secretaccesskey", "authentication", "sharedkey", "jwt",
    "sas", "apitok", "tok", "licensekey", "basicauth",
];

/// Words that make the `key` after them a secret.
#[rustfmt::skip]
const KEYED: &[&str] = &[
    "api", "access", "auth", "secret", "private", "client", "encryption", "encrypt", "signing", "sign", "master",
    "account", "storage", "shared", "license", "app", "application", "service", "integration", "hmac", "aes",
    "session", "cookie", "jwt", "server", "admin", "webhook", "subscription", "management", "developer", "write",
    "read", "ingest", "ingestion", "sdk", "rest", "user", "consumer", "primaryaccess", "live", "prod", "production",
    "dev", "staging", "sandbox", "deploy", "crypto", "cipher", "symmetric", "root", "token", "authorization",
];

/// Words behind the telling one that make the name mean something about it.
#[rustfmt::skip]
const HEADS: &[&str] = &[
    "id", "ids", "name", "names", "path", "paths", "file", "files", "filename", "dir", "directory", "folder", "url",
    "urls", "uri", "link", "href", "endpoint", "host", "type", "types", "kind", "length", "len", "size", "bits",
    "count", "num", "number", "max", "min", "ttl", "expiry", "expires", "expiration", "expire", "expired", "exp",
    "timeout", "age", "lifetime", "duration", "algorithm", "alg", "algo", "version", "label", "title", "message",
    "msg", "description", "desc", "hint", "placeholder", "help", "error", "errors", "err", "prefix", "suffix",
    "format", "regex", "regexp", "pattern", "column", "selector", "icon", "button", "btn", "input", "form", "page",
    "route", "action", "event", "required", "enabled", "disabled", "verified", "valid", "validator", "validation",
    "validate", "policy", "rule", "rules", "status", "state", "mode", "changed", "change", "reset", "forgot",
    "strength", "generator", "provider", "resolver", "manager", "handler", "helper", "util", "utils", "class",
    "module", "controller", "arn", "ref", "binding", "variable", "index", "idx", "pos", "offset", "map", "list",
    "set", "bindings", "iterator", "iter", "code", "codes", "characters", "scheme", "schemes", "within", "hashes", "hasher", "hashers", "press", "pressed", "down", "up", "frame", "board",
    "word", "words", "stroke", "chain", "ring", "store", "pair", "pairs", "usage", "fingerprint", "digest", "hash",
    "checksum", "encoder", "manually", "method", "grant", "flow", "scope", "scopes", "source", "strategy",
    "callback", "middleware", "schema", "field", "fields", "param", "params", "header", "headers", "element", "el",
    "node", "ref", "refs", "test", "tests", "spec", "example", "exists", "missing", "needed", "date", "time",
    "timestamp", "at", "option", "options", "config", "settings", "property", "request", "response", "result",
    "view", "screen", "dialog", "modal", "prompt", "text", "char", "chars", "rotation", "rotate", "renewal",
    "update", "updated", "created", "create", "delete", "remove", "by", "for", "from", "to", "in", "with",
    "function", "func", "fn", "cmd", "command", "script", "program", "agent", "engine", "backend", "plugin",
    "service", "services", "server", "domain", "realm", "audience", "issuer", "no", "not", "is", "entry",
    "parameter", "env", "through", "guid", "interface", "filter", "domains", "domain", "str", "rate", "count", "fail", "template", "sort", "order", "align", "style", "color", "css", "constraint",
    "pub", "public", "algorithms", "lengths", "labels", "identifier", "uuid", "reader", "writer", "parser", "lexer", "kinds", "stream", "info", "metadata", "meta", "mgr", "lookup", "salt", "salts", "nonce",
];

/// Words in front of `key` that make it another kind of key.
#[rustfmt::skip]
const OTHER_KEYS: &[&str] = &[
    "public", "pub", "primary", "foreign", "sort", "partition", "row", "cache", "idempotency", "map", "hash",
    "range", "unique", "natural", "composite", "surrogate", "object", "dict", "json", "translation", "i18n", "label",
    "message", "arrow", "hot", "shortcut", "keyboard", "enter", "escape", "tab", "function", "modifier", "routing",
    "group", "config", "setting", "settings", "property", "attribute", "field", "column", "feature", "state",
    "data", "sticky", "left", "right", "up", "down", "any", "next", "candidate", "super", "meta",
    "query", "search", "lookup", "index", "registry", "event", "topic", "menu", "locale", "error", "publishable",
    "site", "publickey", "host", "known", "verification", "verify", "verifying", "prefix", "sub", "default",
    "current", "last", "first", "old", "new", "other", "two", "tree", "btree", "node", "entity", "cluster", "tag",
    "annotation", "gateway",
];

/// Words in front of `token` that make it a piece of syntax or of no lasting worth.
#[rustfmt::skip]
const OTHER_TOKENS: &[&str] = &[
    "csrf", "xsrf", "page", "next", "continuation", "cancellation", "cancel", "syntax", "lexer", "parser", "start",
    "end", "eof", "sync", "resume", "antiforgery", "design", "erc20", "nft", "public", "last", "prev", "previous",
    "special", "pad", "bos", "eos", "mask", "unk", "sep", "cls", "stop", "max", "min", "change", "etag", "string",
    "comment", "keyword", "operator", "identifier", "type", "kind", "first", "current", "peek", "unexpected",
    "expected", "invalid",
];

/// Words in front of the telling one that make the value worthless, whatever it names.
#[rustfmt::skip]
const AGAINST: &[&str] = &[
    "public", "foreign", "primary", "publishable", "csrf", "xsrf", "non", "not", "no", "invalid", "fake", "dummy", "mock",
    "wrong", "bad", "example", "sample", "expired", "authenticity", "unused", "incorrect", "malformed", "bogus",
];

/// Words in front of `pass` that make it one of several, or an outcome.
#[rustfmt::skip]
const OTHER_PASSES: &[&str] = &[
    "by", "high", "low", "band", "result", "test", "first", "second", "render", "single", "multi", "two", "one", "all",
    "compiler", "opt", "final", "next", "boarding", "must",
];

/// The lists, in the order of their numbers.
const LISTS: [&[&str]; 8] = [PASSWORD, SECRET, KEYED, HEADS, OTHER_KEYS, OTHER_TOKENS, AGAINST, OTHER_PASSES];

/// Numbers of lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum List {
    Password,
    Secret,
    Keyed,
    Heads,
    OtherKeys,
    OtherTokens,
    Against,
    OtherPasses,
}

/// A word of the lists, and a bit for each list that it is on.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    word: &'static str,
    hash: u64,
    lists: u8,
}

impl Known {
    /// The word, if it is on a list.
    fn on(self, list: List) -> Option<&'static str> {
        (self.lists >> list as u8 & 1 == 1).then_some(self.word)
    }
}

/// How many places the table of words has: more than twice as many as there are words.
const PLACES: usize = 2048;

/// All words by their hash: names are asked for several lists, word by word.
static KNOWN: LazyLock<Box<[Known]>> = LazyLock::new(|| {
    let mut known = vec![Known::default(); PLACES].into_boxed_slice();
    for (number, list) in LISTS.iter().enumerate() {
        for word in *list {
            let hash = hash(word.as_bytes());
            let mut at = hash as usize % PLACES;
            while !known[at].word.is_empty() && known[at].word != *word {
                at = (at + 1) % PLACES;
            }
            let lists = known[at].lists | 1 << number;
            known[at] = Known { word, hash, lists };
        }
    }
    known
});

/// What the lists know of a word.
fn look_up(word: &[u8]) -> Known {
    let hash = hash(word);
    let mut at = hash as usize % PLACES;
    loop {
        let known = KNOWN[at];
        if known.word.is_empty() || known.hash == hash && is(word, known.word) {
            return known;
        }
        at = (at + 1) % PLACES;
    }
}

/// What the words of a name say together.
pub(in crate::engine) fn meaning(name: &[u8]) -> Meaning {
    // `the token is X`: the verb says nothing about the token.
    let name =
        [&b" is"[..], b" was", b" are"].iter().find_map(|verb| name.strip_suffix(*verb)).unwrap_or(name);
    let mut meaning = Meaning::default();
    let (mut before, mut known_before): (&[u8], _) = (b"", Known::default());
    let mut against_before: Option<&'static str> = None;
    for range in words(name) {
        let word = trim_digits(&name[range]);
        let known = look_up(word);
        let kind = kind_of((word, known), (before, known_before));
        if let Some(kind) = kind {
            // `secret_key`, `password_token`: the later word is the thing, the surer kind stays.
            let kind = match (meaning.kind, kind) {
                (Some(Kind::Secret), Kind::Key) => Kind::Secret,
                (_, kind) => kind,
            };
            meaning = Meaning { kind: Some(kind), against: other(word, known_before).or(against_before) };
        } else if meaning.kind.is_some() {
            if let Some(head) = known.on(List::Heads) {
                meaning.against = Some(head);
            }
        } else if let Some(word) = known.on(List::Against) {
            against_before = Some(word);
        }
        (before, known_before) = (word, known);
    }
    meaning
}

/// The kind of secret a word means, given the one in front of it.
fn kind_of((word, known): (&[u8], Known), (before, known_before): (&[u8], Known)) -> Option<Kind> {
    if known.on(List::Password).is_some()
        || ends(word, &["password", "passwd", "passwort", "passphrase", "senha"])
    {
        return Some(Kind::Password);
    }
    // OAuth is a protocol.
    if is(word, "auth") && is(before, "o") {
        return None;
    }
    if known.on(List::Secret).is_some()
        || ends(word, &["secret", "token", "apikey", "secretkey", "accesskey", "authkey", "privatekey"])
    {
        return Some(Kind::Secret);
    }
    if is(word, "key") || is(word, "keys") {
        let keyed = known_before.on(List::Keyed).is_some();
        return Some(if keyed { Kind::Secret } else { Kind::Key });
    }
    None
}

/// The word in front of a telling one that makes it something else.
fn other(word: &[u8], before: Known) -> Option<&'static str> {
    if is(word, "key") || is(word, "keys") {
        return before.on(List::OtherKeys);
    }
    if is(word, "token") || is(word, "tokens") {
        return before.on(List::OtherTokens);
    }
    if is(word, "pass") {
        return before.on(List::OtherPasses);
    }
    None
}

/// Whether a word is this one, without regard to ASCII case.
fn is(word: &[u8], other: &str) -> bool {
    word.eq_ignore_ascii_case(other.as_bytes())
}

/// Whether a word ends with one of these, with more in front.
fn ends(word: &[u8], list: &[&str]) -> bool {
    list.iter()
        .any(|l| word.len() > l.len() && word[word.len() - l.len()..].eq_ignore_ascii_case(l.as_bytes()))
}

/// A word without digits at its end: `password2`.
fn trim_digits(word: &[u8]) -> &[u8] {
    let digits = word.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    // `pass2` is the second of several passes more often than a second password.
    let pass = word.len() - digits == 4 && word[..4].eq_ignore_ascii_case(b"pass");
    if digits < word.len() && !pass { &word[..word.len() - digits] } else { word }
}

#[cfg(test)]
mod tests {
    use super::{Kind, LISTS, List, is, look_up, meaning};

    #[test]
    fn every_word_is_known_and_no_other() {
        let numbers = [
            List::Password,
            List::Secret,
            List::Keyed,
            List::Heads,
            List::OtherKeys,
            List::OtherTokens,
            List::Against,
            List::OtherPasses,
        ];
        for (number, list) in numbers.into_iter().zip(LISTS) {
            for word in LISTS.iter().copied().flatten() {
                let listed = list.iter().any(|one| one == word);
                assert_eq!(
                    look_up(word.to_uppercase().as_bytes()).on(number).is_some(),
                    listed && is(word.to_uppercase().as_bytes(), word),
                    "{word}"
                );
                assert_eq!(look_up(word.as_bytes()).on(number).is_some(), listed, "{word}");
            }
        }
        assert!(look_up(b"keyring").word.is_empty() && look_up(b"").word.is_empty());
    }

    #[test]
    fn names_of_secrets_are_understood() {
        for (name, kind) in [
            ("password", Kind::Password),
            ("DB_PASS", Kind::Password),
            ("userPassword2", Kind::Password),
            ("dbpassword", Kind::Password),
            ("MYSQL_ROOT_PASSWORD", Kind::Password),
            ("contraseña", Kind::Password),
            ("DevFolkoosComPfxPassword", Kind::Password),
            ("API_KEY", Kind::Secret),
            ("apiKeyProd", Kind::Secret),
            ("AWS_SECRET_ACCESS_KEY", Kind::Secret),
            ("authToken", Kind::Secret),
            ("X-Auth-Token", Kind::Secret),
            ("client_secret", Kind::Secret),
            ("privateKey", Kind::Secret),
            ("key", Kind::Key),
            ("creds", Kind::Secret),
        ] {
            let got = meaning(name.as_bytes());
            assert_eq!((got.kind, got.against), (Some(kind), None), "{name}");
        }
    }

    #[test]
    fn names_of_other_things_are_not() {
        for name in [
            "publicKey",
            "primary_key",
            "tokenType",
            "password_reset_url",
            "secretName",
            "keyLength",
            "csrf_token",
            "foreign-key",
            "next_page_token",
            "passwordPlaceholder",
            "KeyHash",
            "key_id",
            "monkey",
            "keyboard",
            "tokenizer",
            "passport",
            "compass",
            "author",
            "accessibilityYesOptionId",
            "bypass",
            "sha256",
        ] {
            let got = meaning(name.as_bytes());
            assert!(got.kind.is_none() || got.against.is_some(), "{name}: {got:?}");
        }
    }
}
