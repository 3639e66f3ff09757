//! What stands around a candidate: the name that it is given, the string that it is part of, words and hosts nearby.
//!
//! Found by structure that all languages share, never by a regex a provider; read once for all rules that match at
//! the same place.

mod back;
pub(super) mod name;
mod sibling;
mod whose;

use std::cell::OnceCell;

use crate::rules::Rule;

use super::named::BY_PLACE;
use super::named::value::{Value, around};
use super::view::View;
use super::words::{Meaning, for_each_hash, for_each_tail, hash, meaning};
use name::{How, Named};
pub(super) use whose::Whose;

/// Words nearby count up to this many bytes in front of and behind a value, and this many lines.
const WORD_REACH: (usize, usize) = (300, 120);
const WORD_LINES: (usize, usize) = (6, 3);

/// The same for hosts.
const HOST_REACH: (usize, usize) = (500, 250);
const HOST_LINES: (usize, usize) = (12, 6);

/// What stands around a candidate.
#[derive(Debug)]
pub(super) struct Surroundings<'b> {
    /// The text.
    pub(super) bytes: &'b [u8],
    /// Where the candidate stands in it.
    pub(super) span: (usize, usize),
    /// The string or bare word that holds the candidate.
    pub(super) value: Value,
    /// The name that it is given.
    pub(super) name: Option<Named>,
    /// What that name says.
    pub(super) meaning: Meaning,
    /// Hashes of the name's words.
    name_hashes: Vec<u64>,
    /// The words nearby, read when first asked for.
    nearby: OnceCell<Nearby>,
}

/// Hashes of the words nearby, and of those a little further away.
#[derive(Debug)]
struct Nearby {
    /// A bit for each hash of either: most questions end here.
    bits: [u64; 64],
    near: Vec<u64>,
    far: Vec<u64>,
}

impl Nearby {
    /// Reads what stands around `start..end`; the key itself is no context.
    fn of(bytes: &[u8], (start, end): (usize, usize)) -> Nearby {
        let mut found = Nearby { bits: [0; 64], near: Vec::new(), far: Vec::new() };
        for (from, to) in [
            reach_left(bytes, start, HOST_REACH.0, HOST_LINES.0),
            reach_right(bytes, end, HOST_REACH.1, HOST_LINES.1),
        ] {
            let near = if from == end {
                (from, reach_right(bytes, end, WORD_REACH.1, WORD_LINES.1).1)
            } else {
                (reach_left(bytes, start, WORD_REACH.0, WORD_LINES.0).0, to)
            };
            for_each_hash(&bytes[from..to], &mut |hash, at| {
                found.bits[(hash >> 6 & 63) as usize] |= 1 << (hash & 63);
                if from + at.start >= near.0 && from + at.end <= near.1 {
                    found.near.push(hash);
                } else {
                    found.far.push(hash);
                }
            });
        }
        found
    }

    /// Whether a word stands nearby; `far`: or a little further away.
    fn has(&self, hash: u64, far: bool) -> bool {
        self.bits[(hash >> 6 & 63) as usize] >> (hash & 63) & 1 == 1
            && (self.near.contains(&hash) || far && self.far.contains(&hash))
    }
}

impl<'b> Surroundings<'b> {
    /// Looks around the bytes `start..end`; `name` is where the name stands, if the caller knows.
    pub(super) fn of(
        view: View<'b>,
        start: usize,
        end: usize,
        name: Option<(usize, usize)>,
    ) -> Surroundings<'b> {
        let bytes = view.bytes;
        let value = around(bytes, start, end);
        let told = name::find(bytes, value.start.min(start)).or_else(|| name::find(bytes, start));
        let name = match name {
            Some(span) => told.filter(|n| n.span == span).or(Some(Named { span, how: How::Assigned })),
            None => told,
        };
        let mut found = Surroundings {
            bytes,
            span: (start, end),
            value,
            name,
            meaning: Meaning::default(),
            name_hashes: Vec::new(),
            nearby: OnceCell::new(),
        };
        let text = found.name_text();
        found.meaning = meaning(text);
        if found.meaning.kind.is_none() && found.name.is_none_or(|n| n.how == How::Prose) {
            // "Use `V` as your provider key."
            let behind = said_behind(bytes, value.end);
            if !behind.is_empty() {
                found.meaning = meaning(behind);
            }
        }
        let owner = found.name.map_or(&[][..], |n| owner(bytes, n.span));
        for part in [owner, text] {
            for_each_hash(part, &mut |hash, _| found.name_hashes.push(hash));
        }
        for_each_tail(text, &mut |hash| found.name_hashes.push(hash));
        found
    }

    /// The bytes of the name; empty if there is none.
    pub(super) fn name_text(&self) -> &'b [u8] {
        self.name.and_then(|n| self.bytes.get(n.span.0..n.span.1)).unwrap_or_default()
    }

    /// The name as text.
    pub(super) fn variable(&self) -> Option<String> {
        let text = self.name_text();
        (!text.is_empty()).then(|| String::from_utf8_lossy(text).into_owned())
    }

    /// How strongly the context speaks for a rule: 0 not, 1 a word nearby, 2 a word in the name or a host, 3 its name.
    pub(super) fn fit(&self, rule: &Rule) -> u8 {
        let context = &rule.context;
        let in_name =
            |text: &str| !self.name_hashes.is_empty() && self.name_hashes.contains(&hash(text.as_bytes()));
        if context.names.iter().any(|n| in_name(n)) {
            return 3;
        }
        let nearby = || self.nearby.get_or_init(|| Nearby::of(self.bytes, self.span));
        let hosted =
            |text: &str| nearby().has(hash(text.strip_prefix("*.").unwrap_or(text).as_bytes()), true);
        if context.words.iter().any(|w| in_name(w)) || context.hosts.iter().any(|h| hosted(h)) {
            return 2;
        }
        // These are told by their place alone.
        if BY_PLACE.contains(&&*rule.id) {
            return 0;
        }
        let is_near = |text: &str| nearby().has(hash(text.as_bytes()), false);
        u8::from(context.words.iter().any(|w| is_near(w)) || context.names.iter().any(|n| is_near(n)))
    }

    /// Whether a text stands within this many bytes in front of the candidate or behind it.
    pub(super) fn holds(&self, text: &[u8], reach: usize) -> bool {
        let (start, end) = self.span;
        let before = &self.bytes[start.saturating_sub(reach)..start];
        let behind = &self.bytes[end..self.bytes.len().min(end + reach)];
        [before, behind].into_iter().any(|side| memchr::memmem::find(side, text).is_some())
    }

    /// Whether the name itself holds one of the rule's words or names.
    pub(super) fn in_name(&self, rule: &Rule) -> bool {
        let context = &rule.context;
        context
            .words
            .iter()
            .chain(context.names.iter())
            .any(|w| self.name_hashes.contains(&hash(w.as_bytes())))
    }

    /// Whether the name means a secret and nothing about one.
    pub(super) fn names_secret(&self) -> bool {
        self.meaning.kind.is_some() && self.meaning.against.is_none()
    }

    /// Whether what stands for a name is the address or the path that the value ends.
    pub(super) fn ends_address(&self) -> bool {
        self.name_text().contains(&b'/')
    }

    /// Whether the value is given to a command as who signs in: `curl -u V:`.
    pub(super) fn is_login(&self) -> bool {
        [&b" -u"[..], b"--user"].iter().any(|option| self.name_text().ends_with(option))
    }

    /// Whether what stands for a name is a sentence.
    pub(super) fn is_prose(&self) -> bool {
        self.name.is_some_and(|n| matches!(n.how, How::Prose | How::Above))
    }

    /// Whether one of the rule's words stands on the line of the candidate or in the header of its section:
    /// `[shortcut]`, `shortcut:`, `"shortcut": {` on the few lines above.
    pub(super) fn in_line(&self, rule: &Rule) -> bool {
        let (from, start) = reach_left(self.bytes, self.span.0, WORD_REACH.0, 1);
        let (end, to) = reach_right(self.bytes, self.span.1, WORD_REACH.1, 1);
        let mut found = false;
        let words = &rule.context.words;
        let mut look = |text: &[u8]| {
            for_each_hash(text, &mut |h, _| found |= words.iter().any(|w| hash(w.as_bytes()) == h));
            found
        };
        if look(&self.bytes[from..start]) || look(&self.bytes[end..to]) {
            return true;
        }
        let (above, from) = reach_left(self.bytes, from.saturating_sub(1), WORD_REACH.0, WORD_LINES.0);
        let lines = self.bytes[above..from].rsplit(|b| *b == b'\n').map(<[u8]>::trim_ascii);
        let header = lines.take_while(|l| !l.is_empty()).find(|line| {
            matches!(line.last(), Some(b':' | b'{' | b'(')) || line.starts_with(b"[") && line.ends_with(b"]")
        });
        header.is_some_and(look)
    }

    /// The `n` bytes directly in front of the candidate, or fewer.
    pub(super) fn before(&self, n: usize) -> &'b [u8] {
        self.bytes.get(self.span.0.saturating_sub(n)..self.span.0).unwrap_or_default()
    }

    /// What stands in front of the candidate on its line, of the last `n` bytes.
    pub(super) fn line_before(&self, n: usize) -> &'b [u8] {
        self.before(n).rsplit(|b| *b == b'\n').next().unwrap_or_default()
    }

    /// The `n` bytes directly behind the candidate, or fewer.
    pub(super) fn after(&self, n: usize) -> &'b [u8] {
        self.bytes.get(self.span.1..self.bytes.len().min(self.span.1 + n)).unwrap_or_default()
    }
}

/// The word in front of a name that a colon glues to it: `provider:token`. Only of names that say what opens something.
fn owner(bytes: &[u8], (start, end): (usize, usize)) -> &[u8] {
    let before = &bytes[start.saturating_sub(48)..start];
    let Some(before) = before.strip_suffix(b":") else { return b"" };
    let name = bytes.get(start..end).unwrap_or_default();
    let opens = [&b"access"[..], b"private", b"api"].iter().any(|word| name.eq_ignore_ascii_case(word));
    let length =
        before.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_' || **b == b'-').count();
    if length < before.len() && before[before.len() - length - 1] == b':' || !(opens || names_secret(name)) {
        return b"";
    }
    &before[before.len() - length..]
}

/// What a sentence says of a value behind it: `as your provider key`, `is the token`.
fn said_behind(bytes: &[u8], end: usize) -> &[u8] {
    let text = bytes.get(end..bytes.len().min(end + 60)).unwrap_or_default();
    let quotes = text.iter().take_while(|b| matches!(b, b'`' | b'"' | b'\'' | b'*')).count();
    let text = &text[quotes..];
    if ![&b" as "[..], b" is "].iter().any(|s| text.starts_with(s)) {
        return b"";
    }
    text.split(|b| matches!(b, b'.' | b',' | b';' | b'\n' | b'\r' | b'(')).next().unwrap_or_default()
}

/// The text in front of `at`: at most this many bytes and lines.
fn reach_left(bytes: &[u8], at: usize, most: usize, lines: usize) -> (usize, usize) {
    let floor = at.saturating_sub(most);
    let ends = bytes[floor..at].iter().enumerate().rev().filter(|(_, b)| **b == b'\n');
    (ends.map(|(i, _)| floor + i + 1).nth(lines - 1).unwrap_or(floor), at)
}

/// The text behind `at`: at most this many bytes and lines.
fn reach_right(bytes: &[u8], at: usize, most: usize, lines: usize) -> (usize, usize) {
    let top = bytes.len().min(at + most);
    let ends = bytes[at..top].iter().enumerate().filter(|(_, b)| **b == b'\n');
    (at, ends.map(|(i, _)| at + i).nth(lines - 1).unwrap_or(top))
}

/// Whether a name means a secret.
fn names_secret(text: &[u8]) -> bool {
    meaning(text).kind.is_some()
}
