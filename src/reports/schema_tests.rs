//! `docs/reference/report.schema.json` says exactly what JSON reports hold: checked by a small reader of JSON Schema
//! on reports that use every field.

use serde_json::Value;

use super::samples::{audit, hostile, ordinary};
use super::tests::written;
use super::{Look, Report};

const SCHEMA: &str = include_str!("../../docs/reference/report.schema.json");

/// What is wrong with a value, by the words of JSON Schema that ours uses.
fn wrong(schema: &Value, value: &Value, at: &str, root: &Value, found: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        return wrong(&root["$defs"][name.trim_start_matches("#/$defs/")], value, at, root, found);
    }
    let is = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("the schema uses type {other}"),
    };
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !kinds.is_empty() && !kinds.iter().any(|kind| is(kind)) {
        found.push(format!("{at}: not of type {kinds:?}: {value}"));
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        found.push(format!("{at}: {value} is none of {allowed:?}"));
    }
    if let Some(items) = value.as_array() {
        for item in items {
            wrong(&schema["items"], item, &format!("{at}[]"), root, found);
        }
    }
    let Some(fields) = value.as_object() else { return };
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !fields.contains_key(name) {
            found.push(format!("{at}: no {name}"));
        }
    }
    for (name, field) in fields {
        match (schema["properties"].get(name), &schema["additionalProperties"]) {
            (Some(known), _) => wrong(known, field, &format!("{at}.{name}"), root, found),
            (None, Value::Bool(false)) => found.push(format!("{at}: {name} is not in the schema")),
            (None, others) => wrong(others, field, &format!("{at}.{name}"), root, found),
        }
    }
}

fn flaws(report: &Report, look: Look) -> Vec<String> {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let value: Value = serde_json::from_str(&written("json", report, look)).expect("the report is JSON");
    let mut found = Vec::new();
    wrong(&schema, &value, "report", &schema, &mut found);
    found
}

#[test]
fn reports_are_as_the_schema_says() {
    for report in [ordinary(), hostile(), audit(30), Report::default()] {
        for (verbosity, show_secrets) in [(1, false), (2, false), (2, true)] {
            let found = flaws(&report, Look { show_secrets, verbosity, ..Look::PLAIN });
            assert!(found.is_empty(), "{found:#?}");
        }
    }
}

#[test]
fn every_field_of_the_schema_is_written_somewhere() {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let mut report = hostile();
    report.findings[0].secret = crate::model::Secret::new(b"abc\xff0123456789", 0);
    report.findings[0].location.origin = crate::model::Origin::Commit(
        Box::new(crate::model::CommitOrigin {
            commit: crate::model::ObjectId::from_bytes(&[1; 20]).expect("20 bytes are an id"),
            path: crate::model::BlobPath::new(b"a\xff"),
            blob: crate::model::ObjectId::from_bytes(&[2; 20]),
        }),
        crate::model::Part::Content,
    );
    let text = written("json", &report, Look { verbosity: 2, show_secrets: true, ..Look::PLAIN });
    for name in schema["$defs"]["finding"]["properties"].as_object().expect("fields").keys() {
        assert!(text.contains(&format!("\"{name}\":")), "{name} is never written");
    }
}

#[test]
fn the_reader_of_schemas_finds_flaws() {
    let schema = serde_json::json!({"type": "object", "required": ["a"], "additionalProperties": false,
        "properties": {"a": {"type": "string", "enum": ["x"]}}});
    let flaws = |value: Value| {
        let mut found = Vec::new();
        wrong(&schema, &value, "", &schema, &mut found);
        found.len()
    };
    assert_eq!(flaws(serde_json::json!({"a": "x"})), 0);
    assert_eq!(flaws(serde_json::json!({"a": "y"})), 1);
    assert_eq!(flaws(serde_json::json!({"a": 1})), 2);
    assert_eq!(flaws(serde_json::json!({"b": 1})), 2);
}
