//! Lines of a tree, of which those that were copied from the tree it was made from are not looked at again: versions of
//! a folder share most of theirs.

use crate::model::{Copied, HashKind, Kin};
use crate::pack::{Entries, Entry};

/// What is remembered of a tree for those made from it.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// Who looked at them: numbers of names are a thread's own.
    owner: usize,
    /// Where each line begins, and where the last one ends.
    starts: Vec<u32>,
    /// What is to be said again of lines, wherever they are copied to.
    kept: Vec<Kept>,
}

/// What is to be said again of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kept {
    /// Where the line begins.
    pub(super) at: u32,
    /// The number of what it names; [`super::graph::NONE`] if that is not here.
    pub(super) child: u32,
    /// The number of the name.
    pub(super) name: u32,
    /// git's mode bits.
    pub(super) mode: u32,
    /// Whether something was found in the name, or in what it names.
    pub(super) wanted: bool,
}

/// Whoever wants to know of lines.
pub(super) trait Looker {
    /// Looks at a line; what is to be said of it again where it is copied to, if anything.
    fn look(&mut self, at: u32, entry: &Entry<'_>) -> Option<Kept>;

    /// Says it again.
    fn again(&mut self, kept: Kept);
}

/// Goes through the lines of a tree; whether all could be understood. What is remembered for trees made from it is told
/// to `kin`.
pub(super) fn each(
    data: &[u8],
    hash: HashKind,
    owner: usize,
    kin: &Kin<'_>,
    looker: &mut impl Looker,
) -> bool {
    let base = kin.base.and_then(|base| Some((base.trace.get::<Lines>()?, base.copied)));
    let mut base = base.filter(|(lines, _)| lines.owner == owner);
    let mut own = Lines { owner, ..Lines::default() };
    let remember = kin.has_children && u32::try_from(data.len()).is_ok();
    let mut at = 0;
    while at < data.len() {
        if let Some((lines, runs)) = &mut base
            && let Some((from, len, first, last)) = lines.copied_to(at, runs)
        {
            let begin = lines.kept.partition_point(|kept| (kept.at as usize) < from);
            for kept in lines.kept[begin..].iter().take_while(|kept| (kept.at as usize) < from + len) {
                let kept = Kept { at: kept.at - from as u32 + at as u32, ..*kept };
                looker.again(kept);
                own.kept.extend(Some(kept).filter(|_| remember));
            }
            if remember {
                let shift = (at as u32).wrapping_sub(from as u32);
                own.starts.extend(lines.starts[first..last].iter().map(|start| start.wrapping_add(shift)));
            }
            at += len;
            continue;
        }
        let Some(entry) = Entries::new(&data[at..], hash).next() else { return false };
        own.kept.extend(looker.look(at as u32, &entry).filter(|_| remember));
        own.starts.extend(Some(at as u32).filter(|_| remember));
        at += entry.raw.len();
    }
    if remember {
        own.starts.push(at as u32);
        kin.remember(own);
    }
    true
}

impl Lines {
    /// Whole lines of this tree that stand at `at` in one that has these runs in common with it: where they begin here,
    /// how long they are, and which they are. Runs that end before `at` are dropped.
    fn copied_to(&self, at: usize, runs: &mut &[Copied]) -> Option<(usize, usize, usize, usize)> {
        while runs.first().is_some_and(|run| run.to + run.len <= at) {
            *runs = &runs[1..];
        }
        let run = runs.first().filter(|run| run.to <= at)?;
        let (from, end) = (run.from + (at - run.to), run.from + run.len);
        let first = self.starts.binary_search(&u32::try_from(from).ok()?).ok()?;
        let last = self.starts.partition_point(|start| *start as usize <= end).saturating_sub(1);
        (last > first).then(|| (from, self.starts[last] as usize - from, first, last))
    }
}

#[cfg(test)]
mod tests {
    use super::{Kept, Looker, each};
    use crate::model::{Base, Copied, HashKind, Kin};
    use crate::pack::Entry;
    use proptest::prelude::*;

    /// Keeps every third name, and notes all that it hears of.
    #[derive(Default)]
    struct Notes {
        kept: Vec<(u32, u32)>,
        looked: usize,
    }

    impl Looker for Notes {
        fn look(&mut self, at: u32, entry: &Entry<'_>) -> Option<Kept> {
            self.looked += 1;
            let name = u32::from(entry.name[0]);
            let kept = Kept { at, child: 0, name, mode: entry.mode, wanted: false };
            (name % 3 == 0).then(|| self.again(kept)).map(|()| kept)
        }

        fn again(&mut self, kept: Kept) {
            self.kept.push((kept.at, kept.name));
        }
    }

    fn line(name: u8) -> Vec<u8> {
        let mut line = format!("100644 {}\0", char::from(name)).into_bytes();
        line[7] = name;
        // Bytes that look like the beginnings of lines.
        line.extend_from_slice(b"100644 a\x00100644 b\x001234");
        line[9 + 20 - 1] = name;
        line.truncate(9 + 20);
        line
    }

    /// Runs that two texts have in common, as a delta might tell them: greedy, anywhere.
    fn runs(old: &[u8], new: &[u8], least: usize) -> Vec<Copied> {
        let (mut runs, mut to) = (Vec::new(), 0);
        while to + least <= new.len() {
            let from = old.windows(least).position(|part| part == &new[to..to + least]);
            let Some(from) = from else {
                to += 1;
                continue;
            };
            let len = old[from..].iter().zip(&new[to..]).take_while(|(a, b)| a == b).count();
            runs.push(Copied { from, to, len });
            to += len;
        }
        runs
    }

    proptest! {
        #[test]
        fn what_is_copied_is_told_as_what_is_looked_at(
            versions in proptest::collection::vec(proptest::collection::vec(1u8..40, 0..20), 1..5),
            least in 3usize..64,
        ) {
            let mut base: Option<(Vec<u8>, crate::model::Trace)> = None;
            for names in versions {
                let data: Vec<u8> = names.iter().flat_map(|name| line(*name)).collect();
                let copied = base.as_ref().map_or_else(Vec::new, |(old, _)| runs(old, &data, least));
                let from = base.as_ref().map(|(old, trace)| Base { trace, len: old.len(), copied: &copied });
                let kin = Kin::new(from, true);
                let (mut fresh, mut whole) = (Notes::default(), Notes::default());
                prop_assert!(each(&data, HashKind::Sha1, 1, &kin, &mut fresh));
                prop_assert!(each(&data, HashKind::Sha1, 1, &Kin::default(), &mut whole));
                prop_assert_eq!(&fresh.kept, &whole.kept);
                prop_assert!(fresh.looked <= whole.looked);
                base = Some((data, kin.into_trace()));
            }
        }
    }

    #[test]
    fn only_new_lines_are_looked_at_and_another_thread_looks_at_all() {
        let old: Vec<u8> = (1..60).flat_map(line).collect();
        let new: Vec<u8> = (1..60).filter(|n| *n != 30).chain([99]).flat_map(line).collect();
        let kin = Kin::new(None, true);
        let mut notes = Notes::default();
        assert!(each(&old, HashKind::Sha1, 1, &kin, &mut notes));
        let (trace, copied) = (kin.into_trace(), runs(&old, &new, 64));
        for (owner, looks) in [(1, 1..4), (2, 59..60)] {
            let base = Base { trace: &trace, len: old.len(), copied: &copied };
            let mut notes = Notes::default();
            assert!(each(&new, HashKind::Sha1, owner, &Kin::new(Some(base), false), &mut notes));
            assert!(looks.contains(&notes.looked), "{}", notes.looked);
        }
        // A tree that ends within a line is damaged, copied or not.
        let cut = &old[..old.len() - 3];
        let base =
            Base { trace: &trace, len: old.len(), copied: &[Copied { from: 0, to: 0, len: cut.len() }] };
        assert!(!each(cut, HashKind::Sha1, 1, &Kin::new(Some(base), true), &mut Notes::default()));
    }
}
