//! Which rules a word of a name, an exact name or a host speaks for: one hash table for all rules.

use crate::rules::{Need, Rule};

use crate::engine::words::{for_each_begun, hash, is_word_byte};

/// What a rule is spoken for by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum By {
    /// One of its words.
    Word,
    /// One of its hosts.
    Host,
    /// A name that means exactly this key.
    Name,
}

/// A rule and what speaks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    hash: u64,
    /// Index of the rule.
    pub(super) rule: u32,
    /// What speaks for it.
    pub(super) by: By,
    /// Whether it must be in the name or a host.
    pub(super) in_name: bool,
}

/// Words, names and hosts of rules, by hash.
#[derive(Debug)]
pub(super) struct Table {
    /// A bit for each hash that may be in the table: nearly all words of a text end here.
    bloom: Box<[u64; 1024]>,
    /// A bit for each three bytes that something in the table begins with: most words are not even joined to others.
    beginnings: Box<[u64; 512]>,
    slots: Vec<Option<Entry>>,
}

impl Table {
    /// From these of the rules.
    pub(super) fn new(rules: &[Rule], mine: &[u32]) -> Table {
        let mut entries = Vec::with_capacity(mine.len() * 4);
        let mut beginnings = Box::new([0; 512]);
        for &index in mine {
            let Some(rule) = rules.get(index as usize) else { continue };
            let in_name = rule.context.need == Need::Name;
            let lists = [
                (&rule.context.words, By::Word),
                (&rule.context.hosts, By::Host),
                (&rule.context.names, By::Name),
            ];
            for (list, by) in lists {
                for text in list.iter() {
                    let text = text.strip_prefix("*.").unwrap_or(text);
                    let hash = hash(text.as_bytes());
                    let mut letters = text.bytes().filter(|b| is_word_byte(*b));
                    if let (Some(a), Some(b), Some(c)) = (letters.next(), letters.next(), letters.next()) {
                        let (word, bit) = beginning(a, b, c);
                        beginnings[word] |= 1 << bit;
                    }
                    entries.push(Entry { hash, rule: index, by, in_name });
                }
            }
        }
        let size = (entries.len() * 2).next_power_of_two().max(16);
        let mut table = Table { bloom: Box::new([0; 1024]), beginnings, slots: vec![None; size] };
        for entry in entries {
            table.bloom[(entry.hash >> 54) as usize] |= 1 << (entry.hash >> 48 & 63);
            let mut slot = entry.hash as usize & (size - 1);
            while table.slots[slot].is_some() {
                slot = (slot + 1) & (size - 1);
            }
            table.slots[slot] = Some(entry);
        }
        table
    }

    /// Calls `f` for every entry with this hash.
    #[inline]
    pub(super) fn get(&self, hash: u64, f: &mut impl FnMut(Entry)) {
        if self.bloom[(hash >> 54) as usize] >> (hash >> 48 & 63) & 1 == 0 {
            return;
        }
        let mut slot = hash as usize & (self.slots.len() - 1);
        while let Some(entry) = self.slots[slot] {
            if entry.hash == hash {
                f(entry);
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    /// Calls `f` for every entry that a text speaks for, with the place in the text.
    pub(super) fn lookup(&self, text: &[u8], f: &mut dyn FnMut(Entry, usize)) {
        let may_begin = |word: &[u8]| {
            // A shorter one may go on behind what joins it.
            let [a, b, c, ..] = *word else { return true };
            let (word, bit) = beginning(a, b, c);
            self.beginnings[word] >> bit & 1 == 1
        };
        for_each_begun(text, may_begin, &mut |hash, span| self.get(hash, &mut |entry| f(entry, span.start)));
    }
}

/// The bit of three first bytes, without regard to case; a few others share it.
#[inline]
fn beginning(a: u8, b: u8, c: u8) -> (usize, u32) {
    let all = [a, b, c].iter().fold(0, |all, byte| all << 5 | usize::from(byte & 31));
    (all >> 6, (all & 63) as u32)
}
