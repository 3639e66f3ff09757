//! The audit: files, history and hygiene in one report, and what to do first.

use crate::sandbox::{Sandbox, keyed};

const RULE: &str = "voicgen-live-api-key";

/// Commits everything on a day.
fn commit_on(sandbox: &Sandbox, day: &str, message: &str) {
    sandbox.run_git(["add", "-A", "-f"]);
    let mut git = sandbox.command("git");
    git.args(["commit", "-q", "-m", message]);
    for role in ["AUTHOR", "COMMITTER"] {
        git.env(format!("GIT_{role}_DATE"), format!("{day}T10:00:00Z"));
    }
    assert_eq!(sandbox.run_command(&mut git, b"").code, 0);
}

#[test]
fn files_history_and_hygiene_are_one_report() {
    let sandbox = Sandbox::git();
    sandbox.file("CODEOWNERS", "* @everyone\n/app/ @app-team\n");
    sandbox.file("app/old.py", format!("VOICGEN_API_KEY = '{}'\n", keyed(RULE, 1)));
    commit_on(&sandbox, "2020-01-01", "old");
    sandbox.run_git(["rm", "-q", "app/old.py"]);
    sandbox.file("app/id_rsa", "x\n").file("app/now.py", format!("VOICGEN_API_KEY = '{}'\n", keyed(RULE, 2)));
    commit_on(&sandbox, "2020-02-01", "now");
    sandbox.file("app/new.py", format!("VOICGEN_API_KEY = '{}'\n", keyed(RULE, 3)));
    let ran = sandbox.run(["audit", "--format", "jsonl"]).code(1);
    let findings = ran.findings();
    let find = |path: &str| {
        findings.iter().find(|f| f["path"] == path).unwrap_or_else(|| panic!("{path}: {findings:?}")).clone()
    };
    assert_eq!(findings.len(), 4, "{findings:?}");
    let (old, now, new) = (find("app/old.py"), find("app/now.py"), find("app/new.py"));
    assert!(old["in_head"] == false && now["in_head"] == true && new["commit"].is_null());
    assert!(old["age_days"].as_u64() > Some(2000) && old["owner"] == "@app-team", "{old}");
    assert_eq!(find("app/id_rsa")["rule"], "hygiene-ssh-key");
    let first: Vec<&str> = ran.err.lines().filter(|l| l.contains("do first")).collect();
    assert_eq!(first.len(), 4, "{}", ran.err);
    assert!(first[0].contains("id_rsa") && first[3].contains("gone from HEAD"), "{first:#?}");
    assert!(first[3].contains("older than the 90 days advised") && first[3].contains("owner @app-team"));
    for seed in [1, 2, 3] {
        assert!(!ran.out.contains(&keyed(RULE, seed)) && !ran.err.contains(&keyed(RULE, seed)));
    }
}

#[test]
fn one_key_for_two_environments_is_said() {
    let sandbox = Sandbox::git();
    let key = keyed(RULE, 1);
    sandbox.file("a.sh", format!("VOICGEN_API_KEY_DEV={key}\nVOICGEN_API_KEY_PROD={key}\n"));
    sandbox.commit("x");
    sandbox
        .run(["audit"])
        .code(1)
        .warns("one key for several environments")
        .warns("VOICGEN_API_KEY_DEV (development)")
        .warns("VOICGEN_API_KEY_PROD (production)")
        .hides(&key);
    let sandbox = Sandbox::git();
    sandbox.file("a.sh", format!("VOICGEN_API_KEY_DEV={key}\nVOICGEN_API_KEY_PROD={}\n", keyed(RULE, 2)));
    let ran = sandbox.commit("x").run(["audit"]).code(1);
    assert!(!ran.err.contains("several environments"), "{}", ran.err);
}

#[test]
fn what_ships_to_browsers_is_worse() {
    let sandbox = Sandbox::git();
    let key = keyed(RULE, 1);
    let severity = |path: &str, name: &str| {
        sandbox.file(path, format!("const x = {{ {name}: '{key}' }};\n"));
        let finding = sandbox.run(["scan", "-f", "jsonl", path]).code(1).findings().remove(0);
        finding["severity"].as_str().unwrap().to_owned()
    };
    assert_eq!(severity("src/a.js", "VOICGEN_API_KEY"), "high");
    for name in ["NEXT_PUBLIC_VOICGEN_API_KEY", "VITE_VOICGEN_API_KEY", "REACT_APP_VOICGEN_API_KEY"] {
        assert_eq!(severity("src/b.js", name), "critical", "{name}");
    }
    assert_eq!(severity("public/c.js", "VOICGEN_API_KEY"), "critical");
    assert_eq!(severity("static/js/d.js", "VOICGEN_API_KEY"), "critical");
}

#[test]
fn each_format_tells_an_audit_and_a_folder_without_repository_is_none() {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", format!("VOICGEN_API_KEY={}\n", keyed(RULE, 1))).commit("x");
    for format in ["text", "json", "jsonl", "sarif", "gitlab", "github", "junit", "csv", "markdown", "html"] {
        sandbox.run(["audit", "-f", format]).code(1).says("a.txt").hides(&keyed(RULE, 1));
    }
    let plain = Sandbox::new();
    plain.run(["audit"]).code(3).warns("not a git repository");
    plain.run(["audit", "nowhere"]).code(3);
    let empty = Sandbox::git();
    empty.run(["audit"]).code(0);
}

#[test]
fn several_repositories_are_one_report_and_each_keeps_its_own_settings() {
    let one = Sandbox::git();
    let line = |seed| format!("VOICGEN_API_KEY = '{}'\n", keyed(RULE, seed));
    one.file("old", line(1)).commit("old");
    one.run_git(["rm", "-q", "old"]);
    one.commit("gone").file("new", line(2)).file("allowed", line(3));
    one.file(".keysieve.yml", "allow:\n  - path: allowed\n    reason: fine\n");
    let two = Sandbox::git();
    two.file("sub/old", line(4)).file("allowed", line(5)).commit("two");
    let paths = |args: &[&str]| {
        let ran = one.run([&["audit", "--format=jsonl"], args].concat()).code(1);
        let mut paths: Vec<String> =
            ran.findings().iter().map(|f| f["path"].as_str().unwrap().to_owned()).collect();
        paths.sort();
        paths
    };
    assert_eq!(paths(&[]), ["new", "old"]);
    let other = two.dir.display().to_string();
    assert_eq!(paths(&[&other]), ["allowed", "sub/old"]);
    let all = [format!("{other}/allowed"), format!("{other}/sub/old"), "./new".into(), "./old".into()];
    let mut all = all.to_vec();
    all.sort();
    assert_eq!(paths(&[&other, "."]), all);
    two.file(".keysieve.yml", "nonsense: 1\n");
    one.run(["audit", ".", &other]).code(2).warns(".keysieve.yml:1");
}
