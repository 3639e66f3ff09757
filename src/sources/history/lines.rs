//! Lines of trees; and a second reading of all trees, for those that name damaged or missing objects.

use std::collections::{BTreeMap, HashMap};

use crate::model::{HashKind, Kin, ObjectId, Stop};
use crate::pack::{Damage, Entries, Kind, Kinds, Plan, Visitor};

use super::bits::Bits;

/// Bits of an id by which most lines are passed over.
const FILTER: u32 = 22;

/// What is looked for.
pub(super) struct Wanted<'a> {
    /// Only in these trees, if given.
    pub(super) within: Option<&'a Bits>,
    /// Objects.
    pub(super) objects: Bits,
    filter: Vec<u64>,
    /// Whether to list what is not in the store, or of another type than its line says.
    pub(super) missing: bool,
}

/// A line that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    /// The tree it stands in.
    pub(super) tree: u32,
    /// The name, by its number in [`Found::names`] or in its thread's [`super::graph::Rows::names`].
    pub(super) name: u32,
    /// What it names; [`super::graph::NONE`] for submodules and what the store does not have.
    pub(super) child: u32,
    /// git's mode bits.
    pub(super) mode: u32,
    /// Whether it is kept for its name rather than for its object.
    pub(super) by_name: bool,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Lines, sorted by tree and number of the name.
    pub(super) lines: Vec<Line>,
    /// The names that stand in the lines.
    pub(super) names: Names,
    /// Ids that no object of the right type has, with a name under which each stands and the type.
    pub(super) missing: BTreeMap<ObjectId, (Kind, Box<[u8]>)>,
}

/// Names, each once.
#[derive(Debug, Default)]
pub(super) struct Names {
    all: Vec<Box<[u8]>>,
    numbers: HashMap<Box<[u8]>, u32>,
}

impl Names {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The number of a name, which is added if it is new.
    pub(super) fn number(&mut self, name: &[u8]) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.all.len() as u32;
        self.all.push(name.into());
        self.numbers.insert(name.into(), number);
        number
    }

    /// The name of a number.
    pub(super) fn name(&self, number: u32) -> &[u8] {
        self.all.get(number as usize).map_or(&[], |name| name)
    }
}

impl<'a> Wanted<'a> {
    /// Looks for nothing yet.
    pub(super) fn new(plan: &Plan, within: Option<&'a Bits>) -> Wanted<'a> {
        Wanted {
            within,
            objects: Bits::new(plan.catalog().len()),
            filter: vec![0; 1 << (FILTER - 6)],
            missing: false,
        }
    }

    /// Adds an object.
    pub(super) fn add(&mut self, plan: &Plan, number: u32) {
        if self.objects.insert(number) {
            let bit = prefix(plan.catalog().raw_id(number));
            self.filter[bit / 64] |= 1 << (bit % 64);
        }
    }

    /// Reads all trees.
    pub(super) fn look(&self, plan: &Plan, threads: usize, stop: &Stop) -> Found {
        let hash = plan.store().hash();
        let looks = plan.traverse(Kinds::only(Kind::Tree), threads, stop, &|| Look {
            plan,
            hash,
            wanted: self,
            found: Found::default(),
        });
        let mut found = Found::default();
        for look in looks {
            let numbers: Vec<u32> =
                look.found.names.all.iter().map(|name| found.names.number(name)).collect();
            let renamed = |line: Line| Line { name: numbers[line.name as usize], ..line };
            found.lines.extend(look.found.lines.into_iter().map(renamed));
            for (id, missing) in look.found.missing {
                let entry = found.missing.entry(id).or_insert_with(|| missing.clone());
                *entry = missing.min(entry.clone());
            }
        }
        found.lines.sort_unstable();
        found
    }
}

fn prefix(id: &[u8]) -> usize {
    (u32::from_be_bytes([id[0], id[1], id[2], id[3]]) >> (32 - FILTER)) as usize
}

struct Look<'a> {
    plan: &'a Plan,
    hash: HashKind,
    wanted: &'a Wanted<'a>,
    found: Found,
}

impl Visitor for Look<'_> {
    fn object(&mut self, tree: u32, _: Kind, data: &[u8], _: &Kin<'_>) {
        let wanted = self.wanted;
        if wanted.within.is_some_and(|within| !within.contains(tree)) {
            return;
        }
        for entry in Entries::new(data, self.hash) {
            let bit = prefix(entry.id);
            let maybe = wanted.filter[bit / 64] & (1 << (bit % 64)) != 0;
            if !(maybe || wanted.missing) {
                continue;
            }
            let number = if entry.is_submodule() { None } else { self.plan.catalog().number(entry.id) };
            if let Some(child) = number.filter(|n| maybe && wanted.objects.contains(*n)) {
                let name = self.found.names.number(entry.name);
                self.found.lines.push(Line { tree, name, child, mode: entry.mode, by_name: false });
            }
            if wanted.missing && !entry.is_submodule() {
                let kind = if entry.is_tree() { Kind::Tree } else { Kind::Blob };
                let right = number.is_some_and(|n| self.plan.kind(n).is_none_or(|is| is == kind));
                if !right && let Some(id) = ObjectId::from_bytes(entry.id) {
                    self.found.missing.entry(id).or_insert_with(|| (kind, entry.name.into()));
                }
            }
        }
    }

    fn large(&mut self, _: u32) {}

    fn damaged(&mut self, _: u32, _: Damage) {}
}
