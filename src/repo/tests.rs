//! The repository room against repositories that git itself makes, and against damage.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::error::Error;
use crate::model::{HashKind, ObjectId};

use super::{CacheTree, Environment, Git, Index, Mode, Reflogs, Repository};

/// A folder in which shell lines run with a git that knows nothing of this machine.
struct Place(TempDir);

impl Place {
    fn new() -> Place {
        Place(TempDir::new().expect("a temporary folder can be made"))
    }

    fn path(&self) -> PathBuf {
        fs::canonicalize(self.0.path()).expect("it is there")
    }

    #[track_caller]
    fn sh(&self, script: &str) -> String {
        let out = Command::new("sh")
            .args(["-euc", script])
            .current_dir(self.0.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").expect("PATH is set"))
            .env("HOME", self.0.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .envs([("GIT_AUTHOR_NAME", "a"), ("GIT_AUTHOR_EMAIL", "a@example.com")])
            .envs([("GIT_COMMITTER_NAME", "a"), ("GIT_COMMITTER_EMAIL", "a@example.com")])
            .output()
            .expect("sh runs");
        assert!(out.status.success(), "{script}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).trim().to_string()
    }

    #[track_caller]
    fn repository(&self, folder: &str) -> Repository {
        Repository::discover(&self.path().join(folder), &Environment::none())
            .expect("it can be read")
            .expect("it is there")
    }
}

const SOME: &str = "git init -q r; cd r; mkdir -p a/b; echo 1 >a/b/c; echo 2 >a/d; echo 3 >z; ln -s z l; git add .; git commit -qm x";

fn listed(index: &Index) -> Vec<String> {
    index
        .entries()
        .iter()
        .map(|e| {
            let path = String::from_utf8_lossy(index.path(e)).into_owned();
            format!("{:06o} {} {}\t{path}", e.bits, index.id(e), e.stage())
        })
        .collect()
}

#[test]
fn indexes_of_all_versions_are_read_as_git_reads_them() {
    for change in [
        "true",
        "git update-index --index-version 4",
        "git update-index --split-index; echo 4 >z; echo 5 >new; rm a/d; git add -A",
        "git update-index --index-version 4; git update-index --split-index; echo 4 >z; echo 5 >n; git add -A",
        "echo x >n; git add -N n; git update-index --skip-worktree z",
        "git checkout -qb o; echo o >z; git commit -qam o; git checkout -q -; echo m >z; git commit -qam m; git merge -q o || true",
        "git update-index --untracked-cache; git status -s",
    ] {
        let place = Place::new();
        place.sh(&format!("{SOME}; {change}"));
        let index = place.repository("r").index().expect("it can be read").expect("it is there");
        let expected = place.sh("cd r; git ls-files -s --sparse");
        assert_eq!(listed(&index), expected.lines().collect::<Vec<_>>(), "{change}");
    }
}

#[test]
fn the_other_hash_and_sparse_folders_are_read() {
    let place = Place::new();
    place.sh(&SOME.replace("git init", "git init --object-format=sha256"));
    let repository = place.repository("r");
    assert_eq!(repository.hash, HashKind::Sha256);
    let index = repository.index().expect("it can be read").expect("it is there");
    assert_eq!(listed(&index), place.sh("cd r; git ls-files -s").lines().collect::<Vec<_>>());

    let place = Place::new();
    place.sh(SOME);
    place.sh("cd r; mkdir k; echo 1 >k/k; git add .; git commit -qm k; git sparse-checkout set --cone --sparse-index k");
    let index = place.repository("r").index().expect("it can be read").expect("it is there");
    assert!(index.entries().iter().any(|e| e.mode() == Mode::Tree && index.path(e) == b"a/"));
    assert_eq!(listed(&index), place.sh("cd r; git ls-files -s --sparse").lines().collect::<Vec<_>>());
}

#[test]
fn the_cache_tree_names_heads_trees() {
    let place = Place::new();
    place.sh(SOME);
    let tree_of =
        |what: &str| ObjectId::from_hex(place.sh(&format!("cd r; git rev-parse {what}")).as_bytes());
    let index = place.repository("r").index().expect("it can be read").expect("it is there");
    let top = index.cache_tree().and_then(|t| t.node(CacheTree::TOP)).and_then(|n| n.tree);
    assert_eq!(top.map(|(n, id)| (n, Some(id))), Some((4, tree_of("HEAD^{tree}"))));
    place.sh("cd r; echo 9 >a/d; git add a/d");
    let index = place.repository("r").index().expect("it can be read").expect("it is there");
    let tree = index.cache_tree().expect("git keeps it");
    assert_eq!(tree.node(CacheTree::TOP).and_then(|n| n.tree), None);
    let a = tree.children(CacheTree::TOP).next().expect("a is there");
    assert_eq!(tree.node(a).and_then(|n| n.tree), None);
    let b = tree.children(a).next().expect("b is there");
    assert_eq!(tree.node(b).and_then(|n| n.tree).map(|(_, id)| id), tree_of("HEAD:a/b"));
    assert_eq!(index.range(b"a/"), 0..2);
    assert!(index.find_in(0..4, b"a/d").is_some() && index.find_in(0..4, b"a/e").is_none());
}

#[test]
fn every_damage_of_an_index_is_noticed() {
    let place = Place::new();
    place.sh(SOME);
    place.sh("cd r; git update-index --index-version 4");
    let repository = place.repository("r");
    let good = fs::read(&repository.index_file).expect("it can be read");
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x55;
        fs::write(&repository.index_file, &bad).expect("it can be written");
        assert!(matches!(repository.index(), Err(Error::Repository { .. })), "byte {at}");
        fs::write(&repository.index_file, &good[..at]).expect("it can be written");
        assert!(matches!(repository.index(), Err(Error::Repository { .. })), "cut at {at}");
        // With a checksum of zeros everything else must hold by itself: no panic, whatever stands there.
        let end = bad.len() - 20;
        bad[end..].fill(0);
        fs::write(&repository.index_file, &bad).expect("it can be written");
        let _ = repository.index();
    }
}

#[test]
fn repositories_are_found_where_git_finds_them() {
    let place = Place::new();
    place.sh(SOME);
    place.sh("git init -q --bare bare; cd r; git worktree add -q ../linked; mkdir -p x/y");
    place.sh("cd r; git init -q sub; mkdir s; echo 'gitdir: ../sub/.git' >s/.git");
    let top = place.path();
    assert_eq!(place.repository("r/x/y").work_tree, Some(top.join("r")));
    assert_eq!(place.repository("r/.git").work_tree, None);
    let bare = place.repository("bare");
    assert!(bare.bare && bare.git_dir == top.join("bare"));
    let linked = place.repository("linked");
    assert_eq!(linked.git_dir, top.join("r/.git/worktrees/linked"));
    assert_eq!(linked.common_dir, top.join("r/.git"));
    assert_eq!(linked.work_tree, Some(top.join("linked")));
    assert_eq!(linked.worktrees().expect("listed"), [top.join("r/.git"), linked.git_dir.clone()]);
    assert_eq!(place.repository("r/s").git_dir, top.join("r/sub/.git"));
    assert!(Repository::discover(&top, &Environment::none()).expect("nothing is wrong").is_none());
    let env = Environment { ceilings: vec![top.join("r/x")], ..Environment::none() };
    assert!(Repository::discover(&top.join("r/x/y"), &env).expect("nothing is wrong").is_none());
    let env = Environment { git_dir: Some("../r/.git".into()), ..Environment::none() };
    let named = Repository::discover(&top.join("bare"), &env).expect("it can be read").expect("it is there");
    assert_eq!((named.work_tree, named.git_dir), (Some(top.join("bare")), top.join("r/.git")));
    let env = Environment { git_dir: Some("nowhere".into()), ..Environment::none() };
    assert!(Repository::discover(&top.join("r"), &env).is_err());
}

#[test]
fn what_we_do_not_know_is_refused() {
    for (setting, problem) in [
        ("core.repositoryformatversion 2", "newer"),
        ("extensions.mystery 1", "mystery"),
        ("extensions.objectFormat md5", "md5"),
        ("core.repositoryformatversion x", "not a number"),
    ] {
        let place = Place::new();
        place.sh(&format!(
            "git init -q r; cd r; git config core.repositoryformatversion 1; git config {setting}"
        ));
        let refused = Repository::discover(&place.path().join("r"), &Environment::none());
        let words = refused.expect_err(setting).to_string();
        assert!(words.contains(problem), "{words}");
    }
    let place = Place::new();
    place.sh("git init -q r; echo '[core' >r/.git/config");
    let refused = Repository::discover(&place.path().join("r"), &Environment::none());
    assert_eq!(refused.expect_err("it is bad").exit_code(), 3);
}

#[test]
fn refs_are_all_listed_and_broken_ones_hide_nothing() {
    let place = Place::new();
    place.sh(SOME);
    place.sh("cd r; git tag -am t t; git branch q/w; git pack-refs --all; git branch loose; git worktree add -q ../linked; \
        git symbolic-ref refs/remotes/o/HEAD refs/remotes/o/gone; echo 5 >z; git stash -q; echo 6 >z; git stash -q");
    let repository = place.repository("r");
    let refs = repository.refs().expect("they can be read");
    assert!(refs.broken.is_empty());
    let ours: Vec<String> = refs
        .refs
        .iter()
        .filter(|r| r.name.starts_with(b"refs/"))
        .map(|r| format!("{} {}", r.target, String::from_utf8_lossy(&r.name)))
        .collect();
    let gits = place.sh("cd r; git for-each-ref '--format=%(objectname) %(refname)' | sort -k2");
    assert_eq!(ours, gits.lines().collect::<Vec<_>>());
    assert!(refs.refs.iter().any(|r| r.name == b"HEAD"));
    assert!(refs.refs.iter().any(|r| r.name == b"worktrees/linked/HEAD"));
    assert_eq!(repository.reflog_ids(Reflogs::Stash).expect("it can be read").0.len(), 2);

    place.sh(
        "cd r/.git/refs/heads; : >empty; echo nonsense >bad; printf '%040d' 0 >null; ln -s /etc/passwd out; \
        echo 'ref: refs/heads/b' >a; echo 'ref: refs/heads/a' >b",
    );
    let refs = repository.refs().expect("they can be read");
    let names: Vec<_> = refs.broken.iter().map(|(name, _)| name.as_str()).collect();
    let expected = ["a", "b", "bad", "empty", "null", "out"].map(|n| format!("refs/heads/{n}"));
    assert_eq!(names, expected);
    assert!(refs.refs.iter().any(|r| r.name == b"refs/heads/loose"));
}

#[test]
fn heads_are_followed() {
    let place = Place::new();
    place.sh("git init -q r");
    assert_eq!(place.repository("r").head().expect("it can be read"), None);
    place.sh(SOME);
    let head = ObjectId::from_hex(place.sh("cd r; git rev-parse HEAD").as_bytes());
    assert_eq!(place.repository("r").head().expect("it can be read"), head);
    place.sh("cd r; git pack-refs --all; git worktree add -q --detach ../linked");
    assert_eq!(place.repository("r").head().expect("it can be read"), head);
    assert_eq!(place.repository("linked").head().expect("it can be read"), head);
    place.sh("cd r; : >.git/refs/heads/$(git branch --show-current)");
    assert!(place.repository("r").head().is_err());
}

#[test]
fn the_git_program_is_found_outside_and_runs_nothing_of_the_repository() {
    let place = Place::new();
    place.sh(SOME);
    place.sh("cd r; printf '#!/bin/sh\\ntouch ran\\n' >git; chmod +x git; git config core.fsmonitor \"$PWD/git\"; git config alias.ls-files '!touch ran'");
    let repository = place.repository("r");
    let git = Git::find(&repository.folders()).expect("git is installed");
    assert!(git.program().is_absolute() && !git.program().starts_with(place.path()));
    let text = git.output(&repository, &["ls-files", "-m"].map(AsRef::as_ref), 1 << 20).expect("it runs");
    assert_eq!(text, b"");
    assert!(!place.path().join("r/ran").exists());
    let long = git.output(&repository, &["ls-files"].map(AsRef::as_ref), 3);
    assert!(long.expect_err("too long").to_string().contains("more than 3"));
    let bad =
        git.output(&repository, &["rev-parse", "--verify", "--end-of-options", "-x"].map(AsRef::as_ref), 99);
    assert!(bad.is_err());
}
