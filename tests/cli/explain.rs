//! Explaining: every stage's verdict on what stands at a place, found or not.

use crate::sandbox::{Ran, Sandbox, key, keyed};

const RULE: &str = "voicgen-live-api-key";

fn explain(sandbox: &Sandbox, place: &str) -> Ran {
    sandbox.run(["explain", place]).code(0)
}

#[test]
fn a_finding_is_explained_stage_by_stage() {
    let sandbox = Sandbox::git();
    let value = key(RULE);
    sandbox
        .file("a.txt", format!("VOICGEN_API_KEY={value}\nplain\nVOICGEN_API_KEY={value} # gitleaks:allow\n"));
    explain(&sandbox, "a.txt:1")
        .says(&format!("rule        {RULE} has this shape"))
        .says("filter      none of them drops it")
        .says("50 is enough")
        .says("path        no configuration")
        .says("mark        no mark speaks for it")
        .says("allow       no entry is about it")
        .says("baseline    there is none")
        .says("verdict     it is reported")
        .hides(&value);
    explain(&sandbox, "a.txt:2").says("nothing here looks like a key");
    let marked = explain(&sandbox, "a.txt:3");
    marked
        .says("mark        allowed by gitleaks:allow")
        .says("it is not reported: allowed by gitleaks:allow");
    let ignored = sandbox.run(["explain", "--no-inline-allow", "a.txt:3"]).code(0);
    ignored.says("marks in comments do not count").says("it is reported");
}

#[test]
fn what_is_dropped_names_the_filter() {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", "password = \"changeme\"\n\nVOICGEN_API_KEY=vg_live_xxxxxxxxxxxxxxxxxxxxxxxxx\n");
    explain(&sandbox, "a.txt:1").says("`placeholder` drops it").says("verdict     it is not reported");
    explain(&sandbox, "a.txt:2").says("nothing here looks like a key");
    explain(&sandbox, "a.txt:3").says("`repeated` drops it").says("verdict     it is not reported");
    let sandbox = Sandbox::git();
    sandbox.file("b.txt", format!("x = \"{}\"\n", key(RULE)));
    let sure = ["explain", "b.txt:1", "--confidence", "certain"];
    sandbox.run(sure).code(0).says("is below 95").says("verdict     it is not reported");
    let bad = ["explain", "b.txt:1", "--severity", "critical"];
    sandbox.run(bad).code(0).says("severity    high is below").says("verdict     it is not reported");
    explain(&sandbox, "b.txt:1").says("verdict     it is reported");
}

#[test]
fn allow_entries_baselines_paths_and_rules_that_are_off_are_named() {
    let sandbox = Sandbox::git();
    let value = keyed(RULE, 3);
    sandbox.file("src/a.txt", format!("VOICGEN_API_KEY={value}\n"));
    for (config, words) in [
        ("allow:\n  - path: src\n    reason: test data\n", ".keysieve.yml:2: allows it: test data"),
        ("allow:\n  - path: src\n    reason: x\n    until: 2020-01-01\n", ".keysieve.yml:2: has expired: x"),
        ("allow:\n  - path: doc\n    reason: x\n", "allow       no entry is about it"),
        ("exclude: [src]\n", "path        path excluded by src"),
        ("paths:\n  voicgen-live-api-key: {except: [src]}\n", "does not apply to this path"),
        ("disable: [voicgen-live-api-key]\n", ".keysieve.yml:1: switched off by the configuration"),
        ("disable: [Voicgen]\n", ".keysieve.yml:1: switched off by the configuration"),
        ("severity:\n  voicgen-live-api-key: low\n", "severity low by configuration"),
    ] {
        sandbox.file(".keysieve.yml", config);
        explain(&sandbox, "src/a.txt:1").says(words).hides(&value);
    }
    sandbox.file(".keysieve.yml", "");
    sandbox.run(["explain", "src/a.txt:1", "--disable", RULE]).code(0).says("--only or --disable");
    sandbox.run(["baseline", "create", "--reason", "revoked in May"]).code(0);
    let known = explain(&sandbox, "src/a.txt:1");
    known
        .says("baseline    holds it: revoked in May")
        .says("it is not reported: in the baseline, revoked in May");
    sandbox
        .run(["explain", "--untrusted", "src/a.txt:1"])
        .code(0)
        .says("there is none")
        .says("it is reported");
}

#[test]
fn a_file_that_scans_leave_out_is_said_to_be() {
    let sandbox = Sandbox::git();
    sandbox.file(".gitignore", "*.log\n/build/\n").file("sub/.gitignore", "!b.log\nc.txt\n");
    for (path, skipped) in [
        ("a.log", true),
        ("a.txt", false),
        ("build/a.txt", true),
        ("x/build/a.txt", false),
        ("sub/a.log", true),
        ("sub/b.log", false),
        ("sub/c.txt", true),
    ] {
        sandbox.file(path, format!("VOICGEN_API_KEY={}\n", key(RULE)));
        let ran = explain(&sandbox, &format!("{path}:1"));
        assert_eq!(ran.out.contains("skip: git ignores this file"), skipped, "{path}: {}", ran.out);
        let scanned = sandbox.run(["scan", "--format", "jsonl"]).findings();
        assert_eq!(scanned.iter().any(|f| f["path"] == path), !skipped, "{path}: {scanned:?}");
    }
    sandbox.run_git(["add", "-f", "a.log"]);
    let ran = explain(&sandbox, "a.log:1");
    assert!(!ran.out.contains("skip"), "a tracked file is scanned whatever .gitignore says: {}", ran.out);
    sandbox.run(["explain", "missing.txt:1"]).code(3).warns("no such file");
}
