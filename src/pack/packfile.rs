//! One pack with its index, opened when first needed.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::model::{HashKind, ObjectId};

use super::bytes::be32;
use super::entry::{self, Base, MAX_HEADER};
use super::files::{Pool, PoolFile};
use super::index::{Index, Table};
use super::inflate::{Buffer, Inflater, plausible};
use super::midx::Share;
use super::{Damage, Kind};

/// A pack and its index.
#[derive(Debug)]
pub(super) struct Pack {
    /// What a multi-pack-index says of it, where it has no index of its own.
    share: Option<Share>,
    path: PathBuf,
    hash: HashKind,
    pool: Arc<Pool>,
    opened: OnceLock<Result<Opened, Damage>>,
}

/// Both files, looked at.
#[derive(Debug)]
pub(super) struct Opened {
    /// The index.
    pub(super) index: Listing,
    /// The pack.
    pub(super) pack: PoolFile,
    /// The format's length of ids.
    pub(super) hash: HashKind,
}

/// Where it stands which objects the pack holds.
#[derive(Debug)]
pub(super) enum Listing {
    /// In the pack's own index.
    Own(Index),
    /// In a multi-pack-index.
    Shared(Share),
}

impl Listing {
    /// The offset of an object in the pack, if it is there.
    pub(super) fn find(&self, id: &ObjectId) -> Result<Option<u64>, Damage> {
        match self {
            Listing::Own(index) => index.find(id),
            Listing::Shared(share) => share.find(id),
        }
    }

    /// Everything it says of the pack.
    pub(super) fn load(&self) -> Result<Table, Damage> {
        match self {
            Listing::Own(index) => index.load(),
            Listing::Shared(share) => share.load(),
        }
    }

    /// Whether the pack may hold copies of objects that are not named here: a multi-pack-index names each object once.
    pub(super) fn leaves_out_copies(&self) -> bool {
        matches!(self, Listing::Shared(_))
    }

    /// The number of objects. A multi-pack-index names each object once, so that a pack may hold more of them.
    fn count(&self) -> Option<u32> {
        match self {
            Listing::Own(index) => Some(index.count()),
            Listing::Shared(_) => None,
        }
    }
}

/// What an entry's header says, without borrows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Built {
    /// A whole object.
    Whole(Kind),
    /// On the entry at this offset.
    At(u64),
    /// On the object of this id (padded with zeros).
    On(ObjectId),
}

/// An entry's header, checked against the pack's length.
#[derive(Debug, Clone, Copy)]
pub(super) struct Located {
    /// What it is built on.
    pub(super) built: Built,
    /// Stated size of the inflated stream.
    pub(super) size: u64,
    /// Where the zlib stream starts.
    pub(super) data: u64,
}

impl Pack {
    /// The pack that belongs to an index; `None` if this is no index or the pack is not there (git skips it as well).
    /// Git writes `pack-ID.idx`, and reads any name.
    pub(super) fn beside(index_path: &Path, hash: HashKind, pool: &Arc<Pool>) -> Option<Pack> {
        if index_path.extension() != Some(OsStr::new("idx")) {
            return None;
        }
        Pack::at(index_path.with_extension("pack"), None, hash, pool)
    }

    /// The pack that a multi-pack-index calls so, by the name of the index that it once had.
    pub(super) fn shared(index_path: &Path, share: Share, hash: HashKind, pool: &Arc<Pool>) -> Option<Pack> {
        Pack::at(index_path.with_extension("pack"), Some(share), hash, pool)
    }

    fn at(path: PathBuf, share: Option<Share>, hash: HashKind, pool: &Arc<Pool>) -> Option<Pack> {
        let pool = Arc::clone(pool);
        path.is_file().then(|| Pack { share, path, hash, pool, opened: OnceLock::new() })
    }

    /// The path of the pack.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a promisor remote gave this pack: what it refers to may be missing.
    pub(super) fn is_promisor(&self) -> bool {
        self.path.with_extension("promisor").exists()
    }

    /// Opens both files at the first call.
    pub(super) fn opened(&self) -> Result<&Opened, Damage> {
        self.opened.get_or_init(|| self.look()).as_ref().map_err(Clone::clone)
    }

    fn look(&self) -> Result<Opened, Damage> {
        let index = match &self.share {
            Some(share) => Listing::Shared(share.clone()),
            None => Listing::Own(Index::open(self.path.with_extension("idx"), self.hash, &self.pool)?),
        };
        let pack = PoolFile::new(self.path.clone(), &self.pool)?;
        let head = pack.read_up_to(0, 12)?;
        if !head.starts_with(b"PACK") || !matches!(be32(&head, 4), Some(2 | 3)) {
            return Err(Damage::new("not a pack, or of an unknown version"));
        }
        let stated = be32(&head, 8).unwrap_or_default();
        if index.count().is_some_and(|count| count != stated) {
            return Err(Damage::new("pack and index differ in their number of objects"));
        }
        // The smallest entry has a byte of header and eight of zlib.
        if pack.len() < 12 + self.hash.len() as u64 + 9 * u64::from(stated) {
            return Err(Damage::new("pack is truncated"));
        }
        Ok(Opened { index, pack, hash: self.hash })
    }
}

impl Opened {
    /// Checks that the pack ends with the checksum that its index states; a multi-pack-index states none.
    pub(super) fn belongs_to(&self, checksum: &[u8]) -> Result<(), Damage> {
        if self.pack.read_up_to(self.end(), checksum.len())? == checksum {
            return Ok(());
        }
        Err(Damage::new("pack does not end with the checksum that its index states"))
    }

    /// Where the entries end and the checksum starts.
    pub(super) fn end(&self) -> u64 {
        self.pack.len().saturating_sub(self.hash.len() as u64)
    }

    /// Reads and checks the header of the entry at `offset`.
    pub(super) fn locate(&self, offset: u64) -> Result<Located, Damage> {
        if offset < 12 || offset >= self.end() {
            return Err(Damage::new("offset lies outside of the pack"));
        }
        let len = MAX_HEADER.min(usize::try_from(self.end() - offset).unwrap_or(MAX_HEADER));
        let mut bytes = [0; MAX_HEADER];
        self.pack.read_exact_at(&mut bytes[..len], offset)?;
        located(&bytes[..len], offset, self.hash)
    }

    /// Inflates the stream of an entry whose end is not known. `into` becomes the inflated bytes.
    pub(super) fn inflate(
        &self,
        at: &Located,
        inflater: &mut Inflater,
        raw: &mut Buffer,
        into: &mut Buffer,
    ) -> Result<(), Damage> {
        let rest = self.end().saturating_sub(at.data);
        // What deflate makes at worst, for any encoder that is not out to waste space.
        let worst = at.size.saturating_add(at.size >> 4).saturating_add(128);
        plausible(at.size, rest)?;
        let size = usize::try_from(at.size).map_err(|_| Damage::Large(at.size))?;
        raw.resize(usize::try_from(worst.min(rest)).map_err(|_| Damage::Large(at.size))?)?;
        self.pack.read_exact_at(raw.as_mut_slice(), at.data)?;
        into.resize(size)?;
        inflater.inflate(raw.as_slice(), into.as_mut_slice())
    }
}

/// Parses a header and resolves the base's offset.
pub(super) fn located(bytes: &[u8], offset: u64, hash: HashKind) -> Result<Located, Damage> {
    let header = entry::parse(bytes, hash.len())?;
    let built = match header.base {
        Base::Whole(kind) => Built::Whole(kind),
        Base::Before(back) => match offset.checked_sub(back) {
            Some(base) if base >= 12 => Built::At(base),
            _ => return Err(Damage::new("base lies before the start of the pack")),
        },
        Base::Id(id) => Built::On(ObjectId::from_bytes(id).ok_or(Damage::new("base has no valid id"))?),
    };
    Ok(Located { built, size: header.size, data: offset + header.len as u64 })
}
