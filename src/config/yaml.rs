//! YAML as a tree in which every node knows its place, bounded in size and depth.
//!
//! Anchors, aliases and tags are refused: no configuration needs them, and they are how small files become huge.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError};

/// Deepest nesting: a configuration needs six.
const DEEPEST: usize = 32;
/// Most nodes in one file.
const MOST_NODES: usize = 100_000;

/// A value with its place.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// 1-based line of its first character.
    pub(super) line: usize,
    /// 1-based column in characters.
    pub(super) column: usize,
    /// Where it begins and ends in the text, in characters.
    pub(super) span: (usize, usize),
    /// What it is.
    pub(super) value: Value,
}

/// What stands at a place.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// A text, and whether it stands without quotes.
    Scalar(String, bool),
    /// A list.
    List(Vec<Node>),
    /// Keys and values in order; no key twice.
    Map(Vec<(Node, Node)>),
}

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) problem: String,
}

impl Node {
    /// A complaint about this node.
    pub(super) fn wrong(&self, problem: impl Into<String>) -> Wrong {
        Wrong { line: self.line, column: self.column, problem: problem.into() }
    }

    /// What kind of thing it is, for complaints.
    pub(super) fn kind(&self) -> &'static str {
        match &self.value {
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
            Value::Scalar(text, plain) => plain.then(|| plain_kind(text)).flatten().unwrap_or("a text"),
        }
    }

    /// Its text, if it is a scalar.
    pub(super) fn scalar(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text, _) => Some(text),
            _ => None,
        }
    }
}

/// What YAML takes an unquoted scalar for, if not for a text.
fn plain_kind(text: &str) -> Option<&'static str> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Some("empty"),
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => return Some("a truth value"),
        _ => {}
    }
    let digits = text.trim_start_matches(['+', '-']);
    let number = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.contains(|c: char| c.is_ascii_digit())
        && (text.parse::<f64>().is_ok() || digits.starts_with("0x") || digits.starts_with("0o"));
    number.then_some("a number")
}

/// A collection that is being read.
struct Open {
    node: Node,
    key: Option<Node>,
}

/// Reads one document; an empty one is `None`.
pub(super) fn parse(text: &str) -> Result<Option<Node>, Wrong> {
    let mut open: Vec<Open> = Vec::new();
    let mut root: Option<Node> = None;
    let mut documents = 0;
    let mut nodes = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|e| scan_error(&e))?;
        let place = (span.start.line(), span.start.col() + 1);
        let wrong =
            |problem: &str| Err(Wrong { line: place.0, column: place.1, problem: problem.to_string() });
        let node = |value| Node {
            line: place.0,
            column: place.1,
            span: (span.start.index(), span.end.index()),
            value,
        };
        nodes += 1;
        let finished = match event {
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    return wrong("a second document; one file holds one configuration");
                }
                continue;
            }
            _ if nodes > MOST_NODES => return wrong("more than 100,000 values"),
            Event::Alias(_) => return wrong("aliases (`*name`) are not allowed: write the value out"),
            Event::Scalar(_, _, anchor, ref tag)
            | Event::SequenceStart(anchor, ref tag)
            | Event::MappingStart(anchor, ref tag)
                if anchor != 0 || tag.is_some() =>
            {
                return wrong("anchors (`&name`) and tags (`!name`) are not allowed");
            }
            Event::Scalar(text, style, ..) => {
                node(Value::Scalar(text.into_owned(), style == ScalarStyle::Plain))
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                if open.len() >= DEEPEST {
                    return wrong("nested deeper than 32 levels");
                }
                let value = if matches!(event, Event::SequenceStart(..)) {
                    Value::List(Vec::new())
                } else {
                    Value::Map(Vec::new())
                };
                open.push(Open { node: node(value), key: None });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(mut done) = open.pop() else { return wrong("an end without a beginning") };
                done.node.span.1 = span.start.index().max(done.node.span.1);
                done.node
            }
            _ => continue,
        };
        put(open.last_mut(), &mut root, finished)?;
    }
    Ok(root.filter(|n| !matches!(&n.value, Value::Scalar(text, true) if plain_kind(text) == Some("empty"))))
}

/// Adds a finished node to the collection it stands in, or makes it the root.
fn put(parent: Option<&mut Open>, root: &mut Option<Node>, node: Node) -> Result<(), Wrong> {
    let Some(parent) = parent else {
        *root = Some(node);
        return Ok(());
    };
    match &mut parent.node.value {
        Value::List(list) => list.push(node),
        Value::Map(map) => {
            if let Some(key) = parent.key.take() {
                map.push((key, node));
            } else {
                let Some(name) = node.scalar() else { return Err(node.wrong("a key must be a word")) };
                // Quadratic in the keys of one mapping, so those are few.
                if let Some((first, _)) = map.iter().find(|(k, _)| k.scalar() == Some(name)) {
                    return Err(node.wrong(format!(
                        "the key `{}` stands here twice (first in line {})",
                        shown(name),
                        first.line
                    )));
                }
                if map.len() >= 2_000 {
                    return Err(node.wrong("more than 2,000 keys in one mapping"));
                }
                parent.key = Some(node);
            }
        }
        Value::Scalar(..) => {}
    }
    Ok(())
}

fn scan_error(error: &ScanError) -> Wrong {
    let at: &Marker = error.marker();
    Wrong { line: at.line().max(1), column: at.col() + 1, problem: format!("not YAML: {}", error.info()) }
}

/// A text of a file as an error may show it: short, escaped, without anything that looks like a key.
pub(super) fn shown(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    let dots = if short.len() < text.len() { "…" } else { "" };
    let short = super::hide_keys(&short);
    format!("{}{dots}", crate::model::escape_terminal(&short))
}

#[cfg(test)]
#[allow(clippy::format_collect, clippy::format_push_string, reason = "tests build hostile texts")]
mod tests {
    use std::time::Instant;

    use super::{Value, parse};

    #[test]
    fn nodes_know_their_places() {
        let root = parse("# c\nallow:\n  - path: 'a b'\n    until: 2026-01-01\n")
            .expect("good")
            .expect("a document");
        let Value::Map(map) = &root.value else { panic!("{root:?}") };
        assert_eq!((map[0].0.line, map[0].0.column), (2, 1));
        let Value::List(list) = &map[0].1.value else { panic!("{root:?}") };
        let Value::Map(entry) = &list[0].value else { panic!("{root:?}") };
        assert_eq!((entry[1].0.line, entry[1].0.column, entry[1].1.column), (4, 5, 12));
        assert_eq!(entry[0].1.scalar(), Some("a b"));
    }

    #[test]
    fn empty_files_are_no_documents() {
        for text in ["", "\n\n", "# only a comment\n", "---\n", "~"] {
            assert!(parse(text).expect(text).is_none(), "{text}");
        }
    }

    #[test]
    fn what_configurations_do_not_need_is_refused_with_its_place() {
        for (text, line, word) in [
            ("a: 1\na: 2\n", 2, "twice"),
            ("a: &x 1\nb: *x\n", 1, "anchors"),
            ("a: !!str b", 1, "tags"),
            ("a: *x", 1, "not YAML"),
            ("a: 1\n---\nb: 2\n", 2, "second document"),
            ("a: [1, 2\nb: 3\n", 2, "not YAML"),
            ("a:\n\tb: 1\n", 2, "not YAML"),
            ("? [a]\n: b\n", 1, "a key must be a word"),
        ] {
            let wrong = parse(text).expect_err(text);
            assert!(wrong.line == line && wrong.problem.contains(word), "{text}: {wrong:?}");
        }
    }

    #[test]
    fn hostile_files_are_refused_quickly() {
        let started = Instant::now();
        let mut bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n".to_string();
        for (name, before) in ('b'..='z').zip('a'..) {
            bomb += &format!("{name}: &{name} [*{before},*{before},*{before},*{before}]\n");
        }
        let blocks: String = (0..5000).map(|i| format!("{}a:\n", " ".repeat(i.min(200)))).collect();
        for text in [
            bomb,
            "[".repeat(900_000),
            "{a: ".repeat(200_000),
            "- ".repeat(400_000),
            "x,".repeat(400_000) + "]",
            blocks,
            "? ".repeat(300_000),
        ] {
            let _ = parse(&text);
        }
        assert!(parse(&format!("[{}]", "x,".repeat(200_000))).is_err());
        assert!(parse(&"[".repeat(100)).is_err());
        let keys: String = (0..50_000).map(|i| format!("k{i}: 1\n")).collect();
        assert!(parse(&keys).is_err());
        assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
    }
}
