//! Comparing a new side (the index or a tree) with an old tree, reading only the folders that differ.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::model::{Coverage, ObjectId};
use crate::pack::{Entries, Kind};
use crate::repo::{CacheTree, Index, Mode};

use super::objects::Objects;

/// At so many paths the same new folder is looked at.
const MOST_PATHS: u32 = 1000;

/// What is compared with an old tree.
#[derive(Debug, Clone, Copy)]
pub(in crate::sources) enum Side<'i> {
    /// The index.
    Index(&'i Index),
    /// A tree.
    Tree(ObjectId),
}

/// A file, link or submodule that is new or not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sources) struct Change {
    /// From the top.
    pub(in crate::sources) path: Vec<u8>,
    /// What is there now.
    pub(in crate::sources) id: ObjectId,
    pub(in crate::sources) mode: Mode,
    /// What was there before; `None` if nothing was.
    pub(in crate::sources) old: Option<(ObjectId, Mode)>,
    /// Whether the old version stood at another path.
    pub(in crate::sources) renamed: bool,
}

/// A file or link that is there no more, or a folder of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sources) struct Gone {
    pub(in crate::sources) path: Vec<u8>,
    pub(in crate::sources) id: ObjectId,
    pub(in crate::sources) mode: Mode,
}

/// All differences.
#[derive(Debug, Default)]
pub(in crate::sources) struct Changes {
    pub(in crate::sources) changed: Vec<Change>,
    pub(in crate::sources) gone: Vec<Gone>,
}

impl Changes {
    /// The paths that changed.
    pub(super) fn paths(&self) -> HashSet<Vec<u8>> {
        self.changed.iter().map(|c| c.path.clone()).collect()
    }
}

/// A folder of the new side.
#[derive(Debug, Clone)]
enum Below {
    /// Index entries, and the folder's position in the index's cache of trees.
    Entries(Range<usize>, Option<usize>),
    Tree(ObjectId),
}

/// A pair of folders that differ, or may.
struct Pair {
    /// Empty, or ends with `/`.
    prefix: Vec<u8>,
    new: Below,
    old: Option<ObjectId>,
}

struct Item {
    name: Vec<u8>,
    what: What,
}

enum What {
    Leaf(ObjectId, Mode),
    Folder(Below),
}

/// Compares; a tree that cannot be read is named, and counts as empty: then more is scanned, not less.
pub(in crate::sources) fn compare(
    objects: &mut Objects<'_>,
    side: Side<'_>,
    old: Option<ObjectId>,
    coverage: &mut Coverage,
) -> Changes {
    let (index, new) = match side {
        Side::Index(index) => {
            let top = index.cache_tree().map(|_| CacheTree::TOP);
            (Some(index), Below::Entries(0..index.entries().len(), top))
        }
        Side::Tree(id) => (None, Below::Tree(id)),
    };
    let mut walk = Comparison { objects, index, coverage, changes: Changes::default(), seen: HashMap::new() };
    let mut stack = vec![Pair { prefix: Vec::new(), new, old }];
    while let Some(pair) = stack.pop() {
        if !walk.equal(&pair) {
            walk.pair(&pair, &mut stack);
        }
    }
    walk.changes
}

struct Comparison<'c, 's, 'i> {
    objects: &'c mut Objects<'s>,
    index: Option<&'i Index>,
    coverage: &'c mut Coverage,
    changes: Changes,
    /// How often pairs of trees have been compared. The same folder may stand at several paths, which are judged each by
    /// its own rules; one that holds itself a million times over must not cost a million times as much.
    seen: HashMap<(ObjectId, Option<ObjectId>), u32>,
}

impl Comparison<'_, '_, '_> {
    fn equal(&mut self, pair: &Pair) -> bool {
        match &pair.new {
            Below::Tree(id) if pair.old == Some(*id) => true,
            Below::Tree(id) => {
                let seen = self.seen.entry((*id, pair.old)).or_default();
                *seen += 1;
                *seen > MOST_PATHS
            }
            Below::Entries(range, node) => {
                let cached = self.index.and_then(Index::cache_tree);
                let tree = node.and_then(|n| cached.and_then(|c| c.node(n))).and_then(|n| n.tree);
                tree.is_some_and(|(count, id)| count == range.len() as u64 && pair.old == Some(id))
            }
        }
    }

    fn pair(&mut self, pair: &Pair, stack: &mut Vec<Pair>) {
        let mut old = self.old_items(pair.old);
        for item in self.new_items(pair) {
            let path = [&pair.prefix[..], &item.name].concat();
            let before = old.remove(&item.name);
            match (item.what, before) {
                (What::Leaf(id, mode), before) => {
                    let before = match before {
                        Some((old_id, Mode::Tree)) => {
                            self.changes.gone.push(Gone { path: path.clone(), id: old_id, mode: Mode::Tree });
                            None
                        }
                        before => before,
                    };
                    if before != Some((id, mode)) {
                        self.changes.changed.push(Change { path, id, mode, old: before, renamed: false });
                    }
                }
                (What::Folder(new), before) => {
                    let old = match before {
                        Some((id, Mode::Tree)) => Some(id),
                        Some((id, mode)) => {
                            self.changes.gone.push(Gone { path: path.clone(), id, mode });
                            None
                        }
                        None => None,
                    };
                    let mut prefix = path;
                    prefix.push(b'/');
                    stack.push(Pair { prefix, new, old });
                }
            }
        }
        let gone = old.into_iter().filter(|(_, (_, mode))| *mode != Mode::Commit);
        let gone = gone.map(|(name, (id, mode))| Gone { path: [&pair.prefix[..], &name].concat(), id, mode });
        self.changes.gone.extend(gone);
    }

    fn old_items(&mut self, tree: Option<ObjectId>) -> HashMap<Vec<u8>, (ObjectId, Mode)> {
        let Some(id) = tree else { return HashMap::new() };
        self.tree(&id).into_iter().map(|(name, id, mode)| (name, (id, mode))).collect()
    }

    fn tree(&mut self, id: &ObjectId) -> Vec<TreeLine> {
        listed(self.objects, id, self.coverage)
    }

    fn new_items(&mut self, pair: &Pair) -> Vec<Item> {
        match &pair.new {
            Below::Tree(id) => self
                .tree(id)
                .into_iter()
                .map(|(name, id, mode)| {
                    let what =
                        if mode == Mode::Tree { What::Folder(Below::Tree(id)) } else { What::Leaf(id, mode) };
                    Item { name, what }
                })
                .collect(),
            Below::Entries(range, node) => match self.index {
                Some(index) => index_items(index, range.clone(), *node, pair.prefix.len()),
                None => Vec::new(),
            },
        }
    }
}

/// What the index holds directly in a folder whose paths begin with `prefix` bytes.
fn index_items(index: &Index, range: Range<usize>, node: Option<usize>, prefix: usize) -> Vec<Item> {
    let mut folders: HashMap<&[u8], usize> = HashMap::new();
    if let (Some(cached), Some(node)) = (index.cache_tree(), node) {
        folders.extend(cached.children(node).filter_map(|c| Some((cached.node(c)?.name.as_slice(), c))));
    }
    let mut items = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let Some(entry) = index.entries().get(at) else { break };
        let path = index.path(entry);
        let name = path.get(prefix..).unwrap_or_default();
        let Some(slash) = memchr::memchr(b'/', name) else {
            at += 1;
            // What is only announced (`add -N`) is not recorded by a commit.
            if !entry.intent_to_add() {
                items.push(Item { name: name.to_vec(), what: What::Leaf(index.id(entry), entry.mode()) });
            }
            continue;
        };
        let folder = path.get(..=prefix + slash).unwrap_or_default();
        let below = if entry.mode() == Mode::Tree && folder.len() == path.len() {
            // A sparse index has one entry for a whole folder.
            at += 1;
            Below::Tree(index.id(entry))
        } else {
            let end = index.range_in(at..range.end, folder).end.max(at + 1);
            let below = Below::Entries(at..end, folders.get(&name[..slash]).copied());
            at = end;
            below
        };
        items.push(Item { name: name[..slash].to_vec(), what: What::Folder(below) });
    }
    items
}

/// What stands at a path of a tree; `None` if nothing does, or it cannot be read.
pub(in crate::sources) fn find(objects: &mut Objects<'_>, tree: ObjectId, path: &[u8]) -> Option<ObjectId> {
    let mut id = tree;
    for part in path.split(|&b| b == b'/') {
        id = list(objects, &id).ok()?.0.into_iter().find(|(name, ..)| name == part)?.1;
    }
    Some(id)
}

/// A line of a tree: name, id, kind.
pub(super) type TreeLine = (Vec<u8>, ObjectId, Mode);

/// The lines of a tree; what cannot be read is named, and the lines before it count.
pub(super) fn listed(objects: &mut Objects<'_>, id: &ObjectId, coverage: &mut Coverage) -> Vec<TreeLine> {
    match list(objects, id) {
        Ok((lines, damaged)) => {
            if damaged {
                objects.missed(coverage, id, "tree", "the tree is damaged".into());
            }
            lines
        }
        Err(why) => {
            objects.missed(coverage, id, "tree", why);
            Vec::new()
        }
    }
}

/// The lines of a tree up to the first one that is not as it must be, and whether there is such a one.
fn list(objects: &mut Objects<'_>, id: &ObjectId) -> Result<(Vec<TreeLine>, bool), String> {
    let data = objects.read(id, Kind::Tree)?;
    let mut entries = Entries::new(&data, objects.hash());
    let lines = entries
        .by_ref()
        .filter_map(|e| Some((e.name.to_vec(), ObjectId::from_bytes(e.id)?, Mode::from_bits(e.mode))))
        .collect();
    Ok((lines, entries.damaged()))
}
