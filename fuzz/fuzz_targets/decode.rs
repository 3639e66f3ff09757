//! Any bytes: islands lie in the text, in order, and every byte of a page has a place in it or none; three layers deep.

#![no_main]

use keysieve::decode::{Budget, Page, islands};
use libfuzzer_sys::fuzz_target;

fn look(text: &[u8], depth: u8) {
    let found = islands(text, None, &|_| true, &mut Budget::default());
    let mut end = 0;
    for island in &found {
        assert!(island.span.start >= end && island.span.end <= text.len());
        end = island.span.end;
    }
    if found.is_empty() || depth == 0 {
        return;
    }
    let page = Page::of(text, found);
    for at in 0..page.text.len() {
        if let Some((span, _)) = page.outer(&(at..at + 1)) {
            assert!(span.start < span.end && span.end <= text.len());
        }
    }
    look(&page.text, depth - 1);
}

fuzz_target!(|bytes: &[u8]| look(bytes, 3));
