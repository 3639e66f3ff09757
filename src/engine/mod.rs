//! From bytes to detections, in stages: anchors → candidates → shape → checks, context and judgement → overlap.
//!
//! The engine is given bytes and rules and knows nothing of files, git or configuration.

mod detection;
mod matcher;

pub use detection::Detection;
pub use matcher::{MatchOptions, Matcher, Scratch};
