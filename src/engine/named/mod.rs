//! The named stage: keys without a mark of their own, found by the name they are assigned to. (Stand-in; X's room.)

use crate::rules::Rule;

use super::dispatch::Sink;
use super::masks::Piece;
use super::view::View;

/// Rules that are found by names.
#[derive(Debug)]
pub(super) struct Index;

impl Index {
    /// From the rules that have no anchor.
    pub(super) fn new(_rules: &[Rule], _mine: &[u32]) -> Index {
        Index
    }

    /// Finds candidates in a piece.
    pub(super) fn scan(&self, _view: View<'_>, _piece: &Piece<'_>, _sink: &mut Sink<'_>) {}
}
