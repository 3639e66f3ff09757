//! Archives that come window by window: what a thread keeps until it has all of one.

use crate::archive::{Kind, Limits, Spool};
use crate::model::{Blob, Origin};

/// The archive that a thread is given at the moment, if it is.
#[derive(Debug, Default)]
pub(super) struct Windows {
    open: Option<Large>,
}

/// An archive that is larger than a window.
#[derive(Debug)]
struct Large {
    kind: Kind,
    origin: Origin,
    /// How much of it came by.
    end: u64,
    /// What came by, if it is no file that can be read again; or why it could not be kept.
    kept: Option<Result<Spool, String>>,
}

/// An archive, or a window of one.
#[derive(Debug)]
pub(super) enum Whole {
    /// More is to come.
    Part,
    /// The blob is all of it.
    Blob(Kind),
    /// The file is, of so many bytes.
    File(Kind, u64),
    /// It was kept.
    Kept(Kind, Spool),
    /// It could not be kept, and why.
    Lost(String),
}

impl Whole {
    /// The archive, if all of it is there.
    pub(super) fn into_complete(self) -> Option<Whole> {
        if matches!(self, Whole::Part) { None } else { Some(self) }
    }
}

impl Windows {
    /// What a blob is of an archive; `None` if it has to do with none.
    #[inline]
    pub(super) fn archive(&mut self, blob: &Blob<'_>, limits: &Limits) -> Option<Whole> {
        let window = &blob.window;
        let is_last = window.is_last(blob.bytes.len());
        if window.offset == 0 {
            self.open = None;
            if is_last {
                return Kind::of_whole(blob.bytes).map(Whole::Blob);
            }
            let kind = Kind::of(blob.bytes)?;
            self.open = Some(Large {
                kind,
                origin: blob.origin.clone(),
                end: 0,
                kept: if blob.file.is_some() { None } else { Some(Spool::new().map_err(|e| e.to_string())) },
            });
        }
        let large = self.open.as_mut()?;
        let seen = large.end.checked_sub(window.offset).and_then(|n| usize::try_from(n).ok());
        let Some(new) = seen.and_then(|n| blob.bytes.get(n..)).filter(|_| large.origin == *blob.origin)
        else {
            self.open = None;
            return None;
        };
        large.end += new.len() as u64;
        large.keep(new, limits);
        if !is_last {
            return Some(Whole::Part);
        }
        let Large { kind, end, kept, .. } = self.open.take()?;
        Some(match kept {
            None => Whole::File(kind, end),
            Some(Ok(spool)) => Whole::Kept(kind, spool),
            Some(Err(why)) => Whole::Lost(why),
        })
    }
}

impl Large {
    fn keep(&mut self, new: &[u8], limits: &Limits) {
        let Some(Ok(spool)) = &mut self.kept else { return };
        let kept = if self.end > limits.size {
            Err(format!("an archive of more than {} MiB (--max-archive-size)", limits.size >> 20))
        } else {
            spool.add(new).map_err(|e| format!("no temporary file could be written: {e}"))
        };
        if let Err(why) = kept {
            self.kept = Some(Err(why));
        }
    }
}
