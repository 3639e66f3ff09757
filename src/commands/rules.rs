//! `keysieve rules`: which rules there are, what one says, whether own ones are right, and keys made from them.

use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};
use serde_json::{Value, json};

use crate::engine::{Prover, cost};
use crate::error::{Error, Result};
use crate::model::{count, escape_terminal};
use crate::rules::{CheckKind, Need, Rule, Ruleset, docs, placed, sample};
use crate::triage::hygiene;

use super::Globals;
use super::configured::{configuration, gitleaks, ruleset};
use super::place::here;

/// So many keys are made at most.
const MOST_SAMPLES: u64 = 100_000;

/// List, show and check rules; make keys from them
#[derive(Debug, Clone, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Clone, Subcommand)]
enum Action {
    /// List the rules in force (configuration, --rules, --only and --disable count)
    List {
        /// As JSON, with everything that is known of each rule
        #[arg(long)]
        json: bool,
    },
    /// Show all about a rule, or about each rule of a provider
    Show {
        /// Rule ids or providers
        #[arg(required_unless_present = "checks", value_name = "ID")]
        ids: Vec<String>,
        /// List what `check:` in a rule can name
        #[arg(long)]
        checks: bool,
    },
    /// Prove rules: examples, anchors, overlaps, cost (exit 2 when one is wrong)
    Check {
        /// Rule files or folders of them; all rules in force when none is given
        #[arg(value_name = "FILE|DIR")]
        files: Vec<PathBuf>,
    },
    /// Make keys of a kind: valid in shape and checksum, of nobody
    Sample {
        /// A rule id
        id: String,
        /// How many
        #[arg(short, long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=MOST_SAMPLES))]
        number: u64,
        /// Other keys for other seeds, the same for the same
        #[arg(long, default_value_t = 0, value_name = "N")]
        seed: u64,
    },
}

/// Runs the command; returns the exit code.
pub fn run(args: &Args, globals: &Globals, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8> {
    match &args.action {
        Action::List { json } => {
            let here = here()?;
            let config = configuration(globals, &here.cwd, &here.root)?;
            let rules = ruleset(globals, &config, &mut gitleaks(globals, &config, &here.root)?)?.in_force;
            let text = if *json || globals.format == "json" {
                as_json(rules.rules())
            } else {
                as_table(rules.rules())
            };
            print(out, &text)
        }
        Action::Show { checks: true, .. } => {
            let names: Vec<_> = CheckKind::ALL.iter().map(|(name, _)| *name).collect();
            print(out, &(names.join("\n") + "\n"))
        }
        Action::Show { ids, .. } => {
            let rules = all(globals)?;
            let mut pages: Vec<String> = ids.iter().map(|id| hygiene::page(id)).collect();
            pages.retain(|page| !page.is_empty());
            let ids: Vec<String> = ids.iter().filter(|id| hygiene::page(id).is_empty()).cloned().collect();
            if ids.is_empty() {
                return print(out, &pages.join("\n"));
            }
            for rule in rules.select(&ids, &[])?.rules() {
                let mut page = docs::page(rule);
                let _ = writeln!(page, "\nCost: {}.", cost(rule));
                pages.push(page);
            }
            print(out, &pages.join("\n"))
        }
        Action::Check { files } => check(files, globals, out, err),
        Action::Sample { id, number, seed } => samples(id, *seed, *number, &all(globals)?, out),
    }
}

/// All rules, also those that are off.
fn all(globals: &Globals) -> Result<Ruleset> {
    Ruleset::everything().load(&globals.rules)
}

fn print(out: &mut dyn Write, text: &str) -> Result<u8> {
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Error::Output)?;
    Ok(0)
}

fn as_table(rules: &[Rule]) -> String {
    let mut sorted: Vec<&Rule> = rules.iter().collect();
    sorted.sort_by(|a, b| a.id.cmp(&b.id));
    let width = sorted.iter().map(|rule| rule.id.len()).max().unwrap_or(0).min(48);
    let mut text = String::new();
    for rule in sorted {
        let _ = writeln!(text, "{:width$}  {:8}  {}", rule.id, rule.severity.as_str(), one_line(&rule.name));
    }
    text
}

fn one_line(text: &str) -> String {
    escape_terminal(text).into_owned()
}

fn as_json(rules: &[Rule]) -> String {
    let list: Vec<Value> = rules.iter().map(rule_json).collect();
    let mut text = serde_json::to_string_pretty(&list).unwrap_or_default();
    text.push('\n');
    text
}

/// Everything about a rule that another program may want.
fn rule_json(rule: &Rule) -> Value {
    let need = match rule.context.need {
        Need::No => "none",
        Need::Near => "near",
        Need::Name => "name",
    };
    json!({
        "id": rule.id,
        "provider": rule.provider,
        "name": rule.name,
        "severity": rule.severity.as_str(),
        "confidence": rule.confidence,
        "rank": rule.rank,
        "shapes": docs::shapes(&rule.shape),
        "check": rule.check.map(CheckKind::as_str),
        "need": need,
        "names": rule.context.names,
        "words": rule.context.words,
        "hosts": rule.context.hosts,
        "public": rule.public,
        "enabled": rule.enabled,
        "pair": rule.pair,
        "variable": rule.remedy.variable,
        "about": rule.remedy.about,
        "revoke": rule.remedy.revoke,
        "rotate": rule.remedy.rotate,
        "rotate_days": rule.remedy.rotate_days,
        "references": rule.remedy.references.iter().collect::<Vec<_>>(),
        "verifiable": rule.verify.is_some(),
        "cost": cost(rule),
    })
}

/// Proves rules. Each flaw is a line `file:line: rule: problem`; what could merely be better is marked `note:`.
fn check(files: &[PathBuf], globals: &Globals, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8> {
    let mut more = globals.rules.clone();
    more.extend(files.iter().cloned());
    let rules = Ruleset::in_force(&more, &globals.only, &globals.disable)?;
    let checked: Vec<(String, Rule)> = if files.is_empty() {
        rules.rules().iter().map(|rule| (String::new(), rule.clone())).collect()
    } else {
        let place = |(path, line, rule): (PathBuf, usize, Rule)| {
            (format!("{}:{line}: ", one_line(&path.display().to_string())), rule)
        };
        placed(files)?.into_iter().map(place).collect()
    };
    let prover = Prover::new(rules.rules());
    let (mut wrong, mut notes) = (0_usize, 0_usize);
    for (place, rule) in &checked {
        for flaw in prover.prove(rule) {
            let mark = if flaw.grave { "" } else { "note: " };
            *(if flaw.grave { &mut wrong } else { &mut notes }) += 1;
            writeln!(out, "{place}{}: {mark}{}", rule.id, one_line(&flaw.problem)).map_err(Error::Output)?;
        }
        if !files.is_empty() {
            writeln!(out, "{place}{}: cost: {}", rule.id, cost(rule)).map_err(Error::Output)?;
        }
    }
    let [checked, problems, notes] =
        [(checked.len(), "rule"), (wrong, "problem"), (notes, "note")].map(|(n, noun)| count(n, noun));
    let _ = writeln!(err, "keysieve: {checked} checked, {problems}, {notes}");
    Ok(if wrong == 0 { 0 } else { 2 })
}

fn samples(id: &str, seed: u64, number: u64, rules: &Ruleset, out: &mut dyn Write) -> Result<u8> {
    let rule = rules.rule(id).ok_or_else(|| Error::Usage(rules.unknown(id)))?;
    for n in 0..number {
        let key = sample(rule, seed.wrapping_add(n))
            .ok_or_else(|| Error::Usage(format!("no key can be made from {id}; it needs a `sample:`")))?;
        out.write_all(&key).and_then(|()| out.write_all(b"\n")).map_err(Error::Output)?;
    }
    out.flush().map_err(Error::Output)?;
    Ok(0)
}
