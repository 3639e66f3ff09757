//! Who points at whom: commits, their parents and trees; trees and their subtrees; tags and their targets.
//!
//! Blobs are left out but for those in which something was found: a tree's lines for files outnumber those for folders
//! by far.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap, HashSet};
use std::ops::Range;

use crate::pack::Kind;

use super::bits::Bits;
use super::lines::{Line, Names};

/// No object, or one that the store does not have.
pub(super) const NONE: u32 = u32::MAX;

/// A commit as the graph needs it.
#[derive(Debug, Clone, Copy)]
pub(super) struct CommitRow {
    /// Its number.
    pub(super) number: u32,
    /// Its tree's number.
    pub(super) tree: u32,
    /// Committer date, seconds since 1970.
    pub(super) time: i64,
    parents: (u32, u32),
    part: u32,
}

/// What one thread saw.
#[derive(Debug, Default)]
pub(super) struct Rows {
    commits: Vec<CommitRow>,
    parents: Vec<u32>,
    trees: Vec<(u32, u32, u32)>,
    edges: Vec<u32>,
    /// The name of each edge, by its number in `names`.
    edge_names: Vec<u32>,
    tags: Vec<(u32, u32)>,
    /// Lines that name blobs in which something was found, or that have such names; the name by its number in `names`.
    pub(super) lines: Vec<Line>,
    /// All names that stand in trees.
    pub(super) names: Names,
    /// Those in which something was found, by number.
    pub(super) found: Bits,
}

impl Rows {
    /// Adds a commit.
    pub(super) fn commit(&mut self, number: u32, tree: u32, time: i64, parents: impl Iterator<Item = u32>) {
        let start = self.parents.len() as u32;
        self.parents.extend(parents);
        let parents = (start, self.parents.len() as u32);
        self.commits.push(CommitRow { number, tree, time, parents, part: 0 });
    }

    /// Where the next tree's subtrees begin.
    pub(super) fn begin_tree(&self) -> u32 {
        self.edges.len() as u32
    }

    /// Adds a subtree of the tree that was begun, and the number of its name.
    pub(super) fn edge(&mut self, subtree: u32, name: u32) {
        self.edges.push(subtree);
        self.edge_names.push(name);
    }

    /// Ends the tree that was begun at `start`.
    pub(super) fn end_tree(&mut self, number: u32, start: u32) {
        self.trees.push((number, start, self.edges.len() as u32));
    }

    /// Adds a tag.
    pub(super) fn tag(&mut self, number: u32, target: u32) {
        self.tags.push((number, target));
    }
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Graph {
    parts: Vec<Rows>,
    /// For each object its place: in `commits`, or in a part's trees.
    slots: Vec<(u32, u32)>,
    pub(super) commits: Vec<CommitRow>,
    tags: HashMap<u32, u32>,
}

/// In a slot: the object is no tree but a commit.
const COMMIT: u32 = u32::MAX - 1;

impl Graph {
    /// Joins what the threads saw. `objects` is the number of objects.
    pub(super) fn new(objects: usize, parts: Vec<Rows>) -> Graph {
        let mut graph = Graph { slots: vec![(NONE, NONE); objects], ..Graph::default() };
        for (part, rows) in parts.iter().enumerate() {
            let mut set = |number: u32, slot| {
                if let Some(place) = graph.slots.get_mut(number as usize) {
                    *place = slot;
                }
            };
            for (at, tree) in rows.trees.iter().enumerate() {
                set(tree.0, (part as u32, at as u32));
            }
            for row in &rows.commits {
                set(row.number, (COMMIT, graph.commits.len() as u32));
                graph.commits.push(CommitRow { part: part as u32, ..*row });
            }
            graph.tags.extend(rows.tags.iter().copied());
        }
        graph.parts = parts;
        graph
    }

    /// The position of a commit in [`Graph::commits`].
    pub(super) fn commit(&self, number: u32) -> Option<u32> {
        match self.slots.get(number as usize) {
            Some((COMMIT, at)) => Some(*at),
            _ => None,
        }
    }

    /// The subtrees of a tree; none if it is not a tree that was read.
    pub(super) fn subtrees(&self, number: u32) -> &[u32] {
        let found = self.tree(number).and_then(|(rows, edges)| rows.edges.get(edges));
        found.unwrap_or_default()
    }

    /// The subtrees of a tree with their names.
    pub(super) fn named_subtrees(&self, number: u32) -> impl Iterator<Item = (&[u8], u32)> {
        self.tree(number).into_iter().flat_map(|(rows, edges)| {
            let names = rows.edge_names[edges.clone()].iter().map(|name| rows.names.name(*name));
            names.zip(rows.edges[edges].iter().copied())
        })
    }

    /// The part that holds a tree, and its edges in there.
    fn tree(&self, number: u32) -> Option<(&Rows, Range<usize>)> {
        let (part, at) = *self.slots.get(number as usize)?;
        let rows = self.parts.get(part as usize)?;
        let (_, start, end) = rows.trees.get(at as usize)?;
        Some((rows, *start as usize..*end as usize))
    }

    /// The lines of trees that name blobs in which something was found, or that have such names, each with the name
    /// and whether something was found in that.
    pub(super) fn lines(&self) -> impl Iterator<Item = (&Line, &[u8], bool)> {
        self.parts.iter().flat_map(|rows| {
            let named = |line: &Line| (rows.names.name(line.name), rows.found.contains(line.name));
            rows.lines.iter().map(move |line| (line, named(line).0, named(line).1))
        })
    }

    /// The type of an object, if it is one of those that the graph holds.
    pub(super) fn kind(&self, number: u32) -> Option<Kind> {
        match self.slots.get(number as usize) {
            Some((COMMIT, _)) => Some(Kind::Commit),
            Some((NONE, _)) | None => self.target(number).map(|_| Kind::Tag),
            Some(_) => Some(Kind::Tree),
        }
    }

    /// A commit.
    pub(super) fn row(&self, number: u32) -> Option<&CommitRow> {
        self.commit(number).and_then(|at| self.commits.get(at as usize))
    }

    /// All names in which something was found.
    pub(super) fn found_names(&self) -> HashSet<Box<[u8]>> {
        let names = self.parts.iter().flat_map(|rows| rows.found.iter().map(|name| rows.names.name(name)));
        names.map(Into::into).collect()
    }

    /// The numbers of a commit's parents, [`NONE`] for those that are missing.
    pub(super) fn parents(&self, commit: &CommitRow) -> &[u32] {
        let rows = self.parts.get(commit.part as usize);
        let (start, end) = commit.parents;
        rows.and_then(|rows| rows.parents.get(start as usize..end as usize)).unwrap_or_default()
    }

    /// What a tag points at; `None` if it is no tag that was read.
    pub(super) fn target(&self, tag: u32) -> Option<u32> {
        self.tags.get(&tag).copied()
    }

    /// What a tag leads to through further tags.
    pub(super) fn peel(&self, mut number: u32) -> u32 {
        for _ in 0..100 {
            match self.target(number) {
                Some(target) => number = target,
                None => break,
            }
        }
        number
    }

    /// Everything that can be reached from these objects, but for the blobs in trees.
    pub(super) fn reach(&self, tips: impl Iterator<Item = u32>) -> Bits {
        let mut seen = Bits::new(self.slots.len());
        let mut todo: Vec<u32> = tips.filter(|tip| seen.insert(*tip)).collect();
        while let Some(number) = todo.pop() {
            let mut push = |next: u32| {
                if next != NONE && seen.insert(next) {
                    todo.push(next);
                }
            };
            if let Some(row) = self.row(number) {
                push(row.tree);
                self.parents(row).iter().for_each(|p| push(*p));
            } else if let Some(target) = self.target(number) {
                push(target);
            } else {
                self.subtrees(number).iter().for_each(|t| push(*t));
            }
        }
        seen
    }

    /// From trees that hold something directly to all at or below `tops` that hold it below.
    pub(super) fn spread(&self, holding: &mut Bits, tops: impl Iterator<Item = u32>) {
        let mut seen = Bits::new(self.slots.len());
        let mut stack: Vec<(u32, usize)> = Vec::new();
        for top in tops {
            if seen.insert(top) {
                stack.push((top, 0));
            }
            while let Some((tree, next)) = stack.last_mut() {
                let subtrees = self.subtrees(*tree);
                if let Some(&subtree) = subtrees.get(*next) {
                    *next += 1;
                    if seen.insert(subtree) {
                        stack.push((subtree, 0));
                    }
                } else {
                    if subtrees.iter().any(|s| holding.contains(*s)) {
                        holding.insert(*tree);
                    }
                    stack.pop();
                }
            }
        }
    }

    /// All objects but trees that lead to one of these, and commits and tags that lead to such a tree or to something that
    /// is not here. A shallow clone ends by design.
    pub(super) fn without(&self, trees: &[u32], shallow: &BTreeSet<u32>) -> Bits {
        let all = || 0..self.slots.len() as u32;
        let mut open = Bits::new(self.slots.len());
        trees.iter().for_each(|tree| _ = open.insert(*tree));
        self.spread(&mut open, all());
        let mut rest = Bits::new(self.slots.len());
        all().for_each(|number| _ = rest.insert(number));
        let mut good = Bits::new(self.slots.len());
        for at in self.order(&rest) {
            let row = &self.commits[at as usize];
            let fine = |parent: &u32| match *parent {
                NONE => shallow.contains(&row.number),
                parent => good.contains(parent),
            };
            if row.tree != NONE && !open.contains(row.tree) && self.parents(row).iter().all(fine) {
                good.insert(row.number);
            }
        }
        let commits = self.commits.iter().map(|row| row.number);
        commits.filter(|number| !good.contains(*number)).for_each(|number| _ = open.insert(number));
        for tag in self.tags() {
            let end = self.peel(tag);
            if end == NONE || open.contains(end) || self.target(end).is_some() {
                open.insert(tag);
            }
        }
        rest.take(&open);
        rest
    }

    /// The positions of all commits in `among`, parents before children, and otherwise by date and id: the same for
    /// every order in which threads saw them.
    pub(super) fn order(&self, among: &Bits) -> Vec<u32> {
        let mut waits = vec![0u32; self.commits.len()];
        let mut children: Vec<Vec<u32>> = vec![Vec::new(); self.commits.len()];
        let mut ready = BinaryHeap::new();
        for (at, row) in self.commits.iter().enumerate().filter(|(_, row)| among.contains(row.number)) {
            for parent in self.parents(row).iter().filter(|p| among.contains(**p)) {
                if let Some(parent) = self.commit(*parent) {
                    waits[at] += 1;
                    children[parent as usize].push(at as u32);
                }
            }
            if waits[at] == 0 {
                ready.push(Reverse(Next(row.time, row.number, at as u32)));
            }
        }
        let mut order = Vec::new();
        while let Some(Reverse(Next(_, _, at))) = ready.pop() {
            order.push(at);
            for &child in &children[at as usize] {
                waits[child as usize] -= 1;
                if waits[child as usize] == 0 {
                    let row = &self.commits[child as usize];
                    ready.push(Reverse(Next(row.time, row.number, child)));
                }
            }
        }
        order
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Next(i64, u32, u32);

impl Graph {
    /// All tags, sorted.
    pub(super) fn tags(&self) -> Vec<u32> {
        let mut tags: Vec<u32> = self.tags.keys().copied().collect();
        tags.sort_unstable();
        tags
    }
}
