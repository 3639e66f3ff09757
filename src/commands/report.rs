//! `keysieve report convert FILE`: a JSON report as any other format, without another scan.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::error::{Error, Result};
use crate::reports::Document;

use super::globals::Globals;
use super::{output, session};

/// Turn a JSON report into another format
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Read a report that --format json wrote and write it as --format says
    Convert {
        /// The JSON report; `-` is standard input
        file: PathBuf,
    },
}

/// Runs the command; returns the exit code: 0, whatever the report says.
pub fn run(args: &Args, globals: &Globals, out: &mut dyn Write) -> Result<u8> {
    let Action::Convert { file } = &args.action;
    let wanted = output::wanted(&globals.format, globals.output.as_deref(), &globals.report)?;
    let json = read(file).map_err(|source| Error::Io { path: file.clone(), doing: "read", source })?;
    let mut document = Document::read(&json).map_err(|e| Error::Config {
        file: file.clone(),
        line: e.line,
        column: e.column,
        problem: e.problem,
    })?;
    if !globals.show_secrets {
        document.redact();
    }
    output::write_document(&wanted, &document, session::look(globals), out)?;
    Ok(0)
}

fn read(file: &Path) -> io::Result<Vec<u8>> {
    if file != Path::new("-") {
        return fs::read(file);
    }
    let mut json = Vec::new();
    io::stdin().lock().read_to_end(&mut json)?;
    Ok(json)
}
