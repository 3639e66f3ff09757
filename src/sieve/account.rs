//! The account of a scan, filled with what was found: decided, counted, parted into what is reported and what is not.

use std::collections::BTreeMap;
use std::time::Instant;

use crate::model::{Coverage, Disposition, Finding};
use crate::reports::{Report, RuleSummary};
use crate::triage::Triage;

use super::unread;

/// A report that is being made.
pub(super) struct Account<'s> {
    triage: &'s Triage,
    findings: Vec<Finding>,
    suppressed: Vec<Finding>,
    rules: BTreeMap<String, RuleSummary>,
    /// What the findings add to the source's own account.
    coverage: Coverage,
}

impl<'s> Account<'s> {
    pub(super) fn new(triage: &'s Triage) -> Account<'s> {
        Account {
            triage,
            findings: Vec::new(),
            suppressed: Vec::new(),
            rules: BTreeMap::new(),
            coverage: Coverage::default(),
        }
    }

    /// Decides about findings that are located, in the report's order, and gives those that are reported to `tell`.
    pub(super) fn add(&mut self, mut found: Vec<Finding>, tell: &mut dyn FnMut(&Finding)) {
        let triage = self.triage;
        unread::tell(&mut found, triage, &mut self.coverage);
        found.sort_by(Finding::report_order);
        for finding in &mut found {
            self.summarise(finding);
            if finding.disposition != Disposition::Old {
                triage.judge(finding);
            }
            match &finding.disposition {
                Disposition::Reported => tell(finding),
                Disposition::Unread(_) => {}
                Disposition::Old => self.coverage.old_findings += 1,
                Disposition::Known { .. } => count(&mut self.coverage.suppressed, "baseline"),
                Disposition::Allowed { by, .. } => count(&mut self.coverage.suppressed, by),
            }
        }
        let suppressed = |f: &mut Finding| f.disposition != Disposition::Reported;
        self.suppressed.extend(found.extract_if(.., suppressed));
        // Most runs add everything at once: then nothing is copied.
        if self.findings.is_empty() {
            self.findings = found;
        } else {
            self.findings.extend(found);
        }
    }

    /// The report, with the source's account in it.
    pub(super) fn close(self, coverage: Coverage, started: Instant) -> Report {
        let mut report = Report {
            findings: self.findings,
            suppressed: self.suppressed,
            rules: self.rules.into_values().collect(),
            coverage,
            ..Report::default()
        };
        report.coverage.merge(self.coverage);
        report.coverage.notes.extend(self.triage.expired());
        report.coverage.elapsed = started.elapsed();
        report.coverage.sort();
        report
    }

    fn summarise(&mut self, f: &Finding) {
        if !self.rules.contains_key(f.rule.as_ref()) {
            let summary = RuleSummary {
                id: f.rule.to_string(),
                name: f.name.to_string(),
                provider: f.provider.to_string(),
                severity: f.severity,
                remedy: (*f.remedy).clone(),
            };
            self.rules.insert(f.rule.to_string(), summary);
        }
    }
}

fn count(counts: &mut BTreeMap<String, u64>, by: &str) {
    if let Some(n) = counts.get_mut(by) {
        *n += 1;
    } else {
        counts.insert(by.to_owned(), 1);
    }
}
