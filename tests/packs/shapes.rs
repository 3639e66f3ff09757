//! Many kinds of repositories.

use keysieve::model::HashKind;

use super::repo::{Repo, git, git_with};

/// All of them with a name for messages.
pub(crate) fn all() -> Vec<(&'static str, Repo)> {
    let sha1 = || Repo::new(HashKind::Sha1);
    let mut made = Vec::new();

    let repo = sha1();
    repo.grow(8);
    made.push(("loose only", repo));

    let repo = sha1();
    repo.grow(30).git(&["repack", "-q", "-adf", "--depth=40", "--window=20"]);
    made.push(("one pack", repo));

    let repo = sha1();
    repo.grow(20).git(&["tag", "-a", "v1", "-m", "tag message"]);
    repo.git(&["tag", "-a", "-f", "v2", "-m", "tag of a tag", "v1"]);
    repo.git(&["-c", "repack.useDeltaBaseOffset=false", "repack", "-q", "-adf"]);
    made.push(("reference deltas", repo));

    let repo = sha1();
    repo.grow(10).git(&["-c", "pack.indexVersion=1", "repack", "-q", "-adf"]);
    made.push(("index version 1", repo));

    let repo = sha1();
    repo.grow(6).git(&["repack", "-q", "-d"]);
    repo.write("more", "one").commit("more").git(&["repack", "-q", "-d"]);
    repo.write("more", "two").commit("more still").git(&["repack", "-q", "-d"]);
    repo.write("more", "three").commit("loose");
    repo.git(&["multi-pack-index", "write"]);
    made.push(("several packs, multi-pack-index, loose", repo));

    let repo = sha1();
    repo.grow(6).git(&["repack", "-q", "-a"]);
    repo.git(&["repack", "-q", "-a", "--depth=0", "-F"]);
    made.push(("objects twice: loose and packed", repo));

    let repo = Repo::new(HashKind::Sha256);
    repo.grow(12).git(&["repack", "-q", "-adf"]);
    repo.write("more", "one").commit("loose");
    made.push(("sha256", repo));

    let origin = sha1();
    origin.grow(9).git(&["repack", "-q", "-adf"]);
    made.push(("bare", Repo::clone_of(&origin, &["--bare"])));
    made.push(("mirror", Repo::clone_of(&origin, &["--mirror"])));
    made.push(("shallow", Repo::clone_of(&origin, &["--depth=2"])));
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    made.push(("partial", Repo::clone_of(&origin, &["--filter=blob:limit=10", "--no-checkout"])));

    let repo = sha1();
    let alternates = repo.objects_dir().join("info/alternates");
    let text = format!("# a comment\n{}\n", origin.objects_dir().display());
    std::fs::write(&alternates, text).unwrap();
    let head = String::from_utf8(origin.git(&["rev-parse", "HEAD"])).unwrap();
    repo.git(&["reset", "-q", "--hard", head.trim()]);
    repo.write("own", "mine").commit("own");
    // The origin must live as long as its borrower: it is leaked into the list.
    made.push(("alternates", repo));
    made.push(("origin of the alternates", origin));

    made.push(("thin deltas across packs", thin()));
    made.extend(chained());
    made.push(("fetched again and again", fetched()));
    made
}

/// Packs that overlap, and one index over all of them beside their own.
pub(crate) fn one_index_over_packs(hash: HashKind) -> Repo {
    let repo = Repo::new(hash);
    repo.grow(5).git(&["repack", "-q", "-d"]);
    // The same objects once more, in other deltas, beside what is new.
    let all = repo.git(&["rev-list", "--objects", "--all"]);
    let ids: Vec<u8> = all
        .split(|&b| b == b'\n')
        .filter_map(|line| line.split(|&b| b == b' ').next().filter(|id| !id.is_empty()))
        .flat_map(|id| [id, &b"\n"[..]].concat())
        .collect();
    git_with(repo.path(), &["pack-objects", "-q", "--window=4", ".git/objects/pack/pack"], &ids);
    repo.grow(7).git(&["repack", "-q", "-d"]);
    repo.write("more", "loose").commit("loose");
    repo.git(&["multi-pack-index", "write"]);
    assert!(repo.packs().len() >= 3);
    repo
}

/// A store that borrows from one that borrows from one.
fn chained() -> Vec<(&'static str, Repo)> {
    let first = Repo::new(HashKind::Sha1);
    first.grow(6).git(&["repack", "-q", "-adf"]);
    let second = Repo::clone_of(&first, &["--bare", "--reference", &first.path().display().to_string()]);
    let third = Repo::new(HashKind::Sha1);
    let list = format!("../../../{}/objects\n", second.path().file_name().unwrap().display());
    std::fs::write(third.objects_dir().join("info/alternates"), list).unwrap();
    let head = String::from_utf8(first.git(&["rev-parse", "HEAD"])).unwrap();
    third.git(&["reset", "-q", "--hard", head.trim()]);
    third.write("own", "mine").commit("own");
    vec![("alternates of alternates", third), ("between", second), ("at the end", first)]
}

/// What a server and many small fetches leave behind: a pack for each.
fn fetched() -> Repo {
    let origin = Repo::new(HashKind::Sha1);
    origin.grow(3);
    let clone = Repo::clone_of(&origin, &[]);
    for n in 0..4 {
        origin.write("long.txt", format!("{n}\n").repeat(500 + n)).commit("more");
        clone.git(&["-c", "fetch.unpackLimit=1", "fetch", "-q"]);
    }
    clone.git(&["-c", "core.multiPackIndex=true", "multi-pack-index", "write"]);
    assert!(clone.packs().len() >= 4);
    clone
}

/// A pack whose deltas are built on objects of another pack: git's own fetch completes such packs, but they exist.
/// git reads the base by id, so `cat-file` is no referee here; the objects are loose as well.
fn thin() -> Repo {
    let repo = Repo::new(HashKind::Sha1);
    repo.grow(5);
    let before = String::from_utf8(repo.git(&["rev-parse", "HEAD"])).unwrap();
    repo.git(&["repack", "-q", "-adf"]);
    repo.grow(7);
    let range = format!("HEAD\n^{}\n", before.trim());
    let thin =
        git_with(repo.path(), &["pack-objects", "-q", "--thin", "--stdout", "--revs"], range.as_bytes());
    let path = repo.objects_dir().join("pack/incoming.pack");
    std::fs::write(&path, thin).unwrap();
    git_with(repo.path(), &["index-pack", "--fix-thin", "--stdin"], &std::fs::read(&path).unwrap());
    std::fs::remove_file(path).unwrap();
    git(repo.path(), &["prune-packed", "-q"]);
    repo
}
