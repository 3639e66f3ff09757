//! The text that the instructions of a PDF page show: strings between `BT` and `ET`, which are cut wherever letters are moved
//! a little.

use std::io::{self, Read};

/// A longer string, number or instruction is cut, in bytes.
const LONGEST: usize = 64 << 10;
/// A move to the left of so much, in thousandths of the letter size, is a blank.
const BLANK: f64 = -180.0;
/// How much is read at once.
const CHUNK: usize = 16 << 10;

/// The text of a page's instructions; nothing of anything else.
pub(super) struct Text<R> {
    from: R,
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
    used: usize,
    ended: bool,
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

impl<R: Read> Text<R> {
    pub(super) fn new(from: R) -> Text<R> {
        Text {
            from,
            state: State::Between,
            depth: 0,
            word: Vec::new(),
            numbers: Vec::new(),
            shown: Vec::new(),
            array: false,
            inside: false,
            height: None,
            ready: Vec::new(),
            used: 0,
            ended: false,
        }
    }

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
            (State::String, b')') if self.depth == 0 => self.state = State::Between,
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
                    b'r' | b'\n' | b'\r' => {}
                    b't' => self.show(b'\t'),
                    b'b' | b'f' => {}
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
            (State::Hex(_), b'>') => self.state = State::Between,
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

    fn show(&mut self, byte: u8) {
        // Two bytes a letter, where the first is nothing.
        if byte != 0 && self.inside && self.shown.len() < LONGEST {
            self.shown.push(byte);
        }
    }

    fn end_word(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let word = std::mem::take(&mut self.word);
        let number = std::str::from_utf8(&word).ok().and_then(|w| w.parse::<f64>().ok());
        if let Some(number) = number {
            if self.array && number < BLANK && self.inside {
                self.show(b' ');
            }
            if self.numbers.len() >= 6 {
                self.numbers.remove(0);
            }
            self.numbers.push(number);
        } else if word[0] != b'/' {
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
            _ if !self.inside => {}
            b"Tj" | b"TJ" => self.ready.append(&mut self.shown),
            b"'" | b"\"" => {
                self.ready.push(b'\n');
                self.ready.append(&mut self.shown);
            }
            b"T*" => self.ready.push(b'\n'),
            b"Td" | b"TD" => match self.numbers.last() {
                Some(down) if *down != 0.0 => self.ready.push(b'\n'),
                _ => self.ready.push(b' '),
            },
            b"Tm" => {
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

impl<R: Read> Read for Text<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.used == self.ready.len() {
            if self.ended {
                return Ok(0);
            }
            self.ready.clear();
            self.used = 0;
            let mut chunk = [0; CHUNK];
            let n = match self.from.read(&mut chunk) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            self.ended = n == 0;
            chunk[..n].iter().for_each(|&byte| self.byte(byte));
            if self.ended {
                self.end_word();
            }
        }
        let n = (self.ready.len() - self.used).min(into.len());
        into[..n].copy_from_slice(&self.ready[self.used..self.used + n]);
        self.used += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(page: &str) -> String {
        let mut out = String::new();
        Text::new(page.as_bytes()).read_to_string(&mut out).expect("it is text");
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
