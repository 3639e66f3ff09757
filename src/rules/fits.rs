//! Whether a whole text has a template's shape: slow, simple, and right. For made keys, `identify`, and as the oracle
//! that the engine's fast way is held against.

use super::rule::{Rule, Segment, Shape, Template};

impl Template {
    /// Whether the text, from its first byte to its last, has this shape. Takes time linear in the text for each
    /// segment, whatever the lengths of runs.
    pub fn fits(&self, text: &[u8]) -> bool {
        // Places that the segments so far can end at.
        let mut ends = vec![false; text.len() + 1];
        ends[0] = true;
        for segment in self.segments.iter() {
            ends = match segment {
                Segment::Literal(literal) => after_literal(&ends, text, literal, |a, b| a == b),
                Segment::LiteralNoCase(literal) => {
                    after_literal(&ends, text, literal, <[u8]>::eq_ignore_ascii_case)
                }
                Segment::Run(set, ranges) => {
                    let mut next = vec![false; ends.len()];
                    for (least, most) in ranges.iter() {
                        after_run(&ends, text, |byte| set.has(byte), (*least, *most), &mut next);
                    }
                    next
                }
            };
        }
        ends.last() == Some(&true)
    }
}

impl Shape {
    /// Whether a whole text has the shape; for a pattern, whether its group `key` matches all of it.
    pub fn fits(&self, text: &[u8]) -> bool {
        match self {
            Shape::Templates(list) => list.iter().any(|template| template.fits(text)),
            Shape::Pattern(pattern) => regex::bytes::RegexBuilder::new(pattern)
                .unicode(false)
                .build()
                .ok()
                .and_then(|regex| regex.captures(text)?.name("key").map(|key| key.len() == text.len()))
                .unwrap_or(false),
        }
    }
}

/// How many of a key's first bytes all keys of its kind share, so that they may be shown.
pub fn literal_prefix(rule: &Rule, key: &[u8]) -> usize {
    let Shape::Templates(list) = &rule.shape else { return 0 };
    let literals = list.iter().filter_map(|template| match template.segments.first() {
        Some(Segment::Literal(text)) if key.starts_with(text) => Some(text.len()),
        Some(Segment::LiteralNoCase(text)) => {
            key.get(..text.len()).filter(|head| head.eq_ignore_ascii_case(text)).map(<[u8]>::len)
        }
        _ => None,
    });
    literals.max().unwrap_or(0)
}

fn after_literal(
    ends: &[bool],
    text: &[u8],
    literal: &[u8],
    same: impl Fn(&[u8], &[u8]) -> bool,
) -> Vec<bool> {
    let mut next = vec![false; ends.len()];
    for start in (0..ends.len()).filter(|&at| ends[at]) {
        let end = start + literal.len();
        if text.get(start..end).is_some_and(|here| same(here, literal)) {
            next[end] = true;
        }
    }
    next
}

fn after_run(ends: &[bool], text: &[u8], has: impl Fn(u8) -> bool, range: (u32, u32), next: &mut [bool]) {
    let (least, most) = (range.0 as usize, range.1 as usize);
    // How many places up to each one are ends: a window of them is a difference of two sums.
    let mut sums = vec![0_usize; ends.len() + 1];
    for (at, end) in ends.iter().enumerate() {
        sums[at + 1] = sums[at] + usize::from(*end);
    }
    let mut run_start = 0;
    for at in 0..ends.len() {
        if at > 0 && !has(text[at - 1]) {
            run_start = at;
        }
        let first = run_start.max(at.saturating_sub(most));
        if let Some(last) = at.checked_sub(least).filter(|&last| last >= first) {
            next[at] |= sums[last + 1] > sums[first];
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::parse;

    fn fits(shape: &str, text: &str) -> bool {
        let yaml = format!(
            "provider: T\nrules:\n  - {{id: t, name: T, severity: low, {shape}, context: {{need: near, words: [t]}}}}\n"
        );
        parse(&yaml).expect("a good rule")[0].shape.fits(text.as_bytes())
    }

    #[test]
    fn whole_texts_fit_or_do_not() {
        let shape = "shape: 'ab-{base62:2-3,5}{i:x}{digits:0-2}'";
        for (text, right) in [
            ("ab-12x", true),
            ("ab-123X99", true),
            ("ab-12345x", true),
            ("ab-1234x", false), // the run could be `1234x`, but then nothing is left for `x`
            ("ab-1234xX", true),
            ("ab-1x", false),
            ("ab-12x999", false),
            ("ab-12y", false),
            ("", false),
            ("ab-12", false),
        ] {
            assert_eq!(fits(shape, text), right, "{text}");
        }
        assert!(fits(
            "shape: '{base62:4+}.{base62:4+}'",
            &format!("{}.{}", "a".repeat(9000), "b".repeat(9000))
        ));
        assert!(fits("shape: '{base62:1+}{base62:1+}{base62:2+}'", &"a".repeat(20_000)));
        assert!(fits("pattern: '(?<key>[0-9]{8})'", "12345678"));
        assert!(!fits("pattern: '(?<key>[0-9]{8})'", "123456789"));
    }
}
