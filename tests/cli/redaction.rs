//! No secret is shown: not beside another one, not by a rule that is switched off, not in a name, not in an error.

use std::fs;

use crate::sandbox::{Ran, Sandbox, key, keyed};

const RULE: &str = "github-personal-access-token";

/// All formats.
pub const FORMATS: [&str; 11] =
    ["text", "json", "jsonl", "sarif", "gitlab", "codequality", "github", "junit", "csv", "html", "markdown"];

/// Asserts that nothing of a key can be read but its first characters.
#[track_caller]
fn hidden(ran: &Ran, secret: &str) {
    let shown = secret.len().min(13);
    for at in shown..secret.len() - 7 {
        let part = &secret[at..at + 8];
        assert!(!ran.out.contains(part) && !ran.err.contains(part), "{part} of {secret} in {ran:?}");
    }
}

/// One run that writes all formats; what they say stands in `out`.
fn in_all_formats(sandbox: &Sandbox, args: &[&str]) -> Ran {
    let folder = sandbox.outside().join("reports");
    std::fs::create_dir_all(&folder).unwrap();
    let reports: Vec<String> =
        FORMATS.iter().map(|f| format!("--report={f}={}", folder.join(f).display())).collect();
    let mut ran = sandbox.run(args.iter().copied().chain(reports.iter().map(String::as_str)));
    for format in FORMATS {
        let text = std::fs::read(folder.join(format)).unwrap();
        assert!(!text.is_empty(), "{format}");
        ran.out.push_str(&String::from_utf8(text).unwrap());
    }
    ran
}

#[test]
fn a_line_with_two_keys_shows_neither_in_any_format_whatever_is_switched_off() {
    let sandbox = Sandbox::git();
    let (github, stripe) = (key("github-personal-access-token"), key("stripe-secret-key-live"));
    sandbox.file("a.py", format!("a = \"{github}\"; b = \"{stripe}\"\n"));
    sandbox.file(
        "b.py",
        format!("a = \"{github}\"; b = \"{stripe}\" # keysieve:allow stripe-secret-key-live ok\n"),
    );
    sandbox.run_git(["add", "-A"]);
    let silenced: [&[&str]; 6] = [
        &[],
        &["-v"],
        &["--disable", "stripe"],
        &["--only", "github"],
        &["--confidence", "certain"],
        &["--disable", "github", "--confidence", "low"],
    ];
    for mode in ["scan", "staged"] {
        for options in silenced {
            let ran = in_all_formats(&sandbox, &[&[mode], options].concat()).code(1);
            hidden(&ran, &github);
            hidden(&ran, &stripe);
        }
    }
    sandbox.run(["scan", "--show-secrets", "--disable", "stripe"]).code(1).says(&github);
}

#[test]
fn passwords_that_are_not_reported_are_hidden_beside_what_is() {
    let sandbox = Sandbox::new();
    let token = key("github-personal-access-token");
    sandbox.file("urls", format!("https://user:Sup3rS3cretPassw0rd@host.example.com/x?token={token}\n"));
    let ran = sandbox.run(["scan", "--format", "json"]).code(1);
    hidden(&ran, "Sup3rS3cretPassw0rd");
}

#[test]
fn names_that_hold_keys_are_redacted_everywhere() {
    let made: Vec<String> = (1..9).map(|seed| keyed("gitlab-personal-access-token", seed)).collect();
    let [folder, file, branch, author, mail, subject, tag, content] = &made[..] else { unreachable!() };
    let sandbox = Sandbox::git();
    let with_key = format!("dir-{folder}/{file}.txt");
    sandbox.file(&with_key, format!("token = \"{content}\"\n"));
    sandbox.run_git(["checkout", "-q", "-b", &format!("b-{branch}")]);
    sandbox.run_git(["add", "-A"]);
    let sandbox = sandbox
        .env("GIT_AUTHOR_NAME", format!("N {author}"))
        .env("GIT_AUTHOR_EMAIL", format!("{mail}@x.org"));
    sandbox.commit(&format!("says {subject}"));
    sandbox.run_git(["tag", "-a", &format!("t-{tag}"), "-m", "a tag"]);
    for mode in
        [&["scan"][..], &["history"], &["audit"], &["scan", "--disable", "gitlab", "--only", "generic-token"]]
    {
        let ran = in_all_formats(&sandbox, &[mode, &["-v"]].concat());
        made.iter().for_each(|secret| hidden(&ran, secret));
    }
    sandbox.run(["baseline", "create"]).code(0);
    let baseline = std::fs::read_to_string(sandbox.dir.join(".keysieve-baseline")).unwrap();
    let written = Ran { code: 0, out: baseline, err: String::new() };
    made.iter().for_each(|secret| hidden(&written, secret));
    let ran = sandbox.run(["explain", &format!("{with_key}:1")]);
    made.iter().for_each(|secret| hidden(&ran, secret));
}

#[test]
fn keys_in_what_cannot_be_scanned_are_redacted() {
    let secret = key("gitlab-personal-access-token");
    let sandbox = Sandbox::new();
    for args in [
        &["scan", &format!("missing-{secret}")][..],
        &["scan", "--only", &secret],
        &["scan", "--config", &secret],
        &["scan", "--baseline", &format!("{secret}.json")],
        &["scan", "--rules", &secret],
        &["scan", "--threads", &secret],
        &["history", &secret],
        &["report", "convert", &secret],
        &[&secret],
    ] {
        let ran = sandbox.run(args);
        assert!(ran.code == 2 || ran.code == 3, "{args:?}: {ran:?}");
        hidden(&ran, &secret);
    }
    for (name, text) in [
        (".keysieve.yml", format!("{secret}: 1\n")),
        (".keysieve.yml", format!("exclude: [\"{secret}[\"]\n")),
        (".keysieve.yml", format!("severity: {{ {secret}: nope }}\n")),
        (".keysieve.yml", format!("allow:\n  - value: \"({secret}\"\n    reason: x\n")),
        (".keysieve-baseline", format!("{secret}\n")),
    ] {
        let sandbox = Sandbox::new();
        sandbox.file(name, text);
        let ran = sandbox.run(["scan"]).code(2);
        hidden(&ran, &secret);
    }
}

#[test]
fn excerpts_of_wide_text_are_text() {
    let sandbox = Sandbox::new();
    let (github, stripe) = (key("github-personal-access-token"), key("stripe-secret-key-live"));
    let text = format!("# ä\r\nx = \"{github}\" y = \"{stripe}\" ü\r\n");
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    sandbox.file("wide.txt", [&b"\xff\xfe"[..], &wide].concat());
    let ran = sandbox.run(["scan", "--format", "jsonl", "--disable", "stripe"]).code(1);
    hidden(&ran, &stripe);
    let excerpt = ran.findings()[0]["excerpt"].as_str().unwrap().to_owned();
    assert!(excerpt.starts_with("x = \"ghp_") && excerpt.contains("\" y = \"…\" ü"), "{excerpt}");
}

#[test]
fn names_and_reasons_are_no_way_out_for_keys() {
    let sandbox = Sandbox::new();
    let (github, stripe) = (key("github-personal-access-token"), key("stripe-secret-key-live"));
    let encoded = "Kx9#mQ2$vL7pTz4wRb";
    // What stands before a key as if it were its name: a password, a key in disguise.
    sandbox.file("url.txt", format!("https://user:{encoded}@host.example.com/{github}\n"));
    let base64 = {
        const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let bits: String = github.bytes().map(|b| format!("{b:08b}")).collect();
        let six = |chunk: &[u8]| {
            usize::from_str_radix(&format!("{:0<6}", String::from_utf8_lossy(chunk)), 2).unwrap()
        };
        bits.as_bytes().chunks(6).map(|c| char::from(DIGITS[six(c)])).collect::<String>()
    };
    sandbox.file("two.txt", format!("k: {base64}== {stripe}\n"));
    // A key that was found elsewhere, glued to a word so that it is none.
    sandbox.file("glued.py", format!("a = \"{github}\"\n{github}_x = \"{stripe}\"\n"));
    for options in [&["scan"][..], &["scan", "-v"]] {
        let ran = in_all_formats(&sandbox, options).code(1);
        for secret in [&github[8..], &stripe[12..], &encoded[4..], &base64[8..]] {
            for start in 0..=secret.len() - 12 {
                let part = &secret[start..start + 12];
                assert!(!format!("{}{}", ran.out, ran.err).contains(part), "{part} in {}", ran.out);
            }
        }
    }
    let said = |args: &[&str]| hidden(&sandbox.run(args), &stripe);
    said(&["allow", "glued.py:1", "--reason", &format!("like {stripe}")]);
    said(&["config", "show"]);
    said(&["baseline", "create", "--reason", &format!("like {stripe}")]);
    for file in [".keysieve.yml", ".keysieve-baseline"] {
        let text = std::fs::read_to_string(sandbox.dir.join(file)).unwrap();
        assert!(text.contains("like ") && !text.contains(&stripe), "{text}");
    }
    sandbox.file(".keysieve.yml", format!("allow:\n  - path: x\n    reason: {stripe}\n"));
    said(&["config", "show"]);
}

/// A password that is an ordinary word hides no names: nothing could be read then.
#[test]
fn ordinary_words_stay_readable() {
    let sandbox = Sandbox::new();
    sandbox.file("config/database.yml", "production:\n  password: postgres\n");
    sandbox.file("postgres/settings.env", format!("VOICGEN_API_KEY={}\n", key("voicgen-live-api-key")));
    let ran = sandbox.run(["scan", "--format", "jsonl"]).code(1);
    let paths: Vec<_> = ran.findings().iter().map(|f| f["path"].clone()).collect();
    assert_eq!(paths, ["config/database.yml", "postgres/settings.env"], "{}", ran.out);
}

#[test]
fn what_people_noted_is_shown_without_keys_and_commands() {
    let (noted, evil) = (keyed(RULE, 91), "\\e[31m \\u202e \\n::error::x");
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", format!("t={}\n", keyed(RULE, 92)));
    let entry = |until: &str| {
        format!("allow:\n  - rule: {RULE}\n    reason: \"as {noted} was {evil}\"\n    until: {until}\n")
    };
    for until in ["2020-01-01", "2099-01-01"] {
        sandbox.file(".keysieve.yml", entry(until));
        for args in
            [&["config", "show"][..], &["allow", "check"], &["scan", "-v"], &["scan", "-f", "junit", "-v"]]
        {
            let ran = sandbox.run(args).hides(&noted[6..18]).hides("\x1b").hides("\u{202e}");
            let said = format!("{}{}", ran.out, ran.err);
            assert!(!said.lines().any(|line| line.trim_start().starts_with("::")), "{args:?} {said}");
        }
    }
    fs::remove_file(sandbox.dir.join(".keysieve.yml")).unwrap();
    // Fields of .gitleaksignore are somebody's text as well.
    sandbox.file(".gitleaksignore", format!("a.txt:{noted}:1\n"));
    sandbox.run(["baseline", "import", ".gitleaksignore"]).code(0).hides(&noted[6..18]);
    let path = sandbox.dir.join(".keysieve-baseline");
    let baseline = fs::read_to_string(&path).unwrap();
    assert!(baseline.contains(" # ") && !baseline.contains(&noted[6..18]), "{baseline}");
    fs::write(&path, baseline.replace(" # ", &format!(" # {noted} "))).unwrap();
    for args in [&["baseline", "show"][..], &["scan", "-v"], &["scan", "-f", "json", "-v"], &["audit", "-v"]]
    {
        sandbox.run(args).hides(&noted[6..18]);
    }
}

#[test]
fn commands_in_what_is_found_reach_no_ci_system_through_xml() {
    let sandbox = Sandbox::git();
    sandbox.commit(&format!("subject\n\n::error::body {}", keyed(RULE, 93)));
    let ran = sandbox.run(["history", "-f", "junit"]).code(1);
    assert!(!ran.out.lines().any(|line| line.trim_start().starts_with("::")), "{}", ran.out);
    assert!(ran.out.contains("&#58;:error"), "{}", ran.out);
}

#[test]
fn a_key_that_is_taken_for_an_option_is_not_repeated() {
    let sandbox = Sandbox::git();
    for rule in ["neospeech-api-key", RULE, "stripe-secret-key-live"] {
        let secret = key(rule);
        for args in [
            vec![format!("--{secret}")],
            vec!["scan".into(), format!("-{secret}")],
            vec![format!("--only={secret}")],
        ] {
            hidden(&sandbox.run(args.iter().map(String::as_str)).code(2), &secret);
        }
    }
}
