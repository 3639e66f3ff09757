//! The difference to a baseline, new, known and gone, in every format; entries of many places and of the history.

use crate::sandbox::{Ran, Sandbox, keyed};

const RULE: &str = "voicgen-live-api-key";

fn line(seed: u64) -> String {
    format!("VOICGEN_API_KEY={}\n", keyed(RULE, seed))
}

/// One key that is known, one that is gone, one that is new.
fn changed() -> Sandbox {
    let sandbox = Sandbox::git();
    sandbox.file("known.txt", line(1)).file("gone.txt", line(2)).commit("old");
    sandbox.run(["baseline", "create", "--reason", "before 2026"]).code(0);
    std::fs::remove_file(sandbox.dir.join("gone.txt")).unwrap();
    sandbox.file("new.txt", line(3));
    sandbox
}

#[test]
fn each_format_tells_new_known_and_gone() {
    let sandbox = changed();
    let counts = "compared with the baseline: 1 new, 1 known, 1 gone";
    for (format, words) in [
        ("text", vec!["new.txt:1", counts]),
        ("json", vec!["\"path\": \"new.txt\"", "\"baseline\": 1", "gone.txt"]),
        ("jsonl", vec!["\"path\":\"new.txt\"", "\"type\":\"gone\"", "gone.txt"]),
        ("sarif", vec!["\"baselineState\": \"new\"", "\"baselineState\": \"unchanged\"", "gone.txt"]),
        ("gitlab", vec!["new.txt", counts]),
        ("github", vec!["file=new.txt", counts]),
        (
            "junit",
            vec![
                "file=\"new.txt\"",
                "\"baseline.new\" value=\"1\"",
                "\"baseline.known\" value=\"1\"",
                "\"baseline.gone\" value=\"1\"",
                "gone.txt",
            ],
        ),
        ("csv", vec!["new.txt,1,", ",gone,", "gone.txt"]),
        ("markdown", vec!["new.txt", "1 new, 1 known, 1 gone", "gone.txt"]),
        ("html", vec!["new.txt", counts, "gone.txt"]),
    ] {
        let out = sandbox.outside().join("report");
        let ran = sandbox.run(["scan", "--format", format, "-o", out.to_str().unwrap()]).code(1);
        ran.warns("1 entry of the baseline no longer found").warns("1 in the baseline");
        let text = std::fs::read_to_string(&out).unwrap();
        let plain = text.replace("&#46;", ".").replace("&#44;", ",").replace("&#58;", ":");
        for word in words {
            assert!(plain.contains(word), "{format}: no {word} in\n{text}");
        }
        for seed in [1, 2, 3] {
            assert!(!text.contains(&keyed(RULE, seed)), "{format} shows a key");
        }
    }
}

#[test]
fn without_a_baseline_nothing_is_compared() {
    let sandbox = changed();
    for format in ["text", "jsonl", "gitlab", "github", "junit", "csv", "markdown"] {
        let ran = sandbox.run(["scan", "--format", format, "--untrusted"]).code(1);
        ran.hides("compared with").hides("baseline.new").hides("gone.txt");
    }
}

#[test]
fn a_key_in_many_files_and_commits_is_one_entry_with_many_places() {
    let sandbox = Sandbox::git();
    for i in 0..20 {
        sandbox.file(format!("src/f{i:02}.txt"), format!("{i}\n{}", line(1)));
    }
    for i in 0..50 {
        sandbox.file("src/f00.txt", format!("version {i}\n{}", line(1))).commit(&format!("c{i}"));
    }
    let findings = sandbox.run(["history", "--format", "jsonl"]).code(1).findings();
    assert_eq!(findings.len(), 20, "one a path");
    let prints: std::collections::BTreeSet<_> =
        findings.iter().map(|f| f["fingerprint"].to_string()).collect();
    assert_eq!(prints.len(), 1);
    assert!(findings.iter().all(|f| f["occurrences"] == 69), "{findings:?}");
    let audit = sandbox.run(["audit"]).code(1);
    assert_eq!(audit.out.matches("high, ").count(), 1, "grouped by key: {}", audit.out);
    audit.warns("69 places");
    sandbox.run(["baseline", "create", "--history"]).code(0).warns("1 key known");
    let file = std::fs::read_to_string(sandbox.dir.join(".keysieve-baseline")).unwrap();
    assert_eq!(file.lines().filter(|l| !l.starts_with('#')).count(), 1);
    let shown = sandbox.run(["baseline", "show"]).code(0);
    assert_eq!(shown.out.matches("    src/f").count(), 20, "{}", shown.out);
    std::fs::remove_file(sandbox.dir.join(".keysieve-baseline")).unwrap();
    sandbox.run(["allow", "src/f07.txt:2", "--reason", "revoked"]).code(0);
    for mode in ["scan", "history", "audit"] {
        sandbox.run([mode]).code(0);
    }
    for i in 0..20 {
        let place = format!("src/f{i:02}.txt:2");
        sandbox.run(["explain", &place]).code(0).says("allows it: revoked").says("it is not reported");
    }
}

#[test]
fn pruning_keeps_what_only_the_history_knows_unless_that_was_looked_at() {
    let sandbox = Sandbox::git();
    sandbox.file("old.txt", line(1)).commit("in");
    sandbox.file("old.txt", "x\n").file("now.txt", line(2)).commit("out");
    sandbox.run(["baseline", "create", "--history"]).code(0).warns("2 keys known");
    sandbox.file("now.txt", "x\n");
    let baseline = || std::fs::read_to_string(sandbox.dir.join(".keysieve-baseline")).unwrap();
    let before = baseline();
    // now.txt is gone from the work tree only: HEAD and the history hold both.
    let ran: Ran = sandbox.run(["baseline", "prune"]).code(0).warns("history");
    assert_eq!(baseline(), before, "{}", ran.err);
    sandbox.run_git(["checkout", "-q", "--orphan", "fresh"]);
    sandbox.commit("anew");
    sandbox.run_git(["branch", "-D", "main"]);
    sandbox.run(["baseline", "prune", "--dry-run"]).code(0).says("old.txt").says("now.txt");
    sandbox.run(["baseline", "prune"]).code(0).says("old.txt").says("now.txt").warns("0 known");
}

#[test]
fn what_a_narrow_look_leaves_out_is_not_gone() {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", line(1));
    sandbox.run(["baseline", "create"]).code(0);
    let ran = sandbox.run(["scan", "--disable", RULE]).code(0);
    assert!(!ran.err.contains("no longer found"), "{}", ran.err);
    sandbox.run(["baseline", "prune", "--disable", RULE]).code(2).warns("--disable");
    sandbox.run(["baseline", "prune"]).code(0).warns("0 keys taken out, 1 known");
    // A scan of the files does not know what the history holds.
    sandbox.commit("in");
    sandbox.file("a.txt", "x\n").commit("out");
    sandbox.run(["baseline", "update", "--history"]).code(0);
    let ran = sandbox.run(["scan"]).code(0);
    assert!(!ran.err.contains("no longer found"), "{}", ran.err);
    sandbox.run(["baseline", "update"]).code(0).warns("0 not found in the files and the whole history");
    sandbox.run(["baseline", "show"]).code(0).says("a.txt:1 (only in the history");
}

#[test]
fn line_endings_and_order_of_hands_do_no_harm() {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", line(1)).file("b.txt", line(2));
    sandbox.run(["baseline", "create", "--reason", "why # not"]).code(0);
    let path = sandbox.dir.join(".keysieve-baseline");
    let good = std::fs::read_to_string(&path).unwrap();
    assert!(good.lines().skip(2).all(|l| l.ends_with(" # why # not")), "{good}");
    let mut lines: Vec<&str> = good.lines().collect();
    lines[2..].reverse();
    std::fs::write(&path, lines.join("\r\n") + "\r\n").unwrap();
    sandbox.run(["scan"]).code(0).warns("2 in the baseline");
    sandbox.run(["baseline", "update"]).code(0).warns("0 new");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), good, "sorted again, LF");
    let mut twice = good.clone();
    twice.push_str(good.lines().last().unwrap());
    twice.push('\n');
    std::fs::write(&path, &twice).unwrap();
    sandbox.run(["baseline", "update"]).code(0).warns("2 known before");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), good, "each once");
    assert!(sandbox.run_git(["status", "--porcelain", "--ignored"]).lines().all(|l| !l.contains(".tmp")));
}
