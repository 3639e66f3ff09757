//! Names and patterns that can be asked for each path of a large tree in a few nanoseconds.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::config::wildcard;

/// What is known of some texts; nearly all others are told apart by a bit.
pub(super) struct Texts<T> {
    bits: [u64; 64],
    known: HashMap<String, T>,
}

impl<T> Default for Texts<T> {
    fn default() -> Texts<T> {
        Texts { bits: [0; 64], known: HashMap::new() }
    }
}

impl<T> Texts<T> {
    /// The place of a text.
    pub(super) fn entry(&mut self, text: String) -> Entry<'_, String, T> {
        let (word, bit) = Texts::<T>::bit(&text);
        self.bits[word] |= 1 << bit;
        self.known.entry(text)
    }

    /// What is known of a text.
    pub(super) fn get(&self, text: &str) -> Option<&T> {
        let (word, bit) = Texts::<T>::bit(text);
        if self.bits[word] >> bit & 1 == 0 { None } else { self.known.get(text) }
    }

    /// The bit of a text, by its length and a few of its bytes.
    fn bit(text: &str) -> (usize, u32) {
        let bytes = text.as_bytes();
        let at = |i: usize| bytes.get(i).map_or(0, |b| u32::from(*b));
        let [first, third, last] = [0, 2, bytes.len().wrapping_sub(1)].map(at);
        let mixed = (first | third << 8 | last << 16 | (bytes.len() as u32) << 24).wrapping_mul(0x9E37_79B1);
        ((mixed >> 26) as usize, mixed >> 20 & 63)
    }
}

/// Patterns with `*` in their order, and what is known of them.
pub(super) struct Patterns<T> {
    all: Vec<(String, T)>,
    /// Those that a name with this first byte may fit, by number, and those with this last byte.
    first: [u64; 256],
    last: [u64; 256],
}

impl<T> Default for Patterns<T> {
    fn default() -> Patterns<T> {
        Patterns { all: Vec::new(), first: [0; 256], last: [0; 256] }
    }
}

impl<T> Patterns<T> {
    /// So many groups of patterns are told apart; a pattern belongs to the group of its number modulo this.
    const GROUPS: usize = 64;

    /// Adds a pattern behind the others.
    pub(super) fn push(&mut self, pattern: String, known: T) {
        let group = 1 << (self.all.len() % Self::GROUPS);
        for (table, byte) in
            [(&mut self.first, pattern.as_bytes().first()), (&mut self.last, pattern.as_bytes().last())]
        {
            match byte.filter(|b| **b != b'*') {
                Some(byte) => table[usize::from(*byte)] |= group,
                None => table.iter_mut().for_each(|groups| *groups |= group),
            }
        }
        self.all.push((pattern, known));
    }

    /// What is known of the patterns that a name fits, in their order.
    pub(super) fn fitting(&self, name: &str) -> impl Iterator<Item = &T> {
        let of = |table: &[u64; 256], byte: Option<&u8>| byte.map_or(!0, |b| table[usize::from(*b)]);
        let groups = of(&self.first, name.as_bytes().first()) & of(&self.last, name.as_bytes().last());
        let mine = move |number: usize| groups >> (number % Self::GROUPS) & 1 == 1;
        let some = if groups == 0 { &[] } else { &self.all[..] };
        some.iter()
            .enumerate()
            .filter(move |(number, (pattern, _))| mine(*number) && wildcard(pattern, name))
            .map(|(_, (_, known))| known)
    }
}

#[cfg(test)]
mod tests {
    use super::{Patterns, Texts};

    #[test]
    fn texts_are_known_again() {
        let mut texts = Texts::default();
        let all = ["a", "ab", "abc", "id_rsa", ".env", "é"];
        for (i, text) in all.iter().enumerate() {
            texts.entry((*text).to_owned()).or_insert(i);
        }
        for (i, text) in all.iter().enumerate() {
            assert_eq!(texts.get(text), Some(&i), "{text}");
        }
        assert!(["", "b", "id_dsa", ".env2"].iter().all(|text| texts.get(text).is_none()));
    }

    #[test]
    fn patterns_are_found_in_their_order_however_many_there_are() {
        let mut patterns = Patterns::default();
        let all: Vec<String> = (0..200).map(|i| ["a*", "*z", "a*z", "*", "q*1"][i % 5].to_owned()).collect();
        all.iter().enumerate().for_each(|(i, pattern)| patterns.push(pattern.clone(), i));
        for name in ["", "a", "az", "z", "bz", "q1", "q21", "x"] {
            let found: Vec<usize> = patterns.fitting(name).copied().collect();
            let wanted: Vec<usize> =
                (0..all.len()).filter(|i| crate::config::wildcard(&all[*i], name)).collect();
            assert_eq!(found, wanted, "{name}");
        }
    }
}
