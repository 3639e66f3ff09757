//! The table of all keys: what each is called, what it takes, and what it is for. Parser, schema, `config init` and the
//! documentation go by it.

/// What a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// The number 1.
    Version,
    /// `allow` entries.
    Allow,
    /// Path patterns.
    Paths,
    /// Rule ids, with `*`.
    Rules,
    /// Rule id → severity.
    Severities,
    /// Rule id → `only` and `except` path patterns.
    RulePaths,
    /// A severity.
    Severity,
    /// A level of confidence.
    Level,
    /// true or false.
    Switch,
    /// A number of bytes, with an optional unit.
    Size,
    /// The path of a file.
    File,
    /// Rule files and rules.
    OwnRules,
    /// Fingerprints.
    Fingerprints,
    /// Regular expressions.
    Patterns,
    /// A text for people.
    Reason,
    /// A day.
    Day,
}

/// A key.
#[derive(Debug)]
pub(super) struct Key {
    /// Its name.
    pub(super) name: &'static str,
    /// Another spelling.
    pub(super) also: Option<&'static str>,
    /// What it takes.
    pub(super) takes: Takes,
    /// One sentence about it.
    pub(super) about: &'static str,
}

const fn key(name: &'static str, also: Option<&'static str>, takes: Takes, about: &'static str) -> Key {
    Key { name, also, takes, about }
}

/// What other tools call a key of ours.
pub(super) fn meant(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().replace('_', "-").as_str() {
        "allowed" | "allowlist" | "allowlists" | "whitelist" | "ignore" | "ignored" | "suppress"
        | "suppressions" | "exceptions" => "allow",
        "skip" | "excluded" | "ignore-paths" | "ignored-paths" | "paths-ignore" | "exclude-paths" => {
            "exclude"
        }
        "disabled" | "disabled-rules" | "disable-rules" | "ignored-detectors" => "disable",
        "enable" | "enabled" | "enabled-rules" | "include" => "only",
        "custom-rules" | "extra-rules" | "detectors" | "plugins" => "rules",
        "why" | "comment" | "description" | "justification" => "reason",
        "expires" | "expiry" | "expiration" | "valid-until" => "until",
        "file" | "files" | "glob" | "paths" => "path",
        "regex" | "match" | "secret" | "pattern" => "value",
        "hash" | "id" => "fingerprint",
        _ => return None,
    })
}

/// The keys of a configuration.
pub(super) const TOP: &[Key] = &[
    key("version", None, Takes::Version, "Version of this format: 1."),
    key(
        "allow",
        None,
        Takes::Allow,
        "What is fine, each with a reason. All of it is counted in every report.",
    ),
    key("exclude", None, Takes::Paths, "Paths whose findings are not reported; they are counted."),
    key("disable", None, Takes::Rules, "Rules that are switched off."),
    key("only", None, Takes::Rules, "Only these rules are in force."),
    key("severity", None, Takes::Severities, "Other severities for rules."),
    key("paths", None, Takes::RulePaths, "Where rules apply: `only` below and `except` below these paths."),
    key("min-severity", None, Takes::Severity, "Findings below this severity are not reported."),
    key("confidence", None, Takes::Level, "Findings below this confidence are not reported."),
    key(
        "decode",
        None,
        Takes::Switch,
        "Whether to look into encodings (base64, hex, escapes, gzip in base64).",
    ),
    key(
        "archives",
        None,
        Takes::Switch,
        "Whether to look into archives and documents (zip, jar, docx, tar, gz, xz, pdf, sqlite, …).",
    ),
    key(
        "max-archive-size",
        None,
        Takes::Size,
        "The most that comes out of one archive; where there is more, the scan is incomplete.",
    ),
    key("max-file-size", None, Takes::Size, "Larger files are left out and counted, such as 50MB."),
    key("baseline", None, Takes::File, "The baseline, relative to this file."),
    key(
        "gitleaks-config",
        None,
        Takes::File,
        "A .gitleaks.toml or .betterleaks.toml whose rules and allowlists count as well.",
    ),
    key("rules", None, Takes::OwnRules, "Own rules: paths of rule files, or a rule file's content."),
];

/// The keys of an `allow` entry.
pub(super) const ALLOW: &[Key] = &[
    key(
        "path",
        Some("paths"),
        Takes::Paths,
        "Path patterns as in .gitignore, relative to this file's folder.",
    ),
    key("rule", Some("rules"), Takes::Rules, "Rule ids; `*` stands for any characters."),
    key("fingerprint", Some("fingerprints"), Takes::Fingerprints, "Fingerprints of findings: `ks1:…`."),
    key(
        "value",
        Some("values"),
        Takes::Patterns,
        "Regular expressions that are looked for in the secret itself.",
    ),
    key(
        "line",
        Some("lines"),
        Takes::Patterns,
        "Regular expressions that are looked for in the line the secret stands on.",
    ),
    key("reason", None, Takes::Reason, "Why it is fine. Required."),
    key("until", None, Takes::Day, "The last day on which it is fine: YYYY-MM-DD."),
];

/// The keys of one rule in `paths`.
pub(super) const RULE_PATHS: &[Key] = &[
    key("only", None, Takes::Paths, "The rule applies only below these paths."),
    key("except", None, Takes::Paths, "The rule does not apply below these paths."),
];

/// The key that has this name or other spelling.
pub(super) fn find(keys: &'static [Key], name: &str) -> Option<&'static Key> {
    keys.iter().find(|k| k.name == name || k.also == Some(name))
}
