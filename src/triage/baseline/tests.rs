//! A baseline knows what it was told, in any merge, and refuses what it does not understand.

use std::fs;
use std::path::Path;
use std::time::Instant;

use proptest::prelude::{ProptestConfig, any, prop, prop_assert, prop_assert_eq, proptest};

use super::Baseline;
use crate::error::{Error, Result};
use crate::triage::fake::finding;

const LONG: &str = "a-value-that-is-long-enough-not-to-be-slow";

fn with(values: &[&str]) -> Baseline {
    let mut baseline = Baseline::default();
    for value in values {
        baseline.add(&finding("src/a.txt", value), Some(b"src/a.txt"), None).expect("random bytes");
    }
    baseline
}

fn load(text: impl AsRef<[u8]>) -> Result<Baseline> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("known");
    fs::write(&path, text).expect("written");
    Baseline::load(&path)
}

fn refused(text: impl AsRef<[u8]>) -> (usize, String) {
    match load(&text) {
        Err(Error::Baseline { line, problem, .. }) => (line, problem),
        other => panic!("{}: {other:?}", String::from_utf8_lossy(text.as_ref())),
    }
}

#[test]
fn what_was_added_is_known_wherever_it_stands_and_nothing_else_is() {
    let baseline = load(with(&[LONG, "hunter2"]).to_text()).expect("good");
    let mut other = finding("elsewhere/copy.txt", LONG);
    other.rule = "renamed-rule".into();
    assert_eq!(baseline.knows(&other), Some(None));
    assert_eq!(baseline.knows(&finding("x", "hunter3")), None);
    assert_eq!(baseline.gone().len(), 1);
    assert_eq!(baseline.knows(&finding("x", "hunter2")), Some(None));
    assert!(baseline.gone().is_empty());
}

#[test]
fn the_file_is_sorted_salted_and_holds_no_secret() {
    let values: Vec<String> = (0..50).map(|i| format!("{LONG}-{i}")).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let (one, two) = (with(&values), with(&values));
    let lines: Vec<String> = one.to_text().lines().skip(2).map(String::from).collect();
    assert!(lines.is_sorted() && lines.len() == 50);
    assert_ne!(one.to_text(), two.to_text(), "each baseline has its own salt");
    assert!(!one.to_text().contains("a-value-that"));
    assert_eq!(load(one.to_text()).expect("good").to_text(), one.to_text(), "written as read");
}

#[test]
fn a_secret_in_a_path_or_a_reason_is_taken_out() {
    let mut baseline = Baseline::default();
    let path = format!("dir/{LONG}.txt");
    baseline
        .add(&finding(&path, LONG), Some(path.as_bytes()), Some(&format!("it is {LONG}\n!")))
        .expect("random");
    assert!(!baseline.to_text().contains(LONG), "{}", baseline.to_text());
    assert_eq!(baseline.reason(&finding("", LONG)), Some("it is … !"));
    baseline.set_reason(&finding("", LONG), &format!("{LONG} is revoked"));
    assert_eq!(baseline.reason(&finding("", LONG)), Some("… is revoked"));
}

#[test]
fn reasons_survive_and_what_is_gone_is_pruned() {
    let mut baseline = with(&[LONG, "hunter2"]);
    let text =
        baseline.to_text().replace(" src/a.txt\n", " src/a.txt # because\n") + "# a person's comment\n";
    baseline = load(text).expect("good");
    assert_eq!(baseline.knows(&finding("x", LONG)), Some(Some("because")));
    assert!(!baseline.add(&finding("y", LONG), Some(b"y"), None).expect("random"), "not news");
    assert!(baseline.add(&finding("y", "new"), Some(b"y"), None).expect("random"));
    assert_eq!(baseline.prune().len(), 1);
    let text = baseline.to_text();
    assert!(
        text.contains("# because") && text.contains("# a person's comment") && baseline.len() == 2,
        "{text}"
    );
}

#[test]
fn two_branches_can_be_merged_by_lines() {
    let base = with(&["base"]);
    let grow = |value: &str| {
        let mut branch = load(base.to_text()).expect("good");
        branch.add(&finding("b", value), Some(b"b"), Some(value)).expect("random");
        branch.to_text()
    };
    let (ours, theirs) = (grow("ours"), grow("theirs"));
    // merge=union: both sides' lines, in whatever order, headers twice.
    let merged = load(format!("{ours}{theirs}")).expect("a union of lines");
    assert_eq!(merged.len(), 3);
    for value in ["base", "ours", "theirs"] {
        assert!(merged.knows(&finding("x", value)).is_some(), "{value}");
    }
    let conflict = format!("{ours}<<<<<<< HEAD\n");
    assert_eq!(refused(&conflict).0, conflict.lines().count());
    assert_eq!(refused(format!("<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> x\n")).0, 1);
}

#[test]
fn two_baselines_with_different_salts_work_together() {
    let merged = load(with(&["one"]).to_text() + &with(&["two", "one"]).to_text()).expect("good");
    assert!(merged.knows(&finding("x", "one")).is_some() && merged.knows(&finding("x", "two")).is_some());
    let many: String = (0..70).map(|_| with(&["one"]).to_text()).collect();
    assert!(refused(many).1.contains("salts"));
}

#[test]
fn what_is_no_baseline_is_refused_with_its_line() {
    let good = with(&[LONG]).to_text();
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(refused(&utf16).1.contains("UTF-16"));
    assert!(refused([b"\xff\xfe".as_slice(), &utf16].concat()).1.contains("UTF-16"));
    for (text, line, words) in [
        (String::new(), 1, "empty"),
        ("[]\n".into(), 1, "baseline import"),
        ("hello\n".into(), 1, "not a keysieve baseline"),
        (good.replace("baseline 1", "baseline 2"), 1, "format 2"),
        (good.trim_end().into(), 3, "cut off"),
        (good.lines().skip(1).collect::<Vec<_>>().join("\n") + "\n", 1, "not a keysieve baseline"),
        (format!("{good}ks1:00 x\n"), 4, "want a hash"),
        (format!("{good}{}\n", "x".repeat(20_000)), 4, "longer than"),
    ] {
        let (at, problem) = refused(&text);
        assert!(at == line && problem.contains(words), "{text}: {at} {problem}");
    }
    assert_eq!(refused([good.as_bytes(), b"\xff\n"].concat()).0, 4);
    assert!(load(good.replace('\n', "\r\n")).is_ok_and(|b| b.len() == 1), "CR LF is what git may make of it");
    assert!(load(format!("\u{feff}{good}")).is_ok());
}

#[test]
fn what_cannot_be_read_is_not_overwritten() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("known");
    fs::write(&path, "somebody's file\n").expect("written");
    assert!(with(&[LONG]).write(&path).is_err());
    assert_eq!(fs::read_to_string(&path).expect("there"), "somebody's file\n");
    fs::remove_file(&path).expect("removed");
    with(&[LONG]).write(&path).expect("written");
    assert_eq!(Baseline::load(&path).expect("good").len(), 1);
    assert_eq!(fs::read_dir(folder.path()).expect("there").count(), 1, "no temporary file is left");
    assert!(Baseline::load(folder.path()).is_err(), "a folder");
    assert!(Baseline::load(Path::new("/nowhere/at/all")).is_err_and(|e| e.exit_code() == 2));
}

#[test]
fn a_large_foreign_file_is_refused_at_once() {
    let started = Instant::now();
    refused(vec![b'x'; 50 << 20]);
    assert!(started.elapsed().as_secs() < 10);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = load(&bytes);
        let _ = load([b"# keysieve baseline 1\n".as_slice(), &bytes].concat());
    }

    #[test]
    fn any_value_path_and_reason_survives(value in prop::collection::vec(any::<u8>(), 1..60), path in prop::collection::vec(any::<u8>(), 0..40), reason in ".{0,40}") {
        let mut key = finding("x", "");
        key.secret = crate::model::Secret::new(&value, 0);
        let mut baseline = Baseline::default();
        baseline.add(&key, Some(&path), Some(&reason)).expect("random");
        let again = load(baseline.to_text()).expect("what was written can be read");
        prop_assert_eq!(again.to_text(), baseline.to_text());
        prop_assert!(again.knows(&key).is_some());
    }
}
