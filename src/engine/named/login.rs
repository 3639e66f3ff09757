//! Passwords that no name announces, but the name of their user: in calls that sign in, in SQL, in options of programs.

use super::value::{Value, bare, quoted};

/// Functions and fields that take a user's name and a password, in lower case and without separators.
const SIGN_IN: &[&[u8]] = &[
    b"basicauth",
    b"httpbasicauth",
    b"setbasicauth",
    b"withbasicauth",
    b"requestbasicauth",
    b"usernamepasswordcredentials",
    b"usernamepasswordcredential",
    b"usernamepasswordauthenticationtoken",
    b"passwordauthentication",
    b"networkcredential",
    b"networkcredentials",
    b"plainauthprovider",
    b"plaincredentials",
    b"plainauth",
    b"httpauth",
    b"auth",
];

/// Whether a name is one of a call that signs in: `SetBasicAuth`, `requests.auth`.
pub(super) fn signs_in(name: &[u8]) -> bool {
    // All of them end so, whatever follows that is no letter; most other names do not.
    let end = name.iter().rev().find(|b| b.is_ascii_alphanumeric());
    if !end.is_some_and(|b| b"hHsSlLnNrR".contains(b)) {
        return false;
    }
    let last = name.rsplit(|&b| b == b'.').next().unwrap_or_default();
    if !(4..=40).contains(&last.len()) {
        return false;
    }
    let (mut plain, mut length) = ([0; 40], 0);
    for byte in last.iter().filter(|b| b.is_ascii_alphanumeric()) {
        plain[length] = byte.to_ascii_lowercase();
        length += 1;
    }
    SIGN_IN.contains(&&plain[..length])
}

/// Behind the name of such a call: the second of the strings that it is given, if the first is a user's name.
pub(super) fn second_string(bytes: &[u8], at: usize) -> Option<Value> {
    let rest = bytes.get(at..)?;
    let glue = rest.iter().take(8).take_while(|b| b"( =:[".contains(b)).count();
    let opened = rest[..glue].iter().any(|b| matches!(b, b'(' | b'[')) || rest.starts_with(b" ");
    if glue == 0 || !opened {
        return None;
    }
    let user = quoted(bytes, at + glue)?;
    let name = &bytes[user.start..user.end];
    if name.is_empty() || name.len() > 64 || name.iter().any(u8::is_ascii_whitespace) {
        return None;
    }
    let rest = bytes.get(user.end + 1..)?;
    let comma = rest.iter().take(4).position(|b| *b == b',')?;
    let spaces = rest[comma + 1..].iter().take(60).take_while(|b| b.is_ascii_whitespace()).count();
    let password = quoted(bytes, user.end + 1 + comma + 1 + spaces)?;
    // A third string makes it a list of anything, unless the call ends there.
    let after = bytes.get(password.end + 1..)?;
    let closes = after.iter().take(200).find(|b| !b.is_ascii_whitespace() && **b != b'\\');
    (password.end > password.start && matches!(closes, Some(b')' | b']') | None)
        || rest_of_line_is_empty(after))
    .then_some(password)
}

fn rest_of_line_is_empty(text: &[u8]) -> bool {
    let line = text.split(|b| *b == b'\n').next().unwrap_or_default();
    line.trim_ascii().is_empty()
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
    use super::{identified_by, option_user, second_string, signs_in};

    fn text(text: &str, found: Option<super::Value>) -> Option<&str> {
        found.map(|v| &text[v.start..v.end])
    }

    #[test]
    fn the_string_behind_the_users_name_is_the_password() {
        for given in
            ["f(\"ci\", \"pa55\")", "f=('ci', 'pa55')", "f \"ci\", \"pa55\"", "f(\n  \"ci\", \"pa55\")"]
        {
            let wanted = (!given.contains('\n')).then_some("pa55");
            assert_eq!(text(given, second_string(given.as_bytes(), 1)), wanted, "{given}");
        }
        for given in
            ["f(\"ci\", null)", "f(\"a b\", \"x\")", "f(\"a\", \"b\", \"c\")", "f(x, \"b\")", "f.g(\"a\")"]
        {
            assert_eq!(text(given, second_string(given.as_bytes(), 1)), None, "{given}");
        }
        assert!(signs_in(b"req.SetBasicAuth") && signs_in(b"basic_auth") && !signs_in(b"author"));
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
