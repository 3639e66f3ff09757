//! `keysieve hook run STAGE`: what an installed hook calls.

use std::env;
use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

use clap::Args as ClapArgs;

use crate::error::{Error, Result};
use crate::hook::Stage;
use crate::repo::{Environment, Repository};
use crate::reports::refusal_unscanned;

use super::{Globals, hook_message, hook_push, safe, staged};

/// What an installed hook calls
#[derive(Debug, Clone, ClapArgs)]
pub(super) struct Args {
    /// Which hook
    #[arg(value_enum)]
    stage: Stage,
    /// Show what pre-commit would say to what is staged now, and how it came about
    #[arg(long)]
    explain: bool,
    /// What git gave the hook
    #[arg(last = true)]
    arguments: Vec<OsString>,
}

/// Runs the stage; returns the exit code.
pub(super) fn run(args: &Args, globals: &Globals, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8> {
    if args.explain {
        return match args.stage {
            Stage::PreCommit => staged::explain(globals, out),
            _ => Err(Error::Usage(
                "--explain is for pre-commit: what is staged is there to be looked at".into(),
            )),
        };
    }
    if let Some(why) = skipped() {
        // The person asked for it and may have forgotten: said, never silent.
        let _ = writeln!(err, "keysieve: {} not checked ({why})", args.stage.as_str());
        return Ok(0);
    }
    let judged = match args.stage {
        Stage::CommitMsg => hook_message::commit_msg(&args.arguments, globals, err),
        // `pre-commit run --from-ref A --to-ref B`, as in CI: nothing is staged there, and a range is meant.
        Stage::PreCommit if told("PRE_COMMIT_FROM_REF") && told("PRE_COMMIT_TO_REF") => {
            hook_push::pre_commits_range(globals, err)
        }
        Stage::PreCommit => staged::hook(globals, err),
        Stage::PrePush => hook_push::pre_push(&args.arguments, globals, &mut std::io::stdin().lock(), err),
        Stage::PreReceive => hook_push::pre_receive(globals, &mut std::io::stdin().lock(), err),
    };
    match judged {
        Err(e) if !e.is_broken_pipe() => {
            // Whoever commits asked for no scan and reads no exit code: what was stopped, why, and how to pass.
            let because = safe(&format!("keysieve: {e}"));
            let _ = write!(err, "{}", refusal_unscanned(args.stage.as_str(), &because));
            Ok(e.exit_code())
        }
        judged => judged,
    }
}

/// Whether pre-commit.com says something.
fn told(name: &str) -> bool {
    env::var_os("PRE_COMMIT").is_some() && env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// Why the person wants to pass, if so.
fn skipped() -> Option<&'static str> {
    if env::var_os("KEYSIEVE_SKIP").is_some_and(|v| v == "1") {
        return Some("KEYSIEVE_SKIP=1");
    }
    let skip = env::var("SKIP").unwrap_or_default();
    skip.split(',').any(|word| word.trim() == "keysieve").then_some("SKIP=keysieve")
}

/// The repository of the current folder, in which git calls its hooks.
pub(super) fn repository() -> Result<Repository> {
    Repository::discover(Path::new("."), &Environment::of_process())?.ok_or_else(|| Error::Repository {
        path: env::current_dir().unwrap_or_default(),
        problem: "not a git repository, and neither is a folder above it".into(),
    })
}

/// The top of the work tree, or the git folder of a bare repository: where the configuration is looked for.
pub(super) fn top(repository: &Repository) -> &Path {
    repository.work_tree.as_deref().unwrap_or(&repository.git_dir)
}
