//! Calls that sign in although their names hold no word for a secret: `smtp.login("u", "X")`, `mysqli_connect("h", "u", "X")`,
//! `WiFi.begin("net", "X")`. Which argument is the password, their name tells, and what they are called on.

use super::login::{Argument, arguments, names_user};
use super::places::{is_last, spaces, string_then_login, window};
use super::value::{Value, quoted};

/// No key of a wireless network is shorter, or longer, in bytes.
const WIRELESS: std::ops::RangeInclusive<usize> = 8..=63;

/// How far in front of its bracket a call's name may begin, in bytes.
const NAME: usize = 60;

/// Which arguments are what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// A user and a password, and no other string.
    Login,
    /// The same, perhaps behind a connection.
    LoginOn,
    /// A user and a password.
    User,
    /// A host or a source of data, a user, a password.
    Source,
    /// The same where the host must look like one, perhaps with a port behind it.
    Host,
    /// The name of a wireless network and its key.
    Network,
    /// `user/X@host` in one string.
    Logon,
}

/// Functions by the ends of their names, in small letters and without separators.
const CALLS: &[(&str, Takes)] = &[
    ("login", Takes::Login),
    ("ftplogin", Takes::LoginOn),
    ("imaplogin", Takes::LoginOn),
    ("smtplogin", Takes::LoginOn),
    ("poplogin", Takes::LoginOn),
    ("maillogin", Takes::LoginOn),
    ("ociconnect", Takes::User),
    ("ocipconnect", Takes::User),
    ("ocinewconnect", Takes::User),
    ("mysqli", Takes::Source),
    ("mysqliconnect", Takes::Source),
    ("mysqlconnect", Takes::Source),
    ("mysqlpconnect", Takes::Source),
    ("mssqlconnect", Takes::Source),
    ("odbcconnect", Takes::Source),
    ("odbcpconnect", Takes::Source),
    ("sybaseconnect", Takes::Source),
    ("ibaseconnect", Takes::Source),
    ("db2connect", Takes::Source),
    ("ftp", Takes::Source),
    ("connect", Takes::Host),
];

/// What `connect` and `begin` are called on, where that tells more.
const ON: &[(&str, Takes)] = &[
    ("pymysql", Takes::Source),
    ("mysqldb", Takes::Source),
    ("mysql", Takes::Source),
    ("aiomysql", Takes::Source),
    ("psycopg2", Takes::Source),
    ("pymssql", Takes::Source),
    ("fdb", Takes::Source),
    ("firebirdsql", Takes::Source),
    ("mariadb", Takes::Source),
    ("cxoracle", Takes::Logon),
    ("oracledb", Takes::Logon),
    ("wifi", Takes::Network),
    ("wlan", Takes::Network),
    ("staif", Takes::Network),
    ("sta", Takes::Network),
    ("nic", Takes::Network),
];

/// The password among the arguments of the call whose bracket stands at `open`.
pub(super) fn password(bytes: &[u8], open: usize, takes: Takes) -> Option<Value> {
    let (given, _) = arguments(bytes, open + 1);
    let text = |place: usize| match given[place]? {
        Argument::Text(value) => Some(value),
        Argument::Code(..) => None,
    };
    let pair = |user: usize, any: bool| {
        let fits = match given[user]? {
            Argument::Text(value) => is_user(&bytes[value.start..value.end]),
            Argument::Code(from, to) => any || names_user(&bytes[from..to]),
        };
        text(user + 1).filter(|_| fits)
    };
    let found = match takes {
        Takes::Login => pair(0, false)
            .filter(|v| goes_on_in_code(bytes, *v) && (text(0).is_some() || !is_way(&bytes[v.start..v.end]))),
        Takes::LoginOn if matches!(given[0]?, Argument::Code(..)) => pair(1, true),
        Takes::LoginOn => pair(0, false),
        Takes::User => pair(0, true),
        Takes::Source => pair(1, true),
        Takes::Host if !is_host(bytes, given[0]?) => None,
        Takes::Host => pair(1, false).or_else(|| pair(2, false).filter(|_| is_port(bytes, given[1]))),
        Takes::Network => {
            text(1).filter(|v| WIRELESS.contains(&(v.end - v.start)) && goes_on_in_code(bytes, *v))
        }
        Takes::Logon => return logon(bytes, text(0)?),
    }?;
    let typed = &bytes[found.start..found.end];
    (typed.len() >= 4 && !typed.iter().any(u8::is_ascii_whitespace)).then_some(found)
}

/// What the call takes whose bracket stands at `open`, if it is one that signs in.
pub(super) fn takes(bytes: &[u8], open: usize) -> Option<Takes> {
    let front = &bytes[open.saturating_sub(NAME)..open];
    let (last, rest) = word(front);
    let on = || {
        let rest = [&b"."[..], b"->", b"::"].into_iter().find_map(|s| rest.strip_suffix(s))?;
        let (on, _) = word(rest);
        ON.iter().find(|(name, _)| same(on, name)).map(|(_, takes)| *takes)
    };
    if same(last, "begin") {
        return on().filter(|takes| *takes == Takes::Network);
    }
    let takes = CALLS.iter().find(|(name, _)| same(last, name)).map(|(_, takes)| *takes)?;
    if takes == Takes::Host { Some(on().unwrap_or(takes)) } else { Some(takes) }
}

/// The word that a text ends with, and what stands in front of it.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let length = text.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let (rest, word) = text.split_at(text.len() - length);
    (word, rest)
}

/// Whether a word is this name, whatever its case, with or without `_`.
fn same(word: &[u8], name: &str) -> bool {
    let plain = word.iter().filter(|b| **b != b'_').map(u8::to_ascii_lowercase);
    word.len() >= name.len() && plain.eq(name.bytes())
}

/// Whether a text may be the name of a user: one word, or an address. Who is `anonymous` gives no password.
fn is_user(text: &[u8]) -> bool {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"._-@+\\".contains(b);
    (1..=64).contains(&text.len()) && text.iter().all(plain) && !text.eq_ignore_ascii_case(b"anonymous")
}

/// Whether a text names a way to sign in rather than a password: `login($user, 'saml2')`, `login(user, "google-oauth2")`.
fn is_way(text: &[u8]) -> bool {
    let digits = text.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    digits <= 1 && text[..text.len() - digits].iter().all(|b| b.is_ascii_lowercase() || b"-_.".contains(b))
}

/// Whether an argument is a host or speaks of one.
fn is_host(bytes: &[u8], argument: Argument) -> bool {
    match argument {
        Argument::Text(value) => {
            let text = &bytes[value.start..value.end];
            let plain = |b: &u8| b.is_ascii_alphanumeric() || b".-:/".contains(b);
            text.iter().all(plain) && (text.contains(&b'.') || text.starts_with(b"localhost"))
        }
        Argument::Code(from, to) => {
            let code = bytes[from..to].to_ascii_lowercase();
            [&b"host"[..], b"server", b"addr", b"ip"].iter().any(|w| memchr::memmem::find(&code, w).is_some())
        }
    }
}

/// Whether an argument is a port, or code.
fn is_port(bytes: &[u8], argument: Option<Argument>) -> bool {
    matches!(argument, Some(Argument::Code(from, to)) if !bytes[from..to].contains(&b'"'))
}

/// Whether no other string follows the string of a call.
fn goes_on_in_code(bytes: &[u8], value: Value) -> bool {
    let rest = &bytes[value.end..bytes.len().min(value.end + 80)];
    let mut rest = rest.iter().skip_while(|b| matches!(b, b'"' | b'\'' | b'`' | b'\\' | b' '));
    match rest.next() {
        Some(b',') => !matches!(rest.find(|b| !b.is_ascii_whitespace()), None | Some(b'"' | b'\'' | b'`')),
        Some(b')' | b'\n' | b'\r' | b'.') => true,
        _ => false,
    }
}

/// The password of `user/X@host`.
fn logon(bytes: &[u8], value: Value) -> Option<Value> {
    let text = &bytes[value.start..value.end];
    let slash = text.iter().position(|b| *b == b'/').filter(|at| is_user(&text[..*at]))?;
    let end = slash + text[slash..].iter().position(|b| *b == b'@')?;
    let password = &text[slash + 1..end];
    (password.len() >= 4 && !password.contains(&b'/')).then_some(Value {
        start: value.start + slash + 1,
        end: value.start + end,
        ..value
    })
}

/// Behind `sqlplus`: the password of its first word that is no option, `user/X` or `user/X@host`.
pub(super) fn sqlplus(bytes: &[u8], at: usize) -> Option<Value> {
    let text = bytes.get(at..bytes.len().min(at + 200))?;
    let line = text.split(|b| matches!(b, b'\n' | b'\r' | b'|' | b';' | b'`' | b'<')).next()?;
    let mut start = 0;
    for word in line.split(|b| matches!(b, b' ' | b'\t')) {
        if !word.is_empty() && !word.starts_with(b"-") {
            let quote = usize::from(matches!(word[0], b'"' | b'\''));
            let length = word[quote..].iter().take_while(|b| !b"\"'()".contains(b)).count();
            let word = &word[quote..quote + length];
            let slash = word.iter().position(|b| *b == b'/').filter(|i| is_user(&word[..*i]))?;
            let end = word.iter().position(|b| *b == b'@').unwrap_or(word.len());
            let from = at + start + quote;
            return (end > slash + 4).then_some(Value {
                start: from + slash + 1,
                end: from + end,
                quoted: false,
            });
        }
        start += word.len() + 1;
    }
    None
}

/// Whether the colon at `at` stands between a host and its port in the first string of a call: `("imap.acme.dev:993…"`.
pub(super) fn is_address(bytes: &[u8], at: usize) -> bool {
    let digits = bytes[at + 1..].iter().take(6).take_while(|b| b.is_ascii_digit()).count();
    let ends = matches!(bytes.get(at + 1 + digits), Some(b'"' | b'\'' | b'/' | b'}'));
    (2..=5).contains(&digits) && ends && host(bytes, at).is_some()
}

/// The password of such a call: `imap_open("{imap.acme.dev:993/ssl}INBOX", "u", "X")`.
pub(super) fn behind_address(bytes: &[u8], at: usize) -> Option<Value> {
    string_then_login(bytes, at, host(bytes, at)?)
}

/// The quote of the string that begins with the host in front of a colon.
fn host(bytes: &[u8], at: usize) -> Option<u8> {
    let front = &bytes[at.saturating_sub(60)..at];
    let length = front.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || b".-".contains(b)).count();
    let (front, host) = front.split_at(front.len() - length);
    let front = front.strip_suffix(b"{").unwrap_or(front);
    let (quote, front) = front.split_last()?;
    let called = front.trim_ascii_end().ends_with(b"(") && matches!(quote, b'"' | b'\'');
    (called && (host.contains(&b'.') || host == b"localhost")).then_some(*quote)
}

/// The password of a call that is given an entry of LDAP, at the first equals sign of that: `bind("cn=admin,dc=acme", "X")`.
pub(super) fn behind_entry(bytes: &[u8], at: usize) -> Option<Value> {
    let name = 1 + bytes[..at].iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
    let quote = *bytes.get(at.checked_sub(name)?)?;
    let front = &bytes[at.saturating_sub(name + 100)..at - name];
    let open = front.iter().rposition(|b| matches!(b, b'(' | b'\n' | b';')).filter(|i| front[*i] == b'(')?;
    let length = front[..open].iter().rev().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let callee = front[open - length..open].to_ascii_lowercase();
    [&b"bind"[..], b"ldap", b"connect", b"login"]
        .iter()
        .any(|w| memchr::memmem::find(&callee, w).is_some())
        .then_some(())?;
    let text = &window(bytes, at)[at..];
    let end = text.iter().take(300).position(|b| *b == quote || *b == b'\n').filter(|i| text[*i] == quote)?;
    let comma = at + end + 1 + spaces(bytes, at + end + 1);
    (bytes.get(comma) == Some(&b',')).then_some(())?;
    quoted(window(bytes, at), comma + 1 + spaces(bytes, comma + 1)).filter(|v| is_last(bytes, *v))
}

#[cfg(test)]
mod tests {
    use super::{password, sqlplus, takes};
    use crate::engine::named::value::Value;

    fn given(text: &str) -> Option<&str> {
        let open = text.find('(').expect("has one");
        password(text.as_bytes(), open, takes(text.as_bytes(), open)?)
            .map(|Value { start, end, .. }| &text[start..end])
    }

    #[test]
    fn the_argument_behind_the_user_is_the_password() {
        for call in [
            "s.login('bob@acme.dev', 'a5bcd')",
            "server.login(sender_email, \"a5bcd\")",
            "$ftp->login(\"bob\",\"a5bcd\") or die",
            "client.login('bob', 'a5bcd', function () {});",
            "err = c.Login(os.Args[1].User, \"a5bcd\")",
            "await page.login(\n  'bob',\n  'a5bcd'\n)",
            "ftp_login($c, 'bob', 'a5bcd');",
            "ftp_login($c, $u, 'a5bcd');",
            "FTP('ftp.acme.dev', 'bob', 'a5bcd')",
            "mysqli_connect('db', 'root', 'a5bcd', 'shop')",
            "new mysqli($h, \"root\", \"a5bcd\", $db)",
            "mysql_connect(\"db\",$user,\"a5bcd\") or die",
            "pymysql.connect(\"db\", \"root\", \"a5bcd\")",
            "MySQLdb.connect(os.environ['H'], \"root\", \"a5bcd\", \"x\")",
            "oci_connect('app', 'a5bcd', 'h/XE')",
            "cx_Oracle.connect('app/a5bcd@h/XE')",
            "ssh.connect('h.acme.dev', 22, 'bob', 'a5bcd')",
            "ssh.connect(hostname, port, 'bob', 'a5bcd')",
            "store.connect(\"imap.acme.dev\", \"bob@acme.dev\", \"a5bcd\");",
        ] {
            assert_eq!(given(call), Some("a5bcd"), "{call}");
        }
        for call in [
            "WiFi.begin(\"net\", \"a5bcd6ef\");",
            "WiFi.begin((char*)\"a b\", \"a5bcd6ef\", 6)",
            "wlan.connect(ssid, 'a5bcd6ef')",
        ] {
            assert_eq!(given(call), Some("a5bcd6ef"), "{call}");
        }
    }

    #[test]
    fn other_calls_and_other_arguments_are_none() {
        for call in [
            "s.login(user, password)",
            "s.login('bob', os.environ['X'])",
            "page.login('Welcome back', 'a5bcd')",
            "cy.login('/admin', 'a5bcd')",
            "t.login('en', 'a5bcd', 'b6cd')",
            "s.login(request, 'a5bcd')",
            "$service->login($user, 'saml2')",
            "auth.login(user, \"google-oauth2\")",
            "ftp.login('anonymous', 'a5bcd@')",
            "plugin('bob', 'a5bcd')",
            "mysqli_connect($h, $u, $p, 'a5bcd')",
            "mysqli_connect('db', 'root', '', 'shop')",
            "button.connect('clicked', 'a5bcd', 'b6cde')",
            "connect('users', 'list4', 'a5bcd')(X)",
            "connect(\"h.acme.dev\", \"a b\", \"a5bcd\")",
            "Serial.begin(\"net\", \"a5bcd6ef\")",
            "WiFi.begin(\"net\", \"a5bc\")",
            "WiFi.begin(ssid, key)",
            "cx_Oracle.connect('app/a/b@h')",
            "select('h.acme.dev', 'bob', 'a5bcd')",
        ] {
            assert_eq!(given(call), None, "{call}");
        }
    }

    #[test]
    fn the_first_word_behind_sqlplus_is_its_logon() {
        for (text, wanted) in [
            (" app/a5bcd@orcl @x.sql", Some("a5bcd")),
            (" -S -L \"app/a5bcd@//h:1521/XE\"", Some("a5bcd")),
            (" app/a5bcd\n", Some("a5bcd")),
            (" / as sysdba", None),
            (" $U/$P@$D", None),
            (" app@orcl", None),
            (" @script/a5bcd", None),
            (" and its user/a5b", None),
        ] {
            let found = sqlplus(text.as_bytes(), 0);
            assert_eq!(found.map(|v| &text[v.start..v.end]), wanted, "{text}");
        }
    }
}
