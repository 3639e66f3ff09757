//! Blobs too large for one piece, read from front to back.

use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, Read};
use std::sync::Arc;

use flate2::bufread::ZlibDecoder;

use crate::model::ObjectId;

use super::delta::{self, DeltaHeader};
use super::files::read_exact_at;
use super::huge::{self, Content};
use super::inflate::plausible;
use super::packfile::{Built, Located, Opened};
use super::reader::Work;
use super::{Damage, Kind, Store, loose};

/// How much is read from the file at once.
const CHUNK: usize = 64 << 10;

/// A part of a file, buffered, read by position.
pub(super) struct Part {
    file: Arc<File>,
    at: u64,
    end: u64,
    buffer: Box<[u8]>,
    filled: usize,
    used: usize,
}

impl Part {
    /// From `at` to `end`.
    pub(super) fn new(file: Arc<File>, at: u64, end: u64) -> Part {
        let len = usize::try_from(end.saturating_sub(at)).unwrap_or(CHUNK).min(CHUNK);
        Part { file, at, end, buffer: vec![0; len].into_boxed_slice(), filled: 0, used: 0 }
    }
}

impl Read for Part {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(into)?;
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Part {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.used == self.filled {
            let n = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(CHUNK).min(self.buffer.len());
            read_exact_at(&self.file, &mut self.buffer[..n], self.at)?;
            (self.at, self.filled, self.used) = (self.at + n as u64, n, 0);
        }
        Ok(&self.buffer[self.used..self.filled])
    }

    fn consume(&mut self, n: usize) {
        self.used = (self.used + n).min(self.filled);
    }
}

/// A blob that is being read. Ends with an error unless exactly the stated bytes were there and undamaged.
pub struct BlobStream<'s> {
    from: From<'s>,
    left: u64,
    size: u64,
    /// Where the compressed bytes must end, if that is known.
    end: Option<u64>,
}

/// Where its bytes come from.
enum From<'s> {
    Zlib(Box<ZlibDecoder<Part>>),
    Content(Content<'s>),
}

impl fmt::Debug for BlobStream<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlobStream")
            .field("left", &self.left)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

impl<'s> BlobStream<'s> {
    fn zlib(part: Part, size: u64) -> BlobStream<'s> {
        BlobStream { from: From::Zlib(Box::new(ZlibDecoder::new(part))), left: size, size, end: None }
    }

    fn content(content: Content<'s>) -> BlobStream<'s> {
        let size = content.size();
        BlobStream { from: From::Content(content), left: size, size, end: None }
    }

    /// The stated size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }
}

/// The error for content that is not what it should be.
pub(super) fn invalid(why: impl Into<Cow<'static, str>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.into().into_owned())
}

impl Read for BlobStream<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(into.len());
        let from = match &mut self.from {
            From::Zlib(from) => from,
            From::Content(content) => {
                content.read_at(self.size - self.left, &mut into[..most])?;
                self.left -= most as u64;
                return Ok(most);
            }
        };
        if self.left == 0 {
            // One byte more makes the decoder check the stream's end and its checksum.
            return match from.read(&mut [0]) {
                Ok(0) if self.end.is_some_and(|end| from.total_in() != end) => Err(invalid(loose::TRAILING)),
                Ok(0) => Ok(0),
                Ok(_) => Err(invalid("zlib stream is longer than stated")),
                Err(_) => Err(invalid("zlib stream is damaged")),
            };
        }
        match from.read(&mut into[..most]) {
            Ok(0) => Err(invalid("zlib stream is shorter than stated")),
            Ok(n) => {
                self.left -= n as u64;
                Ok(n)
            }
            Err(e) if e.kind() == io::ErrorKind::InvalidInput => Err(invalid("zlib stream is damaged")),
            Err(e) => Err(e),
        }
    }
}

/// Opens a blob, in whichever folder a copy of it can be opened.
pub(super) fn open<'s>(store: &'s Store, id: &ObjectId) -> Result<Option<BlobStream<'s>>, Damage> {
    let mut worst = None;
    for pack in store.packs() {
        let found = pack.opened().and_then(|opened| match opened.index.find(id)? {
            Some(offset) => open_packed(store, opened, offset).map(Some),
            None => Ok(None),
        });
        match found {
            Ok(Some(stream)) => return Ok(Some(stream)),
            Ok(None) => {}
            Err(damage) => worst = worst.or(Some(damage)),
        }
    }
    for path in store.loose_path(id) {
        match loose::open(&path).and_then(|found| found.map(open_loose).transpose()) {
            Ok(Some(stream)) => return Ok(Some(stream)),
            Ok(None) => {}
            Err(damage) => worst = worst.or(Some(damage)),
        }
    }
    worst.map_or(Ok(None), Err)
}

fn open_packed<'s>(store: &'s Store, opened: &'s Opened, offset: u64) -> Result<BlobStream<'s>, Damage> {
    let located = opened.locate(offset)?;
    match located.built {
        Built::Whole(Kind::Blob) => {
            plausible(located.size, opened.end().saturating_sub(located.data))?;
            let part = Part::new(opened.pack.open()?, located.data, opened.end());
            Ok(BlobStream::zlib(part, located.size))
        }
        Built::Whole(_) => Err(Damage::new("not a blob")),
        Built::At(_) | Built::On(_) => {
            huge::open(store, opened, offset, &mut Work::default()).map(BlobStream::content)
        }
    }
}

fn open_loose<'s>(found: loose::Loose) -> Result<BlobStream<'s>, Damage> {
    if found.kind != Kind::Blob {
        return Err(Damage::new("not a blob"));
    }
    let (header, end) = (found.header as u64, found.len);
    let mut stream = BlobStream::zlib(Part::new(Arc::new(found.file), 0, found.len), header + found.size);
    io::copy(&mut (&mut stream).take(header), &mut io::sink())?;
    (stream.size, stream.end) = (found.size, Some(end));
    Ok(stream)
}

/// Reads the two sizes at the start of a delta.
pub(super) fn delta_header(opened: &Opened, located: &Located) -> Result<DeltaHeader, Damage> {
    let mut head = Vec::new();
    ZlibDecoder::new(Part::new(opened.pack.open()?, located.data, opened.end()))
        .take(20)
        .read_to_end(&mut head)
        .map_err(|_| Damage::new("zlib stream is damaged"))?;
    delta::header(&head)
}
