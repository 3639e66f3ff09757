//! A rule file as it stands in YAML: names and types of the fields, nothing else.
//!
//! `build.rs` uses this file too, so it knows nothing of the crate. What the fields mean is in `rules/README.md`;
//! what they must hold is decided in `draft.rs`.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};

/// One file: a provider and its rules.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawFile {
    pub provider: String,
    #[serde(default)]
    pub site: String,
    pub rules: Vec<RawRule>,
}

/// One rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawRule {
    pub id: String,
    pub name: String,
    pub severity: String,
    #[serde(default)]
    pub shape: OneOrMany,
    #[serde(default)]
    pub pattern: Option<String>,
    #[serde(default)]
    pub variable: String,
    #[serde(default)]
    pub context: RawContext,
    #[serde(default)]
    pub about: String,
    #[serde(default)]
    pub revoke: String,
    #[serde(default)]
    pub references: Vec<String>,
    #[serde(default)]
    pub examples: RawExamples,
    #[serde(default)]
    pub confidence: Option<u8>,
    #[serde(default)]
    pub check: Option<String>,
    #[serde(default)]
    pub judge: Option<String>,
    #[serde(default)]
    pub left: Option<String>,
    #[serde(default)]
    pub right: Option<String>,
    #[serde(default)]
    pub public: bool,
    #[serde(default)]
    pub enabled: Option<bool>,
    #[serde(default)]
    pub rank: Option<u16>,
    #[serde(default)]
    pub rotate: String,
    #[serde(default)]
    pub rotate_days: u32,
    #[serde(default)]
    pub pair: Option<String>,
    #[serde(default)]
    pub verify: Option<RawVerify>,
    #[serde(default)]
    pub sample: OneOrMany,
}

/// What must or may stand around a key.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawContext {
    #[serde(default)]
    pub need: Option<String>,
    #[serde(default)]
    pub names: Vec<String>,
    #[serde(default)]
    pub words: Vec<String>,
    #[serde(default)]
    pub hosts: Vec<String>,
}

/// Texts in which the rule must find its key, and texts in which it must find nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawExamples {
    #[serde(default, rename = "match")]
    pub matching: Vec<String>,
    #[serde(default)]
    pub reject: Vec<String>,
}

/// How to ask the provider.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawVerify {
    #[serde(default)]
    pub method: Option<String>,
    pub url: String,
    #[serde(default)]
    pub headers: Vec<String>,
    #[serde(default)]
    pub body: String,
    #[serde(default)]
    pub live: Codes,
    #[serde(default)]
    pub dead: Codes,
}

/// A text, or a list of texts.
#[derive(Debug, Default)]
pub(crate) struct OneOrMany(pub Vec<String>);

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = OneOrMany;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany(vec![text.to_string()]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<OneOrMany, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = list.next_element()? {
                    texts.push(text);
                }
                Ok(OneOrMany(texts))
            }
        }
        from.deserialize_any(Texts)
    }
}

/// A status code, or a list of them.
#[derive(Debug, Default)]
pub(crate) struct Codes(pub Vec<u16>);

impl<'de> Deserialize<'de> for Codes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Numbers;
        impl<'de> Visitor<'de> for Numbers {
            type Value = Codes;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a status code or a list of status codes")
            }
            fn visit_u64<E: Error>(self, code: u64) -> Result<Codes, E> {
                let code = u16::try_from(code).map_err(|_| E::custom("not a status code"))?;
                Ok(Codes(vec![code]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Codes, A::Error> {
                let mut codes = Vec::new();
                while let Some(code) = list.next_element()? {
                    codes.push(code);
                }
                Ok(Codes(codes))
            }
        }
        from.deserialize_any(Numbers)
    }
}
