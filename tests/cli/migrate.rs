//! Coming from another tool in one command, and the audit of everything.

use crate::sandbox::{Sandbox, keyed};

const RULE: &str = "voicgen-live-api-key";

fn line(seed: u64) -> String {
    format!("VOICGEN_API_KEY={}\n", keyed(RULE, seed))
}

#[test]
fn configuration_ignore_file_and_marks_of_gitleaks_are_carried_over() {
    let sandbox = Sandbox::git();
    sandbox.file("docs/a.txt", line(1)).file("b.txt", line(2)).file("c.txt", line(3));
    sandbox.file("d.txt", line(4).replace('\n', " # gitleaks:allow\n"));
    sandbox
        .file(".gitleaks.toml", "[allowlist]\npaths = ['''^docs/''', '''x(y|z)''']\ncommits = [\"abc\"]\n");
    sandbox.file(".gitleaksignore", "b.txt:some-rule:1\n");
    sandbox.run(["migrate", "--dry-run"]).code(0);
    assert!(!sandbox.dir.join(".keysieve.yml").exists());
    sandbox.run(["migrate"]).code(0).says("not carried over").says("1 of 1").hides(&keyed(RULE, 2));
    let ran = sandbox.run(["scan"]).code(1).says("c.txt:1");
    for path in ["docs/a.txt:1", "b.txt:1", "d.txt:1"] {
        assert!(!ran.out.contains(path), "{path}: {}", ran.out);
    }
    let ran = sandbox.run(["scan", "--untrusted"]).code(1);
    for path in ["docs/a.txt:1", "b.txt:1", "c.txt:1", "d.txt:1"] {
        assert!(ran.out.contains(path), "{path}: {}", ran.out);
    }
}

#[test]
fn a_configuration_that_is_there_is_not_touched_and_bad_input_is_named() {
    let sandbox = Sandbox::git();
    sandbox.file(".keysieve.yml", "# mine\n").file(".gitleaks.toml", "[allowlist]\npaths = ['''^docs/''']\n");
    sandbox.run(["migrate"]).code(0);
    assert_eq!(std::fs::read_to_string(sandbox.dir.join(".keysieve.yml")).unwrap(), "# mine\n");
    sandbox.file(".gitleaks.toml", "a = 1\nb =\n");
    sandbox.run(["migrate"]).code(2).warns(".gitleaks.toml:2");
    let empty = Sandbox::git();
    empty.run(["migrate"]).code(0).warns("no configuration of another tool");
}

#[test]
fn an_audit_joins_files_history_and_hygiene() {
    let sandbox = Sandbox::git();
    sandbox.file("gone.txt", line(1)).commit("in");
    std::fs::remove_file(sandbox.dir.join("gone.txt")).unwrap();
    sandbox.file("here.txt", line(2)).file(".env", "PORT=3000\n").commit("out");
    sandbox.file("untracked.txt", line(3));
    let findings = sandbox.run(["audit", "--format", "jsonl"]).code(1).findings();
    let mut paths: Vec<_> = findings.iter().map(|f| f["path"].as_str().unwrap_or_default()).collect();
    paths.sort_unstable();
    assert_eq!(paths, [".env", "gone.txt", "here.txt", "untracked.txt"]);
    Sandbox::new().run(["audit"]).code(3);
}

/// Writes one tool's files, migrates, and asks a scan: these lines are fine now, those are still reported.
fn migrated(files: &[(&str, String)], fine: &[&str], reported: &[&str]) {
    let sandbox = Sandbox::git();
    for (path, text) in files {
        sandbox.file(path, text);
    }
    for place in fine.iter().chain(reported) {
        let (path, _) = place.split_once(':').unwrap();
        assert!(files.iter().any(|(p, _)| *p == path), "{place} is about a file of the test");
    }
    sandbox.run(["migrate"]).code(0).says("carried over").hides(&keyed(RULE, 1));
    for place in [".keysieve.yml", ".keysieve-baseline"] {
        let written = std::fs::read_to_string(sandbox.dir.join(place)).unwrap_or_default();
        assert!(!written.contains(&keyed(RULE, 1)), "{written}");
    }
    let ran = sandbox.run(["scan"]);
    for place in fine {
        assert!(!ran.out.contains(place), "{place}: {}", ran.out);
    }
    for place in reported {
        assert!(ran.out.contains(place), "{place}: {}", ran.out);
    }
}

#[test]
fn ggshield_is_carried_over() {
    let config = format!(
        "version: 2\nsecret:\n  ignored_paths:\n    - docs/**\n  ignored_matches:\n    - name: a test key\n      match: {}\n",
        keyed(RULE, 1)
    );
    let files =
        [(".gitguardian.yaml", config), ("docs/a.txt", line(2)), ("b.txt", line(1)), ("c.txt", line(3))];
    migrated(&files, &["docs/a.txt:1", "b.txt:1"], &["c.txt:1"]);
    let first = "paths-ignore:\n  - 'docs/**'\n".to_string();
    migrated(
        &[(".gitguardian.yml", first), ("docs/a.txt", line(2)), ("c.txt", line(3))],
        &["docs/a.txt:1"],
        &["c.txt:1"],
    );
}

#[test]
fn detect_secrets_is_carried_over_with_its_filters() {
    let config = r#"{"version": "1.5.0", "results": {}, "filters_used": [
        {"path": "detect_secrets.filters.regex.should_exclude_file", "pattern": ["^docs/.*"]},
        {"path": "detect_secrets.filters.regex.should_exclude_line", "pattern": ["// fixture"]}]}"#;
    let marked = line(4).replace('\n', " // fixture\n");
    let files = [
        (".secrets.baseline", config.to_string()),
        ("docs/a.txt", line(2)),
        ("b.txt", marked),
        ("c.txt", line(3)),
    ];
    migrated(&files, &["docs/a.txt:1", "b.txt:1"], &["c.txt:1"]);
}

#[test]
fn ripsecrets_secretlint_and_git_secrets_are_carried_over() {
    let rip = format!("# tests\ndocs/\n[secrets]\n{}\n", keyed(RULE, 1));
    let files = [(".secretsignore", rip), ("docs/a.txt", line(2)), ("b.txt", line(1)), ("c.txt", line(3))];
    migrated(&files, &["docs/a.txt:1", "b.txt:1"], &["c.txt:1"]);
    let lint = format!(
        r#"{{"rules": [{{"id": "x", "options": {{"allows": ["{}"]}}}}, {{"id": "p", "options": {{"patterns": [{{"name": "Ours", "pattern": "/our_[0-9a-z]{{12}}/"}}]}}}}]}}"#,
        keyed(RULE, 1)
    );
    let files = [
        (".secretlintrc.json", lint),
        (".secretlintignore", "docs/\n".into()),
        ("docs/a.txt", line(2)),
        ("b.txt", line(1)),
        ("c.txt", "our_q1w2e3r4t5y6\n".into()),
    ];
    migrated(&files, &["docs/a.txt:1", "b.txt:1"], &["c.txt:1"]);
    let files = [
        (".gitallowed", "^.*MY_VOICGEN\n".to_string()),
        ("a.txt", format!("MY_{}", line(2))),
        ("c.txt", line(3)),
    ];
    migrated(&files, &["a.txt:1"], &["c.txt:1"]);
    let sandbox = Sandbox::git();
    sandbox.run_git(["config", "--add", "secrets.patterns", "our_[0-9a-z]{12}"]);
    sandbox.run_git(["config", "--add", "secrets.providers", "touch ran"]);
    sandbox.file("a.txt", "our_q1w2e3r4t5y6\n");
    sandbox.run(["migrate"]).code(0).says("which is not run");
    sandbox.run(["scan"]).code(1).says("a.txt:1");
    assert!(!sandbox.dir.join("ran").exists());
}

#[test]
fn trufflehog_and_betterleaks_are_carried_over() {
    let own = "detectors:\n  - name: Acme\n    keywords: [acme]\n    regex:\n      token: 'acme_[0-9a-z]{12}'\n    exclude_words: [dummy]\n";
    let files = [
        (".trufflehog.yml", own.to_string()),
        ("a.txt", "acme_dummy3r4t5y6\n".into()),
        ("c.txt", "acme_q1w2e3r4t5y6\n".into()),
    ];
    migrated(&files, &["a.txt:1"], &["c.txt:1"]);
    let files = [(".trufflehogignore", "^docs/\n".to_string()), ("docs/a.txt", line(2)), ("c.txt", line(3))];
    migrated(&files, &["docs/a.txt:1"], &["c.txt:1"]);
    let better = "[[allowlists]]\nregexTarget = 'line'\nregexes = ['''fixture''']\n".to_string();
    let files =
        [(".betterleaks.toml", better), ("a.txt", line(2).replace('\n', " fixture\n")), ("c.txt", line(3))];
    migrated(&files, &["a.txt:1"], &["c.txt:1"]);
}

#[test]
fn an_audit_says_what_to_do_first_and_how_old_and_whose_a_key_is() {
    let sandbox = Sandbox::git().env("GIT_AUTHOR_DATE", "2020-01-02T03:04:05+0100");
    sandbox.file("gone.txt", line(1)).commit("in");
    std::fs::remove_file(sandbox.dir.join("gone.txt")).unwrap();
    sandbox.file("CODEOWNERS", "*.txt @keepers\n").file("here.txt", line(2)).commit("out");
    sandbox.file("copy/here.txt", line(2)).commit("copy");
    let ran = sandbox.run(["audit"]).code(1).hides(&keyed(RULE, 1)).hides(&keyed(RULE, 2));
    let orders: Vec<&str> = ran.err.lines().filter(|l| l.contains("do first")).collect();
    assert_eq!(orders.len(), 2, "one line a key: {}", ran.err);
    for word in ["do first  1: revoke", "stands at", "here.txt:1", "older than the", "owner @keepers", "main"]
    {
        assert!(orders[0].contains(word), "{word}: {}", orders[0]);
    }
    assert!(orders[1].contains("gone from HEAD") && orders[1].contains("gone.txt:1"), "{}", orders[1]);
    let new = Sandbox::git();
    new.file("here.txt", line(2));
    let ran = new.run(["audit"]);
    assert!(!ran.err.contains("older than"), "{}", ran.err);
}

#[test]
fn one_key_for_several_environments_is_said() {
    let sandbox = Sandbox::git();
    let both =
        |a: u64, b: u64| format!("VOICGEN_KEY_DEV={}\nVOICGEN_KEY_PROD={}\n", keyed(RULE, a), keyed(RULE, b));
    sandbox.file("a.txt", both(1, 1)).commit("same");
    sandbox.run(["audit"]).code(1).warns("one key for several environments").hides(&keyed(RULE, 1));
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", both(1, 2)).commit("different");
    let ran = sandbox.run(["audit"]).code(1);
    assert!(!ran.err.contains("one key for several"), "{}", ran.err);
}
