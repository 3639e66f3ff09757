//! Baselines: made by one command, good for all others, safe to merge, refused when damaged.

use crate::sandbox::{Sandbox, keyed};

const RULE: &str = "voicgen-live-api-key";
const FILE: &str = ".keysieve-baseline";

fn line(seed: u64) -> String {
    format!("VOICGEN_API_KEY={}\n", keyed(RULE, seed))
}

fn baseline(sandbox: &Sandbox) -> String {
    std::fs::read_to_string(sandbox.dir.join(FILE)).unwrap()
}

#[test]
fn only_news_is_reported_and_a_copy_or_a_move_is_no_news() {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", line(1)).commit("old");
    sandbox.run(["baseline", "create"]).code(0).hides(&keyed(RULE, 1));
    assert!(!baseline(&sandbox).contains(&keyed(RULE, 1)));
    sandbox.run(["scan"]).code(0).warns("1 in the baseline");
    sandbox.file("b/moved.txt", format!("\r\n\r\n{}", line(1)));
    std::fs::remove_file(sandbox.dir.join("a.txt")).unwrap();
    sandbox.run(["scan"]).code(0);
    sandbox.run(["history"]).code(0);
    sandbox.file("c.txt", line(2));
    sandbox.run(["scan"]).code(1).says("c.txt").hides("moved.txt");
    sandbox.run_git(["add", "-A"]);
    sandbox.run(["staged"]).code(1);
    sandbox.run(["scan", "--untrusted"]).code(1).says("moved.txt");
}

#[test]
fn a_baseline_of_the_history_serves_scan_and_hook() {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", line(1)).commit("in");
    sandbox.file("a.txt", "x\n").commit("out");
    sandbox.run(["baseline", "create", "--history"]).code(0);
    sandbox.run(["history"]).code(0);
    sandbox.file("again.txt", line(1));
    sandbox.run(["scan"]).code(0);
    sandbox.run_git(["add", "-A"]);
    sandbox.run(["staged"]).code(0);
}

#[test]
fn an_explicit_baseline_counts_also_with_untrusted() {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", line(1)).commit("old");
    let known = sandbox.outside().join("known");
    let known = known.to_str().unwrap();
    sandbox.run(["baseline", "create", "--baseline", known]).code(0);
    sandbox.run(["scan"]).code(1);
    sandbox.run(["scan", "--baseline", known, "--untrusted"]).code(0);
    sandbox.run(["scan", "--baseline", "missing"]).code(2).warns("missing");
}

#[test]
fn update_keeps_reasons_and_prune_lists_what_is_gone() {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", line(1)).file("b.txt", line(2)).commit("old");
    sandbox.run(["baseline", "create", "--reason", "before 2026"]).code(0);
    sandbox.run(["baseline", "create"]).code(2).warns("update");
    sandbox.file("c.txt", line(3));
    sandbox.run(["baseline", "update"]).code(0).warns("1 new, 2 known before");
    let text = baseline(&sandbox);
    assert_eq!((text.matches("# before 2026").count(), text.lines().count()), (2, 5), "{text}");
    sandbox.run(["baseline", "update"]).code(0).warns("0 new");
    assert_eq!(baseline(&sandbox), text, "twice is once");
    sandbox.file("a.txt", "clean\n");
    sandbox.run(["scan"]).code(0).warns("prune");
    sandbox.run(["baseline", "prune", "--dry-run"]).code(0).says("a.txt");
    assert_eq!(baseline(&sandbox), text);
    sandbox.run(["baseline", "prune"]).code(0).says("a.txt").hides("b.txt");
    assert_eq!(baseline(&sandbox).lines().count(), 4);
    sandbox.run(["baseline", "show"]).code(0).says("b.txt:1").hides(&keyed(RULE, 2));
}

#[test]
fn two_branches_that_both_added_entries_can_be_merged() {
    for union in [true, false] {
        let sandbox = Sandbox::git();
        if union {
            sandbox.file(".gitattributes", format!("{FILE} merge=union\n"));
        }
        sandbox.file("base.txt", line(0));
        sandbox.run(["baseline", "create"]).code(0);
        sandbox.commit("base");
        for (branch, seed) in [("one", 1), ("two", 2)] {
            sandbox.run_git(["checkout", "-q", "-b", branch, "main"]);
            sandbox.file(format!("{branch}.txt"), line(seed));
            sandbox.run(["baseline", "update", "--reason", branch]).code(0);
            sandbox.commit(branch);
        }
        let merged = sandbox.try_git(["merge", "-q", "-m", "merge", "one"]);
        if merged.code != 0 {
            assert!(!union, "{}", merged.err);
            sandbox.run(["scan"]).code(2).warns(FILE).warns("merge conflict");
            let kept: String = baseline(&sandbox)
                .lines()
                .filter(|l| !"<=>|".contains(&l[..1]))
                .fold(String::new(), |all, l| all + l + "\n");
            sandbox.file(FILE, kept);
        }
        sandbox.run(["scan"]).code(0).warns("3 in the baseline");
    }
}

#[test]
fn damaged_and_foreign_files_are_refused_with_file_and_line_and_not_overwritten() {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", line(1));
    sandbox.run(["baseline", "create"]).code(0);
    let good = baseline(&sandbox);
    let utf16: Vec<u8> =
        std::iter::once(0xfeff).chain(good.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for (bad, place) in [
        (b"".to_vec(), ":1:"),
        (b"[]".to_vec(), ":1:"),
        (utf16, ":1:"),
        (good.as_bytes()[..good.len() - 20].to_vec(), ":3:"),
        (good.replace(" vo", " \x00").replace("baseline 1", "baseline 9").into_bytes(), ":1:"),
        (format!("{good}nonsense\n").into_bytes(), ":4:"),
        (format!("{good}<<<<<<< HEAD\n").into_bytes(), ":4:"),
    ] {
        sandbox.file(FILE, &bad);
        for args in [
            ["scan"].as_slice(),
            &["baseline", "update"],
            &["baseline", "create", "--force"],
            &["baseline", "prune"],
            &["staged"],
        ] {
            sandbox.run(args).code(2).warns(&format!("{FILE}{place}"));
        }
        assert_eq!(std::fs::read(sandbox.dir.join(FILE)).unwrap(), bad);
    }
}

#[test]
fn entries_of_other_tools_are_imported() {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", line(1)).file("b.txt", line(2)).file("c.txt", line(3)).commit("old");
    let report = format!(
        r#"[{{"RuleID": "x", "File": "a.txt", "StartLine": 1, "Secret": "{}", "Commit": ""}},
            {{"RuleID": "x", "File": "gone.txt", "StartLine": 1, "Secret": "no-longer-there", "Commit": ""}}]"#,
        keyed(RULE, 1)
    );
    let outside = sandbox.outside().join("report.json");
    std::fs::write(&outside, report).unwrap();
    sandbox.file(".gitleaksignore", "b.txt:some-rule:1\n");
    let files = [outside.to_str().unwrap(), ".gitleaksignore"];
    sandbox.run([&["baseline", "import"], files.as_slice()].concat()).code(0).warns("2 of 3");
    sandbox.run(["scan"]).code(1).says("c.txt").hides("a.txt").hides("b.txt");
    sandbox.run(["baseline", "import", "a.txt"]).code(2).warns("a.txt:1");
}

#[test]
fn an_audit_by_hand_can_be_left_and_taken_up_again() {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", line(1)).file("b.txt", line(2));
    sandbox.run(["baseline", "create"]).code(0);
    let first = sandbox
        .run_with(["baseline", "audit"], b"f\nonly a test\nq\n")
        .code(0)
        .says("a.txt:1")
        .hides(&keyed(RULE, 1));
    assert!(first.out.contains("b.txt:1"), "{}", first.out);
    assert!(baseline(&sandbox).contains("# false: only a test"));
    sandbox.run_with(["baseline", "audit"], b"t\nrotate it\n").code(0).hides("a.txt:1").says("b.txt:1");
    assert!(baseline(&sandbox).contains("# true: rotate it"));
    sandbox.run_with(["baseline", "audit"], b"").code(0).says("done");
}

#[test]
fn an_audit_by_hand_needs_somebody_who_answers() {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", line(1)).file("b.txt", line(2));
    sandbox.run(["baseline", "create", "--reason", "old"]).code(0);
    sandbox.run_with(["baseline", "audit"], b"").code(2).warns("run it in a terminal");
    // A verdict without a reason is kept, with what was noted before.
    sandbox.run_with(["baseline", "audit"], b"t\n").code(0).says("(1 of 2)").says("noted: old");
    assert!(baseline(&sandbox).contains("# true: old"), "{}", baseline(&sandbox));
    sandbox.run_with(["baseline", "audit", "--show-secrets"], b"l\n").code(0).says("done: 1 left for later");
    let shown = sandbox.run_with(["baseline", "audit", "--show-secrets"], b"q\n").code(0);
    assert!([1, 2].iter().any(|n| shown.out.contains(&keyed(RULE, *n))), "{}", shown.out);
}
