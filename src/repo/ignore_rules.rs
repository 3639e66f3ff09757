//! `.gitignore`, `.git/info/exclude`, `core.excludesFile` and `.ignore`: which untracked files are left out.

use std::borrow::Cow;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::bytes::path_from_bytes;
use super::files::open_regular;
use super::repository::Repository;
use super::user::{expand_home, user_excludes_file};

/// The patterns of one file.
#[derive(Debug, Clone)]
struct IgnoreRules(Gitignore);

impl IgnoreRules {
    /// Longer files are not honoured: compiling them would cost more than scanning what they hide.
    const LIMIT: usize = 1 << 20;

    /// Compiles patterns; a line that is no pattern hides nothing. `None` if nothing is left.
    fn parse(text: &[u8], ignore_case: bool) -> Option<IgnoreRules> {
        if text.len() > IgnoreRules::LIMIT {
            return None;
        }
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let mut builder = GitignoreBuilder::new(".");
        builder.case_insensitive(ignore_case).ok()?;
        for line in text.split(|&b| b == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if let Some(line) = std::str::from_utf8(line).ok().and_then(as_git_means) {
                let _ = builder.add_line(None, &line);
            }
        }
        builder.build().ok().filter(|rules| !rules.is_empty()).map(IgnoreRules)
    }

    /// What the patterns say about a path (from the folder they stand in): hidden, not hidden, or nothing.
    fn verdict(&self, path: &Path, is_dir: bool) -> Option<bool> {
        match self.0.matched(path, is_dir) {
            Match::None => None,
            Match::Ignore(_) => Some(true),
            Match::Whitelist(_) => Some(false),
        }
    }
}

/// A line in the dialect of the `ignore` crate, which knows alternatives in braces and no classes by name; git has it
/// the other way round. `None` for what git matches with nothing: brackets that are not closed.
fn as_git_means(line: &str) -> Option<Cow<'_, str>> {
    if line.starts_with('#') || !line.contains(['{', '}', '[']) {
        return Some(Cow::Borrowed(line));
    }
    let mut out = String::with_capacity(line.len() + 16);
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let (taken, meant) = match c {
            '{' | '}' => (1, format!("\\{c}")),
            '\\' => {
                let escaped = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
                (escaped, rest[..escaped].to_owned())
            }
            '[' => class(rest)?,
            _ => (c.len_utf8(), c.to_string()),
        };
        out.push_str(&meant);
        rest = &rest[taken..];
    }
    Some(Cow::Owned(out))
}

/// The class at the beginning of a pattern: how long it is there, and how it is spelled without names and escapes.
fn class(pattern: &str) -> Option<(usize, String)> {
    let bytes = pattern.as_bytes();
    let mut at = 1;
    let negated = matches!(bytes.get(at)?, b'!' | b'^');
    at += usize::from(negated);
    let (first, mut members, mut dash) = (at, String::new(), false);
    loop {
        let rest = pattern.get(at..)?;
        let c = rest.chars().next()?;
        if c == ']' && at > first {
            break;
        }
        if let Some((name, _)) = rest.strip_prefix("[:").and_then(|named| named.split_once(":]")) {
            members.push_str(named_class(name)?);
            at += name.len() + 4;
            continue;
        }
        let escaped = c == '\\';
        let c = if escaped { rest[1..].chars().next()? } else { c };
        at += usize::from(escaped) + c.len_utf8();
        // A bracket that closes nothing and a dash that spans nothing can only stand at the beginning and at the end.
        match c {
            ']' => members.insert(0, ']'),
            // It would deny the class: better no pattern than one that hides all else.
            '!' | '^' if members.is_empty() && !negated => return None,
            '-' if escaped || at - 1 == first || pattern[at..].starts_with(']') => dash = true,
            _ => members.push(c),
        }
    }
    let (sign, dash) = (if negated { "!" } else { "" }, if dash { "-" } else { "" });
    Some((at + 1, format!("[{sign}{members}{dash}]")))
}

/// The ASCII characters of a class by its name.
fn named_class(name: &str) -> Option<&'static str> {
    Some(match name {
        "alnum" => "0-9A-Za-z",
        "alpha" => "A-Za-z",
        "blank" => " \t",
        "cntrl" => "\0-\x1f\x7f",
        "digit" => "0-9",
        "graph" => "\x21-\x7e",
        "lower" => "a-z",
        "print" => "\x20-\x7e",
        "punct" => "\x21-\x2f:-@\x5b-`\x7b-~",
        "space" => " \t\n\x0b\x0c\r",
        "upper" => "A-Z",
        "xdigit" => "0-9A-Fa-f",
        _ => return None,
    })
}

/// The patterns that hold in a folder: its own before those of its parents. A file is read when its patterns are first
/// needed, which in a clean work tree is never.
#[derive(Debug)]
pub struct Layer {
    /// How many bytes of a path name the folder (with the `/` after it).
    prefix: usize,
    from: From,
    ignore_case: bool,
    rules: OnceLock<Option<IgnoreRules>>,
    parent: Option<Arc<Layer>>,
}

#[derive(Debug)]
enum From {
    File(PathBuf),
    /// The user's own excludes file, which the configuration must be asked for.
    User(Option<PathBuf>),
    #[cfg(test)]
    Text(&'static str),
}

impl Layer {
    /// The layers that hold in all of a repository: `core.excludesFile` and `.git/info/exclude`.
    pub fn of_repository(repository: &Repository) -> Arc<Layer> {
        let ignore_case = repository.config.get_bool("core", "ignorecase") == Some(true);
        let named = repository.config.get("core", None, "excludesfile").map(path_from_bytes);
        let user = Layer::new(None, 0, From::User(named), ignore_case);
        let exclude = repository.common_dir.join("info").join("exclude");
        Layer::new(Some(user), 0, From::File(exclude), ignore_case)
    }

    /// Puts the patterns of a file, which stands in the folder whose paths begin with `prefix` bytes, in front.
    pub fn on(parent: Option<&Arc<Layer>>, prefix: usize, file: PathBuf) -> Arc<Layer> {
        let ignore_case = parent.is_some_and(|p| p.ignore_case);
        Layer::new(parent.cloned(), prefix, From::File(file), ignore_case)
    }

    fn new(parent: Option<Arc<Layer>>, prefix: usize, from: From, ignore_case: bool) -> Arc<Layer> {
        Arc::new(Layer { prefix, from, ignore_case, rules: OnceLock::new(), parent })
    }

    /// Whether a path (from the top) is left out by itself; its parents must have been asked before.
    pub fn hides(&self, path: &[u8], is_dir: bool) -> bool {
        let mut layer = Some(self);
        while let Some(this) = layer {
            // A folder's patterns say nothing about the folder itself or its parents.
            let inside = path.len() > this.prefix;
            if let Some(rules) = inside.then(|| this.rules.get_or_init(|| this.read()).as_ref()).flatten() {
                let below = path_from_bytes(path.get(this.prefix..).unwrap_or_default());
                if let Some(verdict) = rules.verdict(&below, is_dir) {
                    return verdict;
                }
            }
            layer = this.parent.as_deref();
        }
        false
    }

    /// A file that is not there or cannot be read hides nothing.
    fn read(&self) -> Option<IgnoreRules> {
        let file = match &self.from {
            From::File(file) => file.clone(),
            From::User(Some(named)) => expand_home(named)?,
            From::User(None) => user_excludes_file()?,
            #[cfg(test)]
            From::Text(text) => return IgnoreRules::parse(text.as_bytes(), false),
        };
        let file = open_regular(&file).ok()?;
        let mut text = Vec::new();
        file.take(IgnoreRules::LIMIT as u64 + 1).read_to_end(&mut text).ok()?;
        IgnoreRules::parse(&text, self.ignore_case)
    }
}

impl Drop for Layer {
    /// Lets go of the parents one by one: folders nested thousands deep must not overflow the stack.
    fn drop(&mut self) {
        let mut parent = self.parent.take();
        while let Some(mut layer) = parent.and_then(|p| Arc::try_unwrap(p).ok()) {
            parent = layer.parent.take();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(parent: Option<Arc<Layer>>, prefix: usize, text: &'static str) -> Arc<Layer> {
        Layer::new(parent, prefix, From::Text(text), false)
    }

    #[test]
    fn nearer_patterns_win_and_anchors_hold() {
        let outer = layer(None, 0, "*.log\r\n/build/\n!keep.log\n# note\n");
        assert!(outer.hides(b"a.log", false) && outer.hides(b"x/a.log", false));
        assert!(!outer.hides(b"keep.log", false) && !outer.hides(b"a.txt", false));
        assert!(
            outer.hides(b"build", true) && !outer.hides(b"x/build", true) && !outer.hides(b"build", false)
        );
        let inner = layer(Some(outer), 2, "!a.log\n/b.txt\n");
        assert!(!inner.hides(b"x/a.log", false) && inner.hides(b"x/c.log", false));
        assert!(inner.hides(b"x/b.txt", false) && !inner.hides(b"x/y/b.txt", false));
    }

    #[test]
    fn brackets_and_braces_are_those_of_git() {
        let hidden =
            |pattern: &'static str, path: &str| layer(None, 0, pattern).hides(path.as_bytes(), false);
        // What `git check-ignore` says.
        for (pattern, yes, no) in [
            ("*.{env,txt}", "a.{env,txt}", "a.env"),
            ("[[:digit:]]x", "1x", "ax"),
            ("[![:digit:]_]x", "ax", "_x"),
            ("[]x]a", "]a", "[a"),
            ("[a\\]x]b", "]b", "yb"),
            ("[a-]b", "-b", "cb"),
            ("[-a]b", "-b", "bb"),
            ("[a-c]{1}", "b{1}", "b1"),
            ("a\\[b", "a[b", "ab"),
            ("x[[:upper:]a-c]", "xQ", "xd"),
        ] {
            assert!(hidden(pattern, yes) && !hidden(pattern, no), "{pattern}");
        }
        for nothing in ["[ax", "x[", "[[:nonsense:]]", "[a-"] {
            assert!(!hidden(nothing, nothing) && !hidden(nothing, "ax"), "{nothing}");
        }
    }

    #[test]
    fn nothing_is_hidden_by_nonsense() {
        assert!(IgnoreRules::parse(b"", false).is_none());
        assert!(IgnoreRules::parse(b"\xff\xfe\n# only notes\n", false).is_none());
    }
}
