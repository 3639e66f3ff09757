//! `keysieve baseline audit`: a person decides about known findings one by one. Each answer is saved at once, so that
//! the walk can be left and taken up again.

use std::io::{self, BufRead, Write};
use std::path::Path;

use crate::error::{Error, Result};
use crate::model::{Finding, escape_terminal};
use crate::triage::Baseline;

/// What a reason begins with once somebody has decided.
const TRUE: &str = "true:";
const FALSE: &str = "false:";

/// Walks through the findings that nobody has decided about.
pub(super) fn walk(
    mut baseline: Baseline,
    file: &Path,
    places: &[(&Finding, String)],
    out: &mut dyn Write,
) -> Result<u8> {
    let mut input = io::stdin().lock();
    let mut seen: Vec<usize> = Vec::new();
    let mut later = 0;
    let open: Vec<_> = places.iter().filter(|(f, _)| undecided(&baseline, f)).collect();
    for (finding, place) in open {
        let Some(entry) = baseline.position(finding).filter(|e| !seen.contains(e)) else { continue };
        seen.push(entry);
        show(finding, place, out)?;
        match answer(
            "true secret, false alarm, later or quit? [t/f/l/q] ",
            &["t", "f", "l", "q"],
            &mut input,
            out,
        )? {
            Some("t") => decide(&mut baseline, finding, TRUE, file, (&mut input, out))?,
            Some("f") => decide(&mut baseline, finding, FALSE, file, (&mut input, out))?,
            Some("l") => later += 1,
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

fn show(finding: &Finding, place: &str, out: &mut dyn Write) -> Result<()> {
    let lines = format!(
        "\n{place}\n  {} ({}, {})\n  {}\n  {}\n",
        escape_terminal(&finding.name),
        finding.severity,
        finding.rule,
        escape_terminal(&finding.location.excerpt.text),
        finding.secret.redacted()
    );
    out.write_all(lines.as_bytes()).map_err(Error::Output)
}

fn decide(
    baseline: &mut Baseline,
    finding: &Finding,
    verdict: &str,
    file: &Path,
    (input, out): (&mut dyn BufRead, &mut dyn Write),
) -> Result<()> {
    let reason = line("reason (may be empty): ", input, out)?.unwrap_or_default();
    baseline.set_reason(finding, &format!("{verdict} {reason}"));
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
