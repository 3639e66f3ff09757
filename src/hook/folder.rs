//! Which folder git would run hooks from.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::repo::{Git, Repository, path_from_bytes, user_config_path};

/// Answers of git that are longer than this are no answers.
const LIMIT: u64 = 1 << 16;

/// The folder from which git runs hooks, and who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookFolder {
    /// The folder, absolute; it need not exist yet.
    pub path: PathBuf,
    /// Who rules it.
    pub rule: Rule,
}

/// Who decided about the hooks folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Nobody: the repository's own `hooks`.
    Own,
    /// `core.hooksPath` of the repository.
    Repository,
    /// `core.hooksPath` of the user or the system: the folder serves all repositories.
    User,
}

/// Asks git, because only git knows all that it honours: includes, work trees, environment.
pub fn find_folder(repository: &Repository) -> Result<HookFolder> {
    let base = repository.work_tree.as_deref().unwrap_or(&repository.git_dir);
    let git = Git::find(&[base, &repository.git_dir])?;
    let answer = git.output(repository, &args(["rev-parse", "--git-path", "hooks"]), LIMIT)?;
    let answer = answer.strip_suffix(b"\n").unwrap_or(&answer);
    if answer.is_empty() {
        return Err(Error::Hook {
            path: repository.git_dir.clone(),
            problem: "git names no hooks folder".into(),
        });
    }
    let path = base.join(path_from_bytes(answer));
    // Fails when it is not set, which is the usual case.
    let scope = git.output(repository, &args(["config", "--show-scope", "--get", "core.hooksPath"]), LIMIT);
    let scope = scope.unwrap_or_default();
    if scope.ends_with(b"\t\n") {
        let problem = "core.hooksPath is set to nothing, and git then looks for hooks in /: unset it".into();
        return Err(Error::Hook { path: repository.git_dir.clone(), problem });
    }
    let rule = match scope.split(|&b| b == b'\t').next() {
        Some(b"local" | b"worktree") => Rule::Repository,
        Some(b"global" | b"system" | b"command") => Rule::User,
        _ => Rule::Own,
    };
    Ok(HookFolder { path, rule })
}

/// Where hooks for all of the user's repositories belong: `core.hooksPath` where the user has one, else the template
/// that git copies into new and cloned repositories. `None`: neither is set yet.
pub fn global_folder() -> Option<HookFolder> {
    if let Some(path) = user_config_path("core.hooksPath") {
        return Some(HookFolder { path, rule: Rule::User });
    }
    user_config_path("init.templateDir")
        .map(|template| HookFolder { path: template.join("hooks"), rule: Rule::Own })
}

/// Makes a template folder below the user's configuration folder and names it in the user's git configuration.
pub fn set_template(config_home: &Path) -> Result<PathBuf> {
    let template = template_in(config_home);
    let failed = |problem: String| Error::Hook { path: template.clone(), problem };
    std::fs::create_dir_all(template.join("hooks")).map_err(|e| failed(format!("cannot be created: {e}")))?;
    let mut config = user_file()
        .map_err(|e| failed(format!("the git configuration cannot be opened: {}", e.message())))?;
    config
        .set_str("init.templateDir", &template.to_string_lossy())
        .map_err(|e| failed(format!("the git configuration cannot be changed: {}", e.message())))?;
    Ok(template)
}

/// Undoes [`set_template`] when our template is empty again; whether there was something to undo.
pub fn unset_template(config_home: &Path) -> Result<bool> {
    let template = template_in(config_home);
    if user_config_path("init.templateDir").as_deref() != Some(&template) {
        return Ok(false);
    }
    // Fails when another hook is left in it, which then stays.
    if std::fs::remove_dir(template.join("hooks")).is_err() || std::fs::remove_dir(&template).is_err() {
        return Ok(false);
    }
    let failed = |e: git2::Error| Error::Hook { path: template.clone(), problem: e.message().to_owned() };
    user_file().and_then(|mut c| c.remove("init.templateDir")).map_err(failed)?;
    let _ = template.parent().map(std::fs::remove_dir);
    drop_empty_section();
    Ok(true)
}

/// Takes away the heading that is left in the user's configuration when its last line goes, and the file if that was all of
/// it. A failure leaves an empty heading, which means nothing.
fn drop_empty_section() {
    let Ok(path) = git2::Config::find_global() else { return };
    let Ok(text) = std::fs::read(&path) else { return };
    let Some(rest) = text.strip_suffix(b"[init]\n") else { return };
    let _ = if rest.is_empty() && !path.is_symlink() {
        std::fs::remove_file(&path)
    } else {
        std::fs::write(&path, rest)
    };
}

fn template_in(config_home: &Path) -> PathBuf {
    config_home.join("keysieve").join("git-template")
}

/// The user's own configuration file, made if it is not there yet.
fn user_file() -> Result<git2::Config, git2::Error> {
    match git2::Config::find_global() {
        Ok(path) => git2::Config::open(&path),
        Err(_) => git2::Config::open_default()?.open_level(git2::ConfigLevel::Global),
    }
}

fn args<const N: usize>(words: [&str; N]) -> [&OsStr; N] {
    words.map(OsStr::new)
}

/// Whether a folder lies in the work tree, where its files are committed and shared.
pub(super) fn is_shared(folder: &Path, repository: &Repository) -> bool {
    repository
        .work_tree
        .as_deref()
        .is_some_and(|top| folder.starts_with(top) && !folder.starts_with(&repository.git_dir))
}
