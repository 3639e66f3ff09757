//! From one file's tree to rules and allowlists.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use regex_automata::PatternID;
use regex_automata::meta::Regex;

use crate::config::yaml::shown;
use crate::rules::{ForeignRule, Required, Rule, foreign_rule};

use super::tree::{self, Read, Tree, Wrong, wrong};
use super::{At, Gitleaks, GitleaksAllow, MEMORY, Target, go_regex};

/// Most rules and allowlists.
const MOST: usize = 5000;
/// Longest id, description or word, in bytes.
const LONGEST: usize = 1000;
/// Longest stop word, in bytes: people put whole private keys there.
const LONGEST_WORD: usize = 16 << 10;

/// Keys that are understood, or that mean nothing here.
const TOP: &[&str] = &[
    "title",
    "extend",
    "rules",
    "allowlist",
    "allowlists",
    "minversion",
    "betterleaksminversion",
    "description",
];
const RULE: &[&str] = &[
    "id",
    "description",
    "regex",
    "secretgroup",
    "entropy",
    "path",
    "keywords",
    "tags",
    "allowlist",
    "allowlists",
    "required",
    "skipreport",
    "reportgroup",
];

/// Reads one file.
pub(super) struct Reader<'t> {
    file: Arc<Path>,
    text: &'t str,
    /// What all expressions so far take.
    pub(super) memory: usize,
}

impl<'t> Reader<'t> {
    pub(super) fn new(path: &Path, text: &'t str, memory: usize) -> Reader<'t> {
        Reader { file: Arc::from(path), text, memory }
    }

    /// Adds what the file says; returns the path of a file that it extends.
    pub(super) fn read(&mut self, all: &mut Gitleaks) -> Read<Option<String>> {
        tree::parse(self.text, |root| {
            self.unknown(root, TOP, "", all);
            let rules = root.tables("rules")?;
            if rules.len() > MOST {
                return wrong(&(0..0), format!("more than {MOST} rules"));
            }
            let first = all.read.len() == 1;
            let mut here: Vec<&str> = Vec::new();
            for rule in rules {
                self.rule(rule, first, &mut here, all)?;
            }
            for key in ["allowlist", "allowlists"] {
                for list in root.tables(key)? {
                    let rules =
                        list.texts("targetRules")?.into_iter().map(|(id, _)| id.to_string()).collect();
                    self.allow(list, rules, all)?;
                }
            }
            let Some(extend) = root.tables("extend")?.into_iter().next() else { return Ok(None) };
            all.extends_default |= extend.switch("useDefault")?;
            let disabled = extend.texts("disabledRules")?;
            all.disabled.extend(disabled.into_iter().map(|(id, _)| id.to_string()));
            if let Some((url, _)) = extend.text("url")?.filter(|(url, _)| !url.is_empty()) {
                all.notes.push(format!("extend.url {}: nothing is fetched", shown(url)));
            }
            match extend.text("path")? {
                Some((path, at)) if !path.is_empty() && extend.switch("useDefault")? => {
                    wrong(&at, format!("`path` and `useDefault` cannot be used together ({})", shown(path)))
                }
                Some((path, _)) if !path.is_empty() => Ok(Some(path.to_string())),
                _ => Ok(None),
            }
        })
    }

    /// Says what is not understood; theirs passes over it in silence.
    fn unknown(&self, table: Tree<'_, '_>, known: &[&str], of: &str, all: &mut Gitleaks) {
        for (key, at) in table.keys() {
            if !known.iter().any(|k| key.eq_ignore_ascii_case(k)) {
                let why = match key {
                    "filter" | "prefilter" => {
                        "its expression is not evaluated: what it would drop is reported"
                    }
                    "validate" => "nothing is asked over the network",
                    "tokenEfficiency" => "this filter is not there: what it would drop is reported",
                    _ => "is not understood",
                };
                let line = self.text.get(..at.start).unwrap_or_default().matches('\n').count() + 1;
                all.notes.push(format!("{}:{line}: {of}`{}`: {why}", self.file.display(), shown(key)));
            }
        }
    }

    fn at(&self, place: usize) -> At {
        let before = self.text.get(..place).unwrap_or_default();
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        At { file: Arc::clone(&self.file), line: before.matches('\n').count() + 1, column }
    }

    fn regex(&mut self, text: &str, at: &Range<usize>) -> Read<Regex> {
        let regex = go_regex::compile(text).map_err(|problem| Wrong {
            at: at.start,
            problem: format!("`{}` is no regular expression: {problem}", shown(text)),
        })?;
        self.memory += regex.memory_usage();
        if self.memory > MEMORY {
            return wrong(at, "all regular expressions together grow too large");
        }
        Ok(regex)
    }

    fn rule<'f>(
        &mut self,
        rule: Tree<'f, '_>,
        first: bool,
        here: &mut Vec<&'f str>,
        all: &mut Gitleaks,
    ) -> Read<()> {
        let place = rule.at..rule.at;
        let Some((id, at)) = rule.text("id")?.filter(|(id, _)| !id.trim().is_empty()) else {
            return wrong(&place, "a rule without an `id`");
        };
        let fits =
            |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'<' | b'>' | b'&' | b'%' | b'*');
        if id.len() > 100 || !id.bytes().all(fits) {
            return wrong(&at, format!("`{}` is no id of a rule", shown(id)));
        }
        if here.contains(&id) {
            return wrong(&at, format!("there are two rules with the id `{}`", shown(id)));
        }
        here.push(id);
        for key in ["allowlist", "allowlists"] {
            for list in rule.tables(key)? {
                self.allow(list, vec![id.to_string()], all)?;
            }
        }
        let defined = all.ids().any(|known| known == id);
        // What is inherited: not what is not wanted, and not what the file that extends it says anew.
        if defined || (!first && all.disabled.iter().any(|d| d == id)) {
            return Ok(());
        }
        self.unknown(rule, RULE, &format!("rule {id}: "), all);
        let path = match rule.text("path")?.filter(|(p, _)| !p.is_empty()) {
            Some((path, at)) => Some(self.regex(path, &at)?),
            None => None,
        };
        let about = rule.text("description")?.map_or(id, |(about, _)| about);
        let about = if about.trim().is_empty() || about.len() > LONGEST { id } else { about.trim() };
        let told = foreign_rule(id, about, "gitleaks configuration");
        match (rule.text("regex")?.filter(|(r, _)| !r.is_empty()), path) {
            (None, None) => {
                // Only more about a rule that is inherited: its allowlists are read already.
                let changed = ["entropy", "keywords", "secretGroup"].iter().find(|k| rule.has(k));
                if let Some(key) = changed {
                    all.notes
                        .push(format!("rule {id}: `{key}` of a rule that stands elsewhere is not changed"));
                }
            }
            (None, Some(path)) => all.files.push((told, path)),
            (Some((regex, at)), path) => {
                all.paths.extend(path.map(|p| (id.to_string(), p)));
                all.rules.push(self.expression(rule, told, (regex, &at))?);
            }
        }
        Ok(())
    }

    fn expression(
        &mut self,
        rule: Tree<'_, '_>,
        told: Rule,
        (regex, at): (&str, &Range<usize>),
    ) -> Read<ForeignRule> {
        let compiled = self.regex(regex, at)?;
        let group = rule.number("secretGroup")?.unwrap_or_default() as usize;
        if group >= compiled.group_info().group_len(PatternID::ZERO) {
            return wrong(at, format!("rule {}: there is no group {group}", told.id));
        }
        let keywords = rule.texts("keywords")?;
        Ok(ForeignRule {
            rule: told,
            regex: compiled,
            text: regex.to_string(),
            group,
            entropy: rule.number("entropy")?.unwrap_or_default(),
            keywords: keywords.into_iter().map(|(k, _)| k.to_lowercase()).filter(|k| !k.is_empty()).collect(),
            required: required(rule)?,
            report: !rule.switch("skipReport")?,
        })
    }

    fn allow(&mut self, list: Tree<'_, '_>, rules: Vec<String>, all: &mut Gitleaks) -> Read<()> {
        let place = list.at..list.at;
        if all.allow.len() >= MOST {
            return wrong(&place, format!("more than {MOST} allowlists"));
        }
        let target = match list.text("regexTarget")?.map_or(("", place.clone()), |(t, at)| (t, at)) {
            ("" | "secret", _) => Target::Secret,
            ("match", _) => Target::Match,
            ("line", _) => Target::Line,
            (other, at) => {
                return wrong(&at, format!("regexTarget `{}` is none of secret, match, line", shown(other)));
            }
        };
        let and = match list.text("condition")? {
            None => false,
            Some((word, at)) => match word.to_ascii_uppercase().as_str() {
                "" | "OR" | "||" => false,
                "AND" | "&&" => true,
                _ => return wrong(&at, format!("condition `{}` is none of AND, OR", shown(word))),
            },
        };
        let owned = |texts: Vec<(&str, Range<usize>)>| -> Vec<String> {
            texts
                .into_iter()
                .map(|(t, _)| t.to_string())
                .filter(|t| !t.is_empty() && t.len() <= LONGEST_WORD)
                .collect()
        };
        let about = list.text("description")?.map_or("", |(about, _)| about).trim();
        let mut entry = GitleaksAllow {
            rules,
            about: about.chars().take(200).collect(),
            at: self.at(list.at),
            all: and,
            commits: owned(list.texts("commits")?),
            paths: Vec::new(),
            regexes: Vec::new(),
            target,
            stopwords: owned(list.texts("stopwords")?).into_iter().map(|w| w.to_lowercase()).collect(),
        };
        for (path, at) in list.texts("paths")? {
            entry.paths.push(self.regex(path, &at)?);
        }
        for (regex, at) in list.texts("regexes")? {
            entry.regexes.push(self.regex(regex, &at)?);
        }
        let empty = entry.commits.is_empty()
            && entry.paths.is_empty()
            && entry.regexes.is_empty()
            && entry.stopwords.is_empty();
        if empty {
            all.notes.push(format!(
                "{}:{}: an allowlist that allows nothing",
                entry.at.file.display(),
                entry.at.line
            ));
            return Ok(());
        }
        all.allow.push(entry);
        Ok(())
    }
}

fn required(rule: Tree<'_, '_>) -> Read<Vec<Required>> {
    let mut all = Vec::new();
    for one in rule.tables("required")? {
        let Some((id, _)) = one.text("id")? else {
            return wrong(&(one.at..one.at), "`required` without an `id`");
        };
        let number = |key| Ok(one.number(key)?.map(|n| n as u64));
        all.push(Required {
            id: id.to_string(),
            lines: number("withinLines")?,
            columns: number("withinColumns")?,
        });
    }
    Ok(all)
}
