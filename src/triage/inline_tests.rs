//! What marks say, and what they do not.

use super::{Names, Said, judge};
use crate::config::Date;

fn said(mark: &str) -> Option<Said> {
    let known = Names::new(["acme-key", "acme-token", "other-secret"].map(String::from).into());
    judge(&[mark.into()], "acme-key", &known, Date::parse("2026-11-21").expect("a day"))
}

#[expect(clippy::unnecessary_wraps, reason = "compared with what judge returns")]
fn fine(reason: &str) -> Option<Said> {
    Some(Said::Fine { by: "inline", reason: reason.to_string() })
}

#[test]
fn reasons_rules_and_days_are_told_apart() {
    assert_eq!(said("keysieve:allow test key"), fine("test key"));
    assert_eq!(said("keysieve:allow test-key for the docs"), fine("test-key for the docs"));
    assert_eq!(said("keysieve:allow"), fine(""));
    assert_eq!(said("keysieve:allow acme-key only an example */"), fine("only an example"));
    assert_eq!(said("keysieve:allow [acme-key] only an example -->"), fine("only an example"));
    assert_eq!(said("keysieve:allow acme-* x"), fine("x"));
    assert_eq!(said("keysieve:allow other-secret,acme-key: x"), fine("x"));
    assert_eq!(said("keysieve:allow until=2026-11-21 last day"), fine("last day"));
    assert_eq!(said("keysieve:allow acme-key until=2027-01-01 - later"), fine("later"));
    assert_eq!(said("keysieve: allow (reason: quoted"), fine("quoted"));
}

#[test]
fn a_mark_for_another_rule_does_not_speak() {
    assert_eq!(said("keysieve:allow other-secret x"), Some(Said::Other));
    assert_eq!(said("keysieve:allow acme-token,other-secret"), Some(Said::Other));
}

#[test]
fn what_has_expired_or_is_wrong_allows_nothing() {
    let until = Date::parse("2026-11-20").expect("a day");
    assert_eq!(said("keysieve:allow until=2026-11-20 x"), Some(Said::Expired { until, reason: "x".into() }));
    assert!(matches!(said("keysieve:allow until=2026-02-30 x"), Some(Said::Wrong(_))));
    assert!(matches!(said("keysieve:allow until=tomorrow x"), Some(Said::Wrong(_))));
    assert!(matches!(said("keysieve:allow rule=nothing x"), Some(Said::Wrong(_))));
    match said("keysieve:allow acme-kye x") {
        Some(Said::Wrong(problem)) => assert!(problem.contains("did you mean `acme-key`"), "{problem}"),
        other => panic!("{other:?}"),
    }
    // Far from any rule's name, and made like one all the same.
    match said("keysieve:allow acme-admin-console-secret x") {
        Some(Said::Wrong(problem)) => assert_eq!(problem, "no rule is called `acme-admin-console-secret`"),
        other => panic!("{other:?}"),
    }
    assert_eq!(said("keysieve:allow acme-internal only there"), fine("acme-internal only there"));
    assert_eq!(said("keysieve:allow third-party-secret of a test"), fine("third-party-secret of a test"));
}

#[test]
fn other_tools_marks_are_counted_by_their_own_name() {
    for mark in ["gitleaks:allow", "trufflehog:ignore", "ggignore", "pragma: allowlist secret"] {
        assert_eq!(said(mark), Some(Said::Fine { by: mark, reason: String::new() }));
    }
    assert_eq!(
        said("gitleaks:allow // public test value"),
        Some(Said::Fine { by: "gitleaks:allow", reason: "// public test value".into() })
    );
}

#[test]
fn what_allows_wins() {
    let known = Names::new(vec!["a-b".to_string()]);
    let today = Date::parse("2026-11-21").expect("a day");
    let marks: Vec<Box<str>> = vec!["keysieve:allow until=2020-01-01 x".into(), "gitleaks:allow".into()];
    assert!(matches!(judge(&marks, "r", &known, today), Some(Said::Fine { by: "gitleaks:allow", .. })));
    assert_eq!(judge(&[], "r", &known, today), None);
    assert_eq!(judge(&["nonsense".into()], "r", &known, today), None);
}

#[test]
fn a_reason_shows_no_key() {
    let key = format!("vg_{}_{}", "live", "0a1b2c3d4e5f6a7b8c9d");
    match said(&format!("keysieve:allow like {key}, for tests")) {
        Some(Said::Fine { reason, .. }) => assert_eq!(reason, "like …, for tests"),
        other => panic!("{other:?}"),
    }
}
