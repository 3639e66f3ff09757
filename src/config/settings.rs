//! `Config`: what all configuration files of a run say together.

use std::path::PathBuf;

use crate::error::Result;
use crate::model::{Level, Severity};

use super::{AllowEntry, At, Exclude, RuleName, RulePaths, SeverityOverride, suggest};

/// What all configuration files of a run say together, outermost file first. The default is that of a repository
/// without one.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// What is fine, and why.
    pub allow: Vec<AllowEntry>,
    /// Paths whose findings are counted as "excluded" instead of being reported.
    pub exclude: Vec<Exclude>,
    /// Other severities for rules.
    pub severity: Vec<SeverityOverride>,
    /// Where rules apply.
    pub paths: Vec<RulePaths>,
    /// Only these rules, if any.
    pub only: Vec<RuleName>,
    /// Not these rules.
    pub disable: Vec<RuleName>,
    /// Findings below this severity are not reported.
    pub min_severity: Option<Severity>,
    /// Findings below this confidence are not reported.
    pub confidence: Option<Level>,
    /// Whether to look into encodings (base64, hex, escapes, gzip in base64).
    pub decode: Option<bool>,
    /// Whether archives are looked into.
    pub archives: Option<bool>,
    /// The most that comes out of one archive, in bytes.
    pub max_archive_size: Option<u64>,
    /// Larger files are left out, in bytes.
    pub max_file_size: Option<u64>,
    /// How many threads.
    pub threads: Option<usize>,
    /// The baseline's absolute path.
    pub baseline: Option<PathBuf>,
    /// The absolute path of another tool's configuration to use as well, and where it is named.
    pub gitleaks: Option<(PathBuf, At)>,
    /// Absolute paths of rule files to add.
    pub rule_files: Vec<PathBuf>,
    /// Rules written in the configuration itself.
    pub inline_rules: Vec<InlineRules>,
    /// The files that were read, outermost first.
    pub files: Vec<PathBuf>,
    /// Which setting was given where, for `config show`.
    pub origins: Vec<(String, At)>,
}

/// Rules that stand in a configuration, as the text of a rule file.
#[derive(Debug, Clone)]
pub struct InlineRules {
    /// YAML as in `rules/*.yml`.
    pub text: String,
    /// Where it stands.
    pub at: At,
}

impl Config {
    /// Whether a path, relative to the root, is excluded.
    pub fn excludes(&self, path: &[u8]) -> bool {
        self.exclude.iter().any(|e| e.path.matches(path))
    }
}

impl Config {
    /// Whether rules are called as the configuration calls them. `only` and `disable` may also name providers.
    ///
    /// # Errors
    /// [`crate::error::Error::Config`] at the first name that nothing has, with a suggestion.
    pub fn check_rules(&self, ids: &[&str], providers: &[&str]) -> Result<()> {
        let in_allow = self.allow.iter().flat_map(|e| &e.rules);
        let by_id =
            in_allow.chain(self.severity.iter().map(|s| &s.rule)).chain(self.paths.iter().map(|p| &p.rule));
        for (name, provider) in
            by_id.map(|n| (n, false)).chain(self.only.iter().chain(&self.disable).map(|n| (n, true)))
        {
            let known = name.text.eq_ignore_ascii_case("hygiene")
                || ids.iter().any(|k| name.matches(k))
                || (provider && providers.iter().any(|p| p.eq_ignore_ascii_case(&name.text)));
            if !known {
                let near = suggest(&name.text, ids.iter().copied()).map_or_else(
                    || "; `keysieve rules list` names them".to_string(),
                    |n| format!("; did you mean `{n}`?"),
                );
                return Err(name.wrong(format!("no rule is called `{}`{near}", name.text)));
            }
        }
        Ok(())
    }

    /// What the configuration makes narrower than the defaults, in sentences: a report must say it.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let mut say = |name: &str, what: String| {
            let places: Vec<String> = self
                .origins
                .iter()
                .filter(|(key, _)| key == name)
                .map(|(_, at)| format!("{}:{}", at.file.display(), at.line))
                .collect();
            notes.push(format!("configuration {}: {what}", places.join(", ")));
        };
        if !self.disable.is_empty() {
            say("disable", format!("rules switched off: {}", names(&self.disable)));
        }
        if !self.only.is_empty() {
            say("only", format!("only these rules are in force: {}", names(&self.only)));
        }
        if let Some(level) = self.confidence.filter(|l| *l > Level::Medium) {
            say("confidence", format!("findings below {level} confidence are not reported"));
        }
        if let Some(severity) = self.min_severity.filter(|s| *s > Severity::Info) {
            say("min-severity", format!("findings below severity {severity} are not reported"));
        }
        if self.decode == Some(false) {
            say("decode", "encodings are not looked into".to_string());
        }
        if self.archives == Some(false) {
            say("archives", "archives are not looked into".to_string());
        }
        notes
    }
}

fn names(rules: &[RuleName]) -> String {
    rules.iter().map(|r| r.text.as_str()).collect::<Vec<_>>().join(", ")
}
