//! Everything in a text that may be a key to some rule: what redaction hides, whoever wins and however sure we are.

use std::ops::Range;

use super::candidate::Candidate;
use super::matcher::view;
use super::{Matcher, Scratch};

impl Matcher<'_> {
    /// Calls `found` with the bytes of all that any rule takes for a key, also where another rule knows better, and
    /// with how many of the first bytes all keys of its kind share. In no order, and they may overlap.
    ///
    /// The text is UTF-8 or nearly so; wide characters are the caller's to decode. What lies inside of a range that is
    /// `known`, sorted and apart, is not looked at again: it is hidden anyway.
    pub fn spans(
        &self,
        text: &[u8],
        known: &[Range<usize>],
        scratch: &mut Scratch,
        found: &mut dyn FnMut(Range<usize>, usize),
    ) {
        let view = view(text);
        self.sweep(view, None, scratch, &mut |together, group| {
            if inside(together, known) {
                return;
            }
            self.judge(view, together, group, &mut |_, _, _| {});
            for judged in group.drain(..).filter(|j| j.assessment.is_some()) {
                found(judged.candidate.span(), judged.candidate.prefix as usize);
            }
        });
    }
}

/// Whether candidates, sorted by place, all lie inside of one known range.
fn inside(together: &[Candidate], known: &[Range<usize>]) -> bool {
    let (Some(first), Some(end)) = (together.first(), together.iter().map(|c| c.end).max()) else {
        return true;
    };
    let at = known.partition_point(|k| k.end <= first.start);
    known.get(at).is_some_and(|k| k.start <= first.start && end <= k.end)
}

#[cfg(test)]
mod tests {
    use super::{Candidate, inside};

    #[test]
    fn only_what_lies_wholly_inside_of_a_known_range_is_passed_over() {
        let candidate = |start, end| Candidate { start, end, rule: 0, prefix: 0, name: None };
        let known = [10..20, 20..30, 40..50];
        for (group, expected) in [
            (vec![candidate(10, 20)], true),
            (vec![candidate(12, 15), candidate(13, 20)], true),
            (vec![candidate(20, 30)], true),
            (vec![candidate(41, 50), candidate(42, 44)], true),
            (vec![candidate(9, 12)], false),
            (vec![candidate(10, 21), candidate(11, 13)], false),
            (vec![candidate(15, 25)], false),
            (vec![candidate(31, 35)], false),
            (vec![candidate(49, 51)], false),
            (vec![candidate(60, 70)], false),
        ] {
            assert_eq!(inside(&group, &known), expected, "{group:?}");
        }
    }
}
