//! `keysieve diff` without a range, as each CI system calls it.

use super::sandbox::{Ran, Sandbox, key};

const RULE: &str = "github-personal-access-token";

/// `main` with an old key; `work`, checked out, with a clean commit, then one with a key, then one without it.
struct Repository {
    sandbox: Sandbox,
    base: String,
    clean: String,
    head: String,
}

fn repository() -> Repository {
    let sandbox = Sandbox::git();
    sandbox.file("old", format!("t={}\n", key(RULE))).commit("old");
    let base = sandbox.run_git(["rev-parse", "HEAD"]);
    sandbox.run_git(["update-ref", "refs/remotes/origin/main", "HEAD"]);
    sandbox.run_git(["checkout", "-q", "-b", "work"]);
    sandbox.file("a", "a\n").commit("clean");
    let clean = sandbox.run_git(["rev-parse", "HEAD"]);
    sandbox.file("new", format!("t={}\n", super::sandbox::keyed(RULE, 2))).commit("leak");
    sandbox.file("new", "").commit("out again");
    let head = sandbox.run_git(["rev-parse", "HEAD"]);
    Repository { sandbox, base, clean, head }
}

fn diff(sandbox: &Sandbox, variables: &[(&str, &str)]) -> Ran {
    let mut command = sandbox.command(super::sandbox::keysieve());
    command.arg("diff").envs(variables.iter().copied());
    sandbox.run_command(&mut command, b"")
}

const ZEROS: &str = "0000000000000000000000000000000000000000";

#[test]
fn each_system_names_its_range() {
    let Repository { sandbox, base, clean, head } = repository();
    let pull_request = format!(
        "{{\"pull_request\": {{\"base\": {{\"sha\": \"{base}\"}}, \"head\": {{\"sha\": \"{head}\"}}}}}}"
    );
    let push = format!("{{\"before\": \"{base}\", \"repository\": {{\"default_branch\": \"main\"}}}}");
    sandbox.file("../pull_request.json", pull_request).file("../push.json", push);
    let event = |name: &str| sandbox.outside().join(name).display().to_string();
    let (pull_request, push) = (event("pull_request.json"), event("push.json"));
    let cases: [&[(&str, &str)]; 11] = [
        &[("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_PATH", &pull_request)],
        &[("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_PATH", &push), ("GITHUB_SHA", &head)],
        &[("GITHUB_ACTIONS", "true"), ("GITHUB_BASE_REF", "main")],
        &[("GITLAB_CI", "true"), ("CI_MERGE_REQUEST_DIFF_BASE_SHA", &base), ("CI_COMMIT_BEFORE_SHA", ZEROS)],
        &[("GITLAB_CI", "true"), ("CI_COMMIT_BEFORE_SHA", ZEROS), ("CI_DEFAULT_BRANCH", "main")],
        &[
            ("BITBUCKET_BUILD_NUMBER", "7"),
            ("BITBUCKET_PR_DESTINATION_COMMIT", &base),
            ("BITBUCKET_COMMIT", &head),
        ],
        &[("TF_BUILD", "True"), ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main")],
        &[
            ("BUILDKITE", "true"),
            ("BUILDKITE_PULL_REQUEST", "3"),
            ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "main"),
        ],
        &[
            ("BUILDKITE", "true"),
            ("BUILDKITE_PULL_REQUEST", "false"),
            ("BUILDKITE_PIPELINE_DEFAULT_BRANCH", "main"),
        ],
        &[("CI", "woodpecker"), ("CI_PIPELINE_EVENT", "pull_request"), ("CI_COMMIT_TARGET_BRANCH", "main")],
        &[("JENKINS_URL", "http://localhost/"), ("CHANGE_TARGET", "main")],
    ];
    for case in cases {
        let ran = diff(&sandbox, case).code(1).says("new:1").warns("3 commits");
        assert!(!ran.out.contains("old:1"), "{case:?}: {}", ran.out);
    }
    // A push of the last two commits, one of which holds the key; and of the last one, which does not.
    let before = |before: &str| diff(&sandbox, &[("CI", "woodpecker"), ("CI_PREV_COMMIT_SHA", before)]);
    before(&clean).code(1).warns("2 commits");
    before("HEAD~1").code(0).warns("1 commit");
}

#[test]
fn without_a_base_everything_is_new() {
    let Repository { sandbox, .. } = repository();
    let ran = diff(&sandbox, &[("CIRCLECI", "true")]).code(1).says("old:1").says("new:1");
    ran.warns("all commits of HEAD");
    sandbox.run_git(["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
    let ran = diff(&sandbox, &[("CIRCLECI", "true")]).code(1).says("new:1");
    assert!(!ran.out.contains("old:1"));
}

#[test]
fn a_base_that_is_not_here_is_an_error_with_its_cure() {
    let Repository { sandbox, .. } = repository();
    diff(&sandbox, &[]).code(2).warns("origin/main...HEAD");
    let gone = "1111111111111111111111111111111111111111";
    diff(&sandbox, &[("GITLAB_CI", "true"), ("CI_MERGE_REQUEST_DIFF_BASE_SHA", gone)])
        .code(3)
        .warns("GIT_DEPTH");
    diff(&sandbox, &[("GITHUB_ACTIONS", "true"), ("GITHUB_BASE_REF", "gone")])
        .code(3)
        .warns("fetch-depth: 0");
    let option = [("GITHUB_ACTIONS", "true"), ("GITHUB_BASE_REF", "--output=x")];
    diff(&sandbox, &option).code(3);
    // A forced push drops what was there before: the default branch is the next best. A shallow clone only lacks it.
    let forced = [("GITLAB_CI", "true"), ("CI_COMMIT_BEFORE_SHA", gone), ("CI_DEFAULT_BRANCH", "main")];
    diff(&sandbox, &forced).code(1).warns("3 commits");
    sandbox.run_git([
        "clone",
        "-q",
        "--depth",
        "2",
        &format!("file://{}", sandbox.dir.display()),
        "../shallow",
    ]);
    let mut command = sandbox.command(super::sandbox::keysieve());
    command.arg("diff").envs(forced).current_dir(sandbox.outside().join("shallow"));
    sandbox.run_command(&mut command, b"").code(3).warns("GIT_DEPTH");
}
