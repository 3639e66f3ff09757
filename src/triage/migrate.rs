//! Turning other tools' configuration into ours: pure functions from texts to entries, saying what could not be
//! carried over and why.

use toml::{Table, Value};

use crate::config::NewAllow;

/// What a file of another tool becomes.
#[derive(Debug, Default)]
pub struct Carried {
    /// Allow entries.
    pub allow: Vec<NewAllow>,
    /// Rules, each the text of a rule file.
    pub rules: Vec<String>,
    /// What was not carried over, and why.
    pub left: Vec<String>,
}

impl Carried {
    fn entry(&mut self, rule: &str, path: Option<String>, value: Option<String>, reason: &str) {
        self.allow.push(NewAllow {
            rule: rule.to_string(),
            fingerprint: String::new(),
            path,
            value,
            reason: reason.to_string(),
            until: None,
        });
    }

    /// The whole as a configuration.
    pub fn to_yaml(&self) -> String {
        let mut text = String::from("version: 1\n");
        if !self.allow.is_empty() {
            text.push_str("allow:\n");
            self.allow.iter().for_each(|e| text.push_str(&e.block("  ")));
        }
        if !self.rules.is_empty() {
            text.push_str("rules:\n");
            for rule in &self.rules {
                for (i, line) in rule.lines().enumerate() {
                    text.push_str(if i == 0 { "  - " } else { "    " });
                    text.push_str(line);
                    text.push('\n');
                }
            }
        }
        text
    }
}

/// `.gitleaks.toml` or `.betterleaks.toml`.
///
/// # Errors
/// The line and what is wrong, if it is not TOML.
pub fn gitleaks(text: &str) -> Result<Carried, (usize, String)> {
    let table: Table = toml::from_str(text).map_err(|e| {
        let line = e.span().map_or(0, |s| text[..s.start.min(text.len())].matches('\n').count() + 1);
        (line, format!("not TOML: {}", e.message()))
    })?;
    let mut carried = Carried::default();
    for key in ["allowlist", "allowlists"] {
        each(table.get(key), &mut |list| allowlist(list, "", &mut carried));
    }
    each(table.get("rules"), &mut |rule| own_rule(rule, &mut carried));
    if let Some(path) = table.get("extend").and_then(|e| e.get("path")).and_then(Value::as_str) {
        carried.left.push(format!("extend.path {path}: migrate that file as well"));
    }
    for id in strings(table.get("extend").unwrap_or(&Value::Boolean(false)), "disabledRules") {
        carried.left.push(format!(
            "extend.disabledRules {id}: our rules have other names; `keysieve rules list` shows them"
        ));
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

fn allowlist(list: &Value, rule: &str, carried: &mut Carried) {
    let about =
        list.get("description").and_then(Value::as_str).unwrap_or("allowed in the gitleaks configuration");
    let about = if about.trim().is_empty() { "allowed in the gitleaks configuration" } else { about.trim() };
    if !strings(list, "commits").is_empty() {
        carried
            .left
            .push("allowlist commits: an entry is bound to a key or a path here, not to a commit".into());
    }
    let mut paths = Vec::new();
    for path in strings(list, "paths") {
        match glob_of(path) {
            Some(glob) => paths.push(glob),
            None => carried.left.push(format!("allowlist path '{path}': no path pattern says the same")),
        }
    }
    let target = list.get("regexTarget").and_then(Value::as_str).unwrap_or("secret");
    let mut values: Vec<String> = Vec::new();
    for regex in strings(list, "regexes") {
        if target == "line" {
            carried
                .left
                .push(format!("allowlist regex '{regex}': it looks at the line, ours look at the value"));
        } else {
            values.push(regex.to_string());
        }
    }
    values.extend(strings(list, "stopwords").iter().map(|w| format!("(?i){}", regex::escape(w))));
    values.retain(|value| {
        let good = regex::bytes::Regex::new(value).is_ok_and(|r| !r.is_match(b""));
        if !good {
            carried
                .left
                .push(format!("allowlist regex '{value}': it cannot be read, or it matches everything"));
        }
        good
    });
    let all = list.get("condition").and_then(Value::as_str).is_some_and(|c| c.eq_ignore_ascii_case("and"));
    if all && (!paths.is_empty() || !values.is_empty()) {
        // Of several, any is enough within one kind: one entry for each pair.
        let some = |list: &[String]| {
            if list.is_empty() { vec![None] } else { list.iter().cloned().map(Some).collect() }
        };
        for path in some(&paths) {
            for value in some(&values) {
                carried.entry(rule, path.clone(), value, about);
            }
        }
        return;
    }
    for path in paths {
        carried.entry(rule, Some(path), None, about);
    }
    for value in values {
        carried.entry(rule, None, Some(value), about);
    }
}

/// A regular expression for paths as a path pattern, where it is simple enough.
fn glob_of(regex: &str) -> Option<String> {
    let mut rest = regex.trim_start_matches("(?i)");
    let anchored = rest.starts_with('^');
    for head in ["(^|/)", "(?:^|/)", "^", ".*/"] {
        rest = rest.strip_prefix(head).unwrap_or(rest);
    }
    let open = !rest.ends_with('$');
    let rest =
        rest.trim_end_matches("(/|$)").trim_end_matches('$').trim_end_matches(".*").trim_end_matches("(.*)?");
    let mut glob = String::new();
    let mut chars = rest.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next()? {
                c if c.is_ascii_punctuation() => glob.push(c),
                _ => return None,
            },
            '.' if chars.peek() == Some(&'*') => {
                chars.next();
                glob.push('*');
            }
            '.' => glob.push('?'),
            c if "()[]{}|^$+*?".contains(c) => return None,
            c => glob.push(c),
        }
    }
    let glob = glob.trim_end_matches('/').to_string();
    if glob.trim_matches(['*', '?', '/']).is_empty() {
        return None;
    }
    let tail = if open && !rest.ends_with('/') && glob.contains('.') { "*" } else { "" };
    let head = if anchored {
        "/"
    } else if glob.contains('/') {
        "**/"
    } else {
        ""
    };
    Some(format!("{head}{}{tail}", glob.trim_start_matches('/')))
}

fn own_rule(rule: &Value, carried: &mut Carried) {
    let text = |key: &str| rule.get(key).and_then(Value::as_str).unwrap_or_default();
    let id = text("id");
    let ours: String =
        id.to_ascii_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let ours = if ours.contains('-') { ours } else { format!("gitleaks-{ours}") };
    for key in ["allowlist", "allowlists"] {
        let known = !text("regex").is_empty();
        let name = if known { ours.as_str() } else { "" };
        each(rule.get(key), &mut |list| {
            if known {
                allowlist(list, name, carried);
            } else {
                carried.left.push(format!("allowlist of the rule {id}: our rules have other names"));
            }
        });
    }
    let regex = text("regex");
    if regex.is_empty() {
        if !text("path").is_empty() {
            carried
                .left
                .push(format!("rule {id}: it only looks at paths; see `keysieve config show` and hygiene"));
        }
        return;
    }
    let group = rule.get("secretGroup").and_then(Value::as_integer).unwrap_or(0);
    let Some(pattern) = with_key(regex, group) else {
        carried.left.push(format!("rule {id}: its regular expression has no group {group}"));
        return;
    };
    let quoted = |t: &str| serde_json::to_string(t).unwrap_or_default();
    let name = if text("description").is_empty() { id } else { text("description") };
    let random = rule.get("entropy").is_some();
    let judge = if random { "random" } else { "shape" };
    let yaml = format!(
        "provider: Gitleaks configuration\nrules:\n  - id: {ours}\n    name: {}\n    severity: high\n    pattern: {}\n    judge: {judge}",
        quoted(name),
        quoted(&pattern)
    );
    match crate::rules::parse(&yaml) {
        Ok(_) => carried.rules.push(yaml),
        Err(problem) => carried.left.push(format!("rule {id}: {}", problem.text)),
    }
    if !text("path").is_empty() {
        carried.left.push(format!("rule {id}: its path condition; `paths:` can say it"));
    }
}

/// The expression with its nth capturing group (or the first, or the whole) named `key`.
fn with_key(regex: &str, group: i64) -> Option<String> {
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

/// Files of path patterns as in .gitignore: `.secretlintignore`, `.secretsignore` (ripsecrets), `.cycodeignore`.
pub fn path_patterns(text: &str, from: &str) -> Carried {
    let mut carried = Carried::default();
    let mut in_paths = true;
    for line in text.lines().map(str::trim) {
        match line {
            "" => {}
            _ if line.starts_with('#') => {}
            _ if line.starts_with('[') && line.ends_with(']') => in_paths = !line.contains("secrets"),
            _ if line.starts_with('!') => {
                carried.left.push(format!("{from} '{line}': `!` is not understood"));
            }
            _ if in_paths => carried.entry("", Some(line.to_string()), None, &format!("in {from}")),
            _ => carried.entry("", None, Some(line.to_string()), &format!("in {from}")),
        }
    }
    carried
}

/// Files of regular expressions: `.gitallowed` (git-secrets).
pub fn value_patterns(text: &str, from: &str) -> Carried {
    let mut carried = Carried::default();
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
        if regex::bytes::Regex::new(line).is_ok_and(|r| !r.is_match(b"")) {
            carried.entry("", None, Some(line.to_string()), &format!("in {from}"));
        } else {
            carried.left.push(format!("{from} '{line}': it cannot be read, or it matches everything"));
        }
    }
    carried
}

#[cfg(test)]
mod tests {
    use super::{gitleaks, glob_of, path_patterns, with_key};

    #[test]
    fn allowlists_and_rules_of_gitleaks_become_ours() {
        let carried = gitleaks(
            "[extend]\nuseDefault = true\n[allowlist]\ndescription = \"test data\"\npaths = ['''^tests/fixtures/''', '''a(b|c)''']\nregexes = ['''EXAMPLE''']\n\
             stopwords = [\"dummy\"]\ncommits = [\"abc\"]\n[[rules]]\nid = \"acme_token\"\ndescription = \"Acme\"\nregex = '''acme_([0-9a-f]{32})'''\nentropy = 3.0\n\
             [[rules.allowlists]]\ncondition = \"AND\"\npaths = ['''docs/''']\nregexes = ['''^acme_0''']\n",
        )
        .expect("good");
        assert_eq!((carried.allow.len(), carried.rules.len(), carried.left.len()), (4, 1, 2), "{carried:?}");
        let yaml = carried.to_yaml();
        for part in [
            "path: \"/tests/fixtures\"",
            "value: \"EXAMPLE\"",
            "value: \"(?i)dummy\"",
            "rule: \"acme-token\"",
            "acme_(?<key>[0-9a-f]{32})",
        ] {
            assert!(yaml.contains(part), "{part} in {yaml}");
        }
        assert_eq!(gitleaks("a = 1\nb = \n").expect_err("bad").0, 2);
    }

    #[test]
    fn simple_path_expressions_become_patterns() {
        for (regex, glob) in [
            (r"^docs/", Some("/docs")),
            (r"(^|/)node_modules/", Some("node_modules")),
            (r".*\.md$", Some("*.md")),
            (r"package-lock\.json$", Some("package-lock.json")),
            (r"a|b", None),
            (r".*", None),
        ] {
            assert_eq!(glob_of(regex).as_deref(), glob, "{regex}");
        }
    }

    #[test]
    fn the_group_of_the_secret_is_named() {
        assert_eq!(with_key("a(?:b)(c)([(]d)", 2).as_deref(), Some("a(?:b)(c)(?<key>[(]d)"));
        assert_eq!(with_key("abc", 0).as_deref(), Some("(?<key>abc)"));
        assert_eq!(with_key("(?P<x>abc)", 0).as_deref(), Some("(?<key>abc)"));
        assert_eq!(with_key("abc", 2), None);
    }

    #[test]
    fn lists_of_patterns_are_read() {
        let carried = path_patterns("# c\nvendor/\n!keep\n[secrets]\nabc\n", ".secretsignore");
        assert!(
            carried.allow[0].path.as_deref() == Some("vendor/")
                && carried.allow[1].value.as_deref() == Some("abc")
        );
        assert_eq!(carried.left.len(), 1);
    }
}
