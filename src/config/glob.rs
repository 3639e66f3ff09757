//! Path patterns as people know them from .gitignore, without its negation.

use globset::{Candidate, GlobBuilder, GlobSet, GlobSetBuilder};

/// Longest pattern, in bytes: more is a mistake or an attack.
const LONGEST: usize = 1024;
/// How many alternatives and wildcards one pattern may hold: each makes the automaton larger.
const MOST_SPECIALS: usize = 64;

/// A pattern for paths below one folder. Without a slash (`*.pem`, `fixtures`) it means the name at any depth, with one
/// (`docs/*.md`, `/build`) the path from the folder of the file it stands in. What matches a folder matches all below it.
#[derive(Debug, Clone)]
pub struct PathGlob {
    text: String,
    base: Box<[u8]>,
    set: GlobSet,
}

impl PathGlob {
    /// Reads a pattern that stands in a configuration in `base`, a folder relative to the root ("" for the root itself).
    ///
    /// # Errors
    /// Says what is wrong with the pattern, without its place.
    pub fn new(text: &str, base: &[u8]) -> Result<PathGlob, String> {
        if text.trim().is_empty() {
            return Err("an empty path pattern matches nothing".to_string());
        }
        if text.len() > LONGEST {
            return Err(format!("a path pattern longer than {LONGEST} bytes"));
        }
        if text.starts_with('!') {
            return Err("`!` is not understood here: name the paths that are meant".to_string());
        }
        if text.starts_with("../") || text.contains("/../") || text == ".." {
            return Err("a path pattern cannot leave its folder with `..`".to_string());
        }
        if text.bytes().filter(|b| b"*?{[,".contains(b)).count() > MOST_SPECIALS {
            return Err(format!("more than {MOST_SPECIALS} wildcards in one pattern"));
        }
        let core = text.strip_prefix("./").unwrap_or(text).trim_end_matches('/');
        let rooted = core.contains('/');
        let core = core.trim_start_matches('/');
        if core.is_empty() {
            return Err("`/` alone is no path pattern; `**` means every path".to_string());
        }
        let mut builder = GlobSetBuilder::new();
        let prefix = if rooted || core.starts_with("**") { "" } else { "**/" };
        for pattern in [format!("{prefix}{core}"), format!("{prefix}{core}/**")] {
            let glob = GlobBuilder::new(&pattern)
                .literal_separator(true)
                .backslash_escape(true)
                .build()
                .map_err(|e| e.kind().to_string())?;
            builder.add(glob);
        }
        let set = builder.build().map_err(|e| e.kind().to_string())?;
        Ok(PathGlob { text: text.to_string(), base: base.into(), set })
    }

    /// Whether a path, relative to the root and with `/` between its parts, is meant.
    pub fn matches(&self, path: &[u8]) -> bool {
        let inside = if self.base.is_empty() {
            path
        } else {
            match path.strip_prefix(&*self.base).and_then(|rest| rest.strip_prefix(b"/")) {
                Some(rest) => rest,
                None => return false,
            }
        };
        self.set.is_match_candidate(&Candidate::from_bytes(inside))
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::PathGlob;

    fn matches(pattern: &str, path: &str) -> bool {
        PathGlob::new(pattern, b"").expect("a good pattern").matches(path.as_bytes())
    }

    #[test]
    fn patterns_mean_what_gitignore_has_taught_people() {
        assert!(matches("*.pem", "a/b/c.pem") && matches("*.pem", "c.pem"));
        assert!(matches("fixtures", "a/fixtures/b/c.txt") && matches("fixtures/", "fixtures/c"));
        assert!(matches("docs/*.md", "docs/a.md") && !matches("docs/*.md", "docs/a/b.md"));
        assert!(matches("docs/**/*.md", "docs/a/b.md") && matches("docs/**/*.md", "docs/b.md"));
        assert!(matches("/build", "build/x") && !matches("/build", "a/build/x"));
        assert!(matches("**", "any/thing") && matches("a/b", "a/b/c/d") && !matches("a/b", "a/bc"));
        assert!(matches("*.{json,yml}", "x/y.yml") && matches("[ab].txt", "a.txt"));
    }

    #[test]
    fn a_nearer_folders_patterns_reach_only_below_it() {
        let glob = PathGlob::new("*.pem", b"web").expect("a good pattern");
        assert!(glob.matches(b"web/a/b.pem") && !glob.matches(b"a.pem") && !glob.matches(b"website/a.pem"));
        let glob = PathGlob::new("/keys/a.pem", b"web").expect("a good pattern");
        assert!(glob.matches(b"web/keys/a.pem") && !glob.matches(b"keys/a.pem"));
        assert!(PathGlob::new("*", b"").expect("good").matches(b"not\xffutf8"));
    }

    #[test]
    fn bad_patterns_are_refused_with_words() {
        let long = "a".repeat(2000);
        let stars = "*a".repeat(100);
        for bad in ["", " ", "!a", "[a", "{a", "../x", "a/../b", "/", long.as_str(), stars.as_str()] {
            assert!(PathGlob::new(bad, b"").is_err(), "{bad}");
        }
    }
}
