//! `keysieve man`: manual pages made from the command line's own definition.

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

use clap::Command;
use clap_mangen::Man;

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
        let mut command = command.disable_help_subcommand(true);
        command.build();
        fs::create_dir_all(folder).map_err(|source| Error::Io {
            path: folder.clone(),
            doing: "create",
            source,
        })?;
        write_all(&command, folder)?;
    } else {
        out.write_all(page(Man::new(command))?.as_bytes()).map_err(Error::Output)?;
    }
    Ok(0)
}

fn write_all(command: &Command, folder: &PathBuf) -> Result<()> {
    for below in command.get_subcommands().filter(|c| !c.is_hide_set()) {
        write_all(below, folder)?;
    }
    let man = Man::new(command.clone());
    let path = folder.join(man.get_filename());
    let text = page(man)?;
    fs::write(&path, text).map_err(|source| Error::Io { path, doing: "write", source })
}

fn page(man: Man) -> Result<String> {
    let mut text = Vec::new();
    let source = concat!("keysieve ", env!("CARGO_PKG_VERSION"));
    man.source(source).manual("keysieve").render(&mut text).map_err(Error::Output)?;
    Ok(tidy(&String::from_utf8_lossy(&text)))
}

/// The page as `groff -ww` and `mandoc -Tlint` want it: a date that is empty, not left out (the version would stand in its
/// place); one mark for the end of a paragraph; characters that every roff can read.
fn tidy(page: &str) -> String {
    let page = page.replacen("  \"keysieve", " \"\" \"keysieve", 1).replace(".br\n\n.br\n", ".sp\n");
    let mut text = String::with_capacity(page.len());
    for c in page.chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            let _ = write!(text, "\\[u{:04X}]", u32::from(c));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn pages_are_tidied() {
        assert_eq!(
            tidy(".TH keysieve 1  \"keysieve 0.1.0\" \n"),
            ".TH keysieve 1 \"\" \"keysieve 0.1.0\" \n"
        );
        assert_eq!(tidy("a\n.br\n\n.br\nb…\n"), "a\n.sp\nb\\[u2026]\n");
    }
}
