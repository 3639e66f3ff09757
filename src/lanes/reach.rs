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
    /// no token byte in front, as options begin; `:` or `=` between those.
    pub hints: Column,
    /// The first bytes of half blocks that hold nothing but small letters, in words of at least three, and single bytes
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
    let [token, alnum, assign] = [masks.token[k], masks.alnum[k], masks.assign[k]];
    out.addresses[k] = assign & front(&masks.slash, 1) & front(&masks.slash, 2);
    let behind_token = token << 1 | before.token >> 63;
    let options = (masks.dash[k] | masks.slash[k]) & !behind_token;
    let signs = (options | assign & behind_token) & front(&masks.alnum, 1);
    out.hints[k] = masks.stem[k] | signs;
    out.words[k] = words(alnum & !masks.digit[k] & !masks.upper[k], alnum);
}

/// See [`Reach::words`].
#[inline(always)]
#[allow(clippy::inline_always, reason = "see read")]
fn words(small: u64, alnum: u64) -> u64 {
    // What stands beside the block is not known: a letter may.
    let between = !alnum & (small << 1 | 1) & (small >> 1 | 1 << 63);
    let short = between & (between >> 2 | between >> 3);
    let odd = !(small | between) | short;
    u64::from(odd as u32 == 0) | u64::from(odd >> 32 == 0) << 32
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

    /// Signs by their definitions; texts have no stems.
    fn hints(text: &[u8]) -> Vec<usize> {
        let told = |i: &usize| {
            let behind_token = *i > 0 && is_token(text[i - 1]);
            let option = b"-/".contains(&text[*i]) && !behind_token;
            let joint = b":=".contains(&text[*i]) && behind_token;
            (option || joint) && text.get(i + 1).is_some_and(u8::is_ascii_alphanumeric)
        };
        (0..text.len()).filter(told).collect()
    }

    /// Whether a half block can be part of words in a row.
    fn in_row(half: &[u8]) -> bool {
        let parts: Vec<&[u8]> = half.split(|b| !b.is_ascii_lowercase()).collect();
        let plain = !half.iter().any(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        // At an edge a word goes on outside.
        plain && parts.iter().skip(1).rev().skip(1).all(|part| part.len() >= 3)
    }

    proptest! {
        #[test]
        fn hints_are_what_their_definitions_say(text in "[D-H :=/x_5-]{0,300}") {
            prop_assert_eq!(seen(text.as_bytes(), |r| &r.hints), hints(text.as_bytes()));
        }

        #[test]
        fn addresses_are_colons_before_two_slashes(text in "[:/ ]{0,200}") {
            let naive: Vec<_> = (0..text.len()).filter(|i| text[*i..].starts_with("://")).collect();
            prop_assert_eq!(seen(text.as_bytes(), |r| &r.addresses), naive);
        }

        #[test]
        fn words_in_a_row_are_seen(text in "([a-z]{1,9}[ ,]|[a-z]{3,8} |[a-z]{3,8} |[a-z]{3,8} |A|  ){0,60}") {
            let text = text.as_bytes();
            let seen = seen(text, |r| &r.words);
            for at in (0..text.len() / 32).map(|half| half * 32) {
                // What crosses the middle of a block is known as well: a word that goes on outside may be too short.
                let small = |b: &&u8| b.is_ascii_lowercase();
                let long = |edge: usize| {
                    let left = text[..edge].iter().rev().take_while(small).count();
                    let right = text[edge..].iter().take_while(small).count();
                    edge == 0 || left > 0 && right > 0 && left + right >= 3
                };
                let inside = in_row(&text[at..at + 32]);
                prop_assert!(!seen.contains(&at) || inside);
                prop_assert!(seen.contains(&at) || !inside || !long(at) || !long(at + 32));
            }
        }
    }

    #[test]
    fn every_phrase_has_words_in_a_row() {
        for shift in 0..130 {
            let text = format!("{}{}\"", "\"".repeat(shift), "zoo ".repeat(16).trim_end());
            assert!(!seen(text.as_bytes(), |r| &r.words).is_empty(), "{shift}");
        }
    }
}
