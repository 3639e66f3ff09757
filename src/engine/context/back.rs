//! Reading text from right to left, within a bound.

/// How far in front of a value its name is looked for, in bytes.
const REACH: usize = 400;

/// A place in the text from which one reads leftward.
#[derive(Debug, Clone, Copy)]
pub(super) struct Back<'b> {
    pub(super) bytes: &'b [u8],
    pub(super) at: usize,
    floor: usize,
}

impl<'b> Back<'b> {
    /// Begins in front of `at`.
    pub(super) fn new(bytes: &'b [u8], at: usize) -> Back<'b> {
        let at = at.min(bytes.len());
        Back { bytes, at, floor: at.saturating_sub(REACH) }
    }

    /// What is left to be read.
    pub(super) fn rest(&self) -> &'b [u8] {
        self.bytes.get(self.floor..self.at).unwrap_or_default()
    }

    /// The byte to the left.
    pub(super) fn last(&self) -> Option<u8> {
        self.rest().last().copied()
    }

    /// Steps over `n` bytes.
    pub(super) fn take(&mut self, n: usize) {
        self.at = self.at.saturating_sub(n).max(self.floor);
    }

    /// Steps over all bytes that `test` accepts; how many.
    pub(super) fn skip(&mut self, test: impl Fn(u8) -> bool) -> usize {
        let n = self.rest().iter().rev().take_while(|&&b| test(b)).count();
        self.take(n);
        n
    }

    /// Steps over spaces and tabs.
    pub(super) fn space(&mut self) -> usize {
        self.skip(|b| matches!(b, b' ' | b'\t'))
    }

    /// Steps over these bytes if they stand there.
    pub(super) fn eat(&mut self, text: &[u8]) -> bool {
        let stands = self.rest().ends_with(text);
        if stands {
            self.take(text.len());
        }
        stands
    }

    /// Steps over a closing quote with its backslashes or its entity, if one stands there.
    pub(super) fn quote(&mut self) -> bool {
        if self.eat(b"&quot;") || self.eat(b"&#34;") || self.eat(b"&#39;") || self.eat(b"&apos;") {
            return true;
        }
        if !matches!(self.last(), Some(b'"' | b'\'' | b'`')) {
            return false;
        }
        self.skip(|b| matches!(b, b'"' | b'\'' | b'`'));
        self.skip(|b| b == b'\\');
        true
    }

    /// The name that ends here, as a range of the text; empty if there is none.
    pub(super) fn name(&mut self) -> (usize, usize) {
        let end = self.at;
        self.skip(is_name_byte);
        let mut start = self.at;
        // Dashes and dots at the edges are the language's, not the name's: `--password`, `.password`, `$password`.
        while start < end && matches!(self.bytes.get(start), Some(b'-' | b'.' | b'$' | b'@' | b'/')) {
            start += 1;
        }
        (start, end)
    }
}

/// Whether a byte may be part of a name: of a variable, a key, a header, an option.
pub(super) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'$' | b'@' | b'/') || byte >= 0x80
}
