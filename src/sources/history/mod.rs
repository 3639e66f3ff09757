//! Everything that was ever committed: each object once, in parallel, and afterwards for each finding the commit that
//! brought it in.
//!
//! 1. All objects of the store are decoded, reachable or not: cheaper than finding out first (`visit`).
//! 2. Whatever is damaged or missing is named if it is reachable (`trouble`).
//! 3. Findings get their commits, paths and refs; those in unreachable objects are dropped (`attribute`, `locate`).

mod attribute;
mod bits;
mod cache;
mod describe;
mod filter;
mod fresh;
mod graph;
mod lines;
mod locate;
mod loose;
mod place;
mod refs;
mod tips;
mod trouble;
mod visit;

pub use cache::Cache;
pub use filter::Filter;
pub use place::{Place, Unopened, places, places_of, with_slash};

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::source::{Source, Worker};
use crate::error::{Error, Result};
use crate::model::{
    Blob, CommitOrigin, Coverage, Finding, Kin, ObjectId, Origin, Part, Progress, SkipReason, Stop,
};
use crate::pack::{Kind, Kinds, Plan, Store};
use crate::repo::Repository;

use bits::Bits;
use cache::{Known, Left};
use graph::Graph;
use tips::Tips;
use visit::{Gap, Seen, Sift, Sought};

/// How often it is found out what there is to read, if git repacks meanwhile.
const PREPARATIONS: usize = 5;

/// So many lost tips are looked for once more.
const FEW: usize = 64;

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
    /// Where clean objects are remembered, if they are.
    pub cache: Option<Cache>,
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
    /// What need not be read, if there is a cache that says so.
    known: Option<Known>,
    /// Blobs in which something was found.
    found: Bits,
    /// What could not be read, reachable or not.
    damaged: Bits,
    /// Lines of trees that name something that is not here; `None` if anything is damaged or of another type than it
    /// should be.
    gaps: Option<Vec<Gap>>,
    /// Commits or trees are missing: what lies behind them must not be taken for unreachable.
    blind: bool,
    /// How much of what was missed are blobs that are not here, and that a cache remembers as such.
    excused: usize,
}

/// What all threads saw.
#[derive(Default)]
struct Together {
    rows: Vec<graph::Rows>,
    damaged: Vec<(u32, String)>,
    dangling: bool,
    lost: Vec<visit::Lost>,
    loose: loose::Loose,
}

impl Together {
    /// Counts in the coverage what was read.
    fn of(all: Vec<Seen>, coverage: &mut Coverage) -> Together {
        let mut together = Together::default();
        for seen in all {
            coverage.commits += seen.commits;
            coverage.blobs += seen.blobs;
            coverage.bytes += seen.bytes;
            together.rows.push(seen.rows);
            together.damaged.extend(seen.damaged);
            together.dangling |= seen.dangling;
            together.lost.push(seen.lost);
            together.loose.add(&seen.loose);
        }
        together
    }

    /// The lines that name something that is not here, if nothing worse was seen.
    fn gaps(&self) -> Option<Vec<Gap>> {
        let near = self.damaged.is_empty() && !self.lost.iter().any(|lost| lost.more);
        near.then(|| self.lost.iter().flat_map(|lost| lost.lines.iter().cloned()).collect())
    }
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
        let HistoryOptions { threads, stop, progress, .. } = &self.options;
        let repo = &self.places[at].repository;
        let (mut plan, tips) = self.prepare(repo, coverage)?;
        ref_names(&tips, &plan, &mut new_worker());
        let cache = self.options.cache.as_ref().filter(|_| !tips.refs.is_empty());
        let mut known = cache.and_then(|c| c.load(&repo.objects_dir, &mut plan));
        let (mut rows, mut gaps) = (None, vec![]);
        if let Some(known) = &mut known {
            *coverage.skipped.entry(SkipReason::KnownClean).or_default() += known.skip.count();
            plan.prune(|number| !known.skip.contains(number));
            let named = std::mem::take(&mut known.rows);
            found_names(&named, &plan, &mut new_worker());
            rows = Some(named);
            gaps = std::mem::take(&mut known.gaps);
        }
        progress.expect(pieces(&plan, known.as_ref()), "objects");
        let (all, found) = self.read(&plan, &tips, new_worker);
        let mut all = Together::of(all, coverage);
        all.rows.extend(rows);
        all.dangling |= !gaps.is_empty();
        all.lost.push(visit::Lost { lines: gaps, more: false });
        let odd = all.loose.odd(&plan);
        let mut damaged = Bits::default();
        all.damaged.iter().for_each(|(number, _)| damaged.insert_growing(*number));
        let gaps = all.gaps().filter(|_| odd.is_empty());
        let graph = Graph::new(plan.catalog().len(), all.rows);
        // Gaps lie in what was read in this run, or are known.
        let near = gaps.is_some();
        let (blind, excused) = (false, 0);
        let mut state = State { place: at, graph, plan, tips, known, found, damaged, gaps, blind, excused };
        if stop.requested().is_none() && (all.dangling || !near) {
            let whole = near || self.complete(&mut state);
            odd.iter().for_each(|(number, kind)| state.plan.set_kind(*number, *kind));
            // Where a header does not tell the type, both readings came by.
            all.damaged.sort();
            all.damaged.dedup();
            let trouble = trouble::Trouble {
                plan: &state.plan,
                graph: &state.graph,
                tips: &state.tips,
                damaged: &all.damaged,
                // What was read in a second turn was not looked at so closely.
                lost: if whole && odd.is_empty() { &all.lost } else { &[] },
                promised: repo.partial || state.plan.store().is_promised(),
                everything: self.options.unreachable,
            };
            let before = coverage.incomplete.len();
            state.blind = trouble.name(*threads, stop, coverage);
            if near && !state.blind {
                state.excused = coverage.incomplete.len() - before;
            }
        }
        let commits = state.graph.commits.len();
        if known_to_nobody(&state) && commits > 0 && !self.options.unreachable && stop.requested().is_none() {
            let why =
                format!("none leads to any of the {commits} commits that are here; --unreachable reads them");
            coverage.missed("refs", why);
        }
        coverage.stopped = coverage.stopped.or(stop.requested());
        Ok(state)
    }

    /// Finds out what there is to read and where histories begin. Git may write and repack meanwhile: what does not fit
    /// together then is looked at again.
    fn prepare(&self, repo: &Repository, coverage: &mut Coverage) -> Result<(Plan, Tips)> {
        let HistoryOptions { threads, filter, reflog, .. } = &self.options;
        let reach = tips::Reach { reflog: *reflog, branches: &filter.branches };
        for again in (0..PREPARATIONS).rev() {
            let store = Arc::new(Store::open_with(&repo.objects_dir, &repo.alternates, repo.hash)?);
            let plan = Plan::new(&store, *threads);
            let mut account = Coverage::default();
            let tips = tips::collect(repo, plan.catalog(), reach, &mut account)?;
            let is_here = |id: &ObjectId| store.header(id).is_ok_and(|found| found.is_some());
            if again > 0 && (store.renewed().is_some() || tips.lost.iter().take(FEW).any(is_here)) {
                continue;
            }
            for problem in plan.problems() {
                coverage.missed(problem.path.display().to_string(), problem.why.clone());
            }
            coverage.merge(account);
            return Ok((plan, tips));
        }
        Err(Error::Incomplete("it is being repacked without end".into()))
    }

    /// Reads everything: what was seen, and the blobs in which something was found. Blobs come first: when trees are
    /// read, it is known whose lines will be asked for.
    fn read<'s>(
        &self,
        plan: &Plan,
        tips: &Tips,
        new_worker: &(dyn Fn() -> Worker<'s> + Sync + 's),
    ) -> (Vec<Seen>, Bits) {
        let HistoryOptions { threads, stop, .. } = &self.options;
        let (mut found, none) = (Bits::new(plan.catalog().len()), Bits::default());
        let sift =
            |targets| Sift::new(plan, new_worker(), Sought { targets, shallow: &tips.shallow }, stop.clone());
        let blobs = plan.traverse(Kinds::only(Kind::Blob), *threads, stop, &|| sift(&none));
        let mut all: Vec<Seen> = blobs.into_iter().map(|sift| sift.seen).collect();
        all.iter().flat_map(|seen| &seen.found).for_each(|blob| _ = found.insert(*blob));
        let others = plan.traverse(Kinds::STRUCTURE, *threads, stop, &|| sift(&found));
        all.extend(others.into_iter().map(|sift| sift.seen));
        (all, found)
    }

    /// Reads commits and trees that were left out because they are known: what is damaged or missing is placed among all
    /// of them. Returns whether none was left out.
    fn complete(&self, state: &mut State) -> bool {
        if state.known.take().is_none_or(|known| known.closed.is_empty()) {
            return true;
        }
        let HistoryOptions { threads, stop, .. } = &self.options;
        let names = state.graph.found_names();
        state.plan = state.plan.whole(*threads);
        let plan = &state.plan;
        let sought = Sought { targets: &state.found, shallow: &state.tips.shallow };
        // Nothing is searched again.
        let again = |blob: &Blob<'_>| {
            let named = blob.origin.part() == Part::FileName && names.contains(blob.bytes);
            blob.kin.filter(|_| named).into_iter().for_each(Kin::tell_found);
        };
        let sift = || Sift::new(plan, Box::new(again), sought, stop.clone());
        let rows = plan.traverse(Kinds::STRUCTURE, *threads, stop, &sift).into_iter().map(|s| s.seen.rows);
        state.graph = Graph::new(plan.catalog().len(), rows.collect());
        false
    }

    /// Remembers what was read and clean, for the next run. `raw` are all findings, not yet located; nothing was missed
    /// but what is `excused`.
    fn remember(&self, state: &State, raw: &[Finding], excused: usize, coverage: &mut Coverage) {
        let Some(cache) = &self.options.cache else { return };
        let missed = coverage.incomplete.len() > excused || coverage.stopped.is_some();
        if missed || self.options.stop.requested().is_some() {
            return;
        }
        let State { plan, graph, known, .. } = state;
        let kind = |number| plan.kind(number).or_else(|| graph.kind(number)).unwrap_or(Kind::Blob);
        let empty = || Bits::new(plan.catalog().len());
        let (mut hit, mut closed, mut clean, mut found) = (empty(), empty(), empty(), empty());
        for finding in raw {
            if let Origin::Object(id, _) = &finding.location.origin
                && let Some(number) = plan.catalog().number(id.as_bytes())
            {
                hit.insert(number);
            }
        }
        known.iter().for_each(|known| closed.add(&known.closed));
        // What refs lead to leads to nothing that is missing, or this run would not be complete; of the rest that is known if
        // nothing is damaged. Blobs that are not here are remembered, but nothing else is.
        let (mut leading, mut gaps) = (graph.reach(state.tips.kept.iter().copied()), vec![]);
        if let Some(lost) = &state.gaps {
            let (blobs, others): (Vec<&Gap>, Vec<&Gap>) = lost.iter().partition(|gap| gap.kind == Kind::Blob);
            let trees: Vec<u32> = others.iter().map(|gap| gap.tree).collect();
            gaps = blobs;
            leading = graph.without(&trees, &state.tips.shallow);
        }
        for number in leading.iter().filter(|number| kind(*number) != Kind::Blob) {
            let cut = graph.row(number).is_some_and(|row| graph.parents(row).contains(&graph::NONE));
            if cut || hit.contains(number) { &mut found } else { &mut closed }.insert(number);
        }
        for number in (0..plan.catalog().len() as u32).filter(|number| kind(*number) == Kind::Blob) {
            if !state.damaged.contains(number) {
                if hit.contains(number) { &mut found } else { &mut clean }.insert(number);
            }
        }
        let left = Left { plan, graph, known: known.as_ref(), closed, clean, found, gaps };
        let objects = &self.places[state.place].repository.objects_dir;
        if let Err(e) = cache.store(objects, &left) {
            coverage.notes.push(format!("{}: the cache could not be written: {e}", cache.folder.display()));
        }
    }
}

/// Whether nothing that keeps objects names a commit: a repository that has lost its refs looks like a clean one.
fn known_to_nobody(state: &State) -> bool {
    let commit = |tip: &u32| state.graph.commit(state.graph.peel(*tip)).is_some();
    state.tips.refs.is_empty() && !state.tips.kept.iter().any(commit)
}

/// How many pieces a worker will be given, about.
fn pieces(plan: &Plan, known: Option<&Known>) -> u64 {
    let pieces = |number| match plan.kind(number) {
        _ if known.is_some_and(|known| known.skip.contains(number)) => 0,
        Some(Kind::Commit) => 2,
        Some(Kind::Tree) => 0,
        _ => 1,
    };
    (0..plan.catalog().len() as u32).map(pieces).sum()
}

/// Gives the names in which something was found to a worker: they stand in trees that are not read.
fn found_names(rows: &graph::Rows, plan: &Plan, worker: &mut Worker<'_>) {
    let hash = plan.store().hash();
    rows.found.iter().for_each(|name| _ = visit::give_name(worker, hash, rows.names.name(name)));
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
        let excused = states.iter().map(|state| state.excused).sum();
        for state in &states {
            let place = &self.places[state.place];
            let locate = locate::Locate { state, place, options: &self.options };
            locate.run(&raw, findings, coverage);
            self.remember(state, &raw, excused, coverage);
        }
        coverage.elapsed += begun.elapsed();
        Ok(())
    }
}
