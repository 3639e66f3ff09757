//! What a blob has in common with the one it was made from, so that what was found out about that one need not be
//! found out again.

use std::any::Any;
use std::cell::{Cell, OnceCell};
use std::fmt;
use std::sync::Arc;

/// A run of bytes that a blob has in common with the one it was made from. Lengths and offsets in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// Where it begins in the other blob.
    pub from: usize,
    /// Where it begins in this one.
    pub to: usize,
    /// How long it is.
    pub len: usize,
}

/// What a worker remembers of a blob: a thing of its own, that nobody else looks into. Cheap to clone; may be empty.
#[derive(Clone, Default)]
pub struct Trace(Option<Arc<dyn Any + Send + Sync>>);

impl Trace {
    /// Remembers this.
    pub fn of(what: impl Any + Send + Sync) -> Trace {
        Trace(Some(Arc::new(what)))
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// What is remembered, if it is of this type.
    pub fn get<T: Any>(&self) -> Option<&T> {
        self.0.as_ref()?.downcast_ref()
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_empty() { "Trace(empty)" } else { "Trace" })
    }
}

/// The blob that another one was made from.
#[derive(Debug, Clone, Copy)]
pub struct Base<'a> {
    /// What is remembered of it; not empty.
    pub trace: &'a Trace,
    /// Its length.
    pub len: usize,
    /// What both have in common: sorted by place in the one that was made, without overlaps there.
    pub copied: &'a [Copied],
}

/// A blob's relations: what it was made from, and a place for what is to be remembered for those made from it.
#[derive(Debug, Default)]
pub struct Kin<'a> {
    /// What it was made from, if that is known.
    pub base: Option<Base<'a>>,
    /// Whether anything will be made from it.
    pub has_children: bool,
    own: OnceCell<Trace>,
    found: Cell<bool>,
}

impl<'a> Kin<'a> {
    /// Relations of a blob.
    pub fn new(base: Option<Base<'a>>, has_children: bool) -> Kin<'a> {
        Kin { base, has_children, ..Kin::default() }
    }

    /// Remembers something about the blob; only the first time counts.
    pub fn remember(&self, trace: Trace) {
        let _ = self.own.set(trace);
    }

    /// Says that something was found in the blob.
    pub fn tell_found(&self) {
        self.found.set(true);
    }

    /// Whether something was found in the blob.
    pub fn has_findings(&self) -> bool {
        self.found.get()
    }

    /// What is remembered.
    pub fn into_trace(self) -> Trace {
        self.own.into_inner().unwrap_or_default()
    }
}
