//! `Triage`: the decision about each finding, in one fixed order.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::config::{Config, Date, Exclude, Gitleaks};
use crate::model::{Confidence, Coverage, Disposition, Finding, Origin, PLAIN, Severity, WEAK};

use super::allowlist::{Allowlist, Force};
use super::baseline::Baseline;
use super::foreign::{self, Around};
use super::hygiene;
use super::inline::{self, Said};
use super::names::Names;
use super::owners::Owners;
use super::place::Place;
use super::precise::only_precise;

/// What triage goes by.
#[derive(Debug)]
pub struct TriageOptions {
    /// The work tree's absolute root; outside of git the folder of the scan.
    pub root: PathBuf,
    /// The absolute folder that relative paths of files start from. Paths from git start from the root.
    pub cwd: PathBuf,
    /// Allow entries, excluded paths, severities and paths of rules.
    pub config: Config,
    /// The known findings.
    pub baseline: Option<Baseline>,
    /// Allowlists of another tool.
    pub gitleaks: Arc<Gitleaks>,
    /// Whether inline marks count (`false` with `--no-inline-allow`).
    pub inline: bool,
    /// The day that `until` is compared with.
    pub today: Date,
    /// The ids of all rules, so that `keysieve:allow RULE reason` can tell the rule from the reason.
    pub known_rules: Vec<String>,
    /// Who owns which path.
    pub owners: Owners,
    /// What is less sure than this is not reported.
    pub least: Confidence,
}

impl TriageOptions {
    /// Nothing allowed but by inline marks, nothing known, today.
    pub fn new(root: &Path, cwd: &Path) -> TriageOptions {
        TriageOptions {
            root: root.to_path_buf(),
            cwd: cwd.to_path_buf(),
            config: Config::default(),
            baseline: None,
            gitleaks: Arc::default(),
            inline: true,
            today: Date::today(),
            known_rules: Vec::new(),
            owners: Owners::default(),
            least: Confidence(0),
        }
    }
}

/// Decides about findings. Shared by all threads.
#[derive(Debug)]
pub struct Triage {
    place: Place,
    config: Config,
    allowlist: Allowlist,
    baseline: Option<Baseline>,
    gitleaks: Arc<Gitleaks>,
    inline: bool,
    today: Date,
    known_rules: Names,
    owners: Owners,
    least: Confidence,
    expired: Mutex<BTreeSet<String>>,
}

impl Triage {
    /// Prepares decisions.
    pub fn new(mut options: TriageOptions) -> Triage {
        Triage {
            place: Place::new(&options.root, &options.cwd),
            allowlist: Allowlist::new(std::mem::take(&mut options.config.allow)),
            config: options.config,
            baseline: options.baseline,
            gitleaks: options.gitleaks,
            inline: options.inline,
            today: options.today,
            known_rules: Names::new(options.known_rules),
            owners: options.owners,
            least: options.least,
            expired: Mutex::default(),
        }
    }

    /// The path of a finding from the root, as configuration and baseline speak of it.
    pub fn path_from_root<'f>(&self, finding: &'f Finding) -> Option<Cow<'f, [u8]>> {
        self.place.path_of(finding)
    }

    /// The same of an origin.
    pub fn from_root<'o>(&self, origin: &'o Origin) -> Option<Cow<'o, [u8]>> {
        self.place.path_in(origin)
    }

    /// Whether inline marks count, so that looking for them is worth it.
    pub fn wants_marks(&self) -> bool {
        self.inline
    }

    /// Whether the text around findings must be noted, which costs time.
    pub fn wants_text(&self) -> bool {
        !self.gitleaks.allow.is_empty() || self.allowlist.wants_lines()
    }

    /// What allowlists of another tool will want to know of the text around a finding of a rule.
    pub fn note(&self, rule: &str, around: &Around<'_>) -> Vec<u32> {
        let mut noted = foreign::note(&self.gitleaks, rule, around);
        self.allowlist.note(around.line, &mut noted);
        noted
    }

    /// Decides about a finding that is located: its severity, and whether it is reported. One that was decided before
    /// (old lines) keeps its disposition.
    pub fn judge(&self, finding: &mut Finding) {
        let path = self.place.path_of(finding).map(Cow::into_owned);
        self.weigh(finding, path.as_deref());
        doubt(finding, path.as_deref().map(|path| finding.inner_path(path)).as_deref());
        if finding.disposition != Disposition::Reported {
            return;
        }
        if let Some(disposition) = self.decide(finding, path.as_deref()) {
            finding.disposition = disposition;
        }
    }

    /// Owner and severity: keys that are sent to browsers are worse, and the configuration has the last word.
    fn weigh(&self, finding: &mut Finding, path: Option<&[u8]>) {
        if !self.owners.is_empty() {
            finding.owner = path.and_then(|path| self.owners.of(path)).map(String::into_boxed_str);
        }
        let raised = match finding.severity {
            Severity::Medium => Some(Severity::High),
            Severity::High => Some(Severity::Critical),
            // Keys that are public by design are info or low, and at home in a browser.
            _ => None,
        };
        if let Some(raised) = raised
            && hygiene::ships_to_browsers(path.unwrap_or_default(), finding.variable.as_deref())
        {
            finding.reasons.push("every visitor of the page receives this code".into());
            finding.severity = raised;
        }
        if let Some(other) = self.config.severity.iter().rev().find(|s| s.rule.matches(&finding.rule))
            && other.severity != finding.severity
        {
            finding.reasons.push(format!("severity {} by configuration", other.severity).into());
            finding.severity = other.severity;
        }
    }

    fn decide(&self, finding: &mut Finding, path: Option<&[u8]>) -> Option<Disposition> {
        self.outside(finding, path)
            .or_else(|| self.placed(finding, path))
            .or_else(|| self.marked(finding))
            .or_else(|| self.allowed(finding, path))
            .or_else(|| foreign::judge(&self.gitleaks, finding, path))
            .or_else(|| self.known(finding))
    }

    /// Whether the configuration leaves a finding's path out for all rules.
    pub fn excludes(&self, finding: &Finding) -> bool {
        self.place.path_of(finding).is_some_and(|path| self.exclusion(&path).is_some())
    }

    fn exclusion(&self, path: &[u8]) -> Option<&Exclude> {
        self.config.exclude.iter().find(|e| e.path.matches(path))
    }

    /// Paths that the configuration leaves out, for all rules or for this one.
    fn outside(&self, finding: &Finding, path: Option<&[u8]>) -> Option<Disposition> {
        let path = path?;
        let because = |by: &'static str, reason: String| {
            Some(Disposition::Allowed { by: by.into(), reason: reason.into() })
        };
        if let Some(exclude) = self.exclusion(path) {
            return because("excluded", format!("path excluded by {}", exclude.path.as_str()));
        }
        let rule = self.config.paths.iter().filter(|p| p.rule.matches(&finding.rule)).find(|p| {
            let inside = p.only.is_empty() || p.only.iter().any(|g| g.matches(path));
            !inside || p.except.iter().any(|g| g.matches(path))
        })?;
        because("config", format!("{} does not apply to this path", rule.rule.text))
    }

    /// Generic findings where only precise rules count, or where the place leaves too little that speaks for them.
    fn placed(&self, finding: &Finding, path: Option<&[u8]>) -> Option<Disposition> {
        let inner = path.map(|path| finding.inner_path(path));
        let reason = match inner.as_deref().and_then(only_precise) {
            _ if !is_generic(finding) => return None,
            Some(kind) => format!("only precise rules count in {kind}"),
            None if finding.confidence < self.least => "too little speaks for it in such a folder".into(),
            None => return None,
        };
        Some(Disposition::Allowed { by: "place".into(), reason: reason.into() })
    }

    fn marked(&self, finding: &mut Finding) -> Option<Disposition> {
        if !self.inline {
            return None;
        }
        let said = inline::judge(&finding.markers, &finding.rule, &self.known_rules, self.today)?;
        match said {
            Said::Fine { by, reason } => {
                let reason = if reason.is_empty() { "no reason given".to_string() } else { reason };
                return Some(Disposition::Allowed {
                    by: by.into(),
                    reason: without_secret(finding, reason).into(),
                });
            }
            Said::Expired { until, reason } => {
                let reason = without_secret(finding, reason);
                self.comes_back(finding, &format!("inline allow expired on {until}"), &reason);
            }
            Said::Wrong(problem) => {
                let problem = without_secret(finding, format!("inline allow not understood: {problem}"));
                self.comes_back(finding, &problem, "");
            }
            Said::Other => finding.reasons.push("an inline allow on this line is for another rule".into()),
        }
        None
    }

    fn allowed(&self, finding: &mut Finding, path: Option<&[u8]>) -> Option<Disposition> {
        let (entry, force) = self.allowlist.find(finding, path, self.today)?;
        if force == Force::Valid {
            return Some(Disposition::Allowed { by: "config".into(), reason: entry.reason.as_str().into() });
        }
        if let Some(until) = entry.until {
            let what =
                format!("{}:{}: allow entry expired on {until}", entry.at.file.display(), entry.at.line);
            self.comes_back(finding, &what, &entry.reason);
        }
        None
    }

    fn known(&self, finding: &Finding) -> Option<Disposition> {
        let known = self.baseline.as_ref()?.knows(finding)?;
        Some(Disposition::Known { reason: known.map(Box::from) })
    }

    /// Says that something would have been allowed once, in the finding and in the notes of the run.
    fn comes_back(&self, finding: &mut Finding, what: &str, reason: &str) {
        let said = if reason.is_empty() { what.to_string() } else { format!("{what} ({reason})") };
        finding.reasons.push(said.clone().into());
        let place = finding
            .location
            .origin
            .path()
            .map_or_else(String::new, |p| format!("{}:{}: ", p.to_text(), finding.location.start.line));
        if let Ok(mut expired) = self.expired.lock() {
            expired.insert(format!("{place}{said}"));
            // The same ones, whichever thread comes first.
            if expired.len() > 1000 {
                expired.pop_last();
            }
        }
    }

    /// What each stage says of a finding by itself, in the order in which they are asked; the first that allows it
    /// decides. For `keysieve explain`.
    pub fn stages(&self, finding: &Finding) -> Vec<(&'static str, String)> {
        let path = self.place.path_of(finding);
        let path = path.as_deref();
        let mark = match inline::judge(&finding.markers, &finding.rule, &self.known_rules, self.today) {
            _ if !self.inline => "marks in comments do not count (--no-inline-allow or --untrusted)".into(),
            None => "no mark speaks for it".into(),
            Some(Said::Fine { by, reason }) => {
                format!("allowed by {by}: {}", without_secret(finding, reason))
            }
            Some(Said::Expired { until, reason }) => {
                format!("a mark expired on {until}: {}", without_secret(finding, reason))
            }
            Some(Said::Wrong(problem)) => {
                format!("a mark is not understood: {}", without_secret(finding, problem))
            }
            Some(Said::Other) => "a mark speaks of another rule".into(),
        };
        let entry = match self.allowlist.find(finding, path, self.today) {
            None => "no entry is about it".into(),
            Some((entry, force)) => {
                let verb = if force == Force::Valid { "allows it" } else { "has expired" };
                format!("{}:{}: {verb}: {}", entry.at.file.display(), entry.at.line, entry.reason)
            }
        };
        let known = match self.baseline.as_ref().map(|b| b.knows(finding)) {
            None => "there is none".into(),
            Some(None) => "does not hold it".into(),
            Some(Some(reason)) => format!("holds it: {}", reason.unwrap_or("no reason given")),
        };
        let paths = match self.outside(finding, path) {
            Some(Disposition::Allowed { reason, .. }) => reason.into(),
            _ => "no configuration leaves this path out".into(),
        };
        let place = match self.placed(finding, path) {
            Some(Disposition::Allowed { reason, .. }) => reason.into(),
            _ => "nothing speaks against it there".into(),
        };
        let mut stages =
            vec![("path", paths), ("place", place), ("mark", mark), ("allow", entry), ("baseline", known)];
        if !self.gitleaks.read.is_empty() {
            let said = match foreign::judge(&self.gitleaks, finding, path) {
                Some(Disposition::Allowed { reason, .. }) => format!("allows it: {reason}"),
                _ => "nothing in it allows it".to_string(),
            };
            stages.insert(4, ("gitleaks", said));
        }
        stages
    }

    /// Counts what is not reported, by reason, for the summary.
    pub fn count(findings: &[Finding], coverage: &mut Coverage) {
        for finding in findings {
            let by = match &finding.disposition {
                Disposition::Reported | Disposition::Unread(_) => continue,
                Disposition::Known { .. } => "baseline".to_string(),
                Disposition::Allowed { by, .. } => by.to_string(),
                Disposition::Old => {
                    coverage.old_findings += 1;
                    continue;
                }
            };
            *coverage.suppressed.entry(by).or_default() += 1;
        }
    }

    /// What would have been allowed, had its day not passed or had it been understood; for the notes of the run.
    pub fn expired(&self) -> Vec<String> {
        self.expired.lock().map(|e| e.iter().cloned().collect()).unwrap_or_default()
    }

    /// After a run that covered everything: allow entries that nobody needs any more, and expired ones.
    pub fn stale(&self) -> Vec<String> {
        self.allowlist.stale(self.today)
    }

    /// After a run that covered everything: entries of the baseline that were not met. Of one that covers the history
    /// only a run that read the history can say it.
    pub fn gone(&self, history: bool) -> Vec<String> {
        let known = self.baseline.as_ref().filter(|b| history || !b.covers_history());
        known.map(Baseline::gone).unwrap_or_default()
    }
}

/// Whether a finding is one of a rule for any provider, which judges by name and value alone.
fn is_generic(finding: &Finding) -> bool {
    finding.rule.starts_with("generic-")
}

/// Makes generic findings in tests and examples less sure.
fn doubt(finding: &mut Finding, path: Option<&[u8]>) {
    if finding.reasons.iter().any(|reason| reason == WEAK || reason == PLAIN) {
        finding.severity = Severity::Low;
        if !path.is_some_and(hygiene::is_settings) {
            finding.confidence = Confidence(finding.confidence.0.min(30));
            finding.reasons.push("does not stand in a file of settings".into());
        }
    }
    let penalty = path.map_or(0, hygiene::path_penalty);
    if penalty > 0 && is_generic(finding) {
        finding.confidence = Confidence(finding.confidence.0.saturating_sub(penalty));
        finding.reasons.push("stands among tests or examples".into());
    }
}

/// A text in which the finding's own secret cannot be read.
fn without_secret(finding: &Finding, text: String) -> String {
    let secret = String::from_utf8_lossy(finding.secret.reveal());
    if secret.len() >= 4 && text.contains(&*secret) { text.replace(&*secret, "…") } else { text }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
