//! Work that several threads share: as many as wanted, or as many as the machine gives.

use std::thread::{self, Builder};

/// Runs `work` on this thread and on others, `wanted` in all, and gathers what each returns, this thread's first. Where the
/// machine gives fewer threads, fewer do the work: it must be such that one alone could do all of it. `started` is told
/// once how many there are.
pub fn share<T: Send>(wanted: usize, work: impl Fn() -> T + Sync, started: impl FnOnce(usize)) -> Vec<T> {
    thread::scope(|scope| {
        let spawn = |_| Builder::new().spawn_scoped(scope, &work).ok();
        let others: Vec<_> = (1..wanted).map_while(spawn).collect();
        started(1 + others.len());
        let mut all = vec![work()];
        for other in others {
            match other.join() {
                Ok(result) => all.push(result),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
}

#[cfg(test)]
mod tests {
    use super::share;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn all_work_is_done_by_however_many_there_are() {
        for wanted in [0, 1, 7] {
            let next = AtomicUsize::new(0);
            let mut count = 0;
            let work = || (0..1_000).take_while(|_| next.fetch_add(1, Ordering::Relaxed) < 100).count();
            let done = share(wanted, work, |n| count = n);
            assert_eq!((done.len(), done.iter().sum::<usize>()), (wanted.max(1), 100));
            assert_eq!(count, wanted.max(1));
        }
    }
}
