//! A report that is serialised as its [`Document`] would be, finding by finding: a million need no second copy in memory.

use std::cell::RefCell;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::document::Fingerprints;
use super::entry::Entry;
use super::{Document, Look, Report};

/// Serialises to the bytes of `Document::of(report, look)`.
pub(super) struct Streamed<'a> {
    /// All but the findings.
    rest: Document<'a>,
    findings: Findings<'a>,
}

struct Findings<'a> {
    report: &'a Report,
    look: Look,
    prints: RefCell<Fingerprints<'a>>,
}

impl<'a> Streamed<'a> {
    pub(super) fn of(report: &'a Report, look: Look) -> Streamed<'a> {
        let mut prints = Fingerprints::default();
        let rest = Document::without_findings(report, look, &mut prints);
        Streamed { rest, findings: Findings { report, look, prints: RefCell::new(prints) } }
    }
}

impl Serialize for Streamed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // All fields are named, so that a new one of the document cannot be forgotten here.
        let Document { tool, version, schema, findings: _, suppressed, gone, coverage, rules } = &self.rest;
        let mut document = serializer.serialize_struct("Document", 8)?;
        document.serialize_field("tool", tool)?;
        document.serialize_field("version", version)?;
        document.serialize_field("schema", schema)?;
        document.serialize_field("findings", &self.findings)?;
        document.serialize_field("suppressed", suppressed)?;
        document.serialize_field("gone", gone)?;
        document.serialize_field("coverage", coverage)?;
        document.serialize_field("rules", rules)?;
        document.end()
    }
}

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut prints = self.prints.borrow_mut();
        serializer.collect_seq(self.report.findings.iter().map(|f| Entry::of(f, prints.of(f), self.look)))
    }
}
