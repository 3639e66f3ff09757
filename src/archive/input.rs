//! What archives are read from: bytes at hand, a file, or a temporary file that nobody else sees.

use std::fs::File;
use std::io::{self, BufRead, Read, Write};
use std::ops::Range;

use super::budget::Budget;

/// Something that can be read at any place.
pub trait ReadAt {
    /// Its length in bytes.
    fn len(&self) -> u64;

    /// Whether there is nothing.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads from an offset; 0 bytes only at the end.
    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize>;
}

/// Bytes at hand.
#[derive(Debug, Clone, Copy)]
pub struct Bytes<'a>(pub &'a [u8]);

impl ReadAt for Bytes<'_> {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(at).ok().and_then(|at| self.0.get(at..)).unwrap_or_default();
        let n = rest.len().min(into.len());
        into[..n].copy_from_slice(&rest[..n]);
        Ok(n)
    }
}

/// A file that is open, up to the length it had when it was looked at.
#[derive(Debug, Clone, Copy)]
pub struct OpenFile<'a> {
    /// The file.
    pub file: &'a File,
    /// Its length.
    pub len: u64,
}

impl ReadAt for OpenFile<'_> {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.len.saturating_sub(at)).unwrap_or(usize::MAX).min(into.len());
        let into = &mut into[..most];
        loop {
            #[cfg(unix)]
            let read = std::os::unix::fs::FileExt::read_at(self.file, into, at);
            #[cfg(windows)]
            let read = std::os::windows::fs::FileExt::seek_read(self.file, into, at);
            match read {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }
}

/// A temporary file without a name, gone when it is dropped.
#[derive(Debug)]
pub struct Spool {
    file: File,
    len: u64,
}

impl Spool {
    /// An empty one.
    pub fn new() -> io::Result<Spool> {
        Ok(Spool { file: tempfile::tempfile()?, len: 0 })
    }

    /// Adds bytes at the end.
    pub fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.len += bytes.len() as u64;
        Ok(())
    }

    /// Takes all that a stream gives, but no more than a budget allows for.
    pub fn fill(mut self, stream: &mut dyn Read, budget: &Budget) -> io::Result<Spool> {
        let mut buffer = vec![0; 64 << 10];
        loop {
            match stream.read(&mut buffer) {
                Ok(0) => return Ok(self),
                Ok(n) if self.len + n as u64 > budget.most() => {
                    return Err(io::Error::other("it is larger than all that may come out of an archive"));
                }
                Ok(n) => self.add(&buffer[..n])?,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
    }
}

impl ReadAt for Spool {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        OpenFile { file: &self.file, len: self.len }.read_at(at, into)
    }
}

/// How much is read at once.
const CHUNK: usize = 32 << 10;

/// A part of something, from front to back, through a buffer.
pub struct Section<'a> {
    from: &'a dyn ReadAt,
    at: u64,
    end: u64,
    buffer: Vec<u8>,
    used: usize,
}

impl std::fmt::Debug for Section<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Section").field("at", &self.place()).field("end", &self.end).finish_non_exhaustive()
    }
}

impl<'a> Section<'a> {
    /// All of it.
    pub fn all(from: &'a dyn ReadAt) -> Section<'a> {
        Section::new(from, 0, from.len())
    }

    /// From `at` up to `end`, or as far as there is something.
    pub(super) fn new(from: &'a dyn ReadAt, at: u64, end: u64) -> Section<'a> {
        let end = end.min(from.len());
        Section { from, at: at.min(end), end, buffer: Vec::new(), used: 0 }
    }

    /// Where the next byte stands.
    pub(super) fn place(&self) -> u64 {
        self.at - (self.buffer.len() - self.used) as u64
    }

    /// Fills a buffer; whether there was enough.
    pub(super) fn exactly(&mut self, into: &mut [u8]) -> io::Result<bool> {
        match self.read_exact(into) {
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            read => read.map(|()| true),
        }
    }
}

impl Read for Section<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(into)?;
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Section<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.used == self.buffer.len() {
            let n = usize::try_from(self.end - self.at).unwrap_or(CHUNK).min(CHUNK);
            self.buffer.resize(n, 0);
            self.used = 0;
            let read = self.from.read_at(self.at, &mut self.buffer);
            self.buffer.truncate(*read.as_ref().unwrap_or(&0));
            self.at += read? as u64;
        }
        Ok(&self.buffer[self.used..])
    }

    fn consume(&mut self, n: usize) {
        self.used = (self.used + n).min(self.buffer.len());
    }
}

/// A search that goes from front to back. What was read stays at hand, so that signs that stand close together cost no
/// more than the bytes between them.
pub(super) struct Search<'i> {
    input: &'i dyn ReadAt,
    buffer: Vec<u8>,
    /// Where the buffer begins.
    base: u64,
}

impl<'i> Search<'i> {
    pub(super) fn new(input: &'i dyn ReadAt) -> Search<'i> {
        Search { input, buffer: Vec::new(), base: 0 }
    }

    /// Where a sign stands first in a part of the input.
    pub(super) fn find(&mut self, span: Range<u64>, sign: &[u8]) -> io::Result<Option<u64>> {
        let mut at = span.start;
        loop {
            let skip = usize::try_from(at.wrapping_sub(self.base)).unwrap_or(usize::MAX);
            let held = self.buffer.get(skip..).unwrap_or_default();
            if let Some(found) = memchr::memmem::find(held, sign) {
                let place = at + found as u64;
                return Ok(Some(place).filter(|place| place + sign.len() as u64 <= span.end));
            }
            // The sign may begin in what is held and end behind it.
            at += held.len().saturating_sub(sign.len() - 1) as u64;
            if at >= span.end || !self.fill(at, sign.len())? {
                return Ok(None);
            }
        }
    }

    /// Reads from a place on; whether so many bytes are there.
    fn fill(&mut self, at: u64, least: usize) -> io::Result<bool> {
        const AHEAD: usize = 64 << 10;
        self.buffer.resize(AHEAD, 0);
        self.base = at;
        let mut filled = 0;
        while filled < least {
            let place = at.saturating_add(filled as u64);
            let read = self.input.read_at(place, &mut self.buffer[filled..]);
            match read {
                Ok(0) => break,
                Ok(n) => filled += n,
                Err(e) => {
                    self.buffer.clear();
                    return Err(e);
                }
            }
        }
        self.buffer.truncate(filled);
        Ok(filled >= least)
    }
}
