//! Numbers that look random and are the same each time: for made keys, never for anything that must be secret.

use super::charset::Charset;

/// SplitMix64.
#[derive(Debug, Clone)]
pub(crate) struct Rng(u64);

impl Rng {
    /// Starts from a text and a number.
    pub(crate) fn new(name: &[u8], seed: u64) -> Rng {
        let hash = blake3::Hasher::new().update(name).update(&seed.to_le_bytes()).finalize();
        let mut start = [0; 8];
        start.copy_from_slice(&hash.as_bytes()[..8]);
        Rng(u64::from_le_bytes(start))
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, 0 when `end` is 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next().checked_rem(end).unwrap_or(0)
    }

    /// A number from `least` to `most`, both included.
    pub(crate) fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most.saturating_sub(least).saturating_add(1))
    }

    /// Bytes of all values.
    pub(crate) fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| (self.next() >> 56) as u8).collect()
    }

    /// Bytes of a set, nothing when it is empty.
    pub(crate) fn text(&mut self, set: Charset, len: usize) -> Vec<u8> {
        let all: Vec<u8> = set.bytes().collect();
        (0..len).filter_map(|_| all.get(self.below(all.len() as u64) as usize).copied()).collect()
    }

    /// A decimal number of so many digits, the first of them not 0.
    pub(crate) fn digits(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|i| b'0' + self.between(u64::from(i == 0), 9) as u8).collect()
    }
}
