//! The progress display of long scans: one line on a terminal's standard error, taken away at the end.

use std::io::{IsTerminal, Write, stderr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Builder, JoinHandle};
use std::time::{Duration, Instant};

use crate::model::Progress;

/// Scans that end sooner show nothing.
const PATIENCE: Duration = Duration::from_secs(1);
const INTERVAL: Duration = Duration::from_millis(200);

/// A display that runs until it is dropped.
pub(super) struct Display {
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Display {
    /// Starts the display if standard error is a terminal.
    pub(super) fn start(wanted: bool, progress: &Progress) -> Display {
        let ended = Arc::new(AtomicBool::new(false));
        if !wanted || !stderr().is_terminal() {
            return Display { ended, thread: None };
        }
        let (flag, progress) = (Arc::clone(&ended), progress.clone());
        let thread = Builder::new().spawn(move || show(&flag, &progress)).ok();
        Display { ended, thread }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

fn show(ended: &AtomicBool, progress: &Progress) {
    let started = Instant::now();
    let mut shown = false;
    while !ended.load(Ordering::Relaxed) {
        thread::park_timeout(INTERVAL);
        let elapsed = started.elapsed();
        if elapsed >= PATIENCE && !ended.load(Ordering::Relaxed) {
            let _ = write!(stderr(), "\r{}\x1b[K", line(progress.read(), elapsed));
            shown = true;
        }
    }
    if shown {
        let _ = write!(stderr(), "\r\x1b[K");
    }
}

/// `keysieve: 12345 of 78311 · 512 MB · 640 MB/s · 3 s left`
fn line((items, bytes, total): (u64, u64, u64), elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64().max(0.001);
    let megabytes = bytes as f64 / 1e6;
    let mut text = format!("keysieve: {items}");
    if total > 0 {
        text.push_str(&format!(" of {}", total.max(items)));
    }
    text.push_str(&format!(" · {megabytes:.0} MB · {:.0} MB/s", megabytes / seconds));
    // A guess from a few per cent would only jump about.
    if total > items && items * 20 > total {
        let left = seconds * (total - items) as f64 / items as f64;
        text.push_str(&format!(" · {left:.0} s left"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::line;
    use std::time::Duration;

    #[test]
    fn it_says_what_it_knows_and_no_more() {
        let second = Duration::from_secs(2);
        assert_eq!(
            line((500, 10_000_000, 1_000), second),
            "keysieve: 500 of 1000 · 10 MB · 5 MB/s · 2 s left"
        );
        assert_eq!(line((500, 0, 0), second), "keysieve: 500 · 0 MB · 0 MB/s");
        assert_eq!(line((1, 0, 1_000), second), "keysieve: 1 of 1000 · 0 MB · 0 MB/s");
    }
}
