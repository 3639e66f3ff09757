//! Where source, matcher, triage and report meet.
//!
//! A source pushes blobs; in the same thread the matcher turns a blob into detections and [`excerpt`] cuts the redacted
//! line; when the source is done it locates what it found; triage judges; the report is sorted.

mod account;
mod around;
mod conceal;
mod disguise;
mod excerpt;
mod hide;
mod sift;
mod text;
mod unpack;
mod unread;
mod waiting;
mod windows;

pub use conceal::{Concealer, redacted};
pub use sift::{Early, Sieve, SiftOptions};
