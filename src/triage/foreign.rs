//! Allowlists of gitleaks and betterleaks: what the text around a finding says to them is noted while the text is at hand;
//! path and commit are asked once they are known.

use regex_automata::meta::Regex;

use crate::config::{Gitleaks, GitleaksAllow, Target};
use crate::model::{Disposition, Finding, Origin};

/// The bits of a note: its expressions match; it has one of the stop words.
const REGEX: u32 = 1;
const STOP: u32 = 2;

/// The text around a finding.
#[derive(Debug, Clone, Copy)]
pub struct Around<'t> {
    /// The secret.
    pub secret: &'t [u8],
    /// All that the rule's expression matched; for our own rules the assignment.
    pub matched: &'t [u8],
    /// The line.
    pub line: &'t [u8],
}

/// What the allowlists will want to know of the text: a number for each of which some condition holds.
pub(super) fn note(gitleaks: &Gitleaks, rule: &str, around: &Around<'_>) -> Vec<u32> {
    let mut noted = Vec::new();
    let mut lower: Option<Vec<u8>> = None;
    for (number, allow) in gitleaks.allow.iter().enumerate().filter(|(_, a)| means(a, rule)) {
        let target = match allow.target {
            Target::Secret => around.secret,
            Target::Match => around.matched,
            Target::Line => around.line,
        };
        let lower = lower.get_or_insert_with(|| around.secret.to_ascii_lowercase());
        let stop = allow.stopwords.iter().any(|w| memchr::memmem::find(lower, w.as_bytes()).is_some());
        let bits = u32::from(any(&allow.regexes, target)) * REGEX + u32::from(stop) * STOP;
        if bits > 0 {
            noted.push(number as u32 * 4 + bits);
        }
    }
    noted
}

fn means(allow: &GitleaksAllow, rule: &str) -> bool {
    allow.rules.is_empty() || allow.rules.iter().any(|r| r == rule)
}

fn any(regexes: &[Regex], text: &[u8]) -> bool {
    regexes.iter().any(|r| r.is_match(text))
}

/// Whether a rule's path condition or an allowlist says that a finding at this path (from the root) is fine.
pub(super) fn judge(gitleaks: &Gitleaks, finding: &Finding, path: Option<&[u8]>) -> Option<Disposition> {
    let because = |reason: String| {
        Some(Disposition::Allowed { by: "gitleaks configuration".into(), reason: reason.into() })
    };
    let path = path.unwrap_or_default();
    if let Some((rule, _)) = gitleaks.paths.iter().find(|(r, p)| *r == finding.rule && !p.is_match(path)) {
        return because(format!("{rule} is about other paths"));
    }
    let commit = match (&finding.history, &finding.location.origin) {
        (Some(history), _) => history.commit.to_string(),
        (None, Origin::Commit(commit, _)) => commit.commit.to_string(),
        _ => String::new(),
    };
    let mut entries = gitleaks.allow.iter().enumerate().filter(|(_, a)| means(a, &finding.rule));
    let (_, allow) = entries.find(|(number, allow)| {
        let bits = finding.noted.iter().find(|n| *n / 4 == *number as u32).map_or(0, |n| n % 4);
        let holds = [
            (!allow.commits.is_empty(), !commit.is_empty() && allow.commits.contains(&commit)),
            (!allow.paths.is_empty(), !path.is_empty() && any(&allow.paths, path)),
            (!allow.regexes.is_empty(), bits & REGEX > 0),
            (!allow.stopwords.is_empty(), bits & STOP > 0),
        ];
        let mut asked = holds.iter().filter(|(asked, _)| *asked).map(|(_, holds)| *holds);
        if allow.all { asked.all(|h| h) } else { asked.any(|h| h) }
    })?;
    let place = format!("{}:{}", allow.at.file.display(), allow.at.line);
    because(if allow.about.is_empty() { place } else { format!("{} ({place})", allow.about) })
}
