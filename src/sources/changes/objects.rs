//! Reading objects with words for what went wrong.

use std::collections::HashSet;

use crate::model::{Coverage, HashKind, ObjectId};
use crate::pack::{Damage, Kind, Reader, Store};

/// One thread's way to the store, which names each object that cannot be read once.
pub(in crate::sources) struct Objects<'s> {
    store: &'s Store,
    reader: Reader<'s>,
    named: HashSet<ObjectId>,
}

/// A blob's content.
pub(in crate::sources) enum Content {
    /// All of it.
    Whole(Vec<u8>),
    /// It is too large for one piece and must be streamed.
    Large,
}

impl<'s> Objects<'s> {
    pub(in crate::sources) fn new(store: &'s Store) -> Objects<'s> {
        Objects { store, reader: store.reader(), named: HashSet::new() }
    }

    pub(in crate::sources) fn hash(&self) -> HashKind {
        self.store.hash()
    }

    pub(in crate::sources) fn store(&self) -> &'s Store {
        self.store
    }

    /// Reads an object of a kind; why not, in words.
    pub(in crate::sources) fn read(&mut self, id: &ObjectId, kind: Kind) -> Result<Vec<u8>, String> {
        match self.content(id, kind)? {
            Content::Whole(data) => Ok(data),
            Content::Large => Err("the object is too large".into()),
        }
    }

    /// Reads a blob, unless it is too large for one piece.
    pub(in crate::sources) fn blob(&mut self, id: &ObjectId) -> Result<Content, String> {
        self.content(id, Kind::Blob)
    }

    fn content(&mut self, id: &ObjectId, kind: Kind) -> Result<Content, String> {
        match self.reader.read(id) {
            Ok(Some(object)) if object.kind == kind => Ok(Content::Whole(object.data)),
            Ok(Some(object)) => Err(format!("the object is a {}, not a {kind}", object.kind)),
            Ok(None) if *id == empty_tree(self.hash()) => Ok(Content::Whole(Vec::new())),
            Ok(None) => Err("the object is missing".into()),
            Err(Damage::Large(_)) => Ok(Content::Large),
            Err(damage) => Err(damage.to_string()),
        }
    }

    /// Names an object that cannot be read, once.
    pub(in crate::sources) fn missed(
        &mut self,
        coverage: &mut Coverage,
        id: &ObjectId,
        what: &str,
        why: String,
    ) {
        if self.named.insert(*id) {
            coverage.missed(format!("{what} {id}"), why);
        }
    }
}

/// Git knows the empty tree without storing it.
fn empty_tree(hash: HashKind) -> ObjectId {
    crate::pack::hash_object(hash, Kind::Tree, &[])
}
