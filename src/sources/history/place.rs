//! Which repositories are meant: one, those of its submodules, or all in a folder.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::repo::{Environment, Mode, Repository, path_from_bytes, path_to_bytes};

/// How deep a folder of repositories is searched, and modules within modules.
const DEPTH: usize = 6;

/// How many folders are looked at.
const MOST: usize = 100_000;

/// A repository and how its paths are told apart from those of others in the same report.
#[derive(Debug)]
pub struct Place {
    /// The repository.
    pub repository: Repository,
    /// Put in front of its paths: empty for the only one, else a folder that ends with `/`.
    pub prefix: Vec<u8>,
}

/// Repositories and folders that could not be opened, and why.
pub type Unopened = Vec<(PathBuf, String)>;

/// The repositories that `paths` mean. Each path is a repository, a folder in one, or a folder of repositories.
///
/// Submodules whose history lies in the repository (`modules/`) are added. What cannot be opened among several is
/// returned with the reason, so that one hides no other. Fails if the only path leads to no repository, or to one that
/// cannot be opened.
pub fn places(paths: &[PathBuf], env: &Environment) -> Result<(Vec<Place>, Unopened)> {
    let (mut found, mut broken) = (Vec::new(), Vec::new());
    for path in paths {
        let before = broken.len();
        let discovered = match Repository::discover(path, env) {
            Ok(discovered) => discovered,
            Err(e) if paths.len() > 1 => {
                broken.push((path.clone(), e.reason()));
                continue;
            }
            Err(e) => return Err(e),
        };
        if let Some(repository) = discovered {
            let prefix = if paths.len() > 1 { with_slash(path) } else { Vec::new() };
            with_modules(repository, prefix, &mut found, &mut broken);
            continue;
        }
        let mut seen = 0;
        let any = search(path, path, DEPTH, &mut seen, &mut found, &mut broken);
        if seen > MOST {
            broken.push((
                path.clone(),
                format!("only the first {MOST} folders were searched for repositories"),
            ));
        }
        if !any && broken.len() == before {
            let problem = "not a git repository, and there is none below it";
            if paths.len() == 1 {
                return Err(Error::Repository { path: path.clone(), problem: problem.into() });
            }
            broken.push((path.clone(), problem.into()));
        }
    }
    Ok((found, broken))
}

/// One opened repository, with its submodules.
pub fn places_of(repository: Repository) -> (Vec<Place>, Unopened) {
    let (mut found, mut broken) = (Vec::new(), Vec::new());
    with_modules(repository, Vec::new(), &mut found, &mut broken);
    (found, broken)
}

fn with_modules(repository: Repository, prefix: Vec<u8>, found: &mut Vec<Place>, broken: &mut Unopened) {
    if is_known(&repository, found) {
        return;
    }
    let (of, before) = (repository.clone(), prefix.clone());
    // It is known before its submodules are looked for: one of them may be the same again.
    found.push(Place { repository, prefix });
    modules(&of, &before, found, broken);
}

/// Whether a repository, or another work tree of it, is among those found: a history is read once.
fn is_known(repository: &Repository, found: &[Place]) -> bool {
    found.iter().any(|p| p.repository.common_dir == repository.common_dir)
}

/// Adds the repositories in a folder; whether there were any, known ones included.
fn search(
    top: &Path,
    folder: &Path,
    depth: usize,
    seen: &mut usize,
    found: &mut Vec<Place>,
    broken: &mut Unopened,
) -> bool {
    let Some(names) = folders(folder, broken) else { return false };
    let mut any = false;
    for inner in names {
        *seen += 1;
        if *seen > MOST {
            return any;
        }
        match Repository::at(&inner) {
            Ok(Some(repository)) => {
                let prefix = with_slash(inner.strip_prefix(top).unwrap_or(&inner));
                with_modules(repository, prefix, found, broken);
                any = true;
            }
            Ok(None) if depth > 1 => any |= search(top, &inner, depth - 1, seen, found, broken),
            Ok(None) => {}
            Err(e) => broken.push((inner, e.to_string())),
        }
    }
    any
}

/// The histories of submodules: those kept in `modules/NAME` (names may have slashes), of each work tree, and those that
/// stand in the work tree itself.
fn modules(of: &Repository, prefix: &[u8], found: &mut Vec<Place>, broken: &mut Unopened) {
    let dirs = of.worktrees().unwrap_or_else(|_| vec![of.common_dir.clone()]);
    for top in dirs.iter().map(|dir| dir.join("modules")) {
        kept(&top, prefix, found, broken);
    }
    embedded(of, prefix, DEPTH, found, broken);
}

fn kept(top: &Path, prefix: &[u8], found: &mut Vec<Place>, broken: &mut Unopened) {
    let mut todo = vec![(top.to_path_buf(), DEPTH)];
    while let Some((folder, depth)) = todo.pop() {
        if !folder.is_dir() || found.len() > MOST {
            continue;
        }
        let Some(names) = folders(&folder, broken) else { continue };
        for inner in names {
            if inner.join("HEAD").is_file() && inner.join("objects").is_dir() {
                match Repository::at(&inner) {
                    Ok(Some(repository)) => {
                        let name = with_slash(inner.strip_prefix(top).unwrap_or(&inner));
                        let nested = inner.join("modules");
                        found.push(Place { repository, prefix: [prefix, &name].concat() });
                        if depth > 0 {
                            todo.push((nested, depth - 1));
                        }
                    }
                    Ok(None) => {}
                    Err(e) => broken.push((inner, e.to_string())),
                }
            } else if depth > 0 {
                todo.push((inner, depth - 1));
            }
        }
    }
}

/// Submodules whose repository is a folder in the work tree, as old gits made them and `git add` of a repository does.
fn embedded(of: &Repository, prefix: &[u8], depth: usize, found: &mut Vec<Place>, broken: &mut Unopened) {
    let (Some(top), Ok(Some(index))) = (&of.work_tree, of.index()) else { return };
    for entry in index.entries().iter().filter(|e| e.mode() == Mode::Commit) {
        let name = with_slash(&path_from_bytes(index.path(entry)));
        let folder = top.join(path_from_bytes(index.path(entry)));
        let inside = fs::canonicalize(&folder).is_ok_and(|real| real.starts_with(top));
        if !inside || found.len() > MOST || folder.join(".git").symlink_metadata().is_err() {
            continue;
        }
        match Repository::at(&folder) {
            Ok(Some(inner)) if !is_known(&inner, found) => {
                let prefix = [prefix, &name].concat();
                found.push(Place { repository: inner.clone(), prefix: prefix.clone() });
                if depth > 0 {
                    embedded(&inner, &prefix, depth - 1, found, broken);
                }
            }
            Ok(_) => {}
            Err(e) => broken.push((folder, e.to_string())),
        }
    }
}

/// The folders in a folder, sorted, links not followed.
fn folders(folder: &Path, broken: &mut Unopened) -> Option<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => {
            let is_dir = |e: &fs::DirEntry| e.file_type().is_ok_and(|t| t.is_dir());
            let mut all: Vec<_> = entries.flatten().filter(is_dir).map(|e| e.path()).collect();
            all.sort();
            Some(all)
        }
        Err(e) => {
            broken.push((folder.to_path_buf(), e.to_string()));
            None
        }
    }
}

/// A path as the beginning of other paths.
pub fn with_slash(path: &Path) -> Vec<u8> {
    let mut bytes = path_to_bytes(path).clone();
    while bytes.last() == Some(&b'/') {
        bytes.pop();
    }
    bytes.push(b'/');
    bytes
}
