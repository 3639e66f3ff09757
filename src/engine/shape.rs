//! Whether a place has the shape of a rule: templates, matched without a regex.
//!
//! A run takes as many bytes as one of its ranges allows, the most first; what follows may make it give some back.
//! Two bounds keep hostile input from costing more than its length: the end of a run of one set is remembered
//! ([`Ends`]), so that a long run is not walked again from each place inside it, and giving back ends after
//! [`TRIES`] attempts.

use crate::rules::{Boundary, Charset, Rule, Segment, Shape, Template};

use super::boundary::may_start;
use super::candidate::Candidate;
use super::pattern::Pattern;

/// How often a template may be tried with other lengths at one place.
const TRIES: u32 = 512;

/// Runs that are longer are remembered.
const SHORT: usize = 64;

/// So many runs are remembered: more sets do not share a place.
const KNOWN: usize = 16;

/// No run is longer.
const LONGEST: usize = 16_384;

/// Remembers where runs of some sets end.
#[derive(Debug, Default)]
pub(super) struct Ends {
    known: [Known; KNOWN],
    next: usize,
    /// Behind the last byte that had a say in any attempt since it was asked for.
    seen: usize,
}

/// All bytes of `from..to` are in the set, and the byte at `to` is not.
#[derive(Debug, Clone, Copy)]
struct Known {
    set: Charset,
    from: usize,
    to: usize,
}

impl Default for Known {
    fn default() -> Self {
        Known { set: Charset::NONE, from: 1, to: 0 }
    }
}

impl Ends {
    /// Forgets everything: another text comes.
    pub(super) fn reset(&mut self) {
        *self = Ends::default();
    }

    /// Behind the last byte that had a say in attempts since this was last asked for.
    #[inline]
    pub(super) fn seen(&mut self) -> usize {
        std::mem::take(&mut self.seen)
    }

    /// How many bytes from `at` on are in the set, at most [`LONGEST`].
    fn run(&mut self, bytes: &[u8], at: usize, set: &Charset) -> usize {
        let rest = &bytes[at.min(bytes.len())..];
        let short = rest.iter().take(SHORT).take_while(|&&b| set.has(b)).count();
        if short < SHORT {
            return short;
        }
        if let Some(known) = self.known.iter().find(|k| k.from <= at && at <= k.to && k.set == *set) {
            return (known.to - at).min(LONGEST);
        }
        // A long one: find its true end once.
        let len = SHORT + rest[SHORT..].iter().take_while(|&&b| set.has(b)).count();
        self.known[self.next] = Known { set: *set, from: at, to: at + len };
        self.next = (self.next + 1) % self.known.len();
        len.min(LONGEST)
    }
}

/// The text and what is known about it while a template is tried.
struct Attempt<'t> {
    bytes: &'t [u8],
    boundary: &'t Boundary,
    ends: &'t mut Ends,
    tries: u32,
}

/// The end of the longest match that starts at `start` and may end there; the left side is the caller's business.
fn match_at(
    template: &Template,
    boundary: &Boundary,
    bytes: &[u8],
    start: usize,
    ends: &mut Ends,
) -> Option<usize> {
    Attempt { bytes, boundary, ends, tries: TRIES }.from(&template.segments, start)
}

impl Attempt<'_> {
    fn from(&mut self, segments: &[Segment], mut at: usize) -> Option<usize> {
        for (i, segment) in segments.iter().enumerate() {
            match segment {
                Segment::Literal(text) => {
                    let end = at.checked_add(text.len())?;
                    if self.bytes.get(at..end)? != &text[..] {
                        return None;
                    }
                    at = end;
                }
                Segment::LiteralNoCase(text) => {
                    let end = at.checked_add(text.len())?;
                    if !self.bytes.get(at..end)?.eq_ignore_ascii_case(text) {
                        return None;
                    }
                    at = end;
                }
                Segment::Run(set, ranges) => {
                    let most = self.ends.run(self.bytes, at, set);
                    let rest = &segments[i + 1..];
                    let top = ranges.last().map_or(0, |r| r.1 as usize);
                    self.ends.seen = self.ends.seen.max(at + most.min(top) + 1);
                    if let [(least, top)] = ranges[..]
                        && least == top
                    {
                        // One length only: nothing to give back.
                        if most < least as usize {
                            return None;
                        }
                        at += least as usize;
                        continue;
                    }
                    return self.run(rest, at, most, ranges);
                }
            }
        }
        self.may_end(at).then_some(at)
    }

    /// Tries the lengths of a run that starts at `at` and could be `most` long, longest first.
    fn run(&mut self, rest: &[Segment], at: usize, most: usize, ranges: &[(u32, u32)]) -> Option<usize> {
        // What must follow, so that other lengths need no try.
        let follows = match rest.first() {
            Some(Segment::Literal(text)) => text.first().copied(),
            _ => None,
        };
        for &(least, top) in ranges.iter().rev() {
            let least = least as usize;
            let mut len = most.min(top as usize);
            while len >= least {
                if let Some(byte) = follows {
                    let room = self.bytes.get(at + least..self.bytes.len().min(at + len + 1))?;
                    let Some(last) = memchr::memrchr(byte, room) else { break };
                    len = least + last;
                }
                if let Some(end) = self.from(rest, at + len) {
                    return Some(end);
                }
                self.tries = self.tries.checked_sub(1)?;
                match len.checked_sub(1) {
                    Some(less) => len = less,
                    None => break,
                }
            }
        }
        None
    }

    fn may_end(&self, at: usize) -> bool {
        self.bytes.get(at).is_none_or(|&b| !self.boundary.not_after.has(b))
    }
}

/// The fewest and the most bytes that a piece takes.
pub(super) fn extent(segment: &Segment) -> (usize, usize) {
    match segment {
        Segment::Literal(text) | Segment::LiteralNoCase(text) => (text.len(), text.len()),
        Segment::Run(_, ranges) => (
            ranges.iter().map(|r| r.0).min().unwrap_or(0) as usize,
            ranges.iter().map(|r| r.1).max().unwrap_or(0) as usize,
        ),
    }
}

/// How many of the first bytes all keys of this template share.
fn prefix(template: &Template) -> u32 {
    match template.segments.first() {
        Some(Segment::Literal(text) | Segment::LiteralNoCase(text)) => text.len() as u32,
        _ => 0,
    }
}

/// The shapes of all rules, ready to be tried: templates as they stand in the rules, patterns compiled when first
/// needed.
#[derive(Debug)]
pub(super) struct Shapes<'r> {
    rules: &'r [Rule],
    /// By rule, sorted.
    patterns: Vec<(u32, Pattern)>,
}

impl<'r> Shapes<'r> {
    /// Of these rules.
    pub(super) fn new(rules: &'r [Rule]) -> Shapes<'r> {
        let patterns = rules.iter().enumerate().filter_map(|(i, rule)| match &rule.shape {
            Shape::Pattern(text) => Some((i as u32, Pattern::new(text))),
            Shape::Templates(_) => None,
        });
        Shapes { rules, patterns: patterns.collect() }
    }

    /// All rules.
    pub(super) fn rules(&self) -> &'r [Rule] {
        self.rules
    }

    /// A rule.
    pub(super) fn rule(&self, index: u32) -> Option<&'r Rule> {
        self.rules.get(index as usize)
    }

    /// Matches one template (or the pattern) of a rule so that the match starts at `start`. Both boundaries hold.
    pub(super) fn match_one(
        &self,
        (index, template): (u32, u32),
        bytes: &[u8],
        start: usize,
        ends: &mut Ends,
    ) -> Option<Candidate> {
        let rule = self.rule(index)?;
        match &rule.shape {
            Shape::Templates(templates) => {
                let form = templates.get(template as usize)?;
                if !may_start(bytes, start, &rule.boundary.not_before, &rule.context.words) {
                    return None;
                }
                let end = match_at(form, &rule.boundary, bytes, start, ends)?;
                Some(Candidate { start, end, rule: index, prefix: prefix(form), name: None })
            }
            Shape::Pattern(_) => {
                ends.seen = ends.seen.max(start + super::pattern::REACH);
                let i = self.patterns.binary_search_by_key(&index, |(rule, _)| *rule).ok()?;
                let (from, end) = self.patterns.get(i)?.1.match_at(bytes, start)?;
                let free = may_start(bytes, from, &rule.boundary.not_before, &rule.context.words)
                    && bytes.get(end).is_none_or(|&b| !rule.boundary.not_after.has(b));
                free.then_some(Candidate { start: from, end, rule: index, prefix: 0, name: None })
            }
        }
    }

    /// The same for templates, whatever stands in front of `start`: the caller knows that it is no part of the key.
    pub(super) fn match_behind(
        &self,
        index: u32,
        bytes: &[u8],
        start: usize,
        ends: &mut Ends,
    ) -> Option<Candidate> {
        let rule = self.rule(index)?;
        let Shape::Templates(templates) = &rule.shape else { return None };
        let found = templates.iter().filter_map(|form| {
            let end = match_at(form, &rule.boundary, bytes, start, ends)?;
            Some(Candidate { start, end, rule: index, prefix: prefix(form), name: None })
        });
        found.max_by_key(|c| c.end)
    }

    /// Matches any template (or the pattern) of a rule so that the match starts at `start`: the longest.
    pub(super) fn match_any(
        &self,
        index: u32,
        bytes: &[u8],
        start: usize,
        ends: &mut Ends,
    ) -> Option<Candidate> {
        let count = match &self.rule(index)?.shape {
            Shape::Templates(templates) => templates.len() as u32,
            Shape::Pattern(_) => 1,
        };
        (0..count).filter_map(|t| self.match_one((index, t), bytes, start, ends)).max_by_key(|c| c.end)
    }
}
