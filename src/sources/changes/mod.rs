//! What a commit changes: found by comparing ids, not by reading a patch. Attributes, text conversion, external diffs,
//! colours and encodings have no part in it, because none of them is asked.
//!
//! Sides are compared (`compare`), renames are recognised among what came and what went (`renames`), what differs from
//! every parent is gathered (`jobs`), and each new blob is given to the worker with the lines that no old version of it
//! has (`added`).

mod added;
mod compare;
mod jobs;
mod lines;
mod objects;
mod renames;

#[cfg(test)]
mod tests;

pub(super) use added::{Job, Pusher};
pub(super) use compare::{Side, find};
pub(super) use jobs::jobs;
pub use lines::fuzz_added_lines;
pub(super) use lines::has_line_of;
pub(super) use objects::{Content, Objects};
