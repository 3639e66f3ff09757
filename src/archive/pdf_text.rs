//! The text that the instructions of a PDF page show: strings between `BT` and `ET`, which are cut wherever letters are moved
//! a little.

use std::io::Read;

use super::bytewise::{Bytewise, Machine};
use super::pdf_fonts::{Font, Fonts};

/// A longer string, number or instruction is cut, in bytes.
const LONGEST: usize = 64 << 10;
/// A move to the left of so much, in thousandths of the letter size, is a blank.
const BLANK: f64 = -180.0;
/// A move to the right of at most so much for each letter, in sizes of a letter, is the width of these: browsers move so
/// between letters that stand closer, and write blanks where there are any.
const WIDTH: f64 = 0.8;

/// The text of a page's instructions; nothing of anything else.
pub(super) fn text<R: Read>(from: R, fonts: &Fonts) -> Bytewise<R, Text<'_>> {
    Bytewise::new(from, Text::new(fonts))
}

/// Takes instructions and makes their text ready.
pub(super) struct Text<'f> {
    fonts: &'f Fonts,
    /// The font of what is shown, if its codes are not letters.
    font: Option<&'f Font>,
    /// The last name.
    name: Vec<u8>,
    /// The codes of the string that is being read.
    codes: Vec<u8>,
    /// How large letters are, and how many of the font were shown since the last move.
    size: f64,
    letters: usize,
    state: State,
    /// How deep brackets are nested in a string.
    depth: u32,
    word: Vec<u8>,
    /// The last numbers, oldest first.
    numbers: Vec<f64>,
    /// Strings since the last instruction.
    shown: Vec<u8>,
    /// Whether these are in an array, in which numbers move.
    array: bool,
    inside: bool,
    /// Where the line is that was written last.
    height: Option<f64>,
    ready: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Between,
    Word,
    String,
    Escape,
    Octal(u8, u8),
    Hex(Option<u8>),
    Comment,
}

impl Machine for Text<'_> {
    #[expect(clippy::too_many_lines, reason = "one table of states")]
    fn byte(&mut self, byte: u8) {
        match (self.state, byte) {
            (
                State::Between | State::Word,
                b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%',
            ) => {
                self.end_word();
                self.state = match byte {
                    b'(' => State::String,
                    b'<' => State::Hex(None),
                    b'%' => State::Comment,
                    b'/' => State::Word,
                    _ => State::Between,
                };
                match byte {
                    b'[' => self.array = true,
                    b']' => self.array = false,
                    b'/' => self.word.push(b'/'),
                    _ => {}
                }
            }
            (State::Between | State::Word, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ') => {
                self.end_word();
                self.state = State::Between;
            }
            (State::Between | State::Word, _) => {
                self.state = State::Word;
                if self.word.len() < 64 {
                    self.word.push(byte);
                }
            }
            (State::String, b'\\') => self.state = State::Escape,
            (State::String, b')') if self.depth == 0 => {
                self.end_string();
                self.state = State::Between;
            }
            (State::String, _) => {
                match byte {
                    b'(' => self.depth += 1,
                    b')' => self.depth -= 1,
                    _ => {}
                }
                self.show(byte);
            }
            (State::Escape, b'0'..=b'7') => self.state = State::Octal(byte - b'0', 1),
            (State::Escape, _) => {
                self.state = State::String;
                match byte {
                    b'n' => self.show(b'\n'),
                    b't' => self.show(b'\t'),
                    // A line that goes on; and marks that are codes of letters at most.
                    b'\n' | b'\r' => {}
                    b'r' | b'b' | b'f' if self.font.is_none() => {}
                    b'r' => self.show(b'\r'),
                    b'b' => self.show(8),
                    b'f' => self.show(12),
                    _ => self.show(byte),
                }
            }
            (State::Octal(code, n), b'0'..=b'7') if n < 3 => {
                self.state = State::Octal(code.wrapping_mul(8).wrapping_add(byte - b'0'), n + 1);
            }
            (State::Octal(code, _), _) => {
                self.show(code);
                self.state = State::String;
                self.byte(byte);
            }
            (State::Hex(_), b'>') => {
                self.end_string();
                self.state = State::Between;
            }
            (State::Hex(high), _) => {
                let Some(digit) = char::from(byte).to_digit(16).map(|d| d as u8) else {
                    // A dictionary, or white space.
                    if byte == b'<' {
                        self.state = State::Between;
                    }
                    return;
                };
                match high {
                    None => self.state = State::Hex(Some(digit)),
                    Some(high) => {
                        self.show(high << 4 | digit);
                        self.state = State::Hex(None);
                    }
                }
            }
            (State::Comment, b'\n' | b'\r') => self.state = State::Between,
            (State::Comment, _) => {}
        }
    }

    fn end(&mut self) {
        self.end_word();
    }

    fn ready(&mut self) -> &mut Vec<u8> {
        &mut self.ready
    }
}

impl<'f> Text<'f> {
    fn new(fonts: &'f Fonts) -> Text<'f> {
        Text {
            fonts,
            font: None,
            name: Vec::new(),
            codes: Vec::new(),
            size: 0.0,
            letters: 0,
            state: State::Between,
            depth: 0,
            word: Vec::new(),
            numbers: Vec::new(),
            shown: Vec::new(),
            array: false,
            inside: false,
            height: None,
            ready: Vec::new(),
        }
    }

    fn show(&mut self, byte: u8) {
        if !self.inside || self.shown.len().max(self.codes.len()) >= LONGEST {
            return;
        }
        if self.font.is_some() {
            self.codes.push(byte);
        } else if byte != 0 {
            // Two bytes a letter, where the first is nothing.
            self.shown.push(byte);
        }
    }

    /// A string has ended: its codes become letters.
    fn end_string(&mut self) {
        if let Some(font) = self.font {
            let before = self.shown.len();
            self.fonts.tell(font, &self.codes, &mut self.shown);
            self.letters += self.shown[before..].iter().filter(|b| **b & 0xC0 != 0x80).count();
        }
        self.codes.clear();
    }

    fn end_word(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let word = std::mem::take(&mut self.word);
        let number = std::str::from_utf8(&word).ok().and_then(|w| w.parse::<f64>().ok());
        if let Some(number) = number {
            if self.array && number < BLANK && self.inside && self.shown.len() < LONGEST {
                self.shown.push(b' ');
            }
            if self.numbers.len() >= 6 {
                self.numbers.remove(0);
            }
            self.numbers.push(number);
        } else if let Some(name) = word.strip_prefix(b"/") {
            self.name.clear();
            self.name.extend_from_slice(name);
        } else {
            self.instruction(&word);
            self.numbers.clear();
            self.shown.clear();
            self.array = false;
        }
    }

    fn instruction(&mut self, word: &[u8]) {
        match word {
            b"BT" => self.inside = true,
            b"ET" => self.inside = false,
            b"Tf" => {
                self.font = self.fonts.named(&self.name);
                self.size = self.numbers.last().copied().unwrap_or_default();
            }
            _ if !self.inside => {}
            b"Tj" | b"TJ" => self.ready.append(&mut self.shown),
            b"'" | b"\"" => {
                self.ready.push(b'\n');
                self.ready.append(&mut self.shown);
            }
            b"T*" => self.ready.push(b'\n'),
            b"Td" | b"TD" => {
                let width = WIDTH * self.size * std::mem::take(&mut self.letters) as f64;
                match self.numbers[..] {
                    [.., down] if down != 0.0 => self.ready.push(b'\n'),
                    [.., right, _] if 0.0 < right && right <= width => {}
                    _ => self.ready.push(b' '),
                }
            }
            b"Tm" => {
                self.letters = 0;
                let height = self.numbers.last().copied();
                if height != self.height {
                    self.ready.push(b'\n');
                }
                self.height = height;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(page: &str) -> String {
        let mut out = String::new();
        super::text(page.as_bytes(), &Fonts::default()).read_to_string(&mut out).expect("it is text");
        out
    }

    #[test]
    fn letters_that_were_moved_are_one_word_again() {
        let page = "q BT /F1 12 Tf 72 720 Td [(sk-)-20(a\\)b)15(c)-250(d)] TJ 0 -14 Td (x\\101\\n) Tj <4142> Tj ET (no) Tj Q";
        assert_eq!(text(page), "\nsk-a)bc d\nxA\nAB");
        assert_eq!(text("BT 1 0 0 1 7 9 Tm (a) Tj 1 0 0 1 8 9 Tm (b) Tj (c) ' ET"), "\nab\nc");
        assert_eq!(text("<< /Length 5 >> (BT) 1 2 (Tj)"), "");
    }
}
