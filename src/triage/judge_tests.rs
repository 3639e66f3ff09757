//! The order of decisions, in both directions.

use std::path::Path;

use regex::bytes::Regex;

use super::{Triage, TriageOptions};
use crate::config::{AllowEntry, At, Date, Exclude, PathGlob, RuleName, RulePaths, SeverityOverride};
use crate::model::{Coverage, Disposition, Finding, Severity};
use crate::triage::fake::finding;

fn at() -> At {
    At { file: Path::new(".keysieve.yml").into(), line: 3, column: 5 }
}

fn rule(text: &str) -> RuleName {
    RuleName { text: text.into(), at: at() }
}

fn glob(text: &str) -> PathGlob {
    PathGlob::new(text, b"").expect("a good pattern")
}

fn entry() -> AllowEntry {
    AllowEntry {
        paths: Vec::new(),
        rules: Vec::new(),
        fingerprints: Vec::new(),
        values: Vec::new(),
        lines: Vec::new(),
        reason: "test data".into(),
        until: None,
        at: at(),
    }
}

fn options() -> TriageOptions {
    let mut options = TriageOptions::new(Path::new("/repo"), Path::new("/repo/web"));
    options.today = Date::parse("2026-11-21").expect("a day");
    options.known_rules = vec!["acme-key".into()];
    options
}

fn judged(options: TriageOptions, mut finding: Finding) -> Finding {
    Triage::new(options).judge(&mut finding);
    finding
}

#[test]
fn without_anything_said_a_finding_is_reported() {
    assert_eq!(judged(options(), finding("a.txt", "value")).disposition, Disposition::Reported);
}

#[test]
fn each_condition_of_an_entry_must_hold() {
    let value = "a-value-that-is-long-enough";
    let with = |change: &dyn Fn(&mut AllowEntry)| {
        let mut options = options();
        let mut entry = entry();
        change(&mut entry);
        options.config.allow.push(entry);
        judged(options, finding("src/a.txt", value)).disposition.clone()
    };
    let allowed = Disposition::Allowed { by: "config".into(), reason: "test data".into() };
    let print = finding("", value).fingerprint();
    let other = finding("", "other").fingerprint();
    let regex = |p: &str| Regex::new(p).expect("a good pattern");
    assert_eq!(with(&|e| e.paths.push(glob("web/src/*.txt"))), allowed);
    assert_eq!(with(&|e| e.paths.push(glob("src/*.txt"))), Disposition::Reported, "paths start at the root");
    assert_eq!(with(&|e| e.rules.push(rule("acme-*"))), allowed);
    assert_eq!(with(&|e| e.rules.push(rule("other-*"))), Disposition::Reported);
    assert_eq!(with(&|e| e.fingerprints.push(print)), allowed);
    assert_eq!(with(&|e| e.fingerprints.push(other)), Disposition::Reported);
    assert_eq!(with(&|e| e.values.push(regex("^a-value"))), allowed);
    assert_eq!(with(&|e| e.values.push(regex("^value"))), Disposition::Reported);
    assert_eq!(with(&|e| e.values.extend([regex("^value"), regex("long")])), allowed, "any of the values");
    let both = |e: &mut AllowEntry| {
        e.paths.push(glob("*.txt"));
        e.rules.push(rule("other"));
    };
    assert_eq!(with(&both), Disposition::Reported, "all of the conditions");
    assert_eq!(with(&|e| (e.rules.push(rule("acme-key")), e.until = Date::parse("2026-11-21")).1), allowed);
    assert_eq!(
        with(&|e| (e.rules.push(rule("acme-key")), e.until = Date::parse("2026-11-20")).1),
        Disposition::Reported
    );
}

#[test]
fn expired_and_unused_entries_are_said() {
    let mut options = options();
    let mut old = entry();
    old.until = Date::parse("2020-01-01");
    old.rules.push(rule("acme-key"));
    let mut unused = entry();
    unused.rules.push(rule("nothing-*"));
    options.config.allow.extend([old, unused]);
    let triage = Triage::new(options);
    let mut finding = finding("a.txt", "value");
    triage.judge(&mut finding);
    assert_eq!(finding.disposition, Disposition::Reported);
    assert!(finding.reasons.iter().any(|r| r.contains("expired on 2020-01-01")), "{:?}", finding.reasons);
    assert_eq!(triage.expired().len(), 1);
    let stale = triage.stale();
    assert!(
        stale.len() == 2 && stale[0].contains("expired") && stale[1].contains("matches nothing"),
        "{stale:?}"
    );
}

#[test]
fn marks_count_unless_they_are_switched_off() {
    let mut marked = finding("a.txt", "value");
    marked.markers.push("keysieve:allow value is fine".into());
    assert_eq!(
        judged(options(), marked.clone()).disposition,
        Disposition::Allowed { by: "inline".into(), reason: "… is fine".into() }
    );
    let mut off = options();
    off.inline = false;
    assert_eq!(judged(off, marked).disposition, Disposition::Reported);
}

#[test]
fn paths_of_rules_and_excluded_paths_are_left_out_and_counted() {
    let mut with = options();
    with.config.exclude.push(Exclude { path: glob("vendor"), at: at() });
    with.config.paths.push(RulePaths {
        rule: rule("acme-key"),
        only: vec![glob("*.txt")],
        except: vec![glob("docs")],
    });
    let triage = Triage::new(with);
    let mut findings =
        ["vendor/a.txt", "a.txt", "a.rs", "docs/a.txt", "../../elsewhere/a.txt"].map(|p| finding(p, "value"));
    for f in &mut findings {
        triage.judge(f);
    }
    let words: Vec<_> = findings.iter().map(|f| f.disposition.as_str()).collect();
    assert_eq!(words, ["allowed", "reported", "allowed", "allowed", "reported"]);
    let mut coverage = Coverage::new("scan");
    Triage::count(&findings, &mut coverage);
    assert_eq!(
        coverage.suppressed.into_iter().collect::<Vec<_>>(),
        [("config".into(), 2), ("excluded".into(), 1)]
    );
}

#[test]
fn severities_are_overridden_and_old_findings_stay_old() {
    let mut with = options();
    with.config.severity.push(SeverityOverride { rule: rule("acme-*"), severity: Severity::Low });
    let mut old = finding("a.txt", "value");
    old.disposition = Disposition::Old;
    let old = judged(with, old);
    assert_eq!((old.severity, old.disposition.clone()), (Severity::Low, Disposition::Old));
}

#[test]
fn keys_that_ship_to_browsers_are_worse_and_the_configuration_has_the_last_word() {
    let mut shipped = finding("src/a.ts", "value");
    shipped.variable = Some("NEXT_PUBLIC_ACME".into());
    assert_eq!(judged(options(), shipped.clone()).severity, Severity::Critical);
    shipped.severity = Severity::Low;
    assert_eq!(judged(options(), shipped.clone()).severity, Severity::Low, "public by design");
    shipped.severity = Severity::High;
    let mut with = options();
    with.config.severity.push(SeverityOverride { rule: rule("acme-key"), severity: Severity::Medium });
    assert_eq!(judged(with, shipped).severity, Severity::Medium);
    assert_eq!(judged(options(), finding("public/app.js", "value")).severity, Severity::Critical);
    assert_eq!(judged(options(), finding("src/app.js", "value")).severity, Severity::High);
}
