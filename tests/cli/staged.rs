//! `keysieve staged`, in each situation of a real repository and in both directions: the key that is being committed
//! blocks, the key that is not does not.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use super::sandbox::{Ran, Sandbox, key};

const RULE: &str = "voicgen-live-api-key";

/// A line with the key that is being leaked.
fn leak() -> String {
    format!("VOICGEN_API_KEY={}\n", key(RULE))
}

/// A line with a key that has been in the repository for long.
fn old_leak() -> String {
    format!("GITHUB_TOKEN={}\n", key("github-personal-access-token"))
}

impl Sandbox {
    #[track_caller]
    fn blocks(&self) -> Ran {
        self.blocks_with(&[])
    }

    #[track_caller]
    fn blocks_with(&self, args: &[&str]) -> Ran {
        let ran = self.run([&["staged", "--format", "jsonl"], args].concat()).code(1);
        let found = ran.findings();
        assert!(found.iter().all(|f| f["rule"] == RULE), "only what is new blocks: {}", ran.out);
        assert_eq!(found.len(), 1, "{}", ran.out);
        ran
    }

    #[track_caller]
    fn passes(&self) -> Ran {
        let ran = self.run(["staged", "--format", "jsonl"]).code(0);
        assert_eq!(ran.findings().len(), 0);
        ran
    }

    fn does(&self, words: &str) -> String {
        self.run_git(words.split(' '))
    }

    /// A repository with an old key in a committed file.
    fn with_old() -> Sandbox {
        let sandbox = Sandbox::git();
        let text = format!("one\ntwo\n{}three\nfour\nfive\nsix\nseven\neight\n", old_leak());
        sandbox.file("old.txt", text).file("dir/plain.txt", "nothing\n").commit("first");
        sandbox
    }
}

#[test]
fn the_first_commit() {
    let sandbox = Sandbox::git();
    sandbox.passes().warns("nothing is staged");
    let bare = Sandbox::new();
    bare.does("init -q --bare .");
    bare.run(["staged"]).code(3).warns("bare");
    sandbox.file("a.txt", leak());
    sandbox.passes();
    sandbox.does("add a.txt");
    let ran = sandbox.blocks();
    assert_eq!(ran.findings()[0]["path"], "a.txt");
    ran.hides(&key(RULE));
}

#[test]
fn the_index_counts_and_not_the_work_tree() {
    let sandbox = Sandbox::with_old();
    sandbox.file("a.txt", leak());
    sandbox.does("add a.txt");
    sandbox.file("a.txt", "clean\n");
    sandbox.blocks();
    sandbox.does("add a.txt");
    sandbox.file("a.txt", leak());
    sandbox.passes();
    fs::remove_file(sandbox.dir.join("a.txt")).unwrap();
    sandbox.passes();
}

#[test]
fn only_added_lines_block_and_old_ones_are_counted() {
    let sandbox = Sandbox::with_old();
    sandbox.file("old.txt", format!("one\ntwo\n{}three\nchanged beside it\n", old_leak()));
    sandbox.does("add -A");
    sandbox.passes().warns("1 on old lines");
    // A line that only moves is not new, and neither is one whose line end alone has changed.
    sandbox.file("old.txt", format!("three\r\none\r\ntwo\r\n{}\r\n", old_leak().trim_end()));
    sandbox.does("add -A");
    sandbox.passes();
    sandbox.file("old.txt", format!("one\ntwo\n{}{}", old_leak(), leak()));
    sandbox.does("add -A");
    assert_eq!(sandbox.blocks().findings()[0]["line"], 4);
}

#[test]
fn partial_adds() {
    let sandbox = Sandbox::with_old();
    sandbox.file("a.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n").commit("a");
    sandbox.file("a.txt", format!("clean\n1\n2\n3\n4\n5\n6\n7\n8\n9\n{}", leak()));
    let mut add = sandbox.command("git");
    sandbox.run_command(add.args(["add", "-p"]), b"y\nn\n");
    sandbox.passes();
    sandbox.does("reset -q");
    let mut add = sandbox.command("git");
    sandbox.run_command(add.args(["add", "-p"]), b"n\ny\n");
    sandbox.blocks();
}

#[test]
fn files_that_are_only_announced() {
    let sandbox = Sandbox::with_old();
    sandbox.file("a.txt", leak());
    sandbox.does("add -N a.txt");
    sandbox.passes();
    sandbox.does("add a.txt");
    sandbox.blocks();
}

#[test]
fn commit_with_paths_and_commit_all() {
    let sandbox = Sandbox::with_old();
    hook_into(&sandbox, &sandbox.dir);
    sandbox.file("old.txt", leak()).file("dir/plain.txt", "more\n");
    // Only the named path is committed, whatever else has changed.
    sandbox.does("commit -q -m x -- dir/plain.txt");
    assert_ne!(sandbox.try_git(["commit", "-q", "-m", "x", "--", "old.txt"]).code, 0);
    assert_ne!(sandbox.try_git(["commit", "-q", "-a", "-m", "x"]).code, 0);
    assert_ne!(sandbox.try_git(["commit", "-q", "-i", "-m", "x", "old.txt"]).code, 0);
    // And what is staged besides is left out.
    sandbox.does("reset -q");
    sandbox.does("checkout -q old.txt");
    sandbox.file("staged.txt", leak()).file("dir/plain.txt", "even more\n");
    sandbox.does("add staged.txt");
    sandbox.does("commit -q -m y -- dir/plain.txt");
    assert_ne!(sandbox.try_git(["commit", "-q", "-m", "x"]).code, 0);
    assert_ne!(sandbox.try_git(["commit", "-q", "--amend", "-m", "x"]).code, 0);
    sandbox.does("reset -q");
    sandbox.does("commit -q --amend -m amended");
}

/// Puts a hook that calls `staged` into a repository.
fn hook_into(sandbox: &Sandbox, repository: &Path) {
    let mut ask = sandbox.command("git");
    let asked =
        sandbox.run_command(ask.current_dir(repository).args(["rev-parse", "--git-path", "hooks"]), b"");
    let hook = repository.join(asked.out.trim()).join("pre-commit");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, format!("#!/bin/sh\nexec '{}' staged\n", super::sandbox::keysieve().display())).unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn renames_copies_and_deletes() {
    let sandbox = Sandbox::with_old();
    sandbox.does("mv old.txt dir/new.txt");
    sandbox.passes();
    let text = fs::read_to_string(sandbox.dir.join("dir/new.txt")).unwrap();
    sandbox.file("dir/new.txt", format!("{text}nine\n"));
    sandbox.does("add -A");
    sandbox.passes();
    sandbox.file("dir/new.txt", format!("{text}{}", leak()));
    sandbox.does("add -A");
    sandbox.blocks();
    // A whole folder under another name.
    let sandbox = Sandbox::with_old();
    sandbox.does("mv old.txt dir/old.txt");
    sandbox.commit("moved");
    sandbox.does("mv dir other");
    sandbox.passes();
    // A copy is a new file: what stands in it has not stood there before.
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", leak()).commit("first");
    sandbox.file("copy.txt", leak());
    sandbox.does("add -A");
    sandbox.blocks();
    sandbox.does("rm -q --cached copy.txt");
    sandbox.passes();
    sandbox.does("rm -q a.txt");
    sandbox.passes();
}

#[test]
fn modes_types_and_links() {
    let sandbox = Sandbox::git();
    sandbox.file("a.sh", leak()).commit("first");
    sandbox.does("update-index --chmod=+x a.sh");
    sandbox.passes();
    symlink(key(RULE), sandbox.dir.join("link")).unwrap();
    sandbox.does("add link");
    sandbox.blocks();
    sandbox.commit("link");
    fs::remove_file(sandbox.dir.join("link")).unwrap();
    sandbox.file("link", "now a file\n");
    sandbox.does("add link");
    sandbox.passes();
    fs::remove_file(sandbox.dir.join("a.sh")).unwrap();
    sandbox.file("a.sh/inside", "now a folder\n");
    sandbox.does("add -A");
    sandbox.passes();
    sandbox.file("a.sh/inside", leak().replace('=', ": "));
    sandbox.does("add -A");
    sandbox.blocks();
    // A link is not followed: what it leads to is not committed.
    let sandbox = Sandbox::git();
    fs::write(sandbox.outside().join("secret"), leak()).unwrap();
    symlink("../secret", sandbox.dir.join("link")).unwrap();
    sandbox.does("add -A");
    sandbox.passes();
}

#[test]
fn merges_in_progress() {
    let sandbox = Sandbox::with_old();
    sandbox.does("checkout -q -b other");
    sandbox
        .file("theirs.txt", old_leak())
        .file("both.txt", format!("{}theirs\n", old_leak()))
        .commit("theirs");
    sandbox.does("checkout -q main");
    sandbox.file("both.txt", "ours\n").file("ours.txt", "x\n").commit("ours");
    let merge = sandbox.try_git(["merge", "--no-commit", "other"]);
    assert_ne!(merge.code, 0, "both.txt is in conflict");
    sandbox.run(["staged"]).code(3).warns("both.txt").warns("conflict");
    sandbox.file("both.txt", format!("{}theirs\nours\n", old_leak()));
    sandbox.does("add both.txt");
    sandbox.passes();
    sandbox.run(["staged", "--all-merge-files"]).code(1);
    // What the person adds while resolving stands in neither parent.
    sandbox.file("both.txt", format!("{}theirs\nours\n{}", old_leak(), leak()));
    sandbox.does("add both.txt");
    sandbox.blocks();
    sandbox.file("both.txt", "ours\n").file("extra.txt", leak());
    sandbox.does("add -A");
    sandbox.blocks();
}

#[test]
fn linked_work_trees_submodules_and_subdirectories() {
    let sandbox = Sandbox::with_old();
    sandbox.does("worktree add -q ../linked");
    let linked = sandbox.outside().join("linked");
    let there = |folder: &Path, args: &[&str]| {
        let mut command = sandbox.command(super::sandbox::keysieve());
        sandbox.run_command(command.current_dir(folder).args(args), b"")
    };
    let git_there = |folder: &Path, words: &str| {
        let mut command = sandbox.command("git");
        let ran = sandbox.run_command(command.current_dir(folder).args(words.split(' ')), b"");
        assert_eq!(ran.code, 0, "{}", ran.err);
    };
    fs::write(linked.join("a.txt"), leak()).unwrap();
    git_there(&linked, "add a.txt");
    there(&linked, &["staged"]).code(1);
    sandbox.passes();
    hook_into(&sandbox, &sandbox.dir);
    let mut commit = sandbox.command("git");
    let ran = sandbox.run_command(commit.current_dir(&linked).args(["commit", "-q", "-m", "x"]), b"");
    assert_ne!(ran.code, 0);
    git_there(&linked, "rm -q --cached a.txt");
    there(&linked, &["staged"]).code(0);

    // A subdirectory is no other repository: all that is staged counts.
    sandbox.file("top.txt", leak());
    sandbox.does("add top.txt");
    there(&sandbox.dir.join("dir"), &["staged"]).code(1).says("top.txt");
    sandbox.does("rm -q --cached top.txt");
    there(&sandbox.dir.join("dir"), &["staged"]).code(0);

    let library = Sandbox::with_old();
    let address = library.dir.to_str().unwrap().to_owned();
    sandbox.run_git(["-c", "protocol.file.allow=always", "submodule", "-q", "add", &address, "sub"]);
    sandbox.passes();
    let sub = sandbox.dir.join("sub");
    fs::write(sub.join("b.txt"), leak()).unwrap();
    git_there(&sub, "add b.txt");
    there(&sub, &["staged"]).code(1);
    sandbox.passes();
}

#[test]
fn indexes_of_all_kinds() {
    for change in [
        "update-index --index-version 4",
        "update-index --split-index",
        "update-index --fsmonitor",
        "update-index --untracked-cache",
        "sparse-checkout set --cone --sparse-index dir",
        "read-tree HEAD",
    ] {
        let sandbox = Sandbox::with_old();
        sandbox.file("far/away/a.txt", "x\n").commit("far");
        sandbox.does(change);
        sandbox.passes();
        sandbox.file("dir/a.txt", "clean\n");
        sandbox.does("add dir/a.txt");
        sandbox.passes();
        sandbox.file("dir/b.txt", leak());
        sandbox.does("add dir/b.txt");
        sandbox.blocks();
    }
}

#[test]
fn the_other_hash() {
    let sandbox = Sandbox::new();
    sandbox.does("init -q -b main --object-format=sha256");
    sandbox.file("old.txt", old_leak()).commit("first");
    sandbox.file("old.txt", format!("{}more\n", old_leak()));
    sandbox.does("add -A");
    sandbox.passes();
    sandbox.file("old.txt", leak());
    sandbox.does("add -A");
    sandbox.blocks();
}

#[test]
fn packed_and_borrowed_objects() {
    let sandbox = Sandbox::with_old();
    sandbox.does("gc -q");
    sandbox.file("old.txt", format!("{}more\n", old_leak()));
    sandbox.does("add -A");
    sandbox.passes();
    // A clone that borrows its objects.
    let address = sandbox.dir.to_str().unwrap().to_owned();
    let borrower = Sandbox::new();
    borrower.run_git(["clone", "-q", "--shared", &address, "."]);
    borrower.file("old.txt", format!("{}{}", old_leak(), leak()));
    borrower.does("add -A");
    borrower.blocks();
    // Objects that stand elsewhere, as during a push.
    let sandbox = Sandbox::with_old();
    fs::rename(sandbox.dir.join(".git/objects"), sandbox.outside().join("objects")).unwrap();
    fs::create_dir_all(sandbox.dir.join("quarantine/pack")).unwrap();
    fs::create_dir_all(sandbox.dir.join(".git/objects")).unwrap();
    let alternate = sandbox.outside().join("objects").to_str().unwrap().to_owned();
    sandbox.run(["staged"]).code(3);
    let sandbox =
        sandbox.env("GIT_OBJECT_DIRECTORY", "quarantine").env("GIT_ALTERNATE_OBJECT_DIRECTORIES", alternate);
    sandbox.passes();
    sandbox.file("a.txt", leak());
    sandbox.does("add a.txt");
    sandbox.blocks();
}

#[test]
fn another_index_and_another_place() {
    let sandbox = Sandbox::with_old();
    sandbox.file("a.txt", leak());
    let other = sandbox.outside().join("other-index").to_str().unwrap().to_owned();
    let sandbox = sandbox.env("GIT_INDEX_FILE", other);
    sandbox.does("add a.txt");
    sandbox.blocks();
    let sandbox = sandbox.env("GIT_INDEX_FILE", ".git/index");
    sandbox.passes();

    let outside = Sandbox::new();
    outside.run(["staged"]).code(3).warns("repository");
    let git_dir = sandbox.dir.join(".git").to_str().unwrap().to_owned();
    let tree = sandbox.dir.to_str().unwrap().to_owned();
    let outside = outside.env("GIT_DIR", git_dir).env("GIT_WORK_TREE", tree);
    outside.passes();
    outside.does("add a.txt");
    outside.blocks();
}

#[test]
fn attributes_and_settings_that_lie() {
    for (attribute, settings) in [
        ("* -diff", ""),
        ("* binary", ""),
        ("* diff=lie", "diff.lie.textconv=echo clean;diff.lie.command=true"),
        ("* filter=lie", "filter.lie.smudge=echo clean"),
        ("a.txt working-tree-encoding=UTF-16LE", ""),
        ("* eol=crlf", "core.autocrlf=true"),
        ("* linguist-generated -text", "color.ui=always;diff.noprefix=true;diff.mnemonicPrefix=true"),
        ("* whitespace=-all", "diff.external=true;diff.renames=copies;core.quotePath=false"),
        ("* -diff", "diff.context=0;diff.algorithm=patience;diff.ignoreSubmodules=all;core.commentChar=+"),
    ] {
        let sandbox = Sandbox::with_old();
        sandbox.file(".gitattributes", format!("{attribute}\n")).commit("attributes");
        for setting in settings.split(';').filter(|s| !s.is_empty()) {
            let (name, value) = setting.split_once('=').unwrap();
            sandbox.run_git(["config", name, value]);
        }
        let text = format!("{}{}", old_leak(), leak());
        if attribute.contains("UTF-16LE") {
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            sandbox.file("a.txt", wide);
        } else {
            sandbox.file("old.txt", text);
        }
        sandbox.run_git(["add", "-A"]);
        let ran = sandbox.run(["staged", "--format", "jsonl"]).code(1);
        assert!(ran.findings().iter().any(|f| f["rule"] == RULE), "{attribute}: {}", ran.out);
        sandbox.does("reset -q --hard");
        sandbox.file("plain.txt", "clean\n");
        sandbox.does("add plain.txt");
        sandbox.passes();
    }
}

#[test]
fn contents_in_other_encodings() {
    for encode in [
        |s: &str| -> Vec<u8> { s.encode_utf16().flat_map(u16::to_le_bytes).collect() },
        |s: &str| -> Vec<u8> {
            [&b"\xfe\xff"[..], &s.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>()].concat()
        },
        |s: &str| -> Vec<u8> { s.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect() },
        |s: &str| -> Vec<u8> { [b"\0\0\x01", s.as_bytes(), b"\0"].concat() },
    ] {
        let sandbox = Sandbox::git();
        let text = |key: &str| format!("some text\nand more of it\n{key}and the last line\n");
        sandbox.file("a.bin", encode(&text(&old_leak()))).commit("first");
        sandbox.file("a.bin", encode(&format!("{}something\n", text(&old_leak()))));
        sandbox.does("add -A");
        sandbox.passes();
        sandbox.file("a.bin", encode(&text(&format!("{}{}", old_leak(), leak()))));
        sandbox.does("add -A");
        sandbox.blocks();
    }
}

#[test]
fn replaced_objects_are_not_believed() {
    let sandbox = Sandbox::with_old();
    sandbox.file("a.txt", leak());
    sandbox.does("add a.txt");
    let bad = sandbox.does("rev-parse :a.txt");
    let good = sandbox.does("rev-parse :dir/plain.txt");
    sandbox.run_git(["replace", &bad, &good]);
    sandbox.blocks();
    // Nor when HEAD seems to have the key already.
    let sandbox = Sandbox::with_old();
    let head = sandbox.does("rev-parse HEAD");
    sandbox.file("a.txt", leak()).commit("leak");
    let lie = sandbox.does("rev-parse HEAD");
    sandbox.run_git(["reset", "-q", "--soft", &head]);
    sandbox.run_git(["replace", &head, &lie]);
    sandbox.blocks();
}

#[test]
fn names_in_any_bytes_and_names_that_are_keys() {
    use std::os::unix::ffi::OsStrExt;
    let sandbox = Sandbox::with_old();
    let name = std::ffi::OsStr::from_bytes(b"dir/\xff \n\t\"'\\ \xc3\xa9\x1b[31m");
    sandbox.file(name, leak());
    sandbox.does("add -A");
    let ran = sandbox.blocks();
    assert!(!ran.out.contains('\x1b') && !ran.err.contains('\x1b'));
    let sandbox = Sandbox::with_old();
    sandbox.file(format!("{}.txt", key(RULE)), "clean\n");
    sandbox.does("add -A");
    sandbox.blocks().hides(&key(RULE));
}

#[test]
fn what_cannot_be_read_is_never_clean() {
    let broken = |path: &dyn Fn(&Sandbox) -> String, content: Option<&str>| {
        let sandbox = Sandbox::with_old();
        sandbox.file("a.txt", "clean\n");
        sandbox.does("add a.txt");
        let path = sandbox.dir.join(path(&sandbox));
        fs::remove_file(&path).unwrap();
        if let Some(content) = content {
            fs::write(&path, content).unwrap();
        }
        sandbox
    };
    let object = |s: &Sandbox, what: &str| {
        let id = s.run_git(["rev-parse", what]);
        format!(".git/objects/{}/{}", &id[..2], &id[2..])
    };
    broken(&|s| object(s, ":a.txt"), None).run(["staged"]).code(3).warns("missing");
    broken(&|s| object(s, ":a.txt"), Some("")).run(["staged"]).code(3);
    broken(&|s| object(s, ":a.txt"), Some("garbage")).run(["staged"]).code(3);
    // Without HEAD or its tree nobody can tell what is new: everything counts.
    broken(&|s| object(s, "HEAD"), None).run(["staged"]).code(1).warns("missing");
    broken(&|s| object(s, "HEAD^{tree}"), None).run(["staged"]).code(1).warns("missing");
    broken(&|_| ".git/index".into(), Some("DIRC")).run(["staged"]).code(3);
    broken(&|_| ".git/config".into(), Some("[core]\nrepositoryformatversion=7\n")).run(["staged"]).code(3);
    broken(&|_| ".git/refs/heads/main".into(), Some("")).run(["staged"]).code(3);
    // One damaged object does not hide the others.
    let sandbox = Sandbox::with_old();
    sandbox.file("a.txt", "clean\n").file("b.txt", leak());
    sandbox.does("add -A");
    fs::remove_file(sandbox.dir.join(object(&sandbox, ":a.txt"))).unwrap();
    sandbox.run(["staged"]).code(1).warns("missing");
}

#[test]
fn a_repository_of_somebody_else_is_refused() {
    let sandbox = Sandbox::with_old();
    sandbox.file("a.txt", leak());
    sandbox.does("add a.txt");
    let mut chown = sandbox.command("chown");
    if sandbox.run_command(chown.args(["-R", "12345", "."]), b"").code != 0 {
        return; // Only root can give files away.
    }
    sandbox.run(["staged"]).code(3).warns("safe.directory");
    let dir = sandbox.dir.to_str().unwrap().to_owned();
    sandbox.run_git(["config", "--global", "--add", "safe.directory", &dir]);
    sandbox.blocks();
}

#[test]
fn nothing_of_the_repository_runs() {
    let sandbox = Sandbox::with_old();
    let ran = sandbox.outside().join("ran");
    let canary = sandbox.dir.join("canary");
    fs::write(&canary, format!("#!/bin/sh\necho \"$0 $*\" >>'{}'\ncat\n", ran.display())).unwrap();
    fs::set_permissions(&canary, fs::Permissions::from_mode(0o755)).unwrap();
    let canary = canary.to_str().unwrap().to_owned();
    sandbox.file(".gitattributes", "*.txt diff=lie filter=lie merge=lie\n").file("a.txt", leak());
    sandbox.does("add -A");
    fs::copy(&canary, sandbox.dir.join("git")).unwrap();
    for name in ["pre-commit", "post-index-change", "reference-transaction", "post-checkout"] {
        fs::copy(&canary, sandbox.dir.join(".git/hooks").join(name)).unwrap();
    }
    fs::write(sandbox.dir.join("included"), format!("[core]\n\tfsmonitor = {canary}\n\tpager = {canary}\n"))
        .unwrap();
    let config = sandbox.dir.join(".git/config");
    let mut text = fs::read_to_string(&config).unwrap();
    text.push_str(&format!(
        "[include]\n\tpath = ../included\n[core]\n\tfsmonitor = {canary}\n\tpager = {canary}\n\teditor = {canary}\n\
         \tsshCommand = {canary}\n\talternateRefsCommand = {canary}\n[diff]\n\texternal = {canary}\n\
         [diff \"lie\"]\n\ttextconv = {canary}\n\tcommand = {canary}\n[filter \"lie\"]\n\tclean = {canary}\n\
         \tsmudge = {canary}\n\tprocess = {canary}\n\trequired = true\n[merge \"lie\"]\n\tdriver = {canary}\n\
         [alias]\n\trev-parse = !{canary}\n\trev-list = !{canary}\n[gpg]\n\tprogram = {canary}\n\
         [credential]\n\thelper = !{canary}\n[uploadpack]\n\tpackObjectsHook = {canary}\n"
    ));
    fs::write(&config, text).unwrap();
    let path = format!(".::bin:{}:{}", sandbox.dir.display(), std::env::var("PATH").unwrap());
    let sandbox = sandbox.env("PATH", path);
    sandbox.blocks();
    sandbox.run(["scan", "--format", "jsonl"]).code(1);
    sandbox.run(["diff", "HEAD"]);
    assert!(!ran.exists(), "{}", fs::read_to_string(&ran).unwrap_or_default());
}

#[test]
fn large_blobs_are_scanned_whole() {
    let sandbox = Sandbox::with_old();
    let filler = "all work and no play makes jack a dull boy, again and again and again\n".repeat(490_000);
    sandbox.file("big.txt", format!("{filler}{}", old_leak())).commit("big");
    sandbox.file("big.txt", format!("{filler}{}more\n", old_leak()));
    sandbox.does("add -A");
    sandbox.passes();
    sandbox.file("big.txt", format!("{filler}{}{}", old_leak(), leak()));
    sandbox.does("add -A");
    assert_eq!(sandbox.blocks().findings()[0]["line"], 490_002);
}
