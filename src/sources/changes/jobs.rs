//! From one new side and any number of old ones to the blobs that are new.

use std::collections::HashMap;

use crate::model::{BlobPath, Coverage, ObjectId};

use super::added::Job;
use super::compare::{Change, Changes, Side, compare};
use super::objects::Objects;
use super::renames::resolve;

/// The blobs that differ from every old tree, each with its old version in each of them, sorted by path. No old tree
/// at all means that everything is new.
pub(in crate::sources) fn jobs(
    objects: &mut Objects<'_>,
    side: Side<'_>,
    old_trees: &[ObjectId],
    coverage: &mut Coverage,
) -> Vec<Job> {
    let mut sides: Vec<Changes> = if old_trees.is_empty() {
        vec![compare(objects, side, None, coverage)]
    } else {
        old_trees.iter().map(|tree| compare(objects, side, Some(*tree), coverage)).collect()
    };
    // In a merge most paths differ from one parent only, and need no search for renames.
    for at in 1..sides.len() {
        keep_common(&mut sides, 0, at);
    }
    for at in 1..sides.len() {
        keep_common(&mut sides, at, 0);
    }
    // A tree may name one path twice, whatever git thinks of it: both are judged.
    let mut all: HashMap<(Vec<u8>, ObjectId), Job> = HashMap::new();
    for (number, mut changes) in sides.into_iter().enumerate() {
        resolve(objects, &mut changes, coverage);
        for change in changes.changed {
            let is_new = change.old.is_none() || change.renamed;
            let old = change.old.map(|(id, _)| id);
            if number == 0 {
                all.insert((change.path.clone(), change.id), job(&change, is_new, old));
            } else if let Some(job) = all.get_mut(&(change.path.clone(), change.id)) {
                job.new_path &= is_new;
                job.old.extend(old);
            }
        }
    }
    let mut jobs: Vec<Job> = all.into_values().collect();
    jobs.sort_by(|a, b| (&a.path, a.id).cmp(&(&b.path, b.id)));
    jobs
}

fn job(change: &Change, new_path: bool, old: Option<ObjectId>) -> Job {
    Job {
        path: BlobPath::new(&change.path),
        id: change.id,
        mode: change.mode,
        new_path,
        old: old.into_iter().collect(),
    }
}

/// Keeps of the changes at `this` those whose path changed at `other` as well.
fn keep_common(sides: &mut [Changes], this: usize, other: usize) {
    let Some(paths) = sides.get(other).map(Changes::paths) else { return };
    if let Some(changes) = sides.get_mut(this) {
        changes.changed.retain(|c| paths.contains(&c.path));
    }
}
