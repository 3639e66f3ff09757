//! `history --cache`: a second run costs what is new and says what a run without a cache says.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::sandbox::{Sandbox, keyed};

const RULE: &str = "elevenlabs-api-key";

fn line(seed: u64) -> String {
    format!("ELEVENLABS_API_KEY={}\n", keyed(RULE, seed))
}

/// Exit code and report, without the account of what was read.
fn told(s: &Sandbox, options: &[&str]) -> (i32, Value, Value) {
    let ran = s.run([&["history", "--format", "json"], options].concat());
    let mut report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err));
    let mut skipped = Value::Null;
    if let Some(coverage) = report["coverage"].as_object_mut() {
        skipped = coverage["skipped"]["known clean"].clone();
        for count in ["commits", "blobs", "bytes", "skipped"] {
            coverage.remove(count);
        }
    }
    (ran.code, report, skipped)
}

/// Runs without a cache, with one, and with one again: all say the same. Returns how many objects the last one left out.
#[track_caller]
fn same(s: &Sandbox, options: &[&str]) -> u64 {
    let cache = format!("--cache={}", s.outside().join("cache").display());
    let with = [options, &[cache.as_str()]].concat();
    let (code, plain, _) = told(s, options);
    for turn in ["first", "second"] {
        let (with_code, with, skipped) = told(s, &with);
        assert_eq!(with, plain, "{turn} run, {options:?}");
        assert_eq!(with_code, code);
        if turn == "second" {
            return skipped.as_u64().unwrap_or(0);
        }
    }
    0
}

fn objects(s: &Sandbox) -> u64 {
    s.run_git(["cat-file", "--batch-all-objects", "--batch-check"]).lines().count() as u64
}

fn cache_file(s: &Sandbox) -> PathBuf {
    fs::read_dir(s.outside().join("cache")).unwrap().next().unwrap().unwrap().path()
}

/// A history with findings wherever there can be some.
fn busy() -> Sandbox {
    let s = Sandbox::git();
    s.file("README", "hello\n").file("deep/er/and/config", format!("a\n{}", line(1))).commit("start");
    s.file("deep/er/other", "1\n").commit(&format!("a message with {}", line(2)));
    s.run_git(["switch", "-qc", "side"]);
    s.file("side/.env", "A=1\n").file(line(3).trim(), "x\n").commit("names");
    s.run_git(["tag", "-am", &format!("tagged {}", line(4)), "v1"]);
    s.run_git(["switch", "-q", "main"]);
    std::os::unix::fs::symlink(line(5).trim(), s.dir.join("link")).unwrap();
    s.file("deep/er/and/config", format!("b\n{}", line(1))).commit("a link");
    s.run_git(["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    fs::remove_file(s.dir.join("deep/er/and/config")).unwrap();
    s.commit("remove");
    s.file("staged", line(6)).run_git(["add", "staged"]);
    s.run_git(["tag", "tree", "main^{tree}"]);
    s.run_git(["tag", "blob", "main:README"]);
    s
}

#[test]
fn an_unchanged_history_is_told_the_same_and_hardly_read() {
    let s = busy();
    let skipped = same(&s, &[]);
    // Read again: four blobs, a commit and a tag in which something was found.
    assert_eq!(objects(&s) - skipped, 6, "{skipped}");
    let (_, report, _) = told(&s, &[]);
    assert!(report["findings"].as_array().unwrap().len() >= 7, "{report:#}");
    // Packed, it is the same history.
    s.run_git(["gc", "-q"]);
    assert_eq!(objects(&s) - same(&s, &[]), 6);
    // Nothing of a secret, and no name.
    let bytes = fs::read(cache_file(&s)).unwrap();
    for text in [keyed(RULE, 1), keyed(RULE, 3), ".env".into(), "config".into()] {
        assert!(!bytes.windows(text.len()).any(|part| part == text.as_bytes()), "{text}");
    }
}

#[test]
fn what_is_new_is_told_with_what_was_known() {
    let s = busy();
    same(&s, &[]);
    // A folder of known trees at a new place, the key again, and a new one beside it.
    s.run_git(["rm", "-q", "--cached", "staged"]);
    s.run_git(["read-tree", "--prefix=moved/", "HEAD~3^{tree}"]);
    s.run_git(["commit", "-qm", "moved"]);
    s.run_git(["reset", "-q", "--hard"]);
    assert!(same(&s, &[]) > 0);
    s.file("deep/er/and/config", format!("c\n{}{}", line(1), line(7))).commit("both");
    same(&s, &[]);
    s.file("side/.env.local", "A=1\n").file("deep/.env", "A=2\n").commit("more names");
    same(&s, &[]);
    s.run_git(["revert", "--no-edit", "HEAD"]);
    same(&s, &[]);
}

#[test]
fn branches_that_go_and_come_back_are_told_as_without_a_cache() {
    let s = busy();
    s.run_git(["switch", "-qc", "short"]);
    s.file("short/key", line(8)).commit("short");
    s.run_git(["switch", "-q", "main"]);
    let short = s.run_git(["rev-parse", "short"]);
    same(&s, &[]);
    s.run_git(["branch", "-qD", "short"]);
    same(&s, &[]);
    s.run_git(["branch", "again", &short]);
    same(&s, &[]);
    s.run_git(["branch", "-qD", "again"]);
    // What no ref keeps any more and was never closed comes back, too.
    fs::remove_dir_all(s.outside().join("cache")).unwrap();
    same(&s, &[]);
    s.run_git(["branch", "again", &short]);
    assert!(same(&s, &[]) > 0);
    s.run_git(["branch", "-qD", "again"]);
    s.run_git(["reflog", "expire", "--expire=now", "--all"]);
    s.run_git(["gc", "-q", "--prune=now"]);
    assert!(s.try_git(["cat-file", "-e", &short]).code != 0);
    same(&s, &[]);
    // A forced push to it.
    s.run_git(["reset", "-q", "--hard", "HEAD~2"]);
    s.file("forced", line(9)).commit("forced");
    same(&s, &[]);
    s.run_git(["reflog", "expire", "--expire=now", "--all"]);
    s.run_git(["gc", "-q", "--prune=now"]);
    assert_eq!(objects(&s) - same(&s, &[]), objects(&s) - same(&s, &[]));
}

#[test]
fn options_see_what_they_see_without_a_cache() {
    let s = busy();
    s.run_git(["switch", "-qc", "other"]);
    s.file("other/key", line(8)).commit("other");
    s.run_git(["switch", "-q", "main"]);
    s.file("lost", line(9)).commit("lost");
    s.run_git(["reset", "-q", "--hard", "HEAD~1"]);
    for _ in 0..2 {
        for options in [
            &["--branch", "other"][..],
            &["--branch", "main"],
            &[],
            &["--reflog"],
            &["--unreachable"],
            &["--range", "main..other"],
            &["--path", "deep"],
            &["--max-commits", "2"],
            &["--author", "Ada"],
            &["--since", "2020-01-01"],
            &["--disable", RULE],
            &["--no-decode"],
        ] {
            same(&s, options);
        }
    }
    // What the configuration allows is decided anew each time.
    s.file(".keysieve.yml", format!("allow:\n  - rule: {RULE}\n    reason: a test\n"));
    same(&s, &[]);
}

#[test]
fn what_is_gone_or_damaged_is_named() {
    let s = busy();
    same(&s, &[]);
    let loose = |id: &str| s.dir.join(".git/objects").join(&id[..2]).join(&id[2..]);
    for what in ["main:README", "main:side/.env", "main~1:deep/er/and/config", "main~2^{tree}", "main~2"] {
        let id = s.run_git(["rev-parse", what]);
        let kept = s.outside().join("kept");
        fs::rename(loose(&id), &kept).unwrap();
        let (_, report, _) = told(&s, &[]);
        assert!(report["coverage"]["incomplete"].to_string().contains(&id), "{what}");
        same(&s, &[]);
        fs::rename(&kept, loose(&id)).unwrap();
        assert!(same(&s, &[]) > 0);
    }
}

#[test]
fn damage_that_no_ref_led_to_is_not_taken_for_clean() {
    let s = busy();
    s.run_git(["switch", "-qc", "lost"]);
    s.file("lost/file", "nobody reads this\n").commit("lost");
    let (commit, blob) = (s.run_git(["rev-parse", "HEAD"]), s.run_git(["rev-parse", "HEAD:lost/file"]));
    s.run_git(["switch", "-q", "main"]);
    s.run_git(["branch", "-qD", "lost"]);
    let path = s.dir.join(".git/objects").join(&blob[..2]).join(&blob[2..]);
    fs::remove_file(&path).unwrap();
    fs::write(&path, "damaged").unwrap();
    assert!(same(&s, &[]) > 0);
    s.run_git(["branch", "found", &commit]);
    let (_, report, _) = told(&s, &[]);
    assert!(report["coverage"]["incomplete"].to_string().contains(&blob));
    same(&s, &[]);
}

#[test]
fn gaps_that_no_ref_leads_to_are_named_once_one_does() {
    for gap in ["HEAD:lost/file", "HEAD:lost", "HEAD^{tree}", "HEAD~1"] {
        let s = busy();
        s.run_git(["switch", "-qc", "lost"]);
        s.file("lost/before", "before\n").commit("before");
        s.file("lost/file", line(8)).commit("lost");
        s.run_git(["tag", "-am", "tagged", "gone"]);
        let (tag, gap) = (s.run_git(["rev-parse", "gone"]), s.run_git(["rev-parse", gap]));
        s.file("lost/more", "more\n").commit("more");
        let commit = s.run_git(["rev-parse", "HEAD"]);
        s.run_git(["switch", "-q", "main"]);
        s.run_git(["branch", "-qD", "lost"]);
        s.run_git(["tag", "-d", "gone"]);
        fs::remove_file(s.dir.join(".git/objects").join(&gap[..2]).join(&gap[2..])).unwrap();
        assert!(same(&s, &[]) > 10, "the rest is known");
        for (name, id) in [("refs/tags/again", &tag), ("refs/heads/again", &commit)] {
            s.run_git(["update-ref", name, id]);
            let (_, report, _) = told(&s, &[]);
            assert!(report["coverage"]["incomplete"].to_string().contains(&gap), "{name}");
            same(&s, &[]);
            s.run_git(["update-ref", "-d", name]);
        }
    }
}

/// A partial clone: the large blobs of `busy` are promised by its remote and not here.
fn promised(from: &Sandbox) -> Sandbox {
    from.file("large/a.bin", "a".repeat(5000)).commit("large");
    from.file("large/b.bin", "b".repeat(5000)).file("large/more", "more\n").commit("larger");
    fs::remove_file(from.dir.join("large/a.bin")).unwrap();
    from.file("after", line(8)).commit("after");
    from.run_git(["config", "uploadpack.allowFilter", "true"]);
    from.run_git(["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let clone = Sandbox::new();
    let url = format!("file://{}", from.dir.display());
    clone.run_git(["clone", "-q", "--no-checkout", "--filter=blob:limit=4k", "--branch", "main", &url, "."]);
    clone
}

/// What a run with the cache says that it missed.
fn named(s: &Sandbox) -> String {
    told(s, &[&format!("--cache={}", s.outside().join("cache").display())]).1["coverage"]["incomplete"]
        .to_string()
}

#[test]
fn promised_blobs_are_named_each_time_and_the_rest_is_not_read_again() {
    let from = busy();
    let s = promised(&from);
    let [a, b] = ["HEAD~1:large/a.bin", "HEAD:large/b.bin"].map(|what| s.run_git(["rev-parse", what]));
    let skipped = same(&s, &[]);
    let found = objects(&s) - skipped;
    assert!(found < 10, "{found} objects were read again");
    let missing = named(&s);
    assert!(missing.contains(&a) && missing.contains(&b), "{missing}");
    assert_eq!(same(&s, &["--unreachable"]), skipped);
    // What the remote adds is told with what was known, promised or not.
    from.file("large/b.bin", "c".repeat(5000)).file("new", line(9)).commit("newer");
    s.run_git(["fetch", "-q"]);
    let c = s.run_git(["rev-parse", "origin/main:large/b.bin"]);
    assert!(same(&s, &[]) > 10);
    let missing = named(&s);
    assert!([&a, &b, &c].iter().all(|id| missing.contains(*id)), "{missing}");
    // Folders that hold gaps at a new place; git fetches what it needs for that.
    s.run_git(["read-tree", "--prefix=moved/", "origin/main^{tree}"]);
    let tree = s.run_git(["write-tree", "--missing-ok"]);
    let commit = s.run_git(["commit-tree", "-m", "moved", "-p", "origin/main", &tree]);
    s.run_git(["update-ref", "refs/heads/main", &commit]);
    same(&s, &[]);
    // A gap that is filled.
    s.run_git(["cat-file", "-p", &a]);
    same(&s, &[]);
    let missing = named(&s);
    assert!(!missing.contains(&a) && missing.contains(&b), "{missing}");
    // A promise that nothing leads to any more, and one that something leads to again.
    for name in ["refs/heads/main", "refs/remotes/origin/main"] {
        s.run_git(["update-ref", name, "v1^{commit}"]);
    }
    s.run_git(["symbolic-ref", "HEAD", "refs/heads/main"]);
    fs::remove_file(s.dir.join(".git/index")).unwrap();
    assert!(same(&s, &[]) > 10);
    assert!(!named(&s).contains(&b));
    s.run_git(["update-ref", "refs/heads/again", &commit]);
    assert!(same(&s, &[]) > 10);
    assert!(named(&s).contains(&b));
}

#[test]
fn a_blob_that_is_lost_where_nothing_is_promised_is_named_each_time() {
    let s = busy();
    s.file("kept/file", "one\n").file("kept/other", "two\n").commit("kept");
    let id = s.run_git(["rev-parse", "HEAD:kept/file"]);
    let path = s.dir.join(".git/objects").join(&id[..2]).join(&id[2..]);
    let kept = s.outside().join("kept");
    fs::rename(&path, &kept).unwrap();
    s.run_git(["rm", "-qf", "kept/file"]);
    let skipped = same(&s, &[]);
    assert!(objects(&s) - skipped < 10, "{skipped}");
    // Where anything else is missed, too, the file stays as it was.
    s.file("beside", "beside\n").commit("beside");
    let before = fs::read(cache_file(&s)).unwrap();
    let tree = s.run_git(["rev-parse", "HEAD~3^{tree}"]);
    let tree_path = s.dir.join(".git/objects").join(&tree[..2]).join(&tree[2..]);
    fs::rename(&tree_path, s.outside().join("tree")).unwrap();
    same(&s, &[]);
    assert!(fs::read(cache_file(&s)).unwrap() == before);
    assert!(named(&s).contains(&tree) && named(&s).contains(&id));
    fs::rename(s.outside().join("tree"), &tree_path).unwrap();
    same(&s, &[]);
    fs::rename(&kept, &path).unwrap();
    assert!(same(&s, &[]) > 10);
    assert_eq!(named(&s), "[]");
}

#[test]
fn a_shallow_clone_grows() {
    let s = busy();
    let clone = Sandbox::new();
    let from = format!("file://{}", s.dir.display());
    clone.run_git(["clone", "-q", "--depth", "1", "--branch", "main", &from, "."]);
    assert!(same(&clone, &[]) > 0);
    for depth in ["2", "3"] {
        clone.run_git(["fetch", "-q", "--depth", depth]);
        same(&clone, &[]);
    }
    clone.run_git(["fetch", "-q", "--unshallow", "--tags"]);
    same(&clone, &[]);
    clone.run_git(["fetch", "-q", "--depth", "1"]);
    same(&clone, &[]);
}

#[test]
fn a_file_that_was_changed_is_none() {
    let s = busy();
    let all = same(&s, &[]);
    let whole = fs::read(cache_file(&s)).unwrap();
    let mut cases: Vec<Vec<u8>> =
        [0, 1, 16, 31, 40, whole.len() / 2, whole.len() - 1].map(|n| whole[..n].to_vec()).into();
    for at in [0, 16, 20, whole.len() / 3, whole.len() - 40, whole.len() - 1] {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        cases.push(changed);
    }
    for case in cases {
        fs::write(cache_file(&s), case).unwrap();
        assert_eq!(same(&s, &[]), all);
    }
}

#[test]
fn runs_at_once_share_a_cache() {
    let s = busy();
    let (code, plain, _) = told(&s, &[]);
    let cache = format!("--cache={}", s.outside().join("cache").display());
    std::thread::scope(|scope| {
        let run = || (0..4).map(|_| told(&s, &[&cache])).collect::<Vec<_>>();
        let runs: Vec<_> = (0..3).map(|_| scope.spawn(run)).collect();
        for (with_code, with, _) in runs.into_iter().flat_map(|run| run.join().unwrap()) {
            assert_eq!((with_code, &with), (code, &plain));
        }
    });
    // One file, and nothing half-written.
    assert_eq!(fs::read_dir(s.outside().join("cache")).unwrap().count(), 1);
}

/// Any history, step by step.
#[test]
fn a_history_that_goes_on_is_told_as_without_a_cache() {
    for seed in 1..3u64 {
        let s = Sandbox::git();
        s.file("start", "start\n").commit("start");
        let mut state = seed;
        let mut any = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for step in 0..20 {
            let folder = format!("{}/{}", any(3), any(2));
            match any(12) {
                0..4 => _ = s.file(format!("{folder}/file"), format!("{step}\n")).commit("edit"),
                4 => _ = s.file(format!("{folder}/key"), format!("{step}\n{}", line(any(3)))).commit("key"),
                5 => _ = s.file(format!("{folder}/.env"), line(any(3))).commit("env"),
                6 => {
                    _ = s.try_git(["rm", "-rq", &folder]);
                    s.commit(&format!("remove {}", if any(2) == 0 { line(5) } else { String::new() }));
                }
                7 => {
                    s.run_git(["branch", "-f", &format!("b{}", any(2))]);
                    s.run_git(["commit", "-q", "--amend", "--allow-empty", "-m", &format!("amended {step}")]);
                }
                8 => _ = s.try_git(["merge", "-q", "-X", "ours", "-m", "merge", &format!("b{}", any(2))]),
                9 => _ = s.try_git(["branch", "-D", &format!("b{}", any(2))]),
                10 => {
                    s.run_git(["reflog", "expire", "--expire=now", "--all"]);
                    s.run_git(["gc", "-q", "--prune=now"]);
                }
                _ => _ = s.try_git(["reset", "-q", "--hard", "HEAD~1"]),
            }
            if any(3) > 0 {
                same(&s, &[]);
            }
        }
    }
}
