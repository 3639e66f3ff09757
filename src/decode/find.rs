//! Finding the islands of a text: one search for the beginnings of escapes, arrays and joints, one probing for runs.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use aho_corasick::packed::{Config, MatchKind, Searcher};

use super::escapes::{self, Kind};
use super::island::Island;
use super::unpack::Budget;
use super::{arrays, joints, named, runs};

/// What makes a closer look worth it. Few and short: the search must cost next to nothing where none of them stands.
const SIGNS: &[&[u8]] = &[
    b"\\x",
    b"\\u",
    b"\\U",
    b"\\1",
    b"\\0",
    b"\\/",
    b"\\\n",
    b"\\\r\n", //
    b"%2",
    b"%3",
    b"%4",
    b"%5",
    b"%6",
    b"%7", //
    b"&#",
    b"&quot;",
    b"&amp;",
    b"=\n",
    b"=\r\n", //
    b"\"\n",
    b"\"\r\n",
    b"'\n",
    b"\" +",
    b"' +",
    b"\"+",
    b"'+",
    b"\" .",
    b"' .",
    b"\".\"",
    b"'.'",
    b"\" \"",
    b"' '",
    b"\" &",
    b"\" \\",
    b"\"\\\n",
    b"\"'",
    b"'\"",
    b"${\"",
    b"${'",
    b".join(", //
    b", 0x",
    b",0x",
    b", (byte)",
    b"', '",
    b"','",
    b"CharCode(",
    b"bytes([",
    b"yte{",
    b"bytearray([",
    b"yte[]", //
    b"Basic ",
    b"kind: Secret",
    b"\"kind\": \"Secret\"",
    b"\"kind\":\"Secret\"",
];

static SEARCH: LazyLock<Search> = LazyLock::new(Search::new);

/// The quickest search for signs that this machine has.
enum Search {
    Packed(Searcher),
    Automaton(AhoCorasick),
}

impl Search {
    fn new() -> Search {
        let packed = Config::new().match_kind(MatchKind::LeftmostFirst).builder().extend(SIGNS).build();
        match packed {
            Some(searcher) => Search::Packed(searcher),
            None => Search::Automaton(AhoCorasick::new(SIGNS).expect("a handful of literals always builds")),
        }
    }

    fn next(&self, text: &[u8], from: usize) -> Option<Range<usize>> {
        match self {
            Search::Packed(s) => s.find_in(text, (from..text.len()).into()).map(|m| m.start()..m.end()),
            Search::Automaton(a) => {
                a.find(aho_corasick::Input::new(text).range(from..)).map(|m| m.start()..m.end())
            }
        }
    }
}

/// The islands of a text, sorted and apart. Only those that `wanted` takes.
pub fn islands(text: &[u8], wanted: &dyn Fn(&Range<usize>) -> bool, budget: &mut Budget) -> Vec<Island> {
    let mut found = Found::default();
    signs(text, &mut found);
    let Found { first, second } = found;
    let mut all = apart(first, second, wanted);
    let mut third = Vec::new();
    runs::each(text, &mut |run| {
        let end = run.end;
        if !wanted(&run) {
            return end;
        }
        let (island, next) = runs::read(text, run, budget);
        third.extend(island);
        next
    });
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

fn signs(text: &[u8], found: &mut Found) {
    let mut at = 0;
    let mut floors = Floors::default();
    while let Some(sign) = SEARCH.next(text, at) {
        let (island, next) = closer(text, &sign, &mut floors, found);
        at = next.max(sign.start + 1);
        if let Some(island) = island {
            floors.island = island.span.end;
            // The end of one joint may be the beginning of the next.
            at = at.min(island.span.end.saturating_sub(1)).max(sign.start + 1);
            found.second.push(island);
        }
    }
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
