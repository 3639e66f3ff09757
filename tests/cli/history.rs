//! `keysieve history`: whatever was ever committed, and who brought it in.

use serde_json::Value;

use super::sandbox::{Sandbox, key, keyed};

const RULE: &str = "elevenlabs-api-key";

fn line(seed: u64) -> String {
    format!("ELEVENLABS_API_KEY={}\n", keyed(RULE, seed))
}

fn history(sandbox: &Sandbox, options: &[&str]) -> Vec<Value> {
    let mut args = vec!["history", "--format", "jsonl"];
    args.extend(options);
    sandbox.run(args).findings()
}

fn paths(findings: &[Value]) -> Vec<&str> {
    findings.iter().map(|f| f["path"].as_str().unwrap_or_default()).collect()
}

#[test]
fn a_key_that_was_removed_is_found_with_the_commit_that_brought_it_in() {
    let s = Sandbox::git();
    s.file("README", "hello\n").commit("start");
    s.file("app/config.env", line(1)).commit("add the configuration");
    let introduced = s.run_git(["rev-parse", "HEAD"]);
    s.file("app/config.env", format!("{}more=1\n", line(1))).commit("edit");
    std::fs::remove_file(s.dir.join("app/config.env")).unwrap();
    s.commit("remove");
    let ran = s.run(["history", "--format", "jsonl"]).code(1).hides(&keyed(RULE, 1));
    let found = ran.findings();
    assert_eq!(paths(&found), ["app/config.env"]);
    let finding = &found[0];
    assert_eq!(finding["commit"], introduced.as_str());
    assert_eq!(finding["message"], "add the configuration");
    assert_eq!(finding["in_head"], false);
    assert_eq!(finding["occurrences"], 2);
    assert_eq!(finding["line"], 1);
    assert!(finding["refs"].as_array().unwrap().iter().any(|r| r == "refs/heads/main"), "{finding}");
    assert!(ran.err.contains("4 commits"), "{}", ran.err);
}

#[test]
fn a_clean_history_is_clean_and_says_what_was_read() {
    let s = Sandbox::git();
    s.file("a", "1").commit("one");
    s.file("a", "2").commit("two");
    s.run(["history"]).code(0).warns("2 commits").warns("2 blobs");
}

#[test]
fn an_empty_repository_is_clean_and_no_repository_is_not() {
    Sandbox::git().run(["history"]).code(0);
    Sandbox::new().run(["history"]).code(3);
    Sandbox::git().run(["history", "nowhere"]).code(3);
}

#[test]
fn messages_tags_names_and_refs_are_read() {
    let s = Sandbox::git();
    s.file("a", "1").commit(&format!("try {}", keyed(RULE, 1)));
    s.run_git(["tag", "-a", "v1", "-m", &format!("use {}", keyed(RULE, 2))]);
    s.file(format!("dir/{}", keyed(RULE, 3)), "x").commit("a telling name");
    s.run_git(["branch", &keyed(RULE, 4)]);
    let found = history(&s, &[]);
    assert_eq!(found.len(), 4, "{found:#?}");
}

#[test]
fn stashes_notes_worktrees_and_the_index_keep_objects() {
    let s = Sandbox::git();
    s.file("a", "1").commit("one");
    s.file("a", line(1));
    s.run_git(["stash", "-q"]);
    s.file("a", line(2));
    s.run_git(["stash", "-q"]);
    s.run_git(["notes", "add", "-m", &line(3), "HEAD"]);
    s.run_git(["worktree", "add", "-q", "--detach", "../linked"]);
    let linked = s.outside().join("linked");
    std::fs::write(linked.join("b"), line(4)).unwrap();
    let linked = linked.to_str().unwrap();
    s.run_git(["-C", linked, "add", "b"]);
    s.run_git(["-C", linked, "commit", "-q", "-m", "detached"]);
    s.file("c", line(5));
    s.run_git(["add", "c"]);
    let found = history(&s, &[]);
    let prints: std::collections::BTreeSet<_> = found.iter().map(|f| f["fingerprint"].to_string()).collect();
    assert_eq!(prints.len(), 5, "{found:#?}");
}

#[test]
fn what_nothing_keeps_is_found_only_when_asked_for() {
    let s = Sandbox::git();
    s.file("a", "1").commit("one");
    s.file("a", line(1)).commit("two");
    s.run_git(["reset", "-q", "--hard", "HEAD~1"]);
    // `ORIG_HEAD` still names it, which is no ref but the reflog's newest entry once more.
    assert!(s.dir.join(".git/ORIG_HEAD").exists());
    assert_eq!(history(&s, &[]).len(), 0);
    assert_eq!(paths(&history(&s, &["--reflog"])), ["a"]);
    s.run_git(["reflog", "expire", "--expire=now", "--all"]);
    assert_eq!(paths(&history(&s, &["--reflog"])), ["a"]);
    std::fs::remove_file(s.dir.join(".git/ORIG_HEAD")).unwrap();
    assert_eq!(history(&s, &["--reflog"]).len(), 0);
    assert_eq!(paths(&history(&s, &["--unreachable"])), ["a"]);
}

#[test]
fn a_merge_that_brings_in_a_key_by_itself() {
    let s = Sandbox::git();
    s.file("a", "1\n").commit("one");
    s.run_git(["checkout", "-q", "-b", "side"]);
    s.file("a", "side\n").commit("side");
    s.run_git(["checkout", "-q", "main"]);
    s.file("a", "main\n").commit("main");
    s.try_git(["merge", "-q", "side"]);
    s.file("a", line(1)).commit("merge with a secret");
    let merge = s.run_git(["rev-parse", "HEAD"]);
    let found = history(&s, &[]);
    assert_eq!((found.len(), found[0]["commit"].as_str()), (1, Some(merge.as_str())), "{found:#?}");
    assert_eq!(found[0]["in_head"], true);
}

#[test]
fn filters_choose_by_the_commit_that_brought_it_in() {
    let s = Sandbox::git();
    s.file("a", line(1)).commit("one");
    s.run_git(["tag", "start"]);
    s.file("b/c", line(2)).commit("two");
    s.run_git(["checkout", "-q", "-b", "side"]);
    s.file("d", line(3)).commit("three");
    s.run_git(["checkout", "-q", "main"]);
    let all = |options: &[&str]| {
        history(&s, options).iter().map(|f| f["path"].as_str().unwrap().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(all(&[]), ["a", "b/c", "d"]);
    assert_eq!(all(&["--range", "start..main"]), ["b/c"]);
    assert_eq!(all(&["--range", "start..side"]), ["b/c", "d"]);
    assert_eq!(all(&["--branch", "main"]), ["a", "b/c"]);
    assert_eq!(all(&["--path", "b"]), ["b/c"]);
    assert_eq!(all(&["--path", "*/c"]), ["b/c"]);
    assert_eq!(all(&["--max-commits", "1"]), ["d"]);
    assert_eq!(all(&["--since", "1971-01-01"]), ["a", "b/c", "d"]);
    assert_eq!(all(&["--author", "."]), ["a", "b/c", "d"]);
    s.run(["history", "--author", "nobody at all"]).code(3);
    s.run(["history", "--until", "1971-01-01"]).code(3);
    s.run(["history", "--since", "soon"]).code(2);
    s.run(["history", "--range", "nothing..main"]).code(3);
    s.run(["history", "--range=--all"]).code(3);
    s.run(["history", "--branch", "nothing"]).code(3);
}

#[test]
fn packed_and_loose_give_the_same_report_whatever_the_threads() {
    let s = Sandbox::git();
    for n in 0..12 {
        s.file(format!("d{}/file", n % 3), format!("{}\nversion {n}\n{}", "text\n".repeat(50), line(n % 5)));
        s.commit(&format!("commit {n}"));
    }
    let report = |threads: &str| s.run(["--threads", threads, "history", "--format", "json"]).code(1).out;
    let strip = |text: String| {
        let mut json: Value = serde_json::from_str(&text).unwrap();
        json.as_object_mut().unwrap().remove("coverage");
        json
    };
    let loose = strip(report("1"));
    assert_eq!(loose, strip(report("4")));
    s.run_git(["repack", "-qadf"]);
    assert_eq!(loose, strip(report("1")));
    assert_eq!(loose, strip(report("3")));
}

#[test]
fn damage_is_said_and_findings_stay() {
    let s = Sandbox::git();
    s.file("key", line(1)).file("other", "other\n").commit("one");
    let id = s.run_git(["rev-parse", "HEAD:other"]);
    let object = s.dir.join(".git/objects").join(&id[..2]).join(&id[2..]);
    std::fs::remove_file(&object).unwrap();
    s.run(["history"]).code(1).warns(&id).warns("missing");
    std::fs::write(&object, "").unwrap();
    s.run(["history"]).code(1).warns(&id).warns("empty");
    let id = s.run_git(["rev-parse", "HEAD:key"]);
    std::fs::remove_file(s.dir.join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
    s.run(["history"]).code(3).warns(&id);
}

#[test]
fn a_broken_commit_does_not_hide_what_lies_behind_it() {
    let s = Sandbox::git();
    s.file("key", line(1)).commit("one");
    s.file("key", "gone\n").commit("two");
    s.file("key", "still gone\n").commit("three");
    let id = s.run_git(["rev-parse", "HEAD~1"]);
    std::fs::remove_file(s.dir.join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
    let ran = s.run(["history", "--format", "jsonl"]).code(1).warns(&id);
    assert_eq!(paths(&ran.findings()), ["key"]);
}

#[test]
fn shallow_and_partial_clones() {
    let s = Sandbox::git();
    s.file("a", "1\n").file("big", "x".repeat(5000)).commit("one");
    s.file("a", "2\n").commit("two");
    s.run_git(["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", s.dir.display());
    let clone = |name: &str, option: &str| {
        s.run_git(["clone", "-q", "--no-checkout", option, &url, &format!("../{name}")]);
        s.outside().join(name).to_str().unwrap().to_string()
    };
    let shallow = clone("shallow", "--depth=1");
    s.run(["history", &shallow]).code(0).warns("shallow");
    s.run(["--require-full-history", "history", &shallow]).code(3);
    let partial = clone("partial", "--filter=blob:limit=100");
    s.run(["history", &partial]).code(3).warns("promised");
    let bare = clone("bare", "--bare");
    s.run(["history", &bare]).code(0);
}

#[test]
fn both_sides_of_a_range_are_commits() {
    let s = Sandbox::git();
    s.file("a", "1").commit("one");
    s.file("a", line(1)).commit("two");
    s.run_git(["tag", "-a", "first", "-m", "a tag", "HEAD~1"]);
    let gone = format!("{}..HEAD", "12".repeat(20));
    for none in ["HEAD:a..HEAD", "HEAD..HEAD:a", "HEAD^{tree}..HEAD", &gone] {
        s.run(["history", &format!("--range={none}")]).code(3).warns("no such range");
    }
    let new = format!("{}..HEAD", "0".repeat(40));
    for some in ["HEAD~1..HEAD", "first..HEAD", &new] {
        s.run(["history", &format!("--range={some}")]).code(1);
    }
}

#[test]
fn several_repositories_and_folders_of_them() {
    let s = Sandbox::new();
    for (name, seed) in [("all/one", 1), ("all/deep/two", 2)] {
        let dir = s.dir.join(name);
        std::fs::create_dir_all(&dir).unwrap();
        let dir = dir.to_str().unwrap();
        s.run_git(["init", "-q", dir]);
        s.file(format!("{name}/file"), line(seed));
        s.run_git(["-C", dir, "add", "."]);
        s.run_git(["-C", dir, "commit", "-q", "-m", name]);
    }
    let found = history(&s, &["all"]);
    assert_eq!(paths(&found), ["deep/two/file", "one/file"], "{found:#?}");
    let found = history(&s, &["all/one", "all/deep/two"]);
    assert_eq!(paths(&found), ["all/deep/two/file", "all/one/file"], "{found:#?}");
    for twice in [["all/one", "all/one"], ["all/one", "all/one/.git"], ["all/one/.git", "all/one"]] {
        let found = history(&s, &twice);
        assert_eq!(found.len(), 1, "a history named twice is read once: {found:#?}");
        assert_eq!(found[0]["occurrences"], 1);
    }
    let found = history(&s, &["all/one", "all"]);
    assert_eq!(paths(&found), ["all/one/file", "deep/two/file"], "{found:#?}");
    s.run(["history", "all/one", "all/deep/two", "all/deep"]).code(1).warns("2 findings");
    std::fs::create_dir_all(s.dir.join("none/at/all")).unwrap();
    s.run(["history", "none"]).code(3);
}

#[test]
fn replace_refs_and_grafts_have_no_effect() {
    let s = Sandbox::git();
    s.file("a", line(1)).commit("with a key");
    s.file("a", "clean\n").commit("clean");
    let with = s.run_git(["rev-parse", "HEAD~1"]);
    let clean = s.run_git(["rev-parse", "HEAD"]);
    s.run_git(["replace", "--graft", "HEAD"]);
    s.file(".git/info/grafts", format!("{clean}\n"));
    let found = history(&s, &[]);
    assert_eq!((found.len(), found[0]["commit"].as_str()), (1, Some(with.as_str())), "{found:#?}");
}

#[test]
fn keys_beyond_the_whole_limit_and_across_windows_are_found() {
    let s = Sandbox::git();
    let filler = "a line of filler that is no key at all\n".repeat(440_000);
    let text = format!("{filler}{}{filler}{}", line(1), line(2));
    assert!(text.len() > 16 << 20);
    s.file("large", text).commit("large");
    let found = history(&s, &[]);
    let lines: Vec<_> = found.iter().map(|f| f["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [440_001, 880_002], "{found:#?}");
    let _ = key(RULE);
}

#[test]
fn a_cache_of_clean_objects_changes_no_answer() {
    let s = Sandbox::git();
    for n in 0..8 {
        s.file("a", format!("{}version {n}\n", "text\n".repeat(40))).file(format!("d/{n}"), n.to_string());
        s.commit(&format!("commit {n}"));
    }
    let cache = s.outside().join("cache");
    let option = format!("--cache={}", cache.display());
    s.run(["history", &option]).code(0);
    assert_eq!(std::fs::read_dir(&cache).unwrap().count(), 1);
    s.run(["history", &option]).code(0).warns("known clean");
    // What is new is read, whether its neighbours are packed or not, and attributed as without a cache.
    s.file("a", format!("{}{}", "text\n".repeat(40), line(1))).commit("a key");
    s.run_git(["repack", "-qadf"]);
    let plain = history(&s, &[]);
    assert_eq!((plain.len(), history(&s, &[&option])), (1, plain.clone()));
    assert_eq!(history(&s, &[&option]), plain, "the second time, too");
    // Other rules know nothing of it, and a damaged file is none.
    s.run(["history", "--disable", RULE, &option]).code(1).says("generic");
    for entry in std::fs::read_dir(&cache).unwrap() {
        let path = entry.unwrap().path();
        let mut bytes = std::fs::read(&path).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains(&keyed(RULE, 1)));
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, bytes).unwrap();
    }
    assert_eq!(history(&s, &[&option]), plain);
    // Something that never ends is no cache either, and is not waited for.
    let file = std::fs::read_dir(&cache).unwrap().next().unwrap().unwrap().path();
    std::fs::remove_file(&file).unwrap();
    s.run_command(s.command("mkfifo").arg(&file), b"").code(0);
    assert_eq!(history(&s, &[&option]), plain);
    s.run(["history", "--cache=.git/cache"]).code(2);
    // With a blank between, beside the repository, and never in another repository by mistake.
    s.run(["history", "--cache", "../outside-cache"]).code(1);
    s.run(["history", "--cache", "."]).code(2).warns("is a repository");
    // Without a folder it is the user's.
    s.run(["history", "--cache"]).code(1);
    assert!(s.outside().join("home/.cache/keysieve").is_dir());
}

#[test]
fn a_repository_that_is_not_there_hides_no_other() {
    let s = Sandbox::git();
    s.file("a", line(1)).commit("one");
    for mode in ["history", "audit"] {
        for order in [["../work", "../missing", "../home"], ["../missing", "../home", "../work"]] {
            let ran = s.run([&[mode, "--format=jsonl"], &order[..]].concat()).code(1);
            assert_eq!(paths(&ran.findings()), ["../work/a"], "{mode}");
            ran.warns("../missing: not scanned").warns("../home: not scanned");
        }
        s.run([mode, "../missing", "../home"]).code(3).warns("missing").warns("home");
        s.run([mode, "../missing"]).code(3).warns("missing");
    }
}
