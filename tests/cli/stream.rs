//! JSON lines while the scan runs: early, in the same order whatever the threads, and without a key of a later file.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};

use serde_json::Value;

use super::sandbox::{Sandbox, key, keyed, keysieve};

const RULE: &str = "github-personal-access-token";
/// A file that no test waits for.
const ENDLESS: u64 = 1 << 40;

/// A password that no rule knows by itself.
fn password() -> String {
    ["Gr4nite", "x7Qz", "9kW"].join("-")
}

/// A key in a file, and behind it one that takes hours.
fn endless() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("a/settings.py", format!("token = \"{}\"\n", key(RULE)));
    File::create(sandbox.dir.join("b.bin")).unwrap().set_len(ENDLESS).unwrap();
    sandbox
}

fn start(sandbox: &Sandbox, args: &[&str]) -> Child {
    let mut command = sandbox.command(keysieve());
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn rest(mut from: impl Read) -> String {
    let mut text = String::new();
    from.read_to_string(&mut text).unwrap();
    text
}

fn terminate(child: &Child) {
    let id = rustix::process::Pid::from_raw(child.id() as i32).unwrap();
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
}

#[test]
fn a_line_comes_while_the_scan_goes_on() {
    let sandbox = endless();
    let mut child = start(&sandbox, &["scan", "-f", "jsonl"]);
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    let first: Value = serde_json::from_str(&line).unwrap();
    assert_eq!((&first["path"], &first["line"]), (&"a/settings.py".into(), &1.into()));
    assert!(child.try_wait().unwrap().is_none(), "it has hours to go");
    terminate(&child);
    let last = rest(out);
    // A machine that takes long for a window does not wait for it.
    assert!(matches!(child.wait().unwrap().code(), Some(1 | 3)));
    let last: Vec<Value> = last.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert!(last.iter().all(|l| l["type"] == "incomplete"), "{last:?}");
    assert!(last.iter().any(|l| l["why"] == "interrupted"), "{last:?}");
}

#[test]
fn a_reader_that_goes_away_ends_the_scan_quietly() {
    let sandbox = endless();
    let mut child = start(&sandbox, &["scan", "-f", "jsonl"]);
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(3));
    assert_eq!(rest(child.stderr.take().unwrap()), "");
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut command = sandbox.command(keysieve());
    let ran = command.args(["scan", "-f", "jsonl"]).stdin(Stdio::null()).stdout(full).output().unwrap();
    assert_eq!(ran.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("cannot write the output"));
}

#[test]
fn a_named_pipe_gets_its_lines_early_too() {
    let sandbox = endless();
    let pipe = sandbox.outside().join("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
    let report = format!("jsonl={}", pipe.display());
    let mut child = start(&sandbox, &["scan", "--report", &report]);
    let mut lines = BufReader::new(File::open(&pipe).unwrap());
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    assert!(line.contains("a/settings.py"));
    assert!(child.try_wait().unwrap().is_none());
    terminate(&child);
    assert!(rest(lines).contains("\"why\":\"interrupted\""));
    let (text, code) = (rest(child.stdout.take().unwrap()), child.wait().unwrap().code());
    assert!(code == Some(1) && text.contains("a/settings.py") || code == Some(3) && text.is_empty());
}

/// Keys in many folders; some at paths and in lines that must wait.
fn many() -> Sandbox {
    let sandbox = Sandbox::git();
    for n in 0..120_u64 {
        let folder = ["src", "lib", "src/core", "docs", "web/app", "tests"][n as usize % 6];
        let name = format!("{folder}/{}{}.py", ["a", "b", "c"][n as usize % 3], n / 3);
        sandbox.file(name, format!("# {n}\ntoken = \"{}\"\n", keyed(RULE, n)));
    }
    sandbox.file("src.py", format!("token = \"{}\"\n", keyed(RULE, 200)));
    sandbox.file("src-x/a.py", format!("token = \"{}\"\n", keyed(RULE, 201)));
    sandbox.file("backup-2024-05-03/a.py", format!("token = \"{}\"\n", keyed(RULE, 202)));
    sandbox.file("lib/noted.py", format!("see Zeta4-ware-lima9 token = \"{}\"\n", keyed(RULE, 203)));
    sandbox.file("lib/fine.py", format!("t = \"{}\" # keysieve:allow made up\n", keyed(RULE, 204)));
    sandbox.file(".env", format!("TOKEN={}\n", keyed(RULE, 205)));
    sandbox.commit("all");
    std::os::unix::fs::symlink(format!("x/{}", keyed(RULE, 206)), sandbox.dir.join("web/link")).unwrap();
    sandbox
}

#[test]
fn the_bytes_are_the_same_whatever_the_threads_and_wherever_they_go() {
    let sandbox = many();
    let run = |threads| sandbox.run(["scan", "-f", "jsonl", "--threads", threads]).code(1).out;
    let one = run("1");
    for threads in ["2", "7", "2", "7"] {
        assert!(run(threads) == one, "{threads} threads");
    }
    sandbox.run(["scan", "-o", "../lines", "-f", "jsonl", "--report", "json=../all.json"]).code(1);
    assert_eq!(std::fs::read_to_string(sandbox.outside().join("lines")).unwrap(), one);
    let converted = sandbox.run(["report", "convert", "../all.json", "-f", "jsonl"]).code(0).out;
    assert_eq!(converted, one);
}

#[test]
fn lines_that_may_not_go_ahead_follow_in_order() {
    let ran = many().run(["scan", "-f", "jsonl"]).code(1);
    let place = |f: &Value| (f["path"].as_str().unwrap().to_owned(), f["line"].as_u64());
    let all: Vec<_> = ran.findings().iter().map(place).collect();
    assert_eq!(all.len(), 127);
    let later = all.windows(2).position(|two| two[0] > two[1]).expect("two parts") + 1;
    assert!(all[..later].is_sorted() && all[later..].is_sorted());
    let named = |at: usize| &all[at].0[..];
    let held: Vec<&str> = (later..all.len()).map(named).collect();
    assert_eq!(held, [".env", "backup-2024-05-03/a.py", "lib/noted.py"], "the file that should not be there");
    assert!((0..later).any(|at| named(at) == ".env"), "the key in it is another matter");
}

#[test]
fn a_key_of_a_later_file_stands_in_no_earlier_line() {
    let sandbox = Sandbox::new();
    let secret = password();
    sandbox.file(format!("a/{secret}/settings.py"), format!("token = \"{}\"\n", keyed(RULE, 1)));
    sandbox.file("a/b.py", format!("x{secret}x token = \"{}\"\n", keyed(RULE, 2)));
    sandbox.file("a/c.py", format!("token = \"{}\" # was {secret}s\n", keyed(RULE, 3)));
    sandbox.file("a/plain.py", format!("token = \"{}\"\n", keyed(RULE, 4)));
    sandbox.file("z.py", format!("password = \"{secret}\"\n"));
    let ran = sandbox.run(["scan", "-f", "jsonl"]).code(1).hides(&secret);
    let found = ran.findings();
    let paths: Vec<_> = found.iter().filter_map(|f| f["path"].as_str()).collect();
    assert_eq!(paths[..2], ["a/plain.py", "z.py"]);
    assert_eq!(paths.len(), 5);
    // Shown in clear nothing is hidden, and the order stays.
    let clear = sandbox.run(["scan", "-f", "jsonl", "--show-secrets"]).code(1).says(&secret).findings();
    let path = |f: &Value| f["path"].as_str().unwrap_or_default().replace(&secret, "*");
    let hidden = |f: &Value| f["path"].as_str().unwrap_or_default().replace("Gr4n…(16 characters)", "*");
    assert_eq!(clear.iter().map(path).collect::<Vec<_>>(), found.iter().map(hidden).collect::<Vec<_>>());
}

#[test]
fn what_the_end_decides_is_told_at_the_end() {
    let sandbox = Sandbox::git();
    let line = |n| format!("token = \"{}\"\n", keyed(RULE, n));
    sandbox.file("known.py", line(1)).file("gone.py", line(2)).file("src/new.py", "\n").commit("one");
    sandbox.run(["baseline", "create", "--reason", "before"]).code(0);
    std::fs::remove_file(sandbox.dir.join("gone.py")).unwrap();
    sandbox.file("src/new.py", line(3)).file("src/low.py", line(4));
    let ran = sandbox.run(["scan", "-f", "jsonl", "--exit-code", "7"]).code(7);
    let lines: Vec<Value> = ran.out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert_eq!([&lines[0]["path"], &lines[1]["path"]], ["src/low.py", "src/new.py"]);
    assert_eq!(lines[2]["type"], "gone");
    assert!(ran.err.contains("1 in the baseline"), "{}", ran.err);
    // Below the severity that is asked for nothing goes out, early or late.
    sandbox.file(".keysieve.yml", format!("severity:\n  {RULE}: low\n"));
    let ran = sandbox.run(["scan", "-f", "jsonl", "--severity", "high"]).code(0);
    assert!(ran.findings().is_empty() && ran.err.contains("below severity"), "{}{}", ran.out, ran.err);
    sandbox
        .run(["scan", "missing", "src", "-f", "jsonl", "--no-config"])
        .code(1)
        .says("\"type\":\"incomplete\"");
}

#[test]
fn several_arguments_and_standard_input_keep_the_order() {
    let sandbox = Sandbox::new();
    let line = |n| format!("token = \"{}\"\n", keyed(RULE, n));
    sandbox.file("b/x.py", line(1)).file("a.py", line(2)).file("b.py", line(3)).file("a/y.py", line(4));
    for threads in ["1", "5"] {
        let args = ["scan", "b.py", "b", "-", "a", "a.py", "-f", "jsonl", "--threads", threads];
        let ran = sandbox.run_with(args, line(5).as_bytes()).code(1);
        let paths: Vec<_> = ran.findings().iter().map(|f| f["path"].as_str().unwrap().to_owned()).collect();
        assert_eq!(paths, ["-", "a.py", "a/y.py", "b.py", "b/x.py"]);
    }
}
