//! CODEOWNERS: who owns a path, so that a report can say whom to ask.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::config::PathGlob;

/// Where the file may stand, in the order in which GitHub and GitLab look.
const PLACES: [&str; 4] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];
/// Largest file, in bytes: GitHub's own limit.
const LARGEST: u64 = 3 << 20;
/// Most lines that are looked at.
const MOST: usize = 10_000;

/// The lines of a CODEOWNERS file.
#[derive(Debug, Default)]
pub struct Owners {
    /// Patterns with their owners ("" for none); the last that matches counts.
    lines: Vec<(PathGlob, String)>,
}

impl Owners {
    /// Reads the repository's file; none if there is none. It only adds words to a report, so that a file which cannot
    /// be read is as good as none.
    pub fn load(root: &Path) -> Owners {
        for place in PLACES {
            let path = root.join(place);
            if !path.symlink_metadata().is_ok_and(|m| m.is_file()) {
                continue;
            }
            let mut bytes = Vec::new();
            if File::open(&path).and_then(|f| f.take(LARGEST).read_to_end(&mut bytes)).is_ok() {
                return Owners::parse(&String::from_utf8_lossy(&bytes));
            }
        }
        Owners::default()
    }

    fn parse(text: &str) -> Owners {
        let mut lines = Vec::new();
        let mut section = String::new();
        for line in text.lines().take(MOST) {
            let line = line.split(" #").next().unwrap_or_default().trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            // GitLab's sections: `[name] @default-owner`.
            if let Some(rest) = line.strip_prefix('[').or_else(|| line.strip_prefix("^[")) {
                section = rest.split_once(']').map_or("", |(_, owners)| owners).trim().to_string();
                continue;
            }
            let line = line.replace("\\ ", "\u{1}");
            let mut words = line.split_whitespace();
            let pattern = words.next().unwrap_or_default().replace('\u{1}', " ");
            let owners = words.collect::<Vec<_>>().join(" ");
            let pattern = if pattern == "*" { "**" } else { &pattern };
            if let Ok(glob) = PathGlob::new(pattern, b"") {
                lines.push((glob, if owners.is_empty() { section.clone() } else { owners }));
            }
        }
        Owners { lines }
    }

    /// Whether there is anything to know.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Who owns a path, relative to the root.
    pub fn of(&self, path: &[u8]) -> Option<String> {
        let (_, owners) = self.lines.iter().rev().find(|(glob, _)| glob.matches(path))?;
        (!owners.is_empty()).then(|| owners.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::Owners;

    #[test]
    fn the_last_line_that_matches_names_the_owner() {
        let owners = Owners::parse(
            "# c\n* @all\n/docs/ @docs @writers # why\n*.js @web\n/docs/free\n[Sec] @sec\nkeys/\n",
        );
        assert_eq!(owners.of(b"a.rs").as_deref(), Some("@all"));
        assert_eq!(owners.of(b"docs/a.md").as_deref(), Some("@docs @writers"));
        assert_eq!(owners.of(b"docs/a.js").as_deref(), Some("@web"));
        assert_eq!(owners.of(b"docs/free"), None);
        assert_eq!(owners.of(b"x/keys/a").as_deref(), Some("@sec"));
        assert_eq!(Owners::default().of(b"a"), None);
    }
}
