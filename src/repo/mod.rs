//! A repository's layout: where its folders are, its index, its refs, its configuration; and the one careful door to
//! the git program. Reads, never writes, and runs nothing that the repository names.
//!
//! Git's own files are read directly, because a hook has no time to start a library and because configuration,
//! includes, replace refs and lazy fetches then cannot have any effect. The git program is asked only where nothing
//! else knows the answer (who may read a repository of another owner, revision syntax, reftable).

mod bytes;
mod config_file;
mod discover;
mod environment;
mod files;
mod ignore_rules;
mod index;
mod plumbing;
mod range;
mod ref_files;
mod reflog;
mod refs;
mod repository;
mod user;

#[cfg(test)]
mod tests;

pub use bytes::{path_from_bytes, path_to_bytes};
pub use config_file::ConfigFile;
pub use environment::{Environment, given_config};
pub use files::{open_regular, read_small, read_text};
pub use ignore_rules::Layer;
pub use index::{CacheTree, Entry, Index, Mode, Node};
pub use plumbing::{Git, end_children};
pub use range::Range;
pub use reflog::Reflogs;
pub use refs::{Broken, Ref, Refs};
pub use repository::{RefStorage, Repository};
pub use user::{user_config, user_config_path};
