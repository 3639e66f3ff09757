//! What an audit says of each key, in the order in which it should be dealt with.

use std::collections::BTreeMap;

use crate::model::{Checksum, Finding, Origin, Severity, count};
use crate::reports::Report;

/// After so many days a key should be replaced, where its provider says nothing else.
const ROTATION: u64 = 90;
/// So many keys are told.
const MOST: usize = 20;
/// So many places, branches and owners of a key are told.
const SOME: usize = 3;

/// All findings of one key.
struct Key<'r> {
    findings: Vec<&'r Finding>,
}

/// What to do first, as numbered notes.
pub(super) fn first(report: &Report) -> Vec<String> {
    let mut by_key: BTreeMap<_, Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        by_key.entry(&finding.secret).or_default().push(finding);
    }
    let mut keys: Vec<Key<'_>> = by_key.into_values().map(|findings| Key { findings }).collect();
    // Sorting is stable, so that keys of equal rank stay in the order of their values.
    keys.sort_by_key(|k| std::cmp::Reverse(k.rank()));
    let left = keys.len().saturating_sub(MOST);
    let mut notes: Vec<String> = keys
        .iter()
        .take(MOST)
        .enumerate()
        .map(|(i, key)| format!("do first {:>2}: {}", i + 1, key.told()))
        .collect();
    if left > 0 {
        notes.push(format!("do first {:>2}: and {}", MOST + 1, count(left, "more key")));
    }
    notes
}

impl Key<'_> {
    /// Still in HEAD, how bad, whether its checksum holds, how sure, how old.
    fn rank(&self) -> (bool, Severity, bool, u8, u64) {
        let worst = self.findings.iter().map(|f| f.severity).max().unwrap_or_default();
        let valid = self.findings.iter().any(|f| f.checksum == Checksum::Valid);
        let sure = self.findings.iter().map(|f| f.confidence.0).max().unwrap_or_default();
        (self.is_there(), worst, valid, sure, self.age().unwrap_or_default())
    }

    /// Whether it stands in the work tree or in HEAD.
    fn is_there(&self) -> bool {
        self.findings.iter().any(|f| match &f.history {
            Some(history) => history.in_head,
            None => matches!(f.location.origin, Origin::File(..)),
        })
    }

    fn age(&self) -> Option<u64> {
        self.findings.iter().filter_map(|f| f.history.as_ref()?.age_days).max()
    }

    fn told(&self) -> String {
        let Some(first) = self.findings.first() else { return String::new() };
        let file = first.rule.starts_with("hygiene-");
        let what = if file { "take out" } else { "revoke" };
        let value = if file { String::new() } else { format!(" {}", first.secret.redacted()) };
        let mut parts = vec![format!("{what} {}{value} ({})", first.name, self.rank().1)];
        if self.rank().2 {
            parts.push("its checksum holds".into());
        }
        parts.push(self.place());
        if let Some(age) = self.age() {
            let advised = Some(u64::from(first.remedy.rotate_days)).filter(|d| *d > 0).unwrap_or(ROTATION);
            let old = if age > advised {
                format!(", older than the {advised} days advised")
            } else {
                String::new()
            };
            parts.push(format!("{} old{old}", count(age, "day")));
        }
        let owners =
            some(self.findings.iter().filter_map(|f| f.owner.as_deref().map(str::to_owned)).collect());
        if !owners.is_empty() {
            parts.push(format!("owner {owners}"));
        }
        parts.join("; ")
    }

    /// Where it still stands, else where it stood.
    fn place(&self) -> String {
        let path = |f: &Finding| {
            f.location.origin.path().map(|p| format!("{}:{}", p.to_text(), f.location.start.line))
        };
        let places = some(self.findings.iter().filter_map(|f| path(f)).collect());
        let refs = some(
            self.findings.iter().filter_map(|f| f.history.as_ref()).flat_map(|h| h.refs.clone()).collect(),
        );
        // Each finding of the history knows all places of its key there; files stand beside them.
        let past = self.findings.iter().filter_map(|f| f.history.as_ref()).map(|h| h.occurrences).max();
        let files = self.findings.iter().filter(|f| f.history.is_none()).count() as u64;
        let times = past.unwrap_or_default() + files;
        let still = if self.is_there() { "stands at" } else { "gone from HEAD, in the history at" };
        let on = if refs.is_empty() { String::new() } else { format!(" on {refs}") };
        format!("{still} {places}{on} ({times} {})", if times == 1 { "place" } else { "places" })
    }
}

/// A few of them, each once.
fn some(mut all: Vec<String>) -> String {
    all.sort();
    all.dedup();
    let more = all.len().saturating_sub(SOME);
    all.truncate(SOME);
    if more > 0 {
        all.push(format!("{more} more"));
    }
    all.join(", ")
}
