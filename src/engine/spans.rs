//! Everything in a text that may be a key to some rule: what redaction hides, whoever wins and however sure we are.

use std::ops::Range;

use crate::model::{Blob, Origin};

use super::matcher::view;
use super::{Detection, Matcher, Scratch};

impl<'r> Matcher<'r> {
    /// Calls `found` with each detection in a text, then returns the bytes of all that any rule takes for a key, also
    /// where another rule knows better: unsorted, and they may overlap.
    ///
    /// The text is UTF-8 or nearly so; wide characters are the caller's to decode.
    pub fn spans(
        &self,
        text: &[u8],
        scratch: &mut Scratch,
        found: &mut dyn FnMut(Detection<'r>),
    ) -> Vec<Range<usize>> {
        let mut spans = Vec::new();
        self.scan(&Blob::whole(text, &Origin::Stdin), scratch, &mut |detection| {
            spans.push(detection.span.clone());
            found(detection);
        });
        let view = view(text);
        self.sweep(view, scratch, &mut |together, group| {
            self.judge(view, together, group, &mut |_, _, _| {});
            let judged = group.drain(..).filter(|j| j.assessment.is_some());
            spans.extend(judged.map(|j| j.candidate.span()));
        });
        spans
    }
}
