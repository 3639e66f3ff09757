//! What was scanned, what was left out on purpose, and what should have been scanned and was not.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::StopReason;

/// Why something was left out on purpose; counted by reason in every report, never changes the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SkipReason {
    /// An untracked file that .gitignore names.
    Ignored,
    /// A FIFO, socket or device.
    SpecialFile,
    /// Larger than the limit that the user set with `--max-file-size`.
    OverUserLimit,
    /// A path the user excluded.
    Excluded,
    /// A submodule's or another repository's folder that is scanned on its own or was not asked for.
    OtherRepository,
    /// An object known to be clean from an earlier run with the same rules.
    KnownClean,
    /// An archive member or decoded layer beyond the documented bounds.
    BeyondBounds,
}

impl SkipReason {
    /// The words used in every format.
    pub const fn as_str(self) -> &'static str {
        match self {
            SkipReason::Ignored => "ignored by git",
            SkipReason::SpecialFile => "special file",
            SkipReason::OverUserLimit => "over --max-file-size",
            SkipReason::Excluded => "excluded",
            SkipReason::OtherRepository => "other repository",
            SkipReason::KnownClean => "known clean",
            SkipReason::BeyondBounds => "beyond decoding bounds",
        }
    }
}

/// Something that should have been scanned and was not: named on standard error and in every report, exit code 3.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skip {
    /// What: a path, an object id, a ref. Not escaped.
    pub what: String,
    /// Why, in words: "permission denied", "object is missing".
    pub why: String,
}

/// So many of the files that the user's own limit leaves out are named.
const NAMED_OVER_LIMIT: usize = 10;

/// The account of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// "scan", "staged", "diff", "history", …
    pub mode: Cow<'static, str>,
    /// Refs read.
    pub refs: u64,
    /// Commits read.
    pub commits: u64,
    /// Distinct blobs read.
    pub blobs: u64,
    /// Files read.
    pub files: u64,
    /// Bytes scanned.
    pub bytes: u64,
    /// Wall time.
    pub elapsed: Duration,
    /// Left out on purpose, by reason.
    pub skipped: BTreeMap<SkipReason, u64>,
    /// The first few, by name, of what was larger than the user's own limit; all of them are counted in `skipped`.
    pub over_limit: BTreeSet<String>,
    /// Should have been scanned and was not.
    pub incomplete: Vec<Skip>,
    /// Things to be said that change nothing: "shallow clone: history ends at 3 commits".
    pub notes: Vec<String>,
    /// Whether the history ends at a shallow boundary.
    pub shallow: bool,
    /// Findings that touch no line that counts.
    pub old_findings: u64,
    /// Findings suppressed, by reason ("baseline", "inline", "config").
    pub suppressed: BTreeMap<String, u64>,
    /// Whether and why the scan ended early.
    pub stopped: Option<StopReason>,
}

impl Coverage {
    /// An empty account of a run in this mode.
    pub fn new(mode: impl Into<Cow<'static, str>>) -> Coverage {
        Coverage { mode: mode.into(), ..Coverage::default() }
    }

    /// Counts something left out on purpose.
    pub fn skip(&mut self, why: SkipReason) {
        *self.skipped.entry(why).or_default() += 1;
    }

    /// Counts something larger than the user's own limit, and names it if it is among the first.
    pub fn over_limit(&mut self, what: impl Into<String>) {
        self.skip(SkipReason::OverUserLimit);
        self.name_over_limit([what.into()]);
    }

    /// Whichever thread met them, the same few are named.
    fn name_over_limit(&mut self, names: impl IntoIterator<Item = String>) {
        self.over_limit.extend(names);
        while self.over_limit.len() > NAMED_OVER_LIMIT {
            self.over_limit.pop_last();
        }
    }

    /// Names something that should have been scanned and was not.
    pub fn missed(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.incomplete.push(Skip { what: what.into(), why: why.into() });
    }

    /// Whether everything that the mode covers was read.
    pub fn is_complete(&self) -> bool {
        self.incomplete.is_empty() && self.stopped.is_none()
    }

    /// Adds another account (of another thread, repository or source) to this one.
    pub fn merge(&mut self, other: Coverage) {
        self.refs += other.refs;
        self.commits += other.commits;
        self.blobs += other.blobs;
        self.files += other.files;
        self.bytes += other.bytes;
        self.elapsed += other.elapsed;
        for (why, n) in other.skipped {
            *self.skipped.entry(why).or_default() += n;
        }
        self.name_over_limit(other.over_limit);
        self.incomplete.extend(other.incomplete);
        self.notes.extend(other.notes);
        self.shallow |= other.shallow;
        self.old_findings += other.old_findings;
        for (by, n) in other.suppressed {
            *self.suppressed.entry(by).or_default() += n;
        }
        self.stopped = self.stopped.or(other.stopped);
    }

    /// What the user's own limit left out, as a sentence.
    pub fn note_over_limit(&self) -> Option<String> {
        let all = *self.skipped.get(&SkipReason::OverUserLimit)?;
        let names: Vec<&str> = self.over_limit.iter().map(String::as_str).collect();
        let more = all.saturating_sub(names.len() as u64);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        Some(format!("left out, being larger than --max-file-size: {}{more}", names.join(", ")))
    }

    /// Sorts what threads added in any order, so that two runs print the same.
    pub fn sort(&mut self) {
        self.incomplete.sort();
        self.incomplete.dedup();
        self.notes.sort();
        self.notes.dedup();
    }
}
