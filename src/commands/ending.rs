//! Ending early: signals and `--timeout`.

use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::model::{Stop, StopReason};

/// How long a scan may take to end by itself after a signal. A read that hangs would never look at the flag.
const GRACE: Duration = Duration::from_millis(1_500);

/// Turns SIGINT and SIGTERM into a request to stop, and ends the process if that is not heeded in time.
pub(super) fn on_signals(stop: &Stop) {
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
    let stop = stop.clone();
    thread::spawn(move || {
        for _ in signals.forever() {
            if stop.requested() == Some(StopReason::Interrupted) {
                abandon();
            }
            stop.request(StopReason::Interrupted);
            thread::spawn(|| {
                thread::sleep(GRACE);
                abandon();
            });
        }
    });
}

/// Asks the scan to stop when the time is up.
pub(super) fn after(time: Option<Duration>, stop: &Stop) {
    if let Some(time) = time {
        let stop = stop.clone();
        thread::spawn(move || {
            thread::sleep(time);
            stop.request(StopReason::TimedOut);
        });
    }
}

/// Ends the process at once, incomplete. Reports are renamed into place whole, so none is left half written.
#[expect(clippy::disallowed_methods, clippy::exit, reason = "a thread that hangs in a read cannot be asked")]
fn abandon() {
    std::process::exit(3);
}
