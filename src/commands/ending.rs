//! Ending early: signals and `--timeout`.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Builder};
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::iterator::Signals;

use crate::model::{Stop, StopReason};
use crate::repo::end_children;

/// How long a scan may take to end by itself after a signal. A read that hangs would never look at the flag.
const GRACE: Duration = Duration::from_millis(1_500);
/// The same after `--timeout`, where nobody waits at a keyboard.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether a person is asked just now: what was answered is saved, and nothing is being scanned.
static ASKING: AtomicBool = AtomicBool::new(false);

/// From now on an end by signal leaves nothing undone.
pub(super) fn while_asking() {
    ASKING.store(true, Ordering::Relaxed);
}

/// Turns SIGINT and SIGTERM into a request to stop, and ends the process if that is not heeded in time. Where the machine
/// gives no thread for it, they end the process as they always do.
pub(super) fn on_signals(stop: &Stop) {
    let stop = stop.clone();
    let _ = Builder::new().spawn(move || {
        let Ok(mut signals) = Signals::new([SIGINT, SIGTERM, SIGXFSZ]) else { return };
        for signal in signals.forever() {
            // A file beyond `ulimit -f`: somebody listens, so the write fails and says so like any other.
            if signal == SIGXFSZ {
                continue;
            }
            let again = stop.requested() == Some(StopReason::Interrupted);
            stop.request(StopReason::Interrupted);
            end_children();
            let late = || {
                thread::sleep(GRACE);
                abandon("interrupted");
            };
            if again || ASKING.load(Ordering::Relaxed) || Builder::new().spawn(late).is_err() {
                abandon("interrupted");
            }
        }
    });
}

/// A time limit, until it is dropped.
pub(super) struct Limit(Arc<AtomicBool>);

impl Drop for Limit {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Asks the scan to stop when the time is up, and ends the process if it does not.
pub(super) fn after(time: Option<Duration>, stop: &Stop) -> Limit {
    let ended = Arc::new(AtomicBool::new(false));
    if let Some(time) = time {
        let (stop, ended) = (stop.clone(), Arc::clone(&ended));
        let _ = Builder::new().spawn(move || {
            thread::sleep(time);
            if ended.load(Ordering::Relaxed) {
                return;
            }
            stop.request(StopReason::TimedOut);
            end_children();
            thread::sleep(PATIENCE);
            if !ended.load(Ordering::Relaxed) {
                abandon("the time limit is over");
            }
        });
    }
    Limit(ended)
}

/// Ends the process at once, incomplete. Reports are renamed into place whole, so none is left half written.
#[expect(clippy::disallowed_methods, clippy::exit, reason = "a thread that hangs in a read cannot be asked")]
fn abandon(why: &str) {
    super::output::clean_up();
    super::stream::cut_short(why);
    end_children();
    let left = if ASKING.load(Ordering::Relaxed) {
        "everything decided so far is saved"
    } else {
        "the scan is INCOMPLETE, and what it had found is not reported but for lines that went out already"
    };
    let _ = writeln!(io::stderr(), "\nkeysieve: {why}: {left}");
    std::process::exit(3);
}
