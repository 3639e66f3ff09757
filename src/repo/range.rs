//! Ranges of commits, as the git program understands them: revision syntax is too rich to be guessed.

use std::ffi::OsStr;

use crate::error::{Error, Result};
use crate::model::ObjectId;

use super::plumbing::Git;
use super::repository::Repository;

/// A list of commits may not be longer than this, in bytes.
const LIMIT: u64 = 1 << 30;

/// Commits to begin with, and commits to leave out with everything before them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Range {
    /// Where to begin.
    pub include: Vec<ObjectId>,
    /// What is left out, with its ancestors.
    pub exclude: Vec<ObjectId>,
}

impl Repository {
    /// The range that `A..B`, `A...B` or `A` (meaning `A..HEAD`) stands for: the commits of B that A does not have.
    ///
    /// An A of zeros, with which CI systems say "this branch is new", leaves nothing out. Fails if a name is no commit
    /// here, with a hint where the clone is shallow.
    pub fn range(&self, text: &str) -> Result<Range> {
        let (from, to) = match text.split_once("...").or_else(|| text.split_once("..")) {
            Some((from, to)) => (from, to),
            None => (text, "HEAD"),
        };
        let or_head = |name: &'_ str| if name.is_empty() { "HEAD".to_owned() } else { name.to_owned() };
        let git = Git::find(&self.folders())?;
        let include = vec![self.commit(&git, &or_head(to), text)?];
        let new_branch = from.len() >= 40 && from.bytes().all(|b| b == b'0');
        let exclude = if new_branch { Vec::new() } else { vec![self.commit(&git, &or_head(from), text)?] };
        Ok(Range { include, exclude })
    }

    /// The commit that a name stands for.
    pub fn commit_named(&self, name: &str) -> Result<ObjectId> {
        self.commit(&Git::find(&self.folders())?, name, name)
    }

    fn commit(&self, git: &Git, name: &str, range: &str) -> Result<ObjectId> {
        let peeled = format!("{name}^{{commit}}");
        let args = ["rev-parse", "--verify", "--quiet", "--end-of-options", &peeled].map(OsStr::new);
        let answer = git.output(self, &args, 1 << 12).ok();
        answer.and_then(|text| ObjectId::from_hex(text.trim_ascii())).ok_or_else(|| {
            let shallow = self.shallow().is_ok_and(|s| !s.is_empty());
            let hint = if shallow { "; this clone is shallow: fetch more history" } else { "" };
            if let Some(id) = self.named(git, name).filter(|id| id.to_string() != name) {
                let what = format!("`{name}` is {id}, which is no commit, or is missing or damaged");
                return Error::Incomplete(format!("{range}: {what}{hint}"));
            }
            Error::Incomplete(format!("{range}: there is no commit `{name}` here{hint}"))
        })
    }

    /// The object that a name stands for, whether it can be read or not.
    fn named(&self, git: &Git, name: &str) -> Option<ObjectId> {
        let args = ["rev-parse", "--verify", "--quiet", "--end-of-options", name].map(OsStr::new);
        let answer = git.output(self, &args, 1 << 12).ok()?;
        ObjectId::from_hex(answer.trim_ascii())
    }

    /// The commits of a range, parents before children. `more` are further words for `git rev-list`, such as
    /// `--not --remotes=origin`.
    pub fn commits(&self, range: &Range, more: &[&str]) -> Result<Vec<ObjectId>> {
        let git = Git::find(&self.folders())?;
        let mut input = String::new();
        for id in &range.include {
            input.push_str(&format!("{id}\n"));
        }
        for id in &range.exclude {
            input.push_str(&format!("^{id}\n"));
        }
        let words = ["rev-list", "--topo-order", "--reverse", "--stdin"];
        let args: Vec<&OsStr> = words.iter().chain(more).map(OsStr::new).collect();
        let answer = git.output_with_input(self, &args, input.as_bytes(), LIMIT)?;
        let lines = answer.split(|&b| b == b'\n').filter(|line| !line.is_empty());
        lines.map(ObjectId::from_hex).collect::<Option<Vec<_>>>().ok_or_else(|| Error::Repository {
            path: self.git_dir.clone(),
            problem: "git rev-list answers with something that is no commit".into(),
        })
    }
}
