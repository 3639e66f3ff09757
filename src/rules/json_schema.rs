//! The JSON schema of rule files, for editors: `rules/schema.json` is made from this and held current by a test.

use serde_json::{Map, Value, json};

use super::charset::NAMED;
use super::check_kind::CheckKind;
use super::draft::{JUDGES, NEEDS, SEVERITIES};

/// The schema as JSON text.
pub fn json_schema() -> String {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "keysieve rules",
        "description": "How a provider's keys look. See rules/README.md.",
        "type": "object",
        "additionalProperties": false,
        "required": ["provider", "rules"],
        "properties": {
            "provider": text("Who issues the keys"),
            "site": text("The provider's site"),
            "rules": { "type": "array", "items": rule() },
        },
    });
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

fn rule() -> Value {
    let checks: Vec<_> = CheckKind::ALL.iter().map(|(name, _)| *name).collect();
    let sets: Vec<_> = NAMED.iter().map(|(name, _)| *name).collect();
    let set = format!(
        "`none`, or a set of characters: {}, or one with more after a bar: `alnum|-_.`",
        sets.join(", ")
    );
    let shape = "Literal text with runs in braces: `vg_live_{base62:32}`, `{hex:20-24}`, `{alnum|-_:8+}`, `{i:text}`, `{uuid}`";
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["id", "name", "severity"],
        "oneOf": [{ "required": ["shape"] }, { "required": ["pattern"] }],
        "properties": object([
            ("id", json!({ "type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "description": "provider-kind, unique" })),
            ("name", text("The kind of key, for people")),
            ("severity", json!({ "enum": SEVERITIES, "description": "By what the holder can do" })),
            ("shape", one_or_many(shape)),
            ("pattern", text("A regular expression with a group named `key`: only where a shape cannot say it")),
            ("variable", text("The environment variable that the provider's documentation reads the key from")),
            ("context", context()),
            ("about", text("What the holder can do, one sentence")),
            ("revoke", text("Where or how to revoke the key")),
            ("references", texts("Pages read for the rule")),
            ("examples", examples()),
            ("confidence", json!({ "type": "integer", "minimum": 0, "maximum": 100, "description": "Before value and surroundings are judged" })),
            ("check", json!({ "enum": checks, "description": "A checksum or structure that can be decided offline" })),
            ("judge", json!({ "enum": JUDGES, "description": "How the value is judged: shape (not), random, human (passwords)" })),
            ("left", text(&format!("What must not stand directly to the left: {set}"))),
            ("right", text(&format!("What must not stand directly to the right: {set}"))),
            ("public", json!({ "type": "boolean", "description": "Public by design" })),
            ("enabled", json!({ "type": "boolean", "description": "false: only in force with --only" })),
            ("rank", json!({ "type": "integer", "minimum": 0, "maximum": 65_535, "description": "Which rule wins where two match the same bytes: the higher" })),
            ("rotate", text("How to rotate the key, where the provider says")),
            ("rotate_days", json!({ "type": "integer", "minimum": 0, "description": "After how many days the provider advises a new key" })),
            ("pair", text("The id of the rule for the other half (key id and secret)")),
            ("verify", verify()),
            ("sample", one_or_many("What made keys look like, where they cannot be made from the shape itself")),
        ]),
    })
}

fn context() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": object([
            ("need", json!({ "enum": NEEDS, "description": "none: the shape is enough; near: a name, word or host nearby; name: in the assigned name or a host" })),
            ("names", texts("Names that mean exactly this key")),
            ("words", texts("Words of the provider")),
            ("hosts", texts("Hosts that the key is sent to; `*.` in front stands for any subdomain")),
        ]),
    })
}

fn examples() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": object([
            ("match", texts("Texts with `{{key}}` in which the rule must find that made key")),
            ("reject", texts("Texts in which it must find nothing; `{{base62:12}}` makes a run")),
        ]),
    })
}

fn verify() -> Value {
    let codes =
        json!({ "oneOf": [{ "type": "integer" }, { "type": "array", "items": { "type": "integer" } }] });
    json!({
        "type": "object",
        "description": "How to ask the provider, only with --verify",
        "additionalProperties": false,
        "required": ["url", "live"],
        "properties": object([
            ("method", json!({ "enum": ["GET", "POST", "HEAD"] })),
            ("url", json!({ "type": "string", "pattern": "^https://" })),
            ("headers", texts("Header lines with `{{key}}`")),
            ("body", text("Body with `{{key}}`")),
            ("live", codes.clone()),
            ("dead", codes),
        ]),
    })
}

fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Object(fields.into_iter().map(|(name, value)| (name.to_string(), value)).collect::<Map<_, _>>())
}

fn text(about: &str) -> Value {
    json!({ "type": "string", "description": about })
}

fn texts(about: &str) -> Value {
    json!({ "type": "array", "items": { "type": "string" }, "description": about })
}

fn one_or_many(about: &str) -> Value {
    json!({ "oneOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }], "description": about })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::json_schema;
    use crate::rules::parse;

    /// The fields that the reader knows, from what it says about one that it does not.
    fn known(yaml: &str) -> Vec<String> {
        let problem = parse(yaml).expect_err("an unknown field").text;
        let list = problem.split_once("expected one of").expect("the fields").1;
        let mut names: Vec<_> = list.split('`').skip(1).step_by(2).map(ToString::to_string).collect();
        names.sort();
        names
    }

    #[test]
    fn the_schema_has_the_fields_that_are_read() {
        let schema: Value = serde_json::from_str(&json_schema()).expect("JSON");
        let rule = &schema["properties"]["rules"]["items"]["properties"];
        let fields = |value: &Value| {
            let mut names: Vec<_> = value.as_object().expect("an object").keys().cloned().collect();
            names.sort();
            names
        };
        assert_eq!(fields(&schema["properties"]), known("zzz: 1"));
        assert_eq!(fields(rule), known("provider: a\nrules: [{zzz: 1}]"));
        let inside = |field: &str| known(&format!("provider: a\nrules: [{{{field}: {{zzz: 1}}}}]"));
        assert_eq!(fields(&rule["context"]["properties"]), inside("context"));
        assert_eq!(fields(&rule["verify"]["properties"]), inside("verify"));
    }
}
