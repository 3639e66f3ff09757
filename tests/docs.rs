//! Generated pages are current. `SNAPSHOTS=overwrite cargo test --test docs` writes them.

#![allow(clippy::unwrap_used, reason = "a test that cannot read or write the pages has failed")]

use std::fs;
use std::path::Path;

use keysieve::rules::{Ruleset, docs, json_schema};

fn current(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var("SNAPSHOTS").is_ok_and(|mode| mode == "overwrite") {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
    }
    let stands = fs::read_to_string(&file).unwrap_or_default();
    assert!(stands == text, "{path} is out of date: SNAPSHOTS=overwrite cargo test --test docs");
}

#[test]
fn the_page_of_all_rules_is_current() {
    current("docs/reference/rules.md", &docs::table(Ruleset::everything().rules()));
}

#[test]
fn the_schema_of_rule_files_is_current() {
    current("rules/schema.json", &json_schema());
}
