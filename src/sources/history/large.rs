//! Contents too large for one piece, given to a worker in windows that overlap.

use std::io::{self, Read};

use crate::encoding::lines::Cursor;
use crate::model::{Blob, Kin, LineCol, Origin, Scope, Stop, Window};

use crate::sources::source::Worker;

/// How much is given at once. 4 MiB.
const WINDOW: usize = 4 << 20;

/// How much two windows share. 128 KiB: twice what the longest key may need.
const OVERLAP: usize = 128 << 10;

/// Reads all of `from` and gives it to the worker window by window; returns how many bytes there were.
pub(super) fn scan(
    mut from: impl Read,
    (origin, kin): (&Origin, &Kin<'_>),
    worker: &mut Worker<'_>,
    stop: &Stop,
) -> io::Result<u64> {
    let mut buffer = vec![0; WINDOW];
    let (mut offset, mut start) = (0u64, LineCol::START);
    let mut filled = fill(&mut from, &mut buffer)?;
    loop {
        let last = filled < WINDOW;
        let keep_from = if offset == 0 { 0 } else { OVERLAP / 2 };
        let keep_to = if last { filled + 1 } else { WINDOW - OVERLAP / 2 };
        let window = Window { offset, start, keep: (keep_from, keep_to) };
        worker(&Blob {
            bytes: &buffer[..filled],
            origin,
            scope: Scope::Whole,
            window,
            kin: Some(kin),
            file: None,
        });
        if last || stop.requested().is_some() {
            return Ok(offset + filled as u64);
        }
        let moved = WINDOW - OVERLAP;
        start = Cursor::new(start).at(&buffer, moved);
        offset += moved as u64;
        buffer.copy_within(moved.., 0);
        filled = OVERLAP + fill(&mut from, &mut buffer[OVERLAP..])?;
    }
}

/// Fills the buffer as far as there is something; short reads are not the end.
fn fill(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match from.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(filled)
}
