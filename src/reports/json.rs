//! JSON: one document for programs.

use std::io::{self, Write};

use super::safe_json::pretty;
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
