//! `keysieve explain PATH:LINE`: what was found there and why, or why nothing is reported.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read as _, Write};
use std::path::Path;

use clap::Args as ClapArgs;

use crate::engine::{MatchOptions, Matcher, Scratch};
use crate::error::{Error, Result};
use crate::model::{Blob, BlobPath, Confidence, Disposition, Finding, Origin, Part, Secret, escape_terminal};
use crate::reports::Report;

use super::Globals;
use super::Session;
use super::allow::place;
use super::configured::{absolute, baseline_path, configuration};
use super::place::here;
use super::survey::{Wanted, survey};

/// A file larger than this is not looked at a second time.
const LARGEST: u64 = 64 << 20;

/// Say for a place why it is reported, or why it is not
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
    let wanted = Wanted { paths: vec![path.clone()], history: false, baseline };
    let (session, report) = survey(&mut globals, &here, &wanted)?;
    let mut text = String::new();
    let on_line = |first: u64, last: u64| line.is_none_or(|line| (first..=last).contains(&line));
    let mut shown = 0;
    for finding in report.findings.iter().chain(&report.suppressed) {
        if on_line(finding.location.start.line, finding.location.end.line) {
            tell(finding, &mut text);
            shown += 1;
        }
    }
    shown += below(&session, &path, &report, &on_line, &mut text);
    if shown == 0 {
        why_nothing(&report, &absolute(&path), &mut text);
    }
    out.write_all(text.as_bytes()).map_err(Error::Output)?;
    Ok(if report.coverage.is_complete() { 0 } else { 3 })
}

fn tell(finding: &Finding, text: &mut String) {
    let at = finding.location.start;
    let _ = writeln!(
        text,
        "line {}, column {}: {} ({})",
        at.line,
        at.column,
        escape_terminal(&finding.name),
        finding.rule
    );
    let _ = writeln!(text, "    {}", finding.secret.redacted());
    let sure = finding.confidence;
    let _ = writeln!(text, "    severity {}, confidence {} ({})", finding.severity, sure.0, sure.level());
    for reason in &finding.reasons {
        let _ = writeln!(text, "    because: {}", escape_terminal(reason));
    }
    let _ = writeln!(text, "    {}", decision(&finding.disposition));
    let _ = writeln!(text, "    fingerprint {}", finding.fingerprint());
}

fn decision(disposition: &Disposition) -> String {
    match disposition {
        Disposition::Reported => "it is reported: nothing allows it".to_string(),
        Disposition::Known { reason: Some(reason) } => {
            format!("it is not reported: in the baseline, {}", escape_terminal(reason))
        }
        Disposition::Known { reason: None } => "it is not reported: in the baseline".to_string(),
        Disposition::Allowed { by, reason } => {
            format!("it is not reported: allowed by {}, {}", escape_terminal(by), escape_terminal(reason))
        }
        Disposition::Old => "it is not reported: it touches no line that counts".to_string(),
    }
}

/// What the matcher sees there but is not sure enough about, and what is below the severity asked for.
fn below(
    session: &Session<'_>,
    path: &Path,
    report: &Report,
    on_line: &dyn Fn(u64, u64) -> bool,
    text: &mut String,
) -> usize {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|f| f.take(LARGEST).read_to_end(&mut bytes));
    if read.is_err() || bytes.len() as u64 >= LARGEST {
        return 0;
    }
    let all = MatchOptions { min_confidence: Confidence(0), ..session.match_options().clone() };
    let matcher = Matcher::new(session.ruleset().rules(), all);
    let origin = Origin::File(BlobPath::from_path(path), Part::Content);
    let mut shown = 0;
    matcher.scan(&Blob::whole(&bytes, &origin), &mut Scratch::default(), &mut |d| {
        let told = |f: &Finding| f.rule == d.rule.id && f.location.start == d.start;
        if !on_line(d.start.line, d.end.line) || report.findings.iter().chain(&report.suppressed).any(told) {
            return;
        }
        shown += 1;
        let _ = writeln!(
            text,
            "line {}, column {}: {} ({})",
            d.start.line, d.start.column, d.rule.name, d.rule.id
        );
        let _ = writeln!(text, "    {}", Secret::new(&d.secret, d.prefix).redacted());
        for reason in &d.reasons {
            let _ = writeln!(text, "    because: {}", escape_terminal(reason));
        }
        let limit = session.match_options().min_confidence;
        if d.confidence < limit {
            let _ =
                writeln!(text, "    it is not reported: confidence {} is below {}", d.confidence.0, limit.0);
        } else {
            let _ = writeln!(
                text,
                "    it is not reported: severity {} is below what was asked for",
                d.rule.severity
            );
        }
    });
    shown
}

fn why_nothing(report: &Report, path: &Path, text: &mut String) {
    for (why, n) in &report.coverage.skipped {
        let _ = writeln!(text, "not scanned: {} ({n})", why.as_str());
    }
    for skip in &report.coverage.incomplete {
        let _ = writeln!(
            text,
            "could not be scanned: {}: {}",
            escape_terminal(&skip.what),
            escape_terminal(&skip.why)
        );
    }
    if report.coverage.files == 0 && text.is_empty() {
        let _ = writeln!(text, "{}: was not scanned", escape_terminal(&path.to_string_lossy()));
    } else if text.is_empty() {
        text.push_str("nothing here looks like a key to any rule in force\n");
    }
}
