//! Where blobs come from. A source pushes every blob to workers, from as many threads as it likes; it knows nothing of
//! rules, reports or decisions.

mod changes;
mod diff;
mod history;
mod message;
mod pushed;
mod read;
mod source;
mod staged;
mod tree;

pub use changes::fuzz_added_lines;
pub use diff::{Diff, DiffOptions, readable_commits, tree_of};
pub use history::{Cache, Filter, History, HistoryOptions, Place, Unopened, places, places_of, with_slash};
pub use message::{Cleanup, Message};
pub use pushed::Pushed;
pub use read::{Buffer, stdin_was_closed};
pub use source::{Source, Worker};
pub use staged::{Staged, StagedOptions};
pub use tree::{Tree, TreeOptions};
