//! A folder of its own with a hermetic git: own HOME, clock and author, no system configuration, no network.

#![allow(dead_code, reason = "not every test file is there yet")]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A made key of a rule; the same seed gives the same key.
pub fn key(rule: &str) -> String {
    keyed(rule, 1)
}

/// A made key of a rule from a seed.
pub fn keyed(rule: &str, seed: u64) -> String {
    let ruleset = keysieve::rules::Ruleset::builtin();
    let rule = ruleset.rules().iter().find(|r| r.id == rule).unwrap_or_else(|| panic!("no rule {rule}"));
    String::from_utf8(keysieve::rules::sample(rule, seed).expect("the rule can make a key"))
        .expect("keys are text")
}

/// The binary under test.
pub fn keysieve() -> PathBuf {
    std::env::var_os("KEYSIEVE_BIN").map_or_else(|| env!("CARGO_BIN_EXE_keysieve").into(), PathBuf::from)
}

/// A folder of its own; removed at the end.
#[must_use]
pub struct Sandbox {
    folder: tempfile::TempDir,
    /// Where commands run, below the folder.
    pub dir: PathBuf,
    envs: Vec<(String, String)>,
}

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    /// The exit code; -1 when a signal ended it.
    pub code: i32,
    /// Standard output, what is not UTF-8 replaced.
    pub out: String,
    /// Standard error, likewise.
    pub err: String,
}

impl Ran {
    /// Asserts the exit code; shows everything otherwise.
    #[track_caller]
    pub fn code(self, expected: i32) -> Ran {
        assert_eq!(self.code, expected, "exit code\n--- out\n{}\n--- err\n{}", self.out, self.err);
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self
    }

    /// Asserts that standard output holds a text.
    #[track_caller]
    pub fn says(self, text: &str) -> Ran {
        assert!(self.out.contains(text), "no '{text}' in\n--- out\n{}\n--- err\n{}", self.out, self.err);
        self
    }

    /// Asserts that standard error holds a text.
    #[track_caller]
    pub fn warns(self, text: &str) -> Ran {
        assert!(self.err.contains(text), "no '{text}' in\n--- err\n{}\n--- out\n{}", self.err, self.out);
        self
    }

    /// Asserts that neither output holds a text, such as a secret.
    #[track_caller]
    pub fn hides(self, text: &str) -> Ran {
        assert!(
            !self.out.contains(text) && !self.err.contains(text),
            "'{text}' in\n{}\n{}",
            self.out,
            self.err
        );
        self
    }

    /// The findings of a `--format jsonl` run.
    #[track_caller]
    pub fn findings(&self) -> Vec<serde_json::Value> {
        let objects =
            self.out.lines().map(|l| serde_json::from_str::<serde_json::Value>(l).expect("a JSON line"));
        objects.filter(|o| o["rule"].is_string()).collect()
    }
}

impl Sandbox {
    /// An empty folder.
    pub fn new() -> Sandbox {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("work");
        fs::create_dir(&dir).unwrap();
        fs::create_dir(folder.path().join("home")).unwrap();
        Sandbox { folder, dir, envs: Vec::new() }
    }

    /// An empty git repository with branch `main`.
    pub fn git() -> Sandbox {
        let sandbox = Sandbox::new();
        sandbox.run_git(["init", "-q", "-b", "main"]);
        sandbox
    }

    /// The folder above `dir`, for a second repository or files outside.
    pub fn outside(&self) -> &Path {
        self.folder.path()
    }

    /// Sets an environment variable for all commands.
    pub fn env(mut self, name: &str, value: impl Into<String>) -> Sandbox {
        self.envs.push((name.to_owned(), value.into()));
        self
    }

    /// Writes a file, with the folders it needs.
    pub fn file(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) -> &Sandbox {
        let path = self.dir.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// Runs git; it must succeed. Returns its standard output without the last newline.
    #[track_caller]
    pub fn run_git<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> String {
        let ran = self.try_git(args);
        assert_eq!(ran.code, 0, "git failed: {}{}", ran.out, ran.err);
        ran.out.trim_end_matches('\n').to_owned()
    }

    /// Runs git, whatever comes of it.
    pub fn try_git<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Ran {
        self.run_command(self.command("git").args(args), b"")
    }

    /// Adds everything and commits.
    #[track_caller]
    pub fn commit(&self, message: &str) -> &Sandbox {
        self.run_git(["add", "-A"]);
        self.run_git(["commit", "-q", "--allow-empty", "--no-verify", "-m", message]);
        self
    }

    /// Runs keysieve.
    pub fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Ran {
        self.run_with(args, b"")
    }

    /// Runs keysieve with standard input.
    pub fn run_with<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>, input: &[u8]) -> Ran {
        self.run_command(self.command(keysieve()).args(args), input)
    }

    /// A command in the sandbox's folder and environment.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.dir)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into()))
            .env("HOME", self.folder.path().join("home"))
            .env("LC_ALL", "C.UTF-8")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0");
        for role in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{role}_NAME"), "Ada Example")
                .env(format!("GIT_{role}_EMAIL"), "ada@example.com")
                .env(format!("GIT_{role}_DATE"), "2026-01-02T03:04:05+0100");
        }
        command.envs(self.envs.iter().map(|(k, v)| (k, v)));
        command
    }

    #[allow(clippy::unused_self, reason = "reads better beside the others")]
    /// Runs a command made by [`Sandbox::command`], with standard input.
    pub fn run_command(&self, command: &mut Command, input: &[u8]) -> Ran {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let output = std::thread::scope(|scope| {
            // A program that does not read its input closes the pipe: that is no failure of the test.
            scope.spawn(move || drop(std::io::Write::write_all(&mut stdin, input)));
            child.wait_with_output().unwrap()
        });
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}
