//! The named stage: keys without a mark of their own, found by the name that they are given or by words and hosts
//! of their provider nearby.
//!
//! Text is not searched for the words of all rules. Two cheap tests find the few places worth a look: long runs that
//! read as random, and stems of names (`pass`, `key`, `token`, …) that are followed by a value. Only there, the words
//! around are looked up by hash.

mod by_place;
mod calls;
mod chance;
mod crowd;
mod forward;
mod login;
mod near;
mod options;
mod phrase;
mod places;
mod programs;
mod site;
mod stems;
mod table;
pub(in crate::engine) mod value;

pub(super) use chance::Chances;

use crate::lanes::Spots;
use crate::rules::{Charset, Judge, Need, Rule, Segment, Shape, Template};

use super::dispatch::Sink;
use super::masks::Piece;
use super::view::View;
use site::Sites;
use table::{By, Entry, Table};

/// Rules that are found by the place of their value and need no word: passwords in URLs, `Basic` and `Bearer`,
/// passwords beside the name of their user, mnemonic phrases.
pub(super) const BY_PLACE: [&str; 5] = [
    "generic-url-credentials",
    "generic-basic-auth",
    "generic-bearer-token",
    "generic-login",
    "bip39-mnemonic-phrase",
];

/// Rules that are found by names, words and hosts.
#[derive(Debug)]
pub(super) struct Index {
    table: Table,
    /// The rule for passwords in URLs, if it is in force.
    url: Option<u32>,
    /// The rule for `Authorization: Basic`.
    basic: Option<u32>,
    /// The rule for `Authorization: Bearer` and its like.
    bearer: Option<u32>,
    /// The rule for passwords beside the name of their user.
    login: Option<u32>,
    /// The rule for mnemonic phrases.
    phrase: Option<u32>,
    /// Rules whose keys are of capitals and digits alone, by the first four bytes of them.
    capitals: Vec<([u8; 4], u32)>,
    /// Rules whose key is the whole value, whatever its shape.
    whole: Vec<u32>,
    /// Whether there are no such rules.
    empty: bool,
}

impl Index {
    /// From the rules that have no anchor.
    pub(super) fn new(rules: &[Rule], mine: &[u32]) -> Index {
        let special =
            |id: &str| mine.iter().copied().find(|&i| rules.get(i as usize).is_some_and(|r| r.id == id));
        let whole =
            mine.iter().copied().filter(|&i| rules.get(i as usize).is_some_and(takes_whole)).collect();
        Index {
            table: Table::new(rules, mine),
            url: special(BY_PLACE[0]),
            basic: special(BY_PLACE[1]),
            bearer: special(BY_PLACE[2]),
            login: special(BY_PLACE[3]),
            phrase: special(BY_PLACE[4]),
            capitals: (0..).zip(rules).flat_map(|(i, rule)| capitals(i, rule)).collect(),
            whole,
            empty: mine.is_empty(),
        }
    }

    /// Whether what stands near a value speaks for its rule. An ordinary word that must be in the name may stand beside
    /// it where the text uses it for a provider; that is judged later.
    fn may_stand_near(&self, entry: Entry) -> bool {
        !entry.in_name || entry.by == By::Host || self.whole.binary_search(&entry.rule).is_err()
    }

    /// Finds candidates in a piece.
    pub(super) fn scan(&self, view: View<'_>, piece: &Piece<'_>, spots: &mut Spots, sink: &mut Sink<'_>) {
        if self.empty {
            return;
        }
        let mut sites = Sites::new(self, view.bytes, sink);
        piece.each_run(view.bytes, spots, |run| {
            if sites.may_be_random(run.start, run.end) {
                sites.random_run(run.start, run.end);
            }
        });
        let bytes = view.bytes;
        piece.each(&piece.reach.hints, |at| {
            if at >= piece.end {
                return;
            }
            match bytes[at] {
                b'-' | b'/' => sites.option(at),
                b':' => sites.joint(at),
                b'=' => sites.name_of_entry(at),
                _ => {
                    if let Some((start, end)) = stems::verify(bytes, at) {
                        sites.stem(start, end);
                    } else if let Some(four) = bytes.get(at..).and_then(|b| b.first_chunk::<4>()) {
                        sites.sign(at, *four);
                    }
                }
            }
        });
        piece.each(&piece.reach.addresses, |at| {
            if bytes[at] == b':' && at < piece.end {
                sites.url(at + 3);
            }
        });
        piece.each(&piece.reach.words, |at| sites.phrase(at + 16));
    }
}

/// How keys of a rule begin whose shapes are four capitals and then capitals and digits alone.
fn capitals(index: u32, rule: &Rule) -> Vec<([u8; 4], u32)> {
    const CAPITALS: Charset = Charset::NONE.with_range(b'A', b'Z').with_range(b'0', b'9');
    let Shape::Templates(templates) = &rule.shape else { return Vec::new() };
    let head = |template: &Template| match &template.segments[..] {
        [Segment::Literal(text), Segment::Run(set, _)] => {
            let inside = set.0.iter().zip(&CAPITALS.0).all(|(part, whole)| part & !whole == 0);
            let head = text.first_chunk::<4>().filter(|four| four.iter().all(u8::is_ascii_uppercase))?;
            inside.then_some((*head, index))
        }
        _ => None,
    };
    if rule.context.need == Need::No { templates.iter().filter_map(head).collect() } else { Vec::new() }
}

/// Whether a rule's key is the whole value that a name is given: passwords and generic secrets.
fn takes_whole(rule: &Rule) -> bool {
    rule.context.need == Need::Name && (rule.judge == Judge::Human || rule.id.starts_with("generic-"))
}
