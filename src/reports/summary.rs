//! The lines that end every run on standard error: what was not scanned, what is to be noted, and one line of account.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::model::{Coverage, Severity, count};

use super::document::{counts, stopped};
use super::encode::log;
use super::terminal::{Paint, folded};
use super::{Look, Report};

/// At most so many things that were not scanned are named one by one; the reports name all of them.
const NAMED: usize = 50;

/// One line each for what is incomplete and what is to be noted, and last the one line of account. Escaped for a
/// terminal and folded to its width. Quiet looks leave out the notes; the account stays, in a short form.
pub fn summary_lines(report: &Report, look: Look) -> Vec<String> {
    said(report, look).iter().map(|line| folded(line, look.width)).collect()
}

/// Notes and the one line of account, as [`summary_lines`] has them, for whom what is incomplete was told already.
pub(super) fn account_lines(report: &Report, look: Look) -> Vec<String> {
    noted(report, look)
}

fn said(report: &Report, look: Look) -> Vec<String> {
    let coverage = &report.coverage;
    let mut lines = Vec::new();
    for missed in coverage.incomplete.iter().take(NAMED) {
        lines.push(log(&format!("keysieve: {}: not scanned: {}", missed.what, missed.why)).into_owned());
    }
    if coverage.incomplete.len() > NAMED {
        let more = coverage.incomplete.len() - NAMED;
        lines.push(format!("keysieve: and {more} more that could not be scanned"));
    }
    if let Some(why) = coverage.stopped {
        lines.push(format!("keysieve: the scan ended early: {}", stopped(why)));
    }
    lines.extend(noted(report, look));
    lines
}

/// Notes and the one line of account, which stand last.
fn noted(report: &Report, look: Look) -> Vec<String> {
    let coverage = &report.coverage;
    let mut lines = Vec::new();
    if look.verbosity > 0 {
        lines.extend(coverage.notes.iter().map(|n| log(&format!("keysieve: {n}")).into_owned()));
        if !report.gone.is_empty() {
            lines.push(format!(
                "keysieve: {} of the baseline no longer found: keysieve baseline prune",
                count(report.gone.len(), "entry")
            ));
        }
    }
    lines.push(account(report, look));
    lines
}

/// The one line: mode, findings, what was read, time, what was skipped and suppressed by reason.
fn account(report: &Report, look: Look) -> String {
    let coverage = &report.coverage;
    let mut line = format!("keysieve {}: {}", log(&coverage.mode), verdict(report, look));
    if look.verbosity == 0 {
        return line;
    }
    if coverage.shallow {
        line.push_str("; shallow clone: older history was not there to be read");
    }
    let skipped: BTreeMap<&str, u64> = coverage.skipped.iter().map(|(why, n)| (why.as_str(), *n)).collect();
    list(&mut line, "skipped", skipped.iter().map(|(why, n)| (Cow::Borrowed(*why), *n)));
    list(&mut line, "not reported", counts(coverage).iter().map(|(why, n)| (in_words(why), *n)));
    line
}

/// A reason for which a finding is not reported, as a person would say it; reports spell it as it is.
pub(super) fn in_words(why: &str) -> Cow<'_, str> {
    Cow::Borrowed(match why {
        "baseline" => "in the baseline",
        "inline" => "allowed by a comment",
        "config" => "allowed by .keysieve.yml",
        "gitleaks configuration" => "allowed by the gitleaks configuration",
        "excluded" => "in excluded paths",
        "old" => "on old lines",
        "place" => "unsure in tests, vendored or minified files",
        // Marks of other tools, by their own names.
        "gitleaks:allow"
        | "betterleaks:allow"
        | "trufflehog:ignore"
        | "kingfisher:ignore"
        | "ggignore"
        | "pragma: allowlist secret"
        | "secretlint-disable" => return Cow::Owned(format!("allowed by a comment ({why})")),
        other => other,
    })
}

/// `2 findings (1 critical, 1 high) in 3 files, 2.0 kB, 0.01 s`; where the scan was not complete, that as well, and first
/// where nothing was found: whoever reads a few words only must not take it for clean.
fn verdict(report: &Report, look: Look) -> String {
    let coverage = &report.coverage;
    let amount = if look.verbosity == 0 { String::new() } else { amount(coverage) };
    let within = |amount: &str| if amount.is_empty() { String::new() } else { format!(" in {amount}") };
    let lacking = (!coverage.is_complete()).then(|| {
        let what = match coverage.incomplete.len() as u64 {
            0 => "it ended early".to_owned(),
            n => format!("{} could not be scanned", count(n, "thing")),
        };
        format!("{}: {what}", Paint::of(look).key("INCOMPLETE"))
    });
    match (report.findings.is_empty(), lacking) {
        (true, None) => format!("no findings{}", within(&amount)),
        (true, Some(lacking)) if coverage.bytes == 0 => format!("{lacking}, and nothing else was read"),
        (true, Some(lacking)) if amount.is_empty() => lacking,
        (true, Some(lacking)) => format!("{lacking}; no findings in the rest: {amount}"),
        (false, None) => found(report, look) + &within(&amount),
        (false, Some(lacking)) => format!("{}{}; {lacking}", found(report, look), within(&amount)),
    }
}

/// `2 findings (1 critical, 1 high)`.
fn found(report: &Report, look: Look) -> String {
    let paint = Paint::of(look);
    let mut by: BTreeMap<Severity, u64> = BTreeMap::new();
    for finding in &report.findings {
        *by.entry(finding.severity).or_default() += 1;
    }
    let parts: Vec<String> = by.iter().rev().map(|(s, n)| format!("{n} {}", paint.severity(*s))).collect();
    format!("{} ({})", count(report.findings.len() as u64, "finding"), parts.join(", "))
}

/// `3 files, 2.0 kB, 0.01 s`: what was read, and how long that took.
fn amount(coverage: &Coverage) -> String {
    format!("{}, {}, {}", read(coverage), bytes(coverage.bytes), seconds(coverage))
}

/// `3 refs, 120 commits, 431 blobs`: what was read, zeros left out.
fn read(coverage: &Coverage) -> String {
    let amounts = amounts([coverage.refs, coverage.commits, coverage.blobs, coverage.files]);
    match (amounts.as_str(), coverage.mode.as_ref()) {
        ("0 files", "staged") => "0 files (nothing is staged)".to_owned(),
        ("0 files", "commit-msg") => "the message".to_owned(),
        _ => amounts,
    }
}

/// Refs, commits, blobs and files with their nouns, zeros left out.
pub(super) fn amounts(numbers: [u64; 4]) -> String {
    let nouns = ["ref", "commit", "blob", "file"];
    let parts: Vec<String> =
        numbers.iter().zip(nouns).filter(|(n, _)| **n > 0).map(|(n, noun)| count(*n, noun)).collect();
    if parts.is_empty() { "0 files".to_owned() } else { parts.join(", ") }
}

/// `; skipped: 3 ignored by git, 1 special file`.
fn list<'a>(line: &mut String, what: &str, items: impl Iterator<Item = (Cow<'a, str>, u64)>) {
    let items: Vec<String> =
        items.filter(|(_, n)| *n > 0).map(|(why, n)| format!("{n} {}", log(&why))).collect();
    if !items.is_empty() {
        let _ = write!(line, "; {what}: {}", items.join(", "));
    }
}

/// A number of bytes for a person: `812 B`, `1.4 MB`.
pub(super) fn bytes(n: u64) -> String {
    let mut value = n as f64;
    if n < 1000 {
        return format!("{n} B");
    }
    let mut unit = "B";
    for next in ["kB", "MB", "GB", "TB", "PB"] {
        value /= 1000.0;
        unit = next;
        if value < 999.95 {
            break;
        }
    }
    format!("{value:.1} {unit}")
}

fn seconds(coverage: &Coverage) -> String {
    let time = coverage.elapsed.as_secs_f64();
    if time < 10.0 { format!("{time:.2} s") } else { format!("{time:.0} s") }
}

#[cfg(test)]
mod tests {
    use super::{bytes, summary_lines};
    use crate::model::{Coverage, SkipReason};
    use crate::reports::{Look, Report, samples};

    #[test]
    fn sizes_for_people() {
        for (n, text) in
            [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_440_000, "1.4 MB"), (999_960, "1.0 MB")]
        {
            assert_eq!(bytes(n), text);
        }
        assert!(bytes(u64::MAX).ends_with("PB"));
    }

    #[test]
    fn the_account_says_it_all() {
        let mut coverage = Coverage { files: 3, bytes: 2048, old_findings: 1, ..Coverage::new("scan") };
        coverage.skip(SkipReason::Ignored);
        coverage.suppressed.insert("baseline".into(), 2);
        let report = Report { coverage, ..Report::default() };
        assert_eq!(
            summary_lines(&report, Look::PLAIN),
            ["keysieve scan: no findings in 3 files, 2.0 kB, 0.00 s; skipped: 1 ignored by git; \
              not reported: 2 in the baseline, 1 on old lines"]
        );
    }

    #[test]
    fn what_was_missed_is_named_but_not_without_end() {
        let mut report = Report { coverage: Coverage::new("history"), ..Report::default() };
        for i in 0..1000 {
            report.coverage.missed(format!("a\x1b[31m\n{i}"), "permission denied");
        }
        let lines = summary_lines(&report, Look { verbosity: 0, ..Look::PLAIN });
        assert_eq!(lines.len(), 52);
        assert_eq!(lines[0], "keysieve: a\\x1b[31m\\n0: not scanned: permission denied");
        assert_eq!(
            lines[51],
            "keysieve history: INCOMPLETE: 1000 things could not be scanned, and nothing else was read"
        );
    }

    #[test]
    fn an_incomplete_scan_never_begins_like_a_clean_one() {
        let mut report = Report { coverage: Coverage::new("scan"), ..Report::default() };
        (report.coverage.files, report.coverage.bytes) = (3, 2048);
        report.coverage.missed("a", "permission denied");
        let account = |report: &Report| summary_lines(report, Look::PLAIN).pop().unwrap();
        let missed = "INCOMPLETE: 1 thing could not be scanned";
        assert_eq!(
            account(&report),
            format!("keysieve scan: {missed}; no findings in the rest: 3 files, 2.0 kB, 0.00 s")
        );
        report.findings = vec![samples::finding("b", 1, 1)];
        assert_eq!(
            account(&report),
            format!("keysieve scan: 1 finding (1 low) in 3 files, 2.0 kB, 0.00 s; {missed}")
        );
    }

    #[test]
    fn an_empty_staged_set_says_so() {
        let report = Report { coverage: Coverage::new("staged"), ..Report::default() };
        let lines = summary_lines(&report, Look::PLAIN);
        assert!(lines[0].contains("nothing is staged"), "{lines:?}");
    }
}
