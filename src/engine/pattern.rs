//! Rules whose keys only a regular expression can describe: compiled when their literal is first seen, then tried
//! only there. Linear in the text, limited in size, without Unicode tables.

use std::sync::OnceLock;

use regex_automata::meta::{Config, Regex};
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::{Class, Hir, HirKind};

use crate::rules::{Charset, Segment, Template};

/// A compiled program may not be larger, in bytes.
const SIZE: usize = 4 << 20;

/// How far behind the place where it begins a match may reach, in bytes.
pub(super) const REACH: usize = 20 * 1024;

/// No run is longer.
const LONGEST: u32 = 16_384;

/// Groups deeper than this are not looked into.
const DEEPEST: usize = 32;

/// More ways to begin, or longer ones, are not told.
const MOST_WAYS: usize = 32;
const MOST_SEGMENTS: usize = 32;

/// A regular expression with a group named `key`.
#[derive(Debug)]
pub(super) struct Pattern {
    text: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// From the text of a rule; it is not looked at yet.
    pub(super) fn new(text: &str) -> Pattern {
        Pattern { text: text.to_string(), compiled: OnceLock::new() }
    }

    /// The key in the match that begins at `start`: its first byte, and behind its last.
    pub(super) fn match_at(&self, bytes: &[u8], start: usize) -> Option<(usize, usize)> {
        let regex = self.compiled.get_or_init(|| compile(&self.text)).as_ref()?;
        let end = bytes.len().min(start.checked_add(REACH)?);
        let input = Input::new(bytes).range(start..end).anchored(Anchored::Yes);
        let mut groups = regex.create_captures();
        regex.search_captures(&input, &mut groups);
        let key = groups.get_group_by_name("key").or_else(|| groups.get_group(0))?;
        Some((key.start, key.end))
    }
}

fn compile(text: &str) -> Option<Regex> {
    Regex::builder()
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .configure(Config::new().utf8_empty(false).nfa_size_limit(Some(SIZE)).onepass_size_limit(Some(SIZE)))
        .build(text)
        .ok()
}

/// How every match begins: as one of these templates. None if that cannot be said in templates.
pub(super) fn beginnings(text: &str) -> Vec<Template> {
    let parsed = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(text);
    let Ok(parsed) = parsed else { return Vec::new() };
    let mut ways = vec![Way::default()];
    extend(&parsed, &mut ways, 0);
    ways.retain(|way| !way.segments.is_empty());
    ways.into_iter().map(|way| Template { segments: way.segments.into() }).collect()
}

/// The beginning of a match, as far as it is known.
#[derive(Debug, Clone, Default)]
struct Way {
    segments: Vec<Segment>,
    /// What follows is not known.
    closed: bool,
}

impl Way {
    fn push(&mut self, segment: Segment) {
        match (self.segments.last_mut(), segment) {
            (Some(Segment::Literal(before)), Segment::Literal(more)) => {
                before.to_mut().extend_from_slice(&more);
            }
            (_, segment) => self.segments.push(segment),
        }
        self.closed |= self.segments.len() >= MOST_SEGMENTS;
    }
}

/// Adds what a part of a pattern says to every way of beginning.
fn extend(hir: &Hir, ways: &mut Vec<Way>, depth: usize) {
    let open = |ways: &mut Vec<Way>, segment: &Segment| {
        ways.iter_mut().filter(|way| !way.closed).for_each(|way| way.push(segment.clone()));
    };
    match hir.kind() {
        HirKind::Empty => {}
        HirKind::Literal(literal) => open(ways, &Segment::Literal(literal.0.to_vec().into())),
        HirKind::Class(class) => open(ways, &Segment::Run(charset(class), vec![(1, 1)].into())),
        HirKind::Repetition(repeat) => match repeat.sub.kind() {
            HirKind::Class(class) => {
                let most = repeat.max.unwrap_or(u32::MAX).min(LONGEST).max(repeat.min);
                open(ways, &Segment::Run(charset(class), vec![(repeat.min, most)].into()));
            }
            _ => close(ways),
        },
        HirKind::Capture(capture) if depth < DEEPEST => extend(&capture.sub, ways, depth + 1),
        HirKind::Concat(parts) if depth < DEEPEST => {
            for part in parts {
                extend(part, ways, depth + 1);
            }
        }
        HirKind::Alternation(parts)
            if depth < DEEPEST && ways.len() * parts.len() <= MOST_WAYS && ways.iter().any(|w| !w.closed) =>
        {
            let before = std::mem::take(ways);
            for part in parts {
                let mut with = before.clone();
                extend(part, &mut with, depth + 1);
                ways.extend(with);
            }
        }
        _ => close(ways),
    }
}

fn close(ways: &mut [Way]) {
    ways.iter_mut().for_each(|way| way.closed = true);
}

fn charset(class: &Class) -> Charset {
    match class {
        Class::Bytes(class) => {
            class.iter().fold(Charset::NONE, |set, range| set.with_range(range.start(), range.end()))
        }
        Class::Unicode(_) => Charset([u64::MAX; 4]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lit(text: &str) -> Segment {
        Segment::Literal(text.as_bytes().to_vec().into())
    }

    #[test]
    fn a_match_must_begin_at_the_place_that_is_tried() {
        let pattern = Pattern::new("BEGIN (?P<key>[a-z]+)");
        assert_eq!(pattern.match_at(b"..BEGIN abc.", 2), Some((8, 11)));
        assert_eq!(pattern.match_at(b"..BEGIN abc.", 0), None);
    }

    #[test]
    fn a_pattern_tells_how_it_begins() {
        let digits = Charset::NONE.with_range(b'0', b'9');
        let run = |least, most| Segment::Run(digits, vec![(least, most)].into());
        let of = |text| beginnings(text).into_iter().map(|t| t.segments.into_owned()).collect::<Vec<_>>();
        assert_eq!(of("a(?P<key>bc[0-9]{3,})d"), [vec![lit("abc"), run(3, LONGEST), lit("d")]]);
        assert_eq!(of("(?:abc|x[0-9]z)q+"), [vec![lit("abc")], vec![lit("x"), run(1, 1), lit("z")]]);
        assert_eq!(of("(?:abc)?def"), [] as [Vec<Segment>; 0]);
        assert!(of("(").is_empty() && of("^[a-z]*").is_empty());
    }
}
