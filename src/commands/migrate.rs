//! `keysieve migrate`: takes over what other tools were told, and says what could not be taken over.

use std::fs;
use std::io::{Read as _, Write};
use std::path::Path;

use clap::Args as ClapArgs;

use crate::config::{Config, LoadOptions, NAMES, hide_keys};
use crate::error::{Error, Result};
use crate::model::{count, escape_terminal};
use crate::repo::open_regular;
use crate::triage::migrate::{
    Carried, Wrong, detect_secrets, ggshield, git_secrets, gitleaks, line_patterns, path_expressions,
    path_patterns, secretlint, trufflehog,
};
use crate::triage::{Baseline, import, write_whole};

use super::Globals;
use super::baseline::{carry_over, ended, said};
use super::place::{Here, here};
use super::survey::{Wanted, survey};

/// Largest file that is read, in bytes.
const LARGEST: u64 = 4 << 20;

/// Take over the configuration, ignore files and baselines of gitleaks, betterleaks, detect-secrets, ggshield,
/// trufflehog, ripsecrets, git-secrets and secretlint (their marks in comments are understood as they are)
#[derive(Debug, Clone, ClapArgs)]
pub struct Args {
    /// Only say what would be done
    #[arg(long, short = 'n')]
    dry_run: bool,
}

/// Runs the command; returns the exit code.
pub fn run(args: &Args, globals: &Globals, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8> {
    let here = here()?;
    let mut all = Carried::default();
    let mut seen = 0;
    for (name, reader) in CONFIGS {
        let Some(text) = read(&here.root.join(name))? else { continue };
        seen += 1;
        let carried = reader(&text, name).map_err(|(line, problem)| Error::Config {
            file: (*name).into(),
            line,
            column: 1,
            problem,
        })?;
        account(out, name, &carried)?;
        all.join(carried);
    }
    if let Some(repository) = &here.repository {
        let carried = git_secrets(repository.config.section("secrets"));
        if !carried.done.is_empty() || !carried.left.is_empty() {
            seen += 1;
            account(out, "git's configuration (git-secrets)", &carried)?;
            all.join(carried);
        }
    }
    write_config(&all, &here, args.dry_run, err)?;
    let mut known = std::mem::take(&mut all.known);
    for name in BASELINES.iter().filter(|name| here.root.join(name).symlink_metadata().is_ok()) {
        seen += 1;
        known.extend(baseline_of(out, &here.root, name)?);
    }
    for name in PROGRAMS.iter().filter(|name| here.root.join(name).symlink_metadata().is_ok()) {
        seen += 1;
        tell(out, &format!("{name}: not carried over: it is a program, which is not run"))?;
    }
    if seen == 0 {
        said(err, "no configuration of another tool was found here");
    }
    if args.dry_run {
        if !known.is_empty() {
            let file = Baseline::DEFAULT_NAME;
            said(
                err,
                &format!(
                    "would look for {} and note what is found in {file}",
                    count(known.len(), "known finding or value")
                ),
            );
        }
        return Ok(0);
    }
    write_baseline(&known, globals, &here, out, err)
}

/// The entries of another tool's baseline; says what became of it.
fn baseline_of(out: &mut dyn Write, root: &Path, name: &str) -> Result<Vec<import::Imported>> {
    let passed = passed_over(root, name);
    for line in &passed {
        tell(out, &format!("{name}:{line}: not carried over: no fingerprint; gitleaks passes over it too"))?;
    }
    // A file of nothing but such lines holds nothing that could be known.
    let path = root.join(name);
    // A pipe in its place would be waited for, for ever.
    open_regular(&path).map_err(|source| Error::Io { path: path.clone(), doing: "open", source })?;
    let entries = match import::read(&path) {
        Err(_) if !passed.is_empty() => Vec::new(),
        read => read?,
    };
    tell(out, &format!("{name}: {}", count(entries.len(), "known finding")))?;
    Ok(entries)
}

/// Says what became of a file.
fn account(out: &mut dyn Write, name: &str, carried: &Carried) -> Result<()> {
    let values = count(carried.known.len(), "known value");
    tell(out, &format!("{name}: {}, {values}", amounts(carried)))?;
    for done in &carried.done {
        tell(out, &format!("{name}: carried over: {}", hide_keys(done)))?;
    }
    for left in &carried.left {
        tell(out, &format!("{name}: not carried over: {}", hide_keys(left)))?;
    }
    Ok(())
}

/// Entries and rules, with their nouns.
fn amounts(carried: &Carried) -> String {
    format!("{}, {}", count(carried.allow.len(), "entry"), count(carried.rules.len(), "rule"))
}

type Reader = fn(&str, &str) -> std::result::Result<Carried, Wrong>;

const CONFIGS: &[(&str, Reader)] = &[
    (".gitleaks.toml", |text, _| gitleaks(text)),
    ("gitleaks.toml", |text, _| gitleaks(text)),
    (".betterleaks.toml", |text, _| gitleaks(text)),
    (".secrets.baseline", detect_secrets),
    (".gitguardian.yaml", ggshield),
    (".gitguardian.yml", ggshield),
    (".secretlintrc.json", secretlint),
    (".secretlintrc.yml", secretlint),
    (".secretlintrc.yaml", secretlint),
    (".secretlintrc", secretlint),
    (".trufflehog.yml", trufflehog),
    (".trufflehog.yaml", trufflehog),
    ("trufflehog.yml", trufflehog),
    ("trufflehog.yaml", trufflehog),
    (".trufflehogignore", |text, name| Ok(path_expressions(text, name))),
    (".trufflehog-exclude", |text, name| Ok(path_expressions(text, name))),
    (".trufflehog-exclude.txt", |text, name| Ok(path_expressions(text, name))),
    (".trufflehog-ignore", |text, name| Ok(path_expressions(text, name))),
    ("trufflehog-exclude.txt", |text, name| Ok(path_expressions(text, name))),
    (".trufflehog/exclude.txt", |text, name| Ok(path_expressions(text, name))),
    (".secretlintignore", |text, name| Ok(path_patterns(text, name))),
    (".secretsignore", |text, name| Ok(path_patterns(text, name))),
    (".gitallowed", |text, name| Ok(line_patterns(text, name))),
];
const BASELINES: &[&str] = &[
    ".gitleaksignore",
    ".betterleaksignore",
    ".secrets.baseline",
    ".gitleaks-baseline.json",
    "gitleaks-baseline.json",
    ".betterleaks-baseline.json",
];

/// Configurations that are programs.
const PROGRAMS: &[&str] = &[".secretlintrc.js", ".secretlintrc.cjs", ".secretlintrc.mjs"];

/// The lines of a `.gitleaksignore` that say nothing.
fn passed_over(root: &Path, name: &str) -> Vec<usize> {
    if !name.ends_with("leaksignore") {
        return Vec::new();
    }
    // What is no UTF-8 is complained about when it is read for its entries.
    read(&root.join(name)).ok().flatten().map(|text| import::passed_over(&text)).unwrap_or_default()
}

fn read(path: &Path) -> Result<Option<String>> {
    if path.symlink_metadata().is_err() {
        return Ok(None);
    }
    let io = |source| Error::Io { path: path.to_path_buf(), doing: "open", source };
    let mut text = String::new();
    let n = open_regular(path).map_err(io)?.take(LARGEST + 1).read_to_string(&mut text).map_err(io)?;
    if n as u64 > LARGEST {
        return Err(Error::Usage(format!("{}: larger than 4 MiB", path.display())));
    }
    Ok(Some(text))
}

fn tell(out: &mut dyn Write, line: &str) -> Result<()> {
    writeln!(out, "{}", escape_terminal(line)).map_err(Error::Output)
}

/// Writes a new configuration; one that is there is not touched, and the entries are printed for it.
fn write_config(all: &Carried, here: &Here, dry_run: bool, err: &mut dyn Write) -> Result<()> {
    if all.allow.is_empty() && all.rules.is_empty() {
        return Ok(());
    }
    let path = here.root.join(NAMES[0]);
    let text = all.to_yaml();
    if dry_run {
        said(err, &format!("would write {}", NAMES[0]));
        return Ok(());
    }
    if NAMES.iter().any(|n| here.root.join(n).symlink_metadata().is_ok()) {
        let beside = here.root.join(".keysieve.migrated.yml");
        write_whole(&beside, &text)?;
        said(
            err,
            ".keysieve.yml is there already: wrote .keysieve.migrated.yml beside it, take from it what you need",
        );
        return Ok(());
    }
    write_whole(&path, &text)?;
    // Read back at once: a file that the next run would refuse must not stay.
    let loaded = Config::load(&LoadOptions { start: &here.root, root: &here.root, explicit: Some(&path) });
    if let Err(problem) = loaded {
        let _ = fs::remove_file(&path);
        return Err(problem);
    }
    said(err, &format!("wrote {}: {}", NAMES[0], amounts(all)));
    Ok(())
}

fn write_baseline(
    known: &[import::Imported],
    globals: &Globals,
    here: &Here,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8> {
    let file = here.root.join(Baseline::DEFAULT_NAME);
    let there = file.symlink_metadata().is_ok();
    let mut baseline = if there { Baseline::load(&file)? } else { Baseline::default() };
    let history = here.repository.is_some() && known.iter().any(|k| k.commit.is_some());
    let wanted = Wanted { history, baseline: there.then(|| file.clone()), ..Wanted::default() };
    let mut globals = globals.clone();
    let (session, report) = survey(&mut globals, here, &wanted)?;
    for (by, n) in report.coverage.suppressed.iter().filter(|(by, _)| is_mark(by)) {
        tell(out, &format!("{by}: {n} findings stand beside this mark, which is understood as it is"))?;
    }
    if !known.is_empty() {
        let carried = carry_over(&mut baseline, &session, &report, known)?;
        if !baseline.is_empty() || there {
            baseline.write(&file)?;
        }
        let total = known.len();
        tell(
            out,
            &format!("{carried} of {total} known findings are found here and stand in the baseline now"),
        )?;
        if carried < total {
            tell(out, "the others are about nothing that is found here: they need no entry")?;
        }
    }
    Ok(ended(&report, err))
}

/// Whether something was allowed by another tool's mark.
fn is_mark(by: &str) -> bool {
    !matches!(by, "inline" | "config" | "baseline" | "excluded" | "gitleaks configuration" | "place")
}
