//! Which refs hold a commit: a few names each, for all commits in one pass.

use super::graph::{Graph, NONE};
use super::tips::Tips;

/// How many names a commit gets.
const MOST: usize = 5;

/// For each commit of the graph, the positions in [`Tips::refs`] of the first few refs that hold it.
pub(super) struct Holders(Vec<[u32; MOST]>);

impl Holders {
    /// Walks from children to parents. `order` has parents before children.
    pub(super) fn new(graph: &Graph, tips: &Tips, order: &[u32]) -> Holders {
        let mut all = vec![[NONE; MOST]; graph.commits.len()];
        for (at, (_, target)) in tips.refs.iter().enumerate() {
            if let Some(slot) = graph.commit(graph.peel(*target)).and_then(|c| all.get_mut(c as usize)) {
                merge(slot, &[at as u32]);
            }
        }
        for &commit in order.iter().rev() {
            let own = all[commit as usize];
            for parent in graph.parents(&graph.commits[commit as usize]) {
                if let Some(slot) = graph.commit(*parent).and_then(|c| all.get_mut(c as usize)) {
                    merge(slot, &own);
                }
            }
        }
        Holders(all)
    }

    /// The names for a commit, sorted.
    pub(super) fn names(&self, commit: u32, tips: &Tips) -> Vec<String> {
        let positions = self.0.get(commit as usize).map_or(&[][..], |p| &p[..]);
        let named = positions.iter().filter_map(|at| tips.refs.get(*at as usize));
        let mut names: Vec<_> = named.map(|(name, _)| String::from_utf8_lossy(name).into_owned()).collect();
        names.sort();
        names.dedup();
        names
    }
}

/// Keeps the smallest positions of both, in order.
fn merge(into: &mut [u32; MOST], from: &[u32]) {
    for &one in from.iter().filter(|p| **p != NONE) {
        let at = into.partition_point(|p| *p < one);
        if at < MOST && into[at] != one {
            into[at..].rotate_right(1);
            into[at] = one;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{NONE, merge};

    #[test]
    fn the_smallest_stay_in_order() {
        let mut slot = [3, 8, NONE, NONE, NONE];
        merge(&mut slot, &[1, 3, 9]);
        assert_eq!(slot, [1, 3, 8, 9, NONE]);
        merge(&mut slot, &[2, 4, 5, NONE]);
        assert_eq!(slot, [1, 2, 3, 4, 5]);
    }
}
