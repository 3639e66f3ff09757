//! Our reading of object stores against git's, on repositories of many shapes.

#![allow(clippy::unwrap_used, reason = "a test that cannot make its repository has failed")]

mod malformed;
mod repo;
mod shapes;

use std::sync::Arc;

use keysieve::model::{ObjectId, Stop};
use keysieve::pack::{Damage, Kind, Kinds, Plan, Store, Visitor};
use repo::Objects;

/// Keeps everything.
#[derive(Default)]
struct Keep<'p> {
    plan: Option<&'p Plan>,
    objects: Objects,
    damaged: Vec<(ObjectId, Damage)>,
}

impl Keep<'_> {
    fn id(&self, number: u32) -> ObjectId {
        self.plan.unwrap().catalog().id(number)
    }
}

impl Visitor for Keep<'_> {
    fn object(&mut self, number: u32, kind: Kind, data: &[u8]) {
        let before = self.objects.insert(self.id(number), (kind.as_str().into(), data.to_vec()));
        assert!(before.is_none(), "{} comes twice", self.id(number));
    }

    fn large(&mut self, number: u32) {
        let mut data = Vec::new();
        let mut stream = self.plan.unwrap().store().open_blob(&self.id(number)).unwrap().unwrap();
        std::io::Read::read_to_end(&mut stream, &mut data).unwrap();
        self.object(number, Kind::Blob, &data);
    }

    fn damaged(&mut self, number: u32, damage: Damage) {
        self.damaged.push((self.id(number), damage));
    }
}

/// Everything that a traversal gives: objects, damage, and problems of the store.
fn walk(store: &Arc<Store>, threads: usize) -> (Objects, Vec<(ObjectId, Damage)>, Vec<String>) {
    let plan = Plan::new(store, threads);
    let keep = || Keep { plan: Some(&plan), ..Keep::default() };
    let (mut objects, mut damaged) = (Objects::new(), Vec::new());
    for kept in plan.traverse(Kinds::ALL, threads, &Stop::new(), &keep) {
        for (id, object) in kept.objects {
            assert!(objects.insert(id, object).is_none(), "{id} comes twice");
        }
        damaged.extend(kept.damaged);
    }
    let problems = plan.problems().iter().map(|p| format!("{}: {}", p.path.display(), p.why)).collect();
    (objects, damaged, problems)
}

/// All objects in parallel.
#[test]
fn traversal_gives_what_git_gives() {
    for (name, repo) in shapes::all() {
        let store = Arc::new(Store::open(&repo.objects_dir(), repo.hash).unwrap());
        let expected = repo.all_objects();
        for threads in [1, 2, 5] {
            let (objects, damaged, problems) = walk(&store, threads);
            assert_eq!((damaged, problems), (vec![], vec![]), "{name}");
            assert!(objects == expected, "{name}: {} objects instead of {}", objects.len(), expected.len());
        }
    }
}

/// One object at a time.
#[test]
fn random_access_reads_what_git_reads() {
    for (name, repo) in shapes::all() {
        let store = Store::open(&repo.objects_dir(), repo.hash).unwrap();
        assert!(store.problems().is_empty(), "{name}");
        let expected = repo.all_objects();
        assert!(!expected.is_empty(), "{name}");
        for (id, (kind, content)) in &expected {
            let object = store.read(id).unwrap().unwrap_or_else(|| panic!("{name}: {id} is missing"));
            assert_eq!((object.kind.as_str(), &object.data), (kind.as_str(), content), "{name}: {id}");
            let header = store.header(id).unwrap().unwrap();
            assert_eq!((header.kind, header.size), (object.kind, content.len() as u64), "{name}: {id}");
        }
        let nothing = ObjectId::from_bytes(&vec![7; repo.hash.len()]).unwrap();
        assert_eq!(store.read(&nothing), Ok(None), "{name}");
        assert_eq!(store.header(&nothing), Ok(None), "{name}");
    }
}
