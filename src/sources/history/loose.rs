//! Types of loose objects: only their own headers tell them, so they are known when all are read, after some were named.

use crate::pack::{Kind, Plan};

use super::bits::Bits;

/// What loose objects are, and what lines of trees, commits and tags say that they are.
#[derive(Debug, Default)]
pub(super) struct Loose {
    /// By type, in the order of [`Kind::ALL`].
    are: [Bits; 4],
    named: [Bits; 4],
}

impl Loose {
    /// An object was read.
    pub(super) fn is(&mut self, plan: &Plan, number: u32, kind: Kind) {
        if plan.kind(number).is_none() {
            self.are[kind as usize].insert_in(number, plan.catalog().len());
        }
    }

    /// Something names an object of unknown type as one of this type.
    pub(super) fn is_named(&mut self, plan: &Plan, number: u32, kind: Kind) {
        self.named[kind as usize].insert_in(number, plan.catalog().len());
    }

    /// Adds what another thread saw.
    pub(super) fn add(&mut self, other: &Loose) {
        self.are.iter_mut().zip(&other.are).for_each(|(mine, more)| mine.add(more));
        self.named.iter_mut().zip(&other.named).for_each(|(mine, more)| mine.add(more));
    }

    /// Objects that are of another type than something says, and their own. The header of what was named and not read is
    /// looked at.
    pub(super) fn odd(&self, plan: &Plan) -> Vec<(u32, Kind)> {
        let mut reader = plan.store().reader();
        let mut odd = Vec::new();
        for ((kind, named), are) in Kind::ALL.into_iter().zip(&self.named).zip(&self.are) {
            for number in named.iter().filter(|number| !are.contains(*number)) {
                if let Ok(Some(header)) = reader.header(&plan.catalog().id(number))
                    && header.kind != kind
                {
                    odd.push((number, header.kind));
                }
            }
        }
        odd
    }
}
