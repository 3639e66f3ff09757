//! What there is to traverse: the forests of all packs, the loose objects, and everybody's number.

use std::collections::HashSet;
use std::sync::Arc;

use crate::model::ObjectId;

use super::catalog::{COPY, Catalog};
use super::forest::{Forest, NONE};
use super::index::Table;
use super::packfile::{Built, Opened, Pack};
use super::{Damage, Kind, Problem, Store, loose};

/// A store made ready for traversal. Holds about 45 bytes an object, and no object.
#[derive(Debug)]
pub struct Plan {
    pub(super) store: Arc<Store>,
    pub(super) catalog: Catalog,
    /// Types by number, where entry headers tell them; see [`Plan::kind`].
    kinds: Vec<Option<Kind>>,
    pub(super) packs: Vec<Planned>,
    /// Numbers of objects that are loose and in no pack.
    pub(super) loose: Vec<u32>,
    problems: Vec<Problem>,
}

/// A pack and its trees.
#[derive(Debug)]
pub(super) struct Planned {
    /// Which folder of the store, and which of its packs.
    place: (usize, usize),
    pub(super) forest: Forest,
}

impl Plan {
    /// Reads all indexes and entry headers, with this many threads. What cannot be read becomes a problem.
    pub fn new(store: &Arc<Store>, threads: usize) -> Plan {
        let mut problems = store.problems().to_vec();
        let (tables, mut lists) = tables(store, &mut problems);
        lists.push((raw(&loose_ids(store, &mut problems)), false));
        let mut plan = Plan {
            store: Arc::clone(store),
            catalog: Catalog::default(),
            kinds: vec![],
            packs: vec![],
            loose: vec![],
            problems,
        };
        let Some((catalog, mut numbers)) = Catalog::new(store.hash(), lists) else {
            let path = store.folders.first().map(|f| f.path.clone()).unwrap_or_default();
            plan.problems.push(Problem { path, why: "more objects than can be numbered".into() });
            return plan;
        };
        plan.kinds = vec![None; catalog.len()];
        plan.catalog = catalog;
        plan.loose = numbers.pop().unwrap_or_default();
        plan.loose.retain(|n| n & COPY == 0);
        plan.grow(tables, numbers, threads);
        plan
    }

    /// The same store with the same numbers, before anything was left out by [`Plan::prune`].
    #[must_use]
    pub fn whole(&self, threads: usize) -> Plan {
        let (tables, lists) = tables(&self.store, &mut Vec::new());
        let mut packed = vec![false; self.catalog.len()];
        let mut number = |id| {
            let number = self.catalog.number(id).unwrap_or(NONE);
            let first = packed.get_mut(number as usize).is_some_and(|seen| !std::mem::replace(seen, true));
            if first { number } else { number | COPY }
        };
        let len = self.store.hash().len();
        let numbers: Vec<Vec<u32>> =
            lists.iter().map(|(ids, _)| ids.chunks_exact(len).map(&mut number).collect()).collect();
        let mut plan = Plan {
            store: Arc::clone(&self.store),
            catalog: self.catalog.clone(),
            kinds: self.kinds.clone(),
            packs: vec![],
            loose: (0..).zip(packed).filter(|(_, packed)| !packed).map(|(number, _)| number).collect(),
            problems: self.problems.clone(),
        };
        plan.grow(tables, numbers, threads);
        plan
    }

    /// Adds the forests of packs, from what their indexes say and the numbers of the objects there.
    fn grow(&mut self, tables: Vec<Listed<'_>>, numbers: Vec<Vec<u32>>, threads: usize) {
        for ((at, pack, opened, table), numbers) in tables.into_iter().zip(numbers) {
            let has_crcs = !table.crcs.is_empty();
            let crc = |at: usize| table.crcs.get(at).copied().unwrap_or_default();
            let mut entries: Vec<_> =
                table.offsets.iter().zip(numbers).enumerate().map(|(at, (o, n))| (*o, n, crc(at))).collect();
            if opened.index.leaves_out_copies() {
                entries.extend(unnamed(opened, &table.offsets).into_iter().map(|base| (base, NONE, 0)));
            }
            match Forest::new(opened, entries, has_crcs, &self.catalog, threads) {
                Ok(forest) => {
                    self.learn(&forest);
                    self.packs.push(Planned { place: at, forest });
                }
                Err(damage) => self.problems.push(problem(pack, &damage)),
            }
        }
    }

    fn learn(&mut self, forest: &Forest) {
        for (number, kind) in forest.numbers.iter().zip(&forest.kinds) {
            if let (Some(slot), Some(kind)) = (self.kinds.get_mut((number & !COPY) as usize), kind) {
                *slot = Some(*kind);
            }
        }
    }

    /// Remembers the type of an object that [`Plan::kind`] did not know.
    pub fn set_kind(&mut self, number: u32, kind: Kind) {
        if let Some(slot) = self.kinds.get_mut(number as usize) {
            *slot = Some(kind);
        }
    }

    /// The type of an object, as its entry's header says or [`Plan::set_kind`] told; `None` for loose ones and where a
    /// header is damaged.
    pub fn kind(&self, number: u32) -> Option<Kind> {
        self.kinds.get(number as usize).copied().flatten()
    }

    pub(super) fn opened(&self, pack: usize) -> Result<&Opened, Damage> {
        let (folder, at) = self.packs.get(pack).map_or((0, 0), |planned| planned.place);
        let folder = self.store.folders.get(folder);
        folder.and_then(|f| f.packs.get(at)).ok_or(Damage::new("no such pack"))?.opened()
    }

    /// Leaves out of the next traversals all objects for which `keep` is false.
    pub fn prune(&mut self, keep: impl Fn(u32) -> bool) {
        self.packs.iter_mut().for_each(|planned| planned.forest.prune(&keep));
        self.loose.retain(|number| keep(*number));
    }

    /// All objects and their numbers.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The store that was planned.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What is wrong with the store as a whole, packs included.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

/// A pack, where it stands in the store, and what its index says but for the ids.
type Listed<'s> = ((usize, usize), &'s Pack, &'s Opened, Table);

/// All packs, and the ids of each, with whether they are sorted.
fn tables<'s>(store: &'s Store, problems: &mut Vec<Problem>) -> (Vec<Listed<'s>>, Vec<(Vec<u8>, bool)>) {
    let mut lists = Vec::new();
    let mut tables = Vec::new();
    let places = store.folders.iter().enumerate();
    let places =
        places.flat_map(|(f, folder)| folder.packs.iter().enumerate().map(move |(p, pack)| ((f, p), pack)));
    for (at, pack) in places {
        match pack.opened().and_then(|opened| Ok((opened, opened.index.load()?))) {
            Ok((opened, mut table)) => {
                if let Err(damage) = opened.belongs_to(&table.pack_checksum) {
                    problems.push(problem(pack, &damage));
                }
                if !table.sorted {
                    problems.push(problem(pack, &Damage::new("index is out of order")));
                }
                lists.push((std::mem::take(&mut table.ids), table.sorted));
                tables.push((at, pack, opened, table));
            }
            Err(damage) => problems.push(problem(pack, &damage)),
        }
    }
    (tables, lists)
}

/// Entries that the index does not name and that others are built on. They are decoded, and visited elsewhere.
fn unnamed(opened: &Opened, offsets: &[u64]) -> Vec<u64> {
    let mut known: HashSet<u64> = offsets.iter().copied().collect();
    let (mut todo, mut found) = (offsets.to_vec(), Vec::new());
    while let Some(at) = todo.pop() {
        if let Ok(located) = opened.locate(at)
            && let Built::At(base) = located.built
            && known.insert(base)
        {
            found.push(base);
            todo.push(base);
        }
    }
    found
}

fn problem(pack: &Pack, damage: &Damage) -> Problem {
    Problem { path: pack.path().to_path_buf(), why: damage.to_string() }
}

/// The ids of all loose objects; what is no object is a problem.
fn loose_ids(store: &Store, problems: &mut Vec<Problem>) -> Vec<ObjectId> {
    let mut all = Vec::new();
    for folder in &store.folders {
        let (ids, wrong) = loose::list(&folder.path, store.hash());
        problems.extend(wrong.into_iter().map(|(path, why)| Problem { path, why }));
        all.extend(ids);
    }
    all
}

fn raw(ids: &[ObjectId]) -> Vec<u8> {
    ids.iter().flat_map(|id| id.as_bytes().iter().copied()).collect()
}
