//! Writing a hook, keeping what was there, taking it away again.

use std::fs::{self, Permissions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::repo::read_small;

use super::{Stage, script};

/// What installing or uninstalling did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The hook was written.
    Installed,
    /// The hook was written, and the one that was there is kept and runs first.
    Chained,
    /// The same hook stood there already.
    Unchanged,
    /// One of our older hooks was brought up to date.
    Updated,
    /// The hook was removed.
    Removed,
    /// The hook was removed and the one from before is back.
    Restored,
    /// There was nothing of ours.
    Nothing,
}

/// How a stage stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// No hook at all.
    Absent,
    /// A hook that is not ours.
    Foreign,
    /// Ours.
    Ours {
        /// The program it calls.
        program: PathBuf,
        /// Whether a hook from before runs first.
        chained: bool,
        /// Whether git would run it (the executable bit).
        executable: bool,
    },
}

/// Writes the hook of a stage into a folder. Twice is the same as once.
pub fn install(folder: &Path, stage: Stage, program: &Path) -> Result<Change> {
    let hook = folder.join(stage.as_str());
    if fs::metadata(folder).is_ok_and(|m| !m.is_dir()) {
        let problem = "it is no folder, so git runs no hooks here: see core.hooksPath".into();
        return Err(Error::Hook { path: folder.into(), problem });
    }
    let before = kept(folder, stage);
    let there = read(&hook)?;
    let wanted = script::text(stage, program, made(folder)?);
    let change = match there {
        Some(text) if text == wanted && is_executable(&hook) => return Ok(Change::Unchanged),
        Some(text) if script::is_ours(&text) => Change::Updated,
        Some(_) => {
            if fs::symlink_metadata(&before).is_ok() {
                let problem = format!(
                    "there is a hook here and another one kept from before ({}): remove one of them first",
                    before.display()
                );
                return Err(Error::Hook { path: hook, problem });
            }
            fs::rename(&hook, &before).map_err(|e| failed(&hook, "cannot be moved aside", &e))?;
            Change::Chained
        }
        None => Change::Installed,
    };
    if let Err(e) = write(folder, &hook, &wanted) {
        if change == Change::Chained {
            // Nothing may be lost: the old hook goes back to its place.
            let _ = fs::rename(&before, &hook);
        }
        return Err(failed(&hook, "cannot be written", &e));
    }
    Ok(change)
}

/// Removes the hook of a stage and puts back the one from before, byte for byte.
pub fn uninstall(folder: &Path, stage: Stage) -> Result<Change> {
    let hook = folder.join(stage.as_str());
    match read(&hook)? {
        Some(text) if script::is_ours(&text) => {}
        _ => return uninstall_aside(folder, stage),
    }
    let before = kept(folder, stage);
    if fs::symlink_metadata(&before).is_ok() {
        fs::rename(&before, &hook).map_err(|e| failed(&hook, "cannot be put back", &e))?;
        return Ok(Change::Restored);
    }
    let made = made(folder)?;
    fs::remove_file(&hook).map_err(|e| failed(&hook, "cannot be removed", &e))?;
    for folder in folder.ancestors().take(made) {
        // Fails where something else is in it, which then stays.
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
    Ok(Change::Removed)
}

/// Keeps a copy of one of our hooks that somebody has changed by hand, before it is replaced or removed; says where.
pub fn keep_changed(folder: &Path, stage: Stage) -> Result<Option<PathBuf>> {
    let hook = folder.join(stage.as_str());
    let Some(text) = read(&hook)?.filter(|text| script::is_ours(text) && !script::is_as_written(text, stage))
    else {
        return Ok(None);
    };
    let copy = folder.join(format!("{}{}", stage.as_str(), script::CHANGED));
    if read(&copy)?.is_some_and(|there| there != text) {
        let problem = format!(
            "it was changed by hand, and an earlier change is kept in {}: remove one of them first",
            copy.display()
        );
        return Err(Error::Hook { path: hook, problem });
    }
    fs::write(&copy, text).map_err(|e| failed(&copy, "cannot be written", &e))?;
    Ok(Some(copy))
}

/// Where hook managers move a hook that was there before them: pre-commit runs it still, lefthook does not.
const ASIDE: [&str; 2] = [".legacy", ".old"];

/// Whether pre-commit has moved our hook aside and runs it first.
pub fn is_legacy(folder: &Path, stage: Stage) -> bool {
    let hook = folder.join(format!("{}{}", stage.as_str(), ASIDE[0]));
    is_executable(&hook) && read(&hook).ok().flatten().is_some_and(|text| script::is_ours(&text))
}

/// Removes our hook where a hook manager has moved it aside.
fn uninstall_aside(folder: &Path, stage: Stage) -> Result<Change> {
    let mut change = Change::Nothing;
    for suffix in ASIDE {
        let hook = folder.join(format!("{}{suffix}", stage.as_str()));
        if read(&hook)?.is_some_and(|text| script::is_ours(&text)) {
            fs::remove_file(&hook).map_err(|e| failed(&hook, "cannot be removed", &e))?;
            change = Change::Removed;
        }
    }
    Ok(change)
}

/// How many folders were made, or have to be made, for our hooks: the hooks folder and those above.
fn made(folder: &Path) -> Result<usize> {
    let mut made = folder.ancestors().take_while(|f| fs::symlink_metadata(f).is_err()).count();
    for stage in Stage::ALL {
        if let Some(text) = read(&folder.join(stage.as_str()))?.filter(|text| script::is_ours(text)) {
            made = made.max(script::made(&text));
        }
    }
    Ok(made)
}

/// How a stage stands in a folder.
pub fn state(folder: &Path, stage: Stage) -> Result<State> {
    let hook = folder.join(stage.as_str());
    Ok(match read(&hook)? {
        None => State::Absent,
        Some(text) if script::is_ours(&text) => State::Ours {
            program: script::program(&text).unwrap_or_default().into(),
            chained: fs::symlink_metadata(kept(folder, stage)).is_ok(),
            executable: is_executable(&hook),
        },
        Some(_) => State::Foreign,
    })
}

fn kept(folder: &Path, stage: Stage) -> PathBuf {
    folder.join(format!("{}{}", stage.as_str(), script::BEFORE))
}

/// A hook's text; `None` when there is none. A link is read through: it is moved aside whole all the same.
fn read(hook: &Path) -> Result<Option<Vec<u8>>> {
    match fs::symlink_metadata(hook) {
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Ok(m) if m.is_dir() => {
            return Err(Error::Hook {
                path: hook.into(),
                problem: "a folder stands where the hook belongs".into(),
            });
        }
        _ => {}
    }
    match read_small(hook) {
        Ok(text) => Ok(Some(text)),
        // A link to nowhere is somebody's hook all the same.
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(Some(Vec::new())),
        Err(e) => Err(failed(hook, "cannot be read", &e)),
    }
}

/// Writes beside the place and renames: git never sees half a hook.
fn write(folder: &Path, hook: &Path, text: &[u8]) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text)?;
    #[cfg(unix)]
    file.as_file().set_permissions(<Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o755))?;
    file.persist(hook).map_err(|e| e.error)?;
    Ok(())
}

fn is_executable(path: &Path) -> bool {
    #[cfg(unix)]
    return fs::metadata(path)
        .is_ok_and(|m| std::os::unix::fs::PermissionsExt::mode(&m.permissions()) & 0o111 != 0);
    #[cfg(not(unix))]
    path.exists()
}

fn failed(path: &Path, what: &str, e: &std::io::Error) -> Error {
    Error::Hook { path: path.into(), problem: format!("{what}: {e}") }
}

#[cfg(test)]
mod tests {
    use super::{Change, State, install, state, uninstall};
    use crate::hook::Stage;
    use std::fs;
    use std::path::Path;

    const STAGE: Stage = Stage::PreCommit;

    #[test]
    fn install_twice_then_uninstall_leaves_no_trace() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("hooks");
        let program = Path::new("/usr/bin/keysieve");
        assert_eq!(state(&folder, STAGE).unwrap(), State::Absent);
        assert_eq!(install(&folder, STAGE, program).unwrap(), Change::Installed);
        assert_eq!(install(&folder, STAGE, program).unwrap(), Change::Unchanged);
        assert_eq!(install(&folder, STAGE, Path::new("/else/keysieve")).unwrap(), Change::Updated);
        assert_eq!(uninstall(&folder, STAGE).unwrap(), Change::Removed);
        assert_eq!(uninstall(&folder, STAGE).unwrap(), Change::Nothing);
        assert!(!folder.exists(), "it was made for the hook");
    }

    #[test]
    fn a_hook_from_before_comes_back_byte_for_byte() {
        let dir = tempfile::tempdir().unwrap();
        let hook = dir.path().join("pre-commit");
        fs::write(&hook, b"#!/bin/sh\r\necho \xff\n").unwrap();
        let before = fs::metadata(&hook).unwrap().permissions();
        assert_eq!(install(dir.path(), STAGE, Path::new("/k")).unwrap(), Change::Chained);
        assert!(matches!(
            state(dir.path(), STAGE).unwrap(),
            State::Ours { chained: true, executable: true, .. }
        ));
        assert_eq!(install(dir.path(), STAGE, Path::new("/k")).unwrap(), Change::Unchanged);
        assert_eq!(uninstall(dir.path(), STAGE).unwrap(), Change::Restored);
        assert_eq!(fs::read(&hook).unwrap(), b"#!/bin/sh\r\necho \xff\n");
        assert_eq!(fs::metadata(&hook).unwrap().permissions(), before);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_second_foreign_hook_is_never_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("pre-commit"), "new").unwrap();
        fs::write(dir.path().join("pre-commit.before-keysieve"), "old").unwrap();
        assert!(install(dir.path(), STAGE, Path::new("/k")).is_err());
        assert_eq!(fs::read(dir.path().join("pre-commit")).unwrap(), b"new");
    }
}
