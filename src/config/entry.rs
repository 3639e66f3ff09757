//! The entries of a configuration that are about findings: what is allowed, left out, or judged otherwise.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use regex::bytes::Regex;

use crate::error::Error;
use crate::model::{Fingerprint, Severity};

use super::{Date, PathGlob, hide_keys};

/// A place in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// The file.
    pub file: Arc<Path>,
    /// 1-based line.
    pub line: usize,
    /// 1-based column in characters.
    pub column: usize,
}

/// A rule as configurations name it: its id, or an id with `*` for any characters.
#[derive(Debug, Clone)]
pub struct RuleName {
    /// As written.
    pub text: String,
    /// Where it was written, to complain about it once all rules are known.
    pub at: At,
}

impl RuleName {
    /// A complaint about it.
    pub fn wrong(&self, problem: String) -> Error {
        Error::Config {
            file: self.at.file.to_path_buf(),
            line: self.at.line,
            column: self.at.column,
            problem,
        }
    }

    /// Whether a rule id is meant.
    pub fn matches(&self, id: &str) -> bool {
        wildcard(&self.text, id)
    }
}

/// One entry of `allow`. All conditions that are given must hold; within one, any of its values.
#[derive(Debug, Clone)]
pub struct AllowEntry {
    /// Paths; empty: any.
    pub paths: Vec<PathGlob>,
    /// Rules; empty: any.
    pub rules: Vec<RuleName>,
    /// Fingerprints; empty: any.
    pub fingerprints: Vec<Fingerprint>,
    /// Patterns that are looked for in the secret's value; empty: any.
    pub values: Vec<Regex>,
    /// Patterns that are looked for in the line it stands on; empty: any.
    pub lines: Vec<Regex>,
    /// Why it is fine.
    pub reason: String,
    /// The last day on which it is.
    pub until: Option<Date>,
    /// Where it stands.
    pub at: At,
}

impl fmt::Display for AllowEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut part = |name: &str, values: Vec<String>| {
            if values.is_empty() { Ok(()) } else { write!(f, "{name} {}, ", values.join(" or ")) }
        };
        part("path", self.paths.iter().map(|p| p.as_str().to_string()).collect())?;
        part("rule", self.rules.iter().map(|r| r.text.clone()).collect())?;
        part("fingerprint", self.fingerprints.iter().map(ToString::to_string).collect())?;
        part("value", self.values.iter().map(|v| hide_keys(v.as_str())).collect())?;
        part("line", self.lines.iter().map(|v| hide_keys(v.as_str())).collect())?;
        part("until", self.until.iter().map(ToString::to_string).collect())?;
        write!(f, "because: {}", self.reason)
    }
}

/// Paths that are not scanned.
#[derive(Debug, Clone)]
pub struct Exclude {
    /// Which.
    pub path: PathGlob,
    /// Where it stands.
    pub at: At,
}

/// Another severity for a rule.
#[derive(Debug, Clone)]
pub struct SeverityOverride {
    /// Which rules.
    pub rule: RuleName,
    /// Their severity here.
    pub severity: Severity,
}

/// Where a rule applies.
#[derive(Debug, Clone)]
pub struct RulePaths {
    /// Which rules.
    pub rule: RuleName,
    /// Only below these paths; empty: everywhere.
    pub only: Vec<PathGlob>,
    /// Not below these paths.
    pub except: Vec<PathGlob>,
}

/// Whether a name matches a pattern in which `*` stands for any characters; linear in practice, as one star at a time
/// is remembered.
pub fn wildcard(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    // Most are told apart by the first or the last character.
    let differs = |a: Option<&u8>, b: Option<&u8>| a.is_some_and(|a| *a != b'*') && a != b;
    if differs(pattern.first(), name.first()) || differs(pattern.last(), name.last()) {
        return false;
    }
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        if p < pattern.len() && pattern[p] == b'*' {
            star = Some((p, n));
            p += 1;
        } else if p < pattern.len() && pattern[p] == name[n] {
            p += 1;
            n += 1;
        } else if let Some((at, from)) = star {
            p = at + 1;
            n = from + 1;
            star = Some((at, n));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|&b| b == b'*')
}

#[cfg(test)]
mod tests {
    use super::wildcard;

    #[test]
    fn stars_stand_for_any_characters() {
        for (pattern, name) in [
            ("a", "a"),
            ("a-*", "a-b-c"),
            ("*", "x"),
            ("*-key", "my-key"),
            ("a*b*c", "axxbyyc"),
            ("a**", "a"),
        ] {
            assert!(wildcard(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("a", "b"), ("a-*", "b-a-"), ("a*b", "ac"), ("", "a"), ("a", ""), ("ab", "a")]
        {
            assert!(!wildcard(pattern, name), "{pattern} {name}");
        }
    }
}
