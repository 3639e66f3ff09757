//! The rules: how each kind of key looks and what to do about it. Data in `rules/*.yml`, packed by `build.rs` into
//! one static table; users' rules are read at start through the same schema.
//!
//! The way of a rule: `schema` (as it stands in YAML, read by `yaml` in bounded time) → `draft` (validated, with what
//! `derive` fills in) → `rule`. `build.rs` goes the same way at build time.

mod beginnings;
mod builtin;
mod charset;
mod check_kind;
mod checksum;
mod compile;
mod derive;
pub mod docs;
mod draft;
mod fits;
mod foreign;
mod json_schema;
mod rng;
mod rule;
mod ruleset;
mod sample;
mod sample_pattern;
mod schema;
mod template;
mod yaml;

pub use charset::Charset;
pub use check_kind::CheckKind;
pub use checksum::{Claims, Fact, aws_account, check, facts, from_base64, is_mnemonic_word};
#[cfg(test)]
pub(crate) use compile::pattern_beginnings;
pub use fits::literal_prefix;
pub use foreign::{ForeignRule, Required, foreign_rule};
pub use json_schema::json_schema;
pub use rule::{Boundary, Context, Judge, Need, Rule, Segment, Shape, Template, Verification};
pub use ruleset::{Ruleset, id_is_taken, parse, placed};
pub use sample::{fill, sample};
pub use yaml::{Problem, guard};
