//! The real binary in real folders and git repositories: one file a command, one test binary for all.
//!
//! `KEYSIEVE_BIN` runs the suite on an installed binary.

#![allow(clippy::unwrap_used, reason = "a test that cannot prepare itself has failed")]
#![allow(missing_docs, unreachable_pub, reason = "a test binary has no readers from outside")]

mod allow;
mod archives;
mod audit;
mod baseline;
mod by_place;
mod cached;
mod calls;
mod changing;
mod ci;
mod commit_msg;
mod config;
mod delivery;
mod diff;
mod difference;
mod disguise;
mod documents;
mod exits;
mod explain;
mod faults;
mod formats;
mod frames;
mod gitleaks;
mod history;
mod hook;
mod hygiene;
mod identify;
mod injected;
mod kinds;
mod migrate;
mod packing;
mod push;

mod readme;
mod redaction;
mod rules;
mod sandbox;
mod scan;
mod services;
mod snippets;
mod staged;
mod stores;
mod stream;
mod threads;
mod untrusted;

#[test]
fn no_file_of_this_folder_is_forgotten() {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli");
    let main = std::fs::read_to_string(here.join("main.rs")).unwrap();
    for entry in std::fs::read_dir(here).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if let Some(module) = name.strip_suffix(".rs")
            && module != "main"
        {
            assert!(main.contains(&format!("mod {module};")), "tests/cli/{name} is not run");
        }
    }
}
