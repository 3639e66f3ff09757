//! From a name to the value it is given, reading rightward: operators, calls, pairs, elements, options, sentences.

use super::value::{Value, bare, element, inner, quoted};

/// How a name is followed by its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Form {
    /// `name = v`, `name: v`.
    Assigned,
    /// `name == "v"`.
    Compared,
    /// `name("v")`.
    Argument,
    /// `("name", "v")`.
    Paired,
    /// `<name>v</name>`.
    Element,
    /// `name v`, `--name v`.
    Spaced,
    /// `the name is "v"`.
    Sentence,
}

/// Functions around a value that leave it a value.
#[rustfmt::skip]
const WRAPPERS: &[&[u8]] = &[
    b"String", b"from", b"new", b"SecretStr", b"SecretString", b"bytes", b"str", b"b64decode", b"valueOf", b"of",
    b"Some", b"decode", b"byte", b"to_string", b"text", b"TEXT", b"L", b"T", b"String", b"atob", b"quote", b"q",
    b"sensitive", b"base64decode",
];

/// Names of fields that hold the value of the field beside them.
const VALUES: &[&[u8]] = &[b"value", b"val", b"content", b"default", b"Value", b"string"];

/// The value of the name that ends at `at`.
pub(in crate::engine) fn value_of(bytes: &[u8], at: usize) -> Option<(Value, Form)> {
    let mut cursor = Cursor { bytes, at, yaml: false };
    let closed = cursor.skip(6, |b| matches!(b, b'"' | b'\'' | b'`' | b'\\' | b']')) > 0;
    // Perl's `{password} = "x"`.
    if let [b'}', b' ', b'=', b' ', b'"' | b'\'', ..] = cursor.text() {
        cursor.at += 1;
    }
    if cursor.text().starts_with(b"&quot;") {
        cursor.at += 6;
    }
    let spaces = cursor.skip(60, |b| matches!(b, b' ' | b'\t'));
    match cursor.peek()? {
        b'(' if spaces == 0 => {
            cursor.at += 1;
            cursor.argument().map(|v| (v, Form::Argument))
        }
        b',' => {
            cursor.at += 1;
            cursor.argument().map(|v| (v, Form::Paired))
        }
        b'>' if bytes[at.saturating_sub(60)..at].contains(&b'<') => {
            element(bytes, inner(bytes, cursor.at + 1)).map(|v| (v, Form::Element))
        }
        b'>' => None,
        b'{' if closed && spaces > 0 => cursor.default_of(),
        b'-' if spaces > 0 && cursor.text().starts_with(b"-p ") => cursor.spaced(closed),
        b'=' | b':' | b'?' | b'+' | b'.' | b'|' | b'-' | b'<' | b'!' | b')' => cursor.operator(),
        _ if spaces > 0 => cursor.spaced(closed),
        _ => None,
    }
}

struct Cursor<'b> {
    bytes: &'b [u8],
    at: usize,
    /// Whether a value may stand bare on the line after its name.
    yaml: bool,
}

impl<'b> Cursor<'b> {
    fn text(&self) -> &'b [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Steps over at most `most` bytes that `test` accepts; how many.
    fn skip(&mut self, most: usize, mut test: impl FnMut(u8) -> bool) -> usize {
        let n = self.text().iter().take(most).take_while(|&&b| test(b)).count();
        self.at += n;
        n
    }

    /// Terraform's `variable "password" { default = "x" }`: within the next lines, up to the closing brace.
    fn default_of(&mut self) -> Option<(Value, Form)> {
        let text = self.text().get(..300.min(self.text().len()))?;
        let block = text.split(|b| *b == b'}').next()?;
        let at = block.windows(8).position(|w| w == b"default ")?;
        self.at += at + 8;
        self.spaces();
        (self.peek() == Some(b'=')).then_some(())?;
        self.at += 1;
        self.spaces();
        quoted(self.bytes, self.at).map(|v| (v, Form::Assigned))
    }

    fn spaces(&mut self) -> usize {
        self.skip(60, |b| matches!(b, b' ' | b'\t'))
    }

    /// The letters, digits and dots from here on.
    fn word(&self) -> &'b [u8] {
        let text = self.text();
        let n = text
            .iter()
            .take(64)
            .take_while(|&&b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'$'))
            .count();
        &text[..n]
    }

    /// At an operator.
    fn operator(&mut self) -> Option<(Value, Form)> {
        let from = self.at;
        // Behind `=` only `=`, `>` and `~` go on; anything else begins the value: `KEY=+aB/`, `password=!x`.
        let mut last = 0;
        self.skip(5, |b| {
            let more = if last == b'=' { b"=>~".contains(&b) } else { b"=:?+.|<>~!-)".contains(&b) };
            last = b;
            more
        });
        let operator = &self.bytes[from..self.at];
        let compares = matches!(operator, b"==" | b"!=" | b"===" | b"!==");
        let assigns = operator.iter().any(|b| matches!(b, b'=' | b':'))
            || matches!(operator, b"->" | b"||" | b"<-" | b")->" | b"?");
        if !assigns || matches!(operator, b"::" | b"<=" | b">=" | b"+=" if operator == b"::") {
            return None;
        }
        self.spaces();
        if operator == b":" || operator == b"?:" {
            self.annotation();
        }
        self.yaml = operator == b":";
        self.line_break();
        if matches!(self.text(), [b'|' | b'>', b'-' | b'+' | b'\n', ..]) && operator == b":" {
            self.skip(2, |b| matches!(b, b'|' | b'>' | b'-' | b'+'));
            self.line_break();
        }
        let form = if compares { Form::Compared } else { Form::Assigned };
        let value = self.value(compares || operator == b"||")?;
        Some((value, form))
    }

    /// Steps over a type between name and value: `: &str = `, `: string = `.
    fn annotation(&mut self) {
        let mut ahead = Cursor { bytes: self.bytes, at: self.at, yaml: false };
        ahead.skip(12, |b| matches!(b, b'&' | b'*' | b'\'' | b' '));
        // `&'static str`, `readonly string`, `Option<&str>`: one or two words.
        for words in 0..2 {
            let word = ahead.word().len();
            if word == 0 {
                return;
            }
            ahead.at += word;
            ahead.skip(20, |b| {
                matches!(b, b'<' | b'>' | b'?' | b'[' | b']' | b'&') || b.is_ascii_alphabetic()
            });
            let spaces = ahead.spaces();
            if ahead.peek() == Some(b'=') {
                // `Authorization: Digest username="x"` is no type and a value.
                let apart = words == 0 || spaces > 0;
                if apart && !matches!(ahead.text(), [b'=', b'=' | b'>', ..]) {
                    ahead.at += 1;
                    ahead.spaces();
                    self.at = ahead.at;
                }
                return;
            }
        }
    }

    /// Steps over one line break and the spaces after it.
    fn line_break(&mut self) {
        let mut ahead = Cursor { bytes: self.bytes, at: self.at, yaml: false };
        ahead.skip(1, |b| b == b'\\');
        if ahead.skip(2, |b| matches!(b, b'\r' | b'\n')) > 0 {
            ahead.spaces();
            ahead.skip(1, |b| b == b'-');
            ahead.spaces();
            // Only strings stand alone on the next line.
            let string = matches!(ahead.peek(), Some(b'"' | b'\'' | b'`'));
            let continued = !matches!(self.peek(), Some(b'\r' | b'\n'));
            let word = ahead.word().len();
            let bare = || word >= 16 && !matches!(self.bytes.get(ahead.at + word), Some(b'=' | b':'));
            if string || continued || self.yaml && bare() {
                self.at = ahead.at;
            }
        }
    }

    /// A string, perhaps wrapped, perhaps with letters in front; else, unless `strings_only`, a bare value.
    fn value(&mut self, mut strings_only: bool) -> Option<Value> {
        for _ in 0..4 {
            // What stands bare in brackets is code.
            let opened = self.skip(4, |b| matches!(b, b'(' | b'[' | b']' | b'{' | b' '));
            strings_only |= opened > 0 && !self.text().starts_with(b"{");
            if matches!(self.text(), [b'@' | b'$', b'"' | b'\'', ..]) {
                self.at += 1;
            }
            if let Some(value) = quoted(self.bytes, self.at) {
                return if opened > 0 { self.field(value) } else { Some(value) };
            }
            if self.text().starts_with(b"&quot;") {
                return bare(self.bytes, self.at + 6);
            }
            let word = self.word();
            let next = self.text().get(word.len()).copied();
            if word.len() <= 2 && matches!(next, Some(b'"' | b'\'')) {
                self.at += word.len();
                return quoted(self.bytes, self.at);
            }
            let last = word.rsplit(|&b| b == b'.').next().unwrap_or_default();
            let opens = matches!(next, Some(b'(' | b']' | b'['));
            if opens && WRAPPERS.contains(&last) || word == b"new" && next == Some(b' ') {
                self.at += word.len();
                self.skip(4, |b| matches!(b, b'(' | b'[' | b']' | b' '));
                continue;
            }
            break;
        }
        if strings_only { None } else { bare(self.bytes, self.at) }
    }

    /// The first string in brackets; where it is the name of the field that holds the value, that field's.
    fn field(&self, first: Value) -> Option<Value> {
        if !VALUES.contains(&&self.bytes[first.start..first.end]) {
            return Some(first);
        }
        let mut ahead = Cursor { bytes: self.bytes, at: first.end + 1, yaml: false };
        if ahead.skip(4, |b| matches!(b, b' ' | b':')) == 0 {
            return Some(first);
        }
        quoted(self.bytes, ahead.at)
    }

    /// Inside a call, behind `(` or `,`: a string.
    fn argument(&mut self) -> Option<Value> {
        self.skip(60, |b| b.is_ascii_whitespace());
        self.value(true)
    }

    /// Behind a name and a space.
    fn spaced(&mut self, closed: bool) -> Option<(Value, Form)> {
        // `key="NAME" value="v"`, `"name": "X", "value": "v"` without a comma; and Go's `NAME string = "v"`.
        // `sshpass -p X`
        if self.text().starts_with(b"-p ") {
            self.at += 3;
            return quoted(self.bytes, self.at)
                .or_else(|| bare(self.bytes, self.at))
                .map(|v| (v, Form::Spaced));
        }
        // Basic's `password As String = "x"`
        if matches!(self.text(), [b'A' | b'a', b's', b' ', ..]) {
            self.at += 3;
        }
        let word = self.word();
        let mut ahead = Cursor { bytes: self.bytes, at: self.at + word.len(), yaml: false };
        ahead.skip(2, |b| matches!(b, b'"' | b'\''));
        ahead.spaces();
        let assigned = matches!(ahead.peek(), Some(b'=' | b':')) && !ahead.text().starts_with(b"==");
        if assigned && !word.is_empty() {
            let typed =
                !closed && matches!(word, b"string" | b"str" | b"String" | b"byte" | b"const" | b"any");
            if typed || closed && VALUES.contains(&word) {
                ahead.skip(2, |b| matches!(b, b'=' | b':'));
                ahead.spaces();
                return ahead.value(true).map(|v| (v, Form::Assigned));
            }
            return None;
        }
        if let Some(found) = self.sentence() {
            return Some(found);
        }
        if closed {
            return None;
        }
        if matches!(self.peek(), Some(b'"' | b'\'' | b'`')) {
            return quoted(self.bytes, self.at).map(|v| (v, Form::Spaced));
        }
        bare(self.bytes, self.at).map(|v| (v, Form::Spaced))
    }

    /// `is "v"`, within the next words of the line.
    fn sentence(&self) -> Option<(Value, Form)> {
        let line = self.text().get(..60.min(self.text().len()))?;
        let line = line.split(|b| matches!(b, b'\n' | b'\r')).next()?;
        let is = line.windows(3).position(|w| w == b"is ")?;
        if is > 0 && line[is - 1] != b' ' {
            return None;
        }
        let at = self.at + is + 3;
        let value = quoted(self.bytes, at)?;
        Some((value, Form::Sentence))
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, value_of};

    fn read(text: &str) -> Option<(&str, Form)> {
        let at = text.find("NAME").expect("has one") + 4;
        value_of(text.as_bytes(), at).map(|(v, form)| (&text[v.start..v.end], form))
    }

    #[test]
    fn values_are_found_in_any_language() {
        for text in [
            "NAME=abc123",
            "NAME = 'abc123'",
            "\"NAME\": \"abc123\",",
            "NAME := `abc123`",
            "NAME ::= \"abc123\"",
            "NAME :::= \"abc123\"",
            "'NAME' => 'abc123'",
            "NAME ?= \"abc123\"",
            "$NAME .= \"abc123\"",
            "let NAME: &str = \"abc123\";",
            "const NAME: &'static str = \"abc123\";",
            "var NAME string = \"abc123\"",
            "NAME: abc123",
            "NAME: |\n  \"abc123\"",
            "os.environ[\"NAME\"] = \"abc123\"",
            "NAME = b'abc123'",
            "NAME = String.from(\"abc123\")",
            "NAME = []byte(\"abc123\")",
            "NAME: @\"abc123\"",
            "\\\"NAME\\\": \\\"abc123\\\"",
            "obj->NAME = \"abc123\"",
            "NAME || 'abc123'",
            "'NAME', '\"abc123\"'",
            "<add key=\"NAME\" value=\"abc123\"/>",
            "NAME =\n    \"abc123\"",
            "NAME => new SecretString('abc123')",
            "$h->{NAME} = \"abc123\";",
            "variable \"NAME\" {\n  type = string\n  default = \"abc123\"\n}",
            "\"NAME\": {\"value\": \"abc123\", \"type\": \"string\"}",
            "Dim NAME As String = \"abc123\"",
            "<param name=\"NAME\">abc123</param>",
            "<property name=\"NAME\"><value>abc123</value></property>",
            "<NAME>\n  <Value>abc123</Value>\n</NAME>",
            "NAME -p abc123",
        ] {
            assert_eq!(read(text).map(|r| r.0), Some("abc123"), "{text}");
        }
        for (text, form) in [
            ("NAME(\"abc123\")", Form::Argument),
            ("f(\"NAME\", \"abc123\")", Form::Paired),
            ("<NAME>abc123</NAME>", Form::Element),
            ("<NAME>\n  abc123\n</NAME>", Form::Element),
            ("--NAME abc123", Form::Spaced),
            ("ENV NAME abc123", Form::Spaced),
            ("the NAME is 'abc123'", Form::Sentence),
            ("the NAME for user root is \"abc123\"", Form::Sentence),
            ("if NAME == \"abc123\"", Form::Compared),
        ] {
            assert_eq!(read(text), Some(("abc123", form)), "{text}");
        }
    }

    #[test]
    fn a_value_may_begin_like_an_operator() {
        for (text, value) in [("NAME=+aB/c", "+aB/c"), ("NAME=!abc1", "!abc1"), ("NAME: -abc1", "-abc1")] {
            assert_eq!(read(text).map(|r| r.0), Some(value), "{text}");
        }
    }

    #[test]
    fn where_there_is_no_value_none_is_made_up() {
        for text in [
            "NAME",
            "NAME;",
            "NAME()",
            "NAME, other)",
            "NAME::new(\"x\")",
            "if (NAME) {",
            "NAME == other",
            "NAME\n\nabc123",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
