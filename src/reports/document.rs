//! `Document`: a report as it is shown, made from a run or read back from a JSON report.
//!
//! Every format writes a document, so that `keysieve report convert` can turn an old JSON report into any other
//! format, and so that redaction happens in one place. It holds no wall time: two runs print the same bytes.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::{Coverage, Disposition, Finding, Severity, StopReason};

use super::entries::{Entries, Fingerprints};
use super::entry::{Advice, Entry};
use super::{Look, Report, words};

/// Number of the shape of JSON reports. Raised when a field changes its meaning or goes away, not when one is added.
pub const SCHEMA: u32 = 1;

/// A report, ready to be shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Document<'a> {
    /// `keysieve`.
    pub tool: Cow<'a, str>,
    /// The version that made the findings.
    pub version: Cow<'a, str>,
    /// [`SCHEMA`].
    pub schema: u32,
    /// What is reported, in the report's total order.
    pub findings: Entries<'a>,
    /// What was found and is not reported.
    #[serde(default)]
    pub suppressed: Suppressed<'a>,
    /// Entries of the baseline that were not seen again.
    #[serde(default)]
    pub gone: Vec<Cow<'a, str>>,
    /// The account of the run.
    pub coverage: Account<'a>,
    /// The rules that appear, each once, by id.
    #[serde(default)]
    pub rules: Vec<RuleEntry<'a>>,
}

/// What was found and is not reported: always counted, told one by one in a verbose report.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Suppressed<'a> {
    /// How many, by reason: `baseline`, `inline`, `config`, `old`.
    pub counts: BTreeMap<String, u64>,
    /// The findings themselves.
    #[serde(default)]
    pub findings: Entries<'a>,
    /// Those that somebody decided about (known or allowed), where they are not among `findings`.
    #[serde(skip)]
    decided: Entries<'a>,
}

/// The account of a run.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Account<'a> {
    /// `scan`, `staged`, `diff`, `history`, …
    pub mode: Cow<'a, str>,
    /// Whether everything that the mode covers was read.
    pub complete: bool,
    /// Refs read.
    pub refs: u64,
    /// Commits read.
    pub commits: u64,
    /// Distinct blobs read.
    pub blobs: u64,
    /// Files read.
    pub files: u64,
    /// Bytes scanned.
    pub bytes: u64,
    /// Whether the history ends at a shallow boundary.
    pub shallow: bool,
    /// Why the scan ended early: `interrupted`, `timed out`.
    pub stopped: Option<Cow<'a, str>>,
    /// Left out on purpose, by reason.
    pub skipped: BTreeMap<Cow<'a, str>, u64>,
    /// What should have been scanned and was not.
    pub incomplete: Vec<Missed<'a>>,
    /// Things to be said that change nothing.
    pub notes: Vec<Cow<'a, str>>,
}

/// Something that should have been scanned and was not.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Missed<'a> {
    /// A path, an object id, a ref.
    pub what: Cow<'a, str>,
    /// Why, in words.
    pub why: Cow<'a, str>,
}

/// A rule as reports tell it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RuleEntry<'a> {
    /// Its id.
    pub id: Cow<'a, str>,
    /// The kind of key, in words.
    pub name: Cow<'a, str>,
    /// Who issues the key.
    pub provider: Cow<'a, str>,
    /// How bad it is.
    #[serde(with = "words::severity")]
    pub severity: Severity,
    /// What to do.
    #[serde(default)]
    pub remedy: Advice<'a>,
}

/// Why a text is no report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// 1-based line.
    pub line: usize,
    /// 1-based column.
    pub column: usize,
    /// What is wrong.
    pub problem: String,
}

/// How many findings are not in the baseline, how many are, and how many of its entries were not met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) new: u64,
    pub(super) known: u64,
    pub(super) gone: u64,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { new, known, gone } = self;
        write!(f, "compared with the baseline: {new} new, {known} known, {gone} gone")
    }
}

impl From<serde_json::Error> for Unreadable {
    fn from(e: serde_json::Error) -> Unreadable {
        let said = e.to_string();
        // The place stands in front of the message already.
        let problem = said.rsplit_once(" at line ").map_or(said.as_str(), |(what, _)| what);
        Unreadable { line: e.line(), column: e.column(), problem: format!("not a JSON report: {problem}") }
    }
}

impl<'a> Document<'a> {
    /// A report as this look shows it. Suppressed findings are told one by one only when verbose.
    pub fn of(report: &'a Report, look: Look) -> Document<'a> {
        let prints = Fingerprints::default();
        // Old findings of a staged file are only counted: fingerprints of short secrets take their time.
        let decided =
            |f: &&Finding| matches!(f.disposition, Disposition::Known { .. } | Disposition::Allowed { .. });
        let verbose = look.verbosity > 1;
        Document {
            tool: "keysieve".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            schema: SCHEMA,
            findings: Entries::of(report.findings.iter(), look, &prints),
            suppressed: Suppressed {
                counts: counts(&report.coverage),
                findings: Entries::of(report.suppressed.iter().filter(|_| verbose), look, &prints),
                decided: Entries::of(
                    report.suppressed.iter().filter(|f| !verbose && decided(f)),
                    look,
                    &prints,
                ),
            },
            gone: report.gone.iter().map(|g| Cow::Borrowed(g.as_str())).collect(),
            coverage: Account::of(&report.coverage),
            rules: report.rules.iter().map(RuleEntry::of).collect(),
        }
    }

    /// Reads a JSON report back. Fields that are not known are passed over: a newer version may have written it.
    pub fn read(json: &[u8]) -> Result<Document<'static>, Unreadable> {
        let document: Document<'static> = serde_json::from_slice(json)?;
        if document.schema > SCHEMA {
            let problem =
                format!("a report of schema {}; this version reads up to {SCHEMA}", document.schema);
            return Err(Unreadable { line: 1, column: 1, problem });
        }
        Ok(document)
    }

    /// Redacts keys that the report shows in clear, because whoever made it asked for that.
    pub fn redact(&mut self) {
        self.findings.redact();
        self.suppressed.findings.redact();
    }

    /// Whether everything that the mode covers was read.
    pub fn is_complete(&self) -> bool {
        self.coverage.complete
    }

    /// The findings that are known or allowed.
    pub(super) fn decided(&self) -> impl Iterator<Item = Cow<'_, Entry<'a>>> {
        let told = self
            .suppressed
            .findings
            .iter()
            .filter(|e| e.disposition == "known" || e.disposition == "allowed");
        told.chain(self.suppressed.decided.iter())
    }

    /// What is new, known and gone since the baseline was made, if one was compared with.
    pub(super) fn difference(&self) -> Option<Difference> {
        let known = self.suppressed.counts.get("baseline").copied().unwrap_or_default();
        let (new, gone) = (self.findings.len() as u64, self.gone.len() as u64);
        self.knows_baseline().then_some(Difference { new, known, gone })
    }

    /// Whether a baseline was compared with: something is known, or is gone.
    pub(super) fn knows_baseline(&self) -> bool {
        self.suppressed.counts.contains_key("baseline")
            || !self.gone.is_empty()
            || self.decided().any(|e| e.disposition == "known")
    }
}

impl<'a> Account<'a> {
    fn of(coverage: &'a Coverage) -> Account<'a> {
        Account {
            mode: Cow::Borrowed(coverage.mode.as_ref()),
            complete: coverage.is_complete(),
            refs: coverage.refs,
            commits: coverage.commits,
            blobs: coverage.blobs,
            files: coverage.files,
            bytes: coverage.bytes,
            shallow: coverage.shallow,
            stopped: coverage.stopped.map(|why| stopped(why).into()),
            skipped: coverage.skipped.iter().map(|(why, n)| (why.as_str().into(), *n)).collect(),
            incomplete: coverage
                .incomplete
                .iter()
                .map(|s| Missed { what: Cow::Borrowed(&s.what), why: Cow::Borrowed(&s.why) })
                .collect(),
            notes: coverage.notes.iter().map(|n| Cow::Borrowed(n.as_str())).collect(),
        }
    }
}

impl<'a> RuleEntry<'a> {
    fn of(rule: &'a super::RuleSummary) -> RuleEntry<'a> {
        RuleEntry {
            id: Cow::Borrowed(&rule.id),
            name: Cow::Borrowed(&rule.name),
            provider: Cow::Borrowed(&rule.provider),
            severity: rule.severity,
            remedy: Advice::of(&rule.remedy),
        }
    }
}

/// How many findings are not reported, by reason.
pub(super) fn counts(coverage: &Coverage) -> BTreeMap<String, u64> {
    let mut counts = coverage.suppressed.clone();
    if coverage.old_findings > 0 {
        counts.entry("old".to_owned()).or_insert(coverage.old_findings);
    }
    counts
}

/// Why a scan ended early, in words.
pub(super) const fn stopped(why: StopReason) -> &'static str {
    match why {
        StopReason::Interrupted => "interrupted",
        StopReason::TimedOut => "timed out",
        StopReason::OutputGone => "the reader of the output went away",
    }
}
