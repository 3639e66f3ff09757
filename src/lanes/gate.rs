//! At which of many places anything may begin, judged by the bytes on both sides of each.

use super::Spots;

/// The factor of the hash.
pub(super) const FACTOR: u32 = 0x9E37_79B1;

/// Sets of bits that know how something may begin: by the bytes from a place on, and by the two in front of it.
#[derive(Debug)]
pub struct Gate {
    pub(super) three: Bits,
    pub(super) four: Bits,
    pub(super) leads: Bits,
}

/// Bits by a hash, of which there are 2 to the power of `size`: 6 to 31.
#[derive(Debug)]
pub(super) struct Bits {
    pub(super) words: Box<[u64]>,
    pub(super) size: u32,
}

impl Bits {
    fn new(words: Box<[u64]>) -> Bits {
        assert!(words.len().is_power_of_two() && words.len() < 1 << 26, "hashes are as long");
        let size = words.len().trailing_zeros() + 6;
        Bits { words, size }
    }

    #[inline]
    fn has(&self, bit: usize) -> bool {
        self.words[bit >> 6] >> (bit & 63) & 1 == 1
    }
}

impl Gate {
    /// From the bits of [`slot`]s of three and of four bytes, and of pairs: the byte in front of a place, and 256 times the
    /// one in front of that. Something begins where those of three, which should be few, and of four say so.
    ///
    /// # Panics
    /// If the numbers of words are no powers of two, or there are less than 1,024 for pairs.
    pub fn new(three: Box<[u64]>, four: Box<[u64]>, leads: Box<[u64]>) -> Gate {
        assert!(leads.len() == 1024, "a bit for each pair");
        Gate { three: Bits::new(three), four: Bits::new(four), leads: Bits::new(leads) }
    }

    /// Whether something may begin with four bytes, the first of them in the lowest bits.
    #[inline]
    pub fn begins(&self, four: u32) -> bool {
        self.three.has(slot(four & 0x00FF_FFFF, self.three.size)) && self.four.has(slot(four, self.four.size))
    }

    /// Whether something may follow a byte and the one in front of it.
    #[inline]
    pub fn follows(&self, [near, far]: [u8; 2]) -> bool {
        self.leads.has(usize::from(u16::from_le_bytes([near, far])))
    }

    /// See [`super::sift()`]; for places of which some may have no four bytes on a side: those pass.
    pub(super) fn sift(&self, text: &[u8], at: usize, spots: &mut Spots) {
        let around = |place: usize| -> Option<(u32, [u8; 2])> {
            let eight: &[u8; 8] = text.get((at + place).checked_sub(4)?..)?.first_chunk()?;
            Some(((u64::from_le_bytes(*eight) >> 32) as u32, [eight[3], eight[2]]))
        };
        // In two turns, and both bits are asked: a branch that the CPU can't foresee costs more.
        spots.retain(|place| {
            around(place).is_none_or(|(four, lead)| {
                self.three.has(slot(four & 0x00FF_FFFF, self.three.size)) | self.follows(lead)
            })
        });
        spots
            .retain(|place| around(place).is_none_or(|(four, lead)| self.begins(four) || self.follows(lead)));
    }
}

/// The bit of some bytes, the first of them in the lowest bits, among 2 to the power of `size`.
#[inline]
pub fn slot(bytes: u32, size: u32) -> usize {
    (bytes.wrapping_mul(FACTOR) >> (32 - size)) as usize
}
