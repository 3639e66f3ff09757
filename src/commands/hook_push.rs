//! The hooks that judge a push: `pre-push` on the way out, `pre-receive` on the way in.

use std::env;
use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::Path;

use crate::error::{Error, Result};
use crate::hook::Stage;
use crate::model::{ObjectId, escape_terminal};
use crate::pack::Store;
use crate::repo::{Range, Repository};
use crate::sources::{Diff, DiffOptions, Pushed, stdin_was_closed};

use super::hook_run::{repository, top};
use super::{Globals, Session};

/// git's list of refs may not be longer than this, in bytes.
const LONGEST_LIST: u64 = 256 << 20;
/// With `git push -o keysieve.skip=REASON`, where the server allows it.
const SKIP_OPTION: &str = "keysieve.skip";

/// One line of git's list: what a ref was and will be.
#[derive(Debug, PartialEq, Eq)]
struct Update {
    old: ObjectId,
    new: ObjectId,
    name: Vec<u8>,
}

/// `pre-push REMOTE URL`: every commit that the remote does not have, as far as we know.
pub(super) fn pre_push(
    arguments: &[OsString],
    globals: &Globals,
    input: &mut dyn Read,
    err: &mut dyn Write,
) -> Result<u8> {
    // `<local ref> <local id> <remote ref> <remote id>`
    let mut updates = read(input, "pre-push", |words| match words {
        [_, new, name, old] => update(old, new, name),
        _ => None,
    })?;
    let repository = repository()?;
    let mut remote = arguments.first().map(|r| r.to_string_lossy().into_owned()).unwrap_or_default();
    if updates.is_empty() && env::var_os("PRE_COMMIT").is_some() {
        updates.push(pre_commits_update(&repository)?);
        remote = env::var("PRE_COMMIT_REMOTE_NAME").unwrap_or(remote);
    }
    // A push to a bare URL has no remote-tracking refs; only what its refs are now is known then.
    let named = repository.config.get("remote", Some(remote.as_bytes()), "url").is_some();
    let tracked = format!("--remotes={}", glob_escaped(&remote));
    let more: &[&str] = if named { &["--not", &tracked] } else { &[] };
    judge(&repository, &updates, more, Stage::PrePush, globals, err)
}

/// The range that pre-commit.com was asked to look at.
pub(super) fn pre_commits_range(globals: &Globals, err: &mut dyn Write) -> Result<u8> {
    let repository = repository()?;
    let update = pre_commits_update(&repository)?;
    judge(&repository, &[update], &[], Stage::PreCommit, globals, err)
}

/// pre-commit.com reads git's list itself and tells its hooks one ref of it, in the environment.
fn pre_commits_update(repository: &Repository) -> Result<Update> {
    let told = |name: &str| env::var(name).ok().filter(|v| !v.is_empty());
    let to = told("PRE_COMMIT_TO_REF").or_else(|| told("PRE_COMMIT_LOCAL_BRANCH"));
    let to =
        to.ok_or_else(|| Error::Incomplete("pre-push: neither git nor pre-commit names a ref".into()))?;
    let new = repository.commit_named(&to)?;
    let old = match told("PRE_COMMIT_FROM_REF") {
        Some(from) => repository.commit_named(&from)?,
        None => ObjectId::null(repository.hash),
    };
    Ok(Update { old, new, name: told("PRE_COMMIT_REMOTE_BRANCH").unwrap_or(to).into_bytes() })
}

/// `pre-receive`: every commit that no ref of this repository has yet, read from the quarantine.
pub(super) fn pre_receive(globals: &Globals, input: &mut dyn Read, err: &mut dyn Write) -> Result<u8> {
    // `<old id> <new id> <ref>`
    let updates = read(input, "pre-receive", |words| match words {
        [old, new, name] => update(old, new, name),
        _ => None,
    })?;
    let repository = repository()?;
    if let Some(reason) = bypass(&repository, &updates)? {
        let _ = writeln!(err, "keysieve: push not checked, by push option: {}", escape_terminal(&reason));
        return Ok(0);
    }
    judge(&repository, &updates, &["--not", "--all"], Stage::PreReceive, globals, err)
}

fn judge(
    repository: &Repository,
    updates: &[Update],
    more: &[&str],
    stage: Stage,
    globals: &Globals,
    err: &mut dyn Write,
) -> Result<u8> {
    let fresh: Vec<&Update> = updates.iter().filter(|u| !u.new.is_null()).collect();
    let session = Session::new(globals, top(repository), top(repository))?;
    let store = Store::open_with(&repository.objects_dir, &repository.alternates, repository.hash)?;
    let ours = |id: &ObjectId| !id.is_null() && matches!(store.header(id), Ok(Some(_)));
    let range = Range {
        include: fresh.iter().map(|u| u.new).collect(),
        exclude: updates.iter().map(|u| u.old).filter(ours).collect(),
    };
    let commits = if fresh.is_empty() { Vec::new() } else { repository.commits(&range, more)? };
    let options = DiffOptions {
        max_file_size: session.max_file_size,
        threads: session.threads,
        stop: session.stop.clone(),
        progress: session.progress.clone(),
        ..DiffOptions::default()
    };
    let diff = Diff::new(repository, commits, stage.as_str(), options);
    let names = fresh.iter().map(|u| u.name.clone()).collect();
    let source = Pushed::new(repository, diff, range.include, names);
    let report = session.sift(&source)?;
    session.refuse(&report, stage, err)
}

fn read(
    input: &mut dyn Read,
    stage: &str,
    parse: impl Fn(&[&[u8]]) -> Option<Update>,
) -> Result<Vec<Update>> {
    if stdin_was_closed() {
        return Err(Error::Incomplete(format!("{stage}: standard input is closed, so no ref was named")));
    }
    let mut text = Vec::new();
    input.take(LONGEST_LIST).read_to_end(&mut text).map_err(|source| Error::Io {
        path: "standard input".into(),
        doing: "read",
        source,
    })?;
    let lines = text.split(|&b| b == b'\n').filter(|line| !line.is_empty());
    let updates = lines.map(|line| {
        let words: Vec<&[u8]> = line.split(|&b| b == b' ').collect();
        parse(&words)
    });
    updates
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| Error::Usage(format!("{stage}: standard input is not what git gives this hook")))
}

fn update(old: &[u8], new: &[u8], name: &[u8]) -> Option<Update> {
    Some(Update { old: ObjectId::from_hex(old)?, new: ObjectId::from_hex(new)?, name: name.to_vec() })
}

/// Why the pusher wants to pass, if the server's own configuration allows it; each use is written to the server's log, and
/// one that cannot be written is refused.
fn bypass(repository: &Repository, updates: &[Update]) -> Result<Option<String>> {
    let count: usize = env::var("GIT_PUSH_OPTION_COUNT").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    let options = (0..count.min(1_000)).filter_map(|n| env::var(format!("GIT_PUSH_OPTION_{n}")).ok());
    let mut wanted = options.filter_map(|option| {
        let rest = option.strip_prefix(SKIP_OPTION)?;
        if rest.is_empty() {
            Some("no reason given".into())
        } else {
            rest.strip_prefix('=').map(str::to_owned)
        }
    });
    let Some(reason) = wanted.next_back() else { return Ok(None) };
    if repository.config.get_bool("keysieve", "allowpushbypass") != Some(true) {
        let problem = "this server does not allow to pass keysieve by a push option";
        return Err(Error::Usage(problem.into()));
    }
    let log = repository.config.get("keysieve", None, "pushbypasslog").map(String::from_utf8_lossy);
    let log =
        log.ok_or_else(|| Error::Usage("keysieve.pushBypassLog names no file to log this push to".into()))?;
    let log = Path::new(log.as_ref());
    let failed = |source| Error::Io { path: log.into(), doing: "write", source };
    let mut file = OpenOptions::new().append(true).create(true).open(log).map_err(failed)?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_secs());
    for u in updates {
        let name = escape_terminal(&String::from_utf8_lossy(&u.name)).into_owned();
        let who = env::var("GIT_COMMITTER_NAME").or_else(|_| env::var("USER")).unwrap_or_default();
        let line = format!(
            "{now} {} {} {name} by {}: {}\n",
            u.old,
            u.new,
            escape_terminal(&who),
            escape_terminal(&reason)
        );
        file.write_all(line.as_bytes()).map_err(failed)?;
    }
    Ok(Some(reason))
}

/// A remote's name as a pattern that matches itself only.
fn glob_escaped(name: &str) -> String {
    let mut escaped = String::new();
    for c in name.chars() {
        if matches!(c, '*' | '?' | '[' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
