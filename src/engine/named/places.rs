//! Passwords whose place alone tells: in a call after an address and a user's name, in SQL, in addresses of databases
//! without a scheme, in lines of `.pgpass`, in what a script types for a person.

use super::login::names_user;
use super::value::{Value, bare, quoted};

/// How far such a place is read, in bytes.
pub(super) const REACH: usize = 512;

/// Kinds of addresses that end with a string and are followed by a user's name and a password:
/// `new PDO('mysql:host=h', 'user', 'X')`, `DBI->connect("DBI:mysql:db", "user", "X")`.
const SOURCES: &[&[u8]] =
    &[b"mysql", b"pgsql", b"sqlsrv", b"oci", b"dblib", b"odbc", b"firebird", b"ibm", b"informix", b"dbi"];

/// Schemes whose addresses are followed by a user's name and a password in a call.
const SCHEMES: &[&[u8]] = &[
    b"ldap",
    b"ldaps",
    b"mysql",
    b"mariadb",
    b"postgresql",
    b"sqlserver",
    b"db2",
    b"ftp",
    b"sftp",
    b"smb",
    b"bolt",
    b"neo4j",
    b"tcp",
    b"amqp",
    b"jtds",
    b"hive2",
    b"vertica",
    b"redshift",
    b"sybase",
    b"rtsp",
    b"winnt",
];

/// A window on the text from the start on, so that nothing reads far.
pub(super) fn window(bytes: &[u8], at: usize) -> &[u8] {
    &bytes[..bytes.len().min(at + REACH)]
}

/// Go's `user:X@tcp(host)/db` and `user:X@unix(/path)/db`, from the colon on.
pub(super) fn driver(bytes: &[u8], at: usize) -> Option<Value> {
    let text = &bytes[at + 1..bytes.len().min(at + 100)];
    let ends = |b: &u8| b.is_ascii_whitespace() || b"\"'`<>(){}".contains(b);
    let opened = text.iter().position(ends).filter(|i| text[*i] == b'(')?;
    let before = text[..opened].strip_suffix(b"@tcp").or_else(|| text[..opened].strip_suffix(b"@unix"))?;
    (!before.is_empty() && !before.contains(&b'%')).then_some(Value {
        start: at + 1,
        end: at + 1 + before.len(),
        quoted: true,
    })
}

/// Whether the colon at `at` ends the kind of an address without a scheme, as in `'mysql:host=h'`.
pub(super) fn is_source(bytes: &[u8], at: usize) -> bool {
    kind(bytes, at).is_some_and(|(word, _)| SOURCES.iter().any(|s| s.eq_ignore_ascii_case(word)))
}

/// The password of the call that such an address begins, from its colon on.
pub(super) fn behind_source(bytes: &[u8], at: usize) -> Option<Value> {
    string_then_login(bytes, at, kind(bytes, at)?.1)
}

/// The word in front of a colon that a string begins with, and the string's quote.
fn kind(bytes: &[u8], at: usize) -> Option<(&[u8], u8)> {
    let front = &bytes[at.saturating_sub(10)..at];
    let length = front.iter().rev().take_while(|b| b.is_ascii_alphanumeric()).count();
    let quote = *front.get(front.len().checked_sub(length + 1)?)?;
    matches!(quote, b'"' | b'\'').then_some((&front[front.len() - length..], quote))
}

/// Whether the word at `at` stands in a statement of SQL that gives rights or makes users, and not in a sentence.
pub(super) fn in_statement(bytes: &[u8], at: usize) -> bool {
    let front = bytes[at.saturating_sub(200)..at].to_ascii_lowercase();
    let statement = front.rsplit(|b| *b == b';').next().unwrap_or_default();
    let says = |word: &&[u8]| memchr::memmem::find(statement, word).is_some();
    [&b"grant "[..], b"alter user ", b"create user ", b"create role ", b"connect to "].iter().any(says)
}

/// Whether an address whose `://` ends at `at` may be followed by a user's name and a password.
pub(super) fn is_address(bytes: &[u8], at: usize) -> bool {
    let Some(end) = at.checked_sub(3) else { return false };
    let front = &bytes[end.saturating_sub(12)..end];
    let length = front.iter().rev().take_while(|b| b.is_ascii_alphanumeric()).count();
    let scheme = &front[front.len() - length..];
    SCHEMES.iter().any(|s| s.eq_ignore_ascii_case(scheme))
}

/// The password of the call that such an address begins.
pub(super) fn behind_address(bytes: &[u8], at: usize) -> Option<Value> {
    let front = &bytes[at.saturating_sub(40)..at];
    let quote = *front.iter().rev().find(|b| !b.is_ascii_alphanumeric() && !matches!(b, b':' | b'/'))?;
    if matches!(quote, b'"' | b'\'') { string_then_login(bytes, at, quote) } else { None }
}

/// Behind the end of the string that is read at `at`: a user's name, and a password.
pub(super) fn string_then_login(bytes: &[u8], at: usize, quote: u8) -> Option<Value> {
    let text = &window(bytes, at)[at..];
    let end = text.iter().take(300).position(|b| *b == quote || *b == b'\n')?;
    if text[end] == quote { login(bytes, at + end + 1) } else { None }
}

/// Behind `PDO(`: the password, whatever the address is.
pub(super) fn behind_first(bytes: &[u8], at: usize) -> Option<Value> {
    let text = &window(bytes, at)[at..];
    let (mut quote, mut depth) = (None, 0usize);
    for (i, &byte) in text.iter().enumerate().take(300) {
        match (quote, byte) {
            (Some(open), b) if b == open => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'(' | b'[') => depth += 1,
            (None, b',') if depth == 0 => return login(bytes, at + i),
            (None, b')' | b']') => depth = depth.checked_sub(1)?,
            (None, b';' | b'{') => return None,
            _ => {}
        }
    }
    None
}

/// `, "user", "X")` or `, $user, "X", …`: the password.
fn login(bytes: &[u8], at: usize) -> Option<Value> {
    let bytes = window(bytes, at);
    let next = |at: usize| -> Option<Value> {
        let comma = at + spaces(bytes, at);
        if bytes.get(comma) != Some(&b',') {
            return None;
        }
        quoted(bytes, comma + 1 + spaces(bytes, comma + 1))
    };
    let comma = at + spaces(bytes, at);
    let code = bytes.get(comma + 1..)?.iter().take(60).position(|b| *b == b',');
    if let Some(length) =
        code.filter(|l| bytes[comma] == b',' && names_user(&bytes[comma + 1..comma + 1 + l]))
    {
        let end = comma + 1 + length;
        if !bytes[comma + 1..end].iter().any(|b| matches!(b, b'"' | b'\'')) {
            return next(end).filter(|password| is_last(bytes, *password));
        }
    }
    let user = next(at)?;
    let name = &bytes[user.start..user.end];
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"._-@\\=, ".contains(b);
    if name.is_empty()
        || name.len() > 80
        || !name.iter().all(plain)
        || name.contains(&b' ') && !name.contains(&b'=')
    {
        return None;
    }
    next(user.end + 1).filter(|password| is_last(bytes, *password))
}

/// Whether a string may be a password, and an argument of its own.
pub(super) fn is_last(bytes: &[u8], password: Value) -> bool {
    let behind = password.end + 1;
    let closes = matches!(bytes.get(behind + spaces(bytes, behind)), Some(b')' | b',' | b']'));
    let text = &bytes[password.start..password.end];
    closes && text.len() >= 4 && !text.contains(&b' ')
}

/// Around the `key_mgmt=WPA-PSK` of a wireless network, in the same section: what `psk=` says.
pub(super) fn shared_key(bytes: &[u8], at: usize) -> Option<Value> {
    let from = at.saturating_sub(REACH / 2);
    let bytes = &bytes[..bytes.len().min(at + REACH / 2)];
    let ends = |b: &u8| matches!(b, b'{' | b'}' | b'[' | b']');
    let start = bytes[from..at].iter().rposition(ends).map_or(from, |i| from + i + 1);
    let end = bytes[at..].iter().position(ends).map_or(bytes.len(), |i| at + i);
    let key = start
        + bytes[start..end].windows(5).position(|w| w == b"\npsk=" || w == b" psk=" || w == b"\tpsk=")?
        + 5;
    quoted(bytes, key).or_else(|| bare(bytes, key)).filter(|v| v.end - v.start >= 8)
}

pub(super) fn spaces(bytes: &[u8], at: usize) -> usize {
    let text = bytes.get(at..).unwrap_or_default();
    text.iter().take(60).take_while(|b| b.is_ascii_whitespace()).count()
}

/// Whether a colon is one of a line of `.pgpass`: the one before a port, or the one behind `*:user`.
pub(super) fn may_be_pgpass(bytes: &[u8], at: usize) -> bool {
    let text = &bytes[at + 1..bytes.len().min(at + 7)];
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    if matches!(digits, 4 | 5) && text.get(digits) == Some(&b':') {
        return true;
    }
    let front = &bytes[at.saturating_sub(40)..at];
    let user =
        front.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')).count();
    front[..front.len() - user].ends_with(b"*:")
}

/// A line `host:port:database:user:X`, at one of its colons.
pub(super) fn pgpass(bytes: &[u8], at: usize) -> Option<Value> {
    let host = bytes[at.saturating_sub(80)..at].iter().rev().take_while(|b| **b != b'\n').count();
    let from = at - host;
    let text = &bytes[from..bytes.len().min(at + 200)];
    let line =
        text[..text.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(text.len())].trim_ascii_end();
    let mut fields = line.split(|b| *b == b':');
    let word = |f: &[u8]| !f.is_empty() && f.iter().all(|b| b.is_ascii_alphanumeric() || b"._-*".contains(b));
    let host = fields.next().filter(|f| word(f) && f.iter().any(|b| !b.is_ascii_digit()))?;
    let numbered = |f: &&[u8]| (4..=5).contains(&f.len()) && f.iter().all(u8::is_ascii_digit);
    let port = fields.next().filter(|f| *f == b"*" || numbered(f))?;
    let base = fields.next().filter(|f| word(f))?;
    let user = fields.next().filter(|f| word(f) && f.iter().any(u8::is_ascii_alphabetic))?;
    let start = from + host.len() + port.len() + base.len() + user.len() + 4;
    let end = from + line.len();
    let password = bytes.get(start..end)?;
    let whole = password.len() >= 4 && password.iter().all(u8::is_ascii_graphic) && !password.contains(&b':');
    whole.then_some(Value { start, end, quoted: true })
}

/// Behind `IDENTIFIED`: the password of SQL's `IDENTIFIED BY 'X'`, `IDENTIFIED WITH plugin BY 'X'`.
pub(super) fn identified(bytes: &[u8], at: usize) -> Option<Value> {
    let bytes = window(bytes, at);
    let text = bytes.get(at..bytes.len().min(at + 80))?;
    let by = text.windows(4).position(|w| w.eq_ignore_ascii_case(b" by "))?;
    let with = &text[..by];
    if !with.is_empty() && !with.to_ascii_uppercase().starts_with(b" WITH ") {
        return None;
    }
    let start = at + by + 4;
    let start = start + spaces(bytes, start);
    let value = quoted(bytes, start).or_else(|| {
        // What stands bare may be the next word of a sentence.
        let value = bare(bytes, start)?;
        bytes[value.start..value.end].iter().any(u8::is_ascii_digit).then_some(value)
    })?;
    (value.end - value.start >= 4).then_some(value)
}

/// Behind `SET PASSWORD`: the password of ` FOR 'user'@'host' = 'X'`.
pub(super) fn set_for(bytes: &[u8], at: usize) -> Option<Value> {
    let text = window(bytes, at).get(at..)?;
    if text.len() < 6 || !text[..5].eq_ignore_ascii_case(b" for ") {
        return None;
    }
    let end = text.iter().take(200).position(|b| matches!(b, b'\n' | b';' | b'='))?;
    // A user, and no sentence: `Password for the user" uuid="…"`.
    let user = text[5..end].trim_ascii();
    if text[end] != b'=' || user.is_empty() || user.contains(&b' ') {
        return None;
    }
    let start = at + end + 1;
    let start = start + spaces(bytes, start);
    quoted(window(bytes, at), start).filter(|v| v.end - v.start >= 4)
}

/// Behind the name in `expect "Password:"`: what is sent next, without its line break.
pub(super) fn sent(bytes: &[u8], at: usize) -> Option<Value> {
    let bytes = window(bytes, at);
    let text = bytes.get(at..)?;
    let line = text.iter().take(24).position(|b| matches!(b, b'\n' | b'{' | b';'))?;
    if !text[..line].iter().all(|b| b":*?\"' })\r".contains(b)) {
        return None;
    }
    let start = at + line + 1;
    let start = start + spaces(bytes, start);
    let rest = bytes.get(start..)?;
    // pexpect's `child.sendline("X")`, telnetlib's `tn.write(b"X\n")`.
    let object = rest.iter().take(30).take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let words = [&b"send -- "[..], b"send ", b"exp_send ", b"send -s "];
    let (length, writes) = if let Some(word) = words.into_iter().find(|w| rest.starts_with(w)) {
        (word.len(), false)
    } else {
        let calls = [&b".sendline("[..], b".send(", b".write(b", b".write("];
        let call = calls.into_iter().find(|c| rest[object..].starts_with(c))?;
        (object + call.len(), call.starts_with(b".write"))
    };
    let value = quoted(bytes, start + length)?;
    let typed = &bytes[value.start..value.end];
    let ends = [&b"\\r\\n"[..], b"\\r", b"\\n"];
    let line = ends.into_iter().find_map(|e| typed.strip_suffix(e));
    // What is written may be anything; with the end of a line, it is what a person would type.
    let joined = || bytes[value.end + 1..].trim_ascii_start().starts_with(b"+ ");
    let typed = line.or_else(|| (!writes || joined()).then_some(typed))?;
    (typed.len() >= 4).then_some(Value { end: value.start + typed.len(), ..value })
}

#[cfg(test)]
mod tests {
    use super::{behind_address, behind_first, behind_source, driver, identified, is_address, is_source};
    use super::{may_be_pgpass, pgpass, sent, set_for, shared_key};
    use crate::engine::named::value::Value;

    type Place = fn(&[u8], usize) -> Option<Value>;

    /// What a place gives at the first byte behind `mark` (or at it).
    fn given<'t>(text: &'t str, place: Place, mark: &str, behind: bool) -> Option<&'t str> {
        let at = text.find(mark).expect("has it") + if behind { mark.len() } else { 0 };
        place(text.as_bytes(), at).map(|v| &text[v.start..v.end])
    }

    fn at_colon(bytes: &[u8], at: usize) -> Option<Value> {
        let line = may_be_pgpass(bytes, at).then(|| pgpass(bytes, at)).flatten();
        let call = || is_source(bytes, at).then(|| behind_source(bytes, at)).flatten();
        line.or_else(call).or_else(|| driver(bytes, at))
    }

    fn in_call(bytes: &[u8], at: usize) -> Option<Value> {
        is_address(bytes, at).then(|| behind_address(bytes, at)).flatten()
    }

    #[test]
    fn addresses_of_databases_hold_passwords() {
        for (text, wanted) in [
            ("\"app:a5bc@tcp(h:3306)/d\"", Some("a5bc")),
            ("app:a@5b@unix(/x)/d", Some("a@5b")),
            ("%s:%s@tcp(%s:3306)", None),
            ("app:@tcp(h:3306)", None),
            ("f(a:b, c)", None),
            ("h.acme.dev:5432:shop:app:a5bc\n", Some("a5bc")),
            ("*:*:*:app:a5bc\n", Some("a5bc")),
            ("10.0.0.1:5432:shop:app\n", None),
            ("12:3000:45:10:a5bc\n", None),
            ("new PDO('mysql:host=h;dbname=d', 'app', 'a5bc');", Some("a5bc")),
            ("DBI->connect(\"dbi:Pg:dbname=d\", \"app\", \"a5bc\")", Some("a5bc")),
            ("new PDO('mysql:host=h', $user, $pass)", None),
            ("x = 'mysql:a', 'b c', 'a5bc')", None),
        ] {
            let colons = (1..text.len()).filter(|i| text.as_bytes()[*i] == b':');
            let found = { colons }.find_map(|i| at_colon(text.as_bytes(), i));
            assert_eq!(found.map(|v| &text[v.start..v.end]), wanted, "{text}");
        }
    }

    #[test]
    fn calls_take_an_address_a_user_and_a_password() {
        for (text, wanted) in [
            ("new DirectoryEntry(\"LDAP://d\", \"a\\\\s\", \"a5bc\")", Some("a5bc")),
            ("getConnection(\"jdbc:mysql://h/d\", \"app\", \"a5bc\")", Some("a5bc")),
            ("get(\"https://h/d\", \"app\", \"a5bc\")", None),
            ("getConnection(\"jdbc:mysql://h/d\", user, pass)", None),
        ] {
            assert_eq!(given(text, in_call, "://", true), wanted, "{text}");
        }
        for (text, wanted) in [
            ("PDO($dsn, 'app', 'a5bc')", Some("a5bc")),
            ("PDO(dsn(a, b), \"app\", \"a5bc\", [])", Some("a5bc")),
            ("PDO($dsn, $db_user, 'a5bc')", Some("a5bc")),
            ("PDO($dsn, $options, 'a5bc')", None),
            ("PDO($dsn, 'app', '')", None),
            ("PDO($dsn, $user, $pass)", None),
        ] {
            assert_eq!(given(text, behind_first, "(", true), wanted, "{text}");
        }
    }

    #[test]
    fn the_key_of_a_wireless_network_stands_beside_how_it_is_managed() {
        for (text, wanted) in [
            ("network={\n\tssid=\"x\"\n\tpsk=\"a5bca5bc\"\n\tkey_mgmt=WPA-PSK\n}", Some("a5bca5bc")),
            ("[wifi-security]\nkey_mgmt=wpa-psk\npsk=a5bca5bc\n\n[ipv4]", Some("a5bca5bc")),
            ("[a]\npsk=a5bca5bc\n[wifi-security]\nkey_mgmt=wpa-psk\n", None),
            ("key_mgmt=wpa-psk\n#psk=a5bca5bc\n", None),
        ] {
            assert_eq!(given(text, shared_key, "key_mgmt", false), wanted, "{text}");
        }
    }

    #[test]
    fn statements_and_scripts_tell_passwords() {
        for (text, wanted) in [
            ("TO 'a'@'b' IDENTIFIED BY 'a5bc';", Some("a5bc")),
            ("IDENTIFIED WITH x BY 'a5bc'", Some("a5bc")),
            ("IDENTIFIED BY \"a5bc\"", Some("a5bc")),
            ("IDENTIFIED BY the word", None),
            ("IDENTIFIED and then by 'a5bc'", None),
        ] {
            assert_eq!(given(text, identified, "IDENTIFIED", true), wanted, "{text}");
        }
        let text = "SET PASSWORD FOR 'a'@'%' = 'a5bc';";
        assert_eq!(given(text, set_for, "PASSWORD", true), Some("a5bc"));
        assert_eq!(given("a PASSWORD for = all", set_for, "PASSWORD", true), None);
        let text = "description=\"PASSWORD for the user (if any)\" uuid=\"a5bc\"/>";
        assert_eq!(given(text, set_for, "PASSWORD", true), None);
        for (text, wanted) in [
            ("expect \"assword:\"\nsend \"a5bc\\r\"", Some("a5bc")),
            ("expect \"assword*\" {\n  send -- \"a5bc\\n\" }", Some("a5bc")),
            ("expect \"assword:\" ; send \"a5bc\\r\"", Some("a5bc")),
            ("c.expect(\"assword:\")\nc.sendline(\"a5bc\")", Some("a5bc")),
            ("c.expect(\"assword:\")\nc.sendline(a5bc)", None),
            ("expect \"assword:\"\nsend $x", None),
            ("assword is\nsend \"a5bc\"", None),
        ] {
            assert_eq!(given(text, sent, "assword", true), wanted, "{text}");
        }
    }
}
