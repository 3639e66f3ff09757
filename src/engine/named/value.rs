//! Where a value begins and ends: quoted or bare.

/// No value is longer.
const LONGEST: usize = 4096;

/// A value as it stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) struct Value {
    /// Its first byte.
    pub start: usize,
    /// Behind its last byte.
    pub end: usize,
    /// Whether it stands in quotes (or in an element).
    pub quoted: bool,
}

/// What opens a string at `at`: the quote and how many backslashes stand in front of it; and where the content begins.
fn opening(bytes: &[u8], at: usize) -> Option<(u8, usize, usize)> {
    let slashes = bytes.get(at..)?.iter().take(4).take_while(|&&b| b == b'\\').count();
    let quote = *bytes.get(at + slashes)?;
    matches!(quote, b'"' | b'\'' | b'`').then_some((quote, slashes, at + slashes + 1))
}

/// Whether an escaped quote stands at `at`: a string within the string, as in `"\"text\""`.
fn escaped(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at..at + 2), Some([b'\\', b'"' | b'\'']))
}

/// The string whose opening quote (or the backslash in front of it) stands at `at`. One line only.
pub(in crate::engine) fn quoted(bytes: &[u8], at: usize) -> Option<Value> {
    let (quote, slashes, mut start) = opening(bytes, at)?;
    // `"""text"""`, and `'"text"'` where one language stands in another.
    if bytes.get(start..start + 2) == Some(&[quote, quote]) {
        start += 2;
    } else if bytes.get(start) == Some(&b'"') && quote == b'\'' || slashes == 0 && escaped(bytes, start) {
        return quoted(bytes, start);
    }
    let text = bytes.get(start..bytes.len().min(start + LONGEST))?;
    let mut i = 0;
    while let Some(&byte) = text.get(i) {
        match byte {
            b'\n' | b'\r' => return None,
            b'\\' => {
                let run = text[i..].iter().take_while(|&&b| b == b'\\').count();
                if slashes > 0 && run <= slashes && text.get(i + run) == Some(&quote) {
                    return Some(Value { start, end: start + i, quoted: true });
                }
                // An escaped character belongs to the text.
                i += run + run % 2;
            }
            b if b == quote && slashes == 0 => return Some(Value { start, end: start + i, quoted: true }),
            _ => i += 1,
        }
    }
    None
}

/// Whether a byte ends a bare value. A table, since long values are read for each candidate in them.
fn ends_bare(byte: u8) -> bool {
    static ENDS: [bool; 256] = {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte <= b' ' as usize {
            table[byte] = true;
            byte += 1;
        }
        let others = b"\"'`<>,;()[]{}\\&|";
        let mut i = 0;
        while i < others.len() {
            table[others[i] as usize] = true;
            i += 1;
        }
        table
    };
    ENDS[usize::from(byte)]
}

/// The bare value at `at`; empty values are none.
pub(in crate::engine) fn bare(bytes: &[u8], at: usize) -> Option<Value> {
    let text = bytes.get(at..bytes.len().min(at + LONGEST))?;
    let length = text.iter().position(|&b| ends_bare(b)).unwrap_or(text.len());
    // Markdown's `**value**`.
    if let Some(inner) = text[..length].strip_prefix(b"**").and_then(|t| t.strip_suffix(b"**"))
        && !inner.is_empty()
    {
        return Some(Value { start: at + 2, end: at + length - 2, quoted: true });
    }
    (length > 0).then_some(Value { start: at, end: at + length, quoted: false })
}

/// Steps from `at` into an element within the element: `<property name="password"><value>`.
pub(in crate::engine) fn inner(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let spaces = rest.iter().take(60).take_while(|b| b.is_ascii_whitespace()).count();
    let tags = [&b"<value>"[..], b"<Value>", b"<string>"];
    let tag = tags.iter().find(|tag| rest[spaces..].starts_with(tag));
    tag.map_or(at, |tag| at + spaces + tag.len())
}

/// The text of an element from behind its `>` on, without space around it.
pub(in crate::engine) fn element(bytes: &[u8], at: usize) -> Option<Value> {
    let text = bytes.get(at..bytes.len().min(at + LONGEST))?;
    let length = text.iter().position(|&b| b == b'<')?;
    let inner = text[..length].trim_ascii();
    let start = at + text[..length].iter().take_while(|b| b.is_ascii_whitespace()).count();
    let closed = text.get(length + 1) == Some(&b'/');
    (closed && !inner.is_empty() && !inner.contains(&b'\n')).then_some(Value {
        start,
        end: start + inner.len(),
        quoted: true,
    })
}

/// How far in front of a run and behind it the value goes that it is part of, in bytes: this is asked for each candidate,
/// and many may stand in one long value.
const AROUND: (usize, usize) = (256, 1024);

/// The value around a run of token bytes: the string or bare word that it is part of.
pub(in crate::engine) fn around(bytes: &[u8], start: usize, end: usize) -> Value {
    let reach = start.saturating_sub(AROUND.0);
    let left = bytes[reach..start].iter().rev().take_while(|&&b| !ends_bare(b) && b != b'=').count();
    let start = start - left;
    let right = bytes[end..bytes.len().min(end + AROUND.1)].iter().take_while(|&&b| !ends_bare(b)).count();
    let end = end + right;
    let quoted = bytes.get(start.wrapping_sub(1)).is_some_and(|b| b"\"'`".contains(b))
        && bytes.get(end).is_some_and(|b| b"\"'`\\".contains(b));
    Value { start, end, quoted }
}

#[cfg(test)]
mod tests {
    use super::{around, bare, element, quoted};

    fn text(bytes: &[u8], value: Option<super::Value>) -> Option<&str> {
        value.map(|v| std::str::from_utf8(&bytes[v.start..v.end]).expect("ASCII"))
    }

    #[test]
    fn strings_end_at_their_own_quote() {
        for (given, wanted) in [
            (r#""abc" "d""#, Some("abc")),
            (r"'it''s'", Some("it")),
            (r#""a\"b""#, Some(r#"a\"b"#)),
            (r#"\"ab\", \"c\""#, Some("ab")),
            (r#"\\\"ab\\\""#, Some("ab")),
            (r#""""abc""""#, Some("abc")),
            (r#""\"abc\"""#, Some("abc")),
            (r#"'"abc"'"#, Some("abc")),
            ("\"ab\ncd\"", None),
            ("\"abc", None),
            ("abc", None),
        ] {
            assert_eq!(text(given.as_bytes(), quoted(given.as_bytes(), 0)), wanted, "{given}");
        }
    }

    #[test]
    fn bare_values_and_elements_end_where_the_language_goes_on() {
        assert_eq!(text(b"ab#c;d", bare(b"ab#c;d", 0)), Some("ab#c"));
        assert_eq!(text(b"abc\\nX=1", bare(b"abc\\nX=1", 0)), Some("abc"));
        assert_eq!(text(b"", bare(b"", 0)), None);
        assert_eq!(text(b"\n  ab\n</x>", element(b"\n  ab\n</x>", 0)), Some("ab"));
        let t = b"X=\"ab.cdef/gh\"";
        assert_eq!(text(t, Some(around(t, 6, 10))), Some("ab.cdef/gh"));
    }
}
