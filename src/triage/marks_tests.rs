//! Marks are found where their tools would find them, and nowhere else.

use std::ops::Range;
use std::time::Instant;

use super::{Marks, markers_near};

/// The marks for the first `KEY` (or the part from `K` to `Y`) of a text.
fn near(text: &str) -> Vec<String> {
    markers_near(text.as_bytes(), &span(text)).into_iter().map(String::from).collect()
}

fn span(text: &str) -> Range<usize> {
    let start = text.find("KEY").expect("the text holds KEY");
    start..text.rfind("KEY").expect("the text holds KEY") + 3
}

#[test]
fn a_mark_speaks_for_its_own_line() {
    for text in [
        "a = KEY # keysieve:allow why",
        "x\r\na = KEY # keysieve:allow why\r\ny",
        "x\ra = KEY # keysieve:allow why\ry",
        "/* keysieve:allow why */ a = KEY",
        "# keysieve:allow\n# other\na = KEY # gitleaks:allow\n",
        "KEY\n...\nKEY # gitleaks:allow",
    ] {
        assert_eq!(near(text).len(), 1, "{text}: {:?}", near(text));
    }
    for text in [
        "# keysieve:allow why\na = KEY",
        "a = KEY\n# keysieve:allow why",
        "a = KEY\r# keysieve:allow why",
        "a = KEY xkeysieve:allow why",
        "a = KEY # keysieve:allowed",
    ] {
        assert!(near(text).is_empty(), "{text}: {:?}", near(text));
    }
}

#[test]
fn a_next_line_mark_speaks_for_the_line_below_only() {
    for text in [
        "# keysieve:allow-next-line why\na = KEY",
        "# keysieve:allow-next-line why\r\na = KEY\r\n",
        "// secretlint-disable-next-line\rKEY",
        "# pragma: allowlist nextline secret\nKEY\nmore\nKEY",
    ] {
        assert_eq!(near(text).len(), 1, "{text}");
    }
    for text in [
        "# keysieve:allow-next-line why\n\na = KEY",
        "a = KEY # keysieve:allow-next-line why",
        "KEY\n# keysieve:allow-next-line\n",
    ] {
        assert!(near(text).is_empty(), "{text}");
    }
}

#[test]
fn a_block_speaks_for_what_is_in_it_if_it_is_closed() {
    let block = "# keysieve:allow-begin why\na\nb = KEY\n# keysieve:allow-end\n";
    assert_eq!(near(block), ["keysieve:allow-begin why"]);
    assert!(near("# keysieve:allow-begin why\na\nb = KEY\n").is_empty(), "nobody closed it");
    assert!(near("# keysieve:allow-begin why\n# keysieve:allow-end\nKEY").is_empty());
    assert!(near("KEY\n# keysieve:allow-begin why\n# keysieve:allow-end\n").is_empty());
    assert_eq!(
        near("// secretlint-disable\na\nKEY\n").len(),
        1,
        "to the end of the file, as secretlint does"
    );
    assert!(near("// secretlint-disable\na\n// secretlint-enable\nKEY\n").is_empty());
    let two = "# keysieve:allow-begin one\n# keysieve:allow-begin two\nKEY\n# keysieve:allow-end\n";
    assert_eq!(near(two), ["keysieve:allow-begin two"]);
}

#[test]
fn a_mark_inside_the_value_does_not_count() {
    assert!(near("a = \"KEYgitleaks:allowKEY\"").is_empty());
    assert!(near("a = \"KEY gitleaks:allow KEY\"").is_empty());
    assert_eq!(near("a = \"KEY gitleaks:allow KEY\" # keysieve:allow x").len(), 1);
}

#[test]
fn wide_texts_are_read_too() {
    let text = "name = x\nvalue = KEY # keysieve:allow why\n";
    let narrow = span(text);
    for (width, low) in [(2, 0), (2, 1), (4, 0), (4, 3)] {
        let wide: Vec<u8> = text
            .bytes()
            .flat_map(|b| {
                let mut unit = vec![0; width];
                unit[low] = b;
                unit
            })
            .collect();
        assert_eq!(
            markers_near(&wide, &(narrow.start * width..narrow.end * width)).len(),
            1,
            "{width} {low}"
        );
    }
}

#[test]
fn it_stays_linear_whatever_the_content() {
    let started = Instant::now();
    let text = "KEY gitleaks:allow ".repeat(200_000);
    let marks = Marks::of(text.as_bytes());
    for i in 0..200_000 {
        assert!(!marks.near(&(i * 19..i * 19 + 3)).is_empty());
    }
    let text = "keysieve ".repeat(1_000_000);
    assert!(Marks::of(text.as_bytes()).is_empty());
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
