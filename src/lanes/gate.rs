//! At which of many places anything may begin, judged by the bytes on both sides of each.

use super::Spots;

/// The factor of the hash.
pub(super) const FACTOR: u32 = 0x9E37_79B1;

/// Sets of bits that know how something may begin: by the hash of the three bytes from a place on, and by the two bytes in
/// front of it.
#[derive(Debug, Clone)]
pub struct Gate {
    /// 2 to the power of `size` bits, at least 64.
    pub(super) heads: Box<[u64]>,
    pub(super) size: u32,
    /// A bit for each two bytes: the one in front of the place, and 256 times the one in front of that.
    pub(super) leads: Box<[u64; 1024]>,
}

impl Gate {
    /// From the bits of [`slot`]s of three bytes, of which there are 2 to the power of `size` (6 to 31), and of pairs of
    /// bytes, of which there are 65,536; what is missing is empty.
    pub fn new(heads: &[u64], size: u32, leads: &[u64]) -> Gate {
        assert!((6..32).contains(&size), "whole words, and numbers of 32 bits");
        let mut gate = Gate { heads: vec![0; 1 << (size - 6)].into(), size, leads: Box::new([0; 1024]) };
        gate.heads.iter_mut().zip(heads).for_each(|(to, from)| *to = *from);
        gate.leads.iter_mut().zip(leads).for_each(|(to, from)| *to = *from);
        gate
    }

    /// Whether something may begin between the fourth and the fifth of eight bytes, the first of them in the lowest bits.
    #[inline]
    pub(super) fn passes(&self, eight: u64) -> bool {
        let head = slot((eight >> 32) as u32 & 0x00FF_FFFF, self.size);
        let lead = (eight as u32).swap_bytes() as usize & 0xFFFF;
        (self.heads[head >> 6] >> (head & 63) | self.leads[lead >> 6] >> (lead & 63)) & 1 == 1
    }

    /// See [`super::sift()`]; for places of which some may have no four bytes on a side: those pass.
    pub(super) fn sift(&self, text: &[u8], at: usize, spots: &mut Spots) {
        spots.retain(|place| {
            let around = (at + place).checked_sub(4).and_then(|from| text.get(from..));
            around.and_then(|b| b.first_chunk()).is_none_or(|eight| self.passes(u64::from_le_bytes(*eight)))
        });
    }
}

/// The bit of three bytes, the first of them in the lowest bits of `three`, among 2 to the power of `size`.
#[inline]
pub fn slot(three: u32, size: u32) -> usize {
    (three.wrapping_mul(FACTOR) >> (32 - size)) as usize
}
