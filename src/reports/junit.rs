//! JUnit XML, which every CI system shows: a failure a finding, an error a thing that could not be scanned.

use std::io::{self, Write};

use super::document::Difference;
use super::encode::xml;
use super::entry::Entry;
use super::place::place;
use super::{Document, Format, Look};

/// JUnit XML.
#[derive(Debug)]
pub(super) struct JUnit;

impl Format for JUnit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn about(&self) -> &'static str {
        "JUnit XML, for test reports"
    }

    fn render(&self, document: &Document<'_>, _look: Look, out: &mut dyn Write) -> io::Result<()> {
        let coverage = &document.coverage;
        let failures = document.findings.len();
        let errors = coverage.incomplete.len() + usize::from(coverage.stopped.is_some());
        let tests = (failures + errors).max(1);
        let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"");
        writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(out, "<testsuites name=\"keysieve\" {counts}>")?;
        writeln!(out, "  <testsuite name=\"keysieve {}\" {counts} skipped=\"0\">", xml(&coverage.mode))?;
        if let Some(Difference { new, known, gone }) = document.difference() {
            writeln!(out, "    <properties>")?;
            for (name, n) in [("new", new), ("known", known), ("gone", gone)] {
                writeln!(out, "      <property name=\"baseline.{name}\" value=\"{n}\"/>")?;
            }
            writeln!(out, "    </properties>")?;
        }
        for entry in document.findings.iter() {
            failure(&entry, out)?;
        }
        for missed in &coverage.incomplete {
            error(&missed.what, &missed.why, out)?;
        }
        if let Some(why) = &coverage.stopped {
            error("the whole scan", why, out)?;
        }
        if failures + errors == 0 {
            writeln!(out, "    <testcase classname=\"keysieve\" name=\"no secrets\"/>")?;
        }
        if !document.gone.is_empty() {
            let gone: Vec<_> = document.gone.iter().map(|g| xml(g)).collect();
            writeln!(out, "    <system-out>gone from the baseline:\n{}</system-out>", gone.join("\n"))?;
        }
        writeln!(out, "  </testsuite>\n</testsuites>")
    }
}

fn failure(entry: &Entry<'_>, out: &mut dyn Write) -> io::Result<()> {
    let place = xml(&place(entry));
    let class = if entry.path.is_empty() { place.clone() } else { xml(&entry.path) };
    let name = xml(&entry.name);
    writeln!(
        out,
        "    <testcase classname=\"{class}\" name=\"{} at {place}\" file=\"{class}\" line=\"{}\">",
        xml(&entry.rule),
        entry.line
    )?;
    writeln!(
        out,
        "      <failure type=\"{}\" message=\"{name} {}\">{place}: {name} {}",
        entry.severity,
        xml(&entry.secret),
        xml(&entry.secret)
    )?;
    if !entry.excerpt.is_empty() {
        writeln!(out, "{}", xml(&entry.excerpt))?;
    }
    if let Some(commit) = &entry.commit {
        writeln!(out, "commit: {}", xml(commit))?;
    }
    if !entry.remedy.revoke.is_empty() {
        writeln!(out, "revoke it: {}", xml(&entry.remedy.revoke))?;
    }
    writeln!(out, "fingerprint: {}</failure>\n    </testcase>", xml(&entry.fingerprint))
}

fn error(what: &str, why: &str, out: &mut dyn Write) -> io::Result<()> {
    let (what, why) = (xml(what), xml(why));
    writeln!(out, "    <testcase classname=\"not scanned\" name=\"{what}\">")?;
    writeln!(out, "      <error type=\"incomplete\" message=\"{why}\">{what}: not scanned: {why}</error>")?;
    writeln!(out, "    </testcase>")
}
