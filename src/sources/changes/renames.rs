//! Which new file is an old one under another name, so that its old lines do not count as added.

use std::collections::{HashMap, HashSet};

use crate::model::{Coverage, ObjectId};
use crate::repo::Mode;

use super::compare::{Changes, Gone, listed};
use super::lines::line_weights;
use super::objects::{Content, Objects};

/// More files that went are not looked at for their likeness, only for being the same.
const MOST_GONE: usize = 400;
/// Nor are files longer than this, in bytes.
const LONGEST: usize = 4 << 20;
/// Together they may not be longer than this.
const MOST_BYTES: usize = 64 << 20;
/// Folders that went are listed up to so many files.
const MOST_LISTED: usize = 100_000;

/// Gives each added file its old version, if one of the files that went is it, or is at least half of it.
pub(in crate::sources) fn resolve(objects: &mut Objects<'_>, changes: &mut Changes, coverage: &mut Coverage) {
    if changes.gone.is_empty() || changes.changed.iter().all(|c| c.old.is_some() || c.mode != Mode::File) {
        return;
    }
    let gone = leaves(objects, std::mem::take(&mut changes.gone), coverage);
    let by_id: HashMap<ObjectId, Mode> = gone.iter().map(|g| (g.id, g.mode)).collect();
    for change in changes.changed.iter_mut().filter(|c| c.old.is_none()) {
        if let Some(mode) = by_id.get(&change.id) {
            (change.old, change.renamed) = (Some((change.id, *mode)), true);
        }
    }
    by_likeness(objects, changes, &gone);
    changes.gone = gone;
}

/// Files and links that went, folders opened.
fn leaves(objects: &mut Objects<'_>, gone: Vec<Gone>, coverage: &mut Coverage) -> Vec<Gone> {
    let mut leaves = Vec::new();
    let mut stack = gone;
    let mut seen = HashSet::new();
    while let Some(next) = stack.pop() {
        match next.mode {
            Mode::File | Mode::Link => leaves.push(next),
            Mode::Commit => {}
            Mode::Tree if leaves.len() > MOST_LISTED || !seen.insert(next.id) => {}
            Mode::Tree => {
                let lines = listed(objects, &next.id, coverage).into_iter();
                stack.extend(lines.map(|(name, id, mode)| Gone {
                    path: [&next.path[..], b"/", &name].concat(),
                    id,
                    mode,
                }));
            }
        }
    }
    leaves.sort_by(|a, b| a.path.cmp(&b.path));
    leaves
}

/// An old file and how many bytes each of its lines (by hash) brings.
struct Candidate<'g> {
    gone: &'g Gone,
    weights: HashMap<u64, usize>,
    total: usize,
}

fn by_likeness(objects: &mut Objects<'_>, changes: &mut Changes, gone: &[Gone]) {
    let added: Vec<usize> = (0..changes.changed.len())
        .filter(|&i| changes.changed.get(i).is_some_and(|c| c.old.is_none() && c.mode == Mode::File))
        .collect();
    let taken: HashSet<ObjectId> = changes.changed.iter().map(|c| c.id).collect();
    let files = gone.iter().filter(|g| g.mode == Mode::File && !taken.contains(&g.id));
    let mut budget = MOST_BYTES;
    let mut candidates = Vec::new();
    for gone in files.take(MOST_GONE) {
        if let Some((weights, total)) = weigh(objects, &gone.id, &mut budget) {
            candidates.push(Candidate { gone, weights, total });
        }
    }
    if candidates.is_empty() {
        return;
    }
    for at in added {
        let Some(change) = changes.changed.get_mut(at) else { continue };
        let Some((weights, total)) = weigh(objects, &change.id, &mut budget) else { continue };
        let best = candidates.iter().map(|c| (likeness(&weights, total, c), c)).max_by(|(a, x), (b, y)| {
            // Of equals, the one with the same last name, then the first by path.
            let same = |c: &Candidate<'_>| last_name(&c.gone.path) == last_name(&change.path);
            a.cmp(b).then(same(x).cmp(&same(y))).then(y.gone.path.cmp(&x.gone.path))
        });
        if let Some((percent, old)) = best
            && percent >= 50
        {
            (change.old, change.renamed) = (Some((old.gone.id, old.gone.mode)), true);
        }
    }
}

fn weigh(
    objects: &mut Objects<'_>,
    id: &ObjectId,
    budget: &mut usize,
) -> Option<(HashMap<u64, usize>, usize)> {
    let Ok(Content::Whole(data)) = objects.blob(id) else { return None };
    if data.len() > LONGEST || data.is_empty() {
        return None;
    }
    *budget = budget.checked_sub(data.len())?;
    Some((line_weights(&data), data.len()))
}

/// How much of the larger file both have in common, in percent.
fn likeness(weights: &HashMap<u64, usize>, total: usize, old: &Candidate<'_>) -> usize {
    let (small, large) = (total.min(old.total), total.max(old.total));
    if small * 2 < large {
        return 0;
    }
    let common: usize =
        weights.iter().map(|(line, weight)| (*weight).min(old.weights.get(line).copied().unwrap_or(0))).sum();
    common * 100 / large.max(1)
}

fn last_name(path: &[u8]) -> &[u8] {
    path.rsplit(|&b| b == b'/').next().unwrap_or_default()
}
