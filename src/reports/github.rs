//! Workflow commands that GitHub Actions turns into annotations on the changed lines.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::model::{Severity, count, escape_terminal};

use super::encode::log;
use super::entry::Entry;
use super::place::{place, short};
use super::{Document, Format, Look};

/// GitHub shows ten annotations of each kind a step; more would be lost in silence, so they are said in plain lines.
const SHOWN: usize = 10;

/// `::error file=…::…`, the worst first.
#[derive(Debug)]
pub(super) struct GitHub;

impl Format for GitHub {
    fn name(&self) -> &'static str {
        "github"
    }

    fn about(&self) -> &'static str {
        "annotations for GitHub Actions"
    }

    fn render(&self, document: &Document<'_>, _look: Look, out: &mut dyn Write) -> io::Result<()> {
        let mut left = [SHOWN; 3];
        let coverage = &document.coverage;
        if !coverage.complete {
            left[0] -= 1;
            writeln!(
                out,
                "::error title=keysieve{}::{}",
                property(": incomplete scan"),
                data(&incomplete(document))
            )?;
        }
        let mut order: Vec<usize> = (0..document.findings.len()).collect();
        order.sort_by_key(|&place| std::cmp::Reverse(document.findings.severity(place)));
        let mut more = Vec::new();
        for place in order {
            let (kind, room) = match document.findings.severity(place) {
                Severity::Critical | Severity::High => ("error", &mut left[0]),
                Severity::Medium => ("warning", &mut left[1]),
                Severity::Low | Severity::Info => ("notice", &mut left[2]),
            };
            if *room == 0 {
                more.push(place);
                continue;
            }
            *room -= 1;
            if let Some(entry) = document.findings.get(place) {
                writeln!(out, "{}", annotation(kind, &entry))?;
            }
        }
        if !more.is_empty() {
            writeln!(
                out,
                "keysieve: {} beyond the annotations that GitHub shows:",
                count(more.len() as u64, "finding")
            )?;
        }
        for entry in more.into_iter().filter_map(|at| document.findings.get(at)) {
            writeln!(
                out,
                "keysieve: {}: {} ({}) {}",
                place(&entry),
                log(&entry.name),
                entry.severity,
                log(&entry.secret)
            )?;
        }
        if let Some(difference) = document.difference() {
            writeln!(out, "keysieve: {difference}")?;
        }
        for missed in &coverage.incomplete {
            writeln!(out, "keysieve: {}: not scanned: {}", log(&missed.what), log(&missed.why))?;
        }
        Ok(())
    }
}

/// One annotation.
fn annotation(kind: &str, entry: &Entry<'_>) -> String {
    let mut text = format!("::{kind} ");
    if !entry.path.is_empty() && entry.path != "-" {
        let (line, end) = (entry.line.max(1), entry.end_line.max(entry.line).max(1));
        let _ = write!(text, "file={},line={line},endLine={end},", property(&entry.path));
        // Columns count only within one line.
        if line == end {
            let _ = write!(text, "col={},endColumn={},", entry.column.max(1), entry.end_column.max(1));
        }
    }
    let _ = write!(text, "title={}::{}", property(&entry.name), data(&message(entry)));
    text
}

/// What happened and what to do.
fn message(entry: &Entry<'_>) -> String {
    let mut text = format!("{} in {}", entry.secret, place(entry));
    // The file of a pull request may not hold it any more; its commits do.
    if let Some(commit) = entry.commit.as_deref().filter(|_| !entry.path.is_empty()) {
        let _ = write!(text, ", commit {}", short(commit));
    }
    if !entry.remedy.revoke.is_empty() {
        let _ = write!(text, "\nRevoke it: {}", escape_terminal(&entry.remedy.revoke));
    }
    if !entry.is_packed() {
        let _ =
            write!(text, "\nNot a secret? In a comment on its line: keysieve:allow {} REASON", entry.rule);
    }
    text
}

fn incomplete(document: &Document<'_>) -> String {
    let coverage = &document.coverage;
    let mut text = match &coverage.stopped {
        Some(why) => format!("the scan ended early: {why}"),
        None => format!("{} could not be scanned", count(coverage.incomplete.len() as u64, "thing")),
    };
    for missed in coverage.incomplete.iter().take(SHOWN) {
        let _ = write!(text, "\n{}: {}", escape_terminal(&missed.what), escape_terminal(&missed.why));
    }
    text
}

/// The text of a command: our own line breaks stay, all else that ends a line is escaped before this.
fn data(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|l| escape_terminal(l).replace('%', "%25")).collect();
    lines.join("%0A")
}

/// A property of a command, in which `:` and `,` have a meaning too.
fn property(text: &str) -> String {
    escape_terminal(text).replace('%', "%25").replace(':', "%3A").replace(',', "%2C")
}
