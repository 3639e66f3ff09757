//! Configurations are read as written, or refused with the place and a suggestion.

#![allow(clippy::format_collect, reason = "tests build hostile texts")]

use std::fs;
use std::path::Path;
use std::time::Instant;

use super::{Config, Date, LoadOptions};
use crate::error::{Error, Result};
use crate::model::{Level, Severity};

fn load(text: impl AsRef<[u8]>) -> Result<Config> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join(".keysieve.yml"), text).expect("written");
    load_at(folder.path(), folder.path())
}

fn load_at(start: &Path, root: &Path) -> Result<Config> {
    Config::load(&LoadOptions { start, root, explicit: None })
}

/// Line, column and problem of a refused text.
fn refused(text: impl AsRef<[u8]>) -> (usize, usize, String) {
    match load(&text).map(|c| format!("{c:?}")) {
        Err(Error::Config { file, line, column, problem }) => {
            assert_eq!(file, Path::new(".keysieve.yml"));
            (line, column, problem)
        }
        other => panic!("{}: {other:?}", String::from_utf8_lossy(text.as_ref())),
    }
}

#[test]
fn everything_is_read() {
    let print = format!("ks1:{}", "0a".repeat(16));
    let text = format!(
        "version: 1\nallow:\n  - path: [docs/**, '*.md']\n    rule: acme-*\n    reason: examples\n    until: 2027-01-31\n  - fingerprint: '{print}'\n    \
         reason: revoked\n  - value: '^test_'\n    reason: test keys\nexclude: [vendor/]\ndisable: [a-b]\nonly: c-d\nseverity:\n  a-b: low\npaths:\n  c-d: \
         {{only: src, except: [src/gen]}}\nmin-severity: medium\nconfidence: high\ndecode: false\nmax-file-size: 50MB\nbaseline: ci/known\nrules:\n  - own.yml\n  \
         - provider: Acme\n    rules:\n      - id: acme-x\n"
    );
    let config = load(text).expect("a good configuration");
    assert_eq!(config.allow.len(), 3);
    assert_eq!((config.allow[0].paths.len(), config.allow[0].at.line, config.allow[0].at.column), (2, 3, 5));
    assert_eq!(config.allow[0].until, Date::parse("2027-01-31"));
    assert!(config.excludes(b"vendor/x") && !config.excludes(b"src/x"));
    assert_eq!((config.min_severity, config.confidence), (Some(Severity::Medium), Some(Level::High)));
    assert_eq!((config.decode, config.max_file_size), (Some(false), Some(50 << 20)));
    assert!(config.baseline.is_some_and(|b| b.is_absolute() && b.ends_with("ci/known")));
    assert!(config.rule_files[0].ends_with("own.yml"));
    let inline = &config.inline_rules[0];
    assert_eq!(inline.text.lines().count(), 27, "{}", inline.text);
    assert!(inline.text.ends_with("    provider: Acme\n    rules:\n      - id: acme-x"), "{}", inline.text);
    assert_eq!((config.paths[0].only.len(), config.paths[0].except.len(), config.severity.len()), (1, 1, 1));
}

#[test]
fn an_empty_file_or_none_is_the_default() {
    for text in ["", "# nothing\n", "\u{feff}# nothing\n"] {
        assert!(load(text).expect("good").allow.is_empty());
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert!(load_at(folder.path(), folder.path()).expect("good").files.is_empty());
}

#[test]
fn mistakes_are_named_with_place_and_suggestion() {
    let long = format!("allow:\n  - value: '{}'\n    reason: x\n", "a{500}".repeat(2000));
    for (text, line, column, words) in [
        ("alow: []\n", 1, 1, "unknown key `alow` in a configuration; did you mean `allow`?"),
        ("# c\n\nzzz: 1\n", 3, 1, "known keys: version, allow"),
        ("allow:\n  - path: a\n    raeson: x\n", 3, 5, "did you mean `reason`?"),
        ("allow:\n  - path: a\n", 2, 5, "needs a `reason`"),
        ("allow:\n  - path: a\n    reason: ''\n", 2, 5, "needs a `reason`"),
        ("allow:\n  - reason: x\n", 2, 5, "would allow everything"),
        ("allow: everything\n", 1, 8, "must be a list"),
        ("allow:\n  - just text\n", 2, 5, "must be a mapping, not a text"),
        ("allow:\n  - path: a\n    path: b\n    reason: x\n", 3, 5, "twice"),
        ("allow:\n  - path: a\n    paths: b\n    reason: x\n", 3, 5, "same key"),
        ("allow:\n  - path: a\n    reason: x\n    until: 2026-02-30\n", 4, 12, "`2026-02-30` is no day"),
        ("allow:\n  - path: '[a'\n    reason: x\n", 2, 11, "no path pattern"),
        ("allow:\n  - value: '(a'\n    reason: x\n", 2, 12, "no regular expression"),
        ("allow:\n  - value: 'a*'\n    reason: x\n", 2, 12, "matches every value"),
        ("allow:\n  - fingerprint: abc\n    reason: x\n", 2, 18, "no fingerprint"),
        ("allow:\n  - path: a\n    reason: 12\n", 3, 13, "want a text, not a number"),
        ("allow:\n  - path: a\n    reason:\n", 3, 11, "want a text, not empty"),
        ("severity:\n  a-b: hihg\n", 2, 8, "did you mean `high`?"),
        ("confidence: 80\n", 1, 13, "want a text"),
        ("decode: 'yes'\n", 1, 9, "true or false"),
        ("max-file-size: big\n", 1, 16, "want a size"),
        ("max-file-size: 99999999999999999999\n", 1, 16, "want a size"),
        ("baseline: ../../outside\n", 1, 11, "leads out of the repository"),
        ("rules: [/etc/passwd]\n", 1, 9, "leads out of the repository"),
        ("version: 2\n", 1, 10, "version 1"),
        ("- a\n", 1, 1, "must be a mapping, not a list"),
        ("disable: ['a;b']\n", 1, 11, "no rule id"),
        ("a: *x\n", 1, 4, "not YAML"),
        (long.as_str(), 2, 12, "longer than"),
    ] {
        let (l, c, problem) = refused(text);
        assert!(problem.contains(words), "{text}: {problem}");
        assert_eq!((l, c), (line, column), "{text}: {problem}");
    }
}

#[test]
fn files_that_are_no_text_are_refused() {
    let utf16: Vec<u8> = "allow: []\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(refused(&utf16).2.contains("UTF-16"));
    assert!(refused([b"\xff\xfe".as_slice(), &utf16].concat()).2.contains("UTF-16"));
    assert_eq!(refused(b"a: 1\nb: \xff\n"), (2, 4, "not UTF-8".to_string()));
    assert!(refused(vec![b'#'; 3 << 20]).2.contains("larger than 1 MiB"));
    assert!(load(b"\0\0\0\0").is_err());
}

#[test]
fn nearer_folders_add_and_reach_only_below_them() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let web = root.path().join("web/app");
    fs::create_dir_all(&web).expect("made");
    fs::write(root.path().join(".keysieve.yml"), "exclude: [vendor]\nconfidence: high\n").expect("written");
    fs::write(
        root.path().join("web/.keysieve.yaml"),
        "allow: [{rule: a-b, reason: x}]\nexclude: [/gen]\nconfidence: low\n",
    )
    .expect("written");
    let config = load_at(&web, root.path()).expect("good");
    assert_eq!((config.files.len(), config.confidence), (2, Some(Level::Low)));
    assert!(config.excludes(b"a/vendor/x") && config.excludes(b"web/gen/x") && !config.excludes(b"gen/x"));
    assert!(config.allow[0].paths[0].matches(b"web/x") && !config.allow[0].paths[0].matches(b"x"));
    assert_eq!(load_at(root.path(), root.path()).expect("good").files.len(), 1);
    fs::write(root.path().join(".keysieve.yaml"), "").expect("written");
    assert!(load_at(&web, root.path()).is_err(), "two of them in one folder");
}

#[cfg(unix)]
#[test]
fn links_out_of_the_repository_are_not_followed() {
    let outside = tempfile::tempdir().expect("a temporary folder");
    fs::write(outside.path().join("x"), "private: yes\n").expect("written");
    let root = tempfile::tempdir().expect("a temporary folder");
    std::os::unix::fs::symlink(outside.path().join("x"), root.path().join(".keysieve.yml")).expect("linked");
    match load_at(root.path(), root.path()) {
        Err(Error::Config { problem, .. }) => {
            assert!(problem.contains("link") && !problem.contains("private"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn rule_names_are_checked_once_rules_are_known() {
    let config = load("disable: [acme-kye]\n").expect("good");
    match config.check_rules(&["acme-key", "other"], &["Acme"]) {
        Err(Error::Config { line: 1, column: 11, problem, .. }) => {
            assert!(problem.contains("did you mean `acme-key`?"), "{problem}");
        }
        other => panic!("{other:?}"),
    }
    assert!(
        load("disable: [acme-*, hygiene-dotenv]\n")
            .expect("good")
            .check_rules(&["acme-key", "hygiene-dotenv"], &[])
            .is_ok()
    );
    assert!(load("disable: [ACME Inc]\n").expect("good").check_rules(&["acme-key"], &["Acme Inc"]).is_ok());
    assert!(load("severity: {Acme: low}\n").expect("good").check_rules(&["acme-key"], &["Acme"]).is_err());
    assert_eq!(config.notes(), ["configuration .keysieve.yml:1: rules switched off: acme-kye"]);
}

#[test]
fn errors_show_no_key() {
    let key = format!("vg_{}_{}", "live", "0a1b2c3d4e5f6a7b8c9d");
    let (.., problem) = refused(format!("allow:\n  - fingerprint: {key}\n    reason: x\n"));
    assert!(!problem.contains("0a1b2c3d"), "{problem}");
}

#[test]
fn hostile_configurations_are_refused_quickly() {
    let started = Instant::now();
    let patterns: String =
        (0..20_000).map(|i| format!("  - {{value: '\\w{{30}}{i}', reason: x}}\n")).collect();
    assert!(load(format!("allow:\n{patterns}")).is_err());
    let globs: String = (0..30_000).map(|i| format!("  - '**/{i}*/**'\n")).collect();
    assert!(load(format!("exclude:\n{globs}")).is_err());
    let value = "(a{1000}){1000}";
    assert!(load(format!("allow: [{{value: '{value}', reason: x}}]\n")).is_err());
    let value = "(".repeat(2000) + &")".repeat(2000);
    assert!(load(format!("allow: [{{value: '{value}', reason: x}}]\n")).is_err());
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
