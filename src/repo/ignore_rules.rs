//! `.gitignore`, `.git/info/exclude`, `core.excludesFile` and `.ignore`: which untracked files are left out.

use std::path::Path;
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::bytes::path_from_bytes;

/// The patterns of one file.
#[derive(Debug, Clone)]
pub struct IgnoreRules(Gitignore);

impl IgnoreRules {
    /// Longer files are not honoured: compiling them would cost more than scanning what they hide.
    pub const LIMIT: usize = 1 << 20;

    /// Compiles patterns; a line that is no pattern hides nothing. `None` if nothing is left.
    pub fn parse(text: &[u8], ignore_case: bool) -> Option<IgnoreRules> {
        if text.len() > IgnoreRules::LIMIT {
            return None;
        }
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let mut builder = GitignoreBuilder::new(".");
        builder.case_insensitive(ignore_case).ok()?;
        for line in text.split(|&b| b == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if let Ok(line) = std::str::from_utf8(line) {
                let _ = builder.add_line(None, line);
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

/// The patterns that hold in a folder: its own before those of its parents.
#[derive(Debug, Clone)]
pub struct Layer {
    /// How many bytes of a path name the folder (with the `/` after it).
    prefix: usize,
    rules: IgnoreRules,
    parent: Option<Arc<Layer>>,
}

impl Layer {
    /// Puts patterns that stand in the folder whose paths begin with `prefix` bytes in front of others.
    pub fn on(parent: Option<Arc<Layer>>, prefix: usize, rules: IgnoreRules) -> Arc<Layer> {
        Arc::new(Layer { prefix, rules, parent })
    }

    /// Whether a path (from the top) is left out by itself; its parents must have been asked before.
    pub fn hides(&self, path: &[u8], is_dir: bool) -> bool {
        let mut layer = Some(self);
        while let Some(this) = layer {
            let below = path_from_bytes(path.get(this.prefix..).unwrap_or_default());
            if let Some(verdict) = this.rules.verdict(&below, is_dir) {
                return verdict;
            }
            layer = this.parent.as_deref();
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(parent: Option<Arc<Layer>>, prefix: usize, text: &str) -> Arc<Layer> {
        Layer::on(parent, prefix, IgnoreRules::parse(text.as_bytes(), false).expect("there are patterns"))
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
    fn nothing_is_hidden_by_nonsense() {
        assert!(IgnoreRules::parse(b"", false).is_none());
        assert!(IgnoreRules::parse(b"\xff\xfe\n# only notes\n", false).is_none());
    }
}
