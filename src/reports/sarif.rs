//! SARIF 2.1.0, as GitHub code scanning and other viewers read it.
//!
//! Rules are unique and carry the remedy as help; fingerprints stand under our own key (never `primaryLocationLineHash`,
//! which is the viewer's); what was allowed or is in the baseline is told with a suppression; what could not be
//! scanned makes the invocation unsuccessful. Columns count Unicode code points.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::model::Severity;

use super::document::RuleEntry;
use super::encode::{is_link, percent, uri};
use super::entry::{Advice, Entry};
use super::safe_json::pretty;
use super::{Document, Format, Look};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Where the program lives.
pub(super) const HOME: &str = "https://github.com/keysieve/keysieve";

/// SARIF 2.1.0.
#[derive(Debug)]
pub(super) struct Sarif;

impl Format for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn about(&self) -> &'static str {
        "SARIF 2.1.0, for GitHub code scanning and other viewers"
    }

    fn render(&self, document: &Document<'_>, _look: Look, out: &mut dyn Write) -> io::Result<()> {
        let rules = Rules::of(document);
        let run = Run {
            tool: json!({"driver": {
                "name": "keysieve",
                "version": document.version,
                "semanticVersion": document.version,
                "informationUri": HOME,
                "rules": rules.descriptors(),
            }}),
            automation_details: json!({"id": format!("keysieve/{}/", percent(document.coverage.mode.as_bytes()))}),
            column_kind: "unicodeCodePoints",
            invocations: [invocation(document)],
            results: Results { document, rules: &rules },
            properties: properties(document),
        };
        pretty(&Log { schema: SCHEMA, version: "2.1.0", runs: [run] }, out)?;
        out.write_all(b"\n")
    }
}

/// The whole file.
#[derive(Serialize)]
struct Log<'d> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'d>; 1],
}

/// One run; its results are made one by one while they are written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'d> {
    tool: Value,
    automation_details: Value,
    column_kind: &'static str,
    invocations: [Value; 1],
    results: Results<'d>,
    properties: Value,
}

struct Results<'d> {
    document: &'d Document<'d>,
    rules: &'d Rules<'d>,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let baseline = self.document.knows_baseline();
        to.collect_seq(
            self.document
                .findings
                .iter()
                .chain(self.document.decided())
                .map(|entry| result(&entry, self.rules, baseline)),
        )
    }
}

/// The rules of a document, each once, by id.
struct Rules<'d>(BTreeMap<Cow<'d, str>, (usize, Rule<'d>)>);

/// A rule, or what a finding says of one that the document does not describe.
enum Rule<'d> {
    Told(&'d RuleEntry<'d>),
    Guessed(Box<Entry<'d>>),
}

impl<'d> Rules<'d> {
    fn of(document: &'d Document<'d>) -> Rules<'d> {
        let mut rules = BTreeMap::new();
        for rule in &document.rules {
            rules.entry(Cow::Borrowed(rule.id.as_ref())).or_insert((0, Rule::Told(rule)));
        }
        for entry in document.findings.iter().chain(document.decided()) {
            if !rules.contains_key(&*entry.rule) {
                let entry = entry.into_owned();
                rules.insert(entry.rule.clone(), (0, Rule::Guessed(Box::new(entry))));
            }
        }
        for (index, (place, _)) in rules.values_mut().enumerate() {
            *place = index;
        }
        Rules(rules)
    }

    fn index(&self, id: &str) -> Option<usize> {
        self.0.get(id).map(|(index, _)| *index)
    }

    fn descriptors(&self) -> Vec<Value> {
        self.0
            .iter()
            .map(|(id, (_, rule))| match rule {
                Rule::Told(r) => descriptor(id, &r.name, &r.provider, r.severity, &r.remedy),
                Rule::Guessed(e) => descriptor(id, &e.name, &e.provider, e.severity, &e.remedy),
            })
            .collect()
    }
}

/// A rule with its help.
fn descriptor(id: &str, name: &str, provider: &str, severity: Severity, remedy: &Advice<'_>) -> Value {
    let (plain, markdown) = help(name, remedy);
    let about = if remedy.about.is_empty() { "Whoever reads it can use it." } else { remedy.about.as_ref() };
    let mut rule = json!({
        "id": id,
        "name": pascal(id),
        "shortDescription": {"text": sentence(&format!("A {name} stands in the source"))},
        "fullDescription": {"text": sentence(&format!("A {name} stands in the source. {about}"))},
        "help": {"text": plain, "markdown": markdown},
        "defaultConfiguration": {"level": level(severity)},
        "properties": {
            "tags": ["security", "secret", "external/cwe/cwe-798"],
            "precision": "high",
            "problem.severity": problem(severity),
            "security-severity": security_severity(severity),
            "provider": provider,
        },
    });
    if let Some(link) =
        remedy.references.iter().map(AsRef::as_ref).chain([remedy.revoke.as_ref()]).find(|l| is_link(l))
    {
        rule["helpUri"] = json!(link);
    }
    rule
}

/// What to do, as text and as Markdown. The words come from rules, not from what was scanned.
fn help(name: &str, remedy: &Advice<'_>) -> (String, String) {
    let mut steps = vec!["Take the key out of the file.".to_owned()];
    if !remedy.variable.is_empty() {
        steps.push(format!("Read it from the environment variable {} instead.", remedy.variable));
    }
    if !remedy.revoke.is_empty() {
        steps.push(format!("If it ever left your machine, revoke it: {}", remedy.revoke));
    }
    if !remedy.rotate.is_empty() {
        steps.push(format!("Replace it: {}", remedy.rotate));
    }
    let links: Vec<&str> = remedy.references.iter().map(AsRef::as_ref).filter(|l| is_link(l)).collect();
    let mut plain = steps.join("\n");
    let mut markdown = format!("# {name}\n\n{}\n\n", remedy.about);
    for step in &steps {
        let _ = writeln!(markdown, "- {step}");
    }
    for link in links {
        let _ = write!(plain, "\n{link}");
        let _ = writeln!(markdown, "\n<{link}>");
    }
    (plain, markdown)
}

/// One finding.
fn result(entry: &Entry<'_>, rules: &Rules<'_>, baseline: bool) -> Value {
    let mut result = json!({
        "ruleId": entry.rule,
        "level": level(entry.severity),
        "message": {"text": message(entry)},
        "locations": [location(entry)],
        "partialFingerprints": {"keysieve/v1": entry.fingerprint},
        "rank": f64::from(entry.confidence_score.min(100)),
        "properties": told(entry),
    });
    if let Some(index) = rules.index(&entry.rule) {
        result["ruleIndex"] = json!(index);
    }
    if baseline {
        result["baselineState"] = json!(if entry.disposition == "known" { "unchanged" } else { "new" });
    }
    if let Some(suppression) = suppression(entry) {
        result["suppressions"] = json!([suppression]);
    }
    if let Some(n) = entry.past.as_ref().map(|p| p.occurrences).filter(|n| *n > 0) {
        result["occurrenceCount"] = json!(n);
    }
    result
}

/// What a viewer shows first. Brackets and braces have a meaning in SARIF messages and are escaped.
fn message(entry: &Entry<'_>) -> String {
    let mut text = format!("{} {}", entry.name, entry.secret);
    if let Some(variable) = entry.variable.as_deref() {
        let _ = write!(text, " in {variable}");
    }
    if entry.is_packed() {
        let _ = write!(text, " in {}{}", entry.path, entry.inside());
    }
    if !entry.remedy.revoke.is_empty() {
        let _ =
            write!(text, ". Take it out; if it ever left your machine, revoke it: {}", entry.remedy.revoke);
    }
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '[' | ']' | '\\') {
            escaped.push('\\');
        }
        if matches!(c, '{' | '}') {
            escaped.push(c);
        }
        escaped.push(c);
    }
    sentence(&escaped)
}

fn location(entry: &Entry<'_>) -> Value {
    let mut region = json!({
        "startLine": entry.line.max(1),
        "startColumn": entry.column.max(1),
        "endLine": entry.end_line.max(entry.line).max(1),
        "endColumn": entry.end_column.max(1).saturating_add(1).max(
            if entry.end_line <= entry.line { entry.column.max(1) } else { 1 }),
    });
    if !entry.excerpt.is_empty() {
        region["snippet"] = json!({"text": entry.excerpt});
    }
    let mut location =
        json!({"physicalLocation": {"artifactLocation": {"uri": uri(entry)}, "region": region}});
    if entry.path.is_empty() {
        let commit = entry.commit.as_deref().unwrap_or("unknown");
        location["logicalLocations"] =
            json!([{"fullyQualifiedName": format!("commit {commit}: {}", entry.part), "kind": "resource"}]);
    }
    location
}

/// What SARIF has no field for.
fn told(entry: &Entry<'_>) -> Value {
    let mut bag = json!({
        "provider": entry.provider,
        "severity": entry.severity.as_str(),
        "confidence": entry.confidence,
        "checksum": entry.checksum,
        "verdict": entry.verdict,
        "secret": entry.secret,
    });
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            bag[name] = value;
        }
    };
    put("variable", entry.variable.as_ref().map(|v| json!(v)));
    put("commit", entry.commit.as_ref().map(|c| json!(c)));
    put("decodedFrom", (!entry.decoded_from.is_empty()).then(|| json!(entry.decoded_from)));
    put("alternatives", (!entry.alternatives.is_empty()).then(|| json!(entry.alternatives)));
    put("owner", entry.owner.as_ref().map(|o| json!(o)));
    if let Some(past) = &entry.past {
        put("author", Some(json!(past.author)));
        put("email", Some(json!(past.email)));
        put("date", Some(json!(past.date)));
        put("inHead", Some(json!(past.in_head)));
        put("ageDays", past.age_days.map(|d| json!(d)));
    }
    bag
}

fn suppression(entry: &Entry<'_>) -> Option<Value> {
    let kind = match entry.disposition.as_ref() {
        "known" => "external",
        "allowed" if entry.allowed_by.as_deref() == Some("config") => "external",
        "allowed" => "inSource",
        _ => return None,
    };
    let why = entry.reason.as_deref().filter(|r| !r.is_empty()).unwrap_or(match entry.disposition.as_ref() {
        "known" => "in the baseline",
        _ => "allowed",
    });
    Some(json!({"kind": kind, "status": "accepted", "justification": why}))
}

fn invocation(document: &Document<'_>) -> Value {
    let coverage = &document.coverage;
    let mut notifications: Vec<Value> = coverage
        .incomplete
        .iter()
        .map(|missed| {
            json!({"level": "error", "message": {"text": format!("{}: not scanned: {}", missed.what, missed.why)},
                   "properties": {"what": missed.what, "why": missed.why}})
        })
        .collect();
    if let Some(why) = &coverage.stopped {
        notifications
            .push(json!({"level": "error", "message": {"text": format!("the scan ended early: {why}")}}));
    }
    for note in &coverage.notes {
        notifications.push(json!({"level": "note", "message": {"text": note}}));
    }
    json!({"executionSuccessful": coverage.complete, "toolExecutionNotifications": notifications})
}

fn properties(document: &Document<'_>) -> Value {
    let coverage = &document.coverage;
    json!({
        "mode": coverage.mode, "complete": coverage.complete, "refs": coverage.refs, "commits": coverage.commits,
        "blobs": coverage.blobs, "files": coverage.files, "bytes": coverage.bytes, "shallow": coverage.shallow,
        "skipped": coverage.skipped, "suppressed": document.suppressed.counts, "gone": document.gone,
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

fn problem(severity: Severity) -> &'static str {
    match level(severity) {
        "error" => "error",
        "warning" => "warning",
        _ => "recommendation",
    }
}

/// In the middle of GitHub's ranges for the same words.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info => "1.0",
    }
}

/// `voicgen-live-api-key` → `VoicgenLiveApiKey`.
fn pascal(id: &str) -> String {
    id.split(|c: char| !c.is_alphanumeric())
        .filter_map(|word| {
            let mut chars = word.chars();
            chars.next().map(|c| c.to_uppercase().chain(chars).collect::<String>())
        })
        .collect()
}

/// With a full stop at the end.
fn sentence(text: &str) -> String {
    let text = text.trim_end();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}
