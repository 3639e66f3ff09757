//! Decodes every object of a plan once, in parallel.
//!
//! Each thread takes a tree of deltas and walks it depth first, without recursion: an object's bytes live only until
//! its last child is made. The child with the most work comes last, after which nothing of the parent is held, so that
//! few bases are alive at a time. A thread with nothing to do is given the untouched branches nearest to the root of
//! somebody else's tree.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::model::{Kin, Stop, Trace, share};

use super::forest::Root;
use super::inflate::Buffer;
use super::walker::Walker;
use super::{Damage, Kind, Plan};

/// What a thread does with the objects. Each object of the store comes exactly once, in one of three ways.
pub trait Visitor: Send {
    /// An object in one piece, and what it was made from if something was remembered of that.
    fn object(&mut self, number: u32, kind: Kind, data: &[u8], kin: &Kin<'_>);

    /// A blob over [`super::WHOLE_LIMIT`], to be read by [`super::Store::open_blob`].
    fn large(&mut self, number: u32);

    /// An object that cannot be read.
    fn damaged(&mut self, number: u32, damage: Damage);
}

/// Which types are wanted; trees of other types are not decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds(u8);

impl Kinds {
    /// All four.
    pub const ALL: Kinds = Kinds(15);

    /// Everything but blobs.
    pub const STRUCTURE: Kinds = Kinds(15 & !(1 << Kind::Blob as u8));

    /// Only this one.
    pub const fn only(kind: Kind) -> Kinds {
        Kinds(1 << kind as u8)
    }

    /// Whether a type is wanted.
    pub fn contains(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }
}

/// Children still to be made of an object that is in memory.
pub(super) struct Branch {
    pub(super) pack: usize,
    pub(super) kind: Kind,
    pub(super) base: Arc<Buffer>,
    /// What the visitor remembers of it.
    pub(super) trace: Trace,
    pub(super) children: Range<u32>,
}

/// What threads share.
pub(super) struct Shared<'p> {
    pub(super) plan: &'p Plan,
    pub(super) kinds: Kinds,
    pub(super) stop: Stop,
    /// Roots in the order in which they are taken: pack, and the root.
    roots: Vec<(u32, Root)>,
    /// How many of the roots are so large that they are taken singly.
    singles: usize,
    next: AtomicUsize,
    state: Mutex<State>,
    changed: Condvar,
    /// The number of threads that wait; read without the lock.
    hungry: AtomicUsize,
    lost_taken: AtomicBool,
}

#[derive(Default)]
struct State {
    given: Vec<Branch>,
    waiting: usize,
    /// How many there are.
    threads: usize,
    /// A thread has died: the others must not wait for it.
    broken: bool,
}

/// Small trees and loose objects that a thread takes at once.
const BATCH: usize = 64;

impl Plan {
    /// Visits every object of the wanted types with `threads` visitors, and returns them.
    pub fn traverse<V: Visitor>(
        &self,
        kinds: Kinds,
        threads: usize,
        stop: &Stop,
        new_visitor: &(dyn Fn() -> V + Sync),
    ) -> Vec<V> {
        let threads = threads.max(1);
        let shared = Shared::new(self, kinds, threads, stop);
        let run = || {
            let guard = Guard(&shared);
            let mut visitor = new_visitor();
            shared.work(&mut Walker::new(&shared, &mut visitor));
            std::mem::forget(guard);
            visitor
        };
        share(threads, run, |started| {
            // Those that wait must not wait for threads that the machine did not give.
            shared.lock().threads = started;
            shared.changed.notify_all();
        })
    }
}

/// Wakes the others if a thread dies.
struct Guard<'a, 'p>(&'a Shared<'p>);

impl Drop for Guard<'_, '_> {
    fn drop(&mut self) {
        self.0.lock().broken = true;
        self.0.changed.notify_all();
    }
}

impl<'p> Shared<'p> {
    fn new(plan: &'p Plan, kinds: Kinds, threads: usize, stop: &Stop) -> Shared<'p> {
        let mut roots = Vec::new();
        for (pack, planned) in plan.packs.iter().enumerate() {
            let wanted = |root: &&Root| root.kind.is_none_or(|kind| kinds.contains(kind));
            roots.extend(planned.forest.roots.iter().filter(wanted).map(|root| (pack as u32, *root)));
        }
        let total: u64 = roots.iter().map(|(_, root)| root.work).fold(0, u64::saturating_add);
        let large = (total / 256).max(1 << 20);
        // Large trees first, largest first; the others stay in the order of their offsets.
        roots.sort_by_key(|(_, root)| std::cmp::Reverse(if root.work >= large { root.work } else { 0 }));
        let singles = roots.partition_point(|(_, root)| root.work >= large);
        Shared {
            plan,
            kinds,
            stop: stop.clone(),
            roots,
            singles,
            next: AtomicUsize::new(0),
            state: Mutex::new(State { threads, ..State::default() }),
            changed: Condvar::new(),
            hungry: AtomicUsize::new(0),
            lost_taken: AtomicBool::new(false),
        }
    }

    /// Whether the caller is the one to visit the entries that no tree holds.
    pub(super) fn take_lost(&self) -> bool {
        !self.lost_taken.swap(true, Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether somebody would be glad of a branch.
    pub(super) fn is_hungry(&self) -> bool {
        self.hungry.load(Ordering::Relaxed) > 0
    }

    /// Gives a branch away.
    pub(super) fn give(&self, branch: Branch) {
        let mut state = self.lock();
        state.given.push(branch);
        self.hungry.store(state.waiting.saturating_sub(state.given.len()), Ordering::Relaxed);
        self.changed.notify_one();
    }

    pub(super) fn stopped(&self) -> bool {
        self.stop.requested().is_some()
    }

    fn work<V: Visitor>(&self, walker: &mut Walker<'_, 'p, V>) {
        walker.lost();
        loop {
            if let Some((singles, range)) = self.take() {
                if singles {
                    walker.tree(self.roots[range.start]);
                } else {
                    for at in range {
                        match at.checked_sub(self.roots.len()) {
                            Some(loose) => walker.loose(self.plan.loose[loose]),
                            None => walker.tree(self.roots[at]),
                        }
                        if self.stopped() {
                            break;
                        }
                    }
                }
            } else if let Some(branch) = self.wait() {
                walker.branch(branch);
            } else {
                return;
            }
        }
    }

    /// The next trees or loose objects that nobody has begun: whether it is a single large tree, and which.
    fn take(&self) -> Option<(bool, Range<usize>)> {
        let end = self.roots.len() + self.plan.loose.len();
        if self.stopped() {
            return None;
        }
        let at = self.next.fetch_add(1, Ordering::Relaxed);
        if at < self.singles {
            return Some((true, at..at + 1));
        }
        let start = self.singles + (at - self.singles) * BATCH;
        (start < end).then(|| (false, start..end.min(start + BATCH)))
    }

    /// Waits for a branch; `None` when all threads wait, or the scan was stopped.
    fn wait(&self) -> Option<Branch> {
        let mut state = self.lock();
        state.waiting += 1;
        loop {
            if let Some(branch) = state.given.pop() {
                state.waiting -= 1;
                self.hungry.store(state.waiting.saturating_sub(state.given.len()), Ordering::Relaxed);
                return Some(branch);
            }
            if state.waiting == state.threads || state.broken {
                self.changed.notify_all();
                return None;
            }
            self.hungry.store(state.waiting, Ordering::Relaxed);
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
