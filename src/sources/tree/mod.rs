//! Files as they are now: in a work tree what is tracked and what is untracked and not ignored, elsewhere everything.
//!
//! Folders are listed, not statted, and looked up in the index: a tracked file needs no ignore rule at all, so in a
//! clean work tree not one pattern is compiled. Folders and files are opened from the top's descriptor without following
//! links, which also reaches paths longer than the system's limit.

mod arguments;
mod file;
mod folder;
mod members;
mod queue;
mod view;
mod walk;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use crate::error::Result;
use crate::model::{Coverage, Frontier, Outpost, Progress, Stop};
use crate::repo::path_to_bytes;

use super::source::{Source, Worker};

/// What is to be scanned, and how.
#[derive(Debug, Clone)]
pub struct TreeOptions {
    /// Files and folders as the user names them; `-` is standard input. Empty means the current folder.
    pub paths: Vec<PathBuf>,
    /// Whether repositories count for nothing: everything is scanned.
    pub no_git: bool,
    /// Whether ignore files count for nothing.
    pub no_ignore: bool,
    /// Longer files are skipped, in bytes.
    pub max_file_size: Option<u64>,
    /// How many threads read and match.
    pub threads: usize,
    /// Looked at between two files.
    pub stop: Stop,
    /// Told how many files to expect, where the index knows.
    pub progress: Progress,
    /// Told how far the walk is in the order of paths, where somebody wants to know; then folders are walked in order.
    pub frontier: Frontier,
}

impl Default for TreeOptions {
    fn default() -> Self {
        TreeOptions {
            paths: Vec::new(),
            no_git: false,
            no_ignore: false,
            max_file_size: None,
            threads: 1,
            stop: Stop::new(),
            progress: Progress::new(),
            frontier: Frontier::default(),
        }
    }
}

/// The source of `keysieve scan`.
#[derive(Debug)]
pub struct Tree {
    options: TreeOptions,
}

impl Tree {
    /// Prepares a scan; nothing is read yet.
    pub fn new(mut options: TreeOptions) -> Tree {
        if options.paths.is_empty() {
            options.paths.push(PathBuf::from("."));
        }
        Tree { options }
    }
}

impl Source for Tree {
    fn visit<'s>(&self, new_worker: &(dyn Fn() -> Worker<'s> + Sync + 's)) -> Result<Coverage> {
        let mut coverage = Coverage::new("scan");
        let arguments = arguments::Arguments::sort(&self.options, &mut coverage);
        // All that is to come is announced before anything is done.
        let frontier = &self.options.frontier;
        let input = arguments.stdin.then(|| frontier.outpost(b""));
        let singles: Vec<Outpost> =
            arguments.singles.iter().map(|single| frontier.outpost(&path_to_bytes(single))).collect();
        let roots = arguments.roots.iter().map(|root| frontier.outpost(&walk::start_of(&root.named)));
        let roots: Vec<Outpost> = roots.collect();
        // What a folder holds is known later, if at all: then the files that were named are no sum to count up to.
        let named = if arguments.roots.is_empty() { arguments.singles.len() } else { 0 };
        self.options.progress.expect(named as u64, "files");
        if !arguments.singles.is_empty() || arguments.stdin {
            let mut worker = new_worker();
            let mut reader = file::FileReader::new(&self.options, &mut *worker);
            if arguments.stdin {
                reader.stdin();
            }
            drop(input);
            for (single, _outpost) in arguments.singles.iter().zip(singles) {
                if self.options.stop.requested().is_some() {
                    break;
                }
                reader.explicit(single);
            }
            coverage.merge(reader.finish());
        }
        if !arguments.roots.is_empty() {
            coverage.merge(walk::walk(&arguments, &self.options, roots, new_worker));
        }
        coverage.stopped = self.options.stop.requested();
        Ok(coverage)
    }
}
