//! How bytes are text: which encoding a content is in, its UTF-8 form with a way back to the original offsets, and
//! where its lines begin. Shared by the engine (which reports places) and the sources (which compare lines).

pub mod lines;
mod text;

pub use text::{Decoded, Encoding, islands};
