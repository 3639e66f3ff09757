//! How findings are told: one format, one file. A report knows findings and coverage, nothing of how they came about.
//!
//! A [`Report`] is what a run gives. A [`Document`] is that report as it may be shown: redacted (by `shown.rs`, the only
//! caller of `Secret::reveal()` here), grouped and counted, not yet escaped. Each format renders a document and escapes
//! for its own reader. [`summary_lines`] and [`refusal()`] speak to a person beside the report.

mod advice;
mod csv;
mod dates;
mod document;
mod encode;
mod entries;
mod entry;
mod github;
mod gitlab;
mod html;
mod json;
mod junit;
mod lines;
mod markdown;
mod place;
mod refusal;
mod report;
mod safe_json;
mod sarif;
mod shown;
mod summary;
mod terminal;
mod text;
mod words;

pub use document::{Account, Document, Missed, RuleEntry, SCHEMA, Suppressed, Unreadable};
pub use encode::log;
pub use entries::Entries;
pub use entry::{Advice, Entry, Past};
pub use lines::{Stream, incomplete_line};
pub use refusal::{refusal, refusal_unscanned, refusal_with_account};
pub use report::{Format, Look, Report, RuleSummary};
pub use shown::shown_text;
pub use summary::summary_lines;

/// Every output format, in the order in which help names them.
pub const FORMATS: &[&dyn Format] = &[
    &text::Text,
    &json::Json,
    &lines::JsonLines,
    &sarif::Sarif,
    &gitlab::GitLab,
    &gitlab::CodeQuality,
    &github::GitHub,
    &junit::JUnit,
    &csv::Csv,
    &markdown::Markdown,
    &html::Html,
];

/// The format of that name.
pub fn format(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|f| f.name() == name)
}

#[cfg(test)]
mod machine_tests;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod schema_tests;
#[cfg(test)]
mod tests;
