//! What a thread does with each object: blobs, messages and names go to the worker, the rest into the graph.

use std::collections::BTreeSet;

use crate::model::{Blob, BlobPath, CommitOrigin, HashKind, Kin, ObjectId, Origin, Part, Stop};
use crate::pack::{Commit, Damage, Entries, Entry, Kind, Plan, Tag, Visitor, identity_parts};
use crate::sources::read::Buffer;
use crate::sources::source::Worker;

use super::bits::Bits;
use super::fresh::{self, Kept, Looker};
use super::graph::{NONE, Rows};
use super::lines::Line;
use super::loose::Loose;

/// How many tree lines a thread remembers.
const RECENT: usize = 1 << 15;

/// The longest line that is remembered.
const LINE: usize = 55;

/// One thread's visitor.
pub(super) struct Sift<'a, 'w> {
    plan: &'a Plan,
    hash: HashKind,
    worker: Worker<'w>,
    stop: Stop,
    recent: Box<[Recent]>,
    sought: Sought<'a>,
    /// What it saw.
    pub(super) seen: Seen,
}

/// What is known when objects are read.
#[derive(Clone, Copy)]
pub(super) struct Sought<'a> {
    /// Blobs in which something was found: the lines of trees that name them are kept.
    pub(super) targets: &'a Bits,
    /// Commits at which a shallow clone ends: their parents are not missed.
    pub(super) shallow: &'a BTreeSet<u32>,
}

/// What a thread saw, to be joined with the others'.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) rows: Rows,
    pub(super) commits: u64,
    pub(super) blobs: u64,
    pub(super) bytes: u64,
    pub(super) submodules: u64,
    /// Blobs in which something was found.
    pub(super) found: Vec<u32>,
    /// What could not be read, and why.
    pub(super) damaged: Vec<(u32, String)>,
    /// Whether something points at an object that is not there, or not of the type it should have.
    pub(super) dangling: bool,
    /// Lines of trees that name an object that is not there.
    pub(super) lost: Lost,
    /// Types of loose objects.
    pub(super) loose: Loose,
}

/// A line of a tree that names an object that is not there.
#[derive(Debug, Clone)]
pub(super) struct Gap {
    pub(super) tree: u32,
    /// What it should be.
    pub(super) kind: Kind,
    pub(super) id: ObjectId,
    pub(super) name: Box<[u8]>,
}

/// Lines of trees that name an object that is not there, as far as they are few.
#[derive(Debug, Default)]
pub(super) struct Lost {
    pub(super) lines: Vec<Gap>,
    /// Whether there are more, or objects of another type than a line says.
    pub(super) more: bool,
}

impl Lost {
    /// In a clone without blobs all lines are such.
    const MOST: usize = 1 << 14;

    fn line(&mut self, tree: u32, entry: &Entry<'_>) {
        let kind = if entry.is_tree() { Kind::Tree } else { Kind::Blob };
        match ObjectId::from_bytes(entry.id) {
            Some(id) if self.lines.len() < Lost::MOST => {
                self.lines.push(Gap { tree, kind, id, name: entry.name.into() });
            }
            _ => self.more = true,
        }
    }
}

/// A tree line that was seen before.
#[derive(Clone, Copy)]
struct Recent {
    number: u32,
    name: u32,
    /// With [`WANTED`] if the line is to be kept with each tree in which it stands.
    len: u8,
    line: [u8; LINE],
}

/// Beside the length of a line in [`Recent::len`].
const WANTED: u8 = 0x80;

/// What a line of a tree leads to.
#[derive(Clone, Copy)]
struct Lead {
    /// The number of what it names; [`NONE`] if that is not here.
    child: u32,
    /// The number of the name.
    name: u32,
    /// Whether something was found in the name, or in what it names.
    wanted: bool,
}

impl<'a, 'w> Sift<'a, 'w> {
    /// A thread's visitor.
    pub(super) fn new(plan: &'a Plan, worker: Worker<'w>, sought: Sought<'a>, stop: Stop) -> Sift<'a, 'w> {
        Sift {
            plan,
            hash: plan.store().hash(),
            worker,
            stop,
            recent: vec![Recent { number: NONE, name: 0, len: 0, line: [0; LINE] }; RECENT].into(),
            sought,
            seen: Seen::default(),
        }
    }

    fn give(&mut self, number: u32, part: Part, bytes: &[u8]) {
        self.give_kin(number, part, bytes, None);
    }

    fn give_kin(&mut self, number: u32, part: Part, bytes: &[u8], kin: Option<&Kin<'_>>) {
        if !bytes.is_empty() {
            let origin = Origin::Object(self.plan.catalog().id(number), part);
            (self.worker)(&Blob { kin, ..Blob::whole(bytes, &origin) });
            self.seen.bytes += bytes.len() as u64;
        }
    }

    fn find(&mut self, id: &ObjectId, kind: Kind) -> u32 {
        self.find_raw(id.as_bytes(), kind)
    }

    fn find_raw(&mut self, id: &[u8], kind: Kind) -> u32 {
        if let Some(number) = self.plan.catalog().number(id) {
            match self.plan.kind(number) {
                None => self.seen.loose.is_named(self.plan, number, kind),
                Some(is) if is == kind => {}
                Some(_) => (self.seen.dangling, self.seen.lost.more) = (true, true),
            }
            number
        } else {
            self.seen.dangling = true;
            NONE
        }
    }

    fn commit(&mut self, number: u32, data: &[u8]) {
        self.seen.commits += 1;
        let Some(commit) = Commit::parse(data, self.hash) else {
            self.give(number, Part::CommitMessage, data);
            self.seen.damaged.push((number, "commit cannot be understood".into()));
            return;
        };
        for part in identity_parts(data) {
            self.give(number, Part::CommitIdentity, part);
        }
        self.give(number, Part::CommitMessage, commit.message);
        let tree = self.find(&commit.tree, Kind::Tree);
        let (dangling, odd) = (self.seen.dangling, self.seen.lost.more);
        let parents: Vec<u32> = commit.parents.iter().map(|id| self.find(id, Kind::Commit)).collect();
        if self.seen.lost.more == odd && self.sought.shallow.contains(&number) {
            self.seen.dangling = dangling;
        }
        self.seen.rows.commit(number, tree, commit.committer.seconds, parents.into_iter());
    }

    fn tag(&mut self, number: u32, data: &[u8]) {
        self.give(number, Part::TagMessage, data);
        match Tag::parse(data, self.hash) {
            Some(tag) => {
                let target = self.find(&tag.target, tag.kind);
                self.seen.rows.tag(number, target);
            }
            None => self.seen.damaged.push((number, "tag cannot be understood".into())),
        }
    }

    fn tree(&mut self, number: u32, data: &[u8], kin: &Kin<'_>) {
        let start = self.seen.rows.begin_tree();
        let owner = self.recent.as_ptr().addr();
        if !fresh::each(data, self.hash, owner, kin, &mut Tree { sift: self, number, data }) {
            self.seen.damaged.push((number, "tree cannot be understood".into()));
        }
        self.seen.rows.end_tree(number, start);
    }

    /// Keeps a line, once for its object and once for its name.
    fn want(&mut self, line: Line) {
        if self.seen.rows.found.contains(line.name) {
            self.seen.rows.lines.push(Line { by_name: true, ..line });
        }
        if self.sought.targets.contains(line.child) {
            self.seen.rows.lines.push(line);
        }
    }

    /// Looks at a line of a tree.
    #[inline]
    fn line(&mut self, entry: &Entry<'_>) -> Lead {
        let slot = usize::from(entry.id[0]) << 8 | usize::from(entry.id[1]);
        let slot = slot & (RECENT - 1);
        let recent = &self.recent[slot];
        let len = usize::from(recent.len & !WANTED);
        if len == entry.raw.len() && recent.line[..len] == *entry.raw {
            let wanted = recent.len & WANTED != 0;
            return Lead { child: recent.number, name: recent.name, wanted };
        }
        self.new_line(entry, slot)
    }

    #[inline(never)]
    fn new_line(&mut self, entry: &Entry<'_>, slot: usize) -> Lead {
        let known = self.seen.rows.names.len();
        let name = self.seen.rows.names.number(entry.name);
        if self.seen.rows.names.len() > known && self.name(entry.name) {
            self.seen.rows.found.insert_growing(name);
        }
        let child = if entry.is_submodule() {
            self.seen.submodules += 1;
            NONE
        } else {
            self.find_raw(entry.id, if entry.is_tree() { Kind::Tree } else { Kind::Blob })
        };
        let wanted = self.sought.targets.contains(child) || self.seen.rows.found.contains(name);
        if entry.raw.len() <= LINE {
            let recent = &mut self.recent[slot];
            recent.line[..entry.raw.len()].copy_from_slice(entry.raw);
            recent.len = entry.raw.len() as u8 | if wanted { WANTED } else { 0 };
            (recent.number, recent.name) = (child, name);
        }
        Lead { child, name, wanted }
    }

    /// The name of a file or folder; whether something was found in it. Which commit brought it in is found afterwards,
    /// by the name.
    fn name(&mut self, name: &[u8]) -> bool {
        // Not counted as bytes: how many threads meet it differs from run to run.
        give_name(&mut self.worker, self.hash, name)
    }
}

/// A tree whose lines are looked at.
struct Tree<'s, 'a, 'w, 'd> {
    sift: &'s mut Sift<'a, 'w>,
    number: u32,
    data: &'d [u8],
}

impl Looker for Tree<'_, '_, '_, '_> {
    #[inline]
    fn look(&mut self, at: u32, entry: &Entry<'_>) -> Option<Kept> {
        let Lead { child, name, wanted } = self.sift.line(entry);
        let is_tree = entry.is_tree();
        // Most lines name files that are there and hold nothing.
        if !wanted && !is_tree && (child != NONE || entry.is_submodule()) {
            return None;
        }
        let kept = Kept { at, child, name, mode: entry.mode, wanted };
        self.again(kept);
        Some(kept)
    }

    fn again(&mut self, kept: Kept) {
        let Kept { at, child, name, mode, wanted } = kept;
        if wanted {
            self.sift.want(Line { tree: self.number, name, child, mode, by_name: false });
        }
        let line = || self.data.get(at as usize..).and_then(|line| Entries::new(line, self.sift.hash).next());
        if child != NONE {
            if mode & 0o170_000 == 0o040_000 {
                self.sift.seen.rows.edge(child, name);
            }
        } else if let Some(entry) = line().filter(|entry| !entry.is_submodule()) {
            self.sift.seen.lost.line(self.number, &entry);
        }
    }
}

/// Gives the name of a file or folder to a worker; whether something was found in it.
pub(super) fn give_name(worker: &mut Worker<'_>, hash: HashKind, name: &[u8]) -> bool {
    let (origin, kin) = (name_origin(hash, name), Kin::default());
    worker(&Blob { kin: Some(&kin), ..Blob::whole(name, &origin) });
    kin.has_findings()
}

/// The origin of a name whose commits are not known yet.
fn name_origin(hash: HashKind, name: &[u8]) -> Origin {
    let commit = ObjectId::from_bytes(&[0; 32][..hash.len()]).expect("the length is that of an id");
    Origin::Commit(Box::new(CommitOrigin { commit, path: BlobPath::new(name), blob: None }), Part::FileName)
}

impl Visitor for Sift<'_, '_> {
    fn object(&mut self, number: u32, kind: Kind, data: &[u8], kin: &Kin<'_>) {
        self.seen.loose.is(self.plan, number, kind);
        match kind {
            Kind::Blob => {
                self.seen.blobs += 1;
                self.give_kin(number, Part::Content, data, Some(kin));
                self.seen.found.extend(Some(number).filter(|_| kin.has_findings()));
            }
            Kind::Commit => self.commit(number, data),
            Kind::Tree => self.tree(number, data, kin),
            Kind::Tag => self.tag(number, data),
        }
    }

    fn large(&mut self, number: u32) {
        self.seen.loose.is(self.plan, number, Kind::Blob);
        let id = self.plan.catalog().id(number);
        let origin = Origin::Object(id, Part::Content);
        let kin = Kin::default();
        let (store, renewed) = (self.plan.store(), self.plan.store().renewed());
        let mut opened = store.open_blob(&id);
        if let (Ok(None) | Err(_), Some(renewed)) = (&opened, &renewed) {
            opened = renewed.open_blob(&id);
        }
        let scanned = match opened {
            Ok(Some(mut stream)) => {
                let like = Blob { kin: Some(&kin), ..Blob::whole(&[], &origin) };
                let size = stream.size();
                let fed = Buffer::new(&self.stop).feed_like(&like, &mut stream, size, &mut self.worker);
                fed.map_err(|e| e.to_string())
            }
            Ok(None) => Err("object vanished while it was being read".into()),
            Err(damage) => Err(damage.to_string()),
        };
        self.seen.found.extend(Some(number).filter(|_| kin.has_findings()));
        match scanned {
            Ok(bytes) => {
                self.seen.blobs += 1;
                self.seen.bytes += bytes;
            }
            Err(why) => self.seen.damaged.push((number, why)),
        }
    }

    fn damaged(&mut self, number: u32, damage: Damage) {
        self.seen.damaged.push((number, damage.to_string()));
    }
}
