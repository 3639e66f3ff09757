//! Literals that are searched for in all text: what nothing cheaper could be found for. No built-in rule has any.

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};

/// A literal, whether any case of letters will do, and the entry that hangs on it.
pub(super) type Literal = (Box<[u8]>, bool, u32);

/// The literals; prepared when first needed.
#[derive(Debug)]
pub(super) struct Texts {
    literals: Vec<Literal>,
    exact: OnceLock<Option<AhoCorasick>>,
    any_case: OnceLock<Option<AhoCorasick>>,
}

impl Texts {
    pub(super) fn new(literals: Vec<Literal>) -> Texts {
        Texts { literals, exact: OnceLock::new(), any_case: OnceLock::new() }
    }

    /// The length of the longest literal.
    pub(super) fn longest(&self) -> usize {
        self.literals.iter().map(|(text, ..)| text.len()).max().unwrap_or(0)
    }

    /// Calls `f` with place and entry of each literal that begins in a part of the text, wherever it ends.
    pub(super) fn each(&self, bytes: &[u8], part: Range<usize>, f: &mut dyn FnMut(usize, u32)) {
        if self.literals.is_empty() {
            return;
        }
        for no_case in [false, true] {
            let Some(searcher) = self.searcher(no_case) else { continue };
            let longest = searcher.max_pattern_len();
            let haystack = &bytes[part.start..bytes.len().min(part.end + longest - 1)];
            for found in searcher.find_overlapping_iter(haystack) {
                let at = part.start + found.start();
                if at < part.end {
                    f(at, self.entry(no_case, found.pattern().as_usize()));
                }
            }
        }
    }

    fn searcher(&self, no_case: bool) -> Option<&AhoCorasick> {
        let cell = if no_case { &self.any_case } else { &self.exact };
        cell.get_or_init(|| {
            let literals: Vec<&[u8]> =
                self.literals.iter().filter(|(_, n, _)| *n == no_case).map(|(text, ..)| &text[..]).collect();
            if literals.is_empty() {
                return None;
            }
            AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .ascii_case_insensitive(no_case)
                .build(literals)
                .ok()
        })
        .as_ref()
    }

    fn entry(&self, no_case: bool, pattern: usize) -> u32 {
        self.literals.iter().filter(|(_, n, _)| *n == no_case).nth(pattern).map_or(0, |(.., entry)| *entry)
    }
}
