//! Damage and gaps: whether they lie in what the mode covers.

use std::collections::BTreeMap;

use crate::model::{Coverage, ObjectId, Stop, count};
use crate::pack::{Commit, Kind, Plan, Tag};

use super::bits::Bits;
use super::graph::{Graph, NONE};
use super::lines::{Found, Wanted};
use super::tips::Tips;
use super::visit::Lost;

/// How many objects are named one by one; more are counted.
const NAMED: usize = 1000;

/// How many damaged objects that nothing keeps are told.
const NOTED: usize = 20;

/// What is known of a damaged history.
pub(super) struct Trouble<'a> {
    pub(super) plan: &'a Plan,
    pub(super) graph: &'a Graph,
    pub(super) tips: &'a Tips,
    /// Objects that could not be read, and why.
    pub(super) damaged: &'a [(u32, String)],
    /// What each thread saw of lines that name what is not there; none if not all trees were read.
    pub(super) lost: &'a [Lost],
    /// Whether objects may be missing because a remote promised them.
    pub(super) promised: bool,
    /// Whether unreachable objects are covered as well.
    pub(super) everything: bool,
}

impl Trouble<'_> {
    /// Names in the coverage what should have been read. If need be, trees are read once more. Returns whether commits or trees are
    /// among it: then what lies behind them looks unreachable and is not.
    pub(super) fn name(&self, threads: usize, stop: &Stop, coverage: &mut Coverage) -> bool {
        let mut reached = self.graph.reach(self.tips.kept.iter().copied());
        let within = (!self.everything).then(|| reached.clone());
        let mut wanted = Wanted::new(self.plan, within.as_ref());
        wanted.missing = true;
        self.damaged.iter().for_each(|(number, _)| wanted.add(self.plan, *number));
        let found = self.seen(within.as_ref()).unwrap_or_else(|| wanted.look(self.plan, threads, stop));
        let mut names: BTreeMap<u32, String> = BTreeMap::new();
        for line in &found.lines {
            reached.insert(line.child);
            names.entry(line.child).or_insert_with(|| text(found.names.name(line.name)));
        }
        let mut all: BTreeMap<String, String> = BTreeMap::new();
        let mut unreachable = 0;
        for (number, why) in self.damaged {
            if self.everything || reached.contains(*number) {
                let kind = self.plan.kind(*number).map_or("object", Kind::as_str);
                let name = names.get(number).map(|n| format!(" ({n})")).unwrap_or_default();
                all.insert(format!("{kind} {}{name}", self.plan.catalog().id(*number)), why.clone());
            } else {
                unreachable += 1;
                if unreachable <= NOTED {
                    coverage
                        .notes
                        .push(format!("unreachable object {}: {why}", self.plan.catalog().id(*number)));
                }
            }
        }
        if unreachable > NOTED {
            coverage.notes.push(format!("{} more unreachable objects are damaged", unreachable - NOTED));
        }
        let gone = if self.promised { "promised by a remote and not here; not fetched" } else { "missing" };
        let mut lost = |id: &ObjectId, kind: Kind, name: &str| {
            let why = match self.plan.catalog().number(id.as_bytes()).and_then(|n| self.plan.kind(n)) {
                Some(is) => format!("a {is} where a {kind} should be"),
                None => gone.into(),
            };
            all.insert(format!("{kind} {id}{name}"), why);
        };
        for (id, (kind, name)) in &found.missing {
            lost(id, *kind, &format!(" ({})", text(name)));
        }
        self.commits_and_tags(&reached, &mut lost);
        let blind = all.keys().any(|what| !what.starts_with("blob "));
        let more = all.len().saturating_sub(NAMED);
        for (what, why) in all.into_iter().take(NAMED) {
            coverage.missed(what, why);
        }
        if more > 0 {
            coverage.missed(count(more, "more object"), gone);
        }
        blind
    }

    /// What [`Wanted::look`] would find, from what was seen when trees were read; `None` if that is not enough.
    fn seen(&self, within: Option<&Bits>) -> Option<Found> {
        if !self.damaged.is_empty() || self.lost.is_empty() || self.lost.iter().any(|lost| lost.more) {
            return None;
        }
        let mut found = Found::default();
        let gaps = self.lost.iter().flat_map(|lost| &lost.lines);
        for gap in gaps.filter(|gap| within.is_none_or(|within| within.contains(gap.tree))) {
            let missing = (gap.kind, gap.name.clone());
            let entry = found.missing.entry(gap.id).or_insert_with(|| missing.clone());
            *entry = missing.min(entry.clone());
        }
        Some(found)
    }

    /// What commits and tags point at and is not there. The ends of a shallow clone have no parents by design.
    fn commits_and_tags(&self, reached: &Bits, lost: &mut dyn FnMut(&ObjectId, Kind, &str)) {
        let mut reader = self.plan.store().reader();
        let hash = self.plan.store().hash();
        for row in &self.graph.commits {
            let parents = self.graph.parents(row);
            let whole = !parents.contains(&NONE) && row.tree != NONE && self.kinds_fit(row.tree, parents);
            if whole || !(self.everything || reached.contains(row.number)) {
                continue;
            }
            let id = self.plan.catalog().id(row.number);
            let Ok(Some(object)) = reader.read(&id) else { continue };
            let Some(commit) = Commit::parse(&object.data, hash) else { continue };
            let of = format!(" (of commit {id})");
            if !self.is(&commit.tree, Kind::Tree) {
                lost(&commit.tree, Kind::Tree, &of);
            }
            let parents = commit.parents.iter().filter(|_| !self.tips.shallow.contains(&row.number));
            for parent in parents.filter(|p| !self.is(p, Kind::Commit)) {
                lost(parent, Kind::Commit, &of);
            }
        }
        for tag in self.graph.tags() {
            if self.everything || reached.contains(tag) {
                let id = self.plan.catalog().id(tag);
                let Ok(Some(object)) = reader.read(&id) else { continue };
                if let Some(tag) =
                    Tag::parse(&object.data, hash).filter(|tag| !self.is(&tag.target, tag.kind))
                {
                    lost(&tag.target, tag.kind, &format!(" (of tag {id})"));
                }
            }
        }
    }

    fn kinds_fit(&self, tree: u32, parents: &[u32]) -> bool {
        let is = |number: u32, kind| self.plan.kind(number).is_none_or(|is| is == kind);
        is(tree, Kind::Tree) && parents.iter().all(|p| is(*p, Kind::Commit))
    }

    fn is(&self, id: &ObjectId, kind: Kind) -> bool {
        let number = self.plan.catalog().number(id.as_bytes());
        number.is_some_and(|n| self.plan.kind(n).is_none_or(|is| is == kind))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
