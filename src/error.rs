//! What can go wrong as a whole, sorted by who can act on it.
//!
//! What hits one file or object is not an error but a [`crate::model::Skip`] in the coverage: the scan goes on, and
//! ends with exit code 3.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// The result of everything in this crate that can fail as a whole.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure that ends the command. Each variant says on what it struck, so that the message starts with it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A file that the command cannot do without could not be read or written.
    Io {
        /// The file, as the user named it.
        path: PathBuf,
        /// What was tried: "read", "write", "create".
        doing: &'static str,
        /// The operating system's answer.
        source: io::Error,
    },
    /// Standard output or another open stream failed.
    Output(io::Error),
    /// A repository could not be opened or asked: what should have been scanned was not (exit 3).
    Repository {
        /// The folder that was taken for a repository.
        path: PathBuf,
        /// What is wrong with it and what to do about it.
        problem: String,
    },
    /// A pack, index or object is damaged in a way that leaves nothing to scan (exit 3).
    Pack {
        /// The file.
        path: PathBuf,
        /// Where in the file, in bytes.
        offset: u64,
        /// What does not hold.
        problem: String,
    },
    /// A rule file is wrong.
    Rule {
        /// The file.
        file: PathBuf,
        /// 1-based line, 0 when unknown.
        line: usize,
        /// What is wrong, naming the rule where there is one.
        problem: String,
    },
    /// A configuration file is wrong.
    Config {
        /// The file.
        file: PathBuf,
        /// 1-based line, 0 when unknown.
        line: usize,
        /// 1-based column in characters, 0 when unknown.
        column: usize,
        /// The offending text and a suggestion.
        problem: String,
    },
    /// A baseline is wrong.
    Baseline {
        /// The file.
        file: PathBuf,
        /// 1-based line, 0 when unknown.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// A hook could not be installed or removed.
    Hook {
        /// The hook or its folder.
        path: PathBuf,
        /// What is in the way and what to do about it.
        problem: String,
    },
    /// The command line asks for something that makes no sense.
    Usage(String),
    /// The scan asked for could not be done at all: a range with no such commit, a path that is not there (exit 3).
    Incomplete(String),
}

impl Error {
    /// The process's exit code for this failure: 2 for usage and configuration, 3 where a scan was not done.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Repository { .. }
            | Error::Pack { .. }
            | Error::Incomplete(_)
            | Error::Output(_)
            | Error::Io { doing: "read" | "write the report", .. } => 3,
            _ => 2,
        }
    }

    /// What went wrong, without the path, for where the path is said already.
    pub fn reason(&self) -> String {
        match self {
            Error::Io { doing, source, .. } => format!("cannot {doing}: {source}"),
            Error::Repository { problem, .. } | Error::Hook { problem, .. } => problem.clone(),
            other => other.to_string(),
        }
    }

    /// Whether this is a reader that went away (`keysieve scan | head`), which is nobody's fault.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Error::Output(e) if e.kind() == io::ErrorKind::BrokenPipe)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io { path, doing, source } => write!(f, "{}: cannot {doing}: {source}", shown(path)),
            Error::Output(e) => write!(f, "cannot write the output: {e}"),
            Error::Repository { path, problem } | Error::Hook { path, problem } => {
                write!(f, "{}: {problem}", shown(path))
            }
            Error::Pack { path, offset, problem } => {
                write!(f, "{}: at byte {offset}: {problem}", shown(path))
            }
            // About the file as a whole.
            Error::Rule { file, line: 0, problem }
            | Error::Baseline { file, line: 0, problem }
            | Error::Config { file, line: 0, problem, .. } => write!(f, "{}: {problem}", shown(file)),
            Error::Rule { file, line, problem } | Error::Baseline { file, line, problem } => {
                write!(f, "{}:{line}: {problem}", shown(file))
            }
            Error::Config { file, line, column, problem } => {
                write!(f, "{}:{line}:{column}: {problem}", shown(file))
            }
            Error::Usage(problem) | Error::Incomplete(problem) => f.write_str(problem),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io { source, .. } | Error::Output(source) => Some(source),
            _ => None,
        }
    }
}

/// A path as it may be shown on a terminal: control characters escaped.
fn shown(path: &std::path::Path) -> String {
    crate::model::escape_terminal(&path.to_string_lossy()).into_owned()
}
