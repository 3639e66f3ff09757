//! The hooks that judge a push, called by a real `git push`.

use std::fs;

use super::sandbox::{Ran, Sandbox, key, keyed};

const RULE: &str = "neospeech-api-key";

/// A repository with one commit, pushed to `origin`, and the hook of a stage in place.
fn pushed(stage: &str) -> Sandbox {
    let sandbox = Sandbox::git();
    sandbox.run_git(["init", "-q", "--bare", "../origin.git"]);
    sandbox.run_git(["remote", "add", "origin", "../origin.git"]);
    sandbox.file("a", "a\n").commit("one");
    sandbox.run_git(["push", "-q", "origin", "main"]);
    let mut install = sandbox.command(super::sandbox::keysieve());
    install.args(["hook", "install", "--stage", stage]);
    if stage == "pre-receive" {
        install.current_dir(sandbox.outside().join("origin.git"));
    }
    sandbox.run_command(&mut install, b"").code(0);
    sandbox
}

fn push(sandbox: &Sandbox, words: &[&str]) -> Ran {
    sandbox.try_git(["push", "-q", "origin"].iter().chain(words))
}

fn both_ways(stage: &str) {
    let sandbox = pushed(stage);
    let secret = key(RULE);
    sandbox.file("b", "b\n").commit("clean");
    push(&sandbox, &["main"]).code(0);
    // A key that a later commit takes out again is pushed all the same.
    sandbox.file("k.py", format!("NEOSPEECH_API_KEY = '{secret}'\n")).commit("leak");
    sandbox.file("k.py", "").commit("out again");
    let ran = push(&sandbox, &["main"]);
    assert_ne!(ran.code, 0, "{}", ran.err);
    ran.warns("NeoSpeech").warns("k.py").hides(&secret);
    // On another branch, a tag and a forced update it is no better.
    assert_ne!(push(&sandbox, &["main:other"]).code, 0);
    assert_ne!(push(&sandbox, &["+main~1:refs/heads/main"]).code, 0);
    sandbox.run_git(["tag", "-a", "v1", "-m", &format!("use {}", keyed(RULE, 2)), "main~2"]);
    let ran = push(&sandbox, &["v1"]);
    assert_ne!(ran.code, 0, "the tag's message: {}", ran.err);
    // What the other side has already, and deletions, pass.
    push(&sandbox, &["main~2:refs/heads/again"]).code(0);
    push(&sandbox, &[":again"]).code(0);
}

#[test]
fn pre_push_judges_what_the_remote_does_not_have() {
    both_ways("pre-push");
}

#[test]
fn pre_receive_judges_what_the_server_does_not_have() {
    both_ways("pre-receive");
}

#[test]
fn a_tagged_blob_is_read() {
    let sandbox = pushed("pre-push");
    sandbox.file("blob", format!("NEOSPEECH_API_KEY={}\n", key(RULE)));
    let blob = sandbox.run_git(["hash-object", "-w", "blob"]);
    sandbox.run_git(["tag", "secret", &blob]);
    assert_ne!(push(&sandbox, &["secret"]).code, 0);
}

#[test]
fn a_push_option_passes_only_where_the_server_says_so_and_is_logged() {
    let sandbox = pushed("pre-receive");
    sandbox.file("k.py", format!("NEOSPEECH_API_KEY = '{}'\n", key(RULE))).commit("leak");
    let config = |name: &str, value: &str| {
        sandbox.run_git(["-C", "../origin.git", "config", name, value]);
    };
    config("receive.advertisePushOptions", "true");
    let pass = ["-o", "keysieve.skip=known and revoked", "main"];
    assert_ne!(push(&sandbox, &pass).code, 0, "not allowed");
    config("keysieve.allowPushBypass", "true");
    assert_ne!(push(&sandbox, &pass).code, 0, "no log");
    let log = sandbox.outside().join("log");
    config("keysieve.pushBypassLog", log.to_str().unwrap());
    push(&sandbox, &pass).code(0);
    assert!(fs::read_to_string(log).unwrap().contains("refs/heads/main by Ada Example: known and revoked"));
}

#[test]
fn input_that_is_not_gits_is_refused() {
    let sandbox = pushed("pre-push");
    sandbox.run_with(["hook", "run", "pre-push", "--", "origin", "url"], b"what is this\n").code(2);
    sandbox.run_with(["hook", "run", "pre-push", "--", "origin", "url"], b"").code(0);
}

#[test]
fn pre_commit_com_tells_its_hooks_one_ref_in_the_environment() {
    let sandbox = Sandbox::git().env("PRE_COMMIT", "1");
    let run = |from: Option<&str>, to: Option<&str>| {
        let mut command = sandbox.command(super::sandbox::keysieve());
        command.args(["hook", "run", "pre-push"]).env("PRE_COMMIT_REMOTE_NAME", "origin");
        command.envs(from.map(|from| ("PRE_COMMIT_FROM_REF", from)));
        command.envs(
            to.map(|to| (if from.is_some() { "PRE_COMMIT_TO_REF" } else { "PRE_COMMIT_LOCAL_BRANCH" }, to)),
        );
        sandbox.run_command(&mut command, b"")
    };
    sandbox.file("k.py", format!("NEOSPEECH_API_KEY = '{}'\n", key(RULE))).commit("leak");
    sandbox.file("a", "a\n").commit("clean");
    run(Some("HEAD~1"), Some("HEAD")).code(0);
    run(None, Some("refs/heads/main")).code(1).warns("k.py");
    run(None, None).code(3);
    run(Some("HEAD~1"), Some("no-such-commit")).code(3);
    // `pre-commit run --from-ref A --to-ref B`: nothing is staged, and the range is what is meant.
    let range = |from: &str| {
        let mut command = sandbox.command(super::sandbox::keysieve());
        command.args(["hook", "run", "pre-commit"]);
        command.env("PRE_COMMIT_FROM_REF", from).env("PRE_COMMIT_TO_REF", "HEAD");
        sandbox.run_command(&mut command, b"")
    };
    sandbox.file("c.py", format!("NEOSPEECH_API_KEY = '{}'\n", keyed(RULE, 3))).commit("another");
    range("HEAD~1").code(1).warns("c.py");
    sandbox.file("d", "d\n").commit("clean");
    range("HEAD~1").code(0).warns("1 commit");
    sandbox.run(["hook", "run", "pre-commit"]).code(0).warns("nothing is staged");
}

/// The quarantine names the repository's own objects in a list that colons part.
#[test]
fn a_server_whose_path_has_colons_and_quotes_judges_pushes_too() {
    let sandbox = Sandbox::git();
    let server = sandbox.outside().join("a:b \"c\\d.git");
    let path = server.display().to_string();
    sandbox.run_git(["init", "-q", "--bare", &path]);
    let mut install = sandbox.command(super::sandbox::keysieve());
    sandbox
        .run_command(install.args(["hook", "install", "--stage", "pre-receive"]).current_dir(&server), b"")
        .code(0);
    let url = format!("file://{path}");
    sandbox.run_git(["remote", "add", "origin", &url]);
    sandbox.file("a", "a\n").commit("one");
    push(&sandbox, &["main"]).code(0);
    sandbox.file("b", "b\n").commit("two");
    push(&sandbox, &["main"]).code(0);
    sandbox.file("k.py", format!("NEOSPEECH_API_KEY = '{}'\n", key(RULE))).commit("leak");
    assert_ne!(push(&sandbox, &["main"]).code, 0);
}
