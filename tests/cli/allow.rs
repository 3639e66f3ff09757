//! Allowing: inline marks, entries in `.keysieve.yml`, and what a stranger's repository cannot do.

use crate::sandbox::{Ran, Sandbox, key, keyed};

const RULE: &str = "voicgen-live-api-key";

fn scan(sandbox: &Sandbox, more: &[&str]) -> Ran {
    sandbox.run([&["scan", "--format", "jsonl"], more].concat())
}

/// How many findings a scan of one file with this text reports.
fn found(text: &str, more: &[&str]) -> usize {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", text);
    scan(&sandbox, more).findings().len()
}

#[test]
fn every_mark_allows_its_line_and_nothing_else() {
    let (one, two) = (keyed(RULE, 1), keyed(RULE, 2));
    for mark in [
        "# keysieve:allow an example",
        "# keysieve:allow voicgen-live-api-key an example",
        "# keysieve:allow until=2999-01-01 an example",
        "// keysieve:allow voicgen-live-api-key until=2999-12-31 an example",
        "/* Keysieve: allow an example */",
        "# gitleaks:allow",
        "# betterleaks:allow",
        "# trufflehog:ignore",
        "# kingfisher:ignore",
        "# ggignore",
        "# pragma: allowlist secret",
        "// secretlint-disable-line",
    ] {
        let text = format!("VOICGEN_API_KEY={one} {mark}\nVOICGEN_API_KEY={two}\n");
        assert_eq!(found(&text, &[]), 1, "{mark}");
        assert_eq!(found(&text, &["--no-inline-allow"]), 2, "{mark}");
        assert_eq!(found(&text, &["--untrusted"]), 2, "{mark}");
    }
    for mark in [
        "# keysieve:allow-next-line x",
        "# pragma: allowlist nextline secret",
        "// secretlint-disable-next-line",
    ] {
        let text = format!("{mark}\nVOICGEN_API_KEY={one}\nVOICGEN_API_KEY={two}\n");
        assert_eq!(found(&text, &[]), 1, "{mark}");
        assert_eq!(found(&text.replace('\n', "\r\n"), &[]), 1, "{mark} with CR LF");
        assert_eq!(found(&text, &["--no-inline-allow"]), 2, "{mark}");
    }
    let block = format!(
        "# keysieve:allow-begin fixtures\nA_VOICGEN_KEY={one}\n\n# keysieve:allow-end\nB_VOICGEN_KEY={two}\n"
    );
    assert_eq!((found(&block, &[]), found(&block, &["--untrusted"])), (1, 2));
}

#[test]
fn marks_that_do_not_speak_for_it_allow_nothing() {
    let key = key(RULE);
    for text in [
        format!("VOICGEN_API_KEY={key} # keysieve:allow neospeech-api-key for another rule\n"),
        format!("VOICGEN_API_KEY={key} # keysieve:allow voicgen-live-api-kye a typo\n"),
        format!("VOICGEN_API_KEY={key} # keysieve:allowed\n"),
        format!("# keysieve:allow above\nVOICGEN_API_KEY={key}\n"),
        format!("# keysieve:allow-begin never closed\nVOICGEN_API_KEY={key}\n"),
        format!("VOICGEN_API_KEY={key} # keysieve:allow until=2026-02-31 no such day\n"),
    ] {
        assert_eq!(found(&text, &[]), 1, "{text}");
    }
}

#[test]
fn an_expired_mark_reports_again_and_says_so() {
    let sandbox = Sandbox::git();
    sandbox.file(
        "a.txt",
        format!("VOICGEN_API_KEY={} # keysieve:allow until=2020-05-05 until the demo\n", key(RULE)),
    );
    sandbox.run(["scan"]).code(1).warns("expired on 2020-05-05");
}

#[test]
fn what_is_allowed_is_counted() {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", format!("VOICGEN_API_KEY={} # keysieve:allow x\n", keyed(RULE, 1)));
    sandbox.file("b.txt", format!("VOICGEN_API_KEY={}\n", keyed(RULE, 2)));
    sandbox.file(".keysieve.yml", "allow:\n  - path: b.txt\n    reason: test data\n");
    sandbox.run(["scan"]).code(0).warns("1 allowed by a comment").warns("1 allowed by .keysieve.yml");
}

#[test]
fn entries_allow_by_path_rule_fingerprint_and_value() {
    let sandbox = Sandbox::git();
    let value = key(RULE);
    sandbox.file("src/a.txt", format!("VOICGEN_API_KEY={value}\n"));
    let finding = scan(&sandbox, &[]).code(1).findings().remove(0);
    let print = finding["fingerprint"].as_str().expect("a fingerprint").to_owned();
    let other = print.replace(|c: char| c.is_ascii_digit(), "0");
    for (entry, code) in [
        ("path: src/**".to_owned(), 0),
        ("path: a.txt".to_owned(), 0),
        ("path: docs/**".to_owned(), 1),
        (format!("rule: {RULE}"), 0),
        ("rule: neospeech-api-key".to_owned(), 1),
        (format!("fingerprint: {print}"), 0),
        (format!("fingerprint: {other}").replace("ks0", "ks1"), 1),
        ("value: '^vg_live_'".to_owned(), 0),
        ("value: '^vg_test_'".to_owned(), 1),
        ("path: src\n    rule: neospeech-api-key".to_owned(), 1),
        ("path: src\n    until: 2020-01-01".to_owned(), 1),
        ("path: src\n    until: 2999-01-01".to_owned(), 0),
    ] {
        sandbox.file(".keysieve.yml", format!("allow:\n  - {entry}\n    reason: test data\n"));
        scan(&sandbox, &[]).code(code);
        scan(&sandbox, &["--untrusted"]).code(1);
        scan(&sandbox, &["--no-config"]).code(1);
    }
}

#[test]
fn entries_that_nobody_needs_are_reported() {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", format!("VOICGEN_API_KEY={}\n", key(RULE)));
    sandbox.file(
        ".keysieve.yml",
        "allow:\n  - path: a.txt\n    reason: used\n  - path: gone.txt\n    reason: unused\n",
    );
    sandbox.run(["allow", "check"]).code(1).says(".keysieve.yml:4").says("unused");
    sandbox.run(["scan"]).code(0).warns("matches nothing any more: unused");
    sandbox.file(".keysieve.yml", "allow:\n  - path: a.txt\n    reason: used\n");
    sandbox.run(["allow", "check"]).code(0);
}

#[test]
fn an_entry_is_written_for_files_without_comments() {
    let sandbox = Sandbox::git();
    let value = key(RULE);
    sandbox.file("a.json", format!("{{\n  \"VOICGEN_API_KEY\": \"{value}\"\n}}\n"));
    sandbox.file(".keysieve.yml", "# ours\nversion: 1 # first\n");
    sandbox.run(["allow", "a.json:1", "--reason", "x"]).code(2).warns("nothing is found there");
    sandbox.run(["allow", "a.json:2"]).code(2).warns("--reason");
    sandbox.run(["allow", "a.json:2", "--reason", "made up: \"for\" tests"]).code(0).hides(&value);
    let written = std::fs::read_to_string(sandbox.dir.join(".keysieve.yml")).unwrap();
    assert!(written.starts_with("# ours\nversion: 1 # first\n") && !written.contains(&value), "{written}");
    sandbox.run(["scan"]).code(0).warns("1 allowed by .keysieve.yml");
    sandbox.run(["scan", "--untrusted"]).code(1);
    sandbox.run(["explain", "a.json:2"]).code(0).says("allowed by config").hides(&value);
    sandbox.run(["allow", "missing.json:2", "--reason", "x"]).code(3);
}

#[test]
fn a_tracked_environment_file_is_a_finding_and_an_example_is_not() {
    let sandbox = Sandbox::git();
    sandbox.file(".env.example", "KEY=\n").file("app/.env", "PORT=3000\n");
    sandbox.run(["scan"]).code(0).warns("app/.env").warns(".gitignore");
    sandbox.commit("oops");
    let findings = scan(&sandbox, &[]).code(1).findings();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0]["rule"] == "hygiene-dotenv" && findings[0]["path"] == "app/.env");
    scan(&sandbox, &["--disable", "hygiene"]).code(0);
    sandbox.file(
        ".keysieve.yml",
        "allow:\n  - rule: hygiene-dotenv\n    path: app/.env\n    reason: no values\n",
    );
    sandbox.run(["scan"]).code(0).warns("1 allowed by .keysieve.yml");
    sandbox.run(["scan", "--untrusted"]).code(1);
}

#[test]
fn staged_environment_files_are_refused() {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", "x\n").commit("first");
    sandbox.file(".env", "PORT=3000\n");
    sandbox.run_git(["add", "-f", ".env"]);
    sandbox.run(["staged"]).code(1).says("hygiene-dotenv");
}

#[test]
fn what_begins_like_a_fingerprint_and_is_none_is_a_mistake() {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", "x\n").commit("first");
    sandbox.run(["allow", "ks1:12ab", "--reason", "x"]).code(2).warns("ks1:12ab: no fingerprint");
}

#[test]
fn allowing_twice_is_allowing_once_and_other_lines_stay() {
    let sandbox = Sandbox::git();
    let (one, two) = (keyed(RULE, 1), keyed(RULE, 2));
    sandbox.file("a.txt", format!("VOICGEN_API_KEY={one} OTHER_VOICGEN_KEY={two}\n"));
    sandbox.file(".keysieve.yml", "# ours\r\nallow: # why\r\n  - path: docs # c\r\n    reason: x\r\n");
    sandbox.run(["allow", "a.txt:1", "--reason", "both"]).code(0);
    let written = std::fs::read_to_string(sandbox.dir.join(".keysieve.yml")).unwrap();
    assert_eq!(written.matches("fingerprint:").count(), 2, "{written}");
    assert!(written.starts_with("# ours\r\nallow: # why\r\n  - path: docs # c\r\n    reason: x\r\n"));
    assert_eq!(written.matches('\n').count(), written.matches("\r\n").count(), "{written:?}");
    sandbox.run(["allow", "a.txt:1:17", "--reason", "both"]).code(0).warns("allowed already");
    assert_eq!(std::fs::read_to_string(sandbox.dir.join(".keysieve.yml")).unwrap(), written);
    sandbox.run(["scan"]).code(0).warns("2 allowed by .keysieve.yml");
}

#[test]
fn one_rule_one_file_or_one_day_can_be_meant() {
    let sandbox = Sandbox::git();
    let value = key(RULE);
    sandbox.file("a.txt", format!("VOICGEN_API_KEY={value}\n"));
    sandbox.file("b.txt", format!("VOICGEN_API_KEY={value}\n"));
    sandbox.run(["allow", "a.txt:1", "--reason", "x", "--rule", "neospeech-api-key"]).code(2);
    sandbox
        .run(["allow", "a.txt:1", "--reason", "x", "--until", "2026-02-30"])
        .code(2)
        .warns("a day such as");
    sandbox.run(["allow", "a.txt", "--reason", "x", "--here-only", "--until", "2999-01-01"]).code(0);
    assert_eq!(scan(&sandbox, &[]).code(1).findings()[0]["path"], "b.txt");
    let told = format!("it is {value} of the demo");
    sandbox.run(["allow", "b.txt:1", "--reason", &told]).code(0).hides(&value);
    assert!(!std::fs::read_to_string(sandbox.dir.join(".keysieve.yml")).unwrap().contains(&value));
    sandbox.run(["scan"]).code(0);
}

#[test]
fn what_only_the_history_holds_is_allowed_by_place_or_fingerprint() {
    let sandbox = Sandbox::git();
    for (seed, file) in [(1, "old.txt"), (2, "older.txt")] {
        sandbox.file(file, format!("\nVOICGEN_API_KEY={}\n", keyed(RULE, seed))).commit("in");
        sandbox.run_git(["rm", "-q", file]);
        sandbox.commit("out");
    }
    let findings = sandbox.run(["history", "--format", "jsonl"]).code(1).findings();
    let print = findings.iter().find(|f| f["path"] == "older.txt").unwrap()["fingerprint"].clone();
    sandbox.run(["allow", "old.txt:2", "--reason", "revoked"]).code(0);
    sandbox.run(["history"]).code(1).hides(" old.txt");
    sandbox.run(["allow", print.as_str().unwrap(), "--reason", "revoked"]).code(0);
    sandbox.run(["history"]).code(0).warns("2 allowed by .keysieve.yml");
    sandbox.run(["allow", "old.txt:1", "--reason", "x"]).code(3).warns("no such file");
    sandbox.run(["allow", &format!("ks1:{}", "0".repeat(32)), "--reason", "x"]).code(2);
    sandbox.run(["allow", "check", "--history"]).code(0);
}
