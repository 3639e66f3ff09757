//! The message of the commit that is being made, as git will record it.

use crate::error::Result;
use crate::model::{Blob, BlobPath, Coverage, Origin, Part};

use super::{Source, Worker};

/// Below this line (after the comment mark) git cuts the message: what follows is the diff that `commit -v` shows.
const SCISSORS: &[u8] = b" ------------------------ >8 ------------------------";

/// What `git commit` hands to the commit-msg hook.
#[derive(Debug)]
pub struct Message {
    text: Vec<u8>,
    origin: Origin,
}

impl Message {
    /// A message as it stands in git's file. `comment` is the mark of lines that git strips; `None` where it strips
    /// none because no editor was used. What is stripped is blanked, so that line numbers stay.
    pub fn new(text: Vec<u8>, comment: Option<&[u8]>, path: BlobPath) -> Message {
        let text = match comment {
            Some(mark) if !mark.is_empty() => blanked(&text, mark),
            _ => text,
        };
        Message { text, origin: Origin::File(path, Part::CommitMessage) }
    }
}

impl Source for Message {
    fn visit<'s>(&self, new_worker: &(dyn Fn() -> Worker<'s> + Sync + 's)) -> Result<Coverage> {
        let mut coverage = Coverage::new("commit-msg");
        new_worker()(&Blob::whole(&self.text, &self.origin));
        coverage.bytes = self.text.len() as u64;
        Ok(coverage)
    }
}

/// The text with comment lines emptied and everything from the scissors on cut off.
fn blanked(text: &[u8], mark: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(text.len());
    for line in text.split_inclusive(|&b| b == b'\n') {
        match line.strip_prefix(mark) {
            Some(rest) if rest.starts_with(SCISSORS) => break,
            Some(_) => kept.push(b'\n'),
            None => kept.extend_from_slice(line),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::{SCISSORS, blanked};

    #[test]
    fn comments_are_blanked_and_the_diff_below_the_scissors_is_cut() {
        let text = [b"one\n# two\nthree\n#".as_slice(), SCISSORS, b"\n+four\n"].concat();
        assert_eq!(blanked(&text, b"#"), b"one\n\nthree\n");
        assert_eq!(blanked(b"one\n;two", b";"), b"one\n\n");
    }
}
