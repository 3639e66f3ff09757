//! `multi-pack-index` files: one index over many packs, alone or as the layers of a chain.
//!
//! Every pack has an `.idx` of its own as a rule, and says more there (CRC32s, all copies of an object). A
//! multi-pack-index is asked only for packs whose `.idx` is gone: git itself reads such repositories.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::model::{HashKind, ObjectId};

use super::Damage;
use super::bytes::{be32, be64};
use super::files::{Pool, PoolFile};
use super::index::Table;

/// More packs than this are not named by one file.
const MOST_PACKS: u32 = 1 << 20;

/// Names of packs are never longer altogether, in bytes.
const MOST_NAMES: u64 = 256 << 20;

/// A chain has no more layers.
const MOST_LAYERS: usize = 4096;

/// One file, of which the names of the packs and the fan-out table are in memory.
#[derive(Debug)]
pub(super) struct Midx {
    file: PoolFile,
    hash: HashKind,
    fanout: Vec<u32>,
    ids: u64,
    places: u64,
    /// Offsets beyond 31 bits; empty if there are none.
    large: (u64, u64),
    packs: Vec<Vec<u8>>,
}

/// What a multi-pack-index says of one of its packs.
#[derive(Debug, Clone)]
pub(super) struct Share {
    midx: Arc<Midx>,
    pack: u32,
}

/// All multi-pack-indexes of a folder of packs, and those that cannot be used, with why.
pub(super) fn all(
    folder: &Path,
    hash: HashKind,
    pool: &Arc<Pool>,
) -> (Vec<Arc<Midx>>, Vec<(PathBuf, String)>) {
    let (mut found, mut broken) = (Vec::new(), Vec::new());
    let mut paths = Vec::new();
    let alone = folder.join("multi-pack-index");
    if alone.symlink_metadata().is_ok() {
        paths.push(alone);
    }
    let layers = folder.join("multi-pack-index.d");
    match chain(&layers, hash) {
        Ok(more) => paths.extend(more),
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
        Err(e) => broken.push((layers.join("multi-pack-index-chain"), e.to_string())),
    }
    for path in paths {
        match Midx::open(path.clone(), hash, pool) {
            Ok(midx) => found.push(Arc::new(midx)),
            Err(damage) => broken.push((path, damage.to_string())),
        }
    }
    (found, broken)
}

/// The layers of a chain: one checksum a line, each the name of a file.
fn chain(folder: &Path, hash: HashKind) -> io::Result<Vec<PathBuf>> {
    let mut text = Vec::new();
    let longest = (MOST_LAYERS * (hash.len() * 2 + 1)) as u64;
    let path = folder.join("multi-pack-index-chain");
    if !fs::metadata(&path)?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    fs::File::open(path)?.take(longest).read_to_end(&mut text)?;
    let lines = text.split(|&b| b == b'\n').filter(|line| !line.is_empty());
    let layer = |line| ObjectId::from_hex(line).map(|id| folder.join(format!("multi-pack-index-{id}.midx")));
    lines.map(layer).collect::<Option<Vec<_>>>().ok_or_else(|| io::Error::other("it names no layers"))
}

impl Midx {
    fn open(path: PathBuf, hash: HashKind, pool: &Arc<Pool>) -> Result<Midx, Damage> {
        const SHORT: Damage = Damage::new("multi-pack-index is truncated");
        let file = PoolFile::new(path, pool)?;
        let head = file.read_up_to(0, 12)?;
        let kind = if hash == HashKind::Sha1 { 1 } else { 2 };
        match head.as_slice() {
            [b'M', b'I', b'D', b'X', 1, own, ..] if *own == kind => {}
            [b'M', b'I', b'D', b'X', 1, ..] => {
                return Err(Damage::new("multi-pack-index of another kind of ids"));
            }
            [b'M', b'I', b'D', b'X', ..] => {
                return Err(Damage::new("unknown version of the multi-pack-index"));
            }
            _ => return Err(Damage::new("not a multi-pack-index")),
        }
        let packs = be32(&head, 8).filter(|n| *n <= MOST_PACKS).ok_or(SHORT)?;
        let end = file.len().checked_sub(hash.len() as u64).ok_or(SHORT)?;
        let chunks = usize::from(head.get(6).copied().unwrap_or_default());
        let table = file.read_up_to(12, (chunks + 1) * 12)?;
        let mut starts = Vec::new();
        for at in 0..=chunks {
            starts.push((be32(&table, at * 12).ok_or(SHORT)?, be64(&table, at * 12 + 4).ok_or(SHORT)?));
        }
        let first = 12 + table.len() as u64;
        if !starts.is_sorted_by_key(|s| s.1) || starts.iter().any(|s| s.1 < first || s.1 > end) {
            return Err(Damage::new("chunks of the multi-pack-index lie outside of it"));
        }
        let chunk = |name: &[u8; 4]| {
            let pair = starts.windows(2).find(|pair| pair[0].0 == u32::from_be_bytes(*name))?;
            Some((pair[0].1, pair[1].1 - pair[0].1))
        };
        let needed = |name| chunk(name).ok_or(Damage::new("multi-pack-index lacks one of its chunks"));
        let (fans, fans_len) = needed(b"OIDF")?;
        let fanout = file.read_up_to(fans, 1024)?;
        let fanout: Vec<u32> = (0..256).filter_map(|at| be32(&fanout, at * 4)).collect();
        let count = u64::from(fanout.last().copied().unwrap_or_default());
        let (ids, ids_len) = needed(b"OIDL")?;
        let (places, places_len) = needed(b"OOFF")?;
        let fits = fans_len == 1024 && ids_len == count * hash.len() as u64 && places_len == count * 8;
        if !fits || !fanout.is_sorted() {
            return Err(Damage::new("chunks of the multi-pack-index do not fit its number of objects"));
        }
        let packs = names(&file, needed(b"PNAM")?, packs)?;
        let large = chunk(b"LOFF").unwrap_or_default();
        Ok(Midx { file, hash, fanout, ids, places, large, packs })
    }

    /// The packs that it names, by the names of their indexes, and what it says of each.
    pub(super) fn shares(self: &Arc<Midx>) -> impl Iterator<Item = (&[u8], Share)> {
        self.packs
            .iter()
            .zip(0..)
            .map(|(name, pack)| (name.as_slice(), Share { midx: Arc::clone(self), pack }))
    }

    /// The pack and the offset from a place; `u64::MAX` where it leads nowhere.
    fn resolve(&self, place: &[u8]) -> Result<(u32, u64), Damage> {
        let (Some(pack), Some(offset)) = (be32(place, 0), be32(place, 4)) else { return Ok((0, u64::MAX)) };
        if offset & 0x8000_0000 == 0 || self.large.1 == 0 {
            return Ok((pack, u64::from(offset)));
        }
        let at = u64::from(offset & 0x7fff_ffff) * 8;
        if at + 8 > self.large.1 {
            return Ok((pack, u64::MAX));
        }
        let eight = self.file.read_up_to(self.large.0 + at, 8)?;
        Ok((pack, be64(&eight, 0).unwrap_or(u64::MAX)))
    }
}

/// Names end with a zero each; zeros fill the rest. They must be names of files in this folder.
fn names(file: &PoolFile, (at, len): (u64, u64), count: u32) -> Result<Vec<Vec<u8>>, Damage> {
    const WRONG: Damage = Damage::new("multi-pack-index does not name its packs");
    let text = file.read_up_to(at, usize::try_from(len.min(MOST_NAMES)).map_err(|_| WRONG)?)?;
    let names: Vec<_> = text.split(|&b| b == 0).take(count as usize).map(<[u8]>::to_vec).collect();
    let named = names.len() == count as usize && names.iter().all(|n| !n.is_empty() && !n.contains(&b'/'));
    if named { Ok(names) } else { Err(WRONG) }
}

impl Share {
    /// The offset of an object in this pack, if it is there.
    pub(super) fn find(&self, id: &ObjectId) -> Result<Option<u64>, Damage> {
        let (midx, id) = (&self.midx, id.as_bytes());
        let Some(&first) = id.first() else { return Ok(None) };
        let before = |at: usize| midx.fanout.get(at).copied().unwrap_or_default();
        let mut low = if first == 0 { 0 } else { before(usize::from(first) - 1) };
        let mut high = before(usize::from(first));
        let mut probe = vec![0; id.len()];
        while low < high {
            let middle = low + (high - low) / 2;
            midx.file.read_exact_at(&mut probe, midx.ids + u64::from(middle) * id.len() as u64)?;
            match probe.as_slice().cmp(id) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => {
                    let place = midx.file.read_up_to(midx.places + u64::from(middle) * 8, 8)?;
                    let (pack, offset) = midx.resolve(&place)?;
                    return Ok((pack == self.pack).then_some(offset));
                }
            }
        }
        Ok(None)
    }

    /// Everything that is said of this pack.
    pub(super) fn load(&self) -> Result<Table, Damage> {
        const MEMORY: Damage = Damage::new("not enough memory for the multi-pack-index");
        let midx = &self.midx;
        let (len, count) = (midx.hash.len(), midx.fanout.last().copied().unwrap_or_default() as usize);
        let ids = midx.file.read_up_to(midx.ids, count.checked_mul(len).ok_or(MEMORY)?)?;
        let places = midx.file.read_up_to(midx.places, count.checked_mul(8).ok_or(MEMORY)?)?;
        let mut table = Table::default();
        for (id, place) in ids.chunks_exact(len).zip(places.chunks_exact(8)) {
            if be32(place, 0) == Some(self.pack) {
                table.ids.extend_from_slice(id);
                table.offsets.push(midx.resolve(place)?.1);
            }
        }
        table.sorted = table.ids.chunks_exact(len).is_sorted();
        Ok(table)
    }
}
