//! Generated pages are current. `SNAPSHOTS=overwrite cargo test --test docs` writes them.

#![allow(clippy::unwrap_used, reason = "a test that cannot read or write the pages has failed")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use clap::{Arg, Command, CommandFactory};
use keysieve::cli::Cli;

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

#[test]
fn the_page_of_the_command_line_is_current() {
    let mut command = Cli::command();
    command.build();
    let mut page = String::from(
        "# Command line\n\nMade from the program's own definition; `keysieve COMMAND --help` says the same.\n\n\
         ## Options for all commands\n\n",
    );
    let global = |arg: &&Arg| arg.is_global_set() && !arg.is_hide_set();
    options(&mut page, command.get_arguments().filter(global));
    let shown = |c: &&Command| !c.is_hide_set() && c.get_name() != "help";
    for sub in command.get_subcommands().filter(shown) {
        about(&mut page, sub, "##");
        for inner in sub.get_subcommands().filter(shown) {
            about(&mut page, inner, "###");
        }
    }
    for switch in ["`--no-git`", "`--reflog`", "`--write`", "`--dry-run`"] {
        assert!(page.contains(switch), "the page does not name {switch}");
    }
    current("docs/reference/cli.md", &page);
}

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn the_readme_names_every_command_and_every_exit_code() {
    let readme = text("README.md");
    for command in Cli::command().get_subcommands().filter(|c| !c.is_hide_set()) {
        let call = format!("`keysieve {}", command.get_name());
        assert!(readme.contains(&call), "README.md does not name {call}`");
    }
    let help = Cli::command().get_after_help().map(ToString::to_string).unwrap_or_default();
    let page = text("docs/reference/exit-codes.md");
    for code in 0..=3 {
        assert!(help.contains(&format!("{code} ")), "the help does not name exit code {code}");
        for (name, text) in [("README.md", &readme), ("exit-codes.md", &page)] {
            assert!(text.contains(&format!("\n| {code} | ")), "{name} does not name exit code {code}");
        }
    }
}

/// `about 1,350 of about 1,010 providers` in the comparison: rounded, and not outgrown.
#[test]
fn the_comparison_counts_rules_and_providers_as_they_are() {
    let page = text("docs/comparison.md");
    let cell = page.split("| built-in rules | about ").nth(1).expect("the row is there");
    let told: Vec<usize> = cell
        .split(" providers")
        .next()
        .unwrap()
        .split(" of about ")
        .map(|n| n.replace(',', "").parse().unwrap())
        .collect();
    let rules = Ruleset::everything().rules();
    let providers: std::collections::BTreeSet<_> = rules.iter().map(|rule| &rule.provider).collect();
    for (told, is) in told.into_iter().zip([rules.len(), providers.len()]) {
        assert!(told.abs_diff(is) * 50 <= is, "docs/comparison.md says {told}, there are {is}");
    }
}

#[test]
fn links_between_pages_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = vec![root.join("README.md"), root.join("CONTRIBUTING.md"), root.join("rules/README.md")];
    for folder in ["docs", "docs/reference", "docs/decisions", "benches/compare"] {
        let files = fs::read_dir(root.join(folder)).unwrap().map(|e| e.unwrap().path());
        pages.extend(files.filter(|f| f.extension().is_some_and(|e| e == "md")));
    }
    let mut lost = Vec::new();
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = link.split('#').next().unwrap_or_default();
            if !file.is_empty() && !file.contains("://") && !page.parent().unwrap().join(file).exists() {
                lost.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(lost.is_empty(), "links to nothing:\n{}", lost.join("\n"));
}

/// A command: what it does, how it is called, its own options.
fn about(page: &mut String, command: &Command, level: &str) {
    let name = command.get_bin_name().unwrap_or(command.get_name());
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let _ = write!(page, "\n{level} `{name}`\n\n{about}.\n");
    let positional: Vec<_> = command.get_positionals().filter(|a| !a.is_hide_set()).collect();
    let own = command.get_arguments().filter(|a| !a.is_positional() && !a.is_global_set());
    let own = own.filter(|a| !a.is_hide_set() && a.get_id() != "help");
    let all: Vec<&Arg> = positional.into_iter().chain(own).collect();
    if !all.is_empty() {
        page.push('\n');
        options(page, all.into_iter());
    }
}

fn options<'a>(page: &mut String, all: impl Iterator<Item = &'a Arg>) {
    page.push_str("| option | means |\n|---|---|\n");
    for arg in all {
        let values: Vec<_> = arg
            .get_possible_values()
            .iter()
            .filter(|v| !v.is_hide_set())
            .map(|v| format!("`{}`", v.get_name()))
            .collect();
        let defaults: Vec<_> = arg
            .get_default_values()
            .iter()
            .filter(|v| !v.is_empty())
            .map(|v| format!("`{}`", v.to_string_lossy()))
            .collect();
        let mut means = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let switch = matches!(arg.get_action(), clap::ArgAction::SetTrue);
        if !values.is_empty() && !switch {
            let _ = write!(means, ": {}", values.join(", "));
        }
        if !defaults.is_empty() && !switch {
            let _ = write!(means, " (default: {})", defaults.join(", "));
        }
        let _ = writeln!(page, "| {} | {} |", cell(&spelled(arg)), cell(&means));
    }
}

/// How an option is written: `-f`, `--format FORMAT`.
fn spelled(arg: &Arg) -> String {
    let names: Vec<_> = arg.get_value_names().unwrap_or_default().iter().map(|n| format!("<{n}>")).collect();
    let value = if arg.get_action().takes_values() { format!(" {}", names.join(" ")) } else { String::new() };
    match (arg.get_short(), arg.get_long()) {
        (Some(short), Some(long)) => format!("`-{short}`, `--{long}{value}`"),
        (None, Some(long)) => format!("`--{long}{value}`"),
        (Some(short), None) => format!("`-{short}{value}`"),
        (None, None) => format!("`{}`", value.trim()),
    }
}

/// Text as a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
