//! Findings for the tests of this room.

use crate::model::{BlobPath, Excerpt, Facts, Finding, LineCol, Location, Origin, Part, Secret, Severity};

/// A finding of the rule `acme-key` in a file.
pub(super) fn finding(path: &str, value: &str) -> Finding {
    let location = Location {
        origin: Origin::File(BlobPath::new(path.as_bytes()), Part::Content),
        span: 0..value.len() as u64,
        start: LineCol::START,
        end: LineCol::START,
        excerpt: Excerpt::default(),
    };
    Finding::from(Facts {
        provider: "Acme".into(),
        name: "Acme key".into(),
        severity: Severity::High,
        ..Facts::new("acme-key".into(), Secret::new(value.as_bytes(), 0), location)
    })
}
