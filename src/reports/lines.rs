//! JSON lines: one finding a line, for streams and scripts.
//!
//! Of a scan of files a line may go out while the scan runs. Nobody knows then which keys later files hold, so only such
//! lines do in which none can stand: [`goes_ahead`]. They come first, in the report's order, then the others; so a report
//! that is written at once is the same, byte for byte, as one that was streamed.

use std::io::{self, Write};

use serde_json::json;

use crate::model::{Finding, is_ordinary};

use super::entries::Fingerprints;
use super::entry::Entry;
use super::safe_json::compact;
use super::{Document, Format, Look};

/// One JSON object a finding and line. What could not be scanned follows as lines with `"type": "incomplete"`, no rule and
/// the path, so that a reader who takes each line for a finding does not stumble and an incomplete list never looks complete.
/// Entries of the baseline that are gone follow likewise, with `"type": "gone"`.
#[derive(Debug)]
pub(super) struct JsonLines;

impl Format for JsonLines {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn about(&self) -> &'static str {
        "one JSON object a finding, one a line; of files while the scan runs"
    }

    fn streams(&self) -> bool {
        true
    }

    fn render(&self, document: &Document<'_>, _look: Look, out: &mut dyn Write) -> io::Result<()> {
        let mut later = Vec::new();
        for (place, finding) in document.findings.iter().enumerate() {
            if document.coverage.mode == SCAN && !goes_ahead(&finding) {
                later.push(place as u32);
            } else {
                line(&finding, out)?;
            }
        }
        rest(document, &later, out)
    }
}

/// The mode whose lines are streamed.
const SCAN: &str = "scan";

/// Lines that go out while a scan runs.
#[derive(Debug, Default)]
pub struct Stream {
    prints: Fingerprints,
    told: usize,
}

impl Stream {
    /// Writes the line of a finding, if it may go ahead: the next one in the report's order.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn tell(&mut self, finding: &Finding, look: Look, out: &mut dyn Write) -> io::Result<()> {
        if !goes_ahead(&Entry::of(finding, String::new(), look)) {
            return Ok(());
        }
        self.told += 1;
        line(&Entry::of(finding, self.prints.of(finding), look), out)
    }

    /// Writes what a report holds beside the lines that went ahead.
    ///
    /// # Errors
    /// If it cannot be written, or if other lines went ahead than those of this report that should have.
    pub fn end(&self, document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
        let all = 0..document.findings.len();
        let later: Vec<u32> = all
            .filter(|&place| !document.findings.unprinted(place).is_some_and(|e| goes_ahead(&e)))
            .map(|place| place as u32)
            .collect();
        if self.told + later.len() != document.findings.len() {
            let problem =
                format!("{} lines went ahead of {}", self.told, document.findings.len() - later.len());
            return Err(io::Error::other(problem));
        }
        rest(document, &later, out)
    }
}

/// Whether all that a line shows beside its key is such that no key can stand in it that is not known yet. A finding about
/// a file as such shows no line: only the end of the scan tells whether it is tracked. Reasons, which verbose reports
/// tell, may quote anything.
fn goes_ahead(entry: &Entry<'_>) -> bool {
    let (before, behind) = entry.around_key();
    let texts = [&entry.path[..], before, behind];
    let names = entry.variable.iter().chain(&entry.owner).chain(&entry.decoded_from).map(|name| &name[..]);
    !entry.excerpt.is_empty()
        && entry.reasons.is_empty()
        && texts.into_iter().chain(names).all(|text| is_ordinary(text.as_bytes()))
}

fn line(entry: &Entry<'_>, out: &mut dyn Write) -> io::Result<()> {
    compact(entry, out)?;
    out.write_all(b"\n")
}

/// What follows the lines that go ahead.
fn rest(document: &Document<'_>, later: &[u32], out: &mut dyn Write) -> io::Result<()> {
    for finding in later.iter().filter_map(|&place| document.findings.get(place as usize)) {
        line(&finding, out)?;
    }
    for gone in &document.gone {
        compact(&json!({"type": "gone", "rule": null, "path": gone_path(gone), "entry": gone}), out)?;
        out.write_all(b"\n")?;
    }
    let coverage = &document.coverage;
    for missed in &coverage.incomplete {
        let line = json!({"type": "incomplete", "rule": null, "path": missed.what, "why": missed.why});
        compact(&line, out)?;
        out.write_all(b"\n")?;
    }
    if let Some(why) = &coverage.stopped {
        writeln!(out, "{}", incomplete_line(why))?;
    }
    Ok(())
}

/// The line that says of a whole scan that it was not ended.
pub fn incomplete_line(why: &str) -> String {
    json!({"type": "incomplete", "rule": null, "path": "", "why": why}).to_string()
}

/// The path in an entry that is gone: `RULE PATH (HASH) # REASON`.
fn gone_path(entry: &str) -> &str {
    entry.split(' ').nth(1).unwrap_or_default()
}
