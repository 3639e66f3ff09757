//! `keysieve hook run STAGE`: what an installed hook calls.

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;

use crate::error::{Error, Result};
use crate::hook::Stage;
use crate::model::BlobPath;
use crate::repo::{Environment, Repository, given_config, user_config};
use crate::sources::{Cleanup, Message};

use super::{Globals, Session, hook_push, staged};

/// A commit message longer than this, in bytes, is refused rather than read.
const LONGEST_MESSAGE: u64 = 64 << 20;

/// What an installed hook calls
#[derive(Debug, Clone, ClapArgs)]
pub(super) struct Args {
    /// Which hook
    #[arg(value_enum)]
    stage: Stage,
    /// Show what pre-commit would say to what is staged now, and how it came about
    #[arg(long)]
    explain: bool,
    /// What git gave the hook
    #[arg(last = true)]
    arguments: Vec<OsString>,
}

/// Runs the stage; returns the exit code.
pub(super) fn run(args: &Args, globals: &Globals, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8> {
    if args.explain {
        return match args.stage {
            Stage::PreCommit => staged::explain(globals, out),
            _ => Err(Error::Usage(
                "--explain is for pre-commit: what is staged is there to be looked at".into(),
            )),
        };
    }
    if let Some(why) = skipped() {
        // The person asked for it and may have forgotten: said, never silent.
        let _ = writeln!(err, "keysieve: {} not checked ({why})", args.stage.as_str());
        return Ok(0);
    }
    match args.stage {
        Stage::CommitMsg => commit_msg(args, globals, err),
        // `pre-commit run --from-ref A --to-ref B`, as in CI: nothing is staged there, and a range is meant.
        Stage::PreCommit if told("PRE_COMMIT_FROM_REF") && told("PRE_COMMIT_TO_REF") => {
            hook_push::pre_commits_range(globals, err)
        }
        Stage::PreCommit => staged::hook(globals, err),
        Stage::PrePush => hook_push::pre_push(&args.arguments, globals, &mut std::io::stdin().lock(), err),
        Stage::PreReceive => hook_push::pre_receive(globals, &mut std::io::stdin().lock(), err),
    }
}

/// Whether pre-commit.com says something.
fn told(name: &str) -> bool {
    env::var_os("PRE_COMMIT").is_some() && env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// Why the person wants to pass, if so.
fn skipped() -> Option<&'static str> {
    if env::var_os("KEYSIEVE_SKIP").is_some_and(|v| v == "1") {
        return Some("KEYSIEVE_SKIP=1");
    }
    let skip = env::var("SKIP").unwrap_or_default();
    skip.split(',').any(|word| word.trim() == "keysieve").then_some("SKIP=keysieve")
}

/// The repository that git calls the hook in.
pub(super) fn repository() -> Result<Repository> {
    Repository::discover(Path::new("."), &Environment::of_process())?.ok_or_else(|| Error::Repository {
        path: env::current_dir().unwrap_or_default(),
        problem: "there is no git repository here".into(),
    })
}

/// The top of the work tree, or the git folder of a bare repository: where the configuration is looked for.
pub(super) fn top(repository: &Repository) -> &Path {
    repository.work_tree.as_deref().unwrap_or(&repository.git_dir)
}

fn commit_msg(args: &Args, globals: &Globals, err: &mut dyn Write) -> Result<u8> {
    let [file] = args.arguments.as_slice() else {
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
    let source = Message::new(text, cleanup(&repository), mark.as_deref(), BlobPath::from_path(&file));
    let session = Session::new(globals, top(&repository), top(&repository))?;
    let report = session.sift(&source)?;
    session.refuse(&report, Stage::CommitMsg, err)
}

/// What git will take away from the message. It sets `GIT_EDITOR=:` for its hooks when no editor is used (`-m`, `-F`),
/// and then takes nothing away. `--cleanup` of its command line is not told to hooks.
fn cleanup(repository: &Repository) -> Cleanup {
    if env::var_os("GIT_EDITOR").is_some_and(|e| e == ":") {
        return Cleanup::Nothing;
    }
    match setting(repository, "commit", "cleanup").as_deref() {
        Some(b"scissors") => Cleanup::Scissors,
        Some(b"whitespace" | b"verbatim") => Cleanup::Diff,
        _ => Cleanup::Comments,
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
