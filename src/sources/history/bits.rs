//! A set of object numbers.

/// One bit a number.
#[derive(Debug, Clone, Default)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// An empty set that can hold numbers below `len`.
    pub(super) fn new(len: usize) -> Bits {
        Bits(vec![0; len.div_ceil(64)])
    }

    /// Adds a number; whether it was new. Numbers beyond the length are not kept.
    pub(super) fn insert(&mut self, number: u32) -> bool {
        let Some(word) = self.0.get_mut(number as usize / 64) else { return false };
        let bit = 1 << (number % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// Adds a number to a set that gets its room, `len`, with the first.
    pub(super) fn insert_in(&mut self, number: u32, len: usize) {
        if self.0.is_empty() {
            *self = Bits::new(len);
        }
        self.insert(number);
    }

    /// Adds a number; the set grows as need be.
    pub(super) fn insert_growing(&mut self, number: u32) {
        let words = number as usize / 64 + 1;
        if self.0.len() < words {
            self.0.resize(words, 0);
        }
        self.insert(number);
    }

    /// Adds all numbers of another set.
    pub(super) fn add(&mut self, other: &Bits) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(mine, more)| *mine |= more);
    }

    /// Takes all numbers of another set out.
    pub(super) fn take(&mut self, other: &Bits) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, gone)| *mine &= !gone);
    }

    /// All numbers, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        let words = self.0.iter().enumerate().filter(|(_, word)| **word != 0);
        words.flat_map(|(at, word)| {
            (0..64).filter(move |bit| word & (1 << bit) != 0).map(move |bit| at as u32 * 64 + bit)
        })
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// How many numbers there are.
    pub(super) fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// Whether a number is in the set.
    pub(super) fn contains(&self, number: u32) -> bool {
        self.0.get(number as usize / 64).is_some_and(|word| word & (1 << (number % 64)) != 0)
    }
}
