//! Reports of a scan that could not be done at all: whoever reads only the report must not take it for clean.

use std::io::Write;

use crate::error::{Error, Result};
use crate::model::Coverage;
use crate::reports::Report;
use crate::sieve::redacted;

use super::{Globals, output, session};

/// Gives back what a scanning command returned. Where nothing was scanned (exit 3), the reports that were asked for are
/// written all the same: no findings, incomplete, and why.
pub fn reported(
    mode: &'static str,
    result: Result<u8>,
    globals: &Globals,
    out: &mut dyn Write,
) -> Result<u8> {
    match &result {
        // What could not be written is said where it was to be written.
        Err(Error::Output(_) | Error::Io { doing: "write the report", .. }) => {}
        Err(e) if e.exit_code() == 3 => {
            let text_only = globals.format == "text" && globals.output.is_none() && globals.report.is_empty();
            if text_only {
                // Standard error says the same.
                return result;
            }
            let mut report = Report { coverage: Coverage::new(mode), ..Report::default() };
            report.coverage.missed(mode, redacted(&e.to_string()));
            let wanted = output::wanted(&globals.format, globals.output.as_deref(), &globals.report)?;
            output::write(&wanted, &report, session::look(globals), out)?;
        }
        _ => {}
    }
    result
}
