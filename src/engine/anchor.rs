//! Where each rule hangs: the bytes by which a template is found without trying it everywhere.
//!
//! Nearly every key holds a run of at least [`LONG`] wide bytes (letters, digits and what keys are glued with). Long
//! runs are rare, so a template that hangs on one costs next to nothing, however many there are: by the first bytes
//! from a start on ([`Anchor::Head`]), by what stands directly before it ([`Anchor::Lead`]), by something at a fixed
//! distance behind it ([`Anchor::At`]), or, for want of any literal, by the set of its first byte ([`Anchor::Run`]).
//! What has no such run hangs on `://` ([`Anchor::Url`]), on five dashes ([`Anchor::Dashes`]), or on a literal that is
//! searched for in all text ([`Anchor::Text`]), which costs the most.

use crate::rules::{Boundary, Charset, Need, Rule, Segment, Shape, Template};

use super::masks::{FAR, LONG, is_wide};
use super::shape::extent;

/// More ways to begin than this are too many to be told apart by a hash.
const MOST_HEADS: usize = 4096;

/// The same for what stands before a start, where the byte next to it is rare.
const MOST_LEADS: usize = 4096;

/// And where it is not: two of the three bytes must be known, or else nearly every start of a long run would be tried.
const MOST_COMMON_LEADS: usize = 512;

/// At more distances nothing is looked for.
const MOST_DISTANCES: usize = 5;

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
    /// A start whose first bytes are of these sets; the first four are few enough to tell apart.
    Head([Charset; 8]),
    /// A start with these three sets before it.
    Lead([Charset; 3]),
    /// Bytes of these sets at a distance behind a far start with so many wide bytes (at least [`FAR`]).
    At(u8, usize, [Charset; 8]),
    /// A far start whose first byte is of this set, with so many wide bytes (at least [`FAR`]).
    Run(Charset, usize),
    /// A literal that holds `://`, and where in it that stands.
    Url(Vec<u8>, usize),
    /// A literal that begins with five dashes and a letter or digit.
    Dashes(Vec<u8>),
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
                // What needs a word beside it and has no letters of its own (a UUID) is found by that word.
                let own = rule.context.need == Need::No || marks(template);
                // The same for what nothing but a search of all text would find.
                let cheap = |h: &Hook| rule.context.need == Need::No || !matches!(h.anchor, Anchor::Text(..));
                let Some(found) = hook(template, &rule.boundary).filter(|h| own && cheap(h)) else {
                    hooks.truncate(before);
                    return false;
                };
                push((index, i as u32), found, hooks);
            }
        }
        Shape::Pattern(_) => {
            // Only how it begins is known as a template. A letter before it would make it the end of a word.
            let boundary = Boundary { not_before: ALNUM, ..rule.boundary };
            for template in rule.beginnings.iter() {
                if let Some(hook) = hook(template, &boundary) {
                    push((index, 0), hook, hooks);
                } else {
                    hooks.truncate(before);
                    return false;
                }
            }
        }
    }
    hooks.len() > before
}

/// Whether a template's literals hold at least two letters or digits.
fn marks(template: &Template) -> bool {
    let literals = template.segments.iter().map(|s| match s {
        Segment::Literal(text) | Segment::LiteralNoCase(text) => &text[..],
        Segment::Run(..) => &[],
    });
    literals.flatten().filter(|b| b.is_ascii_alphanumeric()).count() >= 2
}

/// Adds a hook; one with several distances becomes several.
fn push((rule, template): (u32, u32), hook: Hook, hooks: &mut Vec<(u32, u32, Hook)>) {
    if let Anchor::At(distance, least, sets) = &hook.anchor {
        for more in 1..=(hook.back.1 - hook.back.0) as u8 {
            let anchor = Anchor::At(distance + more, *least, *sets);
            hooks.push((rule, template, Hook { anchor, back: (0, 0) }));
        }
        hooks.push((rule, template, Hook { anchor: hook.anchor, back: (0, 0) }));
    } else {
        hooks.push((rule, template, hook));
    }
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
    // What many URLs share says nothing: they are told apart by what follows `://`.
    let url = |(i, text, no_case): (usize, &[u8], bool)| {
        let tells = text.windows(3).position(|w| w == b"://").is_some_and(|at| text.len() >= at + 7);
        marked(text, no_case, offsets[i]).filter(|_| tells)
    };
    literals()
        .find_map(url)
        .or_else(|| literals().find_map(|(i, text, _)| at_run(segments, boundary, i, text, offsets[i])))
        .or_else(|| literals().find_map(|(i, text, no_case)| marked(text, no_case, offsets[i])))
        .or_else(|| literals().find_map(|(i, ..)| at_distance(segments, boundary, i, offsets[i])))
        .or_else(|| whole_run(segments, boundary))
        .or_else(|| {
            // The longest of those that stand near enough to the beginning.
            literals()
                .filter(|(_, text, _)| text.len() >= 3)
                .filter_map(|(i, text, no_case)| Some((text, no_case, back(offsets[i], 0)?)))
                .max_by_key(|(text, ..)| text.len())
                .map(|(text, no_case, back)| Hook { anchor: Anchor::Text(text.to_vec(), no_case), back })
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

/// A hook on a start inside or behind literal `i`.
fn at_run(
    segments: &[Segment],
    boundary: &Boundary,
    i: usize,
    text: &[u8],
    offset: (usize, usize),
) -> Option<Hook> {
    let behind = wide(&segments[i + 1..]);
    for split in 0..=text.len() {
        let (lead, head) = text.split_at(split);
        let mut rest = head.iter();
        let here = rest.by_ref().take_while(|&&b| is_wide(b)).count();
        let all = if here == head.len() { here + behind } else { here };
        if all < LONG {
            continue;
        }
        // A start must be known to be here.
        let first = head.first().copied();
        let begins = match lead.last() {
            Some(&before) => {
                !is_wide(before) || !before.is_ascii_alphanumeric() && opens(first, &segments[i + 1..])
            }
            None => i == 0 && guarded(boundary, first?),
        };
        if !begins {
            continue;
        }
        if let Some(sets) = head_sets(&segments[i..], split)
            && let Some(back) = back(offset, split)
        {
            return Some(Hook { anchor: Anchor::Head(sets), back });
        }
        if let Some(sets) = lead_sets(lead, segments[..i].last())
            && let Some(back) = back(offset, split)
        {
            return Some(Hook { anchor: Anchor::Lead(sets), back });
        }
    }
    None
}

/// Whether what comes next is a letter or a digit for certain.
fn opens(first: Option<u8>, rest: &[Segment]) -> bool {
    match (first, rest.first()) {
        (Some(first), _) => first.is_ascii_alphanumeric(),
        (None, Some(Segment::Run(set, ranges))) => within(set, &ALNUM) && ranges.iter().all(|r| r.0 > 0),
        _ => false,
    }
}

/// The sets of the three bytes before a start, if they are few enough to tell apart.
fn lead_sets(lead: &[u8], before: Option<&Segment>) -> Option<[Charset; 3]> {
    let fill = match before {
        Some(Segment::Run(set, _)) if extent(before?).0 >= 2 => *set,
        _ => ANY,
    };
    let mut sets = [fill; 3];
    for (set, &byte) in sets.iter_mut().rev().zip(lead.iter().rev()) {
        *set = Charset::NONE.with(byte);
    }
    let ways: usize = sets.iter().map(|s| s.len() as usize).product();
    let rare = lead.last().is_some_and(|b| !b.is_ascii_alphanumeric() && !COMMON.contains(b));
    (ways <= if rare { MOST_LEADS } else { MOST_COMMON_LEADS }).then_some(sets)
}

/// A hook on literal `i`, which stands at one of a few distances behind the template's start (the difference is given
/// as `back`).
fn at_distance(segments: &[Segment], boundary: &Boundary, i: usize, offset: (usize, usize)) -> Option<Hook> {
    let few = offset.1 - offset.0 < MOST_DISTANCES && offset.1 <= FARTHEST;
    let least = span(segments, &WIDE).max(FAR);
    let distance = u8::try_from(offset.0).ok().filter(|_| few && wide(segments) >= FAR)?;
    let sets = head_sets(&segments[i..], 0)?;
    let back = (0, offset.1 - offset.0);
    begins_guarded(segments, boundary).then_some(Hook { anchor: Anchor::At(distance, least, sets), back })
}

/// Whether a template that begins with a run begins at a start, wherever its boundary lets it stand.
fn begins_guarded(segments: &[Segment], boundary: &Boundary) -> bool {
    let Some(Segment::Run(first, ranges)) = segments.first() else { return false };
    ranges.iter().all(|r| r.0 > 0) && within(first, &WIDE) && within(&ALNUM, &boundary.not_before)
}

/// Whether a key that begins with `first` begins at a start, wherever its boundary lets it stand.
///
/// One price is paid: a key that begins with `+`, `/` and the like directly behind `.`, `~`, `%` or `!` is not found.
fn guarded(boundary: &Boundary, first: u8) -> bool {
    is_wide(first) && within(&ALNUM, &boundary.not_before)
}

/// How many wide bytes at least stand at the start of these segments.
fn wide(segments: &[Segment]) -> usize {
    span(segments, &LOOSE)
}

/// How many bytes of this set at least stand at the start of these segments.
fn span(segments: &[Segment], of: &Charset) -> usize {
    let mut count = 0;
    for segment in segments {
        match segment {
            Segment::Literal(text) | Segment::LiteralNoCase(text) => {
                let here = text.iter().take_while(|&&b| is_wide(b)).count();
                count += here;
                if here < text.len() {
                    break;
                }
            }
            Segment::Run(set, _) => {
                if !within(set, of) {
                    break;
                }
                count += extent(segment).0;
            }
        }
    }
    count
}

/// The sets of the first bytes from byte `skip` of the first segment on, if the first four are few enough to tell
/// apart.
fn head_sets(segments: &[Segment], skip: usize) -> Option<[Charset; 8]> {
    let (mut sets, mut count, mut skip) = ([ANY; 8], 0, skip);
    let mut add = |count: &mut usize, set: Charset| {
        if let Some(slot) = sets.get_mut(*count) {
            *slot = set;
            *count += 1;
        }
    };
    for segment in segments {
        match segment {
            Segment::Literal(text) => {
                for &byte in text.iter().skip(std::mem::take(&mut skip)).take(8) {
                    add(&mut count, Charset::NONE.with(byte));
                }
            }
            Segment::LiteralNoCase(text) => {
                for &byte in text.iter().skip(std::mem::take(&mut skip)).take(8) {
                    let either = Charset::NONE.with(byte.to_ascii_uppercase());
                    add(&mut count, either.with(byte.to_ascii_lowercase()));
                }
            }
            Segment::Run(run, _) => {
                let (least, most) = extent(segment);
                (0..least.min(8)).for_each(|_| add(&mut count, *run));
                if least < most {
                    break;
                }
            }
        }
        if count >= 8 {
            break;
        }
    }
    let ways: usize = sets[..4].iter().map(|s| s.len() as usize).product();
    (count >= 4 && ways <= MOST_HEADS).then_some(sets)
}

/// A hook on a mark inside of a literal that is rare in all text: `://`, or five dashes.
fn marked(text: &[u8], no_case: bool, offset: (usize, usize)) -> Option<Hook> {
    if no_case {
        return None;
    }
    if let Some(at) = text.windows(3).position(|w| w == b"://").filter(|_| text.len() > 3) {
        return back(offset, at).map(|back| Hook { anchor: Anchor::Url(text.to_vec(), at), back });
    }
    let dashes = text.starts_with(b"-----") && text.get(5).is_some_and(u8::is_ascii_alphanumeric);
    back(offset, 5).filter(|_| dashes).map(|back| Hook { anchor: Anchor::Dashes(text.to_vec()), back })
}

/// A hook on a long run alone.
fn whole_run(segments: &[Segment], boundary: &Boundary) -> Option<Hook> {
    let first = match segments.first()? {
        Segment::Run(set, _) if begins_guarded(segments, boundary) => *set,
        Segment::Literal(text) if guarded(boundary, *text.first()?) => Charset::NONE.with(*text.first()?),
        _ => return None,
    };
    let least = span(segments, &WIDE).max(FAR);
    (wide(segments) >= FAR).then_some(Hook { anchor: Anchor::Run(first, least), back: (0, 0) })
}

/// Whether one set holds all of another.
fn within(part: &Charset, whole: &Charset) -> bool {
    part.0.iter().zip(&whole.0).all(|(p, w)| p & !w == 0)
}

/// What often stands directly before a long run.
const COMMON: &[u8] = b" \t\n\"'`=:/._-(),;<>[]{}&*#@";

/// Every byte.
const ANY: Charset = Charset([u64::MAX; 4]);

/// Letters and digits.
const ALNUM: Charset = Charset::NONE.with_range(b'0', b'9').with_range(b'A', b'Z').with_range(b'a', b'z');

/// The bytes of wide runs.
const WIDE: Charset = ALNUM
    .with(b'_')
    .with(b'-')
    .with(b'.')
    .with(b':')
    .with(b'=')
    .with(b'/')
    .with(b'+')
    .with(b'~')
    .with(b'%')
    .with(b'!')
    .with(b'&')
    .with(b'{')
    .with(0x7f);

/// What counts as wide in a run, although two of its bytes are not: the price is a key that has one of them among its
/// first bytes.
const LOOSE: Charset = WIDE.with(b',').with(b';');

#[cfg(test)]
mod tests {
    use super::{Anchor, hang};
    use crate::rules::Ruleset;

    /// Searching all text for a literal costs more than all else that anchors do.
    #[test]
    fn no_built_in_rule_is_searched_for_in_all_text() {
        let mut hooks = Vec::new();
        for (index, rule) in Ruleset::builtin().rules().iter().enumerate() {
            let before = hooks.len();
            hang(index as u32, rule, &mut hooks);
            let searched = hooks[before..].iter().any(|(.., hook)| matches!(hook.anchor, Anchor::Text(..)));
            assert!(!searched, "{}: {:?}", rule.id, &hooks[before..]);
        }
    }
}
