//! Packs `rules/*.yml` into one table, `OUT_DIR/rules.{txt,bin}`, so that a run has nothing to parse at start: see
//! `src/rules/packer.rs` for its form and `src/rules/builtin.rs` for how it is read.
//!
//! A bad rule fails the build with its file and line.

#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "files shared with the crate hold more than is used here"
)]

#[path = "src/rules/beginnings.rs"]
mod beginnings;
#[path = "src/rules/charset.rs"]
mod charset;
#[path = "src/rules/check_kind.rs"]
mod check_kind;
#[path = "src/rules/derive.rs"]
mod derive;
#[path = "src/rules/draft.rs"]
mod draft;
#[path = "src/rules/packer.rs"]
mod packer;
#[path = "src/rules/schema.rs"]
mod schema;
#[path = "src/rules/template.rs"]
mod template;
#[path = "src/rules/yaml.rs"]
mod yaml;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

use draft::Draft;
use packer::Packer;

fn main() -> ExitCode {
    match pack() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            // Cargo shows the first line of this form without the rest of the build script's output.
            #[allow(clippy::print_stdout, reason = "how a build script speaks to cargo")]
            {
                println!("cargo::error={problem}");
            }
            ExitCode::FAILURE
        }
    }
}

fn pack() -> Result<(), String> {
    #[allow(clippy::print_stdout, reason = "how a build script speaks to cargo")]
    {
        println!("cargo::rerun-if-changed=rules");
        println!("cargo::rerun-if-changed=build.rs");
        for shared in
            ["beginnings", "charset", "check_kind", "derive", "draft", "packer", "schema", "template", "yaml"]
        {
            println!("cargo::rerun-if-changed=src/rules/{shared}.rs");
        }
    }
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let mut drafts = Vec::new();
    for file in rule_files(&root.join("rules")).map_err(|e| format!("rules: {e}"))? {
        let shown = file.strip_prefix(&root).unwrap_or(&file).display().to_string();
        let text = fs::read_to_string(&file).map_err(|e| format!("{shown}: {e}"))?;
        let read = draft::read(&text).map_err(|p| format!("{shown}:{}: {}", p.line, p.text))?;
        drafts.extend(read.into_iter().map(|draft| (shown.clone(), draft)));
    }
    related(&drafts)?;
    let (mut on, off): (Vec<_>, Vec<_>) =
        drafts.into_iter().partition(|(_, d)| d.raw.enabled.unwrap_or(true));
    let enabled = on.len();
    on.extend(off);
    let mut packer = Packer::default();
    for (_, draft) in &on {
        packer.rule(draft);
    }
    packer.write(Path::new(&variable("OUT_DIR")?), enabled)?;
    Ok(())
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|e| format!("{name}: {e}"))
}

fn rule_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.append(&mut rule_files(&path)?);
        } else if path.extension().is_some_and(|e| e == "yml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// What one file alone cannot tell: ids are unique, and the other half of a pair exists.
fn related(drafts: &[(String, Draft)]) -> Result<(), String> {
    let mut ids: HashMap<&str, &str> = HashMap::new();
    for (file, draft) in drafts {
        if let Some(first) = ids.insert(&draft.raw.id, file) {
            return Err(format!("{file}:{}: rule {} is already in {first}", draft.line, draft.raw.id));
        }
    }
    for (file, draft) in drafts {
        if let Some(pair) = draft.raw.pair.as_deref().filter(|pair| !ids.contains_key(pair)) {
            return Err(format!(
                "{file}:{}: rule {}: pair: there is no rule {pair}",
                draft.line, draft.raw.id
            ));
        }
    }
    Ok(())
}
