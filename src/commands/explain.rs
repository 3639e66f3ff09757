//! `keysieve explain PATH:LINE`: what each stage says of what stands there, from the rule to the baseline.

use std::fmt::Write as _;
use std::io::{Read as _, Write};
use std::path::Path;

use clap::Args as ClapArgs;

use crate::config::Config;
use crate::engine::{Detection, Explained, MatchOptions, Matcher, Outcome};
use crate::error::{Error, Result};
use crate::model::{Blob, BlobPath, Confidence, Disposition, Finding, Origin, Part, Secret, escape_terminal};
use crate::repo::{Layer, open_regular, path_from_bytes};
use crate::reports::Report;
use crate::rules::Ruleset;

use super::Globals;
use super::Session;
use super::allow::place;
use super::configured::{absolute, baseline_path, configuration, every_rule};
use super::place::{Here, here};
use super::survey::{Wanted, survey};

/// A file larger than this is not looked at a second time.
const LARGEST: u64 = 64 << 20;

/// More candidates than this on one line are counted only.
const MOST: usize = 200;

/// Say for a place what each stage decides: rule, filter, confidence, path, mark, allow entry, baseline
#[derive(Debug, Clone, ClapArgs)]
pub struct Args {
    /// A line of a file: src/main.rs:12
    #[arg(value_name = "PATH:LINE")]
    place: String,
}

/// Runs the command; returns the exit code.
pub fn run(args: &Args, globals: &Globals, out: &mut dyn Write, _err: &mut dyn Write) -> Result<u8> {
    let here = here()?;
    let (path, line) = place(&args.place)?;
    let config = configuration(globals, &here.cwd, &here.root)?;
    let baseline = baseline_path(globals, &config, &here.root);
    let mut globals = globals.clone();
    let everything = every_rule(&globals, &config)?;
    let wanted = Wanted { paths: vec![path.clone()], baseline, ..Wanted::default() };
    let (session, report) = survey(&mut globals, &here, &wanted)?;
    let mut text = String::new();
    let on_line =
        |f: &Finding| line.is_none_or(|line| (f.location.start.line..=f.location.end.line).contains(&line));
    let told: Vec<&Finding> =
        report.findings.iter().chain(&report.suppressed).filter(|f| on_line(f)).collect();
    for finding in &told {
        tell(finding, &session, &mut text);
    }
    if let Some(line) = line
        && let Some(bytes) = read(&path)
    {
        if told.is_empty() {
            in_file(&path, line, &bytes)?;
        }
        let origin = Origin::File(BlobPath::from_path(&path), Part::Content);
        let blob = Blob::whole(&bytes, &origin);
        candidates(&session, (&blob, line), &told, &mut text);
        not_in_force(&everything, &session, (&blob, line), &config, &mut text);
    }
    if text.is_empty() {
        why_nothing(&report, &absolute(&path), &mut text);
    }
    if let Some(why) = skipped(&here, &absolute(&path))? {
        text.push_str(&format!("skip: {why}\n"));
    }
    // What is noted of other lines is not asked for.
    let notes = report.coverage.notes.iter().filter(|n| n.starts_with("configuration "));
    text.extend(notes.map(|n| format!("note: {}\n", escape_terminal(n))));
    out.write_all(text.as_bytes()).map_err(Error::Output)?;
    Ok(if report.coverage.is_complete() { 0 } else { 3 })
}

/// Refuses a line that the file does not have: that nothing stands there would be taken for an all-clear.
fn in_file(path: &Path, line: u64, bytes: &[u8]) -> Result<()> {
    let lines = 1 + bytes.iter().filter(|b| matches!(b, b'\n' | b'\r')).count() as u64;
    if (1..=lines).contains(&line) {
        return Ok(());
    }
    Err(Error::Usage(format!("{}: there is no line {line}", escape_terminal(&path.display().to_string()))))
}

/// Why a scan of the whole work tree would not read this file, which was read only because it is named here.
fn skipped(here: &Here, path: &Path) -> Result<Option<&'static str>> {
    let Some(repository) = &here.repository else { return Ok(None) };
    let Ok(below) = path.strip_prefix(&here.root) else {
        return Ok(Some("outside of this work tree: only read because it is named"));
    };
    let below = BlobPath::from_path(below);
    let path = below.as_bytes();
    let tracked = repository.index()?.is_some_and(|i| i.find_in(0..i.entries().len(), path).is_some());
    if tracked {
        return Ok(None);
    }
    let mut layer = Layer::of_repository(repository);
    let ends = path.iter().enumerate().filter(|(_, b)| **b == b'/').map(|(i, _)| i);
    let mut start = 0;
    for end in ends.map(Some).chain([None]) {
        let folder = here.root.join(path_from_bytes(&path[..start]));
        for name in [".gitignore", ".ignore"] {
            layer = Layer::on(Some(&layer), start, folder.join(name));
        }
        if layer.hides(&path[..end.unwrap_or(path.len())], end.is_some()) {
            return Ok(Some("git ignores this file, and it is not tracked: `keysieve scan` leaves it out"));
        }
        start = end.map_or(start, |end| end + 1);
    }
    Ok(None)
}

/// The file's bytes, unless they cannot be read or are too many; then the survey has said so.
fn read(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    open_regular(path).ok()?.take(LARGEST).read_to_end(&mut bytes).ok()?;
    ((bytes.len() as u64) < LARGEST).then_some(bytes)
}

/// A finding with the verdict of every stage, in the order in which they are asked.
fn tell(finding: &Finding, session: &Session<'_>, text: &mut String) {
    let at = finding.location.start;
    let name = escape_terminal(&finding.name);
    let _ = writeln!(text, "line {}, column {}: {name} ({})", at.line, at.column, finding.rule);
    let _ = writeln!(text, "    {}", finding.secret.redacted());
    let mut stage = |name: &str, said: &str| {
        let _ = writeln!(text, "    {name:<11} {}", escape_terminal(said));
    };
    if !finding.decoded_from.is_empty() {
        stage("read", &format!("through {}", finding.decoded_from.join(", then ")));
    }
    stage("rule", &format!("{} has this shape", finding.rule));
    if !finding.alternatives.is_empty() {
        stage("", &format!("keys of {} look the same", finding.alternatives.join(", ")));
    }
    stage("filter", "none of them drops it");
    let sure = finding.confidence;
    let least = session.least();
    stage("confidence", &format!("{} ({}), {} is enough", sure.0, sure.level(), least.0));
    for reason in &finding.reasons {
        stage("", &format!("because: {reason}"));
    }
    stage("severity", finding.severity.as_str());
    for (name, said) in session.triage().stages(finding) {
        stage(name, &said);
    }
    stage("verdict", &decision(&finding.disposition));
    let _ = writeln!(text, "    fingerprint {}", finding.fingerprint());
}

fn decision(disposition: &Disposition) -> String {
    match disposition {
        Disposition::Reported => "it is reported: nothing allows it".to_string(),
        Disposition::Known { reason: Some(reason) } => {
            format!("it is not reported: in the baseline, {reason}")
        }
        Disposition::Known { reason: None } => "it is not reported: in the baseline".to_string(),
        Disposition::Allowed { by, reason } => {
            format!("it is not reported: allowed by {by}, {reason}")
        }
        Disposition::Old => "it is not reported: it touches no line that counts".to_string(),
        Disposition::Unread(_) => "it could not be read".to_string(),
    }
}

/// What has the shape of a key and did not become a finding, each with the stage that decided.
fn candidates(session: &Session<'_>, (blob, line): (&Blob<'_>, u64), told: &[&Finding], text: &mut String) {
    let all = MatchOptions { min_confidence: Confidence(0), ..session.match_options().clone() };
    let matcher = Matcher::new(session.ruleset().rules(), all);
    let candidates = matcher.explain(blob, line);
    for one in candidates.iter().take(MOST) {
        let known = |f: &&Finding| f.rule == one.rule.id && f.location.start == one.place.0;
        if told.iter().any(known) {
            continue;
        }
        shape(one, blob, text);
        let why = match &one.outcome {
            Outcome::Dropped { by, why } if *by == "need" => format!("context     drops it: {why}"),
            Outcome::Dropped { by, why } => format!("filter      `{by}` drops it: {why}"),
            Outcome::Lost { to } => format!("overlap     {to} knows better what this is"),
            Outcome::Unsure { confidence, reasons } => {
                format!("confidence  {} is below {}: {}", confidence.0, session.least().0, reasons.join(", "))
            }
            Outcome::Found(d) => unsure(d, session),
        };
        let _ = writeln!(text, "    {}", escape_terminal(&why));
        let _ = writeln!(text, "    verdict     it is not reported");
    }
    if candidates.len() > MOST {
        let _ = writeln!(text, "and {} more places that look like keys", candidates.len() - MOST);
    }
}

/// Why something that was found with no regard to confidence is no finding.
fn unsure(d: &Detection<'_>, session: &Session<'_>) -> String {
    let least = session.least();
    if d.confidence < least {
        let reasons =
            if d.reasons.is_empty() { String::new() } else { format!(": {}", d.reasons.join(", ")) };
        format!("confidence  {} is below {}{reasons}", d.confidence.0, least.0)
    } else {
        format!("severity    {} is below what was asked for", d.rule.severity)
    }
}

/// The head of what is told about a candidate.
fn shape(one: &Explained<'_>, blob: &Blob<'_>, text: &mut String) {
    let at = one.place.0;
    let name = escape_terminal(&one.rule.name);
    let _ = writeln!(text, "line {}, column {}: {name} ({})", at.line, at.column, one.rule.id);
    if let Some(bytes) = blob.bytes.get(one.span.clone()) {
        let _ = writeln!(text, "    {}", Secret::new(bytes, 0).redacted());
    }
    let _ = writeln!(text, "    rule        {} has this shape", one.rule.id);
}

/// Rules that are switched off and would find something there.
fn not_in_force(
    all: &Ruleset,
    session: &Session<'_>,
    (blob, line): (&Blob<'_>, u64),
    config: &Config,
    text: &mut String,
) {
    let off: Vec<_> =
        all.rules().iter().filter(|r| session.ruleset().rule(&r.id).is_none()).cloned().collect();
    if off.is_empty() {
        return;
    }
    let matcher = Matcher::new(&off, session.match_options().clone());
    for one in matcher.explain(blob, line).iter().take(MOST) {
        if !matches!(one.outcome, Outcome::Found(_)) {
            continue;
        }
        shape(one, blob, text);
        let named = |n: &&crate::config::RuleName| {
            n.matches(&one.rule.id) || n.text.eq_ignore_ascii_case(&one.rule.provider)
        };
        let why = if let Some(name) = config.disable.iter().find(named) {
            format!("{}:{}: switched off by the configuration", name.at.file.display(), name.at.line)
        } else if !one.rule.enabled {
            format!("only in force when asked for: --only {}", one.rule.id)
        } else {
            "not in force: --only or --disable, or `only` in the configuration".to_string()
        };
        let _ = writeln!(text, "    rule        {}", escape_terminal(&why));
        let _ = writeln!(text, "    verdict     it is not reported");
    }
}

fn why_nothing(report: &Report, path: &Path, text: &mut String) {
    for (why, n) in &report.coverage.skipped {
        let _ = writeln!(text, "not scanned: {} ({n})", why.as_str());
    }
    for skip in &report.coverage.incomplete {
        let (what, why) = (escape_terminal(&skip.what), escape_terminal(&skip.why));
        let _ = writeln!(text, "could not be scanned: {what}: {why}");
    }
    if report.coverage.files == 0 && text.is_empty() {
        let _ = writeln!(text, "{}: was not scanned", escape_terminal(&path.to_string_lossy()));
    } else if text.is_empty() {
        text.push_str("nothing here looks like a key to any rule in force\n");
    }
}
