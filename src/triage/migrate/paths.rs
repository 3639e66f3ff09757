//! Paths: patterns as in .gitignore, and regular expressions that say the same as some patterns.

use super::Carried;

/// More patterns than this for one expression are none.
const MOST: usize = 64;
/// Marks for the beginning and the end of a path in a spelled-out expression, and for whatever may stand between.
const BEGIN: char = '\u{2}';
const END: char = '\u{3}';
const ANY: char = '\u{4}';

/// Files of path patterns as in .gitignore: `.secretlintignore`, `.secretsignore` (ripsecrets), `.cycodeignore`. In
/// ripsecrets' file a section `[secrets]` holds values.
pub fn path_patterns(text: &str, from: &str) -> Carried {
    let mut carried = Carried::default();
    let reason = format!("in {from}");
    let mut in_paths = true;
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
        if line.starts_with('[') && line.ends_with(']') {
            in_paths = !line.contains("secrets");
        } else if in_paths {
            carried.path(line, &reason);
        } else {
            carried.value(line, &reason);
        }
    }
    carried
}

/// Files of regular expressions for paths, one a line: what `trufflehog --exclude-paths` takes.
pub fn path_expressions(text: &str, from: &str) -> Carried {
    let mut carried = Carried::default();
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
        carried.path_expression(line, &format!("in {from}"));
    }
    carried
}

impl Carried {
    /// A regular expression for paths as path patterns, where it is simple enough.
    pub(super) fn path_expression(&mut self, regex: &str, reason: &str) {
        match globs_of(regex) {
            Some(globs) => globs.iter().for_each(|glob| self.path(glob, reason)),
            None => self.left.push(format!("path expression '{regex}': {}", why_not(regex))),
        }
    }
}

/// Why an expression becomes no pattern.
pub(super) fn why_not(regex: &str) -> &'static str {
    if regex::bytes::Regex::new(regex).is_ok() {
        "no path pattern says the same"
    } else {
        "it is no regular expression; a path pattern can stand under `exclude:` as it is"
    }
}

/// The patterns that together say what an expression says, or a little less.
pub(super) fn globs_of(regex: &str) -> Option<Vec<String>> {
    let regex = regex.trim_start_matches("(?i)").trim_start_matches("(?x)").trim();
    let mut rest = regex;
    let variants = alternatives(&mut rest, 0)?;
    if !rest.is_empty() {
        return None;
    }
    let mut globs: Vec<String> = variants.iter().map(|v| glob(v)).collect::<Option<_>>()?;
    globs.sort();
    globs.dedup();
    // `(^|/)x` is x anywhere.
    let floating = globs.clone();
    globs.retain(|g| g.strip_prefix('/').is_none_or(|g| !floating.iter().any(|f| f == g)));
    Some(globs)
}

/// Spells out alternatives up to a closing parenthesis or the end.
fn alternatives(rest: &mut &str, depth: usize) -> Option<Vec<String>> {
    let mut all: Vec<String> = Vec::new();
    loop {
        all.extend(sequence(rest, depth)?);
        if all.len() > MOST || depth > 8 {
            return None;
        }
        match rest.strip_prefix('|') {
            Some(more) => *rest = more,
            None => return Some(all),
        }
    }
}

fn sequence(rest: &mut &str, depth: usize) -> Option<Vec<String>> {
    let mut so_far = vec![String::new()];
    while let Some(c) = rest.chars().next().filter(|c| !matches!(c, '|' | ')')) {
        let mut next = &rest[c.len_utf8()..];
        let mut parts = match c {
            '^' => vec![BEGIN.to_string()],
            '$' => vec![END.to_string()],
            '.' if next.starts_with(['*', '+']) => {
                next = next[1..].strip_prefix('?').unwrap_or(&next[1..]);
                vec![ANY.to_string()]
            }
            '.' => vec!["?".to_string()],
            '[' if next.starts_with("^/]") => {
                next = next[3..].strip_prefix(['*', '+'])?;
                vec!["*".to_string()]
            }
            '(' => {
                next = next.strip_prefix("?:").unwrap_or(next);
                let inside = alternatives(&mut next, depth + 1)?;
                next = next.strip_prefix(')')?;
                inside
            }
            '\\' => {
                let escaped = next.chars().next().filter(char::is_ascii_punctuation)?;
                next = &next[1..];
                vec![escaped.to_string()]
            }
            '[' | ']' | '{' | '}' | '*' | '+' | '?' => return None,
            c => vec![c.to_string()],
        };
        if let Some(more) = next.strip_prefix('?') {
            parts.push(String::new());
            next = more;
        } else if next.starts_with(['*', '+', '{']) {
            return None;
        }
        so_far = so_far.iter().flat_map(|a| parts.iter().map(move |b| format!("{a}{b}"))).collect();
        if so_far.len() > MOST {
            return None;
        }
        *rest = next;
    }
    Some(so_far)
}

/// One spelled-out expression as a pattern.
fn glob(variant: &str) -> Option<String> {
    let (anchored, rest) = variant.strip_prefix(BEGIN).map_or((false, variant), |rest| (true, rest));
    let (closed, rest) = rest.strip_suffix(END).map_or((false, rest), |rest| (true, rest));
    if rest.contains([BEGIN, END]) {
        return None;
    }
    // Whatever stands in front may be a part of the name, unless a folder ends there.
    let partly = !anchored && rest.starts_with(ANY) && !rest.trim_start_matches(ANY).starts_with('/');
    let rest = if anchored { rest } else { rest.trim_start_matches([ANY, '*', '/']) };
    let folder = ["/", "/*", "/\u{4}"].iter().any(|end| rest.ends_with(end));
    let core = rest.trim_end_matches([ANY, '*', '/']);
    if core.trim_matches([ANY, '*', '?', '/']).is_empty() || core.contains("**") {
        return None;
    }
    let core = &core.replace("/\u{4}", "/**/*").replace(ANY, "*");
    let open = !closed && !folder && (partly || core.contains('.'));
    // An ending stands at the end of any name.
    let ending = !anchored && core.starts_with('.') && !core.contains('/');
    let any = if partly || ending { "*" } else { "" };
    let head = match (anchored, core.contains('/')) {
        (true, _) => "/",
        (false, true) => "**/",
        (false, false) => "",
    };
    Some(format!("{head}{any}{}{}", core.trim_start_matches('/'), if open { "*" } else { "" }))
}
