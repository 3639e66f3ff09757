//! The rules: how each kind of key looks and what to do about it. Data in `rules/*.yml`, packed by `build.rs` into
//! one static table; users' rules are read at start through the same schema.

mod charset;
mod rule;

pub use charset::Charset;
pub use rule::{Boundary, CheckKind, Context, Judge, Need, Rule, Segment, Shape, Template, Verification};
