//! `keysieve hook run commit-msg`: the message as git will record it.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::hook::Stage;
use crate::model::BlobPath;
use crate::repo::{Repository, given_config, user_config};
use crate::sources::{Cleanup, Message};

use super::hook_run::{repository, top};
use super::{Globals, Session};

/// A commit message longer than this, in bytes, is refused rather than read.
const LONGEST_MESSAGE: u64 = 64 << 20;

/// Scans the message in the file that git names.
pub(super) fn commit_msg(arguments: &[OsString], globals: &Globals, err: &mut dyn Write) -> Result<u8> {
    let [file] = arguments else {
        return Err(Error::Usage("commit-msg: the file with the message is needed: `-- FILE`".into()));
    };
    let file = PathBuf::from(file);
    let failed = |source| Error::Io { path: file.clone(), doing: "read", source };
    let mut text = Vec::new();
    File::open(&file).and_then(|f| f.take(LONGEST_MESSAGE + 1).read_to_end(&mut text)).map_err(failed)?;
    if text.len() as u64 > LONGEST_MESSAGE {
        return Err(Error::Incomplete(format!("{}: the message is longer than 64 MiB", file.display())));
    }
    let repository = repository()?;
    let mark = comment_mark(&repository);
    // It sets `GIT_EDITOR=:` for its hooks when no editor is used (`-m`, `-F`).
    let edited = env::var_os("GIT_EDITOR").is_none_or(|editor| editor != ":");
    let cleanup = cleanup(edited, callers_cleanup(), setting(&repository, "commit", "cleanup"));
    let source = Message::new(text, cleanup, mark.as_deref(), BlobPath::from_path(&file));
    let session = Session::new(globals, top(&repository), top(&repository))?;
    let report = session.sift(&source)?;
    session.refuse(&report, Stage::CommitMsg, err)
}

/// What git's command line says of the cleanup mode.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    /// It could not be read.
    Unknown,
    /// Nothing.
    Nothing,
    /// This mode.
    Mode(Vec<u8>),
}

/// What git will take away from the message. `told`: the mode on git's command line, if that could be read at all.
/// Where it could not, and no editor was used, everything counts: the line may say that nothing is taken away.
fn cleanup(edited: bool, told: Told, configured: Option<Vec<u8>>) -> Cleanup {
    let known = told != Told::Unknown;
    let mode = if let Told::Mode(mode) = told { Some(mode) } else { configured };
    match (mode.as_deref(), edited) {
        (Some(b"strip"), _) if known || edited => Cleanup::Comments,
        (_, false) => Cleanup::Nothing,
        (Some(b"scissors"), true) => Cleanup::Scissors,
        (Some(b"whitespace" | b"verbatim"), true) => Cleanup::Diff,
        (_, true) => Cleanup::Comments,
    }
}

/// How many processes may stand between git and keysieve: the hook's shell, a hook manager and its shells.
const MOST_BETWEEN: usize = 12;

/// The cleanup mode on the command line of the git that called the hook, which git does not tell otherwise. Unknown
/// where that line cannot be read: not on Linux, another program than git, no `/proc`.
fn callers_cleanup() -> Told {
    callers_line()
        .and_then(|line| cleanup_of(&line.split(|&b| b == 0).collect::<Vec<_>>()))
        .unwrap_or(Told::Unknown)
}

/// The command line of that git, a NUL behind each argument.
fn callers_line() -> Option<Vec<u8>> {
    let mut process = "self".to_owned();
    for _ in 0..MOST_BETWEEN {
        // `pid (any name) state parent …`
        let stat = fs::read(format!("/proc/{process}/stat")).ok()?;
        let behind_name = stat.rsplit(|&b| b == b')').next()?;
        process = String::from_utf8_lossy(behind_name).split_whitespace().nth(1)?.to_string();
        let line = fs::read(format!("/proc/{process}/cmdline")).ok()?;
        let program = line.split(|&b| b == 0).next()?;
        if program.rsplit(|&b| b == b'/').next()?.starts_with(b"git") {
            return Some(line);
        }
    }
    None
}

/// The cleanup mode in a command line of git; `None` if it is that of no command that makes commits.
fn cleanup_of(arguments: &[&[u8]]) -> Option<Told> {
    const COMMANDS: [&[u8]; 4] = [b"commit", b"merge", b"cherry-pick", b"revert"];
    let command = arguments.iter().position(|a| COMMANDS.contains(a))?;
    let mut mode = Told::Nothing;
    let mut rest = arguments[command + 1..].iter();
    while let Some(&argument) = rest.next() {
        if argument == b"--" {
            break;
        }
        let (name, value) = match argument.iter().position(|&b| b == b'=') {
            Some(at) => (&argument[..at], Some(&argument[at + 1..])),
            None => (argument, None),
        };
        // Long options may be cut short.
        if name.len() >= 4 && b"--cleanup".starts_with(name) {
            let value = value.or_else(|| rest.next().copied());
            mode = value.map_or(Told::Nothing, |value| Told::Mode(value.to_vec()));
        } else if value.is_none() && takes_value(argument) {
            rest.next();
        }
    }
    Some(mode)
}

/// Whether the argument behind an option of `git commit` and its like is the option's value.
fn takes_value(option: &[u8]) -> bool {
    const LONG: [&[u8]; 13] = [
        b"--message",
        b"--file",
        b"--author",
        b"--date",
        b"--template",
        b"--trailer",
        b"--reuse-message",
        b"--reedit-message",
        b"--fixup",
        b"--squash",
        b"--pathspec-from-file",
        b"--strategy",
        b"--strategy-option",
    ];
    match option {
        [b'-', b'-', _, ..] => option.len() >= 4 && LONG.iter().any(|long| long.starts_with(option)),
        // Of several letters the first that takes a value takes the rest.
        [b'-', letters @ ..] => {
            letters.iter().position(|b| b"mFCct".contains(b)) == letters.len().checked_sub(1)
        }
        _ => false,
    }
}

/// The mark with which comment lines begin; `None` where git chooses one for each message.
fn comment_mark(repository: &Repository) -> Option<Vec<u8>> {
    let mark =
        setting(repository, "core", "commentstring").or_else(|| setting(repository, "core", "commentchar"));
    let mark = mark.filter(|mark| !mark.is_empty()).unwrap_or_else(|| b"#".to_vec());
    (!mark.eq_ignore_ascii_case(b"auto")).then_some(mark)
}

/// A setting as git sees it: `git -c` first, then the repository, then the user.
fn setting(repository: &Repository, section: &str, key: &str) -> Option<Vec<u8>> {
    let name = format!("{section}.{key}");
    given_config(&name)
        .or_else(|| repository.config.get(section, None, key).map(<[u8]>::to_vec))
        .or_else(|| user_config(&name).map(String::into_bytes))
}

#[cfg(test)]
mod tests {
    use super::{Cleanup, Told, cleanup, cleanup_of};

    #[test]
    fn git_takes_away_what_it_was_told_to() {
        let mode = |mode: &str| Some(mode.as_bytes().to_vec());
        let told = |mode: &str| Told::Mode(mode.as_bytes().to_vec());
        assert_eq!(cleanup(false, told("strip"), None), Cleanup::Comments);
        assert_eq!(cleanup(false, Told::Nothing, mode("strip")), Cleanup::Comments);
        assert_eq!(cleanup(false, told("verbatim"), mode("strip")), Cleanup::Nothing);
        assert_eq!(cleanup(true, told("verbatim"), None), Cleanup::Diff);
        assert_eq!(cleanup(true, Told::Nothing, None), Cleanup::Comments);
        assert_eq!(cleanup(false, told("scissors"), None), Cleanup::Nothing);
        // The command line may say otherwise.
        assert_eq!(cleanup(false, Told::Unknown, mode("strip")), Cleanup::Nothing);
        assert_eq!(cleanup(true, Told::Unknown, mode("scissors")), Cleanup::Scissors);
    }

    #[test]
    fn the_mode_is_read_as_git_reads_it() {
        let of = |line: &str| {
            let arguments: Vec<&[u8]> = line.split(' ').map(str::as_bytes).collect();
            cleanup_of(&arguments)
        };
        let strip = Some(Told::Mode(b"strip".to_vec()));
        assert_eq!(of("git commit -F x --cleanup=strip"), strip);
        assert_eq!(of("/usr/bin/git -c a.b=c commit --clean strip -qF x"), strip);
        assert_eq!(of("git merge --cleanup verbatim --cleanup=strip x"), strip);
        for line in [
            "git commit -m --cleanup=strip",
            "git commit -am --cleanup=strip",
            "git commit -- --cleanup=strip",
        ] {
            assert_eq!(of(line), Some(Told::Nothing), "{line}");
        }
        assert_eq!(of("git commit --message --cleanup=strip"), Some(Told::Nothing));
        assert_eq!(of("git rebase -i x"), None);
    }
}
