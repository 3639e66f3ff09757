//! Reading what other tools wrote down as known: reports, ignore files and baselines.
//!
//! Other tools name findings by place or by a hash of their own. Each entry is kept as what it says, and meets our
//! findings afterwards: by value, by SHA-1, or by path and line.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde_json::Value;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;

use crate::error::{Error, Result};
use crate::model::{Finding, Secret};

/// Largest file that is read, in bytes.
const LARGEST: u64 = 256 << 20;

/// One finding that another tool knew.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    /// Its value, if the file holds it.
    pub value: Option<Secret>,
    /// The SHA-1 of its value in hexadecimal digits (detect-secrets).
    pub sha1: Option<String>,
    /// The SHA-256 by which ggshield knows it.
    pub sha256: Option<String>,
    /// Where it stood, relative to the root.
    pub path: String,
    /// On which line; 0 when unknown.
    pub line: u64,
    /// In which commit.
    pub commit: Option<String>,
    /// What to note as the reason.
    pub reason: String,
}

/// What ggshield calls a match, with the comma before it.
const KINDS: &[&str] = &[
    ",apikey",
    ",password",
    ",token",
    ",secret",
    ",client_secret",
    ",access_token",
    ",connection_uri",
    ",private_key",
];

impl Imported {
    /// Whether this is about a finding that stands at `path` (relative to the root).
    pub fn means(&self, finding: &Finding, path: &str) -> bool {
        let ours = finding.secret.reveal();
        if let Some(theirs) = self.value.as_ref().map(Secret::reveal) {
            // Tools cut keys differently: with quotes, with the assignment, without a prefix.
            let holds = |a: &[u8], b: &[u8]| b.len() >= 8 && memchr::memmem::find(a, b).is_some();
            return ours == theirs || holds(ours, theirs) || holds(theirs, ours);
        }
        if let Some(sha1) = &self.sha1 {
            return path == self.path && *sha1 == hex(&Sha1::digest(ours));
        }
        if let Some(sha256) = &self.sha256 {
            // Of the value and the kind of match; of several values at once nobody knows which is ours.
            let of = |kind: &str| hex(&Sha256::digest([ours, kind.as_bytes()].concat()));
            return *sha256 == of("") || KINDS.iter().any(|kind| *sha256 == of(kind));
        }
        let lines = finding.location.start.line..=finding.location.end.line;
        path == self.path && (self.line == 0 || lines.contains(&self.line))
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, b| {
        let _ = write!(text, "{b:02x}");
        text
    })
}

/// Reads a file of another tool, whichever it is.
///
/// # Errors
/// [`Error::Baseline`] if it is none that is known, with the line.
pub fn read(path: &Path) -> Result<Vec<Imported>> {
    let io = |source| Error::Io { path: path.to_path_buf(), doing: "open", source };
    let mut bytes = Vec::new();
    File::open(path).map_err(io)?.take(LARGEST + 1).read_to_end(&mut bytes).map_err(io)?;
    let wrong = |line: usize, problem: String| Error::Baseline { file: path.to_path_buf(), line, problem };
    if bytes.len() as u64 > LARGEST {
        return Err(wrong(1, "larger than 256 MiB".into()));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    if bytes.starts_with(b"\xff\xfe")
        || bytes.starts_with(b"\xfe\xff")
        || bytes.iter().take(4).any(|&b| b == 0)
    {
        return Err(wrong(1, "this is UTF-16 (PowerShell's `>` writes it): save it as UTF-8".into()));
    }
    if bytes.trim_ascii_start().starts_with(b"{") || bytes.trim_ascii_start().starts_with(b"[") {
        let json: Value =
            serde_json::from_slice(bytes).map_err(|e| wrong(e.line(), format!("not JSON: {e}")))?;
        return from_json(&json).map_err(|problem| wrong(1, problem));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| wrong(1, "not UTF-8".into()))?;
    ignore_file(text).map_err(|(line, problem)| wrong(line, problem))
}

fn from_json(json: &Value) -> Result<Vec<Imported>, String> {
    if let Some(list) = json.as_array() {
        return list.iter().map(report_entry).collect();
    }
    if let Some(results) = json.get("results").and_then(Value::as_object) {
        let mut all = Vec::new();
        for (path, entries) in results {
            for entry in entries.as_array().ok_or("`results` must hold a list for each file")? {
                all.push(detect_secrets(path, entry)?);
            }
        }
        return Ok(all);
    }
    let list = json.get("findings").or_else(|| json.get("Findings")).and_then(Value::as_array);
    list.ok_or("neither a report of gitleaks or betterleaks nor a baseline of detect-secrets")?
        .iter()
        .map(report_entry)
        .collect()
}

/// A finding in a JSON report of gitleaks or betterleaks.
fn report_entry(entry: &Value) -> Result<Imported, String> {
    let text = |key: &str| {
        let lower = key.to_ascii_lowercase();
        entry
            .get(key)
            .or_else(|| entry.get(lower))
            .and_then(Value::as_str)
            .filter(|t| !t.is_empty())
            .map(String::from)
    };
    let path = text("File").ok_or("an entry without `File`: this is no report of gitleaks or betterleaks")?;
    let line = entry.get("StartLine").or_else(|| entry.get("line")).and_then(Value::as_u64).unwrap_or(0);
    let redacted = |s: &str| s.contains("REDACTED") || s.ends_with("...") || s.bytes().all(|b| b == b'*');
    let value = text("Secret").filter(|s| !redacted(s)).map(|s| Secret::new(s.as_bytes(), 0));
    Ok(Imported {
        value,
        path: clean(&path),
        line,
        commit: text("Commit"),
        reason: "known to gitleaks".into(),
        ..Imported::default()
    })
}

fn detect_secrets(path: &str, entry: &Value) -> Result<Imported, String> {
    let sha1 =
        entry.get("hashed_secret").and_then(Value::as_str).ok_or("an entry without `hashed_secret`")?;
    let reason = match entry.get("is_secret").and_then(Value::as_bool) {
        Some(true) => "a true secret, says detect-secrets' audit",
        Some(false) => "a false positive, says detect-secrets' audit",
        None => "known to detect-secrets",
    };
    Ok(Imported {
        sha1: Some(sha1.to_ascii_lowercase()),
        path: clean(path),
        line: entry.get("line_number").and_then(Value::as_u64).unwrap_or(0),
        reason: reason.into(),
        ..Imported::default()
    })
}

/// `.gitleaksignore`: `commit:path:rule:line` or `path:rule:line`, comments with `#`. People also write paths there, which
/// gitleaks passes over: so does this, as long as any line is one of these.
fn ignore_file(text: &str) -> Result<Vec<Imported>, (usize, String)> {
    let lines = text.lines().enumerate().map(|(i, line)| (i + 1, line.trim()));
    let mut all = Vec::new();
    let mut wrong = None;
    for (number, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        match ignored(line) {
            Some(entry) => all.push(entry),
            None => wrong = wrong.or(Some(number)),
        }
    }
    match wrong {
        Some(number) if all.is_empty() => Err((
            number,
            "want `commit:path:rule:line` or `path:rule:line` as in .gitleaksignore".to_string(),
        )),
        _ => Ok(all),
    }
}

/// The lines of a `.gitleaksignore` that are no fingerprints: gitleaks passes over them, and so does [`read`].
pub fn passed_over(text: &str) -> Vec<usize> {
    let lines = text.lines().enumerate().map(|(i, line)| (i + 1, line.trim()));
    lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#') && ignored(line).is_none())
        .map(|(number, _)| number)
        .collect()
}

fn ignored(line: &str) -> Option<Imported> {
    let (rest, number) = line.rsplit_once(':')?;
    let number: u64 = number.parse().ok()?;
    let (rest, rule) = rest.rsplit_once(':')?;
    let (commit, path) = match rest.split_once(':') {
        Some((commit, path)) if commit.len() >= 7 && commit.bytes().all(|b| b.is_ascii_hexdigit()) => {
            (Some(commit), path)
        }
        _ => (None, rest),
    };
    if path.is_empty() || rule.is_empty() {
        return None;
    }
    Some(Imported {
        path: clean(path),
        line: number,
        commit: commit.map(String::from),
        reason: format!("in .gitleaksignore ({rule})"),
        ..Imported::default()
    })
}

/// A path with `/` between its parts and without `./` in front.
fn clean(path: &str) -> String {
    let path = path.trim_end_matches('\\').replace('\\', "/");
    path.strip_prefix("./").unwrap_or(&path).to_string()
}

#[cfg(test)]
mod tests {
    use super::{Imported, read};
    use crate::error::{Error, Result};
    use crate::triage::fake::finding;

    fn import(text: &str) -> Result<Vec<Imported>> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("x");
        std::fs::write(&path, text).expect("written");
        read(&path)
    }

    #[test]
    fn reports_ignore_files_and_baselines_are_read() {
        let report = r#"[{"RuleID": "x", "StartLine": 1, "File": "a.txt", "Secret": "abcdefghijkl", "Commit": ""},
            {"RuleID": "x", "StartLine": 1, "File": "./b.txt", "Secret": "REDACTED", "Commit": "0123abc"}]"#;
        let all = import(report).expect("a report");
        assert!(
            all[0].means(&finding("z", "abcdefghijkl"), "z")
                && all[0].means(&finding("z", "key=abcdefghijkl"), "z")
        );
        assert!(!all[0].means(&finding("a.txt", "other-value"), "a.txt"));
        assert!(all[1].means(&finding("b.txt", "anything"), "b.txt") && all[1].value.is_none());
        let baseline = r#"{"version": "1.5.0", "results": {"a.txt": [{"type": "x", "hashed_secret":
            "a9993e364706816aba3e25717850c26c9cd0d89d", "line_number": 7, "is_secret": false}]}}"#;
        let all = import(baseline).expect("a baseline");
        assert!(all[0].means(&finding("a.txt", "abc"), "a.txt") && all[0].reason.contains("false positive"));
        assert!(!all[0].means(&finding("a.txt", "abd"), "a.txt"));
        let all = import("# c\n0123456789abcdef:src/a.txt:rule:1\nb:c.txt:rule:2\n").expect("an ignore file");
        assert!(
            all.len() == 2
                && all[0].commit.is_some()
                && all[0].path == "src/a.txt"
                && all[1].path == "b:c.txt"
        );
        assert!(
            all[0].means(&finding("x", "v"), "src/a.txt") && !all[1].means(&finding("x", "v"), "b:c.txt")
        );
    }

    #[test]
    fn what_is_none_of_these_is_refused_with_its_line() {
        for (text, line) in
            [("{}", 1), ("[1]", 1), ("[{\n\"a\"", 2), ("hello", 1), ("\u{0}\u{0}\u{0}\u{0}", 1)]
        {
            match import(text) {
                Err(Error::Baseline { line: at, .. }) => assert_eq!(at, line, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }
}
