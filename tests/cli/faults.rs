//! Faults of repositories and of the machine: never a clean answer, never a hang, and one damage hides no finding.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::sandbox::{Sandbox, key, keyed, keysieve};

const RULE: &str = "github-personal-access-token";

/// A commit with a key in `old`, and a clean file that is staged.
fn repository() -> Sandbox {
    let sandbox = Sandbox::git();
    sandbox.file("old", format!("t={}\n", key(RULE))).file("a", "a\n").commit("one");
    sandbox.file("b", "b\n").run_git(["add", "b"]);
    sandbox
}

/// The file of a loose object.
fn object(sandbox: &Sandbox, name: &str) -> std::path::PathBuf {
    let id = sandbox.run_git(["rev-parse", name]);
    sandbox.dir.join(".git/objects").join(&id[..2]).join(&id[2..])
}

fn damage(path: &std::path::Path, content: &[u8]) {
    fs::remove_file(path).unwrap();
    fs::write(path, content).unwrap();
}

#[test]
fn broken_refs_of_all_kinds_are_named_and_hide_nothing() {
    for (path, content, named) in [
        (".git/refs/heads/x", "garbage\n", "refs/heads/x"),
        (".git/refs/heads/x", "", "refs/heads/x"),
        (".git/refs/heads/x", "ref: refs/../../old\n", "refs/heads/x"),
        (".git/refs/heads/x", "1111111111111111111111111111111111111111\n", "refs/heads/x"),
        (".git/refs/heads/main", "", "refs/heads/main"),
        (".git/packed-refs", "garbage\n", "garbage"),
        (".git/packed-refs/a-folder", "", "packed-refs"),
        (".git/shallow", "garbage\n", "shallow"),
    ] {
        let sandbox = repository();
        sandbox.run_git(["branch", "other"]);
        sandbox.run(["history"]).code(1);
        sandbox.file(path, content);
        let ran = sandbox.run(["history"]).code(1).says(RULE).warns("INCOMPLETE");
        assert!(ran.err.contains(named), "{path}: {content:?}: {}", ran.err);
    }
}

#[test]
fn a_ref_to_nothing_is_no_damage() {
    let sandbox = Sandbox::git();
    sandbox.file("a", "a\n").commit("one");
    sandbox.file(".git/refs/remotes/origin/HEAD", "ref: refs/remotes/origin/gone\n");
    sandbox.file(".git/HEAD", "ref: refs/heads/not-yet\n");
    sandbox.run(["history"]).code(0);
    sandbox.run(["staged"]).code(0);
}

#[test]
fn a_damaged_repository_is_not_taken_for_none() {
    for (path, is_folder) in [(".git/HEAD", false), (".git/refs", true), (".git/objects", true)] {
        let sandbox = repository();
        let path = sandbox.dir.join(path);
        if path.ends_with(".git/HEAD") {
            // A link to nowhere is somebody's repository too.
            fs::rename(sandbox.dir.join(".git"), sandbox.outside().join("moved")).unwrap();
            std::os::unix::fs::symlink("nowhere", sandbox.dir.join(".git")).unwrap();
            sandbox.run(["scan"]).code(1).says(RULE).warns("INCOMPLETE");
            sandbox.run(["staged"]).code(3);
            fs::remove_file(sandbox.dir.join(".git")).unwrap();
            fs::rename(sandbox.outside().join("moved"), sandbox.dir.join(".git")).unwrap();
        }
        if is_folder {
            fs::remove_dir_all(path).unwrap();
        } else {
            fs::write(path, "").unwrap();
        }
        // Files can be read all the same; git's rules about them cannot.
        sandbox.run(["scan"]).code(1).says(RULE).warns("INCOMPLETE").warns("damaged");
        for command in ["staged", "history", "diff"] {
            sandbox.run([command, "HEAD~1"].into_iter().take(1 + usize::from(command == "diff"))).code(3);
        }
    }
    // A folder that is called so and is none, as git sees it too.
    let sandbox = Sandbox::new();
    sandbox.file(".git/notes.txt", "x\n").file("a", "a\n").run(["scan"]).code(0);
}

#[test]
fn a_shallow_clone_is_incomplete_where_the_whole_is_required() {
    let sandbox = repository();
    sandbox.file("c", "c\n").commit("two");
    sandbox.run_git([
        "clone",
        "-q",
        "--depth",
        "1",
        &format!("file://{}", sandbox.dir.display()),
        "../shallow",
    ]);
    let history = |more: &[&str]| {
        let mut command = sandbox.command(keysieve());
        command.args(["history", "-f", "json", "--disable", RULE]).args(more);
        sandbox.run_command(command.current_dir(sandbox.outside().join("shallow")), b"")
    };
    history(&[]).code(0).says("\"complete\": true").says("\"shallow\": true");
    history(&["--require-full-history"]).code(3).says("\"complete\": false").warns("git fetch --unshallow");
}

#[test]
fn more_threads_than_the_machine_gives_are_done_without() {
    let sandbox = repository();
    for n in 0..400 {
        sandbox.file(format!("{n}/file"), format!("{n}\n"));
    }
    sandbox.commit("many");
    for command in ["scan", "history", "diff HEAD~1 --disable hygiene", "staged"] {
        let script = format!("ulimit -v 1000000; \"$K\" {command} --threads 256");
        let mut shell = sandbox.command("sh");
        shell.args(["-c", &script]).env("K", keysieve());
        let ran = sandbox.run_command(&mut shell, b"");
        let found = i32::from(command == "scan" || command == "history");
        assert_eq!(ran.code, found, "{command}: {}", ran.err);
    }
}

#[test]
fn a_bare_repository_has_no_files_to_scan() {
    let sandbox = Sandbox::new();
    sandbox.run_git(["init", "-q", "--bare"]);
    sandbox.run(["scan"]).code(3).warns("keysieve history");
    sandbox.run(["history"]).code(0);
}

#[test]
fn an_index_that_is_no_file_is_never_an_empty_one() {
    for kind in ["folder", "link", "empty"] {
        let sandbox = repository();
        let index = sandbox.dir.join(".git/index");
        fs::remove_file(&index).unwrap();
        match kind {
            "folder" => fs::create_dir(&index).unwrap(),
            "link" => std::os::unix::fs::symlink("/nonexistent", &index).unwrap(),
            _ => fs::write(&index, "").unwrap(),
        }
        sandbox.run(["staged"]).code(3).warns("index");
        sandbox.run(["scan"]).code(1).says(RULE).warns("INCOMPLETE");
        sandbox.run(["history"]).code(1).says(RULE).warns("INCOMPLETE");
    }
}

/// Git refuses an index with flags that it does not know; taken for a name they would hide what is staged.
#[test]
fn flags_of_an_index_that_nobody_knows_are_no_empty_index() {
    use sha1::Digest as _;
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", "x").run_git(["add", "-N", "a.txt"]);
    let path = sandbox.dir.join(".git/index");
    let mut index = std::fs::read(&path).unwrap();
    sandbox.run(["staged"]).code(0);
    // Behind the head, the state of the file, the id and the flags of the first entry.
    let more = 12 + 40 + 20 + 2;
    assert_eq!(index[more..more + 2], [0x20, 0]);
    index[more] |= 0x40;
    index[more + 1] = 1;
    let end = index.len() - 20;
    let sum = sha1::Sha1::digest(&index[..end]);
    index[end..].copy_from_slice(&sum);
    std::fs::write(&path, index).unwrap();
    assert_ne!(sandbox.try_git(["ls-files", "-s"]).code, 0);
    sandbox.run(["staged"]).code(3).warns("damaged");
}

#[test]
fn what_is_found_is_told_though_hygiene_cannot_ask_the_index() {
    let sandbox = repository();
    sandbox.file(".env", "PORT=1\n").file(".git/index", "garbage");
    sandbox.run(["scan"]).code(1).says(RULE).warns("INCOMPLETE");
}

#[test]
fn alternates_that_are_gone_are_incomplete_in_every_mode() {
    let sandbox = repository();
    sandbox.run_git(["commit", "-q", "--no-verify", "-m", "two"]);
    sandbox.file("c", "c\n").run_git(["add", "c"]);
    sandbox.run(["staged"]).code(0);
    sandbox.run(["diff", "HEAD~1"]).code(0);
    sandbox.file(".git/objects/info/alternates", "/nonexistent/objects\n");
    sandbox.run(["staged"]).code(3).warns("/nonexistent/objects");
    sandbox.run(["diff", "HEAD~1"]).code(3).warns("/nonexistent/objects");
    sandbox.run(["history"]).code(1).warns("/nonexistent/objects").warns("INCOMPLETE");
    sandbox.file(".git/objects/info/alternates", format!("{}/.git/objects\n", sandbox.dir.display()));
    sandbox.run(["staged"]).code(0);
    sandbox.run(["history"]).code(1);
}

#[test]
fn an_old_side_that_cannot_be_read_is_incomplete_and_everything_is_judged() {
    let sandbox = repository();
    sandbox.file("old", format!("t={}\nmore\n", key(RULE))).run_git(["add", "old"]);
    sandbox.run(["staged"]).code(0).warns("1 on old lines");
    damage(&object(&sandbox, "HEAD:old"), b"");
    sandbox.run(["staged"]).code(1).says("old:1").warns("INCOMPLETE").warns("old version");
    sandbox.run_git(["rm", "-q", "--cached", "old"]);
    sandbox.file("a", "changed\n").run_git(["add", "a"]);
    damage(&object(&sandbox, "HEAD:a"), b"");
    sandbox.run(["staged"]).code(3).warns("old version");
    damage(&object(&sandbox, "HEAD"), b"");
    sandbox.file("new", format!("t={}\n", keyed(RULE, 2))).run_git(["add", "new"]);
    sandbox.run(["staged"]).code(1).says("new:1").warns("INCOMPLETE").warns("commit");
}

#[test]
fn damage_below_a_stash_is_named() {
    let sandbox = Sandbox::git();
    sandbox.file("a", "a\n").commit("one");
    sandbox.file("a", "stashed\n").run_git(["stash", "-q"]);
    sandbox.run(["history"]).code(0);
    damage(&object(&sandbox, "stash@{0}:a"), b"x");
    sandbox.run(["history"]).code(3).warns("(a)");
}

#[test]
fn editing_a_tracked_environment_file_is_old_news_and_adding_one_is_not() {
    let sandbox = Sandbox::git();
    sandbox.file(".env", "PORT=1\n").file("prod.txt", "PORT=3\nHOST=example\n").run_git(["add", "-A"]);
    sandbox.run(["staged"]).code(1).says("hygiene-dotenv");
    sandbox.commit("one");
    sandbox.file(".env", "PORT=2\n").run_git(["add", ".env"]);
    sandbox.run(["staged"]).code(0).warns("1 on old lines");
    sandbox.file(".env", format!("PORT=2\nGITHUB_TOKEN={}\n", key(RULE))).run_git(["add", ".env"]);
    sandbox.run(["staged"]).code(1).says(RULE);
    sandbox.run_git(["reset", "-q", "--hard"]);
    sandbox.run_git(["mv", "prod.txt", ".env.local"]);
    sandbox.run(["staged"]).code(1).says("hygiene-dotenv");
}

#[test]
fn the_account_does_not_depend_on_threads() {
    let sandbox = Sandbox::git();
    for n in 0..12 {
        for file in 0..6 {
            sandbox
                .file(format!("folder {file}/file {}", n % 4), format!("{n} {file} t={}\n", keyed(RULE, n)));
        }
        sandbox.commit("more");
    }
    let report = |threads: &str| sandbox.run(["history", "-f", "json", "--threads", threads]).code(1).out;
    let one = report("1");
    for threads in ["2", "3", "8"] {
        assert_eq!(one, report(threads));
    }
}

#[test]
fn closed_and_full_streams() {
    let sandbox = repository();
    let shell = |script: &str| {
        let mut command = sandbox.command("sh");
        command.args(["-c", script]).env("K", keysieve());
        sandbox.run_command(&mut command, b"").code
    };
    assert_eq!(shell("\"$K\" scan - <&-"), 3);
    assert_eq!(shell("\"$K\" hook run pre-push -- origin url <&-"), 3);
    assert_eq!(shell("\"$K\" hook run pre-receive <&-"), 3);
    for command in ["scan", "staged", "history", "diff HEAD~0"] {
        assert_ne!(shell(&format!("\"$K\" {command} -f json >/dev/full")), 0, "{command}");
    }
    assert_eq!(shell("\"$K\" staged 2>/dev/full"), 0);
    assert_eq!(shell("\"$K\" history 2>&- >/dev/null"), 1);
}

#[test]
fn a_report_beyond_the_limit_on_files_is_said_and_not_left_behind() {
    let sandbox = repository();
    for n in 0..40 {
        sandbox.file(format!("{n}.txt"), format!("token = \"{}\"\n", keyed(RULE, n)));
    }
    let mut command = sandbox.command("sh");
    // Blocks of 512 or 1024 bytes; what the shell leaves as it is ends a process by a signal.
    command.args(["-c", "ulimit -f 4; exec \"$K\" scan -f json -o ../report"]).env("K", keysieve());
    sandbox.run_command(&mut command, b"").code(3).warns("cannot write the report");
    assert!(!sandbox.outside().join("report").exists());
}

/// Waits until a process of ours stands at its input: it sleeps, and signals have their handlers. Elsewhere than on Linux
/// half a second has to do.
fn is_reading(child: &Child) {
    let status = format!("/proc/{}/status", child.id());
    let ready = |text: String| {
        let field =
            |name| text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("").trim().to_owned();
        let caught = u64::from_str_radix(&field("SigCgt:"), 16).unwrap_or(0);
        // Bits of SIGINT and SIGTERM.
        caught & (1 << 1) != 0 && caught & (1 << 14) != 0 && field("State:").starts_with('S')
    };
    if !Path::new(&status).exists() {
        return std::thread::sleep(Duration::from_millis(500));
    }
    while !ready(std::fs::read_to_string(&status).expect("the process is there")) {
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn an_end_by_signal_or_time_limit_is_quick_and_said() {
    let sandbox = Sandbox::new();
    let end = |signal: &str, more: &[&str]| {
        let mut command = sandbox.command(keysieve());
        command.args(["scan", "-"]).args(more);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(b"an input that does not end").unwrap();
        if !signal.is_empty() {
            is_reading(&child);
        }
        let begun = Instant::now();
        if !signal.is_empty() {
            sandbox.run_command(sandbox.command("kill").args([signal, &child.id().to_string()]), b"").code(0);
        }
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{signal}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("INCOMPLETE"), "{said}");
        begun.elapsed()
    };
    for (signal, more) in [("-INT", &[][..]), ("-TERM", &[]), ("", &["--timeout", "100ms"])] {
        let limit = Duration::from_secs(if signal.is_empty() { 8 } else { 2 });
        // The machine may stand still during one attempt.
        assert!((0..5).any(|_| end(signal, more) < limit), "{signal} never within {limit:?}");
    }
}
