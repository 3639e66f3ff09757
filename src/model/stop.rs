//! A shared flag that asks a scan to end early.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// Why a scan was asked to end early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// SIGINT or SIGTERM.
    Interrupted,
    /// `--timeout` ran out.
    TimedOut,
    /// The reader of the output went away.
    OutputGone,
}

/// A flag that all threads of a scan look at between two pieces of work. Cheap to clone and to read.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicU8>);

impl Stop {
    /// A flag that is not set.
    pub fn new() -> Stop {
        Stop::default()
    }

    /// Asks for the end; the first reason stays.
    pub fn request(&self, reason: StopReason) {
        let code = match reason {
            StopReason::Interrupted => 1,
            StopReason::TimedOut => 2,
            StopReason::OutputGone => 3,
        };
        let _ = self.0.compare_exchange(0, code, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Whether and why to end.
    pub fn requested(&self) -> Option<StopReason> {
        match self.0.load(Ordering::Relaxed) {
            1 => Some(StopReason::Interrupted),
            2 => Some(StopReason::TimedOut),
            3 => Some(StopReason::OutputGone),
            _ => None,
        }
    }
}
