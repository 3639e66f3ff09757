//! The progress display of long scans: one line on a terminal's standard error, taken away at the end.

use std::io::{IsTerminal, Write, stderr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Builder, JoinHandle};
use std::time::{Duration, Instant};

use crate::model::{Progress, Reading};

use super::globals::terminal_width;

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
            let columns = terminal_width(stderr()).unwrap_or(80);
            let _ = write!(stderr(), "\r{}\x1b[K", line(progress.read(), elapsed, columns));
            shown = true;
        }
    }
    if shown {
        let _ = write!(stderr(), "\r\x1b[K");
    }
}

/// `keysieve: 12345 of 78311 files · 512 MB · 640 MB/s · 3 s left · 2 found`, or what of it fits into one line: a longer
/// one would be broken by the terminal, and every redrawing would leave a piece of it standing.
fn line(now: Reading, elapsed: Duration, columns: usize) -> String {
    let seconds = elapsed.as_secs_f64().max(0.001);
    let megabytes = now.bytes as f64 / 1e6;
    let mut text = format!("keysieve: {}", now.items);
    if now.total > 0 {
        text.push_str(&format!(" of {}", now.total.max(now.items)));
    }
    if !now.unit.is_empty() {
        text.push_str(&format!(" {}", now.unit));
    }
    let mut parts = Vec::new();
    if now.found > 0 {
        parts.push(format!("{} found", now.found));
    }
    // A guess from a few per cent would only jump about.
    if now.total > now.items && now.items * 20 > now.total {
        let left = seconds * (now.total - now.items) as f64 / now.items as f64;
        parts.push(format!("{} left", time(left)));
    }
    parts.push(format!("{:.0} MB/s", megabytes / seconds));
    parts.push(format!("{megabytes:.0} MB"));
    for part in parts {
        if text.chars().count() + part.chars().count() + 3 < columns {
            text.push_str(&format!(" · {part}"));
        }
    }
    text.chars().take(columns.saturating_sub(1)).collect()
}

/// `40 s`, `3 min`, `2 h`: nobody reads more than that of a guess.
fn time(seconds: f64) -> String {
    match seconds {
        s if s < 100.0 => format!("{s:.0} s"),
        s if s < 6000.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.0} h", s / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::{line, time};
    use crate::model::Reading;
    use std::time::Duration;

    #[test]
    fn it_says_what_it_knows_and_no_more() {
        let second = Duration::from_secs(2);
        let now = Reading { items: 500, bytes: 10_000_000, total: 1_000, found: 3, unit: "files" };
        assert_eq!(
            line(now, second, 80),
            "keysieve: 500 of 1000 files · 3 found · 2 s left · 5 MB/s · 10 MB"
        );
        let now = Reading { items: 500, ..Reading::default() };
        assert_eq!(line(now, second, 80), "keysieve: 500 · 0 MB/s · 0 MB");
        let now = Reading { items: 1, total: 1_000, ..Reading::default() };
        assert_eq!(line(now, second, 80), "keysieve: 1 of 1000 · 0 MB/s · 0 MB");
    }

    #[test]
    fn it_stays_within_one_line() {
        let now = Reading { items: 1 << 40, bytes: 1 << 60, total: 1 << 41, found: 1 << 30, unit: "objects" };
        for columns in 0..120 {
            assert!(line(now, Duration::from_secs(3), columns).chars().count() < columns.max(1));
        }
    }

    #[test]
    fn times_are_short() {
        assert_eq!([time(4.0), time(240.0), time(9000.0)], ["4 s", "4 min", "2 h"]);
    }
}
