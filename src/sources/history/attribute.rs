//! Which commit brought which object in, at which path: one pass over all commits for all objects together.
//!
//! Only trees that hold one of the objects, directly or below, are looked at: a commit is compared with its parents,
//! folder by folder, and only where these differ. What stands in a commit at a path where none of its parents has it
//! was brought in by that commit, merges included.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::model::{BlobPath, Part, Stop};
use crate::pack::Plan;

use super::bits::Bits;
use super::graph::{Graph, NONE};
use super::lines::Names;

/// How often a folder that is nowhere in the parents is walked: a folder that holds itself many times over, level by
/// level, would otherwise have more paths than there is time.
const WALKS: u32 = 1000;

/// An object (by number) or a name (by number behind all objects).
pub(super) type Target = u32;

/// What is to be attributed, and among what.
pub(super) struct Question<'a> {
    pub(super) plan: &'a Plan,
    pub(super) graph: &'a Graph,
    /// What counts as history.
    pub(super) reached: &'a Bits,
    /// Objects.
    pub(super) objects: BTreeSet<u32>,
    /// Names of files and folders.
    pub(super) names: Vec<Box<[u8]>>,
    /// Trees that refs keep without a commit.
    pub(super) trees: Vec<u32>,
    pub(super) stop: &'a Stop,
}

/// A commit brought a target in at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    /// The commit's place in [`Answer::order`].
    pub(super) at: u32,
    /// What it brought.
    pub(super) target: Target,
    /// Where.
    pub(super) path: u32,
    /// Whether as the target of a symbolic link.
    pub(super) link: bool,
    /// Which targets stood at the path in its parents.
    pub(super) before: Vec<Target>,
}

/// The answer.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// Positions of all commits in the graph, parents before children.
    pub(super) order: Vec<u32>,
    /// All events, in that order.
    pub(super) events: Vec<Event>,
    /// The last commit (its place in `order`) in which each target still stood.
    pub(super) last: HashMap<Target, u32>,
    trees: Trees,
    paths: Paths,
    walks: HashMap<u32, u32>,
    places: HashMap<u32, u32>,
}

/// A line of a tree that matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Item {
    name: u32,
    child: u32,
    is_tree: bool,
    link: bool,
}

/// The lines that matter, by tree.
#[derive(Debug, Default)]
struct Trees {
    items: Vec<Item>,
    /// By number of the tree: its first line and the one behind its last.
    of: Vec<(u32, u32)>,
    names: Names,
}

impl Trees {
    fn items(&self, tree: u32) -> &[Item] {
        let (start, end) = self.of.get(tree as usize).copied().unwrap_or_default();
        &self.items[start as usize..end as usize]
    }

    fn named(&self, tree: u32, name: u32) -> &[Item] {
        let items = self.items(tree);
        let start = items.partition_point(|i| i.name < name);
        let len = items[start..].partition_point(|i| i.name == name);
        &items[start..start + len]
    }
}

/// Paths as chains of names.
#[derive(Debug, Default)]
struct Paths {
    all: Vec<(u32, u32)>,
    numbers: HashMap<(u32, u32), u32>,
}

impl Paths {
    fn below(&mut self, parent: u32, name: u32) -> u32 {
        *self.numbers.entry((parent, name)).or_insert_with(|| {
            self.all.push((parent, name));
            self.all.len() as u32 - 1
        })
    }
}

impl Question<'_> {
    /// Answers.
    pub(super) fn answer(&self) -> Answer {
        let mut answer = Answer { order: self.graph.order(self.reached), ..Answer::default() };
        if self.objects.is_empty() && self.names.is_empty() {
            return answer;
        }
        answer.trees = self.trees();
        for at in 0..answer.order.len() {
            if self.stop.requested().is_some() {
                break;
            }
            self.compare(at as u32, &mut answer);
        }
        answer
    }

    /// Finds the trees that hold a target, and their lines.
    fn trees(&self) -> Trees {
        let count = self.plan.catalog().len();
        let (mut targets, mut holding) = (Bits::new(count), Bits::new(count));
        self.objects.iter().for_each(|number| _ = targets.insert(*number));
        let (mut names, mut lines) = (Names::default(), Vec::new());
        let by_name: HashMap<&[u8], u32> =
            self.names.iter().map(|n| &**n).zip(self.plan.catalog().len() as u32..).collect();
        for (line, name, _) in self.graph.lines().filter(|(line, ..)| self.reached.contains(line.tree)) {
            let target = if line.by_name {
                by_name.get(name).copied()
            } else {
                Some(line.child).filter(|child| targets.contains(*child))
            };
            let Some(child) = target else { continue };
            let link = !line.by_name && line.mode & 0o170_000 == 0o120_000;
            holding.insert(line.tree);
            lines.push((line.tree, Item { name: names.number(name), child, is_tree: false, link }));
        }
        let commits = self.graph.commits.iter();
        let commits = commits.filter(|row| row.tree != NONE && self.reached.contains(row.number));
        self.graph.spread(&mut holding, commits.map(|row| row.tree).chain(self.trees.iter().copied()));
        for tree in (0..count as u32).filter(|n| holding.contains(*n)) {
            for (name, child) in self.graph.named_subtrees(tree).filter(|(_, child)| holding.contains(*child))
            {
                lines.push((tree, Item { name: names.number(name), child, is_tree: true, link: false }));
            }
        }
        lines.sort_unstable();
        lines.dedup();
        let mut trees = Trees { names, of: vec![(0, 0); count], ..Trees::default() };
        for (tree, item) in lines {
            let at = trees.items.len() as u32;
            let (start, end) = &mut trees.of[tree as usize];
            (*start, *end) = (if *end == 0 { at } else { *start }, at + 1);
            trees.items.push(item);
        }
        trees
    }

    /// Compares a commit with its parents, both ways.
    fn compare(&self, at: u32, answer: &mut Answer) {
        let Some(row) = self.graph.commits.get(answer.order[at as usize] as usize) else { return };
        let parents = self.graph.parents(row).iter();
        let parents: Vec<u32> = parents.filter_map(|p| self.graph.commit(*p)).collect();
        let trees: Vec<u32> = parents.iter().map(|p| self.graph.commits[*p as usize].tree).collect();
        if !trees.contains(&row.tree) {
            answer.added(row.tree, &trees, |answer, event| answer.events.push(Event { at, ..event }));
        }
        // What it does not have any more was last seen in the parent.
        for (parent, tree) in parents.iter().zip(&trees).filter(|(_, tree)| **tree != row.tree) {
            let last = answer.place(*parent);
            answer.added(*tree, &[row.tree], |answer, event| answer.still(event.target, last));
        }
    }
}

impl Answer {
    /// Notes that everything in a tree still stood in the commit at this place in the order. Called with descending
    /// places, with the same `seen`.
    pub(super) fn stands(&mut self, tree: u32, last: u32, seen: &mut HashSet<u32>) {
        let mut stack = vec![tree];
        while let Some(tree) = stack.pop() {
            if !seen.insert(tree) {
                continue;
            }
            let items = self.trees.items(tree).to_vec();
            for item in items {
                if item.is_tree {
                    stack.push(item.child);
                } else {
                    self.still(item.child, last);
                }
            }
        }
    }

    /// All targets in a tree, each with the path where it stands first, and the kind of place that is.
    pub(super) fn held(&mut self, tree: u32) -> HashMap<Target, (BlobPath, Part)> {
        let (mut held, mut seen, mut stack) = (HashMap::new(), HashSet::new(), vec![(tree, NONE)]);
        while let Some((tree, above)) = stack.pop() {
            for at in 0..self.trees.items(tree).len() {
                let item = self.trees.items(tree)[at];
                let path = self.paths.below(above, item.name);
                if !item.is_tree {
                    let part = if item.link { Part::LinkTarget } else { Part::Content };
                    let here = (self.path(path), part);
                    let first = held.entry(item.child).or_insert_with(|| here.clone());
                    if here.0 < first.0 {
                        *first = here;
                    }
                } else if seen.insert(item.child) {
                    stack.push((item.child, path));
                }
            }
        }
        held
    }

    /// A path's bytes.
    pub(super) fn path(&self, path: u32) -> BlobPath {
        let (mut names, mut at) = (Vec::new(), path);
        while let Some((parent, name)) = self.paths.all.get(at as usize) {
            names.push(self.trees.names.name(*name));
            at = *parent;
        }
        names.reverse();
        BlobPath::new(&names.join(&b'/'))
    }

    /// The place in the order of a commit of the graph; built at the first call.
    fn place(&mut self, commit: u32) -> u32 {
        if self.places.is_empty() {
            self.places = self.order.iter().copied().zip(0..).collect();
        }
        self.places.get(&commit).copied().unwrap_or(0)
    }

    fn still(&mut self, target: Target, at: u32) {
        let last = self.last.entry(target).or_insert(at);
        *last = at.max(*last);
    }

    /// Calls `found` for everything that stands in `tree` at a path where none of the `others` has it.
    fn added(&mut self, tree: u32, others: &[u32], mut found: impl FnMut(&mut Answer, Event)) {
        let mut stack = vec![(tree, others.to_vec(), NONE)];
        while let Some((tree, others, path)) = stack.pop() {
            if others.iter().all(|other| self.trees.items(*other).is_empty()) {
                let walks = self.walks.entry(tree).or_default();
                *walks += 1;
                if *walks > WALKS {
                    continue;
                }
            }
            for at in 0..self.trees.items(tree).len() {
                let item = self.trees.items(tree)[at];
                let there = || others.iter().flat_map(|other| self.trees.named(*other, item.name));
                if there().any(|i| (i.child, i.is_tree) == (item.child, item.is_tree)) {
                    continue;
                }
                let before: Vec<u32> =
                    there().filter(|i| i.is_tree == item.is_tree).map(|i| i.child).collect();
                let path = self.paths.below(path, item.name);
                if item.is_tree {
                    stack.push((item.child, before, path));
                } else {
                    let event = Event { at: 0, target: item.child, path, link: item.link, before };
                    found(self, event);
                }
            }
        }
    }
}
