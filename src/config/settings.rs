//! `Config`: what all configuration files of a run say together.

use std::path::PathBuf;

use crate::model::{Level, Severity};

use super::{AllowEntry, At, Exclude, RuleName, RulePaths, SeverityOverride};

/// What all configuration files of a run say together, outermost file first. The default is that of a repository
/// without one.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// What is fine, and why.
    pub allow: Vec<AllowEntry>,
    /// Paths that are not scanned; counted as "excluded".
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
    /// Whether to look into encodings and archives.
    pub decode: Option<bool>,
    /// Larger files are left out, in bytes.
    pub max_file_size: Option<u64>,
    /// How many threads.
    pub threads: Option<usize>,
    /// The baseline's absolute path.
    pub baseline: Option<PathBuf>,
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
