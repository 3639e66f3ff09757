//! Rules of users: read, replaced, selected, and refused with file and line.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::error::Error;
use crate::rules::rule::{Need, Shape};

use super::{Ruleset, parse};

const GOOD: &str = "provider: Test\nrules:\n  - id: test-key\n    name: Test key\n    severity: low\n    shape: tst_{hex:32}\n";

fn on_disk(text: &str) -> (tempfile::TempDir, Vec<PathBuf>) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let file = dir.path().join("own.yml");
    std::fs::write(&file, text).expect("a file in it");
    (dir, vec![file])
}

#[test]
fn built_in_rules_are_borrowed_and_unique() {
    let rules = Ruleset::everything().rules();
    assert!(rules.len() >= 5);
    let mut ids: Vec<_> = rules.iter().map(|rule| &rule.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), rules.len());
    let force = Ruleset::in_force(&[], &[], &[]).expect("the built-in rules");
    assert!(std::ptr::eq(force.rules(), Ruleset::builtin().rules()), "nothing was copied");
    assert!(force.rules().iter().all(|rule| rule.enabled));
}

#[test]
fn an_own_rule_joins_or_replaces() {
    let (_dir, files) = on_disk(GOOD);
    let joined = Ruleset::builtin().load(&files).expect("a good file");
    assert_eq!(joined.rules().len(), Ruleset::builtin().rules().len() + 1);
    let rule = joined.rule("test-key").expect("it is there");
    assert_eq!((rule.context.need, rule.confidence), (Need::No, 90));
    assert!(matches!(&rule.shape, Shape::Templates(list) if list.len() == 1));

    let (_dir, files) = on_disk(&GOOD.replace("test-key", "neospeech-api-key"));
    let replaced = Ruleset::builtin().load(&files).expect("a good file");
    assert_eq!(replaced.rules().len(), Ruleset::builtin().rules().len());
    assert_eq!(replaced.rule("neospeech-api-key").expect("still there").name, "Test key");
}

#[test]
fn rules_are_selected_by_id_and_by_provider() {
    let count = |only: &[&str], disable: &[&str]| {
        let own = |names: &[&str]| names.iter().map(|n| (*n).to_string()).collect::<Vec<_>>();
        Ruleset::everything().select(&own(only), &own(disable)).map(|set| set.rules().len())
    };
    assert_eq!(count(&["neospeech-api-key"], &[]).ok(), Some(1));
    assert_eq!(count(&["NEOSPEECH"], &[]).ok(), Some(1));
    assert_eq!(count(&["audiopod ai"], &["audiopod-api-key"]).ok(), Some(1));
    let problem = count(&["neospeach"], &[]).expect_err("no such provider").to_string();
    assert!(problem.contains("did you mean `neospeech`"), "{problem}");
    assert!(matches!(count(&["neospeech"], &["neospeech"]), Err(Error::Usage(_))));
}

#[test]
fn mistakes_name_file_and_line() {
    for (change, line, word) in [
        ((" low", " lwo"), 5, "severity"),
        (("{hex:32}", "{hex:0}"), 6, "length 0"),
        (("tst_{hex:32}", "'{hex:32}'"), 3, "context"),
        (("    name: Test key\n", ""), 3, "name"),
        (("shape:", "shapes:"), 6, "unknown field `shapes`"),
        (("    name: Test key\n", "    name: a\n    name: b\n"), 5, "duplicate field"),
        (("tst_{hex:32}", "tst_fixed"), 6, "no secret"),
        (("test-key", "Test_key"), 3, "lower-case"),
        (("    shape: tst_{hex:32}", "    pattern: 'a(b'"), 6, "pattern"),
        (("    shape: tst_{hex:32}", "    pattern: 'abcdef[0-9]{8}'"), 6, "group named `key`"),
        (("    shape: tst_{hex:32}", "    pattern: '(?<key>([0-9a-z]{1000}){1000})'"), 3, "pattern"),
        (("shape: tst", "check: md5\n    shape: tst"), 6, "no check is called"),
        (("shape: tst", "verify: {url: 'http://x', live: 200}\n    shape: tst"), 3, "https"),
    ] {
        let (_dir, files) = on_disk(&GOOD.replace(change.0, change.1));
        let Err(Error::Rule { file, line: at, problem }) = Ruleset::builtin().load(&files) else {
            panic!("{change:?} was accepted");
        };
        assert_eq!((file, at), (files[0].clone(), line), "{problem}");
        assert!(problem.contains(word), "{problem}");
    }
}

#[test]
fn the_same_id_twice_is_a_mistake() {
    let twice = format!("{GOOD}{}", &GOOD[GOOD.find("  - id").expect("a rule")..]);
    let (_dir, files) = on_disk(&twice);
    let problem = Ruleset::builtin().load(&files).expect_err("twice").to_string();
    assert!(problem.contains("own.yml:7: rule test-key is already at"), "{problem}");
}

#[test]
fn hostile_files_are_refused_quickly() {
    let started = std::time::Instant::now();
    let mut bomb = "a: &a ['x', 'x']\n".to_string();
    for i in 0..40 {
        writeln!(bomb, "b{i}: &b{i} [*a, *a, *a]").expect("text");
    }
    for text in [
        bomb,
        "[".repeat(1 << 20),
        "{a: ".repeat(1 << 20),
        "- ".repeat(1 << 20),
        "x".repeat(5 << 20),
        format!("{GOOD}---\n{GOOD}"),
        "provider: x\nrules: 3\n".to_string(),
        format!("provider: x\nrules:\n{}", "  - id: a\n".repeat(10_000)),
        String::new(),
    ] {
        let (_dir, files) = on_disk(&text);
        let error = Ruleset::builtin().load(&files).expect_err("hostile");
        assert_eq!(error.exit_code(), 2, "{error}");
    }
    let (_dir, files) = on_disk("");
    std::fs::write(&files[0], b"provider: \xff\n").expect("a file");
    assert!(Ruleset::builtin().load(&files).is_err());
    let absent = [PathBuf::from("no/such/file.yml")];
    assert_eq!(Ruleset::builtin().load(&absent).expect_err("absent").exit_code(), 2);
    assert!(started.elapsed().as_secs() < 5, "took {:?}", started.elapsed());
}

#[test]
fn rules_in_a_text_are_read_too() {
    assert_eq!(parse(GOOD).map(|rules| rules.len()), Ok(1));
    assert_eq!(parse("provider: x\nrules: []\n").map(|rules| rules.len()), Ok(0));
}
