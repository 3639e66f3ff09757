//! Counters that a scan raises and a progress display reads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How far a scan is. Cheap to clone; all clones count together.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    items: AtomicU64,
    bytes: AtomicU64,
    total_items: AtomicU64,
}

impl Progress {
    /// Counters at zero.
    pub fn new() -> Progress {
        Progress::default()
    }

    /// One more blob or file of so many bytes is done.
    pub fn done(&self, bytes: u64) {
        self.0.items.fetch_add(1, Ordering::Relaxed);
        self.0.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// So many more items are known to be coming.
    pub fn expect(&self, items: u64) {
        self.0.total_items.fetch_add(items, Ordering::Relaxed);
    }

    /// Items done, bytes done, items expected (0: not known yet).
    pub fn read(&self) -> (u64, u64, u64) {
        let of = |n: &AtomicU64| n.load(Ordering::Relaxed);
        (of(&self.0.items), of(&self.0.bytes), of(&self.0.total_items))
    }
}
