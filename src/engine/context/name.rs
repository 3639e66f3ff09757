//! The name that a value is given, and how, in any language: found by reading leftward from the value over quotes,
//! wrappers and operators. No language is parsed; the forms are few.

use super::back::{Back, is_name_byte};
use super::sibling;

/// How a value is given its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum How {
    /// `name = v`, `name: v`, `name => v`.
    Assigned,
    /// `name("v")`, `name("x", "v")`.
    Argument,
    /// `<name>v</name>`, `key="name" value="v"`.
    Element,
    /// `--name v`, `name v`, `the name is v`.
    Prose,
    /// On a line of its own above the value.
    Above,
}

/// A name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) struct Named {
    /// Where it stands.
    pub span: (usize, usize),
    /// How it is given.
    pub how: How,
}

/// Steps leftward at most; real code needs about six.
const STEPS: usize = 14;

/// Words for types, which stand between a name and its value: `var key string = "v"`, `key: &str = "v"`.
#[rustfmt::skip]
const TYPES: &[&str] = &[
    "string", "str", "String", "char", "auto", "byte", "bytes", "const", "any", "final", "static", "text", "object",
    "varchar", "std.string", "Text", "interface", "NSString", "Optional", "std", "wchar_t", "QString",
    "SecureString",
];

/// Functions that only wrap a value.
#[rustfmt::skip]
const WRAPPERS: &[&str] = &[
    "String", "from", "Some", "Ok", "Just", "str", "bytes", "b64decode", "atob", "btoa", "decode", "encode",
    "SecretStr", "SecretString", "fromString", "toString", "of", "valueOf", "Buffer.from", "base64.b64decode",
    "text", "TEXT", "L", "T", "_T", "to_string", "into", "pulumi.String", "aws.String", "StringValue", "Optional.of",
    "fromJust", "unsafe", "nonsensitive", "base64decode", "trimspace", "quote", "q", "qq", "raw", "N", "freeze",
    "new",
];

/// Of a longer name only the end counts, in bytes: it says what it names, and reading all of it for each candidate in a
/// long line without spaces would take longer than everything else.
const LONGEST: usize = 128;

/// The name that the value beginning at `start` is given.
pub(in crate::engine) fn find(bytes: &[u8], start: usize) -> Option<Named> {
    let Named { span: (from, to), how } = search(bytes, start)?;
    Some(Named { span: (from.max(to.saturating_sub(LONGEST)), to), how })
}

fn search(bytes: &[u8], start: usize) -> Option<Named> {
    let mut back = Back::new(bytes, start);
    for _ in 0..STEPS {
        back.space();
        if back.quote() {
            string_prefix(&mut back);
            continue;
        }
        match back.last()? {
            b'(' => {
                back.take(1);
                back.space();
                // `require("name")("v")`
                if back.last() == Some(b')') {
                    return call(back);
                }
                if back.last().is_some_and(is_name_byte) {
                    let name = back.name();
                    if !is_wrapper(bytes, name) {
                        return named(name, How::Argument);
                    }
                }
            }
            // `names['v']` looks something up by the value.
            b'[' if back.rest().len() > 1
                && back.bytes.get(back.at - 2).is_some_and(|&b| is_name_byte(b) || b == b']') =>
            {
                return None;
            }
            b'[' | b'{' => back.take(1),
            b'>' if !matches!(back.rest(), [.., b'=' | b'-', b'>']) => return sibling::element(back),
            b'=' | b':' | b'>' | b'|' | b'?' => return operator(&mut back),
            b',' => return argument(back),
            b'\n' | b'\r' => {
                if !line_above(&mut back) {
                    return comment_above(back);
                }
            }
            b'-' if back.rest().ends_with(b":-") => return operator(&mut back),
            b'-' => {
                if !dash(&mut back) {
                    return prose(back);
                }
            }
            b if is_name_byte(b) || b == b')' => return prose(back),
            _ => return None,
        }
    }
    None
}

/// A name if it is not empty.
fn named(span: (usize, usize), how: How) -> Option<Named> {
    (span.0 < span.1).then_some(Named { span, how })
}

/// Steps over the letters in front of a quote: `b"…"`, `r'…'`, `@"…"`, `L"…"`, `[]byte("…")`.
fn string_prefix(back: &mut Back<'_>) {
    let n = back.rest().iter().rev().take_while(|b| b"rRbBuUfFLn@$".contains(b)).count();
    let before = back.rest().len().checked_sub(n + 1).and_then(|i| back.rest().get(i));
    if n <= 2 && !before.is_some_and(|&b| is_name_byte(b)) {
        back.take(n);
    }
}

/// Whether a function only wraps its argument; steps over what stands in front of it if so.
fn is_wrapper(bytes: &[u8], (start, end): (usize, usize)) -> bool {
    let name = bytes.get(start..end).unwrap_or_default();
    let last = name.rsplit(|b| matches!(b, b'.' | b'/')).next().unwrap_or_default();
    WRAPPERS.iter().any(|w| w.as_bytes() == name || w.as_bytes() == last)
        || TYPES.iter().any(|t| t.as_bytes() == name)
}

/// At an operator: the name in front of it.
fn operator(back: &mut Back<'_>) -> Option<Named> {
    back.skip(|b| b"=:!?+.|~<>&-*^".contains(&b));
    for _ in 0..4 {
        back.space();
        if back.quote() {
            continue;
        }
        match back.last()? {
            b']' => {
                back.take(1);
                let digits = back.skip(|b| b.is_ascii_digit());
                if back.last() == Some(b'[') && digits < 6 {
                    back.take(1);
                }
            }
            b')' => return call(*back),
            b if is_name_byte(b) => break,
            _ => return None,
        }
    }
    let mut span = back.name();
    if is_type(back.bytes, span) {
        let mut before = *back;
        before.skip(|b| matches!(b, b' ' | b'\t' | b'&' | b'*' | b':' | b'?'));
        let behind = before.name();
        if behind.0 < behind.1 {
            span = behind;
        }
    }
    let given = back.bytes.get(span.0..span.1).unwrap_or_default();
    if sibling::says_nothing(given)
        && let Some(better) = sibling::beside(*back)
    {
        return Some(better);
    }
    named(span, How::Assigned)
}

/// `getenv("X") ?: "v"`, `ENV.fetch("X") || "v"`: what stands in the parentheses.
fn call(mut back: Back<'_>) -> Option<Named> {
    back.take(1);
    back.space();
    if !back.quote() {
        return None;
    }
    named(back.name(), How::Assigned)
}

/// Whether the word in front of an operator is a type and not a name.
fn is_type(bytes: &[u8], (start, end): (usize, usize)) -> bool {
    let word = bytes.get(start..end).unwrap_or_default();
    TYPES.iter().any(|t| t.as_bytes() == word)
}

/// At a comma: the argument in front of it if it is a name, else the function that is called.
fn argument(mut back: Back<'_>) -> Option<Named> {
    back.take(1);
    back.space();
    let mut before = back;
    if before.quote() {
        let end = before.at;
        before.skip(|b| is_name_byte(b) || matches!(b, b' ' | b':'));
        let text = (before.at, end);
        if before.quote() && end > text.0 && end - text.0 <= 80 && !sibling::is_url(before.bytes, text) {
            // `"kind:Secret", "uid:…"`: what holds a colon is a pair of its own.
            let string = before.bytes.get(text.0..text.1).unwrap_or_default();
            if string.iter().rev().skip(1).any(|b| *b == b':') {
                return None;
            }
            let callee = sibling::callee(before);
            let names = super::names_secret(before.bytes.get(text.0..text.1).unwrap_or_default());
            return match callee {
                Some(span) if !names => named(span, How::Argument),
                _ => named(text, How::Argument),
            };
        }
    }
    sibling::callee(back).and_then(|span| named(span, How::Argument))
}

/// At the start of a line: steps to the end of the line above if the value continues it.
fn line_above(back: &mut Back<'_>) -> bool {
    let mut above = *back;
    above.skip(|b| b.is_ascii_whitespace());
    // Block marks of YAML, and continuation marks of shells and C.
    let block = above.at;
    above.skip(|b| matches!(b, b'|' | b'>' | b'-' | b'+' | b'\\'));
    if above.at < block {
        above.space();
    }
    let structural = matches!(above.last(), Some(b':' | b'=' | b'(' | b'[' | b'{' | b','));
    let continued = block > above.at && back.bytes.get(block - 1) == Some(&b'\\');
    if structural || continued {
        *back = above;
        return true;
    }
    if back.bytes.get(block.saturating_sub(1)) == Some(&b'>') {
        back.at = block;
        return true;
    }
    false
}

/// A short comment on the line above.
fn comment_above(mut back: Back<'_>) -> Option<Named> {
    back.skip(|b| b.is_ascii_whitespace());
    let end = back.at;
    back.skip(|b| b != b'\n' && b != b'\r');
    let line = back.bytes.get(back.at..end)?;
    let text = line.trim_ascii_start();
    let marks = text.iter().take_while(|b| b"#/*;-<!% ".contains(b)).count();
    let start = end - text.len() + marks;
    (marks > 0 && end - start <= 80).then_some(())?;
    named((start, end), How::Above)
}

/// At a dash: a list mark of YAML (steps over it), or glue in `provider-key-VALUE`.
fn dash(back: &mut Back<'_>) -> bool {
    let mut before = *back;
    before.take(1);
    before.space();
    let listed = matches!(before.last(), None | Some(b'\n' | b'\r'));
    if listed || !back.bytes.get(back.at.wrapping_sub(2)).is_some_and(|&b| is_name_byte(b)) {
        *back = before;
        return true;
    }
    false
}

/// Words in front of the value on the same line: an option, an instruction, a sentence.
fn prose(mut back: Back<'_>) -> Option<Named> {
    let end = back.at;
    let mut start = end;
    for _ in 0..5 {
        let (from, to) = back.name();
        if from == to {
            break;
        }
        start = from;
        // An option names its value alone.
        if back.bytes.get(back.at..from).is_some_and(|d| d.starts_with(b"-")) {
            return named((from, end), How::Prose);
        }
        if back.space() == 0 && !back.quote() {
            break;
        }
        if end - back.at > 60 {
            break;
        }
        back.quote();
    }
    named((start, end), How::Prose)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, find};

    #[test]
    fn of_a_name_without_end_only_the_end_counts() {
        let text = format!("{}_token = abc", "a.b-c_".repeat(2000));
        let (from, to) = find(text.as_bytes(), text.len() - 3).expect("it has one").span;
        assert!(to - from == LONGEST && text[from..to].ends_with("c__token"), "{from}..{to}");
        assert_eq!(find(b"token = abc", 8).map(|n| n.span), Some((0, 5)));
    }
}
