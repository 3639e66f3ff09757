//! The message of the commit that is being made, as git will record it.

use crate::error::Result;
use crate::model::{Blob, BlobPath, Coverage, Origin, Part};

use super::{Source, Worker};

/// Below this line (after the comment mark) git cuts the message: what follows is the diff that `commit -v` shows.
const SCISSORS: &[u8] = b" ------------------------ >8 ------------------------";

/// The marks of comment lines among which git chooses with `core.commentChar=auto`.
const MARKS: &[u8] = b"#;@!$%^&|:";

/// What git will take away from a message before it records it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cleanup {
    /// Nothing: no editor was used.
    Nothing,
    /// Comment lines, and everything from the scissors on.
    Comments,
    /// Everything from the scissors on (`commit.cleanup=scissors`).
    Scissors,
    /// Only the diff that `commit -v` shows (`commit.cleanup=whitespace` and `verbatim`).
    Diff,
}

/// What `git commit` hands to the commit-msg hook.
#[derive(Debug)]
pub struct Message {
    text: Vec<u8>,
    origin: Origin,
}

impl Message {
    /// A message as it stands in git's file. `mark` begins comment lines; `None` where git chooses one by itself. What
    /// is taken away is blanked, so that line numbers stay.
    pub fn new(text: Vec<u8>, cleanup: Cleanup, mark: Option<&[u8]>, path: BlobPath) -> Message {
        let text = match mark.or_else(|| chosen(&text)) {
            Some(mark) if !mark.is_empty() && cleanup != Cleanup::Nothing => blanked(&text, cleanup, mark),
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

/// The mark that git chose: that of its scissors, else that of the help with which its text ends.
fn chosen(text: &[u8]) -> Option<&[u8]> {
    let is_mark = |line: &&[u8]| line.first().is_some_and(|b| MARKS.contains(b));
    let lines = || text.split(|&b| b == b'\n').filter(|line| !line.is_empty());
    let scissors = lines().find(|line| is_mark(line) && line[1..].starts_with(SCISSORS));
    scissors.or_else(|| lines().next_back().filter(is_mark)).map(|line| &line[..1])
}

/// The text with what git takes away emptied or cut off.
fn blanked(text: &[u8], cleanup: Cleanup, mark: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.iter().position(|&b| b == b'\n').map_or(rest.len(), |at| at + 1);
        let (line, after) = rest.split_at(end);
        let comment = line.strip_prefix(mark);
        if comment.is_some_and(|c| c.starts_with(SCISSORS))
            && (cleanup != Cleanup::Diff || is_diff(after, mark))
        {
            break;
        }
        match comment {
            Some(_) if cleanup == Cleanup::Comments => kept.push(b'\n'),
            _ => kept.extend_from_slice(line),
        }
        rest = after;
    }
    kept
}

/// Whether a diff follows, behind what git says about it.
fn is_diff(text: &[u8], mark: &[u8]) -> bool {
    let mut lines = text.split(|&b| b == b'\n').filter(|line| !line.starts_with(mark));
    lines.next().is_some_and(|line| line.starts_with(b"diff --"))
}

#[cfg(test)]
mod tests {
    use super::{Cleanup, SCISSORS, blanked, chosen};

    #[test]
    fn what_git_takes_away_is_not_judged_and_the_rest_is() {
        let cut = |after: &str| [b"one\n# two\nthree\n#", SCISSORS, b"\n# say\n", after.as_bytes()].concat();
        let diff = cut("diff --git a/b a/b\n+four\n");
        assert_eq!(blanked(&diff, Cleanup::Comments, b"#"), b"one\n\nthree\n");
        for cleanup in [Cleanup::Scissors, Cleanup::Diff] {
            assert_eq!(blanked(&diff, cleanup, b"#"), b"one\n# two\nthree\n");
        }
        let typed = cut("four\n");
        assert_eq!(blanked(&typed, Cleanup::Diff, b"#"), typed);
        assert_eq!(blanked(b"one\n;two", Cleanup::Comments, b";"), b"one\n\n");
    }

    #[test]
    fn the_mark_that_git_chose_is_seen() {
        assert_eq!(chosen(b"# one\n\n; help\n; more help\n\n"), Some(&b";"[..]));
        assert_eq!(chosen(&[b"# one\n@", SCISSORS, b"\n@ say\ndiff --git\n+x\n"].concat()), Some(&b"@"[..]));
        assert_eq!(chosen(b"one\n"), None);
    }
}
