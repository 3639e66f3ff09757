//! `keysieve diff`: what a range of commits adds, for CI.

use std::io::Write;

use clap::Args as ClapArgs;

use crate::error::{Error, Result};
use crate::model::escape_terminal;
use crate::sources::{Diff, DiffOptions, readable_commits, tree_of};

use super::hook_run::{repository, top};
use super::{Globals, Session, ci};

/// Scan what a range of commits adds: every commit of it, not only the net difference
#[derive(Debug, Clone, ClapArgs)]
pub struct Args {
    /// A..B or A...B: the commits of B that A does not have; A alone means A..HEAD. Without it: what the CI system
    /// says that this build adds
    #[arg(value_name = "RANGE")]
    range: Option<String>,
}

/// Runs the command; returns the exit code.
pub fn run(args: &Args, globals: &Globals, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8> {
    let repository = repository()?;
    let session = Session::new(globals, top(&repository), top(&repository))?;
    let (range, words) = if let Some(words) = &args.range {
        (repository.range(words)?, words.clone())
    } else {
        let ci::Found { range, words } = ci::range(&repository)?;
        if !globals.quiet {
            let _ = writeln!(err, "keysieve diff: {}", escape_terminal(&words));
        }
        (range, words)
    };
    let (commits, trouble) = match repository.commits(&range, &[]) {
        Ok(commits) => (commits, None),
        // One commit that cannot be read must not hide what the others add.
        Err(e) => (readable_commits(&repository, &range)?, Some(e.to_string())),
    };
    if commits.is_empty() {
        // A scan that did no work is never clean: the range may well be written the wrong way round.
        let words = escape_terminal(&words);
        return Err(Error::Incomplete(format!("{words}: there is no commit in this range")));
    }
    let known = range.exclude.iter().map(|id| tree_of(&repository, id)).collect::<Result<Vec<_>>>()?;
    let options = DiffOptions {
        max_file_size: session.max_file_size,
        threads: session.threads,
        stop: session.stop.clone(),
        progress: session.progress.clone(),
        trouble,
        known,
    };
    session.run(&Diff::new(&repository, commits, "diff", options), out, err)
}
