//! Rules for the engine's own tests, made in code.

use std::borrow::Cow;

use crate::model::{Origin, Severity};
use crate::rules::{
    Boundary, Charset, Context, Judge, Need, Rule, Segment, Shape, Template, pattern_beginnings,
};

use super::{Detection, MatchOptions, Matcher, Scratch};

/// Letters and digits.
pub(super) const ALNUM: Charset =
    Charset::NONE.with_range(b'0', b'9').with_range(b'A', b'Z').with_range(b'a', b'z');
/// Letters, digits and `_`.
pub(super) const WORD: Charset = ALNUM.with(b'_');
/// Letters, digits, `_` and `-`.
pub(super) const URL: Charset = WORD.with(b'-');
/// Hex digits in lower case.
pub(super) const HEX: Charset = Charset::NONE.with_range(b'0', b'9').with_range(b'a', b'f');
/// Digits.
pub(super) const DIGITS: Charset = Charset::NONE.with_range(b'0', b'9');

/// A literal.
pub(super) fn lit(text: &str) -> Segment {
    Segment::Literal(text.as_bytes().to_vec().into())
}

/// A run.
pub(super) fn run(set: Charset, least: u32, most: u32) -> Segment {
    Segment::Run(set, vec![(least, most)].into())
}

/// A rule of one template with the usual boundaries; its rank counts its literal bytes.
pub(super) fn rule(id: &'static str, segments: &[Segment]) -> Rule {
    let literal: usize = segments.iter().map(|s| if let Segment::Literal(t) = s { t.len() } else { 0 }).sum();
    Rule {
        id: Cow::Borrowed(id),
        provider: Cow::Borrowed(id),
        name: Cow::Borrowed(id),
        severity: Severity::High,
        confidence: 90,
        shape: Shape::Templates(vec![Template { segments: segments.to_vec().into() }].into()),
        beginnings: Cow::default(),
        boundary: Boundary { not_before: WORD, not_after: WORD },
        check: None,
        context: Context {
            need: Need::No,
            names: Cow::default(),
            words: Cow::default(),
            hosts: Cow::default(),
        },
        judge: Judge::Shape,
        public: false,
        enabled: true,
        rank: literal as u16 * 64,
        remedy: crate::model::Remedy::default(),
        pair: None,
        verify: None,
        samples: Cow::default(),
        examples_match: Cow::default(),
        examples_reject: Cow::default(),
    }
}

/// A rule by a regular expression.
pub(super) fn pattern(id: &'static str, text: &'static str) -> Rule {
    Rule { shape: Shape::Pattern(Cow::Borrowed(text)), beginnings: pattern_beginnings(text), ..rule(id, &[]) }
}

/// All detections in a text.
pub(super) fn detections<'r>(rules: &'r [Rule], text: &[u8]) -> Vec<Detection<'r>> {
    let matcher = Matcher::new(rules, MatchOptions::default());
    let origin = Origin::Stdin;
    let mut found = Vec::new();
    matcher.scan(&crate::model::Blob::whole(text, &origin), &mut Scratch::default(), &mut |d| found.push(d));
    found
}

/// Rule and key of all detections in a text.
pub(super) fn keys(rules: &[Rule], text: &str) -> Vec<(String, String)> {
    detections(rules, text.as_bytes())
        .into_iter()
        .map(|d| (d.rule.id.to_string(), String::from_utf8_lossy(&d.secret).into_owned()))
        .collect()
}
