//! The line around a finding, with every secret in it redacted.
//!
//! All detections of a blob are known before the first excerpt is cut, so that a line with two keys shows neither.

use std::ops::Range;

use crate::model::Excerpt;

/// How many bytes of a line are shown before a secret, and after it.
const BEFORE: usize = 80;
const AFTER: usize = 40;

/// Cuts the excerpt of the secret at `span`. `hidden` holds all spans to redact, sorted by start and apart
/// (see [`merged`]); `shown` is the redacted text that stands for this secret.
pub(super) fn cut(bytes: &[u8], span: &Range<usize>, shown: &str, hidden: &[Range<usize>]) -> Excerpt {
    let from = line_start(bytes, span.start);
    // A key of several lines is shown by its first line.
    let first_line_end = bytes[span.start..span.end].iter().position(|&b| b == b'\n' || b == b'\r');
    let until = if first_line_end.is_some() { span.end } else { line_end(bytes, span.end) };
    let mut text = String::new();
    if from > 0 && !matches!(bytes[from - 1], b'\n' | b'\r') {
        text.push('…');
    }
    push_redacted(&mut text, bytes, from..span.start, hidden);
    let mark = text.len();
    text.push_str(shown);
    let mark = mark..text.len();
    push_redacted(&mut text, bytes, span.end..until, hidden);
    if until < bytes.len() && until > span.end && !matches!(bytes[until], b'\n' | b'\r') {
        text.push('…');
    }
    Excerpt { text, mark }
}

/// Sorts spans and joins those that overlap.
pub(super) fn merged(mut spans: Vec<Range<usize>>) -> Vec<Range<usize>> {
    spans.sort_by_key(|s| (s.start, s.end));
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(spans.len());
    for span in spans {
        match apart.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => apart.push(span),
        }
    }
    apart
}

fn line_start(bytes: &[u8], at: usize) -> usize {
    let floor = at.saturating_sub(BEFORE);
    let start =
        bytes[floor..at].iter().rposition(|&b| b == b'\n' || b == b'\r').map_or(floor, |i| floor + i + 1);
    if start == floor { align(bytes, start, at) } else { start }
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    let ceiling = at.saturating_add(AFTER).min(bytes.len());
    let end = bytes[at..ceiling].iter().position(|&b| b == b'\n' || b == b'\r').map_or(ceiling, |i| at + i);
    if end == ceiling { align(bytes, end, bytes.len().min(end + 4)) } else { end }
}

/// Moves a cut to the next beginning of a UTF-8 character.
fn align(bytes: &[u8], mut at: usize, limit: usize) -> usize {
    while at < limit && bytes.get(at).is_some_and(|b| b & 0xc0 == 0x80) {
        at += 1;
    }
    at
}

/// Appends a part of the line; what is hidden in it becomes an ellipsis.
fn push_redacted(text: &mut String, bytes: &[u8], part: Range<usize>, hidden: &[Range<usize>]) {
    let mut at = part.start;
    let first = hidden.partition_point(|h| h.end <= part.start);
    for h in &hidden[first..] {
        if h.start >= part.end {
            break;
        }
        if h.start > at {
            text.push_str(&String::from_utf8_lossy(&bytes[at..h.start]));
        }
        if h.end > at {
            text.push('…');
            at = h.end.min(part.end);
        }
    }
    if at < part.end {
        text.push_str(&String::from_utf8_lossy(&bytes[at..part.end]));
    }
}

#[cfg(test)]
mod tests {
    use super::{cut, merged};

    #[test]
    fn every_secret_of_the_line_is_hidden() {
        let line = b"first\na=SECRETONE b=SECRETTWO c\nlast";
        let hidden = merged(vec![20..29, 8..17]);
        let excerpt = cut(line, &(8..17), "S…", &hidden);
        assert_eq!(excerpt.text, "a=S… b=… c");
        assert_eq!(&excerpt.text[excerpt.mark], "S…");
    }

    #[test]
    fn long_lines_are_cut_on_both_sides_at_characters() {
        let line = format!("{}KEY{}", "é".repeat(300), "é".repeat(300));
        let at = line.find("KEY").unwrap();
        let excerpt = cut(line.as_bytes(), &(at..at + 3), "…", &merged(vec![at..at + 3]));
        assert!(excerpt.text.starts_with("…é") && excerpt.text.ends_with("é…"), "{}", excerpt.text);
        assert!(!excerpt.text.contains('\u{fffd}') && excerpt.text.len() < 300);
    }

    #[test]
    fn a_key_of_several_lines_shows_its_first_line_only() {
        let text = b"x: BEGIN\nBODY\nEND tail";
        let excerpt = cut(text, &(3..17), "B…", &merged(vec![3..17]));
        assert_eq!(excerpt.text, "x: B…");
    }
}
