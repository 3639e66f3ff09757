//! Two tables that answer "does any rule begin so?" from a few bytes: a set of bits, asked at every long run, and
//! lists by the two most telling bytes, asked when the bit is set, which know the next six bytes exactly.

use crate::rules::Charset;

/// Number of lists.
const LISTS: usize = 1024;

/// Which bytes decide whether anything is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// The first four, by their hash: there are two to this power of bits, many more than ways to begin, or the bits say
    /// nothing.
    Four(u32),
    /// The first two, exactly.
    Two,
}

/// Entries by the first bytes of something.
#[derive(Debug)]
pub(super) struct Hashes {
    by: By,
    bits: Box<[u64]>,
    /// The same by another hash of four bytes, asked where the first says yes.
    more: Box<[u64]>,
    /// Where the list of each pair of bytes begins in `entries`; one more at the end.
    heads: Box<[u32]>,
    entries: Box<[Entry]>,
    /// The sets that the third to the eighth byte are of.
    sets: Vec<[Charset; 6]>,
}

/// An entry with two first bytes.
#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    pair: u16,
    /// Index of the sets of its further bytes.
    rest: u32,
    index: u32,
}

impl Hashes {
    /// From the sets of bytes that each entry may begin with; the first two decide the list.
    pub(super) fn new<'s>(keys: impl Iterator<Item = (&'s [Charset; 8], u32)>, by: By) -> Hashes {
        let size = if let By::Four(size) = by { size } else { 16 };
        let mut bits = vec![0u64; 1 << (size - 6)].into_boxed_slice();
        let mut more = if by == By::Two { Box::default() } else { bits.clone() };
        let (mut pairs, mut ends) = (Vec::new(), Vec::new());
        let mut sets: Vec<[Charset; 6]> = Vec::new();
        for ([a, b, c, d, further @ ..], entry) in keys {
            let [e, f, g, h] = further;
            let own = [*c, *d, *e, *f, *g, *h];
            // Templates of a rule, and rules of a kind, stand together.
            let last = sets.len().saturating_sub(4);
            let known = sets[last..].iter().position(|s| *s == own);
            let rest = known.map_or(sets.len(), |i| last + i) as u32;
            if known.is_none() {
                sets.push(own);
            }
            // The product of a sum is the sum of products.
            ends.clear();
            let wanted = by != By::Two;
            ends.extend(
                members(c)
                    .flat_map(|c| members(d).map(move |d| products([0, 0, c, d])))
                    .take_while(|_| wanted),
            );
            for (a, b) in members(a).flat_map(|a| members(b).map(move |b| (a, b))) {
                pairs.push(Entry { pair: u16::from_le_bytes([a, b]), rest, index: entry });
                if by == By::Two {
                    let pair = usize::from(u16::from_le_bytes([a, b]));
                    bits[pair >> 6] |= 1 << (pair & 63);
                    continue;
                }
                let begin = products([a, b, 0, 0]);
                for &end in &ends {
                    let hash = (begin.0.wrapping_add(end.0) >> (32 - size)) as usize;
                    bits[hash >> 6] |= 1 << (hash & 63);
                    let hash = (begin.1.wrapping_add(end.1) >> (32 - size)) as usize;
                    more[hash >> 6] |= 1 << (hash & 63);
                }
            }
        }
        let mut heads = vec![0u32; LISTS + 1].into_boxed_slice();
        for entry in &pairs {
            heads[list(entry.pair) + 1] += 1;
        }
        for i in 0..LISTS {
            heads[i + 1] += heads[i];
        }
        let mut entries = vec![Entry::default(); pairs.len()].into_boxed_slice();
        let mut next = heads.clone();
        for entry in pairs {
            let place = &mut next[list(entry.pair)];
            entries[*place as usize] = entry;
            *place += 1;
        }
        Hashes { by, bits, more, heads, entries, sets }
    }

    /// Whether some entry may begin with these four bytes; a few others pass as well.
    #[inline]
    pub(super) fn may(&self, four: u32) -> bool {
        let bit = match self.by {
            By::Four(size) => hash(four, FACTORS.0, size),
            By::Two => (four & 0xFFFF) as usize,
        };
        self.bits[bit >> 6] >> (bit & 63) & 1 == 1
    }

    /// The same where that says yes: far fewer others pass.
    #[inline]
    pub(super) fn may_well(&self, four: u32) -> bool {
        let By::Four(size) = self.by else { return true };
        let bit = hash(four, FACTORS.1, size);
        self.more[bit >> 6] >> (bit & 63) & 1 == 1
    }

    /// The entries that begin with these bytes, of which the first four decide where they are looked for.
    pub(super) fn entries<'h>(&'h self, four: [u8; 4], more: &'h [u8]) -> impl Iterator<Item = u32> + 'h {
        let [a, b, c, d] = four;
        let pair = u16::from_le_bytes([a, b]);
        let list = list(pair);
        let fits = move |e: &&Entry| {
            let sets = &self.sets[e.rest as usize];
            e.pair == pair && sets.iter().zip([c, d].iter().chain(more)).all(|(set, &byte)| set.has(byte))
        };
        let list = &self.entries[self.heads[list] as usize..self.heads[list + 1] as usize];
        list.iter().filter(fits).map(|e| e.index)
    }
}

/// The factors of the two hashes: odd, with bits all over.
const FACTORS: (u32, u32) = (0x9E37_79B1, 0x85EB_CA6B);

fn products(four: [u8; 4]) -> (u32, u32) {
    let four = u32::from_le_bytes(four);
    (four.wrapping_mul(FACTORS.0), four.wrapping_mul(FACTORS.1))
}

#[inline]
fn hash(four: u32, factor: u32, size: u32) -> usize {
    (four.wrapping_mul(factor) >> (32 - size)) as usize
}

fn list(pair: u16) -> usize {
    (u32::from(pair).wrapping_mul(0x9E37_79B1) >> 22) as usize
}

/// The bytes of a set.
fn members(set: &Charset) -> impl Iterator<Item = u8> + use<> {
    let mut words = set.0;
    std::iter::from_fn(move || {
        let (i, word) = words.iter_mut().enumerate().find(|(_, w)| **w != 0)?;
        let bit = word.trailing_zeros();
        *word &= *word - 1;
        Some((i as u32 * 64 + bit) as u8)
    })
}
