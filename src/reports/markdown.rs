//! Markdown: for issues, merge requests and GitHub's job summary, which takes at most a mebibyte.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::model::count;

use super::encode::{markdown as md, markdown_links};
use super::entries::Group;
use super::place::{past, place};
use super::summary::{amounts, bytes, in_words};
use super::text::level;
use super::{Document, Format, Look};

/// GitHub refuses summaries over a mebibyte; what comes after is counted.
const LIMIT: usize = 900_000;
/// Places of one key that are named.
const PLACES: usize = 20;

/// Entries of the baseline that are gone, of which so many are named.
const GONE: usize = 100;

/// Markdown.
#[derive(Debug)]
pub(super) struct Markdown;

impl Format for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn about(&self) -> &'static str {
        "Markdown, for issues and job summaries"
    }

    fn render(&self, document: &Document<'_>, _look: Look, out: &mut dyn Write) -> io::Result<()> {
        let groups = document.findings.by_key();
        let mut text = summary(document, groups.len());
        let mut told = 0;
        for group in groups.iter() {
            let section = section(group);
            if text.len() + section.len() > LIMIT {
                break;
            }
            text.push_str(&section);
            told += 1;
        }
        if told < groups.len() {
            let more = count((groups.len() - told) as u64, "more key");
            let _ = writeln!(text, "\n… and {more}: the JSON and HTML reports hold all.");
        }
        out.write_all(text.as_bytes())
    }
}

/// The heading, what was scanned, and what was not.
fn summary(document: &Document<'_>, keys: usize) -> String {
    let coverage = &document.coverage;
    let found = document.findings.len() as u64;
    let mut text = String::from("# keysieve\n\n");
    let _ = if found == 0 && coverage.complete {
        writeln!(text, "No secrets found.\n")
    } else if found == 0 {
        writeln!(text, "**The scan is incomplete.** No secrets found in what could be read.\n")
    } else {
        writeln!(
            text,
            "**{} of {}.** Take them out, and revoke what has left your machine.\n",
            count(found, "finding"),
            count(keys as u64, "key")
        )
    };
    let _ = writeln!(
        text,
        "Mode {}: {}, {}.",
        md(&coverage.mode),
        amounts([coverage.refs, coverage.commits, coverage.blobs, coverage.files]),
        bytes(coverage.bytes)
    );
    let reasons: Vec<String> =
        document.suppressed.counts.iter().map(|(why, n)| format!("{n} {}", md(&in_words(why)))).collect();
    if !reasons.is_empty() {
        let _ = writeln!(text, "\nNot reported: {}.", reasons.join(", "));
    }
    if let Some(difference) = document.difference() {
        let _ = writeln!(text, "\n{}.", md(&difference.to_string()));
        for gone in document.gone.iter().take(GONE) {
            let _ = writeln!(text, "\n- gone: <code>{}</code>", md(gone));
        }
    }
    if !coverage.complete {
        let _ = writeln!(text, "\n## Not scanned\n");
        for missed in coverage.incomplete.iter().take(500) {
            let _ = writeln!(text, "- {}: {}", md(&missed.what), md(&missed.why));
        }
        if coverage.incomplete.len() > 500 {
            let _ = writeln!(text, "- … and {} more", coverage.incomplete.len() - 500);
        }
        if let Some(why) = &coverage.stopped {
            let _ = writeln!(text, "- the scan ended early: {}", md(why));
        }
    }
    text
}

/// One key with its places.
fn section(group: Group<'_, '_>) -> String {
    let mut text = String::new();
    let Some(first) = group.first() else { return text };
    let _ = writeln!(text, "\n## {} ({}, {})\n", md(&first.name), first.severity, md(&level(&first)));
    if !first.secret.is_empty() {
        let _ = writeln!(text, "Key: <code>{}</code>\n", md(&first.secret));
    }
    for entry in group.iter().take(PLACES) {
        let _ = write!(text, "- <code>{}</code>", md(&place(&entry)));
        if let Some(past) = past(&entry) {
            let _ = write!(text, " – {}", md(&past));
        }
        text.push('\n');
    }
    if group.len() > PLACES {
        let _ = writeln!(text, "- … and {}", count((group.len() - PLACES) as u64, "more place"));
    }
    if !first.excerpt.is_empty() {
        let _ = writeln!(text, "\n<pre>{}</pre>", md(&first.excerpt));
    }
    text.push('\n');
    if !first.remedy.about.is_empty() {
        let _ = writeln!(text, "{}\n", md(&first.remedy.about));
    }
    if !first.remedy.revoke.is_empty() {
        let _ = writeln!(text, "Revoke it: {}\n", markdown_links(&first.remedy.revoke));
    }
    let _ = writeln!(
        text,
        "Rule <code>{}</code>, fingerprint <code>{}</code>",
        md(&first.rule),
        md(&first.fingerprint)
    );
    text
}
