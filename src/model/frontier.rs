//! How far a scan of many threads is in the order of paths: what stands before the frontier is done.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Up to which path all work is done. Cheap to clone; all clones know the same. Switched off it knows nothing and costs
/// nothing.
#[derive(Debug, Clone, Default)]
pub struct Frontier(Option<Arc<Mutex<State>>>);

#[derive(Debug, Default)]
struct State {
    /// Where work still goes on, each with a number of its own.
    outposts: BTreeSet<(Vec<u8>, u64)>,
    next: u64,
}

/// A piece of work that may still find something at its path or behind it; dropped when it is done.
#[derive(Debug, Default)]
pub struct Outpost(Option<Held>);

#[derive(Debug)]
struct Held {
    state: Arc<Mutex<State>>,
    place: (Vec<u8>, u64),
}

impl Frontier {
    /// One that is kept.
    pub fn kept() -> Frontier {
        Frontier(Some(Arc::default()))
    }

    /// Whether anybody wants to know.
    pub fn is_kept(&self) -> bool {
        self.0.is_some()
    }

    /// Says that work at this path is to come. Work that makes more work announces that before it is done itself.
    pub fn outpost(&self, path: &[u8]) -> Outpost {
        let Some(state) = &self.0 else { return Outpost(None) };
        let mut held = state.lock().unwrap_or_else(PoisonError::into_inner);
        held.next += 1;
        let place = (path.to_vec(), held.next);
        held.outposts.insert(place.clone());
        drop(held);
        Outpost(Some(Held { state: Arc::clone(state), place }))
    }

    /// The first path at which something may still be found; `None` if that is nowhere.
    pub fn first(&self) -> Option<Vec<u8>> {
        let state = self.0.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        state.outposts.first().map(|(path, _)| path.clone())
    }
}

impl Outpost {
    /// Says that nothing more will be found before this path, which is not before the one that was given last.
    pub fn advance(&mut self, path: &[u8]) {
        let Some(held) = &mut self.0 else { return };
        let mut state = held.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.outposts.remove(&held.place);
        held.place.0.clear();
        held.place.0.extend_from_slice(path);
        state.outposts.insert(held.place.clone());
    }
}

impl Drop for Outpost {
    fn drop(&mut self) {
        if let Some(held) = &self.0 {
            let mut state = held.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.outposts.remove(&held.place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Frontier;

    #[test]
    fn the_slowest_piece_of_work_decides() {
        let frontier = Frontier::kept();
        assert_eq!(frontier.first(), None);
        let mut early = frontier.outpost(b"a");
        let late = frontier.outpost(b"b");
        let twin = frontier.outpost(b"b");
        assert_eq!(frontier.first().as_deref(), Some(&b"a"[..]));
        early.advance(b"c");
        assert_eq!(frontier.first().as_deref(), Some(&b"b"[..]));
        drop(late);
        assert_eq!(frontier.first().as_deref(), Some(&b"b"[..]));
        drop(twin);
        assert_eq!(frontier.first().as_deref(), Some(&b"c"[..]));
        drop(early);
        assert_eq!(frontier.first(), None);
    }

    #[test]
    fn nobody_keeps_what_nobody_wants() {
        let frontier = Frontier::default();
        let mut outpost = frontier.outpost(b"a");
        outpost.advance(b"b");
        assert!(!frontier.is_kept() && frontier.first().is_none());
    }
}
