//! All object folders of a repository: its own and its alternates.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::{Error, Result};
use crate::model::{HashKind, ObjectId};

use super::files::Pool;
use super::packfile::Pack;
use super::reader::{self, Work};
use super::stream::{self, BlobStream};
use super::{Damage, Kind, Object, Reader, alternates, loose, midx};

/// Something about the store as a whole that leaves the reading incomplete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file or folder.
    pub path: PathBuf,
    /// What is wrong with it, in words.
    pub why: String,
}

/// What is known of an object without reading all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Its type.
    pub kind: Kind,
    /// Its size in bytes, as stated.
    pub size: u64,
}

/// One folder of objects.
#[derive(Debug)]
pub(super) struct Folder {
    /// Its path.
    pub(super) path: PathBuf,
    /// Its packs, in order of their names.
    pub(super) packs: Vec<Pack>,
}

/// The objects of a repository. Cheap to open: indexes are looked at when first needed.
#[derive(Debug)]
pub struct Store {
    pub(super) folders: Vec<Folder>,
    hash: HashKind,
    problems: Vec<Problem>,
    work: Mutex<Work>,
    opened: Recipe,
    /// What it has become since.
    newer: Mutex<Option<Arc<Store>>>,
}

/// From what a store was opened, and what stood in its folders of packs then.
#[derive(Debug)]
struct Recipe {
    objects: PathBuf,
    extra: Vec<PathBuf>,
    listed: Vec<Vec<OsString>>,
}

impl Store {
    /// Opens an object folder (`.git/objects`) and the alternates that it names.
    ///
    /// Fails if the folder cannot be read. Alternates that are gone or cannot be read are [`Store::problems`].
    pub fn open(objects: &Path, hash: HashKind) -> Result<Store> {
        Store::open_with(objects, &[], hash)
    }

    /// The same, with further object folders (from `GIT_ALTERNATE_OBJECT_DIRECTORIES`).
    pub fn open_with(objects: &Path, extra: &[PathBuf], hash: HashKind) -> Result<Store> {
        let reading = |source| Error::Io { path: objects.to_path_buf(), doing: "read", source };
        fs::read_dir(objects).map_err(reading)?;
        let (paths, problems) = alternates::folders(objects, extra);
        let listed = paths.iter().map(|path| listed(path)).collect();
        let mut problems: Vec<_> = problems.into_iter().map(|(path, why)| Problem { path, why }).collect();
        let pool = Arc::new(Pool::default());
        let mut folders = Vec::new();
        for path in paths {
            let packs = packs(&path, hash, &pool, &mut problems).unwrap_or_else(|e| {
                problems.push(Problem { path: path.join("pack"), why: format!("cannot be read: {e}") });
                Vec::new()
            });
            folders.push(Folder { path, packs });
        }
        let opened = Recipe { objects: objects.to_path_buf(), extra: extra.to_vec(), listed };
        Ok(Store { folders, hash, problems, work: Mutex::default(), opened, newer: Mutex::default() })
    }

    /// The store as it is now, if packs have come or gone since it was opened: git may repack at any time, and takes
    /// away the packs and the loose objects of which there is another copy then.
    pub fn renewed(&self) -> Option<Arc<Store>> {
        let mut newer = self.newer.lock().unwrap_or_else(PoisonError::into_inner);
        let last = newer.as_deref().unwrap_or(self);
        let is_same = |(folder, listed_then): (&Folder, &Vec<OsString>)| listed(&folder.path) == *listed_then;
        if !last.folders.iter().zip(&last.opened.listed).all(is_same) {
            let Recipe { objects, extra, .. } = &self.opened;
            *newer = Store::open_with(objects, extra, self.hash).ok().map(Arc::new);
        }
        newer.clone()
    }

    /// How objects are named here.
    pub fn hash(&self) -> HashKind {
        self.hash
    }

    /// What is wrong with the store as a whole: alternates that are gone, folders that cannot be read.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether one of the packs came from a promisor remote, so that objects may be missing by design.
    pub fn is_promised(&self) -> bool {
        self.packs().any(Pack::is_promisor)
    }

    /// A reader with its own memory, for threads that read many objects.
    pub fn reader(&self) -> Reader<'_> {
        Reader::new(self)
    }

    /// Reads one object; `None` if it is in none of the folders.
    ///
    /// Blobs over [`super::WHOLE_LIMIT`] are [`Damage::Large`]: see [`Store::open_blob`]. If one copy is damaged the
    /// others are tried.
    pub fn read(&self, id: &ObjectId) -> Result<Option<Object>, Damage> {
        reader::or_renewed(self, self.read_as_opened(id), |store| store.read_as_opened(id))
    }

    /// Type and size of an object; `None` if it is in none of the folders.
    pub fn header(&self, id: &ObjectId) -> Result<Option<Header>, Damage> {
        reader::or_renewed(self, self.header_as_opened(id), |store| store.header_as_opened(id))
    }

    /// Reads one object from the packs that were there when this was opened.
    pub(super) fn read_as_opened(&self, id: &ObjectId) -> Result<Option<Object>, Damage> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner).read(self, id, 0)
    }

    /// The same of its header.
    pub(super) fn header_as_opened(&self, id: &ObjectId) -> Result<Option<Header>, Damage> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner).header(self, id, 0)
    }

    /// Opens a blob of any size for reading from front to back; `None` if it is in none of the folders.
    ///
    /// Reading fails with `InvalidData` if the content turns out to be damaged.
    pub fn open_blob(&self, id: &ObjectId) -> Result<Option<BlobStream<'_>>, Damage> {
        stream::open(self, id)
    }

    pub(super) fn packs(&self) -> impl Iterator<Item = &Pack> {
        self.folders.iter().flat_map(|f| &f.packs)
    }

    pub(super) fn loose_path<'s>(&'s self, id: &'s ObjectId) -> impl Iterator<Item = PathBuf> + 's {
        self.folders.iter().map(|f| loose::path(&f.path, id))
    }
}

/// The names in an object folder's folder of packs, in order; temporary ones, which come and go, are none.
fn listed(objects: &Path) -> Vec<OsString> {
    let entries = fs::read_dir(objects.join("pack")).into_iter().flatten().flatten();
    let is_pack = |name: &OsString| name.as_encoded_bytes().ends_with(b".idx") || name == "multi-pack-index";
    let mut names: Vec<OsString> = entries.map(|entry| entry.file_name()).filter(is_pack).collect();
    names.sort_unstable();
    names
}

/// The packs of an object folder, in order of their names.
fn packs(
    objects: &Path,
    hash: HashKind,
    pool: &Arc<Pool>,
    problems: &mut Vec<Problem>,
) -> io::Result<Vec<Pack>> {
    let folder = objects.join("pack");
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(e),
    };
    let mut paths = entries.map(|e| Ok(e?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    let mut packs: Vec<_> = paths.iter().filter_map(|path| Pack::beside(path, hash, pool)).collect();
    if !paths.iter().any(|p| p.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"multi-")))
    {
        return Ok(packs);
    }
    let (found, broken) = midx::all(&folder, hash, pool);
    problems.extend(broken.into_iter().map(|(path, why)| Problem { path, why }));
    for midx in &found {
        for (name, share) in midx.shares() {
            let index = folder.join(String::from_utf8_lossy(name).as_ref());
            if paths.binary_search(&index).is_err()
                && !packs.iter().any(|p| p.path() == index.with_extension("pack"))
            {
                packs.extend(Pack::shared(&index, share, hash, pool));
            }
        }
    }
    Ok(packs)
}
