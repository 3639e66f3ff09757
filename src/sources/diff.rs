//! What a range of commits adds: each commit against its parents, so that a key which a later commit of the range takes
//! out again is found all the same; and the commits' messages.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{Error, Result};
use crate::model::{
    Blob, BlobPath, CommitOrigin, Coverage, Finding, History, ObjectId, Origin, Part, Progress, Stop, share,
};
use crate::pack::{Commit, Kind, Store, identity_parts};
use crate::repo::{Range, Repository};

use super::changes::{Content, Objects, Pusher, Side, find, has_line_of, jobs};
use super::source::{Source, Worker};

/// How to look at a range.
#[derive(Debug, Clone, Default)]
pub struct DiffOptions {
    /// Longer blobs are skipped, in bytes.
    pub max_file_size: Option<u64>,
    /// How many threads may be used.
    pub threads: usize,
    /// Looked at between two commits.
    pub stop: Stop,
    /// Told how many commits there are.
    pub progress: Progress,
    /// Why the list of commits may lack some, if it may.
    pub trouble: Option<String>,
    /// Trees whose lines are known: compared with where the history of a shallow clone ends.
    pub known: Vec<ObjectId>,
}

/// The source of `keysieve diff`, and of the hooks that judge a push.
#[derive(Debug)]
pub struct Diff<'r> {
    repository: &'r Repository,
    commits: Vec<ObjectId>,
    options: DiffOptions,
    mode: &'static str,
}

impl<'r> Diff<'r> {
    /// Prepares a look at these commits; nothing is read yet. `mode` is how the account calls it.
    pub fn new(
        repository: &'r Repository,
        commits: Vec<ObjectId>,
        mode: &'static str,
        options: DiffOptions,
    ) -> Diff<'r> {
        Diff { repository, commits, options, mode }
    }

    fn store(&self) -> Result<Store> {
        let repository = self.repository;
        Store::open_with(&repository.objects_dir, &repository.alternates, repository.hash)
    }

    /// Looks at one commit: its message, who made it, and what it adds.
    fn commit(&self, id: &ObjectId, shallow: &[ObjectId], pusher: &mut Pusher<'_, '_>) {
        let data = match pusher.objects.read(id, Kind::Commit) {
            Ok(data) => data,
            Err(why) => return pusher.objects.missed(&mut pusher.coverage, id, "commit", why),
        };
        let Some(commit) = Commit::parse(&data, self.repository.hash) else {
            let why = "the commit is damaged".into();
            return pusher.objects.missed(&mut pusher.coverage, id, "commit", why);
        };
        let nowhere = || CommitOrigin { commit: *id, path: BlobPath::default(), blob: None };
        let identity = identity_parts(&data).map(|text| (Part::CommitIdentity, text));
        for (part, text) in identity.chain([(Part::CommitMessage, commit.message)]) {
            (pusher.worker)(&Blob::whole(text, &Origin::Commit(Box::new(nowhere()), part)));
        }
        let old = self.old_trees(id, &commit, shallow, pusher);
        let jobs = jobs(&mut pusher.objects, Side::Tree(commit.tree), &old, &mut pusher.coverage);
        for job in &jobs {
            let place = CommitOrigin { commit: *id, path: job.path.clone(), blob: Some(job.id) };
            pusher.push(job, &|part| Origin::Commit(Box::new(place.clone()), part));
        }
        pusher.coverage.commits += 1;
    }

    /// The trees of a commit's parents.
    fn old_trees(
        &self,
        id: &ObjectId,
        commit: &Commit<'_>,
        shallow: &[ObjectId],
        pusher: &mut Pusher<'_, '_>,
    ) -> Vec<ObjectId> {
        if shallow.contains(id) {
            pusher.coverage.shallow = true;
            let why = "the clone is shallow: what came before this commit is not here";
            pusher.objects.missed(&mut pusher.coverage, id, "commit", why.into());
            return self.options.known.clone();
        }
        let mut trees = Vec::new();
        for parent in &commit.parents {
            let data = pusher.objects.read(parent, Kind::Commit);
            let tree = data.and_then(|data| {
                let parsed = Commit::parse(&data, self.repository.hash);
                parsed.map(|c| c.tree).ok_or_else(|| "the commit is damaged".to_string())
            });
            match tree {
                Ok(tree) => trees.push(tree),
                Err(why) => pusher.objects.missed(&mut pusher.coverage, parent, "commit", why),
            }
        }
        trees
    }
}

impl Source for Diff<'_> {
    fn visit<'s>(&self, new_worker: &(dyn Fn() -> Worker<'s> + Sync + 's)) -> Result<Coverage> {
        let mut coverage = Coverage::new(self.mode);
        let store = self.store()?;
        for problem in store.problems() {
            coverage.missed(problem.path.display().to_string(), problem.why.clone());
        }
        let shallow = self.repository.shallow()?;
        // How many files the commits change is not known before they are compared.
        self.options.progress.expect(0, "files");
        let next = AtomicUsize::new(0);
        let work = || {
            let mut worker = new_worker();
            let mut pusher = Pusher::new(
                Objects::new(&store),
                &mut *worker,
                self.options.max_file_size,
                &self.options.stop,
            );
            while self.options.stop.requested().is_none() {
                let Some(id) = self.commits.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
                self.commit(id, &shallow, &mut pusher);
            }
            pusher.coverage
        };
        let threads = self.options.threads.min(self.commits.len()).max(1);
        for account in share(threads, work, |_| {}) {
            coverage.merge(account);
        }
        coverage.stopped = self.options.stop.requested();
        Ok(coverage)
    }

    fn locate(&self, findings: &mut Vec<Finding>, _coverage: &mut Coverage) -> Result<()> {
        if findings.is_empty() {
            return Ok(());
        }
        let store = self.store()?;
        let mut objects = Objects::new(&store);
        let head = self.repository.head().ok().flatten();
        let head_tree = head.and_then(|id| tree_of(self.repository, &id).ok());
        let to_head = head.is_some() && self.commits.last() == head.as_ref();
        let mut known: HashMap<ObjectId, Option<History>> = HashMap::new();
        for finding in findings {
            let Origin::Commit(place, _) = &finding.location.origin else { continue };
            let commit = place.commit;
            let history = known
                .entry(commit)
                .or_insert_with(|| history(&mut objects, &commit, self.repository))
                .clone();
            finding.history = history.map(|mut h| {
                h.in_head = match place.blob {
                    Some(blob) => {
                        // Lines of something in an archive are not those of the blob.
                        let line = Some(finding.location.start.line).filter(|_| !finding.is_packed());
                        head_tree.is_some_and(|tree| stands(&mut objects, tree, place, &blob, line))
                    }
                    None => to_head,
                };
                if !place.path.as_bytes().is_empty() {
                    h.paths.push(place.path.clone());
                }
                Box::new(h)
            });
        }
        Ok(())
    }
}

/// Whether the line of a blob still stands at its path in a tree; where the line is not known, whether the path does.
fn stands(
    objects: &mut Objects<'_>,
    tree: ObjectId,
    place: &CommitOrigin,
    blob: &ObjectId,
    line: Option<u64>,
) -> bool {
    let Some(now) = find(objects, tree, place.path.as_bytes()) else { return false };
    let Some(line) = line else { return true };
    if now == *blob {
        return true;
    }
    match (objects.blob(&now), objects.blob(blob)) {
        (Ok(Content::Whole(now)), Ok(Content::Whole(then))) => has_line_of(&now, &then, line),
        _ => false,
    }
}

fn history(objects: &mut Objects<'_>, id: &ObjectId, repository: &Repository) -> Option<History> {
    let data = objects.read(id, Kind::Commit).ok()?;
    let commit = Commit::parse(&data, repository.hash)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let then = u64::try_from(commit.author.seconds).ok().filter(|s| *s > 0);
    Some(History {
        commit: *id,
        author: text(commit.author.name),
        email: text(commit.author.email),
        date: (commit.author.seconds, commit.author.offset),
        subject: text(commit.subject()),
        refs: Vec::new(),
        in_head: false,
        occurrences: 1,
        paths: Vec::new(),
        age_days: then.map(|then| now.saturating_sub(then) / 86_400),
        last_seen: None,
    })
}

/// The commits of a range, parents before children, as far as they can be read: for where git gives up because one of them
/// cannot. That one is in the list, so that it is named when the others are looked at.
pub fn readable_commits(repository: &Repository, range: &Range) -> Result<Vec<ObjectId>> {
    let store = Store::open_with(&repository.objects_dir, &repository.alternates, repository.hash)?;
    let mut objects = Objects::new(&store);
    let shallow = repository.shallow()?;
    let mut parents = |id: &ObjectId| -> Vec<ObjectId> {
        let data = objects.read(id, Kind::Commit).unwrap_or_default();
        let parsed = Commit::parse(&data, repository.hash).filter(|_| !shallow.contains(id));
        parsed.map(|commit| commit.parents.clone()).unwrap_or_default()
    };
    let mut seen = HashSet::new();
    let mut todo = range.exclude.clone();
    while let Some(id) = todo.pop() {
        if seen.insert(id) {
            todo.extend(parents(&id));
        }
    }
    let mut order = Vec::new();
    let mut stack: Vec<(ObjectId, bool)> = range.include.iter().map(|id| (*id, false)).collect();
    while let Some((id, left)) = stack.pop() {
        if left {
            order.push(id);
        } else if seen.insert(id) {
            stack.push((id, true));
            stack.extend(parents(&id).into_iter().map(|parent| (parent, false)));
        }
    }
    Ok(order)
}

/// The tree of a commit, for [`DiffOptions::known`].
pub fn tree_of(repository: &Repository, commit: &ObjectId) -> Result<ObjectId> {
    let store = Store::open_with(&repository.objects_dir, &repository.alternates, repository.hash)?;
    let refuse = |why: String| Error::Incomplete(format!("commit {commit}: {why}"));
    let data = Objects::new(&store).read(commit, Kind::Commit).map_err(refuse)?;
    let parsed = Commit::parse(&data, repository.hash);
    parsed.map(|c| c.tree).ok_or_else(|| Error::Incomplete(format!("commit {commit}: the commit is damaged")))
}
