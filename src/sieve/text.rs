//! From a text to findings: what the matcher detects, in clear and in disguise, with redacted excerpts and marks.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::{Detection, Scratch};
use crate::model::{Blob, Disposition, Excerpt, Facts, Few, Finding, Location, Remedy, Secret};
use crate::rules::Need;
use crate::triage::Marks;

use super::Sieve;
use super::around::{self, Found};
use super::disguise;
use super::excerpt::{self, Spot};
use super::unread;

/// What a thread keeps for all texts.
#[derive(Default)]
pub(super) struct Tools {
    scratch: Scratch,
    hiding: Scratch,
    kept: Kept,
}

/// How a content is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// As text: all rules count, and it is looked into for keys in disguise.
    Text,
    /// As bytes that no person wrote: only rules count that need no context.
    Binary,
}

impl Sieve<'_> {
    /// Everything found in a text.
    pub(super) fn text(&self, blob: &Blob<'_>, way: Way, tools: &mut Tools) -> Vec<Finding> {
        let Tools { scratch, hiding, kept } = tools;
        let mut detections = Vec::new();
        self.matcher.scan(blob, scratch, &mut |detection| detections.push(detection));
        let depth = self.options.depth;
        let mut unread = None;
        if way == Way::Binary {
            detections.retain(|d| d.rule.context.need == Need::No);
        } else if depth > 0
            && let Some(why) = disguise::uncover(self.matcher, blob, depth, scratch, &mut detections)
        {
            unread = Some(unread::finding(blob.origin, disguise::not_read(why)));
        }
        let mut detections: Vec<Found<'_>> = detections.into_iter().map(|d| (d, None)).collect();
        if let Some(foreign) = self.foreign {
            around::join(blob, foreign, &mut detections);
        }
        if detections.is_empty() {
            return unread.into_iter().collect();
        }
        self.options.progress.found(detections.len() as u64);
        let secrets: Vec<Secret> = detections.iter().map(|(d, _)| Secret::new(&d.secret, d.prefix)).collect();
        let spots = detections.iter().zip(&secrets).map(|((d, _), s)| {
            let name = d.variable.as_deref();
            Spot { span: d.span.clone(), shown: s.redacted(), name }
        });
        let spots: Vec<Spot<'_>> = spots.collect();
        let mut hide = |text: &[u8], known: &[_]| self.concealer.spans(text, known, hiding);
        let excerpts = excerpt::cut_all(blob.bytes, &spots, &mut hide);
        let marks = if self.triage.wants_marks() { Some(Marks::of(blob.bytes)) } else { None };
        let found = detections.into_iter().zip(secrets.into_iter().zip(excerpts));
        let found = found.map(|((mut d, whole), (secret, (excerpt, name_is_secret)))| {
            let markers = marks.as_ref().map_or_else(Vec::new, |m| m.near(&d.span));
            let noted = if self.triage.wants_text() {
                around::note(blob.bytes, &d, whole, self.triage)
            } else {
                Vec::new()
            };
            if name_is_secret && !self.options.show_secrets {
                d.variable = None;
            }
            let mut found = finding(blob, d, secret, excerpt, kept);
            found.markers = markers.into();
            found.noted = noted.into();
            found
        });
        found.chain(unread).collect()
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
