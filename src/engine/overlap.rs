//! Several rules, one place: which of them is reported, and who else issues keys of that very shape.

use std::borrow::Cow;
use std::cmp::Reverse;

use crate::model::Confidence;
use crate::rules::Rule;

use super::candidate::Candidate;
use super::judge::Assessment;

/// A prefix of this many bytes speaks for its issuer whatever stands around.
const DISTINCTIVE: u16 = 4;

/// A candidate with what speaks for it.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    /// The place and the rule.
    pub(super) candidate: Candidate,
    /// What speaks for it; `None`: it has the shape, but its rule wants context that is not there.
    pub(super) assessment: Option<Assessment>,
}

/// What became of a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is reported.
    Won {
        /// Providers of other rules that match the very same bytes equally well.
        alternatives: Vec<Cow<'static, str>>,
    },
    /// Another one at the same bytes knows better (index into the same list).
    Lost(usize),
    /// It never counted.
    NoContext,
}

/// Decides about candidates that overlap, directly or through others; they are sorted by place.
/// One that is less sure than `least` will not be reported, and takes no place from one that is.
pub(super) fn resolve(rules: &[Rule], group: &[Judged], least: Confidence) -> Vec<Fate> {
    let mut order: Vec<usize> = (0..group.len()).filter(|&i| group[i].assessment.is_some()).collect();
    order.sort_by_cached_key(|&i| Reverse(preference(rules, &group[i], least)));
    let mut fates = vec![Fate::NoContext; group.len()];
    // Winners by place: they do not overlap, so the neighbours of a place are all that can be in its way.
    let mut winners: std::collections::BTreeMap<usize, usize> = std::collections::BTreeMap::new();
    for i in order {
        let span = group[i].candidate.span();
        let rival = winners.range(..span.end).next_back().map(|(_, &w)| w);
        fates[i] = if let Some(winner) = rival.filter(|&w| group[w].candidate.end > span.start) {
            Fate::Lost(winner)
        } else {
            winners.insert(span.start, i);
            Fate::Won { alternatives: alternatives(rules, group, i) }
        };
    }
    fates
}

/// Which is better, the higher: one that is reported, one that knows the issuer, a distinctive prefix, then context,
/// then the more specific shape, the longer match, the surer one; the earlier rule at last, so that the order is total.
fn preference(rules: &[Rule], judged: &Judged, least: Confidence) -> impl Ord + use<> {
    let candidate = &judged.candidate;
    let rule = rules.get(candidate.rule as usize);
    let rank = rule.map_or(0, |r| r.rank);
    let fit = judged.assessment.as_ref().map_or(0, |a| a.fit);
    let sure = judged.assessment.as_ref().map(|a| a.confidence);
    let literal = rank / 64;
    let distinctive = if literal >= DISTINCTIVE { literal } else { 0 };
    let who = (sure >= Some(least), rule.is_some_and(|r| !r.id.starts_with("generic-")));
    let order = (candidate.span().len(), sure, Reverse(candidate.start), Reverse(candidate.rule));
    (who, distinctive, fit, rank, order)
}

/// Who else issues keys that look just like the winner: same bytes, same prefix.
fn alternatives(rules: &[Rule], group: &[Judged], winner: usize) -> Vec<Cow<'static, str>> {
    let best = &group[winner].candidate;
    let Some(rule) = rules.get(best.rule as usize) else { return Vec::new() };
    // The group is sorted by place, and may be long.
    let place = |j: &Judged| (j.candidate.start, j.candidate.end);
    let first = group.partition_point(|j| place(j) < (best.start, best.end));
    let mut providers: Vec<Cow<'static, str>> = group[first..]
        .iter()
        .take_while(|j| j.candidate.span() == best.span())
        .filter(|j| j.candidate.prefix == best.prefix && (best.prefix > 0 || j.assessment.is_some()))
        .filter_map(|j| rules.get(j.candidate.rule as usize))
        .filter(|r| r.provider != rule.provider && !r.id.starts_with("generic-"))
        .map(|r| r.provider.clone())
        .collect();
    providers.sort();
    providers.dedup();
    providers
}
