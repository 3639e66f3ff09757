//! Finding the islands of a text: what stands at signs, and what long runs say.

use std::ops::Range;

use crate::model::Kin;

use super::escapes::{self, Kind};
use super::island::Island;
use super::signs::Signs;
use super::unpack::Budget;
use super::{arrays, joints, named, runs};

/// The islands of a text, sorted and apart. Only those that `wanted` takes. `kin`: what the text was made from.
pub fn islands(
    text: &[u8],
    kin: Option<&Kin<'_>>,
    wanted: &dyn Fn(&Range<usize>) -> bool,
    budget: &mut Budget,
) -> Vec<Island> {
    let mut found = Found::default();
    let signs = Signs::of(text, kin);
    look(text, &signs, &mut found);
    let Found { first, second } = found;
    let mut all = apart(first, second, wanted);
    let mut third = Vec::new();
    let mut next = 0;
    for &start in &signs.longs {
        let start = start as usize;
        // What went on in the next lines has been read.
        if start < next {
            continue;
        }
        let run = runs::from(text, start);
        next = run.end;
        if wanted(&run) {
            let (island, end) = runs::read(text, run, budget);
            third.extend(island);
            next = end;
        }
    }
    signs.remember(kin);
    if !third.is_empty() {
        all = apart(all, third, wanted);
    }
    all
}

/// Joins two lists; what is first wins where they overlap.
fn apart(mut first: Vec<Island>, second: Vec<Island>, wanted: &dyn Fn(&Range<usize>) -> bool) -> Vec<Island> {
    first.retain(|i| wanted(&i.span));
    first.sort_by_key(|i| i.span.start);
    let mut end = 0;
    first.retain(|i| {
        let keep = i.span.start >= end;
        end = if keep { i.span.end } else { end };
        keep
    });
    // What a joint joins is read when it is joined: then a joint beside it is as good as one in it.
    let overlaps = |span: &Range<usize>| {
        let next = first.partition_point(|i| i.span.end < span.start);
        first[next..].iter().take(2).any(|i| {
            let joint = usize::from(i.text.is_empty());
            i.span.start < span.end + joint && span.start < i.span.end + joint
        })
    };
    let mut more: Vec<Island> =
        second.into_iter().filter(|i| wanted(&i.span) && !overlaps(&i.span)).collect();
    let mut end = 0;
    more.sort_by_key(|i| i.span.start);
    more.retain(|i| {
        let keep = i.span.start >= end;
        end = if keep { i.span.end } else { end };
        keep
    });
    first.append(&mut more);
    first.sort_by_key(|i| i.span.start);
    first
}

#[derive(Default)]
struct Found {
    /// Islands that their place betrays.
    first: Vec<Island>,
    /// The others.
    second: Vec<Island>,
}

/// Where what may be read again ends.
#[derive(Default)]
struct Floors {
    /// The last island.
    island: usize,
    /// The last document with a Secret.
    document: usize,
    /// The last array that was joined.
    joined: usize,
}

fn look(text: &[u8], signs: &Signs, found: &mut Found) {
    let mut floors = Floors::default();
    signs.each(text, &mut |sign| {
        let (island, next) = closer(text, &sign, &mut floors, found);
        let mut at = next.max(sign.start + 1);
        if let Some(island) = island {
            floors.island = island.span.end;
            // The end of one joint may be the beginning of the next.
            at = at.min(island.span.end.saturating_sub(1)).max(sign.start + 1);
            found.second.push(island);
        }
        at
    });
}

/// What a sign is a sign of; and where to look on.
fn closer(
    text: &[u8],
    sign: &Range<usize>,
    floors: &mut Floors,
    found: &mut Found,
) -> (Option<Island>, usize) {
    let (at, floor) = (sign.start, floors.island);
    let one = |island: Option<Island>| (island, at + 1);
    match &text[sign.clone()] {
        b"\\\n" | b"\\\r\n" => one(joints::continued(text, at)),
        [b'\\', ..] => {
            // The backslash may be escaped itself.
            let start = if at > floor && text[at - 1] == b'\\' { at - 1 } else { at };
            escapes::read(text, start, floor, Kind::Backslash)
        }
        [b'%', ..] => escapes::read(text, at, floor, Kind::Percent),
        [b'&', ..] => escapes::read(text, at, floor, Kind::Entity),
        [b'=', ..] => one(joints::soft_break(text, at)),
        [b'$', ..] => {
            found.second.extend(joints::template(text, at).unwrap_or_default());
            (None, sign.end)
        }
        b".join(" => {
            found.second.extend(joints::joined(text, at, floors.joined));
            floors.joined = at;
            (None, sign.end)
        }
        b"Basic " => {
            found.first.extend(named::basic(text, at));
            (None, sign.end)
        }
        [b'k', ..] | [b'"', b'k', ..] => {
            if at >= floors.document {
                let (values, end) = named::secret(text, at, floors.document);
                found.first.extend(values);
                floors.document = end.max(sign.end);
            }
            (None, sign.end)
        }
        // Single characters; two literals of more are none of our business.
        b"', '" | b"','" if at < floor + 2 || text[at - 2] != b'\'' => (None, at + 1),
        b"', '" | b"','" => arrays::read(text, at + 1, floor),
        [b',', ..] => arrays::read(text, at, floor),
        [b'"' | b'\'', ..] => one(joints::literals(text, at)),
        _ => arrays::after(text, sign.end),
    }
}
