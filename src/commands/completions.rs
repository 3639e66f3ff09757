//! `keysieve completions SHELL`: made from the command line's own definition, so that they are never behind it.

use std::io::Write;

use clap::Command;
use clap::builder::PossibleValuesParser;
use clap_complete::{Shell, generate};

use crate::error::{Error, Result};
use crate::model::{Level, Severity};
use crate::reports::FORMATS;

/// Print completions for a shell
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the script for `command`; returns the exit code.
pub fn run(args: &Args, command: Command, out: &mut dyn Write) -> Result<u8> {
    // Words that the program looks at itself, to say what is near a wrong one.
    let formats = FORMATS.iter().map(|f| f.name());
    let words = [
        ("format", PossibleValuesParser::new(formats)),
        ("severity", PossibleValuesParser::new(Severity::ALL.map(Severity::as_str))),
        ("confidence", PossibleValuesParser::new(Level::ALL.map(Level::as_str))),
    ];
    let known = |command: Command, (name, words)| command.mut_arg(name, |arg| arg.value_parser(words));
    let mut command = words.into_iter().fold(command, known);
    let mut script = Vec::new();
    generate(args.shell, &mut command, "keysieve", &mut script);
    out.write_all(&script).map_err(Error::Output)?;
    Ok(0)
}
