//! From anything that can be read to blobs: whole if it is small, in overlapping windows if it is large, always through
//! one buffer that is kept.
//!
//! Nothing is mapped: a file that somebody cuts short while it is mapped kills the process.

use std::io::{self, Read};

use rustix::fs::{self as unix, OFlags};

use crate::encoding::{Decoded, lines::Cursor};
use crate::model::{Blob, LineCol, Origin, Scope, Stop, Window};

/// The most that is held of one content. Memory is bounded by this and the number of threads.
pub(super) const WINDOW: usize = 4 << 20;
/// What two neighbouring windows share: a detection shorter than half of it is never cut. A multiple of four, so that
/// UTF-32 stays aligned.
const OVERLAP: usize = 128 << 10;
/// The least that a buffer holds.
const LEAST: usize = 64 << 10;

/// A buffer that one thread keeps.
#[derive(Debug, Default)]
pub struct Buffer {
    /// Always initialised up to its length, which only grows.
    bytes: Vec<u8>,
    /// The largest window.
    window: usize,
    /// Looked at between two windows.
    stop: Stop,
}

impl Buffer {
    /// An empty buffer; memory comes with the first content.
    pub fn new(stop: &Stop) -> Buffer {
        Buffer { bytes: Vec::new(), window: WINDOW, stop: stop.clone() }
    }

    /// Reads a content to its end and gives it to `emit` in one piece or in windows; returns its length. `expected` is
    /// how long it should be, as a hint; a content that has become shorter or longer is read as it is.
    ///
    /// When reading fails midway, what came before has been given to `emit`.
    pub fn feed(
        &mut self,
        from: &mut dyn Read,
        expected: u64,
        (origin, scope): (&Origin, Scope<'_>),
        emit: &mut dyn FnMut(&Blob<'_>),
    ) -> io::Result<u64> {
        self.feed_like(&Blob { scope, ..Blob::whole(&[], origin) }, from, expected, emit)
    }

    /// The same, in pieces that are like `like` in all but bytes and window.
    pub(super) fn feed_like(
        &mut self,
        like: &Blob<'_>,
        from: &mut dyn Read,
        expected: u64,
        emit: &mut dyn FnMut(&Blob<'_>),
    ) -> io::Result<u64> {
        let mut held = 0;
        let mut offset = 0_u64;
        let mut start = LineCol::START;
        loop {
            let (filled, end) = self.fill(from, held, expected);
            held = filled;
            // What an early end leaves unread is told by the flag itself.
            let ended = !matches!(end, Ok(false)) || self.stop.requested().is_some();
            let first = if offset == 0 { 0 } else { OVERLAP / 2 };
            let last = if ended { held.saturating_add(1) } else { held - OVERLAP / 2 };
            let window = Window { offset, start, keep: (first, last) };
            let bytes = self.bytes.get(..held).unwrap_or_default();
            emit(&Blob { bytes, window, ..*like });
            if ended {
                return end.map(|_| offset + held as u64);
            }
            let next = held - OVERLAP;
            start = place_after(start, bytes.get(..next).unwrap_or_default());
            offset += next as u64;
            self.bytes.copy_within(next..held, 0);
            held = OVERLAP;
        }
    }

    /// Reads until the window is full or the content ends: how much is held, and whether it has ended.
    fn fill(&mut self, from: &mut dyn Read, mut held: usize, expected: u64) -> (usize, io::Result<bool>) {
        let hint = usize::try_from(expected).unwrap_or(usize::MAX).saturating_add(1);
        self.grow(hint);
        loop {
            if held == self.bytes.len() {
                if held >= self.window {
                    return (held, Ok(false));
                }
                self.grow(held * 2);
            }
            let Some(space) = self.bytes.get_mut(held..) else { return (held, Ok(true)) };
            match from.read(space) {
                Ok(0) => return (held, Ok(true)),
                Ok(n) => held += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return (held, Err(e)),
            }
        }
    }

    fn grow(&mut self, to: usize) {
        let to = to.clamp(LEAST, self.window);
        if self.bytes.len() < to {
            self.bytes.resize(to.next_power_of_two().min(self.window), 0);
        }
    }
}

/// The place behind a part of a window, counted as the engine counts: in the text, where the bytes are wide.
fn place_after(start: LineCol, bytes: &[u8]) -> LineCol {
    match Decoded::of(bytes) {
        Some(decoded) => Cursor::new(start).at(&decoded.text, decoded.text.len()),
        None => Cursor::new(start).at(bytes, bytes.len()),
    }
}

/// A file up to the size it had when it was opened: what is appended meanwhile is not waited for, and no read is spent
/// on finding the end. A size of 0 may mean that the system does not know it.
#[derive(Debug)]
pub(super) struct Opened<F> {
    file: F,
    left: Option<u64>,
}

impl<F: Read> Opened<F> {
    pub(super) fn new(file: F, size: u64) -> Opened<F> {
        Opened { file, left: (size > 0).then_some(size) }
    }
}

impl<F: Read> Read for Opened<F> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some(left) = self.left else { return self.file.read(into) };
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(into.len());
        let read = if most == 0 { 0 } else { self.file.read(into.get_mut(..most).unwrap_or_default())? };
        self.left = Some(left - read as u64);
        Ok(read)
    }
}

/// Whether the process was started without a standard input. Rust then opens `/dev/null` for reading *and* writing in its
/// place, which nobody does by hand; reading it would look like an empty input.
pub fn stdin_was_closed() -> bool {
    let stdin = io::stdin();
    let both = unix::fcntl_getfl(&stdin).is_ok_and(|f| f & OFlags::RWMODE == OFlags::RDWR);
    let is_null = || match (unix::fstat(&stdin), unix::stat("/dev/null")) {
        (Ok(this), Ok(null)) => (this.st_rdev, this.st_ino) == (null.st_rdev, null.st_ino),
        _ => false,
    };
    both && is_null()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::BlobPath;

    /// Gives out a few bytes at a time and fails where it is told to.
    struct Slow<'a>(&'a [u8], Option<usize>);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            if self.1 == Some(0) {
                return Err(io::Error::other("broken"));
            }
            let n = self.0.len().min(into.len()).min(9_999).min(self.1.unwrap_or(usize::MAX));
            into[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            self.1 = self.1.map(|left| left - n);
            Ok(n)
        }
    }

    fn feed(content: &[u8], window: usize, fail: Option<usize>) -> (io::Result<u64>, Vec<(Vec<u8>, Window)>) {
        let mut buffer = Buffer { bytes: Vec::new(), window, stop: Stop::new() };
        let origin = Origin::File(BlobPath::new(b"x"), crate::model::Part::Content);
        let mut seen = Vec::new();
        let result = buffer.feed(&mut Slow(content, fail), 5, (&origin, Scope::Whole), &mut |blob| {
            seen.push((blob.bytes.to_vec(), blob.window));
        });
        (result, seen)
    }

    #[test]
    fn small_contents_come_whole() {
        for content in [&b""[..], b"abc"] {
            let (result, seen) = feed(content, WINDOW, None);
            assert_eq!(result.expect("it can be read"), content.len() as u64);
            assert_eq!(seen, [(content.to_vec(), Window::whole(content.len()))]);
        }
    }

    #[test]
    fn windows_keep_each_byte_once_and_know_their_lines() {
        let window = 2 * OVERLAP;
        for len in [window - 1, window, window + 1, 5 * OVERLAP + 77] {
            let content: Vec<u8> =
                (0..len).map(|i| if i % 61 == 60 { b'\n' } else { b'a' + (i % 26) as u8 }).collect();
            let (result, seen) = feed(&content, window, None);
            assert_eq!(result.expect("it can be read"), len as u64);
            let mut next = 0;
            for (bytes, w) in &seen {
                let at = w.offset as usize;
                assert_eq!(bytes, &content[at..at + bytes.len()]);
                assert_eq!(at % 4, 0);
                assert_eq!(at + w.keep.0, next, "no byte is kept twice or by nobody");
                next = at + w.keep.1;
                let line = memchr::memchr_iter(b'\n', &content[..at]).count() as u64 + 1;
                assert_eq!((w.start.line, w.start.byte_column), (line, at as u64 % 61 + 1));
            }
            assert_eq!(next, len + 1);
        }
    }

    #[test]
    fn what_came_before_a_failure_is_given() {
        let (result, seen) = feed(&[b'x'; 1000], WINDOW, Some(300));
        assert!(result.is_err());
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].0.len(), 300);
    }
}
