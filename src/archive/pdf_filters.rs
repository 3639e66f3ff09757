//! The filters that a PDF's streams are packed with, one around the other.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::ZlibDecoder;

use super::budget::{Budget, Metered};

/// So much is made ready at once, and a little more.
const READY: usize = 16 << 10;

/// One filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filter {
    /// zlib.
    Flate,
    /// LZW; codes grow this many entries before they must.
    Lzw(usize),
    /// Runs of one byte are told by their length.
    RunLength,
    /// Hexadecimal digits.
    Hex,
    /// Five letters for four bytes.
    Ascii85,
}

impl Filter {
    /// By its name or its short name. `late`: codes of LZW do not grow early.
    pub(super) fn named(name: &[u8], late: bool) -> Option<Filter> {
        Some(match name {
            b"FlateDecode" | b"Fl" => Filter::Flate,
            b"LZWDecode" | b"LZW" => Filter::Lzw(usize::from(!late)),
            b"RunLengthDecode" | b"RL" => Filter::RunLength,
            b"ASCIIHexDecode" | b"AHx" => Filter::Hex,
            b"ASCII85Decode" | b"A85" => Filter::Ascii85,
            _ => return None,
        })
    }
}

/// What a content says without its filters, outermost first. Where one of them cannot go on the content ends, and `failed`
/// says so. What comes out of each counts.
pub(super) fn unpacked<'s>(
    content: Box<dyn Read + 's>,
    filters: &[Filter],
    budget: &'s Budget,
    failed: &'s Cell<bool>,
) -> Box<dyn Read + 's> {
    filters.iter().fold(content, |from, filter| {
        let from = BufReader::with_capacity(READY, from);
        let out: Box<dyn Read + 's> = match filter {
            Filter::Flate => Box::new(ZlibDecoder::new(from)),
            Filter::Lzw(early) => Box::new(Decoded::new(from, Lzw::new(*early))),
            Filter::RunLength => Box::new(Decoded::new(from, RunLength::Between)),
            Filter::Hex => Box::new(Decoded::new(from, Hex(None))),
            Filter::Ascii85 => Box::new(Decoded::new(from, Ascii85::default())),
        };
        Box::new(Metered::new(Lenient { from: out, failed }, budget))
    })
}

/// What can be unpacked; where it fails, it ends.
struct Lenient<'f, R> {
    from: R,
    failed: &'f Cell<bool>,
}

impl<R: Read> Read for Lenient<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.from.read(into) {
            Err(e) if e.kind() != io::ErrorKind::Interrupted => {
                self.failed.set(true);
                Ok(0)
            }
            read => read,
        }
    }
}

/// A filter that takes byte for byte.
trait Decode {
    /// Takes a byte; whether the content goes on.
    fn take(&mut self, byte: u8, out: &mut Vec<u8>) -> bool;

    /// The content has ended.
    fn end(&mut self, _: &mut Vec<u8>) {}
}

/// What comes out of such a filter.
struct Decoded<R, D> {
    from: R,
    decoder: D,
    ready: Vec<u8>,
    used: usize,
    ended: bool,
}

impl<R: BufRead, D: Decode> Decoded<R, D> {
    fn new(from: R, decoder: D) -> Decoded<R, D> {
        Decoded { from, decoder, ready: Vec::new(), used: 0, ended: false }
    }

    fn prepare(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.used = 0;
        while !self.ended && self.ready.len() < READY {
            let bytes = self.from.fill_buf()?;
            self.ended = bytes.is_empty();
            let mut taken = 0;
            for &byte in bytes {
                taken += 1;
                self.ended = !self.decoder.take(byte, &mut self.ready);
                if self.ended || self.ready.len() >= READY {
                    break;
                }
            }
            self.from.consume(taken);
        }
        if self.ended {
            self.decoder.end(&mut self.ready);
        }
        Ok(())
    }
}

impl<R: BufRead, D: Decode> Read for Decoded<R, D> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.used == self.ready.len() && !self.ended {
            self.prepare()?;
        }
        let n = (self.ready.len() - self.used).min(into.len());
        into[..n].copy_from_slice(&self.ready[self.used..self.used + n]);
        self.used += n;
        Ok(n)
    }
}

/// Hexadecimal digits up to `>`: the one that waits for another.
struct Hex(Option<u8>);

impl Decode for Hex {
    fn take(&mut self, byte: u8, out: &mut Vec<u8>) -> bool {
        if let Some(digit) = char::from(byte).to_digit(16).map(|d| d as u8) {
            match self.0.take() {
                None => self.0 = Some(digit),
                Some(high) => out.push(high << 4 | digit),
            }
        }
        byte != b'>'
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        out.extend(self.0.take().map(|high| high << 4));
    }
}

/// Letters from `!` to `u` up to `~`.
#[derive(Default)]
struct Ascii85 {
    number: u32,
    letters: usize,
}

impl Decode for Ascii85 {
    fn take(&mut self, byte: u8, out: &mut Vec<u8>) -> bool {
        match byte {
            b'z' if self.letters == 0 => out.extend([0; 4]),
            b'!'..=b'u' => {
                self.number = self.number.wrapping_mul(85).wrapping_add(u32::from(byte - b'!'));
                self.letters += 1;
                if self.letters == 5 {
                    out.extend(self.number.to_be_bytes());
                    *self = Ascii85::default();
                }
            }
            _ => {}
        }
        byte != b'~'
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        let letters = std::mem::take(&mut self.letters);
        if letters > 1 {
            let full = (letters..5).fold(self.number, |n, _| n.wrapping_mul(85).wrapping_add(84));
            out.extend(&full.to_be_bytes()[..letters - 1]);
        }
    }
}

/// A length and what it is the length of.
enum RunLength {
    Between,
    /// So many bytes stand there as they are.
    Literal(u8),
    /// The next byte stands for so many.
    Repeat(usize),
}

impl Decode for RunLength {
    fn take(&mut self, byte: u8, out: &mut Vec<u8>) -> bool {
        *self = match *self {
            RunLength::Between if byte == 128 => return false,
            RunLength::Between if byte < 128 => RunLength::Literal(byte + 1),
            RunLength::Between => RunLength::Repeat(257 - usize::from(byte)),
            RunLength::Literal(left) => {
                out.push(byte);
                if left > 1 { RunLength::Literal(left - 1) } else { RunLength::Between }
            }
            RunLength::Repeat(times) => {
                out.resize(out.len() + times, byte);
                RunLength::Between
            }
        };
        true
    }
}

/// Codes of 9 to 12 bits for texts that stood there before.
struct Lzw {
    early: usize,
    /// Each entry from 258 on: the one that it makes longer, and by what.
    entries: Vec<(u16, u8)>,
    last: Option<u16>,
    bits: u32,
    held: u32,
}

impl Lzw {
    const CLEAR: u16 = 256;
    const END: u16 = 257;
    const FIRST: usize = 258;
    const MOST: usize = 4096;

    fn new(early: usize) -> Lzw {
        Lzw { early, entries: Vec::new(), last: None, bits: 0, held: 0 }
    }

    fn width(&self) -> u32 {
        match Lzw::FIRST + self.entries.len() + self.early {
            0..512 => 9,
            512..1024 => 10,
            1024..2048 => 11,
            _ => 12,
        }
    }

    /// Adds what a code stands for; its first byte.
    fn tell(&self, mut code: u16, out: &mut Vec<u8>) -> Option<u8> {
        let from = out.len();
        // Entries stand for others in front of them only, so this ends.
        while code >= Lzw::FIRST as u16 {
            let (before, byte) = *self.entries.get(usize::from(code) - Lzw::FIRST)?;
            out.push(byte);
            code = before;
        }
        out.push(u8::try_from(code).ok()?);
        out[from..].reverse();
        out.get(from).copied()
    }

    /// Takes a code; whether the content goes on.
    fn code(&mut self, code: u16, out: &mut Vec<u8>) -> bool {
        if code == Lzw::CLEAR {
            self.entries.clear();
            self.last = None;
            return true;
        }
        let next = Lzw::FIRST + self.entries.len();
        if code == Lzw::END || usize::from(code) > next {
            return false;
        }
        let from = out.len();
        let begins = if usize::from(code) < next {
            self.tell(code, out)
        } else {
            // It stands for the last one and its own beginning.
            let first = self.last.and_then(|last| self.tell(last, out));
            out.extend(first);
            first
        };
        let Some(begins) = begins else {
            out.truncate(from);
            return false;
        };
        if let Some(last) = self.last.filter(|_| next < Lzw::MOST) {
            self.entries.push((last, begins));
        }
        self.last = Some(code);
        true
    }
}

impl Decode for Lzw {
    fn take(&mut self, byte: u8, out: &mut Vec<u8>) -> bool {
        self.held = self.held << 8 | u32::from(byte);
        self.bits += 8;
        let width = self.width();
        if self.bits < width {
            return true;
        }
        self.bits -= width;
        let code = self.held >> self.bits & ((1 << width) - 1);
        self.held &= (1 << self.bits) - 1;
        self.code(code as u16, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::Limits;
    use crate::model::Stop;

    fn read(packed: &[u8], filters: &[Filter]) -> (Vec<u8>, bool) {
        let budget = Budget::new(Limits::default(), packed.len() as u64, &Stop::new());
        let failed = Cell::new(false);
        let mut out = Vec::new();
        let read = unpacked(Box::new(packed), filters, &budget, &failed).read_to_end(&mut out);
        read.expect("little comes out");
        (out, failed.get())
    }

    #[test]
    fn each_filter_gives_back_what_was_packed() {
        assert_eq!(read(b"4b 65\n79>00", &[Filter::Hex]).0, b"Key");
        assert_eq!(read(b"4b 65\n7>", &[Filter::Hex]).0, b"Kep");
        assert_eq!(read(b"87cURD]i,\"Ebo80~>", &[Filter::Ascii85]).0, b"Hello World!");
        assert_eq!(read(b"z~>", &[Filter::Ascii85]).0, [0; 4]);
        assert_eq!(read(b"\x02abc\xfex\x80rest", &[Filter::RunLength]).0, b"abcxxx");
        // The example of the PDF reference, 3.3.3.
        let lzw = [0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01];
        assert_eq!(read(&lzw, &[Filter::Lzw(1)]).0, [45, 45, 45, 45, 45, 65, 45, 45, 45, 66]);
        assert_eq!(read(b"800B6050220C0C8501>", &[Filter::Hex, Filter::Lzw(1)]).0.len(), 10);
    }

    /// Packs with LZW, simply.
    fn lzw(text: &[u8], early: usize) -> Vec<u8> {
        let (mut table, mut out) = (std::collections::HashMap::new(), Vec::new());
        let (mut held, mut bits, mut entries) = (0_u64, 0, 0);
        let mut put = |code: usize, entries: usize| {
            let width = Lzw { entries: vec![(0, 0); entries], ..Lzw::new(early) }.width();
            held = held << width | code as u64;
            bits += width;
            while bits >= 8 {
                bits -= 8;
                out.push((held >> bits) as u8);
            }
        };
        put(256, 0);
        let mut word: Option<usize> = None;
        for &byte in text {
            let longer = word.map_or(Some(usize::from(byte)), |w| table.get(&(w, byte)).copied());
            if let Some(longer) = longer {
                word = Some(longer);
                continue;
            }
            let last = word.replace(usize::from(byte)).expect("a text has begun");
            put(last, entries);
            // The reader knows of an entry one code later than the writer.
            if let Some(n) = (258 + table.len() < 4094).then_some(table.len()) {
                table.insert((last, byte), 258 + n);
                entries = n;
            } else {
                put(256, entries + 1);
                table.clear();
                entries = 0;
            }
        }
        put(word.unwrap_or(257), entries);
        let entries = (entries + 1).min(table.len());
        put(257, entries);
        put(0, entries);
        out
    }

    #[test]
    fn long_texts_come_back_from_lzw() {
        for early in [0, 1] {
            let text: Vec<u8> = (0..40_000_u32).map(|i| (i * i / 7 % 23) as u8 + b'a').collect();
            let (out, failed) = read(&lzw(&text, early), &[Filter::Lzw(early)]);
            assert!(out == text && !failed, "{early}: {} of {}", out.len(), text.len());
        }
    }

    #[test]
    fn what_is_broken_ends() {
        for filter in [Filter::Lzw(1), Filter::RunLength, Filter::Hex, Filter::Ascii85, Filter::Flate] {
            for seed in 0..50_u64 {
                let noise: Vec<u8> = (0..300).map(|i| ((i * seed * 2_654_435_761) >> 7) as u8).collect();
                assert!(read(&noise, &[filter, filter]).0.len() < 1 << 20, "{filter:?} {seed}");
            }
        }
    }
}
