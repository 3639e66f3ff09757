//! Opening and reading files that should be regular ones, without waiting if they are not.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// Opens a regular file for reading. A FIFO or a device in its place is an error at once, not an endless wait.
pub fn open_regular(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    let file = options.open(path)?;
    let kind = file.metadata()?.file_type();
    if kind.is_file() {
        return Ok(file);
    }
    let why = if kind.is_dir() {
        io::ErrorKind::IsADirectory.into()
    } else {
        io::Error::other("not a regular file")
    };
    Err(why)
}

/// Reads a regular file, up to `limit` bytes of it. Fewer bytes than its size are an error: taken for the whole, half a list
/// of refs would be a shorter list.
pub(super) fn read_regular(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let file = open_regular(path)?;
    let size = file.metadata()?.len().min(limit);
    let mut bytes = Vec::with_capacity(usize::try_from(size.min(PRESUMED)).unwrap_or_default() + 1);
    (&file).take(limit).read_to_end(&mut bytes)?;
    let read = bytes.len() as u64;
    // It may have become shorter meanwhile.
    if read < size && read < file.metadata()?.len() {
        return Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            format!("only {read} of {size} bytes came"),
        ));
    }
    Ok(bytes)
}

/// What is reserved for a file at once, in bytes: more comes with what is really read.
const PRESUMED: u64 = 16 << 20;

/// The text of a file that people write by hand, which is never long: hooks, settings of other tools.
pub fn read_text(path: &Path) -> io::Result<String> {
    String::from_utf8(read_small(path)?)
        .map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e.utf8_error()))
}

/// The same of a file that need not be UTF-8.
pub fn read_small(path: &Path) -> io::Result<Vec<u8>> {
    let bytes = read_regular(path, SMALL + 1)?;
    if bytes.len() as u64 > SMALL { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

/// The longest such file. 16 MiB.
const SMALL: u64 = 16 << 20;
