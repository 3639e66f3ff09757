//! The classes of 64 bytes as bits, and the long runs of token bytes read off them.

use super::simd;

/// The shortest run of token bytes that is looked at: no key is shorter, nor the part of it that an anchor needs.
pub(super) const LONG: usize = 16;

/// How many bytes are classified at once: the masks stay in the first-level cache while all stages read them.
const PIECE: usize = 16 * 1024;

/// Bit i of each mask is byte i of 64.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Masks {
    /// `A`–`Z`, `a`–`z`, `0`–`9`, `_`, `-`.
    pub(super) token: u64,
    /// `A`–`Z`, `a`–`z`, `0`–`9`.
    pub(super) alnum: u64,
    /// `0`–`9`.
    pub(super) digit: u64,
    /// `-`.
    pub(super) dash: u64,
    /// `:` and `=`.
    pub(super) assign: u64,
    /// `/` and `+`.
    pub(super) slash: u64,
    /// `"`, `'` and the backtick.
    pub(super) quote: u64,
    /// `s` and `S`.
    pub(super) s: u64,
}

/// A run of token bytes, from edge to edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    /// Its first byte.
    pub(super) start: usize,
    /// Behind its last byte.
    pub(super) end: usize,
}

/// A part of a content with its classes. Parts are handed out in order, without gaps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'a> {
    /// Offset of its first byte.
    pub(super) at: usize,
    /// Behind its last byte.
    pub(super) end: usize,
    /// One mask for each 64 bytes from `at` on; bits at and beyond `end` are those of the bytes there, or zero.
    pub(super) masks: &'a [Masks],
    /// Whether a NUL is among its bytes, or shortly behind them.
    pub(super) nuls: bool,
    /// The bits of `s` of the block behind `masks`.
    next_s: u64,
    /// The runs of at least [`LONG`] token bytes that start in it; they may end behind it.
    pub(super) runs: &'a [Run],
    /// Where in long runs a key may start: the start of the run, or a letter or digit after `-` or `_`, with at
    /// least [`LONG`] token bytes from there on.
    pub(super) starts: &'a [usize],
}

impl Piece<'_> {
    /// Bit i: bytes i and i + 1 of block `k` are both `s` or `S`, as in "pass"; right across blocks as well.
    pub(super) fn double_s(&self, k: usize) -> u64 {
        let next = self.masks.get(k + 1).map_or(self.next_s, |m| m.s);
        self.masks.get(k).map_or(0, |m| m.s & (m.s >> 1 | next << 63))
    }
}

/// The memory in which pieces are built.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    masks: Vec<Masks>,
    runs: Vec<Run>,
    starts: Vec<usize>,
    at: usize,
}

impl Pieces {
    /// Begins a new content.
    pub(super) fn reset(&mut self) {
        self.at = 0;
    }

    /// The next piece of the content, until there is none.
    pub(super) fn next(&mut self, bytes: &[u8]) -> Option<Piece<'_>> {
        let at = self.at;
        if at >= bytes.len() {
            return None;
        }
        let end = bytes.len().min(at + PIECE);
        self.at = end;
        self.masks.clear();
        self.runs.clear();
        self.starts.clear();
        // One block more, since a run is only known to be long from the bytes that follow.
        let nuls = simd::classify(&bytes[at..bytes.len().min(end + 64)], &mut self.masks);
        self.find_runs(bytes, at, end);
        Some(Piece {
            at,
            end,
            masks: &self.masks[..(end - at).div_ceil(64)],
            nuls,
            next_s: self.masks.get((end - at).div_ceil(64)).map_or(0, |m| m.s),
            runs: &self.runs,
            starts: &self.starts,
        })
    }

    fn find_runs(&mut self, bytes: &[u8], at: usize, end: usize) {
        let before = at.checked_sub(1).map_or(b' ', |i| bytes[i]);
        let mut token_carry = u64::from(is_token(before));
        let mut alnum_carry = u64::from(before.is_ascii_alphanumeric());
        for k in 0..(end - at).div_ceil(64) {
            let here = self.masks[k];
            let next = self.masks.get(k + 1).map_or(0, |m| m.token);
            let token_starts = here.token & !(here.token << 1 | token_carry);
            let starts =
                (token_starts | here.alnum & !(here.alnum << 1 | alnum_carry)) & long(here.token, next);
            token_carry = here.token >> 63;
            alnum_carry = here.alnum >> 63;
            let mut rest = starts;
            while rest != 0 {
                let bit = rest.trailing_zeros() as usize;
                let start = at + k * 64 + bit;
                self.starts.push(start);
                if token_starts >> bit & 1 == 1 {
                    let end = self.run_end(bytes, at, k, bit);
                    self.runs.push(Run { start, end });
                }
                rest &= rest - 1;
            }
        }
    }

    /// Behind the last byte of the token run that holds bit `bit` of mask `k`.
    fn run_end(&self, bytes: &[u8], at: usize, k: usize, bit: usize) -> usize {
        let gap = !self.masks[k].token & (!0u64 << bit);
        if gap != 0 {
            return at + k * 64 + gap.trailing_zeros() as usize;
        }
        let further = self.masks[k + 1..].iter().position(|m| m.token != !0);
        if let Some(n) = further {
            let k = k + 1 + n;
            return at + k * 64 + self.masks[k].token.trailing_ones() as usize;
        }
        let known = bytes.len().min(at + self.masks.len() * 64);
        known + bytes[known..].iter().take_while(|&&b| is_token(b)).count()
    }
}

/// Whether a byte belongs to the runs.
pub(super) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// The bits from which on at least [`LONG`] bits are set, given the 64 bits that follow.
fn long(mask: u64, next: u64) -> u64 {
    let mut m = u128::from(mask) | u128::from(next) << 64;
    m &= m >> 1;
    m &= m >> 2;
    m &= m >> 4;
    m &= m >> 8;
    m as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Runs and starts by the definition.
    fn naive(bytes: &[u8]) -> (Vec<Run>, Vec<usize>) {
        let (mut runs, mut starts) = (Vec::new(), Vec::new());
        let mut i = 0;
        while i < bytes.len() {
            let end = i + bytes[i..].iter().take_while(|&&b| is_token(b)).count();
            if end - i >= LONG {
                runs.push(Run { start: i, end });
                starts.extend((i..=end - LONG).filter(|&p| {
                    p == i || bytes[p].is_ascii_alphanumeric() && !bytes[p - 1].is_ascii_alphanumeric()
                }));
            }
            i = end.max(i + 1);
        }
        (runs, starts)
    }

    fn all(bytes: &[u8]) -> (Vec<Run>, Vec<usize>) {
        let mut pieces = Pieces::default();
        let (mut runs, mut starts) = (Vec::new(), Vec::new());
        while let Some(piece) = pieces.next(bytes) {
            runs.extend_from_slice(piece.runs);
            starts.extend_from_slice(piece.starts);
        }
        (runs, starts)
    }

    #[test]
    fn a_run_across_pieces_is_one_run() {
        for shift in 0..130 {
            let mut bytes = vec![b' '; PIECE - 100 + shift];
            bytes.extend(std::iter::repeat_n(b'x', 3 * PIECE));
            bytes.extend(b" -key-0123456789abcdef ");
            assert_eq!(all(&bytes), naive(&bytes), "{shift}");
        }
    }

    proptest! {
        #[test]
        fn runs_are_what_the_definition_says(bytes in "[a-c_ .-]{0,300}", pad in 0..80usize) {
            let mut text = vec![b'.'; pad];
            text.extend(bytes.bytes());
            text.extend(b"abcdefghijklmno_pqrs-tuvwxyz0123456789abcdefgh");
            prop_assert_eq!(all(&text), naive(&text));
        }
    }
}
