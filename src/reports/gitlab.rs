//! GitLab's two report files: secret detection (schema 15) and Code Quality.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::{Value, json};

use crate::model::Severity;

use super::encode::is_link;
use super::entry::Entry;
use super::safe_json::compact;
use super::sarif::HOME;
use super::{Document, Format, Look};

/// The version of GitLab's schema that this was written against.
const SCHEMA: &str = "15.0.7";
/// The schema demands times. Two runs over the same input must print the same bytes, so no clock is read.
const NO_TIME: &str = "1970-01-01T00:00:00";
/// What stands for a commit where none is known, as in GitLab's own analyzer.
const NO_COMMIT: &str = "0000000";

/// `gl-secret-detection-report.json`.
#[derive(Debug)]
pub(super) struct GitLab;

impl Format for GitLab {
    fn name(&self) -> &'static str {
        "gitlab"
    }

    fn about(&self) -> &'static str {
        "GitLab's gl-secret-detection-report.json"
    }

    fn render(&self, document: &Document<'_>, _look: Look, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "{{\n  \"version\": \"{SCHEMA}\",\n  \"scan\": ")?;
        compact(&scan(document), out)?;
        out.write_all(b",\n  \"vulnerabilities\": [")?;
        write_list(document.findings.iter().map(|e| vulnerability(&e)), out)?;
        out.write_all(b"]\n}\n")
    }
}

/// Values one a line, apart by commas.
fn write_list(values: impl Iterator<Item = Value>, out: &mut dyn Write) -> io::Result<()> {
    let mut separator: &[u8] = b"\n    ";
    for value in values {
        out.write_all(separator)?;
        compact(&value, out)?;
        separator = b",\n    ";
    }
    out.write_all(b"\n  ")
}

fn scan(document: &Document<'_>) -> Value {
    let tool = json!({
        "id": "keysieve", "name": "keysieve", "url": HOME, "version": document.version, "vendor": {"name": "keysieve"},
    });
    let coverage = &document.coverage;
    let mut messages: Vec<Value> = coverage
        .incomplete
        .iter()
        .map(|m| json!({"level": "warn", "value": format!("{}: not scanned: {}", m.what, m.why)}))
        .collect();
    if let Some(why) = &coverage.stopped {
        messages.push(json!({"level": "fatal", "value": format!("the scan ended early: {why}")}));
    }
    if let Some(difference) = document.difference() {
        messages.push(json!({"level": "info", "value": difference.to_string()}));
    }
    for note in coverage.notes.iter().filter(|n| !n.is_empty()) {
        messages.push(json!({"level": "info", "value": note}));
    }
    json!({
        "type": "secret_detection",
        "status": if coverage.complete { "success" } else { "failure" },
        "start_time": NO_TIME,
        "end_time": NO_TIME,
        "analyzer": tool,
        "scanner": tool,
        "messages": messages,
    })
}

fn vulnerability(entry: &Entry<'_>) -> Value {
    let mut commit = json!({"sha": entry.commit.as_deref().filter(|c| !c.is_empty()).unwrap_or(NO_COMMIT)});
    if let Some(past) = &entry.past {
        commit["author"] = json!(format!("{} <{}>", past.author, past.email));
        commit["date"] = json!(past.date);
        commit["message"] = json!(past.message);
    }
    let links: Vec<Value> = std::iter::once(&entry.remedy.revoke)
        .chain(&entry.remedy.references)
        .filter(|l| is_link(l))
        .map(|l| json!({"url": l}))
        .collect();
    let name = if entry.name.is_empty() { entry.rule.as_ref() } else { entry.name.as_ref() };
    let rule = if entry.rule.is_empty() { "unknown" } else { entry.rule.as_ref() };
    json!({
        "id": identity(entry),
        "category": "secret_detection",
        "name": shorten(name, 255),
        "description": shorten(&format!("{name} {} found{}. {}", entry.secret, inside(entry), entry.remedy.about), 10_000),
        "severity": severity(entry.severity),
        "solution": shorten(&solution(entry), 7000),
        "scanner": {"id": "keysieve", "name": "keysieve"},
        "location": {
            "file": entry.path,
            "commit": commit,
            "start_line": entry.line.max(1),
            "end_line": entry.end_line.max(entry.line).max(1),
        },
        "identifiers": [
            {"type": "keysieve_rule_id", "name": format!("keysieve rule {rule}"), "value": rule},
            {"type": "cwe", "name": "CWE-798", "value": "798", "url": "https://cwe.mitre.org/data/definitions/798.html"},
        ],
        "links": links,
        "details": {
            "fingerprint": {"name": "Fingerprint", "type": "text", "value": entry.fingerprint},
            "line": {"name": "Line, redacted", "type": "code", "value": entry.excerpt},
        },
        "raw_source_code_extract": entry.secret,
    })
}

/// ` in a.zip!member`, for what stands in an archive.
fn inside(entry: &Entry<'_>) -> String {
    if entry.is_packed() { format!(" in {}{}", entry.path, entry.inside()) } else { String::new() }
}

fn solution(entry: &Entry<'_>) -> String {
    let mut text = String::from("Take the key out of the file");
    if !entry.remedy.variable.is_empty() {
        let _ = write!(text, " and read it from the environment variable {}", entry.remedy.variable);
    }
    text.push('.');
    if !entry.remedy.revoke.is_empty() {
        let _ = write!(text, " Revoke it: {}.", entry.remedy.revoke);
    }
    text
}

/// The first characters of a text, at most so many.
fn shorten(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// A stable UUID of an occurrence: the key, the path and the place in the file.
fn identity(entry: &Entry<'_>) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in [
        entry.fingerprint.as_bytes(),
        entry.path.as_bytes(),
        entry.commit.as_deref().unwrap_or("").as_bytes(),
    ] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.update(entry.inside().as_bytes());
    hasher.update(&entry.line.to_le_bytes());
    hasher.update(&entry.column.to_le_bytes());
    let hash = hasher.finalize().to_hex();
    // Version 8, variant 1: a UUID that its maker defines (RFC 9562).
    format!("{}-{}-8{}-a{}-{}", &hash[..8], &hash[8..12], &hash[13..16], &hash[17..20], &hash[20..32])
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
        Severity::Info => "Info",
    }
}

/// GitLab Code Quality (a subset of Code Climate's format): shown in merge requests of every tier.
#[derive(Debug)]
pub(super) struct CodeQuality;

impl Format for CodeQuality {
    fn name(&self) -> &'static str {
        "codequality"
    }

    fn about(&self) -> &'static str {
        "GitLab Code Quality, shown in merge requests"
    }

    fn render(&self, document: &Document<'_>, _look: Look, out: &mut dyn Write) -> io::Result<()> {
        let missed = document.coverage.incomplete.iter().map(|missed| {
            json!({
                "description": format!("not scanned: {}", missed.why),
                "check_name": "keysieve-incomplete",
                "fingerprint": blake3::hash(format!("incomplete {} {}", missed.what, missed.why).as_bytes()).to_hex()[..32],
                "severity": "major",
                "location": {"path": missed.what, "lines": {"begin": 1}},
            })
        });
        out.write_all(b"[")?;
        write_list(document.findings.iter().map(|e| issue(&e)).chain(missed), out)?;
        out.write_all(b"]\n")
    }
}

fn issue(entry: &Entry<'_>) -> Value {
    json!({
        "description": format!("{} {}{}", entry.name, entry.secret, inside(entry)),
        "check_name": entry.rule,
        "fingerprint": identity(entry).replace('-', ""),
        "severity": match entry.severity {
            Severity::Critical => "blocker",
            Severity::High => "critical",
            Severity::Medium => "major",
            Severity::Low => "minor",
            Severity::Info => "info",
        },
        "location": {"path": entry.path, "lines": {"begin": entry.line.max(1), "end": entry.end_line.max(entry.line).max(1)}},
    })
}
