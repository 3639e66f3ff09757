//! A world that changes or hangs while it is read: pipes where files were, programs that do not answer, runs that were killed.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::sandbox::{Ran, Sandbox, key, keyed, keysieve};

const RULE: &str = "github-personal-access-token";

/// Puts a pipe that nobody writes to in the place of a file.
fn pipe(path: &Path) {
    let _ = fs::remove_file(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Starts keysieve with its outputs caught.
fn start(sandbox: &Sandbox, args: &[&str]) -> std::process::Child {
    let mut command = sandbox.command(keysieve());
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// What a child did, if it ended in time.
fn ends(mut child: std::process::Child, within: Duration) -> Option<Ran> {
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > within {
            child.kill().unwrap();
            child.wait().unwrap();
            return None;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Some(Ran {
        code: output.status.code().unwrap_or(-1),
        out: text(&output.stdout),
        err: text(&output.stderr),
    })
}

/// Whether a process still works in this folder.
fn somebody_is_in(folder: &Path) -> bool {
    let folder = fs::canonicalize(folder).unwrap();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes.filter_map(|p| fs::read_link(p.path().join("cwd")).ok()).any(|cwd| cwd.starts_with(&folder))
}

#[test]
fn pipes_in_place_of_files_hold_nothing_up() {
    let repository = || {
        let sandbox = Sandbox::git();
        sandbox.file("a", format!("t={}\n", key(RULE))).file("package.json", "{}").commit("one");
        sandbox.run_git(["pack-refs", "--all"]);
        sandbox
    };
    for (place, commands) in [
        (".gitleaksignore", &[&["migrate"][..], &["scan"]][..]),
        (".gitleaks.toml", &[&["migrate"], &["scan"]]),
        (".git/hooks/pre-commit", &[&["hook", "install"], &["hook", "status"]]),
        ("package.json", &[&["hook", "install"], &["scan"], &["staged"]]),
        (".pre-commit-config.yaml", &[&["hook", "install", "--write"]]),
        (".keysieve.yml", &[&["allow", "a:1", "--reason", "x"], &["scan"], &["staged"]]),
        (".keysieve-baseline", &[&["baseline", "update"], &["scan"]]),
        ("CODEOWNERS", &[&["audit"]]),
        ("a", &[&["explain", "a:1"], &["scan"]]),
        (".gitignore", &[&["scan"]]),
        (".git/config", &[&["scan"], &["staged"], &["history"]]),
        (".git/HEAD", &[&["scan"], &["staged"], &["history"]]),
        (".git/index", &[&["scan"], &["staged"], &["history"]]),
        (".git/packed-refs", &[&["staged"], &["history"]]),
        (".git/shallow", &[&["history"]]),
        (".git/commondir", &[&["scan"], &["history"]]),
        (".git/objects/info/alternates", &[&["staged"], &["history"]]),
        (".git/refs/heads/pipe", &[&["history"]]),
        (".git/logs/HEAD", &[&["history", "--reflog"]]),
    ] {
        let sandbox = repository();
        pipe(&sandbox.dir.join(place));
        for command in commands {
            let ran = ends(start(&sandbox, command), Duration::from_secs(15));
            let ran = ran.unwrap_or_else(|| panic!("{command:?} waits for {place}"));
            assert!(
                (0..=3).contains(&ran.code) && !ran.err.contains("panicked"),
                "{command:?} {place} {ran:?}"
            );
        }
    }
}

#[test]
fn what_cannot_be_followed_to_the_shared_folder_is_no_repository_of_its_own() {
    let sandbox = Sandbox::git();
    sandbox.file("a", "a\n").commit("one").file(".git/commondir", "");
    sandbox.run(["history"]).code(3);
    sandbox.file(".git/commondir", "/nonexistent\n");
    sandbox.run(["history"]).code(3);
}

#[test]
fn a_git_that_hangs_ends_with_us_and_the_report_says_why() {
    for (signal, more) in [("-TERM", &[][..]), ("-INT", &[]), ("", &["--timeout", "300ms"])] {
        let sandbox = Sandbox::git();
        sandbox.file("a", "a\n").commit("one").file("a", "b\n").commit("two");
        // Git waits for somebody to write into it.
        pipe(&sandbox.dir.join(".git/packed-refs"));
        let args = [&["diff", "HEAD~1..HEAD", "-f", "json", "-o", "../r.json"], more].concat();
        let child = start(&sandbox, &args);
        let begun = Instant::now();
        while !signal.is_empty() && begun.elapsed() < Duration::from_secs(5) {
            // Until git runs below it.
            let children = fs::read_to_string(format!("/proc/{0}/task/{0}/children", child.id()));
            if !children.unwrap_or_default().is_empty() {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let begun = Instant::now();
        if !signal.is_empty() {
            sandbox.run_command(sandbox.command("kill").args([signal, &child.id().to_string()]), b"").code(0);
        }
        let limit = if signal.is_empty() { 8 } else { 4 };
        let ran = ends(child, Duration::from_secs(limit)).expect("it ends");
        assert!(signal.is_empty() || begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        assert_eq!(ran.code, 3, "{signal} {ran:?}");
        assert!(!somebody_is_in(&sandbox.dir), "git outlives us after {signal}");
        let report = fs::read(sandbox.outside().join("r.json")).unwrap();
        let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
        assert_eq!(report["coverage"]["complete"], false);
    }
}

#[test]
fn refs_are_not_lost_while_git_packs_them() {
    let sandbox = Sandbox::git();
    for n in 0..6 {
        sandbox.run_git(["checkout", "-q", "--orphan", &format!("b{n}")]);
        sandbox.file("a", format!("t={}\n", keyed(RULE, n))).commit("one");
    }
    let expected = sandbox.run(["history", "-f", "jsonl"]).code(1).findings().len();
    assert_eq!(expected, 6);
    let ended = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !ended.load(std::sync::atomic::Ordering::Relaxed) {
                sandbox.run_git(["pack-refs", "--all"]);
                for n in 0..6 {
                    // Writing a loose one again takes another value in between.
                    let name = format!("refs/heads/b{n}");
                    let id = sandbox.run_git(["rev-parse", &name]);
                    fs::write(sandbox.dir.join(".git").join(&name), format!("{id}\n")).unwrap();
                }
            }
        });
        for _ in 0..12 {
            let ran = sandbox.run(["history", "-f", "jsonl"]);
            let lost = ran.findings().len() < expected && !ran.err.contains("INCOMPLETE");
            if lost {
                ended.store(true, std::sync::atomic::Ordering::Relaxed);
            }
            assert!(!lost, "{}", ran.err);
        }
        ended.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn what_a_killed_run_leaves_is_in_nobodys_way() {
    let sandbox = Sandbox::git();
    for n in 0..20 {
        sandbox.file(format!("f{n}"), format!("{n}\n").repeat(2000)).commit("more");
    }
    sandbox.file("key", format!("t={}\n", key(RULE))).commit("key");
    let args =
        ["history", "--cache", "../cache", "-f", "json", "-o", "../r.json", "--report", "html=../r.html"];
    for pause in [5, 20, 40, 60, 80, 100, 130, 160, 200] {
        let mut child = start(&sandbox, &args);
        std::thread::sleep(Duration::from_millis(pause));
        let _ = child.kill();
        child.wait().unwrap();
        for report in ["r.json", "r.html"] {
            if let Ok(text) = fs::read_to_string(sandbox.outside().join(report)) {
                let whole = if report == "r.json" {
                    text.trim_end().ends_with('}')
                } else {
                    text.contains("</html>")
                };
                assert!(whole, "half a report in {report}");
            }
        }
    }
    // Twice: the second run believes what the first one wrote.
    for _ in 0..2 {
        sandbox.run(args).code(1);
        let report = fs::read_to_string(sandbox.outside().join("r.json")).unwrap();
        assert!(report.contains(RULE));
    }
}
