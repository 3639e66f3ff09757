//! `Matcher`: the stages in order. Immutable and shared; a [`Scratch`] a thread.

use crate::model::{Blob, Confidence};
use crate::rules::Rule;

use super::Detection;

/// What may be set about matching.
#[derive(Debug, Clone)]
pub struct MatchOptions {
    /// Detections below this confidence are not reported.
    pub min_confidence: Confidence,
    /// Whether to look into encodings and archives.
    pub decode: bool,
}

impl Default for MatchOptions {
    fn default() -> Self {
        MatchOptions { min_confidence: Confidence(50), decode: true }
    }
}

/// The rules in force, prepared for scanning.
#[derive(Debug)]
pub struct Matcher<'r> {
    rules: &'r [Rule],
    options: MatchOptions,
}

/// Memory that one thread reuses from blob to blob.
#[derive(Debug, Default)]
pub struct Scratch {}

impl<'r> Matcher<'r> {
    /// Prepares rules for scanning.
    pub fn new(rules: &'r [Rule], options: MatchOptions) -> Matcher<'r> {
        Matcher { rules, options }
    }

    /// Calls `found` for each detection in the blob's window, in order of place.
    pub fn scan(&self, _blob: &Blob<'_>, _scratch: &mut Scratch, _found: &mut dyn FnMut(Detection<'r>)) {
        let _ = (&self.rules, &self.options);
    }
}
