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
    let ran = ran.warns("NeoSpeech").warns("this commit: its message holds a secret.").hides(&secret);
    // What was written is not lost, and the refusal says where it is.
    let told = ran.err.split("to go on with it:  ").nth(1).expect("it says so").lines().next().unwrap();
    let taken = sandbox.run_command(sandbox.command("sh").args(["-c", &told.replace("-eF", "-qF")]), b"");
    assert!(taken.code != 0 && taken.err.contains("its message holds"), "the same message: {}", taken.err);
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

/// Commits with an editor that writes `text` above what git has put there; whether the commit was refused.
fn refuses(sandbox: &Sandbox, options: &[&str], text: &str) -> bool {
    let editor = sandbox.outside().join("editor");
    let script =
        format!("#!/bin/sh\nprintf '%s' '{text}' | cat - \"$1\" >\"$1.new\" && mv \"$1.new\" \"$1\"\n");
    std::fs::write(&editor, script).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&editor, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let mut git = sandbox.command("git");
    git.env("GIT_EDITOR", &editor).args(options).args(["commit", "-q", "--allow-empty"]);
    let verbose = options.is_empty();
    let ran = sandbox.run_command(git.args(verbose.then_some("-v")), b"");
    assert_eq!(ran.code != 0, ran.err.contains("NeoSpeech"), "{}", ran.err);
    ran.code != 0
}

#[test]
fn what_git_records_is_what_counts() {
    let secret = key(RULE);
    let sandbox = Sandbox::git();
    sandbox.run(["hook", "install", "--stage", "commit-msg"]).code(0);
    let (hash, semicolon) = (format!("subject\n\n# {secret}\n"), format!("subject\n\n; {secret}\n"));
    // The diff that `commit -v` shows holds a key, and is not recorded with the message.
    sandbox.file("a", format!("{secret}\n")).run_git(["add", "a"]);
    assert!(!refuses(&sandbox, &[], "subject\n"));
    for mode in ["whitespace", "verbatim", "scissors"] {
        let cleanup = format!("commit.cleanup={mode}");
        sandbox.file("a", format!("{secret}\n{mode}\n")).run_git(["add", "a"]);
        assert!(refuses(&sandbox, &["-c", &cleanup, "-c", "commit.verbose=true"], &hash), "{mode}");
        assert!(!refuses(&sandbox, &["-c", &cleanup, "-c", "commit.verbose=true"], "subject\n"), "{mode}");
    }
    assert!(!refuses(&sandbox, &["-c", "commit.cleanup=strip"], &hash));
    // Another mark, of the command line and of the repository.
    assert!(!refuses(&sandbox, &["-c", "core.commentChar=;"], &semicolon));
    assert!(refuses(&sandbox, &["-c", "core.commentChar=;"], &hash));
    sandbox.run_git(["config", "core.commentChar", ";"]);
    assert!(!refuses(&sandbox, &["-c", "a.b=c"], &semicolon));
    assert!(refuses(&sandbox, &["-c", "a.b=c"], &hash));
    // With `auto` git takes a mark that no line of the message begins with.
    sandbox.run_git(["config", "core.commentChar", "auto"]);
    assert!(!refuses(&sandbox, &["-c", "a.b=c"], &hash));
    sandbox.file("template", "# kept, so that another mark is needed\n");
    assert!(refuses(&sandbox, &["-c", "commit.template=template"], &hash));
    assert!(!refuses(&sandbox, &["-c", "commit.template=template"], &semicolon));
}

/// Git does not tell its hooks of `--cleanup`; where Linux shows the command line, it counts.
#[cfg(target_os = "linux")]
#[test]
fn the_cleanup_of_the_command_line_counts() {
    let secret = key(RULE);
    let sandbox = Sandbox::git();
    sandbox.run(["hook", "install", "--stage", "commit-msg"]).code(0);
    sandbox.file("msg", format!("subject\n\n# {secret}\n"));
    let commit = |options: &[&str]| {
        let ran = sandbox.try_git([&["commit", "-q", "--allow-empty"], options].concat());
        assert_eq!(ran.code != 0, ran.err.contains("NeoSpeech"), "{options:?} {}", ran.err);
        let refused = ran.code != 0;
        assert!(refused || !sandbox.run_git(["log", "-1", "--format=%B"]).contains(&secret), "{options:?}");
        refused
    };
    assert!(commit(&["-F", "msg"]));
    assert!(!commit(&["-F", "msg", "--cleanup=strip"]));
    assert!(commit(&["-F", "msg", "--cleanup=strip", "--cleanup", "verbatim"]));
    sandbox.run_git(["config", "commit.cleanup", "strip"]);
    assert!(!commit(&["-F", "msg"]));
    assert!(commit(&["-F", "msg", "--cleanup=whitespace"]));
    sandbox.run_git(["config", "alias.ci", "commit --cleanup=strip"]);
    let ran = sandbox.try_git(["ci", "-q", "--allow-empty", "-F", "msg"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
}
