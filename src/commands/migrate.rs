//! `keysieve migrate`: takes over what other tools were told, and says what could not be taken over.

use std::fs::{self, File};
use std::io::{Read as _, Write};
use std::path::Path;

use clap::Args as ClapArgs;

use crate::config::{Config, LoadOptions, NAMES};
use crate::error::{Error, Result};
use crate::model::escape_terminal;
use crate::triage::migrate::{Carried, gitleaks, path_patterns, value_patterns};
use crate::triage::{Baseline, import, write_whole};

use super::Globals;
use super::baseline::{carry_over, ended, said};
use super::place::{Here, here};
use super::survey::{Wanted, survey};

/// Largest file that is read, in bytes.
const LARGEST: u64 = 4 << 20;

/// Take over the configuration, ignore files and baselines of gitleaks, betterleaks, detect-secrets, ripsecrets,
/// git-secrets and secretlint (their marks in comments are understood as they are)
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
        let count = format!("{name}: {} entries, {} rules", carried.allow.len(), carried.rules.len());
        tell(out, &count)?;
        for left in &carried.left {
            tell(out, &format!("{name}: not carried over: {left}"))?;
        }
        all.allow.extend(carried.allow);
        all.rules.extend(carried.rules);
    }
    for name in OTHERS {
        if here.root.join(name).symlink_metadata().is_ok() {
            seen += 1;
            tell(
                out,
                &format!(
                    "{name}: not carried over: only its ignore files and marks in comments are understood"
                ),
            )?;
        }
    }
    write_config(&all, &here, args.dry_run, err)?;
    let mut known = Vec::new();
    for name in BASELINES {
        if here.root.join(name).symlink_metadata().is_ok() {
            seen += 1;
            let entries = import::read(&here.root.join(name))?;
            tell(out, &format!("{name}: {} known findings", entries.len()))?;
            known.extend(entries);
        }
    }
    if seen == 0 {
        said(err, "no configuration of another tool was found here");
        return Ok(0);
    }
    if known.is_empty() || args.dry_run {
        return Ok(0);
    }
    write_baseline(&known, globals, &here, out, err)
}

type Reader = fn(&str, &str) -> Result<Carried, (usize, String)>;

const CONFIGS: &[(&str, Reader)] = &[
    (".gitleaks.toml", |text, _| gitleaks(text)),
    ("gitleaks.toml", |text, _| gitleaks(text)),
    (".betterleaks.toml", |text, _| gitleaks(text)),
    (".secretlintignore", |text, name| Ok(path_patterns(text, name))),
    (".secretsignore", |text, name| Ok(path_patterns(text, name))),
    (".gitallowed", |text, name| Ok(value_patterns(text, name))),
];
const BASELINES: &[&str] = &[".gitleaksignore", ".betterleaksignore", ".secrets.baseline"];
const OTHERS: &[&str] =
    &[".secretlintrc.json", ".gitguardian.yml", ".gitguardian.yaml", ".trufflehog.yml", "trufflehog.yaml"];

fn read(path: &Path) -> Result<Option<String>> {
    if path.symlink_metadata().is_err() {
        return Ok(None);
    }
    let io = |source| Error::Io { path: path.to_path_buf(), doing: "open", source };
    let mut text = String::new();
    let n = File::open(path).map_err(io)?.take(LARGEST + 1).read_to_string(&mut text).map_err(io)?;
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
    said(err, &format!("wrote {}: {} entries, {} rules", NAMES[0], all.allow.len(), all.rules.len()));
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
    let carried = carry_over(&mut baseline, &session, &report, known)?;
    baseline.write(&file)?;
    tell(
        out,
        &format!("{carried} of {} known findings are found here and stand in the baseline now", known.len()),
    )?;
    Ok(ended(&report, err))
}
