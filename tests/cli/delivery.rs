//! How other projects call us: the scripts of the GitHub Action in real repositories, and the versions that must agree.

use std::fs;
use std::path::{Path, PathBuf};

use super::sandbox::{Ran, Sandbox, key, keysieve};

const RULE: &str = "github-personal-access-token";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// Runs the action's scan step with these variables; returns what it did, the outputs and the summary.
fn action(sandbox: &Sandbox, envs: &[(&str, &str)]) -> (Ran, String, String) {
    let bin = sandbox.outside().join("temp/keysieve-bin");
    fs::create_dir_all(&bin).unwrap();
    fs::copy(keysieve(), bin.join("keysieve")).unwrap();
    let (outputs, summary) = (sandbox.outside().join("outputs"), sandbox.outside().join("summary.md"));
    for file in [&outputs, &summary] {
        fs::write(file, "").unwrap();
    }
    let mut command = sandbox.command("bash");
    command
        .arg(root().join("ci/github/run.sh"))
        .env("RUNNER_TEMP", sandbox.outside().join("temp"))
        .env("GITHUB_OUTPUT", &outputs)
        .env("GITHUB_STEP_SUMMARY", &summary)
        .env("KEYSIEVE_DEFAULT_BRANCH", "main")
        .envs(envs.iter().copied());
    let ran = sandbox.run_command(&mut command, b"");
    (ran, fs::read_to_string(outputs).unwrap(), fs::read_to_string(summary).unwrap())
}

/// A repository with an old key on main, and a branch that adds another and takes it out again.
fn repository() -> (Sandbox, String, String) {
    let sandbox = Sandbox::git();
    sandbox.file("old.py", format!("t = \"{}\"\n", key(RULE))).commit("old");
    let base = sandbox.run_git(["rev-parse", "HEAD"]);
    sandbox.run_git(["checkout", "-q", "-b", "topic"]);
    sandbox.file("new.py", format!("t = \"{}\"\n", super::sandbox::keyed(RULE, 9))).commit("add");
    fs::remove_file(sandbox.dir.join("new.py")).unwrap();
    sandbox.file("fine.py", "t = 1\n").commit("take it out");
    let head = sandbox.run_git(["rev-parse", "HEAD"]);
    (sandbox, base, head)
}

#[test]
fn a_pull_request_is_judged_by_what_it_adds() {
    let (sandbox, base, head) = repository();
    let (ran, outputs, summary) = action(
        &sandbox,
        &[("GITHUB_EVENT_NAME", "pull_request"), ("KEYSIEVE_BASE", &base), ("KEYSIEVE_HEAD", &head)],
    );
    let ran = ran.code(0).says("::error ").says("new.py");
    assert!(!ran.out.contains("old.py"), "{}", ran.out);
    assert_eq!(outputs, "exit-code=1\nsarif-file=keysieve.sarif\n");
    assert!(summary.contains("new.py") && summary.starts_with("# keysieve"), "{summary}");
    let sarif: serde_json::Value =
        serde_json::from_slice(&fs::read(sandbox.dir.join("keysieve.sarif")).unwrap()).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 1);
}

#[test]
fn a_pull_request_without_a_key_is_clean() {
    let (sandbox, base, _) = repository();
    sandbox.run_git(["checkout", "-q", "-b", "clean", "main"]);
    sandbox.file("c.py", "x = 1\n").commit("clean");
    let head = sandbox.run_git(["rev-parse", "HEAD"]);
    let (ran, outputs, _) = action(
        &sandbox,
        &[("GITHUB_EVENT_NAME", "pull_request"), ("KEYSIEVE_BASE", &base), ("KEYSIEVE_HEAD", &head)],
    );
    ran.code(0);
    assert!(outputs.starts_with("exit-code=0\n"), "{outputs}");
}

#[test]
fn a_new_branch_is_judged_against_the_default_branch_or_as_a_whole() {
    let (sandbox, base, head) = repository();
    let zero = "0".repeat(40);
    let push =
        [("GITHUB_EVENT_NAME", "push"), ("KEYSIEVE_BASE", zero.as_str()), ("KEYSIEVE_HEAD", head.as_str())];
    let (ran, outputs, _) = action(&sandbox, &push);
    ran.code(0).says("keysieve history").says("old.py");
    assert!(outputs.starts_with("exit-code=1\n"), "{outputs}");
    sandbox.run_git(["update-ref", "refs/remotes/origin/main", &base]);
    let (ran, ..) = action(&sandbox, &push);
    assert!(!ran.code(0).says("new.py").out.contains("old.py"));
}

#[test]
fn an_event_cannot_smuggle_options_in() {
    let (sandbox, _, head) = repository();
    let (ran, ..) = action(
        &sandbox,
        &[("GITHUB_EVENT_NAME", "push"), ("KEYSIEVE_BASE", "--output=/tmp/x"), ("KEYSIEVE_HEAD", &head)],
    );
    ran.code(0).says("keysieve history\n");
}

#[test]
fn forks_cannot_silence_the_scan() {
    let (sandbox, base, _) = repository();
    sandbox.run_git(["checkout", "-q", "-b", "fork", "main"]);
    sandbox
        .file("f.py", format!("t = \"{}\" # keysieve:allow fine\n", super::sandbox::keyed(RULE, 5)))
        .commit("fork");
    let head = sandbox.run_git(["rev-parse", "HEAD"]);
    let request = [
        ("GITHUB_EVENT_NAME", "pull_request"),
        ("KEYSIEVE_BASE", base.as_str()),
        ("KEYSIEVE_HEAD", head.as_str()),
    ];
    let (_, own, _) = action(&sandbox, &request);
    assert!(own.starts_with("exit-code=0\n"), "{own}");
    let (_, fork, _) = action(&sandbox, &[&request[..], &[("KEYSIEVE_FORK", "true")]].concat());
    assert!(fork.starts_with("exit-code=1\n"), "{fork}");
}

#[test]
fn all_packages_have_one_version() {
    let version = env!("CARGO_PKG_VERSION");
    let text = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    for path in ["python/pyproject.toml", "pyproject.toml"] {
        assert!(text(path).contains(&format!("version = \"{version}\"")), "{path}");
    }
    assert!(text("pyproject.toml").contains(&format!("keysieve=={version}")));
    let npm: serde_json::Value = serde_json::from_str(&text("npm/keysieve/package.json")).unwrap();
    assert_eq!(npm["version"], version);
    assert!(npm["optionalDependencies"].as_object().unwrap().values().all(|v| v == version));
    for path in [
        ".pre-commit-hooks.yaml",
        "templates/keysieve.yml",
        "ci/bitbucket-pipelines.yml",
        "ci/circleci.yml",
        "ci/Jenkinsfile",
        "ci/woodpecker.yml",
    ] {
        assert!(text(path).contains(&format!("ghcr.io/keysieve/keysieve:{version}")), "{path}");
    }
    assert!(text("ci/azure-pipelines.yml").contains(&format!("keysieve=={version}")));
}

#[test]
fn manual_pages_go_into_a_folder_that_is_made_for_them() {
    let sandbox = Sandbox::new();
    sandbox.run(["man", "--dir", "share/man1"]).code(0);
    let pages = fs::read_dir(sandbox.dir.join("share/man1")).unwrap().count();
    assert!(pages > 20, "{pages} pages");
    sandbox.file("taken", "").run(["man", "--dir", "taken"]).code(2).warns("taken: cannot create");
}

#[test]
fn shell_scripts_are_clean() {
    let sandbox = Sandbox::new();
    if std::process::Command::new("shellcheck").arg("--version").output().is_err() {
        eprintln!("SKIPPED: no shellcheck on this machine");
        return;
    }
    let scripts = ["ci/github/run.sh", "ci/github/install.sh"].map(|s| root().join(s));
    sandbox.run_command(sandbox.command("shellcheck").args(scripts), b"").code(0);
}
