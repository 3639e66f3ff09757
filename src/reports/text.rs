//! For people: grouped by key, the place first, the line with the key redacted and underlined, then what to do.

use std::collections::HashSet;
use std::io::{self, Write};

use crate::model::count;

use super::advice::{ignore_line, kinds, note, reads, variable};
use super::encode::log;
use super::entries::{Group, Groups};
use super::entry::Entry;
use super::place::{past, place};
use super::terminal::{Paint, folded, underlined, width, wrapped};
use super::{Document, Format, Look};

/// How far what belongs to a finding is moved in.
const INDENT: usize = 4;
/// Further places of one key that are named unless the report is verbose.
const PLACES: usize = 5;

/// Text for a person at a terminal or in a CI log.
#[derive(Debug)]
pub(super) struct Text;

impl Format for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn about(&self) -> &'static str {
        "for people: grouped by key, with what to do (default)"
    }

    fn render(&self, document: &Document<'_>, look: Look, out: &mut dyn Write) -> io::Result<()> {
        let groups = document.findings.by_key();
        let mut told: HashSet<String> = HashSet::new();
        for group in groups.iter() {
            let rule = group.first().map(|first| first.as_ref().rule.clone()).unwrap_or_default();
            let again = told.contains(rule.as_ref());
            write_group(group, again, look, out)?;
            if !again {
                told.insert(rule.into_owned());
            }
            writeln!(out)?;
        }
        write_suppressed(document, look, out)?;
        // On a terminal standard error has just said so; a file or a log must hold it by itself.
        if look.width.is_none() {
            for missed in &document.coverage.incomplete {
                writeln!(out, "{}: not scanned: {}", log(&missed.what), log(&missed.why))?;
            }
            let news = !groups.is_empty() || !document.gone.is_empty();
            if let Some(difference) = document.difference().filter(|_| news && look.verbosity > 0) {
                writeln!(out, "{difference}")?;
            }
        }
        if look.verbosity > 0 {
            for line in ways(document, &groups).iter().flat_map(|way| wrapped(way, 0, look)) {
                writeln!(out, "{}", Paint::of(look).aside(&line))?;
            }
        }
        Ok(())
    }
}

/// From so many keys on, a baseline is worth a word.
const MANY: usize = 8;

/// What to do about what is none, or is too much for one day.
fn ways(document: &Document<'_>, groups: &Groups<'_, '_>) -> Vec<String> {
    let mut ways = Vec::new();
    let keys = || groups.iter().filter_map(Group::first).filter(|e| !e.is_file());
    if keys().next().is_none() {
        return ways;
    }
    ways.push(match keys().find(|e| !e.is_packed()) {
        Some(entry) => format!(
            "Not a secret? Say so in a comment on its line: keysieve:allow {} why-it-is-fine",
            log(&entry.rule)
        ),
        None => "Not a secret? Say so: keysieve allow PATH:LINE --reason why-it-is-fine".to_owned(),
    });
    let create = match document.coverage.mode.as_ref() {
        "scan" => "keysieve baseline create",
        "history" | "audit" => "keysieve baseline create --history",
        _ => return ways,
    };
    if groups.len() >= MANY && document.difference().is_none() {
        ways.push(format!("Too many to mend today? {create} notes them; from then on only news is reported"));
    }
    ways
}

/// One key with all its places. What holds for all keys of its rule is not said `again`.
fn write_group(group: Group<'_, '_>, again: bool, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let Some(first) = group.first() else { return Ok(()) };
    let paint = Paint::of(look);
    let first = first.as_ref();
    let place = place(first);
    let name = log(&first.name);
    let sure = sureness(first);
    let wide = width(&place) + width(&name) + width(&sure) + first.severity.as_str().len() + 6;
    let what = format!("{name} ({}, {sure})", paint.severity(first.severity));
    // A narrow terminal would break the line anywhere; the place must stay whole.
    if look.width.is_some_and(|w| wide > w) {
        let what = folded(&format!("  {what}"), look.width);
        writeln!(out, "{}:\n{what}", paint.place(&place))?;
    } else {
        writeln!(out, "{}: {what}", paint.place(&place))?;
    }
    let room = look.width.map_or(160, |w| w.saturating_sub(INDENT).max(20));
    if let Some((line, under)) = underlined(first, room, paint) {
        writeln!(out, "{:INDENT$}{line}\n{:INDENT$}{under}", "", "")?;
    }
    let mut say = |text: &str| -> io::Result<()> {
        wrapped(text, INDENT, look).iter().try_for_each(|line| writeln!(out, "{line}"))
    };
    if look.show_secrets && !first.secret.is_empty() {
        say(&format!("secret: {}", log(&first.secret)))?;
    }
    for about in facts(first) {
        say(&about)?;
    }
    for line in other_places(group, look) {
        say(&line)?;
    }
    if look.verbosity > 0 {
        for line in remedies(group, again) {
            wrapped(&line, INDENT, look).iter().try_for_each(|l| writeln!(out, "{}", paint.advice(l)))?;
        }
    }
    for line in wrapped(&format!("{} {}", log(&first.rule), first_print(first)), INDENT, look) {
        writeln!(out, "{}", paint.aside(&line))?;
    }
    Ok(())
}

fn first_print<'e>(entry: &'e Entry<'_>) -> std::borrow::Cow<'e, str> {
    log(&entry.fingerprint)
}

/// `certain`, `high confidence`, …, with the checksum where it adds something.
fn sureness(entry: &Entry<'_>) -> String {
    let checksum = if entry.checksum == "valid" { ", checksum holds" } else { "" };
    let live = match entry.verdict.as_ref() {
        "live" => ", LIVE",
        "dead" => ", no longer valid",
        _ => "",
    };
    format!("{}{checksum}{live}", level(entry))
}

/// `certain`, `high confidence`, ….
pub(super) fn level(entry: &Entry<'_>) -> String {
    match entry.sureness().level().as_str() {
        "certain" => "certain".to_owned(),
        level => format!("{level} confidence"),
    }
}

/// What is known of a finding beyond its place.
fn facts(entry: &Entry<'_>) -> Vec<String> {
    let mut facts = Vec::new();
    if let Some(whose) = entry.verdict_detail.as_deref() {
        facts.push(format!("the provider says: {}", log(whose)));
    }
    if !entry.decoded_from.is_empty() {
        facts.push(format!("read through {}", log(&entry.decoded_from.join(", then "))));
    }
    if !entry.alternatives.is_empty() {
        facts.push(format!("keys of {} look the same", log(&entry.alternatives.join(", "))));
    }
    facts.extend(past(entry));
    if let Some(owner) = entry.owner.as_deref() {
        facts.push(format!("owner: {}", log(owner)));
    }
    if !entry.reasons.is_empty() {
        facts.push(format!("because: {}", log(&entry.reasons.join("; "))));
    }
    facts
}

/// Where else the same key stands: a few places, or all of them in a verbose report.
fn other_places<'d, 'a>(group: Group<'d, 'a>, look: Look) -> impl Iterator<Item = String> + use<'d, 'a> {
    let others = group.len() - 1;
    let shown = if look.verbosity > 1 { others } else { PLACES.min(others) };
    let named = group.iter().skip(1).take(shown).map(|e| format!("also at {}", place(&e)));
    let rest = (others > shown).then(|| format!("and at {}", count((others - shown) as u64, "more place")));
    named.chain(rest)
}

/// What to do, in the order in which it is done. Where the rule was explained before, only what differs from key to key
/// and the links, which are wanted at hand.
fn remedies(group: Group<'_, '_>, again: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let Some(entry) = group.first() else { return lines };
    let entry = entry.as_ref();
    let remedy = &entry.remedy;
    if !remedy.about.is_empty() && !again {
        let label = if entry.is_file() { "" } else { "what it opens: " };
        lines.push(format!("{label}{}", log(&remedy.about)));
    }
    if !remedy.revoke.is_empty() && (!again || remedy.revoke.contains("://")) {
        lines.push(format!("revoke it: {}", log(&remedy.revoke)));
    }
    if !remedy.rotate.is_empty() && remedy.rotate != remedy.revoke && !again {
        lines.push(format!("replace it: {}", log(&remedy.rotate)));
    }
    let (ignored, code) = kinds(group);
    if let Some(line) = ignored.as_deref().and_then(ignore_line) {
        lines.push(format!("keep the file out of git: add {} to .gitignore", log(&line)));
    }
    if let Some(entry) = code {
        let variable = variable(&entry);
        lines.push(match reads(&entry.path, &variable) {
            Some(read) => format!("read it from the environment instead: {read}"),
            None => format!("keep it in the environment variable {variable} instead"),
        });
        lines.extend(note(&entry.path).map(str::to_owned));
    }
    lines
}

/// What was found and is not reported, one line each, in a verbose report.
fn write_suppressed(document: &Document<'_>, look: Look, out: &mut dyn Write) -> io::Result<()> {
    for entry in document.suppressed.findings.iter() {
        let how = entry.allowed_by.as_deref().unwrap_or(match entry.disposition.as_ref() {
            "known" => "in the baseline",
            "old" => "an old line",
            _ => "not reported",
        });
        let why = entry.reason.as_deref().map(|r| format!(": {r}")).unwrap_or_default();
        let line = format!("{}: {} ({how}{why})", place(&entry), entry.rule);
        writeln!(out, "{}", Paint::of(look).aside(&log(&line)))?;
    }
    if look.verbosity > 1 {
        for gone in &document.gone {
            writeln!(out, "{}", log(&format!("in the baseline and no longer found: {gone}")))?;
        }
    }
    Ok(())
}
