//! The named stage: keys without a mark of their own, found by the name that they are given or by words and hosts
//! of their provider nearby.
//!
//! Text is not searched for the words of all rules. Two cheap tests find the few places worth a look: long runs that
//! read as random, and stems of names (`pass`, `key`, `token`, …) that are followed by a value. Only there, the words
//! around are looked up by hash.

mod by_place;
mod chance;
mod crowd;
mod forward;
mod login;
mod near;
mod options;
mod phrase;
mod places;
mod programs;
mod rare;
mod site;
mod stems;
mod table;
pub(in crate::engine) mod value;

pub(super) use chance::Chances;

use crate::lanes::each_bit;
use crate::rules::{Judge, Need, Rule};

use super::dispatch::Sink;
use super::masks::Piece;
use super::view::View;
use rare::Rare;
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
    /// Rules whose key is the whole value, whatever its shape.
    whole: Vec<u32>,
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
            whole,
        }
    }

    /// Whether what stands near a value speaks for its rule. An ordinary word that must be in the name may stand beside
    /// it, on the same line, where the name means a secret (`keyed`); where exactly is judged later.
    fn may_stand_near(&self, entry: Entry, keyed: bool) -> bool {
        !entry.in_name || entry.by == By::Host || keyed && self.whole.binary_search(&entry.rule).is_err()
    }

    /// Finds candidates in a piece.
    pub(super) fn scan(&self, view: View<'_>, piece: &Piece<'_>, sink: &mut Sink<'_>) {
        let mut sites = Sites::new(self, view.bytes, sink);
        for run in piece.runs {
            if sites.may_be_random(run.start, run.end) {
                sites.random_run(run.start, run.end);
            }
        }
        let masks = piece.masks;
        for k in 0..piece.blocks() {
            let at = piece.at + k * 64;
            let keep = if piece.end - at < 64 { !(!0 << (piece.end - at)) } else { !0 };
            each_bit(masks.stem[k] & keep, at, |i| {
                if let Some((start, end)) = stems::verify(view.bytes, i) {
                    sites.stem(start, end);
                }
            });
            let colon = if k == 0 { 1 } else { masks.assign[k - 1] >> 63 };
            each_bit(masks.slash[k] & (masks.assign[k] << 1 | colon) & keep, at, |i| {
                if i > 0 && view.bytes[i - 1] == b':' && view.bytes[i..].starts_with(b"//") {
                    sites.url(i + 2);
                }
            });
            let rare = Rare::of(masks, k);
            each_bit(rare.signs & keep, at, |i| match view.bytes[i] {
                b'=' => {}
                b':' => sites.joint(i),
                _ => sites.option(i),
            });
            each_bit(rare.capitals & keep, at, |i| sites.shout(i));
            for half in 0..2 {
                if rare.words[half] {
                    sites.phrase(at + half * 32 + 16);
                }
            }
        }
    }
}

/// Whether a rule's key is the whole value that a name is given: passwords and generic secrets.
fn takes_whole(rule: &Rule) -> bool {
    rule.context.need == Need::Name && (rule.judge == Judge::Human || rule.id.starts_with("generic-"))
}
