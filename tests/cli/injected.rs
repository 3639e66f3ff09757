//! Each system call of a small scan that reads or writes fails once: never a clean answer, never a finding lost in silence,
//! never half a report.
//!
//! The failures come from `injector.c`, which is compiled when the test runs. Without Linux, a C compiler, or a kernel that
//! allows it, the tests say so and end.

#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::sandbox::{Ran, Sandbox, key, keyed, keysieve};

const RULE: &str = "github-personal-access-token";
const EIO: i32 = 5;
const ENOSPC: i32 = 28;
/// The lie that a file ends here.
const END: i32 = 0;

/// The compiled injector, where there can be one.
fn injector() -> Option<&'static PathBuf> {
    static BUILT: OnceLock<Option<(tempfile::TempDir, PathBuf)>> = OnceLock::new();
    let build = || {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("injector");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/injector.c");
        let compiled = Command::new("cc").args(["-O1", "-o"]).arg(&program).arg(source).output();
        let problem = match compiled {
            _ if !cfg!(target_os = "linux") => "this is not Linux".to_owned(),
            Err(e) => format!("no C compiler: {e}"),
            Ok(ran) if !ran.status.success() => String::from_utf8_lossy(&ran.stderr).into_owned(),
            Ok(_) => {
                let log = folder.path().join("log");
                let tried = Command::new(&program).arg(log).args(["0", "5", "in", "/", "/bin/true"]).status();
                if tried.is_ok_and(|status| status.success()) {
                    return Some((folder, program));
                }
                "this system does not let one program answer another's system calls".to_owned()
            }
        };
        eprintln!("skipped: no failures can be injected: {problem}");
        None
    };
    BUILT.get_or_init(build).as_ref().map(|(_, program)| program)
}

/// What a run did, and the calls that could have failed, in order.
struct Injected {
    ran: Ran,
    calls: Vec<String>,
}

/// Runs keysieve with the `nth` call (from 1; 0: none) below the sandbox's folder failing.
fn run(sandbox: &Sandbox, args: &[&str], nth: usize, (how, kind): (i32, &str)) -> Injected {
    let log = tempfile::NamedTempFile::new_in(sandbox.outside()).unwrap();
    let mut command = sandbox.command(injector().unwrap());
    command.arg(log.path()).args([&nth.to_string(), &how.to_string(), kind]);
    command.arg(fs::canonicalize(&sandbox.dir).unwrap()).arg(keysieve()).args(args);
    let ran = sandbox.run_command(&mut command, b"");
    let calls = fs::read_to_string(log.path()).unwrap().lines().map(str::to_owned).collect();
    Injected { ran, calls }
}

/// Which calls to fail. The 256 folders of loose objects are all opened alike: a few of them stand for the others.
fn choose(calls: &[String]) -> Vec<usize> {
    let mut fans = 0;
    let chosen = calls.iter().enumerate().filter(|(_, call)| {
        let fan = call.rsplit_once("/objects/").is_some_and(|(_, rest)| rest.len() == 2);
        fans += usize::from(fan);
        !fan || fans % 64 == 1
    });
    chosen.map(|(at, _)| at + 1).collect()
}

/// Calls `one` with each number, from as many threads as there are cores.
fn each(numbers: &[usize], one: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(&number) = numbers.get(next.fetch_add(1, Ordering::Relaxed)) {
            one(number);
        }
    };
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
}

/// What stands in a report: rule, key and path.
fn found(ran: &Ran) -> BTreeSet<[String; 3]> {
    let text = |f: &serde_json::Value, field: &str| f[field].as_str().unwrap_or_default().to_owned();
    ran.findings().iter().map(|f| ["rule", "fingerprint", "path"].map(|field| text(f, field))).collect()
}

/// A commit in a pack, another in loose objects, and a change in the index; each file has a key of its own.
fn repository() -> Sandbox {
    let sandbox = Sandbox::git();
    let line = |seed| format!("t={}\n", keyed(RULE, seed));
    sandbox.file("kept", line(1)).file("sub/other", line(2)).file(".gitignore", "none\n").commit(&line(3));
    sandbox.run_git(["gc", "-q"]);
    sandbox.file("loose", line(4)).commit("two");
    sandbox.file("new", line(5)).file(".env", "PORT=1\n").run_git(["add", "-A"]);
    sandbox
}

/// Every read fails once, and every file seems to end early once.
fn every_read(args: &[&str]) {
    if injector().is_none() {
        return;
    }
    let sandbox = repository();
    let args = [args, &["-f", "jsonl"]].concat();
    for how in [EIO, END] {
        let whole = run(&sandbox, &args, 0, (how, "in"));
        let expected = found(&whole.ran.code(1));
        assert!(expected.len() >= 2 && whole.calls.len() > 10, "{expected:?} {:?}", whole.calls);
        each(&choose(&whole.calls), |nth| {
            let Injected { ran, calls } = run(&sandbox, &args, nth, (how, "in"));
            let what = format!("{args:?}: call {nth} ({:?}), {how}\n{}", calls.get(nth - 1), ran.err);
            assert!((1..=3).contains(&ran.code) && !ran.err.contains("panicked"), "{} {what}", ran.code);
            let given = found(&ran);
            assert!(ran.code != 1 || !given.is_empty(), "{what}");
            // What another way brought to light all the same need not be told.
            assert!(ran.code != 1 || given == expected || ran.err.contains("INCOMPLETE"), "lost: {what}");
            assert!(ran.code == 1 || !ran.err.trim().is_empty(), "{what}");
        });
    }
}

#[test]
fn every_read_of_a_scan_may_fail() {
    every_read(&["scan", "--threads", "1"]);
}

#[test]
fn every_read_of_the_index_and_its_blobs_may_fail() {
    every_read(&["staged"]);
}

#[test]
fn every_read_of_the_history_may_fail() {
    every_read(&["history", "--threads", "1"]);
}

#[test]
fn every_write_of_reports_may_fail() {
    if injector().is_none() {
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.file("in/a", format!("t={}\n", key(RULE))).file("in/b", "b\n");
    let args = ["scan", "in", "-f", "json", "-o", "out/r.json", "--report", "html=out/r.html"];
    let reports = ["r.html", "r.json"];
    // An older, clean answer must not be taken for the new one.
    let prepare = || {
        let _ = fs::remove_dir_all(sandbox.dir.join("out"));
        sandbox.file("out/r.json", "{\"old\": true}");
    };
    let text = |name: &str| fs::read_to_string(sandbox.dir.join("out").join(name));
    prepare();
    let whole = run(&sandbox, &args, 0, (ENOSPC, "out"));
    whole.ran.code(1);
    assert!(
        whole.calls.iter().any(|c| c.starts_with("write ")) && whole.calls.len() > 6,
        "{:?}",
        whole.calls
    );
    let good = reports.map(|name| text(name).unwrap());
    for nth in 1..=whole.calls.len() {
        prepare();
        let Injected { ran, .. } = run(&sandbox, &args, nth, (ENOSPC, "out"));
        let what = format!("call {nth}: {}\n{}", whole.calls[nth - 1], ran.err);
        assert_eq!(ran.code, 3, "{what}");
        assert!(ran.err.contains("No space left"), "{what}");
        let left = fs::read_dir(sandbox.dir.join("out")).unwrap().map(|e| e.unwrap().file_name());
        assert!(left.into_iter().all(|name| reports.iter().any(|r| *r == name)), "{what}");
        let mut whole_ones = 0;
        for (name, good) in reports.iter().zip(&good) {
            match text(name) {
                Ok(now) if now == *good => whole_ones += 1,
                Ok(now) if *name == "r.json" => {
                    let report: serde_json::Value = serde_json::from_str(&now).expect(&what);
                    assert_eq!(report["coverage"]["complete"], false, "{what}");
                }
                Ok(_) => panic!("half a page: {what}"),
                Err(_) => {}
            }
        }
        assert_eq!(whole_ones, 1, "the other report is written all the same: {what}");
    }
}

#[test]
fn files_that_people_keep_are_whole_or_as_they_were() {
    if injector().is_none() {
        return;
    }
    let before = repository();
    for (args, file) in [
        (&["baseline", "create"][..], ".keysieve-baseline"),
        (&["config", "init"], ".keysieve.yml"),
        (&["allow", "kept:1", "--reason", "a test"], ".keysieve.yml"),
        (&["hook", "install"], ".git/hooks/pre-commit"),
    ] {
        let path = before.dir.join(file);
        let calls = run(&before, args, 0, (ENOSPC, "out"));
        calls.ran.code(0);
        fs::remove_file(&path).unwrap();
        for nth in 1..=calls.calls.len() {
            let Injected { ran, .. } = run(&before, args, nth, (ENOSPC, "out"));
            assert!(ran.code > 0 && !path.exists(), "{args:?} {}: {}", calls.calls[nth - 1], ran.err);
            let folder = fs::read_dir(path.parent().unwrap()).unwrap().map(|e| e.unwrap().file_name());
            let names: Vec<_> = folder.map(|n| n.into_string().unwrap()).collect();
            assert!(!names.iter().any(|n| n.contains("tmp")), "{names:?}");
        }
    }
}
