//! `keysieve scan`.

use super::sandbox::{Sandbox, key};

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
