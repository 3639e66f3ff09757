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
