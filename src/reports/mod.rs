//! How findings are told: one format, one file. A report knows findings and coverage, nothing of how they came about.

mod report;

pub use report::{Format, Look, Report, RuleSummary};
