//! Whether a candidate is a key: need, filters, the value itself, and a number with its reasons.

pub(super) mod random;
mod table;

use std::borrow::Cow;

use crate::model::{Checksum, Confidence, PLAIN, WEAK};
use crate::rules::{Judge, Need, Rule, Segment, Shape, check};

use super::candidate::Candidate;
use super::context::{Surroundings, Whose};
use super::filter::{Case, dropped_by, made_by_hand, plain_setting, says_nothing, weak, well_known};
use super::named::BY_PLACE;
use super::words::Kind;

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

/// How sure a password is that everybody knows: just enough, and less anywhere but in a file of settings.
const WEAK_POINTS: i32 = 52;

/// What a body that a person made up costs: it is told where prefix or name leave no doubt of what it stands for.
const MADE_BY_HAND: i32 = -28;

/// A number that grows and shrinks, and why.
struct Score {
    points: i32,
    reasons: Vec<Cow<'static, str>>,
}

impl Score {
    fn add(&mut self, points: i32, why: &'static str) {
        self.points += points;
        self.reasons.push(why.into());
    }
}

/// Judges a candidate of a rule.
pub(super) fn assess(rule: &Rule, key: &[u8], candidate: &Candidate, around: &Surroundings<'_>) -> Verdict {
    let fit = around.fit(rule);
    if let Some(why) = misses_need(rule, fit, around) {
        return Verdict::Drop { by: "need", why: why.into() };
    }
    if fit < 3 && around.meaning.kind.is_none() && is_hash_to(rule, key) && around.whose(rule) < Whose::Secret
    {
        return Verdict::Drop {
            by: "hash",
            why: "hex digits as of a hash, and no name says that it is a key".into(),
        };
    }
    let checksum = rule.check.map_or(Checksum::None, |kind| check(kind, key));
    let body = key.get(candidate.prefix as usize..).unwrap_or_default();
    let case = Case::new(rule, key, body, around, checksum, fit);
    if let Some((by, why)) = dropped_by(&case) {
        return Verdict::Drop { by, why: why.into() };
    }
    let mut score =
        Score { points: i32::from(rule.confidence), reasons: vec!["shape and context of the rule".into()] };
    by_context(&case, &mut score);
    match rule.judge {
        _ if case.stands_for_one() && checksum != Checksum::Valid && made_by_hand(&case) => {
            score.add(MADE_BY_HAND, "counts or repeats itself: made up, but in the place of a key");
        }
        Judge::Shape => by_shape(&case, &mut score),
        Judge::Random => by_randomness(&case, &mut score),
        Judge::Human => by_human(&case, &mut score),
    }
    by_checksum(checksum, &mut score);
    let confidence = Confidence(score.points.clamp(0, 100) as u8);
    // Words of generic rules are not a provider's: they must not beat a rule that knows the key.
    let fit = if case.generic { 0 } else { fit };
    Verdict::Keep(Assessment {
        confidence,
        fit,
        reasons: score.reasons,
        variable: around.variable(),
        checksum,
    })
}

/// What a rule needs and does not have.
fn misses_need(rule: &Rule, fit: u8, around: &Surroundings<'_>) -> Option<&'static str> {
    match rule.context.need {
        Need::No => None,
        Need::Near => (fit == 0).then_some("none of the rule's names, words and hosts stands near"),
        Need::Name if BY_PLACE.contains(&&*rule.id) => None,
        // Its fields have names of one letter.
        Need::Name if rule.id == "jwk-private-key" && !around.holds(b"\"kty", 1500) => {
            Some("no `kty` stands near, as in a JSON Web Key")
        }
        // What an address leads to: a document, a page, a thing with a number.
        Need::Name if fit < 3 && around.ends_address() && !around.names_secret() => {
            Some("an address in front of it, and no name of a secret")
        }
        Need::Name if fit >= 2 || around.in_name(rule) => None,
        Need::Name if fit == 1 && around.names_secret() && around.in_line(rule) => None,
        Need::Name if fit == 1 && around.whose(rule) >= around.least_whose() => None,
        Need::Name => Some("none of the rule's words is part of the assigned name"),
    }
}

/// Whether a key has the look of a commit id or a digest, and the rule's keys are made of more than hex digits.
fn is_hash_to(rule: &Rule, key: &[u8]) -> bool {
    let wider = match &rule.shape {
        Shape::Templates(templates) => templates.iter().all(|template| {
            template.segments.iter().all(|segment| matches!(segment, Segment::Run(set, _) if set.has(b'z')))
        }),
        Shape::Pattern(_) => false,
    };
    wider && matches!(key.len(), 32 | 40 | 64 | 128) && key.iter().all(u8::is_ascii_hexdigit)
}

/// Names and words around.
fn by_context(case: &Case<'_>, score: &mut Score) {
    if !case.generic {
        match case.fit {
            3 => score.add(15, "its own name"),
            2 => score.add(8, "the provider's word in the name, or its host"),
            _ => {}
        }
    }
    if case.rule.context.need == Need::No || BY_PLACE.contains(&&*case.rule.id) {
        return;
    }
    let meaning = &case.around.meaning;
    match (meaning.kind, meaning.against) {
        (Some(_), Some(_)) => score.add(-35, "a name that means something about a secret"),
        (Some(Kind::Key), None) if case.generic && case.mixes_cases() => {
            score.add(-12, "`key` alone may be any key, but this one mixes letters of both cases and digits");
        }
        (Some(Kind::Key), None) if case.generic => score.add(-20, "`key` alone may be any key"),
        (Some(_), None) => score.add(5, "a name that means a secret"),
        (None, _) if case.generic => score.add(-35, "a name that means no secret"),
        // Words of a sentence are no name.
        (None, _) if case.around.is_prose() && case.fit < 2 => {
            score.add(-10, "a sentence that names no secret");
        }
        (None, _) if case.fit == 1 && case.around.whose(case.rule) == Whose::Secret => {}
        (None, _) if case.around.name.is_some() && case.fit < 2 => {
            score.add(-25, "a name that says nothing of a secret");
        }
        (None, _) => {}
    }
}

/// Rules whose shape is proof enough.
fn by_shape(case: &Case<'_>, score: &mut Score) {
    if case.body.len() >= 16 && case.score < -6 && case.makeup.letters() > 8 {
        score.add(-20, "reads as words");
    }
    let m = &case.body_makeup;
    if case.body.contains(&b'_') && m.digits == 0 && m.upper == 0 && case.body.len() >= 12 && case.score < 0 {
        score.add(-30, "a name of code");
    }
}

/// Rules whose value must look random.
fn by_randomness(case: &Case<'_>, score: &mut Score) {
    let strong = if case.body.len() < 12 { random::RANDOM + 3 } else { random::RANDOM };
    match case.score {
        s if s >= strong => score.add(5, "looks random"),
        s if s >= 0 => score.add(-12, "looks hardly random"),
        s if s >= -3 => score.add(-30, "looks more like words than random"),
        _ => score.add(-50, "reads as words"),
    }
    if case.generic && case.key.len() < 12 {
        score.add(-30, "short for a secret that a machine made");
    }
    if case.makeup.letters() == 0 {
        score.add(-30, "only digits");
    }
    if case.around.meaning.kind.is_none() && case.is_hex_of_larger() {
        score.add(-45, "a hexadecimal number where the rule's alphabet is larger");
    }
    if !case.generic && case.is_part() {
        score.add(-25, "part of a longer value");
    }
}

/// Passwords that a person may have made up.
fn by_human(case: &Case<'_>, score: &mut Score) {
    if weak(case) {
        score.points = WEAK_POINTS;
        score.reasons.push(WEAK.into());
        return;
    }
    if plain_setting(case) {
        score.points = WEAK_POINTS;
        score.reasons.push(PLAIN.into());
        return;
    }
    let m = &case.makeup;
    let classes = [m.lower > 0, m.upper > 0, m.digits > 0, m.symbols > 0].iter().filter(|c| **c).count();
    match classes {
        0 | 1 if m.digits == case.key.len() => score.add(-25, "only digits"),
        0 | 1 => score.add(-12, "one class of characters"),
        2 => {}
        _ => score.add(8, "several classes of characters"),
    }
    if case.key.len() < 6 {
        score.add(-12, "very short");
    }
    if case.rule.id == BY_PLACE[0] && !case.has_real_host() {
        score.add(-25, "a host that stands for any");
    }
    // A password that everybody knows opens a server that everybody reaches all the same.
    let open = case.rule.id == BY_PLACE[0] && case.has_public_host();
    let everybodys = well_known(case) || says_nothing(case.key);
    if well_known(case) && !open {
        score.add(-12, "a password that everybody knows");
    } else if classes >= 2 && says_nothing(case.key) && !open {
        score.add(-16, "words for passwords, with digits for letters");
    }
    // Words of commands are bare, and so are those of lists of settings: `- NAME=value`, `-e NAME=value`.
    let word = case.around.name_text().first() == Some(&b'-') && !everybodys;
    if !case.around.value.quoted && !word {
        score.add(-8, "not quoted");
    }
}

/// What the key's own digits say.
fn by_checksum(checksum: Checksum, score: &mut Score) {
    match checksum {
        Checksum::Valid => {
            score.points = score.points.max(99);
            score.reasons.push("its checksum holds".into());
        }
        Checksum::Invalid => score.add(-15, "its checksum does not hold"),
        Checksum::None => {}
    }
}
