//! The user's own git configuration (system and global files, with their includes), never the repository's.

use git2::{Config, ConfigLevel};

/// The value of a key such as `core.excludesFile` in the user's configuration, with `~` expanded for paths.
///
/// Libgit2 knows where these files are on each machine and follows their includes; it is started only for this, because
/// the hook needs none of it.
pub fn user_config(key: &str) -> Option<String> {
    user_files()?.get_string(key).ok()
}

/// The same for a key that holds a path: `~/` is expanded.
pub fn user_config_path(key: &str) -> Option<std::path::PathBuf> {
    user_files()?.get_path(key).ok()
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
    if let Some(path) = system.filter(|p: &std::path::PathBuf| !nosystem && p.is_file()) {
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
