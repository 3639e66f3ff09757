//! A look at everything that is there, for commands that are not scans themselves: baseline, allow, migrate, audit.

use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::model::Finding;
use crate::reports::Report;
use crate::sources::{Filter, History, HistoryOptions, Tree, TreeOptions, places_of};

use super::place::Here;
use super::{Globals, Session};

/// What to look at.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    /// Files and folders; empty: the whole work tree.
    pub(super) paths: Vec<PathBuf>,
    /// Also everything that was ever committed.
    pub(super) history: bool,
    /// The baseline that says what is known; `None`: nothing is known.
    pub(super) baseline: Option<PathBuf>,
    /// Put in front of the paths that the history tells: empty, or a folder that ends with `/`.
    pub(super) prefix: Vec<u8>,
}

/// Looks, and returns what was found with the session that found it.
pub(super) fn survey<'g>(
    globals: &'g mut Globals,
    here: &Here,
    wanted: &Wanted,
) -> Result<(Session<'g>, Report)> {
    // An empty name stands for none, so that the usual file is not taken either.
    globals.baseline = Some(wanted.baseline.clone().unwrap_or_default());
    let mut session = Session::new(globals, &here.cwd, &here.root)?;
    let paths = if wanted.paths.is_empty() && here.cwd != here.root {
        vec![here.root.clone()]
    } else {
        wanted.paths.clone()
    };
    let tree = Tree::new(TreeOptions {
        paths,
        max_file_size: session.max_file_size,
        threads: session.threads,
        stop: session.stop.clone(),
        progress: session.progress.clone(),
        ..TreeOptions::default()
    });
    let bare = here.repository.as_ref().is_some_and(|r| r.work_tree.is_none());
    let mut report = if bare { Report::default() } else { session.sift(&tree)? };
    if wanted.history || bare {
        let Some(repository) = &here.repository else {
            return Err(Error::Usage("--history needs a git repository".into()));
        };
        let (mut found, broken) = places_of(repository.clone());
        for place in &mut found {
            place.prefix.splice(0..0, wanted.prefix.iter().copied());
        }
        let options = HistoryOptions {
            threads: session.threads,
            stop: session.stop.clone(),
            progress: session.progress.clone(),
            reflog: false,
            unreachable: false,
            filter: Filter::default(),
            cache: None,
        };
        // Only the last look can say what nobody met.
        session.covers_all = wanted.paths.is_empty();
        join(&mut report, session.sift(&History::new(found, broken, options))?);
    }
    Ok((session, report))
}

/// Adds another report.
pub(super) fn join(report: &mut Report, more: Report) {
    report.findings.extend(more.findings);
    report.suppressed.extend(more.suppressed);
    report.coverage.merge(more.coverage);
    report.rules.extend(more.rules);
    report.gone.extend(more.gone);
    report.rules.sort_by(|a, b| a.id.cmp(&b.id));
    report.rules.dedup_by(|a, b| a.id == b.id);
    report.findings.sort_by(Finding::report_order);
    report.suppressed.sort_by(Finding::report_order);
}
