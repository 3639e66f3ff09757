//! The spellings of inline marks: ours and those of the tools that people come from.

/// Words with which marks begin, for one fast search; what follows decides.
pub(super) const STEMS: [&str; 8] = [
    "keysieve",
    "gitleaks:allow",
    "betterleaks:allow",
    "trufflehog:ignore",
    "kingfisher:",
    "ggignore",
    "pragma",
    "secretlint-",
];

/// What a mark speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Its own line.
    Line,
    /// The line after its own.
    NextLine,
    /// All lines from here to the end mark.
    BlockBegin,
    /// All lines from here to the end mark, or to the end of the file.
    FileBegin,
    /// The end of a block.
    BlockEnd,
}

/// A mark as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spelling<'t> {
    /// What is counted in reports: "inline" for ours, the tool's own word for others.
    pub(super) by: &'static str,
    /// What it speaks for.
    pub(super) reach: Reach,
    /// What follows on the line.
    pub(super) rest: &'t str,
}

/// Whether a byte can be part of a word, so that a mark cannot begin right after it.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// What the mark at the start of these bytes speaks for, if one stands there.
pub(super) fn reach_at(bytes: &[u8]) -> Option<Reach> {
    // Marks are ASCII; what follows them need not be.
    let ascii = bytes.iter().position(|b| !b.is_ascii()).unwrap_or(bytes.len());
    parse(std::str::from_utf8(&bytes[..ascii]).ok()?).map(|s| s.reach)
}

/// Reads the mark at the start of a text.
pub(super) fn parse(text: &str) -> Option<Spelling<'_>> {
    let found = |by, reach, rest| ends_word(rest).then_some(Spelling { by, reach, rest });
    if let Some(rest) = word(text, "keysieve") {
        let rest = word(rest.trim_start_matches(' '), ":")?.trim_start_matches(' ');
        let rest = word(rest, "allow")?;
        for (suffix, reach) in [
            ("-next-line", Reach::NextLine),
            ("-nextline", Reach::NextLine),
            ("-begin", Reach::BlockBegin),
            ("-start", Reach::BlockBegin),
            ("-end", Reach::BlockEnd),
            ("-line", Reach::Line),
        ] {
            if let Some(rest) = word(rest, suffix) {
                return found("inline", reach, rest);
            }
        }
        return found("inline", Reach::Line, rest);
    }
    for (name, by) in [
        ("gitleaks:allow", "gitleaks:allow"),
        ("betterleaks:allow", "betterleaks:allow"),
        ("trufflehog:ignore", "trufflehog:ignore"),
        ("kingfisher:ignore", "kingfisher:ignore"),
        ("kingfisher:allow", "kingfisher:ignore"),
        ("ggignore", "ggignore"),
    ] {
        if let Some(rest) = word(text, name) {
            return found(by, Reach::Line, rest);
        }
    }
    if let Some(rest) = word(text, "pragma") {
        return pragma(rest);
    }
    let rest = word(text, "secretlint-")?;
    for (name, reach) in [
        ("disable-next-line", Reach::NextLine),
        ("disable-line", Reach::Line),
        ("disable", Reach::FileBegin),
        ("enable", Reach::BlockEnd),
    ] {
        if let Some(rest) = word(rest, name) {
            return found("secretlint-disable", reach, rest);
        }
    }
    None
}

/// detect-secrets: `pragma: allowlist secret`, `pragma: allowlist nextline secret`, with their older word and dashes.
fn pragma(rest: &str) -> Option<Spelling<'_>> {
    let rest = word(rest.trim_start_matches(' '), ":")?.trim_start_matches(' ');
    let rest = word(rest, "allowlist").or_else(|| word(rest, "whitelist"))?;
    let rest = gap(rest)?;
    let (reach, rest) = match word(rest, "nextline").or_else(|| word(rest, "next-line")) {
        Some(rest) => (Reach::NextLine, gap(rest)?),
        None => (Reach::Line, rest),
    };
    let rest = word(rest, "secret")?;
    ends_word(rest).then_some(Spelling { by: "pragma: allowlist secret", reach, rest })
}

/// What follows a word in any case of letters.
fn word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let head = text.get(..word.len())?;
    head.eq_ignore_ascii_case(word).then(|| &text[word.len()..])
}

fn gap(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches([' ', '-']);
    (rest.len() < text.len()).then_some(rest)
}

/// Whether a word ends here: `keysieve:allowed` and `keysieve:allow-everything` are no marks.
fn ends_word(rest: &str) -> bool {
    let mut bytes = rest.bytes();
    match bytes.next() {
        Some(b'-') => bytes.next().is_none_or(|b| b == b'-'),
        Some(b) => !is_word(b),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::{Reach, parse};

    #[test]
    fn every_spelling_is_known() {
        for (text, by, reach) in [
            ("keysieve:allow test key", "inline", Reach::Line),
            ("Keysieve: Allow", "inline", Reach::Line),
            ("keysieve:allow-next-line x", "inline", Reach::NextLine),
            ("keysieve:allow-begin x", "inline", Reach::BlockBegin),
            ("keysieve:allow-end", "inline", Reach::BlockEnd),
            ("keysieve:allow-->", "inline", Reach::Line),
            ("keysieve:allow*/", "inline", Reach::Line),
            ("gitleaks:allow", "gitleaks:allow", Reach::Line),
            ("betterleaks:allow", "betterleaks:allow", Reach::Line),
            ("trufflehog:ignore", "trufflehog:ignore", Reach::Line),
            ("kingfisher:ignore", "kingfisher:ignore", Reach::Line),
            ("ggignore", "ggignore", Reach::Line),
            ("pragma: allowlist secret", "pragma: allowlist secret", Reach::Line),
            ("pragma:whitelist-secret", "pragma: allowlist secret", Reach::Line),
            ("pragma: allowlist nextline secret", "pragma: allowlist secret", Reach::NextLine),
            ("secretlint-disable-line", "secretlint-disable", Reach::Line),
            ("secretlint-disable-next-line rule", "secretlint-disable", Reach::NextLine),
            ("secretlint-disable", "secretlint-disable", Reach::FileBegin),
            ("secretlint-enable", "secretlint-disable", Reach::BlockEnd),
        ] {
            let spelling = parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((spelling.by, spelling.reach), (by, reach), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_mark_is_none() {
        for text in [
            "keysieve:allowed",
            "keysieve allow",
            "keysieve:allow-all",
            "keysieve:allow_x",
            "gitleaks:allows",
            "gitleaks: allow",
            "ggignored",
            "pragma: allowlist",
            "pragma: allowlistsecret",
            "pragma: allowlist secrets",
            "pragma once",
            "secretlint-disabled",
            "trufflehog:ignored",
            "keysieve:",
            "",
            "keysi",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
