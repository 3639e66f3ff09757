//! `keysieve diff` without a range: what the CI system says that this build adds.
//!
//! Each system documents in which variables it says so; nothing else is guessed. A base that is named but not in the clone is
//! an error with its cure, never a smaller range.

use std::env;
use std::fs::File;
use std::io::Read;

use crate::error::{Error, Result};
use crate::model::ObjectId;
use crate::repo::{Range, Repository};

/// The description of an event is never longer, in bytes: GitHub's own limit for payloads.
const LONGEST_EVENT: u64 = 25 << 20;

/// What a CI system says about a build.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    system: &'static str,
    /// How to get more history there.
    cure: &'static str,
    /// The commit that is built, by its names, the best first.
    head: Vec<String>,
    /// What a pull request is compared with, by its names; empty for other builds.
    target: Vec<String>,
    /// Where the branch stood before a push; zeros for a new one.
    before: Option<String>,
    /// The default branch.
    default: Option<String>,
}

/// A range, and in words where it is from.
pub(super) struct Found {
    pub(super) range: Range,
    pub(super) words: String,
}

/// The range of this build. Fails where no system is recognised, or where what it names is not in the clone.
pub(super) fn range(repository: &Repository) -> Result<Found> {
    let get = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let told = told(&get).ok_or_else(|| {
        let problem =
            "name a range, such as origin/main...HEAD; only in a CI system that names one itself may it be left out";
        Error::Usage(problem.into())
    })?;
    choose(&told, repository)
}

fn choose(told: &Told, repository: &Repository) -> Result<Found> {
    let known = |name: &String| repository.commit_named(name).ok().map(|id| (name.clone(), id));
    let system = told.system;
    let lacks = |what: &str, names: &[String]| {
        let names = names.join(", ");
        Error::Incomplete(format!("{system}: {what} ({names}) is not in this clone; {}", told.cure))
    };
    let (head_name, head) =
        told.head.iter().find_map(known).ok_or_else(|| lacks("the commit that is built", &told.head))?;
    let found = |base: Option<(String, ObjectId)>| {
        let words = match &base {
            Some((name, _)) => format!("{system}: {name}..{head_name}"),
            None => format!("{system} names nothing to compare with: all commits of {head_name}"),
        };
        let exclude = base.map(|(_, id)| id).into_iter().collect();
        Ok(Found { range: Range { include: vec![head], exclude }, words })
    };
    if !told.target.is_empty() {
        let base = told.target.iter().find_map(known);
        return found(Some(
            base.ok_or_else(|| lacks("what the pull request is compared with", &told.target))?,
        ));
    }
    if let Some(before) = told.before.as_ref().filter(|before| !before.bytes().all(|b| b == b'0')) {
        if let Some(base) = known(before) {
            return found(Some(base));
        }
        // A forced push drops what was there before; a shallow clone only lacks it.
        if repository.shallow().is_ok_and(|ends| !ends.is_empty()) {
            return Err(lacks("the commit before the push", std::slice::from_ref(before)));
        }
    }
    found(told.default.as_ref().and_then(known).filter(|(_, id)| *id != head))
}

/// What the system says; `None` where none is recognised.
fn told(get: &dyn Fn(&str) -> Option<String>) -> Option<Told> {
    let is = |name: &str| get(name).is_some();
    if is("GITHUB_ACTIONS") {
        Some(github(get))
    } else if is("GITLAB_CI") {
        Some(gitlab(get))
    } else if is("BITBUCKET_BUILD_NUMBER") {
        Some(bitbucket(get))
    } else if is("TF_BUILD") {
        Some(azure(get))
    } else if is("CIRCLECI") {
        Some(circle(get))
    } else if is("BUILDKITE") {
        Some(buildkite(get))
    } else if get("CI").is_some_and(|ci| ci == "woodpecker") {
        Some(woodpecker(get))
    } else if is("JENKINS_URL") {
        Some(jenkins(get))
    } else {
        None
    }
}

fn all(names: &[Option<String>]) -> Vec<String> {
    names.iter().flatten().cloned().collect()
}

/// The remote's branch of that name.
fn remote(branch: Option<String>) -> Option<String> {
    branch.map(|b| format!("refs/remotes/origin/{}", b.strip_prefix("refs/heads/").unwrap_or(&b)))
}

fn head(names: &[Option<String>]) -> Vec<String> {
    let mut all = all(names);
    all.push("HEAD".into());
    all
}

fn github(get: &dyn Fn(&str) -> Option<String>) -> Told {
    let event = get("GITHUB_EVENT_PATH").and_then(|path| {
        let mut text = Vec::new();
        File::open(path).ok()?.take(LONGEST_EVENT).read_to_end(&mut text).ok()?;
        serde_json::from_slice::<serde_json::Value>(&text).ok()
    });
    let said = |pointer: &str| {
        event.as_ref().and_then(|e| e.pointer(pointer)).and_then(|v| v.as_str()).map(str::to_owned)
    };
    Told {
        system: "GitHub Actions",
        cure: "check out with `fetch-depth: 0`",
        head: head(&[said("/pull_request/head/sha"), said("/merge_group/head_sha"), get("GITHUB_SHA")]),
        target: all(&[
            said("/pull_request/base/sha"),
            said("/merge_group/base_sha"),
            remote(get("GITHUB_BASE_REF")),
        ]),
        before: said("/before"),
        default: remote(said("/repository/default_branch")),
    }
}

fn gitlab(get: &dyn Fn(&str) -> Option<String>) -> Told {
    Told {
        system: "GitLab CI",
        cure: "set the variable GIT_DEPTH to 0",
        head: head(&[get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"), get("CI_COMMIT_SHA")]),
        target: all(&[
            get("CI_MERGE_REQUEST_DIFF_BASE_SHA"),
            remote(get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME")),
        ]),
        before: get("CI_COMMIT_BEFORE_SHA"),
        default: remote(get("CI_DEFAULT_BRANCH")),
    }
}

fn bitbucket(get: &dyn Fn(&str) -> Option<String>) -> Told {
    Told {
        system: "Bitbucket Pipelines",
        cure: "clone with `depth: full`",
        head: head(&[get("BITBUCKET_COMMIT")]),
        target: all(&[
            get("BITBUCKET_PR_DESTINATION_COMMIT"),
            remote(get("BITBUCKET_PR_DESTINATION_BRANCH")),
        ]),
        before: None,
        default: remote(Some("HEAD".into())),
    }
}

fn azure(get: &dyn Fn(&str) -> Option<String>) -> Told {
    Told {
        system: "Azure Pipelines",
        cure: "check out with `fetchDepth: 0`",
        head: head(&[get("SYSTEM_PULLREQUEST_SOURCECOMMITID"), get("BUILD_SOURCEVERSION")]),
        target: all(&[remote(get("SYSTEM_PULLREQUEST_TARGETBRANCH"))]),
        before: None,
        default: remote(Some("HEAD".into())),
    }
}

fn circle(get: &dyn Fn(&str) -> Option<String>) -> Told {
    Told {
        system: "CircleCI",
        cure: "check out with `method: full`",
        head: head(&[get("CIRCLE_SHA1")]),
        target: Vec::new(),
        before: None,
        default: remote(Some("HEAD".into())),
    }
}

fn jenkins(get: &dyn Fn(&str) -> Option<String>) -> Told {
    Told {
        system: "Jenkins",
        cure: "switch off \"Shallow clone\" and fetch the target branch too",
        head: head(&[]),
        target: all(&[remote(get("CHANGE_TARGET"))]),
        before: get("GIT_PREVIOUS_SUCCESSFUL_COMMIT").or_else(|| get("GIT_PREVIOUS_COMMIT")),
        default: remote(Some("HEAD".into())),
    }
}

fn buildkite(get: &dyn Fn(&str) -> Option<String>) -> Told {
    let asked = get("BUILDKITE_PULL_REQUEST").is_some_and(|number| number != "false");
    Told {
        system: "Buildkite",
        cure: "fetch the base branch first: git fetch origin \"$BUILDKITE_PULL_REQUEST_BASE_BRANCH\"",
        head: head(&[get("BUILDKITE_COMMIT")]),
        target: all(&[remote(get("BUILDKITE_PULL_REQUEST_BASE_BRANCH")).filter(|_| asked)]),
        before: None,
        default: remote(get("BUILDKITE_PIPELINE_DEFAULT_BRANCH")),
    }
}

fn woodpecker(get: &dyn Fn(&str) -> Option<String>) -> Told {
    let asked = get("CI_PIPELINE_EVENT").is_some_and(|event| event.starts_with("pull_request"));
    Told {
        system: "Woodpecker",
        cure: "clone with `depth: 0` and `partial: false`",
        head: head(&[get("CI_COMMIT_SHA")]),
        target: all(&[remote(get("CI_COMMIT_TARGET_BRANCH")).filter(|_| asked)]),
        before: get("CI_PREV_COMMIT_SHA"),
        default: remote(get("CI_REPO_DEFAULT_BRANCH")),
    }
}
