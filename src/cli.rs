//! The command line: global options and one line a command.

use std::io::Write;

use clap::{CommandFactory, Parser, Subcommand};

use crate::commands::{
    Globals, allow, audit, baseline, completions, config, diff, explain, history, hook, identify, man,
    migrate, report, reported, rules, scan, staged, told,
};

use crate::error::Result;

/// Never commit keys: finds secrets in files, in what is about to be committed, and in the whole history.
#[derive(Debug, Parser)]
#[command(name = "keysieve", version, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 everything was scanned and is clean · 1 findings · 2 usage or configuration \
                        error · 3 something that should have been scanned was not"
)]
pub struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Scan(scan::Args),
    Staged(staged::Args),
    Diff(diff::Args),
    History(history::Args),
    Audit(audit::Args),
    Hook(hook::Args),
    Allow(allow::Args),
    Explain(explain::Args),
    Baseline(baseline::Args),
    Identify(identify::Args),
    Config(config::Args),
    Rules(rules::Args),
    Migrate(migrate::Args),
    Report(report::Args),
    Completions(completions::Args),
    Man(man::Args),
}

impl Cli {
    /// Runs the command; returns the exit code. Data go to `out`, everything else to `err`.
    pub fn run(&self, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8> {
        let globals = &self.globals;
        match &self.command {
            Command::Scan(args) => reported("scan", scan::run(args, globals, out, err), globals, out),
            Command::History(args) => {
                reported("history", history::run(args, globals, out, err), globals, out)
            }
            Command::Staged(args) => reported("staged", staged::run(args, globals, out, err), globals, out),
            Command::Diff(args) => reported("diff", diff::run(args, globals, out, err), globals, out),
            Command::Hook(args) => hook::run(args, globals, out, err),
            Command::Rules(args) => told(globals, &["json"], out, |out| rules::run(args, globals, out, err)),
            Command::Identify(args) => {
                told(globals, &["json", "jsonl"], out, |out| identify::run(args, globals, out, err))
            }
            Command::Config(args) => told(globals, &[], out, |out| config::run(args, globals, out, err)),
            Command::Baseline(args) if args.asks() => baseline::run(args, globals, out, err),
            Command::Baseline(args) => told(globals, &[], out, |out| baseline::run(args, globals, out, err)),
            Command::Report(args) => report::run(args, globals, out),
            Command::Completions(args) => {
                told(globals, &[], out, |out| completions::run(args, Cli::command(), out))
            }
            Command::Man(args) => told(globals, &[], out, |out| man::run(args, Cli::command(), out)),
            Command::Allow(args) => told(globals, &[], out, |out| allow::run(args, globals, out, err)),
            Command::Explain(args) => told(globals, &[], out, |out| explain::run(args, globals, out, err)),
            Command::Audit(args) => reported("audit", audit::run(args, globals, out, err), globals, out),
            Command::Migrate(args) => told(globals, &[], out, |out| migrate::run(args, globals, out, err)),
        }
    }
}
