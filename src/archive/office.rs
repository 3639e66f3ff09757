//! What a person reads in a document: the text of XML, without its marks. Word processors cut a word into runs wherever its
//! look, its language or its last change differs; here it is one again, a paragraph or a cell a line.

use std::io::Read;

use super::bytewise::{Bytewise, Machine};

/// A tag's name is not remembered beyond this.
const NAME: usize = 24;
/// A longer reference to a character is none.
const REFERENCE: usize = 10;

/// Whether a member of a zip archive holds text for people, by its name: OOXML (docx, xlsx, pptx) and ODF (odt, ods, odp).
pub(super) fn is_document(name: &[u8]) -> bool {
    let within = |folder: &[u8]| name.starts_with(folder) && name.ends_with(b".xml");
    matches!(name, b"content.xml" | b"styles.xml" | b"meta.xml")
        || within(b"word/")
        || within(b"xl/") && !within(b"xl/theme/")
        || within(b"ppt/")
        || within(b"docProps/")
}

/// The text of XML.
pub(super) fn text<R: Read>(from: R) -> Bytewise<R, Text> {
    Bytewise::new(from, Text { state: State::Text, name: Vec::new(), ready: Vec::new() })
}

/// Takes XML and makes its text ready.
pub(super) struct Text {
    state: State,
    /// The name of the tag, or the reference, that is being read.
    name: Vec<u8>,
    ready: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Text,
    Reference,
    /// Its name is being read.
    TagName,
    /// The rest of it, outside of quotes or inside of these.
    Tag(Option<u8>),
}

impl Machine for Text {
    fn byte(&mut self, byte: u8) {
        match (self.state, byte) {
            (State::Text | State::Reference, b'<') => {
                self.give_up();
                self.state = State::TagName;
            }
            (State::Text, b'&') => self.state = State::Reference,
            // Line breaks between tags are those of whoever wrote the XML.
            (State::Text, b'\n' | b'\r') => self.ready.push(b' '),
            (State::Text, _) => self.ready.push(byte),
            (State::Reference, b';') => {
                self.refer();
                self.state = State::Text;
            }
            (State::Reference, _) if self.name.len() >= REFERENCE || !is_word(byte) => {
                self.give_up();
                self.state = State::Text;
                self.byte(byte);
            }
            (State::Reference, _) => self.name.push(byte),
            (State::TagName, _) if is_word(byte) || byte == b'/' && self.name.is_empty() => {
                if self.name.len() < NAME {
                    self.name.push(byte);
                }
            }
            (State::TagName | State::Tag(None), b'>') => {
                self.tag();
                self.state = State::Text;
            }
            (State::TagName | State::Tag(None), b'"' | b'\'') => self.state = State::Tag(Some(byte)),
            (State::TagName, _) => self.state = State::Tag(None),
            (State::Tag(Some(quote)), _) if byte == quote => self.state = State::Tag(None),
            (State::Tag(_), _) => {}
        }
    }

    fn ready(&mut self) -> &mut Vec<u8> {
        &mut self.ready
    }
}

impl Text {
    /// What began like a reference and is none.
    fn give_up(&mut self) {
        if self.state == State::Reference {
            self.ready.push(b'&');
            self.ready.append(&mut self.name);
        }
        self.name.clear();
    }

    fn refer(&mut self) {
        let digits = self.name.strip_prefix(b"#").and_then(|d| std::str::from_utf8(d).ok());
        let code = digits.and_then(|d| match d.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => d.parse().ok(),
        });
        let c = match (self.name.as_slice(), code.and_then(char::from_u32)) {
            (_, Some(c)) => c,
            (b"amp", _) => '&',
            (b"lt", _) => '<',
            (b"gt", _) => '>',
            (b"quot", _) => '"',
            (b"apos", _) => '\'',
            _ => {
                self.give_up();
                self.ready.push(b';');
                return;
            }
        };
        self.ready.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        self.name.clear();
    }

    /// A tag that ends: some end a line, some a column.
    fn tag(&mut self) {
        let name = std::mem::take(&mut self.name);
        let is_end = name.first() == Some(&b'/');
        let local = name.rsplit(|&b| b == b':' || b == b'/').next().unwrap_or_default();
        match local {
            b"p" | b"si" | b"row" | b"h" | b"table-row" | b"comment" | b"list-item" if is_end => {
                self.ready.push(b'\n');
            }
            b"br" | b"line-break" | b"cr" => self.ready.push(b'\n'),
            b"tab" => self.ready.push(b'\t'),
            b"s" if name.contains(&b':') && !is_end => self.ready.push(b' '),
            // Cells, and properties of a document.
            b"c" | b"tc" | b"table-cell" if is_end => self.ready.push(b'\t'),
            _ if is_end && local.len() > 2 && !is_run(local) => self.ready.push(b'\n'),
            _ => {}
        }
    }
}

/// Tags that stand within a word: they end nothing.
fn is_run(local: &[u8]) -> bool {
    const RUNS: &[&[u8]] = &[
        b"rPr",
        b"pPr",
        b"span",
        b"ins",
        b"del",
        b"hyperlink",
        b"proofErr",
        b"fld",
        b"fldSimple",
        b"smartTag",
        b"sdt",
        b"sdtContent",
        b"bookmarkStart",
        b"bookmarkEnd",
        b"instrText",
        b"rPh",
        b"phoneticPr",
        b"a",
    ];
    RUNS.contains(&local)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-' | b'#')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(xml: &str) -> String {
        let mut out = String::new();
        super::text(xml.as_bytes()).read_to_string(&mut out).expect("it is text");
        out
    }

    #[test]
    fn runs_of_a_word_are_one_again() {
        let word = "<w:p><w:pPr><w:x w:v=\"a>b\"/></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t>pass</w:t></w:r>\
                    <w:r><w:t xml:space=\"preserve\">word = </w:t></w:r></w:p><w:p><w:r><w:t>A&amp;B</w:t></w:r></w:p>";
        assert_eq!(text(word), "password = \nA&B\n");
        assert_eq!(
            text("<sst><si><r><t>ab</t></r><r><t>cd</t></r></si><si><t>e</t></si></sst>"),
            "abcd\ne\n\n"
        );
        assert_eq!(text("<text:p>a<text:s/>b<text:span>c</text:span><text:tab/>d</text:p>"), "a bc\td\n");
        assert_eq!(text("a &unknown; &#65;&#x42; & b < c"), "a &unknown; AB & b ");
    }
}
