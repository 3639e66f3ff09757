//! The classes of 64 bytes as bits, and the long runs of token bytes read off them.

use crate::lanes::{Masks, classify};

/// The shortest run of token bytes that is looked at: no key is shorter, nor the part of it that an anchor needs.
pub(super) const LONG: usize = 16;

/// The shortest run of wide bytes in which something may be looked for far from its start.
pub(super) const FAR: usize = 32;

/// The shortest part of a run, between `_` and `-`, that can read as random by itself.
pub(super) const PART: usize = 10;

/// Longer runs of token bytes are data; only their starts are looked at.
const ENDLESS: usize = 1024;

/// How many bytes are classified at once: the masks stay in the first-level cache while all stages read them.
const PIECE: usize = 16 * 1024;

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
    /// The runs of at least [`LONG`] token bytes that end in it, or at its beginning, and hold a digit or letters of
    /// both cases, and a part of at least [`PART`] letters and digits or a dash (others are words).
    pub(super) runs: &'a [Run],
    /// Where a key may start: the start of a run of wide bytes, any wide byte after `=` or `:`, or a letter or digit
    /// after none, with at least [`LONG`] wide bytes from there on.
    pub(super) starts: &'a [usize],
    /// Those of `starts` that have at least [`FAR`] wide bytes from there on.
    pub(super) far: &'a [usize],
    /// Letters and digits directly behind five dashes.
    pub(super) dashes: &'a [usize],
}

impl Piece<'_> {
    /// How many wide bytes stand from `start` on, with the gaps that anchors overlook (`,` and `;` count as wide to
    /// them): all of them up to 128, and more than any if that is not known.
    pub(super) fn wide_from(&self, start: usize) -> usize {
        let (k, bit) = ((start - self.at) / 64, (start - self.at) % 64);
        let mut length = 0;
        for (i, masks) in self.masks[k..].iter().take(3).enumerate() {
            let (rest, skipped) = if i == 0 { (masks.wide >> bit, bit) } else { (masks.wide, 0) };
            let ones = rest.trailing_ones() as usize;
            length += ones;
            if ones < 64 - skipped {
                return length;
            }
        }
        usize::MAX
    }
}

/// The memory in which pieces are built.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    masks: Vec<Masks>,
    long: Vec<Long>,
    runs: Vec<Run>,
    starts: Vec<usize>,
    far: Vec<usize>,
    dashes: Vec<usize>,
    at: usize,
    /// The last masks of the piece before.
    before: Masks,
    ends: RunEnds,
}

impl Pieces {
    /// Begins at the start of a content, or of a line in it.
    pub(super) fn begin(&mut self, at: usize) {
        self.at = at;
        self.before = Masks::default();
        self.ends = RunEnds::default();
    }

    /// The next piece of the content in front of `to`, until there is none.
    pub(super) fn next(&mut self, bytes: &[u8], to: usize) -> Option<Piece<'_>> {
        let at = self.at;
        if at >= to {
            return None;
        }
        let end = to.min(at + PIECE);
        self.at = end;
        self.masks.clear();
        self.runs.clear();
        self.starts.clear();
        self.far.clear();
        self.dashes.clear();
        // One block more, since a run is only known to be long from the bytes that follow.
        let nuls = classify(&bytes[at..bytes.len().min(end + 64)], &mut self.masks);
        self.find_runs(bytes, at, end);
        Some(Piece {
            at,
            end,
            masks: &self.masks[..(end - at).div_ceil(64)],
            nuls,
            runs: &self.runs,
            starts: &self.starts,
            far: &self.far,
            dashes: &self.dashes,
        })
    }

    fn find_runs(&mut self, bytes: &[u8], at: usize, end: usize) {
        let blocks = (end - at).div_ceil(64);
        self.find_long(blocks);
        let mut before = self.before;
        for k in 0..blocks {
            let (here, long) = (self.masks[k], self.long[k]);
            let offset = at + k * 64;
            let begin = |here: u64, before: u64| here & !(here << 1 | before >> 63);

            let ends = self.ends.step(here);
            if ends != 0 {
                push_runs(bytes, ends, offset, &mut self.runs);
            }
            if long.wide != 0 {
                let assigned = here.wide & (here.assign << 1 | before.assign >> 63);
                let starts =
                    (begin(here.wide, before.wide) | begin(here.alnum, before.alnum) | assigned) & long.wide;
                push_bits(starts, offset, &mut self.starts);
                push_bits(starts & long.far, offset, &mut self.far);
            }
            push_bits(behind_dashes(here, before), offset, &mut self.dashes);
            before = here;
        }
        self.before = before;
        // A run up to the very end of the content ends at the block behind it.
        if end == bytes.len() && end.is_multiple_of(64) {
            let ends = self.ends.step(Masks::default());
            push_runs(bytes, ends & 1, end, &mut self.runs);
        }
    }

    /// Where long runs still have their length ahead, from the last block to the first, since what follows decides.
    fn find_long(&mut self, blocks: usize) {
        self.long.clear();
        self.long.resize(blocks, Long::default());
        let mut chain = Chain::default();
        if let Some(behind) = self.masks.get(blocks) {
            chain.step(behind.wide);
        }
        for (long, masks) in self.long.iter_mut().zip(&self.masks).rev() {
            let far = chain.step(masks.wide);
            *long = Long { wide: chain.levels[4], far };
        }
    }
}

/// The bits of a block from which on a run is still long.
#[derive(Debug, Clone, Copy, Default)]
struct Long {
    /// At least [`LONG`] wide bytes.
    wide: u64,
    /// At least [`FAR`] wide bytes.
    far: u64,
}

/// Finds, block by block from behind, the bits from which on so many bits are set: 1, 2, 4, 8, 16 in the block last seen.
#[derive(Debug, Default)]
struct Chain {
    levels: [u64; 5],
}

impl Chain {
    /// The block in front of the last; the bits from which on 32 are set.
    #[inline]
    fn step(&mut self, mask: u64) -> u64 {
        let behind = self.levels;
        let mut level = mask;
        for (i, behind) in behind.iter().enumerate() {
            self.levels[i] = level;
            level &= level >> (1 << i) | behind << (64 - (1 << i));
        }
        level
    }
}

/// Finds, block by block, where long runs of token bytes end that hold a digit or letters of both cases, and
/// a part of [`PART`] letters and digits or a dash.
///
/// Added to a run, a bit inside it carries to the place behind its end, over any number of blocks.
#[derive(Debug, Default)]
struct RunEnds {
    /// The bits up to which 1, 2, 4, 8 and 16 token bytes stand, in the block before.
    levels: [u64; 5],
    /// What digits, capitals, small letters, long parts and dashes carry into the next block.
    carries: [bool; 5],
    /// The bits up to which 1, 2, 4 and 8 letters or digits stand, in the block before.
    parts: [u64; 4],
}

impl RunEnds {
    /// The places behind the ends of runs in the next block.
    #[inline]
    fn step(&mut self, here: Masks) -> u64 {
        let before = self.levels;
        let mut level = here.token;
        for (i, before) in before.iter().enumerate() {
            self.levels[i] = level;
            level &= level << (1 << i) | before >> (64 - (1 << i));
        }
        let lower = here.alnum & !here.digit & !here.upper;
        let before_parts = self.parts;
        let mut part = here.alnum;
        for (i, before) in before_parts.iter().enumerate() {
            self.parts[i] = part;
            part &= part << (1 << i) | before >> (64 - (1 << i));
        }
        // Eight, and two in front of them: PART.
        let part = self.parts[3] & (self.parts[1] << 8 | before_parts[1] >> 56);
        let mut held = [here.digit, here.upper, lower, part, here.dash];
        for (bits, carry) in held.iter_mut().zip(&mut self.carries) {
            let (sum, over) = here.token.overflowing_add(*bits);
            let (sum, more) = sum.overflowing_add(u64::from(*carry));
            (*bits, *carry) = (sum & !here.token, over | more);
        }
        let [digit, upper, lower, part, dash] = held;
        (self.levels[4] << 1 | before[4] >> 63) & (digit | upper & lower) & (part | dash)
    }
}

/// Adds the runs that end at these bits, if they are not endless.
fn push_runs(bytes: &[u8], mut ends: u64, offset: usize, out: &mut Vec<Run>) {
    while ends != 0 {
        let end = offset + ends.trailing_zeros() as usize;
        ends &= ends - 1;
        let back = &bytes[end.saturating_sub(ENDLESS)..end];
        if let Some(gap) = back.iter().rposition(|&b| !is_token(b)) {
            out.push(Run { start: end - back.len() + gap + 1, end });
        } else if back.len() == end {
            out.push(Run { start: 0, end });
        }
    }
}

fn push_bits(mut bits: u64, offset: usize, out: &mut Vec<usize>) {
    while bits != 0 {
        out.push(offset + bits.trailing_zeros() as usize);
        bits &= bits - 1;
    }
}

/// Letters and digits that have five dashes before them.
fn behind_dashes(here: Masks, before: Masks) -> u64 {
    if here.dash | before.dash >> 59 == 0 {
        return 0;
    }
    let dash = u128::from(before.dash) | u128::from(here.dash) << 64;
    let five = dash << 1 & dash << 2 & dash << 3 & dash << 4 & dash << 5;
    (five >> 64) as u64 & here.alnum
}

/// Whether a byte belongs to runs of wide bytes.
pub(super) fn is_wide(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.:=/+~%!&{\x7f".contains(&byte)
}

/// Whether a byte belongs to the runs.
pub(super) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type All = (Vec<Run>, Vec<usize>, Vec<usize>, Vec<usize>);

    /// Runs, starts, far starts and places behind dashes by their definitions.
    fn naive(bytes: &[u8]) -> All {
        let runs = (0..bytes.len())
            .filter(|&i| is_token(bytes[i]) && (i == 0 || !is_token(bytes[i - 1])))
            .map(|start| Run {
                start,
                end: start + bytes[start..].iter().take_while(|&&b| is_token(b)).count(),
            })
            .filter(|run| (LONG..ENDLESS).contains(&(run.end - run.start)))
            .filter(|run| {
                let any = |test: fn(&u8) -> bool| bytes[run.start..run.end].iter().any(test);
                let mut parts = bytes[run.start..run.end].split(|&b| !b.is_ascii_alphanumeric());
                (any(u8::is_ascii_digit) || any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase))
                    && (any(|&b| b == b'-') || parts.any(|p| p.len() >= PART))
            })
            .collect();
        let starts = |least: usize| {
            (0..bytes.len())
                .filter(|&p| {
                    let wide = bytes[p..].iter().take(least).filter(|&&b| is_wide(b)).count() == least;
                    let before = p.checked_sub(1).map_or(b' ', |p| bytes[p]);
                    wide && (!is_wide(before)
                        || b"=:".contains(&before)
                        || bytes[p].is_ascii_alphanumeric() && !before.is_ascii_alphanumeric())
                })
                .collect()
        };
        let dashes = (5..bytes.len())
            .filter(|&p| bytes[p].is_ascii_alphanumeric() && bytes[p - 5..p] == *b"-----")
            .collect();
        (runs, starts(LONG), starts(FAR), dashes)
    }

    fn all(bytes: &[u8]) -> All {
        let mut pieces = Pieces::default();
        let mut all = All::default();
        while let Some(piece) = pieces.next(bytes, bytes.len()) {
            all.0.extend_from_slice(piece.runs);
            all.1.extend_from_slice(piece.starts);
            all.2.extend_from_slice(piece.far);
            all.3.extend_from_slice(piece.dashes);
        }
        all
    }

    #[test]
    fn a_run_across_pieces_is_one_run() {
        for shift in [0, 1, 31, 63, 64, 88, 89, 99, 100, 129] {
            let mut bytes = vec![b' '; PIECE - 100 + shift];
            bytes.extend(b"-----BEGIN ");
            bytes.extend(std::iter::repeat_n(b'x', PIECE + 100));
            bytes.extend(b" -key-0123456789abcdef ");
            assert_eq!(all(&bytes), naive(&bytes), "{shift}");
        }
    }

    proptest! {
        #[test]
        fn runs_are_what_the_definition_says(bytes in "[a-c_ .-]{0,300}[a-cA1-]{0,200}[A-C ]{0,90}", pad in 0..80usize) {
            let mut text = vec![b'.'; pad];
            text.extend(bytes.bytes());
            text.extend(b"abcdefghijklmno_pqrs-tuvwxyz0123456789abcdefgh");
            prop_assert_eq!(all(&text), naive(&text));
        }
    }
}
