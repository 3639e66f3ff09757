//! `.gitleaks.toml` and `.betterleaks.toml` as they are (`--gitleaks-config`): their rules and allowlists with the meaning
//! that their own documentation gives them. They add to our rules and do not replace them.

mod go_regex;
mod read;
mod tree;

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use regex_automata::meta::Regex;

use crate::error::{Error, Result};
use crate::rules::{ForeignRule, Rule};

use super::At;

/// Largest file, in bytes.
const LARGEST: u64 = 4 << 20;
/// How many files may extend each other: their own limit.
const DEEPEST: usize = 2;
/// All expressions together may take so much memory, in bytes.
pub(super) const MEMORY: usize = 128 << 20;

/// What configurations of gitleaks or betterleaks say.
#[derive(Debug, Default)]
pub struct Gitleaks {
    /// Rules with an expression.
    pub rules: Vec<ForeignRule>,
    /// Where a rule with an expression applies: its id, and what the path must match.
    pub paths: Vec<(String, Regex)>,
    /// Rules about nothing but the path.
    pub files: Vec<(Rule, Regex)>,
    /// What is allowed.
    pub allow: Vec<GitleaksAllow>,
    /// Rules that are not wanted, by id.
    pub disabled: Vec<String>,
    /// Whether our own rules stay in force without it being said.
    pub extends_default: bool,
    /// What is not done as the file says, and why, in sentences.
    pub notes: Vec<String>,
    /// The files that were read.
    pub read: Vec<PathBuf>,
}

/// An allowlist.
#[derive(Debug)]
pub struct GitleaksAllow {
    /// Ids of the rules it is about; empty: all.
    pub rules: Vec<String>,
    /// What it says of itself.
    pub about: String,
    /// Where it stands.
    pub at: At,
    /// Whether every kind of condition must hold, not just one.
    pub all: bool,
    /// Commits.
    pub commits: Vec<String>,
    /// Expressions for paths.
    pub paths: Vec<Regex>,
    /// Expressions for the target.
    pub regexes: Vec<Regex>,
    /// What these look at.
    pub target: Target,
    /// Words in lower case that a secret holds which is none.
    pub stopwords: Vec<String>,
}

/// What the expressions of an allowlist look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Target {
    /// The secret.
    #[default]
    Secret,
    /// All that the rule's expression matched.
    Match,
    /// The line.
    Line,
}

impl Gitleaks {
    /// Reads a file and what it extends. `inside` is the folder that a file named by a repository must not lead out of.
    ///
    /// # Errors
    /// [`Error::Config`] with file, line and column for everything that cannot be understood.
    pub fn load(path: &Path, inside: Option<&Path>) -> Result<Gitleaks> {
        let mut all = Gitleaks::default();
        let mut memory = 0;
        let mut next = Some(path.to_path_buf());
        while let Some(path) = next.take() {
            if all.read.len() > DEEPEST || all.read.contains(&path) {
                all.notes.push(format!("{}: extended too deep or in a circle: not read", path.display()));
                break;
            }
            let text = read_text(&path, inside)?;
            all.read.push(path.clone());
            let mut reader = read::Reader::new(&path, &text, memory);
            let extended = reader.read(&mut all).map_err(|wrong| wrong.error(&path, &text))?;
            memory = reader.memory;
            next = extended.map(|named| {
                // Relative to where the program runs, as theirs is; else to the file that names it.
                let beside = path.parent().unwrap_or(Path::new("")).join(&named);
                if Path::new(&named).is_file() { PathBuf::from(named) } else { beside }
            });
        }
        all.settle();
        Ok(all)
    }

    /// What is required may stand in a file that was extended, so that only now it is known what there is.
    fn settle(&mut self) {
        let known: Vec<String> = self.rules.iter().map(|r| r.rule.id.to_string()).collect();
        for rule in &mut self.rules {
            let id = rule.rule.id.clone();
            let notes = &mut self.notes;
            rule.required.retain(|r| {
                let there = known.contains(&r.id);
                if !there {
                    notes.push(format!(
                        "rule {id} requires {}, which is not here: it is reported without",
                        r.id
                    ));
                }
                there
            });
        }
    }

    /// The ids of all its rules.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let files = self.files.iter().map(|(rule, _)| &*rule.id);
        self.rules.iter().map(|r| &*r.rule.id).chain(files)
    }
}

/// The text of a small regular file in UTF-8.
fn read_text(path: &Path, inside: Option<&Path>) -> Result<String> {
    // Not "read": a configuration that cannot be read is a wrong configuration (exit 2), not an incomplete scan.
    let io = |source| Error::Io { path: path.to_path_buf(), doing: "open", source };
    let whole = |problem: &str| Error::Config {
        file: path.to_path_buf(),
        line: 1,
        column: 1,
        problem: problem.to_string(),
    };
    if let Some(root) = inside {
        let real = |p: &Path| fs::canonicalize(p).map_err(io);
        if !real(path)?.starts_with(real(root)?) {
            return Err(whole("leads out of the repository; use --gitleaks-config to name the file"));
        }
    }
    if !fs::metadata(path).map_err(io)?.is_file() {
        return Err(whole("not a regular file"));
    }
    let mut bytes = Vec::new();
    fs::File::open(path).map_err(io)?.take(LARGEST + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > LARGEST {
        return Err(whole("larger than 4 MiB: this is no configuration"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    if matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, 0, ..] | [_, 0, _, 0, ..]) {
        return Err(whole("this is UTF-16 (PowerShell's `>` writes it): save it as UTF-8"));
    }
    String::from_utf8(bytes.to_vec()).map_err(|e| {
        let line = bytes[..e.utf8_error().valid_up_to()].iter().filter(|&&b| b == b'\n').count() + 1;
        Error::Config { file: path.to_path_buf(), line, column: 1, problem: "not UTF-8".to_string() }
    })
}

#[cfg(test)]
mod tests;
