//! The table of keys, told to editors (JSON schema), to newcomers (`config init`) and to the curious (`config show`).

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::model::{Level, Severity, escape_terminal};

use super::Config;
use super::keys::{ALLOW, Key, RULE_PATHS, TOP, Takes};

/// The JSON schema of `.keysieve.yml`, as it stands in `docs/reference/config.schema.json`.
pub fn schema() -> String {
    let mut root = object(TOP, &[]);
    if let Value::Object(map) = &mut root {
        map.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
        map.insert("title".into(), json!("keysieve configuration (.keysieve.yml)"));
    }
    let mut text = serde_json::to_string_pretty(&root).unwrap_or_default();
    text.push('\n');
    text
}

fn object(keys: &[Key], required: &[&str]) -> Value {
    let mut properties = Map::new();
    for key in keys {
        for name in [Some(key.name), key.also].into_iter().flatten() {
            let mut of = takes(key.takes);
            if let Value::Object(map) = &mut of {
                map.insert("description".into(), json!(key.about));
            }
            properties.insert(name.into(), of);
        }
    }
    let mut object = json!({"type": "object", "properties": properties, "additionalProperties": false});
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

fn takes(takes: Takes) -> Value {
    let text = || json!({"type": "string", "minLength": 1});
    let some = |item: Value| json!({"oneOf": [item, {"type": "array", "items": item}]});
    let severities = json!({"enum": Severity::ALL.map(Severity::as_str)});
    match takes {
        Takes::Version => json!({"const": 1}),
        Takes::Allow => {
            let mut entry = object(ALLOW, &["reason"]);
            let one_of = ALLOW.iter().filter(|k| !matches!(k.name, "reason" | "until"));
            let names = one_of.flat_map(|k| [Some(k.name), k.also]).flatten();
            entry["anyOf"] = names.map(|n| json!({"required": [n]})).collect();
            json!({"type": "array", "items": entry})
        }
        Takes::Paths | Takes::Rules | Takes::Patterns => some(text()),
        Takes::Fingerprints => some(json!({"type": "string", "pattern": "^ks1:[0-9a-f]{32}$"})),
        Takes::Severities => json!({"type": "object", "additionalProperties": severities}),
        Takes::RulePaths => json!({"type": "object", "additionalProperties": object(RULE_PATHS, &[])}),
        Takes::Severity => severities,
        Takes::Level => json!({"enum": Level::ALL.map(Level::as_str)}),
        Takes::Switch => json!({"type": "boolean"}),
        Takes::Size => {
            json!({"oneOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": "^[0-9]+ *([kKmMgG]i?)?[bB]?$"}]})
        }
        Takes::File | Takes::Reason => text(),
        Takes::Day => json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}),
        Takes::OwnRules => {
            let file = json!({
                "type": "object",
                "required": ["provider", "rules"],
                "properties": {"provider": text(), "rules": {"type": "array"}},
            });
            json!({"type": "array", "items": {"oneOf": [text(), file]}})
        }
    }
}

/// What `config init` writes: every key, explained, nothing switched on.
pub fn template() -> String {
    let mut text = String::from(
        "# keysieve configuration. It adds to the defaults; everything it silences is counted in every report.\n\
         # Nearer folders may have their own file, which adds to this one. `keysieve config show` says what is in force.\n\
         version: 1\n",
    );
    for key in TOP.iter().filter(|k| k.name != "version") {
        let _ = write!(text, "\n# {}\n", key.about);
        for line in example(key.takes, key.name).lines() {
            let _ = writeln!(text, "# {line}");
        }
    }
    text
}

fn example(takes: Takes, name: &str) -> String {
    match takes {
        Takes::Allow => {
            let mut lines = "allow:\n".to_string();
            for (i, key) in ALLOW.iter().enumerate() {
                let value = match key.takes {
                    Takes::Paths => "tests/fixtures/**",
                    Takes::Rules => "generic-*",
                    Takes::Fingerprints => "ks1:00000000000000000000000000000000",
                    Takes::Patterns if key.name == "line" => "'(?i)fixture'",
                    Takes::Patterns => "'^sk_test_'",
                    Takes::Day => "2027-12-31",
                    _ => "made up for tests",
                };
                let _ = writeln!(
                    lines,
                    "  {} {}: {value:<38} # {}",
                    if i == 0 { '-' } else { ' ' },
                    key.name,
                    key.about
                );
            }
            lines
        }
        Takes::Paths => format!("{name}: [vendor/, '*.min.js']"),
        Takes::Rules => format!("{name}: [generic-password]"),
        Takes::Severities => format!("{name}:\n  generic-password: low"),
        Takes::RulePaths => format!("{name}:\n  generic-password: {{only: [src], except: [src/generated]}}"),
        Takes::Severity => format!("{name}: low"),
        Takes::Level => format!("{name}: medium"),
        Takes::Switch => format!("{name}: true"),
        Takes::Size => format!("{name}: 50MB"),
        Takes::File if name == "baseline" => format!("{name}: .keysieve-baseline"),
        Takes::File => format!("{name}: .gitleaks.toml"),
        Takes::OwnRules => format!(
            "{name}:\n  - ci/our-rules.yml\n  - provider: Our company\n    rules:\n      - id: our-company-token\n        name: Our company's token\n        \
             severity: high\n        shape: \"ourco_{{base62:32}}\""
        ),
        _ => format!("{name}: 1"),
    }
}

impl Config {
    /// Every setting with its value and where it came from, one line each: what `config show` prints.
    pub fn describe(&self) -> String {
        let mut text = String::new();
        if self.files.is_empty() {
            text.push_str("# no configuration file: the defaults\n");
        }
        for file in &self.files {
            let _ = writeln!(text, "# read {}", shown(file));
        }
        for key in TOP.iter().filter(|k| k.name != "version") {
            let values = self.values(key.name).into_iter();
            let values: Vec<_> =
                values.map(|(value, place)| (escape_terminal(&value).into_owned(), place)).collect();
            let from = self.origins.iter().rev().find(|(name, _)| name == key.name);
            let from =
                from.map_or("default".to_string(), |(_, at)| format!("{}:{}", shown(&at.file), at.line));
            match values.as_slice() {
                [] => {
                    let line = format!("{}: {}", key.name, default(key.name));
                    _ = writeln!(text, "{line:<46} # default");
                }
                [(value, _)] if !is_list(key.takes) => {
                    let line = format!("{}: {value}", key.name);
                    _ = writeln!(text, "{line:<46} # {from}");
                }
                values => {
                    let _ = writeln!(text, "{}:", key.name);
                    for (value, place) in values {
                        let _ = writeln!(text, "  - {value:<42} # {place}");
                    }
                }
            }
        }
        text
    }

    /// The values of a setting, each with its place.
    fn values(&self, name: &str) -> Vec<(String, String)> {
        let at = |at: &super::At| format!("{}:{}", shown(&at.file), at.line);
        let single = |value: Option<String>| value.map(|v| (v, String::new())).into_iter().collect();
        let rules = |list: &[super::RuleName]| list.iter().map(|r| (r.text.clone(), at(&r.at))).collect();
        match name {
            "allow" => self.allow.iter().map(|e| (e.to_string(), at(&e.at))).collect(),
            "exclude" => self.exclude.iter().map(|e| (e.path.as_str().to_string(), at(&e.at))).collect(),
            "disable" => rules(&self.disable),
            "only" => rules(&self.only),
            "severity" => {
                let told = |s: &super::SeverityOverride| format!("{}: {}", s.rule.text, s.severity);
                self.severity.iter().map(|s| (told(s), at(&s.rule.at))).collect()
            }
            "paths" => self
                .paths
                .iter()
                .map(|p| {
                    let list = |globs: &[super::PathGlob]| {
                        globs.iter().map(super::PathGlob::as_str).collect::<Vec<_>>().join(", ")
                    };
                    (
                        format!("{}: only [{}] except [{}]", p.rule.text, list(&p.only), list(&p.except)),
                        at(&p.rule.at),
                    )
                })
                .collect(),
            "min-severity" => single(self.min_severity.map(|s| s.to_string())),
            "confidence" => single(self.confidence.map(|l| l.to_string())),
            "decode" => single(self.decode.map(|d| d.to_string())),
            "archives" => single(self.archives.map(|d| d.to_string())),
            "max-archive-size" => single(self.max_archive_size.map(|n| n.to_string())),
            "max-file-size" => single(self.max_file_size.map(|n| n.to_string())),
            "baseline" => single(self.baseline.as_deref().map(shown)),
            "gitleaks-config" => single(self.gitleaks.as_ref().map(|(path, _)| shown(path))),
            "rules" => {
                let inline =
                    self.inline_rules.iter().map(|r| ("(rules written here)".to_string(), at(&r.at)));
                self.rule_files.iter().map(|f| (shown(f), String::new())).chain(inline).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn is_list(takes: Takes) -> bool {
    !matches!(takes, Takes::Severity | Takes::Level | Takes::Switch | Takes::Size | Takes::File)
}

fn default(name: &str) -> &'static str {
    match name {
        "min-severity" => "info",
        "confidence" => "medium",
        "decode" | "archives" => "true",
        "max-archive-size" => "1G, or 100 times the archive's size and 64M",
        "max-file-size" | "gitleaks-config" => "none",
        "baseline" => ".keysieve-baseline if it exists",
        "only" => "all rules",
        _ => "[]",
    }
}

fn shown(path: &Path) -> String {
    crate::model::escape_terminal(&path.to_string_lossy()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{Config, schema, template};

    /// The schema in the documentation is the one that the program goes by.
    #[test]
    fn the_schema_in_the_documentation_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reference/config.schema.json");
        if std::env::var_os("SNAPSHOTS").is_some_and(|v| v == "overwrite") {
            std::fs::write(path, schema()).expect("written");
        }
        let stands = std::fs::read_to_string(path).unwrap_or_default();
        assert!(stands == schema(), "run SNAPSHOTS=overwrite cargo test to renew {path}");
    }

    #[test]
    fn the_template_is_a_configuration_as_it_is_and_with_every_example_switched_on() {
        let read = |text: &str| {
            let folder = tempfile::tempdir().expect("a temporary folder");
            std::fs::write(folder.path().join(".keysieve.yml"), text).expect("written");
            Config::load(&super::super::LoadOptions {
                start: folder.path(),
                root: folder.path(),
                explicit: None,
            })
        };
        assert!(read(&template()).expect("good").allow.is_empty());
        let on: String = template()
            .lines()
            .map(|l| {
                l.strip_prefix("# ")
                    .filter(|l| {
                        l.starts_with([' ', '-'])
                            || l.split_once(':')
                                .is_some_and(|(k, _)| super::TOP.iter().any(|key| key.name == k))
                    })
                    .unwrap_or(l)
            })
            .fold(String::new(), |all, l| all + l + "\n");
        let config = read(&on).expect(&on);
        assert_eq!((config.allow.len(), config.inline_rules.len(), config.disable.len()), (1, 1, 1));
        let told = config.describe();
        assert!(told.contains("confidence: medium") && told.contains("# .keysieve.yml:"), "{told}");
        assert!(Config::default().describe().contains("# default"));
    }
}
