//! What is packed small, inside of a text: compressed text in base64 or hex.

use std::io::{self, Read};
use std::ops::Range;

use super::runs::is_text;

/// No more comes out of all islands of a blob, in bytes.
pub const MOST_UNPACKED: u64 = 32 << 20;

/// How many bytes may still come out of packed text.
#[derive(Debug)]
pub struct Budget {
    left: u64,
    /// From the first to the last run of which not all was read, in bytes of the text that was looked at last.
    left_out: Option<(Range<usize>, LeftOut)>,
}

/// Why not all was read of what a text says in disguise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    /// It unpacks to more than the budget.
    Large,
    /// It is packed and damaged.
    Damaged,
    /// It lies beneath more layers than are looked into.
    Deep,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { left: MOST_UNPACKED, left_out: None }
    }
}

impl Budget {
    /// For where nothing packed is looked for.
    pub(super) const fn none() -> Budget {
        Budget { left: 0, left_out: None }
    }

    /// From the first to the last run of which not all was read, in bytes of the text they stand in, and why the first
    /// was not; `None` where all was. Told once: to be asked after each text.
    pub fn take_left_out(&mut self) -> Option<(Range<usize>, LeftOut)> {
        self.left_out.take()
    }

    fn leave_out(&mut self, run: &Range<usize>, why: LeftOut) {
        let (so_far, why) = self.left_out.take().unwrap_or((run.clone(), why));
        self.left_out = Some((so_far.start.min(run.start)..so_far.end.max(run.end), why));
    }
}

/// Whether bytes begin as something packed begins.
pub(super) fn is_packed(first: &[u8]) -> bool {
    matches!(first, [0x1f, 0x8b, 8, ..])
}

/// A damaged stream is told if so many bytes of text came out of it before: then it was one, and no chance.
const CERTAIN: usize = 32;

/// The text of something packed, and how; what is beyond the budget or behind a damage is left out, and `run`, where it
/// stands, remembered.
pub(super) fn small(
    bytes: &[u8],
    run: &Range<usize>,
    budget: &mut Budget,
) -> Option<(&'static str, Vec<u8>)> {
    if !is_packed(bytes) {
        return None;
    }
    let mut text = Vec::new();
    let read = flate2::read::MultiGzDecoder::new(bytes).take(budget.left + 1).read_to_end(&mut text);
    if text.len() as u64 > budget.left {
        text.truncate(budget.left as usize);
        budget.leave_out(run, LeftOut::Large);
    } else if read.is_err() && text.len() >= CERTAIN && is_text(&text) && !ends_whole(bytes) {
        budget.leave_out(run, LeftOut::Damaged);
    }
    budget.left -= text.len() as u64;
    (read.is_ok() || !text.is_empty()).then_some(("gzip", text))
}

/// Whether a stream ends as it should and only what follows is none; the gzip program passes over that too.
fn ends_whole(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    loop {
        let mut member = flate2::bufread::GzDecoder::new(rest);
        if io::copy(&mut member, &mut io::sink()).is_err() {
            return false;
        }
        rest = member.into_inner();
        if !is_packed(rest) {
            return true;
        }
    }
}
