//! What `git commit` is about to record: the index's blobs by id, against HEAD. Never the work tree's copies, never the
//! text of a diff.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::{Error, Result};
use crate::model::{BlobPath, Coverage, ObjectId, Origin, Stop, share};
use crate::pack::{Commit, Kind, Store};
use crate::repo::{Index, Repository};

use super::changes::{Job, Objects, Pusher, Side, jobs};
use super::source::{Source, Worker};

/// Fewer blobs than this for each thread are not worth a thread.
const JOBS_A_THREAD: usize = 8;

/// How to look at what is staged.
#[derive(Debug, Clone, Default)]
pub struct StagedOptions {
    /// While a merge is in progress, judge lines that stand in any parent but HEAD as well.
    pub all_merge_files: bool,
    /// Longer blobs are skipped, in bytes.
    pub max_file_size: Option<u64>,
    /// How many threads may be used.
    pub threads: usize,
    /// Looked at between two blobs.
    pub stop: Stop,
}

/// The source of `keysieve staged`.
#[derive(Debug)]
pub struct Staged<'r> {
    repository: &'r Repository,
    options: StagedOptions,
    added: Mutex<Vec<BlobPath>>,
}

impl<'r> Staged<'r> {
    /// Prepares a look at a repository's index; nothing is read yet.
    pub fn new(repository: &'r Repository, options: StagedOptions) -> Staged<'r> {
        Staged { repository, options, added: Mutex::default() }
    }

    /// After a visit: the paths that HEAD does not have, sorted. Some names never belong in git.
    pub fn added(&self) -> Vec<BlobPath> {
        let mut added = self.added.lock().map(|a| a.clone()).unwrap_or_default();
        added.sort();
        added
    }

    /// The blobs to look at, each with all its old versions.
    fn jobs(&self, index: &Index, objects: &mut Objects<'_>, coverage: &mut Coverage) -> Result<Vec<Job>> {
        let mut parents: Vec<ObjectId> = self.repository.head()?.into_iter().collect();
        if !self.options.all_merge_files {
            parents.extend(self.repository.merge_heads()?);
        }
        let mut trees = Vec::new();
        for parent in parents {
            // One that cannot be read counts as empty: then more is judged, not less.
            match self.tree_of(objects, &parent) {
                Ok(tree) => trees.push(tree),
                Err(why) => objects.missed(coverage, &parent, "commit", why),
            }
        }
        Ok(jobs(objects, Side::Index(index), &trees, coverage))
    }

    fn tree_of(&self, objects: &mut Objects<'_>, commit: &ObjectId) -> Result<ObjectId, String> {
        let data = objects.read(commit, Kind::Commit)?;
        let parsed = Commit::parse(&data, self.repository.hash);
        parsed.map(|c| c.tree).ok_or_else(|| "the commit is damaged".into())
    }

    fn push<'s>(
        &self,
        jobs: &[Job],
        store: &Store,
        new_worker: &(dyn Fn() -> Worker<'s> + Sync + 's),
    ) -> Coverage {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut worker = new_worker();
            let mut pusher = Pusher::new(
                Objects::new(store),
                &mut *worker,
                self.options.max_file_size,
                &self.options.stop,
            );
            while self.options.stop.requested().is_none() {
                let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
                pusher.push(job, &|part| Origin::Staged(job.path.clone(), part));
            }
            pusher.coverage
        };
        let threads = self.options.threads.min(jobs.len() / JOBS_A_THREAD).max(1);
        let mut coverage = Coverage::default();
        share(threads, work, |_| {}).into_iter().for_each(|account| coverage.merge(account));
        coverage
    }
}

impl Source for Staged<'_> {
    fn visit<'s>(&self, new_worker: &(dyn Fn() -> Worker<'s> + Sync + 's)) -> Result<Coverage> {
        let mut coverage = Coverage::new("staged");
        let Some(index) = self.repository.index()? else {
            if self.repository.bare {
                let path = self.repository.git_dir.clone();
                return Err(Error::Repository { path, problem: "a bare repository has no index".into() });
            }
            coverage.notes.push("nothing is staged".into());
            return Ok(coverage);
        };
        refuse_conflicts(self.repository, &index)?;
        let repository = self.repository;
        let store = Store::open_with(&repository.objects_dir, &repository.alternates, repository.hash)?;
        for problem in store.problems() {
            coverage.missed(problem.path.display().to_string(), problem.why.clone());
        }
        let jobs = self.jobs(&index, &mut Objects::new(&store), &mut coverage)?;
        if jobs.is_empty() && coverage.is_complete() {
            coverage.notes.push("nothing is staged".into());
        }
        if let Ok(mut added) = self.added.lock() {
            added.extend(jobs.iter().filter(|j| j.new_path).map(|j| j.path.clone()));
        }
        coverage.files = jobs.len() as u64;
        coverage.merge(self.push(&jobs, &store, new_worker));
        coverage.stopped = self.options.stop.requested();
        Ok(coverage)
    }
}

/// What a conflicted path will be is not decided yet, and git refuses to commit it too.
fn refuse_conflicts(repository: &Repository, index: &Index) -> Result<()> {
    let Some(entry) = index.entries().iter().find(|e| e.stage() != 0) else { return Ok(()) };
    let path = String::from_utf8_lossy(index.path(entry));
    Err(Error::Repository {
        path: repository.work_tree.clone().unwrap_or_else(|| repository.git_dir.clone()),
        problem: format!(
            "{path} is in conflict: resolve it and `git add` it, then what is staged can be scanned"
        ),
    })
}
