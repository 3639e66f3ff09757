//! What a terminal needs: colour, columns, wrapped paragraphs, and a line with its key underlined.

use std::borrow::Cow;
use std::fmt::Write as _;

use colored::Color;

use crate::model::Severity;

use super::Look;
use super::encode::log;
use super::entry::Entry;

/// The least width that texts are wrapped to; narrower terminals wrap by themselves.
const NARROWEST: usize = 30;

/// Paints text, or leaves it as it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint(bool);

impl Paint {
    /// As this look wants it.
    pub(super) fn of(look: Look) -> Paint {
        Paint(look.color)
    }

    /// Text in a colour, bold where that is asked for.
    fn with(self, text: &str, color: Option<Color>, bold: bool) -> Cow<'_, str> {
        if !self.0 {
            return Cow::Borrowed(text);
        }
        let mut codes = if bold { String::from("1") } else { String::new() };
        if let Some(color) = color {
            let separator = if bold { ";" } else { "" };
            let _ = write!(codes, "{separator}{}", color.to_fg_str());
        }
        Cow::Owned(format!("\x1b[{codes}m{text}\x1b[0m"))
    }

    /// Where something stands.
    pub(super) fn place(self, text: &str) -> Cow<'_, str> {
        self.with(text, None, true)
    }

    /// The key's own bytes, and what underlines them.
    pub(super) fn key(self, text: &str) -> Cow<'_, str> {
        self.with(text, Some(Color::Red), true)
    }

    /// What is said besides.
    pub(super) fn aside(self, text: &str) -> Cow<'_, str> {
        self.with(text, Some(Color::BrightBlack), false)
    }

    /// What to do.
    pub(super) fn advice(self, text: &str) -> Cow<'_, str> {
        self.with(text, Some(Color::Cyan), false)
    }

    /// A severity in its colour.
    pub(super) fn severity(self, severity: Severity) -> Cow<'static, str> {
        let (color, bold) = match severity {
            Severity::Critical => (Color::Red, true),
            Severity::High => (Color::Red, false),
            Severity::Medium => (Color::Yellow, false),
            Severity::Low => (Color::Blue, false),
            Severity::Info => (Color::BrightBlack, false),
        };
        self.with(severity.as_str(), Some(color), bold)
    }
}

/// How many columns of a terminal a character takes: enough of Unicode to keep underlines straight.
pub(super) fn columns(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{303e}'
        | '\u{3041}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1f64f}'
        | '\u{1f900}'..='\u{1f9ff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// How many columns a text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// A text in lines that fit, each begun with `indent` spaces. Words longer than a line stand alone, unbroken: links
/// and paths must stay whole to be copied.
pub(super) fn wrapped(text: &str, indent: usize, look: Look) -> Vec<String> {
    let room = look.width.map_or(usize::MAX, |w| w.max(NARROWEST).saturating_sub(indent));
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        let wide = width(word);
        if used > 0 && used + 1 + wide > room {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        } else {
            line.extend(std::iter::repeat_n(' ', indent));
        }
        line.push_str(word);
        used += wide;
    }
    if used > 0 {
        lines.push(line);
    }
    lines
}

/// A line as it is where it fits or where nobody knows how much fits, else in several lines between words, those that
/// follow moved in by two more. Escape sequences take no room; spaces within a line stay as they are.
pub(super) fn folded(line: &str, columns: Option<usize>) -> String {
    let room = columns.map_or(usize::MAX, |c| c.max(NARROWEST));
    if seen(line) <= room {
        return line.to_owned();
    }
    let indent = line.len() - line.trim_start_matches(' ').len();
    let mut text = String::with_capacity(line.len() + 16);
    let (mut used, mut words) = (0, 0);
    for word in line.split_inclusive(' ') {
        let wide = seen(word.trim_end_matches(' '));
        if wide > 0 && words > 0 && used + wide > room {
            text.truncate(text.trim_end_matches(' ').len());
            text.push('\n');
            text.extend(std::iter::repeat_n(' ', indent + 2));
            (used, words) = (indent + 2, 0);
        }
        text.push_str(word);
        used += seen(word);
        words += usize::from(wide > 0);
    }
    text
}

/// How many columns a text takes on a terminal that reads its colours.
fn seen(text: &str) -> usize {
    let mut colors = text.split("\x1b[");
    let plain = colors.next().map_or(0, width);
    plain + colors.map(|rest| rest.split_once('m').map_or(0, |(_, shown)| width(shown))).sum::<usize>()
}

/// The redacted line and the line that underlines the key, to fit `room` columns; nothing where there is no line.
pub(super) fn underlined(entry: &Entry<'_>, room: usize, paint: Paint) -> Option<(String, String)> {
    let (first, end) = entry.excerpt_mark;
    let part = |from: usize, to: usize| -> String {
        let chars: String = entry.excerpt.chars().skip(from).take(to.saturating_sub(from)).collect();
        log(&chars).into_owned()
    };
    let (before, marked, after) = (part(0, first), part(first, end), part(end, usize::MAX));
    if before.is_empty() && marked.is_empty() && after.is_empty() {
        return None;
    }
    let before = before.trim_start();
    let left = room.saturating_sub(width(&marked)).max(8);
    let after_room = left.saturating_sub(width(before).min(left * 2 / 3));
    let after = head(after.trim_end(), after_room);
    let before = tail(before, left.saturating_sub(width(&after)));
    let line = format!("{before}{}{after}", paint.key(&marked));
    let under = format!(
        "{}{}",
        " ".repeat(width(&before)),
        paint.key(&"^".repeat(width(&marked).clamp(usize::from(!marked.is_empty()), 400)))
    );
    Some((line, under))
}

/// The beginning of a text, at most so many columns, with a sign where it was cut.
pub(super) fn head(text: &str, room: usize) -> Cow<'_, str> {
    if width(text) <= room {
        return Cow::Borrowed(text);
    }
    let mut kept = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += columns(c);
        if used > room {
            break;
        }
        kept.push(c);
    }
    kept.push('…');
    Cow::Owned(kept)
}

/// The end of a text, at most so many columns, with a sign where it was cut.
fn tail(text: &str, room: usize) -> Cow<'_, str> {
    if width(text) <= room {
        return Cow::Borrowed(text);
    }
    let mut used = 1;
    let mut from = text.len();
    for (at, c) in text.char_indices().rev() {
        used += columns(c);
        if used > room {
            break;
        }
        from = at;
    }
    Cow::Owned(format!("…{}", &text[from..]))
}

#[cfg(test)]
mod tests {
    use super::{folded, head, tail, width, wrapped};
    use crate::reports::Look;

    #[test]
    fn cut_texts_fit() {
        assert_eq!(head("abcdef", 4), "abc…");
        assert_eq!(tail("abcdef", 4), "…def");
        assert_eq!(head("日本語", 4), "日…");
        for room in 1..9 {
            assert!(width(&head("日本語 text", room)) <= room);
            assert!(width(&tail("日本語 text", room)) <= room);
        }
    }

    #[test]
    fn lines_are_folded_between_words() {
        let line = "  - keep the value in a file that git ignores:  .env";
        assert_eq!(folded(line, None), line);
        assert_eq!(folded(line, Some(52)), line);
        assert_eq!(folded(line, Some(30)), "  - keep the value in a file\n    that git ignores:  .env");
        let colored = "\x1b[1;31mINCOMPLETE\x1b[0m and some more words that follow";
        assert_eq!(folded(colored, Some(30)), colored.replace("words that", "words\n  that"));
        let long = "revoke https://example.org/a/very/long/link/that/does/not/fit now";
        assert!(
            folded(long, Some(1))
                .contains("\n  https://example.org/a/very/long/link/that/does/not/fit\n  now")
        );
    }

    #[test]
    fn words_stay_whole() {
        let look = Look { width: Some(30), ..Look::PLAIN };
        let lines =
            wrapped("revoke it at https://example.org/a/very/long/link/that/does/not/fit now", 2, look);
        assert_eq!(
            lines,
            ["  revoke it at", "  https://example.org/a/very/long/link/that/does/not/fit", "  now"]
        );
        assert_eq!(wrapped("a b", 1, Look::PLAIN), [" a b"]);
    }
}
