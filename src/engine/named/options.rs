//! Passwords in options of one letter: `mysql -pX`, `docker login -p X`, `curl -u user:X`. What the letter means is the
//! program's own business: its name is looked for on the same line, in front of the option.

use super::programs::{Glue, Part, Program, called, may_begin};
use super::value::{Value, quoted};

/// How far in front of an option its program is looked for, in bytes.
pub(super) const COMMAND: usize = 400;

/// How far behind an option its value is looked for, in bytes.
pub(super) const REACH: usize = 512;

/// Whether the bytes around the dash at `at` may be an option of a known program.
#[inline]
pub(super) fn may_stand(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).map(|i| bytes[i]);
    matches!(before, Some(b' ' | b'\t' | b'"' | b'\'')) && bytes.get(at + 1).is_some_and(|b| may_begin(*b))
}

/// The password that the option at `at` gives, and where the option's name ends.
pub(super) fn password(bytes: &[u8], at: usize) -> Option<(Value, usize)> {
    let text = bytes.get(at + 1..bytes.len().min(at + REACH))?;
    let command = &bytes[command_start(bytes, at)..at];
    let program = program(command)?;
    let &(option, glue, part) = program.option(text)?;
    let behind = at + 1 + option.len();
    let value = match part {
        Part::Last => last_word(bytes, at)?,
        Part::Piped => piped(bytes, at)?,
        _ => {
            let apart = glue == Glue::Apart || glue == Glue::Either && text[option.len()] == b' ';
            let start = if apart { behind + gap(&bytes[behind..]) } else { behind };
            // Another option: this one asks for its value.
            if apart && bytes.get(start) == Some(&b'-') {
                return None;
            }
            part_of(bytes, argument(bytes, start)?, part)?
        }
    };
    let password = &bytes[value.start..value.end];
    // Ports and addresses: `8080:80`.
    let numbers = password.contains(&b':') && password.iter().all(|b| !b.is_ascii_alphabetic());
    (password.len() >= 4 && !numbers).then_some((value, behind))
}

/// Whether the colon at `at` may be the one of `curl --user user:X`: its word stands behind that option.
pub(super) fn is_user(bytes: &[u8], at: usize) -> bool {
    let front = &bytes[at.saturating_sub(60)..at];
    let user = front.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || b"._-@+".contains(b)).count();
    let front = &front[..front.len() - user];
    let front = front.strip_suffix(b"\"").or_else(|| front.strip_suffix(b"'")).unwrap_or(front);
    let front = front.strip_suffix(b" ").or_else(|| front.strip_suffix(b"=")).unwrap_or_default();
    front.ends_with(b"--user") || front.ends_with(b"--proxy-user")
}

/// The password behind such a colon, if the command is curl's.
pub(super) fn of_user(bytes: &[u8], at: usize) -> Option<Value> {
    let command = &bytes[command_start(bytes, at)..at];
    memchr::memmem::find(command, b"curl")?;
    let front = &bytes[at.saturating_sub(60)..at];
    let quote = front.iter().rev().find(|b| !b.is_ascii_alphanumeric() && !b"._-@+".contains(b));
    let text = &bytes[at + 1..bytes.len().min(at + REACH)];
    let length = match quote {
        Some(quote @ (b'"' | b'\'')) => text.iter().position(|b| b == quote || *b == b'\n')?,
        _ => argument(bytes, at + 1)?.end - at - 1,
    };
    (length >= 4).then_some(Value { start: at + 1, end: at + 1 + length, quoted: false })
}

/// Where the command begins that the text before `at` is part of.
fn command_start(bytes: &[u8], at: usize) -> usize {
    let floor = at.saturating_sub(COMMAND);
    let mut i = at;
    while i > floor {
        let here = bytes[i - 1];
        let continued = || bytes[floor..i - 1].trim_ascii_end().ends_with(b"\\");
        if matches!(here, b'|' | b';' | b'`') || here == b'\n' && !continued() {
            break;
        }
        if matches!(here, b'&' | b'(') && matches!(bytes.get(i.wrapping_sub(2)), Some(b'&' | b'$')) {
            break;
        }
        i -= 1;
    }
    i
}

/// The program that a command runs, as far as its last known name tells.
fn program(command: &[u8]) -> Option<&'static Program> {
    let parts = command.split(|b| b.is_ascii_whitespace() || b"\"',[]".contains(b)).filter(|p| !p.is_empty());
    let (mut found, mut before): (Option<&'static Program>, &[u8]) = (None, b"");
    for part in parts {
        // `--name mysql` names something else.
        let named = before.starts_with(b"--") && !before.contains(&b'=');
        match found.filter(|p| p.wants_sub() && p.is_sub(part)) {
            Some(program) => return Some(program),
            None if !named => found = called(part).or(found),
            None => {}
        }
        before = part;
    }
    found.filter(|p| !p.wants_sub())
}

/// How many bytes stand between an option and its value: spaces, or the quotes and the comma of a list of strings.
fn gap(text: &[u8]) -> usize {
    let spaces = |text: &[u8]| text.iter().take(40).take_while(|b| matches!(b, b' ' | b'\t')).count();
    let listed = matches!(text, [b'"' | b'\'', b',', ..]);
    if listed { 2 + spaces(&text[2..]) } else { spaces(text) }
}

/// The word or string at `at`, as shells read it.
fn argument(bytes: &[u8], at: usize) -> Option<Value> {
    let bytes = &bytes[..bytes.len().min(at + REACH)];
    let text = bytes.get(at..)?;
    match text.first()? {
        b'"' | b'\'' | b'\\' => quoted(bytes, at),
        _ => {
            let ends = |b: &u8| b.is_ascii_whitespace() || b"\"'`\\|&;<>()".contains(b);
            let length = text.iter().position(ends).unwrap_or(text.len());
            (length > 0).then_some(Value { start: at, end: at + length, quoted: false })
        }
    }
}

/// The part of a value that is the password.
fn part_of(bytes: &[u8], value: Value, part: Part) -> Option<Value> {
    let text = &bytes[value.start..value.end];
    let behind = |separator: u8| {
        let at = text.iter().position(|b| *b == separator).filter(|at| *at > 0)?;
        let user = &text[..at];
        let plain = user.iter().all(|b| b.is_ascii_graphic() && !b"${}<>".contains(b));
        plain.then_some(Value { start: value.start + at + 1, ..value })
    };
    match part {
        Part::Behind(separator) => behind(separator),
        Part::Logon => {
            let found = behind(b'/')?;
            let text = &bytes[found.start..found.end];
            let end = text.iter().rposition(|b| *b == b'@').map_or(found.end, |at| found.start + at);
            Some(Value { end, ..found })
        }
        Part::Whole | Part::Last | Part::Piped => Some(value),
    }
}

/// The last word of the command that goes on at `at`.
fn last_word(bytes: &[u8], at: usize) -> Option<Value> {
    let text = &bytes[at..bytes.len().min(at + REACH)];
    let ends = |b: &u8| matches!(b, b'\n' | b'\r' | b'|' | b';' | b'&' | b'>' | b'`' | b')' | b'#');
    let line = &text[..text.iter().position(ends).unwrap_or(text.len())];
    // The bundle of options, perhaps a file, a user and a password.
    let words = line.split(u8::is_ascii_whitespace).filter(|w| !w.is_empty() && !w.starts_with(b"-"));
    (2..=3).contains(&words.count()).then_some(())?;
    let line = line.trim_ascii_end();
    let start = line.iter().rposition(u8::is_ascii_whitespace)? + 1;
    argument(&bytes[..at + line.len()], at + start)
}

/// What `echo` or `printf` writes into the command that the byte at `at` belongs to.
pub(super) fn piped(bytes: &[u8], at: usize) -> Option<Value> {
    let floor = at.saturating_sub(COMMAND);
    let line = &bytes[floor..at];
    let line_start = line.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
    let pipe = line_start + line[line_start..].iter().rposition(|b| *b == b'|')?;
    let writer = &line[line_start..pipe];
    let (word, length) = [&b"echo "[..], b"printf "]
        .into_iter()
        .filter_map(|word| Some((memchr::memmem::rfind(writer, word)?, word.len())))
        .max()?;
    let mut start = line_start + word + length;
    for skipped in [&b"-n "[..], b"-e ", b"-ne ", b"-en ", b"'%s' ", b"\"%s\" ", b"'%s\\n' ", b"\"%s\\n\" "] {
        if line[start..pipe].starts_with(skipped) {
            start += skipped.len();
        }
    }
    let value = argument(&bytes[..floor + pipe], floor + start)?;
    let rest = bytes[value.end..floor + pipe].trim_ascii();
    // One word and no more.
    matches!(rest, b"" | b"\"" | b"'" | b"\\\"").then_some(value)
}

/// The same without the user's name in front of it: `user:X`.
pub(super) fn piped_for_user(bytes: &[u8], at: usize) -> Option<Value> {
    part_of(bytes, piped(bytes, at)?, Part::Behind(b':'))
}

/// The password that Windows' programs are given around the slash at `at`: `net use … /user:U X`, `net user U X /add`,
/// `xfreerdp /p:X`, `schtasks … /rp X`; and where the option's name ends.
pub(super) fn slashed(bytes: &[u8], at: usize) -> Option<(Value, usize)> {
    let text = bytes.get(at + 1..bytes.len().min(at + REACH))?;
    let starts = |word: &[u8]| text.len() >= word.len() && text[..word.len()].eq_ignore_ascii_case(word);
    let from = command_start(bytes, at);
    let command = &bytes[from..at];
    let says = |word: &[u8]| command.windows(word.len()).any(|w| w.eq_ignore_ascii_case(word));
    if starts(b"p:") && (says(b"freerdp") || says(b"winrs") || says(b"schtasks")) {
        return argument(bytes, at + 3).filter(|v| v.end - v.start >= 4).map(|v| (v, at + 3));
    }
    if starts(b"rp ") && says(b"schtasks") {
        return argument(bytes, at + 4).filter(|v| v.end - v.start >= 4).map(|v| (v, at + 3));
    }
    let user = starts(b"user:") && says(b"net use ");
    let adds = starts(b"add") && says(b"net user ");
    if !user && !adds {
        return None;
    }
    // The words of the command that are no option, no share and no drive; of `net user` the second.
    let line_end = text.iter().position(|b| matches!(b, b'\n' | b'\r' | b'&' | b'|' | b'>'));
    let to = at + 1 + line_end.unwrap_or(text.len());
    let verb = if user { &b"net use "[..] } else { b"net user " };
    let begins = from + command.windows(verb.len()).position(|w| w.eq_ignore_ascii_case(verb))? + verb.len();
    let mut words = Vec::with_capacity(4);
    let mut i = begins;
    while i < to && words.len() < 6 {
        let length = bytes[i..to].iter().take_while(|b| !b.is_ascii_whitespace()).count();
        let word = &bytes[i..i + length];
        let drive = word == b"*" || word.ends_with(b":") && word.len() == 2;
        if !word.is_empty() && !drive && !matches!(word[0], b'/' | b'\\' | b'"' | b'-') {
            words.push(i);
        }
        i += length.max(1);
    }
    let value = argument(&bytes[..to], *words.get(usize::from(!user))?)?;
    (value.end - value.start >= 4).then_some((value, at + 1 + if user { 4 } else { 3 }))
}

#[cfg(test)]
mod tests {
    use super::{may_stand, password, piped, piped_for_user, slashed};

    fn given(text: &str) -> Option<&str> {
        let bytes = text.as_bytes();
        (0..bytes.len())
            .filter(|&i| bytes[i] == b'-' && may_stand(bytes, i))
            .find_map(|i| password(bytes, i))
            .map(|(v, _)| &text[v.start..v.end])
    }

    #[test]
    fn a_letter_means_what_its_program_says() {
        for text in [
            "mysql -u app -pa5bc shop",
            "docker exec -i db mysql -uroot -p'a5bc' < x",
            "mysql -uroot -p\"a5bc\" -e 'x'",
            "[\"CMD\", \"mysqladmin\", \"ping\", \"-pa5bc\"]",
            "mysqldump \\\n  -h db \\\n  -pa5bc x",
            "docker login -u ci -p a5bc host",
            "docker login -u ci -p \"a5bc\"",
            "[\"docker\", \"login\", \"-p\", \"a5bc\"]",
            "start C:\\bin\\PsExec.exe \\\\h -u x -p a5bc cmd",
            "sshpass -pa5bc ssh h",
            "sshpass -p a5bc ssh -p 22 h",
            "x && redis-cli -h h -a a5bc PING",
            "curl -sS -u ci:a5bc \"$URL\"",
            "curl -u'ci:a5bc' $URL",
            "openssl aes-256-cbc -k a5bc -in x",
            "smbclient //n/s -U bob%a5bc",
            "ldapsearch -D cn=a,dc=b -w a5bc",
            "zip -r -P a5bc x.zip y",
            "7z a -pa5bc x.7z",
            "htpasswd -cb /etc/x admin a5bc",
            "plink -ssh h -pw a5bc ls",
            "lftp -u bob,a5bc h",
            "sqlplus -S app/a5bc@orcl @x",
            "echo a5bc | sudo -S ls",
        ] {
            assert_eq!(given(text), Some("a5bc"), "{text}");
        }
    }

    #[test]
    fn other_programs_ports_and_prompts_give_none() {
        for text in [
            "mysql -u root -p shop",
            "mysql -u root -p -h db",
            "mysql -p`cat x1y2` db",
            "[\"mysql\", \"-p\", \"shop1\"]",
            "mysql -P 3306 -u root",
            "docker run -p 8080:8080 mysql",
            "docker run --name mysql -p3306:3306 x",
            "docker compose -p a5bc up login",
            "mkdir -p a5bcd",
            "ssh -p 22022 mysql",
            "curl -u admin https://a.b",
            "mysql -e x | tail -pa5bc",
            "echo mysql; cp -pa5bc x",
            "docker run -u 1000:1000 x",
            "htpasswd -c file admin",
            "the option -p of psexec gives a password",
            "grep -a redis-cli a5bc",
        ] {
            assert_eq!(given(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_piped_into_a_program_is_what_echo_says() {
        for (text, wanted) in [
            ("echo \"a5bc\" | passwd --stdin bob", Some("a5bc")),
            ("x; echo -n a5bc | docker login --stdin", Some("a5bc")),
            ("printf '%s' 'a5bc' | x --stdin", Some("a5bc")),
            ("cat file | x --stdin", None),
            ("echo a b | x --stdin", None),
        ] {
            let at = text.find("--stdin").expect("has one");
            assert_eq!(piped(text.as_bytes(), at).map(|v| &text[v.start..v.end]), wanted, "{text}");
        }
        let text = "echo 'bob:a5bc' | chpasswd";
        assert_eq!(piped_for_user(text.as_bytes(), 18).map(|v| &text[v.start..v.end]), Some("a5bc"));
    }

    #[test]
    fn options_with_a_slash_belong_to_windows() {
        for (text, wanted) in [
            ("net use Z: \\\\n\\s /user:A\\b a5bc", Some("a5bc")),
            ("net use \\\\n\\s a5bc /user:b /persistent:no", Some("a5bc")),
            ("net use * \\\\n\\s /user:b", None),
            ("net user bob a5bc /add", Some("a5bc")),
            ("net user bob /add", None),
            ("xfreerdp /v:h /p:a5bc", Some("a5bc")),
            ("ls /p:a5bc", None),
        ] {
            let found = (0..text.len()).filter(|&i| text.as_bytes()[i] == b'/');
            let found = { found }.find_map(|i| slashed(text.as_bytes(), i));
            assert_eq!(found.map(|(v, _)| &text[v.start..v.end]), wanted, "{text}");
        }
    }
}
