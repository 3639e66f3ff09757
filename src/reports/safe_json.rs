//! JSON that is safe wherever it is read: characters that could steer a terminal or reorder text, and those that
//! could end a `<script>`, are written as `\uXXXX`. To a JSON parser it is the same text.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

/// Writes a value over several indented lines.
pub(super) fn pretty(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, Safe(PrettyFormatter::new())))?;
    Ok(())
}

/// Writes a value in one line, without a newline after it.
pub(super) fn compact(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, Safe(CompactFormatter)))?;
    Ok(())
}

/// Whether a character is written as an escape.
fn is_unsafe(c: char) -> bool {
    matches!(c, '<' | '>' | '&' | '\u{7f}'..='\u{9f}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A formatter that escapes more, and leaves the layout to another.
struct Safe<F>(F);

/// Hands a method of the layout through.
macro_rules! layout {
    ($($name:ident $(($first:ident))?),* $(,)?) => {
        $(fn $name<W: ?Sized + Write>(&mut self, writer: &mut W $(, $first: bool)?) -> io::Result<()> {
            self.0.$name(writer $(, $first)?)
        })*
    };
}

impl<F: Formatter> Formatter for Safe<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, text: &str) -> io::Result<()> {
        let mut rest = text;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_unsafe(*c)) {
            writer.write_all(&rest.as_bytes()[..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[at + c.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }

    layout!(
        begin_array,
        end_array,
        begin_array_value(first),
        end_array_value,
        begin_object,
        end_object,
        begin_object_key(first),
        begin_object_value,
        end_object_value,
    );
}

#[cfg(test)]
mod tests {
    use super::{compact, pretty};

    #[test]
    fn it_reads_back_as_the_same_text() {
        let text = "</script>\u{202e}\u{9b}31m\u{e0041} plain ä \u{1f600} \"\\\n\u{1b}";
        let mut out = Vec::new();
        compact(&[text], &mut out).unwrap();
        let written = String::from_utf8(out).unwrap();
        assert!(!written.contains(['<', '\u{202e}', '\u{9b}', '\u{1b}', '\n']), "{written}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&written).unwrap(), [text]);
        let mut out = Vec::new();
        pretty(&[text], &mut out).unwrap();
        assert_eq!(serde_json::from_slice::<Vec<String>>(&out).unwrap(), [text]);
        assert!(out.starts_with(b"[\n  \""));
    }
}
