//! Reading git's object store: packs, loose objects, alternates. Knows nothing of work trees, rules or findings.
//!
//! A *pack* holds entries one after the other: a header (type and size), for a delta the place of its base, then a
//! zlib stream. Its *index* lists ids in order with the entries' offsets; a *multi-pack-index* does so for many packs.
//! A *delta* makes an object from another one of the same type by copying ranges and inserting literals; chains of
//! deltas make trees, and all trees of a pack a forest. A *loose* object is one zlib file. *Alternates* are further
//! object folders.
//!
//! Two ways in: [`Store::read`] fetches one object; `traverse` decodes all of them, each base once.
//!
//! Files are read by position and never mapped: a file cut short under us is an error, not a signal, and the address
//! space stays small. Every number that comes from a file is checked before it is used.

mod alternates;
mod bytes;
mod catalog;
mod damage;
mod delta;
mod entry;
mod files;
mod forest;
#[doc(hidden)]
pub mod fuzzing;
mod huge;
mod index;
mod inflate;
mod loose;
mod midx;
mod object;
mod packfile;
mod plan;
mod reader;
mod store;
mod stream;
mod traverse;
mod walker;
mod window;

pub use catalog::Catalog;
pub use damage::Damage;
pub use object::{Commit, Entries, Entry, Kind, Object, Signature, Tag, hash_object, identity_parts};
pub use plan::Plan;
pub use reader::Reader;
pub use store::{Header, Problem, Store};
pub use stream::BlobStream;
pub use traverse::{Kinds, Visitor};

/// Objects up to this size are decoded in one piece; larger blobs are streamed. 16 MiB.
pub const WHOLE_LIMIT: u64 = 16 << 20;

/// Commits, tags and trees larger than this are refused: git itself makes none. 256 MiB.
pub const META_LIMIT: u64 = 256 << 20;
