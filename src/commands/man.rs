//! `keysieve man`: manual pages made from the command line's own definition.

use std::io::Write;
use std::path::PathBuf;

use clap::Command;

use crate::error::{Error, Result};

/// Print the manual page, or write all pages into a folder
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Write a page for the program and for each command into this folder
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Prints the page of `command` or writes all; returns the exit code.
pub fn run(args: &Args, command: Command, out: &mut dyn Write) -> Result<u8> {
    if let Some(folder) = &args.dir {
        return clap_mangen::generate_to(command, folder).map(|()| 0).map_err(|source| Error::Io {
            path: folder.clone(),
            doing: "write",
            source,
        });
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page).map_err(Error::Output)?;
    out.write_all(&page).map_err(Error::Output)?;
    Ok(0)
}
