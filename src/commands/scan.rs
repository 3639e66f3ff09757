//! `keysieve scan`: files as they are now.

use std::io::Write;
use std::path::PathBuf;

use clap::Args as ClapArgs;

use crate::error::Result;

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
    /// Do not honour .ignore files
    #[arg(long)]
    pub no_ignore: bool,
}

/// Runs the command; returns the exit code.
pub fn run(args: &Args, globals: &Globals, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8> {
    let _ = (args, out, err);
    let here = std::path::Path::new(".");
    let _session = Session::new(globals, here, here)?;
    Err(crate::error::Error::Usage("scan: waits for the tree source".into()))
}
