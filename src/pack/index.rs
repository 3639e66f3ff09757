//! `.idx` files, versions 1 and 2: which object stands at which offset of the pack.
//!
//! Two ways to use one: [`Index::find`] looks up one id with a few small reads (a hook must not read hundreds of
//! megabytes), [`Index::load`] reads everything for a traversal.

use std::cmp::Ordering;
use std::path::PathBuf;
use std::sync::Arc;

use crate::model::{HashKind, ObjectId};

use super::Damage;
use super::bytes::{be32, be64, zeroed};
use super::files::{Pool, PoolFile};

const MAGIC: [u8; 4] = [0xff, b't', b'O', b'c'];
const FANOUT: usize = 256 * 4;

/// An index of which only the fan-out table is in memory.
#[derive(Debug)]
pub(super) struct Index {
    file: PoolFile,
    hash: HashKind,
    fanout: Vec<u32>,
    version: u8,
}

/// Everything an index says, in its order.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Raw ids, one after the other.
    pub(super) ids: Vec<u8>,
    /// Offsets in the pack; `u64::MAX` where the index's number leads nowhere.
    pub(super) offsets: Vec<u64>,
    /// CRC32 of the packed bytes of each entry; empty in version 1.
    pub(super) crcs: Vec<u32>,
    /// The checksum that must end the pack.
    pub(super) pack_checksum: Vec<u8>,
    /// Whether the ids are in order, as they must be.
    pub(super) sorted: bool,
}

impl Index {
    /// Reads the header and the fan-out table, and checks that they fit the file's length.
    pub(super) fn open(path: PathBuf, hash: HashKind, pool: &Arc<Pool>) -> Result<Index, Damage> {
        let file = PoolFile::new(path, pool)?;
        let head = file.read_up_to(0, 8 + FANOUT)?;
        let (version, table) = match head.strip_prefix(&MAGIC) {
            Some(rest) if be32(rest, 0) == Some(2) => (2, &rest[4..]),
            Some(_) => return Err(Damage::new("unknown version of the index")),
            None => (1, head.get(..FANOUT).unwrap_or_default()),
        };
        if table.len() != FANOUT {
            return Err(Damage::new("index is truncated"));
        }
        let fanout: Vec<u32> = (0..256).filter_map(|i| be32(table, i * 4)).collect();
        if !fanout.is_sorted() {
            return Err(Damage::new("fan-out table of the index is out of order"));
        }
        let index = Index { file, hash, fanout, version };
        index.check_length()?;
        Ok(index)
    }

    fn check_length(&self) -> Result<(), Damage> {
        let (count, id) = (u64::from(self.count()), self.hash.len() as u64);
        let right = if self.version == 1 {
            self.file.len() == FANOUT as u64 + count * (4 + id) + 2 * id
        } else {
            let least = 8 + FANOUT as u64 + count * (id + 8) + 2 * id;
            (least..=least + 8 * count).contains(&self.file.len())
        };
        if right {
            Ok(())
        } else {
            Err(Damage::new("length of the index does not fit its number of objects"))
        }
    }

    /// Number of objects.
    pub(super) fn count(&self) -> u32 {
        self.fanout.last().copied().unwrap_or_default()
    }

    /// Distance from one id to the next, and where the first one starts.
    fn ids_at(&self) -> (u64, u64) {
        let id = self.hash.len() as u64;
        if self.version == 1 { (4 + id, FANOUT as u64 + 4) } else { (id, 8 + FANOUT as u64) }
    }

    /// The offset of an object in the pack, if it is there.
    pub(super) fn find(&self, id: &ObjectId) -> Result<Option<u64>, Damage> {
        let id = id.as_bytes();
        let Some(&first) = id.first() else { return Ok(None) };
        let before = |i: usize| self.fanout.get(i).copied().unwrap_or_default();
        let mut low = if first == 0 { 0 } else { before(usize::from(first) - 1) };
        let mut high = before(usize::from(first));
        let (stride, start) = self.ids_at();
        let mut probe = vec![0; id.len()];
        while low < high {
            let middle = low + (high - low) / 2;
            self.file.read_exact_at(&mut probe, start + u64::from(middle) * stride)?;
            match probe.as_slice().cmp(id) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return self.offset(middle).map(Some),
            }
        }
        Ok(None)
    }

    fn offset(&self, position: u32) -> Result<u64, Damage> {
        const SHORT: Damage = Damage::new("index is truncated");
        let (stride, start) = self.ids_at();
        let (count, position) = (u64::from(self.count()), u64::from(position));
        if self.version == 1 {
            let four = self.file.read_up_to(start - 4 + position * stride, 4)?;
            return be32(&four, 0).map(u64::from).ok_or(SHORT);
        }
        let small = start + count * (stride + 4);
        let offset = be32(&self.file.read_up_to(small + position * 4, 4)?, 0).ok_or(SHORT)?;
        if offset & 0x8000_0000 == 0 {
            return Ok(u64::from(offset));
        }
        let at = small + count * 4 + u64::from(offset & 0x7fff_ffff) * 8;
        if at + 8 > self.file.len() - 2 * self.hash.len() as u64 {
            return Err(Damage::new("offset in the index leads nowhere"));
        }
        be64(&self.file.read_up_to(at, 8)?, 0).ok_or(SHORT)
    }

    /// Reads the whole index. The file's length was checked when it was opened; here it is again what is there.
    pub(super) fn load(&self) -> Result<Table, Damage> {
        const MEMORY: Damage = Damage::new("not enough memory for the index");
        let (count, id) = (self.count() as usize, self.hash.len());
        let len = usize::try_from(self.file.len()).map_err(|_| MEMORY)?;
        let mut raw = zeroed(len).ok_or(MEMORY)?;
        self.file.read_exact_at(&mut raw, 0)?;
        let mut table = Table { pack_checksum: raw[len - 2 * id..len - id].to_vec(), ..Table::default() };
        if self.version == 1 {
            for entry in raw[FANOUT..len - 2 * id].chunks_exact(4 + id) {
                table.offsets.push(be32(entry, 0).map_or(u64::MAX, u64::from));
                table.ids.extend_from_slice(&entry[4..]);
            }
        } else {
            let ids = 8 + FANOUT;
            let crcs = ids + count * id;
            let small = crcs + count * 4;
            let large = &raw[small + count * 4..len - 2 * id];
            table.crcs = raw[crcs..small].chunks_exact(4).filter_map(|c| be32(c, 0)).collect();
            table.offsets = raw[small..small + count * 4]
                .chunks_exact(4)
                .filter_map(|c| be32(c, 0))
                .map(|o| match o & 0x8000_0000 {
                    0 => u64::from(o),
                    _ => be64(large, (o & 0x7fff_ffff) as usize * 8).unwrap_or(u64::MAX),
                })
                .collect();
            // The ids are kept in the memory that was read into: the rest of it is given back.
            raw.copy_within(ids..crcs, 0);
            raw.truncate(count * id);
            raw.shrink_to_fit();
            table.ids = raw;
        }
        table.sorted = table.ids.chunks_exact(id).is_sorted()
            && table.ids.chunks_exact(id).enumerate().all(|(i, id)| self.in_bucket(i, id));
        Ok(table)
    }

    /// Whether the id at this position stands where the fan-out table says.
    fn in_bucket(&self, position: usize, id: &[u8]) -> bool {
        let bucket = id.first().map_or(0, |b| usize::from(*b));
        let low = if bucket == 0 { 0 } else { self.fanout[bucket - 1] as usize };
        (low..self.fanout[bucket] as usize).contains(&position)
    }
}
