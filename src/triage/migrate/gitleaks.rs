//! gitleaks and betterleaks.

use std::collections::BTreeMap;

use toml::{Table, Value};

use crate::config::{NewAllow, hide_keys};

use super::paths::{globs_of, why_not};
use super::{Carried, Wrong, new_entry};

/// What is said of an allowlist without a description.
const ABOUT: &str = "allowed in the gitleaks configuration";

/// What an allowlist may say.
const ALLOWLIST: &[&str] = &[
    "id",
    "description",
    "condition",
    "targetRules",
    "commits",
    "paths",
    "regexTarget",
    "regexes",
    "stopwords",
];

/// `.gitleaks.toml` or `.betterleaks.toml`.
///
/// # Errors
/// The line and what is wrong, if it is not TOML.
pub fn gitleaks(text: &str) -> Result<Carried, Wrong> {
    let table: Table = toml::from_str(text).map_err(|e| {
        let line = e.span().map_or(0, |s| text[..s.start.min(text.len())].matches('\n').count() + 1);
        (line, format!("not TOML: {}", e.message()))
    })?;
    let mut carried = Carried::default();
    // Their ids and what the rules are called here.
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    each(table.get("rules"), &mut |rule| own_rule(rule, &mut ids, &mut carried));
    for key in ["allowlist", "allowlists"] {
        each(table.get(key), &mut |list| {
            let targets = strings(list, "targetRules");
            if targets.is_empty() {
                allowlist(list, "", &mut carried);
            }
            for target in targets {
                match ids.get(target) {
                    Some(ours) => allowlist(list, ours, &mut carried),
                    None => carried.left.push(format!("allowlist for {target}: no rule here is called that")),
                }
            }
        });
    }
    let nothing = Value::Boolean(false);
    let extend = table.get("extend").unwrap_or(&nothing);
    if let Some(path) = extend.get("path").and_then(Value::as_str) {
        carried.left.push(format!("extend.path {path}: name that file in `gitleaks-config:`"));
    }
    for id in strings(extend, "disabledRules") {
        let why = "our rules have other names; `keysieve rules list` shows them";
        carried.left.push(format!("extend.disabledRules {id}: {why}"));
    }
    for key in ["filter", "prefilter"].iter().filter(|k| table.contains_key(**k)) {
        carried.left.push(format!("{key}: its expression is not evaluated"));
    }
    Ok(carried)
}

fn each(value: Option<&Value>, with: &mut dyn FnMut(&Value)) {
    match value {
        Some(Value::Array(list)) => list.iter().for_each(with),
        Some(table @ Value::Table(_)) => with(table),
        _ => {}
    }
}

fn strings<'v>(table: &'v Value, key: &str) -> Vec<&'v str> {
    table
        .get(key)
        .and_then(Value::as_array)
        .map(|l| l.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default()
}

/// An id of ours made of another's.
pub(super) fn slug(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).take(6).collect();
    if words.is_empty() { "rule".into() } else { words.join("-") }
}

/// One kind of condition of an allowlist: whether it is given, and what could be carried over of it.
#[derive(Default)]
struct Kind {
    given: bool,
    entries: Vec<NewAllow>,
}

fn allowlist(list: &Value, rule: &str, carried: &mut Carried) {
    let about = list.get("description").and_then(Value::as_str).unwrap_or_default().trim();
    let about = if about.is_empty() { ABOUT } else { about };
    let commits = !strings(list, "commits").is_empty();
    if commits {
        let why = "an entry is bound to a key or a path here, not to a commit";
        carried.left.push(format!("allowlist commits: {why}"));
    }
    for key in list.as_table().into_iter().flat_map(Table::keys).filter(|k| !ALLOWLIST.contains(&k.as_str()))
    {
        carried.left.push(format!("allowlist {key}: gitleaks knows no such setting there"));
    }
    let paths = paths(list, rule, about, carried);
    let values = values(list, rule, about, carried);
    let all =
        list.get("condition").and_then(Value::as_str).is_some_and(|c| matches!(c, "and" | "AND" | "&&"));
    let entries: Vec<NewAllow> = if all {
        if commits || [&paths, &values].iter().any(|k| k.given && k.entries.is_empty()) {
            // A condition less would allow more than was said.
            let why = "all its conditions must hold, and one is not carried over";
            carried.left.push(format!("allowlist '{about}': {why}"));
            return;
        }
        let or_none = |kind: Kind| if kind.given { kind.entries } else { vec![new_entry(rule, about)] };
        let (paths, values) = (or_none(paths), or_none(values));
        // Of several, any is enough within one kind: one entry for each pair.
        let with = |p: &NewAllow| {
            let path = p.path.clone();
            values.iter().map(move |v| NewAllow { path: path.clone(), ..v.clone() }).collect::<Vec<_>>()
        };
        paths.iter().flat_map(with).collect()
    } else {
        paths.entries.into_iter().chain(values.entries).collect()
    };
    for entry in entries {
        let parts = [("path", &entry.path), ("value", &entry.value), ("line", &entry.line)];
        let told: Vec<String> =
            parts.iter().filter_map(|(name, part)| part.as_ref().map(|p| format!("{name} {p}"))).collect();
        if !told.is_empty() {
            carried.entry(entry, &told.join(" and "));
        }
    }
}

/// The text that an expression spells out, if it is one that looks like a key.
pub(super) fn literal_key(regex: &str) -> Option<String> {
    let regex = regex.trim_start_matches("(?i)").trim_start_matches('^').trim_end_matches('$');
    let mut text = String::new();
    let mut chars = regex.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => text.push(chars.next().filter(char::is_ascii_punctuation)?),
            '(' | ')' | '[' | ']' | '{' | '}' | '*' | '?' | '|' | '^' | '$' => return None,
            c => text.push(c),
        }
    }
    (hide_keys(&text) != text || text.contains("PRIVATE KEY")).then_some(text)
}

fn paths(list: &Value, rule: &str, about: &str, carried: &mut Carried) -> Kind {
    let mut kind = Kind::default();
    for path in strings(list, "paths") {
        kind.given = true;
        match globs_of(path) {
            Some(globs) => {
                let entry = |glob| NewAllow { path: Some(glob), ..new_entry(rule, about) };
                kind.entries.extend(globs.into_iter().map(entry));
            }
            None => carried.left.push(format!("allowlist path '{path}': {}", why_not(path))),
        }
    }
    kind
}

/// Expressions and stop words.
fn values(list: &Value, rule: &str, about: &str, carried: &mut Carried) -> Kind {
    let target = list.get("regexTarget").and_then(Value::as_str).unwrap_or("secret");
    let mut kind = Kind::default();
    let words =
        strings(list, "stopwords").into_iter().map(|w| ("secret", format!("(?i){}", regex::escape(w))));
    let regexes = strings(list, "regexes").into_iter().map(|r| (target, r.to_string()));
    for (target, regex) in regexes.chain(words) {
        kind.given = true;
        let left = if target == "match" && (regex.starts_with('^') || regex.ends_with('$')) {
            "it looks at the whole match, which is not known here"
        } else if let Some(value) = literal_key(&regex) {
            // It may be a key: only the baseline may know it.
            carried.value(&value, about);
            carried.done.push("a value in clear, for the baseline".into());
            continue;
        } else if !regex::bytes::Regex::new(&regex).is_ok_and(|r| !r.is_match(b"")) {
            "it cannot be read, or it matches everything"
        } else {
            let entry = new_entry(rule, about);
            kind.entries.push(match target {
                "secret" => NewAllow { value: Some(regex), ..entry },
                _ => NewAllow { line: Some(regex), ..entry },
            });
            continue;
        };
        carried.left.push(format!("allowlist regex '{regex}': {left}"));
    }
    kind
}

fn own_rule(rule: &Value, ids: &mut BTreeMap<String, String>, carried: &mut Carried) {
    let text = |key: &str| rule.get(key).and_then(Value::as_str).unwrap_or_default();
    let (id, regex) = (text("id"), text("regex"));
    if regex.is_empty() {
        let what = if text("path").is_empty() {
            "it changes a rule of theirs, and ours have other names"
        } else {
            "it only looks at paths; `gitleaks-config:` keeps it"
        };
        carried.left.push(format!("rule {id}: {what}"));
        return;
    }
    let group = rule.get("secretGroup").and_then(Value::as_integer).unwrap_or(0);
    let random = rule.get("entropy").is_some();
    let Some(ours) = carried.rule("gitleaks", id, (text("description"), regex), group, random) else {
        return;
    };
    ids.insert(id.to_string(), ours.clone());
    for key in ["allowlist", "allowlists"] {
        each(rule.get(key), &mut |list| allowlist(list, &ours, carried));
    }
    if !text("path").is_empty() {
        carried.left.push(format!("rule {id}: its path condition; `paths:` can say it"));
    }
}

/// The expression with its nth capturing group (or the first, or the whole) named `key`.
pub(super) fn with_key(regex: &str, group: i64) -> Option<String> {
    let wanted = group.max(1);
    let (mut seen, mut class, mut escaped) = (0, false, false);
    for (i, c) in regex.char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        match c {
            '\\' => escaped = true,
            '[' if !class => class = true,
            ']' => class = false,
            '(' if !class => {
                let rest = &regex[i + 1..];
                let named = rest.starts_with("?P<")
                    || (rest.starts_with("?<") && !rest.starts_with("?<=") && !rest.starts_with("?<!"));
                if rest.starts_with('?') && !named {
                    continue;
                }
                seen += 1;
                if seen == wanted {
                    let body = if named { &rest[rest.find('>')? + 1..] } else { rest };
                    return Some(format!("{}(?<key>{body}", &regex[..i]));
                }
            }
            _ => {}
        }
    }
    (group == 0).then(|| format!("(?<key>{regex})"))
}
