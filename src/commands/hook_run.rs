//! `keysieve hook run STAGE`: what an installed hook calls.

use std::env;
use std::ffi::OsString;
use std::io::Write;

use clap::Args as ClapArgs;

use crate::error::Result;
use crate::hook::Stage;

use super::Globals;

/// What an installed hook calls
#[derive(Debug, Clone, ClapArgs)]
pub struct Args {
    /// Which hook
    #[arg(value_enum)]
    stage: Stage,
    /// Show what a refusal looks like for what is staged now, and how it came about
    #[arg(long)]
    explain: bool,
    /// What git gave the hook
    #[arg(last = true)]
    arguments: Vec<OsString>,
}

/// Runs the stage; returns the exit code.
pub fn run(args: &Args, globals: &Globals, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8> {
    if let Some(why) = skipped() {
        // The person asked for it and may have forgotten: said, never silent.
        let _ = writeln!(err, "keysieve: {} not checked ({why})", args.stage.as_str());
        return Ok(0);
    }
    let _ = (&args.arguments, args.explain, globals, out);
    match args.stage {
        Stage::PreCommit | Stage::CommitMsg | Stage::PrePush | Stage::PreReceive => {
            Err(crate::error::Error::Usage(format!("{}: not built yet", args.stage.as_str())))
        }
    }
}

/// Why the person wants to pass, if so.
fn skipped() -> Option<&'static str> {
    if env::var_os("KEYSIEVE_SKIP").is_some_and(|v| v == "1") {
        return Some("KEYSIEVE_SKIP=1");
    }
    let skip = env::var("SKIP").unwrap_or_default();
    skip.split(',').any(|word| word.trim() == "keysieve").then_some("SKIP=keysieve")
}
