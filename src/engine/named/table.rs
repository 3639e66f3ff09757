//! Which rules a word of a name, an exact name or a host speaks for: one hash table for all rules.

use crate::rules::{Need, Rule};

use crate::engine::words::{for_each_begun, hash, is_joint, is_word_byte};

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
    beginnings: Beginnings,
    entries: Vec<Entry>,
    /// The places of the entries, and one more, by hash; 0: none.
    slots: Vec<u32>,
}

impl Table {
    /// From these of the rules.
    pub(super) fn new(rules: &[Rule], mine: &[u32]) -> Table {
        let mut entries = Vec::with_capacity(mine.len() * 4);
        let mut beginnings = Beginnings::default();
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
                    beginnings.add(text.as_bytes());
                    entries.push(Entry { hash: hash(text.as_bytes()), rule: index, by, in_name });
                }
            }
        }
        let size = (entries.len() * 2).next_power_of_two().max(16);
        let (mut bloom, mut slots) = (Box::new([0; 1024]), vec![0; size]);
        for (at, entry) in entries.iter().enumerate() {
            bloom[(entry.hash >> 54) as usize] |= 1 << (entry.hash >> 48 & 63);
            let mut slot = entry.hash as usize & (size - 1);
            while slots[slot] != 0 {
                slot = (slot + 1) & (size - 1);
            }
            slots[slot] = at as u32 + 1;
        }
        Table { bloom, beginnings, entries, slots }
    }

    /// Calls `f` for every entry with this hash.
    #[inline]
    pub(super) fn get(&self, hash: u64, f: &mut impl FnMut(Entry)) {
        if self.bloom[(hash >> 54) as usize] >> (hash >> 48 & 63) & 1 == 0 {
            return;
        }
        let mut slot = hash as usize & (self.slots.len() - 1);
        while let Some(entry) = self.entries.get((self.slots[slot] as usize).wrapping_sub(1)) {
            if entry.hash == hash {
                f(*entry);
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    /// Calls `f` for every entry that a text speaks for, with the place in the text.
    pub(super) fn lookup(&self, text: &[u8], f: &mut dyn FnMut(Entry, usize)) {
        for_each_begun(text, |rest| self.beginnings.longest(rest), &mut |hash, span| {
            self.get(hash, &mut |entry| f(entry, span.start));
        });
    }
}

/// By their first letters, how long what is looked for is: most words are not even hashed, and few are joined to others.
#[derive(Debug)]
struct Beginnings {
    /// The number of letters of the longest that begins with four letters; some fours share a slot.
    longest: Box<[u8; 1 << FOUR_BITS]>,
    /// A bit for each three letters that something of at most three begins with.
    short: Box<[u64; 512]>,
}

/// Slots for four letters, as a power of two: some thousand are taken.
const FOUR_BITS: u32 = 14;

/// So many letters and more are all that a slot says.
const VERY_LONG: u8 = u8::MAX;

impl Default for Beginnings {
    fn default() -> Beginnings {
        Beginnings { longest: Box::new([0; 1 << FOUR_BITS]), short: Box::new([0; 512]) }
    }
}

impl Beginnings {
    fn add(&mut self, text: &[u8]) {
        let (mut four, mut count) = ([0; 4], 0);
        for &byte in text.iter().filter(|b| is_word_byte(**b)) {
            if let Some(letter) = four.get_mut(count) {
                *letter = byte;
            }
            count += 1;
        }
        if count >= 4 {
            let slot = &mut self.longest[slot(four)];
            *slot = (*slot).max(u8::try_from(count).unwrap_or(VERY_LONG));
            return;
        }
        // Whatever follows where there are fewer than three.
        let free = 5 * 3_usize.saturating_sub(count);
        let first = four[..count].iter().fold(0, |all, byte| all << 5 | usize::from(byte & 31)) << free;
        for three in first..first + (1 << free) {
            self.short[three / 64] |= 1 << (three % 64);
        }
    }

    /// The letters of the longest that may begin a text which begins with a word; 0: none.
    #[inline]
    fn longest(&self, text: &[u8]) -> usize {
        match text.first_chunk::<4>() {
            Some(four) if four.iter().all(|b| is_word_byte(*b)) => self.of(*four),
            _ => self.joined(text),
        }
    }

    #[inline]
    fn of(&self, four: [u8; 4]) -> usize {
        let [a, b, c, _] = four.map(|byte| usize::from(byte & 31));
        let three = a << 10 | b << 5 | c;
        let short = (self.short[three / 64] >> (three % 64) & 1) as usize * 3;
        match self.longest[slot(four)] {
            VERY_LONG => usize::MAX,
            long => usize::from(long).max(short),
        }
    }

    /// The same for a short word and what may be joined to it.
    fn joined(&self, text: &[u8]) -> usize {
        let mut letters = [0; 4];
        let mut count = 0;
        for &byte in text.iter().take_while(|b| is_word_byte(**b) || is_joint(**b)).take(LOOKED_AT) {
            if is_word_byte(byte) {
                letters[count] = byte;
                count += 1;
                if count == 4 {
                    return self.of(letters);
                }
            }
        }
        3
    }
}

/// So far the letters of short words are looked for that are joined, in bytes.
const LOOKED_AT: usize = 12;

/// The slot of four letters, without regard to case.
#[inline]
fn slot(four: [u8; 4]) -> usize {
    let folded = u32::from_le_bytes(four) & 0x1F1F_1F1F;
    (folded.wrapping_mul(0x9E37_79B1) >> (32 - FOUR_BITS)) as usize
}
