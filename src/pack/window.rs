//! The packed bytes of entries, read in chunks that a thread remembers: neighbours in a pack are mostly read together.

use std::fs::File;
use std::ops::Range;
use std::sync::Arc;

use super::Damage;
use super::files::read_exact_at;
use super::packfile::Opened;

/// Size of a chunk. Deltas lie far from their bases: larger chunks bring mostly what is not needed.
const CHUNK: u64 = 16 << 10;

/// Chunks that are remembered: 4 MiB a thread.
const CHUNKS: usize = 256;

/// One thread's view of the packs.
#[derive(Default)]
pub(super) struct Windows {
    chunks: Vec<Chunk>,
    /// The pack that is open, by number.
    pack: Option<(usize, Arc<File>)>,
    joined: Vec<u8>,
}

#[derive(Default)]
struct Chunk {
    /// Which pack and which part of it; nothing yet if the bytes are empty.
    key: (usize, u64),
    bytes: Vec<u8>,
}

impl Windows {
    /// The bytes of a range, which must lie in the pack.
    pub(super) fn bytes(&mut self, pack: usize, opened: &Opened, range: Range<u64>) -> Result<&[u8], Damage> {
        if range.end > opened.pack.len() || range.start >= range.end {
            return Err(Damage::new("entry lies outside of the pack"));
        }
        let (first, last) = (range.start / CHUNK, (range.end - 1) / CHUNK);
        let from = (range.start % CHUNK) as usize;
        let len = usize::try_from(range.end - range.start).map_err(|_| Damage::new("entry is too large"))?;
        if first == last {
            let slot = self.chunk(pack, opened, first)?;
            return self.chunks[slot].bytes.get(from..from + len).ok_or(Damage::new("file is truncated"));
        }
        self.joined.clear();
        self.joined.try_reserve(len).map_err(|_| Damage::new("not enough memory"))?;
        if last - first > 3 {
            let file = self.file(pack, opened)?;
            self.joined.resize(len, 0);
            read_exact_at(&file, &mut self.joined, range.start)?;
            return Ok(&self.joined);
        }
        for number in first..=last {
            let slot = self.chunk(pack, opened, number)?;
            let bytes = &self.chunks[slot].bytes;
            let start = if number == first { from } else { 0 };
            let end = bytes.len().min(start + len - self.joined.len());
            self.joined.extend_from_slice(bytes.get(start..end).unwrap_or_default());
        }
        if self.joined.len() == len { Ok(&self.joined) } else { Err(Damage::new("file is truncated")) }
    }

    fn chunk(&mut self, pack: usize, opened: &Opened, number: u64) -> Result<usize, Damage> {
        if self.chunks.is_empty() {
            self.chunks.resize_with(CHUNKS, Chunk::default);
        }
        let slot = number as usize % CHUNKS;
        if self.chunks[slot].key == (pack, number) && !self.chunks[slot].bytes.is_empty() {
            return Ok(slot);
        }
        let file = self.file(pack, opened)?;
        let start = number * CHUNK;
        let len = (opened.pack.len() - start).min(CHUNK) as usize;
        let chunk = &mut self.chunks[slot];
        chunk.key = (pack, number);
        chunk.bytes.resize(len, 0);
        if let Err(e) = read_exact_at(&file, &mut chunk.bytes, start) {
            chunk.bytes.clear();
            return Err(e.into());
        }
        Ok(slot)
    }

    fn file(&mut self, pack: usize, opened: &Opened) -> Result<Arc<File>, Damage> {
        match &self.pack {
            Some((number, file)) if *number == pack => Ok(Arc::clone(file)),
            _ => {
                let file = opened.pack.open()?;
                self.pack = Some((pack, Arc::clone(&file)));
                Ok(file)
            }
        }
    }
}
