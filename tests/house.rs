//! The walls of the house, held by a test: floors, file sizes, printing, unsafe code, callers of `reveal()`.

#![allow(clippy::unwrap_used, reason = "a test that cannot read the sources has failed")]

use std::fs;
use std::path::{Path, PathBuf};

/// Rooms by floor, lowest first. A room may use only rooms on strictly lower floors.
const FLOORS: &[&[&str]] = &[
    &["model", "lanes"],
    &["encoding"],
    &["error"],
    &["rules", "repo"],
    &["pack", "config", "hook", "decode", "archive"],
    &["engine", "sources", "triage", "verify", "reports"],
    &["sieve"],
    &["commands"],
    &["cli"],
    &["main", "lib"],
];

/// No source file may be longer, its inline tests included.
const CEILING: usize = 400;

/// The only files that may hold unsafe code.
const UNSAFE: &[&str] = &[
    "src/lanes/arm.rs",
    "src/lanes/simd.rs",
    "src/lanes/tests.rs",
    "src/lanes/x86.rs",
    "src/lanes/x86_gather.rs",
    "src/lanes/x86_wide.rs",
];

/// The only files that may see a secret in clear.
const REVEAL: &[&str] = &[
    "src/model/secret.rs",
    "src/model/fingerprint.rs",
    "src/sieve/hide.rs",
    "src/reports/shown.rs",
    "src/triage/baseline/mod.rs",
    "src/triage/judge.rs",
    "src/triage/import.rs",
    "src/triage/allowlist.rs",
    "src/verify/request.rs",
];

fn sources() -> Vec<(PathBuf, String)> {
    fn collect(dir: &Path, found: &mut Vec<(PathBuf, String)>) {
        let mut entries: Vec<_> =
            fs::read_dir(dir).expect("src is there").map(|e| e.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push((path.clone(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    collect(&root.join("src"), &mut found);
    for (path, _) in &mut found {
        *path = path.strip_prefix(root).unwrap().to_path_buf();
    }
    found
}

fn room_of(path: &Path) -> String {
    let inside = path.strip_prefix("src").unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_string()
}

fn floor_of(room: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&room))
}

/// Lines of code without comments, so that prose may name anything.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().filter(|(_, l)| !l.trim_start().starts_with("//")).map(|(i, l)| (i + 1, l))
}

#[test]
fn arrows_only_run_down() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let room = room_of(&path);
        let floor = floor_of(&room).unwrap_or_else(|| panic!("{} stands on no floor", path.display()));
        for (line, code) in code_lines(&text) {
            for (at, _) in code.match_indices("crate::") {
                if code[..at].ends_with('$') {
                    continue;
                }
                let rest = &code[at + "crate::".len()..];
                let used: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let Some(target) = floor_of(&used) else { continue };
                if used != room && target >= floor {
                    wrong.push(format!("{}:{line}: {room} uses {used}", path.display()));
                }
            }
            if code.contains("use crate::{") {
                wrong.push(format!(
                    "{}:{line}: one `use crate::room::…` a room, so that arrows can be read",
                    path.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that do not run down:\n{}", wrong.join("\n"));
}

#[test]
fn files_stay_small() {
    let long: Vec<_> = sources()
        .into_iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > CEILING)
        .map(|(path, lines)| format!("{} has {lines} lines", path.display()))
        .collect();
    assert!(long.is_empty(), "over {CEILING} lines:\n{}", long.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<_> = sources()
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//!"))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(silent.is_empty(), "no `//!` at the top:\n{}", silent.join("\n"));
}

#[test]
fn unsafe_code_stays_where_it_is_known() {
    let found: Vec<_> = sources()
        .into_iter()
        .filter(|(_, text)| code_lines(text).any(|(_, l)| l.contains("unsafe {") || l.contains("unsafe fn")))
        .map(|(path, _)| path.display().to_string())
        .filter(|path| !UNSAFE.contains(&path.as_str()))
        .collect();
    assert!(found.is_empty(), "unsafe code in {found:?}");
}

#[test]
fn secrets_are_revealed_in_few_places() {
    let found: Vec<_> = sources()
        .into_iter()
        .filter(|(path, _)| !path.ends_with("tests.rs"))
        .filter(|(_, text)| {
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            code_lines(code).any(|(_, l)| l.contains(".reveal()"))
        })
        .map(|(path, _)| path.display().to_string())
        .filter(|path| !REVEAL.contains(&path.as_str()))
        .collect();
    assert!(found.is_empty(), "reveal() is called in {found:?}");
}

#[test]
fn no_arguments_of_the_process_are_read_below_the_commands() {
    let upper = ["main", "cli", "commands", "repo"];
    let found: Vec<_> = sources()
        .into_iter()
        .filter(|(path, _)| !upper.contains(&room_of(path).as_str()))
        .filter(|(_, text)| {
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            code_lines(code).any(|(_, l)| l.contains("env::var") || l.contains("env::args"))
        })
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(found.is_empty(), "the environment is read in {found:?}");
}
