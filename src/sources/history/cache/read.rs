//! From the file of a cache to what is known. Every number is checked, although the file is sealed.

use crate::model::ObjectId;
use crate::pack::{Entries, Kind, Plan};
use crate::sources::history::bits::Bits;
use crate::sources::history::graph::{NONE, Rows};
use crate::sources::history::lines::Line;
use crate::sources::history::visit::Gap;

use super::{BY_NAME, CLEAN, CLOSED, Known, LINK};

/// What is left of a file.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|byte| byte[0])
    }

    fn number(&mut self) -> Option<u32> {
        self.take(4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes)
    }

    fn time(&mut self) -> Option<i64> {
        self.take(8).and_then(|bytes| bytes.try_into().ok()).map(i64::from_le_bytes)
    }

    /// A place among the file's ids, as the number of the object.
    fn object(&mut self, numbers: &[u32]) -> Option<u32> {
        numbers.get(self.number()? as usize).copied()
    }

    /// The same, or no object.
    fn object_or_none(&mut self, numbers: &[u32]) -> Option<u32> {
        match self.number()? {
            NONE => Some(NONE),
            at => numbers.get(at as usize).copied(),
        }
    }
}

/// Reads a file's content behind the magic number.
pub(super) fn known(body: &[u8], plan: &mut Plan) -> Option<Known> {
    let mut rest = Rest(body);
    let count = rest.number()? as usize;
    let ids = rest.take(count.checked_mul(plan.catalog().hash().len())?)?;
    let states = rest.take(count)?;
    let numbers = numbers(ids, plan);
    let mut known = Known { ids: count as u64, ..Known::default() };
    (known.skip, known.closed, known.holding) =
        (Bits::new(plan.catalog().len()), Bits::new(plan.catalog().len()), Bits::new(plan.catalog().len()));
    let all_here = !numbers.contains(&NONE);
    for (&number, &state) in numbers.iter().zip(states).filter(|(number, _)| **number != NONE) {
        let kind = Kind::ALL[usize::from(state & 3)];
        if plan.kind(number).is_none() {
            plan.set_kind(number, kind);
        }
        if state & CLEAN != 0 && kind == Kind::Blob {
            known.skip.insert(number);
        }
    }
    if all_here && let Some(rows) = rows(&mut rest, states, &numbers, plan, &mut known.holding) {
        (known.rows, known.gaps) = rows;
        let closed = numbers.iter().zip(states).filter(|(_, state)| **state & CLOSED != 0);
        closed.for_each(|(number, _)| _ = known.closed.insert(*number));
        known.skip.add(&known.closed);
    }
    Some(known)
}

/// The numbers of these ids; [`NONE`] where an object is gone.
fn numbers(ids: &[u8], plan: &Plan) -> Vec<u32> {
    let catalog = plan.catalog();
    let (len, mut next) = (catalog.hash().len(), 0);
    let number = |id| {
        // Both are sorted, so that the next one is mostly the right one.
        let number = if (next as usize) < catalog.len() && catalog.raw_id(next) == id {
            next
        } else {
            catalog.number(id).unwrap_or(NONE)
        };
        next = number.wrapping_add(1);
        number
    };
    ids.chunks_exact(len).map(number).collect()
}

/// The closed objects' part of the graph.
fn rows(
    rest: &mut Rest<'_>,
    states: &[u8],
    numbers: &[u32],
    plan: &Plan,
    holding: &mut Bits,
) -> Option<(Rows, Vec<Gap>)> {
    let mut rows = Rows::default();
    let mut parents = Vec::new();
    for (&number, _) in numbers.iter().zip(states).filter(|(_, state)| **state & CLOSED != 0) {
        match plan.kind(number)? {
            Kind::Commit => {
                let (tree, time) = (rest.object(numbers)?, rest.time()?);
                parents.clear();
                for _ in 0..rest.number()? {
                    parents.push(rest.object(numbers)?);
                }
                rows.commit(number, tree, time, parents.iter().copied());
            }
            Kind::Tag => rows.tag(number, rest.object(numbers)?),
            Kind::Tree => {}
            Kind::Blob => return None,
        }
    }
    let names = names(rest, numbers, plan, &mut rows)?;
    let name = |rest: &mut Rest<'_>| names.get(rest.number()? as usize).copied();
    for _ in 0..rest.number()? {
        let (tree, start) = (rest.object(numbers)?, rows.begin_tree());
        holding.insert(tree);
        for _ in 0..rest.number()? {
            rows.edge(rest.object(numbers)?, name(rest)?);
        }
        rows.end_tree(tree, start);
    }
    for _ in 0..rest.number()? {
        let (tree, name) = (rest.object(numbers)?, name(rest)?);
        let (child, state) = (rest.object_or_none(numbers)?, rest.byte()?);
        let mode = if state & LINK != 0 { 0o120_000 } else { 0o100_644 };
        rows.lines.push(Line { tree, name, child, mode, by_name: state & BY_NAME != 0 });
    }
    let mut gaps = Vec::new();
    for _ in 0..rest.number()? {
        let (tree, name) = (rest.object(numbers)?, name(rest)?);
        let id = ObjectId::from_bytes(rest.take(plan.catalog().hash().len())?)?;
        if plan.catalog().number(id.as_bytes()).is_some() {
            return None;
        }
        gaps.push(Gap { tree, kind: Kind::Blob, id, name: rows.names.name(name).into() });
    }
    rest.0.is_empty().then_some((rows, gaps))
}

/// Reads the names in the trees where they stand; the number of each.
fn names(rest: &mut Rest<'_>, numbers: &[u32], plan: &Plan, rows: &mut Rows) -> Option<Vec<u32>> {
    let mut reader = plan.store().reader();
    let (mut names, mut last) = (Vec::new(), None);
    for _ in 0..rest.number()? {
        let (tree, line, found) = (rest.object(numbers)?, rest.number()?, rest.byte()?);
        let data = match last.take() {
            Some((number, data)) if number == tree => data,
            _ => reader.read(&plan.catalog().id(tree)).ok()?.filter(|object| object.kind == Kind::Tree)?.data,
        };
        let number = rows.names.number(Entries::new(&data, plan.store().hash()).nth(line as usize)?.name);
        if found != 0 {
            rows.found.insert_growing(number);
        }
        names.push(number);
        last = Some((tree, data));
    }
    Some(names)
}
