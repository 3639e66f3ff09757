//! `keysieve scan`.

use super::sandbox::{Sandbox, key, keyed};

#[test]
fn a_key_in_a_file_is_found_and_hidden() {
    let secret = key("voicgen-live-api-key");
    let sandbox = Sandbox::git();
    sandbox.file("config/prod.env", format!("VOICGEN_API_KEY={secret}\n"));
    let ran = sandbox.run(["scan", "--format", "jsonl"]).code(1).hides(&secret);
    let found = ran.findings();
    assert_eq!(found.len(), 1, "{}", ran.out);
    assert_eq!(found[0]["rule"], "voicgen-live-api-key");
    assert_eq!(found[0]["path"], "config/prod.env");
    assert_eq!((found[0]["line"].as_u64(), found[0]["column"].as_u64()), (Some(1), Some(17)));
}

#[test]
fn a_clean_folder_is_clean_and_says_what_was_read() {
    let sandbox = Sandbox::git();
    sandbox.file("README.md", "VOICGEN_API_KEY=vg_live_YOUR_KEY\n");
    sandbox.run(["scan"]).code(0).warns("1 file");
}

const RULE: &str = "voicgen-live-api-key";

fn leak() -> String {
    format!("VOICGEN_API_KEY={}\n", key(RULE))
}

/// The paths of all findings of a scan, sorted.
#[track_caller]
fn found(sandbox: &Sandbox, args: &[&str]) -> Vec<String> {
    let ran = sandbox.run([&["scan", "--format", "jsonl"], args].concat());
    let paths: Vec<_> = ran.findings().iter().map(|f| f["path"].as_str().unwrap().to_owned()).collect();
    ran.code(i32::from(!paths.is_empty())).hides(&key(RULE));
    paths
}

#[test]
fn tracked_files_are_scanned_whatever_hides_them() {
    let sandbox = Sandbox::git();
    sandbox.file(".gitignore", "*.log\n/secret/\n").file(".ignore", "*\n");
    for path in ["tracked.log", ".hidden", "secret/a", "untracked.log", "secret/b", "plain"] {
        sandbox.file(path, leak());
    }
    sandbox.run_git(["add", "-f", ".gitignore", "tracked.log", ".hidden", "secret/a"]);
    assert_eq!(found(&sandbox, &[]), [".hidden", "plain", "secret/a", "tracked.log"]);
    // What is ignored is left out unless it is named; what is named is scanned once.
    assert_eq!(found(&sandbox, &["untracked.log", "untracked.log"]), ["untracked.log"]);
    assert_eq!(found(&sandbox, &["secret"]), ["secret/a", "secret/b"]);
    assert_eq!(found(&sandbox, &["--no-ignore"]).len(), 6);
    let ran = sandbox.run(["scan", "--no-git"]).code(0);
    ran.warns("ignored");
    let outside = Sandbox::new();
    outside.file(".ignore", "*.log\n").file("a.log", leak()).file(".b", leak()).file(".gitignore", "*\n");
    assert_eq!(found(&outside, &[]), [".b"]);
}

#[test]
fn a_subfolder_and_a_submodule() {
    let library = Sandbox::git();
    library.file("lib.txt", leak()).commit("lib");
    let sandbox = Sandbox::git();
    let address = library.dir.to_str().unwrap().to_owned();
    sandbox.run_git(["-c", "protocol.file.allow=always", "submodule", "-q", "add", &address, "sub"]);
    sandbox.file("a/x.txt", leak()).file("b/y.txt", leak());
    assert_eq!(found(&sandbox, &["a"]), ["a/x.txt"]);
    assert_eq!(found(&sandbox, &["a", "./b"]), ["a/x.txt", "b/y.txt"]);
    assert_eq!(found(&sandbox, &[]), ["a/x.txt", "b/y.txt", "sub/lib.txt"]);
}

#[test]
fn links_are_not_followed() {
    let sandbox = Sandbox::git();
    std::fs::write(sandbox.outside().join("secret"), leak()).unwrap();
    std::os::unix::fs::symlink("../secret", sandbox.dir.join("file")).unwrap();
    std::os::unix::fs::symlink("..", sandbox.dir.join("folder")).unwrap();
    assert!(found(&sandbox, &[]).is_empty());
    std::os::unix::fs::symlink(format!("/nowhere/{}", key(RULE)), sandbox.dir.join("telling")).unwrap();
    assert_eq!(found(&sandbox, &[]), ["telling"]);
}

#[test]
fn standard_input() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run_with(["scan", "-", "--format", "jsonl"], leak().as_bytes()).code(1);
    assert_eq!(ran.findings().len(), 1);
    sandbox.run_with(["scan", "-"], b"nothing\n").code(0);
    let shell = |script: &str| {
        let mut command = sandbox.command("sh");
        let program = super::sandbox::keysieve();
        sandbox.run_command(command.args(["-c", script]).arg(program), b"")
    };
    shell("\"$0\" scan - <&-").code(3).warns("closed");
    shell("\"$0\" scan - </").code(3);
    shell("\"$0\" scan - </dev/null").code(0);
}

#[test]
fn what_is_not_there_or_cannot_be_read_is_never_clean() {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", "clean\n");
    sandbox.run(["scan", "nowhere"]).code(3).warns("nowhere");
    sandbox.run(["scan", "a.txt", "nowhere"]).code(3);
    sandbox.run(["scan", "a.txt"]).code(0);
    assert!(sandbox.run_command(sandbox.command("mkfifo").arg("fifo"), b"").code == 0);
    sandbox.run(["scan"]).code(0).warns("special file");
    sandbox.run(["scan", "fifo"]).code(3);
    std::fs::write(sandbox.dir.join(".git/index"), "DIRC garbage").unwrap();
    sandbox.run(["scan"]).code(3).warns("index");
    sandbox.file("b.txt", leak());
    sandbox.run(["scan"]).code(1).warns("index");
}

#[test]
fn a_repository_of_somebody_else_is_incomplete() {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", "clean\n").commit("a");
    let mut chown = sandbox.command("chown");
    if sandbox.run_command(chown.args(["-R", "12345", "."]), b"").code != 0 {
        return; // Only root can give files away.
    }
    sandbox.run(["scan"]).code(3).warns("safe.directory");
    let dir = sandbox.dir.to_str().unwrap().to_owned();
    sandbox.run_git(["config", "--global", "--add", "safe.directory", &dir]);
    sandbox.run(["scan"]).code(0);
}

#[test]
fn keys_anywhere_in_large_files_are_found_once_at_their_place() {
    const WINDOW: usize = 4 << 20;
    let sandbox = Sandbox::new();
    let line = "the quick brown fox jumps over the lazy dog once more and again\n";
    assert_eq!(WINDOW % line.len(), 0);
    let filler = line.repeat(WINDOW * 5 / 4 / line.len());
    let overlap = 128 << 10;
    for near in [WINDOW, WINDOW - overlap / 2] {
        for at in [near - line.len(), near] {
            let (before, after) = filler.split_at(at);
            sandbox.file("big.txt", [before, &leak(), after].concat());
            let ran = sandbox.run(["scan", "--format", "jsonl"]).code(1);
            let findings = ran.findings();
            assert_eq!(findings.len(), 1, "at {at}");
            assert_eq!(findings[0]["line"].as_u64(), Some((at / line.len()) as u64 + 1));
            assert_eq!(findings[0]["column"], 17);
        }
    }
    // The same in UTF-16, and in the middle of one endless line.
    let half = &filler[..WINDOW / 2];
    let text = [half, &leak(), half].concat();
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    sandbox.file("big.txt", wide);
    let ran = sandbox.run(["scan", "--format", "jsonl"]).code(1);
    assert_eq!(ran.findings().len(), 1, "{}", ran.out);
    assert_eq!(ran.findings()[0]["line"].as_u64(), Some((half.len() / line.len()) as u64 + 1));
    let endless = " ".repeat(WINDOW);
    sandbox.file("big.txt", [&endless, leak().trim_end(), &endless].concat());
    let ran = sandbox.run(["scan", "--format", "jsonl"]).code(1);
    assert_eq!(ran.findings()[0]["column"].as_u64(), Some(WINDOW as u64 + 17));
}

#[test]
fn a_byte_order_mark_that_lies_hides_nothing() {
    let sandbox = Sandbox::git();
    for pad in ["", "x"] {
        let lie = [&b"\xFF\xFE"[..], pad.as_bytes(), b"\n", leak().as_bytes()].concat();
        sandbox.file("lie.bin", lie);
        let ran = sandbox.run(["scan", "--format", "jsonl"]).code(1);
        assert_eq!(ran.findings().len(), 1, "{pad:?}: {}", ran.out);
        // Its lines are those of wide text, for the file that was there before as well: what is added there blocks.
        sandbox.run_git(["add", "lie.bin"]);
        sandbox.run(["staged"]).code(1);
    }
    // Wide text without a NUL is still wide text.
    let wide: Vec<u8> = format!("\u{feff}{}\n{}", "漢字".repeat(200), leak())
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    sandbox.file("lie.bin", wide);
    assert_eq!(sandbox.run(["scan", "--format", "jsonl"]).code(1).findings().len(), 1);
}

#[test]
fn answers_do_not_depend_on_threads() {
    let sandbox = Sandbox::git();
    for i in 0..600 {
        sandbox.file(format!("{}/{i}.txt", i % 7), if i % 9 == 0 { leak() } else { "x\n".into() });
    }
    let one = found(&sandbox, &["--threads", "1"]);
    assert_eq!(one.len(), 67);
    assert_eq!(found(&sandbox, &["--threads", "5"]), one);
}

#[test]
fn names_of_files_and_folders_are_scanned_as_history_does() {
    let sandbox = Sandbox::git();
    let in_folder = keyed("gitlab-personal-access-token", 1);
    let in_file = keyed("github-personal-access-token", 2);
    sandbox.file(format!("deep/x-{in_folder}/{in_file}.txt"), "nothing\n");
    sandbox.file(format!("deep/x-{in_folder}/more.txt"), "nothing\n");
    let rules = |args: &[&str]| {
        let ran =
            sandbox.run(args.iter().chain(&["--format", "jsonl"])).code(1).hides(&in_folder).hides(&in_file);
        let of = |f: &serde_json::Value| {
            (f["part"].to_string(), f["rule"].to_string(), f["fingerprint"].to_string())
        };
        let mut all: Vec<_> = ran.findings().iter().map(of).collect();
        all.sort();
        all
    };
    let scanned = rules(&["scan"]);
    assert_eq!(scanned.len(), 2, "each name is told once: {scanned:?}");
    assert_eq!(scanned, rules(&["scan", "--no-git"]));
    sandbox.commit("names");
    assert_eq!(scanned, rules(&["history"]));
    sandbox.run(["scan", &format!("deep/x-{in_folder}/{in_file}.txt")]).code(1).says("ghp_").hides(&in_file);
}

#[test]
fn a_byte_order_mark_is_no_character_of_the_first_line() {
    let sandbox = Sandbox::new();
    let secret = key("github-personal-access-token");
    sandbox.file("marked.txt", format!("\u{feff}t = \"{secret}\"\né = \"{secret}\"\n"));
    sandbox.file("plain.txt", format!("t = \"{secret}\"\né = \"{secret}\"\n"));
    let ran = sandbox.run(["scan", "--format", "jsonl"]).code(1).hides(&secret);
    let mut found = ran.findings();
    found.sort_by_key(|f| (f["path"].to_string(), f["line"].as_u64()));
    let (marked, plain) = found.split_at(2);
    for field in ["line", "column", "end_line", "end_column", "variable", "excerpt", "fingerprint"] {
        for (m, p) in marked.iter().zip(plain) {
            assert_eq!(m[field], p[field], "{field}");
        }
    }
    assert_eq!(marked[0]["byte_column"], 9);
    assert_eq!(marked[1]["byte_column"], plain[1]["byte_column"]);
}

#[test]
fn text_of_several_encodings_in_one_file_hides_nothing() {
    let sandbox = Sandbox::git();
    let (one, two) = (key("github-personal-access-token"), keyed("github-personal-access-token", 2));
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let line = |key: &str| format!("token = \"{key}\"\n");
    let padding = "x = 1\n".repeat(50);
    for (content, many) in [
        ([wide(&line(&one)), line(&two).into_bytes()].concat(), 2),
        ([wide(&line(&one)), b"x".to_vec(), wide(&line(&two))].concat(), 2),
        ([line(&one).into_bytes(), wide(&padding)].concat(), 1),
        ([b"\xff\xfe\0\0".to_vec(), line(&one).into_bytes()].concat(), 1),
        ([b"\xff\xfe".to_vec(), line(&one).into_bytes(), b"\0\0".to_vec()].concat(), 1),
        ([b"\xff\xfe".to_vec(), wide(&line(&one)), wide(&line(&two))].concat(), 2),
        (
            format!("{}\n{}", "\u{65e5}\u{672c}".repeat(600), line(&one))
                .chars()
                .flat_map(|c| u32::from(c).to_le_bytes())
                .collect(),
            1,
        ),
        (
            format!("{}\n{}", "\u{65e5}\u{672c}".repeat(600), line(&one))
                .chars()
                .flat_map(|c| u32::from(c).to_be_bytes())
                .collect(),
            1,
        ),
    ] {
        sandbox.file("a.txt", &content);
        let ran = sandbox.run(["scan", "-f", "jsonl"]).code(1).hides(&one[8..]).hides(&two[8..]);
        assert_eq!(ran.findings().len(), many, "{content:?}\n{}", ran.out);
        sandbox.run_git(["add", "a.txt"]);
        let ran = sandbox.run(["staged", "-f", "jsonl"]).code(1);
        assert_eq!(ran.findings().len(), many, "{content:?}\n{}", ran.out);
    }
}

#[test]
fn signs_before_a_key_make_it_no_reference() {
    for sign in ["::", ":", "&", "::add-mask::", "!", "a &", "@"] {
        let sandbox = Sandbox::new();
        sandbox.file("a.txt", format!("x\n{sign}{}\n", key("github-personal-access-token")));
        let ran = sandbox.run(["scan", "-f", "jsonl"]);
        assert_eq!(ran.findings().len(), 1, "{sign}: {}", ran.err);
    }
}

#[test]
fn what_git_does_not_ignore_is_read() {
    let sandbox = Sandbox::git();
    let names = ["a.env", "[x", "1.log", "a.{env,txt}", "x.log", "!y"];
    for name in names {
        sandbox.file(name, leak());
    }
    sandbox.file(".gitignore", "*.{env,txt}\n[x\n[[:digit:]].log\n[\\!x]y\n");
    let seen = sandbox.run_git(["ls-files", "--others", "--exclude-standard"]);
    assert_eq!(seen.lines().collect::<Vec<_>>(), [".gitignore", "[x", "a.env", "x.log"]);
    let found = sandbox.run(["scan", "--format", "jsonl"]).code(1).findings();
    let found: Vec<_> = found.iter().map(|f| f["path"].as_str().unwrap_or_default()).collect();
    assert_eq!(found, ["!y", "[x", "a.env", "x.log"], "what is in doubt is read");
}
