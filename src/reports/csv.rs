//! CSV as RFC 4180 has it, safe to open in a spreadsheet: no cell is a formula.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::model::escape_terminal;

use super::entry::Entry;
use super::{Document, Format, Look};

/// The columns, in order.
const COLUMNS: &[&str] = &[
    "rule",
    "provider",
    "name",
    "severity",
    "confidence",
    "secret",
    "fingerprint",
    "path",
    "line",
    "column",
    "variable",
    "checksum",
    "verdict",
    "disposition",
    "excerpt",
    "commit",
    "author",
    "email",
    "date",
    "message",
    "in_head",
    "occurrences",
    "age_days",
    "owner",
    "revoke",
    "reason",
    "decoded_from",
];

/// Comma-separated values, one row a finding.
#[derive(Debug)]
pub(super) struct Csv;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn about(&self) -> &'static str {
        "one row a finding, for spreadsheets"
    }

    fn render(&self, document: &Document<'_>, _look: Look, out: &mut dyn Write) -> io::Result<()> {
        row(COLUMNS.iter().copied().map(Cow::Borrowed), out)?;
        for entry in document.findings.iter() {
            row(cells(&entry), out)?;
        }
        for gone in &document.gone {
            row(
                COLUMNS.iter().map(|column| match *column {
                    "disposition" => Cow::Borrowed("gone"),
                    "reason" => Cow::Borrowed(gone.as_ref()),
                    _ => "".into(),
                }),
                out,
            )?;
        }
        let coverage = &document.coverage;
        let stopped = coverage.stopped.iter().map(|why| ("", why.as_ref()));
        for (what, why) in
            coverage.incomplete.iter().map(|m| (m.what.as_ref(), m.why.as_ref())).chain(stopped)
        {
            row(
                COLUMNS.iter().map(|column| match *column {
                    "path" => Cow::Borrowed(what),
                    "disposition" => "incomplete".into(),
                    "reason" => Cow::Borrowed(why),
                    _ => "".into(),
                }),
                out,
            )?;
        }
        Ok(())
    }
}

/// The cells of a finding, in the order of [`COLUMNS`].
fn cells<'e>(entry: &'e Entry<'_>) -> impl Iterator<Item = Cow<'e, str>> {
    let past = entry.past.as_ref();
    let optional = |text: Option<&'e str>| Cow::Borrowed(text.unwrap_or_default());
    let number = |n: Option<u64>| n.map_or(Cow::Borrowed(""), |n| n.to_string().into());
    [
        Cow::Borrowed(entry.rule.as_ref()),
        Cow::Borrowed(entry.provider.as_ref()),
        Cow::Borrowed(entry.name.as_ref()),
        Cow::Borrowed(entry.severity.as_str()),
        Cow::Borrowed(entry.confidence.as_ref()),
        Cow::Borrowed(entry.secret.as_str()),
        Cow::Borrowed(entry.fingerprint.as_ref()),
        Cow::Borrowed(entry.path.as_ref()),
        entry.line.to_string().into(),
        entry.column.to_string().into(),
        optional(entry.variable.as_deref()),
        Cow::Borrowed(entry.checksum.as_ref()),
        Cow::Borrowed(entry.verdict.as_ref()),
        Cow::Borrowed(entry.disposition.as_ref()),
        Cow::Borrowed(entry.excerpt.as_ref()),
        optional(entry.commit.as_deref()),
        optional(past.map(|p| p.author.as_ref())),
        optional(past.map(|p| p.email.as_ref())),
        optional(past.map(|p| p.date.as_str())),
        optional(past.map(|p| p.message.as_ref())),
        optional(past.map(|p| if p.in_head { "true" } else { "false" })),
        number(past.map(|p| p.occurrences)),
        number(past.and_then(|p| p.age_days)),
        optional(entry.owner.as_deref()),
        Cow::Borrowed(entry.remedy.revoke.as_ref()),
        optional(entry.reason.as_deref()),
        entry.decoded_from.join(" > ").into(),
    ]
    .into_iter()
}

fn row<'c>(cells: impl Iterator<Item = Cow<'c, str>>, out: &mut dyn Write) -> io::Result<()> {
    for (i, text) in cells.enumerate() {
        if i > 0 {
            out.write_all(b",")?;
        }
        out.write_all(cell(&text).as_bytes())?;
    }
    out.write_all(b"\r\n")
}

/// A cell: control characters escaped, no formula (an apostrophe in front makes it text), quoted where it must be.
fn cell(text: &str) -> String {
    let safe = escape_terminal(text);
    let starts = |c: char| matches!(c, '=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠');
    let mut out = if safe.trim_start().starts_with(starts) { format!("'{safe}") } else { safe.into_owned() };
    if out.contains([',', '"', ';', '\'']) || out.starts_with(' ') || out.ends_with(' ') {
        out = format!("\"{}\"", out.replace('"', "\"\""));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn cells_are_never_formulas() {
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
        assert_eq!(cell("  @SUM(1)"), "\"'  @SUM(1)\"");
        assert_eq!(cell("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(cell("a\nb\t"), "a\\nb\\t");
        assert_eq!(cell("plain"), "plain");
    }
}
