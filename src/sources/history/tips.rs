//! Where history begins: everything that keeps objects alive.

use std::collections::BTreeSet;
use std::path::Path;

use crate::error::{Error, Result};
use crate::model::{BlobPath, Coverage, ObjectId, count};
use crate::pack::Catalog;
use crate::repo::{Index, Mode, Reflogs, Repository};

/// The beginnings of a repository's history.
#[derive(Debug, Default)]
pub(super) struct Tips {
    /// Refs with what they point at, most telling names first.
    pub(super) refs: Vec<(Vec<u8>, u32)>,
    /// All objects that are kept: those of refs, reflogs, indexes.
    pub(super) kept: BTreeSet<u32>,
    /// Blobs of indexes, with a path each.
    pub(super) staged: Vec<(u32, BlobPath)>,
    /// The commit or tree that HEAD names.
    pub(super) head: Option<u32>,
    /// Commits at which a shallow clone ends.
    pub(super) shallow: BTreeSet<u32>,
    /// What refs and indexes name and the catalog does not have.
    pub(super) lost: Vec<ObjectId>,
}

/// What is to be read besides refs.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reach<'a> {
    /// All reflogs, not only that of the stash, and `ORIG_HEAD`, which is one of length one.
    pub(super) reflog: bool,
    /// Only these branches, if any are named.
    pub(super) branches: &'a [String],
}

/// Collects them. What cannot be read is named in the coverage.
pub(super) fn collect(
    repo: &Repository,
    catalog: &Catalog,
    reach: Reach<'_>,
    coverage: &mut Coverage,
) -> Result<Tips> {
    let mut tips = Tips::default();
    let all = repo.refs()?;
    let all_whole = all.broken.is_empty();
    for (name, why) in all.broken {
        coverage.missed(name, why);
    }
    for one in all.refs {
        if !reach.reflog && is_previous_head(&one.name) {
            continue;
        }
        coverage.refs += 1;
        if !reach.branches.is_empty() && !reach.branches.iter().any(|b| is_branch(&one.name, b)) {
            continue;
        }
        match catalog.number(one.target.as_bytes()) {
            Some(number) => {
                tips.kept.insert(number);
                if !is_leftover(&one.name) {
                    tips.refs.push((one.name, number));
                }
            }
            // What git keeps for itself besides HEAD may outlive its object.
            None if is_leftover(&one.name) => {}
            None => {
                tips.lost.push(one.target);
                coverage.missed(text(&one.name), format!("it points at {}, which is missing", one.target));
            }
        }
    }
    if !reach.branches.is_empty() && tips.refs.is_empty() {
        return Err(Error::Incomplete(format!("there is no branch '{}'", reach.branches.join("', '"))));
    }
    tips.refs.sort_by(|a, b| (rank(&a.0), &a.0).cmp(&(rank(&b.0), &b.0)));
    match repo.head() {
        Ok(head) => tips.head = head.and_then(|id| catalog.number(id.as_bytes())),
        // The ref that HEAD leads to is named already if it is among the broken ones.
        Err(e) if all_whole => coverage.missed("HEAD", e.to_string()),
        Err(_) => {}
    }
    if let Err(e) = shallow(repo, catalog, &mut tips, coverage) {
        coverage.missed("shallow", e.to_string());
    }
    if reach.branches.is_empty() {
        if let Err(e) = logs(repo, catalog, reach.reflog, &mut tips, coverage) {
            coverage.missed("reflogs", e.to_string());
        }
        let dirs = repo.worktrees().unwrap_or_else(|e| {
            coverage.missed("worktrees", e.to_string());
            vec![repo.common_dir.clone()]
        });
        for dir in dirs {
            let own = dir == repo.git_dir;
            let file = if own { repo.index_file.clone() } else { dir.join("index") };
            if let Err(e) = index(repo, &dir, &file, catalog, &mut tips, coverage) {
                coverage.missed(file.display().to_string(), e.to_string());
            }
        }
    }
    Ok(tips)
}

fn logs(
    repo: &Repository,
    catalog: &Catalog,
    all: bool,
    tips: &mut Tips,
    coverage: &mut Coverage,
) -> Result<()> {
    let (ids, broken) = repo.reflog_ids(if all { Reflogs::All } else { Reflogs::Stash })?;
    for (name, why) in broken {
        coverage.missed(name, why);
    }
    tips.kept.extend(ids.iter().filter_map(|id| catalog.number(id.as_bytes())));
    Ok(())
}

fn shallow(repo: &Repository, catalog: &Catalog, tips: &mut Tips, coverage: &mut Coverage) -> Result<()> {
    let ends: Vec<ObjectId> = repo.shallow()?;
    tips.shallow = ends.iter().filter_map(|id| catalog.number(id.as_bytes())).collect();
    if !ends.is_empty() {
        coverage.shallow = true;
        coverage.notes.push(format!("shallow clone: history ends at {}", count(ends.len(), "commit")));
    }
    Ok(())
}

fn index(
    repo: &Repository,
    dir: &Path,
    file: &Path,
    catalog: &Catalog,
    tips: &mut Tips,
    coverage: &mut Coverage,
) -> Result<()> {
    let Some(index) = Index::read(file, dir, repo.hash)? else { return Ok(()) };
    for entry in index.entries() {
        let id = index.id(entry);
        match (entry.mode(), catalog.number(id.as_bytes())) {
            (Mode::Commit, _) => {}
            (_, Some(number)) => {
                tips.kept.insert(number);
                tips.staged.push((number, BlobPath::new(index.path(entry))));
            }
            // Sparse and announced entries need not have an object.
            _ if entry.skip_worktree() || entry.intent_to_add() || repo.partial => {}
            _ => {
                tips.lost.push(id);
                coverage.missed(text(index.path(entry)), format!("its staged content {id} is missing"));
            }
        }
    }
    Ok(())
}

/// Whether a ref is the branch that the user calls so: local, of a remote, or by its full name.
fn is_branch(name: &[u8], wanted: &str) -> bool {
    let wanted = wanted.as_bytes();
    name == wanted
        || [&b"refs/heads/"[..], b"refs/remotes/", b"refs/"]
            .iter()
            .any(|prefix| name.strip_prefix(*prefix) == Some(wanted))
}

/// Whether a ref is one of those that git writes for itself and does not protect from pruning.
fn is_leftover(name: &[u8]) -> bool {
    let last = name.rsplit(|&b| b == b'/').next().unwrap_or_default();
    !name.starts_with(b"refs/") && last != b"HEAD"
}

/// Whether it is where HEAD stood before a reset, merge or rebase: no ref that git protects, and what only it reaches is
/// what the user took back.
fn is_previous_head(name: &[u8]) -> bool {
    name.rsplit(|&b| b == b'/').next() == Some(b"ORIG_HEAD") && !name.starts_with(b"refs/")
}

/// Names that tell people most come first: branches, then remotes, tags, the rest.
fn rank(name: &[u8]) -> u8 {
    let prefixes: [&[u8]; 4] = [b"refs/heads/", b"refs/remotes/", b"refs/tags/", b"refs/"];
    prefixes.iter().position(|p| name.starts_with(p)).map_or(4, |at| at as u8)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
