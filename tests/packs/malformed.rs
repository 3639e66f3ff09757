//! Damaged stores: whatever is wrong, nothing panics, what can be read is read, and nothing is lost in silence.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use keysieve::model::{Coverage, HashKind};
use keysieve::repo::Repository;
use keysieve::sources::{History, HistoryOptions, Place, Source};

use super::repo::Repo;

/// All contents that a history gives, and its account.
fn history(path: &Path) -> Result<(BTreeSet<Vec<u8>>, Coverage), String> {
    let repository = Repository::at(path).map_err(|e| e.to_string())?.ok_or("no repository")?;
    let place = Place { repository, prefix: Vec::new() };
    let options = HistoryOptions { threads: 1, ..HistoryOptions::default() };
    let source = History::new(vec![place], Vec::new(), options);
    let seen = Mutex::new(BTreeSet::new());
    let coverage = source
        .visit(&|| {
            Box::new(|blob| {
                seen.lock().unwrap().insert(blob.bytes.to_vec());
            })
        })
        .map_err(|e| e.to_string())?;
    Ok((seen.into_inner().unwrap(), coverage))
}

/// What the repository holds, if it is whole.
fn whole(repo: &Repo) -> BTreeSet<Vec<u8>> {
    let (seen, coverage) = history(repo.path()).unwrap();
    assert!(coverage.is_complete(), "{:?}", coverage.incomplete);
    for (id, (kind, content)) in repo.all_objects() {
        if kind == "blob" && !content.is_empty() {
            assert!(seen.contains(&content), "{id} was not given");
        }
    }
    seen
}

/// Fails if something is lost and the account says that nothing is.
fn check(repo: &Repo, expected: &BTreeSet<Vec<u8>>, what: &str) {
    if let Ok((seen, coverage)) = history(repo.path())
        && coverage.is_complete()
    {
        let lost: Vec<_> = expected.difference(&seen).map(|b| String::from_utf8_lossy(b)).collect();
        assert!(lost.is_empty(), "{what}: complete without {lost:?}");
    }
}

/// A small repository with deltas in one pack.
fn small(hash: HashKind, index_version: u8) -> Repo {
    let repo = Repo::new(hash);
    let line = |n: usize| format!("this is line {n} of a file\n");
    for n in 0..3 {
        let text: String = (0..12).map(|i| if i == n { format!("changed {n}\n") } else { line(i) }).collect();
        repo.write("file", text).write(&format!("d/{n}"), n.to_string()).commit(&format!("commit {n}"));
    }
    repo.git(&["tag", "-a", "v1", "-m", "a tag"]);
    let version = format!("pack.indexVersion={index_version}");
    repo.git(&["-c", &version, "repack", "-adfq", "--depth=50"]);
    fs::remove_file(repo.path().join(".git/index")).unwrap();
    repo
}

fn writable(path: &Path) {
    let mut permissions = fs::metadata(path).unwrap().permissions();
    #[expect(clippy::permissions_set_readonly_false, reason = "a file in a folder of our own")]
    permissions.set_readonly(false);
    fs::set_permissions(path, permissions).unwrap();
}

/// Flips bits of every byte in turn, and cuts the file at many lengths; with `KEYSIEVE_TORTURE` set, several bits of
/// each byte and every length.
fn torture(repo: &Repo, file: &Path) {
    let expected = whole(repo);
    writable(file);
    let good = fs::read(file).unwrap();
    let full = std::env::var_os("KEYSIEVE_TORTURE").is_some();
    for at in 0..good.len() {
        let masks = [0x01, 0x10, 0x80, 0xff];
        for mask in if full { &masks[..] } else { &masks[at % 4..=at % 4] } {
            let mut bad = good.clone();
            bad[at] ^= mask;
            fs::write(file, &bad).unwrap();
            check(repo, &expected, &format!("{}: byte {at} ^ {mask:#x}", file.display()));
        }
    }
    for len in (0..good.len()).step_by(if full { 1 } else { 13 }) {
        fs::write(file, &good[..len]).unwrap();
        check(repo, &expected, &format!("{}: cut to {len}", file.display()));
    }
    fs::write(file, [&good[..], b"more"].concat()).unwrap();
    check(repo, &expected, &format!("{}: lengthened", file.display()));
    fs::write(file, &good).unwrap();
    whole(repo);
}

fn only_pack(repo: &Repo, extension: &str) -> PathBuf {
    let [only] = &repo.packs()[..] else { panic!("one pack") };
    only.with_extension(extension)
}

#[test]
fn every_byte_of_a_pack() {
    let repo = small(HashKind::Sha1, 2);
    torture(&repo, &only_pack(&repo, "pack"));
}

#[test]
fn every_byte_of_a_pack_of_sha256() {
    let repo = small(HashKind::Sha256, 2);
    torture(&repo, &only_pack(&repo, "pack"));
}

#[test]
fn every_byte_of_a_pack_with_an_old_index() {
    let repo = small(HashKind::Sha1, 1);
    torture(&repo, &only_pack(&repo, "pack"));
}

#[test]
fn every_byte_of_the_indexes() {
    for version in [1, 2] {
        let repo = small(HashKind::Sha1, version);
        let index = only_pack(&repo, "idx");
        torture(&repo, &index);
    }
}

#[test]
fn every_byte_of_loose_objects() {
    let repo = Repo::new(HashKind::Sha1);
    repo.write("a/b", "content").commit("message");
    fs::remove_file(repo.path().join(".git/index")).unwrap();
    for folder in fs::read_dir(repo.objects_dir()).unwrap().map(|e| e.unwrap().path()) {
        for file in fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            torture(&repo, &file);
        }
    }
}

#[test]
fn every_object_gone_is_missed_and_hides_no_other() {
    let repo = Repo::new(HashKind::Sha1);
    repo.write("a/b", "content").write("c", "another").commit("one");
    repo.write("c", "third").commit("two");
    let expected = whole(&repo);
    for (id, (kind, content)) in repo.all_objects() {
        let digits = id.to_string();
        let path = repo.objects_dir().join(&digits[..2]).join(&digits[2..]);
        let good = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let (seen, coverage) = history(repo.path()).unwrap();
        assert!(!coverage.is_complete(), "{kind} {id} is gone");
        assert!(
            coverage.incomplete.iter().any(|s| s.what.contains(&digits) || s.why.contains(&digits)),
            "{kind} {id} is not named: {:?}",
            coverage.incomplete
        );
        let lost = expected.difference(&seen).count();
        let own = if kind == "blob" { 1 } else { 3 };
        assert!(lost <= own, "{kind} {id} ({content:?}) hides {lost} others");
        for bytes in [&b""[..], b"garbage", &good[..good.len() / 2]] {
            fs::write(&path, bytes).unwrap();
            let (_, coverage) = history(repo.path()).unwrap();
            assert!(!coverage.is_complete(), "{kind} {id} is {bytes:?}");
            fs::remove_file(&path).unwrap();
        }
        fs::write(&path, &good).unwrap();
    }
}

#[test]
fn leftovers_are_no_damage_and_unreachable_damage_is_only_noted() {
    let repo = small(HashKind::Sha1, 2);
    let expected = whole(&repo);
    let folder = repo.objects_dir().join("ab");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("tmp_obj_garbage"), "x").unwrap();
    fs::write(repo.objects_dir().join("pack/tmp_pack_x"), "x").unwrap();
    let (seen, coverage) = history(repo.path()).unwrap();
    assert_eq!((seen == expected, &coverage.incomplete[..]), (true, &[][..]));
    fs::write(folder.join("c".repeat(38)), "").unwrap();
    let (seen, coverage) = history(repo.path()).unwrap();
    assert_eq!((seen == expected, &coverage.incomplete[..]), (true, &[][..]));
    assert!(coverage.notes.iter().any(|n| n.contains("unreachable object abcccc")), "{:?}", coverage.notes);
}

#[test]
fn a_good_copy_makes_up_for_a_damaged_one() {
    let repo = small(HashKind::Sha1, 2);
    let expected = whole(&repo);
    let copy = Repo::new(HashKind::Sha1);
    let pack = only_pack(&repo, "pack");
    fs::write(copy.path().join("all.pack"), fs::read(&pack).unwrap()).unwrap();
    let input = fs::read(&pack).unwrap();
    super::repo::git_with(copy.path(), &["unpack-objects", "-q"], &input);
    for folder in fs::read_dir(copy.objects_dir()).unwrap().map(|e| e.unwrap().path()) {
        let name = folder.file_name().unwrap().to_owned();
        if name.len() == 2 {
            let to = repo.objects_dir().join(&name);
            fs::create_dir_all(&to).unwrap();
            for file in fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
                fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
            }
        }
    }
    writable(&pack);
    for at in (20..input.len() - 20).step_by(7) {
        let mut bad = input.clone();
        bad[at] ^= 0x55;
        fs::write(&pack, &bad).unwrap();
        let (seen, coverage) = history(repo.path()).unwrap();
        assert_eq!((seen == expected, &coverage.incomplete[..]), (true, &[][..]), "byte {at}");
    }
}
