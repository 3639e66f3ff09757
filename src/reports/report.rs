//! `Report`: everything a format may say; `Format`: how it says it.

use std::io::{self, Write};

use crate::model::{Coverage, Finding, Remedy, Severity};

use super::Document;

/// The result of a run, sorted, redaction not yet applied: formats go through [`Look`].
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// What is reported, in [`Finding::report_order`].
    pub findings: Vec<Finding>,
    /// What was suppressed (known, allowed, old), for formats that show it.
    pub suppressed: Vec<Finding>,
    /// Entries of the baseline that were not seen again (only when the mode covers everything).
    pub gone: Vec<String>,
    /// The account of the run.
    pub coverage: Coverage,
    /// The rules that appear in `findings` or `suppressed`, each once, by id.
    pub rules: Vec<RuleSummary>,
}

/// What a format needs to know of a rule.
#[derive(Debug, Clone)]
pub struct RuleSummary {
    /// Its id.
    pub id: String,
    /// The kind of key, in words.
    pub name: String,
    /// Who issues the key.
    pub provider: String,
    /// How bad it is.
    pub severity: Severity,
    /// What to do.
    pub remedy: Remedy,
}

/// How a report is to be shown.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Whether escape sequences for colour are wanted.
    pub color: bool,
    /// Whether secrets are shown in clear (`--show-secrets`).
    pub show_secrets: bool,
    /// Width of the terminal in columns, where there is one.
    pub width: Option<usize>,
    /// 0 quiet, 1 normal, 2 verbose.
    pub verbosity: u8,
}

impl Look {
    /// No colour, no secrets, no terminal: what files and pipes get.
    pub const PLAIN: Look = Look { color: false, show_secrets: false, width: None, verbosity: 1 };
}

/// One output format.
pub trait Format: Sync {
    /// The name after `--format`.
    fn name(&self) -> &'static str;

    /// One line of help.
    fn about(&self) -> &'static str;

    /// Whether findings of files may be told while the scan runs: what [`super::Stream`] writes is this format.
    fn streams(&self) -> bool {
        false
    }

    /// Writes a document that is ready to be shown, whole.
    fn render(&self, document: &Document<'_>, look: Look, out: &mut dyn Write) -> io::Result<()>;

    /// Writes the whole report. Who writes several formats of one report makes the [`Document`] once and renders it.
    fn write(&self, report: &Report, look: Look, out: &mut dyn Write) -> io::Result<()> {
        let mut out = io::BufWriter::with_capacity(1 << 16, out);
        self.render(&Document::of(report, look), look, &mut out)?;
        out.flush()
    }
}
