//! How a walk sees a folder: with the eyes of the repository that it lies in, or with nobody's.

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::model::Coverage;
use crate::repo::{Environment, Index, Layer, Repository, path_to_bytes};

use super::TreeOptions;
use super::arguments::Root;

/// How a repository sees the folders below one of its folders, or how nobody does.
#[derive(Debug, Default)]
pub(super) struct View {
    /// What is tracked; `None` where that is not known or does not matter.
    pub(super) index: Option<Index>,
    /// Paths from the walk's top lose this many bytes …
    pub(super) base: usize,
    /// … and get this in front, to become paths from the repository's top.
    pub(super) prefix: Vec<u8>,
    /// The name of the files that hold ignore patterns; `None` if nothing is ignored.
    pub(super) ignore_file: Option<&'static str>,
}

impl View {
    /// A path as the repository knows it.
    pub(super) fn path(&self, from_top: &[u8]) -> Vec<u8> {
        let mut path = self.prefix.clone();
        path.extend_from_slice(from_top.get(self.base..).unwrap_or_default());
        path
    }
}

/// A folder to be listed.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    pub(super) root: usize,
    /// From the walk's top, without a `/` at the end; empty for the top.
    pub(super) path: Vec<u8>,
    pub(super) view: Arc<View>,
    /// The index entries below.
    pub(super) range: Range<usize>,
    pub(super) layer: Option<Arc<Layer>>,
    /// Whether it is known that no parent is ignored.
    pub(super) visible: bool,
}

/// The first folder of a walk, with the repository it lies in.
pub(super) fn start(number: usize, root: &Root, options: &TreeOptions, coverage: &mut Coverage) -> Folder {
    let plain = |ignore_file| Folder {
        root: number,
        path: Vec::new(),
        view: Arc::new(View { ignore_file, ..View::default() }),
        range: 0..0,
        layer: None,
        visible: true,
    };
    if options.no_ignore {
        return plain(None);
    }
    if options.no_git {
        return plain(Some(".ignore"));
    }
    let repository = match Repository::discover(&root.real, &Environment::limits_of_process()) {
        Ok(Some(repository)) => repository,
        Ok(None) => return plain(Some(".ignore")),
        Err(e) => {
            coverage.missed(root.named.to_string_lossy(), e.to_string());
            return plain(None);
        }
    };
    let below = repository.work_tree.as_deref().and_then(|tree| root.real.strip_prefix(tree).ok());
    let Some(below) = below else {
        if repository.bare && repository.git_dir == root.real {
            let why = "a bare repository has no files but objects; `keysieve history` reads them";
            coverage.missed(root.named.to_string_lossy(), why);
        }
        return plain(None);
    };
    let mut prefix = path_to_bytes(below);
    if !prefix.is_empty() {
        prefix.push(b'/');
    }
    let mut folder = match view_of(&repository, 0, prefix) {
        Ok((view, layer)) => Folder { view, layer: Some(layer), ..plain(None) },
        Err(e) => {
            coverage.missed(repository.index_file.to_string_lossy(), e.to_string());
            return plain(None);
        }
    };
    // The patterns of the folders above hold here too, but a folder that was named is never ignored itself.
    let mut above = repository.work_tree.clone().unwrap_or_default();
    let mut len = 0;
    for part in below.components() {
        folder.layer = Some(Layer::on(folder.layer.as_ref(), len, above.join(".gitignore")));
        above.push(part);
        len += part.as_os_str().len() + 1;
    }
    if let Some(index) = &folder.view.index {
        folder.range = index.range(&folder.view.prefix);
    }
    folder
}

pub(super) fn view_of(
    repository: &Repository,
    base: usize,
    prefix: Vec<u8>,
) -> crate::error::Result<(Arc<View>, Arc<Layer>)> {
    let index = repository.index()?;
    let view = View { index, base, prefix, ignore_file: Some(".gitignore") };
    Ok((Arc::new(view), Layer::of_repository(repository)))
}

/// Whether one of the folders that make up a path (which ends with `/`) is ignored; those up to the `named` bytes were
/// asked for.
pub(super) fn hidden_above(layer: &Layer, own: &[u8], named: usize) -> bool {
    let mut ends = memchr::memchr_iter(b'/', own).filter(|&at| at >= named);
    ends.any(|at| layer.hides(own.get(..at).unwrap_or_default(), true))
}

pub(super) fn same(work_tree: Option<&Path>, folder: &Path) -> bool {
    work_tree.is_some_and(|tree| fs::canonicalize(folder).is_ok_and(|real| real == tree))
}
