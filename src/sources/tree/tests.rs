//! The walk against small trees and against git's own lists.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use tempfile::TempDir;

use crate::model::{Blob, Coverage, Origin, Part, SkipReason};

use super::super::source::Source;
use super::{Tree, TreeOptions};

fn place() -> (TempDir, PathBuf) {
    let temp = TempDir::new().expect("a temporary folder can be made");
    let path = fs::canonicalize(temp.path()).expect("it is there");
    (temp, path)
}

#[track_caller]
fn sh(folder: &Path, script: &str) -> String {
    let out = Command::new("sh")
        .args(["-euc", script])
        .current_dir(folder)
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE")
        .env_remove("XDG_CONFIG_HOME")
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .envs([("GIT_AUTHOR_NAME", "a"), ("GIT_AUTHOR_EMAIL", "a@example.com")])
        .envs([("GIT_COMMITTER_NAME", "a"), ("GIT_COMMITTER_EMAIL", "a@example.com")])
        .output()
        .expect("sh runs");
    assert!(out.status.success(), "{script}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).trim().to_string()
}

/// All paths with their parts, each of which must come once; and the account.
fn visit(options: TreeOptions) -> (BTreeSet<String>, Coverage) {
    let seen = Mutex::new(BTreeSet::new());
    let coverage = Tree::new(options)
        .visit(&|| {
            Box::new(|blob: &Blob<'_>| {
                let mark = match blob.origin.part() {
                    Part::Content => "",
                    Part::LinkTarget => " link",
                    _ => " other",
                };
                let name = match blob.origin {
                    Origin::Stdin => "-".into(),
                    origin => format!("{}{mark}", origin.path().expect("a file has a path").to_text()),
                };
                let fresh = seen.lock().expect("no thread panics").insert(name.clone());
                assert!(fresh, "{name} comes twice");
            })
        })
        .expect("a walk always has an account");
    (seen.into_inner().expect("no thread panics"), coverage)
}

/// The same for one folder, with paths from it.
fn below(folder: &Path, change: impl FnOnce(&mut TreeOptions)) -> (BTreeSet<String>, Coverage) {
    let mut options = TreeOptions { paths: vec![folder.to_path_buf()], threads: 3, ..TreeOptions::default() };
    change(&mut options);
    let (seen, coverage) = visit(options);
    let top = format!("{}/", folder.display());
    (seen.into_iter().map(|p| p.strip_prefix(&top).unwrap_or(&p).to_string()).collect(), coverage)
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(ToString::to_string).collect()
}

const RULES: &str = "printf '*.log\\n/build/\\n!keep.log\\nk/*\\n!k/a\\n' >.gitignore; mkdir -p build/z a/build src/deep k; \
    printf '!*.log\\n/own\\n' >src/.gitignore; echo x >.git/info/exclude; echo user >.ignored; \
    touch a.log keep.log build/1 build/z/2 a/build/3 a/b.log src/c.log src/own src/deep/own src/d x k/a k/b .hidden y";

#[test]
fn a_work_tree_gives_what_git_lists() {
    for change in [
        "true",
        "git add -f a.log build/1 k/b x src/own; git commit -qm x; rm src/d",
        "git add -A; git update-index --index-version 4; git update-index --split-index; mkdir new; touch new/a new/b.log",
        "git config core.excludesFile ~/.excludes; echo y >.excludes; git add .hidden",
        "git add -A; git commit -qm x; mkdir p; touch p/q; git sparse-checkout set --cone --sparse-index src",
        "git config core.ignoreCase true; touch Z.LOG",
    ] {
        let (_temp, top) = place();
        sh(&top, &format!("git init -q .; {RULES}; {change}"));
        let git = sh(&top, "git ls-files -co --exclude-standard --deduplicate");
        let expected: BTreeSet<String> =
            git.lines().filter(|p| top.join(p).symlink_metadata().is_ok()).map(str::to_string).collect();
        let (seen, coverage) = below(&top, |_| {});
        assert_eq!(seen, expected, "{change}");
        assert!(coverage.is_complete());
        assert_eq!(coverage.files, seen.len() as u64);
        // A subfolder by itself is seen in the same way.
        let (seen, _) = below(&top.join("src"), |_| {});
        let src = expected.iter().filter_map(|p| p.strip_prefix("src/")).map(str::to_string).collect();
        assert_eq!(seen, src, "{change}");
    }
}

#[test]
fn options_widen_the_walk_and_named_paths_always_count() {
    let (_temp, top) = place();
    sh(&top, &format!("git init -q .; {RULES}; echo d >src/.ignore"));
    let all = sh(&top, "find . -name .git -prune -o -type f -print | sed 's,^./,,'");
    let all: BTreeSet<String> = all.lines().map(str::to_string).collect();
    assert_eq!(below(&top, |o| o.no_ignore = true).0, all);
    let without: BTreeSet<String> = all.iter().filter(|p| *p != "src/d").cloned().collect();
    let (seen, coverage) = below(&top, |o| o.no_git = true);
    assert_eq!(seen, without);
    assert_eq!(coverage.skipped.get(&SkipReason::Ignored), Some(&1));
    assert_eq!(below(&top.join("build"), |_| {}).0, set(&["1", "z/2"]));
    let paths = ["a.log", "build", "build/1", "a.log", "build"].map(|p| top.join(p));
    let (seen, _) = visit(TreeOptions { paths: paths.to_vec(), ..TreeOptions::default() });
    assert_eq!(seen, ["a.log", "build/1", "build/z/2"].map(|p| top.join(p).display().to_string()).into());
}

#[test]
fn other_repositories_are_seen_as_they_see_themselves() {
    let (_temp, top) = place();
    sh(
        &top,
        "git init -q .; mkdir -p in/x; cd in; git init -q .; echo '*.o' >.gitignore; touch a.o b.o x/c; git add -f a.o; git commit -qm x",
    );
    sh(
        &top,
        "echo '*.c' >.gitignore; touch in/d.c; mkdir -p sub/y; cd sub; git init -q .; touch s y/t; git add .; git commit -qm x",
    );
    sh(&top, "git add sub; mkdir e; echo 'gitdir: ../nowhere' >e/.git; touch e/f.c");
    let (seen, coverage) = below(&top, |_| {});
    let expected = [".gitignore", "in/.gitignore", "in/a.o", "in/x/c", "in/d.c", "sub/s", "sub/y/t", "e/f.c"];
    assert_eq!(seen, set(&expected));
    assert_eq!(coverage.incomplete.len(), 1, "{:?}", coverage.incomplete);
    assert!(coverage.incomplete[0].what.ends_with("e/.git"));
}

#[test]
fn links_are_read_not_followed_and_special_files_are_counted() {
    let (_temp, top) = place();
    sh(
        &top,
        "mkdir in out; touch out/secret; ln -s ../out in/folder; ln -s ../out/secret in/file; ln -s gone in/dangling; mkfifo in/fifo",
    );
    let (seen, coverage) = below(&top.join("in"), |_| {});
    assert_eq!(seen, set(&["dangling link", "file link", "folder link"]));
    assert_eq!(coverage.skipped.get(&SkipReason::SpecialFile), Some(&1));
    assert!(coverage.is_complete());
    // Where a folder of the index has become a link, nothing behind it is read.
    sh(&top, "cd in; git init -q .; mkdir d; touch d/secret; git add d; rm -r d; ln -s ../out d");
    assert!(below(&top.join("in"), |_| {}).0.contains("d link"));
}

#[test]
fn what_cannot_be_read_is_named() {
    let (_temp, top) = place();
    sh(&top, "mkfifo fifo; touch ok");
    let paths = ["gone", "fifo", "ok"].map(|p| top.join(p));
    let (seen, coverage) = visit(TreeOptions { paths: paths.to_vec(), ..TreeOptions::default() });
    assert_eq!(seen.len(), 1);
    assert_eq!(coverage.incomplete.len(), 2);
    sh(&top, "git init -q r; touch r/a r/b; cd r; echo b >.gitignore; git add a; printf x >>.git/index");
    let (seen, coverage) = below(&top.join("r"), |_| {});
    assert_eq!(seen, set(&[".gitignore", "a", "b"]), "without an index nothing is left out");
    assert!(coverage.incomplete[0].why.contains("checksum"));
}

/// Makes folders in each other, further down than a path can name.
fn make_deep(top: &Path, depth: usize) -> std::os::fd::OwnedFd {
    use rustix::fs::{Mode, OFlags, mkdirat, open, openat};
    let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
    let mut folder = open(top, flags, Mode::empty()).expect("it is there");
    for _ in 0..depth {
        mkdirat(&folder, "abcdefgh", Mode::RWXU).expect("it can be made");
        folder = openat(&folder, "abcdefgh", flags, Mode::empty()).expect("it is there");
    }
    folder
}

#[test]
fn deep_wide_and_odd_trees_are_walked() {
    let (_temp, top) = place();
    let name = std::ffi::OsStr::from_bytes(b"\xff \n'\x1b");
    fs::write(top.join(name), "x").expect("it can be written");
    fs::create_dir(top.join("wide")).expect("it can be made");
    for i in 0..1500 {
        fs::write(top.join(format!("wide/{i}")), "x").expect("it can be written");
    }
    let deepest = make_deep(&top, 600);
    rustix::fs::openat(&deepest, "end", rustix::fs::OFlags::CREATE, rustix::fs::Mode::RUSR)
        .expect("it can be made");
    let (seen, coverage) = below(&top, |_| {});
    assert_eq!(seen.len(), 1 + 1500 + 1);
    assert!(seen.iter().any(|p| p.ends_with("/end") && p.len() == 600 * 9 + 3));
    assert!(coverage.is_complete(), "{:?}", coverage.incomplete);
}

#[test]
fn limits_and_stops_are_obeyed() {
    let (_temp, top) = place();
    fs::write(top.join("long"), vec![b'x'; 2000]).expect("it can be written");
    fs::write(top.join("short"), "x").expect("it can be written");
    let (seen, coverage) = below(&top, |o| o.max_file_size = Some(1999));
    assert_eq!(seen, set(&["short"]));
    assert_eq!(coverage.skipped.get(&SkipReason::OverUserLimit), Some(&1));
    let (seen, coverage) = below(&top, |o| o.stop.request(crate::model::StopReason::TimedOut));
    assert!(seen.is_empty() && !coverage.is_complete());
}
