//! `Matcher`: the stages in order. Immutable and shared; a [`Scratch`] a thread.

use crate::encoding::lines::Cursor;
use crate::model::{Blob, BlobPath, Confidence};
use crate::rules::{Need, Rule, Shape};

use super::Detection;
use super::anchor::{Anchor, Hook, hook};
use super::candidate::Candidate;
use super::context::Surroundings;
use super::dispatch::{Dispatch, Sink};
use super::judge::{Verdict, assess};
use super::masks::Pieces;
use super::named;
use super::overlap::{Fate, Judged, resolve};
use super::pattern::prefixes;
use super::shape::{Ends, Shapes};
use super::view::View;

/// What may be set about matching.
#[derive(Debug, Clone)]
pub struct MatchOptions {
    /// Detections below this confidence are not reported.
    pub min_confidence: Confidence,
    /// Whether to look into encodings and archives.
    pub decode: bool,
}

impl Default for MatchOptions {
    fn default() -> Self {
        MatchOptions { min_confidence: Confidence(50), decode: true }
    }
}

/// The rules in force, prepared for scanning.
#[derive(Debug)]
pub struct Matcher<'r> {
    rules: &'r [Rule],
    options: MatchOptions,
    shapes: Shapes<'r>,
    dispatch: Dispatch,
    named: named::Index,
}

/// Memory that one thread reuses from blob to blob.
#[derive(Debug, Default)]
pub struct Scratch {
    pieces: Pieces,
    ends: Ends,
    candidates: Vec<Candidate>,
    group: Vec<Judged>,
}

impl<'r> Matcher<'r> {
    /// Prepares rules for scanning.
    pub fn new(rules: &'r [Rule], options: MatchOptions) -> Matcher<'r> {
        let mut hooks = Vec::with_capacity(rules.len() * 2);
        let mut unanchored = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            if !hang(index as u32, rule, &mut hooks) {
                unanchored.push(index as u32);
            }
        }
        Matcher {
            rules,
            options,
            shapes: Shapes::new(rules),
            dispatch: Dispatch::new(hooks),
            named: named::Index::new(rules, &unanchored),
        }
    }

    /// Calls `found` for each detection in the blob's window, in order of place.
    pub fn scan(&self, blob: &Blob<'_>, scratch: &mut Scratch, found: &mut dyn FnMut(Detection<'r>)) {
        let view = View { bytes: blob.bytes, path: blob.origin.path().map(BlobPath::as_bytes) };
        let Scratch { pieces, ends, candidates, group } = scratch;
        pieces.reset();
        ends.reset();
        candidates.clear();
        while let Some(piece) = pieces.next(view.bytes) {
            let mut sink = Sink { shapes: &self.shapes, ends, out: candidates };
            self.dispatch.scan(view, &piece, &mut sink);
            self.named.scan(view, &piece, &mut sink);
        }
        if candidates.is_empty() {
            return;
        }
        candidates.sort_unstable();
        candidates.dedup_by_key(|c| (c.start, c.end, c.rule));
        let mut cursor = Cursor::new(blob.window.start);
        let mut rest = &candidates[..];
        while let Some(first) = rest.first() {
            // All that overlap each other, directly or through others.
            let mut reach = first.end;
            let len = rest
                .iter()
                .take_while(|c| (c.start < reach).then(|| reach = reach.max(c.end)).is_some())
                .count();
            let (together, after) = rest.split_at(len.max(1));
            rest = after;
            self.judge(view, together, group);
            self.report(blob, group, &mut cursor, found);
        }
    }

    /// Judges candidates that overlap.
    fn judge(&self, view: View<'_>, together: &[Candidate], group: &mut Vec<Judged>) {
        group.clear();
        for same in together.chunk_by(|a, b| a.span() == b.span()) {
            let Some(first) = same.first() else { continue };
            let name = same.iter().find_map(|c| c.name);
            let around = Surroundings::of(view, first.start, first.end, name);
            for candidate in same {
                let Some(rule) = self.shapes.rule(candidate.rule) else { continue };
                match assess(rule, &view.bytes[candidate.span()], candidate, &around) {
                    Verdict::Keep(a) => group.push(Judged { candidate: *candidate, assessment: Some(a) }),
                    Verdict::Drop { by: "need", .. } => {
                        group.push(Judged { candidate: *candidate, assessment: None });
                    }
                    Verdict::Drop { .. } => {}
                }
            }
        }
    }

    /// Reports the winners of a group.
    fn report(
        &self,
        blob: &Blob<'_>,
        group: &mut Vec<Judged>,
        cursor: &mut Cursor,
        found: &mut dyn FnMut(Detection<'r>),
    ) {
        let bytes = blob.bytes;
        let fates = resolve(self.rules, group);
        for (judged, fate) in group.drain(..).zip(fates) {
            let (Fate::Won { alternatives }, Some(a)) = (fate, judged.assessment) else { continue };
            let candidate = judged.candidate;
            let kept = blob.window.keep.0 <= candidate.start && candidate.start < blob.window.keep.1;
            let Some(rule) = self.shapes.rule(candidate.rule).filter(|_| kept) else { continue };
            if a.confidence < self.options.min_confidence {
                continue;
            }
            let start = cursor.at(bytes, candidate.start);
            let end = { *cursor }.at(bytes, candidate.end - 1);
            found(Detection {
                rule,
                secret: bytes[candidate.span()].to_vec(),
                prefix: candidate.prefix as usize,
                span: candidate.span(),
                start,
                end,
                confidence: a.confidence,
                reasons: a.reasons,
                decoded_from: Vec::new(),
                variable: a.variable,
                checksum: a.checksum,
                alternatives,
            });
        }
    }
}

/// Adds what a rule hangs on; `false`: nothing of its own, so it must be found by the name of its value.
fn hang(index: u32, rule: &Rule, hooks: &mut Vec<(u32, u32, Hook)>) -> bool {
    let before = hooks.len();
    match &rule.shape {
        Shape::Templates(templates) => {
            for (i, template) in templates.iter().enumerate() {
                match hook(template, &rule.boundary) {
                    Some(hook) if rule.context.need == Need::No || !matches!(hook.anchor, Anchor::Run(_)) => {
                        hooks.push((index, i as u32, hook));
                    }
                    _ => {
                        hooks.truncate(before);
                        return false;
                    }
                }
            }
        }
        Shape::Pattern(text) => {
            let hook = |literal| Hook { anchor: Anchor::Text(literal, false), back: (0, 0) };
            hooks.extend(prefixes(text).into_iter().map(|literal| (index, 0, hook(literal))));
        }
    }
    hooks.len() > before
}
