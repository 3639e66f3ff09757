//! Which commits and paths are asked for.

use std::collections::HashSet;

use globset::GlobSet;
use regex::bytes::Regex;

use crate::model::ObjectId;
use crate::pack::{Commit, Plan};

use super::bits::Bits;
use super::graph::Graph;

/// What narrows a history down. Everything is scanned all the same; only what the chosen commits brought in is
/// reported.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only commits that are reachable from these ...
    pub from: Vec<ObjectId>,
    /// ... and not from these (`--range A..B`).
    pub not: Vec<ObjectId>,
    /// Only branches of these names.
    pub branches: Vec<String>,
    /// Only commits made at or after this time (committer date, seconds since 1970).
    pub since: Option<i64>,
    /// Only commits made at or before this time.
    pub until: Option<i64>,
    /// Only commits whose author, as `Name <mail>`, matches.
    pub author: Option<Regex>,
    /// Only so many commits, the newest.
    pub max_commits: Option<usize>,
    /// Only these paths.
    pub paths: Option<GlobSet>,
}

impl Filter {
    /// Whether it names commits at all.
    pub(super) fn chooses_commits(&self) -> bool {
        !self.from.is_empty()
            || self.since.is_some()
            || self.until.is_some()
            || self.author.is_some()
            || self.max_commits.is_some()
    }

    /// The chosen commits' numbers among those of `order`; `None` if all are.
    pub(super) fn choose(&self, plan: &Plan, graph: &Graph, order: &[u32]) -> Option<HashSet<u32>> {
        if !self.chooses_commits() {
            return None;
        }
        let numbers = |ids: &[ObjectId]| -> Vec<u32> {
            let found = ids.iter().filter_map(|id| plan.catalog().number(id.as_bytes()));
            found.map(|n| graph.peel(n)).collect()
        };
        let within = (!self.from.is_empty()).then(|| graph.reach(numbers(&self.from).into_iter()));
        let without: Bits = graph.reach(numbers(&self.not).into_iter());
        let mut chosen = HashSet::new();
        let mut reader = plan.store().reader();
        for &at in order.iter().rev() {
            let row = &graph.commits[at as usize];
            if self.max_commits.is_some_and(|most| chosen.len() >= most) {
                break;
            }
            let fits = within.as_ref().is_none_or(|w| w.contains(row.number))
                && !without.contains(row.number)
                && self.since.is_none_or(|since| row.time >= since)
                && self.until.is_none_or(|until| row.time <= until);
            if !fits {
                continue;
            }
            if let Some(author) = &self.author {
                let Ok(Some(object)) = reader.read(&plan.catalog().id(row.number)) else { continue };
                let line = Commit::parse(&object.data, plan.store().hash()).map(|c| c.author.line.to_vec());
                if !line.is_some_and(|line| author.is_match(person(&line))) {
                    continue;
                }
            }
            chosen.insert(row.number);
        }
        Some(chosen)
    }
}

/// The part of an author line that names the person: up to and including the `>`.
fn person(line: &[u8]) -> &[u8] {
    line.iter().rposition(|&b| b == b'>').map_or(line, |end| &line[..=end])
}
