//! From what a complete run knows to the file of a cache.

use std::collections::HashMap;

use crate::pack::{Entries, Kind, Plan};
use crate::sources::history::bits::Bits;
use crate::sources::history::graph::{Graph, NONE};
use crate::sources::history::lines::Line;
use crate::sources::history::visit::Gap;

use super::{BY_NAME, CLEAN, CLOSED, Known, LINK, MAGIC, MOST};

/// What a complete run leaves.
pub(in crate::sources::history) struct Left<'a> {
    pub(in crate::sources::history) plan: &'a Plan,
    pub(in crate::sources::history) graph: &'a Graph,
    /// What was known before.
    pub(in crate::sources::history) known: Option<&'a Known>,
    /// Commits, trees and tags that lead to nothing that is not in the store but for blobs, without those in which
    /// something was found.
    pub(in crate::sources::history) closed: Bits,
    /// Blobs that are clean.
    pub(in crate::sources::history) clean: Bits,
    /// Further objects: blobs, commits and tags in which something was found, and commits whose parents are not here.
    pub(in crate::sources::history) found: Bits,
    /// The lines that name blobs that are not in the store.
    pub(in crate::sources::history) gaps: Vec<&'a Gap>,
}

/// Names by number, and for each the tree and the line where it stands.
#[derive(Default)]
struct Names<'g> {
    numbers: HashMap<&'g [u8], u32>,
    places: Vec<(u32, u32, bool)>,
}

impl<'g> Names<'g> {
    fn add(&mut self, name: &'g [u8], tree: u32, found: bool) -> u32 {
        let next = self.places.len() as u32;
        let number = *self.numbers.entry(name).or_insert(next);
        if number == next {
            self.places.push((tree, 0, false));
        }
        self.places[number as usize].2 |= found;
        number
    }

    /// Finds the line of each name in its tree.
    fn find(&mut self, plan: &Plan) -> Option<()> {
        let mut by_tree: HashMap<u32, Vec<(&[u8], u32)>> = HashMap::new();
        for (name, number) in &self.numbers {
            by_tree.entry(self.places[*number as usize].0).or_default().push((name, *number));
        }
        let mut reader = plan.store().reader();
        for (tree, names) in by_tree {
            let object = reader.read(&plan.catalog().id(tree)).ok()??;
            let lines: HashMap<&[u8], u32> =
                Entries::new(&object.data, plan.store().hash()).map(|entry| entry.name).zip(0..).collect();
            for (name, number) in names {
                self.places[number as usize].1 = *lines.get(name)?;
            }
        }
        Some(())
    }
}

impl Left<'_> {
    /// The file's content without its seal; `None` if it would say nothing new.
    pub(super) fn encoded(&self) -> Option<Vec<u8>> {
        let mut all = self.closed.clone();
        all.add(&self.clean);
        let skipped = all.count();
        all.add(&self.found);
        let same = |known: &Known| {
            (known.ids, known.closed.count(), known.skip.count())
                == (all.count(), self.closed.count(), skipped)
        };
        if self.known.is_some_and(same) {
            return None;
        }
        let mut places = vec![NONE; self.plan.catalog().len()];
        all.iter().zip(0..).for_each(|(number, place)| places[number as usize] = place);
        let structure = self.structure(&places);
        let closed = if structure.is_some() { CLOSED } else { 0 };
        let mut body = MAGIC.to_vec();
        put(&mut body, all.count() as u32);
        all.iter().for_each(|number| body.extend_from_slice(self.plan.catalog().raw_id(number)));
        body.extend(all.iter().map(|number| {
            let clean = if self.clean.contains(number) { CLEAN } else { 0 };
            let closed = if self.closed.contains(number) { closed } else { 0 };
            self.kind(number) as u8 | clean | closed
        }));
        body.extend(structure.unwrap_or_default());
        (body.len() < MOST).then_some(body)
    }

    fn kind(&self, number: u32) -> Kind {
        // Every object was read, or known before: what is nothing else is a blob.
        self.plan.kind(number).or_else(|| self.graph.kind(number)).unwrap_or(Kind::Blob)
    }

    /// The rows of what is closed.
    fn objects(&self, place: &dyn Fn(u32) -> u32, out: &mut Vec<u8>) -> Option<()> {
        for number in self.closed.iter() {
            match self.kind(number) {
                Kind::Commit => {
                    let row = self.graph.row(number)?;
                    put(out, place(row.tree));
                    out.extend_from_slice(&row.time.to_le_bytes());
                    let parents = self.graph.parents(row);
                    put(out, parents.len() as u32);
                    parents.iter().for_each(|parent| put(out, place(*parent)));
                }
                Kind::Tag => put(out, place(self.graph.target(number)?)),
                Kind::Tree => {}
                Kind::Blob => return None,
            }
        }
        Some(())
    }

    /// What attribution needs; `None` if that is too much, or a tree that was read cannot be read any more.
    fn structure(&self, places: &[u32]) -> Option<Vec<u8>> {
        let place = |number: u32| places.get(number as usize).copied().unwrap_or(NONE);
        let mut out = Vec::new();
        self.objects(&place, &mut out)?;
        let mut holding = Bits::new(self.plan.catalog().len());
        self.known.iter().for_each(|known| holding.add(&known.holding));
        let hit = |line: &Line, found| if line.by_name { found } else { self.found.contains(line.child) };
        let hits = self.graph.lines().filter(|(line, _, found)| hit(line, *found));
        hits.for_each(|(line, ..)| _ = holding.insert(line.tree));
        self.gaps.iter().for_each(|gap| _ = holding.insert(gap.tree));
        self.graph.spread(&mut holding, self.closed.iter());
        let kept = |tree: u32| holding.contains(tree) && self.closed.contains(tree);
        let (mut names, mut rest, mut trees, mut lines) = (Names::default(), Vec::new(), 0, 0);
        for tree in holding.iter().filter(|tree| kept(*tree)) {
            let below = || self.graph.named_subtrees(tree).filter(|(_, child)| holding.contains(*child));
            put(&mut rest, place(tree));
            put(&mut rest, below().count() as u32);
            for (name, child) in below() {
                put(&mut rest, place(child));
                put(&mut rest, names.add(name, tree, false));
            }
            trees += 1;
        }
        let at = rest.len();
        for (line, name, found) in self.graph.lines().filter(|(line, ..)| kept(line.tree)) {
            put(&mut rest, place(line.tree));
            put(&mut rest, names.add(name, line.tree, found));
            put(&mut rest, place(line.child));
            let link = line.mode & 0o170_000 == 0o120_000;
            rest.push(if link { LINK } else { 0 } | if line.by_name { BY_NAME } else { 0 });
            lines += 1;
        }
        let (mut gaps, mut count) = (Vec::new(), 0);
        for gap in self.gaps.iter().filter(|gap| kept(gap.tree)) {
            put(&mut gaps, place(gap.tree));
            put(&mut gaps, names.add(&gap.name, gap.tree, false));
            gaps.extend_from_slice(gap.id.as_bytes());
            count += 1;
        }
        names.find(self.plan)?;
        put(&mut out, names.places.len() as u32);
        for (tree, line, found) in &names.places {
            put(&mut out, place(*tree));
            put(&mut out, *line);
            out.push(u8::from(*found));
        }
        put(&mut out, trees);
        out.extend_from_slice(&rest[..at]);
        put(&mut out, lines);
        out.extend_from_slice(&rest[at..]);
        put(&mut out, count);
        out.extend_from_slice(&gaps);
        (out.len() < MOST / 2).then_some(out)
    }
}

fn put(out: &mut Vec<u8>, number: u32) {
    out.extend_from_slice(&number.to_le_bytes());
}
