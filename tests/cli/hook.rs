//! `keysieve hook install`, `uninstall`, `status`: the hook cannot be lost and does no harm.

use std::fs;

use super::sandbox::Sandbox;

fn hook(sandbox: &Sandbox, stage: &str) -> std::path::PathBuf {
    sandbox.dir.join(".git/hooks").join(stage)
}

#[test]
fn installing_twice_is_installing_once_and_uninstall_leaves_no_trace() {
    let sandbox = Sandbox::git();
    fs::remove_dir_all(sandbox.dir.join(".git/hooks")).unwrap();
    sandbox.run(["hook", "status"]).code(1).says("pre-commit   not installed");
    sandbox.run(["hook", "install"]).code(0).says("pre-commit: installed");
    sandbox.run(["hook", "install"]).code(0).says("is installed already");
    sandbox.run(["hook", "status"]).code(0).says("pre-commit   installed, calls /");
    sandbox.run(["hook", "uninstall"]).code(0).says("removed");
    assert_eq!(fs::read_dir(sandbox.dir.join(".git/hooks")).unwrap().count(), 0);
    sandbox.run(["hook", "uninstall"]).code(0);
}

#[test]
fn a_hook_that_was_there_runs_first_and_comes_back() {
    let sandbox = Sandbox::git();
    let text = "#!/bin/sh\necho from before >> ran\nexit 7\n";
    sandbox.file(".git/hooks/pre-commit", text);
    sandbox.run_command(sandbox.command("chmod").args(["755", ".git/hooks/pre-commit"]), b"").code(0);
    sandbox.run(["hook", "install"]).code(0).says("kept and runs first");
    sandbox.run_git(["add", "-A"]);
    assert_ne!(sandbox.try_git(["commit", "-m", "x"]).code, 0, "the old hook refuses");
    assert_eq!(fs::read_to_string(sandbox.dir.join("ran")).unwrap(), "from before\n");
    sandbox.run(["hook", "uninstall"]).code(0).says("the hook from before is back");
    assert_eq!(fs::read_to_string(hook(&sandbox, "pre-commit")).unwrap(), text);
}

#[test]
fn core_hooks_path_and_linked_work_trees_are_found_as_git_finds_them() {
    let sandbox = Sandbox::git();
    sandbox.file("a", "a").commit("one");
    sandbox.run_git(["worktree", "add", "-q", "../linked"]);
    sandbox.run(["hook", "install", "--stage", "pre-push"]).code(0);
    assert!(hook(&sandbox, "pre-push").is_file());
    let mut linked = sandbox.command(super::sandbox::keysieve());
    linked.current_dir(sandbox.outside().join("linked")).args(["hook", "status"]);
    sandbox.run_command(&mut linked, b"").says("pre-push     installed");
    sandbox.run_git(["config", "core.hooksPath", ".my hooks"]);
    sandbox.run(["hook", "install"]).code(0);
    assert!(sandbox.dir.join(".my hooks/pre-commit").is_file());
    assert!(!hook(&sandbox, "pre-commit").exists());
}

#[test]
fn a_program_that_is_gone_refuses_the_commit_and_says_so() {
    let sandbox = Sandbox::git();
    let copy = sandbox.outside().join("it's a copy");
    // By `cp`: a copy written by this process may still be open for writing in a child of another test's thread.
    sandbox.run_command(sandbox.command("cp").arg(super::sandbox::keysieve()).arg(&copy), b"").code(0);
    sandbox.run_command(sandbox.command(&copy).args(["hook", "install"]), b"").code(0);
    fs::remove_file(&copy).unwrap();
    sandbox.file("a", "a").run_git(["add", "a"]);
    let mut commit = sandbox.command("git");
    commit.args(["commit", "-m", "x"]).env("PATH", "/usr/bin:/bin");
    let ran = sandbox.run_command(&mut commit, b"");
    assert_ne!(ran.code, 0);
    ran.warns("keysieve program is gone").warns("it's a copy").warns("KEYSIEVE_SKIP=1");
    commit.env("KEYSIEVE_SKIP", "1");
    sandbox.run_command(&mut commit, b"").code(0);
}

#[test]
fn managers_keep_their_folder_and_get_their_lines() {
    let sandbox = Sandbox::git();
    sandbox.file(".husky/_/pre-commit", "#!/bin/sh\n").run_git(["config", "core.hooksPath", ".husky/_"]);
    sandbox.run(["hook", "install"]).code(2).says("husky").says("keysieve hook run pre-commit");
    sandbox.run(["hook", "install", "--write"]).code(0);
    sandbox.run(["hook", "install", "--write"]).code(0).says("stands already");
    let text = fs::read_to_string(sandbox.dir.join(".husky/pre-commit")).unwrap();
    assert_eq!(text.matches("keysieve hook run").count(), 1);
    assert_eq!(fs::read_to_string(sandbox.dir.join(".husky/_/pre-commit")).unwrap(), "#!/bin/sh\n");
    sandbox.run(["hook", "status"]).code(0).says("ruled by husky, which calls keysieve");
}

#[test]
fn global_hooks_reach_new_repositories_and_can_be_taken_back() {
    let sandbox = Sandbox::new();
    sandbox.run(["hook", "install", "--global"]).code(0).says("init.templateDir");
    sandbox.run_git(["init", "-q", "fresh"]);
    assert!(sandbox.dir.join("fresh/.git/hooks/pre-commit").is_file());
    sandbox.run(["hook", "uninstall", "--global"]).code(0).says("unset again");
    assert_eq!(sandbox.try_git(["config", "--global", "init.templateDir"]).code, 1);
}

#[test]
fn outside_of_git_it_is_an_error() {
    Sandbox::new().run(["hook", "install"]).code(3).warns("no git repository");
}
