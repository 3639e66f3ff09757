//! Identifying a string: from the command line, standard input or a prompt, in text and JSON, never shown.

use crate::sandbox::{Sandbox, key, keyed};

const GITHUB: &str = "github-personal-access-token";

#[test]
fn a_key_is_named_from_wherever_it_comes_and_never_shown() {
    let sandbox = Sandbox::new();
    let key = key(GITHUB);
    let assigned = format!("export GITHUB_TOKEN='{key}'\n");
    for ran in [
        sandbox.run(["identify", &key]),
        sandbox.run_with(["identify"], key.as_bytes()),
        sandbox.run_with(["identify", "-"], format!("  {key}\r\n").as_bytes()),
        sandbox.run_with(["identify"], assigned.as_bytes()),
    ] {
        ran.code(0)
            .says("GitHub personal access token")
            .says(GITHUB)
            .says("checksum holds")
            .says("revoke     https://github.com/settings/tokens")
            .hides(&key)
            .hides(&key[..16]);
    }
    sandbox.run(["identify", &key, "--show-secrets"]).code(0).says(&key);
}

#[test]
fn a_checksum_that_does_not_hold_is_said() {
    let sandbox = Sandbox::new();
    let mut key = key(GITHUB).into_bytes();
    key[12] = if key[12] == b'a' { b'b' } else { b'a' };
    let key = String::from_utf8(key).unwrap();
    sandbox.run(["identify", &key]).code(0).says("checksum does not hold").hides(&key);
    let json = sandbox.run(["identify", "-f", "json", &key]).code(0).hides(&key);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert!(json["kinds"][0]["checksum"] == "invalid" && json["kinds"][0]["provider"] == "GitHub", "{json}");
}

#[test]
fn keys_that_look_alike_name_the_others() {
    let sandbox = Sandbox::new();
    let key = key("deepseek-api-key");
    let ran = sandbox.run(["identify", &key]).code(0).says("NeoSpeech").hides(&key);
    assert!(ran.out.lines().any(|l| l.starts_with("or ")), "{}", ran.out);
    let ran = sandbox.run(["identify", "-f", "jsonl", &key]).code(0);
    assert!(ran.out.lines().count() > 1 && ran.findings().len() > 1, "{}", ran.out);
}

#[test]
fn what_nobody_knows_and_what_is_no_question_are_told_apart() {
    let sandbox = Sandbox::new();
    sandbox.run(["identify", "hello"]).code(0).says("no rule knows this shape");
    let json = sandbox.run(["identify", "-f", "json", "hello"]).code(0);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json.out).unwrap()["kinds"], serde_json::json!([]));
    sandbox.run_with(["identify"], b"").code(2).warns("no key was given");
    sandbox.run_with(["identify"], &vec![b'a'; 2 << 20]).code(2).warns("more than 1 MiB");
    sandbox.run(["identify", "-f", "sarif", "hello"]).code(2).warns("text or json");
    sandbox.run_with(["identify"], b"\xff\xfe\x00\x1b[31m").code(0).hides("\u{1b}");
}

#[test]
fn own_rules_and_files_for_the_answer_count() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "own.yml",
        "provider: Ourco\nrules:\n  - id: ourco-token\n    name: Our token\n    severity: high\n    shape: \"ourco_{base62:32}\"\n",
    );
    let token = format!("ourco_{}", &keyed("voicgen-live-api-key", 3)[8..][..25].repeat(2)[..32]);
    sandbox.run(["identify", "--rules", "own.yml", "-o", "answer", &token]).code(0).hides("Our token");
    let answer = std::fs::read_to_string(sandbox.dir.join("answer")).unwrap();
    assert!(answer.contains("Our token") && !answer.contains(&token), "{answer}");
}
