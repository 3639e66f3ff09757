//! Secrets that also stand in names: a file called after a key, a commit message that quotes one.
//!
//! Runs once over the finished report, so that no format can forget it.

use std::borrow::Cow;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::model::{BlobPath, Finding, Origin};
use crate::reports::Report;

/// A value shorter than this is not looked for in names: it would hide ordinary words.
const SHORTEST: usize = 8;

/// Replaces each secret of the report wherever it stands in a path, message, author, ref or note of the report.
pub(super) fn names(report: &mut Report) {
    let Some(hider) = Hider::new(report) else { return };
    for finding in report.findings.iter_mut().chain(&mut report.suppressed) {
        hider.finding(finding);
    }
    for skip in &mut report.coverage.incomplete {
        hider.text(&mut skip.what);
        hider.text(&mut skip.why);
    }
    for note in &mut report.coverage.notes {
        hider.text(note);
    }
}

struct Hider {
    values: AhoCorasick,
    redacted: Vec<String>,
}

impl Hider {
    fn new(report: &Report) -> Option<Hider> {
        let mut found: Vec<(&[u8], String)> = report
            .findings
            .iter()
            .chain(&report.suppressed)
            .filter(|f| f.secret.len() >= SHORTEST)
            .map(|f| (f.secret.reveal(), f.secret.redacted()))
            .collect();
        found.sort();
        found.dedup_by(|a, b| a.0 == b.0);
        // A table of a million keys would cost more than it protects; names with keys in them are rare.
        found.truncate(20_000);
        let values = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(found.iter().map(|f| f.0))
            .ok()?;
        if found.is_empty() {
            return None;
        }
        Some(Hider { values, redacted: found.into_iter().map(|f| f.1).collect() })
    }

    fn text(&self, text: &mut String) {
        if self.values.is_match(text.as_bytes()) {
            *text = self.values.replace_all(text, &self.redacted);
        }
    }

    fn path(&self, path: &mut BlobPath) {
        if self.values.is_match(path.as_bytes()) {
            *path = BlobPath::new(&self.values.replace_all_bytes(path.as_bytes(), &self.redacted));
        }
    }

    fn finding(&self, finding: &mut Finding) {
        match &mut finding.location.origin {
            Origin::File(path, _) | Origin::Staged(path, _) => self.path(path),
            Origin::Commit(c, _) => self.path(&mut c.path),
            Origin::Stdin | Origin::Object(..) => {}
        }
        if let Some(variable) = &mut finding.variable {
            self.text(variable);
        }
        for layer in &mut finding.decoded_from {
            if let Cow::Owned(layer) = layer {
                self.text(layer);
            }
        }
        if let Some(h) = &mut finding.history {
            for text in [&mut h.author, &mut h.email, &mut h.subject].into_iter().chain(&mut h.refs) {
                self.text(text);
            }
            h.paths.iter_mut().for_each(|p| self.path(p));
        }
    }
}
