//! From pieces of text to places where a template should be tried: all anchors of all rules at once.

use std::collections::BTreeMap;

use crate::lanes::{self, Gate, Spots, slot};
use crate::rules::Charset;

use super::anchor::{Anchor, Hook};
use super::boundary::{self, behind_escape};
use super::candidate::Candidate;
use super::carry::Record;
use super::hashes::{By, Hashes};
use super::masks::Piece;
use super::named::Chances;
use super::shape::{Ends, Shapes};
use super::texts::Texts;
use super::view::View;

/// So many beginnings are told apart by tables that stay in the nearest caches; more need larger ones.
const FEW_HEADS: usize = 4000;

/// A template and how far before its anchor it may begin.
#[derive(Debug, Clone, Copy)]
struct Entry {
    rule: u32,
    template: u32,
    back: (u16, u16),
}

/// All anchors, by kind.
#[derive(Debug)]
pub(super) struct Dispatch {
    entries: Vec<Entry>,
    heads: Hashes,
    leads: Hashes,
    /// Where one of these may stand.
    gate: Gate,
    /// Entries that hang on something at a distance behind a start.
    distant: Distant,
    /// Whether a far start may follow `_`.
    underscored: bool,
    /// How far behind a start those and the next may look, in bytes.
    farthest: usize,
    /// Entries that hang on a long run alone: the set of its first byte, and how many wide bytes it has at least.
    runs: Vec<(Charset, usize, u32)>,
    /// Their first bytes, and the fewest wide bytes that any of them has.
    run_firsts: (Charset, usize),
    /// Entries that hang on `://`.
    urls: Vec<Url>,
    /// Entries that hang on five dashes and what follows.
    dashes: Vec<(Box<[u8]>, u32)>,
    texts: Texts,
}

/// What stands at distances behind far starts, all in one small set of bits that stays in the nearest cache.
#[derive(Debug)]
struct Distant {
    /// The distances, those for the shortest keys first, and what tells the bits of one from those of another.
    salts: Vec<(u8, u8)>,
    /// What stands at each of them.
    hashes: Vec<Hashes>,
    /// How many of them are for keys of so many wide bytes or fewer.
    within: [u8; Distant::LONGEST + 1],
    bits: Box<[u64; 256]>,
}

impl Distant {
    /// Bits of [`Hashes`], as a power of two.
    const SIZE: u32 = 14;

    /// Longer keys, in bytes, are not told apart by their length.
    const LONGEST: usize = 127;

    /// From distances, the fewest wide bytes that any of their keys has (in this order), and what stands there.
    fn new(distances: Vec<(u8, usize, Hashes)>) -> Distant {
        const { assert!(1 << Distant::SIZE == 256 * 64, "as many bits as there are") };
        let mut distant = Distant {
            salts: Vec::new(),
            hashes: Vec::new(),
            within: [0; Distant::LONGEST + 1],
            bits: Box::new([0; 256]),
        };
        for (distance, least, mut hashes) in distances {
            // Odd, so that no two are the same.
            let salt = distance.wrapping_mul(0x9D);
            for (word, bits) in hashes.take_bits().iter().enumerate() {
                distant.bits[word ^ usize::from(salt)] |= bits;
            }
            for within in &mut distant.within[least.min(Distant::LONGEST)..] {
                *within += 1;
            }
            distant.salts.push((distance, salt));
            distant.hashes.push(hashes);
        }
        distant
    }

    /// The distances and salts of keys of so many wide bytes or fewer.
    #[inline]
    fn within(&self, length: usize) -> &[(u8, u8)] {
        &self.salts[..usize::from(self.within[length.min(Distant::LONGEST)])]
    }

    /// Whether these four bytes may stand at a distance with this salt; a few others pass as well.
    #[inline]
    fn has(&self, four: u32, salt: u8) -> bool {
        let bit = slot(four, Distant::SIZE);
        self.bits[bit >> 6 ^ usize::from(salt)] >> (bit & 63) & 1 == 1
    }
}

/// An entry that hangs on `://`.
#[derive(Debug)]
struct Url {
    literal: Box<[u8]>,
    /// Where in the literal `://` stands.
    within: usize,
    /// Up to four bytes of the literal behind that, and which of their bits are known.
    host: (u32, u32),
    entry: u32,
}

impl Url {
    fn new(text: Vec<u8>, within: usize, entry: u32) -> Url {
        let behind = text.get(within + 3..).unwrap_or_default();
        let (mut bytes, mut known) = ([0; 4], [0; 4]);
        for (i, &byte) in behind.iter().take(4).enumerate() {
            (bytes[i], known[i]) = (byte, 0xFF);
        }
        let host = (u32::from_le_bytes(bytes), u32::from_le_bytes(known));
        Url { literal: text.into(), within, host, entry }
    }

    /// Whether its literal stands around the `://` at `at`, `host` being the bytes behind that.
    #[inline]
    fn stands(&self, bytes: &[u8], at: usize, host: u32) -> bool {
        let (wanted, known) = self.host;
        host & known == wanted
            && at.checked_sub(self.within).is_some_and(|start| bytes[start..].starts_with(&self.literal))
    }
}

/// What the stage needs beside the text.
pub(super) struct Sink<'s> {
    pub(super) shapes: &'s Shapes<'s>,
    pub(super) ends: &'s mut Ends,
    pub(super) out: &'s mut Vec<Candidate>,
    pub(super) record: &'s mut Record,
    pub(super) chances: &'s mut Chances,
}

impl Sink<'_> {
    /// A stage stands at this byte: what it finds from now on follows from what is near it.
    #[inline]
    pub(super) fn stand(&mut self, anchor: usize) {
        self.record.reads_until(self.ends.seen());
        self.record.stand(anchor);
    }

    /// Adds a candidate.
    pub(super) fn push(&mut self, candidate: Candidate) {
        self.record.found(candidate);
        self.out.push(candidate);
    }
}

impl Dispatch {
    /// The length of the longest literal that is looked for.
    pub(super) fn longest(&self) -> usize {
        let urls = self.urls.iter().map(|url| url.literal.len());
        let dashes = self.dashes.iter().map(|(text, _)| text.len());
        urls.chain(dashes).max().unwrap_or(0).max(self.texts.longest())
    }

    /// From the hooks of templates: rule, template, hook.
    /// `underscored`: whether keys without a literal at their beginning may follow `_`.
    pub(super) fn new(hooks: Vec<(u32, u32, Hook)>, underscored: bool) -> Dispatch {
        let mut entries = Vec::with_capacity(hooks.len());
        let (mut heads, mut leads) = (Vec::new(), Vec::new());
        let (mut runs, mut urls, mut literals) = (Vec::new(), Vec::new(), Vec::new());
        let (mut dashes, mut distant) = (Vec::new(), BTreeMap::<u8, Vec<_>>::new());
        for (rule, template, hook) in hooks {
            let entry = entries.len() as u32;
            entries.push(Entry { rule, template, back: (hook.back.0 as u16, hook.back.1 as u16) });
            match hook.anchor {
                Anchor::Head(sets) => heads.push((sets, entry)),
                // Nearest byte first, so that the list goes by the two bytes that are always known.
                Anchor::Lead([far, mid, near]) => {
                    let none = Charset::NONE;
                    leads.push(([near, mid, far, none.with(0), none, none, none, none], entry));
                }
                Anchor::At(distance, least, sets) => {
                    distant.entry(distance).or_default().push((least, sets, entry));
                }
                Anchor::Dashes(text) => dashes.push((text.into(), entry)),
                Anchor::Run(first, least) => runs.push((first, least, entry)),
                Anchor::Url(text, at) => urls.push(Url::new(text, at, entry)),
                Anchor::Text(text, no_case) => literals.push((text.into(), no_case, entry)),
            }
        }
        let looked_at = distant.keys().map(|distance| usize::from(*distance) + 9);
        let farthest = looked_at.chain(runs.iter().map(|(_, least, _)| *least + 2)).max().unwrap_or(0);
        let mut distances: Vec<_> = distant
            .into_iter()
            .map(|(distance, keys)| {
                let least = keys.iter().map(|k| k.0).min().unwrap_or(0);
                (distance, least, Hashes::new(keys.iter().map(|(_, s, e)| (s, *e)), By::Four(Distant::SIZE)))
            })
            .collect();
        distances.sort_by_key(|(_, least, _)| *least);
        let by = if heads.len() <= FEW_HEADS { By::Three(16, 19) } else { By::Three(18, 22) };
        let run_firsts =
            runs.iter().fold((Charset::NONE, usize::MAX), |(all, shortest), (first, least, _)| {
                (all.union(*first), shortest.min(*least))
            });
        let mut heads = Hashes::new(heads.iter().map(|(s, e)| (s, *e)), by);
        let mut leads = Hashes::new(leads.iter().map(|(s, e)| (s, *e)), By::Two);
        Dispatch {
            entries,
            run_firsts,
            farthest,
            gate: heads.gate(&mut leads),
            heads,
            leads,
            distant: Distant::new(distances),
            underscored,
            runs,
            urls,
            dashes,
            texts: Texts::new(literals),
        }
    }

    /// Tries every template whose anchor stands in the piece.
    pub(super) fn scan(&self, view: View<'_>, piece: &Piece<'_>, spots: &mut Spots, sink: &mut Sink<'_>) {
        let reach = piece.reach;
        lanes::spots(&reach.starts, piece.blocks(), spots);
        lanes::sift(&self.gate, view.bytes, piece.at, spots);
        for start in spots.iter().map(|place| piece.at + place) {
            sink.stand(start);
            self.at_start(view.bytes, start, sink);
        }
        piece.each(&reach.escaped, |start| {
            if let Some(behind) = behind_escape(view.bytes, start)
                && !piece.has(&reach.starts, behind)
            {
                sink.stand(start);
                self.at_start(view.bytes, behind, sink);
                self.behind(view.bytes, (behind, usize::MAX), sink);
            }
        });
        // Most far starts are words inside long names.
        let far = if self.underscored { &reach.far } else { &reach.apart };
        // What is looked at far behind a start must be known, whether something stands there or not.
        let wanted = sink.record.is_wanted();
        piece.each(far, |start| {
            let length = piece.wide_from(start);
            if wanted || self.may_hang(view.bytes, (start, length)) {
                sink.stand(start);
                self.behind(view.bytes, (start, length), sink);
            }
        });
        piece.each(&reach.dashes, |at| {
            sink.stand(at);
            for (text, entry) in &self.dashes {
                if view.bytes[at - 5..].starts_with(text) {
                    self.try_entry(view.bytes, at, *entry, sink);
                }
            }
        });
        if !self.urls.is_empty() {
            self.urls_in(view.bytes, piece, sink);
        }
        self.texts_in(view.bytes, piece, sink);
    }

    /// Whether something may hang on a place behind a far start with so many wide bytes, or on its length.
    #[inline]
    fn may_hang(&self, bytes: &[u8], (start, length): (usize, usize)) -> bool {
        let (firsts, shortest) = &self.run_firsts;
        let mut may = length >= *shortest && firsts.has(bytes[start]);
        for &(distance, salt) in self.distant.within(length) {
            let at = start + usize::from(distance);
            let four = bytes.get(at..).and_then(|b| b.first_chunk::<4>());
            may |= four.is_some_and(|four| self.distant.has(u32::from_le_bytes(*four), salt));
        }
        may
    }

    /// A long run, or a part of one, begins at `start`.
    fn at_start(&self, bytes: &[u8], start: usize, sink: &mut Sink<'_>) {
        let Some(head) = bytes.get(start..).and_then(|b| b.first_chunk::<4>()) else { return };
        let four = u32::from_le_bytes(*head);
        if self.gate.begins(four) {
            for entry in self.heads.entries(*head, &bytes[start + 4..]) {
                self.try_entry(bytes, start, entry, sink);
            }
        }
        let lead = match &bytes[..start] {
            [.., far, mid, near] => [*near, *mid, *far, 0],
            [mid, near] => [*near, *mid, b' ', 0],
            _ => return,
        };
        if self.gate.follows([lead[0], lead[1]]) {
            for entry in self.leads.entries(lead, &[]) {
                self.try_entry(bytes, start, entry, sink);
            }
        }
    }

    /// A run of at least 32 wide bytes begins at `start`, as far as known `length` bytes long: looks for what hangs
    /// on a place behind it, or on its length.
    fn behind(&self, bytes: &[u8], (start, length): (usize, usize), sink: &mut Sink<'_>) {
        sink.record.reads_until(start + self.farthest);
        for (first, least, entry) in &self.runs {
            if *least <= length && first.has(bytes[start]) {
                self.try_entry(bytes, start, *entry, sink);
            }
        }
        for (&(distance, salt), hashes) in self.distant.within(length).iter().zip(&self.distant.hashes) {
            let at = start + usize::from(distance);
            let Some(four) = bytes.get(at..).and_then(|b| b.first_chunk::<4>()) else { break };
            if self.distant.has(u32::from_le_bytes(*four), salt) {
                for entry in hashes.entries(*four, &bytes[at + 4..]) {
                    self.try_entry(bytes, start, entry, sink);
                }
            }
        }
    }

    fn urls_in(&self, bytes: &[u8], piece: &Piece<'_>, sink: &mut Sink<'_>) {
        piece.each(&piece.reach.addresses, |at| {
            if bytes[at] == b':' && at < piece.end {
                sink.stand(at);
                // Behind the end stands nothing that a literal has.
                let host = bytes[at + 3..].first_chunk::<4>().map_or(0, |four| u32::from_le_bytes(*four));
                for url in &self.urls {
                    if url.stands(bytes, at, host) {
                        self.try_entry(bytes, at, url.entry, sink);
                    }
                }
            }
        });
    }

    fn texts_in(&self, bytes: &[u8], piece: &Piece<'_>, sink: &mut Sink<'_>) {
        self.texts.each(bytes, piece.at..piece.end, &mut |at, entry| {
            sink.stand(at);
            self.try_entry(bytes, at, entry, sink);
        });
    }

    /// Tries a template at all places where it could begin so that its anchor is at `at`.
    fn try_entry(&self, bytes: &[u8], at: usize, entry: u32, sink: &mut Sink<'_>) {
        let Entry { rule, template, back } = self.entries[entry as usize];
        sink.record.reads_from(at.saturating_sub(usize::from(back.1) + boundary::FRONT));
        for back in usize::from(back.0)..=usize::from(back.1) {
            let Some(start) = at.checked_sub(back) else { return };
            if let Some(candidate) = sink.shapes.match_one((rule, template), bytes, start, sink.ends) {
                sink.push(candidate);
            }
        }
    }
}
