//! The classes of 64 bytes as bits, and the long runs of token bytes read off them.

use crate::lanes::{BLOCKS, Before, Column, Masks, Reach, Spots, classify, each_place, reach, spots as list};

pub(super) use crate::lanes::{FAR, LONG};

/// Longer runs of token bytes are data; only their starts are looked at.
const ENDLESS: usize = 1024;

/// The shortest part of a run, between `_` and `-`, that can read as random by itself.
pub(super) const PART: usize = 10;

/// How many bytes are classified at once.
const PIECE: usize = BLOCKS * 64;

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
    /// Masks of each 64 bytes from `at` on; bits at and beyond `end` are those of the bytes there, or zero.
    pub(super) masks: &'a Masks,
    /// Whether a NUL is among its bytes, or shortly behind them.
    pub(super) nuls: bool,
    /// Where a key may start, and more.
    pub(super) reach: &'a Reach,
}

impl Piece<'_> {
    /// How many blocks of 64 bytes it has.
    pub(super) fn blocks(&self) -> usize {
        (self.end - self.at).div_ceil(64)
    }

    /// Calls `f` with each place of the piece whose bit is set, in order.
    #[inline]
    pub(super) fn each(&self, column: &Column, mut f: impl FnMut(usize)) {
        each_place(column, self.blocks(), |place| f(self.at + place));
    }

    /// Calls `f` with the runs of at least [`LONG`] token bytes that begin in it and hold a digit or letters of both cases,
    /// and a part of at least [`PART`] letters and digits or a dash (others are words), in order. `bytes`: the content.
    pub(super) fn each_run(&self, bytes: &[u8], spots: &mut Spots, mut f: impl FnMut(Run)) {
        list(&self.reach.runs, self.blocks(), spots);
        spots.retain(|place| !is_words(self.masks, place));
        for place in spots.iter() {
            let length = ahead(&self.masks.token, place).trailing_ones() as usize;
            let start = self.at + place;
            if length < 64 {
                f(Run { start, end: start + length });
            } else if let Some(run) = long_run(self.masks, self.blocks(), bytes, (self.at, place)) {
                f(run);
            }
        }
    }

    /// Whether a place is in the piece and its bit set.
    pub(super) fn has(&self, column: &Column, place: usize) -> bool {
        let inside = place.checked_sub(self.at).filter(|inside| *inside < self.blocks() * 64);
        inside.is_some_and(|inside| column[inside / 64] >> (inside % 64) & 1 == 1)
    }

    /// How many wide bytes stand from `start` on, with the gaps that anchors overlook (`,` and `;` count as wide to
    /// them): all of them up to 128, and more than any if that is not known.
    pub(super) fn wide_from(&self, start: usize) -> usize {
        let (k, bit) = ((start - self.at) / 64, (start - self.at) % 64);
        let mut length = 0;
        for (i, wide) in self.masks.wide[k..=self.blocks()].iter().take(3).enumerate() {
            let (rest, skipped) = if i == 0 { (wide >> bit, bit) } else { (*wide, 0) };
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
    masks: Box<Masks>,
    reach: Box<Reach>,
    at: usize,
    /// The last masks of the piece before.
    before: Before,
}

impl Pieces {
    /// Begins at the start of a content, or of a line in it.
    pub(super) fn begin(&mut self, at: usize) {
        self.at = at;
        self.before = Before::default();
    }

    /// The next piece of the content in front of `to`, until there is none.
    pub(super) fn next(&mut self, bytes: &[u8], to: usize) -> Option<Piece<'_>> {
        let at = self.at;
        if at >= to {
            return None;
        }
        let end = to.min(at + PIECE);
        let blocks = (end - at).div_ceil(64);
        self.at = end;
        // One block more, since a run is only known to be long from the bytes that follow.
        let seen = &bytes[at..bytes.len().min(end + 64)];
        let nuls = classify(seen, &mut self.masks);
        reach(&self.masks, blocks, self.before, &mut self.reach);
        self.before = Before::of(&self.masks, blocks - 1);
        Some(Piece { at, end, masks: &self.masks, nuls, reach: &self.reach })
    }
}

/// The 64 bits of a column from a place on.
#[inline]
fn ahead(column: &Column, place: usize) -> u64 {
    let (k, bit) = (place / 64, (place % 64) as u32);
    // In two steps, since none shifts by 64.
    column[k] >> bit | column[k + 1] << (63 - bit) << 1
}

/// What the first 64 bytes of a run hold.
#[derive(Debug, Clone, Copy, Default)]
struct Kinds {
    digit: bool,
    upper: bool,
    lower: bool,
    /// A dash, or a part of at least [`PART`] letters and digits.
    part: bool,
}

impl Kinds {
    /// Those of the token bytes from a place on, at most 64, and how many they are.
    #[inline]
    fn at(masks: &Masks, place: usize) -> (Kinds, u32) {
        let length = ahead(&masks.token, place).trailing_ones();
        // In two steps, since none shifts by 64.
        let here = !(!0 << (length / 2) << (length - length / 2));
        let alnum = ahead(&masks.alnum, place) & here;
        let (digit, upper) = (ahead(&masks.digit, place) & here, ahead(&masks.upper, place) & here);
        let two = alnum & alnum >> 1;
        let four = two & two >> 2;
        let ten = four & four >> 4 & two >> 8;
        const { assert!(PART == 10, "4 + 4 + 2") };
        let dash = ahead(&masks.dash, place) & here;
        let lower = alnum & !(digit | upper);
        let kinds = Kinds { digit: digit != 0, upper: upper != 0, lower: lower != 0, part: ten | dash != 0 };
        (kinds, length)
    }

    /// Whether a run that holds these is words alone.
    #[inline]
    #[allow(clippy::needless_bitwise_bool, reason = "lazy operators are branches")]
    fn are_words(self) -> bool {
        !((self.digit | self.upper & self.lower) & self.part)
    }
}

/// Whether the run of token bytes that begins at a place is too short, or made of words alone, as far as 64 bytes tell:
/// most are. Without branches that the CPU would have to foresee.
#[inline]
#[allow(clippy::needless_bitwise_bool, reason = "lazy operators are branches")]
fn is_words(masks: &Masks, place: usize) -> bool {
    let (kinds, length) = Kinds::at(masks, place);
    (length < LONG as u32) | (length < 64) & kinds.are_words()
}

/// The run that begins at a place and has at least 64 bytes, if it is more than words.
fn long_run(masks: &Masks, blocks: usize, bytes: &[u8], (at, place): (usize, usize)) -> Option<Run> {
    let (mut all, mut length) = (Kinds::default(), 0);
    while place + length < blocks * 64 && length < ENDLESS {
        let (kinds, here) = Kinds::at(masks, place + length);
        all.digit |= kinds.digit;
        all.upper |= kinds.upper;
        all.lower |= kinds.lower;
        all.part |= kinds.part;
        if here < 64 {
            let run = Run { start: at + place, end: at + place + length + here as usize };
            return (!all.are_words() && run.end - run.start < ENDLESS).then_some(run);
        }
        // So that no part is cut in two.
        length += 64 - PART;
    }
    let start = at + place;
    let rest = &bytes[start + length..bytes.len().min(start + ENDLESS.max(length))];
    let end = start + length + rest.iter().take_while(|&&b| is_token(b)).count();
    (end - start < ENDLESS && is_mixed(&bytes[start..end])).then_some(Run { start, end })
}

/// Whether a run holds a digit or letters of both cases, and a long part or a dash.
fn is_mixed(run: &[u8]) -> bool {
    let any = |test: fn(&u8) -> bool| run.iter().any(test);
    (any(u8::is_ascii_digit) || any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase))
        && (run.contains(&b'-') || run.split(|&b| b == b'_').any(|part| part.len() >= PART))
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
        let (mut all, mut spots) = (All::default(), Spots::default());
        while let Some(piece) = pieces.next(bytes, bytes.len()) {
            piece.each_run(bytes, &mut spots, |run| all.0.push(run));
            piece.each(&piece.reach.starts, |at| all.1.push(at));
            piece.each(&piece.reach.far, |at| all.2.push(at));
            piece.each(&piece.reach.dashes, |at| all.3.push(at));
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
