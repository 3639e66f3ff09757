//! `keysieve audit`: the work tree, everything that was ever committed, and hygiene, in one report.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;

use crate::error::{Error, Result};
use crate::model::{BlobPath, Finding, Origin, Secret, Severity};

use crate::reports::Report;
use crate::sources::with_slash;
use crate::triage::hygiene::environment_of;

use super::audit_order;
use super::configured::{absolute, baseline_path, configuration};
use super::place::{Here, at, here};
use super::survey::{Wanted, join, survey};
use super::{Globals, Session};

/// Scan the files as they are, everything that was ever committed, and file names, in one report
#[derive(Debug, Clone, ClapArgs)]
pub struct Args {
    /// Repositories (default: the current one)
    #[arg(value_name = "REPO")]
    repos: Vec<PathBuf>,
}

/// Runs the command; returns the exit code.
pub fn run(args: &Args, globals: &Globals, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8> {
    if args.repos.is_empty() {
        let mut globals = globals.clone();
        let (session, report) = one(&mut globals, work_tree(here()?), Vec::new())?;
        return finish(&session, report, out, err);
    }
    // Each has a configuration and a baseline of its own.
    let mut settings: Vec<Globals> = args.repos.iter().map(|_| globals.clone()).collect();
    let mut all: Option<(Session<'_>, Report)> = None;
    let mut failed: Vec<(&PathBuf, Error)> = Vec::new();
    let several = args.repos.len() > 1;
    for (path, globals) in args.repos.iter().zip(&mut settings) {
        if all.as_ref().is_some_and(|(_, report)| report.coverage.stopped.is_some()) {
            failed.push((path, Error::Incomplete("the scan ended before it".into())));
            continue;
        }
        let prefix = if several { with_slash(path) } else { Vec::new() };
        match (at(&absolute(path)).and_then(|here| one(globals, here, prefix)), &mut all) {
            (Ok((_, report)), Some((_, sum))) => join(sum, report),
            (Ok(first), None) => all = Some(first),
            // One that cannot be read hides no other; a wrong configuration promises nothing.
            (Err(e), _) if several && e.exit_code() == 3 => failed.push((path, e)),
            (Err(e), _) => return Err(e),
        }
    }
    let Some((session, mut report)) = all else {
        let told: Vec<String> =
            failed.iter().map(|(path, e)| format!("{}: {}", path.display(), e.reason())).collect();
        return Err(Error::Incomplete(told.join("; ")));
    };
    for (path, e) in failed {
        report.coverage.missed(path.display().to_string(), e.reason());
    }
    finish(&session, report, out, err)
}

/// Looks at one repository. Paths are told from its top, with `prefix` in front.
fn one(globals: &mut Globals, here: Here, prefix: Vec<u8>) -> Result<(Session<'_>, Report)> {
    if here.repository.is_none() {
        return Err(Error::Repository {
            path: here.cwd,
            problem: "not a git repository; name one: keysieve audit REPO".into(),
        });
    }
    let config = configuration(globals, &here.cwd, &here.root)?;
    let baseline = baseline_path(globals, &config, &here.root);
    let elsewhere = env::current_dir().is_ok_and(|cwd| absolute(&cwd) != here.cwd);
    let named = elsewhere || !prefix.is_empty();
    let paths = if named { vec![here.root.clone()] } else { Vec::new() };
    let wanted = Wanted { paths, history: true, baseline, prefix };
    let (session, mut report) = survey(globals, &here, &wanted)?;
    if named {
        from_top(&mut report, &here.root, &wanted.prefix);
    }
    // Before what stands in the files is told by the history alone, which knows one name of each key.
    report.coverage.notes.extend(environments(&report));
    once(&mut report.findings);
    once(&mut report.suppressed);
    Ok((session, report))
}

/// Tells files of the work tree at `root` as the history tells them: from its top.
fn from_top(report: &mut Report, root: &Path, prefix: &[u8]) {
    let root = with_slash(root);
    for finding in report.findings.iter_mut().chain(&mut report.suppressed) {
        let Origin::File(path, _) = &mut finding.location.origin else { continue };
        if let Some(below) = path.as_bytes().strip_prefix(&*root) {
            *path = BlobPath::new(&[prefix, below].concat());
        }
    }
    let (root, prefix) = (String::from_utf8_lossy(&root), String::from_utf8_lossy(prefix));
    for missed in &mut report.coverage.incomplete {
        if let Some(below) = missed.what.strip_prefix(&*root) {
            missed.what = format!("{prefix}{below}");
        }
    }
}

fn finish(session: &Session<'_>, mut report: Report, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8> {
    report.coverage.mode = "audit".into();
    report.coverage.notes.extend(audit_order::first(&report));
    report.coverage.sort();
    session.tell(&report, out, err)
}

/// A work tree that `GIT_WORK_TREE` names is what is meant, wherever the command stands.
fn work_tree(here: Here) -> Here {
    let top = here.repository.as_ref().and_then(|r| r.work_tree.as_deref()).map(absolute);
    match top.filter(|top| !here.cwd.starts_with(top)) {
        Some(top) => Here { cwd: top.clone(), root: top, ..here },
        None => here,
    }
}

/// What the history tells more about is not told a second time as a file. How bad a file is that should not be there is
/// known best where its content was read.
fn once(findings: &mut Vec<Finding>) {
    let key = |f: &Finding| (f.rule.to_string(), f.secret.clone());
    let is_file = |f: &Finding| matches!(f.location.origin, Origin::File(..));
    let as_files: BTreeMap<(String, Secret), Severity> =
        findings.iter().filter(|f| is_file(f)).map(|f| (key(f), f.severity)).collect();
    let in_history: BTreeSet<(String, Secret)> =
        findings.iter().filter(|f| f.history.as_ref().is_some_and(|h| h.in_head)).map(key).collect();
    findings.retain(|f| !is_file(f) || !in_history.contains(&key(f)));
    for finding in findings.iter_mut().filter(|f| f.rule.starts_with("hygiene-")) {
        if let Some(severity) = as_files.get(&key(finding)) {
            finding.severity = *severity;
        }
    }
}

/// Keys that serve several environments: who takes one of them has all.
fn environments(report: &Report) -> Vec<String> {
    let mut by_key: BTreeMap<&Secret, BTreeMap<&'static str, String>> = BTreeMap::new();
    for finding in report.findings.iter().chain(&report.suppressed) {
        if let Some((environment, _)) = finding.variable.as_deref().and_then(environment_of) {
            let name = finding.variable.as_deref().unwrap_or_default().to_owned();
            by_key.entry(&finding.secret).or_default().entry(environment).or_insert(name);
        }
    }
    let shared = by_key.into_iter().filter(|(_, environments)| environments.len() > 1);
    shared
        .map(|(key, environments)| {
            let names: Vec<String> =
                environments.into_iter().map(|(e, name)| format!("{name} ({e})")).collect();
            format!("one key for several environments: {} = {key}", names.join(", "))
        })
        .collect()
}
