//! Where blobs come from. A source pushes every blob to workers, from as many threads as it likes; it knows nothing of
//! rules, reports or decisions.

mod source;

pub use source::{Source, Worker};
