//! Two tables that answer "does any rule begin so?" from a few bytes: a set of bits, which is handed to what asks it at every
//! long run, and lists by the two most telling bytes, asked when the bit is set, which know the next six bytes exactly.

use crate::lanes::{Gate, slot};
use crate::rules::Charset;

/// Number of lists.
const LISTS: usize = 1024;

/// Which bytes decide whether anything is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// The first four, by their hash: there are two to this power of bits, many more than ways to begin, or the bits say
    /// nothing.
    Four(u32),
    /// The first three, by their hash, in a small table that stays in a near cache; then four as above: powers of two.
    Three(u32, u32),
    /// The first two, exactly.
    Two,
}

/// Entries by the first bytes of something.
#[derive(Debug)]
pub(super) struct Hashes {
    by: By,
    /// Until they are taken.
    bits: Box<[u64]>,
    /// By the hash of four bytes, asked where the first three may begin something; until they are taken.
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
    /// The first four bytes, where they are certain, and which of their bits are: the first two always are.
    four: u32,
    known: u32,
    /// Index of the sets of its further bytes.
    rest: u32,
    index: u32,
}

impl Entry {
    /// With its two first bytes and the sets of the next two.
    fn new([a, b]: [u8; 2], next: [&Charset; 2], rest: u32, index: u32) -> Entry {
        let [c, d] = next.map(|set| if set.len() == 1 { members(set).next() } else { None });
        let four = u32::from_le_bytes([a, b, c.unwrap_or(0), d.unwrap_or(0)]);
        let known = u32::from_le_bytes([255, 255, c.map_or(0, |_| 255), d.map_or(0, |_| 255)]);
        Entry { four, known, rest, index }
    }

    fn list(&self) -> usize {
        list(self.four as u16)
    }
}

impl Hashes {
    /// From the sets of bytes that each entry may begin with; the first two decide the list.
    pub(super) fn new<'s>(keys: impl Iterator<Item = (&'s [Charset; 8], u32)>, by: By) -> Hashes {
        let (small, size) = match by {
            By::Three(small, size) => (small, size),
            By::Four(size) => (0, size),
            By::Two => (0, 16),
        };
        let mut bits = vec![0u64; 1 << (size - 6)].into_boxed_slice();
        let mut threes = if small > 0 { vec![0u64; 1 << (small - 6)] } else { Vec::new() };
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
                    .flat_map(|c| members(d).map(move |d| product([0, 0, c, d])))
                    .take_while(|_| wanted),
            );
            for (a, b) in members(a).flat_map(|a| members(b).map(move |b| (a, b))) {
                pairs.push(Entry::new([a, b], [c, d], rest, entry));
                if by == By::Two {
                    let pair = usize::from(u16::from_le_bytes([a, b]));
                    bits[pair >> 6] |= 1 << (pair & 63);
                    continue;
                }
                let begin = product([a, b, 0, 0]);
                for &end in &ends {
                    let hash = (begin.wrapping_add(end) >> (32 - size)) as usize;
                    bits[hash >> 6] |= 1 << (hash & 63);
                }
                let asked = !threes.is_empty();
                for c in members(c).take_while(|_| asked) {
                    let hash = hash(u32::from_le_bytes([a, b, c, 0]), small);
                    threes[hash >> 6] |= 1 << (hash & 63);
                }
            }
        }
        let mut heads = vec![0u32; LISTS + 1].into_boxed_slice();
        for entry in &pairs {
            heads[entry.list() + 1] += 1;
        }
        for i in 0..LISTS {
            heads[i + 1] += heads[i];
        }
        let mut entries = vec![Entry::default(); pairs.len()].into_boxed_slice();
        let mut next = heads.clone();
        for entry in pairs {
            let place = &mut next[entry.list()];
            entries[*place as usize] = entry;
            *place += 1;
        }
        let (bits, more) = if threes.is_empty() { (bits, Box::default()) } else { (threes.into(), bits) };
        Hashes { by, bits, more, heads, entries, sets }
    }

    /// Takes the bits of these, by three and by four bytes, and of others by two, for what asks all of them at once.
    pub(super) fn gate(&mut self, leads: &mut Hashes) -> Gate {
        assert!(matches!((self.by, leads.by), (By::Three(..), By::Two)), "three, four and two bytes");
        Gate::new(self.take_bits(), std::mem::take(&mut self.more), leads.take_bits())
    }

    /// Takes the bits that are asked first, by the hash of the bytes that decide or by the bytes themselves.
    pub(super) fn take_bits(&mut self) -> Box<[u64]> {
        std::mem::take(&mut self.bits)
    }

    /// The entries that begin with these bytes, of which the first four decide where they are looked for.
    pub(super) fn entries<'h>(&'h self, four: [u8; 4], more: &'h [u8]) -> impl Iterator<Item = u32> + 'h {
        let [a, b, c, d] = four;
        let list = list(u16::from_le_bytes([a, b]));
        let four = u32::from_le_bytes(four);
        let fits = move |e: &&Entry| {
            let sets = |e: &Entry| &self.sets[e.rest as usize];
            four & e.known == e.four
                && sets(e).iter().zip([c, d].iter().chain(more)).all(|(set, &byte)| set.has(byte))
        };
        let list = &self.entries[self.heads[list] as usize..self.heads[list + 1] as usize];
        list.iter().filter(fits).map(|e| e.index)
    }
}

#[inline]
fn product(four: [u8; 4]) -> u32 {
    u32::from_le_bytes(four).wrapping_mul(0x9E37_79B1)
}

#[inline]
fn hash(four: u32, size: u32) -> usize {
    slot(four, size)
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
