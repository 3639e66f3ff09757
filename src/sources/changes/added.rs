//! Giving a new blob to the worker, with the lines that no old version of it has.

use crate::model::{Blob, BlobPath, Coverage, ObjectId, Origin, Part, Scope, SkipReason, Stop};
use crate::repo::Mode;

use super::super::read::Buffer;
use super::lines::OldLines;
use super::objects::{Content, Objects};

/// One new blob and the blobs it came from.
#[derive(Debug, Clone)]
pub(in crate::sources) struct Job {
    pub(in crate::sources) path: BlobPath,
    pub(in crate::sources) id: ObjectId,
    pub(in crate::sources) mode: Mode,
    /// Whether the path itself is new.
    pub(in crate::sources) new_path: bool,
    /// Old versions: a line that one of them has is not added.
    pub(in crate::sources) old: Vec<ObjectId>,
}

/// What one thread needs to give blobs to its worker.
pub(in crate::sources) struct Pusher<'p, 's> {
    pub(in crate::sources) objects: Objects<'s>,
    pub(in crate::sources) worker: &'p mut (dyn FnMut(&Blob<'_>) + Send + 'p),
    pub(in crate::sources) max_size: u64,
    pub(in crate::sources) buffer: Buffer,
    pub(in crate::sources) coverage: Coverage,
}

impl<'p, 's> Pusher<'p, 's> {
    pub(in crate::sources) fn new(
        objects: Objects<'s>,
        worker: &'p mut (dyn FnMut(&Blob<'_>) + Send + 'p),
        max_size: Option<u64>,
        stop: &Stop,
    ) -> Pusher<'p, 's> {
        let (buffer, coverage) = (Buffer::new(stop), Coverage::default());
        Pusher { objects, worker, max_size: max_size.unwrap_or(u64::MAX), buffer, coverage }
    }

    /// Gives a new blob, and its path if that is new; `origin` says where a part of it comes from.
    pub(in crate::sources) fn push(&mut self, job: &Job, origin: &dyn Fn(Part) -> Origin) {
        if job.new_path {
            (self.worker)(&Blob::whole(job.path.as_bytes(), &origin(Part::FileName)));
        }
        let part = match job.mode {
            Mode::File => Part::Content,
            Mode::Link => Part::LinkTarget,
            Mode::Commit | Mode::Tree => return self.coverage.skip(SkipReason::OtherRepository),
        };
        let origin = origin(part);
        match self.objects.blob(&job.id) {
            Ok(Content::Whole(data)) if data.len() as u64 > self.max_size => {
                self.coverage.over_limit(job.path.to_text());
            }
            Ok(Content::Whole(data)) => self.whole(job, &data, &origin),
            Ok(Content::Large) => self.large(job, &origin),
            Err(why) => self.missed(job, why),
        }
    }

    fn missed(&mut self, job: &Job, why: String) {
        let what = format!("{}: blob", job.path.to_text());
        self.objects.missed(&mut self.coverage, &job.id, &what, why);
    }

    fn whole(&mut self, job: &Job, data: &[u8], origin: &Origin) {
        let ranges = self.old_lines(job).and_then(|old| old.added(data));
        let scope = ranges.as_deref().map_or(Scope::Whole, Scope::Lines);
        let len = data.len() as u64;
        // Given in windows too, so that the same key is found at the same places in all modes.
        let fed = self.buffer.feed(&mut &data[..], len, (origin, scope), self.worker);
        debug_assert!(fed.is_ok(), "reading from memory does not fail");
        self.coverage.blobs += 1;
        self.coverage.bytes += len;
    }

    /// A blob too large for one piece: once through for its lines, once more for its windows.
    fn large(&mut self, job: &Job, origin: &Origin) {
        match self.stream(job, origin) {
            Ok(Some(bytes)) => {
                self.coverage.blobs += 1;
                self.coverage.bytes += bytes;
            }
            Ok(None) => self.coverage.over_limit(job.path.to_text()),
            Err(why) => self.missed(job, why),
        }
    }

    fn stream(&mut self, job: &Job, origin: &Origin) -> Result<Option<u64>, String> {
        let store = self.objects.store();
        let open = || match store.open_blob(&job.id) {
            Ok(Some(stream)) => Ok(stream),
            Ok(None) => Err("the object is missing".to_string()),
            Err(damage) => Err(damage.to_string()),
        };
        let mut stream = open()?;
        let size = stream.size();
        if size > self.max_size {
            return Ok(None);
        }
        let ranges = match self.old_lines(job) {
            Some(old) => old.added_stream(&mut open()?).map_err(|e| e.to_string())?,
            None => None,
        };
        let scope = ranges.as_deref().map_or(Scope::Whole, Scope::Lines);
        self.buffer.feed(&mut stream, size, (origin, scope), self.worker).map(Some).map_err(|e| e.to_string())
    }

    /// The lines of the old versions; `None` if there is none, or none that can be read: then all lines count.
    fn old_lines(&mut self, job: &Job) -> Option<OldLines> {
        let mut lines = OldLines::default();
        for id in &job.old {
            let read = match self.objects.blob(id) {
                Ok(Content::Whole(data)) => {
                    lines.add(&data);
                    Ok(())
                }
                Ok(Content::Large) => match self.objects.store().open_blob(id) {
                    Ok(Some(mut stream)) => lines.add_stream(&mut stream).map_err(|e| e.to_string()),
                    Ok(None) => Err("the object is missing".into()),
                    Err(damage) => Err(damage.to_string()),
                },
                Err(why) => Err(why),
            };
            if let Err(why) = read {
                // The new blob is read all the same, but which of its lines are old cannot be told.
                let what = format!("{}: old version", job.path.to_text());
                self.objects.missed(&mut self.coverage, id, &what, why);
            }
        }
        (!job.old.is_empty()).then_some(lines)
    }
}
