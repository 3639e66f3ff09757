//! Hygiene: files that never belong in git, told by their names; keys in code that ships to browsers; test folders.
//!
//! Pure functions on paths: who knows what is tracked decides what to do with the answer.

mod content;
mod lookup;
mod names;
mod settings;
mod stores;
mod table;

use std::sync::Arc;

use crate::model::{Excerpt, Facts, Finding, LineCol, Location, Origin, Remedy, RuleId, Secret, Severity};
use crate::rules::Rule;

pub use names::{check, check_folder, ids, may_name, page};
pub use settings::is_settings;
pub use table::Hygiene;

/// How bad it is that a file of this kind is in git at this path (from the root); `None` if it is none after all.
/// `content` is its first part, where it is at hand.
pub fn weigh(kind: &Hygiene, path: &[u8], content: Option<&[u8]>) -> Option<Severity> {
    if !kind.needs.met(path, content) {
        return None;
    }
    let harmless = kind.rule.starts_with("hygiene-dotenv") && content.is_some_and(content::is_harmless_env);
    Some(if harmless || path_penalty(path) > 0 { Severity::Low } else { kind.severity })
}

/// A finding of this kind; `path` is the file's from the root.
pub fn finding(kind: &'static Hygiene, origin: Origin, path: &[u8], severity: Severity) -> Finding {
    let about = format!(
        "{} Take it out with `git rm --cached`, add `{}` to .gitignore, and replace what it held: it stays in the history.",
        kind.why,
        kind.ignore_lines(path).join("`, `")
    );
    Finding::from(Facts {
        provider: "Hygiene".into(),
        name: kind.name.into(),
        severity,
        reasons: vec![format!("tracked by git: {}", kind.why).into()].into(),
        remedy: Arc::new(Remedy { about: about.into(), ..Remedy::default() }),
        ..about_path(kind.rule.into(), origin, path)
    })
}

/// A finding of another tool's rule that is about a path alone.
pub fn foreign_finding(rule: &Rule, origin: Origin, path: &[u8]) -> Finding {
    Finding::from(Facts {
        provider: rule.provider.clone(),
        name: rule.name.clone(),
        severity: rule.severity,
        reasons: vec!["its path is what the rule is about".into()].into(),
        ..about_path(rule.id.clone(), origin, path)
    })
}

/// A finding that is about a file as such. What stands for its secret is the path from the root, so that fingerprint and
/// baseline mean this file, from wherever it is looked at.
fn about_path(rule: RuleId, origin: Origin, path: &[u8]) -> Facts {
    let named = [b"file:", path].concat();
    let location = Location {
        origin,
        span: 0..0,
        start: LineCol::START,
        end: LineCol::START,
        excerpt: Excerpt::default(),
    };
    Facts::new(rule, Secret::new(&named, named.len()), location)
}

/// How much less sure a judged value (a password, a generic token) is because of the folder or name it stands in:
/// 0 to 15. Keys with a structure of their own are as true in a test as anywhere.
pub fn path_penalty(path: &[u8]) -> u8 {
    let path = String::from_utf8_lossy(path).to_ascii_lowercase();
    let mut parts: Vec<&str> = path.split('/').collect();
    let name = parts.pop().unwrap_or_default();
    let folder = |words: &[&str]| parts.iter().any(|p| words.contains(p));
    if folder(&[
        "fixtures",
        "__fixtures__",
        "testdata",
        "test-data",
        "test_data",
        "mocks",
        "__mocks__",
        "cassettes",
        "snapshots",
        "__snapshots__",
    ]) || name.contains(".example")
        || name.contains(".sample")
    {
        15
    } else if folder(&[
        "test",
        "tests",
        "__tests__",
        "spec",
        "specs",
        "e2e",
        "testing",
        "examples",
        "example",
        "sample",
        "samples",
        "demo",
        "docs",
        "cypress",
        "stories",
        "bench",
        "benches",
        "benchmarks",
    ]) || [
        "_test.",
        ".test.",
        ".spec.",
        "_spec.",
        "_tests.",
        "test.java",
        "tests.java",
        "test.kt",
        "tests.cs",
        "test.cs",
        "test.php",
    ]
    .iter()
    .any(|m| name.contains(m))
        || name.starts_with("test_")
    {
        12
    } else {
        0
    }
}

/// Whether a key at this path or under this variable is sent to every visitor of a web page.
pub fn ships_to_browsers(path: &[u8], variable: Option<&str>) -> bool {
    const PREFIXES: &[&str] = &[
        "NEXT_PUBLIC_",
        "VITE_",
        "REACT_APP_",
        "GATSBY_",
        "NUXT_PUBLIC_",
        "VUE_APP_",
        "EXPO_PUBLIC_",
        "PUBLIC_",
    ];
    if variable.is_some_and(|v| PREFIXES.iter().any(|p| v.starts_with(p) && v.len() > p.len())) {
        return true;
    }
    let path = String::from_utf8_lossy(path).to_ascii_lowercase();
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let served = folders.split('/').any(|p| matches!(p, "public" | "static" | "www" | "wwwroot" | "htdocs"));
    let sent = [".js", ".mjs", ".html", ".htm", ".css", ".map", ".json", ".svg", ".wasm"]
        .iter()
        .any(|e| name.ends_with(e));
    (served && sent) || name.ends_with(".min.js") || name.ends_with(".bundle.js") || name.ends_with(".js.map")
}

/// The environment a variable's name speaks of, and the name without it: `(DEV, X_KEY)` for `X_DEV_KEY`.
pub fn environment_of(variable: &str) -> Option<(&'static str, String)> {
    const WORDS: &[(&str, &str)] = &[
        ("DEV", "development"),
        ("DEVELOPMENT", "development"),
        ("TEST", "test"),
        ("TESTING", "test"),
        ("STAGING", "staging"),
        ("STAGE", "staging"),
        ("QA", "test"),
        ("PROD", "production"),
        ("PRODUCTION", "production"),
        ("LIVE", "production"),
    ];
    let upper = variable.to_ascii_uppercase();
    let parts: Vec<&str> = upper.split(['_', '-', '.']).collect();
    let at = parts.iter().position(|p| WORDS.iter().any(|(w, _)| w == p))?;
    let (_, environment) = WORDS.iter().find(|(w, _)| *w == parts[at])?;
    let rest: Vec<&str> = parts.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, p)| *p).collect();
    Some((environment, rest.join("_")))
}

#[cfg(test)]
mod tests;
