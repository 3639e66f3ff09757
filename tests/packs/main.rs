//! Our reading of object stores against git's, on repositories of many shapes.

#![allow(clippy::unwrap_used, reason = "a test that cannot make its repository has failed")]

mod repo;
mod shapes;

use keysieve::model::ObjectId;
use keysieve::pack::Store;
use repo::Repo;

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
