//! Files read by position, with a bound on how many are open at once: a repository may have thousands of packs, a
//! process 64 file descriptors.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How many files of the store are kept open. Threads may hold one or two more for a moment.
const OPEN: usize = 16;

/// The files that are open, least recently used first.
#[derive(Debug, Default)]
pub(super) struct Pool {
    open: Mutex<Vec<(u64, Arc<File>)>>,
    next: AtomicU64,
}

/// A regular file that is opened when needed and may be closed in between.
#[derive(Debug)]
pub(super) struct PoolFile {
    path: PathBuf,
    len: u64,
    number: u64,
    pool: Arc<Pool>,
}

impl PoolFile {
    /// Looks at the file. Fails if it is not there or not a regular file (a FIFO would block for ever).
    pub(super) fn new(path: PathBuf, pool: &Arc<Pool>) -> io::Result<PoolFile> {
        let meta = fs::metadata(&path)?;
        if !meta.is_file() {
            return Err(io::Error::other("not a regular file"));
        }
        let number = pool.next.fetch_add(1, Ordering::Relaxed);
        Ok(PoolFile { path, len: meta.len(), number, pool: Arc::clone(pool) })
    }

    /// Its length in bytes when it was first looked at.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// The open file; opens it if need be, and closes another one if there are too many.
    pub(super) fn open(&self) -> io::Result<Arc<File>> {
        let mut open = self.pool.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = open.iter().position(|(number, _)| *number == self.number) {
            let hit = open.remove(at);
            let file = Arc::clone(&hit.1);
            open.push(hit);
            return Ok(file);
        }
        if open.len() >= OPEN {
            open.remove(0);
        }
        let file = Arc::new(File::open(&self.path)?);
        open.push((self.number, Arc::clone(&file)));
        Ok(file)
    }

    /// Fills `into` from `offset`; an end of file in between is an error.
    pub(super) fn read_exact_at(&self, into: &mut [u8], offset: u64) -> io::Result<()> {
        read_exact_at(&*self.open()?, into, offset)
    }

    /// Up to `len` bytes from `offset`, fewer at the end of the file.
    pub(super) fn read_up_to(&self, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let there = usize::try_from(self.len.saturating_sub(offset)).unwrap_or(usize::MAX);
        let mut bytes = vec![0; len.min(there)];
        self.read_exact_at(&mut bytes, offset)?;
        Ok(bytes)
    }
}

/// Fills `into` from `offset` of an open file, without moving its position.
pub(super) fn read_exact_at(file: &File, into: &mut [u8], offset: u64) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileExt;
        file.read_exact_at(into, offset)
    }
    #[cfg(windows)]
    {
        use std::os::windows::fs::FileExt;
        let (mut into, mut offset) = (into, offset);
        while !into.is_empty() {
            match file.seek_read(into, offset)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                n => {
                    into = &mut into[n..];
                    offset += n as u64;
                }
            }
        }
        Ok(())
    }
}
