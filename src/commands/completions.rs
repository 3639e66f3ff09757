//! `keysieve completions SHELL`: made from the command line's own definition, so that they are never behind it.

use std::io::Write;

use clap::Command;
use clap_complete::{Shell, generate};

use crate::error::{Error, Result};

/// Print completions for a shell
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the script for `command`; returns the exit code.
pub fn run(args: &Args, mut command: Command, out: &mut dyn Write) -> Result<u8> {
    let mut script = Vec::new();
    generate(args.shell, &mut command, "keysieve", &mut script);
    out.write_all(&script).map_err(Error::Output)?;
    Ok(0)
}
