//! Lines that go out while a scan runs, where a report is wanted that allows it.
//!
//! They go to standard output, or through a pipe. Into a regular file the same bytes are written at the end, for it is to
//! be whole or absent.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::error::{Error, Result};
use crate::model::{Finding, Stop, StopReason};
use crate::reports::{Document, Look, Stream, incomplete_line};

use super::output::Wanted;

/// So much is written at once.
const ENOUGH: usize = 1 << 16;

/// Where whole lines stand so far and more are to come; locked while some are written.
static OPEN: Mutex<Vec<File>> = Mutex::new(Vec::new());

/// Says in the open streams that no more will come, before the process ends without an end.
pub(super) fn cut_short(why: &str) {
    if let Ok(mut open) = OPEN.try_lock() {
        for mut out in open.drain(..) {
            let _ = writeln!(out, "{}", incomplete_line(why));
        }
    }
}

/// The streams of a run.
pub(super) struct Streams {
    stream: Stream,
    look: Look,
    /// Lines that are not written yet.
    buffer: Vec<u8>,
    to_stdout: bool,
    pipes: Vec<(PathBuf, File)>,
    failed: Option<Error>,
    /// Asked for the end when a reader goes away.
    stop: Stop,
}

impl Streams {
    /// Whether any of these reports can be streamed.
    pub(super) fn fit(wanted: &[Wanted]) -> bool {
        wanted.iter().any(Wanted::streams)
    }

    /// Opens the pipes among the reports that are wanted.
    pub(super) fn open(wanted: &[Wanted], look: Look, stop: &Stop) -> Result<Streams> {
        let mut pipes = Vec::new();
        for path in wanted.iter().filter(|one| one.streams()).filter_map(Wanted::path) {
            let file = OpenOptions::new().write(true).open(path);
            pipes.push((path.clone(), file.map_err(|e| failure(path.clone(), e))?));
        }
        let to_stdout = wanted.iter().any(|one| one.streams() && one.path().is_none());
        let copies = pipes.iter().map(|(_, pipe)| pipe.try_clone());
        let stdout = to_stdout.then(|| io::stdout().as_fd().try_clone_to_owned().map(File::from));
        *OPEN.lock().unwrap_or_else(PoisonError::into_inner) = copies.chain(stdout).flatten().collect();
        Ok(Streams {
            stream: Stream::default(),
            look,
            buffer: Vec::new(),
            to_stdout,
            pipes,
            failed: None,
            stop: stop.clone(),
        })
    }

    /// Whether lines go to standard output.
    pub(super) fn to_stdout(&self) -> bool {
        self.to_stdout
    }

    /// Tells a finding, if its line may go ahead.
    pub(super) fn tell(&mut self, finding: &Finding, out: &mut dyn Write) {
        if self.failed.is_some() {
            return;
        }
        // A vector takes everything.
        let _ = self.stream.tell(finding, self.look, &mut self.buffer);
        if self.buffer.len() >= ENOUGH {
            self.flush(out);
        }
    }

    /// Writes what was told so far. When that fails nobody wants the rest.
    pub(super) fn flush(&mut self, out: &mut dyn Write) {
        if self.buffer.is_empty() || self.failed.is_some() {
            return;
        }
        if let Err(e) = self.write(out) {
            self.failed = Some(e);
            self.stop.request(StopReason::OutputGone);
        }
        self.buffer.clear();
    }

    fn write(&mut self, out: &mut dyn Write) -> Result<()> {
        let _open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        if self.to_stdout {
            out.write_all(&self.buffer).and_then(|()| out.flush()).map_err(Error::Output)?;
        }
        for (path, pipe) in &mut self.pipes {
            pipe.write_all(&self.buffer).map_err(|e| failure(path.clone(), e))?;
        }
        Ok(())
    }

    /// What went wrong, once nothing more is told.
    pub(super) fn close(&mut self) -> Result<()> {
        OPEN.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.failed.take().map_or(Ok(()), Err)
    }

    /// Writes what is left for standard output, or for the pipe at this path.
    pub(super) fn end(
        &self,
        path: Option<&PathBuf>,
        document: &Document<'_>,
        out: &mut dyn Write,
    ) -> Result<()> {
        let write = |out: &mut dyn Write| {
            let mut out = BufWriter::with_capacity(ENOUGH, out);
            self.stream.end(document, &mut out).and_then(|()| out.flush())
        };
        let Some(path) = path else { return write(out).map_err(Error::Output) };
        let pipe = self.pipes.iter().find(|(own, _)| own == path).map(|(_, pipe)| pipe);
        let mut pipe = pipe.ok_or_else(|| failure(path.clone(), io::ErrorKind::NotFound.into()))?;
        write(&mut pipe).map_err(|e| failure(path.clone(), e))
    }
}

fn failure(path: PathBuf, source: io::Error) -> Error {
    Error::Io { path, doing: "write the report", source }
}
