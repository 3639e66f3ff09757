//! The places of set bits as a list, so that what is done at them is a loop whose turns the CPU can foresee.

use super::{BLOCKS, Column};

/// As many places as there are bits in the blocks of a [`Column`], and some more that are written and not counted.
pub(super) const SPOTS: usize = BLOCKS * 64 + 64;

/// So many places of a block are written without asking whether they are there.
const AT_ONCE: usize = 4;

/// Spots, counted from the first bit of a column on.
#[derive(Debug, Clone)]
pub struct Spots {
    pub(super) spots: Box<[u16]>,
    pub(super) len: usize,
}

impl Default for Spots {
    fn default() -> Spots {
        Spots { spots: vec![0; SPOTS].into(), len: 0 }
    }
}

impl Spots {
    /// Leaves those that pass.
    #[inline]
    pub fn retain(&mut self, mut passes: impl FnMut(usize) -> bool) {
        let mut kept = 0;
        for i in 0..self.len {
            let place = self.spots[i];
            self.spots[kept] = place;
            kept += usize::from(passes(usize::from(place)));
        }
        self.len = kept;
    }

    /// The places, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.spots[..self.len].iter().map(|place| usize::from(*place))
    }
}

/// Calls `f` with the place of each bit of a block that begins at `at`, in order: for few bits, or where each is looked at.
#[inline(always)]
#[allow(clippy::inline_always, reason = "a loop around what its callers do")]
pub(super) fn each_bit(mut bits: u64, at: usize, mut f: impl FnMut(usize)) {
    while bits != 0 {
        f(at + bits.trailing_zeros() as usize);
        bits &= bits - 1;
    }
}

/// See [`super::each_place()`].
#[inline(always)]
#[allow(clippy::inline_always, reason = "the callers' CPU features must reach the loop")]
pub(super) fn occupied(column: &Column) -> [u64; BLOCKS / 64] {
    let mut occupied = [0; BLOCKS / 64];
    for (k, block) in column[..BLOCKS].iter().enumerate() {
        occupied[k / 64] |= u64::from(*block != 0) << (k % 64);
    }
    occupied
}

/// See [`super::spots()`].
#[inline(always)]
#[allow(clippy::inline_always, reason = "the callers' CPU features must reach the loops")]
pub(super) fn list(column: &Column, blocks: usize, out: &mut Spots) {
    const { assert!(SPOTS <= u16::MAX as usize, "places are counted in 16 bits") };
    let mut len = 0;
    for (k, &bits) in column[..blocks.min(BLOCKS)].iter().enumerate() {
        let mut bits = bits;
        let mut next = || {
            let place = (k * 64) as u16 + bits.trailing_zeros() as u16;
            bits &= bits.wrapping_sub(1);
            place
        };
        let count = column[k].count_ones() as usize;
        for slot in &mut out.spots[len..len + AT_ONCE] {
            *slot = next();
        }
        if count > AT_ONCE {
            for slot in &mut out.spots[len + AT_ONCE..len + count] {
                *slot = next();
            }
        }
        len += count;
    }
    out.len = len;
}
