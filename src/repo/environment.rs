//! The variables by which git tells a hook where everything is.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::bytes::{path_from_bytes, path_to_bytes};

/// What git's environment variables say. Only the modes that a hook calls listen to them: `scan DIR` and
/// `history REPO` are about the folder they were given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// `GIT_DIR`.
    pub git_dir: Option<PathBuf>,
    /// `GIT_WORK_TREE`.
    pub work_tree: Option<PathBuf>,
    /// `GIT_INDEX_FILE`: `git commit -- path` and `git commit -a` give hooks another index than the usual one.
    pub index_file: Option<PathBuf>,
    /// `GIT_OBJECT_DIRECTORY`: during a push, the quarantine.
    pub object_directory: Option<PathBuf>,
    /// `GIT_ALTERNATE_OBJECT_DIRECTORIES`.
    pub alternates: Vec<PathBuf>,
    /// `GIT_COMMON_DIR`.
    pub common_dir: Option<PathBuf>,
    /// `GIT_CEILING_DIRECTORIES`: discovery does not climb to these or above them.
    pub ceilings: Vec<PathBuf>,
    /// `GIT_DISCOVERY_ACROSS_FILESYSTEM`.
    pub across_filesystems: bool,
}

impl Environment {
    /// No variable is set.
    pub fn none() -> Environment {
        Environment::default()
    }

    /// The variables of this process.
    pub fn of_process() -> Environment {
        Environment::from_lookup(&|name| std::env::var_os(name))
    }

    /// Discovery limits alone, for modes that are given a folder.
    pub fn limits_of_process() -> Environment {
        let all = Environment::of_process();
        Environment {
            ceilings: all.ceilings,
            across_filesystems: all.across_filesystems,
            ..Environment::default()
        }
    }

    fn from_lookup(get: &dyn Fn(&str) -> Option<OsString>) -> Environment {
        let path = |name: &str| get(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        let list =
            |name: &str| get(name).map(|v| split_list(&path_to_bytes(Path::new(&v)))).unwrap_or_default();
        let truth = |name: &str| {
            get(name).is_some_and(|v| !matches!(v.to_str(), Some("" | "0" | "false" | "no" | "off")))
        };
        Environment {
            git_dir: path("GIT_DIR"),
            work_tree: path("GIT_WORK_TREE"),
            index_file: path("GIT_INDEX_FILE"),
            object_directory: path("GIT_OBJECT_DIRECTORY"),
            alternates: list("GIT_ALTERNATE_OBJECT_DIRECTORIES"),
            common_dir: path("GIT_COMMON_DIR"),
            ceilings: list("GIT_CEILING_DIRECTORIES").into_iter().filter(|p| p.is_absolute()).collect(),
            across_filesystems: truth("GIT_DISCOVERY_ACROSS_FILESYSTEM"),
        }
    }
}

/// The value that `git -c`, or its variables `GIT_CONFIG_KEY_<n>`, give to a key such as `core.commentchar`.
pub fn given_config(key: &str) -> Option<Vec<u8>> {
    given_values(key).pop()
}

/// All values that `git -c` and its variables give to a key, in git's order.
pub(super) fn given_values(key: &str) -> Vec<Vec<u8>> {
    let text = |name: &str| std::env::var_os(name).map(|v| path_to_bytes(Path::new(&v)));
    let mut found = Vec::new();
    let count = text("GIT_CONFIG_COUNT").and_then(|n| String::from_utf8(n).ok()?.trim().parse::<u32>().ok());
    for n in 0..count.unwrap_or(0).min(1_000) {
        if text(&format!("GIT_CONFIG_KEY_{n}")).is_some_and(|k| k.eq_ignore_ascii_case(key.as_bytes())) {
            found.extend(text(&format!("GIT_CONFIG_VALUE_{n}")));
        }
    }
    let given = text("GIT_CONFIG_PARAMETERS").map(|list| parameters(&list)).unwrap_or_default();
    found.extend(given.into_iter().filter(|(k, _)| k.eq_ignore_ascii_case(key.as_bytes())).map(|(_, v)| v));
    found
}

/// Settings as git hands them to its children: `'key=value'` or `'key'='value'`, with blanks between, quoted for sh.
fn parameters(list: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut words: Vec<Vec<u8>> = vec![Vec::new()];
    let mut quoted = false;
    let mut bytes = list.iter().copied();
    while let Some(byte) = bytes.next() {
        let Some(word) = words.last_mut() else { break };
        match byte {
            b'\'' => quoted = !quoted,
            b' ' if !quoted => words.push(Vec::new()),
            b'\\' if !quoted => word.extend(bytes.next()),
            other => word.push(other),
        }
    }
    let split = |word: Vec<u8>| {
        let at = word.iter().position(|&b| b == b'=')?;
        Some((word[..at].to_vec(), word[at + 1..].to_vec()))
    };
    words.into_iter().filter_map(split).collect()
}

/// Splits a list of paths at colons; an element in double quotes may hold colons and backslash escapes.
fn split_list(text: &[u8]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (element, after) = if rest.first() == Some(&b'"') { quoted(&rest[1..]) } else { plain(rest) };
        if !element.is_empty() {
            found.push(path_from_bytes(&element));
        }
        rest = after;
    }
    found
}

/// The reverse: paths with colons between them, each in double quotes where it must be.
pub(super) fn joined(paths: &[PathBuf]) -> OsString {
    let separator = if cfg!(windows) { b';' } else { b':' };
    let mut list = Vec::new();
    for path in paths {
        if !list.is_empty() {
            list.push(separator);
        }
        let bytes = path_to_bytes(path);
        if cfg!(windows) || !(bytes.starts_with(b"\"") || bytes.contains(&b':')) {
            list.extend_from_slice(&bytes);
            continue;
        }
        list.push(b'"');
        for &byte in &*bytes {
            if matches!(byte, b'"' | b'\\') {
                list.push(b'\\');
            }
            list.push(byte);
        }
        list.push(b'"');
    }
    path_from_bytes(&list).into_os_string()
}

fn plain(text: &[u8]) -> (Vec<u8>, &[u8]) {
    let end = text.iter().position(|&b| b == b':').unwrap_or(text.len());
    (text[..end].to_vec(), text.get(end + 1..).unwrap_or_default())
}

fn quoted(text: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&b) = text.get(at) {
        at += 1;
        match b {
            b'"' => break,
            b'\\' => {
                let (byte, used) = unescape(&text[at..]);
                out.extend(byte);
                at += used;
            }
            b => out.push(b),
        }
    }
    let rest = &text[at..];
    (out, rest.strip_prefix(b":").unwrap_or(rest))
}

/// One escape of git's C style (after the backslash): the byte and how many bytes it took.
pub(super) fn unescape(text: &[u8]) -> (Option<u8>, usize) {
    match text {
        [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] => {
            (Some((a - b'0') * 64 + (b - b'0') * 8 + (c - b'0')), 3)
        }
        [b'n', ..] => (Some(b'\n'), 1),
        [b't', ..] => (Some(b'\t'), 1),
        [b'r', ..] => (Some(b'\r'), 1),
        [b'a', ..] => (Some(7), 1),
        [b'b', ..] => (Some(8), 1),
        [b'f', ..] => (Some(12), 1),
        [b'v', ..] => (Some(11), 1),
        [other, ..] => (Some(*other), 1),
        [] => (None, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_split_as_git_splits_them() {
        assert_eq!(split_list(b""), Vec::<PathBuf>::new());
        assert_eq!(split_list(b"/a:/b"), [PathBuf::from("/a"), PathBuf::from("/b")]);
        assert_eq!(split_list(b"::/a:"), [PathBuf::from("/a")]);
        assert_eq!(split_list(b"\"/a:\\\"b\\056c\":/d"), [PathBuf::from("/a:\"b.c"), PathBuf::from("/d")]);
        assert_eq!(split_list(b"\"/open"), [PathBuf::from("/open")]);
    }

    #[test]
    fn joined_lists_are_split_again() {
        let paths = [r#"/a:b"c\d"#, "/plain", "\"/e", "/f\n"].map(PathBuf::from);
        assert_eq!(split_list(&path_to_bytes(Path::new(&joined(&paths)))), paths);
    }

    #[test]
    fn settings_of_the_command_line_are_unquoted() {
        let pair = |a: &str, b: &str| (a.as_bytes().to_vec(), b.as_bytes().to_vec());
        let list = br"'core.commentchar'=';' 'a.b=it'\''s' 'x.y'='' 'truth'";
        assert_eq!(parameters(list), [pair("core.commentchar", ";"), pair("a.b", "it's"), pair("x.y", "")]);
    }

    #[test]
    fn empty_variables_are_not_set() {
        let env = Environment::from_lookup(&|name| (name == "GIT_DIR").then(OsString::new));
        assert_eq!(env, Environment::none());
        let env = Environment::from_lookup(&|name| (name == "GIT_DIR").then(|| "x".into()));
        assert_eq!(env.git_dir.as_deref(), Some(Path::new("x")));
    }
}
