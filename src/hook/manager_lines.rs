//! The exact lines that hook managers need in their own files: showing, adding and taking them out again.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::repo::read_text;

use super::Stage;
use super::managers::Manager;

/// Where lefthook looks for its configuration, in its order.
pub(super) const LEFTHOOK_FILES: [&str; 4] =
    ["lefthook.yml", ".lefthook.yml", "lefthook.yaml", ".lefthook.yaml"];

/// The file to change and the lines it needs.
pub fn lines_for(manager: Manager, top: &Path, stage: Stage) -> (PathBuf, String) {
    let name = stage.as_str();
    let run = format!("keysieve hook run {name}");
    match manager {
        Manager::Husky => (top.join(".husky").join(name), format!("{run} -- \"$@\"\n")),
        Manager::Lefthook => {
            let more = match stage {
                Stage::CommitMsg => " -- {1}",
                Stage::PrePush => " -- {1} {2}\n      use_stdin: true",
                Stage::PreCommit | Stage::PreReceive => "",
            };
            let text = format!("{name}:\n  commands:\n    keysieve:\n      run: {run}{more}\n");
            (first_of(top, &LEFTHOOK_FILES), text)
        }
        Manager::PreCommit => {
            let pass = stage == Stage::CommitMsg;
            let text = format!(
                "- repo: local\n  hooks:\n  - id: keysieve-{name}\n    name: keysieve\n    entry: {run}{}\n    \
                 language: system\n    pass_filenames: {pass}\n    always_run: true\n    stages: [{name}]\n",
                if pass { " --" } else { "" }
            );
            (top.join(".pre-commit-config.yaml"), text)
        }
        Manager::SimpleGitHooks => {
            let arguments = match stage {
                Stage::CommitMsg => " -- $1",
                Stage::PrePush => " -- $1 $2",
                Stage::PreCommit | Stage::PreReceive => "",
            };
            (top.join("package.json"), format!("\"{name}\": \"{run}{arguments}\""))
        }
    }
}

/// Whether the manager's file calls keysieve for this stage.
pub fn is_managed(manager: Manager, top: &Path, stage: Stage) -> bool {
    let (file, _) = lines_for(manager, top, stage);
    read_text(&file).is_ok_and(|text| calls_us(&text, stage) || names_us(manager, &text, stage))
}

/// Whether pre-commit's file takes our hook from our repository, by one of the ids in `.pre-commit-hooks.yaml`.
fn names_us(manager: Manager, text: &str, stage: Stage) -> bool {
    let id = |line: &str| {
        let line = line.trim_start().trim_start_matches("- ").split(" #").next().unwrap_or_default();
        let id = line.trim_start().strip_prefix("id:")?.trim().trim_matches(['"', '\'']);
        Some(["keysieve", "keysieve-system", "keysieve-docker"].contains(&id))
    };
    manager == Manager::PreCommit && stage == Stage::PreCommit && text.lines().any(|l| id(l) == Some(true))
}

fn calls_us(text: &str, stage: Stage) -> bool {
    text.contains(&format!("keysieve hook run {}", stage.as_str()))
}

/// Adds the lines to the manager's file. `false`: they stand there already. Fails where they cannot be added without
/// changing what a person wrote; the lines are to be shown then.
pub fn add_lines(manager: Manager, top: &Path, stage: Stage) -> Result<bool> {
    let (file, lines) = lines_for(manager, top, stage);
    let text = match read_text(&file) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && manager == Manager::Husky => String::new(),
        Err(source) => return Err(Error::Io { path: file, doing: "read", source }),
    };
    if calls_us(&text, stage) || names_us(manager, &text, stage) {
        return Ok(false);
    }
    let changed = match manager {
        Manager::Husky => Some(format!("{}{lines}", closed(&text))),
        Manager::Lefthook => {
            append_top_level(&text, &lines, stage).or_else(|| insert_job(&text, &lines, stage))
        }
        Manager::PreCommit => append_repo(&text, &lines),
        Manager::SimpleGitHooks => insert_json(&text, &lines, stage),
    };
    let Some(changed) = changed else {
        let problem = format!("cannot be changed safely; please add this by hand:\n\n{lines}");
        return Err(Error::Hook { path: file, problem });
    };
    write(&file, &changed).map_err(|source| Error::Io { path: file, doing: "write", source })?;
    Ok(true)
}

fn first_of(top: &Path, names: &[&str]) -> PathBuf {
    let there = names.iter().map(|n| top.join(n)).find(|p| p.is_file());
    there.unwrap_or_else(|| top.join(names[0]))
}

/// The text with a newline at its end.
fn closed(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

fn append_top_level(text: &str, lines: &str, stage: Stage) -> Option<String> {
    let key = format!("{}:", stage.as_str());
    if text.lines().any(|l| l.starts_with(&key)) {
        return None;
    }
    let changed = format!("{}\n{lines}", closed(text));
    serde_yaml::from_str::<serde_yaml::Value>(&changed).ok().map(|_| changed)
}

/// Adds a command or a job to the stage that stands in the file already.
fn insert_job(text: &str, lines: &str, stage: Stage) -> Option<String> {
    let key = format!("{}:", stage.as_str());
    let all: Vec<&str> = text.lines().collect();
    let top = all.iter().position(|l| l.trim_end() == key)?;
    let deep = |l: &&str| l.len() - l.trim_start().len();
    let holds = |l: &&str| !l.trim().is_empty() && !l.trim_start().starts_with('#');
    let below = |at: usize| all.get(at + 1..).unwrap_or_default().iter().find(|l| holds(l));
    let own = below(top).filter(|l| deep(l) > 0).map(deep)?;
    let end =
        all.iter().skip(top + 1).position(|l| holds(l) && deep(l) == 0).map_or(all.len(), |n| top + 1 + n);
    let named = |name: &str| (top + 1..end).find(|&at| all[at].trim() == name && deep(&all[at]) == own);
    let run: Vec<&str> = lines.lines().skip(3).map(str::trim).collect();
    let (at, new) = if let Some(at) = named("commands:") {
        let child = below(at).map(deep).filter(|d| *d > own)?;
        (at, block(child, "keysieve:", child + own, &run))
    } else if let Some(at) = named("jobs:") {
        let child = below(at).filter(|l| l.trim_start().starts_with("- ")).map(deep)?;
        (at, block(child, "- name: keysieve", child + 2, &run))
    } else {
        let commands = format!("{:own$}commands:\n", "");
        (top, commands + &block(own * 2, "keysieve:", own * 3, &run))
    };
    let mut changed: String = all[..=at].iter().map(|l| format!("{l}\n")).collect();
    changed.push_str(&new);
    changed.extend(all[at + 1..].iter().map(|l| format!("{l}\n")));
    let parse = |text: &str| serde_yaml::from_str::<serde_yaml::Value>(text).ok();
    let (before, mut after) = (parse(text)?, parse(&changed)?);
    take_job(after.get_mut(stage.as_str())?)?;
    let same = before == after || (named("commands:").is_none() && named("jobs:").is_none());
    same.then_some(changed)
}

fn block(indent: usize, head: &str, below: usize, run: &[&str]) -> String {
    let mut text = format!("{:indent$}{head}\n", "");
    run.iter().for_each(|line| text.push_str(&format!("{:below$}{line}\n", "")));
    text
}

/// Takes our command or job out of a parsed stage.
fn take_job(stage: &mut serde_yaml::Value) -> Option<()> {
    if let Some(commands) = stage.get_mut("commands").and_then(serde_yaml::Value::as_mapping_mut) {
        return commands.remove("keysieve").map(drop);
    }
    let jobs = stage.get_mut("jobs")?.as_sequence_mut()?;
    let at = jobs.iter().position(|job| job.get("name").is_some_and(|n| n == "keysieve"))?;
    jobs.remove(at);
    Some(())
}

/// Takes the lines out of the manager's file again, exactly as [`add_lines`] puts them there. `None`: the file does not call
/// us; `false`: it does, in other words, which are a person's.
pub fn remove_lines(manager: Manager, top: &Path, stage: Stage) -> Result<Option<bool>> {
    let (file, lines) = lines_for(manager, top, stage);
    let Some(text) = read_text(&file).ok().filter(|text| calls_us(text, stage)) else {
        return Ok(None);
    };
    let changed = match manager {
        Manager::Husky => without(&text, &lines),
        Manager::Lefthook => without(&text, &format!("\n{lines}")).or_else(|| without_job(&text, &lines)),
        Manager::PreCommit => {
            let id = format!("- id: keysieve-{}", stage.as_str());
            let line = text.lines().find(|l| l.trim_start() == id).unwrap_or_default();
            let indent = " ".repeat((line.len() - line.trim_start().len()).saturating_sub(2));
            without(&text, &lines.lines().map(|l| format!("{indent}{l}\n")).collect::<String>())
        }
        Manager::SimpleGitHooks => without(&text, &format!("\n    {lines},"))
            .or_else(|| without(&text, &format!("\n    {lines}\n  "))),
    };
    let Some(changed) = changed else { return Ok(Some(false)) };
    let done = if manager == Manager::Husky && changed.is_empty() {
        fs::remove_file(&file)
    } else {
        write(&file, &changed)
    };
    done.map_err(|source| Error::Io { path: file, doing: "write", source })?;
    Ok(Some(true))
}

/// The text without a piece of whole lines.
fn without(text: &str, piece: &str) -> Option<String> {
    let at = text.find(piece)?;
    let whole = at == 0 || piece.starts_with('\n') || text[..at].ends_with('\n');
    whole.then(|| format!("{}{}", &text[..at], &text[at + piece.len()..]))
}

/// The text without our command or job, whatever its indentation.
fn without_job(text: &str, lines: &str) -> Option<String> {
    let run: Vec<&str> = lines.lines().skip(3).map(str::trim).collect();
    let all: Vec<&str> = text.split_inclusive('\n').collect();
    let head = |l: &&str| matches!(l.trim(), "keysieve:" | "- name: keysieve");
    let at = (0..all.len()).find(|&at| {
        head(&all[at]) && all.iter().skip(at + 1).map(|l| l.trim()).take(run.len()).eq(run.iter().copied())
    })?;
    Some([&all[..at], &all[at + 1 + run.len()..]].concat().concat())
}

/// Appends a repository to the list `repos:` if that list ends the file, with the indentation it has.
fn append_repo(text: &str, lines: &str) -> Option<String> {
    let count = |text: &str| {
        let value: serde_yaml::Value = serde_yaml::from_str(text).ok()?;
        value.get("repos")?.as_sequence().map(Vec::len)
    };
    let before = count(text)?;
    let item = text.lines().rfind(|l| l.trim_start().starts_with("- repo:"))?;
    let indent = &item[..item.len() - item.trim_start().len()];
    let indented: String = lines.lines().map(|l| format!("{indent}{l}\n")).collect();
    let changed = closed(text) + &indented;
    (count(&changed)? == before + 1).then_some(changed)
}

/// Inserts a pair at the top of the table `simple-git-hooks`.
fn insert_json(text: &str, pair: &str, stage: Stage) -> Option<String> {
    let before: serde_json::Value = serde_json::from_str(text).ok()?;
    let table = before.get("simple-git-hooks")?.as_object()?;
    if table.contains_key(stage.as_str()) {
        return None;
    }
    let key = text.find("\"simple-git-hooks\"")?;
    let brace = key + text[key..].find('{')? + 1;
    let comma = if table.is_empty() { "\n  " } else { "," };
    let changed = format!("{}\n    {pair}{comma}{}", &text[..brace], &text[brace..]);
    let after: serde_json::Value = serde_json::from_str(&changed).ok()?;
    after.get("simple-git-hooks")?.get(stage.as_str()).map(|_| changed)
}

fn write(file: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, text)
}

#[cfg(test)]
mod tests {
    use super::{Manager, Stage, add_lines, append_repo, remove_lines};
    use std::fs;

    #[test]
    fn each_managers_file_gets_its_lines_once_and_keeps_the_rest() {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path();
        fs::write(top.join("lefthook.yml"), "# ours\npre-push:\n  commands: {}\n").unwrap();
        fs::write(top.join(".pre-commit-config.yaml"), "repos:\n  # a\n  - repo: meta\n    hooks: []")
            .unwrap();
        fs::write(
            top.join("package.json"),
            "{\n  \"simple-git-hooks\": {\n    \"pre-push\": \"x\"\n  }\n}\n",
        )
        .unwrap();
        for manager in [Manager::Husky, Manager::Lefthook, Manager::PreCommit, Manager::SimpleGitHooks] {
            assert!(add_lines(manager, top, Stage::PreCommit).unwrap(), "{manager:?}");
            assert!(!add_lines(manager, top, Stage::PreCommit).unwrap(), "{manager:?}");
        }
        let read = |name: &str| fs::read_to_string(top.join(name)).unwrap();
        assert!(read("lefthook.yml").starts_with("# ours\npre-push:\n  commands: {}\n\npre-commit:\n"));
        assert!(
            read(".pre-commit-config.yaml")
                .contains("  - repo: local\n    hooks:\n    - id: keysieve-pre-commit\n")
        );
        assert!(
            read("package.json")
                .contains("\"pre-commit\": \"keysieve hook run pre-commit\",\n    \"pre-push\": \"x\"")
        );
        assert_eq!(read(".husky/pre-commit"), "keysieve hook run pre-commit -- \"$@\"\n");
    }

    #[test]
    fn a_stage_that_is_there_gets_a_command_or_a_job_and_loses_it_again() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("lefthook.yml");
        for text in [
            "# x\npre-commit:\n  parallel: true\n  commands:\n    lint:\n      run: echo hi\npre-push:\n  jobs: []\n",
            "pre-commit:\n    jobs:\n        - name: lint\n          run: echo hi\n\n# end\n",
            "pre-commit:\n  jobs:\n  - run: echo hi\n",
        ] {
            fs::write(&file, text).unwrap();
            assert!(add_lines(Manager::Lefthook, dir.path(), Stage::PreCommit).unwrap(), "{text}");
            let changed = fs::read_to_string(&file).unwrap();
            assert!(
                changed.contains("keysieve hook run pre-commit\n") && changed.contains("echo hi"),
                "{changed}"
            );
            assert_eq!(remove_lines(Manager::Lefthook, dir.path(), Stage::PreCommit).unwrap(), Some(true));
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
    }

    #[test]
    fn lines_are_taken_out_as_they_were_put_in() {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path();
        let files = [
            (Manager::Lefthook, "lefthook.yml", "colors: false\n"),
            (Manager::PreCommit, ".pre-commit-config.yaml", "repos:\n  - repo: meta\n    hooks: []\n"),
            (
                Manager::SimpleGitHooks,
                "package.json",
                "{\n  \"simple-git-hooks\": {\n    \"pre-push\": \"x\"\n  }\n}\n",
            ),
            (Manager::SimpleGitHooks, "package.json", "{\n  \"simple-git-hooks\": {}\n}\n"),
            (Manager::Husky, ".husky/pre-commit", "npm test\n"),
        ];
        for (manager, name, text) in files {
            fs::create_dir_all(top.join(name).parent().unwrap()).unwrap();
            fs::write(top.join(name), text).unwrap();
            assert_eq!(remove_lines(manager, top, Stage::PreCommit).unwrap(), None);
            assert!(add_lines(manager, top, Stage::PreCommit).unwrap());
            assert_eq!(remove_lines(manager, top, Stage::PreCommit).unwrap(), Some(true), "{manager:?}");
            assert_eq!(fs::read_to_string(top.join(name)).unwrap(), text);
        }
        fs::write(top.join(".husky/pre-commit"), "nice keysieve hook run pre-commit || exit 1\n").unwrap();
        assert_eq!(remove_lines(Manager::Husky, top, Stage::PreCommit).unwrap(), Some(false));
    }

    #[test]
    fn what_cannot_be_added_safely_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("lefthook.yml"), "pre-commit:\n  commands: {}\n").unwrap();
        assert!(add_lines(Manager::Lefthook, dir.path(), Stage::PreCommit).is_err(), "a table in braces");
        assert_eq!(
            append_repo("repos:\n- repo: meta\n  hooks: []\nci: {}\n", "- repo: local\n  hooks: []\n"),
            None
        );
    }
}
