//! Every filter drops what it says and keeps what it says.

use super::Case;
use super::more::MORE;
use super::table::FILTERS;
use crate::engine::context::Surroundings;
use crate::engine::view::View;
use crate::model::Checksum;

/// A rule for any secret, and one of a provider.
fn rules() -> Vec<crate::rules::Rule> {
    let text = "provider: Generic\nrules:\n  - id: generic-test\n    name: test\n    severity: low\n    shape: \"{graph:4-200}\"\n    judge: human\n    context:\n      need: name\n      words: [password, secret, token, key]\n    examples:\n      match: ['password = \"{{key}}\"']\n  - id: acme-test\n    name: test\n    severity: low\n    shape: \"{alnum:32}\"\n    context:\n      need: near\n      words: [acme]\n    examples:\n      match: ['acme_token = \"{{key}}\"']\n";
    crate::rules::parse(text).expect("a good rule")
}

fn dropped(example: &str, test: fn(&Case<'_>) -> bool) -> bool {
    // Behind this mark stands an example of a provider's rule.
    let (rule, example) = match example.strip_prefix("acme: ") {
        Some(example) => (1, example),
        None => (0, example),
    };
    let start = example.find('«').expect("an opening mark");
    let end = example.find('»').expect("a closing mark") - '«'.len_utf8();
    let text = example.replace(['«', '»'], "");
    let view = View { bytes: text.as_bytes() };
    let around = Surroundings::of(view, start, end, None);
    let rules = rules();
    let key = &text.as_bytes()[start..end];
    let fit = around.fit(&rules[rule]);
    test(&Case::new(&rules[rule], key, key, &around, Checksum::None, fit))
}

#[test]
fn every_filter_drops_and_keeps_what_it_says() {
    let mut wrong = Vec::new();
    for filter in FILTERS.iter().chain(MORE) {
        for example in filter.drops.iter().filter(|e| !dropped(e, filter.test)) {
            wrong.push(format!("{} keeps {example}", filter.name));
        }
        for example in filter.keeps.iter().filter(|e| dropped(e, filter.test)) {
            wrong.push(format!("{} drops {example}", filter.name));
        }
        assert!(!filter.about.is_empty() && !filter.keeps.is_empty());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn zeros_in_the_head_of_a_private_key_are_no_repeats() {
    // The head of OpenSSH's container of a key without a cipher has nine in a row. The rest is made here.
    let letters = b"Q7xk2LmZ9pRt4VbN8sHj3WcY6dFg5TqA1eUoXi0B";
    let rest: String = (0..300).map(|i| char::from(letters[i * 7 % letters.len()])).collect();
    let body = ["b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAE", "bm9uZQAAAAAAAAABAAAAMw", &rest].concat();
    let label = ["OPENSSH", "PRIVATE", "KEY"].join(" ");
    let text = format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----");
    assert!(!dropped(&format!("x\n«{text}»\n"), super::shapes::repeated));
    assert!(dropped("key = «AAAAAAAAAAAAAAAAAAAAAAAAb7»", super::shapes::repeated));
}
