//! Recall is proven, not hoped: what the anchors lead to is all that trying every template at every place finds.

use std::sync::LazyLock;

use proptest::prelude::*;

use crate::rules::{Rule, Ruleset, Shape, sample};

use super::anchor::hang;
use super::candidate::Candidate;
use super::shape::{Ends, Shapes};
use super::view::View;
use super::{MatchOptions, Matcher, Scratch};

/// What may stand before a key, and after it.
const BEFORE: &[&str] = &[
    " ",
    "\"",
    "'",
    "=",
    ": ",
    "\n",
    "\r",
    "(",
    ",",
    "<k>",
    "@",
    "|",
    "\t",
    "\0",
    "a\\n",
    "b\\t",
    "%3D",
    "%20",
    "\\u003d",
    "\\x3d",
    "\x1b[0m",
    "\x1b[1;31m",
    "Bearer ",
    "user:",
    "k=",
    "=3D",
    "%253D",
    "ß",
    "\u{fffd}",
];
const AFTER: &[&str] =
    &[" ", "\"", "'", "\n", "\r\n", ")", ",", "<", ";", "@h", "\\n", "&a=b", "%20", "\0", "ß", ""];

/// Made once: in a debug build that takes a while.
static MATCHER: LazyLock<Matcher<'static>> =
    LazyLock::new(|| Matcher::new(Ruleset::everything().rules(), MatchOptions::default()));

/// A small generator, so that a failure can be seen again from its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides.max(1)
    }

    fn pick<'t>(&mut self, list: &[&'t str]) -> &'t str {
        list[self.roll(list.len())]
    }

    fn noise(&mut self) -> Vec<u8> {
        let letters = b"abc xyz_-.:=/+~%!{}[]()<>'\"\\\n\r\t0123456789ABCXYZ\xff\0";
        (0..self.roll(90)).map(|_| letters[self.roll(letters.len())]).collect()
    }
}

/// All candidates that the anchors lead to.
fn anchored(matcher: &Matcher<'_>, text: &[u8]) -> Vec<Candidate> {
    let mut found = Vec::new();
    let view = View { bytes: text };
    matcher.sweep(view, None, &mut Scratch::default(), &mut |group, _| found.extend_from_slice(group));
    found
}

/// All candidates of a rule between two places, by trying everywhere.
fn everywhere(shapes: &Shapes<'_>, index: u32, text: &[u8], from: usize, to: usize) -> Vec<Candidate> {
    let Shape::Templates(templates) = &shapes.rules()[index as usize].shape else { return Vec::new() };
    let mut found = Vec::new();
    for start in from..to {
        for template in 0..templates.len() as u32 {
            found.extend(shapes.match_one((index, template), text, start, &mut Ends::default()));
        }
    }
    found
}

/// Whether this price was agreed on: a key that begins with no letter or digit, glued to what is no assignment.
fn excepted(text: &[u8], start: usize) -> bool {
    let before = start.checked_sub(1).map_or(b' ', |i| text[i]);
    let glued = !text[start].is_ascii_alphanumeric() && b".~%!&/+-_{\x7f".contains(&before);
    glued || text[start..].iter().take(16).any(|b| b",;".contains(b))
}

fn own(rules: &[Rule]) -> Vec<u32> {
    (0..rules.len() as u32).filter(|&i| hang(i, &rules[i as usize], &mut Vec::new())).collect()
}

#[test]
fn anchors_lead_to_all_that_a_search_everywhere_finds() {
    let rules = MATCHER.rules();
    let shapes = Shapes::new(rules);
    let mut missed = Vec::new();
    for (round, some) in own(rules).chunks(24).enumerate() {
        let mut dice = Dice(round as u64 + 1);
        let mut text = Vec::new();
        let mut planted = Vec::new();
        for &index in some {
            let rule = &rules[index as usize];
            let Some(key) = sample(rule, round as u64) else { continue };
            text.extend(dice.noise());
            let from = text.len();
            text.extend_from_slice(dice.pick(BEFORE).as_bytes());
            text.extend_from_slice(&key);
            let to = text.len();
            text.extend_from_slice(dice.pick(AFTER).as_bytes());
            planted.push((index, from, to));
        }
        let found = anchored(&MATCHER, &text);
        for (index, from, to) in planted {
            for wanted in everywhere(&shapes, index, &text, from, to) {
                let there = |c: &&Candidate| (c.rule, c.start, c.end) == (index, wanted.start, wanted.end);
                if !excepted(&text, wanted.start) && !found.iter().any(|c| there(&c)) {
                    let around = &text[wanted.start.saturating_sub(12)..wanted.end.min(wanted.start + 60)];
                    missed.push(format!("{}: {}", rules[index as usize].id, around.escape_ascii()));
                }
            }
        }
    }
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn what_stands_before_a_seam_is_found_with_and_without_what_follows() {
    let rules = MATCHER.rules();
    let mut dice = Dice(7);
    let mut text = Vec::new();
    for &index in own(rules).iter().step_by(37) {
        text.extend(dice.noise());
        text.extend_from_slice(dice.pick(BEFORE).as_bytes());
        text.extend(sample(&rules[index as usize], 3).unwrap_or_default());
        text.push(b'\n');
    }
    let all = anchored(&MATCHER, &text);
    for cut in (0..text.len()).step_by(523) {
        let part = anchored(&MATCHER, &text[..cut]);
        let before = |c: &&Candidate| c.end + 64 < cut && c.name.is_none();
        for candidate in all.iter().filter(before) {
            let known = (candidate.start, candidate.end, candidate.rule);
            assert!(part.iter().any(|c| (c.start, c.end, c.rule) == known), "{cut} {known:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn nothing_makes_the_matcher_stumble(
        parts in proptest::collection::vec(
            prop_oneof![
                proptest::collection::vec(any::<u8>(), 0..40),
                Just(b"-----BEGIN ".to_vec()), Just(b"https://".to_vec()), Just(b"eyJ".to_vec()),
                Just(b"sk-".to_vec()), Just(b"password=".to_vec()), Just(b"\x1b[".to_vec()), Just(b"\\u".to_vec()),
                Just(vec![0; 20]), Just(b"8Q~aaaaaaaaaaaaaaaa".to_vec()), Just(b"0123456789:AA".to_vec()),
            ],
            0..60,
        ),
    ) {
        let text = parts.concat();
        let matcher = &*MATCHER;
        let origin = crate::model::Origin::Stdin;
        let blob = crate::model::Blob::whole(&text, &origin);
        matcher.scan(&blob, &mut Scratch::default(), &mut |d| {
            assert!(d.span.end <= text.len() && d.span.start < d.span.end);
        });
        matcher.explain(&blob, 1);
    }
}
