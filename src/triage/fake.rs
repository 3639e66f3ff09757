//! Findings for the tests of this room.

use std::sync::Arc;

use crate::model::{
    BlobPath, Checksum, Confidence, Disposition, Excerpt, Finding, LineCol, Location, Origin, Part, Secret,
    Severity, Verdict,
};

/// A finding of the rule `acme-key` in a file.
pub(super) fn finding(path: &str, value: &str) -> Finding {
    Finding {
        rule: "acme-key".into(),
        provider: "Acme".into(),
        name: "Acme key".into(),
        severity: Severity::High,
        confidence: Confidence(90),
        reasons: Vec::new(),
        secret: Secret::new(value.as_bytes(), 0),
        location: Location {
            origin: Origin::File(BlobPath::new(path.as_bytes()), Part::Content),
            span: 0..value.len() as u64,
            start: LineCol::START,
            end: LineCol::START,
            excerpt: Excerpt::default(),
        },
        decoded_from: Vec::new(),
        variable: None,
        checksum: Checksum::None,
        alternatives: Vec::new(),
        verdict: Verdict::Unverified,
        disposition: Disposition::Reported,
        remedy: Arc::default(),
        history: None,
        markers: Vec::new(),
        owner: None,
    }
}
