//! One command, one file: its arguments, its help, its run.

pub mod allow;
mod ask;
pub mod audit;
mod audit_order;
pub mod baseline;
mod baseline_audit;
mod ci;
pub mod completions;
pub mod config;
mod configured;
mod dates;
pub mod diff;
mod ending;
pub mod explain;
mod failed;
mod globals;
pub mod history;
pub mod hook;
mod hook_push;
mod hook_run;
pub mod identify;
pub mod man;
pub mod migrate;
mod output;
mod place;
mod progress;
pub mod report;
pub mod rules;
pub mod scan;
mod session;
pub mod staged;
mod survey;
mod watch;

pub use failed::reported;
pub use globals::Globals;
pub use session::Session;
