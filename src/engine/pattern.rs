//! Rules whose keys only a regular expression can describe: compiled when their literal is first seen, then tried
//! only there. Linear in the text, limited in size, without Unicode tables.

use std::sync::OnceLock;

use regex_automata::meta::{Config, Regex};
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};

/// A compiled program may not be larger, in bytes.
const SIZE: usize = 4 << 20;

/// How far behind the place where it begins a match may reach, in bytes.
pub(super) const REACH: usize = 20 * 1024;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_match_must_begin_at_the_place_that_is_tried() {
        let pattern = Pattern::new("BEGIN (?P<key>[a-z]+)");
        assert_eq!(pattern.match_at(b"..BEGIN abc.", 2), Some((8, 11)));
        assert_eq!(pattern.match_at(b"..BEGIN abc.", 0), None);
    }
}
