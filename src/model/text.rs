//! Making text from a repository safe to show.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The reason given for a password that everybody knows: it counts in files of settings alone, which only those judge
/// who know the path.
pub const WEAK: &str = "a password that everybody knows: weak, and open all the same where it is in use";

/// Why a word without quotes is a password although it may be any word: kept in files of settings alone.
pub const PLAIN: &str = "a word as people write it into settings, under a name that means a password";

/// Escapes what could steer a terminal or reorder text: control characters (newline and tab too), DEL, C1 controls,
/// bidirectional and zero-width marks, line and paragraph separators, and the byte order mark.
pub fn escape_terminal(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            '\t' => safe.push_str("\\t"),
            c if is_unsafe(c) && u32::from(c) < 0x100 => {
                let _ = write!(safe, "\\x{:02x}", u32::from(c));
            }
            c if is_unsafe(c) => {
                let _ = write!(safe, "\\u{{{:04x}}}", u32::from(c));
            }
            c => safe.push(c),
        }
    }
    Cow::Owned(safe)
}

/// The same for bytes that need not be UTF-8; each wrong byte becomes U+FFFD.
pub fn escape_terminal_bytes(bytes: &[u8]) -> String {
    escape_terminal(&String::from_utf8_lossy(bytes)).into_owned()
}

/// Whether a character must not reach a terminal as it is.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{180b}'..='\u{180f}' | '\u{3164}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::escape_terminal;

    #[test]
    fn plain_text_is_borrowed_and_hostile_text_is_escaped() {
        assert!(matches!(escape_terminal("straße/日本"), std::borrow::Cow::Borrowed(_)));
        assert_eq!(escape_terminal("a\x1b[31m\nb\u{202e}c\u{9b}"), "a\\x1b[31m\\nb\\u{202e}c\\x9b");
    }
}
