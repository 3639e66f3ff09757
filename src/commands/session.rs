//! From global options and configuration to a finished run: what every scanning command shares.

use std::cell::Cell;
use std::env;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use rustix::process::{Resource, getrlimit};

use crate::archive::Limits;
use crate::config::Gitleaks;
use crate::engine::{Foreign, MatchOptions, Matcher};
use crate::error::{Error, Result};
use crate::hook::Stage;
use crate::model::{Confidence, Finding, Frontier, Level, Progress, Severity, Stop};
use crate::reports::{Look, Report, refusal, refusal_with_account, summary_lines};
use crate::rules::Ruleset;
use crate::sieve::{Concealer, Early, Sieve, SiftOptions};
use crate::sources::Source;
use crate::triage::Triage;

use super::configured::{HygieneWanted, Rules};
use super::globals::{Globals, Progressing, When};
use super::output::{self, Wanted};
use super::progress::Display;
use super::stream::Streams;
use super::watch::Watch;
use super::{configured, ending, globals};

/// So many allow entries that nobody needs are named after a scan; `allow check` names all.
const STALE: usize = 10;

/// Everything a scanning command needs, built once.
pub struct Session<'g> {
    /// The options it was built from.
    pub globals: &'g Globals,
    /// Set when the scan is to end early; sources look at it.
    pub stop: Stop,
    /// Counted up while the scan runs.
    pub progress: Progress,
    /// How many threads a source may use.
    pub threads: usize,
    /// Larger files and blobs are left out, in bytes: `--max-file-size`, else the configuration's.
    pub max_file_size: Option<u64>,
    /// Set by commands whose source covers everything, so that baseline entries not met are gone and unused allow
    /// entries are stale.
    pub covers_all: bool,
    notes: Vec<String>,
    ruleset: Ruleset,
    /// Also the rules that are switched off.
    all_rules: Ruleset,
    gitleaks: Arc<Gitleaks>,
    options: MatchOptions,
    archives: Limits,
    severity: Severity,
    least: Confidence,
    triage: Triage,
    hygiene: HygieneWanted,
    root: PathBuf,
    reports: Vec<Wanted>,
    look: Look,
    /// The time limit, until nothing but writing is left to do.
    limit: Cell<Option<ending::Limit>>,
}

impl<'g> Session<'g> {
    /// Reads options and configuration. `root` is the top of the repository, or the folder that is scanned: the
    /// search for `.keysieve.yml` goes from `start` up to it.
    pub fn new(globals: &'g Globals, start: &Path, root: &Path) -> Result<Session<'g>> {
        let reports = output::wanted(&globals.format, globals.output.as_deref(), &globals.report)?;
        let (asked, level) = globals.levels()?;
        let config = configured::configuration(globals, start, root)?;
        let mut options = MatchOptions::default();
        options.decode = !globals.no_decode && config.decode.unwrap_or(options.decode);
        let least = level.or(config.confidence).map_or(options.min_confidence, Level::floor);
        // What is sure enough for everybody and not for this run is found, and counted instead of told.
        options.min_confidence = options.min_confidence.min(least);
        let asked_size = globals.max_archive_size.or(config.max_archive_size);
        let wanted = !globals.no_archives && config.archives.unwrap_or(true);
        let archives = Limits {
            size: asked_size.unwrap_or(Limits::default().size),
            asked: asked_size.is_some(),
            members: globals.max_archive_members,
            depth: if wanted { globals.archive_depth } else { 0 },
        };
        let mut gitleaks = configured::gitleaks(globals, &config, root)?;
        let Rules { in_force: ruleset, all: all_rules } =
            configured::ruleset(globals, &config, &mut gitleaks)?;
        let gitleaks = Arc::new(gitleaks);
        let replaced = configured::replaced(&globals.rules);
        let notes =
            config.notes().into_iter().chain(gitleaks.notes.iter().cloned()).chain(replaced).collect();
        let max_file_size = globals.max_file_size.or(config.max_file_size);
        let threads = globals.threads.or(config.threads).unwrap_or_else(cores).min(affordable());
        let severity = asked.or(config.min_severity).unwrap_or(Severity::Info);
        let hygiene = HygieneWanted::new(globals, &config);
        let used = (&ruleset, &gitleaks);
        let triage = configured::triage(globals, config, root, used, least)?;
        // From here on: what asks git before anything is scanned may hang as well.
        let stop = Stop::new();
        ending::on_signals(&stop);
        let limit = Cell::new(Some(ending::after(globals.timeout, &stop)));
        Ok(Session {
            globals,
            stop,
            limit,
            progress: Progress::new(),
            threads,
            ruleset,
            all_rules,
            gitleaks,
            options,
            archives,
            severity,
            least,
            triage,
            hygiene,
            root: configured::absolute(root),
            notes,
            max_file_size,
            covers_all: false,
            reports,
            look: look(globals),
        })
    }

    /// The rules in force.
    pub fn ruleset(&self) -> &Ruleset {
        &self.ruleset
    }

    /// Another tool's configuration that counts as well; empty if none does.
    pub fn gitleaks(&self) -> &Gitleaks {
        &self.gitleaks
    }

    /// How matching is set.
    pub fn match_options(&self) -> &MatchOptions {
        &self.options
    }

    /// How sure a finding must be to be reported.
    pub fn least(&self) -> Confidence {
        self.least
    }

    /// How far archives are looked into.
    pub fn archives(&self) -> Limits {
        self.archives
    }

    /// How many layers of encodings are looked into.
    pub fn decode_depth(&self) -> u8 {
        if self.options.decode { self.globals.decode_depth } else { 0 }
    }

    /// What decides about findings.
    pub fn triage(&self) -> &Triage {
        &self.triage
    }

    /// Scans a source, writes the reports and the summary; returns the exit code.
    pub fn run(&self, source: &dyn Source, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8> {
        let report = self.sift(source)?;
        self.tell(&report, out, err)
    }

    /// The frontier that a source is to keep so that [`Session::run_in_order`] can tell findings early; kept only where
    /// a report is wanted that is told so.
    pub fn frontier(&self) -> Frontier {
        if Streams::fit(&self.reports) { Frontier::kept() } else { Frontier::default() }
    }

    /// The same as [`Session::run`], and tells findings while the scan runs, where the frontier is kept.
    pub fn run_in_order(
        &self,
        source: &dyn Source,
        frontier: &Frontier,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<u8> {
        if !frontier.is_kept() {
            return self.run(source, out, err);
        }
        let mut streams = Streams::open(&self.reports, self.look, &self.stop)?;
        let display = !(streams.to_stdout() && std::io::stdout().is_terminal());
        let report = self.sift_with(source, display, |sieve, watch| {
            sieve.sift_in_order(watch, frontier, &mut |early| match early {
                Early::Found(finding) if self.is_told(finding) => streams.tell(finding, out),
                Early::Found(_) => {}
                Early::Pause => streams.flush(out),
            })
        })?;
        drop(self.limit.take());
        streams.close()?;
        output::write_rest(&self.reports, &streams, &report, self.look, out)?;
        Ok(self.summarise(&report, err))
    }

    /// Scans a source.
    pub fn sift(&self, source: &dyn Source) -> Result<Report> {
        self.sift_with(source, true, |sieve, watch| sieve.sift(watch))
    }

    fn sift_with(
        &self,
        source: &dyn Source,
        display: bool,
        sift: impl FnOnce(&Sieve<'_>, &Watch<'_>) -> Result<Report>,
    ) -> Result<Report> {
        let matcher = Matcher::new(self.ruleset.rules(), self.options.clone());
        let concealer = Concealer::new(self.all_rules.rules());
        let foreign = Foreign::new(&self.gitleaks.rules);
        let sieve = Sieve {
            matcher: &matcher,
            foreign: foreign.as_ref(),
            triage: &self.triage,
            concealer: &concealer,
            options: SiftOptions {
                show_secrets: self.look.show_secrets,
                progress: self.progress.clone(),
                depth: self.decode_depth(),
                archives: self.archives,
                stop: self.stop.clone(),
            },
        };
        let wanted = display && self.globals.progress == Progressing::Auto && !self.globals.quiet;
        let display = Display::start(wanted, &self.progress);
        let watch = Watch::new(source, &self.gitleaks.files, (&self.hygiene, &self.root));
        let mut report = sift(&sieve, &watch)?;
        drop(display);
        watch.tell(&self.triage, &mut report);
        report.coverage.stopped = report.coverage.stopped.or(self.stop.requested());
        report.coverage.notes.extend(self.notes.iter().cloned());
        report.coverage.notes.extend(report.coverage.note_over_limit());
        if self.globals.require_full_history && report.coverage.shallow {
            let why = "it is shallow, and --require-full-history was given (cure: git fetch --unshallow)";
            report.coverage.missed("this clone", why);
        }
        if self.covers_all && report.coverage.is_complete() && self.globals.narrowed_by().is_none() {
            report.gone = self.triage.gone(report.coverage.mode == "history");
            let mut stale = self.triage.stale();
            let more = stale.len().saturating_sub(STALE);
            stale.truncate(STALE);
            report.coverage.notes.extend(stale);
            if more > 0 {
                let note = format!("{more} more allow entries that nobody needs: keysieve allow check");
                report.coverage.notes.push(note);
            }
        }
        report.coverage.sort();
        self.below(&mut report);
        sieve.conceal(&mut report);
        Ok(report)
    }

    /// Whether a finding is bad and sure enough for this run.
    fn is_told(&self, finding: &Finding) -> bool {
        finding.severity >= self.severity && self.is_sure(finding)
    }

    /// Names of files are no guess, and what is less sure than usual was dropped by the matcher.
    fn is_sure(&self, finding: &Finding) -> bool {
        finding.confidence >= self.least
            || self.least <= self.options.min_confidence
            || finding.rule.starts_with("hygiene-")
    }

    /// Takes out, and counts, what is not.
    fn below(&self, report: &mut Report) {
        let mut take = |reason: String, keep: &dyn Fn(&Finding) -> bool| {
            let all = report.findings.len();
            report.findings.retain(keep);
            if report.findings.len() < all {
                report.coverage.suppressed.insert(reason, (all - report.findings.len()) as u64);
            }
        };
        take(format!("below severity {}", self.severity), &|f| f.severity >= self.severity);
        take(format!("below {} confidence", self.least.level()), &|f| self.is_sure(f));
    }

    /// Writes the reports and the summary; returns the exit code.
    pub fn tell(&self, report: &Report, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8> {
        drop(self.limit.take());
        output::write(&self.reports, report, self.look, out)?;
        Ok(self.summarise(report, err))
    }

    fn summarise(&self, report: &Report, err: &mut dyn Write) -> u8 {
        for line in summary_lines(report, self.beside()) {
            // Standard error may be closed; the exit code says it all the same.
            let _ = writeln!(err, "{line}");
        }
        self.exit_code(report)
    }

    /// What a hook says: nothing but the account when all is well, else why it refuses and what to do. Reports that were
    /// asked for by `--report` are written all the same.
    pub fn refuse(&self, report: &Report, stage: Stage, err: &mut dyn Write) -> Result<u8> {
        drop(self.limit.take());
        output::write(&self.reports[1..], report, self.look, &mut std::io::sink())?;
        let code = self.exit_code(report);
        if code != 0 {
            let _ = write!(err, "{}", refusal_with_account(report, stage.as_str(), self.beside()));
            return Ok(code);
        }
        Ok(self.summarise(report, err))
    }

    /// How what goes to standard error is to look: it may lead elsewhere than standard output.
    fn beside(&self) -> Look {
        let color = match self.globals.color {
            When::Always => true,
            When::Never => false,
            When::Auto => std::io::stderr().is_terminal() && color_is_welcome(),
        };
        Look { color, width: globals::terminal_width(std::io::stderr()), ..self.look }
    }

    /// What a hook would say to this, and how it came about: on demand, for a person.
    pub fn explain(&self, report: &Report, stage: Stage, out: &mut dyn Write) -> Result<u8> {
        let code = self.exit_code(report);
        let said = if code == 0 {
            format!("keysieve lets this pass: {} has nothing against it.\n", stage.as_str())
        } else {
            refusal(report, stage.as_str(), self.look)
        };
        write!(out, "{said}\nHow it came about:\n").map_err(Error::Output)?;
        let look = Look { verbosity: 2, ..self.look };
        output::write(&output::wanted("text", None, &[])?, report, look, out)?;
        for line in summary_lines(report, look) {
            writeln!(out, "{line}").map_err(Error::Output)?;
        }
        Ok(code)
    }

    fn exit_code(&self, report: &Report) -> u8 {
        let complete = report.coverage.is_complete();
        match (report.findings.is_empty(), complete) {
            (false, _) if self.globals.exit_zero && !complete => 3,
            (false, _) if self.globals.exit_zero => 0,
            // A number that means "clean" would hide that the scan was not complete.
            (false, false) if self.globals.exit_code == Some(0) => 3,
            (false, _) => self.globals.exit_code.unwrap_or(1),
            (true, true) => 0,
            (true, false) => 3,
        }
    }
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from).min(64)
}

/// How many threads fit into a limited address space (`ulimit -v`): each has a stack, windows, and an arena of the
/// allocator, which alone reserves 64 MiB.
fn affordable() -> usize {
    const EACH: u64 = 192 << 20;
    let limit = getrlimit(Resource::As).current.unwrap_or(u64::MAX);
    usize::try_from(limit / EACH).unwrap_or(usize::MAX).max(1)
}

/// How reports are to look, from the options, the environment and the terminal.
pub(super) fn look(globals: &Globals) -> Look {
    let to_terminal = globals.output.is_none() && std::io::stdout().is_terminal();
    let color = match globals.color {
        When::Always => true,
        When::Never => false,
        When::Auto => to_terminal && color_is_welcome(),
    };
    Look {
        color,
        show_secrets: globals.show_secrets,
        width: if to_terminal { globals::terminal_width(std::io::stdout()) } else { None },
        verbosity: if globals.quiet { 0 } else { 1 + u8::from(globals.verbose) },
    }
}

/// Whether the environment has nothing against colours.
fn color_is_welcome() -> bool {
    let no_color = env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
    !no_color && env::var_os("TERM").is_none_or(|t| t != "dumb")
}
