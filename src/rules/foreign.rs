//! `ForeignRule`: a rule of another tool's configuration, with that tool's meaning: an expression that is looked for in
//! all text that holds one of its keywords. It is not made one of ours, because ours are judged otherwise.

use std::borrow::Cow;

use regex_automata::meta::Regex;

use crate::model::{Remedy, Severity};

use super::charset::Charset;
use super::rule::{Boundary, Context, Judge, Need, Rule, Shape};

/// A rule of gitleaks or betterleaks.
#[derive(Debug, Clone)]
pub struct ForeignRule {
    /// What a finding says of itself. Its shape and context mean nothing.
    pub rule: Rule,
    /// The expression, already in our engine's words.
    pub regex: Regex,
    /// The expression as it was written, which tells two rules apart in a cache.
    pub text: String,
    /// The number of the group that is the secret; 0: the first group that took part, or all.
    pub group: usize,
    /// Shannon entropy in bits per byte that the secret must exceed; 0: any.
    pub entropy: f64,
    /// Words in lower case of which one must stand in the text; none: all text is looked at.
    pub keywords: Vec<String>,
    /// Other rules that must match nearby.
    pub required: Vec<Required>,
    /// Whether it is reported, or only required by others.
    pub report: bool,
}

/// A rule that must match near another.
#[derive(Debug, Clone)]
pub struct Required {
    /// Its id.
    pub id: String,
    /// At most so many lines away.
    pub lines: Option<u64>,
    /// At most so many columns away.
    pub columns: Option<u64>,
}

/// What a finding of a foreign rule says of itself.
pub fn foreign_rule(id: &str, name: &str, provider: &'static str) -> Rule {
    let variable: String =
        id.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    Rule {
        id: Cow::Owned(id.to_string()),
        provider: Cow::Borrowed(provider),
        name: Cow::Owned(name.to_string()),
        severity: Severity::High,
        confidence: 80,
        shape: Shape::Pattern(Cow::Borrowed("")),
        beginnings: Cow::Borrowed(&[]),
        boundary: Boundary { not_before: Charset::NONE, not_after: Charset::NONE },
        check: None,
        context: Context {
            need: Need::No,
            names: Cow::Borrowed(&[]),
            words: Cow::Borrowed(&[]),
            hosts: Cow::Borrowed(&[]),
        },
        judge: Judge::Shape,
        public: false,
        enabled: true,
        rank: 0,
        remedy: Remedy { variable: variable.into(), ..Remedy::default() },
        pair: None,
        verify: None,
        samples: Cow::Borrowed(&[]),
        examples_match: Cow::Borrowed(&[]),
        examples_reject: Cow::Borrowed(&[]),
    }
}
