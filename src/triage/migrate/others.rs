//! ggshield, secretlint, trufflehog, detect-secrets and git-secrets.

use serde_json::Value;

use crate::triage::import::Imported;

use super::gitleaks::slug;
use super::paths::globs_of;
use super::{Carried, Which, Wrong};

/// YAML or JSON as a tree, bounded.
fn tree(text: &str) -> Result<Value, Wrong> {
    crate::rules::guard(text).map_err(|p| (p.line.max(1), p.text))?;
    serde_yaml::from_str(text).map_err(|e| {
        let line = e.location().map_or(1, |l| l.line());
        (line, "not YAML".to_string())
    })
}

/// A key in either spelling: `ignored_paths`, `ignored-paths`.
fn get<'v>(map: &'v Value, key: &str) -> Option<&'v Value> {
    map.as_object()?.iter().find(|(k, _)| k.replace('_', "-") == key).map(|(_, value)| value)
}

/// A text, or a list of texts.
fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// `.gitguardian.yaml`, version 1 and 2.
///
/// # Errors
/// The line and what is wrong, if it is not YAML.
pub fn ggshield(text: &str, from: &str) -> Result<Carried, Wrong> {
    let root = tree(text)?;
    let mut carried = Carried::default();
    let secret = get(&root, "secret").unwrap_or(&Value::Null);
    let reason = format!("in {from}");
    for (place, key) in
        [(secret, "ignored-paths"), (&root, "paths-ignore"), (&root, "ignored-paths"), (&root, "exclude")]
    {
        texts(get(place, key)).into_iter().for_each(|path| carried.path(path, &reason));
    }
    for (place, key) in [(secret, "ignored-matches"), (&root, "matches-ignore"), (&root, "ignored-matches")] {
        for one in get(place, key).and_then(Value::as_array).unwrap_or(&Vec::new()) {
            let name = get(one, "name").and_then(Value::as_str).filter(|n| !n.trim().is_empty());
            let reason = name.map_or_else(|| reason.clone(), |name| format!("{name} ({reason})"));
            let Some(text) = one.as_str().or_else(|| get(one, "match").and_then(Value::as_str)) else {
                carried.left.push("an ignored match without a `match`".into());
                continue;
            };
            if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
                let sha256 = Some(text.to_ascii_lowercase());
                carried.known.push(Imported { sha256, reason, ..Imported::default() });
            } else {
                carried.value(text, &reason);
            }
        }
    }
    for (place, key) in
        [(secret, "ignored-detectors"), (&root, "banlisted-detectors"), (&root, "ignored-detectors")]
    {
        for name in texts(get(place, key)) {
            let why = "our rules have other names: see `keysieve rules list` and `disable`";
            carried.left.push(format!("detector {name}: {why}"));
        }
    }
    for key in ["iac", "sca"] {
        if get(&root, key).is_some() {
            carried.left.push(format!("{key}: not about secrets"));
        }
    }
    Ok(carried)
}

/// `.secretlintrc.json` or `.secretlintrc.yml`.
///
/// # Errors
/// The line and what is wrong, if it is neither JSON nor YAML.
pub fn secretlint(text: &str, from: &str) -> Result<Carried, Wrong> {
    let root = tree(text)?;
    let mut carried = Carried::default();
    secretlint_rules(&root, from, 0, &mut carried);
    for key in root.as_object().into_iter().flat_map(|o| o.keys()).filter(|k| *k != "rules") {
        carried.left.push(format!("{key}: secretlint knows no such setting"));
    }
    Ok(carried)
}

fn secretlint_rules(holder: &Value, from: &str, depth: usize, carried: &mut Carried) {
    for rule in get(holder, "rules").and_then(Value::as_array).unwrap_or(&Vec::new()) {
        let id = get(rule, "id").and_then(Value::as_str).unwrap_or("without an id");
        let options = get(rule, "options").unwrap_or(&Value::Null);
        let reason = format!("{id} in {from}");
        for text in texts(get(options, "allows")) {
            if id.contains("dotenv") || id.contains("filename") {
                carried.path(text, &reason);
            } else if let Some((regex, flags)) = text.strip_prefix('/').and_then(|t| t.rsplit_once('/')) {
                let fold = if flags.contains('i') { "(?i)" } else { "" };
                carried.pattern(Which::Value, &format!("{fold}{regex}"), "", &reason);
            } else {
                carried.value(text, &reason);
            }
        }
        for (number, one) in
            get(options, "patterns").and_then(Value::as_array).unwrap_or(&Vec::new()).iter().enumerate()
        {
            let name = get(one, "name").and_then(Value::as_str).unwrap_or("secretlint pattern");
            let own = [texts(get(one, "pattern")), texts(get(one, "patterns"))].concat();
            for text in own {
                let (regex, flags) =
                    text.strip_prefix('/').and_then(|t| t.rsplit_once('/')).unwrap_or((text, ""));
                let fold = if flags.contains('i') { "(?i)" } else { "" };
                let regex = format!("{fold}{}", regex.replace("\\/", "/"));
                let id = format!("secretlint-{}-{}", slug(name), number + 1);
                carried.rule("secretlint", &id, (name, &regex), 0, false);
            }
        }
        if get(rule, "disabled").and_then(Value::as_bool) == Some(true) {
            carried.left.push(format!("{id}: disabled there; our rules have other names (`disable`)"));
        }
        for message in texts(get(rule, "allowMessageIds")) {
            carried.left.push(format!("{id}: allowMessageIds {message}: our rules have other messages"));
        }
        if depth < 8 {
            secretlint_rules(rule, from, depth + 1, carried);
        }
    }
}

/// A configuration of trufflehog: its own detectors. Or the list of paths that it excludes, whatever it is called.
///
/// # Errors
/// The line and what is wrong, if it is neither.
pub fn trufflehog(text: &str, from: &str) -> Result<Carried, Wrong> {
    let root = match tree(text) {
        Ok(root) if root.is_object() => root,
        Ok(_) => return Ok(super::path_expressions(text, from)),
        Err(wrong) if text.contains(':') => return Err(wrong),
        Err(_) => return Ok(super::path_expressions(text, from)),
    };
    let mut carried = Carried::default();
    for detector in get(&root, "detectors").and_then(Value::as_array).unwrap_or(&Vec::new()) {
        let name = get(detector, "name").and_then(Value::as_str).unwrap_or("detector");
        let random = get(detector, "entropy").is_some();
        let mut ids = Vec::new();
        for (part, regex) in get(detector, "regex").and_then(Value::as_object).into_iter().flatten() {
            let Some(regex) = regex.as_str() else { continue };
            let id = format!("trufflehog-{}-{}", slug(name), slug(part));
            ids.extend(carried.rule("trufflehog", &id, (name, regex), 0, random));
        }
        let reason = format!("detector {name} in {from}");
        for id in &ids {
            for word in texts(get(detector, "exclude-words")) {
                carried.pattern(Which::Value, &format!("(?i){}", regex::escape(word)), id, &reason);
            }
            for regex in texts(get(detector, "exclude-regexes-capture")) {
                carried.pattern(Which::Value, regex, id, &reason);
            }
            for regex in texts(get(detector, "exclude-regexes-match")) {
                carried.pattern(Which::Line, regex, id, &reason);
            }
        }
        if get(detector, "verify").is_some() {
            carried.left.push(format!("detector {name}: verify: nothing is sent to a server of yours"));
        }
    }
    for key in root.as_object().into_iter().flat_map(|o| o.keys()).filter(|k| *k != "detectors") {
        let why = match key.as_str() {
            "sources" | "verify" | "concurrency" | "only_verified" => {
                "it says nothing about what is a secret"
            }
            _ => {
                "trufflehog knows no such setting in this file; `exclude:` and `allow:` in .keysieve.yml can say it"
            }
        };
        carried.left.push(format!("{key}: {why}"));
    }
    Ok(carried)
}

/// The filters that a `.secrets.baseline` of detect-secrets names.
///
/// # Errors
/// The line and what is wrong, if it is not JSON.
pub fn detect_secrets(text: &str, from: &str) -> Result<Carried, Wrong> {
    let root: Value = serde_json::from_str(text).map_err(|e| (e.line(), "not JSON".to_string()))?;
    let mut carried = Carried::default();
    let reason = format!("excluded in {from}");
    let old = get(&root, "exclude").unwrap_or(&Value::Null);
    for regex in texts(get(old, "files")) {
        carried.path_expression(regex, &reason);
    }
    for regex in texts(get(old, "lines")) {
        carried.pattern(Which::Line, regex, "", &reason);
    }
    for filter in get(&root, "filters-used").and_then(Value::as_array).unwrap_or(&Vec::new()) {
        let name = get(filter, "path").and_then(Value::as_str).unwrap_or_default();
        let patterns = texts(get(filter, "pattern"));
        match name.rsplit('.').next().unwrap_or_default() {
            "should_exclude_file" => patterns.iter().for_each(|p| carried.path_expression(p, &reason)),
            "should_exclude_line" => {
                patterns.iter().for_each(|p| carried.pattern(Which::Line, p, "", &reason));
            }
            "should_exclude_secret" => {
                patterns.iter().for_each(|p| carried.pattern(Which::Value, p, "", &reason));
            }
            "should_exclude_secret_with_wordlist" => {
                carried.left.push("its word list: it is another file".into());
            }
            own if name.starts_with("file:") => {
                carried.left.push(format!("filter {own}: a program, which is not run"));
            }
            _ => {}
        }
    }
    Ok(carried)
}

/// Files of regular expressions that look at the line: `.gitallowed` of git-secrets.
pub fn line_patterns(text: &str, from: &str) -> Carried {
    let mut carried = Carried::default();
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
        let reason = format!("in {from}");
        carried.pattern(Which::Line, line, "", &reason);
        // git-secrets looks for it in `path:number:line`, so that it may name a file as well.
        if line.contains('/') && !line.contains(char::is_whitespace) {
            for glob in globs_of(line).unwrap_or_default() {
                carried.path(&glob, &reason);
            }
        }
    }
    carried
}

/// The section `secrets` of git's own configuration, as git-secrets writes it: key and value.
pub fn git_secrets<'c>(settings: impl Iterator<Item = (&'c str, &'c [u8])>) -> Carried {
    let mut carried = Carried::default();
    let mut number = 0;
    for (key, value) in settings.take(10_000) {
        let value = String::from_utf8_lossy(value);
        match key.to_ascii_lowercase().as_str() {
            // What `git secrets --register-aws` writes.
            "patterns" if value.contains("AKIA") || value.contains("(AWS|aws|Aws)?") => {
                carried.done.push("the patterns for AWS: our rules know these keys".into());
            }
            "patterns" => {
                number += 1;
                carried.rule(
                    "git-secrets",
                    &format!("git-secrets-{number}"),
                    ("pattern of git-secrets", &value),
                    0,
                    false,
                );
            }
            "allowed" => carried.pattern(Which::Line, &value, "", "secrets.allowed in git's configuration"),
            "providers" => carried.left.push("secrets.providers: a program, which is not run".into()),
            _ => {}
        }
    }
    carried
}
