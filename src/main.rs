//! The `keysieve` program: parse, run, print an error chain, give the exit code.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use keysieve::cli::Cli;
use keysieve::commands::safe;
use keysieve::error::Error;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(answer) => return usage(&answer),
    };
    let mut out = io::stdout().lock();
    let mut err = io::stderr();
    match cli.run(&mut out, &mut err).and_then(|code| out.flush().map_err(Error::Output).map(|()| code)) {
        Ok(code) => ExitCode::from(code),
        Err(e) => failed(&e),
    }
}

/// Help and version go to standard output with 0, mistakes to standard error with 2.
fn usage(answer: &clap::Error) -> ExitCode {
    if answer.use_stderr() {
        let plain = answer.render().to_string();
        let safe = safe(&plain);
        if safe == plain {
            let _ = answer.print();
        } else {
            let _ = write!(io::stderr(), "{safe}");
        }
        return ExitCode::from(2);
    }
    // What the standard library writes at the end of the process fails without a word.
    match answer.print().and_then(|()| io::stdout().flush()).map_err(Error::Output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => failed(&e),
    }
}

fn failed(e: &Error) -> ExitCode {
    if e.is_broken_pipe() {
        return ExitCode::from(3);
    }
    let _ = writeln!(io::stderr(), "{}", safe(&format!("keysieve: {e}")));
    ExitCode::from(e.exit_code())
}
