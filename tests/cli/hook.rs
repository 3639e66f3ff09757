//! `keysieve hook install`, `uninstall`, `status`: the hook cannot be lost and does no harm.

use std::fs;

use super::sandbox::{Sandbox, key};

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
    assert!(!sandbox.dir.join(".git/hooks").exists(), "it was made for the hook");
    sandbox.run(["hook", "uninstall"]).code(0).says("no hook of keysieve was there");
}

#[test]
fn what_somebody_wrote_into_our_hook_is_kept() {
    let sandbox = Sandbox::git();
    sandbox.run(["hook", "install"]).code(0);
    let ours = fs::read_to_string(hook(&sandbox, "pre-commit")).unwrap();
    let changed = format!("{ours}make lint\n");
    for command in ["install", "uninstall"] {
        fs::write(hook(&sandbox, "pre-commit"), &changed).unwrap();
        sandbox.run(["hook", command]).code(0).says("changed by hand").says("pre-commit.changed-by-hand");
        assert_eq!(
            fs::read_to_string(hook(&sandbox, "pre-commit.changed-by-hand")).unwrap(),
            changed,
            "{command}"
        );
    }
    assert!(!hook(&sandbox, "pre-commit").exists());
    // Neither is another change written over the one that is kept.
    fs::write(hook(&sandbox, "pre-commit"), format!("{changed}make test\n")).unwrap();
    sandbox.run(["hook", "install"]).code(2).warns("an earlier change is kept");
    assert!(fs::read_to_string(hook(&sandbox, "pre-commit")).unwrap().contains("make test"));
}

#[test]
fn the_last_line_of_a_refusal_says_how_to_pass() {
    let last = |ran: &super::sandbox::Ran| ran.err.trim_end().lines().last().unwrap_or_default().to_owned();
    let sandbox = Sandbox::git();
    sandbox.run(["hook", "install"]).code(0);
    sandbox.file("a", format!("{}\n", key("neospeech-api-key"))).run_git(["add", "a"]);
    let ran = sandbox.try_git(["commit", "-m", "x"]);
    assert!(ran.err.starts_with("keysieve stopped this commit: it holds a secret."), "{}", ran.err);
    assert!(last(&ran).contains("KEYSIEVE_SKIP=1"), "{}", ran.err);
    let ran = ran.warns("\nkeysieve staged: 1 finding (1 ");
    assert_eq!(ran.code, 1);
    // Where nothing could be scanned at all, what happened and how to pass are said as well.
    sandbox.file(".keysieve.yml", "alow: []\n");
    let ran = sandbox.try_git(["commit", "-m", "x"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.starts_with("keysieve stopped this commit: nothing was scanned.\n"), "{}", ran.err);
    assert!(last(&ran).contains("KEYSIEVE_SKIP=1"), "{}", ran.err);
    let ran = ran.warns(".keysieve.yml:1:1: unknown key").warns("did you mean `allow`?");
    assert_eq!(ran.err.matches("unknown key").count(), 1);
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
    let ran = sandbox.run(["hook", "install"]).code(2).says("husky").says("keysieve hook run pre-commit");
    assert!(ran.out.starts_with("pre-commit is NOT protected yet"), "{}", ran.out);
    // What is told can be done as it is told.
    let told = ran
        .out
        .lines()
        .find_map(|line| line.trim().strip_prefix("keysieve ").filter(|l| l.contains("--write")));
    assert_eq!(told, Some("hook install --stage pre-commit --write"));
    sandbox.run(["hook", "install", "--write"]).code(0);
    sandbox.run(["hook", "install", "--write"]).code(0).says("stands already");
    let text = fs::read_to_string(sandbox.dir.join(".husky/pre-commit")).unwrap();
    assert_eq!(text.matches("keysieve hook run").count(), 1);
    assert_eq!(fs::read_to_string(sandbox.dir.join(".husky/_/pre-commit")).unwrap(), "#!/bin/sh\n");
    sandbox.run(["hook", "status"]).code(0).says("ruled by husky, which calls keysieve");
}

#[test]
fn a_hook_that_pre_commit_takes_from_our_repository_is_seen() {
    let sandbox = Sandbox::git();
    sandbox
        .file(".git/hooks/pre-commit", "#!/bin/sh\n# File generated by pre-commit: https://pre-commit.com\n");
    let config = |id: &str| {
        let text =
            format!("repos:\n- repo: https://example.com/keysieve\n  rev: v0.1.0\n  hooks:\n  - id: {id}\n");
        sandbox.file(".pre-commit-config.yaml", text);
    };
    for id in ["keysieve", "keysieve-system  # ours", "'keysieve-docker'"] {
        config(id);
        sandbox.run(["hook", "status"]).code(0).says("ruled by pre-commit, which calls keysieve");
        sandbox.run(["hook", "install"]).code(0).says("calls keysieve already");
        sandbox.run(["hook", "install", "--write"]).code(0).says("stands already");
    }
    config("keysieve-of-somebody-else");
    sandbox.run(["hook", "status"]).code(1).says("which does not call keysieve");
    sandbox.run(["hook", "install"]).code(2).says("NOT protected");
}

#[test]
fn global_hooks_reach_new_repositories_and_can_be_taken_back() {
    let sandbox = Sandbox::new();
    sandbox.run(["hook", "install", "--global"]).code(0).says("init.templateDir");
    sandbox.run_git(["init", "-q", "fresh"]);
    assert!(sandbox.dir.join("fresh/.git/hooks/pre-commit").is_file());
    sandbox.run(["hook", "uninstall", "--global"]).code(0).says("unset again");
    assert_eq!(sandbox.try_git(["config", "--global", "init.templateDir"]).code, 1);
    let home = sandbox.outside().join("home");
    assert!(!home.join(".gitconfig").exists() && !home.join(".config/keysieve").exists(), "no trace is left");
    let own = "[user]\n\tname = x\n[init]\n\tdefaultBranch = main\n";
    fs::write(home.join(".gitconfig"), own).unwrap();
    sandbox.run(["hook", "install", "--global"]).code(0);
    sandbox.run(["hook", "uninstall", "--global"]).code(0);
    assert_eq!(fs::read_to_string(home.join(".gitconfig")).unwrap(), own);
}

#[test]
fn outside_of_git_it_is_an_error() {
    Sandbox::new().run(["hook", "install"]).code(3).warns("not a git repository");
}

#[test]
fn folders_that_were_made_for_a_hook_go_with_it() {
    let sandbox = Sandbox::git();
    sandbox.run_git(["config", "core.hooksPath", "made/for hooks"]);
    sandbox.run(["hook", "install", "--stage", "pre-commit,pre-push"]).code(0);
    sandbox.run(["hook", "uninstall", "--stage", "pre-commit"]).code(0);
    assert!(sandbox.dir.join("made/for hooks/pre-push").is_file());
    sandbox.run(["hook", "uninstall"]).code(0);
    assert!(!sandbox.dir.join("made").exists());
    // A folder that was there stays, and so does what else came into it.
    fs::create_dir_all(sandbox.dir.join("made/for hooks")).unwrap();
    sandbox.run(["hook", "install"]).code(0);
    sandbox.run(["hook", "uninstall"]).code(0);
    assert!(sandbox.dir.join("made/for hooks").is_dir());
}

#[test]
fn a_hooks_path_that_is_no_folder_is_an_error() {
    let sandbox = Sandbox::git();
    for (path, said) in [("/dev/null", "no folder"), ("", "set to nothing")] {
        sandbox.run_git(["config", "core.hooksPath", path]);
        sandbox.run(["hook", "install"]).code(2).warns(said);
        assert_ne!(sandbox.run(["hook", "status"]).code, 0);
    }
}

#[test]
fn a_program_that_cannot_be_run_refuses_the_commit_and_status_knows() {
    let sandbox = Sandbox::git();
    let copy = sandbox.outside().join("copy");
    sandbox.run_command(sandbox.command("cp").arg(super::sandbox::keysieve()).arg(&copy), b"").code(0);
    sandbox.run_command(sandbox.command(&copy).args(["hook", "install"]), b"").code(0);
    sandbox.run(["hook", "status"]).code(0);
    sandbox.file("a", "a").run_git(["add", "a"]);
    let commit = || {
        let mut commit = sandbox.command("git");
        sandbox.run_command(commit.args(["commit", "-m", "x"]).env("PATH", "/usr/bin:/bin"), b"")
    };
    fs::remove_file(&copy).unwrap();
    sandbox.file("../copy", "no program\n");
    sandbox.run_command(sandbox.command("chmod").arg("755").arg(&copy), b"").code(0);
    assert_ne!(commit().warns("cannot be run").code, 0);
    fs::remove_file(&copy).unwrap();
    fs::create_dir(&copy).unwrap();
    assert_ne!(commit().warns("is gone").code, 0);
    sandbox.run(["hook", "status"]).code(1).says("gone");
}

#[test]
fn managers_that_take_the_whole_folder_and_those_not_set_up_yet() {
    let sandbox = Sandbox::git();
    // simple-git-hooks and lefthook remove or move hooks of all stages, not only those they know.
    sandbox
        .file(".git/hooks/pre-push", "#!/bin/sh\nif [ \"$SKIP_SIMPLE_GIT_HOOKS\" = 1 ]; then exit 0; fi\n");
    sandbox.file("package.json", "{\n  \"simple-git-hooks\": {\n    \"pre-push\": \"true\"\n  }\n}\n");
    sandbox
        .run(["hook", "install"])
        .code(2)
        .says("simple-git-hooks")
        .says("\"pre-commit\": \"keysieve hook run");
    sandbox.run(["hook", "install", "--write"]).code(0).says("npx simple-git-hooks");
    assert!(!hook(&sandbox, "pre-commit").exists());
    sandbox.run(["hook", "uninstall"]).code(0).says("taken out of");
    assert_eq!(
        fs::read_to_string(sandbox.dir.join("package.json")).unwrap(),
        "{\n  \"simple-git-hooks\": {\n    \"pre-push\": \"true\"\n  }\n}\n"
    );
    let sandbox = Sandbox::git();
    sandbox.file("lefthook.yml", "pre-commit:\n  commands:\n    lint:\n      run: echo hi\n");
    sandbox
        .run(["hook", "install"])
        .code(0)
        .says("pre-commit: installed")
        .says("lefthook")
        .says("keysieve hook run");
    assert!(hook(&sandbox, "pre-commit").is_file());
    // What lefthook does when it is set up afterwards.
    fs::rename(hook(&sandbox, "pre-commit"), hook(&sandbox, "pre-commit.old")).unwrap();
    sandbox.run(["hook", "uninstall"]).code(0);
    assert!(!hook(&sandbox, "pre-commit.old").exists());
}

#[test]
fn a_refusal_is_explained_on_demand() {
    let sandbox = Sandbox::git();
    let secret = super::sandbox::key("github-personal-access-token");
    sandbox.file("a", "a\n").run_git(["add", "a"]);
    sandbox.run(["hook", "run", "pre-commit", "--explain"]).code(0).says("lets this pass");
    sandbox.file("b", format!("t={secret}\n")).run_git(["add", "b"]);
    let ran = sandbox.run(["hook", "run", "pre-commit", "--explain"]).code(1);
    ran.says("keysieve stopped this commit").says("How it came about").says("b:1:3").hides(&secret);
    sandbox.run(["hook", "run", "pre-push", "--explain"]).code(2);
}

#[test]
fn a_hooks_folder_that_the_environment_names_is_where_the_hook_goes() {
    let sandbox = Sandbox::git()
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "core.hooksPath")
        .env("GIT_CONFIG_VALUE_0", "ours");
    sandbox.run(["hook", "install"]).code(0);
    assert!(sandbox.dir.join("ours/pre-commit").is_file());
    sandbox.run(["hook", "status"]).code(0);
    sandbox.file("a", format!("t={}\n", super::sandbox::key("github-personal-access-token")));
    sandbox.run_git(["add", "a"]);
    assert_ne!(sandbox.try_git(["commit", "-q", "-m", "m"]).code, 0);
}
