//! What README.md shows is what happens.

use super::sandbox::{Sandbox, key};

/// The text of the README's block after a marker.
fn block<'r>(readme: &'r str, marker: &str) -> &'r str {
    let after = &readme[readme.find(marker).expect("the marker is there") + marker.len()..];
    let from = after.find("```text\n").expect("a block follows") + "```text\n".len();
    let until = from + after[from..].find("```\n").expect("the block ends");
    &after[from..until]
}

#[test]
fn the_refusal_is_what_a_refused_commit_says() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let sandbox = Sandbox::git();
    sandbox.file(
        "app.py",
        format!("import neo\nclient = neo.Client(api_key=\"{}\")\n", key("neospeech-api-key")),
    );
    sandbox.run(["hook", "install"]).code(0);
    sandbox.run_git(["add", "app.py"]);
    let ran = sandbox.try_git(["commit", "-m", "Speak"]);
    assert_ne!(ran.code, 0);
    // The account says how long it took.
    let said: Vec<&str> = ran.err.lines().filter(|line| !line.starts_with("keysieve staged:")).collect();
    assert_eq!(said.join("\n"), block(&readme, "<!-- refusal -->").trim_end());
}
