//! What an inline mark says about a finding.

use crate::config::{Date, hide_keys, wildcard};

use super::names::Names;
use super::syntax::{self, Spelling};

/// What one mark, or the best of several, says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// It is fine.
    Fine {
        /// What is counted: "inline" or another tool's word.
        by: &'static str,
        /// Why.
        reason: String,
    },
    /// It was fine until a day that has passed.
    Expired {
        /// That day.
        until: Date,
        /// Why it was.
        reason: String,
    },
    /// It wants to say something that cannot be understood, so that it says nothing.
    Wrong(String),
    /// It speaks of another rule.
    Other,
}

/// What the marks say about a finding of this rule, today. What allows wins over what does not.
pub fn judge(markers: &[Box<str>], rule: &str, known: &Names, today: Date) -> Option<Said> {
    let mut best: Option<Said> = None;
    for marker in markers {
        let Some(spelling) = syntax::parse(marker) else { continue };
        let said = if spelling.by == "inline" {
            ours(spelling, rule, known, today)
        } else {
            Said::Fine { by: spelling.by, reason: theirs(spelling) }
        };
        let rank = |s: &Said| match s {
            Said::Fine { .. } => 3,
            Said::Expired { .. } => 2,
            Said::Wrong(_) => 1,
            Said::Other => 0,
        };
        if best.as_ref().is_none_or(|b| rank(&said) > rank(b)) {
            best = Some(said);
        }
    }
    best
}

/// `[rule] [until=YYYY-MM-DD] reason`, in that order or nearly.
fn ours(spelling: Spelling<'_>, rule: &str, known: &Names, today: Date) -> Said {
    let mut rules: Vec<&str> = Vec::new();
    let mut until = None;
    let mut reason: Vec<&str> = Vec::new();
    for (i, word) in without_comment_end(spelling.rest).split_whitespace().enumerate() {
        if let Some(day) = word.strip_prefix("until=") {
            let day = day.trim_end_matches([',', ';', ':']);
            match Date::parse(day) {
                Some(day) => until = Some(until.map_or(day, |earlier: Date| earlier.min(day))),
                None => return Said::Wrong(format!("`until={day}` is no day (YYYY-MM-DD)")),
            }
        } else if reason.is_empty()
            && let Some(named) = rule_names(word, i == 0, rule, known)
        {
            match named {
                Ok(named) => rules.extend(named),
                Err(problem) => return Said::Wrong(problem),
            }
        } else {
            reason.push(word);
        }
    }
    if !rules.is_empty() && !rules.iter().any(|r| wildcard(r, rule)) {
        return Said::Other;
    }
    let reason = tidy(&reason.join(" "));
    match until {
        Some(until) if until < today => Said::Expired { until, reason },
        _ => Said::Fine { by: spelling.by, reason },
    }
}

/// The rules that a word names, if it names any: `id`, `id,id`, `[id]`, `rule=id`, `provider-*`.
fn rule_names<'w>(
    word: &'w str,
    first: bool,
    rule: &str,
    known: &Names,
) -> Option<Result<Vec<&'w str>, String>> {
    let explicit = word.strip_prefix("rule=");
    let list = explicit.unwrap_or(word).trim_matches(['[', ']', ':']);
    let names: Vec<&str> = list.split(',').filter(|n| !n.is_empty()).collect();
    if !names.is_empty() && names.iter().all(|name| *name == rule || known.know(name)) {
        return Some(Ok(names));
    }
    if explicit.is_some() {
        let near = names.iter().find_map(|n| known.near(n));
        return Some(Err(format!("no rule is called `{list}`{}", did_you_mean(near))));
    }
    // A word that is nearly a rule's name, or made like one, is a mistake and must not become the reason for allowing
    // everything.
    let looks = first
        && list.len() > 6
        && list.contains('-')
        && list.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let near = if looks { known.near(list) } else { None };
    (near.is_some() || looks && known.made_like(list))
        .then(|| Err(format!("no rule is called `{list}`{}", did_you_mean(near))))
}

fn did_you_mean(near: Option<String>) -> String {
    near.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default()
}

fn theirs(spelling: Spelling<'_>) -> String {
    let reason = tidy(without_comment_end(spelling.rest));
    // secretlint names its rules there, not a reason.
    if reason.starts_with('@') { String::new() } else { reason }
}

/// Without what closes a comment, and what follows it.
fn without_comment_end(rest: &str) -> &str {
    let end = ["*/", "-->", "--%>", "#}", "}}", "*)"].iter().filter_map(|close| rest.find(close)).min();
    rest[..end.unwrap_or(rest.len())].trim()
}

/// A reason as it may be shown: no separators in front, and nothing that looks like a key.
fn tidy(reason: &str) -> String {
    let reason = reason.trim_start_matches(['-', ':', '=', ',', ';', '(', ' ', '\t', '\u{2013}', '\u{2014}']);
    let reason = reason.strip_prefix("reason=").or_else(|| reason.strip_prefix("reason:")).unwrap_or(reason);
    hide_keys(reason.trim().trim_matches('"'))
}

#[cfg(test)]
#[path = "inline_tests.rs"]
mod tests;
