//! What a blob has in common with the one it was made from, so that what was found out about that one need not be
//! found out again.

use std::any::Any;
use std::cell::{Cell, RefCell};
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

/// What workers remember of a blob: each a thing of its own, that nobody else looks into. Cheap to clone; may be empty.
#[derive(Clone, Default)]
pub struct Trace(Vec<Arc<dyn Any + Send + Sync>>);

impl Trace {
    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is remembered of this type.
    pub fn get<T: Any>(&self) -> Option<&T> {
        self.0.iter().find_map(|what| what.downcast_ref())
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
    own: RefCell<Trace>,
    found: Cell<bool>,
}

impl<'a> Kin<'a> {
    /// Relations of a blob.
    pub fn new(base: Option<Base<'a>>, has_children: bool) -> Kin<'a> {
        Kin { base, has_children, ..Kin::default() }
    }

    /// Remembers something about the blob; of each type, only the first counts.
    pub fn remember(&self, what: impl Any + Send + Sync) {
        self.own.borrow_mut().0.push(Arc::new(what));
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
        self.own.into_inner()
    }
}
