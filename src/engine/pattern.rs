//! Rules whose keys only a regular expression can describe: compiled when their literal is first seen, then tried
//! only there. Linear in the text, limited in size, without Unicode tables.

use std::sync::OnceLock;

use regex_automata::meta::{Config, Regex};
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::literal::{ExtractKind, Extractor};

/// A compiled program may not be larger, in bytes.
const SIZE: usize = 4 << 20;

/// How far behind the place where it begins a match may reach, in bytes.
const REACH: usize = 20 * 1024;

/// A literal that is shorter stands everywhere.
const SHORTEST: usize = 3;

/// A regular expression with a group named `key`.
#[derive(Debug)]
pub(super) struct Pattern {
    text: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// From the text of a rule; it is not looked at yet.
    pub(super) fn new(text: &str) -> Pattern {
        Pattern { text: text.to_string(), compiled: OnceLock::new() }
    }

    /// The key in the match that begins at `start`: its first byte, and behind its last.
    pub(super) fn match_at(&self, bytes: &[u8], start: usize) -> Option<(usize, usize)> {
        let regex = self.compiled.get_or_init(|| compile(&self.text)).as_ref()?;
        let end = bytes.len().min(start.checked_add(REACH)?);
        let input = Input::new(bytes).range(start..end).anchored(Anchored::Yes);
        let mut groups = regex.create_captures();
        regex.search_captures(&input, &mut groups);
        let key = groups.get_group_by_name("key").or_else(|| groups.get_group(0))?;
        Some((key.start, key.end))
    }
}

fn compile(text: &str) -> Option<Regex> {
    Regex::builder()
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .configure(Config::new().utf8_empty(false).nfa_size_limit(Some(SIZE)).onepass_size_limit(Some(SIZE)))
        .build(text)
        .ok()
}

/// Literals of which every match begins with one; none if there is no such list or one of them is too short.
pub(super) fn prefixes(text: &str) -> Vec<Vec<u8>> {
    let parsed = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(text);
    let Ok(parsed) = parsed else { return Vec::new() };
    let mut found =
        Extractor::new().kind(ExtractKind::Prefix).limit_total(64).limit_class(8).extract(&parsed);
    found.optimize_for_prefix_by_preference();
    let literals: Vec<Vec<u8>> =
        found.literals().into_iter().flatten().map(|l| l.as_bytes().to_vec()).collect();
    if literals.iter().any(|l| l.len() < SHORTEST) { Vec::new() } else { literals }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_match_must_begin_at_the_place_that_is_tried() {
        let pattern = Pattern::new("BEGIN (?P<key>[a-z]+)");
        assert_eq!(pattern.match_at(b"..BEGIN abc.", 2), Some((8, 11)));
        assert_eq!(pattern.match_at(b"..BEGIN abc.", 0), None);
    }

    #[test]
    fn a_pattern_tells_how_it_begins() {
        assert_eq!(prefixes("-----BEGIN (?P<key>[A-Z]+)"), [b"-----BEGIN ".to_vec()]);
        assert_eq!(prefixes("(?:abc|xyz)[0-9]+"), [b"abc".to_vec(), b"xyz".to_vec()]);
        assert!(prefixes("[a-z]{20}").is_empty());
        assert!(prefixes("(").is_empty());
    }
}
