//! The same bytes whatever the number of threads: in every mode and every format, on a repository where much is alike.

use std::fmt::Write as _;

use super::redaction::FORMATS;
use super::sandbox::{Sandbox, keyed};

const RULE: &str = "github-personal-access-token";
const COMMITS: usize = 24;

/// Commits of one and the same second on branches that are merged; keys in several files and versions, several on a line;
/// a name that holds one; packed and loose.
fn repository() -> Sandbox {
    let sandbox = Sandbox::git();
    let file = |name: &str, seed: u64, many: u64| {
        let mut text = String::new();
        for n in 0..many {
            let _ = writeln!(text, "a = {} b = {}", keyed(RULE, seed + n % 5), keyed(RULE, 7));
        }
        sandbox.file(name, text);
    };
    sandbox.file("start", "start\n").commit("start");
    for n in 0..COMMITS {
        if n % 3 == 0 {
            sandbox.run_git(["checkout", "-q", "-b", &format!("side{n}")]);
        }
        let seed = n as u64;
        file(&format!("d{}/f{}", n % 4, n % 6), seed % 9, 6);
        file(&format!("d{}/same", n % 4), 3, 4);
        sandbox.commit(&format!("commit {} t={}", n % 5, keyed(RULE, seed % 3)));
        if n % 3 == 2 {
            sandbox.run_git(["checkout", "-q", "main"]);
            let side = format!("side{}", n - 2);
            sandbox.run_git(["merge", "-q", "--no-ff", "-X", "theirs", "-m", "merge", &side]);
        }
        if n == COMMITS / 2 {
            sandbox.run_git(["repack", "-adfq"]);
        }
    }
    sandbox.file(format!("name-{}", keyed(RULE, 8)), "x\n").commit("name");
    for n in 0..30 {
        file(&format!("new{}/f{n}", n % 7), n % 11, 3);
    }
    sandbox.run_git(["add", "-A"]);
    sandbox
}

#[test]
fn every_format_in_every_mode_is_the_same_with_any_number_of_threads() {
    let sandbox = repository();
    let range = format!("HEAD~{}..HEAD", COMMITS / 3);
    for mode in [&["scan"][..], &["staged"], &["history"], &["diff", &range], &["audit"]] {
        // One run writes all formats.
        let run = |threads: &str| {
            let mut args: Vec<String> = mode.iter().map(|&word| word.to_owned()).collect();
            args.extend(["--threads", threads, "-f", "jsonl", "-v"].map(str::to_owned));
            for format in FORMATS {
                args.extend(["--report".to_owned(), format!("{format}=../{format}")]);
            }
            let ran = sandbox.run(args).code(1);
            let read = |format: &str| std::fs::read_to_string(sandbox.outside().join(format)).unwrap();
            let said: Vec<_> =
                ran.err.lines().filter(|line| !line.contains("findings")).map(str::to_owned).collect();
            (ran.out, said, FORMATS.map(read))
        };
        let one = run("1");
        assert!(one.0.lines().count() > 60, "{mode:?}: {}", one.0.lines().count());
        for threads in ["2", "3", "8"] {
            let other = run(threads);
            assert!(one.0 == other.0, "{mode:?} {threads}: standard output differs");
            assert_eq!(one.1, other.1, "{mode:?} {threads}");
            for ((format, one), other) in FORMATS.iter().zip(&one.2).zip(&other.2) {
                assert!(one == other, "{mode:?} {threads}: {format} differs");
            }
        }
    }
}
