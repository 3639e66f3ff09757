//! `Sieve`: the story of the program, readable in one screen.

use std::panic::resume_unwind;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Builder};
use std::time::{Duration, Instant};

use crate::archive::Limits;
use crate::engine::{Foreign, Matcher};
use crate::error::Result;
use crate::model::{Blob, Coverage, Finding, Frontier, Origin, Part, Progress, Stop};
use crate::reports::Report;
use crate::sources::Source;
use crate::triage::Triage;

use super::account::Account;
use super::conceal::Concealer;
use super::text::{Tools, Way};
use super::waiting::Waiting;
use super::windows::{Whole, Windows};
use super::{hide, unpack};

/// How long a wait may be until it is asked again how far the scan is.
const PATIENCE: Duration = Duration::from_millis(20);

/// What is told while a scan runs.
#[derive(Debug)]
pub enum Early<'f> {
    /// A finding that is reported, in the report's order.
    Found(&'f Finding),
    /// Nothing more for now.
    Pause,
}

/// What may be set about sifting.
#[derive(Debug, Clone, Default)]
pub struct SiftOptions {
    /// Whether secrets may stay in paths and messages (`--show-secrets`).
    pub show_secrets: bool,
    /// Counted up while the scan runs.
    pub progress: Progress,
    /// How many layers of encodings are looked into; 0: none.
    pub depth: u8,
    /// How far archives are looked into.
    pub archives: Limits,
    /// Looked at between two members of an archive.
    pub stop: Stop,
}

/// Matcher and judgement, ready to sift a source.
pub struct Sieve<'a> {
    /// The rules in force.
    pub matcher: &'a Matcher<'a>,
    /// Rules of another tool, where it was asked for.
    pub foreign: Option<&'a Foreign<'a>>,
    /// Decides about each finding, after the source has located them.
    pub triage: &'a Triage,
    /// Knows all rules there are, for what must not be shown.
    pub concealer: &'a Concealer<'a>,
    /// The rest.
    pub options: SiftOptions,
}

impl Sieve<'_> {
    /// Scans everything the source gives and decides on everything found.
    pub fn sift(&self, source: &dyn Source) -> Result<Report> {
        let started = Instant::now();
        let (sender, receiver) = channel();
        let mut coverage = self.visit(source, &sender)?;
        drop(sender);
        let mut account = Account::new(self.triage);
        let mut found = joined(receiver.into_iter().collect());
        unpack::settle(&mut found);
        source.locate(&mut found, &mut coverage)?;
        account.add(found, &mut |_| {});
        Ok(account.close(coverage, started))
    }

    /// The same, and gives each finding that is reported to `early` as soon as nothing can come before it in the order
    /// of paths, unless its names look like keys: only of a source that keeps the frontier, and that has nothing to
    /// locate. What a finding shows beside its key may still turn out to be a key of a later file, unless all of it is
    /// [ordinary](crate::model::is_ordinary).
    pub fn sift_in_order(
        &self,
        source: &dyn Source,
        frontier: &Frontier,
        early: &mut dyn FnMut(Early<'_>),
    ) -> Result<Report> {
        let started = Instant::now();
        let (sender, receiver) = channel();
        let mut account = Account::new(self.triage);
        let mut waiting = Waiting::default();
        let mut names = hide::Names::new(self.concealer);
        let sender = Mutex::new(Some(sender));
        let visit = || {
            let sender = sender.lock().unwrap_or_else(PoisonError::into_inner).take();
            sender.map(|sender| self.visit(source, &sender))
        };
        let coverage = thread::scope(|scope| {
            // Where the machine gives no thread, all is told at the end.
            let visiting = Builder::new().spawn_scoped(scope, visit);
            let here = if visiting.is_err() { visit() } else { None };
            loop {
                let found = receiver.recv_timeout(PATIENCE);
                let ended = matches!(found, Err(RecvTimeoutError::Disconnected));
                // What was sent before the frontier went on arrives with the rest. One that is nowhere has not been
                // announced yet, or all is done.
                let first = frontier.first();
                waiting.add(found.into_iter().chain(receiver.try_iter()));
                if first.is_none() && !ended {
                    continue;
                }
                for group in waiting.before(first.as_deref().filter(|_| !ended)) {
                    account.add(group, &mut |finding| {
                        if self.options.show_secrets || names.leave(finding) {
                            early(Early::Found(finding));
                        }
                    });
                }
                early(Early::Pause);
                if ended {
                    break;
                }
            }
            let there = visiting.ok().map(|visiting| match visiting.join() {
                Ok(coverage) => coverage,
                Err(panic) => resume_unwind(panic),
            });
            there.or(Some(here)).flatten()
        });
        let mut coverage = coverage.unwrap_or_else(|| Ok(Coverage::default()))?;
        let mut more = Vec::new();
        source.locate(&mut more, &mut coverage)?;
        account.add(more, &mut |_| {});
        Ok(account.close(coverage, started))
    }

    /// Scans everything, and sends what each blob gives.
    fn visit(&self, source: &dyn Source, sender: &Sender<Vec<Finding>>) -> Result<Coverage> {
        source.visit(&|| {
            let sender = sender.clone();
            let mut tools = Tools::default();
            let mut windows = Windows::default();
            Box::new(move |blob| {
                let found = self.sift_blob(blob, &mut tools, &mut windows);
                if !found.is_empty() {
                    // The receiver lives until all workers are gone.
                    let _ = sender.send(found);
                }
            })
        })
    }

    fn sift_blob(&self, blob: &Blob<'_>, tools: &mut Tools, windows: &mut Windows) -> Vec<Finding> {
        let limits = &self.options.archives;
        let archive = if limits.depth > 0 { windows.archive(blob, limits) } else { None };
        // What an archive says, its members say better: of its own bytes only what cannot be chance is told.
        let way = if archive.is_some() { Way::Binary } else { Way::Text };
        let mut found = self.text(blob, way, tools);
        if let Some(archive) = archive.and_then(Whole::into_complete) {
            found.extend(self.unpack(blob, &archive, tools));
        } else if limits.depth > 0 && blob.window.offset == 0 {
            found.extend(unpack::unopened(blob));
        }
        let is_name = matches!(blob.origin, Origin::File(_, Part::FileName));
        let is_end = blob.window.is_last(blob.bytes.len()) && !is_name;
        self.options.progress.done(blob.bytes.len() as u64, is_end);
        if !found.is_empty()
            && let Some(kin) = blob.kin
        {
            kin.tell_found();
        }
        found
    }

    /// Redacts what stands in the names of a report, once nothing more is added to it.
    pub fn conceal(&self, report: &mut Report) {
        if !self.options.show_secrets {
            hide::names(report, self.concealer);
        }
    }
}

/// All findings in one list, which is made once and does not grow.
fn joined(parts: Vec<Vec<Finding>>) -> Vec<Finding> {
    let mut all = Vec::with_capacity(parts.iter().map(Vec::len).sum());
    for part in parts {
        all.extend(part);
    }
    all
}
