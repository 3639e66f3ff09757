//! The text around a detection, for those who judge by it: another tool's rules and allowlists.

use std::ops::Range;

use crate::engine::{Detection, Foreign};
use crate::model::Blob;
use crate::triage::{Around, Triage};

/// How much of a line is looked at on each side of a secret, in bytes.
const FARTHEST: usize = 2 << 10;

/// A detection, and what a foreign rule's whole expression matched.
pub(super) type Found<'r> = (Detection<'r>, Option<Range<usize>>);

/// Adds what another tool's rules find. What a generic rule of ours found in the same place is theirs then.
pub(super) fn join<'r>(blob: &Blob<'_>, foreign: &Foreign<'r>, detections: &mut Vec<Found<'r>>) {
    let ours = detections.len();
    foreign.scan(blob, &mut |detection, whole| detections.push((detection, Some(whole))));
    if detections.len() == ours {
        return;
    }
    let mut spans: Vec<Range<usize>> = detections[ours..].iter().map(|(d, _)| d.span.clone()).collect();
    spans.sort_by_key(|s| (s.start, s.end));
    let taken = |span: &Range<usize>| {
        let after = spans.partition_point(|s| s.start < span.end);
        spans[..after].iter().rev().take(64).any(|s| s.end > span.start)
    };
    let mut number = 0;
    detections.retain(|(d, _)| {
        number += 1;
        number > ours || !d.rule.id.starts_with("generic-") || !taken(&d.span)
    });
}

/// What triage wants to remember of the text around a detection. `whole` is what a foreign rule's expression matched.
pub(super) fn note(
    bytes: &[u8],
    d: &Detection<'_>,
    whole: Option<Range<usize>>,
    triage: &Triage,
) -> Vec<u32> {
    let floor = d.span.start.saturating_sub(FARTHEST);
    let ceiling = bytes.len().min(d.span.end + FARTHEST);
    let start = memchr::memrchr(b'\n', &bytes[floor..d.span.start]).map_or(floor, |i| floor + i + 1);
    let end = memchr::memchr(b'\n', &bytes[d.span.end..ceiling]).map_or(ceiling, |i| d.span.end + i);
    // For our own rules: from the name it is assigned to, where there is one, to its closing quote.
    let assignment = || {
        let name = d.variable.as_deref().filter(|v| !v.is_empty());
        let from = name.and_then(|v| memchr::memmem::rfind(&bytes[start..d.span.start], v.as_bytes()));
        let quote = bytes.get(d.span.end).is_some_and(|b| matches!(b, b'"' | b'\'' | b'`'));
        from.map_or(d.span.start, |i| start + i)..d.span.end + usize::from(quote)
    };
    let whole = whole.unwrap_or_else(assignment);
    // In UTF-16 every other byte is none.
    let narrow = |range: Range<usize>| -> Vec<u8> {
        bytes.get(range).unwrap_or_default().iter().copied().filter(|&b| b != 0).collect()
    };
    let (matched, line) = (narrow(whole), narrow(start..end));
    triage.note(&d.rule.id, &Around { secret: &d.secret, matched: &matched, line: &line })
}
