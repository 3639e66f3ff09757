//! From options and configuration files to rules and triage: what is in force, and from where.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{Config, Gitleaks, LoadOptions, RuleName, wildcard};
use crate::error::{Error, Result};
use crate::model::{Confidence, escape_terminal};
use crate::rules::{self, Rule, Ruleset};
use crate::triage::{Baseline, Owners, Triage, TriageOptions, hygiene};

use super::Globals;

/// The configuration: none with `--no-config`, and none of a stranger's branch with `--untrusted`.
pub(super) fn configuration(globals: &Globals, start: &Path, root: &Path) -> Result<Config> {
    if globals.no_config || (globals.untrusted && globals.config.is_none()) {
        return Ok(Config::default());
    }
    let (start, root) = (absolute(start), absolute(root));
    Config::load(&LoadOptions { start: &start, root: &root, explicit: globals.config.as_deref() })
}

/// Another tool's configuration that counts as well: `--gitleaks-config`, else the one that the configuration names.
pub(super) fn gitleaks(globals: &Globals, config: &Config, root: &Path) -> Result<Gitleaks> {
    match (&globals.gitleaks_config, &config.gitleaks) {
        (Some(path), _) => Gitleaks::load(path, None),
        (None, Some((path, _))) => Gitleaks::load(&near(path), Some(&absolute(root))),
        (None, None) => Ok(Gitleaks::default()),
    }
}

/// Of another tool's rules those that were selected.
fn select_foreign(globals: &Globals, config: &Config, gitleaks: &mut Gitleaks) {
    let texts = |names: &[RuleName]| names.iter().map(|n| n.text.clone()).collect::<Vec<_>>();
    let only = if globals.only.is_empty() { texts(&config.only) } else { globals.only.clone() };
    let off = [texts(&config.disable), globals.disable.clone()].concat();
    let named = |names: &[String], id: &str| names.iter().any(|n| wildcard(n, id));
    let kept = |id: &str| (only.is_empty() || named(&only, id)) && !named(&off, id);
    gitleaks.rules.retain(|r| kept(&r.rule.id));
    gitleaks.files.retain(|(r, _)| kept(&r.id));
}

/// The rules: those in force, and all there are.
pub(super) struct Rules {
    pub(super) in_force: Ruleset,
    /// Also those that are switched off: what they would find is redacted all the same.
    pub(super) all: Ruleset,
}

/// Built-in rules, those of files, those that stand in the configuration; then what was selected. The names of another
/// tool's rules select among those.
pub(super) fn ruleset(globals: &Globals, config: &Config, gitleaks: &mut Gitleaks) -> Result<Rules> {
    let files: Vec<PathBuf> = config.rule_files.iter().chain(&globals.rules).cloned().collect();
    let foreign: Vec<String> = gitleaks.ids().map(str::to_string).collect();
    // Hygiene is no rule of the matcher: its names select nothing there.
    let hygiene = hygiene::ids();
    let is_hygiene = |name: &str| name == "hygiene" || hygiene.iter().any(|id| wildcard(name, id));
    let ours = |name: &&String| !is_hygiene(name) && !foreign.contains(name);
    let of_matcher = |names: &[String]| names.iter().filter(ours).cloned().collect::<Vec<_>>();
    let (wanted, mut unwanted) = (of_matcher(&globals.only), of_matcher(&globals.disable));
    if !globals.only.is_empty() && wanted.is_empty() {
        // Only hygiene, or only rules of another tool.
        select_foreign(globals, config, gitleaks);
        return Ok(Rules { in_force: Ruleset::none(), all: Ruleset::everything().load(&files)? });
    }
    unwanted.extend(not_inherited(gitleaks));
    select_foreign(globals, config, gitleaks);
    if config.files.is_empty() {
        let all = Ruleset::everything().load(&files)?;
        if files.is_empty() && wanted.is_empty() && unwanted.is_empty() {
            return Ok(Rules { in_force: Ruleset::builtin().clone(), all });
        }
        return Ok(Rules { in_force: all.select(&starred(wanted, &all)?, &starred(unwanted, &all)?)?, all });
    }
    let all = every_rule(globals, config)?;
    let ids: Vec<&str> = all.rules().iter().map(|r| r.id.as_ref()).collect();
    let with_foreign: Vec<&str> =
        ids.iter().chain(&hygiene).copied().chain(foreign.iter().map(String::as_str)).collect();
    let providers: Vec<&str> = all.rules().iter().map(|r| r.provider.as_ref()).collect();
    config.check_rules(&with_foreign, &providers)?;
    let only = if globals.only.is_empty() { spelled_out(&config.only, &ids) } else { starred(wanted, &all)? };
    let unwanted = starred(unwanted, &all)?;
    if globals.only.is_empty() && only.is_empty() && !config.only.is_empty() {
        return Ok(Rules { in_force: Ruleset::none(), all });
    }
    let disable = [spelled_out(&config.disable, &ids), unwanted].concat();
    if only.is_empty() && disable.is_empty() && files.is_empty() && config.inline_rules.is_empty() {
        return Ok(Rules { in_force: Ruleset::builtin().clone(), all });
    }
    Ok(Rules { in_force: all.select(&only, &disable)?, all })
}

/// Rules of ours that another tool's configuration does not want: those that are called the same. Notes what it does not
/// decide.
fn not_inherited(gitleaks: &mut Gitleaks) -> Vec<String> {
    if gitleaks.read.is_empty() {
        return Vec::new();
    }
    let shown = gitleaks.read[0].display().to_string();
    let is_ours = |id: &String| Ruleset::builtin().rule(id).is_some();
    let (same, other): (Vec<String>, Vec<String>) = gitleaks.disabled.iter().cloned().partition(is_ours);
    if !same.is_empty() {
        gitleaks.notes.push(format!("{shown}: rules switched off: {}", same.join(", ")));
    }
    if !other.is_empty() {
        let names = other.join(", ");
        gitleaks.notes.push(format!("{shown}: disabledRules that no rule here is called: {names}"));
    }
    if !gitleaks.extends_default {
        gitleaks.notes.push(format!(
            "{shown}: without extend.useDefault keysieve's own rules stay in force all the same"
        ));
    }
    let elsewhere: Vec<String> = gitleaks
        .allow
        .iter()
        .flat_map(|a| &a.rules)
        .filter(|id| !is_ours(id) && !gitleaks.ids().any(|i| i == id.as_str()))
        .cloned()
        .collect();
    if !elsewhere.is_empty() {
        let names = elsewhere.join(", ");
        gitleaks.notes.push(format!("{shown}: allowlists of rules that nothing here is called: {names}"));
    }
    same
}

/// All rules that could be in force: built-in ones, also those that are only in force when asked for, those of files and
/// those that stand in the configuration.
pub(super) fn every_rule(globals: &Globals, config: &Config) -> Result<Ruleset> {
    let mut own: Vec<Rule> = Vec::new();
    for text in &config.inline_rules {
        let wrong = |line: usize, problem: String| Error::Config {
            file: text.at.file.to_path_buf(),
            line: line.max(text.at.line),
            column: 1,
            problem,
        };
        let read = rules::parse(&text.text).map_err(|problem| wrong(problem.line, problem.text))?;
        if let Some(rule) = read.iter().find(|rule| Ruleset::everything().rule(&rule.id).is_some()) {
            return Err(wrong(0, rules::id_is_taken(&rule.id)));
        }
        own.extend(read);
    }
    Ruleset::everything().with(own).add(&config.rule_files)?.load(&globals.rules)
}

/// What `--rules` puts in the place of rules of ours: wanted by who runs keysieve, and said all the same.
pub(super) fn replaced(files: &[PathBuf]) -> Option<String> {
    let given = Ruleset::none().load(files).ok()?;
    let ours = Ruleset::everything();
    let ids: Vec<&str> =
        given.rules().iter().map(|rule| rule.id.as_ref()).filter(|id| ours.rule(id).is_some()).collect();
    let more = ids.len().saturating_sub(TOLD);
    let names = ids.iter().take(TOLD).copied().collect::<Vec<_>>().join(", ");
    match (ids.len(), more) {
        (0, _) => None,
        (_, 0) => Some(format!("--rules: in place of built-in rules: {names}")),
        _ => Some(format!("--rules: in place of built-in rules: {names} and {more} more")),
    }
}

/// How many replaced rules are told by name.
const TOLD: usize = 5;

/// The same for names on the command line.
fn starred(names: Vec<String>, all: &Ruleset) -> Result<Vec<String>> {
    let mut spelled = Vec::new();
    for name in names {
        if !name.contains('*') {
            spelled.push(name);
            continue;
        }
        let before = spelled.len();
        let ids = all.rules().iter().filter(|r| wildcard(&name, &r.id)).map(|r| r.id.to_string());
        spelled.extend(ids);
        if spelled.len() == before {
            let shown = escape_terminal(&name);
            return Err(Error::Usage(format!(
                "no rule id is like `{shown}`; `keysieve rules list` shows all"
            )));
        }
    }
    Ok(spelled)
}

/// Names with `*` become the ids they mean.
fn spelled_out(names: &[RuleName], ids: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    for name in names.iter().filter(|n| !n.text.starts_with("hygiene-")) {
        if name.text.contains('*') {
            all.extend(ids.iter().filter(|id| name.matches(id)).map(ToString::to_string));
        } else {
            all.push(name.text.clone());
        }
    }
    all
}

/// What decides about findings. `--untrusted`: only what the command line names itself.
pub(super) fn triage(
    globals: &Globals,
    config: Config,
    root: &Path,
    (ruleset, gitleaks): (&Ruleset, &Arc<Gitleaks>),
    least: Confidence,
) -> Result<Triage> {
    let root = absolute(root);
    let cwd = env::current_dir().unwrap_or_else(|_| root.clone());
    let baseline = baseline_path(globals, &config, &root).map(|path| Baseline::load(&path)).transpose()?;
    Ok(Triage::new(TriageOptions {
        config,
        baseline,
        inline: !globals.no_inline_allow && !globals.untrusted,
        known_rules: ruleset
            .rules()
            .iter()
            .map(|r| &*r.id)
            .chain(gitleaks.ids())
            .map(str::to_string)
            .collect(),
        gitleaks: Arc::clone(gitleaks),
        owners: Owners::load(&root),
        least,
        ..TriageOptions::new(&root, &cwd)
    }))
}

/// The baseline that is used: `--baseline`, else the configuration's, else the usual file if it is there. One that is
/// named must be there; an empty name stands for none at all.
pub(super) fn baseline_path(globals: &Globals, config: &Config, root: &Path) -> Option<PathBuf> {
    if let Some(path) = &globals.baseline {
        return (!path.as_os_str().is_empty()).then(|| path.clone());
    }
    if globals.untrusted {
        return None;
    }
    config.baseline.clone().or_else(|| {
        let usual = root.join(Baseline::DEFAULT_NAME);
        fs::symlink_metadata(&usual).is_ok().then(|| near(&usual))
    })
}

/// A path as people would write it here: relative where it is below the current folder.
pub(super) fn near(path: &Path) -> PathBuf {
    let here = env::current_dir().ok();
    here.and_then(|here| path.strip_prefix(here).ok())
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(path)
        .to_path_buf()
}

/// The real absolute path, or at least an absolute one.
pub(super) fn absolute(path: &Path) -> PathBuf {
    // What is not there yet lies where its parent lies.
    let parent = || {
        let parent = path.parent().map(|p| if p.as_os_str().is_empty() { Path::new(".") } else { p });
        Some(fs::canonicalize(parent?).ok()?.join(path.file_name()?))
    };
    fs::canonicalize(path)
        .ok()
        .or_else(parent)
        .or_else(|| std::path::absolute(path).ok())
        .unwrap_or_else(|| path.to_path_buf())
}

/// Which hygiene rules were selected: `--only` and `--disable` of command line and configuration.
pub(super) struct HygieneWanted {
    only: Vec<String>,
    disable: Vec<String>,
}

impl HygieneWanted {
    pub(super) fn new(globals: &Globals, config: &Config) -> HygieneWanted {
        let texts = |names: &[RuleName]| names.iter().map(|n| n.text.clone()).collect::<Vec<_>>();
        let only = if globals.only.is_empty() { texts(&config.only) } else { globals.only.clone() };
        HygieneWanted { only, disable: [texts(&config.disable), globals.disable.clone()].concat() }
    }

    /// Whether a hygiene rule is in force.
    pub(super) fn has(&self, rule: &str) -> bool {
        let named =
            |names: &[String]| names.iter().any(|n| n.eq_ignore_ascii_case("hygiene") || wildcard(n, rule));
        (self.only.is_empty() || named(&self.only)) && !named(&self.disable)
    }
}
