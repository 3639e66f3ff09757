//! One self-contained HTML file for auditors: nothing is loaded, a strict policy lets only our own script and style
//! run, and all that came from a repository is data that the script writes as text.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::io::{self, Write};

use serde::ser::{Serialize, SerializeSeq, Serializer};
use sha2::{Digest, Sha256};

use crate::model::count;

use super::advice::{ignore_line, kinds, reads, variable};
use super::document::Account;
use super::encode::xml;
use super::entries::{Group, Groups};
use super::entry::{Advice, Entry};
use super::place::place;
use super::safe_json::compact;
use super::shown::base64;
use super::{Document, Format, Look};

const PAGE: &str = include_str!("html/page.html");
const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");
/// Keys that are listed for readers without JavaScript.
const PLAIN: usize = 500;

/// The HTML report.
#[derive(Debug)]
pub(super) struct Html;

impl Format for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn about(&self) -> &'static str {
        "one self-contained page with charts, filters and a rotation checklist"
    }

    fn render(&self, document: &Document<'_>, _look: Look, out: &mut dyn Write) -> io::Result<()> {
        let groups = document.findings.by_key();
        // The page is cut at its marks, in order; what is filled in is never looked through for marks.
        let mut rest = PAGE;
        while let Some((before, after)) = rest.split_once("{{") {
            out.write_all(before.as_bytes())?;
            let (mark, after) = after.split_once("}}").unwrap_or((after, ""));
            match mark {
                "csp" => out.write_all(policy().as_bytes())?,
                "version" => out.write_all(xml(&document.version).as_bytes())?,
                "title" => out.write_all(xml(&title(document, groups.len())).as_bytes())?,
                "style" => out.write_all(STYLE.as_bytes())?,
                "script" => out.write_all(SCRIPT.as_bytes())?,
                "noscript" => out.write_all(plain(document, &groups).as_bytes())?,
                "data" => compact(&Data::of(document, &groups, &firsts(&groups)), out)?,
                _ => {}
            }
            rest = after;
        }
        out.write_all(rest.as_bytes())
    }
}

/// Only our own script and style, by their hashes; no request, frame, form or plugin; no text becomes markup.
fn policy() -> String {
    let hash = |text: &str| format!("'sha256-{}'", base64(&Sha256::digest(text.as_bytes())));
    format!(
        "default-src 'none'; script-src {}; style-src {}; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
        hash(SCRIPT),
        hash(STYLE)
    )
}

fn title(document: &Document<'_>, keys: usize) -> String {
    let found = if keys == 0 { "no secrets found".to_owned() } else { count(keys as u64, "key") };
    let incomplete = if document.is_complete() { "" } else { ", incomplete" };
    format!("{}: {found}{incomplete}", document.coverage.mode)
}

/// What readers without JavaScript see: the keys and their first places as a list.
fn plain(document: &Document<'_>, groups: &Groups<'_, '_>) -> String {
    let mut text =
        String::from("<p>Filters and charts need JavaScript; here are the findings as a list.</p><ol>");
    for group in groups.iter().take(PLAIN) {
        let Some(first) = group.first() else { continue };
        let _ = write!(
            text,
            "<li>{} ({}), {}: <code>{}</code>. Revoke it: {}</li>",
            xml(&first.name),
            first.severity,
            count(group.len() as u64, "place"),
            xml(&place(&first)),
            xml(&first.remedy.revoke)
        );
    }
    text.push_str("</ol>");
    if groups.len() > PLAIN {
        let _ = write!(text, "<p>… and {}.</p>", count((groups.len() - PLAIN) as u64, "more key"));
    }
    if let Some(difference) = document.difference() {
        let _ = write!(text, "<p>{}.</p>", xml(&difference.to_string()));
    }
    for missed in document.coverage.incomplete.iter().take(PLAIN) {
        let _ = write!(text, "<p>Not scanned: <code>{}</code>: {}</p>", xml(&missed.what), xml(&missed.why));
    }
    text
}

/// What the script reads. Keys and places are made while they are written.
#[derive(serde::Serialize)]
struct Data<'d> {
    rules: Vec<Rule<'d>>,
    keys: Keys<'d>,
    coverage: &'d Account<'d>,
    suppressed: &'d std::collections::BTreeMap<String, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<String>,
    gone: &'d [std::borrow::Cow<'d, str>],
}

struct Keys<'d> {
    groups: &'d Groups<'d, 'd>,
    /// The place of each rule among `rules`.
    rules: HashMap<&'d str, usize>,
}

impl Serialize for Keys<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.groups.iter().filter_map(|group| {
            let first = group.first()?;
            let rule = *self.rules.get(first.rule.as_ref())?;
            Some(Told { rule, first, group })
        }))
    }
}

/// A key that is about to be written.
struct Told<'d> {
    rule: usize,
    first: Cow<'d, Entry<'d>>,
    group: Group<'d, 'd>,
}

impl Serialize for Told<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Key::of(self.rule, &self.first, self.group).serialize(to)
    }
}

/// A rule with what its keys share; keys name it by its place in the list.
#[derive(serde::Serialize)]
struct Rule<'d> {
    id: &'d str,
    name: &'d str,
    provider: &'d str,
    #[serde(flatten)]
    remedy: &'d Advice<'d>,
}

/// A key: what all its places share.
#[derive(serde::Serialize)]
struct Key<'d> {
    rule: usize,
    severity: &'static str,
    confidence: &'d str,
    score: u8,
    secret: &'d str,
    fingerprint: &'d str,
    checksum: &'d str,
    verdict: &'d str,
    detail: Option<&'d str>,
    alternatives: &'d [Cow<'d, str>],
    decoded: &'d [Cow<'d, str>],
    variable: Option<&'d str>,
    env: Option<String>,
    reads: Option<String>,
    ignore: Option<Cow<'static, str>>,
    excerpt: Cow<'d, str>,
    mark: (usize, usize),
    places: Places<'d>,
}

struct Places<'d>(Group<'d, 'd>);

impl Serialize for Places<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut list = to.serialize_seq(Some(self.0.len()))?;
        for entry in self.0.iter() {
            list.serialize_element(&Place::of(&entry))?;
        }
        list.end()
    }
}

/// One place of a key.
#[derive(serde::Serialize)]
struct Place<'d> {
    #[serde(rename = "place")]
    shown: String,
    path: &'d str,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'d str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    age: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'d str>,
}

impl<'d> Data<'d> {
    /// `firsts` are the first findings of each rule.
    fn of(
        document: &'d Document<'d>,
        groups: &'d Groups<'d, 'd>,
        firsts: &'d [Cow<'d, Entry<'d>>],
    ) -> Data<'d> {
        let rule = |first: &'d Cow<'d, Entry<'d>>| Rule {
            id: &first.rule,
            name: &first.name,
            provider: &first.provider,
            remedy: &first.remedy,
        };
        let rules = firsts.iter().enumerate().map(|(number, first)| (first.rule.as_ref(), number)).collect();
        Data {
            rules: firsts.iter().map(rule).collect(),
            keys: Keys { groups, rules },
            coverage: &document.coverage,
            suppressed: &document.suppressed.counts,
            difference: document.difference().map(|d| d.to_string()),
            gone: &document.gone,
        }
    }
}

/// The first finding of each rule, in the order in which the keys name them.
fn firsts<'d>(groups: &'d Groups<'d, 'd>) -> Vec<Cow<'d, Entry<'d>>> {
    let mut known = HashSet::new();
    groups.iter().filter_map(Group::first).filter(|first| known.insert(first.rule.to_string())).collect()
}

impl<'d> Key<'d> {
    fn of(rule: usize, first: &'d Entry<'d>, group: Group<'d, 'd>) -> Key<'d> {
        let worst = group.worst();
        let (ignored, code) = kinds(group);
        let ignore = ignored.and_then(|e| ignore_line(&e).map(|line| Cow::Owned(line.into_owned())));
        let env = code.as_deref().map(variable);
        Key {
            rule,
            severity: worst.as_str(),
            confidence: &first.confidence,
            score: first.confidence_score,
            secret: &first.secret,
            fingerprint: &first.fingerprint,
            checksum: &first.checksum,
            verdict: &first.verdict,
            detail: first.verdict_detail.as_deref(),
            alternatives: &first.alternatives,
            decoded: &first.decoded_from,
            variable: first.variable.as_deref(),
            reads: code.and_then(|e| reads(&e.path, env.as_deref().unwrap_or_default())),
            env,
            ignore,
            excerpt: Cow::Borrowed(&first.excerpt),
            mark: first.excerpt_mark,
            places: Places(group),
        }
    }
}

impl<'d> Place<'d> {
    fn of(entry: &'d Entry<'d>) -> Place<'d> {
        let past = entry.past.as_ref();
        Place {
            shown: place(entry),
            path: &entry.path,
            commit: entry.commit.as_deref(),
            author: past.map(|p| p.author.as_ref()),
            email: past.map(|p| p.email.as_ref()),
            date: past.map(|p| p.date.as_str()),
            message: past.map(|p| p.message.as_ref()),
            head: past.map(|p| p.in_head),
            age: past.and_then(|p| p.age_days),
            owner: entry.owner.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PAGE, SCRIPT, STYLE, policy};

    #[test]
    fn the_page_loads_nothing_and_writes_no_markup() {
        for text in [PAGE, SCRIPT, STYLE] {
            for evil in [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
                "new Function",
                "@import",
                "url(",
                " style=\"",
                " src=",
                "onclick",
            ] {
                assert!(!text.contains(evil), "{evil}");
            }
        }
        assert!(!SCRIPT.contains("</script") && !STYLE.contains("</style"));
        assert!(policy().starts_with("default-src 'none'; script-src 'sha256-"));
        assert!(!policy().contains("unsafe"));
    }
}
