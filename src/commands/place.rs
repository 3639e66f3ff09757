//! Where a command stands: the current folder and the root that configuration and baseline belong to.

use std::env;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::repo::{Environment, Repository};

use super::configured::absolute;

/// The current folder and the root of its work tree; without a repository the folder itself.
pub(super) struct Here {
    /// The current folder, absolute.
    pub(super) cwd: PathBuf,
    /// The work tree's root, absolute.
    pub(super) root: PathBuf,
    /// The repository, where there is one.
    pub(super) repository: Option<Repository>,
}

/// Finds out where the command stands.
pub(super) fn here() -> Result<Here> {
    let cwd = env::current_dir()
        .map_err(|source| Error::Io { path: PathBuf::from("."), doing: "read", source })
        .map(|p| absolute(&p))?;
    stand(cwd, &Environment::of_process())
}

/// The same for another folder than the current one; the environment's repository is not meant then.
pub(super) fn at(folder: &Path) -> Result<Here> {
    stand(folder.to_path_buf(), &Environment::none())
}

fn stand(cwd: PathBuf, environment: &Environment) -> Result<Here> {
    let repository = Repository::discover(&cwd, environment)?;
    let root = repository.as_ref().and_then(|r| r.work_tree.as_deref()).map_or_else(|| cwd.clone(), absolute);
    // A work tree that GIT_WORK_TREE names may be elsewhere; then this folder stands for itself.
    let root = if cwd.starts_with(&root) { root } else { cwd.clone() };
    Ok(Here { cwd, root, repository })
}
