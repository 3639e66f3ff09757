//! The interface between sources and the sieve.

use crate::error::Result;
use crate::model::{Blob, Coverage, Finding};

/// What a thread of a source pushes its blobs to. Each thread makes one and keeps it: it owns its scratch memory.
pub type Worker<'s> = Box<dyn FnMut(&Blob<'_>) + Send + 's>;

/// Pushes every blob of a mode.
///
/// A source owns its threads and its buffers. What it cannot read it names in the coverage, and goes on. It looks at
/// its [`crate::model::Stop`] between two blobs.
pub trait Source: Sync {
    /// Calls workers with every blob; returns the account. Fails only if nothing could be done at all.
    fn visit<'s>(&self, new_worker: &(dyn Fn() -> Worker<'s> + Sync + 's)) -> Result<Coverage>;

    /// Afterwards, fills in what only the whole can tell: commit, author and path of objects with findings. May drop
    /// findings that the mode does not cover (objects that are not reachable) and add copies.
    fn locate(&self, _findings: &mut Vec<Finding>, _coverage: &mut Coverage) -> Result<()> {
        Ok(())
    }
}
