//! Turning other tools' configuration into ours: pure functions from texts to entries, saying what could not be
//! carried over and why.

mod gitleaks;
mod others;
mod paths;
#[cfg(test)]
mod tests;

use crate::config::{NewAllow, PathGlob};
use crate::model::Secret;

use super::import::Imported;

pub use gitleaks::gitleaks;
pub use others::{detect_secrets, ggshield, git_secrets, line_patterns, secretlint, trufflehog};
pub use paths::{path_expressions, path_patterns};

/// What a file of another tool becomes.
#[derive(Debug, Default)]
pub struct Carried {
    /// Allow entries.
    pub allow: Vec<NewAllow>,
    /// Rules, each the text of a rule file.
    pub rules: Vec<String>,
    /// What it knows already: values or their hashes, which belong into the baseline and not into a configuration.
    pub known: Vec<Imported>,
    /// What was carried over, in sentences.
    pub done: Vec<String>,
    /// What was not carried over, and why.
    pub left: Vec<String>,
}

/// What is wrong with a file: line and problem.
pub type Wrong = (usize, String);

impl Carried {
    fn entry(&mut self, entry: NewAllow, what: &str) {
        self.done.push(what.to_string());
        self.allow.push(entry);
    }

    /// A path pattern, if it is one of ours.
    fn path(&mut self, glob: &str, reason: &str) {
        match PathGlob::new(glob, b"") {
            Ok(_) => self.entry(
                NewAllow { path: Some(glob.to_string()), ..new_entry("", reason) },
                &format!("path {glob}"),
            ),
            Err(problem) => self.left.push(format!("path '{glob}': {problem}")),
        }
    }

    /// A pattern for the value or the line.
    fn pattern(&mut self, which: Which, regex: &str, rule: &str, reason: &str) {
        if let Some(value) = gitleaks::literal_key(regex) {
            self.value(&value, reason);
            self.done.push("a value in clear, for the baseline".into());
            return;
        }
        let good = regex::bytes::Regex::new(regex).is_ok_and(|r| !r.is_match(b""));
        if !good || regex.len() > 4096 {
            self.left.push(format!("expression '{regex}': it cannot be read here, or it matches everything"));
            return;
        }
        let entry = new_entry(rule, reason);
        let text = Some(regex.to_string());
        match which {
            Which::Value => self.entry(NewAllow { value: text, ..entry }, &format!("value {regex}")),
            Which::Line => self.entry(NewAllow { line: text, ..entry }, &format!("line {regex}")),
        }
    }

    /// A value that is fine. It may be a key: only the baseline may know it.
    fn value(&mut self, value: &str, reason: &str) {
        if value.len() >= 4 {
            let value = Some(Secret::new(value.as_bytes(), 0));
            self.known.push(Imported { value, reason: reason.to_string(), ..Imported::default() });
        } else {
            self.left.push("a value shorter than four characters".into());
        }
    }

    /// A rule of the other tool: its expression with the nth group as the key. Returns our id of it.
    fn rule(
        &mut self,
        from: &str,
        id: &str,
        (name, regex): (&str, &str),
        group: i64,
        random: bool,
    ) -> Option<String> {
        let ours: String = id
            .to_ascii_lowercase()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        let words: Vec<&str> = ours.split('-').filter(|w| !w.is_empty()).collect();
        let ours = if words.len() < 2 { format!("own-{}", words.concat()) } else { words.join("-") };
        let Some(pattern) = gitleaks::with_key(regex, group) else {
            self.left.push(format!("rule {id}: its regular expression has no group {group}"));
            return None;
        };
        let quoted = |t: &str| serde_json::to_string(t).unwrap_or_default();
        let name = if name.trim().is_empty() { id } else { name.trim() };
        let judge = if random { "random" } else { "shape" };
        let yaml = format!(
            "provider: {}\nrules:\n  - id: {ours}\n    name: {}\n    severity: high\n    pattern: {}\n    judge: {judge}",
            quoted(&format!("{from} configuration")),
            quoted(name),
            quoted(&pattern)
        );
        match crate::rules::parse(&yaml) {
            Ok(_) => {
                self.done.push(format!("rule {id}, called {ours}"));
                self.rules.push(yaml);
                Some(ours)
            }
            Err(problem) => {
                self.left.push(format!("rule {id}: {}", problem.text.lines().last().unwrap_or_default()));
                None
            }
        }
    }

    /// Adds what another file of the same repository becomes.
    pub fn join(&mut self, more: Carried) {
        self.allow.extend(more.allow);
        self.rules.extend(more.rules);
        self.known.extend(more.known);
    }

    /// The whole as a configuration.
    pub fn to_yaml(&self) -> String {
        let mut text = String::from("version: 1\n");
        if !self.allow.is_empty() {
            text.push_str("allow:\n");
            self.allow.iter().for_each(|e| text.push_str(&e.block("  ")));
        }
        if !self.rules.is_empty() {
            text.push_str("rules:\n");
            for rule in &self.rules {
                for (i, line) in rule.lines().enumerate() {
                    text.push_str(if i == 0 { "  - " } else { "    " });
                    text.push_str(line);
                    text.push('\n');
                }
            }
        }
        text
    }
}

/// What a pattern looks at.
#[derive(Debug, Clone, Copy)]
enum Which {
    /// The secret.
    Value,
    /// The line it stands on.
    Line,
}

fn new_entry(rule: &str, reason: &str) -> NewAllow {
    NewAllow {
        rule: rule.to_string(),
        fingerprint: String::new(),
        path: None,
        value: None,
        line: None,
        reason: reason.to_string(),
        until: None,
    }
}
