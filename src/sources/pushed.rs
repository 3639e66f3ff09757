//! What a push brings: its commits, and what refs name that is no commit: annotated tags, tagged blobs and trees.

use std::collections::HashSet;
use std::io::Read;

use crate::error::Result;
use crate::model::{Blob, Coverage, Finding, ObjectId, Origin, Part};
use crate::pack::{Entries, Kind, Object, Store, Tag};
use crate::repo::Repository;

use super::diff::Diff;
use super::source::{Source, Worker};

/// A tagged blob longer than this is named as not scanned, in bytes. Nobody tags large blobs.
const LONGEST_BLOB: u64 = 64 << 20;
/// A tag may name a tag; nobody needs more than a few of them in a row.
const DEEPEST_TAG: usize = 50;

/// The source of `pre-push` and `pre-receive`.
#[derive(Debug)]
pub struct Pushed<'r> {
    repository: &'r Repository,
    commits: Diff<'r>,
    tips: Vec<ObjectId>,
    names: Vec<Vec<u8>>,
}

impl<'r> Pushed<'r> {
    /// Commits to look at, the objects that the refs will name, and the names of those refs.
    pub fn new(
        repository: &'r Repository,
        commits: Diff<'r>,
        tips: Vec<ObjectId>,
        names: Vec<Vec<u8>>,
    ) -> Pushed<'r> {
        Pushed { repository, commits, tips, names }
    }

    fn tips(&self, worker: &mut Worker<'_>, coverage: &mut Coverage) -> Result<()> {
        let repository = self.repository;
        let store = Store::open_with(&repository.objects_dir, &repository.alternates, repository.hash)?;
        let mut tips = Tips { store: &store, seen: HashSet::new(), worker, coverage };
        for tip in &self.tips {
            tips.follow(*tip);
        }
        Ok(())
    }
}

impl Source for Pushed<'_> {
    fn visit<'s>(&self, new_worker: &(dyn Fn() -> Worker<'s> + Sync + 's)) -> Result<Coverage> {
        let mut coverage = self.commits.visit(new_worker)?;
        let mut worker = new_worker();
        for (name, tip) in self.names.iter().zip(&self.tips) {
            worker(&Blob::whole(name, &Origin::Object(*tip, Part::RefName)));
            coverage.refs += 1;
        }
        self.tips(&mut worker, &mut coverage)?;
        Ok(coverage)
    }

    fn locate(&self, findings: &mut Vec<Finding>, coverage: &mut Coverage) -> Result<()> {
        self.commits.locate(findings, coverage)
    }
}

/// Follows tips to what is no commit.
struct Tips<'t, 'w, 's> {
    store: &'t Store,
    seen: HashSet<ObjectId>,
    worker: &'t mut Worker<'w>,
    coverage: &'s mut Coverage,
}

impl Tips<'_, '_, '_> {
    fn follow(&mut self, mut id: ObjectId) {
        for _ in 0..DEEPEST_TAG {
            if !self.seen.insert(id) {
                return;
            }
            match self.store.header(&id) {
                Ok(Some(header)) if header.kind == Kind::Commit => return,
                Ok(Some(header)) if header.kind == Kind::Blob => return self.blob(&id),
                Ok(Some(_)) => {}
                Ok(None) => return self.missed(&id, "the object is missing"),
                Err(damage) => return self.missed(&id, &damage.to_string()),
            }
            let Some(object) = self.read(&id) else { return };
            if object.kind == Kind::Tree {
                return self.tree(id, object);
            }
            let hash = self.store.hash();
            (self.worker)(&Blob::whole(&object.data, &Origin::Object(id, Part::TagMessage)));
            match Tag::parse(&object.data, hash) {
                Some(tag) => id = tag.target,
                None => return self.missed(&id, "the tag is damaged"),
            }
        }
        self.missed(&id, "too many tags of tags");
    }

    fn blob(&mut self, id: &ObjectId) {
        let mut data = Vec::new();
        let read = match self.store.open_blob(id) {
            Ok(Some(stream)) => {
                stream.take(LONGEST_BLOB + 1).read_to_end(&mut data).map_err(|e| e.to_string())
            }
            Ok(None) => Err("the object is missing".into()),
            Err(damage) => Err(damage.to_string()),
        };
        match read {
            Ok(n) if n as u64 > LONGEST_BLOB => self.missed(id, "a tagged blob of more than 64 MiB"),
            Ok(_) => {
                self.coverage.blobs += 1;
                self.coverage.bytes += data.len() as u64;
                (self.worker)(&Blob::whole(&data, &Origin::Object(*id, Part::Content)));
            }
            Err(why) => self.missed(id, &why),
        }
    }

    fn tree(&mut self, id: ObjectId, top: Object) {
        let mut trees = vec![(id, top)];
        while let Some((id, tree)) = trees.pop() {
            let mut entries = Entries::new(&tree.data, self.store.hash());
            for entry in entries.by_ref() {
                let Some(id) = ObjectId::from_bytes(entry.id) else { continue };
                if entry.is_submodule() || !self.seen.insert(id) {
                    continue;
                }
                if !entry.is_tree() {
                    self.blob(&id);
                } else if let Some(below) = self.read(&id) {
                    trees.push((id, below));
                }
            }
            if entries.damaged() {
                self.missed(&id, "the tree is damaged");
            }
        }
    }

    fn read(&mut self, id: &ObjectId) -> Option<Object> {
        match self.store.read(id) {
            Ok(Some(object)) => return Some(object),
            Ok(None) => self.missed(id, "the object is missing"),
            Err(damage) => self.missed(id, &damage.to_string()),
        }
        None
    }

    fn missed(&mut self, id: &ObjectId, why: &str) {
        self.coverage.missed(format!("object {id}"), why);
    }
}
