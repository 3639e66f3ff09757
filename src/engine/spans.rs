//! Everything in a text that may be a key to some rule: what redaction hides, whoever wins and however sure we are.

use std::ops::Range;

use super::matcher::view;
use super::{Matcher, Scratch};

impl Matcher<'_> {
    /// Calls `found` with the bytes of all that any rule takes for a key, also where another rule knows better, and
    /// with how many of the first bytes all keys of its kind share. In no order, and they may overlap.
    ///
    /// The text is UTF-8 or nearly so; wide characters are the caller's to decode.
    pub fn spans(&self, text: &[u8], scratch: &mut Scratch, found: &mut dyn FnMut(Range<usize>, usize)) {
        let view = view(text);
        self.sweep(view, None, scratch, &mut |together, group| {
            self.judge(view, together, group, &mut |_, _, _| {});
            for judged in group.drain(..).filter(|j| j.assessment.is_some()) {
                found(judged.candidate.span(), judged.candidate.prefix as usize);
            }
        });
    }
}
