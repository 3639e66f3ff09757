//! Our reading of object stores against git's, on repositories of many shapes.

#![allow(clippy::unwrap_used, reason = "a test that cannot make its repository has failed")]

mod fresh;
mod jumps;
mod malformed;
mod repo;
mod shapes;

use std::sync::Arc;

use keysieve::model::{HashKind, Kin, ObjectId, Stop};
use keysieve::pack::{Damage, Kind, Kinds, Plan, Store, Visitor, WHOLE_LIMIT};
use repo::{Objects, Repo};

/// Keeps everything.
#[derive(Default)]
struct Keep<'p> {
    plan: Option<&'p Plan>,
    objects: Objects,
    damaged: Vec<(ObjectId, Damage)>,
    /// Bytes that objects were said to have in common with what they were made from.
    copied: usize,
}

impl Keep<'_> {
    fn id(&self, number: u32) -> ObjectId {
        self.plan.unwrap().catalog().id(number)
    }
}

impl Visitor for Keep<'_> {
    fn object(&mut self, number: u32, kind: Kind, data: &[u8], kin: &Kin<'_>) {
        if let Some(base) = kin.base {
            let other: &Vec<u8> = base.trace.get().unwrap();
            assert_eq!(other.len(), base.len);
            let mut behind = 0;
            for run in base.copied {
                assert!(run.to >= behind, "in order, without overlaps");
                behind = run.to + run.len;
                assert_eq!(data[run.to..behind], other[run.from..run.from + run.len]);
                self.copied += run.len;
            }
        }
        if kin.has_children {
            kin.remember(data.to_vec());
        }
        let before = self.objects.insert(self.id(number), (kind.as_str().into(), data.to_vec()));
        assert!(before.is_none(), "{} comes twice", self.id(number));
    }

    fn large(&mut self, number: u32) {
        let mut data = Vec::new();
        let mut stream = self.plan.unwrap().store().open_blob(&self.id(number)).unwrap().unwrap();
        std::io::Read::read_to_end(&mut stream, &mut data).unwrap();
        self.object(number, Kind::Blob, &data, &Kin::default());
    }

    fn damaged(&mut self, number: u32, damage: Damage) {
        self.damaged.push((self.id(number), damage));
    }
}

/// Everything that a traversal gives: objects, damage, and problems of the store.
fn walk(store: &Arc<Store>, threads: usize) -> (Objects, Vec<(ObjectId, Damage)>, Vec<String>) {
    gather(&Plan::new(store, threads), threads)
}

/// The same of a plan.
fn gather(plan: &Plan, threads: usize) -> (Objects, Vec<(ObjectId, Damage)>, Vec<String>) {
    let keep = || Keep { plan: Some(plan), ..Keep::default() };
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

/// Git repacks when it likes to: what was loose is in a pack then, and packs are gone, more than are held open.
#[test]
fn what_git_repacks_meanwhile_is_read_all_the_same() {
    for packs in [0, 1, 20] {
        let repo = Repo::new(HashKind::Sha1);
        for n in 0..25 {
            repo.write("file", format!("{n}\n").repeat(40)).commit(&n.to_string());
            if n < packs {
                repo.git(&["repack", "-dq"]);
            }
        }
        let expected = repo.all_objects();
        let open = || Arc::new(Store::open(&repo.objects_dir(), repo.hash).unwrap());
        let (store, other) = (open(), open());
        let plan = Plan::new(&store, 2);
        repo.git(&["repack", "-adfq"]);
        let (objects, damaged, problems) = gather(&plan, 2);
        assert_eq!((damaged, problems), (vec![], vec![]), "{packs}");
        assert!(objects == expected, "{packs}: {} objects of {}", objects.len(), expected.len());
        let mut reader = other.reader();
        for (id, (_, content)) in &expected {
            assert_eq!(&other.read(id).unwrap().unwrap().data, content, "{packs}: {id}");
            assert_eq!(&reader.read(id).unwrap().unwrap().data, content, "{packs}: {id}");
            assert_eq!(reader.header(id).unwrap().unwrap().size, content.len() as u64, "{packs}: {id}");
        }
    }
}

/// Where the packs' own indexes are gone, the one over all of them is enough. (Git reads single objects then, but lists
/// only packs that have their own, so it is asked before they go.)
#[test]
fn one_index_over_many_packs_is_enough() {
    for hash in [HashKind::Sha1, HashKind::Sha256] {
        let repo = shapes::one_index_over_packs(hash);
        let expected = repo.all_objects();
        let packs = repo.packs();
        for (gone, pack) in packs.iter().enumerate() {
            std::fs::remove_file(pack.with_extension("idx")).unwrap();
            let store = Arc::new(Store::open(&repo.objects_dir(), hash).unwrap());
            let (objects, damaged, problems) = walk(&store, 2);
            assert_eq!((damaged, problems), (vec![], vec![]), "{gone}");
            assert!(objects == expected, "{gone}: {} objects of {}", objects.len(), expected.len());
            for (id, (_, content)) in &expected {
                assert_eq!(&store.read(id).unwrap().unwrap().data, content, "{id}");
            }
        }
    }
}

/// A damaged one is named, and what the packs' own indexes say holds.
#[test]
fn a_damaged_index_over_many_packs_is_named() {
    let repo = shapes::one_index_over_packs(HashKind::Sha1);
    let expected = repo.all_objects();
    let path = repo.objects_dir().join("pack/multi-pack-index");
    let whole = std::fs::read(&path).unwrap();
    let mut made = vec![whole[..20].to_vec(), whole[..whole.len() / 2].to_vec(), Vec::new()];
    // Signature, version, kind of ids, number of packs, a chunk's name, a chunk's place, the fan-out table.
    let fans = whole.windows(4).position(|w| w == b"OIDF").unwrap() + 8;
    let fans = u32::from_be_bytes(whole[fans..fans + 4].try_into().unwrap()) as usize;
    for at in [0, 4, 5, 8, 12, 16, 40, fans, fans + 1020] {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        made.push(bytes);
    }
    for bytes in made {
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, &bytes).unwrap();
        let store = Arc::new(Store::open(&repo.objects_dir(), HashKind::Sha1).unwrap());
        let (objects, damaged, problems) = walk(&store, 2);
        assert!(objects == expected && damaged.is_empty());
        assert!(problems.len() == 1 && problems[0].contains("multi-pack-index"), "{problems:?}");
    }
}

/// Contents over the limit, whole, as deltas on each other and on small ones, with blocks that changed places.
#[test]
fn contents_too_large_for_memory() {
    let repo = Repo::new(HashKind::Sha1);
    let mut text = String::new();
    let mut state = 1u64;
    while text.len() < (WHOLE_LIMIT + (WHOLE_LIMIT >> 3)) as usize {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push_str(&format!("line {:x} of a long file\n", state >> 40));
    }
    let (head, tail) = text.split_at(text.len() / 3);
    repo.write("large", &text).commit("one");
    repo.write("large", format!("new first line\n{text}and a last one\n")).commit("two");
    repo.write("large", format!("{tail}{head}")).write("small", &text[1000..3000]).commit("three");
    repo.git(&["repack", "-adfq", "--window=10"]);
    let chains = String::from_utf8(repo.git(&[
        "verify-pack",
        "-v",
        &repo.packs()[0].with_extension("idx").display().to_string(),
    ]))
    .unwrap();
    let deltas = chains.lines().filter(|l| l.split_whitespace().count() == 7 && l.contains("blob")).count();
    assert!(deltas >= 2, "{chains}");
    let store = Arc::new(Store::open(&repo.objects_dir(), repo.hash).unwrap());
    let (objects, damaged, problems) = walk(&store, 2);
    assert_eq!((damaged, problems), (vec![], vec![]));
    assert!(objects == repo.all_objects());
}
