//! Hygiene beside a scan: watches which files a source reads, and afterwards says which of them never belong in git.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use regex_automata::meta::Regex;

use crate::error::Result;
use crate::model::{Blob, Coverage, Disposition, Finding, Origin, Part, Severity, escape_terminal_bytes};
use crate::repo::{Environment, Repository};
use crate::reports::{Report, RuleSummary};
use crate::rules::Rule;
use crate::sources::{Source, Worker};
use crate::triage::{Triage, hygiene};

use super::configured::HygieneWanted;

/// More such files than this are counted by git, not by us.
const MOST: usize = 10_000;

/// Where a file stands, how bad that is, and whether its path is one that HEAD has already.
type Seen = Arc<Mutex<Vec<(Origin, Severity, bool)>>>;

/// A source that is watched.
pub(super) struct Watch<'a> {
    inner: &'a dyn Source,
    /// Another tool's rules about paths.
    paths: &'a [(Rule, Regex)],
    seen: Seen,
}

impl<'a> Watch<'a> {
    pub(super) fn new(inner: &'a dyn Source, paths: &'a [(Rule, Regex)]) -> Watch<'a> {
        Watch { inner, paths, seen: Seen::default() }
    }

    /// Adds what was seen to the report: tracked, staged or committed files as findings, others as notes.
    pub(super) fn tell(self, triage: &Triage, wanted: &HygieneWanted, root: &Path, report: &mut Report) {
        let mut seen = std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner));
        if seen.is_empty() {
            return;
        }
        seen.sort_by(|a, b| (a.0.path(), a.2, &a.0).cmp(&(b.0.path(), b.2, &b.0)));
        // A file that several commits of a range touch is one file.
        seen.dedup_by(|a, b| a.0.path() == b.0.path());
        if seen.len() >= MOST {
            let more = format!("more than {MOST} files that never belong in git: the others are not told");
            report.coverage.notes.push(more);
        }
        let in_files = seen.iter().any(|(origin, ..)| matches!(origin, Origin::File(..)));
        // What cannot be read here is the source's to report; findings are not lost for it.
        let repository = || Repository::discover(root, &Environment::of_process()).ok().flatten();
        let repository = if in_files { repository() } else { None };
        let index = repository.map(|r| r.index().ok().flatten());
        for (origin, severity, old) in seen {
            let path = origin.path().cloned().unwrap_or_default();
            let kind = hygiene::check(path.as_bytes()).filter(|kind| wanted.has(kind.rule));
            let foreign: Vec<_> = self.paths.iter().filter(|(_, p)| p.is_match(path.as_bytes())).collect();
            if old {
                // It was committed before, as `scan` says: this commit does not bring it in.
                report.coverage.old_findings += u64::from(kind.is_some()) + foreign.len() as u64;
                continue;
            }
            for (rule, _) in foreign {
                let mut finding = hygiene::foreign_finding(rule, origin.clone());
                triage.judge(&mut finding);
                put(report, finding);
            }
            let Some(kind) = kind else { continue };
            let committed = matches!(origin, Origin::Staged(..) | Origin::Commit(..));
            let mut finding = hygiene::finding(kind, origin, severity);
            let path = triage.path_from_root(&finding).unwrap_or_default().into_owned();
            let tracked = match &index {
                Some(Some(index)) => index.find_in(0..index.entries().len(), &path).is_some(),
                Some(None) => false,
                None if committed => true,
                None => continue,
            };
            triage.judge(&mut finding);
            if tracked || committed {
                put(report, finding);
            } else if finding.disposition == Disposition::Reported {
                report.coverage.notes.push(format!(
                    "{}: {} that git does not ignore: add `{}` to .gitignore",
                    escape_terminal_bytes(&path),
                    kind.name,
                    kind.ignore.join("`, `")
                ));
            }
        }
        report.findings.sort_by(Finding::report_order);
        report.suppressed.sort_by(Finding::report_order);
    }
}

fn put(report: &mut Report, finding: Finding) {
    if let Err(at) = report.rules.binary_search_by(|r| r.id.as_str().cmp(&finding.rule)) {
        report.rules.insert(
            at,
            RuleSummary {
                id: finding.rule.to_string(),
                name: finding.name.to_string(),
                provider: finding.provider.to_string(),
                severity: finding.severity,
                remedy: (*finding.remedy).clone(),
            },
        );
    }
    if finding.disposition == Disposition::Reported {
        report.findings.push(finding);
    } else {
        Triage::count(std::slice::from_ref(&finding), &mut report.coverage);
        report.suppressed.push(finding);
    }
}

impl Source for Watch<'_> {
    fn visit<'s>(&self, new_worker: &(dyn Fn() -> Worker<'s> + Sync + 's)) -> Result<Coverage> {
        let (seen, paths) = (Arc::clone(&self.seen), self.paths);
        self.inner.visit(&|| {
            let mut worker = new_worker();
            let seen = Arc::clone(&seen);
            let mut new_path = None;
            Box::new(move |blob| {
                // The name of a staged or committed file is given before its content, if it is new.
                match blob.origin {
                    Origin::Staged(path, Part::FileName) => new_path = Some(path.clone()),
                    Origin::Commit(commit, Part::FileName) => new_path = Some(commit.path.clone()),
                    Origin::Staged(path, _) => note(blob, new_path.as_ref() != Some(path), &seen, paths),
                    Origin::Commit(commit, _) => {
                        note(blob, new_path.as_ref() != Some(&commit.path), &seen, paths);
                    }
                    _ => note(blob, false, &seen, paths),
                }
                worker(blob);
            })
        })
    }

    fn locate(&self, findings: &mut Vec<Finding>, coverage: &mut Coverage) -> Result<()> {
        self.inner.locate(findings, coverage)
    }
}

/// Remembers a file that never belongs in git, or that another tool's rule is about.
fn note(blob: &Blob<'_>, old: bool, seen: &Seen, paths: &[(Rule, Regex)]) {
    let path = match blob.origin {
        Origin::File(path, Part::Content) | Origin::Staged(path, Part::Content) => path,
        Origin::Commit(commit, Part::Content) => &commit.path,
        _ => return,
    };
    if blob.window.offset > 0 {
        return;
    }
    let severity = match hygiene::check(path.as_bytes()) {
        Some(kind) => {
            let harmless = kind.rule.starts_with("hygiene-dotenv") && hygiene::is_harmless_env(blob.bytes);
            let in_test = hygiene::path_penalty(path.as_bytes()) > 0;
            if harmless || in_test { Severity::Low } else { kind.severity }
        }
        None if paths.iter().any(|(_, regex)| regex.is_match(path.as_bytes())) => Severity::High,
        None => return,
    };
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    if seen.len() < MOST {
        seen.push((blob.origin.clone(), severity, old));
    }
}
