//! Every filter drops what it says and keeps what it says.

use super::Case;
use super::table::FILTERS;
use crate::engine::context::Surroundings;
use crate::engine::view::View;
use crate::model::Checksum;

/// A rule for any secret, and one of a provider.
fn rules() -> Vec<crate::rules::Rule> {
    let text = "provider: Generic\nrules:\n  - id: generic-test\n    name: test\n    severity: low\n    shape: \"{graph:4-200}\"\n    judge: human\n    context:\n      need: name\n      words: [password, secret, token, key]\n    examples:\n      match: ['password = \"{{key}}\"']\n";
    crate::rules::parse(text).expect("a good rule")
}

fn dropped(example: &str, test: fn(&Case<'_>) -> bool) -> bool {
    let start = example.find('«').expect("an opening mark");
    let end = example.find('»').expect("a closing mark") - '«'.len_utf8();
    let text = example.replace(['«', '»'], "");
    let view = View { bytes: text.as_bytes() };
    let around = Surroundings::of(view, start, end, None);
    let rules = rules();
    let key = &text.as_bytes()[start..end];
    let fit = around.fit(&rules[0]);
    test(&Case::new(&rules[0], key, key, &around, Checksum::None, fit))
}

#[test]
fn every_filter_drops_and_keeps_what_it_says() {
    let mut wrong = Vec::new();
    for filter in FILTERS {
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
