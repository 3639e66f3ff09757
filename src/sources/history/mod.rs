//! Everything that was ever committed: each object once, in parallel, and afterwards for each finding the commit that
//! brought it in.
//!
//! 1. All objects of the store are decoded, reachable or not: cheaper than finding out first (`visit`).
//! 2. Whatever is damaged or missing is named if it is reachable (`trouble`).
//! 3. Findings get their commits, paths and refs; those in unreachable objects are dropped (`attribute`, `locate`).

mod attribute;
mod bits;
mod filter;
mod graph;
mod large;
mod lines;
mod locate;
mod place;
mod refs;
mod tips;
mod trouble;
mod visit;

pub use filter::Filter;
pub use place::{Place, Unopened, places};

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::source::{Source, Worker};
use crate::error::{Error, Result};
use crate::model::{
    Blob, CommitOrigin, Coverage, Finding, ObjectId, Origin, Part, Progress, SkipReason, Stop,
};
use crate::pack::{Kinds, Plan, Store};

use graph::Graph;
use tips::Tips;
use visit::Sift;

/// How to read histories.
#[derive(Debug, Clone, Default)]
pub struct HistoryOptions {
    /// How many threads may be used.
    pub threads: usize,
    /// Asks for an early end.
    pub stop: Stop,
    /// Told how much there is to do.
    pub progress: Progress,
    /// Also what only reflogs keep.
    pub reflog: bool,
    /// Also what nothing keeps.
    pub unreachable: bool,
    /// What is asked for.
    pub filter: Filter,
}

/// The histories of one or more repositories.
#[derive(Debug)]
pub struct History {
    places: Vec<Place>,
    broken: Unopened,
    options: HistoryOptions,
    states: Mutex<Vec<State>>,
}

/// What the scan of one repository left for the attribution.
#[derive(Debug)]
struct State {
    place: usize,
    plan: Plan,
    graph: Graph,
    tips: Tips,
    /// Commits or trees are missing: what lies behind them must not be taken for unreachable.
    blind: bool,
}

impl History {
    /// Of these repositories; `broken` are those that could not be opened, and why.
    pub fn new(places: Vec<Place>, broken: Unopened, options: HistoryOptions) -> History {
        History { places, broken, options, states: Mutex::default() }
    }

    fn visit_one<'s>(
        &self,
        at: usize,
        new_worker: &(dyn Fn() -> Worker<'s> + Sync + 's),
        coverage: &mut Coverage,
    ) -> Result<State> {
        let HistoryOptions { threads, stop, progress, filter, .. } = &self.options;
        let repo = &self.places[at].repository;
        let store = Arc::new(Store::open_with(&repo.objects_dir, &repo.alternates, repo.hash)?);
        let plan = Plan::new(&store, *threads);
        for problem in plan.problems() {
            coverage.missed(problem.path.display().to_string(), problem.why.clone());
        }
        progress.expect(plan.catalog().len() as u64);
        let reach = tips::Reach { reflog: self.options.reflog, branches: &filter.branches };
        let tips = tips::collect(repo, plan.catalog(), reach, coverage)?;
        ref_names(&tips, &plan, &mut new_worker());
        let sifts =
            plan.traverse(Kinds::ALL, *threads, stop, &|| Sift::new(&plan, new_worker(), progress.clone()));
        let (mut rows, mut damaged, mut dangling) = (Vec::new(), Vec::new(), false);
        for seen in sifts.into_iter().map(|sift| sift.seen) {
            coverage.commits += seen.commits;
            coverage.blobs += seen.blobs;
            coverage.bytes += seen.bytes;
            if seen.submodules > 0 {
                *coverage.skipped.entry(SkipReason::OtherRepository).or_default() += 0;
            }
            rows.push(seen.rows);
            damaged.extend(seen.damaged);
            dangling |= seen.dangling;
        }
        let graph = Graph::new(plan.catalog().len(), rows);
        let mut blind = false;
        if stop.requested().is_none() && (dangling || !damaged.is_empty()) {
            damaged.sort();
            let trouble = trouble::Trouble {
                plan: &plan,
                graph: &graph,
                tips: &tips,
                damaged: &damaged,
                promised: repo.partial || store.is_promised(),
                everything: self.options.unreachable,
            };
            blind = trouble.name(*threads, stop, coverage);
        }
        coverage.stopped = coverage.stopped.or(stop.requested());
        Ok(State { place: at, plan, graph, tips, blind })
    }
}

/// Gives the names of all refs to a worker.
fn ref_names(tips: &Tips, plan: &Plan, worker: &mut Worker<'_>) {
    for (name, target) in &tips.refs {
        let commit: ObjectId = plan.catalog().id(*target);
        let origin = CommitOrigin { commit, path: crate::model::BlobPath::default(), blob: None };
        worker(&Blob::whole(name, &Origin::Commit(Box::new(origin), Part::RefName)));
    }
}

impl Source for History {
    fn visit<'s>(&self, new_worker: &(dyn Fn() -> Worker<'s> + Sync + 's)) -> Result<Coverage> {
        let begun = Instant::now();
        let mut coverage = Coverage::new("history");
        for (path, why) in &self.broken {
            coverage.missed(path.display().to_string(), why.clone());
        }
        let mut states = Vec::new();
        let mut first_error = None;
        for (at, place) in self.places.iter().enumerate() {
            match self.visit_one(at, new_worker, &mut coverage) {
                Ok(state) => states.push(state),
                Err(e) if self.places.len() == 1 => return Err(e),
                Err(e) => {
                    coverage.missed(place.repository.git_dir.display().to_string(), e.to_string());
                    first_error = first_error.or(Some(e));
                }
            }
        }
        if let (true, Some(e)) = (states.is_empty(), first_error) {
            return Err(e);
        }
        if self.places.is_empty() {
            return Err(Error::Incomplete("there is no repository here".into()));
        }
        coverage.elapsed = begun.elapsed();
        *self.states.lock().unwrap_or_else(PoisonError::into_inner) = states;
        Ok(coverage)
    }

    fn locate(&self, findings: &mut Vec<Finding>, coverage: &mut Coverage) -> Result<()> {
        let begun = Instant::now();
        let states = std::mem::take(&mut *self.states.lock().unwrap_or_else(PoisonError::into_inner));
        let raw = std::mem::take(findings);
        for state in &states {
            let place = &self.places[state.place];
            locate::Locate { state, place, options: &self.options }.run(&raw, findings, coverage);
        }
        coverage.elapsed += begun.elapsed();
        Ok(())
    }
}
