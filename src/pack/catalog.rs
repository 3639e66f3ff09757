//! All objects of a store, each once, numbered in the order of their ids.
//!
//! Numbers are what the traversal and the attribution work with: four bytes instead of twenty, and an index into any
//! table.

use crate::model::{HashKind, ObjectId};

/// Set on an entry's number when another copy of the object is the one to be visited.
pub(super) const COPY: u32 = 1 << 31;

/// As many objects as numbers allow.
const MOST: usize = COPY as usize - 1;

/// The ids of a store, sorted and unique.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    hash: HashKind,
    ids: Vec<u8>,
    /// `fan[b]..fan[b + 1]` are the numbers of the ids whose first bits are `b`.
    fan: Vec<u32>,
    bits: u32,
}

/// One place where an object lies: the list it is from, and its position there. Ordered by id through `key`.
struct Place {
    key: u64,
    list: u32,
    position: u32,
}

impl Catalog {
    /// Numbers the objects of several lists of raw ids. Returns the catalog and, for each list, each position's number
    /// (with [`COPY`] unless it is the object's first place). `None` if there are more objects than numbers.
    pub(super) fn new(hash: HashKind, lists: Vec<(Vec<u8>, bool)>) -> Option<(Catalog, Vec<Vec<u32>>)> {
        let len = hash.len();
        let total: usize = lists.iter().map(|(ids, _)| ids.len() / len).sum();
        if total > MOST {
            return None;
        }
        let mut filled = lists.iter().enumerate().filter(|(_, (ids, _))| !ids.is_empty());
        let (ids, numbers) = match (filled.next(), filled.next()) {
            (Some((only, (_, true))), None) => {
                let mut numbers: Vec<Vec<u32>> = lists.iter().map(|_| Vec::new()).collect();
                numbers[only] = (0..total as u32).collect();
                let ids = lists.into_iter().nth(only).map(|(ids, _)| ids).unwrap_or_default();
                (ids, numbers)
            }
            _ => merge(len, &lists, total),
        };
        let mut catalog = Catalog { hash, ids, fan: Vec::new(), bits: 0 };
        catalog.index();
        Some((catalog, numbers))
    }

    fn index(&mut self) {
        let count = self.len();
        self.bits = count.max(256).ilog2().min(24);
        let mut fan = vec![0u32; (1 << self.bits) + 1];
        for id in self.ids.chunks_exact(self.hash.len()) {
            fan[bucket(id, self.bits) + 1] += 1;
        }
        let mut sum = 0;
        for slot in &mut fan {
            sum += *slot;
            *slot = sum;
        }
        self.fan = fan;
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.ids.len() / self.hash.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// How objects are named here.
    pub fn hash(&self) -> HashKind {
        self.hash
    }

    /// The raw id of an object. Numbers come from this catalog.
    pub fn raw_id(&self, number: u32) -> &[u8] {
        let (at, len) = (number as usize, self.hash.len());
        &self.ids[at * len..(at + 1) * len]
    }

    /// The id of an object.
    pub fn id(&self, number: u32) -> ObjectId {
        ObjectId::from_bytes(self.raw_id(number)).expect("the catalog holds ids of the right length")
    }

    /// The number of an object; `None` if the store does not have it.
    #[inline]
    pub fn number(&self, id: &[u8]) -> Option<u32> {
        if id.len() != self.hash.len() {
            return None;
        }
        let slot = bucket(id, self.bits);
        let (mut low, mut high) = (self.fan[slot], self.fan[slot + 1]);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.raw_id(middle).cmp(id) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }
}

#[inline]
fn bucket(id: &[u8], bits: u32) -> usize {
    let first = u32::from_be_bytes([id[0], id[1], id[2], id[3]]);
    (first >> (32 - bits)) as usize
}

fn merge(len: usize, lists: &[(Vec<u8>, bool)], total: usize) -> (Vec<u8>, Vec<Vec<u32>>) {
    let mut places = Vec::with_capacity(total);
    let mut numbers = Vec::with_capacity(lists.len());
    for (list, (ids, _)) in lists.iter().enumerate() {
        for (position, id) in ids.chunks_exact(len).enumerate() {
            let key = u64::from_be_bytes([id[0], id[1], id[2], id[3], id[4], id[5], id[6], id[7]]);
            places.push(Place { key, list: list as u32, position: position as u32 });
        }
        numbers.push(vec![0; ids.len() / len]);
    }
    let id_of = |p: &Place| &lists[p.list as usize].0[p.position as usize * len..][..len];
    places.sort_unstable_by(|a, b| {
        a.key
            .cmp(&b.key)
            .then_with(|| id_of(a).cmp(id_of(b)))
            .then_with(|| (a.list, a.position).cmp(&(b.list, b.position)))
    });
    let mut ids: Vec<u8> = Vec::with_capacity(total * len);
    for place in &places {
        let id = id_of(place);
        let copy = ids.len() >= len && &ids[ids.len() - len..] == id;
        if !copy {
            ids.extend_from_slice(id);
        }
        let number = (ids.len() / len - 1) as u32;
        numbers[place.list as usize][place.position as usize] = if copy { number | COPY } else { number };
    }
    (ids, numbers)
}

#[cfg(test)]
mod tests {
    use super::{COPY, Catalog};
    use crate::model::HashKind;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn numbers_are_ranks(lists in proptest::collection::vec(proptest::collection::vec(0u16..600, 0..80), 0..5)) {
            let id = |n: u16| { let mut id = vec![0; 20]; id[1..3].copy_from_slice(&n.to_be_bytes()); id };
            let sorted: BTreeSet<u16> = lists.iter().flatten().copied().collect();
            let raw = lists.iter().map(|l| (l.iter().flat_map(|n| id(*n)).collect(), false)).collect();
            let (catalog, numbers) = Catalog::new(HashKind::Sha1, raw).unwrap();
            prop_assert_eq!(catalog.len(), sorted.len());
            let mut first = BTreeSet::new();
            for (list, numbers) in lists.iter().zip(&numbers) {
                for (n, number) in list.iter().zip(numbers) {
                    let rank = sorted.range(..n).count() as u32;
                    prop_assert_eq!(number & !COPY, rank);
                    prop_assert_eq!(number & COPY == 0, first.insert(*n));
                    prop_assert_eq!(catalog.number(&id(*n)), Some(rank));
                    prop_assert_eq!(catalog.raw_id(rank), &id(*n)[..]);
                }
            }
            for n in 600..700 {
                prop_assert_eq!(catalog.number(&id(n)), None);
            }
        }
    }
}
