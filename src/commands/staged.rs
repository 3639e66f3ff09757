//! `keysieve staged`: what `git commit` is about to record.

use std::io::Write;

use clap::Args as ClapArgs;

use crate::error::Result;
use crate::hook::Stage;
use crate::reports::Report;
use crate::sources::{Staged, StagedOptions};

use super::hook_run::{repository, top};
use super::{Globals, Session};

/// Scan what `git commit` is about to record: the index against HEAD; only added lines count
#[derive(Debug, Clone, Default, ClapArgs)]
pub struct Args {
    /// During a merge, judge what comes from the other branch too, not only lines that are in neither parent
    #[arg(long)]
    all_merge_files: bool,
}

/// Runs the command; returns the exit code.
pub fn run(args: &Args, globals: &Globals, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8> {
    with_report(args, globals, &mut |session, report| session.tell(report, out, err))
}

/// The same as the pre-commit hook runs it: silent on standard output, a refusal for a person on standard error.
pub fn hook(globals: &Globals, err: &mut dyn Write) -> Result<u8> {
    let tell = &mut |session: &Session<'_>, report: &Report| session.refuse(report, Stage::PreCommit, err);
    with_report(&Args::default(), globals, tell)
}

/// What the hook would say now, and how it came about, on standard output.
pub fn explain(globals: &Globals, out: &mut dyn Write) -> Result<u8> {
    let tell = &mut |session: &Session<'_>, report: &Report| session.explain(report, Stage::PreCommit, out);
    with_report(&Args::default(), globals, tell)
}

fn with_report(
    args: &Args,
    globals: &Globals,
    tell: &mut dyn FnMut(&Session<'_>, &Report) -> Result<u8>,
) -> Result<u8> {
    let repository = repository()?;
    let session = Session::new(globals, top(&repository), top(&repository))?;
    let staged = Staged::new(
        &repository,
        StagedOptions {
            all_merge_files: args.all_merge_files,
            max_file_size: session.max_file_size,
            threads: session.threads,
            stop: session.stop.clone(),
        },
    );
    let report = session.sift(&staged)?;
    tell(&session, &report)
}
