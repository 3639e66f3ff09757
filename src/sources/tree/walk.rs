//! The walk: folders are pieces of work that make more, shared by all threads.

use std::cell::OnceCell;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::FileType;

use crate::model::{Coverage, Outpost, SkipReason, share};
use crate::repo::{Layer, Repository, path_from_bytes, path_to_bytes};

use super::super::source::Worker;
use super::TreeOptions;
use super::arguments::Arguments;
use super::file::{FileReader, OVER_LIMIT};
use super::folder::{Name, Top, list};
use super::members::Members;
use super::queue::Queue;
use super::view::{Folder, View, hidden_above, same, start, view_of};

/// A folder with more files than this is shared by several threads.
const BATCH: usize = 256;

/// Work, and where in the order of paths it stands.
#[derive(Debug)]
struct Task {
    work: Work,
    outpost: Outpost,
}

#[derive(Debug)]
enum Work {
    Folder(Folder),
    /// Some files of a large folder.
    Files(Folder, Vec<Name>),
}

struct Walk<'w> {
    arguments: &'w Arguments,
    options: &'w TreeOptions,
    tops: Vec<Option<Top>>,
    tallies: Vec<Tally>,
    queue: Queue<Task>,
}

/// What came of the files below one folder that the user named.
#[derive(Debug, Default)]
struct Tally {
    read: AtomicU64,
    /// Larger than the user's own limit.
    left_out: AtomicU64,
}

impl Tally {
    /// Whether nothing was read, and that because of the limit.
    fn is_left_out(&self) -> bool {
        self.read.load(Ordering::Relaxed) == 0 && self.left_out.load(Ordering::Relaxed) > 0
    }
}

/// Walks all folders that the user named; for each there is an outpost.
pub(super) fn walk<'s>(
    arguments: &Arguments,
    options: &TreeOptions,
    outposts: Vec<Outpost>,
    new_worker: &(dyn Fn() -> Worker<'s> + Sync + 's),
) -> Coverage {
    let mut coverage = Coverage::new("scan");
    let mut outposts = outposts.into_iter();
    let mut tops = Vec::new();
    let mut first = Vec::new();
    for (number, root) in arguments.roots.iter().enumerate() {
        let outpost = outposts.next().unwrap_or_default();
        match Top::open(&root.named) {
            Ok(top) => {
                tops.push(Some(top));
                let folder = start(number, root, options, &mut coverage);
                options.progress.expect(folder.range.len() as u64, "files");
                first.push(Task { work: Work::Folder(folder), outpost });
            }
            Err(e) => {
                tops.push(None);
                coverage.missed(root.named.to_string_lossy(), e.to_string());
            }
        }
    }
    let tallies = tops.iter().map(|_| Tally::default()).collect();
    let walk = Walk { arguments, options, tops, tallies, queue: Queue::new(first) };
    for account in share(options.threads, || walk.work(new_worker), |_| {}) {
        coverage.merge(account);
    }
    for (root, _) in arguments.roots.iter().zip(&walk.tallies).filter(|(_, tally)| tally.is_left_out()) {
        coverage.missed(root.named.to_string_lossy(), OVER_LIMIT);
    }
    coverage
}

impl Walk<'_> {
    fn work<'s>(&self, new_worker: &(dyn Fn() -> Worker<'s> + Sync + 's)) -> Coverage {
        let mut worker = new_worker();
        let mut reader = FileReader::new(self.options, &mut *worker);
        while let Some((Task { work, mut outpost }, _doing)) = self.queue.take() {
            if self.options.stop.requested().is_some() {
                continue;
            }
            match work {
                Work::Folder(folder) => self.folder(folder, &mut outpost, &mut reader),
                Work::Files(folder, names) => {
                    if let Some(open) = self.open(&folder, &mut reader) {
                        self.files((&folder, open.as_fd()), &names, &mut outpost, &mut reader);
                    }
                }
            }
        }
        reader.finish()
    }

    fn open(&self, folder: &Folder, reader: &mut FileReader<'_>) -> Option<std::os::fd::OwnedFd> {
        let top = self.tops.get(folder.root)?.as_ref()?;
        match top.folder(&folder.path) {
            Ok(open) => Some(open),
            // It was there when its parent was listed.
            Err(e) if e.kind() == io::ErrorKind::NotFound && !folder.path.is_empty() => {
                reader.vanished();
                None
            }
            Err(e) => {
                let shown = String::from_utf8_lossy(&self.shown(folder, b"")).into_owned();
                reader.coverage().missed(shown, e.to_string());
                None
            }
        }
    }

    fn folder(&self, mut folder: Folder, outpost: &mut Outpost, reader: &mut FileReader<'_>) {
        let Some(open) = self.open(&folder, reader) else { return };
        if let Some(name) = folder.path.rsplit(|&b| b == b'/').next().filter(|name| !name.is_empty()) {
            reader.name(name, &self.shown(&folder, b""));
        }
        let (names, failure) = list(open.as_fd());
        if let Some(e) = failure {
            let shown = String::from_utf8_lossy(&self.shown(&folder, b"")).into_owned();
            reader.coverage().missed(shown, e.to_string());
        }
        if !folder.path.is_empty() && names.iter().any(|n| *n.bytes == *b".git") {
            self.enter_nested(&mut folder, reader);
        }
        let mut own = folder.view.path(&folder.path);
        if !own.is_empty() && !own.ends_with(b"/") {
            own.push(b'/');
        }
        if let Some(file) = folder.view.ignore_file
            && names.iter().any(|n| *n.bytes == *file.as_bytes() && n.kind == FileType::RegularFile)
        {
            folder.layer =
                Some(Layer::on(folder.layer.as_ref(), own.len(), self.real(&folder, file.as_bytes())));
        }
        let (mut files, mut folders) = self.choose(&folder, &own, names, reader);
        let in_order = self.options.frontier.is_kept();
        if in_order {
            // What is pushed last is taken first.
            files.sort_unstable_by(|a, b| a.bytes.cmp(&b.bytes));
            folders.sort_unstable_by(|a, b| b.path.cmp(&a.path));
        }
        self.queue.push(folders.into_iter().map(|below| self.task(Work::Folder(below))).collect());
        let (now, later) = files.split_at(files.len().min(BATCH));
        let batches = later.chunks(BATCH).map(|batch| {
            let names = batch.iter().map(|n| Name { bytes: n.bytes.clone(), kind: n.kind }).collect();
            self.task(Work::Files(folder.clone(), names))
        });
        let mut batches: Vec<Task> = batches.collect();
        if in_order {
            batches.reverse();
        }
        self.queue.push(batches);
        self.files((&folder, open.as_fd()), now, outpost, reader);
    }

    /// Work to come, with its place in the order of paths.
    fn task(&self, work: Work) -> Task {
        let frontier = &self.options.frontier;
        let outpost = match &work {
            _ if !frontier.is_kept() => Outpost::default(),
            Work::Folder(folder) => frontier.outpost(&self.shown(folder, b"")),
            Work::Files(folder, names) => {
                let first = names.first().map_or(&b""[..], |name| &name.bytes);
                frontier.outpost(&self.shown(folder, first))
            }
        };
        Task { work, outpost }
    }

    /// Sorts the names of a folder into files to be read and folders to be walked; counts what is left out.
    fn choose(
        &self,
        folder: &Folder,
        own: &[u8],
        names: Vec<Name>,
        reader: &mut FileReader<'_>,
    ) -> (Vec<Name>, Vec<Folder>) {
        let members = match &folder.view.index {
            Some(index) => Members::of(index, folder.range.clone(), own.len()),
            None => Members::default(),
        };
        let hidden_here = OnceCell::new();
        let hides = |name: &[u8], is_dir: bool| {
            let Some(layer) = &folder.layer else { return false };
            *hidden_here.get_or_init(|| !folder.visible && hidden_above(layer, own, folder.view.prefix.len()))
                || layer.hides(&[own, name].concat(), is_dir)
        };
        let (mut files, mut folders) = (Vec::new(), Vec::new());
        for name in names {
            let bytes = &*name.bytes;
            if bytes == b".git" || (!self.arguments.is_single() && self.named_itself(folder, bytes)) {
                continue;
            }
            match name.kind {
                FileType::Directory => {
                    let tracked = members.folder(bytes);
                    if tracked.is_none() && hides(bytes, true) {
                        reader.coverage().skip(SkipReason::Ignored);
                        continue;
                    }
                    let mut path = folder.path.clone();
                    if !path.is_empty() {
                        path.push(b'/');
                    }
                    path.extend_from_slice(bytes);
                    let (visible, range) = (tracked.is_none(), tracked.unwrap_or(0..0));
                    folders.push(Folder { path, range, visible, ..folder.clone() });
                }
                FileType::RegularFile | FileType::Symlink => {
                    if members.file(bytes) || !hides(bytes, false) {
                        files.push(name);
                    } else {
                        reader.coverage().skip(SkipReason::Ignored);
                    }
                }
                _ => reader.coverage().skip(SkipReason::SpecialFile),
            }
        }
        (files, folders)
    }

    /// A folder that is the top of another repository is seen as that one sees it.
    fn enter_nested(&self, folder: &mut Folder, reader: &mut FileReader<'_>) {
        if folder.view.ignore_file != Some(".gitignore") && (self.options.no_git || self.options.no_ignore) {
            return;
        }
        let real = self.real(folder, b"");
        let seen = Repository::at(&real).and_then(|found| match found {
            Some(inner) if same(inner.work_tree.as_deref(), &real) => {
                view_of(&inner, folder.path.len() + 1, Vec::new()).map(Some)
            }
            _ => Ok(None),
        });
        match seen {
            Ok(Some((view, layer))) => {
                folder.range = 0..view.index.as_ref().map_or(0, |i| i.entries().len());
                (folder.view, folder.layer, folder.visible) = (view, Some(layer), true);
            }
            Ok(None) => {}
            Err(e) => {
                let shown = String::from_utf8_lossy(&self.shown(folder, b".git")).into_owned();
                reader.coverage().missed(shown, e.to_string());
                // What is tracked there is not known, so nothing may be left out.
                folder.view = Arc::new(View { base: folder.path.len() + 1, ..View::default() });
                (folder.layer, folder.range) = (None, 0..0);
            }
        }
    }

    fn files(
        &self,
        (folder, open): (&Folder, BorrowedFd<'_>),
        names: &[Name],
        outpost: &mut Outpost,
        reader: &mut FileReader<'_>,
    ) {
        let before = (reader.read(), reader.left_out());
        for name in names {
            if self.options.stop.requested().is_some() {
                break;
            }
            let shown = self.shown(folder, &name.bytes);
            outpost.advance(&shown);
            reader.name(&name.bytes, &shown);
            match name.kind {
                FileType::Symlink => reader.link(open, &name.bytes, &shown),
                _ => reader.regular(open, &name.bytes, &shown),
            }
        }
        if let Some(tally) = self.tallies.get(folder.root) {
            tally.read.fetch_add(reader.read() - before.0, Ordering::Relaxed);
            tally.left_out.fetch_add(reader.left_out() - before.1, Ordering::Relaxed);
        }
    }

    /// A path as the user would name it from where they stand.
    fn shown(&self, folder: &Folder, name: &[u8]) -> Vec<u8> {
        let named = self.arguments.roots.get(folder.root).map_or(Path::new("."), |r| r.named.as_path());
        let mut shown = start_of(named);
        for part in [&folder.path[..], name] {
            if !shown.is_empty() && !shown.ends_with(b"/") && !part.is_empty() {
                shown.push(b'/');
            }
            shown.extend_from_slice(part);
        }
        if shown.is_empty() { b".".to_vec() } else { shown }
    }

    /// The real path of something in a folder.
    fn real(&self, folder: &Folder, name: &[u8]) -> std::path::PathBuf {
        let mut real = self.arguments.roots.get(folder.root).map(|r| r.real.clone()).unwrap_or_default();
        for part in [&folder.path[..], name] {
            if !part.is_empty() {
                real.push(path_from_bytes(part));
            }
        }
        real
    }

    fn named_itself(&self, folder: &Folder, name: &[u8]) -> bool {
        self.arguments.holds(&self.real(folder, name))
    }
}

/// How all paths below a folder begin that was named like this, but for a `/`.
pub(super) fn start_of(named: &Path) -> Vec<u8> {
    path_to_bytes(named.strip_prefix(".").unwrap_or(named))
}
