//! The built-in rules: packed by `build.rs` from `rules/*.yml`, unpacked once at first use in a few allocations and no
//! copying of text (about a tenth of a millisecond). `packer.rs` describes the form.

use std::borrow::Cow::Borrowed;
use std::sync::OnceLock;

use crate::model::{Pages, Remedy, Severity};

use super::charset::Charset;
use super::check_kind::CheckKind;
use super::rule::{Boundary, Context, Judge, List, Need, Rule, Segment, Shape, Template, Text, Verification};

static TEXT: &str = include_str!(concat!(env!("OUT_DIR"), "/rules.txt"));
static NUMBERS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.bin"));
/// Words before the first section.
const HEAD: usize = 8;

/// All built-in rules, those first that are in force unless disabled, and how many these are.
pub(super) fn rules() -> (&'static [Rule], usize) {
    static RULES: OnceLock<(&'static [Rule], usize)> = OnceLock::new();
    *RULES.get_or_init(unpack)
}

/// The lists that rules share. They are made once and live as long as the program, like the static table they stand for.
struct Shared {
    sets: &'static [Charset],
    templates: &'static [Template],
    texts: &'static [Text],
    codes: &'static [u16],
}

/// A number as it stands in the file: it is read there, since a copy of all of them would be most of the memory that a start
/// touches.
type Word = [u8; 4];

fn number(word: Word) -> u32 {
    u32::from_le_bytes(word)
}

fn unpack() -> (&'static [Rule], usize) {
    let (words, _) = NUMBERS.as_chunks::<4>();
    let mut at = HEAD;
    let mut section = |n: usize| {
        let from = at;
        at += number(words[2 + n]) as usize;
        &words[from..at]
    };
    let sets: Vec<_> = section(0).as_chunks::<8>().0.iter().map(set).collect();
    let ranges: &'static [(u32, u32)] =
        section(1).as_chunks::<2>().0.iter().copied().map(pair).collect::<Vec<_>>().leak();
    let segments: Vec<_> = section(2).as_chunks::<4>().0.iter().map(|s| segment(s, &sets, ranges)).collect();
    let segments: &'static [Segment] = segments.leak();
    let template = |words: &[Word; 2]| {
        let (first, count) = pair(*words);
        Template { segments: part(segments, first, count) }
    };
    let templates: Vec<_> = section(3).as_chunks::<2>().0.iter().map(template).collect();
    let texts: Vec<Text> = section(4).as_chunks::<2>().0.iter().map(|words| text(pair(*words))).collect();
    let codes: Vec<_> = section(5).iter().map(|&code| number(code) as u16).collect();
    let shared =
        Shared { sets: sets.leak(), templates: templates.leak(), texts: texts.leak(), codes: codes.leak() };
    let mut fields = Fields { words: words[at..].iter(), shared };
    let rules: Vec<Rule> = (0..number(words[0])).map(|_| fields.rule()).collect();
    (rules.leak(), number(words[1]) as usize)
}

fn pair([first, second]: [Word; 2]) -> (u32, u32) {
    (number(first), number(second))
}

fn set(words: &[Word; 8]) -> Charset {
    let half = |n: usize| u64::from(number(words[2 * n])) | u64::from(number(words[2 * n + 1])) << 32;
    Charset([half(0), half(1), half(2), half(3)])
}

fn segment(words: &[Word; 4], sets: &[Charset], ranges: &'static [(u32, u32)]) -> Segment {
    let [kind, first, second, third] = words.map(number);
    match kind {
        0 => Segment::Literal(part(TEXT.as_bytes(), first, second)),
        1 => Segment::LiteralNoCase(part(TEXT.as_bytes(), first, second)),
        _ => Segment::Run(sets[first as usize], part(ranges, second, third)),
    }
}

fn part<T: Clone>(all: &'static [T], first: u32, count: u32) -> List<T> {
    Borrowed(&all[first as usize..(first + count) as usize])
}

fn text((offset, length): (u32, u32)) -> Text {
    Borrowed(&TEXT[offset as usize..(offset + length) as usize])
}

/// The rules' words, read one after the other.
struct Fields<'w> {
    words: std::slice::Iter<'w, Word>,
    shared: Shared,
}

impl Fields<'_> {
    fn rule(&mut self) -> Rule {
        Rule {
            id: self.text(),
            provider: self.text(),
            name: self.text(),
            severity: Severity::ALL[self.number()],
            confidence: self.number() as u8,
            shape: if self.flag() { Shape::Pattern(self.text()) } else { Shape::Templates(self.templates()) },
            beginnings: self.templates(),
            boundary: Boundary { not_before: self.set(), not_after: self.set() },
            check: self.number().checked_sub(1).map(|at| CheckKind::ALL[at].1),
            context: Context {
                need: [Need::No, Need::Near, Need::Name][self.number()],
                names: self.texts(),
                words: self.texts(),
                hosts: self.texts(),
            },
            judge: [Judge::Shape, Judge::Random, Judge::Human][self.number()],
            public: self.flag(),
            enabled: self.flag(),
            rank: self.number() as u16,
            remedy: Remedy {
                about: self.text(),
                revoke: self.text(),
                rotate: self.text(),
                variable: self.text(),
                rotate_days: self.number() as u32,
                references: Pages::packed(self.bytes()),
            },
            pair: self.flagged_text(),
            samples: self.templates(),
            examples_match: self.texts(),
            examples_reject: self.texts(),
            verify: if self.flag() { Some(self.verification()) } else { None },
        }
    }

    fn verification(&mut self) -> Verification {
        Verification {
            method: self.text(),
            url: self.text(),
            headers: self.texts(),
            body: self.text(),
            live: self.codes(),
            dead: self.codes(),
        }
    }

    fn number(&mut self) -> usize {
        number(*self.words.next().expect("build.rs packs all fields of all rules")) as usize
    }

    fn pair(&mut self) -> (u32, u32) {
        (self.number() as u32, self.number() as u32)
    }

    fn flag(&mut self) -> bool {
        self.number() == 1
    }

    fn text(&mut self) -> Text {
        text(self.pair())
    }

    /// A text as it stands, not yet proven UTF-8.
    fn bytes(&mut self) -> &'static [u8] {
        let (offset, length) = self.pair();
        &TEXT.as_bytes()[offset as usize..(offset + length) as usize]
    }

    fn flagged_text(&mut self) -> Option<Text> {
        let there = self.flag();
        let text = self.text();
        there.then_some(text)
    }

    fn set(&mut self) -> Charset {
        self.shared.sets[self.number()]
    }

    fn texts(&mut self) -> List<Text> {
        let (first, count) = self.pair();
        part(self.shared.texts, first, count)
    }

    fn templates(&mut self) -> List<Template> {
        let (first, count) = self.pair();
        part(self.shared.templates, first, count)
    }

    fn codes(&mut self) -> List<u16> {
        let (first, count) = self.pair();
        part(self.shared.codes, first, count)
    }
}
