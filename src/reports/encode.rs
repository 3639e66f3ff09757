//! Writing text that strangers chose so that each kind of reader takes it for text: logs, URIs, XML, Markdown.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::model::escape_terminal;

use super::entry::Entry;

/// For a terminal or the log of a CI system: control characters escaped, and what such systems would take for a
/// command (`::name::`, `##[name]`, `##vso[`, `##teamcity[`) broken up, because a line of code may hold it.
pub fn log(text: &str) -> Cow<'_, str> {
    let safe = escape_terminal(text);
    if !safe.contains("::") && !safe.contains("##") {
        return safe;
    }
    let mut out = String::with_capacity(safe.len() + 16);
    let mut before = ' ';
    let mut rest = safe.as_ref();
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("::") && before.is_whitespace() {
            out.push_str("\\x3a");
        } else if rest.starts_with("##") && is_command(rest) {
            out.push_str("\\x23");
        } else {
            out.push(c);
        }
        before = c;
        rest = &rest[c.len_utf8()..];
    }
    Cow::Owned(out)
}

/// `##` and at most a word, then `[`.
fn is_command(text: &str) -> bool {
    let rest = text.trim_start_matches('#');
    rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).starts_with('[')
}

/// Percent-encodes all bytes but unreserved ones and `/` (RFC 3986): a relative reference, never a scheme or a query.
pub(super) fn percent(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 8);
    for &b in bytes {
        if b.is_ascii_alphanumeric() || b"-._~/".contains(&b) {
            out.push(char::from(b));
        } else {
            let _ = write!(out, "%{b:02X}");
        }
    }
    out
}

/// The reference to the finding's file: relative to the scanned tree where the path is, `file://` where it is absolute.
pub(super) fn uri(entry: &Entry<'_>) -> String {
    let bytes = path_bytes(entry);
    if bytes.is_empty() {
        let commit = entry.commit.as_deref().or(entry.blob.as_deref()).unwrap_or("unknown");
        return percent(format!("commit/{commit}/{}", entry.part.replace(' ', "-")).as_bytes());
    }
    if bytes.as_ref() == b"-" {
        return "stdin".to_owned();
    }
    let encoded = percent(&bytes);
    // Two slashes would name a host.
    if encoded.starts_with('/') { format!("file:///{}", encoded.trim_start_matches('/')) } else { encoded }
}

/// The path's bytes as they are in git or on disk.
fn path_bytes<'e>(entry: &'e Entry<'_>) -> Cow<'e, [u8]> {
    entry
        .path_bytes
        .as_deref()
        .and_then(decode_base64)
        .map_or(Cow::Borrowed(entry.path.as_bytes()), Cow::Owned)
}

/// Bytes from base64 with padding.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0u32, 0u32);
    for b in text.trim_end_matches('=').bytes() {
        let digit = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(digit)) & 0xf_ffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    Some(out)
}

/// For XML and HTML, in text and in quoted attributes. Control characters, which XML cannot hold, are escaped as on a
/// terminal, and what a CI system would take for a command (see [`log`]) looks like none.
pub(super) fn xml(text: &str) -> String {
    let safe = escape_terminal(text);
    let mut out = String::with_capacity(safe.len() + 16);
    let mut chars = safe.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ':' | '#' if chars.peek() == Some(&c) => out.push_str(if c == ':' { "&#58;" } else { "&#35;" }),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// For Markdown: everything that could be markup, a link, a mention or HTML becomes a character reference.
pub(super) fn markdown(text: &str) -> String {
    let safe = escape_terminal(text);
    let links = safe.to_ascii_lowercase().contains("www.");
    let mut out = String::with_capacity(safe.len() + 16);
    for c in safe.chars() {
        let plain = c.is_alphanumeric() || " /-,;".contains(c) || !c.is_ascii() || (c == '.' && !links);
        if plain {
            out.push(c);
        } else {
            let _ = write!(out, "&#{};", u32::from(c));
        }
    }
    out
}

/// A text of a rule for Markdown, its links as links. In angle brackets nothing but `<>` and spaces could end one.
pub(super) fn markdown_links(text: &str) -> String {
    let words: Vec<String> = text
        .split(' ')
        .map(|word| {
            let link = word.trim_end_matches([';', ',', '.', ')']);
            let rest = word.get(link.len()..).unwrap_or_default();
            if is_link(link) { format!("<{link}>{}", markdown(rest)) } else { markdown(word) }
        })
        .collect();
    words.join(" ")
}

/// Whether a text is a web address and nothing else.
pub(super) fn is_link(text: &str) -> bool {
    (text.starts_with("https://") || text.starts_with("http://"))
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"'))
}

#[cfg(test)]
mod tests {
    use super::{decode_base64, log, markdown, percent, uri, xml};
    use crate::reports::{Entry, samples::HOSTILE, shown::base64};

    #[test]
    fn logs_hold_no_commands() {
        assert_eq!(log("::error::x"), "\\x3a:error::x");
        assert_eq!(
            log("a ::add-mask::x ##[group]y ##vso[z] # ## heading"),
            "a \\x3a:add-mask::x \\x23#[group]y \\x23#vso[z] # ## heading"
        );
        assert_eq!(log("std::env ###[x]"), "std::env \\x23\\x23#[x]");
        assert!(matches!(log("plain"), std::borrow::Cow::Borrowed(_)));
        for text in HOSTILE {
            assert!(!log(text).starts_with("::") && !log(text).contains("##["), "{text}");
        }
    }

    #[test]
    fn uris_are_references_to_the_very_bytes() {
        assert_eq!(percent("a b/ä:?#%".as_bytes()), "a%20b/%C3%A4%3A%3F%23%25");
        let entry = |path: &'static str, bytes: Option<&[u8]>| Entry {
            path: path.into(),
            path_bytes: bytes.map(base64),
            part: "commit message".into(),
            ..Entry::default()
        };
        assert_eq!(uri(&entry("a/\u{fffd}", Some(b"a/\xff"))), "a/%FF");
        assert_eq!(uri(&entry("//host/share", None)), "file:///host/share");
        assert_eq!(uri(&entry("javascript:alert(1)", None)), "javascript%3Aalert%281%29");
        assert_eq!(uri(&entry("", None)), "commit/unknown/commit-message");
        for n in 0..20u8 {
            let bytes: Vec<u8> = (0..n).map(|b| b.wrapping_mul(61)).collect();
            assert_eq!(decode_base64(&base64(&bytes)).as_deref(), Some(bytes.as_slice()));
        }
        assert_eq!(decode_base64("!"), None);
    }

    #[test]
    fn markup_stays_text() {
        assert_eq!(xml("::error::x ##[y] a:b"), "&#58;:error&#58;:x &#35;#[y] a:b");
        assert_eq!(xml("<a href='x'>&\"\u{1b}"), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;\\x1b");
        assert_eq!(markdown("a_b|c"), "a&#95;b&#124;c");
        assert_eq!(markdown("www.x.y"), "www&#46;x&#46;y");
        assert_eq!(markdown("src/a.py"), "src/a.py");
    }
}
