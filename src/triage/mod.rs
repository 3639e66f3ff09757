//! Deciding which detections are findings: the kind of file, excluded paths, inline marks, allow entries, baseline, in that order.

mod allowlist;
mod baseline;
#[cfg(test)]
mod fake;
mod foreign;
pub mod hygiene;
pub mod import;
pub mod inline;
mod judge;
mod marks;
pub mod migrate;
pub mod names;
mod owners;
mod place;
mod precise;
mod syntax;

pub use baseline::{Baseline, write_whole};
pub use foreign::Around;
pub use judge::{Triage, TriageOptions};
pub use marks::{Marks, markers_near};
pub use owners::Owners;
