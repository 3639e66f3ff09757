//! JSON: one document for programs, or one finding a line for streams and scripts.

use std::io::{self, Write};

use serde_json::json;

use super::safe_json::{compact, pretty};
use super::{Document, Format, Look};

/// One document: findings, what was suppressed, coverage, rules. Its schema is `docs/reference/report.schema.json`.
#[derive(Debug)]
pub(super) struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> &'static str {
        "one JSON document with findings, coverage and rules"
    }

    fn render(&self, document: &Document<'_>, _look: Look, out: &mut dyn Write) -> io::Result<()> {
        pretty(document, out)?;
        out.write_all(b"\n")
    }
}

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
        "one JSON object a finding, one a line"
    }

    fn render(&self, document: &Document<'_>, _look: Look, out: &mut dyn Write) -> io::Result<()> {
        for finding in document.findings.iter() {
            compact(finding.as_ref(), out)?;
            out.write_all(b"\n")?;
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
            writeln!(out, "{}", json!({"type": "incomplete", "rule": null, "path": "", "why": why}))?;
        }
        Ok(())
    }
}

/// The path in an entry that is gone: `RULE PATH (HASH) # REASON`.
fn gone_path(entry: &str) -> &str {
    entry.split(' ').nth(1).unwrap_or_default()
}
