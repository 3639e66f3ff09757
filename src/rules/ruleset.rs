//! `Ruleset`: the rules in force: the built-in ones, those of the user, and what was selected of them.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::error::{Error, Result};

use super::builtin;
use super::compile::compile;
use super::draft;
use super::rule::Rule;
use super::yaml::{LARGEST, Problem};

/// Users may bring this many rules.
const MOST_RULES: usize = 50_000;

/// A list of rules with unique ids. The built-in one borrows the static table and costs nothing.
#[derive(Debug, Clone)]
pub struct Ruleset {
    rules: Cow<'static, [Rule]>,
}

/// The built-in rules that are in force unless disabled; `build.rs` puts them first.
static ENABLED: LazyLock<Ruleset> = LazyLock::new(|| {
    let (rules, enabled) = builtin::rules();
    Ruleset { rules: Cow::Borrowed(&rules[..enabled]) }
});
/// All built-in rules.
static ALL: LazyLock<Ruleset> = LazyLock::new(|| Ruleset { rules: Cow::Borrowed(builtin::rules().0) });

impl Ruleset {
    /// The built-in rules that are in force by default.
    pub fn builtin() -> &'static Ruleset {
        &ENABLED
    }

    /// All built-in rules, also those that are only in force when asked for.
    pub fn everything() -> &'static Ruleset {
        &ALL
    }

    /// No rule at all, for runs in which only another tool's rules were asked for.
    pub fn none() -> Ruleset {
        Ruleset { rules: Cow::Borrowed(&[]) }
    }

    /// What a run uses: the built-in rules, those in `files` (files or folders of `.yml` files; the same id replaces), and of all
    /// these the ones of `only` (rule ids or providers; all that are enabled when empty) without those of `disable`.
    pub fn in_force(files: &[PathBuf], only: &[String], disable: &[String]) -> Result<Ruleset> {
        if files.is_empty() && only.is_empty() && disable.is_empty() {
            return Ok(Ruleset::builtin().clone());
        }
        Ruleset::everything().load(files)?.select(only, disable)
    }

    /// The rules, in a fixed order.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of an id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// These rules and those in `files`; a rule with an id that is there already replaces it.
    pub fn load(&self, files: &[PathBuf]) -> Result<Ruleset> {
        self.load_unless(files, |_| false)
    }

    /// These rules and those in `files`, none of which may have an id of these: a configuration adds to the rules and takes
    /// none away.
    pub fn add(&self, files: &[PathBuf]) -> Result<Ruleset> {
        self.load_unless(files, |id| self.rule(id).is_some())
    }

    fn load_unless(&self, files: &[PathBuf], taken: impl Fn(&str) -> bool) -> Result<Ruleset> {
        if files.is_empty() {
            return Ok(self.clone());
        }
        let mut added: Vec<Rule> = Vec::new();
        let mut ids = std::collections::HashMap::new();
        for path in rule_files(files)? {
            let text = read(&path)?;
            for (rule, line) in parse_lines(&text).map_err(|problem| wrong(&path, problem))? {
                if let Some(first) = ids.insert(rule.id.clone(), format!("{}:{line}", path.display())) {
                    let text = format!("rule {} is already at {first}", rule.id);
                    return Err(wrong(&path, Problem { line, text }));
                }
                if taken(&rule.id) {
                    return Err(wrong(&path, Problem { line, text: id_is_taken(&rule.id) }));
                }
                added.push(rule);
            }
            if added.len() > MOST_RULES {
                let text = format!("more than {MOST_RULES} rules");
                return Err(wrong(&path, Problem { line: 0, text }));
            }
        }
        let kept = self.rules.iter().filter(|rule| !ids.contains_key(&rule.id)).cloned();
        Ok(Ruleset { rules: kept.chain(added).collect() })
    }

    /// These rules and those of a caller that read them from elsewhere; the same id replaces.
    #[must_use]
    pub fn with(&self, added: Vec<Rule>) -> Ruleset {
        if added.is_empty() {
            return self.clone();
        }
        let ids: std::collections::HashSet<_> = added.iter().map(|rule| rule.id.clone()).collect();
        let kept = self.rules.iter().filter(|rule| !ids.contains(&rule.id)).cloned();
        Ruleset { rules: kept.chain(added).collect() }
    }

    /// Only the rules that `only` names (all enabled ones when it is empty), without those that `disable` names, by
    /// id or by provider in any case.
    pub fn select(&self, only: &[String], disable: &[String]) -> Result<Ruleset> {
        for name in only.iter().chain(disable) {
            if !self.rules.iter().any(|rule| is_named(rule, name)) {
                return Err(Error::Usage(self.unknown(name)));
            }
        }
        let named = |rule: &Rule, names: &[String]| names.iter().any(|name| is_named(rule, name));
        let keep = |rule: &&Rule| {
            let wanted = if only.is_empty() { rule.enabled } else { named(rule, only) };
            wanted && !named(rule, disable)
        };
        let rules: Vec<Rule> = self.rules.iter().filter(keep).cloned().collect();
        if rules.is_empty() {
            return Err(Error::Usage("no rule is left: nothing could be found".to_string()));
        }
        Ok(Ruleset { rules: Cow::Owned(rules) })
    }

    /// What to say about a name that no rule or provider has.
    pub fn unknown(&self, name: &str) -> String {
        let wanted = name.to_lowercase();
        let names = self.rules.iter().flat_map(|rule| [rule.id.to_string(), rule.provider.to_lowercase()]);
        let close = names.map(|known| (distance(&wanted, &known), known)).min();
        let shown = crate::model::escape_terminal(name).into_owned();
        match close {
            Some((steps, known)) if steps <= 1 + wanted.len() / 4 => {
                format!("no rule or provider is called `{shown}`; did you mean `{known}`?")
            }
            _ => format!("no rule or provider is called `{shown}`; `keysieve rules list` shows all"),
        }
    }
}

/// What to say to a configuration with a rule that has the id of one of ours.
pub fn id_is_taken(id: &str) -> String {
    format!(
        "rule {id} is built in: give this one another id (`disable: [{id}]` switches ours off, and says so)"
    )
}

/// Reads rule files (or folders of them): each rule with its file and line.
pub fn placed(files: &[PathBuf]) -> Result<Vec<(PathBuf, usize, Rule)>> {
    let mut all = Vec::new();
    for path in rule_files(files)? {
        let text = read(&path)?;
        let rules = parse_lines(&text).map_err(|problem| wrong(&path, problem))?;
        all.extend(rules.into_iter().map(|(rule, line)| (path.clone(), line, rule)));
    }
    Ok(all)
}

/// Reads the rules in a text, for rules that stand elsewhere than in a file of their own.
pub fn parse(text: &str) -> Result<Vec<Rule>, Problem> {
    Ok(parse_lines(text)?.into_iter().map(|(rule, _)| rule).collect())
}

fn parse_lines(text: &str) -> Result<Vec<(Rule, usize)>, Problem> {
    let drafts = draft::read(text)?;
    let mut rules = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let line = draft.line;
        let id = draft.raw.id.clone();
        if let Some(pattern) = &draft.raw.pattern {
            let problem = |text: String| Problem { line, text: format!("rule {id}: pattern: {text}") };
            regex::bytes::RegexBuilder::new(pattern)
                .unicode(false)
                .size_limit(10 << 20)
                .build()
                .map_err(|e| problem(e.to_string()))?;
        }
        rules.push((compile(draft), line));
    }
    Ok(rules)
}

fn is_named(rule: &Rule, name: &str) -> bool {
    rule.id.eq_ignore_ascii_case(name) || rule.provider.to_lowercase() == name.to_lowercase()
}

fn wrong(file: &Path, problem: Problem) -> Error {
    Error::Rule { file: file.to_path_buf(), line: problem.line, problem: problem.text }
}

/// The files themselves, folders replaced by the `.yml` and `.yaml` files in them, in order.
fn rule_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        let cannot = |source| Error::Io { path: path.clone(), doing: "open", source };
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(path).map_err(cannot)? {
            let file = entry.map_err(cannot)?.path();
            if file.extension().is_some_and(|e| e == "yml" || e == "yaml") {
                inside.push(file);
            }
        }
        if inside.is_empty() {
            let text = "there is no .yml file in this folder".to_string();
            return Err(wrong(path, Problem { line: 0, text }));
        }
        inside.sort();
        files.append(&mut inside);
    }
    Ok(files)
}

fn read(path: &Path) -> Result<String> {
    let cannot = |source| Error::Io { path: path.to_path_buf(), doing: "open", source };
    let mut bytes = Vec::new();
    // One byte more than is allowed, so that what is too large can be told from what just fits.
    let limit = LARGEST as u64 + 1;
    // A FIFO would be waited for.
    let meta = fs::metadata(path).map_err(cannot)?;
    if !meta.is_file() {
        return Err(cannot(io::Error::other("not a regular file")));
    }
    File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)).map_err(cannot)?;
    String::from_utf8(bytes).map_err(|e| {
        let good = e.utf8_error().valid_up_to();
        let line = 1 + e.as_bytes()[..good].split(|&b| b == b'\n').count().saturating_sub(1);
        wrong(path, Problem { line, text: "not valid UTF-8".to_string() })
    })
}

/// How many letters differ (Levenshtein), bounded by the lengths of the names.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let kept = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = kept.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests;
