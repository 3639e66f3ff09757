//! What stands around a candidate. (Stand-in; X's room.)

use super::view::View;

/// What stands around a candidate.
#[derive(Debug)]
pub(super) struct Surroundings<'b> {
    _view: View<'b>,
}

impl<'b> Surroundings<'b> {
    /// Looks around the bytes `start..end`.
    pub(super) fn of(
        view: View<'b>,
        _start: usize,
        _end: usize,
        _name: Option<(usize, usize)>,
    ) -> Surroundings<'b> {
        Surroundings { _view: view }
    }
}
