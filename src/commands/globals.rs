//! The options that all commands share.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::config::suggest;
use crate::error::{Error, Result};
use crate::model::{Level, Severity, escape_terminal};

/// Options that all commands share.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options for all commands")]
pub struct Globals {
    /// How findings are told: text, json, jsonl, sarif, gitlab, github, junit, csv, html, markdown, …
    #[arg(long, short = 'f', global = true, value_name = "FORMAT", default_value = "text")]
    pub format: String,
    /// Write that report to a file instead of standard output
    #[arg(long, short = 'o', global = true, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write another report of the same run (repeatable)
    #[arg(long, global = true, value_name = "FORMAT=FILE")]
    pub report: Vec<String>,
    /// Show secrets in clear instead of redacted
    #[arg(long, global = true)]
    pub show_secrets: bool,
    /// Add rules from a YAML file or a folder of them (repeatable)
    #[arg(long, global = true, value_name = "FILE|DIR")]
    pub rules: Vec<PathBuf>,
    /// Use only this rule or provider (repeatable)
    #[arg(long, global = true, value_name = "RULE")]
    pub only: Vec<String>,
    /// Do not use this rule or provider (repeatable)
    #[arg(long, global = true, value_name = "RULE")]
    pub disable: Vec<String>,
    /// Report only findings at least this bad: info, low, medium, high, critical
    #[arg(long, global = true, value_name = "LEVEL")]
    pub severity: Option<String>,
    /// Report only findings at least this sure: low, medium, high, certain
    #[arg(long, global = true, value_name = "LEVEL")]
    pub confidence: Option<String>,
    /// Use this configuration instead of looking for .keysieve.yml
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,
    /// Use no configuration
    #[arg(long, global = true)]
    pub no_config: bool,
    /// Also use the rules and allowlists of a .gitleaks.toml or .betterleaks.toml, as that tool would
    #[arg(long, global = true, hide_short_help = true, value_name = "FILE")]
    pub gitleaks_config: Option<PathBuf>,
    /// Findings in this file are known and do not count
    #[arg(long, global = true, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Ignore `keysieve:allow` and similar marks in the scanned text
    #[arg(long, global = true, hide_short_help = true)]
    pub no_inline_allow: bool,
    /// For branches of strangers: nothing in the repository can silence a finding
    #[arg(long, global = true)]
    pub untrusted: bool,
    /// Exit with N instead of 1 when there are findings (not 2 or 3, which mean something else)
    #[arg(long, global = true, value_name = "N", value_parser = parse_exit_code)]
    pub exit_code: Option<u8>,
    /// Exit with 0 instead of 1 when there are findings
    #[arg(long, global = true, conflicts_with = "exit_code")]
    pub exit_zero: bool,
    /// Make a history that ends at a shallow boundary incomplete (exit 3)
    #[arg(long, global = true, hide_short_help = true)]
    pub require_full_history: bool,
    /// How many threads to use (default: one a core)
    #[arg(long, global = true, hide_short_help = true, value_name = "N", value_parser = parse_threads)]
    pub threads: Option<usize>,
    /// Leave out larger files, such as 10M (they are counted; a path of which nothing is left is incomplete)
    #[arg(long, global = true, hide_short_help = true, value_name = "SIZE", value_parser = parse_size)]
    pub max_file_size: Option<u64>,
    /// Stop after this time, such as 90s or 5m; the scan is then incomplete (exit 3)
    #[arg(long, global = true, value_name = "TIME", value_parser = parse_time)]
    pub timeout: Option<Duration>,
    /// Do not look into base64 and other encodings
    #[arg(long, global = true, hide_short_help = true)]
    pub no_decode: bool,
    /// How many layers of encodings to look into
    #[arg(
        long, alias = "max-decode-depth", global = true, hide_short_help = true, value_name = "N",
        default_value_t = 5,
        value_parser = clap::value_parser!(u8).range(0..=16)
    )]
    pub decode_depth: u8,
    /// Do not look into archives and documents: zip, jar, docx, tar, gz, xz, pdf, sqlite, …
    #[arg(long, global = true, hide_short_help = true)]
    pub no_archives: bool,
    /// The most that comes out of one archive, such as 4G (default: 1G, and not more than 100 times its size and 64M)
    #[arg(long, global = true, hide_short_help = true, value_name = "SIZE", value_parser = parse_size)]
    pub max_archive_size: Option<u64>,
    /// The most members of one archive
    #[arg(long, global = true, hide_short_help = true, value_name = "N", default_value_t = 100_000)]
    pub max_archive_members: u64,
    /// How many archives to open that stand in each other
    #[arg(
        long, global = true, hide_short_help = true, value_name = "N", default_value_t = 8,
        value_parser = clap::value_parser!(u8).range(0..=32)
    )]
    pub archive_depth: u8,
    /// When to use colour (`NO_COLOR` is honoured)
    #[arg(long, global = true, hide_short_help = true, value_name = "WHEN", value_enum, default_value_t = When::Auto)]
    pub color: When,
    /// When to show progress on standard error
    #[arg(long, global = true, hide_short_help = true, value_name = "WHEN", value_enum, default_value_t = Progressing::Auto)]
    pub progress: Progressing,
    /// Print only findings, errors and one short line of account
    #[arg(long, short = 'q', global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print more: suppressed findings and why we are sure
    #[arg(long, short = 'v', global = true)]
    pub verbose: bool,
}

impl Globals {
    /// The options that were given and change what is found or reported, with their values.
    pub(super) fn told(&self) -> Vec<(&'static str, String)> {
        let path = |p: &PathBuf| p.display().to_string();
        let flag = |name, given: bool| given.then(|| (name, String::new()));
        let many = |name, all: &[String]| (!all.is_empty()).then(|| (name, all.join(", ")));
        let rules: Vec<String> = self.rules.iter().map(path).collect();
        [
            many("--rules", &rules),
            many("--only", &self.only),
            many("--disable", &self.disable),
            self.severity.clone().map(|level| ("--severity", level)),
            self.confidence.clone().map(|level| ("--confidence", level)),
            self.config.as_ref().map(|p| ("--config", path(p))),
            flag("--no-config", self.no_config),
            self.gitleaks_config.as_ref().map(|p| ("--gitleaks-config", path(p))),
            self.baseline.as_ref().map(|p| ("--baseline", path(p))),
            flag("--no-inline-allow", self.no_inline_allow),
            flag("--untrusted", self.untrusted),
            self.max_file_size.map(|size| ("--max-file-size", size.to_string())),
            flag("--no-decode", self.no_decode),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The severity and the confidence that were asked for, if any.
    pub(super) fn levels(&self) -> Result<(Option<Severity>, Option<Level>)> {
        let bad = |word: &str| unknown("severity", word, &Severity::ALL.map(Severity::as_str));
        let unsure = |word: &str| unknown("confidence", word, &Level::ALL.map(Level::as_str));
        let severity = self.severity.as_deref().map(|w| Severity::parse(w).ok_or_else(|| bad(w)));
        let level = self.confidence.as_deref().map(|w| Level::parse(w).ok_or_else(|| unsure(w)));
        Ok((severity.transpose()?, level.transpose()?))
    }

    /// The option that makes this run find less than others, if one was given: what is not found then is not gone.
    pub(super) fn narrowed_by(&self) -> Option<&'static str> {
        let given = [
            (!self.only.is_empty(), "--only"),
            (!self.disable.is_empty(), "--disable"),
            (self.confidence.is_some(), "--confidence"),
            (self.max_file_size.is_some(), "--max-file-size"),
            (self.no_decode, "--no-decode"),
        ];
        given.into_iter().find_map(|(given, name)| given.then_some(name))
    }
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// When to show progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Progressing {
    /// When standard error is a terminal and the scan takes more than a second
    Auto,
    /// Never
    Never,
}

/// Reads a number that an exit code can be, but for those that would make findings look like a mistake (2) or like a scan
/// that was not complete (3).
fn parse_exit_code(text: &str) -> Result<u8, String> {
    match text.parse() {
        Ok(code @ (2 | 3)) => {
            Err(format!("{code} means {}; findings may be 0, 1 or 4 to 255", meaning(code)))
        }
        Ok(code) => Ok(code),
        Err(_) => Err("a number from 0 to 255 is needed".into()),
    }
}

/// What an exit code means that is not about findings.
fn meaning(code: u8) -> &'static str {
    if code == 2 { "a usage or configuration error" } else { "an incomplete scan" }
}

fn parse_threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n) if (1..=256).contains(&n) => Ok(n),
        _ => Err("a number from 1 to 256 is needed".into()),
    }
}

/// Reads `4096`, `64K`, `10M`, `2G` (powers of 1,024; `KB`, `MiB` and the like are the same).
fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let shift = match text[digits..].to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        _ => return Err("a size such as 4096, 64K, 10M or 2G is needed".into()),
    };
    text[..digits]
        .parse::<u64>()
        .ok()
        .and_then(|n| n.checked_mul(1 << shift))
        .ok_or_else(|| "a size such as 4096, 64K, 10M or 2G is needed".into())
}

/// Reads `90`, `90s`, `5m`, `1h`, `500ms`.
fn parse_time(text: &str) -> Result<Duration, String> {
    let wrong = || "a time such as 90s, 5m or 500ms is needed".to_owned();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let n: u64 = text[..digits].parse().map_err(|_| wrong())?;
    let ms = match &text[digits..] {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return Err(wrong()),
    };
    n.checked_mul(ms).map(Duration::from_millis).ok_or_else(wrong)
}

/// The width of the terminal that a stream leads to, in columns.
pub(super) fn terminal_width(stream: impl rustix::fd::AsFd) -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(stream).ok()?;
    (size.ws_col > 0).then(|| usize::from(size.ws_col))
}

/// A word that is none of those that there are.
fn unknown(what: &str, word: &str, known: &[&str]) -> Error {
    let near = suggest(word, known.iter().copied()).map_or(String::new(), |n| format!("; did you mean {n}?"));
    let word = escape_terminal(word);
    Error::Usage(format!("there is no {what} '{word}'; there are {}{near}", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::{parse_size, parse_time};
    use std::time::Duration;

    #[test]
    fn sizes_and_times_read_as_people_write_them() {
        assert_eq!(parse_size("10M"), Ok(10 << 20));
        assert_eq!(parse_size("7"), Ok(7));
        assert!(parse_size("").is_err() && parse_size("1x").is_err() && parse_size("99999999999G").is_err());
        assert_eq!(parse_time("5m"), Ok(Duration::from_secs(300)));
        assert_eq!(parse_time("500ms"), Ok(Duration::from_millis(500)));
        assert!(parse_time("5 apples").is_err() && parse_time("é").is_err());
    }
}
