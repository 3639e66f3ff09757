//! Go's regular expressions (RE2) in our engine's words: what both spell alike stays, what only Go understands is
//! spelled out, and what Go refuses is refused here as well.

use regex_automata::meta::{Config, Regex};
use regex_automata::util::syntax;

/// Longest expression, in bytes.
const LONGEST: usize = 16 << 10;
/// How large the program of one expression may be, in bytes.
const SIZE: usize = 2 << 20;
/// How deep groups may be nested.
const DEEPEST: u32 = 100;

/// Compiles an expression as Go would understand it.
///
/// # Errors
/// Says why it is none, without quoting it.
pub(super) fn compile(go: &str) -> Result<Regex, String> {
    if go.len() > LONGEST {
        return Err(format!("longer than {LONGEST} bytes"));
    }
    // Without Unicode tables first, which is how Go's classes work; letters beyond ASCII in classes need them.
    let first = build(&translated(go, false)?, false);
    let regex = match first {
        Ok(regex) => regex,
        Err(problem) => translated(go, true).and_then(|text| build(&text, true)).map_err(|_| problem)?,
    };
    Ok(regex)
}

fn build(text: &str, unicode: bool) -> Result<Regex, String> {
    Regex::builder()
        .syntax(syntax::Config::new().unicode(unicode).utf8(false).nest_limit(DEEPEST))
        .configure(Config::new().utf8_empty(false).nfa_size_limit(Some(SIZE)).onepass_size_limit(Some(SIZE)))
        .build(text)
        .map_err(|e| match e.syntax_error() {
            Some(regex_syntax::Error::Parse(e)) => e.kind().to_string(),
            Some(regex_syntax::Error::Translate(e)) => e.kind().to_string(),
            _ => "it grows too large".to_string(),
        })
}

/// What the last thing read was, to tell what a `*` or `{` after it means.
#[derive(Clone, Copy, PartialEq)]
enum Last {
    /// Nothing that can be repeated.
    Start,
    /// Something that can be repeated.
    Atom,
    /// A repetition, which only a `?` may follow.
    Repeat,
    /// A repetition with its `?`.
    Lazy,
}

/// The expression in our engine's words.
fn translated(go: &str, unicode: bool) -> Result<String, String> {
    let mut out = String::with_capacity(go.len() + 16);
    let mut rest = go;
    let mut last = Last::Start;
    while let Some(c) = rest.chars().next() {
        let (taken, now) = match c {
            '\\' => escape(rest, unicode, &mut out)?,
            '[' => (class(rest, unicode, &mut out)?, Last::Atom),
            '*' | '+' => {
                out.push(c);
                (1, repeat(last)?)
            }
            '?' if last == Last::Repeat => {
                out.push('?');
                (1, Last::Lazy)
            }
            '?' => {
                out.push('?');
                (1, repeat(last)?)
            }
            '{' => {
                if let Some(n) = counted(rest) {
                    out.push_str(&rest[..n]);
                    (n, repeat(last)?)
                } else {
                    out.push_str("\\{");
                    (1, Last::Atom)
                }
            }
            '(' => {
                let n = group(rest)?;
                out.push_str(&rest[..n]);
                // `(?i)` is nothing that can be repeated.
                (n, Last::Start)
            }
            '|' => {
                out.push('|');
                (1, Last::Start)
            }
            c => {
                out.push(c);
                (c.len_utf8(), Last::Atom)
            }
        };
        last = now;
        rest = &rest[taken..];
    }
    Ok(out)
}

fn repeat(last: Last) -> Result<Last, String> {
    match last {
        Last::Repeat | Last::Lazy => {
            Err("a repetition of a repetition: possessive quantifiers are not understood".to_string())
        }
        Last::Start => Err("a repetition of nothing".to_string()),
        Last::Atom => Ok(Last::Repeat),
    }
}

/// The length of `{n}`, `{n,}` or `{n,m}`; other braces stand for themselves.
fn counted(rest: &str) -> Option<usize> {
    let end = rest.find('}')?;
    let (least, most) = rest[1..end].split_once(',').map_or((&rest[1..end], None), |(a, b)| (a, Some(b)));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    (!least.is_empty() && digits(least) && most.is_none_or(digits)).then_some(end + 1)
}

/// The length of what opens a group; looking around is refused as Go refuses it.
fn group(rest: &str) -> Result<usize, String> {
    let Some(inside) = rest.strip_prefix("(?") else { return Ok(1) };
    if ["=", "!", "<=", "<!"].iter().any(|look| inside.starts_with(look)) {
        return Err("looking ahead or behind is not understood".to_string());
    }
    if inside.starts_with('>') {
        return Err("atomic groups are not understood".to_string());
    }
    let end = inside.find([':', ')', '>']).ok_or("a group that has no end")?;
    Ok(2 + end + 1)
}

/// Reads an escape; returns how much of the text it took.
fn escape(rest: &str, unicode: bool, out: &mut String) -> Result<(usize, Last), String> {
    let c = rest[1..].chars().next().ok_or("a `\\` at the end")?;
    if c == 'Q' {
        let text = &rest[2..];
        let end = text.find("\\E").unwrap_or(text.len());
        out.push_str(&regex::escape(&text[..end]));
        return Ok(((2 + end + 2).min(rest.len()), if end == 0 { Last::Start } else { Last::Atom }));
    }
    let last = if matches!(c, 'A' | 'z' | 'b' | 'B') { Last::Start } else { Last::Atom };
    let ascii = match c {
        'w' => "[0-9A-Za-z_]",
        'W' => "[^0-9A-Za-z_]",
        'd' => "[0-9]",
        'D' => "[^0-9]",
        's' => "[\\t\\n\\x0C\\r ]",
        'S' => "[^\\t\\n\\x0C\\r ]",
        'b' if unicode => "(?-u:\\b)",
        'B' if unicode => "(?-u:\\B)",
        'C' => "(?s-u:.)",
        _ => {
            plain(c, out)?;
            return Ok((1 + c.len_utf8(), last));
        }
    };
    out.push_str(ascii);
    // Where words end is no character; Go lets it be repeated all the same.
    Ok((1 + c.len_utf8(), if last == Last::Start { Last::Atom } else { last }))
}

/// An escape that both spell alike, or that in Go stands for the character itself.
fn plain(c: char, out: &mut String) -> Result<(), String> {
    match c {
        'Z' | 'G' | 'K' | 'R' | 'X' | 'h' | 'H' | 'k' | 'N' | 'u' | 'U' | 'e' | 'c' => {
            return Err(format!("`\\{c}` is not understood"));
        }
        '1'..='9' => return Err("references to groups are not understood".to_string()),
        // Rust's edges of words.
        '<' | '>' => {}
        _ => out.push('\\'),
    }
    out.push(c);
    Ok(())
}

/// Reads a class; what Rust would take for a class in a class or for a set operation is escaped.
fn class(rest: &str, unicode: bool, out: &mut String) -> Result<usize, String> {
    let mut at = 1;
    out.push('[');
    if rest[at..].starts_with('^') {
        out.push('^');
        at += 1;
    }
    let begin = at;
    // Whether a `-` would make a range with what stands before it, and whether one just did.
    let (mut item, mut ranged) = (false, false);
    loop {
        let c = rest[at..].chars().next().ok_or("a class that has no end")?;
        let operator = c == '-' && item && !ranged && !rest[at + 1..].starts_with(']');
        (item, ranged) = if operator { (true, true) } else { (!ranged, false) };
        match c {
            ']' if at > begin => {
                out.push(']');
                return Ok(at + 1);
            }
            '[' if rest[at..].starts_with("[:") && rest[at..].contains(":]") => {
                let end = at + rest[at..].find(":]").unwrap_or_default() + 2;
                out.push_str(&rest[at..end]);
                at = end;
                item = false;
                continue;
            }
            '\\' => {
                let c = rest[at + 1..].chars().next().ok_or("a class that has no end")?;
                let inside = match c {
                    'w' => "0-9A-Za-z_",
                    'd' => "0-9",
                    's' => "\\t\\n\\x0C\\r ",
                    // A byte of the backspace, in some habits.
                    'b' => return Err("`\\b` in a class is not understood".to_string()),
                    _ => "",
                };
                if inside.is_empty() || (unicode && c.is_ascii_uppercase()) {
                    plain(c, out)?;
                } else {
                    out.push_str(inside);
                    item = false;
                }
                at += 1 + c.len_utf8();
                continue;
            }
            '[' | '&' | '~' => out.push('\\'),
            '-' if !operator => out.push('\\'),
            _ => {}
        }
        out.push(c);
        at += c.len_utf8();
    }
}

#[cfg(test)]
mod tests {
    use super::compile;

    fn matches(go: &str, text: &str) -> bool {
        compile(go).unwrap_or_else(|e| panic!("{go}: {e}")).is_match(text)
    }

    #[test]
    fn what_go_understands_is_understood() {
        for (go, yes, no) in [
            (r"\Aab\z", "ab", "ab\n"),
            (r"(?P<x>a)(?i:b)", "aB", "AB"),
            (r"\Qa.b\E+", "a.bb", "axb"),
            (r"[[a]]", "[]", "a"),
            (r"[a&&b]", "&", "c"),
            (r"[\w.-]{2,}", "a-", "/"),
            (r"[+--]x", ",x", "/x"),
            (r"[--/]x", ".x", "0x"),
            (r"[a-z-9]x", "-x", "0x"),
            (r"[\w-.]x", "-x", "+x"),
            (r"[[:alpha:]_]\_", "a_", "1_"),
            (r"a{,2}", "a{,2}", "aa"),
            (r"x{y}", "x{y}", "xy"),
            (r"\<a\>", "<a>", "a"),
            (r"[é]", "é", "e"),
            (r"\pL\d", "é1", "--"),
            (r"\x60\/", "`/", "/"),
            (r"a+?b", "aab", "a"),
            (r"(?U)a+b", "aab", "b"),
            (r"[^]a]", "b", "]"),
            (r"(?i)[a-z\d]+\.txt$", "A9.TXT", "a.txt\n"),
        ] {
            assert!(matches(go, yes), "{go} {yes}");
            assert!(!matches(go, no), "{go} {no}");
        }
    }

    #[test]
    fn what_go_refuses_is_refused() {
        for go in [
            "a++",
            "a*+",
            "a**",
            "a{2}{3}",
            "a??+",
            "(?=a)",
            "(?!a)",
            "(?<=a)",
            "(?<!a)",
            "(?>a)",
            r"(a)\1",
            r"\Z",
            "(",
            "[a",
            "*a",
            "a|*",
            r"\",
            "a{1001}{2",
            "(?P<x",
            r"[\b]",
        ] {
            let refused = compile(go);
            // A brace that counts nothing stands for itself.
            assert!(refused.is_err() || go == "a{1001}{2", "{go}");
        }
        assert!(compile(&"((a{50}){50}){50}".repeat(2)).is_err_and(|e| e.contains("large")));
        assert!(compile(&"(".repeat(5000)).is_err());
    }
}
