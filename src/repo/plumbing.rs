//! The one door to the git program: found once outside of what is scanned, run with a cleaned environment, plumbing
//! commands only, nothing of the repository's configuration able to start a program or fetch.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread::Builder;
use std::time::Duration;

use crate::error::{Error, Result};

use super::bytes::path_from_bytes;
use super::environment::{given_values, joined};
use super::repository::Repository;

/// The git program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Git {
    program: PathBuf,
}

/// Variables of the user that git needs to find the user's own configuration; everything else is cleared.
const KEPT: [&str; 9] = [
    "HOME",
    "XDG_CONFIG_HOME",
    "SUDO_UID",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "USERPROFILE",
    "SystemRoot",
    "TMPDIR",
];

/// Git is ended if it has not answered by then: an object that is a FIFO, or a folder that does not answer, would hold it
/// for ever. What only looks at names and a few commits is fast; lists of commits may take their time.
const SOON: Duration = Duration::from_secs(20);
const LATE: Duration = Duration::from_secs(600);

/// Settings that switch off every program and fetch that a plumbing command could start. `core.hooksPath` is not among
/// them: no command used here runs hooks, and it would change the answer of `rev-parse --git-path hooks`.
const SETTINGS: [&str; 13] = [
    "core.fsmonitor=false",
    // Said whenever a file of grafts is named, and ours is empty.
    "advice.graftFileDeprecated=false",
    "core.pager=cat",
    "core.untrackedCache=false",
    "core.commitGraph=false",
    "core.alternateRefsCommand=",
    "core.sshCommand=false",
    "core.askPass=",
    "credential.helper=",
    "protocol.allow=never",
    "diff.external=",
    "gc.auto=0",
    "maintenance.auto=false",
];

/// Settings of `git -c` and of `GIT_CONFIG_COUNT` that are kept: which repositories of other users may be read (container
/// images set it so), and where hooks are. Neither starts a program here, and neither comes from the repository.
const GIVEN: [&str; 2] = ["safe.directory", "core.hooksPath"];

impl Git {
    /// Looks for git on PATH, passing over empty and relative elements and all that lie in one of the folders to
    /// avoid: the current one and the repository.
    pub fn find(avoid: &[&Path]) -> Result<Git> {
        let mut avoid: Vec<PathBuf> = avoid.iter().filter_map(|p| fs::canonicalize(p).ok()).collect();
        avoid.extend(env::current_dir().ok().and_then(|p| fs::canonicalize(p).ok()));
        // At the root of everything nothing would be left.
        avoid.retain(|p| p.parent().is_some());
        let path = env::var_os("PATH").unwrap_or_else(|| OsString::from("/usr/local/bin:/usr/bin:/bin"));
        Git::find_in(&path, &avoid).ok_or_else(|| {
            Error::Incomplete("git is needed for this and is not on PATH (outside of the repository)".into())
        })
    }

    fn find_in(path: &OsStr, avoid: &[PathBuf]) -> Option<Git> {
        let name = if cfg!(windows) { "git.exe" } else { "git" };
        env::split_paths(path)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(name))
            .find(|program| {
                let real = fs::canonicalize(program).unwrap_or_default();
                let inside = |p: &Path| avoid.iter().any(|a| p.starts_with(a));
                let parent = program.parent().and_then(|p| fs::canonicalize(p).ok()).unwrap_or_default();
                is_program(&real) && !inside(&real) && !inside(&parent)
            })
            .map(|program| Git { program })
    }

    /// The program's absolute path.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// A command without any repository, with everything switched off that could run or fetch.
    fn bare_command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.env_clear();
        for name in KEPT {
            if let Some(value) = env::var_os(name) {
                command.env(name, value);
            }
        }
        let folder = self.program.parent().unwrap_or(Path::new("/usr/bin"));
        command
            .env(
                "PATH",
                env::join_paths([folder, Path::new("/usr/bin"), Path::new("/bin")]).unwrap_or_default(),
            )
            .env("LC_ALL", "C")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            // Wins over `protocol.*.allow` of any configuration file.
            .env("GIT_ALLOW_PROTOCOL", "none")
            .env("GIT_GRAFT_FILE", "/dev/null")
            .env("GIT_ATTR_NOSYSTEM", "1")
            .env("GIT_PAGER", "cat")
            .env("GIT_TRACE2", "0");
        command.args(["--no-pager", "--no-optional-locks"]);
        for key in GIVEN {
            for value in given_values(key) {
                let mut setting = OsString::from(format!("{key}="));
                setting.push(path_from_bytes(&value));
                command.arg("-c").arg(setting);
            }
        }
        for setting in SETTINGS {
            command.arg("-c").arg(setting);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// A plumbing command in a repository; the caller adds the subcommand and its arguments.
    fn command(&self, repository: &Repository) -> Command {
        let mut command = self.bare_command();
        command
            .current_dir(repository.work_tree.as_deref().unwrap_or(&repository.git_dir))
            .env("GIT_DIR", &repository.git_dir)
            .env("GIT_COMMON_DIR", &repository.common_dir)
            .env("GIT_INDEX_FILE", &repository.index_file)
            .env("GIT_OBJECT_DIRECTORY", &repository.objects_dir);
        if let Some(tree) = &repository.work_tree {
            command.env("GIT_WORK_TREE", tree);
        }
        if !repository.alternates.is_empty() {
            command.env("GIT_ALTERNATE_OBJECT_DIRECTORIES", joined(&repository.alternates));
        }
        command
    }

    /// Runs a plumbing command to its end and gives its output; fails with git's own words if it fails. Output longer
    /// than `limit` bytes is a failure too.
    pub fn output(&self, repository: &Repository, args: &[&OsStr], limit: u64) -> Result<Vec<u8>> {
        self.output_with_input(repository, args, &[], limit)
    }

    /// The same with something on the command's standard input.
    pub fn output_with_input(
        &self,
        repository: &Repository,
        args: &[&OsStr],
        input: &[u8],
        limit: u64,
    ) -> Result<Vec<u8>> {
        let mut command = self.command(repository);
        command.args(args);
        let at = repository.work_tree.as_deref().unwrap_or(&repository.git_dir);
        let refuse = |problem: String| Error::Repository { path: at.to_path_buf(), problem };
        let patience = if args.first().is_some_and(|a| *a == "rev-list") { LATE } else { SOON };
        let (status, out, words) =
            run(command, input, limit, patience).map_err(|e| refuse(format!("cannot run git: {e}")))?;
        let name = args.first().map(|a| a.to_string_lossy()).unwrap_or_default();
        if out.len() as u64 > limit {
            return Err(refuse(format!("git {name} answers with more than {limit} bytes")));
        }
        if !status {
            return Err(refuse(format!("git {name} failed: {words}")));
        }
        Ok(out)
    }

    /// Whether git would read the repository at `top` in spite of its owner.
    pub(super) fn may_read(&self, top: &Path) -> bool {
        let mut command = self.bare_command();
        command.current_dir(top).args(["rev-parse", "--git-dir"]);
        run(command, &[], 1 << 16, SOON).is_ok_and(|(status, _, _)| status)
    }
}

fn is_program(path: &Path) -> bool {
    let Ok(meta) = fs::metadata(path) else { return false };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        meta.is_file() && meta.permissions().mode() & 0o111 != 0
    }
    #[cfg(not(unix))]
    {
        meta.is_file()
    }
}

/// Runs a command: whether it succeeded, its output (one byte more than the limit at most), its last words.
fn run(
    mut command: Command,
    input: &[u8],
    limit: u64,
    patience: Duration,
) -> std::io::Result<(bool, Vec<u8>, String)> {
    if !input.is_empty() {
        command.stdin(Stdio::piped());
    }
    if ENDING.load(Ordering::Relaxed) {
        return Err(std::io::Error::other("interrupted"));
    }
    let mut child = command.spawn()?;
    let id = child.id();
    let running = Running::note(id);
    bound_memory(id);
    let (done, waits) = mpsc::channel::<()>();
    let result = std::thread::scope(|threads| {
        let guard = Builder::new().spawn_scoped(threads, move || {
            let late = matches!(waits.recv_timeout(patience), Err(RecvTimeoutError::Timeout));
            if late {
                end_process(id);
            }
            late
        })?;
        let said = converse(threads, &mut child, input, limit);
        drop(done);
        match guard.join() {
            Ok(true) => Err(std::io::Error::from(std::io::ErrorKind::TimedOut)),
            _ => said,
        }
    });
    // What has been waited for is no longer ours: its number may be somebody else's.
    drop(running);
    let (out, words) = match result {
        Ok(done) => done,
        Err(e) => {
            let _ = child.kill();
            let _ = child.wait();
            return Err(e);
        }
    };
    if out.len() as u64 > limit {
        let _ = child.kill();
    }
    let status = child.wait()?;
    Ok((status.success(), out, words))
}

/// What a git program may hold of its own, in bytes; files that it maps for reading do not count. A ref that is a link to
/// `/dev/zero` would fill the machine's memory otherwise.
#[cfg(target_os = "linux")]
const HELD: u64 = 4 << 30;

/// Bounds a child's memory, where the system lets one do that.
fn bound_memory(id: u32) {
    #[cfg(target_os = "linux")]
    if let Some(pid) = i32::try_from(id).ok().and_then(rustix::process::Pid::from_raw) {
        use rustix::process::{Resource, Rlimit, prlimit};
        let _ = prlimit(Some(pid), Resource::Data, Rlimit { current: Some(HELD), maximum: Some(HELD) });
    }
    #[cfg(not(target_os = "linux"))]
    let _ = id;
}

/// The git programs that run now.
static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// Set once no more of them may be started.
static ENDING: AtomicBool = AtomicBool::new(false);

/// A child's entry among those that run.
struct Running(u32);

impl Running {
    fn note(id: u32) -> Running {
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).push(id);
        Running(id)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).retain(|id| *id != self.0);
    }
}

/// Ends every git that still runs and lets none begin, where the process is to end soon: one that hangs would outlive it.
pub fn end_children() {
    ENDING.store(true, Ordering::Relaxed);
    for id in RUNNING.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        end_process(id);
    }
}

/// Ends a child that has not been waited for yet, so that its number is still its own.
fn end_process(id: u32) {
    #[cfg(unix)]
    if let Some(pid) = i32::try_from(id).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
    }
    #[cfg(not(unix))]
    let _ = id;
}

fn converse<'s>(
    threads: &'s std::thread::Scope<'s, '_>,
    child: &mut Child,
    input: &'s [u8],
    limit: u64,
) -> std::io::Result<(Vec<u8>, String)> {
    let stdin = child.stdin.take();
    let stderr = child.stderr.take();
    let writer = stdin.map(|mut pipe| Builder::new().spawn_scoped(threads, move || pipe.write_all(input)));
    let writer = writer.transpose()?;
    let words = Builder::new().spawn_scoped(threads, move || {
        let mut words = Vec::new();
        if let Some(mut pipe) = stderr {
            let _ = pipe.by_ref().take(8 << 10).read_to_end(&mut words);
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        }
        String::from_utf8_lossy(&words).trim().to_string()
    })?;
    let mut out = Vec::new();
    if let Some(pipe) = child.stdout.take() {
        pipe.take(limit.saturating_add(1)).read_to_end(&mut out)?;
    }
    if out.len() as u64 > limit {
        let _ = child.kill();
    }
    if let Some(writer) = writer {
        // A command that needs no more input may close it; its exit status tells the rest.
        let _ = writer.join();
    }
    Ok((out, words.join().unwrap_or_default()))
}
