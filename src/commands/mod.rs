//! One command, one file: its arguments, its help, its run.

mod ending;
mod globals;
pub mod hook;
mod hook_run;
mod output;
pub mod scan;
mod session;

pub use globals::Globals;
pub use session::Session;
