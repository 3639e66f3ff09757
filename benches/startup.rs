//! What it costs to get ready: all of it is paid by every commit.

use keysieve::engine::{MatchOptions, Matcher};
use keysieve::rules::Ruleset;

fn main() {
    divan::main();
}

/// From nothing to a matcher with all built-in rules; the aim is one millisecond.
#[divan::bench]
fn matcher_with_all_rules() -> Matcher<'static> {
    Matcher::new(divan::black_box(Ruleset::builtin().rules()), MatchOptions::default())
}
