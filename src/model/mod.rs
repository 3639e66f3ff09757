//! The words that all rooms share: blobs and where they come from, secrets, findings, coverage.
//!
//! This floor knows nothing of files, git, rules or formats; everything above may use it.

mod blob;
mod count;
mod coverage;
mod few;
mod finding;
mod fingerprint;
mod frontier;
mod kin;
mod location;
mod ordinary;
mod origin;
mod packed;
mod pages;
mod progress;
mod secret;
mod stop;
mod text;
mod threads;

pub use blob::{Blob, Scope, Window};
pub use count::count;
pub use coverage::{Coverage, Skip, SkipReason};
pub use few::Few;
pub use finding::{
    Checksum, Confidence, Disposition, Facts, Finding, History, Level, Remedy, RuleId, Severity, Verdict,
};
pub use fingerprint::Fingerprint;
pub use frontier::{Frontier, Outpost};
pub use kin::{Base, Copied, Kin, Trace};
pub use location::{Excerpt, LineCol, Location};
pub use ordinary::{SHORTEST, is_ordinary, is_ordinary_value};
pub use origin::{BlobPath, CommitOrigin, HashKind, ObjectId, Origin, Part};
pub use packed::{Unread, is_packed, members};
pub use pages::Pages;
pub use progress::{Progress, Reading};
pub use secret::Secret;
pub use stop::{Stop, StopReason};
pub use text::{PLAIN, WEAK, escape_terminal, escape_terminal_bytes};
pub use threads::share;
