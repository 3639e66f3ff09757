//! `keysieve config`: what is in force and from where; a file to begin with; the schema for editors.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};

use clap::{Args as ClapArgs, Subcommand};

use crate::config;
use crate::error::{Error, Result};
use crate::sieve::redacted;

use super::Globals;
use super::configured::{baseline_path, configuration, gitleaks, ruleset};
use super::place::here;

/// Show the configuration in force, or begin one
#[derive(Debug, Clone, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Clone, Subcommand)]
enum Action {
    /// Print every setting with its value and where it came from
    Show,
    /// Write a commented .keysieve.yml into the current folder; never overwrites one
    Init,
    /// Print the JSON schema of .keysieve.yml
    Schema,
}

/// Runs the command; returns the exit code.
pub fn run(args: &Args, globals: &Globals, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8> {
    match args.action {
        Action::Show => show(globals, out),
        Action::Init => init(err),
        Action::Schema => out.write_all(config::schema().as_bytes()).map(|()| 0).map_err(Error::Output),
    }
}

fn show(globals: &Globals, out: &mut dyn Write) -> Result<u8> {
    let here = here()?;
    let config = configuration(globals, &here.cwd, &here.root)?;
    ruleset(globals, &config, &mut gitleaks(globals, &config, &here.root)?)?;
    let mut text = config.describe();
    if config.baseline.is_none()
        && let Some(path) = baseline_path(globals, &config, &here.root)
    {
        let path = path.display().to_string();
        text.push_str(&format!("# baseline in use: {}\n", crate::model::escape_terminal(&path)));
    }
    for (option, value) in globals.told() {
        let line = crate::model::escape_terminal(&value).into_owned();
        text.push_str(format!("# {option} {line}").trim_end());
        text.push_str(" (command line)\n");
    }
    out.write_all(redacted(&text).as_bytes()).map_err(Error::Output)?;
    Ok(0)
}

fn init(err: &mut dyn Write) -> Result<u8> {
    let here = here()?;
    for name in config::NAMES {
        if here.cwd.join(name).symlink_metadata().is_ok() {
            return Err(Error::Usage(format!("{name}: is there already and is not overwritten")));
        }
    }
    let path = here.cwd.join(config::NAMES[0]);
    let write = |path: &std::path::Path| -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        file.write_all(config::template().as_bytes()).and_then(|()| file.sync_all()).inspect_err(|_| {
            // Half a file would be in force, and in the way of the next try.
            let _ = fs::remove_file(path);
        })
    };
    write(&path).map_err(|source| Error::Io { path: path.clone(), doing: "write", source })?;
    let _ = writeln!(err, "keysieve: wrote {}; every setting in it is a comment", config::NAMES[0]);
    Ok(0)
}
