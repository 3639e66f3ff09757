//! Whether a candidate is a key. (Stand-in; X's room.)

use std::borrow::Cow;

use crate::model::{Checksum, Confidence};
use crate::rules::{Need, Rule};

use super::candidate::Candidate;
use super::context::Surroundings;

/// What speaks for a candidate.
#[derive(Debug, Clone)]
pub(super) struct Assessment {
    /// How sure it is.
    pub(super) confidence: Confidence,
    /// How strongly context speaks for this rule: 0 not, 1 a word nearby, 2 a host or word in the name, 3 the name.
    pub(super) fit: u8,
    /// Why.
    pub(super) reasons: Vec<Cow<'static, str>>,
    /// The name it is assigned to.
    pub(super) variable: Option<String>,
    /// What its checksum says.
    pub(super) checksum: Checksum,
}

/// The judgement.
#[derive(Debug, Clone)]
pub(super) enum Verdict {
    /// It may be a key.
    Keep(Assessment),
    /// It is none.
    Drop {
        /// The filter or stage that says so.
        by: &'static str,
        /// Why.
        why: Cow<'static, str>,
    },
}

/// Judges a candidate of a rule.
pub(super) fn assess(
    rule: &Rule,
    _key: &[u8],
    _candidate: &Candidate,
    _around: &Surroundings<'_>,
) -> Verdict {
    if rule.context.need != Need::No {
        return Verdict::Drop { by: "need", why: "no context".into() };
    }
    Verdict::Keep(Assessment {
        confidence: Confidence(rule.confidence),
        fit: 0,
        reasons: Vec::new(),
        variable: None,
        checksum: Checksum::None,
    })
}
