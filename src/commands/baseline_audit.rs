//! `keysieve baseline audit`: a person decides about known findings one by one. Each answer is saved at once, so that
//! the walk can be left and taken up again.

use std::io::{self, BufRead, IsTerminal as _, Write};
use std::path::Path;

use crate::error::{Error, Result};
use crate::model::{Finding, escape_terminal};
use crate::reports::{Look, shown_text};
use crate::sieve::redacted;
use crate::triage::Baseline;

use super::ending;

/// What a reason begins with once somebody has decided.
const TRUE: &str = "true:";
const FALSE: &str = "false:";

/// Walks through the findings that nobody has decided about.
pub(super) fn walk(
    mut baseline: Baseline,
    file: &Path,
    places: &[(&Finding, String)],
    look: Look,
    out: &mut dyn Write,
) -> Result<u8> {
    ending::while_asking();
    let mut input = io::stdin().lock();
    let mut seen: Vec<usize> = Vec::new();
    let mut later = 0;
    let mut open: Vec<(&Finding, &str)> = Vec::new();
    for (finding, place) in places.iter().filter(|(f, _)| undecided(&baseline, f)) {
        if let Some(entry) = baseline.position(finding).filter(|e| !seen.contains(e)) {
            seen.push(entry);
            open.push((finding, place));
        }
    }
    for (number, (finding, place)) in open.iter().enumerate() {
        let count = format!("{} of {}", number + 1, open.len());
        show(finding, (&count, place), baseline.reason(finding), look, out)?;
        let question = "true secret, false alarm, later or quit? [t/f/l/q] ";
        match answer(question, &["t", "f", "l", "q"], &mut input, out)? {
            Some("t") => decide(&mut baseline, finding, TRUE, file, (&mut input, out))?,
            Some("f") => decide(&mut baseline, finding, FALSE, file, (&mut input, out))?,
            Some("l") => later += 1,
            None if number == 0 && !io::stdin().is_terminal() => {
                let problem = "baseline audit asks a person, and nobody answers: run it in a terminal";
                return Err(Error::Usage(problem.into()));
            }
            _ => {
                let _ = writeln!(out, "\nleft: everything decided so far is saved");
                return Ok(0);
            }
        }
    }
    writeln!(out, "done: {later} left for later").map_err(Error::Output)?;
    Ok(0)
}

fn undecided(baseline: &Baseline, finding: &Finding) -> bool {
    !baseline.reason(finding).is_some_and(|r| r.starts_with(TRUE) || r.starts_with(FALSE))
}

fn show(
    finding: &Finding,
    (count, place): (&str, &str),
    reason: Option<&str>,
    look: Look,
    out: &mut dyn Write,
) -> Result<()> {
    let mut lines = format!(
        "\n{place}  ({count})\n  {} ({}, {})\n  {}\n  {}\n",
        escape_terminal(&finding.name),
        finding.severity,
        finding.rule,
        escape_terminal(&finding.location.excerpt.text),
        escape_terminal(&shown_text(&finding.secret, look))
    );
    if let Some(reason) = reason {
        lines.push_str(&format!("  noted: {}\n", escape_terminal(reason)));
    }
    out.write_all(lines.as_bytes()).map_err(Error::Output)
}

fn decide(
    baseline: &mut Baseline,
    finding: &Finding,
    verdict: &str,
    file: &Path,
    (input, out): (&mut dyn BufRead, &mut dyn Write),
) -> Result<()> {
    // Saved before the reason is asked for, so that it is kept whatever happens then; what was noted before stays.
    let noted = baseline.reason(finding).unwrap_or_default().to_owned();
    baseline.set_reason(finding, &format!("{verdict} {noted}"));
    baseline.write(file)?;
    let reason = line("reason (may be empty): ", input, out)?.unwrap_or_default();
    if reason.is_empty() {
        return Ok(());
    }
    baseline.set_reason(finding, &format!("{verdict} {}", redacted(&reason)));
    baseline.write(file)
}

/// One of these words, asked for until one is given; `None` at the end of the input.
fn answer<'w>(
    question: &str,
    words: &[&'w str],
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> Result<Option<&'w str>> {
    loop {
        let Some(text) = line(question, input, out)? else { return Ok(None) };
        let first = text.to_ascii_lowercase();
        if let Some(word) = words.iter().find(|w| first.starts_with(**w)) {
            return Ok(Some(word));
        }
    }
}

fn line(question: &str, input: &mut dyn BufRead, out: &mut dyn Write) -> Result<Option<String>> {
    out.write_all(question.as_bytes()).and_then(|()| out.flush()).map_err(Error::Output)?;
    let mut raw = Vec::new();
    // A person's line; more is cut off.
    let n = io::Read::take(&mut *input, 4096).read_until(b'\n', &mut raw).map_err(Error::Output)?;
    Ok((n > 0).then(|| String::from_utf8_lossy(&raw).trim().to_string()))
}
