//! Looking a path up among the names that never belong in git.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::config::wildcard;

use super::content::Needs;
use super::lookup::{Patterns, Texts};
use super::stores::STORES;
use super::table::{Hygiene, LOGINS};

/// Endings that mark a file which is meant to be committed: an example, encrypted, a text or a program about it.
pub(super) const MEANT: &[&str] = &[
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
    ".rst",
    ".j2",
    ".erb",
    ".in",
    ".schema",
];

/// Endings of programs and settings that only share a name or a folder with what is secret.
const SOURCES: &[&str] = &[
    "py",
    "sh",
    "bash",
    "ps1",
    "rb",
    "pl",
    "php",
    "go",
    "rs",
    "js",
    "ts",
    "tsx",
    "jsx",
    "mjs",
    "cjs",
    "java",
    "kt",
    "cs",
    "c",
    "h",
    "cpp",
    "swift",
    "scala",
    "lua",
    "yml",
    "yaml",
    "html",
    "css",
    "svg",
    "png",
    "bicep",
    "tf",
    "gitignore",
    "gitkeep",
    "dockerfile",
];

/// Folders that hold nothing else, so that their name alone is enough where their files are not known.
const SURE: &[&str] = &[
    ".gnupg/",
    "private-keys-v1.d/",
    ".config/gcloud/",
    "legacy_credentials/",
    "*.agilekeychain/",
    "*.opvault/",
    "*.1pif/",
];

/// A pattern and the kind of file it means.
type Named = (&'static str, &'static Hygiene);

/// Patterns by how they can be looked up, so that a path costs a few nanoseconds.
#[derive(Default)]
struct Names {
    exact: Texts<Named>,
    endings: Texts<Named>,
    wild: Patterns<Named>,
    /// Each part by itself.
    folders: Vec<(Vec<String>, Named)>,
    /// Which of them begin with exactly this part.
    folders_from: Texts<Vec<usize>>,
    /// Which of them begin with a pattern.
    folders_wild: Vec<usize>,
    /// By the last part, all of them.
    paths: Patterns<(String, Named)>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut names = Names::default();
    for kind in LOGINS.iter().chain(STORES) {
        for &name in kind.names {
            let (lower, named) = (name.to_ascii_lowercase(), (name, kind));
            if let Some(folder) = lower.strip_suffix('/') {
                let parts: Vec<String> = folder.split('/').map(str::to_owned).collect();
                match parts.first().filter(|first| !first.contains('*')) {
                    Some(first) => names.folders_from.entry(first.clone()).or_default(),
                    None => &mut names.folders_wild,
                }
                .push(names.folders.len());
                names.folders.push((parts, named));
            } else if lower.contains('/') {
                let last = lower.rsplit('/').next().unwrap_or_default().to_owned();
                names.paths.push(last, (lower, named));
            } else if !lower.contains('*') {
                names.exact.entry(lower).or_insert(named);
            } else if let Some(ending) = lower.strip_prefix("*.").filter(|e| !e.contains(['*', '.'])) {
                names.endings.entry(ending.to_owned()).or_insert(named);
            } else {
                names.wild.push(lower, named);
            }
        }
    }
    names
});

/// The ids of all kinds, each once.
pub fn ids() -> Vec<&'static str> {
    let mut ids: Vec<&str> = LOGINS.iter().chain(STORES).map(|kind| kind.rule).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// A page about the kinds of this id, for people; empty if there is none.
pub fn page(id: &str) -> String {
    let mut page = String::new();
    for kind in LOGINS.iter().chain(STORES).filter(|kind| kind.rule == id) {
        let names: Vec<String> = kind.names.iter().map(|n| format!("`{n}`")).collect();
        let also = if kind.needs == Needs::Name { "" } else { "; the content has a say" };
        let (name, severity, why) = (kind.name, kind.severity, kind.why);
        page.push_str(&format!(
            "# {id}: {name} ({severity})\n\n{why}\n\nFiles: {}{also}.\n\n",
            names.join(", ")
        ));
    }
    page
}

/// What kind of file that never belongs in git a path names, if any.
pub fn check(path: &[u8]) -> Option<&'static Hygiene> {
    find(path).map(|(_, kind)| kind)
}

/// What kind of files a folder of this path is for, if they never belong in git.
pub fn check_folder(path: &[u8]) -> Option<&'static Hygiene> {
    let inside = [path, b"/x"].concat();
    find(&inside).filter(|(pattern, _)| SURE.contains(pattern)).map(|(_, kind)| kind)
}

fn find(path: &[u8]) -> Option<Named> {
    let path = std::str::from_utf8(path).ok()?;
    let capital = path.bytes().any(|b| b.is_ascii_uppercase());
    let path = if capital { Cow::Owned(path.to_ascii_lowercase()) } else { Cow::Borrowed(path) };
    let name = path.rsplit('/').next().unwrap_or_default();
    // Asked last: nearly all names are none of these.
    let meant = || {
        name == "debug.keystore"
            || MEANT.iter().any(|end| name.ends_with(end))
            || name.contains("example")
            || name.contains("sample")
    };
    named(&path, name).filter(|_| !meant())
}

/// What a path in small letters means, `name` being its last part.
fn named(path: &str, name: &str) -> Option<Named> {
    let names = &*NAMES;
    // Most are told apart by the last name alone.
    let ends = |end: &str| tail(path, end.matches('/').count()).is_some_and(|tail| wildcard(end, tail));
    if let Some((_, named)) = names.paths.fitting(name).find(|(end, _)| ends(end)) {
        return Some(*named);
    }
    if let Some(named) = names.exact.get(name) {
        return Some(*named);
    }
    let ending = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, ending)| ending);
    if let Some(named) = ending.and_then(|e| names.endings.get(e)) {
        return Some(*named);
    }
    let source = || name.rsplit('.').next().is_some_and(|ending| SOURCES.contains(&ending));
    if let Some(named) = names.wild.fitting(name).find(|_| !source()) {
        return Some(*named);
    }
    // Most files are programs, and their folders need not be asked.
    if source() {
        return None;
    }
    let parts: Vec<&str> = path.split('/').collect();
    let from = parts.iter().filter_map(|part| names.folders_from.get(part)).flatten();
    from.chain(&names.folders_wild)
        .filter(|at| in_folder(&parts, &names.folders[**at].0))
        .min()
        .map(|at| names.folders[*at].1)
}

/// The end of a path with so many slashes in it.
fn tail(path: &str, slashes: usize) -> Option<&str> {
    let mut starts = path.rmatch_indices('/').map(|(at, _)| at);
    match starts.nth(slashes) {
        Some(at) => Some(&path[at + 1..]),
        None => (path.matches('/').count() == slashes).then_some(path),
    }
}

/// Whether a file, of whose path these are the parts, stands below a folder of this name, which may have several parts.
fn in_folder(parts: &[&str], folder: &[String]) -> bool {
    let above = &parts[..parts.len() - 1];
    above.windows(folder.len()).any(|w| w.iter().zip(folder).all(|(part, want)| wildcard(want, part)))
}

/// Whether a name of one file or folder can be the end of a path that is known: who knows names only asks this first.
pub fn may_name(name: &[u8]) -> bool {
    let Ok(name) = std::str::from_utf8(name) else { return false };
    let lower = name.to_ascii_lowercase();
    find(name.as_bytes()).is_some()
        || NAMES.paths.fitting(&lower).next().is_some()
        || NAMES.folders.iter().any(|(folder, (pattern, _))| {
            SURE.contains(pattern) && folder.last().is_some_and(|part| wildcard(part, &lower))
        })
}

impl Hygiene {
    /// The lines for .gitignore that cover a path of this kind. Patterns are met in any case of letters here, which git
    /// does not do: a name that differs is spelled out.
    pub fn ignore_lines(&self, path: &[u8]) -> Vec<Cow<'static, str>> {
        let text = String::from_utf8_lossy(path);
        let name = text.rsplit('/').next().unwrap_or_default();
        if self.lines.iter().any(|line| wildcard(line, name)) {
            return self.lines.iter().map(|line| Cow::Borrowed(*line)).collect();
        }
        let pattern = find(path).map_or("", |(pattern, _)| pattern);
        let covers = match pattern.strip_suffix('/') {
            Some(folder) => {
                let parts: Vec<&str> = text.split('/').collect();
                in_folder(&parts, &folder.split('/').map(str::to_owned).collect::<Vec<_>>())
            }
            None => tail(&text, pattern.matches('/').count()).is_some_and(|t| wildcard(pattern, t)),
        };
        if covers && pattern.trim_end_matches('/').contains('/') {
            // A slash inside binds a line of .gitignore to the top.
            return vec![format!("**/{pattern}").into()];
        }
        vec![if covers { pattern.into() } else { name.to_owned().into() }]
    }
}
