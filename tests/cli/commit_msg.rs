//! `keysieve hook run commit-msg`: the message as git will record it.

use super::sandbox::{Sandbox, key};

const RULE: &str = "neospeech-api-key";

#[test]
fn a_key_in_the_message_is_refused_and_hidden() {
    let secret = key(RULE);
    let sandbox = Sandbox::git();
    sandbox.run(["hook", "install", "--stage", "commit-msg"]).code(0);
    sandbox.file("a", "a").run_git(["add", "a"]);
    let ran = sandbox.try_git(["commit", "-m", &format!("use {secret}")]);
    assert_ne!(ran.code, 0);
    ran.warns("NeoSpeech").hides(&secret);
    sandbox.run_git(["commit", "-q", "-m", "use the key from the environment"]);
}

#[test]
fn comments_are_not_recorded_and_do_not_count_unless_no_editor_was_used() {
    let secret = key(RULE);
    let sandbox = Sandbox::git();
    sandbox.file("msg", format!("subject\n# {secret}\n"));
    sandbox.run(["hook", "run", "commit-msg", "--", "msg"]).code(0);
    sandbox
        .file("cut", format!("subject\n# ------------------------ >8 ------------------------\n+{secret}\n"));
    sandbox.run(["hook", "run", "commit-msg", "--", "cut"]).code(0);
    // `git commit -m '# …'` records the line, and tells hooks that no editor was used.
    let sandbox = sandbox.env("GIT_EDITOR", ":");
    sandbox.run(["hook", "run", "commit-msg", "--", "msg"]).code(1).hides(&secret);
}

#[test]
fn a_person_who_must_pass_can_and_it_is_said() {
    let sandbox = Sandbox::git();
    sandbox.file("msg", format!("subject {}\n", key(RULE)));
    sandbox.run(["hook", "run", "commit-msg", "--", "msg"]).code(1).warns("KEYSIEVE_SKIP=1");
    let sandbox = sandbox.env("SKIP", "other,keysieve");
    sandbox.run(["hook", "run", "commit-msg", "--", "msg"]).code(0).warns("SKIP=keysieve");
}

#[test]
fn a_message_that_cannot_be_read_is_no_clean_message() {
    let sandbox = Sandbox::git();
    sandbox.run(["hook", "run", "commit-msg", "--", "gone"]).code(3).warns("gone: cannot read");
    sandbox.run(["hook", "run", "commit-msg"]).code(2);
}
