//! Reads YAML that a stranger may have written, in bounded time and memory.
//!
//! The parser itself expands aliases (a kilobyte can become gigabytes) and takes time square in the depth of nested
//! brackets. Nobody needs either in a rule file, so both are refused before it sees the text. `build.rs` uses this
//! file too.

use serde::de::DeserializeOwned;

/// No rule file may be larger, in bytes.
pub(crate) const LARGEST: usize = 4 << 20;

/// No brackets or blocks may be nested deeper.
const DEEPEST: usize = 32;

/// A problem and the 1-based line it is in, 0 when unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// 1-based line, 0 when unknown.
    pub line: usize,
    /// What is wrong.
    pub text: String,
}

/// Reads one document.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    guard(text)?;
    serde_yaml::from_str(text).map_err(|e| {
        let line = e.location().map_or(0, |place| place.line());
        let message = e.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        let line = second_of(text, line, message).unwrap_or(line);
        Problem { line, text: message.to_string() }
    })
}

/// The parser gives the place of the whole entry when a field stands twice in it: where its second one is.
fn second_of(text: &str, entry: usize, message: &str) -> Option<usize> {
    let field = message.split_once("duplicate field `")?.1.split_once('`')?.0;
    let names_it = |line: &str| {
        let key = line.trim_start().trim_start_matches("- ").trim_start();
        key.strip_prefix(field).is_some_and(|rest| rest.trim_start().starts_with(':'))
    };
    let mut lines = text.lines().enumerate().skip(entry.saturating_sub(1)).filter(|(_, line)| names_it(line));
    lines.nth(1).map(|(index, _)| index + 1)
}

/// Refuses what is too large, aliases and anchors, and deep nesting.
pub fn guard(text: &str) -> Result<(), Problem> {
    if text.len() > LARGEST {
        return Err(Problem { line: 0, text: format!("larger than {} MiB", LARGEST >> 20) });
    }
    let mut guard = Guard { brackets: 0, quote: None, block: None };
    for (index, line) in text.lines().enumerate() {
        guard.line(line).map_err(|text| Problem { line: index + 1, text })?;
    }
    Ok(())
}

/// What must be known at the start of a line.
struct Guard {
    /// How many brackets are open.
    brackets: usize,
    /// The quote that is open.
    quote: Option<u8>,
    /// The indentation of the line that opened a block of literal text: deeper lines belong to it.
    block: Option<usize>,
}

impl Guard {
    fn line(&mut self, line: &str) -> Result<(), String> {
        let bytes = line.as_bytes();
        let indent = bytes.iter().take_while(|&&b| b == b' ').count();
        if let Some(parent) = self.block {
            if indent > parent || line.trim().is_empty() {
                return Ok(());
            }
            self.block = None;
        }
        let mut at = 0;
        let mut dashes = 0;
        let mut start = true;
        while let Some(&byte) = bytes.get(at) {
            if let Some(quote) = self.quote {
                at += self.in_quotes(quote, byte, bytes.get(at + 1));
                start = false;
                continue;
            }
            at += 1;
            let ends_word = bytes.get(at).is_none_or(u8::is_ascii_whitespace);
            match byte {
                b' ' | b'\t' => {
                    if bytes.get(at) == Some(&b'#') {
                        return Ok(());
                    }
                }
                b'#' if at == 1 => return Ok(()),
                b'-' | b'?' | b':' if ends_word => {
                    dashes += usize::from(byte != b':');
                    start = true;
                }
                b'[' | b'{' if start || self.brackets > 0 => {
                    self.brackets += 1;
                    start = true;
                }
                b']' | b'}' if self.brackets > 0 => {
                    self.brackets -= 1;
                    start = false;
                }
                b',' if self.brackets > 0 => start = true,
                b'"' | b'\'' if start => self.quote = Some(byte),
                b'&' | b'*' | b'!' if start && !ends_word => return Err(refused(byte)),
                b'|' | b'>' if start && self.brackets == 0 => {
                    self.block = Some(indent);
                    return Ok(());
                }
                _ => start = false,
            }
            if self.brackets.max(dashes) > DEEPEST || indent > 16 * DEEPEST {
                return Err("nested too deep".to_string());
            }
        }
        Ok(())
    }

    /// How many bytes to step over inside a quote.
    fn in_quotes(&mut self, quote: u8, byte: u8, next: Option<&u8>) -> usize {
        match (quote, byte) {
            (b'"', b'\\') => 2,
            (b'\'', b'\'') if next == Some(&b'\'') => 2,
            _ => {
                if byte == quote {
                    self.quote = None;
                }
                1
            }
        }
    }
}

fn refused(byte: u8) -> String {
    let what = match byte {
        b'&' => "an anchor",
        b'*' => "an alias",
        _ => "a tag",
    };
    format!(
        "`{}` begins {what}, which is not allowed here; put text that begins so in quotes",
        char::from(byte)
    )
}

#[cfg(test)]
mod tests {
    use super::{guard, read};

    #[test]
    fn aliases_anchors_and_depth_are_refused() {
        for (text, line) in [
            ("a: &x 1", 1),
            ("a:\n  - *x", 2),
            ("a: [1, *x]", 1),
            ("hosts: [*.example.com]", 1),
            ("&x a: 1", 1),
            ("a: !!str &x b", 1),
            ("a: 'it''s'\nb: *x", 2),
            ("a: |\n  text\nb: *x", 3),
            (&"[".repeat(100_000), 1),
            (&"- ".repeat(100_000), 1),
            (&format!("{}a: 1", " ".repeat(5000)), 1),
        ] {
            assert_eq!(guard(text).map_err(|p| p.line), Err(line), "{}", &text[..text.len().min(40)]);
        }
        assert!(guard(&"x".repeat(5 << 20)).is_err());
    }

    #[test]
    fn ordinary_text_is_let_through() {
        for text in [
            "a: b !important",
            "hosts: ['*.example.com', \"*.x\"]",
            "a: R&D *bold* [x",
            "a: 'b: &str'\nc: \"x \\\" &y\"",
            "a: |\n  &x\n  * y\n\n  *z\nb: 1",
            "- a: >\n    *x\n  b: 1",
            "a: 1 # *x",
            "# &x\n  # *y",
            "a: 'several\n  *lines\n  of text'",
            "a: {b: [c, d]}",
        ] {
            assert_eq!(guard(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn mistakes_have_their_line() {
        let problem = read::<u8>("\n\n[1]").map_err(|p| p.line);
        assert_eq!(problem, Err(3));
    }
}
