//! `Sieve`: the story of the program, readable in one screen.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Instant;

use crate::engine::{Detection, Foreign, Matcher, Scratch};
use crate::error::Result;
use crate::model::{
    Blob, Disposition, Excerpt, Facts, Few, Finding, Location, Progress, Remedy, Secret, Skip,
};
use crate::reports::{Report, RuleSummary};
use crate::sources::Source;
use crate::triage::{Marks, Triage};

use super::around::{self, Found};
use super::conceal::Concealer;
use super::disguise;
use super::excerpt::{self, Spot};
use super::hide;

/// What may be set about sifting.
#[derive(Debug, Clone, Default)]
pub struct SiftOptions {
    /// Whether secrets may stay in paths and messages (`--show-secrets`).
    pub show_secrets: bool,
    /// Counted up while the scan runs.
    pub progress: Progress,
    /// How many layers of encodings are looked into; 0: none.
    pub depth: u8,
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
        let (missing, missed) = channel::<Skip>();
        let mut coverage = source.visit(&|| {
            let (sender, missing) = (sender.clone(), missing.clone());
            let mut scratch = Scratch::default();
            let mut hiding = Scratch::default();
            let mut kept = Kept::default();
            Box::new(move |blob| {
                let found = self.sift_blob(blob, &mut scratch, &mut hiding, &mut kept, &missing);
                if !found.is_empty() {
                    // The receiver lives until all workers are gone.
                    let _ = sender.send(found);
                }
            })
        })?;
        drop((sender, missing));
        // Before the source locates: it remembers nothing as clean where something was not read.
        coverage.incomplete.extend(missed);
        let mut found = joined(receiver.into_iter().collect());
        source.locate(&mut found, &mut coverage)?;
        found.sort_by(Finding::report_order);
        let mut report = Report { rules: summaries(&found), ..Report::default() };
        for finding in &mut found {
            if finding.disposition != Disposition::Old {
                self.triage.judge(finding);
            }
            match &finding.disposition {
                Disposition::Reported => {}
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

    /// Redacts what stands in the names of a report, once nothing more is added to it.
    pub fn conceal(&self, report: &mut Report) {
        if !self.options.show_secrets {
            hide::names(report, self.concealer);
        }
    }

    fn sift_blob(
        &self,
        blob: &Blob<'_>,
        scratch: &mut Scratch,
        hiding: &mut Scratch,
        kept: &mut Kept,
        missing: &Sender<Skip>,
    ) -> Vec<Finding> {
        let mut detections = Vec::new();
        self.matcher.scan(blob, scratch, &mut |detection| detections.push(detection));
        let depth = self.options.depth;
        if depth > 0 && disguise::uncover(self.matcher, blob, depth, scratch, &mut detections) {
            // Its receiver lives as long.
            let _ = missing.send(disguise::too_much(blob.origin));
        }
        let mut detections: Vec<Found<'_>> = detections.into_iter().map(|d| (d, None)).collect();
        if let Some(foreign) = self.foreign {
            around::join(blob, foreign, &mut detections);
        }
        self.options.progress.done(blob.bytes.len() as u64);
        if detections.is_empty() {
            return Vec::new();
        }
        self.options.progress.found(detections.len() as u64);
        if let Some(kin) = blob.kin {
            kin.tell_found();
        }
        let secrets: Vec<Secret> = detections.iter().map(|(d, _)| Secret::new(&d.secret, d.prefix)).collect();
        let spot = |((d, _), s): (&Found<'_>, &Secret)| Spot { span: d.span.clone(), shown: s.redacted() };
        let spots: Vec<Spot> = detections.iter().zip(&secrets).map(spot).collect();
        let mut hide = |text: &[u8], known: &[_]| self.concealer.spans(text, known, hiding);
        let excerpts = excerpt::cut_all(blob.bytes, &spots, &mut hide);
        let marks = if self.triage.wants_marks() { Some(Marks::of(blob.bytes)) } else { None };
        detections
            .into_iter()
            .zip(secrets.into_iter().zip(excerpts))
            .map(|((d, whole), (secret, excerpt))| {
                let markers = marks.as_ref().map_or_else(Vec::new, |m| m.near(&d.span));
                let noted = if self.triage.wants_text() {
                    around::note(blob.bytes, &d, whole, self.triage)
                } else {
                    Vec::new()
                };
                let mut found = finding(blob, d, secret, excerpt, kept);
                found.markers = markers.into();
                found.noted = noted.into();
                found
            })
            .collect()
    }
}

fn finding(blob: &Blob<'_>, d: Detection<'_>, secret: Secret, excerpt: Excerpt, kept: &mut Kept) -> Finding {
    let at = |offset: usize| blob.window.offset + offset as u64;
    let counts = blob.scope.touches(d.start.line, d.end.line);
    let location = Location {
        origin: blob.origin.clone(),
        span: at(d.span.start)..at(d.span.end),
        start: d.start,
        end: d.end,
        excerpt,
    };
    Finding::from(Facts {
        provider: d.rule.provider.clone(),
        name: d.rule.name.clone(),
        severity: d.rule.severity,
        confidence: d.confidence,
        reasons: Few::from(d.reasons).shared(&mut kept.reasons),
        decoded_from: Few::from(d.decoded_from).shared(&mut kept.layers),
        variable: d.variable.map(String::into_boxed_str),
        checksum: d.checksum,
        alternatives: Few::from(d.alternatives).shared(&mut kept.alternatives),
        disposition: if counts { Disposition::Reported } else { Disposition::Old },
        remedy: kept.remedy(&d.rule.id, &d.rule.remedy),
        ..Facts::new(d.rule.id.clone(), secret, location)
    })
}

/// What a thread's findings share: a million of one rule need each of these once.
#[derive(Default)]
struct Kept {
    remedies: BTreeMap<String, Arc<Remedy>>,
    /// Those of the last finding.
    reasons: Few<Cow<'static, str>>,
    layers: Few<Cow<'static, str>>,
    alternatives: Few<Cow<'static, str>>,
}

impl Kept {
    fn remedy(&mut self, rule: &str, remedy: &Remedy) -> Arc<Remedy> {
        if let Some(known) = self.remedies.get(rule) {
            return Arc::clone(known);
        }
        let shared = Arc::new(remedy.clone());
        self.remedies.insert(rule.to_owned(), Arc::clone(&shared));
        shared
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
