//! Work that makes more work, shared by a few threads: last in, first out, so that memory follows depth, not width.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The queue. A thread that finds it empty waits until there is work or all others wait too.
#[derive(Debug)]
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

#[derive(Debug)]
struct State<T> {
    waiting: Vec<T>,
    /// Pieces of work that are being done and may make more.
    active: usize,
}

impl<T> Queue<T> {
    pub(super) fn new(first: Vec<T>) -> Queue<T> {
        Queue { state: Mutex::new(State { waiting: first, active: 0 }), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds work.
    pub(super) fn push(&self, more: Vec<T>) {
        if more.is_empty() {
            return;
        }
        self.lock().waiting.extend(more);
        self.changed.notify_all();
    }

    /// Takes work; `None` when nothing is left and nothing can come any more. The guard marks the work as done.
    pub(super) fn take(&self) -> Option<(T, Doing<'_, T>)> {
        let mut state = self.lock();
        loop {
            if let Some(work) = state.waiting.pop() {
                state.active += 1;
                return Some((work, Doing(self)));
            }
            if state.active == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A piece of work in progress; dropped when it is done, even by a panic, so that no thread waits for ever.
pub(super) struct Doing<'q, T>(&'q Queue<T>);

impl<T> Drop for Doing<'_, T> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.active -= 1;
        if state.active == 0 && state.waiting.is_empty() {
            drop(state);
            self.0.changed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Queue;

    fn expected(n: u32) -> usize {
        1 + (0..n).filter(|w| w % 2 == 0).map(expected).sum::<usize>()
    }

    #[test]
    fn all_work_is_done_once_by_all_threads_together() {
        let queue = Queue::new(vec![12_u32]);
        let done: usize = std::thread::scope(|threads| {
            let all: Vec<_> = (0..4)
                .map(|_| {
                    threads.spawn(|| {
                        let mut done = 0;
                        while let Some((work, _doing)) = queue.take() {
                            done += 1;
                            queue.push((0..work).filter(|w| w % 2 == 0).collect());
                        }
                        done
                    })
                })
                .collect();
            all.into_iter().map(|t| t.join().expect("no thread panics")).sum()
        });
        assert_eq!(done, expected(12));
    }
}
