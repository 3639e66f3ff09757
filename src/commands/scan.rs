//! `keysieve scan`: files as they are now.

use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;

use crate::error::Result;
use crate::repo::{Environment, Repository};
use crate::sources::{Tree, TreeOptions};

use super::{Globals, Session};

/// Scan files as they are now: the work tree, folders, files, or standard input (`-`)
#[derive(Debug, Clone, ClapArgs)]
pub struct Args {
    /// What to scan (default: the current folder); `-` is standard input
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Take folders as they are, even inside a git work tree: all files below
    #[arg(long)]
    pub no_git: bool,
    /// Do not honour .gitignore and .ignore files
    #[arg(long)]
    pub no_ignore: bool,
}

/// Runs the command; returns the exit code.
pub fn run(args: &Args, globals: &Globals, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8> {
    let (start, root) = places(&args.paths);
    let mut session = Session::new(globals, &start, &root)?;
    session.covers_all = args.paths.is_empty() && start == root;
    let frontier = session.frontier();
    let tree = Tree::new(TreeOptions {
        paths: args.paths.clone(),
        no_git: args.no_git,
        no_ignore: args.no_ignore,
        max_file_size: session.max_file_size,
        threads: session.threads,
        stop: session.stop.clone(),
        progress: session.progress.clone(),
        frontier: frontier.clone(),
    });
    session.run_in_order(&tree, &frontier, out, err)
}

/// Where the search for a configuration begins, and where it ends: the first folder named (or that of the first file),
/// and the top of the work tree around it.
fn places(paths: &[PathBuf]) -> (PathBuf, PathBuf) {
    let here = || env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
    let first = paths.iter().find(|p| p.as_os_str() != "-");
    let start = match first.and_then(|p| fs::canonicalize(p).ok()) {
        Some(folder) if folder.is_dir() => folder,
        Some(file) => file.parent().map_or_else(here, Path::to_path_buf),
        None => here(),
    };
    // A repository that cannot be read is the source's to report.
    let found = Repository::discover(&start, &Environment::limits_of_process()).ok().flatten();
    let root = found.and_then(|r| r.work_tree).filter(|tree| start.starts_with(tree));
    (start.clone(), root.unwrap_or(start))
}
