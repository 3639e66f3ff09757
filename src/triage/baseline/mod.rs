//! `Baseline`: the committed file of findings that are known, so that only news is reported.
//!
//! Format and reasons: `docs/baseline.md`.

mod entry;
mod file;

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Result};
use crate::model::Finding;

use entry::{Entry, Hash, Salt};
pub use file::write as write_whole;

/// More different salts than this make every look-up slow: merging makes a few, an attacker many.
const MOST_SALTS: usize = 64;

/// The findings that are known. Shared by all threads; remembers which entries were met.
#[derive(Debug, Default)]
pub struct Baseline {
    comments: Vec<String>,
    entries: Vec<Entry>,
    met: Vec<AtomicBool>,
    salts: Vec<Salt>,
    index: HashMap<(Salt, Hash), usize>,
    /// Values that were looked up before, by a hash that never leaves the process: short ones are slow to look up.
    cache: Mutex<HashMap<[u8; 32], Option<usize>>>,
}

impl Baseline {
    /// The file at the root of a repository that is used when no other is named.
    pub const DEFAULT_NAME: &'static str = ".keysieve-baseline";

    /// Reads a baseline.
    ///
    /// # Errors
    /// [`Error::Baseline`] with the line for everything that is no baseline or is damaged.
    pub fn load(path: &Path) -> Result<Baseline> {
        let content = file::read(path)?;
        let mut baseline = Baseline { comments: content.comments, ..Baseline::default() };
        for entry in content.entries {
            baseline.push(entry);
        }
        if baseline.salts.len() > MOST_SALTS {
            let problem = format!(
                "more than {MOST_SALTS} different salts: make it anew with `keysieve baseline create`"
            );
            return Err(file::wrong(path, 1, problem));
        }
        Ok(baseline)
    }

    /// Adds an entry, or its reason to the one that is there.
    fn push(&mut self, entry: Entry) {
        if let Some(&at) = self.index.get(&(entry.salt, entry.hash)) {
            let known = &mut self.entries[at];
            known.reason = known.reason.take().or(entry.reason);
            return;
        }
        if !self.salts.contains(&entry.salt) && self.salts.len() <= MOST_SALTS {
            self.salts.push(entry.salt);
        }
        self.index.insert((entry.salt, entry.hash), self.entries.len());
        self.entries.push(entry);
        self.met.push(AtomicBool::new(false));
    }

    /// Whether a finding is known, and the reason that was noted. Remembers that it was met.
    pub fn knows(&self, finding: &Finding) -> Option<Option<&str>> {
        let at = self.find(finding.secret.reveal())?;
        self.met[at].store(true, Ordering::Relaxed);
        Some(self.entries[at].reason.as_deref())
    }

    fn find(&self, value: &[u8]) -> Option<usize> {
        if self.entries.is_empty() {
            return None;
        }
        let quick = *blake3::hash(value).as_bytes();
        if let Ok(cache) = self.cache.lock()
            && let Some(&answer) = cache.get(&quick)
        {
            return answer;
        }
        let answer =
            self.salts.iter().find_map(|salt| self.index.get(&(*salt, entry::hash(*salt, value)))).copied();
        if let Ok(mut cache) = self.cache.lock()
            && cache.len() < 1_000_000
        {
            cache.insert(quick, answer);
        }
        answer
    }

    /// Whether it was made of the history too, so that what the files do not hold is not gone yet.
    pub fn covers_history(&self) -> bool {
        self.comments.iter().any(|c| c == file::HISTORY)
    }

    /// Notes that it was.
    pub fn cover_history(&mut self) {
        if !self.covers_history() {
            self.comments.insert(0, file::HISTORY.to_owned());
        }
    }

    /// How many keys are known.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Entries that were not met, as lines for a person, sorted.
    pub fn gone(&self) -> Vec<String> {
        let gone: BTreeSet<String> = self.told().filter(|(_, met)| !met).map(|(told, _)| told).collect();
        gone.into_iter().collect()
    }

    /// Every entry as a line for a person, and whether it was met.
    pub fn told(&self) -> impl Iterator<Item = (String, bool)> + '_ {
        self.entries.iter().zip(&self.met).map(|(e, met)| (e.told(), met.load(Ordering::Relaxed)))
    }

    /// Adds a finding that is not known yet, seen at this path (relative to the root). Returns whether it was news.
    ///
    /// # Errors
    /// Only where the operating system has no random bytes for the first salt.
    pub fn add(&mut self, finding: &Finding, path: Option<&[u8]>, reason: Option<&str>) -> Result<bool> {
        let value = finding.secret.reveal();
        if let Some(at) = self.find(value) {
            self.met[at].store(true, Ordering::Relaxed);
            let known = &mut self.entries[at];
            known.reason = known.reason.take().or_else(|| reason.and_then(entry::tidy_reason));
            return Ok(false);
        }
        let salt = match self.salts.first() {
            Some(salt) => *salt,
            None => fresh_salt()?,
        };
        let path = path.map(|p| without(p, value)).unwrap_or_default();
        let reason = reason.map(|r| String::from_utf8_lossy(&without(r.as_bytes(), value)).into_owned());
        self.push(Entry {
            hash: entry::hash(salt, value),
            salt,
            rule: finding.rule.replace(char::is_whitespace, "-").into(),
            path: entry::escape_path(&path),
            reason: reason.as_deref().and_then(entry::tidy_reason),
        });
        if let Some(met) = self.met.last() {
            met.store(true, Ordering::Relaxed);
        }
        if let Ok(mut cache) = self.cache.lock() {
            cache.clear();
        }
        Ok(true)
    }

    /// The reason noted for a finding, if it is known.
    pub fn reason(&self, finding: &Finding) -> Option<&str> {
        self.entries[self.find(finding.secret.reveal())?].reason.as_deref()
    }

    /// Which entry knows a finding: its place in [`Baseline::told`].
    pub fn position(&self, finding: &Finding) -> Option<usize> {
        self.find(finding.secret.reveal())
    }

    /// Notes another reason for a known finding.
    pub fn set_reason(&mut self, finding: &Finding, reason: &str) {
        let value = finding.secret.reveal();
        if let Some(at) = self.find(value) {
            let reason = String::from_utf8_lossy(&without(reason.as_bytes(), value)).into_owned();
            self.entries[at].reason = entry::tidy_reason(&reason);
        }
    }

    /// Takes out what was not met, and says what that was.
    pub fn prune(&mut self) -> Vec<String> {
        let gone = self.gone();
        let met: Vec<bool> = self.met.iter().map(|m| m.load(Ordering::Relaxed)).collect();
        let kept: Vec<Entry> = std::mem::take(&mut self.entries)
            .into_iter()
            .zip(met)
            .filter(|(_, m)| *m)
            .map(|(e, _)| e)
            .collect();
        let comments = std::mem::take(&mut self.comments);
        *self = Baseline { comments, ..Baseline::default() };
        for entry in kept {
            self.push(entry);
        }
        self.met.iter().for_each(|m| m.store(true, Ordering::Relaxed));
        gone
    }

    /// The file's text: the same entries always give the same bytes.
    pub fn to_text(&self) -> String {
        let lines: BTreeSet<String> = self.entries.iter().map(Entry::line).collect();
        let mut text = format!("{}\n{}\n", file::HEADER, file::ABOUT);
        let mut said = BTreeSet::new();
        for line in self.comments.iter().filter(|c| said.insert(c.as_str())).chain(&lines) {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// Writes the file, whole or not at all.
    ///
    /// # Errors
    /// If something stands there that is no baseline, or the disk refuses.
    pub fn write(&self, path: &Path) -> Result<()> {
        if path.symlink_metadata().is_ok() {
            file::read(path)?;
        }
        file::write(path, &self.to_text())
    }
}

fn fresh_salt() -> Result<Salt> {
    let mut salt = Salt::default();
    getrandom::fill(&mut salt).map_err(|e| Error::Usage(format!("no random bytes for a salt: {e}")))?;
    Ok(salt)
}

/// Bytes in which a value cannot be read.
fn without(bytes: &[u8], value: &[u8]) -> Vec<u8> {
    let mut rest = bytes;
    let mut safe = Vec::with_capacity(bytes.len());
    if value.len() >= 4 {
        while let Some(at) = memchr::memmem::find(rest, value) {
            safe.extend_from_slice(&rest[..at]);
            safe.extend_from_slice("…".as_bytes());
            rest = &rest[at + value.len()..];
        }
    }
    safe.extend_from_slice(rest);
    safe
}

#[cfg(test)]
mod tests;
