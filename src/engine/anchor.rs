//! Where each rule hangs: the bytes by which a template is found without trying it everywhere.
//!
//! Nearly every key holds a run of at least [`LONG`] token bytes. Long runs are rare, so a template that hangs on one
//! costs next to nothing, however many there are: by the first bytes of the run ([`Anchor::Head`]), by what stands
//! directly before it ([`Anchor::Lead`]), or, for want of any literal, by the set of its first byte ([`Anchor::Run`]). What has no such run hangs on `://`
//! ([`Anchor::Url`]) or on a literal that is searched for in all text ([`Anchor::Text`]).

use crate::rules::{Boundary, Charset, Need, Rule, Segment, Shape, Template};

use super::masks::{LONG, is_token};
use super::pattern::prefixes;
use super::shape::extent;

/// More ways to begin than this are too many to be told apart by a hash.
const MOST_HEADS: usize = 4096;

/// Further before its anchor a template may not begin, in bytes.
const FARTHEST: usize = 160;

/// What a template hangs on, and how far before that it may begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hook {
    /// What is looked for.
    pub(super) anchor: Anchor,
    /// The template begins at least and at most this many bytes before the anchor.
    pub(super) back: (usize, usize),
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Anchor {
    /// A long run, or a part of one after `-` or `_`, whose first four bytes are of these sets.
    Head([Charset; 4]),
    /// A long run with these three sets before it.
    Lead([Charset; 3]),
    /// A long run whose first byte is of this set.
    Run(Charset),
    /// A literal that holds `://`, and where in it that stands.
    Url(Vec<u8>, usize),
    /// A literal anywhere; `true`: in any case of letters.
    Text(Vec<u8>, bool),
}

/// Adds what a rule hangs on: rule, template, hook. `false`: nothing of its own, so that it must be found by the name
/// of its value.
pub(super) fn hang(index: u32, rule: &Rule, hooks: &mut Vec<(u32, u32, Hook)>) -> bool {
    let before = hooks.len();
    match &rule.shape {
        Shape::Templates(templates) => {
            for (i, template) in templates.iter().enumerate() {
                match hook(template, &rule.boundary) {
                    Some(hook) if rule.context.need == Need::No || !matches!(hook.anchor, Anchor::Run(_)) => {
                        hooks.push((index, i as u32, hook));
                    }
                    _ => {
                        hooks.truncate(before);
                        return false;
                    }
                }
            }
        }
        Shape::Pattern(text) => {
            let hook = |literal| Hook { anchor: Anchor::Text(literal, false), back: (0, 0) };
            hooks.extend(prefixes(text).into_iter().map(|literal| (index, 0, hook(literal))));
        }
    }
    hooks.len() > before
}

/// What a template hangs on; `None` if there is nothing that could be looked for.
fn hook(template: &Template, boundary: &Boundary) -> Option<Hook> {
    let segments = &template.segments[..];
    let offsets = offsets(segments);
    let literals = || {
        segments.iter().enumerate().filter_map(|(i, s)| match s {
            Segment::Literal(text) => Some((i, &text[..], false)),
            Segment::LiteralNoCase(text) => Some((i, &text[..], true)),
            Segment::Run(..) => None,
        })
    };
    literals()
        .find_map(|(i, text, _)| at_run(segments, boundary, i, text, offsets[i]))
        .or_else(|| {
            literals().find_map(|(_, text, no_case)| url(text, no_case)).and_then(|(text, at)| {
                let i = literals().find(|(_, t, _)| *t == text)?.0;
                back(offsets[i], at).map(|back| Hook { anchor: Anchor::Url(text.to_vec(), at), back })
            })
        })
        .or_else(|| whole_run(segments, boundary))
        .or_else(|| {
            let (i, text, no_case) =
                literals().filter(|(.., t, _)| t.len() >= 3).max_by_key(|(_, t, _)| t.len())?;
            back(offsets[i], 0).map(|back| Hook { anchor: Anchor::Text(text.to_vec(), no_case), back })
        })
}

/// The least and the most bytes before each segment.
fn offsets(segments: &[Segment]) -> Vec<(usize, usize)> {
    let mut at = (0, 0);
    segments
        .iter()
        .map(|segment| {
            let here = at;
            let (least, most) = extent(segment);
            at = (at.0 + least, at.1 + most);
            here
        })
        .collect()
}

fn back(offset: (usize, usize), within: usize) -> Option<(usize, usize)> {
    (offset.1 + within <= FARTHEST).then_some((offset.0 + within, offset.1 + within))
}

/// A hook on a long run that begins inside or behind literal `i`.
fn at_run(
    segments: &[Segment],
    boundary: &Boundary,
    i: usize,
    text: &[u8],
    offset: (usize, usize),
) -> Option<Hook> {
    for split in 0..=text.len() {
        let (lead, head) = text.split_at(split);
        if !head.iter().all(|&b| is_token(b)) || head.len() + tokens(&segments[i + 1..]) < LONG {
            continue;
        }
        // The run must be known to begin here.
        let begins = match lead.last() {
            Some(&b) => {
                !is_token(b)
                    || (b == b'-' || b == b'_') && head.first().is_some_and(u8::is_ascii_alphanumeric)
            }
            None if i == 0 => head.first().is_some_and(|&b| guarded(boundary, b)),
            None => false,
        };
        if !begins {
            continue;
        }
        if let Some(sets) = head_sets(&segments[i..], split)
            && let Some(back) = back(offset, split)
        {
            return Some(Hook { anchor: Anchor::Head(sets), back });
        }
        if lead.len() >= 2
            && lead.last().is_some_and(|&b| !is_token(b))
            && let Some(back) = back(offset, split)
        {
            let mut sets = [ANY; 3];
            for (set, &byte) in sets.iter_mut().rev().zip(lead.iter().rev()) {
                *set = Charset::NONE.with(byte);
            }
            return Some(Hook { anchor: Anchor::Lead(sets), back });
        }
    }
    None
}

/// Whether a key that begins with `first` begins a run, or a part of one, wherever its boundary lets it stand.
fn guarded(boundary: &Boundary, first: u8) -> bool {
    let letters = (b'0'..=b'9').chain(b'A'..=b'Z').chain(b'a'..=b'z');
    let strict = letters.clone().all(|b| boundary.not_before.has(b));
    strict
        && (first.is_ascii_alphanumeric() || boundary.not_before.has(b'-') && boundary.not_before.has(b'_'))
}

/// How many token bytes at least stand at the start of these segments.
fn tokens(segments: &[Segment]) -> usize {
    let mut count = 0;
    for segment in segments {
        match segment {
            Segment::Literal(text) | Segment::LiteralNoCase(text) => {
                let here = text.iter().take_while(|&&b| is_token(b)).count();
                count += here;
                if here < text.len() {
                    break;
                }
            }
            Segment::Run(set, _) => {
                if !within(set, &TOKEN) {
                    break;
                }
                count += extent(segment).0;
            }
        }
    }
    count
}

/// The sets of the first four bytes from byte `skip` of the first segment on, if they are few enough to tell apart.
fn head_sets(segments: &[Segment], skip: usize) -> Option<[Charset; 4]> {
    let mut sets = Vec::with_capacity(4);
    'all: for (i, segment) in segments.iter().enumerate() {
        match segment {
            Segment::Literal(text) => {
                for &b in text.iter().skip(if i == 0 { skip } else { 0 }) {
                    sets.push(Charset::NONE.with(b));
                }
            }
            Segment::LiteralNoCase(text) => {
                for b in text.iter().skip(if i == 0 { skip } else { 0 }) {
                    sets.push(Charset::NONE.with(b.to_ascii_lowercase()).with(b.to_ascii_uppercase()));
                }
            }
            Segment::Run(set, _) => {
                let (least, most) = extent(segment);
                for _ in 0..least.min(4) {
                    sets.push(*set);
                }
                if least < most {
                    break 'all;
                }
            }
        }
        if sets.len() >= 4 {
            break;
        }
    }
    let sets: [Charset; 4] = sets.get(..4)?.try_into().ok()?;
    let ways: usize = sets.iter().map(|s| s.len() as usize).product();
    (ways <= MOST_HEADS).then_some(sets)
}

/// The literal, and where in it `://` stands, with something beside that tells it apart.
fn url(text: &[u8], no_case: bool) -> Option<(&[u8], usize)> {
    let at = text.windows(3).position(|w| w == b"://")?;
    (!no_case && text.len() > 3).then_some((text, at))
}

/// A hook on a literal inside of a long run that begins with the template, or on such a run alone.
fn whole_run(segments: &[Segment], boundary: &Boundary) -> Option<Hook> {
    if tokens(segments) < LONG {
        return None;
    }
    let Segment::Run(first, _) = segments.first()? else { return None };
    let alnum = Charset::NONE.with_range(b'0', b'9').with_range(b'A', b'Z').with_range(b'a', b'z');
    if !guarded(boundary, b'a') || !within(first, &alnum) && !guarded(boundary, b'-') {
        return None;
    }
    Some(Hook { anchor: Anchor::Run(*first), back: (0, 0) })
}

/// Whether one set holds all of another.
fn within(part: &Charset, whole: &Charset) -> bool {
    part.0.iter().zip(&whole.0).all(|(p, w)| p & !w == 0)
}

/// Every byte.
const ANY: Charset = Charset([u64::MAX; 4]);

/// The bytes of token runs.
const TOKEN: Charset =
    Charset::NONE.with_range(b'0', b'9').with_range(b'A', b'Z').with_range(b'a', b'z').with(b'-').with(b'_');
