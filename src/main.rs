//! The `keysieve` program: parse, run, print an error chain, give the exit code.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use keysieve::cli::Cli;
use keysieve::error::Error;
use keysieve::reports::log;
use keysieve::sieve::redacted;

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

/// A message without the keys and the commands to a terminal or a CI system that a name or an argument brought in.
fn safe(message: &str) -> String {
    let lines: Vec<_> = message.split('\n').map(log).collect();
    let mut message = redacted(&lines.join("\n"));
    // What is taken for an option has dashes in front, which are no part of a key.
    let options: Vec<String> = message
        .split(|c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '`'))
        .filter(|word| word.starts_with('-'))
        .map(|word| word.trim_start_matches('-').to_owned())
        .collect();
    for option in options {
        let hidden = redacted(&option);
        if hidden != option {
            message = message.replace(&option, &hidden);
        }
    }
    message
}
