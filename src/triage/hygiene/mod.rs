//! Hygiene: files that never belong in git, told by their names; keys in code that ships to browsers; test folders.
//!
//! Pure functions on paths: who knows what is tracked decides what to do with the answer.

mod table;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use crate::config::wildcard;
use crate::model::{
    BlobPath, Excerpt, Facts, Finding, LineCol, Location, Origin, Remedy, RuleId, Secret, Severity,
};
use crate::rules::Rule;

pub use table::Hygiene;
use table::KINDS;

/// Endings that mark a file which is meant to be committed: an example, or encrypted.
const MEANT: &[&str] = &[
    ".example",
    ".sample",
    ".template",
    ".dist",
    ".defaults",
    ".default",
    ".tpl",
    ".tmpl",
    ".enc",
    ".encrypted",
    ".gpg",
    ".age",
    ".sops",
    ".vault",
    ".pub",
    ".md",
    ".j2",
    ".erb",
    ".in",
    ".schema",
];

/// Patterns by how they can be looked up, so that a path costs a few nanoseconds.
struct Names {
    exact: HashMap<&'static str, &'static Hygiene>,
    endings: HashMap<&'static str, &'static Hygiene>,
    wild: Vec<(&'static str, &'static Hygiene)>,
    folders: Vec<(&'static str, &'static Hygiene)>,
    paths: Vec<(&'static str, &'static Hygiene)>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut names = Names {
        exact: HashMap::new(),
        endings: HashMap::new(),
        wild: Vec::new(),
        folders: Vec::new(),
        paths: Vec::new(),
    };
    for kind in KINDS {
        for &name in kind.names {
            if let Some(folder) = name.strip_suffix('/') {
                names.folders.push((folder, kind));
            } else if name.contains('/') {
                names.paths.push((name, kind));
            } else if !name.contains('*') {
                names.exact.entry(name).or_insert(kind);
            } else if let Some(ending) = name.strip_prefix("*.").filter(|e| !e.contains(['*', '.'])) {
                names.endings.entry(ending).or_insert(kind);
            } else {
                names.wild.push((name, kind));
            }
        }
    }
    names
});

/// What kind of file that never belongs in git a path names, if any.
pub fn check(path: &[u8]) -> Option<&'static Hygiene> {
    let path = std::str::from_utf8(path).ok()?.to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or_default();
    if name == "debug.keystore"
        || MEANT.iter().any(|end| name.ends_with(end))
        || name.contains("example")
        || name.contains("sample")
    {
        return None;
    }
    let names = &*NAMES;
    if let Some(kind) = names.exact.get(name) {
        return Some(kind);
    }
    if let Some((stem, ending)) = name.rsplit_once('.')
        && !stem.is_empty()
        && let Some(kind) = names.endings.get(ending)
    {
        return Some(kind);
    }
    let in_folder = |folder: &str| path.split('/').rev().skip(1).any(|part| part == folder);
    let ends = |end: &str| path.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
    names
        .paths
        .iter()
        .find(|(end, _)| ends(end))
        .or_else(|| names.wild.iter().find(|(pattern, _)| wildcard(pattern, name)))
        .or_else(|| names.folders.iter().find(|(folder, _)| in_folder(folder)))
        .map(|(_, kind)| *kind)
}

/// Whether an environment file holds nothing but names, references and obvious placeholders, so that it is only bad
/// practice. Looks at the first 64 KiB.
pub fn is_harmless_env(content: &[u8]) -> bool {
    let head = &content[..content.len().min(64 << 10)];
    let text = String::from_utf8_lossy(head);
    text.split(['\n', '\r']).map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).all(|line| {
        let value = line.split_once('=').map_or("", |(_, value)| value).trim().trim_matches(['"', '\'']);
        let lower = value.to_ascii_lowercase();
        value.len() < 6
            || value.starts_with("${")
            || value.starts_with('<')
            || ["your", "change", "example", "placeholder", "xxxx", "todo", "localhost"]
                .iter()
                .any(|w| lower.contains(w))
    })
}

/// A finding of this kind.
pub fn finding(kind: &'static Hygiene, origin: Origin, severity: Severity) -> Finding {
    let about = format!(
        "{} Take it out with `git rm --cached`, add `{}` to .gitignore, and replace what it held: it stays in the history.",
        kind.why,
        kind.ignore.join("`, `")
    );
    Finding::from(Facts {
        provider: "Hygiene".into(),
        name: kind.name.into(),
        severity,
        reasons: vec![format!("tracked by git: {}", kind.why).into()].into(),
        remedy: Arc::new(Remedy { about: about.into(), ..Remedy::default() }),
        ..about_path(kind.rule.into(), origin)
    })
}

/// A finding of another tool's rule that is about a path alone.
pub fn foreign_finding(rule: &Rule, origin: Origin) -> Finding {
    Finding::from(Facts {
        provider: rule.provider.clone(),
        name: rule.name.clone(),
        severity: rule.severity,
        reasons: vec!["its path is what the rule is about".into()].into(),
        ..about_path(rule.id.clone(), origin)
    })
}

/// A finding that is about a file as such. What stands for its secret is the path, so that fingerprint and baseline mean
/// this file.
fn about_path(rule: RuleId, origin: Origin) -> Facts {
    let path = origin.path().map_or(&b""[..], BlobPath::as_bytes);
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
