//! From the tree of a YAML file to settings, complaining about everything that is not understood.

use std::cell::Cell;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use regex::bytes::{Regex, RegexBuilder};

use crate::model::{Fingerprint, Level, Severity};

use super::keys::{self, Key};
use super::suggest::suggest;
use super::yaml::{self, Node, Value, Wrong, shown};
use super::{
    AllowEntry, At, Config, Date, Exclude, InlineRules, PathGlob, RuleName, RulePaths, SeverityOverride,
};

/// How large the automaton of one value pattern may grow, in bytes.
const PATTERN_SIZE: usize = 1 << 18;
/// Most value patterns in one file: each may cost a few milliseconds.
const MOST_PATTERNS: usize = 200;
/// Most path patterns in one file.
const MOST_GLOBS: usize = 2000;
/// Longest pattern, in bytes.
const LONGEST_PATTERN: usize = 4096;

type Read<T> = Result<T, Wrong>;

/// Reads one file's text.
pub(super) struct Reader<'t> {
    /// The file, as errors name it.
    pub(super) file: Arc<Path>,
    /// The folder that holds it: absolute.
    pub(super) folder: &'t Path,
    /// That folder relative to the root, "" for the root.
    pub(super) base: &'t [u8],
    /// Whether paths of other files must stay inside of this folder's root: `Some(root)` for files found in a repository.
    pub(super) inside: Option<&'t Path>,
    /// The file's text.
    pub(super) text: &'t str,
    /// How many path patterns and value patterns were read.
    pub(super) costs: [Cell<usize>; 2],
}

impl Reader<'_> {
    /// Adds what the file says.
    pub(super) fn read(&self, config: &mut Config) -> Read<()> {
        let Some(root) = yaml::parse(self.text)? else { return Ok(()) };
        for (key, node) in entries(&root, keys::TOP, "a configuration")? {
            self.setting(key, node, config)?;
            config.origins.push((key.name.to_string(), self.at(node)));
        }
        Ok(())
    }

    fn at(&self, node: &Node) -> At {
        At { file: Arc::clone(&self.file), line: node.line, column: node.column }
    }

    fn setting(&self, key: &Key, node: &Node, config: &mut Config) -> Read<()> {
        match key.name {
            "version" => {
                if node.scalar() != Some("1") {
                    return Err(node.wrong(format!("{}this program understands version 1", quoted(node))));
                }
            }
            "allow" => {
                for entry in list(node, "allow")? {
                    config.allow.push(self.allow(entry)?);
                }
            }
            "exclude" => {
                for item in one_or_more(node) {
                    config.exclude.push(Exclude { path: self.glob(item)?, at: self.at(item) });
                }
            }
            "disable" => config.disable.extend(self.rules(node)?),
            "only" => config.only.extend(self.rules(node)?),
            "severity" => {
                for (rule, severity) in map(node)? {
                    let severity = word(severity, Severity::parse, &Severity::ALL.map(Severity::as_str))?;
                    config.severity.push(SeverityOverride { rule: self.rule(rule)?, severity });
                }
            }
            "paths" => {
                for (rule, node) in map(node)? {
                    config.paths.push(self.rule_paths(rule, node)?);
                }
            }
            "min-severity" => {
                config.min_severity =
                    Some(word(node, Severity::parse, &Severity::ALL.map(Severity::as_str))?);
            }
            "confidence" => {
                config.confidence = Some(word(node, Level::parse, &Level::ALL.map(Level::as_str))?);
            }
            "decode" => config.decode = Some(switch(node)?),
            "archives" => config.archives = Some(switch(node)?),
            "max-archive-size" => config.max_archive_size = Some(size(node)?),
            "max-file-size" => config.max_file_size = Some(size(node)?),
            "baseline" => config.baseline = Some(self.file_path(node)?),
            "gitleaks-config" => config.gitleaks = Some((self.file_path(node)?, self.at(node))),
            _ => self.own_rules(node, config)?,
        }
        Ok(())
    }

    fn allow(&self, node: &Node) -> Read<AllowEntry> {
        let mut entry = AllowEntry {
            paths: Vec::new(),
            rules: Vec::new(),
            fingerprints: Vec::new(),
            values: Vec::new(),
            lines: Vec::new(),
            reason: String::new(),
            until: None,
            at: self.at(node),
        };
        for (key, node) in entries(node, keys::ALLOW, "an allow entry")? {
            match key.name {
                "path" => entry.paths = self.globs(node)?,
                "rule" => entry.rules = self.rules(node)?,
                "fingerprint" => {
                    entry.fingerprints = one_or_more(node).map(fingerprint).collect::<Read<_>>()?;
                }
                "value" => entry.values = self.patterns(node)?,
                "line" => entry.lines = self.patterns(node)?,
                "reason" => entry.reason = text(node)?.trim().to_string(),
                _ => entry.until = Some(day(node)?),
            }
        }
        if entry.paths.is_empty()
            && entry.rules.is_empty()
            && entry.fingerprints.is_empty()
            && entry.values.is_empty()
            && entry.lines.is_empty()
        {
            return Err(node.wrong(
                "an allow entry without `path`, `rule`, `fingerprint`, `value` or `line` would allow everything",
            ));
        }
        if entry.reason.is_empty() {
            return Err(node.wrong("an allow entry needs a `reason`"));
        }
        if entry.paths.is_empty() && !self.base.is_empty() {
            entry.paths.push(PathGlob::new("**", self.base).map_err(|e| node.wrong(e))?);
        }
        Ok(entry)
    }

    fn rule_paths(&self, rule: &Node, node: &Node) -> Read<RulePaths> {
        let mut paths = RulePaths { rule: self.rule(rule)?, only: Vec::new(), except: Vec::new() };
        for (key, node) in entries(node, keys::RULE_PATHS, "a rule's paths")? {
            match key.name {
                "only" => paths.only = self.globs(node)?,
                _ => paths.except = self.globs(node)?,
            }
        }
        Ok(paths)
    }

    fn own_rules(&self, node: &Node, config: &mut Config) -> Read<()> {
        for item in one_or_more(node) {
            match &item.value {
                Value::Scalar(..) => config.rule_files.push(self.file_path(item)?),
                Value::Map(_) => {
                    let body: String = self
                        .text
                        .chars()
                        .skip(item.span.0)
                        .take(item.span.1.saturating_sub(item.span.0))
                        .collect();
                    // Padded so that places in the rules' errors are places in this file.
                    let text = "\n".repeat(item.line - 1) + &" ".repeat(item.column - 1) + body.trim_end();
                    config.inline_rules.push(InlineRules { text, at: self.at(item) });
                }
                Value::List(_) => {
                    return Err(item.wrong("want the path of a rule file, or `provider:` with `rules:`"));
                }
            }
        }
        Ok(())
    }

    fn patterns(&self, node: &Node) -> Read<Vec<Regex>> {
        one_or_more(node).map(|n| self.spend(1, MOST_PATTERNS, n).and_then(|()| pattern(n))).collect()
    }

    fn globs(&self, node: &Node) -> Read<Vec<PathGlob>> {
        one_or_more(node).map(|n| self.glob(n)).collect()
    }

    /// Counts what costs time and memory to prepare.
    fn spend(&self, which: usize, most: usize, node: &Node) -> Read<()> {
        self.costs[which].set(self.costs[which].get() + 1);
        if self.costs[which].get() > most {
            return Err(node.wrong(format!("more than {most} patterns in one file")));
        }
        Ok(())
    }

    fn glob(&self, node: &Node) -> Read<PathGlob> {
        self.spend(0, MOST_GLOBS, node)?;
        let text = text(node)?;
        PathGlob::new(text, self.base)
            .map_err(|e| node.wrong(format!("`{}` is no path pattern: {e}", shown(text))))
    }

    fn rules(&self, node: &Node) -> Read<Vec<RuleName>> {
        one_or_more(node).map(|n| self.rule(n)).collect()
    }

    fn rule(&self, node: &Node) -> Read<RuleName> {
        let text = text(node)?;
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_.* &'()+/".contains(&b) || !b.is_ascii();
        if text.is_empty() || text.len() > 200 || !text.bytes().all(fits) {
            return Err(node.wrong(format!("`{}` is no rule id", shown(text))));
        }
        Ok(RuleName { text: text.to_string(), at: self.at(node) })
    }

    fn file_path(&self, node: &Node) -> Read<PathBuf> {
        let text = text(node)?;
        if text.is_empty() || text.contains('\0') {
            return Err(node.wrong("want the path of a file"));
        }
        let mut path = self.folder.to_path_buf();
        for part in Path::new(text).components() {
            match part {
                Component::ParentDir => {
                    path.pop();
                }
                Component::CurDir => {}
                part => path.push(part),
            }
        }
        if self.inside.is_some_and(|root| !path.starts_with(root)) {
            return Err(node.wrong(format!("`{}` leads out of the repository", shown(text))));
        }
        Ok(path)
    }
}

/// The entries of a mapping with their keys, which must be of this table.
fn entries<'n>(node: &'n Node, keys: &'static [Key], what: &str) -> Read<Vec<(&'static Key, &'n Node)>> {
    let Value::Map(map) = &node.value else {
        return Err(node.wrong(format!("{what} must be a mapping, not {}", node.kind())));
    };
    let mut found: Vec<(&'static Key, &Node)> = Vec::new();
    for (name, node) in map {
        let text = name.scalar().unwrap_or_default();
        let Some(key) = keys::find(keys, text) else {
            let names = keys.iter().map(|k| k.name);
            let meant = keys::meant(text).filter(|meant| names.clone().any(|n| n == *meant));
            let hint = match meant.or_else(|| suggest(text, names.clone())) {
                Some(near) => format!("; did you mean `{near}`?"),
                None => format!("; known keys: {}", names.collect::<Vec<_>>().join(", ")),
            };
            return Err(name.wrong(format!("unknown key `{}` in {what}{hint}", shown(text))));
        };
        if found.iter().any(|(k, _)| k.name == key.name) {
            return Err(name.wrong(format!("`{}` and `{}` are the same key", key.name, shown(text))));
        }
        found.push((key, node));
    }
    Ok(found)
}

fn map(node: &Node) -> Read<&[(Node, Node)]> {
    match &node.value {
        Value::Map(map) => Ok(map),
        _ => Err(node.wrong(format!("want a mapping from rule ids, not {}", node.kind()))),
    }
}

fn list<'n>(node: &'n Node, key: &str) -> Read<&'n [Node]> {
    match &node.value {
        Value::List(list) => Ok(list),
        _ => {
            Err(node
                .wrong(format!("`{key}` must be a list (lines that begin with `- `), not {}", node.kind())))
        }
    }
}

fn one_or_more(node: &Node) -> std::slice::Iter<'_, Node> {
    match &node.value {
        Value::List(list) => list.iter(),
        Value::Scalar(..) | Value::Map(_) => std::slice::from_ref(node).iter(),
    }
}

/// What stands there, in front of what is wrong with it.
fn quoted(node: &Node) -> String {
    node.scalar().filter(|t| !t.is_empty()).map_or_else(String::new, |text| format!("`{}`: ", shown(text)))
}

fn text(node: &Node) -> Read<&str> {
    match (&node.value, node.kind()) {
        (Value::Scalar(text, _), "a text") => Ok(text),
        (Value::Scalar(..), kind @ ("a number" | "a truth value")) => {
            Err(node.wrong(format!("{}want a text, not {kind}; put it in quotes", quoted(node))))
        }
        (_, kind) => Err(node.wrong(format!("want a text, not {kind}"))),
    }
}

fn word<T>(node: &Node, parse: impl Fn(&str) -> Option<T>, known: &[&str]) -> Read<T> {
    let text = text(node)?;
    parse(text).ok_or_else(|| {
        let near =
            suggest(text, known.iter().copied()).map_or(String::new(), |n| format!("; did you mean `{n}`?"));
        node.wrong(format!("`{}` is none of {}{near}", shown(text), known.join(", ")))
    })
}

fn switch(node: &Node) -> Read<bool> {
    match &node.value {
        Value::Scalar(text, true) if text == "true" => Ok(true),
        Value::Scalar(text, true) if text == "false" => Ok(false),
        _ => Err(node.wrong(format!("{}want true or false", quoted(node)))),
    }
}

fn size(node: &Node) -> Read<u64> {
    let wrong = || node.wrong(format!("{}want a size such as 500000, 500kB or 50MB", quoted(node)));
    let text = node.scalar().ok_or_else(wrong)?.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let unit = match text[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        _ => return Err(wrong()),
    };
    text[..digits].parse::<u64>().ok().and_then(|n| n.checked_mul(unit)).filter(|n| *n > 0).ok_or_else(wrong)
}

fn day(node: &Node) -> Read<Date> {
    let text = node.scalar().unwrap_or_default();
    Date::parse(text).ok_or_else(|| node.wrong(format!("`{}` is no day; write YYYY-MM-DD", shown(text))))
}

fn fingerprint(node: &Node) -> Read<Fingerprint> {
    let text = text(node)?;
    Fingerprint::parse(text).ok_or_else(|| {
        node.wrong(format!("`{}` is no fingerprint: want `ks1:` and 32 digits of 0-9 a-f", shown(text)))
    })
}

fn pattern(node: &Node) -> Read<Regex> {
    let text = text(node)?;
    if text.len() > LONGEST_PATTERN {
        return Err(node.wrong(format!("a pattern longer than {LONGEST_PATTERN} bytes")));
    }
    let regex = RegexBuilder::new(text)
        .size_limit(PATTERN_SIZE)
        .dfa_size_limit(PATTERN_SIZE)
        .nest_limit(50)
        .build()
        .map_err(|e| node.wrong(format!("`{}` is no regular expression: {}", shown(text), last_line(&e))))?;
    if regex.is_match(b"") {
        return Err(node.wrong(format!("`{}` matches every value; anchor it or make it longer", shown(text))));
    }
    Ok(regex)
}

/// What is wrong with a regular expression, without the expression itself.
fn last_line(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "it grows too large".to_string(),
        error => {
            let all = error.to_string();
            let last = all.lines().last().unwrap_or_default().trim();
            shown(last.strip_prefix("error: ").unwrap_or(last))
        }
    }
}
