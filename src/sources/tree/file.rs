//! One file at a time: opened without following or waiting, read through the thread's buffer, pushed to its worker.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, BorrowedFd};
use rustix::fs::{self as unix, FileType, Mode, OFlags};
use rustix::io::Errno;

use crate::model::{Blob, BlobPath, Coverage, Origin, Part, Scope, SkipReason, Stop, count};
use crate::repo::path_to_bytes;

use super::super::read::{Buffer, Opened, stdin_was_closed};
use super::TreeOptions;

/// The worst that may stand in a link, in bytes.
const LINK_LIMIT: usize = 64 << 10;

/// What one thread needs to read files, and its account.
pub(super) struct FileReader<'w> {
    worker: &'w mut (dyn FnMut(&Blob<'_>) + Send + 'w),
    buffer: Buffer,
    coverage: Coverage,
    max_file_size: u64,
    vanished: u64,
    stop: Stop,
}

impl<'w> FileReader<'w> {
    pub(super) fn new(
        options: &TreeOptions,
        worker: &'w mut (dyn FnMut(&Blob<'_>) + Send + 'w),
    ) -> FileReader<'w> {
        FileReader {
            worker,
            buffer: Buffer::new(&options.stop),
            coverage: Coverage::new("scan"),
            max_file_size: options.max_file_size.unwrap_or(u64::MAX),
            vanished: 0,
            stop: options.stop.clone(),
        }
    }

    /// The account, for the walk to add to.
    pub(super) fn coverage(&mut self) -> &mut Coverage {
        &mut self.coverage
    }

    /// How much was larger than the user's own limit so far.
    pub(super) fn left_out(&self) -> u64 {
        self.coverage.skipped.get(&SkipReason::OverUserLimit).copied().unwrap_or(0)
    }

    /// How much was read so far.
    pub(super) fn read(&self) -> u64 {
        self.coverage.files
    }

    /// Counts something that was there and is gone.
    pub(super) fn vanished(&mut self) {
        self.vanished += 1;
    }

    /// Ends the account.
    pub(super) fn finish(mut self) -> Coverage {
        if self.vanished > 0 {
            let files = count(self.vanished, "file");
            self.coverage.notes.push(format!("{files} vanished while being scanned"));
        }
        self.coverage
    }

    /// Scans the name of a file or folder. `shown` is its path as the user would name it.
    pub(super) fn name(&mut self, name: &[u8], shown: &[u8]) {
        if may_hold_key(name) {
            let origin = Origin::File(BlobPath::new(shown), Part::FileName);
            (self.worker)(&Blob::whole(name, &origin));
        }
    }

    /// Scans a regular file of an open folder. `shown` is its path as the user would name it.
    pub(super) fn regular(&mut self, folder: BorrowedFd<'_>, name: &[u8], shown: &[u8]) {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        match unix::openat(folder, name, flags, Mode::empty()) {
            Ok(file) => self.opened(&File::from(file), shown),
            // It has become a link since the folder was listed.
            Err(Errno::LOOP) => self.link(folder, name, shown),
            Err(Errno::NOENT) => self.vanished += 1,
            Err(Errno::NXIO) => self.coverage.skip(SkipReason::SpecialFile),
            Err(e) => self.coverage.missed(String::from_utf8_lossy(shown), io::Error::from(e).to_string()),
        }
    }

    /// Scans what a link of an open folder says; where it leads is nobody's business.
    pub(super) fn link(&mut self, folder: BorrowedFd<'_>, name: &[u8], shown: &[u8]) {
        match unix::readlinkat(folder, name, Vec::with_capacity(256)) {
            Ok(target) => {
                let target = target.as_bytes();
                let target = target.get(..LINK_LIMIT.min(target.len())).unwrap_or_default();
                let origin = Origin::File(BlobPath::new(shown), Part::LinkTarget);
                (self.worker)(&Blob::whole(target, &origin));
                self.coverage.files += 1;
                self.coverage.bytes += target.len() as u64;
            }
            Err(Errno::NOENT | Errno::INVAL) => self.vanished += 1,
            Err(e) => self.coverage.missed(String::from_utf8_lossy(shown), io::Error::from(e).to_string()),
        }
    }

    /// Scans a file that the user named, whatever rules say.
    pub(super) fn explicit(&mut self, path: &Path) {
        let shown = path_to_bytes(path);
        if let Some(name) = path.file_name() {
            self.name(name.as_encoded_bytes(), &shown);
        }
        if let Ok(target) = std::fs::read_link(path) {
            let origin = Origin::File(BlobPath::new(&shown), Part::LinkTarget);
            (self.worker)(&Blob::whole(&path_to_bytes(&target), &origin));
            if !path.exists() {
                self.coverage.files += 1;
                return;
            }
        }
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        let opened = unix::open(path, flags, Mode::empty()).map(File::from).map_err(io::Error::from);
        let regular = opened.and_then(|file| {
            // Somebody who names a pipe wants it read: leaving it out quietly would look like a clean scan.
            if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other(NOT_REGULAR)) }
        });
        match regular {
            Ok(file) => {
                let left_out = self.left_out();
                self.opened(&file, &shown);
                // Whoever names a file wants it scanned, also where a limit for all files says otherwise.
                if self.left_out() > left_out {
                    self.coverage.missed(String::from_utf8_lossy(&shown), OVER_LIMIT);
                }
            }
            Err(e) => self.coverage.missed(String::from_utf8_lossy(&shown), e.to_string()),
        }
    }

    /// Scans standard input.
    pub(super) fn stdin(&mut self) {
        let stdin = io::stdin();
        if stdin_was_closed() {
            self.coverage.missed("standard input", "it is closed");
            return;
        }
        let opened = stdin.as_fd().try_clone_to_owned().map(File::from);
        let read = opened.and_then(|file| {
            let mut patient = Patient { file, stop: &self.stop };
            self.buffer.feed(&mut patient, 0, (&Origin::Stdin, Scope::Whole), self.worker)
        });
        match read {
            Ok(bytes) => self.coverage.bytes += bytes,
            Err(e) => self.coverage.missed("standard input", e.to_string()),
        }
        self.coverage.files += 1;
    }

    fn opened(&mut self, file: &File, shown: &[u8]) {
        let size = match unix::fstat(file) {
            Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile => {
                u64::try_from(stat.st_size).unwrap_or(0)
            }
            Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::Directory => {
                return self
                    .coverage
                    .missed(String::from_utf8_lossy(shown), "it became a folder while it was scanned");
            }
            Ok(_) => return self.coverage.skip(SkipReason::SpecialFile),
            Err(e) => {
                let why = io::Error::from(e).to_string();
                return self.coverage.missed(String::from_utf8_lossy(shown), why);
            }
        };
        if size > self.max_file_size {
            return self.coverage.over_limit(String::from_utf8_lossy(shown));
        }
        let origin = Origin::File(BlobPath::new(shown), Part::Content);
        let mut from = Opened::new(file, size).take(self.max_file_size);
        let like = Blob { file: Some(file), ..Blob::whole(&[], &origin) };
        let read = self.buffer.feed_like(&like, &mut from, size, self.worker);
        match read {
            Ok(bytes) => {
                self.coverage.bytes += bytes;
                // The system did not know how long it is.
                if size == 0 && bytes == self.max_file_size && bytes > 0 {
                    self.coverage.over_limit(String::from_utf8_lossy(shown));
                }
                let now = || unix::fstat(file).ok().and_then(|stat| u64::try_from(stat.st_size).ok());
                // It may have become shorter meanwhile; if it has not, something was not read.
                if bytes < size && self.stop.requested().is_none() && now().is_none_or(|now| bytes < now) {
                    let why = format!("only {bytes} of {size} bytes could be read");
                    self.coverage.missed(String::from_utf8_lossy(shown), why);
                }
            }
            Err(e) => self.coverage.missed(String::from_utf8_lossy(shown), e.to_string()),
        }
        self.coverage.files += 1;
    }
}

/// The least length of a run of letters and digits in which a key may stand.
const RUN: usize = 16;

/// Whether a key may stand in a name, so that looking is worth it: trees have many names, and nearly all are words.
fn may_hold_key(name: &[u8]) -> bool {
    let (mut run, mut digits, mut capitals, mut small) = (0, 0, 0, 0);
    for &byte in name {
        match byte {
            b'=' | b':' | b'@' => return true,
            b'0'..=b'9' => digits += 1,
            b'A'..=b'Z' => capitals += 1,
            b'a'..=b'z' => small += 1,
            b'_' | b'-' | b'+' | b'%' => {}
            _ => {
                (run, digits, capitals, small) = (0, 0, 0, 0);
                continue;
            }
        }
        run += 1;
        if run >= RUN && (digits > 0 || capitals > 0 && small > 0) {
            return true;
        }
    }
    false
}

/// A stream that may be silent for ever: between two looks at the stop flag it is waited for, not read.
struct Patient<'s> {
    file: File,
    stop: &'s Stop,
}

/// How long a silent stream is waited for before the flag is looked at.
const PATIENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };

impl Read for Patient<'_> {
    /// What has come; the end, too, when the scan is to stop.
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.stop.requested().is_some() {
                return Ok(0);
            }
            let mut waited = [PollFd::new(&self.file, PollFlags::IN)];
            match poll(&mut waited, Some(&PATIENCE)) {
                Ok(0) | Err(Errno::INTR) => {}
                Ok(_) => return self.file.read(into),
                Err(e) => return Err(e.into()),
            }
        }
    }
}

/// What is said of something that the user named and their own limit leaves out.
pub(super) const OVER_LIMIT: &str = "it was named, and all of it is larger than --max-file-size";

const NOT_REGULAR: &str = "not a regular file; give a pipe on standard input, as `-`";
