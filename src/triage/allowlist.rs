//! The allow entries of the configuration: what they say about a finding, and which of them nobody needs any more.

use std::cell::OnceCell;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::config::{AllowEntry, Date};
use crate::model::{Finding, Fingerprint};

/// Marks the notes of this file among a finding's.
const LINE: u32 = 1 << 31;

/// Allow entries with the memory of which of them matched.
#[derive(Debug, Default)]
pub(super) struct Allowlist {
    entries: Vec<AllowEntry>,
    used: Vec<AtomicBool>,
}

impl Allowlist {
    /// From a configuration's entries.
    pub(super) fn new(entries: Vec<AllowEntry>) -> Allowlist {
        let used = entries.iter().map(|_| AtomicBool::new(false)).collect();
        Allowlist { entries, used }
    }

    /// The first entry in force that means this finding at this path (relative to the root), else the first expired one.
    pub(super) fn find(
        &self,
        finding: &Finding,
        path: Option<&[u8]>,
        today: Date,
    ) -> Option<(&AllowEntry, Force)> {
        let fingerprint = OnceCell::new();
        let mut expired = None;
        for (number, (entry, used)) in self.entries.iter().zip(&self.used).enumerate() {
            let in_line = entry.lines.is_empty() || finding.noted.contains(&(LINE | number as u32));
            if !in_line || !means(entry, finding, path, &fingerprint) {
                continue;
            }
            used.store(true, Ordering::Relaxed);
            if entry.until.is_none_or(|until| until >= today) {
                return Some((entry, Force::Valid));
            }
            expired.get_or_insert((entry, Force::Expired));
        }
        expired
    }

    /// Whether any entry looks at lines.
    pub(super) fn wants_lines(&self) -> bool {
        self.entries.iter().any(|e| !e.lines.is_empty())
    }

    /// Notes for a finding which entries mean its line, while the line is at hand.
    pub(super) fn note(&self, line: &[u8], noted: &mut Vec<u32>) {
        let met = |e: &AllowEntry| e.lines.iter().any(|l| l.is_match(line));
        let numbers = self.entries.iter().enumerate().filter(|(_, e)| met(e)).map(|(n, _)| LINE | n as u32);
        noted.extend(numbers);
    }

    /// The entries that matched nothing, and those that have expired, as lines for a person.
    pub(super) fn stale(&self, today: Date) -> Vec<String> {
        self.entries
            .iter()
            .zip(&self.used)
            .filter_map(|(entry, used)| {
                let place = format!("{}:{}", entry.at.file.display(), entry.at.line);
                match entry.until {
                    Some(until) if until < today => {
                        Some(format!("{place}: allow entry expired on {until}: {}", entry.reason))
                    }
                    _ if !used.load(Ordering::Relaxed) => {
                        Some(format!("{place}: allow entry matches nothing any more: {}", entry.reason))
                    }
                    _ => None,
                }
            })
            .collect()
    }
}

/// Whether an entry that means a finding still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Force {
    /// It does.
    Valid,
    /// Its day has passed.
    Expired,
}

fn means(entry: &AllowEntry, finding: &Finding, path: Option<&[u8]>, print: &OnceCell<Fingerprint>) -> bool {
    if !entry.rules.is_empty() && !entry.rules.iter().any(|r| r.matches(&finding.rule)) {
        return false;
    }
    if !entry.paths.is_empty() && !path.is_some_and(|path| entry.paths.iter().any(|g| g.matches(path))) {
        return false;
    }
    if !entry.values.is_empty() && !entry.values.iter().any(|v| v.is_match(finding.secret.reveal())) {
        return false;
    }
    // Last, because the fingerprints of short secrets are slow on purpose.
    entry.fingerprints.is_empty() || entry.fingerprints.contains(print.get_or_init(|| finding.fingerprint()))
}
