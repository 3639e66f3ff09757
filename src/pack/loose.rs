//! Loose objects: one zlib file each, `type size NUL content`, named by their id.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use flate2::{Decompress, FlushDecompress};

use crate::model::{HashKind, ObjectId};

use super::files::read_exact_at;
use super::inflate::{Inflater, plausible};
use super::{Damage, Kind, META_LIMIT, Object, WHOLE_LIMIT, bytes, hash_object};

/// `commit 18446744073709551615\0` is the longest header.
const MAX_HEADER: usize = 32;

/// What is wrong with a file that does not end where its object does.
pub(super) const TRAILING: &str = "something stands behind the end of the loose object";

/// An open loose object of which the header was read.
#[derive(Debug)]
pub(super) struct Loose {
    /// The open file.
    pub(super) file: File,
    /// Its length in bytes.
    pub(super) len: u64,
    /// The object's type.
    pub(super) kind: Kind,
    /// The stated size of its content.
    pub(super) size: u64,
    /// Length of the header in the inflated stream.
    pub(super) header: usize,
}

/// Where the object lies if it is loose.
pub(super) fn path(folder: &Path, id: &ObjectId) -> PathBuf {
    let digits = id.to_string();
    folder.join(&digits[..2]).join(&digits[2..])
}

/// Opens a loose object and reads its header; `None` if it is not there.
pub(super) fn open(path: &Path) -> Result<Option<Loose>, Damage> {
    let missing = |e: &io::Error| matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
    let meta = match fs::metadata(path) {
        Ok(meta) => meta,
        Err(e) if missing(&e) => return Ok(None),
        Err(e) => return Err(e.into()),
    };
    if !meta.is_file() {
        return Err(Damage::new("loose object is not a regular file"));
    }
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if missing(&e) => return Ok(None),
        Err(e) => return Err(e.into()),
    };
    let len = meta.len();
    if len == 0 {
        return Err(Damage::new("object file is empty"));
    }
    let mut packed = [0; 128];
    let packed = &mut packed[..usize::try_from(len).unwrap_or(128).min(128)];
    read_exact_at(&file, packed, 0)?;
    let mut head = [0; MAX_HEADER];
    let mut inflate = Decompress::new(true);
    inflate
        .decompress(packed, &mut head, FlushDecompress::None)
        .map_err(|_| Damage::new("zlib stream is damaged"))?;
    let made = usize::try_from(inflate.total_out()).unwrap_or(0);
    let (kind, size, header) =
        parse_header(&head[..made]).ok_or(Damage::new("header of the loose object is damaged"))?;
    plausible(size, len)?;
    Ok(Some(Loose { file, len, kind, size, header }))
}

/// Type, size and length of the header, with its NUL.
fn parse_header(head: &[u8]) -> Option<(Kind, u64, usize)> {
    let end = memchr::memchr(0, head)?;
    let space = memchr::memchr(b' ', &head[..end])?;
    let digits = &head[space + 1..end];
    if digits.is_empty() || (digits.len() > 1 && digits[0] == b'0') || !digits.iter().all(u8::is_ascii_digit)
    {
        return None;
    }
    let size = std::str::from_utf8(digits).ok()?.parse().ok()?;
    Some((Kind::parse(&head[..space])?, size, end + 1))
}

impl Loose {
    /// Reads the whole object and compares its hash with its name, as git does.
    pub(super) fn read(
        &self,
        id: &ObjectId,
        hash: HashKind,
        inflater: &mut Inflater,
    ) -> Result<Object, Damage> {
        const MEMORY: Damage = Damage::new("not enough memory");
        let limit = if self.kind == Kind::Blob { WHOLE_LIMIT } else { META_LIMIT };
        // Deflate adds a little to what cannot be compressed; a file much larger than its object is damaged.
        if self.size > limit || self.len > limit + limit / 8 {
            return Err(Damage::Large(self.size));
        }
        let mut packed = bytes::zeroed(self.len as usize).ok_or(MEMORY)?;
        read_exact_at(&self.file, &mut packed, 0)?;
        let mut data = bytes::zeroed(self.header + self.size as usize).ok_or(MEMORY)?;
        inflater.inflate(&packed, &mut data)?;
        // A zlib stream ends with the checksum of its content; git refuses what stands behind it.
        if !packed.ends_with(&libdeflater::adler32(&data).to_be_bytes()) {
            return Err(Damage::new(TRAILING));
        }
        data.drain(..self.header);
        if hash_object(hash, self.kind, &data) != *id {
            return Err(Damage::new("content does not have the hash that names it"));
        }
        Ok(Object { kind: self.kind, data })
    }
}

/// The ids of all loose objects of a folder, in order. Files with other names are leftovers of git and are skipped,
/// as git skips them; folders that cannot be read are returned with the reason.
pub(super) fn list(folder: &Path, hash: HashKind) -> (Vec<ObjectId>, Vec<(PathBuf, String)>) {
    let (mut ids, mut problems) = (Vec::new(), Vec::new());
    for first in 0..=255u8 {
        let prefix = format!("{first:02x}");
        let inner = folder.join(&prefix);
        let entries = match fs::read_dir(&inner) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            Err(e) => {
                problems.push((inner, e.to_string()));
                continue;
            }
        };
        for entry in entries {
            match entry {
                Ok(entry) => ids.extend(id_from(&prefix, &entry.file_name(), hash)),
                Err(e) => {
                    problems.push((inner.clone(), e.to_string()));
                    break;
                }
            }
        }
    }
    ids.sort_unstable();
    (ids, problems)
}

fn id_from(prefix: &str, name: &OsStr, hash: HashKind) -> Option<ObjectId> {
    let name = name.to_str()?;
    if name.len() + 2 != hash.len() * 2 || name.bytes().any(|b| b.is_ascii_uppercase()) {
        return None;
    }
    ObjectId::from_hex(format!("{prefix}{name}").as_bytes())
}
