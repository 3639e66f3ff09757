//! `keysieve diff`: every commit of a range, in both directions.

use super::sandbox::{Sandbox, key, keyed};

const RULE: &str = "voicgen-live-api-key";

fn leak() -> String {
    format!("VOICGEN_API_KEY={}\n", key(RULE))
}

fn old_leak() -> String {
    format!("VOICGEN_API_KEY={}\n", keyed(RULE, 2))
}

/// A repository with an old key in its first commit, tagged `base`.
fn based() -> Sandbox {
    let sandbox = Sandbox::git();
    sandbox.file("old.txt", format!("one\n{}two\n", old_leak())).commit("first");
    sandbox.run_git(["tag", "base"]);
    sandbox
}

#[track_caller]
fn found(sandbox: &Sandbox, range: &str) -> Vec<serde_json::Value> {
    let ran = sandbox.run(["diff", range, "--format", "jsonl"]);
    let findings = ran.findings();
    ran.code(i32::from(!findings.is_empty())).hides(&key(RULE)).hides(&keyed(RULE, 2));
    findings
}

#[test]
fn a_key_that_came_and_went_is_found_and_an_old_one_is_not() {
    let sandbox = based();
    sandbox.file("old.txt", format!("one\n{}two\nthree\n", old_leak())).commit("beside");
    assert!(found(&sandbox, "base..HEAD").is_empty());
    sandbox.file("new.txt", format!("x\n{}", leak())).commit("leak");
    let commit = sandbox.run_git(["rev-parse", "HEAD"]);
    sandbox.file("new.txt", "x\n").commit("taken out");
    for range in ["base..HEAD", "base...HEAD", "base", "base..", "base..main"] {
        let findings = found(&sandbox, range);
        assert_eq!(findings.len(), 1, "{range}");
        assert_eq!(findings[0]["commit"], commit.as_str());
        assert_eq!(findings[0]["path"], "new.txt");
        assert_eq!(findings[0]["line"], 2);
        assert_eq!(findings[0]["in_head"], false);
        assert_eq!(findings[0]["message"], "leak");
        assert_eq!(findings[0]["author"], "Ada Example");
    }
    assert!(found(&sandbox, "HEAD~1..HEAD").is_empty());
    // A key of before the range is found when the range begins before it.
    assert_eq!(found(&sandbox, &format!("{}..HEAD", "0".repeat(40))).len(), 2);
}

#[test]
fn merges_are_judged_by_what_no_parent_has() {
    let sandbox = based();
    sandbox.run_git(["checkout", "-q", "-b", "side"]);
    sandbox.file("side.txt", "side\n").file("both.txt", "side\n").commit("side");
    sandbox.run_git(["checkout", "-q", "main"]);
    sandbox.file("main.txt", leak()).file("both.txt", "main\n").commit("main");
    sandbox.run_git(["tag", "before"]);
    sandbox.try_git(["merge", "-q", "side"]);
    sandbox.file("both.txt", "main\nside\n").commit("merged");
    assert!(found(&sandbox, "before..HEAD").is_empty());
    assert_eq!(found(&sandbox, "base..HEAD").len(), 1);
    sandbox.run_git(["reset", "-q", "--hard", "before"]);
    sandbox.try_git(["merge", "-q", "side"]);
    sandbox.file("both.txt", format!("main\nside\n{}", leak())).commit("evil merge");
    let findings = found(&sandbox, "before..HEAD");
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0]["path"].as_str(), findings[0]["line"].as_u64()), (Some("both.txt"), Some(3)));
}

#[test]
fn renames_messages_and_names() {
    let sandbox = based();
    sandbox.run_git(["mv", "old.txt", "renamed.txt"]);
    sandbox.commit("renamed");
    sandbox.file("renamed.txt", format!("zero\none\n{}two\n", old_leak())).commit("changed");
    assert!(found(&sandbox, "base").is_empty());
    sandbox.commit(&format!("the key is {}", leak().trim_end()));
    assert_eq!(found(&sandbox, "base").len(), 1);
    sandbox.run_git(["reset", "-q", "--hard", "HEAD~1"]);
    sandbox.file(format!("{}.txt", key(RULE)), "x\n").commit("name");
    assert_eq!(found(&sandbox, "base").len(), 1);
}

#[test]
fn a_range_that_is_none_is_never_clean() {
    let sandbox = based();
    sandbox.run(["diff", "nowhere..HEAD"]).code(3).warns("nowhere");
    sandbox.run(["diff", "HEAD..HEAD"]).code(3).warns("no commit");
    sandbox.run(["diff", "--", "-x..HEAD"]).code(3);
    sandbox.run(["diff"]).code(2);
    Sandbox::new().run(["diff", "HEAD"]).code(3);
}

#[test]
fn shallow_and_damaged_repositories_are_incomplete() {
    let sandbox = based();
    sandbox.file("a.txt", "a\n").commit("a").file("b.txt", "b\n").commit("b");
    let address = format!("file://{}", sandbox.dir.display());
    let shallow = Sandbox::new();
    shallow.run_git(["clone", "-q", "--depth", "2", &address, "."]);
    shallow.run(["diff", "base..HEAD"]).code(3).warns("shallow");
    assert!(found(&shallow, "HEAD~1..HEAD").is_empty());
    shallow.run(["diff", &format!("{}..HEAD", "0".repeat(40))]).warns("shallow");
    let id = sandbox.run_git(["rev-parse", "HEAD:b.txt"]);
    std::fs::remove_file(sandbox.dir.join(format!(".git/objects/{}/{}", &id[..2], &id[2..]))).unwrap();
    sandbox.run(["diff", "base"]).code(3).warns("missing");
    sandbox.run(["diff", "base..HEAD~1"]).code(0);
}

/// Git lists no commit at all then.
#[test]
fn a_commit_that_cannot_be_read_does_not_hide_what_others_add() {
    let sandbox = based();
    sandbox.file("a.txt", "a\n").commit("a");
    let id = sandbox.run_git(["rev-parse", "HEAD"]);
    sandbox.file("b.txt", leak()).commit("b");
    let path = sandbox.dir.join(format!(".git/objects/{}/{}", &id[..2], &id[2..]));
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, "nonsense").unwrap();
    let ran = sandbox.run(["diff", "base..HEAD"]).code(1).says("b.txt:1").warns("INCOMPLETE").warns(&id);
    ran.hides(&key(RULE));
}

#[test]
fn answers_do_not_depend_on_threads() {
    let sandbox = based();
    for i in 0..12 {
        sandbox.file(format!("{i}.txt"), format!("VOICGEN_API_KEY={}\n", keyed(RULE, 10 + i))).commit("x");
    }
    let run = |threads| sandbox.run(["diff", "base", "--format", "jsonl", "--threads", threads]).code(1).out;
    let strip =
        |text: String| text.lines().filter(|l| l.contains("\"rule\"")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(strip(run("1")), strip(run("4")));
}
