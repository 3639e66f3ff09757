//! The user's own git configuration (system and global files, with their includes), never the repository's.

use std::path::{Path, PathBuf};

use git2::{Config, ConfigLevel};

/// The value of a key such as `core.excludesFile` in the user's configuration, with `~` expanded for paths.
///
/// Libgit2 knows where these files are on each machine and follows their includes; it is started only for this, because
/// the hook needs none of it.
pub fn user_config(key: &str) -> Option<String> {
    user_files()?.get_string(key).ok()
}

/// The same for a key that holds a path: `~/` is expanded.
pub fn user_config_path(key: &str) -> Option<PathBuf> {
    user_files()?.get_path(key).ok()
}

/// The user's file of ignore patterns: `core.excludesFile`, else `git/ignore` in the configuration folder.
pub(super) fn user_excludes_file() -> Option<PathBuf> {
    if let Some(named) = user_config_path("core.excludesFile") {
        return Some(named);
    }
    let folder = match std::env::var_os("XDG_CONFIG_HOME").filter(|v| !v.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(std::env::var_os("HOME")?).join(".config"),
    };
    Some(folder.join("git").join("ignore"))
}

/// A path with `~/` replaced by the home folder.
pub(super) fn expand_home(path: &Path) -> Option<PathBuf> {
    match path.strip_prefix("~") {
        Ok(rest) => Some(PathBuf::from(std::env::var_os("HOME")?).join(rest)),
        Err(_) => Some(path.to_path_buf()),
    }
}

fn user_files() -> Option<Config> {
    if std::env::var_os("GIT_CONFIG_GLOBAL").is_none() && std::env::var_os("GIT_CONFIG_SYSTEM").is_none() {
        return Config::open_default().ok()?.snapshot().ok();
    }
    // Libgit2 does not know these two variables; git does, and tests and CI systems use them.
    let mut config = Config::new().ok()?;
    let nosystem = std::env::var_os("GIT_CONFIG_NOSYSTEM").is_some_and(|v| v != "0" && !v.is_empty());
    let system = match std::env::var_os("GIT_CONFIG_SYSTEM") {
        Some(path) => Some(path.into()),
        None => Config::find_system().ok(),
    };
    if let Some(path) = system.filter(|p: &PathBuf| !nosystem && p.is_file()) {
        config.add_file(&path, ConfigLevel::System, false).ok()?;
    }
    let global = match std::env::var_os("GIT_CONFIG_GLOBAL") {
        Some(path) => vec![(path.into(), ConfigLevel::Global)],
        None => [(Config::find_xdg(), ConfigLevel::XDG), (Config::find_global(), ConfigLevel::Global)]
            .into_iter()
            .filter_map(|(path, level)| Some((path.ok()?, level)))
            .collect(),
    };
    for (path, level) in global {
        if path.is_file() {
            config.add_file(&path, level, false).ok()?;
        }
    }
    config.snapshot().ok()
}
