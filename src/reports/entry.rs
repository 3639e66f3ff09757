//! `Entry`: a finding as every format shows it and as JSON spells it (behaviour.md, section 3).
//!
//! Made from a [`Finding`] with a [`Look`], or read back from a JSON report. What stands here may be printed: the key
//! is redacted already, unless clear text was asked for. Nothing is escaped yet: that depends on the reader.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::model::{
    BlobPath, Confidence, Disposition, Finding, Origin, Part, Remedy, Secret, Severity, Verdict, is_packed,
    members,
};

use super::Look;
use super::dates::iso8601;
use super::shown::{Shown, base64, shown};
use super::words;

type Text<'a> = Cow<'a, str>;

/// How the rules begin whose findings are files, not keys.
const HYGIENE: &str = "hygiene-";

/// A finding, ready to be shown.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Entry<'a> {
    /// Id of the rule.
    pub rule: Text<'a>,
    /// Who issues the key.
    pub provider: Text<'a>,
    /// The kind of key, in words.
    pub name: Text<'a>,
    /// How bad it is if true.
    #[serde(with = "words::severity")]
    pub severity: Severity,
    /// How sure we are, as a word.
    pub confidence: Text<'a>,
    /// The same, from 0 to 100.
    pub confidence_score: u8,
    /// The key, redacted unless `--show-secrets`; empty for a file that should not be there at all.
    pub secret: String,
    /// The key's bytes, only where they are shown and are not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_base64: Option<String>,
    /// `ks1:…`.
    pub fingerprint: Text<'a>,
    /// The path; `-` for standard input, empty where there is none (a commit message, a ref's name).
    pub path: Text<'a>,
    /// The path's bytes in base64, only where they are not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_bytes: Option<String>,
    /// Which part of the file or object: `content`, `commit message`, …
    pub part: Text<'a>,
    /// 1-based line.
    pub line: u64,
    /// 1-based column in characters.
    pub column: u64,
    /// 1-based line of the last character.
    pub end_line: u64,
    /// 1-based column of the last character (inclusive).
    pub end_column: u64,
    /// 1-based column in bytes.
    pub byte_column: u64,
    /// 1-based column in bytes of the last character.
    pub end_byte_column: u64,
    /// The line, every secret in it redacted.
    pub excerpt: Text<'a>,
    /// Where in `excerpt` the redacted key stands: first and one past the last, in characters.
    pub excerpt_mark: (usize, usize),
    /// Layers it was read through, outermost first.
    pub decoded_from: Vec<Text<'a>>,
    /// The name it is assigned to.
    pub variable: Option<Text<'a>>,
    /// `valid`, `invalid` or `none`.
    pub checksum: Text<'a>,
    /// Other providers whose keys look the very same.
    pub alternatives: Vec<Text<'a>>,
    /// `unverified`, `live`, `dead` or `unknown`.
    pub verdict: Text<'a>,
    /// Whose key it is, or why there is no clear answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict_detail: Option<Text<'a>>,
    /// `reported`, `known`, `allowed` or `old`.
    pub disposition: Text<'a>,
    /// Where it was allowed: `inline`, `config`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_by: Option<Text<'a>>,
    /// Why it is known or allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text<'a>>,
    /// Owner of the path according to CODEOWNERS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Text<'a>>,
    /// What to do.
    pub remedy: Advice<'a>,
    /// What makes us that sure, only in a verbose report.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Text<'a>>,
    /// The git blob, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blob: Option<String>,
    /// The commit that brought it in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// What the history says.
    #[serde(flatten)]
    pub past: Option<Past<'a>>,
}

/// What the history says of a finding; its fields stand among the finding's.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Past<'a> {
    /// Author of the commit that brought it in.
    pub author: Text<'a>,
    /// The author's mail address.
    pub email: Text<'a>,
    /// Author date, ISO 8601.
    pub date: String,
    /// First line of the message.
    pub message: Text<'a>,
    /// A few refs that hold it.
    pub refs: Vec<Text<'a>>,
    /// Whether it still stands in HEAD.
    pub in_head: bool,
    /// In how many places it stands or stood.
    pub occurrences: u64,
    /// Paths it has stood at.
    #[serde(default)]
    pub paths: Vec<Text<'a>>,
    /// Days between the author date and the run.
    pub age_days: Option<u64>,
    /// The last commit that still held it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_commit: Option<String>,
    /// That commit's date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_date: Option<String>,
}

/// What to do about a finding.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Advice<'a> {
    /// What the holder of the key can do.
    pub about: Text<'a>,
    /// How or where to revoke it.
    pub revoke: Text<'a>,
    /// How to rotate it.
    pub rotate: Text<'a>,
    /// After how many days the provider advises a new key.
    pub rotate_days: Option<u32>,
    /// The environment variable that usually holds it.
    pub variable: Text<'a>,
    /// Pages to read.
    pub references: Vec<Text<'a>>,
}

impl<'a> Advice<'a> {
    /// From a rule's remedy.
    pub(super) fn of(remedy: &'a Remedy) -> Advice<'a> {
        Advice {
            about: borrowed(&remedy.about),
            revoke: borrowed(&remedy.revoke),
            rotate: borrowed(&remedy.rotate),
            rotate_days: (remedy.rotate_days > 0).then_some(remedy.rotate_days),
            variable: borrowed(&remedy.variable),
            references: remedy.references.iter().map(Cow::Borrowed).collect(),
        }
    }
}

impl<'a> Entry<'a> {
    /// A finding as this look shows it. The fingerprint is handed in, because it may be slow to make.
    pub(super) fn of(finding: &'a Finding, fingerprint: String, look: Look) -> Entry<'a> {
        // A file that should not be there at all has a stand-in for a key, which is nobody's secret and tells nothing.
        let key = if is_about_file(finding) { Shown::nothing() } else { shown(&finding.secret, look) };
        let location = &finding.location;
        let (path, path_bytes) = path_of(&location.origin);
        let (commit, blob) = objects_of(finding);
        let (allowed_by, reason) = decision_of(&finding.disposition);
        Entry {
            rule: borrowed(&finding.rule),
            provider: borrowed(&finding.provider),
            name: borrowed(&finding.name),
            severity: finding.severity,
            confidence: finding.confidence.level().as_str().into(),
            confidence_score: finding.confidence.0,
            secret: key.text,
            secret_base64: key.base64,
            fingerprint: fingerprint.into(),
            path,
            path_bytes,
            part: words::part(location.origin.part()).into(),
            line: location.start.line,
            column: location.start.column,
            end_line: location.end.line,
            end_column: location.end.column,
            byte_column: location.start.byte_column,
            end_byte_column: location.end.byte_column,
            excerpt: Cow::Borrowed(&location.excerpt.text),
            excerpt_mark: mark_in_characters(&location.excerpt.text, &location.excerpt.mark),
            decoded_from: finding.decoded_from.iter().map(borrowed).collect(),
            variable: finding.variable.as_deref().map(Cow::Borrowed),
            checksum: finding.checksum.as_str().into(),
            alternatives: finding.alternatives.iter().map(borrowed).collect(),
            verdict: finding.verdict.as_str().into(),
            verdict_detail: match &finding.verdict {
                Verdict::Live(detail) | Verdict::Unknown(detail) if !detail.is_empty() => {
                    Some(Cow::Borrowed(detail))
                }
                _ => None,
            },
            disposition: finding.disposition.as_str().into(),
            allowed_by,
            reason,
            owner: finding.owner.as_deref().map(Cow::Borrowed),
            remedy: Advice::of(&finding.remedy),
            reasons: if look.verbosity > 1 {
                finding.reasons.iter().map(borrowed).collect()
            } else {
                Vec::new()
            },
            blob,
            commit,
            past: past_of(finding),
        }
    }

    /// Whether it stands in something that was taken out of an archive.
    pub(super) fn is_packed(&self) -> bool {
        is_packed(&self.decoded_from)
    }

    /// What archives around it call the places where it stands, each behind a `!`; empty if it stands in none.
    pub(super) fn inside(&self) -> String {
        members(&self.decoded_from).map(|name| format!("!{name}")).collect()
    }

    /// What its line shows before the redacted key, and behind it.
    pub(super) fn around_key(&self) -> (&str, &str) {
        let (first, end) = self.excerpt_mark;
        let at = |n: usize| self.excerpt.char_indices().nth(n).map_or(self.excerpt.len(), |(at, _)| at);
        let (first, end) = (at(first), at(end.max(first)));
        (&self.excerpt[..first], &self.excerpt[end..])
    }

    /// Whether this is a file that should not be in git at all, not a key.
    pub(super) fn is_file(&self) -> bool {
        self.secret.is_empty()
    }

    /// Redacts a key that stands here in clear.
    pub(super) fn redact(&mut self) {
        let redacted = self.secret.contains("…(") && self.secret.ends_with(" characters)");
        if !redacted && !self.secret.is_empty() {
            self.secret = Secret::new(self.secret.as_bytes(), 0).redacted();
        }
        self.secret_base64 = None;
    }

    /// How sure we are, as a number with a level.
    pub(super) fn sureness(&self) -> Confidence {
        Confidence(self.confidence_score)
    }
}

#[expect(clippy::ptr_arg, reason = "maps over lists of them")]
fn borrowed<'a>(text: &'a Cow<'static, str>) -> Text<'a> {
    Cow::Borrowed(text.as_ref())
}

/// The path as text, and its bytes where the text is not all of it.
fn path_of(origin: &Origin) -> (Text<'_>, Option<String>) {
    match origin.path() {
        Some(path) => match String::from_utf8_lossy(path.as_bytes()) {
            Cow::Borrowed(text) => (Cow::Borrowed(text), None),
            Cow::Owned(text) => (Cow::Owned(text), Some(base64(path.as_bytes()))),
        },
        None if *origin == Origin::Stdin => ("-".into(), None),
        None => ("".into(), None),
    }
}

/// Commit and blob.
fn objects_of(finding: &Finding) -> (Option<String>, Option<String>) {
    let history = finding.history.as_ref().map(|h| h.commit.to_string());
    match &finding.location.origin {
        Origin::Commit(c, _) => {
            (history.or_else(|| Some(c.commit.to_string())), c.blob.as_ref().map(ToString::to_string))
        }
        Origin::Object(id, Part::Content | Part::LinkTarget) => (history, Some(id.to_string())),
        _ => (history, None),
    }
}

fn decision_of(disposition: &Disposition) -> (Option<Text<'_>>, Option<Text<'_>>) {
    match disposition {
        Disposition::Allowed { by, reason } => (Some(borrowed(by)), Some(Cow::Borrowed(reason))),
        Disposition::Known { reason } => (None, reason.as_deref().map(Cow::Borrowed)),
        Disposition::Reported | Disposition::Old | Disposition::Unread(_) => (None, None),
    }
}

fn past_of(finding: &Finding) -> Option<Past<'_>> {
    let history = finding.history.as_deref()?;
    Some(Past {
        author: Cow::Borrowed(&history.author),
        email: Cow::Borrowed(&history.email),
        date: iso8601(history.date),
        message: Cow::Borrowed(&history.subject),
        refs: history.refs.iter().map(|r| Cow::Borrowed(r.as_str())).collect(),
        in_head: history.in_head,
        occurrences: history.occurrences,
        paths: history.paths.iter().map(BlobPath::to_text).map(Cow::Owned).collect(),
        age_days: history.age_days,
        last_seen_commit: history.last_seen.as_ref().map(|(commit, _)| commit.to_string()),
        last_seen_date: history.last_seen.as_ref().map(|(_, date)| iso8601((*date, 0))),
    })
}

/// Whether a finding is a file that should not be there at all.
pub(super) fn is_about_file(finding: &Finding) -> bool {
    finding.rule.starts_with(HYGIENE)
}

/// A byte range of a text as a range of its characters; a range that does not fit becomes an empty one.
fn mark_in_characters(text: &str, mark: &std::ops::Range<usize>) -> (usize, usize) {
    match (text.get(..mark.start), text.get(mark.clone())) {
        (Some(before), Some(marked)) => {
            let first = before.chars().count();
            (first, first + marked.chars().count())
        }
        _ => (0, 0),
    }
}
