//! Properties: what was encoded is read again, at its place, in any surroundings.

use proptest::prelude::*;

use super::*;

/// Base64 by the book.
fn base64(bytes: &[u8], url: bool) -> String {
    let table: Vec<u8> = (b'A'..=b'Z')
        .chain(b'a'..=b'z')
        .chain(b'0'..=b'9')
        .chain(if url { *b"-_" } else { *b"+/" })
        .collect();
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let mut all = 0_u32;
        for (i, b) in three.iter().enumerate() {
            all |= u32::from(*b) << (16 - 8 * i);
        }
        for i in 0..4 {
            let c = if i <= three.len() { table[(all >> (18 - 6 * i)) as usize & 63] } else { b'=' };
            text.push(char::from(c));
        }
    }
    text
}

/// All texts that pages show, down to a depth.
fn pages(text: &[u8], depth: u8) -> Vec<Page> {
    let islands = islands(text, None, &|_| true, &mut Budget::default());
    if depth == 0 || islands.is_empty() {
        return Vec::new();
    }
    let page = Page::of(text, islands);
    let mut all = pages(&page.text, depth - 1);
    all.insert(0, page);
    all
}

/// The place in the text that says `key`, and the layers.
fn place(text: &[u8], key: &[u8]) -> Option<(std::ops::Range<usize>, Vec<&'static str>)> {
    let page = pages(text, 1).pop()?;
    let at = memchr::memmem::find(&page.text, key)?;
    page.outer(&(at..at + key.len())).map(|(span, layers)| (span, layers.to_vec()))
}

fn each(bytes: &[u8], write: impl Fn(u8) -> String) -> String {
    bytes.iter().map(|b| write(*b)).collect()
}

/// Every way of writing a key by its single bytes, with the layer's name and what stands around it.
fn by_bytes(key: &[u8], which: usize) -> (String, &'static str, &'static str, &'static str) {
    let array = |parts: Vec<String>| parts.join(", ");
    match which {
        0 => (each(key, |b| format!("\\x{b:02x}")), "escapes", "\"", "\""),
        1 => (each(key, |b| format!("\\u{b:04X}")), "escapes", "'", "'"),
        2 => (each(key, |b| format!("\\u{{{b:x}}}")), "escapes", "'", "'"),
        3 => (each(key, |b| format!("\\{b:03o}")), "escapes", "\"", "\""),
        4 => (each(key, |b| format!("%{b:02X}")), "percent", "?k=", "\n"),
        5 => (each(key, |b| format!("&#{b};")), "html", "<b>", "</b>"),
        6 => (each(key, |b| format!("&#x{b:x};")), "html", "\"", "\""),
        7 => (array(key.iter().map(|b| format!("0x{b:02x}")).collect()), "byte array", "{ ", ", 0x00 }"),
        8 => (array(key.iter().map(ToString::to_string).collect()), "byte array", "[]byte{", "}"),
        9 => (array(key.iter().map(|b| format!("'{}'", char::from(*b))).collect()), "byte array", "{", "}"),
        _ => (each(key, |b| format!("{b:02x}")), "hex", "x'", "'"),
    }
}

proptest! {
    #[test]
    fn base64_is_read_at_its_place(
        key in "[A-Za-z0-9_-]{20,60}", before in "[ -~]{0,120}", after in "[ -~]{0,120}", url in any::<bool>(),
        width in prop_oneof![Just(0usize), Just(64), Just(76)], indent in "[ \t]{0,6}", crlf in any::<bool>(),
    ) {
        let whole = base64(format!("{before}{key}{after}").as_bytes(), url);
        let (mut text, mut offsets) = (String::from("name: |\n"), Vec::new());
        text.push_str(&indent);
        for (i, c) in whole.chars().enumerate() {
            if width > 0 && i > 0 && i % width == 0 {
                text.push_str(if crlf { "\r\n" } else { "\n" });
                text.push_str(&indent);
            }
            offsets.push(text.len());
            text.push(c);
        }
        text.push_str("\nnext: 1\n");
        let from = before.len() * 8 / 6;
        let to = ((before.len() + key.len()) * 8 - 1) / 6;
        let found = place(text.as_bytes(), key.as_bytes());
        prop_assert_eq!(found, Some((offsets[from]..offsets[to] + 1, vec!["base64"])), "{}", text);
    }

    #[test]
    fn bytes_one_by_one_are_read_at_their_place(key in "[A-Za-z0-9_-]{20,60}", which in 0..11usize, lead in "[a-z ]{0,40}") {
        let (said, layer, open, close) = by_bytes(key.as_bytes(), which);
        let text = format!("{lead}\nk = {open}{said}{close}\n");
        let start = lead.len() + 5 + open.len();
        let found = place(text.as_bytes(), key.as_bytes());
        prop_assert_eq!(found, Some((start..start + said.len(), vec![layer])), "{}", text);
    }

    #[test]
    fn split_literals_are_joined(key in "[A-Za-z0-9_]{20,60}", cut in 1..19usize, which in 0..9usize) {
        let (a, b) = key.split_at(cut);
        let joint = ["\" + \"", "\"+\"", "\" . \"", "' .. '", "\" \"", "\"\n    \"", "\" \\\n \"", "\\\n  ", "\" +\r\n\t\""][which];
        let text = format!("k = \"{a}{joint}{b}\"\n");
        let found = place(text.as_bytes(), key.as_bytes()).map(|f| f.0);
        prop_assert_eq!(found, Some(5..5 + key.len() + joint.len()), "{}", text);
    }

    #[test]
    fn nothing_makes_it_stumble(parts in proptest::collection::vec(
        prop_oneof![
            "[A-Za-z0-9+/=]{0,40}", "[ -~]{0,20}", Just("\\u00".into()), Just("%2".into()), Just(", 0x".into()),
            Just("\" + \"".into()), Just("&#".into()), Just("=\n".into()), Just(".join(".into()), Just("Basic ".into()),
            Just("kind: Secret\ndata:\n a: ".into()), Just("\\\n".into()), Just("${\"".into()), Just("', '".into()),
            Just("H4sIAAAAAAAA".into()), Just("bytes([".into()), Just("\u{e9}\n".into()),
        ], 0..20)) {
        let text = parts.concat();
        for length in 0..=text.len() {
            for page in pages(&text.as_bytes()[..length], 3) {
                for at in 0..page.text.len() {
                    page.outer(&(at..at + 1));
                }
            }
        }
        let mut end = 0;
        for island in islands(text.as_bytes(), None, &|_| true, &mut Budget::default()) {
            prop_assert!(island.span.start >= end && island.span.end <= text.len());
            end = island.span.end;
        }
    }
}

#[test]
fn ordinary_text_has_no_islands() {
    for text in [
        "let path = \"/usr/share/applications/some_long_file_name-with-dashes.desktop\";",
        "integrity sha512-q3lYXtQnGFDwmhSYXM8u1Lf3GCLW9u1ZgQ3tVdZ5ZbV0rPZrRk7bRkU0fRzT5N1xLxZ2u8n0b6tQk9mY3w==",
        "printf(\"%20d %3d\", a, b); x = a & b; getElementByIdAndClassNameOrTagName()",
        "aa3f5c9e8b7d6a5f4e3d2c1b0a9f8e7d6c5b4a39 { 0x01, 0x02, 0x03 } \"a b\" \"c d\"",
    ] {
        let found = islands(text.as_bytes(), None, &|_| true, &mut Budget::default());
        assert!(found.iter().all(|i| i.text.is_empty()), "{found:?}");
    }
}
