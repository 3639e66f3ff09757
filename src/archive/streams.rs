//! Compressed streams: gzip, bzip2, xz, zstd. Several behind each other are one content, as the tools that made them
//! have it; what stands behind them and is no stream is given as it is.

use std::io::{self, BufRead, Read};

use bzip2::bufread::BzDecoder;
use flate2::bufread::GzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use super::budget::{Budget, Metered};
use super::{Kind, Member, Visitor, invalid};

/// A stream that needs more memory than this is refused, in bytes: a thread must not hold more.
const MEMORY: u64 = 128 << 20;

/// How much is read ahead.
const CHUNK: usize = 32 << 10;

/// Gives what a compressed stream says.
pub(super) fn open(kind: Kind, stream: &mut dyn Read, budget: &Budget, visitor: &mut dyn Visitor) {
    if !budget.member() {
        return;
    }
    let member = Member::of(kind.layer());
    let mut content = Unpacked::new(kind, stream);
    visitor.member(&member, &mut Metered::new(&mut content, budget));
    if let Some(mut rest) = content.rest() {
        visitor.member(&member, &mut rest);
    }
}

/// A reader that can look ahead.
pub(super) struct Ahead<'r> {
    from: &'r mut dyn Read,
    buffer: Vec<u8>,
    used: usize,
}

impl<'r> Ahead<'r> {
    fn new(from: &'r mut dyn Read) -> Ahead<'r> {
        Ahead { from, buffer: Vec::new(), used: 0 }
    }

    /// The next bytes without taking them: so many, or all that there are.
    fn peek(&mut self, most: usize) -> io::Result<&[u8]> {
        while self.buffer.len() - self.used < most {
            self.buffer.drain(..self.used);
            self.used = 0;
            let held = self.buffer.len();
            self.buffer.resize(held + CHUNK, 0);
            let read = loop {
                match self.from.read(&mut self.buffer[held..]) {
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    read => break read,
                }
            };
            self.buffer.truncate(held + *read.as_ref().unwrap_or(&0));
            if read? == 0 {
                break;
            }
        }
        Ok(&self.buffer[self.used..])
    }
}

impl Read for Ahead<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(into)?;
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Ahead<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.peek(1)
    }

    fn consume(&mut self, n: usize) {
        self.used = (self.used + n).min(self.buffer.len());
    }
}

/// One stream that is being unpacked.
enum Open<'r> {
    Gzip(Box<GzDecoder<Ahead<'r>>>),
    Bzip2(Box<BzDecoder<Ahead<'r>>>),
    Xz(Box<XzReader<Ahead<'r>>>),
    Zstd(Box<StreamingDecoder<Ahead<'r>, FrameDecoder>>),
}

/// What streams of one kind that stand behind each other say.
pub(super) struct Unpacked<'r> {
    kind: Kind,
    /// Between two streams.
    between: Option<Ahead<'r>>,
    open: Option<Open<'r>>,
    ended: bool,
}

impl<'r> Unpacked<'r> {
    pub(super) fn new(kind: Kind, from: &'r mut dyn Read) -> Unpacked<'r> {
        Unpacked { kind, between: Some(Ahead::new(from)), open: None, ended: false }
    }

    /// What stands behind the last stream, if anything does.
    fn rest(self) -> Option<Ahead<'r>> {
        self.between.filter(|_| self.ended).and_then(|mut rest| {
            let more = !rest.peek(1).ok()?.is_empty();
            more.then_some(rest)
        })
    }

    /// Begins the next stream; whether there is one.
    fn next(&mut self) -> io::Result<bool> {
        let Some(mut from) = self.between.take() else { return Ok(false) };
        // Tapes and xz pad with zeros.
        while let Some(n) = Some(zeros(from.peek(1)?)).filter(|n| *n > 0) {
            from.consume(n);
        }
        while self.kind == Kind::Zstd
            && let [0x50..=0x5f, 0x2a, 0x4d, 0x18, a, b, c, d, ..] = *from.peek(8)?
        {
            let skipped = 8 + u64::from(u32::from_le_bytes([a, b, c, d]));
            if io::copy(&mut (&mut from).take(skipped), &mut io::sink())? < skipped {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        if Kind::of(from.peek(16)?) != Some(self.kind) {
            self.ended = true;
            self.between = Some(from);
            return Ok(false);
        }
        self.open = Some(match self.kind {
            Kind::Gzip => Open::Gzip(Box::new(GzDecoder::new(from))),
            Kind::Bzip2 => Open::Bzip2(Box::new(BzDecoder::new(from))),
            Kind::Xz => Open::Xz(Box::new(XzReader::new_mem_limit(from, false, (MEMORY >> 10) as u32))),
            Kind::Zstd => {
                let opened = StreamingDecoder::new_with_max_window_size(from, MEMORY);
                Open::Zstd(Box::new(opened.map_err(|e| match e {
                    FrameDecoderError::WindowSizeTooBig { .. } => too_large(),
                    e => io::Error::other(e),
                })?))
            }
            Kind::Zip | Kind::Tar | Kind::Pdf | Kind::Sqlite => {
                return Err(invalid("not a compressed stream"));
            }
        });
        Ok(true)
    }

    /// Ends a stream of which everything was read.
    fn close(&mut self) -> io::Result<()> {
        self.between = match self.open.take() {
            None => return Ok(()),
            Some(Open::Gzip(stream)) => Some(stream.into_inner()),
            Some(Open::Bzip2(stream)) => Some(stream.into_inner()),
            Some(Open::Xz(stream)) => Some(stream.into_inner()),
            Some(Open::Zstd(stream)) => {
                let (from, frame) = stream.into_parts();
                let stated = frame.get_checksum_from_data();
                if stated.is_some() && stated != frame.get_calculated_checksum() {
                    return Err(invalid("its checksum does not hold"));
                }
                Some(from)
            }
        };
        Ok(())
    }
}

/// The error for a stream that needs more memory than a thread may hold.
pub(super) fn too_large() -> io::Error {
    io::Error::new(io::ErrorKind::OutOfMemory, "it needs more than 128 MiB of memory to be unpacked")
}

fn zeros(bytes: &[u8]) -> usize {
    bytes.iter().position(|&b| b != 0).unwrap_or(bytes.len())
}

impl Read for Unpacked<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.open.is_none() && (self.ended || !self.next()?) {
                return Ok(0);
            }
            let read = match &mut self.open {
                None => return Ok(0),
                Some(Open::Gzip(stream)) => stream.read(into),
                Some(Open::Bzip2(stream)) => stream.read(into),
                Some(Open::Xz(stream)) => stream.read(into).map_err(|e| match e.kind() {
                    io::ErrorKind::OutOfMemory => too_large(),
                    _ => e,
                }),
                Some(Open::Zstd(stream)) => stream.read(into),
            };
            match read? {
                0 if !into.is_empty() => self.close()?,
                n => return Ok(n),
            }
        }
    }
}
