//! What the user named: folders to walk, files to read whatever rules say, standard input. Each once.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::model::Coverage;

use super::TreeOptions;

/// The arguments by kind.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    /// Folders, each with its real path.
    pub(super) roots: Vec<Root>,
    /// Their real paths.
    tops: HashSet<PathBuf>,
    /// Files and links.
    pub(super) singles: Vec<PathBuf>,
    /// Real paths of the files above, which the walk passes over.
    pub(super) done: HashSet<PathBuf>,
    /// Whether standard input was named.
    pub(super) stdin: bool,
}

/// A folder to walk.
#[derive(Debug)]
pub(super) struct Root {
    /// As the user named it.
    pub(super) named: PathBuf,
    /// Its real path.
    pub(super) real: PathBuf,
}

impl Arguments {
    /// Looks at each argument; what is not there is named in the coverage.
    pub(super) fn sort(options: &TreeOptions, coverage: &mut Coverage) -> Arguments {
        let mut all = Arguments::default();
        for path in &options.paths {
            if path.as_os_str() == "-" {
                all.stdin = true;
            } else if let Err(e) = all.add(path) {
                coverage.missed(path.to_string_lossy(), e.to_string());
            }
        }
        // A folder inside of another one is walked with it, or by itself if rules would leave it out: the walk passes
        // over roots, so each stays.
        all
    }

    fn add(&mut self, path: &Path) -> std::io::Result<()> {
        // A link that the user names is followed, as every tool does; links that the walk meets are not. What it says
        // is scanned too.
        let link = fs::symlink_metadata(path)?.is_symlink();
        let meta = match fs::metadata(path) {
            Ok(meta) => Some(meta),
            Err(_) if link => None,
            Err(e) => return Err(e),
        };
        if meta.as_ref().is_some_and(fs::Metadata::is_dir) {
            let real = fs::canonicalize(path)?;
            if self.tops.insert(real.clone()) {
                self.roots.push(Root { named: path.to_path_buf(), real });
            }
            return Ok(());
        }
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = path.file_name().unwrap_or_default();
        if self.done.insert(fs::canonicalize(folder)?.join(name)) {
            self.singles.push(path.to_path_buf());
        }
        Ok(())
    }

    /// Whether a folder is walked on its own, or a file was read on its own.
    pub(super) fn holds(&self, real: &Path) -> bool {
        self.done.contains(real) || self.tops.contains(real)
    }

    /// Whether nothing but one folder was named, so that nobody need ask [`Arguments::holds`].
    pub(super) fn is_single(&self) -> bool {
        self.done.is_empty() && self.roots.len() == 1
    }
}
