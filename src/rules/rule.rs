//! `Rule`: the validated form of what stands in a YAML file.
//!
//! Everything is `Cow` so that the built-in rules are a static table (nothing to parse or allocate at start) and
//! users' rules can be read at start into the very same types.

use std::borrow::Cow;

use crate::model::{Remedy, RuleId, Severity};

use super::charset::Charset;
use super::check_kind::CheckKind;

/// A text that is static for built-in rules and owned for users' rules.
pub(crate) type Text = Cow<'static, str>;
/// A list that is static for built-in rules and owned for users' rules.
pub(crate) type List<T> = Cow<'static, [T]>;

/// How one kind of key looks, and what to do about it.
#[derive(Debug, Clone)]
pub struct Rule {
    /// `provider-kind`, unique.
    pub id: RuleId,
    /// Who issues the key.
    pub provider: Text,
    /// The kind of key, in words.
    pub name: Text,
    /// How bad it is if a finding is true.
    pub severity: Severity,
    /// How sure a match of the shape in the right context is before values and surroundings are judged, 0 to 100.
    pub confidence: u8,
    /// How the key looks.
    pub shape: Shape,
    /// How the matches of a pattern begin, in one of these ways; none if that cannot be said, or the shape is no pattern.
    pub beginnings: List<Template>,
    /// What may stand to the left and to the right of it.
    pub boundary: Boundary,
    /// Digits or structure that can be checked offline.
    pub check: Option<CheckKind>,
    /// What must or may stand around it.
    pub context: Context,
    /// Which judgement of the value it wants.
    pub judge: Judge,
    /// Whether such a key is public by design (kept at severity info or low).
    pub public: bool,
    /// Whether the rule is in force unless disabled (`false`: only with `--only`).
    pub enabled: bool,
    /// Which rule wins where two match the same bytes: the higher number. Derived from the shape unless given.
    pub rank: u16,
    /// What a finding says to a person.
    pub remedy: Remedy,
    /// The id of the rule for the other half of a pair (key id and secret).
    pub pair: Option<RuleId>,
    /// How to ask the provider (only with `--verify`).
    pub verify: Option<Verification>,
    /// What made keys look like, where they cannot be made from the shape itself.
    pub samples: List<Template>,
    /// Texts with `{{key}}` in which the rule must find a made key.
    pub examples_match: List<Text>,
    /// Texts, possibly with `{{charset:n}}`, in which it must find nothing.
    pub examples_reject: List<Text>,
}

/// How a key looks.
#[derive(Debug, Clone)]
pub enum Shape {
    /// One of several sequences of literals and runs: what nearly all keys are.
    Templates(List<Template>),
    /// A regular expression (bytes, ASCII classes) with a group named `key`: only where a template cannot say it.
    Pattern(Text),
}

/// A sequence of literals and runs, such as `sk-{base62:20}T3BlbkFJ{base62:20}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The pieces, in order; never empty.
    pub segments: List<Segment>,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// These bytes.
    Literal(List<u8>),
    /// These bytes in any case of ASCII letters.
    LiteralNoCase(List<u8>),
    /// As many bytes of a set as one of the ranges (both ends included) allows, the longest that fits.
    Run(Charset, List<(u32, u32)>),
}

/// What may stand beside a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Boundary {
    /// Bytes that must not stand directly to the left.
    pub not_before: Charset,
    /// Bytes that must not stand directly to the right.
    pub not_after: Charset,
}

/// What must or may stand around a key.
#[derive(Debug, Clone)]
pub struct Context {
    /// Whether it is a condition.
    pub need: Need,
    /// Variable, header, option and field names that name exactly this key: `NEOSPEECH_API_KEY`. Compared word by
    /// word without regard to case and separators.
    pub names: List<Text>,
    /// Words of the provider (`speechmatics`): must be words of the assigned name or stand near it.
    pub words: List<Text>,
    /// Hosts that this key is sent to: `api.neospeech.io`, `*.speechmatics.com`.
    pub hosts: List<Text>,
}

/// Whether context is a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The shape alone is enough; context only adds confidence and settles ambiguity.
    No,
    /// A name, word or host must stand in the same statement or nearby.
    Near,
    /// The word is an ordinary one: it must be part of the assigned name or of a host.
    Name,
}

/// Which judgement of the value a rule wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judge {
    /// None beyond placeholders: the shape is proof enough.
    Shape,
    /// It must look random for its length and alphabet.
    Random,
    /// A person may have made it up: passwords.
    Human,
}

/// How to ask the provider whether a key is live.
#[derive(Debug, Clone)]
pub struct Verification {
    /// `GET` or `POST` (only where it has no effect and no cost).
    pub method: Text,
    /// Where.
    pub url: Text,
    /// Header lines with `{{key}}`.
    pub headers: List<Text>,
    /// Body with `{{key}}`, if any.
    pub body: Text,
    /// Status codes that mean the key is accepted.
    pub live: List<u16>,
    /// Status codes that mean it is refused.
    pub dead: List<u16>,
}
