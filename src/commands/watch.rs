//! Hygiene beside a scan: watches which files a source reads, and afterwards says which of them never belong in git.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use regex_automata::meta::Regex;

use crate::error::Result;
use crate::model::{
    Blob, BlobPath, CommitOrigin, Coverage, Disposition, Excerpt, Finding, HashKind, Kin, LineCol, Location,
    ObjectId, Origin, Part, Secret, Severity, escape_terminal, escape_terminal_bytes,
};
use crate::repo::{Environment, Index, Repository};
use crate::reports::{Report, RuleSummary};
use crate::rules::Rule;
use crate::sources::{Source, Worker};
use crate::triage::{Triage, hygiene};

use super::configured::HygieneWanted;

/// More such files than this are counted by git, not by us.
const MOST: usize = 10_000;

/// Where a file stands, how bad that is, and whether its path is one that HEAD has already.
type Seen = Arc<Mutex<Vec<(Origin, Severity, bool)>>>;

/// Names of files and folders in trees, which may be those of files that never belong in git.
type Names = Arc<Mutex<BTreeSet<Box<[u8]>>>>;

/// Stands for the rule of a name until it is known where in the history it stood.
const UNPLACED: &str = "hygiene-name";

/// A source that is watched.
pub(super) struct Watch<'a> {
    inner: &'a dyn Source,
    /// Another tool's rules about paths.
    paths: &'a [(Rule, Regex)],
    wanted: &'a HygieneWanted,
    root: &'a Path,
    seen: Seen,
    names: Names,
}

impl<'a> Watch<'a> {
    pub(super) fn new(
        inner: &'a dyn Source,
        paths: &'a [(Rule, Regex)],
        (wanted, root): (&'a HygieneWanted, &'a Path),
    ) -> Watch<'a> {
        Watch { inner, paths, wanted, root, seen: Seen::default(), names: Names::default() }
    }

    /// Adds what was seen to the report: tracked, staged or committed files as findings, others as notes.
    pub(super) fn tell(self, triage: &Triage, report: &mut Report) {
        let (wanted, root) = (self.wanted, self.root);
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
        let index = if in_files { tracked(root, &mut report.coverage) } else { None };
        for (origin, severity, old) in seen {
            let path = origin.path().cloned().unwrap_or_default();
            let kind = hygiene::check(path.as_bytes()).filter(|kind| wanted.has(kind.rule));
            let foreign: Vec<_> = self.paths.iter().filter(|(_, p)| p.is_match(path.as_bytes())).collect();
            if old {
                // It was committed before, as `scan` says: this commit does not bring it in.
                report.coverage.old_findings += u64::from(kind.is_some()) + foreign.len() as u64;
                continue;
            }
            let in_root = triage.from_root(&origin).unwrap_or_default().into_owned();
            for (rule, _) in foreign {
                let mut finding = hygiene::foreign_finding(rule, origin.clone(), &in_root);
                triage.judge(&mut finding);
                put(report, finding);
            }
            let Some(kind) = kind else { continue };
            let committed = matches!(origin, Origin::Staged(..) | Origin::Commit(..));
            let mut finding = hygiene::finding(kind, origin, &in_root, severity);
            let tracked = match &index {
                Some(Some(index)) => index.find_in(0..index.entries().len(), &in_root).is_some(),
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
                    escape_terminal_bytes(&in_root),
                    kind.name,
                    escape_terminal(&kind.ignore_lines(&in_root).join("`, `"))
                ));
            }
        }
        report.findings.sort_by(Finding::report_order);
        report.suppressed.sort_by(Finding::report_order);
    }
}

/// What is tracked where the files lie; the outer `None` outside of a repository and where that cannot be told, which is
/// said: findings are not lost for it.
#[expect(clippy::option_option, reason = "no repository, one without an index, one with an index")]
fn tracked(root: &Path, coverage: &mut Coverage) -> Option<Option<Index>> {
    let mut path = root.to_path_buf();
    let index = Repository::discover(root, &Environment::of_process()).and_then(|found| {
        let Some(repository) = found else { return Ok(None) };
        path.clone_from(&repository.index_file);
        repository.index().map(Some)
    });
    index.unwrap_or_else(|e| {
        coverage.missed(path.to_string_lossy(), e.to_string());
        None
    })
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
        let (seen, paths, names) = (Arc::clone(&self.seen), self.paths, Arc::clone(&self.names));
        self.inner.visit(&|| {
            let mut worker = new_worker();
            let (seen, names) = (Arc::clone(&seen), Arc::clone(&names));
            let mut new_path = None;
            Box::new(move |blob| {
                // The name of a staged or committed file is given before its content, if it is new.
                match blob.origin {
                    Origin::Staged(path, Part::FileName) => new_path = Some(path.clone()),
                    // The history gives the names of its trees; where they stood is found later.
                    Origin::Commit(commit, Part::FileName) if commit.commit.is_null() => {
                        if hygiene::may_name(blob.bytes) {
                            blob.kin.into_iter().for_each(Kin::tell_found);
                            let mut names = names.lock().unwrap_or_else(PoisonError::into_inner);
                            if names.len() < MOST {
                                names.insert(blob.bytes.into());
                            }
                        }
                    }
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
        let names = std::mem::take(&mut *self.names.lock().unwrap_or_else(PoisonError::into_inner));
        findings.extend(names.iter().map(|name| unplaced(name)));
        self.inner.locate(findings, coverage)?;
        let placed: Vec<Finding> = findings.extract_if(.., |f| f.rule == UNPLACED).collect();
        if !placed.is_empty() {
            let repository = Repository::discover(self.root, &Environment::of_process()).ok().flatten();
            let index = repository.and_then(|r| r.index().ok().flatten());
            let tracked: Option<BTreeSet<&[u8]>> =
                index.as_ref().map(|index| index.entries().iter().map(|e| index.path(e)).collect());
            let stands = |path: &[u8]| {
                tracked.as_ref().is_none_or(|tracked| {
                    let folder = [path, b"/"].concat();
                    let below = tracked.range(&folder[..]..).next();
                    tracked.contains(path) || below.is_some_and(|entry| entry.starts_with(&folder))
                })
            };
            let named = placed.into_iter().filter_map(|f| self.named(f, &stands));
            // What a test once needed is no news of the past.
            // Its folder says so: `.env.test.local` is no test.
            let in_test = |f: &Finding| {
                let path = f.location.origin.path().map_or(&b""[..], BlobPath::as_bytes);
                let folder = path.iter().rposition(|b| *b == b'/').map_or(0, |at| at + 1);
                hygiene::path_penalty(&path[..folder]) > 0
            };
            let (old, news): (Vec<Finding>, Vec<Finding>) = named.partition(in_test);
            if !old.is_empty() {
                *coverage.suppressed.entry("place".into()).or_default() += old.len() as u64;
            }
            findings.extend(news);
        }
        Ok(())
    }
}

impl Watch<'_> {
    /// The finding about a file or folder that the history once held.
    fn named(&self, mut placed: Finding, stands: &dyn Fn(&[u8]) -> bool) -> Option<Finding> {
        let mut history = placed.history.take()?;
        let Origin::Commit(commit, _) = placed.location.origin.clone() else { return None };
        let path = commit.path.clone();
        let kind = hygiene::check(path.as_bytes()).or_else(|| hygiene::check_folder(path.as_bytes()));
        let kind = kind.filter(|kind| self.wanted.has(kind.rule))?;
        let severity = hygiene::weigh(kind, path.as_bytes(), None)?;
        // Names alike stand at several places; what is known is said of all of them together.
        history.in_head &= stands(path.as_bytes());
        history.paths = vec![path.clone()];
        history.occurrences = 1;
        let origin = Origin::Commit(commit, Part::Content);
        let mut finding = hygiene::finding(kind, origin, path.as_bytes(), severity);
        finding.history = Some(history);
        Some(finding)
    }
}

/// A name for which the source is to find where it stood.
fn unplaced(name: &[u8]) -> Finding {
    let null = ObjectId::null(HashKind::Sha1);
    let origin = CommitOrigin { commit: null, path: BlobPath::new(name), blob: None };
    let location = Location {
        origin: Origin::Commit(Box::new(origin), Part::FileName),
        span: 0..0,
        start: LineCol::START,
        end: LineCol::START,
        excerpt: Excerpt::default(),
    };
    Finding::new(UNPLACED.into(), Secret::new(name, name.len()), location)
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
    let kind = hygiene::check(path.as_bytes());
    let weight = kind.and_then(|kind| hygiene::weigh(kind, path.as_bytes(), Some(blob.bytes)));
    let severity = match weight {
        Some(severity) => severity,
        None if paths.iter().any(|(_, regex)| regex.is_match(path.as_bytes())) => Severity::High,
        None => return,
    };
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    if seen.len() < MOST {
        seen.push((blob.origin.clone(), severity, old));
    }
}
