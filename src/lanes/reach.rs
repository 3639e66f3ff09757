//! How far runs reach: read off the masks of many blocks at once. Plain arithmetic on columns, which the compiler turns
//! into as wide instructions as its caller has.

use super::{BLOCKS, Column, Masks};

/// The shortest run that is looked at: no key is shorter, nor the part of it that an anchor needs.
pub const LONG: usize = 16;

/// The shortest run of wide bytes in which something may be looked for far from its start.
pub const FAR: usize = 32;

/// The masks of the block in front of others, or none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Before {
    token: u64,
    alnum: u64,
    wide: u64,
    dash: u64,
    assign: u64,
    mark: u64,
}

impl Before {
    /// What one of these blocks is to those behind it.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "see read")]
    pub fn of(masks: &Masks, block: usize) -> Before {
        Before {
            token: masks.token[block],
            alnum: masks.alnum[block],
            wide: masks.wide[block],
            dash: masks.dash[block],
            assign: masks.assign[block],
            mark: masks.mark[block],
        }
    }
}

/// What is read off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Where a key may start: the start of a run of wide bytes, any wide byte after `=` or `:`, or a letter or digit
    /// after none, with at least [`LONG`] wide bytes from there on.
    pub starts: Column,
    /// Those of `starts` that have at least [`FAR`] wide bytes from there on.
    pub far: Column,
    /// Those of `far` that do not follow `_`.
    pub apart: Column,
    /// Those of `starts` that may stand in an escape or directly behind its mark.
    pub escaped: Column,
    /// Where runs of token bytes begin, with at least [`LONG`] wide bytes from there on.
    pub runs: Column,
    /// Letters and digits directly behind five dashes.
    pub dashes: Column,
    /// `://`; also `=//`.
    pub addresses: Column,
    /// What tells of a value near it: the letters of [`Masks::stem`]; a dash or a slash with a letter or digit behind it and
    /// no token byte in front, as options begin; `:` or `=` between those; the first of ten capitals, or of exactly three,
    /// that are a word.
    pub hints: Column,
    /// The first bytes of half blocks that hold nothing but small letters, in words of three to eight, and single bytes
    /// between them: words in a row.
    pub words: Column,
}

impl Default for Reach {
    fn default() -> Reach {
        let none = [0; BLOCKS + 8];
        Reach {
            starts: none,
            far: none,
            apart: none,
            escaped: none,
            runs: none,
            dashes: none,
            addresses: none,
            hints: none,
            words: none,
        }
    }
}

/// See [`super::reach()`].
#[inline(always)]
#[allow(clippy::inline_always, reason = "the callers' CPU features must reach the loops")]
pub(super) fn read(masks: &Masks, blocks: usize, before: Before, out: &mut Reach) {
    let n = blocks.min(BLOCKS);
    // From where on 2, 4, 8, 16 and 32 are set.
    out.starts[..=n].copy_from_slice(&masks.wide[..=n]);
    halve(&mut out.starts, n, &[1, 2, 4, 8]);
    out.far[..=n].copy_from_slice(&out.starts[..=n]);
    halve(&mut out.far, n, &[16]);
    if n > 0 {
        begin(masks, 0, before, out);
    }
    for k in 1..n {
        begin(masks, k, Before::of(masks, k - 1), out);
    }
}

/// Leaves of a block the bits at which something begins.
#[inline(always)]
#[allow(clippy::inline_always, reason = "see read")]
fn begin(masks: &Masks, k: usize, before: Before, out: &mut Reach) {
    let [token, alnum, wide] = [masks.token[k], masks.alnum[k], masks.wide[k]];
    // The bits `by` places behind those of a column.
    let behind = |here: u64, before: u64, by: u32| here << by | before >> (64 - by);
    let long = out.starts[k];
    let begins = wide & !behind(wide, before.wide, 1) | alnum & !behind(alnum, before.alnum, 1);
    let assigned = behind(masks.assign[k], before.assign, 1) & wide;
    out.starts[k] = long & (begins | assigned);
    out.far[k] &= out.starts[k];
    let under = |token: u64, alnum: u64, dash: u64| token & !alnum & !dash;
    let (split, split_before) =
        (under(token, alnum, masks.dash[k]), under(before.token, before.alnum, before.dash));
    out.apart[k] = out.far[k] & !behind(split, split_before, 1);
    out.escaped[k] = out.starts[k] & behind(masks.mark[k] | masks.assign[k], before.mark | before.assign, 1);
    out.runs[k] = long & token & !behind(token, before.token, 1);
    let dash = |by: u32| behind(masks.dash[k], before.dash, by);
    out.dashes[k] = alnum & dash(1) & dash(2) & dash(3) & dash(4) & dash(5);
    hint(masks, k, before, out);
}

/// Adds what tells of values that have no mark of their own.
#[inline(always)]
#[allow(clippy::inline_always, reason = "see read")]
fn hint(masks: &Masks, k: usize, before: Before, out: &mut Reach) {
    // The bits `by` places in front of those of a column.
    let front = |column: &Column, by: u32| column[k] >> by | column[k + 1] << (64 - by);
    let [token, alnum, upper, assign] = [masks.token[k], masks.alnum[k], masks.upper[k], masks.assign[k]];
    out.addresses[k] = assign & front(&masks.slash, 1) & front(&masks.slash, 2);
    let behind_token = token << 1 | before.token >> 63;
    let options = (masks.dash[k] | masks.slash[k]) & !behind_token;
    let signs = (options | assign & behind_token) & front(&masks.alnum, 1);
    let next = masks.upper[k + 1];
    let join = |here: u64, behind: u64, by: u32| here & (here >> by | behind << (64 - by));
    let (two, two_next) = (join(upper, next, 1), next & next >> 1);
    let (four, four_next) = (join(two, two_next, 2), two_next & two_next >> 2);
    let eight = join(four, four_next, 4);
    let ten = eight & (two >> 8 | two_next << 56);
    let three = two & front(&masks.upper, 2) & !front(&masks.token, 3);
    let capitals = (ten & !front(&masks.token, 10) | three) & !behind_token;
    out.hints[k] = masks.stem[k] | signs | capitals;
    out.words[k] = words(alnum & !masks.digit[k] & !upper, alnum);
}

/// See [`Reach::words`].
#[inline(always)]
#[allow(clippy::inline_always, reason = "see read")]
fn words(small: u64, alnum: u64) -> u64 {
    // Each half by itself: nothing is shifted from one into the other.
    let front = |bits: u64, by: u32| bits >> by & (u64::from(!0u32 >> by) << 32 | u64::from(!0u32 >> by));
    let (first, last) = (1 << 32 | 1, 1 << 63 | 1 << 31);
    let between = !alnum & ((small & !last) << 1 | first) & (front(small, 1) | last);
    let short = between & (front(between, 1) | front(between, 2) | front(between, 3));
    let two = small & front(small, 1);
    let four = two & front(two, 2);
    let long = four & front(four, 4) & front(small, 8);
    // What is not so anywhere in a half is not so at its first bit.
    let mut odd = !(small | between) | short | long;
    for by in [1, 2, 4, 8, 16] {
        odd |= front(odd, by);
    }
    !odd & first
}

/// From the bits from which on `steps[0]` are set to those from which on twice as many are, and so on; in the first `n`
/// blocks and the one behind them.
#[inline(always)]
#[allow(clippy::inline_always, reason = "see read")]
pub(super) fn halve(column: &mut Column, n: usize, steps: &[u32]) {
    for &step in steps {
        for k in 0..n {
            column[k] &= column[k] >> step | column[k + 1] << (64 - step);
        }
        column[n] &= column[n] >> step;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Before, Reach};
    use crate::lanes::{Column, Masks, each_place};

    /// The places of a column that is read off a text.
    fn seen(text: &[u8], of: fn(&Reach) -> &Column) -> Vec<usize> {
        let (mut masks, mut reach, mut places) = (Box::<Masks>::default(), Box::default(), Vec::new());
        let blocks = text.len().div_ceil(64);
        crate::lanes::classify(text, &mut masks);
        crate::lanes::reach(&masks, blocks, Before::default(), &mut reach);
        each_place(of(&reach), blocks, |at| places.push(at));
        places
    }

    fn is_token(byte: u8) -> bool {
        byte.is_ascii_alphanumeric() || b"_-".contains(&byte)
    }

    /// Signs and capitals by their definitions; texts have no stems.
    fn hints(text: &[u8]) -> Vec<usize> {
        let at = |i: usize| text.get(i).copied().unwrap_or(b' ');
        let told = |i: &usize| {
            let behind_token = *i > 0 && is_token(text[i - 1]);
            let option = b"-/".contains(&text[*i]) && !behind_token;
            let joint = b":=".contains(&text[*i]) && behind_token;
            let capitals = text[*i..].iter().take_while(|b| b.is_ascii_uppercase()).count();
            let word = capitals >= 10 && !is_token(at(i + 10)) || capitals == 3 && !is_token(at(i + 3));
            (option || joint) && at(i + 1).is_ascii_alphanumeric() || word && !behind_token
        };
        (0..text.len()).filter(told).collect()
    }

    /// Half blocks of words by their definition.
    fn words(text: &[u8]) -> Vec<usize> {
        let in_row = |half: &[u8]| {
            let parts: Vec<&[u8]> = half.split(|b| !b.is_ascii_lowercase()).collect();
            let cut = parts.len() - 1;
            parts.iter().enumerate().all(|(i, part)| match part.len() {
                // At an edge the word goes on outside.
                len if i == 0 || i == cut => len <= 8 && (len > 0 || i == 0 || i == cut),
                len => (3..=8).contains(&len),
            }) && !half.iter().any(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        };
        (0..text.len() / 32).map(|half| half * 32).filter(|at| in_row(&text[*at..*at + 32])).collect()
    }

    proptest! {
        #[test]
        fn hints_are_what_their_definitions_say(text in "([D-I]{3}|[D-I]{9,11}|[ :=/x_5-]){0,80}") {
            prop_assert_eq!(seen(text.as_bytes(), |r| &r.hints), hints(text.as_bytes()));
        }

        #[test]
        fn addresses_are_colons_before_two_slashes(text in "[:/ ]{0,200}") {
            let naive: Vec<_> = (0..text.len()).filter(|i| text[*i..].starts_with("://")).collect();
            prop_assert_eq!(seen(text.as_bytes(), |r| &r.addresses), naive);
        }

        #[test]
        fn words_in_a_row_are_seen(text in "([a-z]{1,9}[ ,]|[a-z]{3,8} |[a-z]{3,8} |[a-z]{3,8} |A|  ){0,60}") {
            prop_assert_eq!(seen(text.as_bytes(), |r| &r.words), words(text.as_bytes()));
        }
    }

    #[test]
    fn every_phrase_has_words_in_a_row() {
        for shift in 0..130 {
            let text = format!("{}{} ", "-".repeat(shift), "zoo able abandoned ".repeat(4).trim_end());
            assert!(seen(text.as_bytes(), |r| &r.words).is_empty(), "a word of nine letters");
            let text = format!("{}{}\"", "\"".repeat(shift), "zoo ".repeat(16).trim_end());
            assert!(!seen(text.as_bytes(), |r| &r.words).is_empty(), "{shift}");
        }
    }
}
