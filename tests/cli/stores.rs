//! What git's own folder may look like: refs, objects and repositories in odd places, whole and damaged.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::sandbox::{Sandbox, keyed};

const RULE: &str = "voicgen-live-api-key";

fn leak(seed: u64) -> String {
    format!("VOICGEN_API_KEY={}\n", keyed(RULE, seed))
}

fn paths(sandbox: &Sandbox, args: &[&str]) -> Vec<String> {
    let found = sandbox.run([&["history", "--format", "jsonl"], args].concat()).findings();
    let mut paths: Vec<_> = found.iter().map(|f| f["path"].as_str().unwrap_or_default().to_owned()).collect();
    paths.sort();
    paths
}

fn loose(sandbox: &Sandbox, name: &str) -> PathBuf {
    let id = sandbox.run_git(["rev-parse", name]);
    sandbox.dir.join(".git/objects").join(&id[..2]).join(&id[2..])
}

/// Writes objects that only a tag names: a folder in a folder with a file in it.
fn tagged_tree(sandbox: &Sandbox) {
    let ask = |args: &[&str], input: &str| {
        let ran = sandbox.run_command(sandbox.command("git").args(args), input.as_bytes());
        ran.code(0).out.trim().to_owned()
    };
    let blob = ask(&["hash-object", "-w", "--stdin"], &leak(1));
    let inner = ask(&["mktree"], &format!("100644 blob {blob}\tkey.txt\n"));
    let outer = ask(&["mktree"], &format!("040000 tree {inner}\tsub\n"));
    ask(&["tag", "-a", "-m", "a tree", "trees", &outer], "");
}

#[test]
fn a_tag_of_a_tree_keeps_what_lies_deep_in_it() {
    let s = Sandbox::git();
    s.file("a", "x\n").commit("start");
    tagged_tree(&s);
    assert_eq!(paths(&s, &[]), ["sub/key.txt"]);
    assert_eq!(paths(&s, &["--path", "sub/**"]), ["sub/key.txt"]);
    assert!(paths(&s, &["--path", "else/**"]).is_empty());
}

#[test]
fn packed_refs_whose_last_line_is_cut_are_damaged() {
    let s = Sandbox::git();
    s.file("a", "x\n").commit("start");
    for n in 10..14 {
        s.run_git(["branch", &format!("b{n}")]);
    }
    s.run_git(["pack-refs", "--all"]);
    s.run(["history"]).code(0);
    let path = s.dir.join(".git/packed-refs");
    let whole = fs::read(&path).unwrap();
    // What is left reads as another branch's name.
    fs::write(&path, &whole[..whole.len() - 2]).unwrap();
    s.run(["history"]).code(3).warns("packed-refs");
    fs::write(&path, [&whole[..], b"garbage"].concat()).unwrap();
    s.run(["history"]).code(3).warns("garbage");
    // However many and long they are, what is said stays short.
    for (bad, said) in [(&b"g"[..], "a bad line of 1000000 bytes"), (b"g\n", "499000 more bad lines")] {
        fs::write(&path, [&whole[..], &bad.repeat(1_000_000 / bad.len()), b"\n"].concat()).unwrap();
        let ran = s.run(["history", "-f", "json"]).code(3).says(said);
        assert!(ran.out.len() + ran.err.len() < 300_000, "{}", ran.out.len());
    }
    // The branch that HEAD names may have stood in a line that cannot be read.
    let text = String::from_utf8(whole).unwrap().replace(" refs/heads/main", "");
    fs::write(&path, text).unwrap();
    s.run(["staged"]).code(3);
}

#[test]
fn what_stands_behind_a_loose_object_is_damage() {
    let s = Sandbox::git();
    s.file("a", "x\n").commit("start");
    s.file("b", "y\n").run_git(["add", "b"]);
    let path = loose(&s, ":b");
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    #[allow(clippy::permissions_set_readonly_false, reason = "the file is thrown away")]
    permissions.set_readonly(false);
    fs::set_permissions(&path, permissions).unwrap();
    OpenOptions::new().append(true).open(&path).unwrap().write_all(b"more").unwrap();
    assert_ne!(s.try_git(["fsck"]).code, 0);
    for mode in ["staged", "history", "audit"] {
        s.run([mode]).code(3).warns("behind the end");
    }
}

#[test]
fn a_repository_that_has_lost_its_refs_is_not_clean() {
    let s = Sandbox::git();
    s.run(["history"]).code(0);
    s.file("a", leak(1)).commit("start");
    fs::remove_file(s.dir.join(".git/refs/heads/main")).unwrap();
    fs::remove_file(s.dir.join(".git/index")).unwrap();
    s.run(["history"]).code(3).warns("1 commits");
    s.run(["history", "--unreachable"]).code(1);
    s.run(["history", "--reflog"]).code(1);
}

#[test]
fn histories_of_repositories_in_the_work_tree_are_read() {
    let s = Sandbox::git();
    let inner = s.dir.join("libs/inner one");
    fs::create_dir_all(&inner).unwrap();
    let git = |words: &[&str]| {
        s.run_command(s.command("git").args(words).current_dir(&inner), b"").code(0);
    };
    git(&["init", "-q", "-b", "main"]);
    fs::write(inner.join("k"), leak(1)).unwrap();
    git(&["add", "-A"]);
    git(&["commit", "-q", "-m", "with a key"]);
    fs::write(inner.join("k"), "gone\n").unwrap();
    git(&["commit", "-q", "-a", "-m", "without"]);
    s.file("a", "x\n").commit("start");
    assert!(
        s.run_git(["ls-files", "-s"]).starts_with("160000")
            || s.run_git(["ls-files", "-s"]).contains("\n160000")
    );
    assert_eq!(paths(&s, &[]), ["libs/inner one/k"]);
    // Damage in there is damage here.
    fs::write(inner.join(".git/HEAD"), "nonsense\n").unwrap();
    s.run(["history"]).code(3).warns("inner one");
}

#[test]
fn submodules_of_linked_work_trees_are_read() {
    let other = Sandbox::git();
    other.file("k", leak(1)).commit("with a key").file("k", "gone\n").commit("without");
    let s = Sandbox::git();
    s.file("a", "x\n").commit("start");
    s.run_git(["worktree", "add", "-q", "-b", "linked", "../linked"]);
    let url = other.dir.display().to_string();
    let linked = s.outside().join("linked");
    let add = ["-c", "protocol.file.allow=always", "submodule", "add", "-q", &url, "sub"];
    s.run_command(s.command("git").args(add).current_dir(&linked), b"").code(0);
    assert_eq!(paths(&s, &[]), ["sub/k"]);
}

#[test]
fn one_folder_at_two_paths_is_judged_at_both() {
    let s = Sandbox::git();
    let allow = "allow:\n  - path: fixtures/**\n    reason: made for tests\n";
    s.file(".keysieve.yml", allow).commit("start");
    s.file("fixtures/deep/k.txt", leak(1)).commit("allowed");
    s.run(["diff", "HEAD~1"]).code(0);
    s.run_git(["reset", "-q", "--hard", "HEAD~1"]);
    s.file("fixtures/deep/k.txt", leak(1)).file("src/deep/k.txt", leak(1)).commit("not allowed");
    for args in [&["diff", "HEAD~1"][..], &["history"]] {
        s.run(args).code(1).says("src/deep/k.txt");
    }
}

#[cfg(unix)]
#[test]
fn a_repository_of_somebody_else_that_git_was_told_to_trust_is_read_in_all_modes() {
    if !give_away(&Sandbox::new().dir) {
        return; // Only root can give a folder away.
    }
    let s = Sandbox::git();
    s.file("a", leak(1)).commit("start");
    give_away(&s.dir);
    for mode in ["history", "audit", "staged"] {
        s.run([mode]).code(3).warns("dubious ownership").warns("safe.directory");
    }
    // As container images and `git -c` say it.
    let given = |value: &str| {
        let variables = [("COUNT", "1"), ("KEY_0", "safe.directory"), ("VALUE_0", value)];
        let mut command = s.command(crate::sandbox::keysieve());
        command.arg("history").envs(variables.map(|(name, value)| (format!("GIT_CONFIG_{name}"), value)));
        s.run_command(&mut command, b"")
    };
    given("*").code(1);
    given("/elsewhere").code(3);
    s.run_git(["config", "--global", "--add", "safe.directory", &s.dir.display().to_string()]);
    for (mode, code) in [("history", 1), ("audit", 1), ("staged", 0)] {
        s.run([mode]).code(code);
    }
}

#[cfg(unix)]
fn give_away(folder: &Path) -> bool {
    std::os::unix::fs::chown(folder, Some(4321), Some(4321)).is_ok()
        && fs::read_dir(folder).unwrap().all(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() {
                give_away(&path)
            } else {
                std::os::unix::fs::lchown(&path, Some(4321), Some(4321)).is_ok()
            }
        })
}

/// Git can still read a repository whose packs have no index of their own when one stands over all of them.
#[test]
fn packs_that_only_a_multi_pack_index_names_are_read() {
    let s = Sandbox::git();
    for n in 1..4 {
        s.file(format!("f{n}"), leak(n)).commit("more");
        s.run_git(["repack", "-q", "-d"]);
    }
    s.run_git(["multi-pack-index", "write"]);
    let packs = s.dir.join(".git/objects/pack");
    let gone = |ending: &str| {
        for entry in fs::read_dir(&packs).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == ending) {
                fs::remove_file(path).unwrap();
            }
        }
    };
    gone("idx");
    assert_eq!(paths(&s, &[]), ["f1", "f2", "f3"]);
    s.file("f4", leak(4)).run_git(["add", "f4"]);
    s.run(["staged"]).code(1).says("f4");
    // With the other damaged as well, nothing is left to go by.
    let index = packs.join("multi-pack-index");
    let whole = fs::read(&index).unwrap();
    fs::remove_file(&index).unwrap();
    fs::write(&index, &whole[..whole.len() / 2]).unwrap();
    s.run(["history"]).code(1).says("f4").warns("multi-pack-index").warns("INCOMPLETE");
    fs::remove_file(s.dir.join(".git/index")).unwrap();
    s.run(["history"]).code(3);
}

#[test]
fn packs_of_any_name_are_read_as_git_reads_them() {
    let s = Sandbox::git();
    s.file("a", leak(1)).commit("start");
    s.run_git(["repack", "-q", "-ad"]);
    let packs = s.dir.join(".git/objects/pack");
    for entry in fs::read_dir(&packs).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("borrowed.{}", path.extension().unwrap().display());
        fs::rename(&path, packs.join(name)).unwrap();
    }
    s.run_git(["fsck"]);
    assert_eq!(paths(&s, &[]), ["a"]);
}

#[test]
fn what_a_rebase_has_put_aside_is_read() {
    let s = Sandbox::git();
    s.file("a", "1\n").file("b", "b\n").commit("start");
    s.run_git(["checkout", "-q", "-b", "other"]);
    s.file("a", "2\n").commit("two");
    s.run_git(["checkout", "-q", "main"]);
    s.file("a", "3\n").commit("three");
    s.file("b", leak(1));
    assert_ne!(s.try_git(["rebase", "--autostash", "other"]).code, 0);
    assert_eq!(fs::read_to_string(s.dir.join("b")).unwrap(), "b\n");
    assert_eq!(paths(&s, &[]), ["b"]);
}

#[test]
fn a_work_tree_that_the_environment_names_is_the_one_that_is_audited() {
    let s = Sandbox::git();
    s.file("a", leak(1)).commit("start");
    let elsewhere = s.outside().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::write(elsewhere.join("not-this"), leak(2)).unwrap();
    let mut audit = s.command(super::sandbox::keysieve());
    audit.env("GIT_DIR", s.dir.join(".git")).env("GIT_WORK_TREE", &s.dir).current_dir(&elsewhere);
    let ran = s.run_command(audit.args(["audit", "--format", "jsonl"]), b"").code(1);
    let found = ran.findings();
    assert_eq!((found.len(), &found[0]["path"]), (1, &serde_json::json!("a")), "{}", ran.out);
}

/// Writes an object without a look at its content.
fn object(s: &Sandbox, kind: &str, content: &[u8]) -> String {
    let mut git = s.command("git");
    git.args(["hash-object", "-w", "-t", kind, "--stdin", "--literally"]);
    s.run_command(&mut git, content).code(0).out.trim().to_owned()
}

/// The bytes of an id in hexadecimal.
fn raw(id: &str) -> Vec<u8> {
    (0..id.len()).step_by(2).map(|at| u8::from_str_radix(&id[at..at + 2], 16).unwrap()).collect()
}

/// Puts objects into a pack and takes the loose ones away, without a walk from the refs.
fn pack(s: &Sandbox, names: &[&str]) {
    let ids: String = names.iter().map(|name| s.run_git(["rev-parse", name])).collect();
    let mut git = s.command("git");
    git.args(["pack-objects", "-q", ".git/objects/pack/pack"]);
    s.run_command(&mut git, ids.as_bytes()).code(0);
    s.run_git(["prune-packed"]);
}

/// Git makes no such trees, and reads them.
#[test]
fn a_tree_that_names_a_path_twice_hides_neither() {
    let s = Sandbox::git();
    s.file("a", "x\n").commit("start");
    let object = |kind, content: &[u8]| object(&s, kind, content);
    for order in [[0, 1], [1, 0]] {
        let blobs = [object("blob", leak(1).as_bytes()), object("blob", b"nothing\n")];
        let line = |at: usize| [&b"100644 k\0"[..], &raw(&blobs[at])].concat();
        let tree = object("tree", &[line(order[0]), line(order[1])].concat());
        let commit = s.run_git(["commit-tree", &tree, "-p", "HEAD", "-m", "two of them"]);
        s.run(["diff", &format!("HEAD..{commit}")]).code(1).says("k:1");
        s.run_git(["update-ref", "refs/heads/odd", &commit]);
        assert_eq!(paths(&s, &[]), ["k"]);
    }
}

/// Git refuses to walk such trees. What a line says is looked for in vain, and what is there lies behind another door.
#[test]
fn a_line_or_tag_that_says_another_type_than_the_object_has_is_named() {
    for (mode, wrong, said) in [
        ("100644", "HEAD:folder", "a tree where a blob should be"),
        ("120000", "HEAD", "a commit where a blob should be"),
        ("40000", "HEAD:folder/a", "a blob where a tree should be"),
    ] {
        for packed in [false, true] {
            let s = Sandbox::git();
            s.file("folder/a", "x\n").commit("start");
            let target = s.run_git(["rev-parse", wrong]).trim().to_owned();
            let tree = object(&s, "tree", &[mode.as_bytes(), b" odd\0", &raw(&target)].concat());
            let commit = s.run_git(["commit-tree", &tree, "-p", "HEAD", "-m", "odd"]).trim().to_owned();
            s.run_git(["update-ref", "refs/heads/odd", &commit]);
            let all = ["HEAD", "HEAD^{tree}", "HEAD:folder", "HEAD:folder/a", &tree, &commit];
            if packed {
                pack(&s, &all);
            }
            s.run(["history"]).code(3).warns(said).warns("odd").warns(&target);
            s.run(["diff", &format!("HEAD..{commit}")]).code(3);
        }
    }
    let s = Sandbox::git();
    s.file("a", "x\n").commit("start");
    let target = s.run_git(["rev-parse", "HEAD:a"]).trim().to_owned();
    let tag = format!("object {target}\ntype tree\ntag t\ntagger n <a@b> 1 +0000\n\nsay\n");
    let tag = object(&s, "tag", tag.as_bytes());
    s.file(".git/refs/tags/t", format!("{tag}\n"));
    s.run(["history"]).code(3).warns("a blob where a tree should be").warns(&tag);
}

/// Refs that stand in tables of their own are left to git; where it cannot read them, nothing is called clean.
#[test]
fn refs_in_tables_are_never_a_clean_answer_unread() {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", "plain\n").commit("one");
    sandbox.file("b.txt", leak(1));
    sandbox.run_git(["add", "b.txt"]);
    sandbox.run(["staged"]).code(1);
    sandbox.run_git(["config", "core.repositoryFormatVersion", "1"]);
    sandbox.run_git(["config", "extensions.refStorage", "reftable"]);
    for args in [&["staged"][..], &["history"], &["diff", "HEAD"]] {
        sandbox.run(args).code(3);
    }
}
