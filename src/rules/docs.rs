//! Rules as Markdown: a page for one, a table of all. For `rules show` and `docs/reference/rules.md`.

use std::fmt::Write;

use crate::model::Severity;

use super::charset;
use super::rule::{Need, Rule, Segment, Shape, Template};
use super::template::LONGEST;

/// One rule for a person who wants to know all about it.
pub fn page(rule: &Rule) -> String {
    let mut text =
        format!("# {}\n\n`{}` · {} · severity {}\n", rule.name, rule.id, rule.provider, rule.severity);
    if !rule.enabled {
        text.push_str("\nOff unless asked for with `--only`.\n");
    }
    if rule.public {
        text.push_str("\nPublic by design.\n");
    }
    paragraph(&mut text, "", &rule.remedy.about);
    text.push_str("\n## What it looks like\n\n");
    for shape in shapes(&rule.shape) {
        let _ = writeln!(text, "    {shape}");
    }
    if let Some(kind) = rule.check {
        let _ = writeln!(text, "\nChecked offline: {}.", kind.as_str());
    }
    let need = match rule.context.need {
        Need::No => "The shape is enough; context only adds confidence.",
        Need::Near => "A name, word or host must stand nearby.",
        Need::Name => "A word must be part of the name it is assigned to, or of a host.",
    };
    let _ = writeln!(text, "\n## What stands around it\n\n{need}\n");
    listed(&mut text, "Names", &rule.context.names);
    listed(&mut text, "Words", &rule.context.words);
    listed(&mut text, "Hosts", &rule.context.hosts);
    text.push_str("\n## What to do\n");
    paragraph(&mut text, "Revoke: ", &rule.remedy.revoke);
    paragraph(&mut text, "Rotate: ", &rule.remedy.rotate);
    if rule.remedy.rotate_days > 0 {
        let _ = writeln!(text, "\nThe provider advises a new key after {} days.", rule.remedy.rotate_days);
    }
    paragraph(&mut text, "Read it from the environment variable ", &rule.remedy.variable);
    if let Some(pair) = &rule.pair {
        let _ = writeln!(text, "\nGoes with `{pair}`.");
    }
    if let Some(verify) = &rule.verify {
        let _ = writeln!(text, "\nWith `--verify`: {} {}", verify.method, verify.url);
    }
    if !rule.remedy.references.is_empty() {
        text.push_str("\n## Read\n\n");
        for page in rule.remedy.references.iter() {
            let _ = writeln!(text, "- <{page}>");
        }
    }
    text
}

fn paragraph(text: &mut String, lead: &str, body: &str) {
    if !body.is_empty() {
        let _ = writeln!(text, "\n{lead}{body}");
    }
}

fn listed(text: &mut String, lead: &str, list: &[std::borrow::Cow<'static, str>]) {
    if !list.is_empty() {
        let all: Vec<_> = list.iter().map(|word| format!("`{word}`")).collect();
        let _ = writeln!(text, "- {lead}: {}", all.join(", "));
    }
}

/// A table of rules by provider.
pub fn table(rules: &[Rule]) -> String {
    let mut sorted: Vec<&Rule> = rules.iter().collect();
    sorted.sort_by_key(|rule| (rule.provider.to_lowercase(), &rule.id));
    let mut providers: Vec<_> = sorted.iter().map(|rule| &rule.provider).collect();
    providers.dedup();
    let mut text = format!(
        "# Rules\n\n{} rules of {} providers. This page is made from `rules/*.yml`; `keysieve rules show ID` tells more.\n\n\
         *Found by*: **shape** = the key itself is enough · **near** = a name, word or host nearby · **name** = the name it \
         is assigned to.\n\n| provider | key | rule | severity | found by | checked offline |\n|---|---|---|---|---|---|\n",
        sorted.len(),
        providers.len()
    );
    for rule in sorted {
        let need = match rule.context.need {
            Need::No => "shape",
            Need::Near => "near",
            Need::Name => "name",
        };
        let severity =
            if rule.severity == Severity::Critical { "**critical**" } else { rule.severity.as_str() };
        let off = if rule.enabled { "" } else { " (off)" };
        let _ = writeln!(
            text,
            "| {} | {} | `{}`{off} | {severity} | {need} | {} |",
            cell(&rule.provider),
            cell(&rule.name),
            rule.id,
            rule.check.map_or("", |kind| kind.as_str())
        );
    }
    text
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// The shapes as rule files write them.
pub fn shapes(shape: &Shape) -> Vec<String> {
    match shape {
        Shape::Templates(list) => list.iter().map(written).collect(),
        Shape::Pattern(pattern) => vec![pattern.to_string()],
    }
}

fn written(template: &Template) -> String {
    let mut text = String::new();
    for segment in template.segments.iter() {
        match segment {
            Segment::Literal(literal) => text.push_str(&escaped(literal)),
            Segment::LiteralNoCase(literal) => {
                let _ = write!(text, "{{i:{}}}", escaped(literal));
            }
            Segment::Run(set, ranges) => {
                let lengths: Vec<_> = ranges
                    .iter()
                    .map(|(least, most)| match (least, most) {
                        (least, most) if least == most => least.to_string(),
                        (least, &LONGEST) => format!("{least}+"),
                        (least, most) => format!("{least}-{most}"),
                    })
                    .collect();
                let _ = write!(text, "{{{}:{}}}", charset::name(*set), lengths.join(","));
            }
        }
    }
    text
}

fn escaped(literal: &[u8]) -> String {
    String::from_utf8_lossy(literal).replace('\\', "\\\\").replace('{', "\\{").replace('}', "\\}")
}

#[cfg(test)]
mod tests {
    use super::{page, shapes, table};
    use crate::rules::{Ruleset, Shape, parse};

    #[test]
    fn shapes_are_written_as_they_are_read() {
        for rule in Ruleset::everything().rules() {
            let Shape::Templates(list) = &rule.shape else { continue };
            for (written, template) in shapes(&rule.shape).iter().zip(list.iter()) {
                let quoted = written.replace('\'', "''");
                let yaml = format!(
                    "provider: T\nrules:\n  - {{id: t, name: T, severity: low, shape: '{quoted}', context: {{need: near, words: [t]}}}}\n"
                );
                let read = parse(&yaml).unwrap_or_else(|e| panic!("{written}: {e:?}"));
                assert!(matches!(&read[0].shape, Shape::Templates(one) if one[0] == *template), "{written}");
            }
        }
    }

    #[test]
    fn a_page_tells_what_to_do() {
        let rule = Ruleset::everything().rule("neospeech-api-key").expect("a built-in rule");
        let text = page(rule);
        for part in ["sk-{base62:32}", "NEOSPEECH_API_KEY", "Revoke:", "https://"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(table(Ruleset::everything().rules()).contains("| `neospeech-api-key` | high | shape |"));
    }
}
