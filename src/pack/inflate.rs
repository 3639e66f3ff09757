//! zlib streams of known size, inflated in one step.

use libdeflater::Decompressor;

use super::Damage;

/// Deflate cannot make more than about 1,032 bytes of one: a stated size beyond that is a lie and is never allocated.
const MAX_RATIO: u64 = 1040;

/// Owns the tables of the inflater; one a thread.
pub(super) struct Inflater(Decompressor);

impl Default for Inflater {
    fn default() -> Inflater {
        Inflater(Decompressor::new())
    }
}

impl Inflater {
    /// Inflates the stream at the start of `compressed` into `out`, which it must fill exactly.
    pub(super) fn inflate(&mut self, compressed: &[u8], out: &mut [u8]) -> Result<(), Damage> {
        match self.0.zlib_decompress(compressed, out) {
            Ok(n) if n == out.len() => Ok(()),
            Ok(_) => Err(Damage::new("zlib stream is shorter than stated")),
            Err(libdeflater::DecompressionError::InsufficientSpace) => {
                Err(Damage::new("zlib stream is longer than stated"))
            }
            Err(libdeflater::DecompressionError::BadData) => Err(Damage::new("zlib stream is damaged")),
        }
    }
}

/// Whether `compressed` bytes could hold `size` inflated ones.
pub(super) fn plausible(size: u64, compressed: u64) -> Result<(), Damage> {
    if size > compressed.saturating_mul(MAX_RATIO).saturating_add(MAX_RATIO) {
        return Err(Damage::new("stated size is larger than the stream could hold"));
    }
    Ok(())
}

/// A buffer that keeps its memory, so that only growth is paid for.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    bytes: Vec<u8>,
    len: usize,
}

impl Buffer {
    /// Sets the length; the content is arbitrary until it is overwritten. Fails where memory does not suffice.
    pub(super) fn resize(&mut self, len: usize) -> Result<(), Damage> {
        if self.bytes.len() < len {
            let more = len - self.bytes.len();
            self.bytes.try_reserve_exact(more).map_err(|_| Damage::new("not enough memory"))?;
            self.bytes.resize(len, 0);
        }
        self.len = len;
        Ok(())
    }

    /// Takes a vector over.
    pub(super) fn from(bytes: Vec<u8>) -> Buffer {
        Buffer { len: bytes.len(), bytes }
    }

    /// How much memory it holds, in bytes.
    pub(super) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// The content.
    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// The content, to be overwritten.
    pub(super) fn as_mut_slice(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.len]
    }

    /// The content as a vector.
    pub(super) fn into_vec(mut self) -> Vec<u8> {
        self.bytes.truncate(self.len);
        self.bytes
    }
}
