//! `keysieve history`: everything that was ever committed.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use clap::builder::{OsStringValueParser, TypedValueParser};
use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::error::{Error, Result};
use crate::model::ObjectId;
use crate::repo::{Environment, Git, Repository};
use crate::sources::{Cache, Filter, History, HistoryOptions, Place, places};

use super::configured::absolute;
use super::{Globals, Session, dates};

/// Scan everything that was ever committed: every object reachable from any ref, once each
#[derive(Debug, Clone, ClapArgs)]
pub struct Args {
    /// Repositories, or folders of repositories (default: the current one)
    #[arg(value_name = "REPO")]
    pub repos: Vec<PathBuf>,
    /// Only what these commits brought in: A..B, A...B, or A with all before it
    #[arg(long, value_name = "RANGE")]
    pub range: Option<String>,
    /// Only what commits since then brought in: 2026-01-31, 2026-01-31T12:00:00Z, "2 weeks ago"
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,
    /// Only what commits until then brought in
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    /// Only what commits of this author brought in: a regular expression on "Name MAIL"
    #[arg(long, value_name = "PATTERN")]
    pub author: Option<String>,
    /// Only this branch (repeatable)
    #[arg(long, value_name = "NAME")]
    pub branch: Vec<String>,
    /// Only files whose path matches (repeatable)
    #[arg(long, value_name = "GLOB")]
    pub path: Vec<String>,
    /// Only what the newest N commits brought in
    #[arg(long, value_name = "N")]
    pub max_commits: Option<usize>,
    /// Also what only reflogs keep, and what HEAD was before a reset, merge or rebase (`ORIG_HEAD`)
    #[arg(long)]
    pub reflog: bool,
    /// Also objects that nothing keeps any more
    #[arg(long)]
    pub unreachable: bool,
    /// Remember objects that are clean in this folder (default: the user's cache folder), so that the next run with the
    /// same rules reads only what is new
    #[arg(value_parser = OsStringValueParser::new().map(PathBuf::from), long, value_name = "DIR", num_args = 0..=1, default_missing_value = "")]
    pub cache: Option<PathBuf>,
}

/// Runs the command; returns the exit code.
pub fn run(args: &Args, globals: &Globals, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8> {
    let (paths, env) = if args.repos.is_empty() {
        (vec![PathBuf::from(".")], Environment::of_process())
    } else {
        (args.repos.clone(), Environment::none())
    };
    let mut filter = filter(args)?;
    let (found, broken) = places(&paths, &env)?;
    if found.is_empty() {
        let told: Vec<String> =
            broken.iter().map(|(path, why)| format!("{}: {why}", path.display())).collect();
        return Err(Error::Incomplete(told.join("; ")));
    }
    if let Some(range) = &args.range {
        let [only] = found.as_slice() else {
            return Err(Error::Usage("--range needs exactly one repository".into()));
        };
        (filter.from, filter.not) = resolve(&only.repository, range)?;
    }
    let root = found.first().map_or_else(|| paths[0].clone(), |place| root_of(&place.repository));
    let start = absolute(&paths[0]);
    let start = if start.starts_with(&root) { start } else { root.clone() };
    let session = Session::new(globals, &start, &root)?;
    let options = HistoryOptions {
        threads: session.threads,
        stop: session.stop.clone(),
        progress: session.progress.clone(),
        reflog: args.reflog,
        unreachable: args.unreachable,
        filter,
        cache: args.cache.as_deref().map(|folder| cache(folder, &found, &session)).transpose()?,
    };
    session.run(&History::new(found, broken, options), out, err)
}

/// The cache in a folder, which must not lie in what is scanned: whoever writes it decides what is not read.
fn cache(folder: &Path, found: &[Place], session: &Session<'_>) -> Result<Cache> {
    // `history --cache REPO` looks like a cache of the current repository in another one.
    let named = !folder.as_os_str().is_empty();
    if named && (folder.join(".git").exists() || folder.join("objects").is_dir()) {
        let shown = folder.display();
        return Err(Error::Usage(format!("--cache: {shown} is a repository; name it before --cache")));
    }
    let folder = if folder.as_os_str().is_empty() { user_cache()? } else { absolute(folder) };
    for place in found {
        let inside = [place.repository.work_tree.as_deref(), Some(&place.repository.common_dir)];
        if inside.into_iter().flatten().any(|top| folder.starts_with(absolute(top))) {
            let shown = folder.display();
            return Err(Error::Usage(format!("--cache: {shown} lies in the repository that is scanned")));
        }
    }
    let mut hasher = blake3::Hasher::new_derive_key("keysieve 2026-11 cache of clean objects, version 1");
    let program = env::current_exe().and_then(fs::metadata).map_or(0, |meta| meta.len());
    let rules = session.ruleset().rules();
    hasher.update(
        format!("{}\0{program}\0{:?}", env!("CARGO_PKG_VERSION"), session.match_options()).as_bytes(),
    );
    hasher.update(format!("\0{}\0{:?}", session.decode_depth(), session.archives()).as_bytes());
    for rule in rules {
        hasher.update(format!("\0{rule:?}").as_bytes());
    }
    for rule in &session.gitleaks().rules {
        let (id, entropy, keywords) = (&rule.rule.id, rule.entropy, &rule.keywords);
        let required = (&rule.required, rule.report);
        let told = format!("\0\0{id}\0{}\0{}\0{entropy}\0{keywords:?}\0{required:?}", rule.text, rule.group);
        hasher.update(told.as_bytes());
    }
    Ok(Cache { folder, key: *hasher.finalize().as_bytes() })
}

fn user_cache() -> Result<PathBuf> {
    let folder = |name, below| env::var_os(name).map(PathBuf::from).map(|p: PathBuf| p.join(below));
    folder("XDG_CACHE_HOME", "keysieve")
        .or_else(|| folder("HOME", ".cache/keysieve"))
        .or_else(|| folder("LOCALAPPDATA", "keysieve"))
        .filter(|folder| folder.is_absolute())
        .ok_or_else(|| {
            Error::Usage("--cache: there is no cache folder of the user; name one: --cache=DIR".into())
        })
}

/// The folder that configuration and baseline belong to.
fn root_of(repository: &Repository) -> PathBuf {
    absolute(repository.work_tree.as_deref().unwrap_or(&repository.git_dir))
}

fn filter(args: &Args) -> Result<Filter> {
    let author = args.author.as_deref().map(regex::bytes::Regex::new).transpose();
    Ok(Filter {
        branches: args.branch.clone(),
        since: args.since.as_deref().map(|text| dates::parse(text, dates::Edge::Start)).transpose()?,
        until: args.until.as_deref().map(|text| dates::parse(text, dates::Edge::End)).transpose()?,
        author: author.map_err(|e| Error::Usage(format!("--author: {e}")))?,
        max_commits: args.max_commits,
        paths: globs(&args.path)?,
        ..Filter::default()
    })
}

fn globs(patterns: &[String]) -> Result<Option<GlobSet>> {
    if patterns.is_empty() {
        return Ok(None);
    }
    let wrong = |e: globset::Error| Error::Usage(format!("--path: {e}"));
    let mut all = GlobSetBuilder::new();
    for pattern in patterns {
        let folder = format!("{}/**", pattern.trim_end_matches('/'));
        all.add(Glob::new(pattern).map_err(wrong)?).add(Glob::new(&folder).map_err(wrong)?);
    }
    all.build().map(Some).map_err(wrong)
}

/// Asks git what a range means: commits to begin with, and commits to leave out with all before them.
fn resolve(repository: &Repository, range: &str) -> Result<(Vec<ObjectId>, Vec<ObjectId>)> {
    let none = || Error::Incomplete(format!("there is no such range of commits: '{range}'"));
    if range.starts_with('-') || range.is_empty() {
        return Err(none());
    }
    let folders = repository.folders();
    let avoid: Vec<&Path> = folders.iter().map(AsRef::as_ref).collect();
    let words = ["rev-parse", "--revs-only", range, "--"].map(OsStr::new);
    let answer = Git::find(&avoid)?.output(repository, &words, 1 << 20).map_err(|_| none())?;
    let (mut from, mut not) = (Vec::new(), Vec::new());
    for line in answer.split(|&b| b == b'\n').filter(|line| !line.is_empty()) {
        let (list, digits) = match line.strip_prefix(b"^") {
            Some(digits) => (&mut not, digits),
            None => (&mut from, line),
        };
        let id = ObjectId::from_hex(digits).ok_or_else(none)?;
        // A side of zeros means a new branch. git takes any object for a side of a range, and any forty digits.
        if !id.is_null() {
            list.push(repository.commit_named(&id.to_string()).map_err(|_| none())?);
        }
    }
    if from.is_empty() { Err(none()) } else { Ok((from, not)) }
}
