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
}

impl Default for Reach {
    fn default() -> Reach {
        let none = [0; BLOCKS + 8];
        Reach { starts: none, far: none, apart: none, escaped: none, runs: none, dashes: none }
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
