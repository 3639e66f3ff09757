//! Repositories made by scripts, and what the git program says of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use keysieve::model::{HashKind, ObjectId};

/// A folder with a repository in it, gone when dropped.
pub(crate) struct Repo {
    dir: tempfile::TempDir,
    pub(crate) hash: HashKind,
}

/// What git says of an object: type and content.
pub(crate) type Objects = BTreeMap<ObjectId, (String, Vec<u8>)>;

pub(crate) fn git(at: &Path, args: &[&str]) -> Vec<u8> {
    git_with(at, args, b"")
}

pub(crate) fn git_with(at: &Path, args: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("git")
        .args(["-c", "protocol.file.allow=always", "-c", "gc.auto=0", "-c", "maintenance.auto=false"])
        .args(args)
        .current_dir(at)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", "/nonexistent")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", "A U Thor")
        .env("GIT_AUTHOR_EMAIL", "author@example.com")
        .env("GIT_AUTHOR_DATE", "1700000000 +0100")
        .env("GIT_COMMITTER_NAME", "C O Mitter")
        .env("GIT_COMMITTER_EMAIL", "committer@example.com")
        .env("GIT_COMMITTER_DATE", "1700000000 +0100")
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let feeder = std::thread::spawn(move || stdin.write_all(&input));
    let out = child.wait_with_output().unwrap();
    let _ = feeder.join().unwrap();
    assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
    out.stdout
}

impl Repo {
    pub(crate) fn new(hash: HashKind) -> Repo {
        let dir = tempfile::tempdir().unwrap();
        let format = if hash == HashKind::Sha1 { "sha1" } else { "sha256" };
        git(dir.path(), &["init", "-q", "-b", "main", "--object-format", format, "."]);
        Repo { dir, hash }
    }

    /// A copy of another one made by `git clone` with these options.
    pub(crate) fn clone_of(from: &Repo, options: &[&str]) -> Repo {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("file://{}", from.path().display());
        let mut args = vec!["clone", "-q"];
        args.extend(options);
        args.extend([url.as_str(), "."]);
        git(dir.path(), &args);
        Repo { dir, hash: from.hash }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn objects_dir(&self) -> PathBuf {
        let bare = self.path().join("objects");
        if bare.is_dir() { bare } else { self.path().join(".git/objects") }
    }

    pub(crate) fn git(&self, args: &[&str]) -> Vec<u8> {
        git(self.path(), args)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Repo {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    pub(crate) fn commit(&self, message: &str) -> &Repo {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self
    }

    /// Some history with files that change a little, so that there is something to deltify.
    pub(crate) fn grow(&self, commits: usize) -> &Repo {
        let mut long = String::new();
        for n in 0..400 {
            let _ = writeln!(long, "line {n} of a file that is long enough to be worth a delta {}", n * 7919);
        }
        for n in 0..commits {
            let changed = long.replacen(&format!("line {n} "), &format!("changed {n} {} ", n * 31), 1);
            long = changed;
            self.write("long.txt", &long);
            self.write(&format!("dir{}/sub/file{n}.txt", n % 3), format!("file {n}\n{long}"));
            self.write("empty", "");
            self.commit(&format!("commit {n}\n\nbody"));
        }
        self
    }

    /// All objects, as `git cat-file --batch-all-objects` prints them.
    pub(crate) fn all_objects(&self) -> Objects {
        let out = self.git(&["cat-file", "--batch-all-objects", "--unordered", "--batch"]);
        let mut objects = Objects::new();
        let mut rest = out.as_slice();
        while !rest.is_empty() {
            let end = rest.iter().position(|&b| b == b'\n').unwrap();
            let line = String::from_utf8(rest[..end].to_vec()).unwrap();
            let words: Vec<_> = line.split(' ').collect();
            let [id, kind, size] = words[..] else { panic!("{line}") };
            let size: usize = size.parse().unwrap();
            let content = rest[end + 1..end + 1 + size].to_vec();
            objects.insert(ObjectId::from_hex(id.as_bytes()).unwrap(), (kind.to_string(), content));
            rest = &rest[end + size + 2..];
        }
        objects
    }

    /// The packs' paths without extension.
    pub(crate) fn packs(&self) -> Vec<PathBuf> {
        let mut found: Vec<_> = std::fs::read_dir(self.objects_dir().join("pack"))
            .unwrap()
            .map(|e| e.unwrap().path())
            .filter(|p| p.extension().is_some_and(|e| e == "idx"))
            .map(|p| p.with_extension(""))
            .collect();
        found.sort();
        found
    }
}
