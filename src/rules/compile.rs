//! The last, mechanical step from a draft to a `Rule`, for rules read at start.

use std::borrow::Cow;

use crate::model::{Remedy, Severity};

use super::beginnings::beginnings;
use super::draft::Draft;
use super::rule::{Boundary, Context, Judge, List, Need, Rule, Segment, Shape, Template, Text, Verification};
use super::schema::RawVerify;
use super::template::Piece;

/// Makes the rule.
pub(crate) fn compile(draft: Draft) -> Rule {
    let Draft { raw, .. } = draft;
    let remedy = Remedy {
        about: raw.about.into(),
        revoke: raw.revoke.into(),
        rotate: raw.rotate.into(),
        rotate_days: raw.rotate_days,
        variable: raw.variable.into(),
        references: raw.references.as_slice().into(),
    };
    Rule {
        id: raw.id.into(),
        provider: draft.provider.into(),
        name: raw.name.into(),
        severity: Severity::ALL.get(draft.severity).copied().unwrap_or(Severity::Medium),
        confidence: draft.confidence,
        beginnings: raw.pattern.as_deref().map(pattern_beginnings).unwrap_or_default(),
        shape: match raw.pattern {
            Some(pattern) => Shape::Pattern(pattern.into()),
            None => Shape::Templates(templates(draft.shapes)),
        },
        boundary: Boundary { not_before: draft.not_before, not_after: draft.not_after },
        check: draft.check,
        context: Context {
            need: [Need::No, Need::Near, Need::Name][draft.need.min(2)],
            names: texts(raw.context.names),
            words: texts(raw.context.words),
            hosts: texts(raw.context.hosts),
        },
        judge: [Judge::Shape, Judge::Random, Judge::Human][draft.judge.min(2)],
        public: raw.public,
        enabled: raw.enabled.unwrap_or(true),
        rank: draft.rank,
        remedy,
        pair: raw.pair.map(Cow::Owned),
        verify: raw.verify.map(verification),
        samples: templates(draft.samples),
        examples_match: texts(raw.examples.matching),
        examples_reject: texts(raw.examples.reject),
    }
}

/// How the matches of a pattern begin: see [`Rule::beginnings`].
pub(crate) fn pattern_beginnings(pattern: &str) -> List<Template> {
    templates(beginnings(pattern))
}

fn texts(list: Vec<String>) -> List<Text> {
    list.into_iter().map(Cow::Owned).collect()
}

fn templates(shapes: Vec<Vec<Piece>>) -> List<Template> {
    let segment = |piece| match piece {
        Piece::Literal(text) => Segment::Literal(text.into()),
        Piece::LiteralNoCase(text) => Segment::LiteralNoCase(text.into()),
        Piece::Run(set, ranges) => Segment::Run(set, ranges.into()),
    };
    shapes
        .into_iter()
        .map(|pieces| Template { segments: pieces.into_iter().map(segment).collect() })
        .collect()
}

fn verification(raw: RawVerify) -> Verification {
    Verification {
        method: raw.method.map_or(Cow::Borrowed("GET"), Cow::Owned),
        url: raw.url.into(),
        headers: texts(raw.headers),
        body: raw.body.into(),
        live: raw.live.0.into(),
        dead: raw.dead.0.into(),
    }
}
