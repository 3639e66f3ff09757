//! Opening files that should be regular ones, without waiting if they are not.

use std::fs::{File, OpenOptions};
use std::io;
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
