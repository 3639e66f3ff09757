//! From findings in objects to findings with commits, paths and refs.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::model::{BlobPath, CommitOrigin, Coverage, Finding, ObjectId, Origin, Part, RuleId, Secret};
use crate::pack::Reader;

use super::attribute::{Answer, Question, Target};
use super::bits::Bits;
use super::graph::NONE;
use super::refs::Holders;
use super::{HistoryOptions, Place, State};

/// How many paths of a key are told, and in how many bytes: they are told with each of them, and a repository can make
/// paths of 10,000 bytes cheaply.
const PATHS: usize = 100;
const PATH_BYTES: usize = 16 << 10;

/// The attribution of one repository's findings.
pub(super) struct Locate<'a> {
    pub(super) state: &'a State,
    pub(super) place: &'a Place,
    pub(super) options: &'a HistoryOptions,
}

/// A key: what is the same finding at another place.
type Key<'f> = (&'f RuleId, &'f Secret);

/// What is gathered about a key at a path.
#[derive(Debug, Default)]
struct Spot {
    first: Option<First>,
}

/// What brought a key in at a path.
#[derive(Debug, Clone, Copy)]
struct First {
    /// Its commit's place in the order.
    place: u32,
    /// The finding in what it brought.
    finding: usize,
    /// The blob it brought.
    blob: Option<ObjectId>,
}

/// What is gathered about a key.
#[derive(Debug, Default)]
struct Known {
    spots: BTreeMap<(Part, BlobPath), Spot>,
    places: HashSet<(Target, u32)>,
    in_head: bool,
    last: Option<u32>,
    /// Findings that no commit accounts for: in unreachable objects, tags of blobs, the index.
    loose: BTreeSet<usize>,
}

/// What the attribution knows.
pub(super) struct Facts<'a> {
    reached: Bits,
    pub(super) head: Bits,
    answer: Answer,
    places: HashMap<u32, u32>,
    chosen: Option<HashSet<u32>>,
    pub(super) holders: Holders,
    /// What refs keep without a commit: the tip, and where it stands in there.
    held_by_tips: HashMap<Target, (u32, BlobPath, Part)>,
    held_by_head: HashMap<Target, (BlobPath, Part)>,
    staged: HashMap<u32, &'a BlobPath>,
}

impl<'a> Locate<'a> {
    /// Adds the located findings to `out`.
    pub(super) fn run(&self, raw: &[Finding], out: &mut Vec<Finding>, coverage: &mut Coverage) {
        let mine = self.mine(raw);
        if mine.is_empty() && !self.options.filter.chooses_commits() {
            return;
        }
        if self.options.stop.requested().is_some() {
            // Ended early: what was found is told as it is.
            out.extend(mine.into_iter().map(|at| raw[at].clone()));
            return;
        }
        let mut names: Vec<Box<[u8]>> = Vec::new();
        let mut numbers: HashMap<&[u8], u32> = HashMap::new();
        let mut targets: HashMap<usize, Target> = HashMap::new();
        let mut objects = BTreeSet::new();
        let count = self.state.plan.catalog().len() as u32;
        for &at in &mine {
            match &raw[at].location.origin {
                Origin::Object(id, Part::Content) => {
                    let Some(number) = self.state.plan.catalog().number(id.as_bytes()) else { continue };
                    objects.insert(number);
                    targets.insert(at, number);
                }
                Origin::Commit(origin, Part::FileName) => {
                    let name = origin.path.as_bytes();
                    let next = names.len() as u32;
                    let place = *numbers.entry(name).or_insert_with(|| {
                        names.push(name.into());
                        next
                    });
                    targets.insert(at, count + place);
                }
                _ => {}
            }
        }
        let facts = self.facts(objects, names);
        if facts.chosen.as_ref().is_some_and(HashSet::is_empty) {
            coverage.missed(
                "history",
                "no commit is as --range, --branch, --since, --until, --author and --max-commits ask",
            );
        }
        let known = self.gather(raw, &mine, &targets, &facts);
        self.tell(raw, known, &targets, &facts, out);
    }

    /// Findings that lie in this repository.
    fn mine(&self, raw: &[Finding]) -> Vec<usize> {
        let has = |id: &ObjectId| self.state.plan.catalog().number(id.as_bytes()).is_some();
        let mine = |f: &Finding| match &f.location.origin {
            Origin::Object(id, _) => has(id),
            Origin::Commit(_, Part::FileName) => true,
            Origin::Commit(origin, _) => has(&origin.commit),
            _ => false,
        };
        (0..raw.len()).filter(|at| mine(&raw[*at])).collect()
    }

    fn facts(&self, objects: BTreeSet<u32>, names: Vec<Box<[u8]>>) -> Facts<'a> {
        let State { plan, graph, tips, blind, .. } = self.state;
        let everything = self.options.unreachable || *blind;
        let all = graph.commits.iter().map(|row| row.number).filter(|_| everything);
        let reached = graph.reach(tips.kept.iter().copied().chain(all));
        let HistoryOptions { stop, .. } = self.options;
        let lone = |number: &u32| graph.commit(*number).is_none();
        let trees: Vec<u32> = tips.kept.iter().map(|tip| graph.peel(*tip)).filter(lone).collect();
        let question =
            Question { plan, graph, reached: &reached, objects, names, trees: trees.clone(), stop };
        let mut answer = question.answer();
        let places: HashMap<u32, u32> = answer.order.iter().copied().zip(0..).collect();
        let commits = tips.kept.iter().map(|tip| graph.peel(*tip));
        let mut ends: Vec<(u32, u32)> =
            commits.filter_map(|c| graph.commit(c)).filter_map(|c| Some((*places.get(&c)?, c))).collect();
        ends.sort_unstable_by(|a, b| b.cmp(a));
        let mut seen = HashSet::new();
        for (place, commit) in ends {
            answer.stands(graph.commits[commit as usize].tree, place, &mut seen);
        }
        let mut held_by_tips = HashMap::new();
        for tip in trees {
            for (target, (path, part)) in answer.held(tip) {
                held_by_tips.entry(target).or_insert((tip, path, part));
            }
        }
        let head_tree =
            tips.head.and_then(|h| graph.commit(graph.peel(h))).map(|c| graph.commits[c as usize].tree);
        let chosen = self.options.filter.choose(plan, graph, &answer.order);
        Facts {
            head: graph.reach(tips.head.into_iter()),
            holders: Holders::new(graph, tips, &answer.order),
            held_by_head: head_tree.map(|tree| answer.held(tree)).unwrap_or_default(),
            staged: tips.staged.iter().map(|(number, path)| (*number, path)).collect(),
            reached,
            answer,
            places,
            chosen,
            held_by_tips,
        }
    }

    fn gather<'f>(
        &self,
        raw: &'f [Finding],
        mine: &[usize],
        targets: &HashMap<usize, Target>,
        facts: &Facts<'_>,
    ) -> BTreeMap<Key<'f>, Known> {
        let mut known: BTreeMap<Key<'f>, Known> = BTreeMap::new();
        let mut by_target: HashMap<Target, BTreeMap<Key<'f>, usize>> = HashMap::new();
        for &at in mine {
            let finding = &raw[at];
            let key = (&finding.rule, &finding.secret);
            if let Some(target) = targets.get(&at) {
                let first = by_target.entry(*target).or_default().entry(key).or_insert(at);
                let start = |at: usize| (raw[at].location.span.start, raw[at].location.span.end);
                if start(at) < start(*first) {
                    *first = at;
                }
            } else {
                self.message(at, finding, known.entry(key).or_default(), facts);
            }
        }
        let mut accounted = HashSet::new();
        for event in &facts.answer.events {
            let Some(here) = by_target.get(&event.target) else { continue };
            accounted.insert(event.target);
            let commit = facts.answer.order[event.at as usize];
            let chosen = self.chosen(commit, facts);
            let path = facts.answer.path(event.path);
            for (&key, &at) in here {
                let entry = known.entry(key).or_default();
                entry.places.insert((event.target, event.path));
                let was_there = |b: &Target| by_target.get(b).is_some_and(|keys| keys.contains_key(&key));
                let part = match raw[at].location.origin.part() {
                    Part::Content if event.link => Part::LinkTarget,
                    part => part,
                };
                let spot = entry.spots.entry((part, path.clone())).or_default();
                if spot.first.is_none() && chosen && !event.before.iter().any(was_there) {
                    let is_blob = (event.target as usize) < self.state.plan.catalog().len();
                    let blob = is_blob.then(|| self.state.plan.catalog().id(event.target));
                    spot.first = Some(First { place: event.at, finding: at, blob });
                }
            }
        }
        for (target, here) in &by_target {
            for (&key, &at) in here {
                let entry = known.entry(key).or_default();
                entry.in_head |= facts.held_by_head.contains_key(target);
                entry.last = entry.last.max(facts.answer.last.get(target).copied());
                if !accounted.contains(target) {
                    entry.loose.insert(at);
                }
            }
        }
        known
    }

    /// A finding in a message, an identity or the name of a ref.
    fn message(&self, at: usize, finding: &Finding, known: &mut Known, facts: &Facts<'_>) {
        let (id, part) = match &finding.location.origin {
            Origin::Object(id, part) => (id, *part),
            Origin::Commit(origin, part) => (&origin.commit, *part),
            _ => return,
        };
        let Some(number) = self.state.plan.catalog().number(id.as_bytes()) else { return };
        let commit = self.state.graph.commit(number);
        let place = commit.and_then(|c| facts.places.get(&c)).copied();
        let (Some(commit), Some(place)) = (commit, place) else {
            known.loose.insert(at);
            return;
        };
        known.places.insert((number, NONE - part as u32));
        known.in_head |= facts.head.contains(number);
        known.last = known.last.max(Some(place));
        let spot = known.spots.entry((part, BlobPath::default())).or_default();
        let sooner = spot.first.as_ref().is_none_or(|first| place < first.place);
        if sooner && self.chosen(commit, facts) {
            spot.first = Some(First { place, finding: at, blob: None });
        }
    }

    fn chosen(&self, commit: u32, facts: &Facts<'_>) -> bool {
        let number = self.state.graph.commits[commit as usize].number;
        facts.chosen.as_ref().is_none_or(|chosen| chosen.contains(&number))
    }

    fn tell(
        &self,
        raw: &[Finding],
        known: BTreeMap<Key<'_>, Known>,
        targets: &HashMap<usize, Target>,
        facts: &Facts<'_>,
        out: &mut Vec<Finding>,
    ) {
        let mut reader = self.state.plan.store().reader();
        for known in known.into_values() {
            let paths: Vec<BlobPath> = known.spots.keys().map(|(_, path)| self.prefixed(path)).collect();
            let paths: BTreeSet<_> = paths.into_iter().filter(|p| !p.as_bytes().is_empty()).collect();
            let mut room = PATH_BYTES;
            let fits = |path: &BlobPath| {
                let fits = room > 0;
                room = room.saturating_sub(path.as_bytes().len());
                fits
            };
            let paths: Vec<BlobPath> = paths.into_iter().take(PATHS).take_while(fits).collect();
            for ((part, path), spot) in &known.spots {
                let Some(First { place, finding: at, blob }) = spot.first else { continue };
                if !self.path_fits(path) {
                    continue;
                }
                let commit = facts.answer.order[place as usize];
                let mut finding = raw[at].clone();
                let mut history = self.history(commit, &mut reader, facts);
                history.in_head = known.in_head;
                history.occurrences = known.places.len() as u64;
                history.paths.clone_from(&paths);
                history.last_seen = known.last.filter(|_| !known.in_head).map(|last| self.last(last, facts));
                let path = self.prefixed(path);
                let origin = CommitOrigin { commit: history.commit, path, blob };
                finding.location.origin = Origin::Commit(Box::new(origin), *part);
                finding.history = Some(Box::new(history));
                out.push(finding);
            }
            for at in known.loose {
                // The same key at the same path is told with the commit that brought it in.
                let told = |part, path: &BlobPath| {
                    known.spots.get(&(part, path.clone())).is_some_and(|spot| spot.first.is_some())
                };
                self.tell_loose(&raw[at], targets.get(&at).copied(), &told, (&mut reader, facts), out);
            }
        }
    }

    /// A finding that no commit accounts for: reported if something else keeps its object.
    fn tell_loose(
        &self,
        finding: &Finding,
        target: Option<Target>,
        told: &dyn Fn(Part, &BlobPath) -> bool,
        (reader, facts): (&mut Reader<'_>, &Facts<'_>),
        out: &mut Vec<Finding>,
    ) {
        if self.options.filter.chooses_commits() {
            return;
        }
        let mut finding = finding.clone();
        let everything = self.options.unreachable || self.state.blind;
        let (number, part) = match &finding.location.origin {
            Origin::Object(id, part) => (self.state.plan.catalog().number(id.as_bytes()), *part),
            Origin::Commit(origin, part) => {
                (self.state.plan.catalog().number(origin.commit.as_bytes()), *part)
            }
            _ => return,
        };
        if let Some(path) = target.and_then(|t| facts.staged.get(&t)).filter(|_| part == Part::Content) {
            if self.path_fits(path) && !told(part, path) {
                finding.location.origin = Origin::Staged(self.prefixed(path), part);
                out.push(finding);
            }
            return;
        }
        if let Some((tip, path, part)) = target.and_then(|t| facts.held_by_tips.get(&t)) {
            if self.path_fits(path) && !told(*part, path) {
                let id = |number| self.state.plan.catalog().id(number);
                let blob = target.filter(|t| (*t as usize) < self.state.plan.catalog().len()).map(id);
                let part =
                    if finding.location.origin.part() == Part::FileName { Part::FileName } else { *part };
                let origin = CommitOrigin { commit: id(*tip), path: self.prefixed(path), blob };
                finding.location.origin = Origin::Commit(Box::new(origin), part);
                out.push(finding);
            }
            return;
        }
        let everything = everything && part != Part::FileName;
        let number = target.or(number).unwrap_or(NONE);
        let kept = facts.reached.contains(number);
        if (kept || everything) && self.options.filter.paths.is_none() {
            finding.history = self.tag_history(number, reader, facts).map(Box::new);
            out.push(finding);
        }
    }

    fn path_fits(&self, path: &BlobPath) -> bool {
        let globs = self.options.filter.paths.as_ref();
        globs.is_none_or(|globs| globs.is_match(crate::repo::path_from_bytes(path.as_bytes())))
    }

    fn prefixed(&self, path: &BlobPath) -> BlobPath {
        if self.place.prefix.is_empty() || path.as_bytes().is_empty() {
            return path.clone();
        }
        BlobPath::new(&[&self.place.prefix, path.as_bytes()].concat())
    }

    fn last(&self, place: u32, facts: &Facts<'_>) -> (ObjectId, i64) {
        let row = &self.state.graph.commits[facts.answer.order[place as usize] as usize];
        (self.state.plan.catalog().id(row.number), row.time)
    }
}
