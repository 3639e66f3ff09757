//! Objects known to be clean from an earlier run with the same rules, so that the next run costs what is new.
//!
//! One file a repository: a header, the sorted ids of all objects that were read and held nothing, and a keyed hash of
//! it all. The key is derived from rules, options and program, so that a file of other rules is no file at all. It
//! holds no secret, nor anything made from one. Files in the scanned repository are never used: whoever controls the
//! cache controls the answer.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use crate::pack::{Catalog, Plan};
use crate::repo::open_regular;

use super::bits::Bits;

const MAGIC: &[u8; 16] = b"keysieve-clean-1";

/// A file never holds more ids.
const MOST: usize = 16 << 20;

/// Where the cache is, and under which rules.
#[derive(Debug, Clone)]
pub struct Cache {
    /// The folder.
    pub folder: PathBuf,
    /// Names rules, options and program.
    pub key: [u8; 32],
}

impl Cache {
    fn file(&self, objects: &Path) -> PathBuf {
        let path = fs::canonicalize(objects).unwrap_or_else(|_| objects.to_path_buf());
        let name = blake3::hash(path.as_os_str().as_encoded_bytes()).to_hex();
        self.folder.join(format!("history-{}.clean", &name[..32]))
    }

    /// The objects known to be clean; `None` if there is no usable file, or if one of them is gone: then what pointed
    /// at it must be read again.
    pub(super) fn load(&self, objects: &Path, catalog: &Catalog) -> Option<Bits> {
        let len = catalog.hash().len();
        let most = (MAGIC.len() + 32 + MOST * len) as u64;
        let mut bytes = Vec::new();
        open_regular(&self.file(objects)).ok()?.take(most + 1).read_to_end(&mut bytes).ok()?;
        let (body, seal) = bytes.split_last_chunk::<32>()?;
        if bytes.len() as u64 > most || blake3::keyed_hash(&self.key, body) != *seal {
            return None;
        }
        let ids = body.strip_prefix(MAGIC)?;
        let mut known = Bits::new(catalog.len());
        for id in ids.chunks(len) {
            known.insert(catalog.number(id)?);
        }
        Some(known)
    }

    /// Writes the file anew, in one step. A cache that cannot be written costs time and nothing else.
    pub(super) fn store(&self, objects: &Path, plan: &Plan, known: &Bits) -> std::io::Result<()> {
        let mut body = MAGIC.to_vec();
        let numbers = (0..plan.catalog().len() as u32).filter(|n| known.contains(*n));
        numbers.take(MOST).for_each(|n| body.extend_from_slice(plan.catalog().raw_id(n)));
        let seal = blake3::keyed_hash(&self.key, &body);
        fs::create_dir_all(&self.folder)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(&body)?;
        file.write_all(seal.as_bytes())?;
        file.persist(self.file(objects)).map_err(|e| e.error)?;
        Ok(())
    }
}
