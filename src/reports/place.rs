//! Where a finding stands, in words for a person, and what people are told about its past.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::model::count;

use super::encode::log;
use super::entry::Entry;

/// `path:line:column`, what editors jump to; `a.zip!member:line:column` in archives; or `commit 0123456789 (commit message):2:5` where there is no file. Escaped.
pub(super) fn place(entry: &Entry<'_>) -> String {
    let commit = entry.commit.as_deref().map(short);
    let what: Cow<'_, str> = match (entry.path.as_ref(), commit) {
        ("", Some(commit)) => format!("commit {commit} ({})", entry.part).into(),
        ("", None) => match &entry.blob {
            Some(blob) => format!("object {}", short(blob)).into(),
            None => format!("({})", entry.part).into(),
        },
        ("-", _) => "standard input".into(),
        (path, _) => log(path),
    };
    if entry.part == "file name" || entry.is_file() {
        return what.into_owned();
    }
    format!("{what}{}:{}:{}", log(&entry.inside()), entry.line, entry.column)
}

/// The first ten digits of an object's name.
pub(super) fn short(id: &str) -> &str {
    id.get(..10).unwrap_or(id)
}

/// `since 0123456789, 2024-05-01, by A U Thor: fix login; gone from HEAD; 3 places; 204 days old`, where the history
/// was read. Escaped.
pub(super) fn past(entry: &Entry<'_>) -> Option<String> {
    let commit = entry.commit.as_deref()?;
    let Some(past) = &entry.past else {
        return Some(format!("brought in by commit {}", short(commit)));
    };
    let day = past.date.get(..10).unwrap_or(&past.date);
    let mut text = format!("brought in by commit {} on {day} by {}", short(commit), log(&past.author));
    if !past.message.is_empty() {
        let _ = write!(text, " (\"{}\")", log(&past.message));
    }
    text.push_str(if past.in_head { "; still in HEAD" } else { "; no longer in HEAD, still in the history" });
    if past.occurrences > 1 {
        let _ = write!(text, "; {} places", past.occurrences);
    }
    if let Some(days) = past.age_days {
        let _ = write!(text, "; {} old", count(days, "day"));
        if let Some(advised) = entry.remedy.rotate_days.filter(|n| days > u64::from(*n)) {
            let _ = write!(text, ", to be replaced after {advised}");
        }
    }
    Some(text)
}
