//! Why something was found, or not: each candidate on a line with what the stages said of it, for `keysieve explain`.

use std::borrow::Cow;
use std::ops::Range;

use crate::encoding::Decoded;
use crate::model::{Blob, Confidence, LineCol, RuleId};
use crate::rules::Rule;

use super::matcher::view;
use super::overlap::{Fate, resolve};
use super::places::{Lie, Places};
use super::{Detection, Matcher, Scratch};

/// A place that has the shape of a rule's key, and what became of it.
#[derive(Debug, Clone)]
pub struct Explained<'r> {
    /// The rule.
    pub rule: &'r Rule,
    /// The bytes of the blob.
    pub span: Range<usize>,
    /// Place of the first and of the last byte.
    pub place: (LineCol, LineCol),
    /// What became of it.
    pub outcome: Outcome<'r>,
}

/// What became of a candidate.
#[derive(Debug, Clone)]
pub enum Outcome<'r> {
    /// It is reported.
    Found(Box<Detection<'r>>),
    /// A stage or filter dropped it.
    Dropped {
        /// Which: "need", or the name of a filter.
        by: &'static str,
        /// Why, in words.
        why: Cow<'static, str>,
    },
    /// Another rule knows better what stands there.
    Lost {
        /// That rule.
        to: RuleId,
    },
    /// It is not sure enough to be reported.
    Unsure {
        /// How sure.
        confidence: Confidence,
        /// Why, in order.
        reasons: Vec<Cow<'static, str>>,
    },
}

impl<'r> Matcher<'r> {
    /// What every stage says of every candidate on a line of a blob that is given as a whole, in order of place.
    pub fn explain(&self, blob: &Blob<'_>, line: u64) -> Vec<Explained<'r>> {
        let decoded = Decoded::of(blob.bytes);
        let (text, lie) = match &decoded {
            Some(decoded) => (&decoded.text[..], Lie::Decoded(decoded)),
            None => (blob.bytes, Lie::Same),
        };
        let view = view(text);
        let mut places = Places::new(blob, lie);
        let mut told = Vec::new();
        self.sweep(view, None, &mut Scratch::default(), &mut |together, group| {
            let touches = together.iter().any(|c| {
                let (start, end) = places.ends(&c.span());
                start.line <= line && line <= end.line
            });
            if !touches {
                return;
            }
            self.judge(view, together, group, &mut |candidate, by, why| {
                if let Some(rule) = self.rule(candidate.rule) {
                    let outcome = Outcome::Dropped { by, why };
                    let place = places.ends(&candidate.span());
                    told.push(Explained { rule, span: places.span(candidate.span()), place, outcome });
                }
            });
            let fates = resolve(self.rules(), group, self.least());
            let names: Vec<_> =
                group.iter().map(|j| self.rule(j.candidate.rule).map(|r| r.id.clone())).collect();
            for (judged, fate) in group.drain(..).zip(fates) {
                let span = judged.candidate.span();
                let Some((rule, a)) = self.rule(judged.candidate.rule).zip(judged.assessment.as_ref()) else {
                    continue;
                };
                let place = places.ends(&span);
                let unsure = Outcome::Unsure { confidence: a.confidence, reasons: a.reasons.clone() };
                let outcome = match fate {
                    _ if a.confidence < self.least() => unsure,
                    Fate::Lost(to) => {
                        Outcome::Lost { to: names.get(to).cloned().flatten().unwrap_or_default() }
                    }
                    Fate::Won { alternatives } => {
                        match self.detection(view, judged, alternatives, &mut places) {
                            Some(found) => Outcome::Found(Box::new(found)),
                            None => continue,
                        }
                    }
                    Fate::NoContext => continue,
                };
                told.push(Explained { rule, span: places.span(span), place, outcome });
            }
        });
        told.retain(|e| e.place.0.line <= line && line <= e.place.1.line);
        told.sort_by(|a, b| {
            (a.span.start, a.span.end, &a.rule.id).cmp(&(b.span.start, b.span.end, &b.rule.id))
        });
        told
    }
}
