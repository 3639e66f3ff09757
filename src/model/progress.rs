//! Counters that a scan raises and a progress display reads.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// How far a scan is. Cheap to clone; all clones count together.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    items: AtomicU64,
    bytes: AtomicU64,
    total_items: AtomicU64,
    found: AtomicU64,
    unit: OnceLock<&'static str>,
}

/// How far a scan was at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reading {
    /// Blobs or files done.
    pub items: u64,
    /// Bytes done.
    pub bytes: u64,
    /// Items expected; 0: not known.
    pub total: u64,
    /// Places where a key was found, before anything is allowed or known.
    pub found: u64,
    /// What the items are: `files`, `objects`; empty where nobody said.
    pub unit: &'static str,
}

impl Progress {
    /// Counters at zero.
    pub fn new() -> Progress {
        Progress::default()
    }

    /// So many more bytes are done; whether a blob or file ends with them.
    pub fn done(&self, bytes: u64, is_end: bool) {
        self.0.items.fetch_add(u64::from(is_end), Ordering::Relaxed);
        self.0.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Something was found in so many places.
    pub fn found(&self, places: u64) {
        self.0.found.fetch_add(places, Ordering::Relaxed);
    }

    /// So many more items of this kind are known to be coming; 0 where that is not known.
    pub fn expect(&self, items: u64, unit: &'static str) {
        self.0.total_items.fetch_add(items, Ordering::Relaxed);
        // The first word stays: a run counts one kind.
        self.0.unit.get_or_init(|| unit);
    }

    /// How far it is.
    pub fn read(&self) -> Reading {
        let of = |n: &AtomicU64| n.load(Ordering::Relaxed);
        Reading {
            items: of(&self.0.items),
            bytes: of(&self.0.bytes),
            total: of(&self.0.total_items),
            found: of(&self.0.found),
            unit: self.0.unit.get().copied().unwrap_or_default(),
        }
    }
}
