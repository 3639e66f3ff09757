//! Exit codes and what every run says of itself: never clean without a complete scan, never 0 or 1 for a mistake.

use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::sandbox::{Sandbox, key, keysieve};

fn with_key() -> Sandbox {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", format!("token = \"{}\"\n", key("github-personal-access-token")));
    sandbox.file("clean.txt", "hello\n").commit("one");
    sandbox
}

#[test]
fn another_exit_code_for_findings_never_hides_that_the_scan_was_incomplete() {
    let sandbox = with_key();
    sandbox.run(["scan", "--exit-code", "42"]).code(42);
    sandbox.run(["scan", "clean.txt", "--exit-code", "42"]).code(0);
    for options in [&["--exit-zero"][..], &["--exit-code", "0"]] {
        sandbox.run([&["scan"], options].concat()).code(0);
        sandbox.run([&["scan", "missing", "a.txt"], options].concat()).code(3).warns("missing");
        sandbox.run([&["scan", "missing", "clean.txt"], options].concat()).code(3);
        sandbox.run([&["scan", "--only", "no-such-rule"], options].concat()).code(2);
        sandbox.run([&["diff", "nowhere..HEAD"], options].concat()).code(3);
    }
    sandbox.run(["scan", "missing", "clean.txt", "--exit-code", "42"]).code(3);
    sandbox.run(["scan", "missing", "a.txt", "--exit-code", "42"]).code(42).warns("missing");
}

#[test]
fn options_are_read_before_anything_is_scanned() {
    let sandbox = with_key();
    for mode in [&["scan"][..], &["staged"], &["history"], &["diff", "HEAD..HEAD"], &["audit"]] {
        for wrong in [
            &["--severity", "bad"][..],
            &["--confidence", "bad"],
            &["--format", "nope"],
            &["--report", "json"],
            &["--report", "nope=x"],
            &["--only", "github-personal-acces-token"],
            &["--disable", "no-such-rule"],
            &["--config", "missing.yml"],
            &["--rules", "missing.yml"],
            &["--baseline", "missing"],
            &["--threads", "0"],
            &["--max-file-size", "x"],
            &["--timeout", "-1s"],
            &["--exit-code", "256"],
            // Nobody could tell findings from a mistake or from an incomplete scan any more.
            &["--exit-code", "2"],
            &["--exit-code", "3"],
        ] {
            let ran = sandbox.run([mode, wrong].concat()).code(2);
            assert!(ran.out.is_empty() && !ran.err.is_empty(), "{mode:?} {wrong:?} {ran:?}");
        }
    }
}

#[test]
fn what_the_users_own_limit_leaves_out_is_named() {
    let sandbox = with_key();
    for i in 0..15 {
        sandbox.file(format!("large/{i:02}"), "0123456789");
    }
    sandbox.file("small", "x");
    let json = |args: &[&str], code: i32| -> serde_json::Value {
        let ran =
            sandbox.run([args, &["--max-file-size", "8", "--format", "json", "-q"]].concat()).code(code);
        serde_json::from_str(&ran.out).unwrap()
    };
    // Left out beside what was read: counted, and the first ones named.
    let report = json(&["scan"], 0);
    assert_eq!(report["coverage"]["skipped"]["over --max-file-size"], 16, "{report}");
    let notes = report["coverage"]["notes"].to_string();
    assert!(notes.contains("a.txt, large/00, ") && notes.contains("large/08 and 6 more"), "{notes}");
    // A file that was named itself, and a folder of which nothing was read.
    for (args, what) in [
        (&["scan", "small", "a.txt"][..], "a.txt"),
        (&["scan", "small", "large"], "large"),
        (&["scan", "large"], "large"),
    ] {
        let report = json(args, 3);
        assert_eq!(report["coverage"]["incomplete"][0]["what"], what, "{report}");
    }
    json(&["scan", "small", "."], 0);
    sandbox.run(["scan", "a.txt", "--max-file-size", "8"]).code(3).warns("larger than --max-file-size");
    // A hook's commit of nothing but large files is the user's own decision, and is told.
    sandbox.run_git(["add", "large"]);
    let ran = sandbox.run(["staged", "--max-file-size", "8"]).code(0);
    ran.warns("left out, being larger than --max-file-size: large/00").warns("15 over --max-file-size");
}

#[test]
fn a_scan_that_could_not_be_done_says_so_in_the_report_as_well() {
    let sandbox = Sandbox::new();
    for mode in [&["history"][..], &["staged"], &["diff", "A..B"], &["audit"]] {
        let ran = sandbox.run([mode, &["--format", "json", "--report", "sarif=o.sarif"]].concat()).code(3);
        let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(report["coverage"]["complete"], false, "{mode:?}");
        assert!(!report["coverage"]["incomplete"][0]["why"].as_str().unwrap().is_empty());
        let sarif = std::fs::read(sandbox.dir.join("o.sarif")).unwrap();
        let sarif: serde_json::Value = serde_json::from_slice(&sarif).unwrap();
        assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], false);
        assert!(sandbox.run(mode).code(3).out.is_empty());
    }
}

#[test]
fn a_silent_standard_input_does_not_outlast_the_time_limit() {
    let sandbox = Sandbox::new();
    let began = Instant::now();
    let mut child = sandbox
        .command(keysieve())
        .args(["scan", "-", "--timeout", "500ms", "--format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    writeln!(stdin, "token = \"{}\"", key("github-personal-access-token")).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    drop(stdin);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["coverage"]["stopped"], "timed out");
    assert_eq!(report["findings"].as_array().unwrap().len(), 1, "what had come is scanned");
}

#[test]
fn reports_go_where_they_are_sent_and_nothing_is_left_beside_them() {
    let sandbox = with_key();
    assert!(sandbox.run(["scan", "--format", "json", "--output", "-"]).code(1).out.starts_with('{'));
    assert!(!sandbox.dir.join("-").exists());
    for options in [
        &["--output", "same", "--report", "sarif=same"][..],
        &["--report", "json=same", "--report", "sarif=same"],
        &["--report", "json=-"],
    ] {
        sandbox.run([&["scan"], options].concat()).code(2).warns("same place");
    }
    assert!(!sandbox.dir.join("same").exists());
    sandbox.run(["scan", "--output", "o.json", "--report", "json=-", "-q"]).code(1).says("\"findings\"");
    for place in ["no-such-folder/x", ".", "a.txt/x", "/dev/full"] {
        let ran = sandbox.run(["scan", "clean.txt", "--format", "json", "--output", place]);
        assert!(ran.code >= 2, "{place}: {ran:?}");
    }
    let mut left: Vec<_> = std::fs::read_dir(&sandbox.dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, [".git", "a.txt", "clean.txt", "o.json"]);
}

#[test]
fn findings_below_the_severity_asked_for_are_counted() {
    let sandbox = Sandbox::new();
    sandbox.file("a.txt", format!("token = \"{}\"\n", key("stripe-secret-key-test")));
    sandbox.run(["scan"]).code(1);
    sandbox.run(["scan", "--severity", "high"]).code(0).warns("1 below severity high");
}

#[test]
fn what_is_wrong_with_an_argument_steers_no_terminal_and_no_ci_system() {
    let sandbox = with_key();
    let evil = "\x1b[31m\u{202e}\n::set-output name=x::y";
    for args in [
        &["diff", &format!("{evil}..x")][..],
        &[evil],
        &["scan", evil],
        &["scan", &format!("--{evil}")],
        &["scan", "-f", evil],
        &["scan", "--threads", evil],
        &["scan", "--report", &format!("{evil}=x")],
        &["scan", "--config", evil],
        &["scan", "--only", evil],
        &["history", "--branch", evil],
        &["history", "--since", evil],
        &["completions", evil],
        &["explain", &format!("{evil}:1")],
    ] {
        let ran = sandbox.run(args);
        assert!(ran.code >= 2, "{args:?} {ran:?}");
        let said = format!("{}{}", ran.out, ran.err);
        assert!(!said.contains(['\x1b', '\u{202e}']), "{args:?} {said:?}");
        assert!(!said.lines().any(|line| line.trim_start().starts_with("::")), "{args:?} {said:?}");
    }
}

#[test]
fn a_full_disk_is_noticed_also_where_only_help_is_told() {
    let sandbox = with_key();
    for args in
        [&["--help"][..], &["--version"], &["scan", "-h"], &["man"], &["completions", "bash"], &["scan"]]
    {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let ran = sandbox.command(keysieve()).args(args).stdout(full).output().unwrap();
        assert_eq!(ran.status.code(), Some(3), "{args:?}");
        assert!(String::from_utf8_lossy(&ran.stderr).contains("cannot write the output"), "{args:?}");
        // A reader that went away is nobody's fault.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ran = sandbox.command(keysieve()).args(args).stdout(writer).output().unwrap();
        assert_eq!((ran.status.code(), ran.stderr.len()), (Some(3), 0), "{args:?}");
    }
}

#[test]
fn a_pipe_in_the_place_of_a_file_of_settings_is_refused_not_waited_for() {
    let sandbox = with_key();
    assert_eq!(sandbox.run_command(sandbox.command("mkfifo").args(["pipe", "pipe.yml"]), b"").code, 0);
    for option in ["--rules", "--config", "--baseline", "--gitleaks-config"] {
        sandbox.run(["scan", option, "pipe"]).code(2).warns("not a regular file");
    }
    sandbox.file("rules/a.yml", "");
    std::fs::remove_file(sandbox.dir.join("rules/a.yml")).unwrap();
    std::fs::rename(sandbox.dir.join("pipe.yml"), sandbox.dir.join("rules/a.yml")).unwrap();
    sandbox.run(["scan", "--rules", "rules"]).code(2).warns("not a regular file");
    std::fs::rename(sandbox.dir.join("rules/a.yml"), sandbox.dir.join(".keysieve.yml")).unwrap();
    sandbox.run(["scan"]).code(2).warns("not a regular file");
}

#[test]
fn help_is_a_command_too_and_a_line_that_is_not_there_is_a_mistake() {
    let sandbox = with_key();
    sandbox.run(["help"]).code(0).says("Usage: keysieve");
    sandbox.run(["help", "hook", "install"]).code(0).says("--stage");
    sandbox.run(["help", "nonsense"]).code(2);
    sandbox.run(["explain", "a.txt:1"]).code(0);
    for line in ["a.txt:0", "a.txt:9"] {
        sandbox.run(["explain", line]).code(2).warns("there is no line");
    }
}
