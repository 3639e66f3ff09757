//! From what stands in a rule file to what a rule is: validates, and derives what was left out.
//!
//! `build.rs` uses this file too (to write the static table), so it stops short of `Rule`, whose types belong to the
//! crate: `compile.rs` and `build.rs` each take the last, mechanical step.

use super::charset::Charset;
use super::check_kind::CheckKind;
use super::schema::{RawFile, RawRule};
use super::template::{self, Piece};
use super::yaml::{self, Problem};

use super::derive;

/// The words for severities, mildest first.
pub(crate) const SEVERITIES: [&str; 5] = ["info", "low", "medium", "high", "critical"];
/// The words for needs.
pub(crate) const NEEDS: [&str; 3] = ["none", "near", "name"];
/// The words for judgements.
pub(crate) const JUDGES: [&str; 3] = ["shape", "random", "human"];

/// No list in a rule may be longer, no text in it longer in bytes.
const MOST: usize = 256;
const LONGEST_TEXT: usize = 8192;

/// A validated rule in plain types. Severity, need and judge are indices into the lists of words above.
#[derive(Debug)]
pub(crate) struct Draft {
    pub provider: String,
    pub severity: usize,
    pub shapes: Vec<Vec<Piece>>,
    pub samples: Vec<Vec<Piece>>,
    pub need: usize,
    pub judge: usize,
    pub confidence: u8,
    pub rank: u16,
    pub not_before: Charset,
    pub not_after: Charset,
    pub check: Option<CheckKind>,
    /// What needs no change.
    pub raw: RawRule,
    /// 1-based line at which it begins.
    pub line: usize,
}

/// Reads a rule file.
pub(crate) fn read(text: &str) -> Result<Vec<Draft>, Problem> {
    let file: RawFile = yaml::read(text)?;
    let starts = rule_lines(text);
    plain("provider", &file.provider, true).map_err(|text| Problem { line: 1, text })?;
    plain("site", &file.site, false).map_err(|text| Problem { line: 1, text })?;
    let mut drafts = Vec::with_capacity(file.rules.len());
    for (index, raw) in file.rules.into_iter().enumerate() {
        let line = starts.get(index).copied().unwrap_or(1);
        let end = starts.get(index + 1).copied().unwrap_or(usize::MAX);
        let id = raw.id.clone();
        let draft = draft(&file.provider, raw, line).map_err(|(field, problem)| Problem {
            line: field_line(text, line, end, field),
            text: format!("rule {}: {field}: {problem}", id.escape_default()),
        })?;
        drafts.push(draft);
    }
    Ok(drafts)
}

/// The field that is wrong, and how.
type Wrong = (&'static str, String);

fn draft(provider: &str, raw: RawRule, line: usize) -> Result<Draft, Wrong> {
    texts(&raw)?;
    let shapes = shapes("shape", &raw.shape.0)?;
    let samples = self::shapes("sample", &raw.sample.0)?;
    match (&raw.pattern, shapes.is_empty()) {
        (None, true) => return Err(("shape", "is missing (or `pattern`)".to_string())),
        (Some(_), false) => return Err(("pattern", "cannot stand beside `shape`".to_string())),
        (Some(pattern), true) => regex(pattern).map_err(|e| ("pattern", e))?,
        (None, false) => {}
    }
    let severity = word("severity", &raw.severity, &SEVERITIES)?;
    let literals = derive::fewest_literals(&shapes);
    let anchored = literals >= 3 || raw.pattern.is_some();
    let need = match &raw.context.need {
        Some(need) => word("need", need, &NEEDS)?,
        None => usize::from(!anchored),
    };
    let context = &raw.context;
    if need > 0 && context.names.is_empty() && context.words.is_empty() && context.hosts.is_empty() {
        return Err(("context", "a needed context must say which names, words or hosts".to_string()));
    }
    if need == 0 && !anchored && literals == 0 {
        return Err(("need", "a shape without any literal text needs a context".to_string()));
    }
    let judge = match &raw.judge {
        Some(judge) => word("judge", judge, &JUDGES)?,
        None => usize::from(!anchored),
    };
    if raw.confidence.is_some_and(|c| c > 100) {
        return Err(("confidence", "must be 0 to 100".to_string()));
    }
    let check = match &raw.check {
        None => None,
        Some(name) => Some(CheckKind::parse(name).ok_or_else(|| ("check", unknown_check(name)))?),
    };
    let edge = |field, text: &Option<String>, derived| match text.as_deref() {
        None => Ok(derived),
        Some("none") => Ok(Charset::NONE),
        Some(set) => Charset::parse(set).map_err(|e| (field, e)),
    };
    Ok(Draft {
        provider: provider.to_string(),
        severity,
        need,
        judge,
        confidence: raw.confidence.unwrap_or_else(|| derive::confidence(&shapes, need)),
        rank: raw.rank.unwrap_or_else(|| derive::rank(&shapes)),
        not_before: edge("left", &raw.left, derive::not_before(&shapes))?,
        not_after: edge("right", &raw.right, derive::not_after(&shapes))?,
        check,
        shapes,
        samples,
        raw,
        line,
    })
}

/// Checks all that is only text.
fn texts(raw: &RawRule) -> Result<(), Wrong> {
    let id_ok = raw.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && raw.id.split('-').all(|part| !part.is_empty());
    if !id_ok || raw.id.len() > 100 {
        return Err(("id", "must be lower-case words and numbers with dashes between them".to_string()));
    }
    let one = |field, text: &str, needed| plain(field, text, needed).map_err(|e| (field, e));
    one("name", &raw.name, true)?;
    one("about", &raw.about, false)?;
    one("revoke", &raw.revoke, false)?;
    one("rotate", &raw.rotate, false)?;
    one("variable", &raw.variable, false)?;
    one("pair", raw.pair.as_deref().unwrap_or_default(), false)?;
    let context = &raw.context;
    for (field, list, printable) in [
        ("names", &context.names, true),
        ("words", &context.words, true),
        ("hosts", &context.hosts, true),
        ("references", &raw.references, true),
        ("match", &raw.examples.matching, false),
        ("reject", &raw.examples.reject, false),
    ] {
        if list.len() > MOST {
            return Err((field, format!("more than {MOST} entries")));
        }
        for text in list {
            if text.len() > LONGEST_TEXT {
                return Err((field, format!("an entry is longer than {LONGEST_TEXT} bytes")));
            }
            if printable {
                one(field, text, true)?;
            }
        }
    }
    if let Some(verify) = &raw.verify {
        if !verify.url.starts_with("https://") {
            return Err(("url", "must begin with https://".to_string()));
        }
        if !matches!(verify.method.as_deref(), None | Some("GET" | "POST" | "HEAD")) {
            return Err(("method", "must be GET, POST or HEAD".to_string()));
        }
        for text in verify.headers.iter().chain([&verify.url]) {
            one("headers", text, true)?;
        }
        if verify.live.0.is_empty() {
            return Err(("live", "must say which status codes mean that the key works".to_string()));
        }
    }
    Ok(())
}

fn plain(field: &str, text: &str, needed: bool) -> Result<(), String> {
    if needed && text.trim().is_empty() {
        return Err(format!("{field} must not be empty"));
    }
    if text.len() > LONGEST_TEXT {
        return Err(format!("longer than {LONGEST_TEXT} bytes"));
    }
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return Err("holds control characters".to_string());
    }
    Ok(())
}

fn shapes(field: &'static str, texts: &[String]) -> Result<Vec<Vec<Piece>>, Wrong> {
    if texts.len() > MOST {
        return Err((field, format!("more than {MOST} alternatives")));
    }
    texts
        .iter()
        .map(|text| {
            let pieces = template::parse(text).map_err(|e| (field, format!("`{text}`: {e}")))?;
            let longest: u64 = pieces.iter().map(|p| u64::from(derive::longest(p))).sum();
            if longest < 4 {
                return Err((field, format!("`{text}`: nothing shorter than 4 bytes is a key")));
            }
            if !pieces.iter().any(|p| matches!(p, Piece::Run(..))) {
                return Err((field, format!("`{text}`: a key that is always the same is no secret")));
            }
            Ok(pieces)
        })
        .collect()
}

fn regex(pattern: &str) -> Result<(), String> {
    if pattern.len() > LONGEST_TEXT {
        return Err(format!("longer than {LONGEST_TEXT} bytes"));
    }
    let parsed = regex_syntax::ParserBuilder::new()
        .utf8(false)
        .unicode(false)
        .nest_limit(64)
        .build()
        .parse(pattern)
        .map_err(|e| e.to_string())?;
    if parsed.properties().minimum_len().is_none_or(|least| least < 4) {
        return Err("can match fewer than 4 bytes".to_string());
    }
    if !pattern.contains("(?P<key>") && !pattern.contains("(?<key>") {
        return Err("needs a group named `key`: (?<key>…)".to_string());
    }
    Ok(())
}

fn word(field: &'static str, word: &str, known: &[&str]) -> Result<usize, Wrong> {
    known
        .iter()
        .position(|k| *k == word)
        .ok_or_else(|| (field, format!("`{}` is not one of {}", word.escape_default(), known.join(", "))))
}

fn unknown_check(name: &str) -> String {
    let known: Vec<_> = CheckKind::ALL.iter().map(|(name, _)| *name).collect();
    format!("no check is called `{}`; there are {}", name.escape_default(), known.join(", "))
}

/// The 1-based lines at which the entries of `rules:` begin.
fn rule_lines(text: &str) -> Vec<usize> {
    let mut lines = text.lines().enumerate();
    lines.by_ref().find(|(_, line)| line.starts_with("rules:"));
    let mut indent = None;
    lines
        .filter(|(_, line)| {
            let trimmed = line.trim_start();
            let own = line.len() - trimmed.len();
            (trimmed.starts_with("- ") || trimmed == "-") && *indent.get_or_insert(own) == own
        })
        .map(|(index, _)| index + 1)
        .collect()
}

/// The line of a field in the rule that spans the lines from `start` up to `end`; `start` if it is not there.
fn field_line(text: &str, start: usize, end: usize, field: &str) -> usize {
    let lines = text.lines().enumerate().skip(start - 1).take_while(|(index, _)| index + 1 < end);
    for (index, line) in lines {
        let key = line.trim_start().trim_start_matches("- ").trim_start();
        if key.strip_prefix(field).is_some_and(|rest| rest.trim_start().starts_with(':')) {
            return index + 1;
        }
    }
    start
}
