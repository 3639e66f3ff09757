//! The files in `ci/` and `templates/`, to be copied into other projects: their own lines are run in a real clone, with the
//! variables that each system documents.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use serde_yaml::{Deserializer, Value};

use super::sandbox::{Ran, Sandbox, key, keyed, keysieve};

const RULE: &str = "github-personal-access-token";

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The last document of a YAML file, where it is followed by these names and numbers.
fn script(path: &str, steps: &[&str]) -> String {
    let text = text(path);
    let mut value: Value =
        Deserializer::from_str(&text).map(|d| serde::Deserialize::deserialize(d).unwrap()).last().unwrap();
    for step in steps {
        value = match step.parse::<usize>() {
            Ok(number) => value[number].clone(),
            Err(_) => value[*step].clone(),
        };
    }
    value.as_str().unwrap_or_else(|| panic!("{path}: no script at {steps:?}")).to_owned()
}

/// A clone whose branch `topic` adds a key and takes it out again; `main` holds an old one.
struct Clone {
    sandbox: Sandbox,
    dir: PathBuf,
    base: String,
    head: String,
}

fn cloned() -> Clone {
    let sandbox = Sandbox::git();
    sandbox.file("old.py", format!("t = \"{}\"\n", key(RULE))).commit("old");
    let base = sandbox.run_git(["rev-parse", "HEAD"]);
    sandbox.run_git(["checkout", "-q", "-b", "topic"]);
    sandbox.file("new.py", format!("t = \"{}\" # keysieve:allow mine\n", keyed(RULE, 9))).commit("allowed");
    sandbox.file("new.py", format!("t = \"{}\"\n", keyed(RULE, 8))).commit("not allowed");
    sandbox.file("new.py", "t = 1\n").commit("out again");
    let head = sandbox.run_git(["rev-parse", "HEAD"]);
    sandbox.run_git(["checkout", "-q", "main"]);
    let dir = sandbox.outside().join("clone");
    sandbox.run_git(["clone", "-q", "-b", "topic", ".", dir.to_str().unwrap()]);
    Clone { sandbox, dir, base, head }
}

impl Clone {
    /// Runs a script as CI systems do, with the keysieve under test first on the PATH.
    fn run(&self, shell: &str, script: &str, variables: &[(&str, &str)]) -> Ran {
        let mut path = std::env::var("PATH").unwrap();
        for bin in ["bin", "home/.local/bin"] {
            let bin = self.sandbox.outside().join(bin);
            fs::create_dir_all(&bin).unwrap();
            let _ = symlink(keysieve(), bin.join("keysieve"));
            path = format!("{}:{path}", bin.display());
        }
        let mut command = self.sandbox.command(shell);
        command.args(["-e", "-c", script]).current_dir(&self.dir).env("PATH", path);
        self.sandbox.run_command(command.envs(variables.iter().copied()), b"")
    }

    /// What a pull request adds is found, and nothing else; a report is there for the system to collect.
    #[track_caller]
    fn finds_what_is_new(&self, ran: Ran, report: &str) {
        let ran = ran.code(1).hides("old.py").hides(&keyed(RULE, 8));
        let told = fs::read_to_string(self.dir.join(report)).unwrap_or_else(|e| panic!("{report}: {e}"));
        assert!(told.contains("new.py") && !told.contains("old.py"), "{report}\n{told}\n{}", ran.err);
        fs::remove_file(self.dir.join(report)).unwrap();
    }
}

#[test]
fn gitlab() {
    let clone = cloned();
    let script =
        script("templates/keysieve.yml", &["keysieve", "script", "0"]).replace("$[[ inputs.options ]]", "");
    let own = [
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", clone.base.as_str()),
        ("CI_COMMIT_SHA", &clone.head),
        ("CI_MERGE_REQUEST_PROJECT_ID", "7"),
        ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "7"),
    ];
    clone.finds_what_is_new(clone.run("sh", &script, &own), "gl-secret-detection-report.json");
    let quality = fs::read_to_string(clone.dir.join("gl-code-quality-report.json")).unwrap();
    assert_eq!(quality.matches("\"fingerprint\"").count(), 1);
    let mut fork = own;
    fork[3].1 = "8";
    clone.finds_what_is_new(clone.run("sh", &script, &fork), "gl-secret-detection-report.json");
    let quality = fs::read_to_string(clone.dir.join("gl-code-quality-report.json")).unwrap();
    assert_eq!(quality.matches("\"fingerprint\"").count(), 2, "a fork's comments allow nothing");
    clone.run("sh", &script, &[("CI_COMMIT_SHA", &clone.head)]).code(1).says("old.py").says("new.py");
}

#[test]
fn bitbucket() {
    let clone = cloned();
    let script = script("ci/bitbucket-pipelines.yml", &["definitions", "steps", "0", "step", "script", "0"]);
    fs::create_dir(clone.dir.join("test-results")).unwrap();
    let request =
        [("BITBUCKET_PR_DESTINATION_COMMIT", clone.base.as_str()), ("BITBUCKET_COMMIT", &clone.head)];
    clone.finds_what_is_new(clone.run("sh", &script, &request), "test-results/keysieve.xml");
    clone.run("sh", &script, &[("BITBUCKET_COMMIT", &clone.head)]).code(1).says("old.py");
}

#[test]
fn azure() {
    let clone = cloned();
    let script = script("ci/azure-pipelines.yml", &["jobs", "0", "steps", "2", "bash"]);
    let request =
        [("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"), ("SYSTEM_PULLREQUEST_ISFORK", "False")];
    clone.finds_what_is_new(clone.run("bash", &script, &request), "keysieve.xml");
    let fork = [request[0], ("SYSTEM_PULLREQUEST_ISFORK", "True")];
    let ran = clone.run("bash", &script, &fork).warns("2 findings");
    clone.finds_what_is_new(ran, "keysieve.sarif");
    clone.run("bash", &script, &[]).code(1).says("old.py");
}

#[test]
fn circleci() {
    let clone = cloned();
    let script = script("ci/circleci.yml", &["jobs", "keysieve", "steps", "1", "run", "command"]);
    clone
        .finds_what_is_new(clone.run("bash", &script, &[("CIRCLE_BRANCH", "topic")]), "results/keysieve.xml");
    clone.run("bash", &script, &[("CIRCLE_BRANCH", "main")]).code(1).says("old.py");
}

#[test]
fn jenkins() {
    let clone = cloned();
    let file = text("ci/Jenkinsfile");
    let script = file.split("'''").nth(1).expect("a script");
    clone.finds_what_is_new(clone.run("sh", script, &[("CHANGE_TARGET", "main")]), "keysieve.xml");
    let ran = clone.run("sh", script, &[("CHANGE_TARGET", "main"), ("CHANGE_FORK", "stranger")]);
    clone.finds_what_is_new(ran.warns("2 findings"), "keysieve.xml");
    clone.run("sh", script, &[]).code(1).says("old.py");
}

#[test]
fn buildkite() {
    let clone = cloned();
    let script = script("ci/buildkite.yml", &["steps", "0", "command"]).replace("$$", "$");
    let request = [
        ("BUILDKITE_PULL_REQUEST", "3"),
        ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "main"),
        ("BUILDKITE_COMMIT", clone.head.as_str()),
    ];
    clone.finds_what_is_new(clone.run("bash", &script, &request), "keysieve.html");
    let push = [("BUILDKITE_PULL_REQUEST", "false"), ("BUILDKITE_COMMIT", clone.head.as_str())];
    clone.run("bash", &script, &push).code(1).says("old.py");
}

#[test]
fn woodpecker() {
    let clone = cloned();
    let script = script("ci/woodpecker.yml", &["steps", "keysieve", "commands", "0"]);
    let request = [
        ("CI_PIPELINE_EVENT", "pull_request"),
        ("CI_COMMIT_TARGET_BRANCH", "main"),
        ("CI_COMMIT_SHA", clone.head.as_str()),
    ];
    clone.run("sh", &script, &request).code(1).says("new.py").hides("old.py");
    clone.run("sh", &script, &[("CI_PIPELINE_EVENT", "push")]).code(1).says("old.py");
}

#[test]
fn what_cannot_be_compared_is_never_clean() {
    let clone = cloned();
    let script = script("ci/woodpecker.yml", &["steps", "keysieve", "commands", "0"]);
    let gone = [
        ("CI_PIPELINE_EVENT", "pull_request"),
        ("CI_COMMIT_TARGET_BRANCH", "gone"),
        ("CI_COMMIT_SHA", "HEAD"),
    ];
    clone.run("sh", &script, &gone).code(3);
}
