//! Whether the text around a value uses an ordinary word as the name of a provider: `deputy api key`, `deputy.token`,
//! `https://api.deputy.com`.

use crate::engine::words::{for_each_hash, hash, meaning, words};
use crate::rules::Rule;

use super::{Surroundings, WORD_LINES, WORD_REACH, reach_left, reach_right};

/// How surely a word stands for its provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::engine) enum Whose {
    /// Not at all: it may be just a word.
    Nobodys,
    /// Nearby, its API or its host is spoken of, or the word is all that a field or a comment says.
    Api,
    /// A secret of it is spoken of on the same line or on the one above.
    Secret,
}

/// Behind a word that stands for a provider, so many words may tell what of it is meant.
const TOLD: usize = 3;

/// Words that go on a sentence: `front of the token`, `here is the key`.
#[rustfmt::skip]
const GRAMMAR: &[&str] = &[
    "of", "the", "a", "an", "in", "is", "are", "for", "to", "and", "or", "with", "from", "on", "by", "as", "at", "your",
    "my", "its", "that", "this", "was", "be", "if", "no", "not",
];

/// Words for what opens something, as the whole name of it.
const OPENS: &[&str] = &["access", "private"];

/// The ends of hosts.
#[rustfmt::skip]
const TOPS: &[&[u8]] = &[
    b"com", b"io", b"net", b"org", b"co", b"ai", b"app", b"dev", b"cloud", b"eu", b"us", b"me", b"so", b"sh", b"xyz",
    b"de", b"uk", b"fr",
];

impl Surroundings<'_> {
    /// How surely one of a rule's words stands for its provider.
    pub(in crate::engine) fn whose(&self, rule: &Rule) -> Whose {
        let (start, end) = self.span;
        let hashes: Vec<u64> = rule.context.words.iter().map(|w| hash(w.as_bytes())).collect();
        let line = (
            reach_left(self.bytes, start, WORD_REACH.0, 2).0,
            reach_right(self.bytes, end, WORD_REACH.1, 1).1,
        );
        let mut found = Whose::Nobodys;
        for (from, to) in [
            reach_left(self.bytes, start, WORD_REACH.0, WORD_LINES.0),
            reach_right(self.bytes, end, WORD_REACH.1, WORD_LINES.1),
        ] {
            let text = &self.bytes[from..to];
            for_each_hash(text, &mut |hash, at| {
                if hashes.contains(&hash) {
                    let told = match told(text, at.start, at.end) {
                        Whose::Secret if !(line.0..line.1).contains(&(from + at.start)) => Whose::Api,
                        told => told,
                    };
                    found = found.max(told);
                }
            });
        }
        found
    }

    /// How surely a word must stand for its provider beside this value: less where the name means a secret.
    pub(in crate::engine) fn least_whose(&self) -> Whose {
        if self.names_secret() || self.is_login() { Whose::Api } else { Whose::Secret }
    }
}

/// What a text tells of the word that stands at `start..end` in it.
fn told(text: &[u8], start: usize, end: usize) -> Whose {
    let rest = &text[end..];
    if let Some(top) = rest.strip_prefix(b".") {
        let length = top.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'-').count();
        let host = matches!(text[..start].last(), Some(b'.' | b'/' | b'@'));
        if host && TOPS.contains(&&top[..length]) {
            return Whose::Api;
        }
    }
    let mut last = 0;
    let mut found = if stands_alone(&text[..start], rest) { Whose::Api } else { Whose::Nobodys };
    for word in words(rest).take(TOLD) {
        let gap = &rest[last..word.start];
        let grammar = GRAMMAR.iter().any(|g| rest[word.clone()].eq_ignore_ascii_case(g.as_bytes()));
        // On the next line only alone: `front`, `KEY` and the value below each other.
        let alone = gap != b"\n" || ends_line(&rest[word.end..]);
        if grammar || !alone || !matches!(gap, [] | [b' ' | b'_' | b'-' | b'.' | b':' | b'/' | b'\n']) {
            break;
        }
        if rest[word.clone()].eq_ignore_ascii_case(b"api") {
            found = Whose::Api;
        }
        last = word.end;
    }
    // `provider access = `, `provider PRIVATE: `
    let gives = |rest: &[u8]| matches!(rest, [b'=' | b':', ..] | [b' ', b'=' | b':', ..]);
    let word = words(&rest[..last]).last().map(|range| &rest[range]);
    let opens = word.is_some_and(|w| OPENS.iter().any(|o| w.eq_ignore_ascii_case(o.as_bytes())));
    if opens && gives(&rest[last..]) {
        return Whose::Secret;
    }
    let meaning = meaning(&rest[..last]);
    if meaning.kind.is_some() && meaning.against.is_none() { Whose::Secret } else { found }
}

/// Whether nothing but space stands in front of the end of the line.
fn ends_line(text: &[u8]) -> bool {
    text.iter().find(|b| !matches!(b, b' ' | b'\t' | b'\r')).is_none_or(|b| *b == b'\n')
}

/// Whether a word is all that a field or a comment says: `"name": "deputy"`, `<id>deputy</id>`, `# deputy`.
fn stands_alone(front: &[u8], rest: &[u8]) -> bool {
    let ends_line = ends_line(rest);
    let closed = matches!(rest.first(), Some(b'"' | b'\'' | b'`' | b'<' | b'}'));
    if !ends_line && !closed {
        return false;
    }
    let line = front.rsplit(|b| *b == b'\n').next().unwrap_or_default().trim_ascii();
    let marks = line.iter().all(|b| b"#/*;-<!%".contains(b));
    let opened = line.strip_suffix(b"{").unwrap_or(line);
    let quoted = matches!(opened.last(), Some(b'"' | b'\'' | b'`'));
    let opened = opened[..opened.len() - usize::from(quoted)].trim_ascii_end();
    let given = matches!(opened.last(), Some(b':' | b'=')) || !quoted && opened.ends_with(b">");
    !line.is_empty() && marks && ends_line || given && (closed || ends_line)
}

#[cfg(test)]
mod tests {
    use super::{Whose, told};

    #[test]
    fn an_ordinary_word_is_a_provider_where_its_secrets_are_spoken_of() {
        for (text, wanted) in [
            ("front api key", Whose::Secret),
            ("front_token = ", Whose::Secret),
            ("frontToken", Whose::Secret),
            ("front.key.", Whose::Secret),
            ("front private access key", Whose::Secret),
            ("front API\n", Whose::Api),
            ("front key id", Whose::Nobodys),
            ("front of the token", Whose::Nobodys),
            ("front = key", Whose::Nobodys),
            ("front door", Whose::Nobodys),
            ("front\nKEY\n", Whose::Secret),
            ("front\n", Whose::Nobodys),
            ("front ACCESS: ", Whose::Secret),
            ("front private = ", Whose::Secret),
            ("front access denied", Whose::Nobodys),
        ] {
            assert_eq!(told(text.as_bytes(), 0, 5), wanted, "{text}");
        }
        for (text, wanted) in [
            ("https://api.front.com/v1", Whose::Api),
            ("https://front.io/v1", Whose::Api),
            ("a.front.length", Whose::Nobodys),
            ("of front.com", Whose::Nobodys),
            ("\"name\": \"front\",\n", Whose::Api),
            ("<id>{front}</id>", Whose::Api),
            ("<id>front</id>", Whose::Api),
            ("service: front\n", Whose::Api),
            ("// front\nconst KEY = ", Whose::Api),
            ("\"front\": 1", Whose::Nobodys),
            ("say \"front\"\n", Whose::Nobodys),
            ("in front\n", Whose::Nobodys),
        ] {
            let at = text.find("front").expect("has it");
            assert_eq!(told(text.as_bytes(), at, at + 5), wanted, "{text}");
        }
    }
}
