//! Where one of a few literals may begin, judged by its first four bytes.

use super::classes::{BLOCKS, Column, Set};

/// What is found in some blocks of 64 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hits {
    /// Where a literal may begin. Never missing, sometimes more.
    pub begins: Column,
    /// The bytes that are of the set.
    pub members: Column,
}

impl Default for Hits {
    fn default() -> Hits {
        Hits { begins: [0; BLOCKS + 8], members: [0; BLOCKS + 8] }
    }
}

/// Up to eight buckets of literals by their first four bytes.
///
/// A bucket takes whatever is made of its literals' nibbles, byte by byte: literals that share bytes belong together.
#[derive(Debug, Clone, Copy)]
pub struct Quads {
    pub(super) sets: [Set; 4],
}

impl Quads {
    /// From buckets of literals of at least one byte.
    pub const fn new(buckets: &[&[&[u8]]]) -> Quads {
        Quads { sets: add([Set::NONE; 4], buckets, 0, false) }
    }

    /// The same for letters of either case, and some buckets of literals as they are written.
    pub const fn any_case(buckets: &[&[&[u8]]], exact: &[&[&[u8]]]) -> Quads {
        let sets = add([Set::NONE; 4], buckets, 0, true);
        Quads { sets: add(sets, exact, buckets.len(), false) }
    }

    /// The buckets of which a literal may begin with these bytes.
    #[inline]
    pub(super) const fn of(&self, bytes: [u8; 4]) -> u8 {
        self.sets[0].of(bytes[0])
            & self.sets[1].of(bytes[1])
            & self.sets[2].of(bytes[2])
            & self.sets[3].of(bytes[3])
    }
}

const fn anything(mut set: Set, bit: u8) -> Set {
    let mut nibble = 0;
    while nibble < 16 {
        set.low[nibble] |= bit;
        set.high[nibble] |= bit;
        nibble += 1;
    }
    set
}

/// Adds buckets of literals, `first` being the number of the first.
const fn add(mut sets: [Set; 4], buckets: &[&[&[u8]]], first: usize, any_case: bool) -> [Set; 4] {
    assert!(first + buckets.len() <= 8, "a byte has eight bits");
    let mut b = 0;
    while b < buckets.len() {
        let bit = 1 << (first + b);
        let mut l = 0;
        while l < buckets[b].len() {
            let literal = buckets[b][l];
            let mut i = 0;
            while i < 4 {
                if i >= literal.len() {
                    sets[i] = anything(sets[i], bit);
                } else if any_case {
                    sets[i].add(literal[i].to_ascii_lowercase(), bit);
                    sets[i].add(literal[i].to_ascii_uppercase(), bit);
                } else {
                    sets[i].add(literal[i], bit);
                }
                i += 1;
            }
            l += 1;
        }
        b += 1;
    }
    sets
}
