//! Looks for keys in what is shown around findings: with all rules there are, also those that are switched off, and
//! however unsure they are.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use crate::engine::{MatchOptions, Matcher, Scratch};
use crate::model::{Confidence, Secret};
use crate::rules::{Rule, Ruleset};

use super::excerpt::merged;

/// So many keys of a text are looked for in the rest of it, where no rule sees them.
const MOST_SOUGHT: usize = 16;
/// A shorter one is not: it would hide ordinary words.
const SHORTEST_SOUGHT: usize = 12;

/// Finds what must not be shown. Costs nothing until something is asked.
pub struct Concealer<'r> {
    rules: &'r [Rule],
    matcher: OnceLock<Matcher<'r>>,
}

impl<'r> Concealer<'r> {
    /// From all rules there are.
    pub fn new(rules: &'r [Rule]) -> Concealer<'r> {
        Concealer { rules, matcher: OnceLock::new() }
    }

    fn matcher(&self) -> &Matcher<'r> {
        self.matcher.get_or_init(|| {
            Matcher::new(
                self.rules,
                MatchOptions { min_confidence: Confidence(0), ..MatchOptions::default() },
            )
        })
    }

    /// Which bytes of a text may be keys beside those that are `known`, sorted and apart; they may overlap.
    pub(super) fn spans(
        &self,
        text: &[u8],
        known: &[Range<usize>],
        scratch: &mut Scratch,
    ) -> Vec<Range<usize>> {
        let mut spans = Vec::new();
        self.matcher().spans(text, known, scratch, &mut |span, _| spans.push(span));
        spans
    }

    /// A text with its keys redacted.
    pub fn conceal<'t>(&self, text: &'t [u8], scratch: &mut Scratch) -> Cow<'t, [u8]> {
        let mut known: Vec<(usize, usize)> = Vec::new();
        let mut spans = Vec::new();
        self.matcher().spans(text, &[], scratch, &mut |span, prefix| {
            known.push((span.start, prefix));
            spans.push(span);
        });
        if spans.is_empty() {
            return Cow::Borrowed(text);
        }
        // Glued to a word it is a key no longer, and can be read all the same.
        for at in 0..spans.len().min(MOST_SOUGHT) {
            let (value, prefix) = (&text[spans[at].clone()], known[at].1);
            if value.len() >= SHORTEST_SOUGHT {
                let again: Vec<usize> = memchr::memmem::find_iter(text, value).collect();
                for start in again {
                    known.push((start, prefix));
                    spans.push(start..start + value.len());
                }
            }
        }
        let spans = merged(spans);
        known.sort_unstable();
        let mut shown = Vec::with_capacity(text.len());
        let mut at = 0;
        for span in spans {
            shown.extend_from_slice(&text[at..span.start]);
            // Several rules may begin here: the one that shows least.
            let first = known.partition_point(|k| k.0 < span.start);
            let prefix = known.get(first).map_or(0, |k| k.1);
            shown.extend_from_slice(Secret::new(&text[span.clone()], prefix).redacted().as_bytes());
            at = span.end;
        }
        shown.extend_from_slice(&text[at..]);
        Cow::Owned(shown)
    }

    /// The same for a text of characters.
    pub fn conceal_text<'t>(&self, text: &'t str, scratch: &mut Scratch) -> Cow<'t, str> {
        match self.conceal(text.as_bytes(), scratch) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            Cow::Owned(shown) => Cow::Owned(String::from_utf8_lossy(&shown).into_owned()),
        }
    }
}

/// A message with all keys redacted that a built-in rule knows: what is wrong with a name or a file may quote one.
pub fn redacted(message: &str) -> String {
    let concealer = Concealer::new(Ruleset::everything().rules());
    concealer.conceal_text(message, &mut Scratch::default()).into_owned()
}
