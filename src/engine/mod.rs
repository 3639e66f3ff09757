//! From bytes to detections, in stages: anchors → candidates → shape → checks, context and judgement → overlap.
//!
//! The engine is given bytes and rules and knows nothing of files, git or configuration.
//!
//! 1. [`masks`]: every byte's classes, 64 at a time, and the long runs of token bytes read off them. All text passes
//!    here and only here (about a third of a nanosecond a byte).
//! 2. The *anchored* stage ([`anchor`], [`dispatch`]): rules whose keys hold something to hang on. Asked at each long
//!    run, so its cost hardly depends on the number of rules. The *named* stage ([`named`]): keys that only the name
//!    they are given betrays.
//! 3. [`shape`]: both stages try whole shapes where they stopped; what fits is a [`candidate`].
//! 4. [`context`] and [`judge`]: what stands around a candidate and what its value says.
//! 5. [`overlap`]: several rules, one place.

mod anchor;
mod boundary;
mod candidate;
mod carry;
mod context;
mod detection;
mod dispatch;
mod explain;
mod filter;
mod foreign;
mod hashes;
mod judge;
mod masks;
mod matcher;
mod named;
mod overlap;
mod pattern;
mod places;
mod proof;
#[cfg(test)]
mod recall;
mod shape;
mod spans;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod texts;
mod view;
mod words;

pub use detection::Detection;
pub use explain::{Explained, Outcome};
pub use foreign::Foreign;
pub use matcher::{MatchOptions, Matcher, Scratch};
pub use proof::{Flaw, Prover, cost};
