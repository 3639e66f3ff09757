//! Deltas on, or to, contents too large for memory.
//!
//! A delta may copy from any place of its base, and the base may be a zlib stream that can only be read forwards, or
//! another delta. Bases are therefore read *by place*: a stream is skipped through, keeps the last megabytes behind it,
//! and starts again when something before them is asked for. Git's deltas copy in rising order nearly always; what
//! jumps back and forth without end is given up, and named.

use std::io::{self, Read};
use std::sync::Arc;

use flate2::bufread::ZlibDecoder;

use super::delta::{self, Instruction};
use super::inflate::plausible;
use super::packfile::{Built, Located, Opened};
use super::reader::Work;
use super::stream::{Part, invalid};
use super::{Damage, Kind, Store, WHOLE_LIMIT};

/// How much of a stream is kept behind the place that was read last.
const BEHIND: usize = 4 << 20;

/// How much is inflated at once.
const STEP: usize = 256 << 10;

/// A base of deltas up to this size is held in memory, one at a time by each thread, in bytes. The kernel's largest header
/// has 24 MB.
const HELD: u64 = 64 << 20;

/// How often, on average, a stream may be inflated for one pass over what is built on it.
const PASSES: u64 = 40;

/// The longest chain of large deltas.
const DEPTH: usize = 300;

/// The most that the deltas of one chain may take, in bytes.
const DELTAS: usize = 64 << 20;

/// Every so many instructions of a delta one is remembered by its place.
const STRIDE: usize = 64;

/// A content that is read by place.
pub(super) enum Content<'s> {
    /// In memory.
    Whole(Arc<Vec<u8>>),
    /// A zlib stream.
    Stream(Box<Inflating<'s>>),
    /// Made from another content.
    Delta(Box<Patched<'s>>),
}

/// A zlib stream that can begin again.
pub(super) struct Inflating<'s> {
    opened: &'s Opened,
    located: Located,
    from: ZlibDecoder<Part>,
    /// The last bytes that were inflated, and the place of the first of them.
    kept: Vec<u8>,
    start: u64,
    work: u64,
}

/// A delta and its base.
pub(super) struct Patched<'s> {
    base: Content<'s>,
    delta: Vec<u8>,
    size: u64,
    /// Where every [`STRIDE`]th instruction writes, and where it stands.
    marks: Vec<(u64, usize)>,
    /// The instruction used last: where it writes, and where it stands.
    last: (u64, usize),
}

/// Opens the entry at `offset`, which is too large to be unpacked.
pub(super) fn open<'s>(
    store: &'s Store,
    opened: &'s Opened,
    offset: u64,
    work: &mut Work,
) -> Result<Content<'s>, Damage> {
    let (mut deltas, mut held, mut offset) = (Vec::new(), 0, offset);
    let mut content = loop {
        match work.unpack(store, opened, offset, 0) {
            Ok(object) if object.kind == Kind::Blob => break Content::Whole(Arc::new(object.data)),
            Ok(_) => return Err(Damage::new("not a blob")),
            Err(Damage::Large(_)) => {}
            Err(damage) => return Err(damage),
        }
        let located = opened.locate(offset)?;
        let base = match located.built {
            // Deltas of generated headers jump back and forth in their bases: those are held where they are not too large.
            Built::Whole(Kind::Blob) if !deltas.is_empty() && located.size <= HELD => {
                break Content::Whole(Arc::new(read_entry(opened, located, HELD)?));
            }
            Built::Whole(Kind::Blob) => break Content::Stream(Box::new(Inflating::new(opened, located)?)),
            Built::Whole(_) => return Err(Damage::new("not a blob")),
            Built::At(base) => base,
            Built::On(id) => opened.index.find(&id)?.ok_or_else(|| Damage::BaseMissing(id.to_string()))?,
        };
        let delta = read_entry(opened, located, WHOLE_LIMIT)?;
        held += delta.len();
        if deltas.len() >= DEPTH || held > DELTAS {
            return Err(Damage::Large(delta::header(&delta)?.size));
        }
        deltas.push(delta);
        offset = base;
    };
    while let Some(delta) = deltas.pop() {
        content = Content::Delta(Box::new(Patched::new(content, delta)?));
    }
    Ok(content)
}

/// The content of an entry, a delta or a base, of at most `limit` bytes.
fn read_entry(opened: &Opened, located: Located, limit: u64) -> Result<Vec<u8>, Damage> {
    if located.size > limit {
        return Err(Damage::Large(located.size));
    }
    plausible(located.size, opened.end().saturating_sub(located.data))?;
    let mut content = Vec::new();
    let part = Part::new(opened.pack.open()?, located.data, opened.end());
    let most = located.size + 1;
    let damaged = |_| Damage::new("zlib stream is damaged");
    ZlibDecoder::new(part).take(most).read_to_end(&mut content).map_err(damaged)?;
    if content.len() as u64 != located.size {
        return Err(Damage::new("zlib stream has another length than stated"));
    }
    Ok(content)
}

impl Content<'_> {
    /// Its size in bytes.
    pub(super) fn size(&self) -> u64 {
        match self {
            Content::Whole(data) => data.len() as u64,
            Content::Stream(stream) => stream.located.size,
            Content::Delta(patched) => patched.size,
        }
    }

    /// Fills `into` from `offset`, all of which must lie inside.
    pub(super) fn read_at(&mut self, offset: u64, into: &mut [u8]) -> io::Result<()> {
        match self {
            Content::Whole(data) => {
                let from = usize::try_from(offset).ok();
                let part = from.and_then(|from| data.get(from..from.checked_add(into.len())?));
                into.copy_from_slice(part.ok_or_else(|| invalid("delta copies from beyond its base"))?);
                Ok(())
            }
            Content::Stream(stream) => stream.read_at(offset, into),
            Content::Delta(patched) => patched.read_at(offset, into),
        }
    }
}

impl<'s> Inflating<'s> {
    fn new(opened: &'s Opened, located: Located) -> Result<Inflating<'s>, Damage> {
        plausible(located.size, opened.end().saturating_sub(located.data))?;
        let from = ZlibDecoder::new(Part::new(opened.pack.open()?, located.data, opened.end()));
        Ok(Inflating { opened, located, from, kept: Vec::new(), start: 0, work: 0 })
    }

    fn read_at(&mut self, mut offset: u64, mut into: &mut [u8]) -> io::Result<()> {
        if offset.checked_add(into.len() as u64).is_none_or(|end| end > self.located.size) {
            return Err(invalid("delta copies from beyond its base"));
        }
        if offset < self.start {
            let part = Part::new(self.opened.pack.open()?, self.located.data, self.opened.end());
            self.from = ZlibDecoder::new(part);
            (self.start, self.kept) = (0, Vec::new());
        }
        while !into.is_empty() {
            let at = usize::try_from(offset - self.start).unwrap_or(usize::MAX);
            match self.kept.get(at..).filter(|there| !there.is_empty()) {
                Some(there) => {
                    let n = there.len().min(into.len());
                    into[..n].copy_from_slice(&there[..n]);
                    into = &mut into[n..];
                    offset += n as u64;
                }
                None => self.advance()?,
            }
        }
        Ok(())
    }

    /// Inflates a step further.
    fn advance(&mut self) -> io::Result<()> {
        if self.kept.len() >= BEHIND + STEP {
            let gone = self.kept.len() - BEHIND;
            self.kept.drain(..gone);
            self.start += gone as u64;
        }
        let before = self.kept.len();
        self.kept.resize(before + STEP, 0);
        let read = self.from.read(&mut self.kept[before..]);
        let n = *read.as_ref().unwrap_or(&0);
        self.kept.truncate(before + n);
        self.work += n as u64;
        match read {
            Ok(0) => Err(invalid("zlib stream is shorter than stated")),
            Ok(_) if self.work > self.located.size.saturating_mul(PASSES) => {
                Err(invalid("delta jumps back and forth in a base too large for memory"))
            }
            Ok(_) => Ok(()),
            Err(_) => Err(invalid("zlib stream is damaged")),
        }
    }
}

impl<'s> Patched<'s> {
    fn new(base: Content<'s>, delta: Vec<u8>) -> Result<Patched<'s>, Damage> {
        let header = delta::header(&delta)?;
        if header.base_size != base.size() {
            return Err(Damage::new("delta does not fit its base"));
        }
        let (mut at, mut made, mut marks) = (header.len, 0u64, Vec::new());
        for number in 0.. {
            let start = (made, at);
            let Some(instruction) = delta::next(&delta, &mut at)? else { break };
            if number % STRIDE == 0 {
                marks.push(start);
            }
            made = made.saturating_add(instruction.len());
        }
        if made != header.size {
            return Err(Damage::new("delta makes another size than it states"));
        }
        Ok(Patched { base, delta, size: header.size, marks, last: (0, header.len) })
    }

    fn read_at(&mut self, mut offset: u64, mut into: &mut [u8]) -> io::Result<()> {
        let (mut begin, mut at) = self.last;
        let mark = self.marks.partition_point(|(place, _)| *place <= offset);
        let mark = self.marks.get(mark.wrapping_sub(1)).copied().unwrap_or(self.last);
        if offset < begin || mark.0 > begin {
            (begin, at) = mark;
        }
        while !into.is_empty() {
            let here = (begin, at);
            let instruction = delta::next(&self.delta, &mut at).map_err(|e| invalid(e.to_string()))?;
            let instruction = instruction.ok_or_else(|| invalid("delta copies from beyond its base"))?;
            let len = instruction.len();
            if begin + len <= offset {
                begin += len;
                continue;
            }
            let inside = offset - begin;
            let n = usize::try_from(len - inside).unwrap_or(usize::MAX).min(into.len());
            match instruction {
                Instruction::Copy { from, .. } => self.base.read_at(from + inside, &mut into[..n])?,
                Instruction::Insert(literal) => {
                    into[..n].copy_from_slice(&literal[inside as usize..inside as usize + n]);
                }
            }
            into = &mut into[n..];
            offset += n as u64;
            self.last = here;
            begin += len;
        }
        Ok(())
    }
}
