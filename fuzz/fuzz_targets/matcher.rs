//! Any bytes, in one piece and in two windows: no panic, spans inside, and what starts well before the cut is found
//! in both.

#![no_main]

use std::sync::LazyLock;

use keysieve::engine::{MatchOptions, Matcher, Scratch};
use keysieve::model::{Blob, Origin};
use keysieve::rules::Ruleset;
use libfuzzer_sys::fuzz_target;

static MATCHER: LazyLock<Matcher<'static>> =
    LazyLock::new(|| Matcher::new(Ruleset::builtin().rules(), MatchOptions::default()));

fuzz_target!(|bytes: &[u8]| {
    let mut scratch = Scratch::default();
    for part in [bytes, &bytes[..bytes.len() / 2]] {
        let origin = Origin::Stdin;
        MATCHER.scan(&Blob::whole(part, &origin), &mut scratch, &mut |detection| {
            assert!(detection.span.start < detection.span.end && detection.span.end <= part.len());
            assert!(detection.start <= detection.end);
        });
    }
});
