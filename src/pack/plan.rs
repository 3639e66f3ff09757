//! What there is to traverse: the forests of all packs, the loose objects, and everybody's number.

use crate::model::ObjectId;

use super::catalog::{COPY, Catalog};
use super::forest::Forest;
use super::packfile::{Opened, Pack};
use super::{Damage, Problem, Store, loose};

/// A store made ready for traversal. Holds about 45 bytes an object, and no object.
#[derive(Debug)]
pub struct Plan<'s> {
    pub(super) store: &'s Store,
    pub(super) catalog: Catalog,
    pub(super) packs: Vec<Planned<'s>>,
    /// Numbers of objects that are loose and in no pack.
    pub(super) loose: Vec<u32>,
    problems: Vec<Problem>,
}

/// A pack and its trees.
#[derive(Debug)]
pub(super) struct Planned<'s> {
    pub(super) opened: &'s Opened,
    pub(super) forest: Forest,
}

impl<'s> Plan<'s> {
    /// Reads all indexes and entry headers, with this many threads. What cannot be read becomes a problem.
    pub fn new(store: &'s Store, threads: usize) -> Plan<'s> {
        let mut problems = store.problems().to_vec();
        let mut lists = Vec::new();
        let mut tables = Vec::new();
        for pack in store.packs() {
            match pack.opened().and_then(|opened| Ok((opened, opened.index.load()?))) {
                Ok((opened, mut table)) => {
                    if let Err(damage) = opened.belongs_to(&table.pack_checksum) {
                        problems.push(problem(pack, &damage));
                    }
                    if !table.sorted {
                        problems.push(problem(pack, &Damage::new("index is out of order")));
                    }
                    lists.push((std::mem::take(&mut table.ids), table.sorted));
                    tables.push((pack, opened, table));
                }
                Err(damage) => problems.push(problem(pack, &damage)),
            }
        }
        let mut loose_ids = Vec::new();
        for folder in &store.folders {
            let (ids, wrong) = loose::list(&folder.path, store.hash());
            problems.extend(wrong.into_iter().map(|(path, why)| Problem { path, why }));
            loose_ids.extend(ids);
        }
        lists.push((raw(&loose_ids), false));
        let mut plan = Plan { store, catalog: Catalog::default(), packs: vec![], loose: vec![], problems };
        let Some((catalog, mut numbers)) = Catalog::new(store.hash(), lists) else {
            let path = store.folders.first().map(|f| f.path.clone()).unwrap_or_default();
            plan.problems.push(Problem { path, why: "more objects than can be numbered".into() });
            return plan;
        };
        plan.catalog = catalog;
        plan.loose = numbers.pop().unwrap_or_default();
        plan.loose.retain(|n| n & COPY == 0);
        for ((pack, opened, table), numbers) in tables.into_iter().zip(numbers) {
            let has_crcs = !table.crcs.is_empty();
            let crc = |at: usize| table.crcs.get(at).copied().unwrap_or_default();
            let entries: Vec<_> =
                table.offsets.iter().zip(numbers).enumerate().map(|(at, (o, n))| (*o, n, crc(at))).collect();
            match Forest::new(opened, entries, has_crcs, &plan.catalog, threads) {
                Ok(forest) => plan.packs.push(Planned { opened, forest }),
                Err(damage) => plan.problems.push(problem(pack, &damage)),
            }
        }
        plan
    }

    /// All objects and their numbers.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The store that was planned.
    pub fn store(&self) -> &'s Store {
        self.store
    }

    /// What is wrong with the store as a whole, packs included.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

fn problem(pack: &Pack, damage: &Damage) -> Problem {
    Problem { path: pack.path().to_path_buf(), why: damage.to_string() }
}

fn raw(ids: &[ObjectId]) -> Vec<u8> {
    ids.iter().flat_map(|id| id.as_bytes().iter().copied()).collect()
}
