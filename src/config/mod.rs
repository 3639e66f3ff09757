//! `.keysieve.yml`: found upward from where the scan starts, parsed with positions, validated strictly.
//!
//! A configuration adds to the defaults. What it silences it must name, with a reason, and all of it is counted in the
//! report; it cannot replace the rules.

mod date;
mod edit;
mod entry;
mod gitleaks;
mod glob;
mod hide;
mod keys;
mod load;
mod read;
mod schema;
mod settings;
mod suggest;
mod yaml;

pub use date::Date;
pub use edit::{NewAllow, add_allow};
pub use entry::{AllowEntry, At, Exclude, RuleName, RulePaths, SeverityOverride, wildcard};
pub use gitleaks::{Gitleaks, GitleaksAllow, Target};
pub use glob::PathGlob;
pub use hide::hide_keys;
pub use load::{LoadOptions, NAMES};
pub use schema::{schema, template};
pub use settings::{Config, InlineRules};
pub use suggest::suggest;

#[cfg(test)]
mod tests;
