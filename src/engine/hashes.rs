//! Two tables that answer "does any rule begin so?" from a few bytes: a set of bits, asked at every long run, and a
//! list by the two most telling bytes, asked when the bit is set.

use crate::rules::Charset;

/// Log2 of the number of bits: large enough for thousands of rules, small enough for the first-level cache.
const BITS: u32 = 17;

/// Number of lists.
const LISTS: usize = 4096;

/// Entries by the first bytes of something.
#[derive(Debug)]
pub(super) struct Hashes {
    bits: Box<[u64]>,
    /// Where the list of each pair of bytes begins in `entries`; one more at the end.
    heads: Box<[u32]>,
    entries: Box<[u32]>,
}

impl Hashes {
    /// From the sets of four bytes that each entry may begin with; the first two decide the list.
    pub(super) fn new<'s>(keys: impl Iterator<Item = (&'s [Charset; 4], u32)>) -> Hashes {
        let mut bits = vec![0u64; 1 << (BITS - 6)].into_boxed_slice();
        let mut pairs: Vec<(u16, u32)> = Vec::new();
        for (sets, entry) in keys {
            let lists: [Vec<u8>; 4] = sets.each_ref().map(members);
            for &a in &lists[0] {
                for &b in &lists[1] {
                    pairs.push((list(a, b), entry));
                    for &c in &lists[2] {
                        for &d in &lists[3] {
                            let hash = hash(u32::from_le_bytes([a, b, c, d]));
                            bits[hash >> 6] |= 1 << (hash & 63);
                        }
                    }
                }
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        let mut heads = vec![0u32; LISTS + 1].into_boxed_slice();
        for (list, _) in &pairs {
            heads[usize::from(*list) + 1] += 1;
        }
        for i in 0..LISTS {
            heads[i + 1] += heads[i];
        }
        Hashes { bits, heads, entries: pairs.into_iter().map(|(_, entry)| entry).collect() }
    }

    /// Whether some entry may begin with these four bytes; a few others pass as well.
    #[inline]
    pub(super) fn may(&self, four: u32) -> bool {
        let hash = hash(four);
        self.bits[hash >> 6] >> (hash & 63) & 1 == 1
    }

    /// The entries that may begin with these two bytes, and some others.
    pub(super) fn entries(&self, a: u8, b: u8) -> &[u32] {
        let list = usize::from(list(a, b));
        &self.entries[self.heads[list] as usize..self.heads[list + 1] as usize]
    }
}

#[inline]
fn hash(four: u32) -> usize {
    (four.wrapping_mul(0x9E37_79B1) >> (32 - BITS)) as usize
}

fn list(a: u8, b: u8) -> u16 {
    (u32::from(u16::from_le_bytes([a, b])).wrapping_mul(0x9E37_79B1) >> 20) as u16
}

/// The bytes of a set.
fn members(set: &Charset) -> Vec<u8> {
    (0..=255).filter(|&b| set.has(b)).collect()
}
