//! Passwords that no name announces, but the name of their user: in calls that sign in, in SQL, in options of programs.

use super::value::{Value, bare, quoted};

/// Which of a call's arguments is the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// The second, and no more than two may stand there: the name says little.
    SecondOfTwo,
    /// The second.
    Second,
    /// The third.
    Third,
    /// The fourth.
    Fourth,
}

use Takes::{Fourth, Second, SecondOfTwo, Third};

/// Functions and fields that take a user's name and a password, in lower case and without separators.
const SIGN_IN: &[(&[u8], Takes)] = &[
    (b"auth", SecondOfTwo),
    (b"httpauth", SecondOfTwo),
    (b"authenticate", SecondOfTwo),
    (b"basicauth", Second),
    (b"httpbasicauth", Second),
    (b"httpdigestauth", Second),
    (b"digestauth", Second),
    (b"basicauthentication", Second),
    (b"authorizationbasic", Second),
    (b"setbasicauth", Second),
    (b"withbasicauth", Second),
    (b"requestbasicauth", Second),
    (b"usernamepasswordcredentials", Second),
    (b"usernamepasswordcredential", Second),
    (b"usernamepasswordauthenticationtoken", Second),
    (b"usernamepasswordtoken", Second),
    (b"userpassword", Second),
    (b"passwordauthentication", Second),
    (b"networkcredential", Second),
    (b"networkcredentials", Second),
    (b"pscredential", Second),
    (b"plainauthprovider", Second),
    (b"plaincredentials", Second),
    (b"plainauth", Third),
    (b"ssh2authpassword", Third),
    (b"createcredential", Third),
    (b"createscramsha1credential", Third),
    (b"createscramsha256credential", Third),
    (b"credentials", Fourth),
];

/// A bit for each first and last letter of these: nearly all names end here.
static ENDS: [u64; 16] = {
    let mut ends = [0; 16];
    let mut i = 0;
    while i < SIGN_IN.len() {
        if let (Some(first), Some(last)) = (SIGN_IN[i].0.first(), SIGN_IN[i].0.last()) {
            let (word, bit) = ends_of(*first, *last);
            ends[word] |= 1 << bit;
        }
        i += 1;
    }
    // `keyStore.load(…)`
    let (word, bit) = ends_of(b'l', b'd');
    ends[word] |= 1 << bit;
    ends
};

/// The bit of a first and a last letter or digit, without regard to case.
const fn ends_of(first: u8, last: u8) -> (usize, u32) {
    let both = (first as u32 & 31) << 5 | last as u32 & 31;
    ((both >> 6) as usize, both & 63)
}

/// Which argument of the call of this name is the password, if it is one that signs in: `SetBasicAuth`, `requests.auth`.
pub(super) fn signs_in(name: &[u8]) -> Option<Takes> {
    let end = name.iter().rev().find(|b| b.is_ascii_alphanumeric())?;
    let dot = name.iter().rposition(|b| *b == b'.');
    let last = &name[dot.map_or(0, |dot| dot + 1)..];
    if !(4..=40).contains(&last.len()) {
        return None;
    }
    let on = &name[..dot.unwrap_or(0)];
    let first = last.iter().find(|b| b.is_ascii_alphanumeric())?;
    let (word, bit) = ends_of(*first, *end);
    if ENDS[word] >> bit & 1 == 0 {
        return None;
    }
    let mut plain = [0; 40];
    let mut length = 0;
    for byte in last.iter().filter(|b| b.is_ascii_alphanumeric()) {
        plain[length] = byte.to_ascii_lowercase();
        length += 1;
    }
    let plain = &plain[..length];
    // `keyStore.load(stream, "X".toCharArray())`; and what `passport` is given are the names of its ways.
    let store = || on.len() >= 8 && on[on.len() - 8..].eq_ignore_ascii_case(b"keystore");
    if plain == b"load" && store() {
        return Some(Second);
    }
    let found = SIGN_IN.iter().find(|(known, _)| *known == plain).map(|(_, takes)| *takes);
    found.filter(|_| on != b"passport")
}

/// An argument of a call.
#[derive(Debug, Clone, Copy)]
pub(super) enum Argument {
    /// A string, perhaps with a method behind it: `"X".toCharArray()`.
    Text(Value),
    /// Code, from here to there.
    Code(usize, usize),
}

/// At most so many arguments are read, each no longer than so many bytes.
const ARGUMENTS: usize = 5;
const LONGEST_ARGUMENT: usize = 200;

/// The arguments from `at` on (behind the opening bracket), and whether the call ends behind them.
pub(super) fn arguments(bytes: &[u8], mut at: usize) -> ([Option<Argument>; ARGUMENTS], bool) {
    let mut found = [None; ARGUMENTS];
    for slot in &mut found {
        at += spaces(bytes, at);
        let start = at;
        // `[]byte("x")`, `b"x"` and the like are code here, but for letters in front of a string.
        let text = quoted(bytes, at);
        if let Some(value) = text {
            at = value.end + bytes[value.end..].iter().take_while(|b| **b == b'\\').count() + 1;
        }
        let Some(end) = end_of_argument(bytes, at) else { return (found, false) };
        let behind = bytes[at..end].trim_ascii();
        let method = behind.is_empty() || behind.starts_with(b".") && behind.ends_with(b"()");
        *slot = match text {
            Some(value) if method => Some(Argument::Text(value)),
            _ if end > start => Some(Argument::Code(start, end)),
            _ => None,
        };
        if slot.is_none() {
            return (found, false);
        }
        match bytes.get(end) {
            Some(b',') => at = end + 1,
            _ => return (found, true),
        }
    }
    (found, false)
}

/// Where an argument ends: at the next comma, or at the bracket or the line that ends the call. Strings in it are stepped
/// over.
fn end_of_argument(bytes: &[u8], at: usize) -> Option<usize> {
    let (mut depth, mut open) = (0usize, None);
    for (i, &byte) in bytes.get(at..)?.iter().enumerate().take(LONGEST_ARGUMENT) {
        match (open, byte) {
            (Some(quote), _) if byte == quote => open = None,
            (Some(_), b'\n') => return None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => open = Some(byte),
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')' | b']' | b'}') if depth > 0 => depth -= 1,
            (None, b',' | b')' | b']' | b'}' | b'\n' | b';') if depth == 0 => return Some(at + i),
            (None, b'\n' | b';') => return None,
            _ => {}
        }
    }
    (open.is_none() && bytes.len() - at < LONGEST_ARGUMENT).then_some(bytes.len())
}

fn spaces(bytes: &[u8], at: usize) -> usize {
    bytes.get(at..).unwrap_or_default().iter().take(60).take_while(|b| b.is_ascii_whitespace()).count()
}

/// Behind the name of such a call: the password among its arguments, if what stands in front may be a user's name.
pub(super) fn password_of(bytes: &[u8], at: usize, takes: Takes) -> Option<Value> {
    let rest = bytes.get(at..)?;
    let glue = rest.iter().take(8).take_while(|b| b"( =:[".contains(b)).count();
    let opened = rest[..glue].iter().any(|b| matches!(b, b'(' | b'[')) || rest.starts_with(b" ");
    if glue == 0 || !opened {
        return None;
    }
    let (given, closed) = arguments(bytes, at + glue);
    let place = match takes {
        SecondOfTwo | Second => 1,
        Third => 2,
        Fourth => 3,
    };
    let Argument::Text(password) = given[place]? else { return None };
    // Without a bracket, a sentence may go on behind it.
    let bracket = rest[..glue].iter().any(|b| matches!(b, b'(' | b'['));
    let more = given.get(place + 1).is_some_and(Option::is_some);
    let alone = closed && !more;
    let is_user = match given[place - 1]? {
        Argument::Text(user) => {
            let name = &bytes[user.start..user.end];
            !name.is_empty() && name.len() <= 64 && !name.iter().any(u8::is_ascii_whitespace)
        }
        // Any value may stand beside a string where the name says little.
        Argument::Code(from, to) => bracket && (takes != SecondOfTwo || names_user(&bytes[from..to])),
    };
    let fits = match takes {
        SecondOfTwo => alone,
        Second => bracket && closed || alone,
        Third | Fourth => bracket,
    };
    (is_user && fits && password.end - password.start >= 4).then_some(password)
}

/// Whether a piece of code speaks of a user: `user`, `$userName`, `config.login`, `EMAIL`.
pub(super) fn names_user(code: &[u8]) -> bool {
    let code = code.trim_ascii();
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"_.$->:[]'\"()".contains(b);
    let says = |word: &&[u8]| code.windows(word.len()).any(|w| w.eq_ignore_ascii_case(word));
    code.len() <= 60
        && code.iter().all(plain)
        && [&b"user"[..], b"login", b"name", b"email", b"account", b"uid", b"usr"].iter().any(says)
}

/// Behind `CURLOPT_USERPWD`: the password of `user:X`.
pub(super) fn behind_colon(bytes: &[u8], value: Value) -> Option<Value> {
    let colon = bytes[value.start..value.end].iter().position(|b| *b == b':').filter(|at| *at > 0)?;
    let start = value.start + colon + 1;
    (value.quoted && value.end - start >= 4).then_some(Value { start, ..value })
}

/// Behind `redis.auth`: the only argument.
pub(super) fn only_string(bytes: &[u8], at: usize) -> Option<Value> {
    if bytes.get(at) != Some(&b'(') {
        return None;
    }
    match arguments(bytes, at + 1) {
        ([Some(Argument::Text(value)), None, ..], true) => Some(value),
        _ => None,
    }
}

/// Behind `CREATE `: the password of `USER x IDENTIFIED BY 'p'`.
pub(super) fn identified_by(bytes: &[u8], at: usize) -> Option<Value> {
    let text = bytes.get(at..bytes.len().min(at + 300))?;
    let starts = |word: &[u8]| text.len() > word.len() && text[..word.len()].eq_ignore_ascii_case(word);
    if !starts(b"user ") && !starts(b"login ") && !starts(b"role ") {
        return None;
    }
    let statement = text.split(|b| *b == b';').next()?;
    let said = statement.windows(11).position(|w| w.eq_ignore_ascii_case(b"identified "))?;
    let by = statement[said..].windows(4).position(|w| w.eq_ignore_ascii_case(b" by "))?;
    let start = at + said + by + 4;
    let spaces = bytes[start..].iter().take(8).take_while(|b| **b == b' ').count();
    quoted(bytes, start + spaces)
        .or_else(|| bare(bytes, start + spaces))
        .filter(|v| v.end - v.start >= 4 && !starts_with_no_case(&bytes[v.start..v.end], b"password"))
}

/// On the line of the URL at `start`: the password of `curl -u user:password` or `--user user:password`.
pub(super) fn option_user(bytes: &[u8], start: usize) -> Option<Value> {
    let left = bytes[start.saturating_sub(200)..start].iter().rev().take_while(|b| **b != b'\n').count();
    let right = bytes[start..bytes.len().min(start + 200)].iter().take_while(|b| **b != b'\n').count();
    let line = bytes.get(start - left..start + right)?;
    // Asked for each URL: most lines have no such option.
    let option = memchr::memchr_iter(b'-', line).filter(|&i| i > 0 && line[i - 1] == b' ').find_map(|i| {
        let options = [&b"-u "[..], b"--user "];
        options.iter().find(|option| line[i..].starts_with(option)).map(|option| i + option.len())
    })?;
    memchr::memmem::find(line, b"curl").or_else(|| memchr::memmem::find(line, b"http"))?;
    let at = start - left + option;
    let value = quoted(bytes, at).or_else(|| bare(bytes, at))?;
    let text = &bytes[value.start..value.end];
    let colon = text.iter().position(|b| *b == b':')?;
    let password = &text[colon + 1..];
    (colon > 0 && password.len() >= 4 && !password.starts_with(b"//"))
        .then_some(Value { start: value.start + colon + 1, ..value })
}

fn starts_with_no_case(text: &[u8], word: &[u8]) -> bool {
    text.len() >= word.len() && text[..word.len()].eq_ignore_ascii_case(word)
}

#[cfg(test)]
mod tests {
    use super::{SIGN_IN, identified_by, only_string, option_user, password_of, signs_in};

    #[test]
    fn every_call_that_signs_in_passes_the_first_look() {
        for (name, _) in SIGN_IN {
            assert!(signs_in(name).is_some(), "{}", String::from_utf8_lossy(name));
        }
    }

    fn text(text: &str, found: Option<super::Value>) -> Option<&str> {
        found.map(|v| &text[v.start..v.end])
    }

    #[test]
    fn the_string_behind_the_users_name_is_the_password() {
        let given = |call: &str| {
            let at =
                call.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.').expect("has one");
            let takes = signs_in(&call.as_bytes()[..at])?;
            text(call, password_of(call.as_bytes(), at, takes)).map(str::to_string)
        };
        for call in [
            "basicauth(\"ci\", \"pa55\")",
            "auth=('ci', 'pa55')",
            "auth=(USER_NAME, 'pa55')",
            "basic_auth \"ci\", \"pa55\"",
            "auth(\"ci\", \"pa55\")",
            "auth(\n  \"ci\",\n  \"pa55\")",
            "HTTPBasicAuth(cfg.get(\"u\"), \"pa55\")",
            "HTTPDigestAuth(user, 'pa55')",
            "NetworkCredential(\"ci@a.dev\", \"pa55\", \"dom\")",
            "PasswordAuthentication(name, \"pa55\".toCharArray())",
            "smtp.PlainAuth(\"\", \"ci@a.dev\", \"pa55\", host)",
            "ssh2_auth_password($conn, 'ci', 'pa55')",
            "MongoCredential.createCredential(\"ci\", \"db\", \"pa55\".toCharArray())",
            "ua.credentials(\"h:80\", \"realm\", \"ci\", \"pa55\")",
            "keyStore.load(stream(a, b), \"pa55\".toCharArray())",
            "client.Authenticate(\"ci\", \"pa55\");",
            "url.UserPassword(user, \"pa55\")",
        ] {
            assert_eq!(given(call).as_deref(), Some("pa55"), "{call}");
        }
        for call in [
            "basicauth(\"ci\", null)",
            "auth(\"a b\", \"x\")",
            "auth(\"a\", \"b\", \"c\")",
            "auth(request, \"b1c2\")",
            "auth x, \"b\"",
            "basicauth.g(\"a\")",
            "passport.authenticate(\"local\", \"basic\")",
            "NetworkCredential(user, pass)",
            "PlainAuth(\"\", user, pass, \"host\")",
            "author(\"a\", \"b\")",
            "fileStore.load(in, \"b1c2\")",
        ] {
            assert_eq!(given(call), None, "{call}");
        }
        let only = "(\"pa55\")";
        assert_eq!(text(only, only_string(only.as_bytes(), 0)), Some("pa55"));
        assert_eq!(text("(x)", only_string(b"(x)", 0)), None);
        assert_eq!(text("(\"a\", 1)", only_string(b"(\"a\", 1)", 0)), None);
    }

    #[test]
    fn sql_and_options_give_passwords_by_place() {
        let sql = "create user 'a'@'%' identified with x by 'pa55w';";
        assert_eq!(text(sql, identified_by(sql.as_bytes(), 7)), Some("pa55w"));
        let table = "create table t (identified int by 'pa55w');";
        assert_eq!(text(table, identified_by(table.as_bytes(), 7)), None);
        for (line, wanted) in [
            ("curl -u ci:pa55w https://a.b", Some("pa55w")),
            ("curl https://a.b --user 'ci:pa55w'", Some("pa55w")),
            ("curl https://a.b", None),
            ("ls -u ci:pa55w", None),
        ] {
            let start = line.find("://").map_or(line.len(), |i| i + 3);
            assert_eq!(text(line, option_user(line.as_bytes(), start)), wanted, "{line}");
        }
    }
}
