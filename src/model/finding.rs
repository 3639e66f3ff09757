//! What a person sees: a detection with its origin, what was decided about it, and what to do.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use super::packed::{Unread, is_packed, members};
use super::{BlobPath, Few, Fingerprint, Location, ObjectId, Pages, Secret};

/// The id of a rule, `provider-kind`.
pub type RuleId = Cow<'static, str>;

/// How bad it is if the finding is true, by what the holder of the key can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Severity {
    /// Worth knowing: public by design, or harmless by itself.
    Info,
    /// Little harm: test keys, expired or very narrow ones.
    Low,
    /// Some harm: one service's data or quota.
    #[default]
    Medium,
    /// Much harm: money, personal data, sending in the owner's name.
    High,
    /// Everything: infrastructure, source code, payments, administration.
    Critical,
}

impl Severity {
    /// All, mildest first.
    pub const ALL: [Severity; 5] =
        [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

    /// The word used in every format.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }

    /// From the word.
    pub fn parse(word: &str) -> Option<Severity> {
        Severity::ALL.into_iter().find(|s| s.as_str() == word)
    }
}

/// How sure we are, from 0 to 100. Formats show the level; `explain` shows the number and how it came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Confidence(pub u8);

/// The four names for ranges of confidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Below 50: not reported unless asked for.
    Low,
    /// 50 to 74.
    Medium,
    /// 75 to 94.
    High,
    /// 95 and above: a checksum holds, or nothing else looks like this.
    Certain,
}

impl Level {
    /// All, weakest first.
    pub const ALL: [Level; 4] = [Level::Low, Level::Medium, Level::High, Level::Certain];

    /// The word used in every format.
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::Low => "low",
            Level::Medium => "medium",
            Level::High => "high",
            Level::Certain => "certain",
        }
    }

    /// From the word.
    pub fn parse(word: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|l| l.as_str() == word)
    }

    /// The least confidence that has this level.
    pub const fn floor(self) -> Confidence {
        Confidence(match self {
            Level::Low => 0,
            Level::Medium => 50,
            Level::High => 75,
            Level::Certain => 95,
        })
    }
}

impl Confidence {
    /// The level it falls into.
    pub fn level(self) -> Level {
        Level::ALL.into_iter().rev().find(|l| self >= l.floor()).unwrap_or(Level::Low)
    }
}

/// What the digits that a provider put into a key say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Checksum {
    /// The kind of key has none, or none that is published.
    #[default]
    None,
    /// It holds: chance alone would not do that.
    Valid,
    /// It does not hold: made up, mistyped, or a variant we do not know.
    Invalid,
}

impl Checksum {
    /// The word used in every format.
    pub const fn as_str(self) -> &'static str {
        match self {
            Checksum::None => "none",
            Checksum::Valid => "valid",
            Checksum::Invalid => "invalid",
        }
    }
}

/// What asking the provider said (only with `--verify`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Verdict {
    /// Nobody asked.
    #[default]
    Unverified,
    /// The provider accepts the key; whose it is, where the answer says.
    Live(Box<str>),
    /// The provider refuses the key.
    Dead,
    /// No clear answer, and why.
    Unknown(Box<str>),
}

impl Verdict {
    /// The word used in every format.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Verdict::Unverified => "unverified",
            Verdict::Live(_) => "live",
            Verdict::Dead => "dead",
            Verdict::Unknown(_) => "unknown",
        }
    }
}

/// What triage decided.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Disposition {
    /// It is reported and makes the exit code 1.
    #[default]
    Reported,
    /// It stands in the baseline.
    Known {
        /// The reason written there, if any.
        reason: Option<Box<str>>,
    },
    /// Somebody said that it is fine.
    Allowed {
        /// Where it was said: "inline", "config", "gitleaks:allow", …
        by: Cow<'static, str>,
        /// Why.
        reason: Box<str>,
    },
    /// It touches no line that counts in this mode (an old finding in a staged file).
    Old,
    /// It is no finding at all: what stands there could not be read. It goes the way of a finding so that a source
    /// tells where it is, and ends in the coverage.
    Unread(Box<Unread>),
}

impl Disposition {
    /// The word used in every format.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Disposition::Reported => "reported",
            Disposition::Known { .. } => "known",
            Disposition::Allowed { .. } => "allowed",
            Disposition::Old => "old",
            Disposition::Unread(_) => "unread",
        }
    }
}

/// What to do about a finding, for a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Remedy {
    /// What the holder of the key can do, one sentence.
    pub about: Cow<'static, str>,
    /// How or where to revoke it: a page or a path through the provider's settings.
    pub revoke: Cow<'static, str>,
    /// How to rotate it, where the provider says.
    pub rotate: Cow<'static, str>,
    /// After how many days the provider advises a new key.
    pub rotate_days: u32,
    /// The environment variable that the provider's own documentation reads the key from.
    pub variable: Cow<'static, str>,
    /// Pages read for the rule.
    pub references: Pages,
}

/// What the history says about a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// The commit that brought it in (merges included; the earliest by topology).
    pub commit: ObjectId,
    /// Author name, as bytes made UTF-8; not escaped.
    pub author: String,
    /// Author mail.
    pub email: String,
    /// Author date in seconds since 1970, with the offset from UTC in minutes.
    pub date: (i64, i16),
    /// First line of the message.
    pub subject: String,
    /// A few refs that hold it, sorted.
    pub refs: Vec<String>,
    /// Whether it still stands in HEAD.
    pub in_head: bool,
    /// In how many (commit-introduced blob, path) places it stands.
    pub occurrences: u64,
    /// All paths it has stood at, sorted, at most a hundred and (but for the last) no more than 16 KiB.
    pub paths: Vec<BlobPath>,
    /// Days between the author date and now.
    pub age_days: Option<u64>,
    /// The last commit in which it still stood, when it is gone from HEAD.
    pub last_seen: Option<(ObjectId, i64)>,
}

/// A detection that has an origin and on which a decision was made. In the space of a pointer, because there may be a
/// million, which are sorted and parted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding(Box<Facts>);

/// What is known of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The rule that found it.
    pub rule: RuleId,
    /// Who issues the key.
    pub provider: Cow<'static, str>,
    /// The kind of key, in words.
    pub name: Cow<'static, str>,
    /// How bad it is if true.
    pub severity: Severity,
    /// How sure we are.
    pub confidence: Confidence,
    /// Why we are that sure, in order, for `explain`.
    pub reasons: Few<Cow<'static, str>>,
    /// The key.
    pub secret: Secret,
    /// Where it stands.
    pub location: Location,
    /// Through which layers it was read, outermost first: `["base64"]`, `["zip:inner/path", "base64"]`.
    pub decoded_from: Few<Cow<'static, str>>,
    /// The name it is assigned to, where there is one.
    pub variable: Option<Box<str>>,
    /// What its checksum says.
    pub checksum: Checksum,
    /// Other providers whose keys have the very same shape.
    pub alternatives: Few<Cow<'static, str>>,
    /// What the provider said.
    pub verdict: Verdict,
    /// What triage decided.
    pub disposition: Disposition,
    /// What to do.
    pub remedy: Arc<Remedy>,
    /// What the history says, from sources that read it.
    pub history: Option<Box<History>>,
    /// An inline mark that stands on, above or around the line, raw, as the engine saw it; triage interprets it.
    pub markers: Few<Box<str>>,
    /// Who owns the path according to CODEOWNERS.
    pub owner: Option<Box<str>>,
    /// What the text around it said to allowlists of another tool, as triage noted it while the text was at hand.
    pub noted: Few<u32>,
}

impl Facts {
    /// Of a reported finding of a key at a place; all that is not known yet is empty.
    pub fn new(rule: RuleId, secret: Secret, location: Location) -> Facts {
        Facts {
            rule,
            provider: Cow::Borrowed(""),
            name: Cow::Borrowed(""),
            severity: Severity::default(),
            confidence: Confidence(90),
            reasons: Few::new(),
            secret,
            location,
            decoded_from: Few::new(),
            variable: None,
            checksum: Checksum::None,
            alternatives: Few::new(),
            verdict: Verdict::Unverified,
            disposition: Disposition::Reported,
            remedy: Arc::default(),
            history: None,
            markers: Few::new(),
            owner: None,
            noted: Few::new(),
        }
    }
}

impl From<Facts> for Finding {
    fn from(facts: Facts) -> Finding {
        Finding(Box::new(facts))
    }
}

impl Deref for Finding {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.0
    }
}

impl DerefMut for Finding {
    fn deref_mut(&mut self) -> &mut Facts {
        &mut self.0
    }
}

impl Finding {
    /// A reported finding of a key at a place; all that is not known yet is empty.
    pub fn new(rule: RuleId, secret: Secret, location: Location) -> Finding {
        Facts::new(rule, secret, location).into()
    }

    /// The stable name of this secret under this rule. Derived each time: short secrets are hashed slowly on purpose,
    /// so callers that need it often keep it.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::new(&self.rule, &self.secret)
    }

    /// Whether it stands in something that was taken out of an archive: then its lines are not those of the file.
    pub fn is_packed(&self) -> bool {
        is_packed(&self.decoded_from)
    }

    /// Its path with what archives around it call the places where it stands, as if they were folders.
    pub fn inner_path<'p>(&self, path: &'p [u8]) -> Cow<'p, [u8]> {
        let mut whole = Cow::Borrowed(path);
        for name in members(&self.decoded_from) {
            let whole = whole.to_mut();
            whole.push(b'/');
            whole.extend_from_slice(name.as_bytes());
        }
        whole
    }

    /// The total order of reports: place, then rule, then value; independent of threads.
    pub fn report_order(&self, other: &Finding) -> Ordering {
        let key = |f: &Finding| (f.location.span.start, f.location.span.end);
        self.location
            .origin
            .path()
            .cmp(&other.location.origin.path())
            .then_with(|| self.location.start.line.cmp(&other.location.start.line))
            .then_with(|| key(self).cmp(&key(other)))
            .then_with(|| self.rule.cmp(&other.rule))
            .then_with(|| self.location.origin.cmp(&other.location.origin))
            .then_with(|| self.secret.cmp(&other.secret))
            .then_with(|| self.decoded_from.cmp(&other.decoded_from))
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{Facts, Finding};

    #[test]
    fn a_million_findings_fit_into_a_limited_address_space() {
        assert_eq!(size_of::<Finding>(), size_of::<usize>());
        // An allocation of up to 392 bytes takes 400, as one of 384 would.
        assert!(size_of::<Facts>() <= 392, "{} bytes", size_of::<Facts>());
    }
}
