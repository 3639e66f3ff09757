//! How far runs reach: read off the masks of many blocks at once. Plain arithmetic on columns, which the compiler turns
//! into as wide instructions as its caller has.

use super::{BLOCKS, Column, Masks};

/// The shortest run that is looked at: no key is shorter, nor the part of it that an anchor needs.
pub const LONG: usize = 16;

/// The shortest run of wide bytes in which something may be looked for far from its start.
pub const FAR: usize = 32;

/// The shortest part of a run, between `_` and `-`, that can read as random by itself.
pub const PART: usize = 10;

/// The masks of the block in front of others, or none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Before {
    token: u64,
    alnum: u64,
    wide: u64,
    dash: u64,
    assign: u64,
}

impl Before {
    /// What one of these blocks is to those behind it.
    pub fn of(masks: &Masks, block: usize) -> Before {
        Before {
            token: masks.token[block],
            alnum: masks.alnum[block],
            wide: masks.wide[block],
            dash: masks.dash[block],
            assign: masks.assign[block],
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
    /// Where runs of at least [`LONG`] token bytes begin.
    pub runs: Column,
    /// From where on there are at least [`PART`] letters and digits; of the block behind the others too.
    pub parts: Column,
    /// Letters and digits directly behind five dashes.
    pub dashes: Column,
}

impl Default for Reach {
    fn default() -> Reach {
        let none = [0; BLOCKS + 8];
        Reach { starts: none, far: none, runs: none, parts: none, dashes: none }
    }
}

/// See [`super::reach()`].
#[inline(always)]
#[allow(clippy::inline_always, reason = "the callers' CPU features must reach the loops")]
pub(super) fn read(masks: &Masks, blocks: usize, before: Before, out: &mut Reach) {
    let n = blocks.min(BLOCKS);
    // From where on 2, 4, 8, 16 and 32 are set.
    let copy = |to: &mut Column, from: &Column| to[..=n].copy_from_slice(&from[..=n]);
    copy(&mut out.starts, &masks.wide);
    halve(&mut out.starts, n, &[1, 2, 4, 8]);
    copy(&mut out.far, &out.starts);
    halve(&mut out.far, n, &[16]);
    copy(&mut out.runs, &masks.token);
    halve(&mut out.runs, n, &[1, 2, 4, 8]);
    // Eight, and two in front of them: PART.
    copy(&mut out.parts, &masks.alnum);
    halve(&mut out.parts, n, &[1]);
    let two = out.parts;
    halve(&mut out.parts, n, &[2, 4]);
    join(&mut out.parts, &two, n);

    let mut begins = [0; BLOCKS + 8];
    first(&mut begins, &masks.token, before.token, n);
    for (run, begin) in out.runs[..n].iter_mut().zip(&begins) {
        *run &= begin;
    }
    let mut others = [0; BLOCKS + 8];
    first(&mut begins, &masks.wide, before.wide, n);
    first(&mut others, &masks.alnum, before.alnum, n);
    let mut assigned = [0; BLOCKS + 8];
    behind(&mut assigned, &masks.assign, before.assign, 1, n);
    for k in 0..n {
        out.starts[k] &= begins[k] | others[k] | assigned[k] & masks.wide[k];
        out.far[k] &= out.starts[k];
    }
    five(&mut out.dashes, masks, before.dash, n);
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

/// From eight ahead and two ahead to ten ahead.
#[inline(always)]
#[allow(clippy::inline_always, reason = "see read")]
fn join(eight: &mut Column, two: &Column, n: usize) {
    for k in 0..n {
        eight[k] &= two[k] >> 8 | two[k + 1] << 56;
    }
    eight[n] &= two[n] >> 8;
}

/// The bits `by` places behind those of a column.
#[inline(always)]
#[allow(clippy::inline_always, reason = "see read")]
fn behind(out: &mut Column, column: &Column, before: u64, by: u32, n: usize) {
    out[0] = column[0] << by | before >> (64 - by);
    for k in 1..n {
        out[k] = column[k] << by | column[k - 1] >> (64 - by);
    }
}

/// The bits that are set and whose neighbour in front is not.
#[inline(always)]
#[allow(clippy::inline_always, reason = "see read")]
fn first(out: &mut Column, column: &Column, before: u64, n: usize) {
    behind(out, column, before, 1, n);
    for k in 0..n {
        out[k] = column[k] & !out[k];
    }
}

/// Letters and digits behind five dashes.
#[inline(always)]
#[allow(clippy::inline_always, reason = "see read")]
fn five(out: &mut Column, masks: &Masks, before: u64, n: usize) {
    out[..n].copy_from_slice(&masks.alnum[..n]);
    let mut shifted = [0; BLOCKS + 8];
    for by in 1..=5 {
        behind(&mut shifted, &masks.dash, before, by, n);
        for k in 0..n {
            out[k] &= shifted[k];
        }
    }
}
