//! `keysieve baseline`: living with findings that are known.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, Subcommand};

use crate::config::hide_keys;
use crate::error::{Error, Result};
use crate::model::{Disposition, Finding, count, escape_terminal, escape_terminal_bytes};
use crate::reports::Report;
use crate::sieve::redacted;
use crate::triage::{Baseline, import};

use super::baseline_audit;
use super::configured::{baseline_path, configuration, near};
use super::place::{Here, here};
use super::session;
use super::survey::{Wanted, survey};
use super::{Globals, Session};

/// Keep a file of known findings, so that only news is reported
#[derive(Debug, Clone, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Clone, Subcommand)]
enum Action {
    /// Write down everything that is found now
    Create(Create),
    /// Add what is new; entries and reasons that are there stay
    Update(Add),
    /// Take out what is no longer found, and list it
    Prune(Prune),
    /// List the entries, and where each still is
    Show(Look),
    /// Take over what gitleaks, betterleaks or detect-secrets knew
    Import(Import),
    /// Go through the entries one by one: true, false or later, with a reason
    Audit(Look),
}

#[derive(Debug, Clone, ClapArgs)]
pub(super) struct Look {
    /// Files and folders (default: the whole work tree)
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Look at everything that was ever committed as well
    #[arg(long)]
    history: bool,
}

#[derive(Debug, Clone, ClapArgs)]
struct Add {
    #[command(flatten)]
    look: Look,
    /// Note this reason for new entries
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

#[derive(Debug, Clone, ClapArgs)]
struct Create {
    #[command(flatten)]
    add: Add,
    /// Begin anew although there is a baseline
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Clone, ClapArgs)]
struct Prune {
    /// Look at everything that was ever committed as well; always done for a baseline that was made so
    #[arg(long)]
    history: bool,
    /// Only list
    #[arg(long, short = 'n')]
    dry_run: bool,
}

#[derive(Debug, Clone, ClapArgs)]
struct Import {
    /// JSON reports of gitleaks or betterleaks, .gitleaksignore, .secrets.baseline
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Look at everything that was ever committed as well
    #[arg(long)]
    history: bool,
}

impl Args {
    /// Whether it asks a person.
    pub fn asks(&self) -> bool {
        matches!(self.action, Action::Audit(_))
    }
}

/// Runs the command; returns the exit code.
pub fn run(args: &Args, globals: &Globals, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8> {
    let here = here()?;
    let config = configuration(globals, &here.cwd, &here.root)?;
    let file = baseline_path(globals, &config, &here.root)
        .unwrap_or_else(|| near(&here.root.join(Baseline::DEFAULT_NAME)));
    let mut globals = globals.clone();
    match &args.action {
        Action::Create(args) => create(args, &mut globals, &here, &file, err),
        Action::Update(args) => update(args, &mut globals, &here, &file, err),
        Action::Prune(args) => prune(args, &mut globals, &here, &file, (out, err)),
        Action::Show(look) => show(look, &mut globals, &here, &file, out),
        Action::Import(args) => take_over(args, &mut globals, &here, &file, err),
        Action::Audit(look) => {
            let known = Baseline::load(&file)?;
            let (session, report) = survey(&mut globals, &here, &look.wanted_for(&known, &file, &here))?;
            baseline_audit::walk(
                known,
                &file,
                &known_places(&session, &report),
                session::look(session.globals),
                out,
            )
        }
    }
}

impl Look {
    /// What to look at for a baseline that is there: the history too, if it was made of it.
    fn wanted_for(&self, known: &Baseline, file: &Path, here: &Here) -> Wanted {
        let history = self.history || (known.covers_history() && here.repository.is_some());
        Wanted { history, ..self.wanted(Some(file)) }
    }

    fn wanted(&self, baseline: Option<&Path>) -> Wanted {
        Wanted {
            paths: self.paths.clone(),
            history: self.history,
            baseline: baseline.map(Path::to_path_buf),
            ..Wanted::default()
        }
    }
}

fn create(args: &Create, globals: &mut Globals, here: &Here, file: &Path, err: &mut dyn Write) -> Result<u8> {
    if file.symlink_metadata().is_ok() {
        // What cannot be read is somebody's: it is not replaced, not even by force.
        Baseline::load(file)?;
        if !args.force {
            let problem = "is there already: `keysieve baseline update` adds to it, --force begins anew";
            return Err(Error::Usage(format!("{}: {problem}", shown(file))));
        }
    }
    let (session, report) = survey(globals, here, &args.add.look.wanted(None))?;
    let mut baseline = Baseline::default();
    add_all(&mut baseline, &session, &report, args.add.reason.as_deref())?;
    if args.add.look.history {
        baseline.cover_history();
    }
    baseline.write(file)?;
    said(err, &format!("{}: {} known", shown(file), count(baseline.len(), "key")));
    Ok(ended(&report, err))
}

fn update(args: &Add, globals: &mut Globals, here: &Here, file: &Path, err: &mut dyn Write) -> Result<u8> {
    let mut baseline = Baseline::load(file)?;
    let wanted = args.look.wanted_for(&baseline, file, here);
    let (session, report) = survey(globals, here, &wanted)?;
    if args.look.history {
        baseline.cover_history();
    }
    let added = add_all(&mut baseline, &session, &report, args.reason.as_deref())?;
    let gone = baseline.gone().len();
    baseline.write(file)?;
    said(
        err,
        &format!(
            "{}: {added} new, {} known before, {gone} not found in {}",
            shown(file),
            baseline.len() - added,
            compared(&wanted)
        ),
    );
    if gone > 0 {
        said(err, "`keysieve baseline prune` takes out what is not found any more");
    }
    Ok(ended(&report, err))
}

/// Adds what is reported, and remembers what is met. Returns how many keys were news.
fn add_all(
    baseline: &mut Baseline,
    session: &Session<'_>,
    report: &Report,
    reason: Option<&str>,
) -> Result<usize> {
    let mut added = 0;
    // It is written down for all to read.
    let reason = reason.map(redacted);
    let known = report.suppressed.iter().filter(|f| matches!(f.disposition, Disposition::Known { .. }));
    for finding in known.chain(&report.findings) {
        let path = session.triage().path_from_root(finding);
        added += usize::from(baseline.add(finding, path.as_deref(), reason.as_deref())?);
    }
    Ok(added)
}

fn prune(
    args: &Prune,
    globals: &mut Globals,
    here: &Here,
    file: &Path,
    (out, err): (&mut dyn Write, &mut dyn Write),
) -> Result<u8> {
    let mut baseline = Baseline::load(file)?;
    if let Some(option) = globals.narrowed_by() {
        return Err(Error::Usage(format!("{option}: what it leaves out would be taken out of the baseline")));
    }
    // Always everything: what is not looked at is not gone.
    let look = Look { paths: Vec::new(), history: args.history };
    let wanted = look.wanted_for(&baseline, file, here);
    let (session, report) = survey(globals, here, &wanted)?;
    if !report.coverage.is_complete() {
        said(err, &format!("{}: nothing is taken out after an incomplete scan", shown(file)));
        return Ok(ended(&report, err).max(3));
    }
    for finding in &report.suppressed {
        baseline.knows(finding);
    }
    drop(session);
    let gone = if args.dry_run { baseline.gone() } else { baseline.prune() };
    for line in &gone {
        writeln!(out, "{}", escape_terminal(line)).map_err(Error::Output)?;
    }
    if !args.dry_run && !gone.is_empty() {
        baseline.write(file)?;
    }
    let verb = if args.dry_run { "would be taken out" } else { "taken out" };
    let left = baseline.len() - if args.dry_run { gone.len() } else { 0 };
    said(
        err,
        &format!(
            "{}: compared with {}: {} {verb}, {left} known",
            shown(file),
            compared(&wanted),
            count(gone.len(), "key")
        ),
    );
    if !wanted.history && here.repository.is_some() && !gone.is_empty() {
        said(err, "what still stands in the history is not looked at without --history");
    }
    Ok(0)
}

/// What was looked at, in words.
fn compared(wanted: &Wanted) -> &'static str {
    match (wanted.history, wanted.paths.is_empty()) {
        (true, _) => "the files and the whole history",
        (false, true) => "the files as they are now",
        (false, false) => "the files that were named",
    }
}

fn show(look: &Look, globals: &mut Globals, here: &Here, file: &Path, out: &mut dyn Write) -> Result<u8> {
    let baseline = Baseline::load(file)?;
    let (session, report) = survey(globals, here, &look.wanted_for(&baseline, file, here))?;
    let places = known_places(&session, &report);
    let mut text = String::new();
    for (entry, (told, _)) in baseline.told().enumerate() {
        text.push_str(&format!("{}\n", redacted(&escape_terminal(&told))));
        let mut any = false;
        for (finding, place) in &places {
            if baseline.position(finding) == Some(entry) {
                text.push_str(&format!("    {place}\n"));
                any = true;
            }
        }
        if !any {
            text.push_str("    not found any more\n");
        }
    }
    if text.is_empty() {
        text = format!("{}: nothing is known\n", shown(file));
    }
    out.write_all(text.as_bytes()).map_err(Error::Output)?;
    Ok(if report.coverage.is_complete() { 0 } else { 3 })
}

/// What is known and where it stands, for people.
fn known_places<'r>(session: &Session<'_>, report: &'r Report) -> Vec<(&'r Finding, String)> {
    let known = report.suppressed.iter().filter(|f| matches!(f.disposition, Disposition::Known { .. }));
    let mut places: Vec<(&Finding, String)> = known.map(|f| (f, place(session, f))).collect();
    places.dedup_by(|a, b| a.1 == b.1 && a.0.secret == b.0.secret);
    places
}

fn place(session: &Session<'_>, finding: &Finding) -> String {
    let path =
        session.triage().path_from_root(finding).map_or_else(|| "-".into(), |p| escape_terminal_bytes(&p));
    let commit = match &finding.history {
        Some(history) if !history.in_head => {
            format!(" (only in the history, since {:.10})", history.commit.to_string())
        }
        _ => String::new(),
    };
    format!("{path}:{}{commit}", finding.location.start.line)
}

fn take_over(
    args: &Import,
    globals: &mut Globals,
    here: &Here,
    file: &Path,
    err: &mut dyn Write,
) -> Result<u8> {
    let mut known = Vec::new();
    for file in &args.files {
        known.extend(import::read(file)?);
    }
    let there = file.symlink_metadata().is_ok();
    let mut baseline = if there { Baseline::load(file)? } else { Baseline::default() };
    let history = args.history || (here.repository.is_some() && known.iter().any(|k| k.commit.is_some()));
    let wanted = Wanted { history, baseline: there.then(|| file.to_path_buf()), ..Wanted::default() };
    let (session, report) = survey(globals, here, &wanted)?;
    let carried = carry_over(&mut baseline, &session, &report, &known)?;
    baseline.write(file)?;
    said(err, &format!("{}: {carried} of {} carried over", shown(file), count(known.len(), "entry")));
    if carried < known.len() {
        said(err, "the others are about nothing that is found here: they need no entry");
    }
    Ok(ended(&report, err))
}

/// Adds the findings that another tool knew. Returns how many of its entries met a finding.
pub(super) fn carry_over(
    baseline: &mut Baseline,
    session: &Session<'_>,
    report: &Report,
    known: &[import::Imported],
) -> Result<usize> {
    let mut met = vec![false; known.len()];
    for finding in report.findings.iter().chain(&report.suppressed) {
        let path = session.triage().path_from_root(finding).unwrap_or_default();
        let text = String::from_utf8_lossy(&path);
        for (entry, met) in known.iter().zip(&mut met) {
            if entry.means(finding, &text) {
                // What the other tool noted may quote the key.
                baseline.add(finding, Some(&path), Some(&hide_keys(&entry.reason)))?;
                *met = true;
            }
        }
    }
    Ok(met.into_iter().filter(|m| *m).count())
}

pub(super) fn said(err: &mut dyn Write, what: &str) {
    // Standard error may be closed; the exit code says it all the same.
    let _ = writeln!(err, "keysieve: {what}");
}

/// The exit code of a command that looked at everything: 3 if something could not be read, which is named.
pub(super) fn ended(report: &Report, err: &mut dyn Write) -> u8 {
    for skip in report.coverage.incomplete.iter().take(20) {
        said(err, &format!("{}: {}", escape_terminal(&skip.what), escape_terminal(&skip.why)));
    }
    if report.coverage.is_complete() {
        return 0;
    }
    said(err, "the scan was incomplete");
    3
}

pub(super) fn shown(path: &Path) -> String {
    escape_terminal(&path.to_string_lossy()).into_owned()
}
