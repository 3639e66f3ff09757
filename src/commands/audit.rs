//! `keysieve audit`: the work tree, everything that was ever committed, and hygiene, in one report.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::io::Write;
use std::path::PathBuf;

use clap::Args as ClapArgs;

use crate::error::{Error, Result};
use crate::model::{Finding, Origin, Secret, Severity};
use crate::reports::Report;
use crate::triage::hygiene::environment_of;

use super::Globals;
use super::audit_order;
use super::configured::{absolute, baseline_path, configuration};
use super::place::{Here, at, here};
use super::survey::{Wanted, survey};

/// Scan the files as they are, everything that was ever committed, and file names, in one report
#[derive(Debug, Clone, ClapArgs)]
pub struct Args {
    /// A repository (default: the current one)
    #[arg(value_name = "REPO")]
    repo: Option<PathBuf>,
}

/// Runs the command; returns the exit code.
pub fn run(args: &Args, globals: &Globals, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8> {
    let here = match &args.repo {
        Some(path) => at(&absolute(path))?,
        None => work_tree(here()?),
    };
    if here.repository.is_none() {
        return Err(Error::Repository {
            path: here.cwd,
            problem: "not a git repository; name one: keysieve audit REPO".into(),
        });
    }
    let config = configuration(globals, &here.cwd, &here.root)?;
    let baseline = baseline_path(globals, &config, &here.root);
    let mut globals = globals.clone();
    let elsewhere = env::current_dir().is_ok_and(|cwd| absolute(&cwd) != here.cwd);
    let paths = if elsewhere { vec![here.root.clone()] } else { Vec::new() };
    let (session, mut report) = survey(&mut globals, &here, &Wanted { paths, history: true, baseline })?;
    report.coverage.mode = "audit".into();
    // Before what stands in the files is told by the history alone, which knows one name of each key.
    report.coverage.notes.extend(environments(&report));
    once(&mut report.findings);
    once(&mut report.suppressed);
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
