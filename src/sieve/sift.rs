//! `Sieve`: the story of the program, readable in one screen.

use std::collections::BTreeMap;
use std::sync::mpsc::channel;
use std::time::Instant;

use crate::archive::Limits;
use crate::engine::{Foreign, Matcher};
use crate::error::Result;
use crate::model::{Blob, Disposition, Finding, Progress, Stop};
use crate::reports::{Report, RuleSummary};
use crate::sources::Source;
use crate::triage::Triage;

use super::conceal::Concealer;
use super::text::{Tools, Way};
use super::windows::{Whole, Windows};
use super::{hide, unpack, unread};

/// What may be set about sifting.
#[derive(Debug, Clone, Default)]
pub struct SiftOptions {
    /// Whether secrets may stay in paths and messages (`--show-secrets`).
    pub show_secrets: bool,
    /// Counted up while the scan runs.
    pub progress: Progress,
    /// How many layers of encodings are looked into; 0: none.
    pub depth: u8,
    /// How far archives are looked into.
    pub archives: Limits,
    /// Looked at between two members of an archive.
    pub stop: Stop,
}

/// Matcher and judgement, ready to sift a source.
pub struct Sieve<'a> {
    /// The rules in force.
    pub matcher: &'a Matcher<'a>,
    /// Rules of another tool, where it was asked for.
    pub foreign: Option<&'a Foreign<'a>>,
    /// Decides about each finding, after the source has located them.
    pub triage: &'a Triage,
    /// Knows all rules there are, for what must not be shown.
    pub concealer: &'a Concealer<'a>,
    /// The rest.
    pub options: SiftOptions,
}

impl Sieve<'_> {
    /// Scans everything the source gives and decides on everything found.
    pub fn sift(&self, source: &dyn Source) -> Result<Report> {
        let started = Instant::now();
        let (sender, receiver) = channel::<Vec<Finding>>();
        let mut coverage = source.visit(&|| {
            let sender = sender.clone();
            let mut tools = Tools::default();
            let mut windows = Windows::default();
            Box::new(move |blob| {
                let found = self.sift_blob(blob, &mut tools, &mut windows);
                if !found.is_empty() {
                    // The receiver lives until all workers are gone.
                    let _ = sender.send(found);
                }
            })
        })?;
        drop(sender);
        let mut found = joined(receiver.into_iter().collect());
        unpack::settle(&mut found);
        source.locate(&mut found, &mut coverage)?;
        unread::tell(&mut found, self.triage, &mut coverage);
        found.sort_by(Finding::report_order);
        let mut report = Report { rules: summaries(&found), ..Report::default() };
        for finding in &mut found {
            if finding.disposition != Disposition::Old {
                self.triage.judge(finding);
            }
            match &finding.disposition {
                Disposition::Reported | Disposition::Unread(_) => {}
                Disposition::Old => coverage.old_findings += 1,
                Disposition::Known { .. } => count(&mut coverage.suppressed, "baseline"),
                Disposition::Allowed { by, .. } => count(&mut coverage.suppressed, by),
            }
        }
        let suppressed = |f: &mut Finding| f.disposition != Disposition::Reported;
        report.suppressed = found.extract_if(.., suppressed).collect();
        report.findings = found;
        coverage.notes.extend(self.triage.expired());
        coverage.elapsed = started.elapsed();
        coverage.sort();
        report.coverage = coverage;
        Ok(report)
    }

    fn sift_blob(&self, blob: &Blob<'_>, tools: &mut Tools, windows: &mut Windows) -> Vec<Finding> {
        let limits = &self.options.archives;
        let archive = if limits.depth > 0 { windows.archive(blob, limits) } else { None };
        // What an archive says, its members say better: of its own bytes only what cannot be chance is told.
        let way = if archive.is_some() { Way::Binary } else { Way::Text };
        let mut found = self.text(blob, way, tools);
        if let Some(archive) = archive.and_then(Whole::into_complete) {
            found.extend(self.unpack(blob, &archive, tools));
        } else if limits.depth > 0 && blob.window.offset == 0 {
            found.extend(unpack::unopened(blob));
        }
        self.options.progress.done(blob.bytes.len() as u64);
        if !found.is_empty()
            && let Some(kin) = blob.kin
        {
            kin.tell_found();
        }
        found
    }

    /// Redacts what stands in the names of a report, once nothing more is added to it.
    pub fn conceal(&self, report: &mut Report) {
        if !self.options.show_secrets {
            hide::names(report, self.concealer);
        }
    }
}

/// All findings in one list, which is made once and does not grow.
fn joined(parts: Vec<Vec<Finding>>) -> Vec<Finding> {
    let mut all = Vec::with_capacity(parts.iter().map(Vec::len).sum());
    for part in parts {
        all.extend(part);
    }
    all
}

fn count(counts: &mut BTreeMap<String, u64>, by: &str) {
    if let Some(n) = counts.get_mut(by) {
        *n += 1;
    } else {
        counts.insert(by.to_owned(), 1);
    }
}

fn summaries(found: &[Finding]) -> Vec<RuleSummary> {
    let mut by_id = BTreeMap::new();
    for f in found {
        if !by_id.contains_key(f.rule.as_ref()) {
            let summary = RuleSummary {
                id: f.rule.to_string(),
                name: f.name.to_string(),
                provider: f.provider.to_string(),
                severity: f.severity,
                remedy: (*f.remedy).clone(),
            };
            by_id.insert(f.rule.as_ref(), summary);
        }
    }
    by_id.into_values().collect()
}
