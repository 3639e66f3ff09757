//! Installing and removing hooks: which folder git would run them from, chaining what is there, leaving no trace.
//!
//! Knows nothing of scanning: the script it writes calls `keysieve hook run STAGE`.

mod folder;
mod install;
mod manager_lines;
mod managers;
mod script;

pub use folder::{HookFolder, Rule, find_folder, global_folder, set_template, unset_template};
pub use install::{Change, State, install, is_legacy, keep_changed, state, uninstall};
pub use manager_lines::{add_lines, is_managed, lines_for, remove_lines};
pub use managers::{Manager, ruling, waiting};

/// A moment at which git calls a hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Stage {
    /// Before a commit is recorded
    PreCommit,
    /// When the message is written
    CommitMsg,
    /// Before refs are pushed
    PrePush,
    /// On a server, before pushed refs are accepted
    PreReceive,
}

impl Stage {
    /// All of them.
    pub const ALL: [Stage; 4] = [Stage::PreCommit, Stage::CommitMsg, Stage::PrePush, Stage::PreReceive];

    /// git's name, which is the file's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Stage::PreCommit => "pre-commit",
            Stage::CommitMsg => "commit-msg",
            Stage::PrePush => "pre-push",
            Stage::PreReceive => "pre-receive",
        }
    }
}
