//! Reflogs: which objects a ref has named before. Older stashes live only there.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::model::ObjectId;

use super::files::open_regular;
use super::plumbing::Git;
use super::refs::Broken;
use super::repository::{RefStorage, Repository};

/// A line longer than this is damaged.
const LINE_LIMIT: u64 = 1 << 20;
/// So is a list of objects longer than this.
const ANSWER: u64 = 1 << 30;

/// Which reflogs to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reflogs {
    /// That of `refs/stash` alone: every older stash.
    Stash,
    /// All, of all work trees.
    All,
}

impl Repository {
    /// The objects that reflogs name, each once and sorted, and the logs that could not be read, with why.
    ///
    /// Reflogs outlive their objects, so a missing object is no damage.
    pub fn reflog_ids(&self, which: Reflogs) -> Result<(Vec<ObjectId>, Broken)> {
        if self.ref_storage == RefStorage::Reftable {
            return Ok((self.reflog_ids_by_plumbing(which)?, Vec::new()));
        }
        let mut ids = BTreeSet::new();
        let mut broken = Vec::new();
        match which {
            Reflogs::Stash => read_log(&self.common_dir.join("logs/refs/stash"), &mut ids, &mut broken),
            Reflogs::All => {
                for git_dir in self.worktrees()? {
                    read_logs(git_dir.join("logs"), &mut ids, &mut broken);
                }
            }
        }
        Ok((ids.into_iter().collect(), broken))
    }
}

impl Repository {
    fn reflog_ids_by_plumbing(&self, which: Reflogs) -> Result<Vec<ObjectId>> {
        let git = Git::find(&self.folders())?;
        let words: &[&str] = match which {
            Reflogs::All => &["rev-list", "--no-walk", "--reflog"],
            Reflogs::Stash => {
                let words = ["rev-parse", "--verify", "--quiet", "refs/stash"].map(OsStr::new);
                if git.output(self, &words, ANSWER).is_err() {
                    return Ok(Vec::new());
                }
                &["rev-list", "--walk-reflogs", "refs/stash", "--"]
            }
        };
        let words: Vec<&OsStr> = words.iter().map(OsStr::new).collect();
        let answer = git.output(self, &words, ANSWER)?;
        let lines = answer.split(|&b| b == b'\n').filter(|line| !line.is_empty());
        let ids: Option<BTreeSet<ObjectId>> = lines.map(ObjectId::from_hex).collect();
        let ids = ids.ok_or_else(|| Error::Repository {
            path: self.git_dir.clone(),
            problem: "git rev-list answers with something that is no object".into(),
        })?;
        Ok(ids.into_iter().collect())
    }
}

fn read_logs(top: PathBuf, ids: &mut BTreeSet<ObjectId>, broken: &mut Broken) {
    let mut stack = vec![top];
    while let Some(folder) = stack.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            Err(e) => {
                broken.push((folder.display().to_string(), e.to_string()));
                continue;
            }
        };
        for entry in entries {
            match entry.and_then(|e| Ok((e.path(), e.file_type()?))) {
                Ok((path, kind)) if kind.is_dir() => stack.push(path),
                Ok((path, kind)) if kind.is_file() => read_log(&path, ids, broken),
                Ok(_) => {}
                Err(e) => broken.push((folder.display().to_string(), e.to_string())),
            }
        }
    }
}

fn read_log(path: &Path, ids: &mut BTreeSet<ObjectId>, broken: &mut Broken) {
    let file = match open_regular(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return,
        Err(e) => return broken.push((path.display().to_string(), e.to_string())),
    };
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    loop {
        line.clear();
        match reader.by_ref().take(LINE_LIMIT).read_until(b'\n', &mut line) {
            Ok(0) => return,
            Ok(_) => {}
            Err(e) => return broken.push((path.display().to_string(), e.to_string())),
        }
        let mut words = line.splitn(3, |&b| b == b' ');
        let old = words.next().and_then(ObjectId::from_hex);
        let new = words.next().and_then(ObjectId::from_hex);
        let (Some(old), Some(new)) = (old, new) else {
            return broken.push((path.display().to_string(), "a line names no objects".into()));
        };
        ids.extend([old, new].into_iter().filter(|id| !id.is_null()));
    }
}
