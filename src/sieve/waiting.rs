//! Findings that wait until everything before them in the order of paths is done.

use std::collections::BTreeMap;

use crate::model::{BlobPath, Finding};

use super::unpack;

/// What was found, by path; standard input has none and comes first.
#[derive(Debug, Default)]
pub(super) struct Waiting(BTreeMap<Option<BlobPath>, Vec<Finding>>);

impl Waiting {
    /// Adds what threads found, in any order.
    pub(super) fn add(&mut self, found: impl Iterator<Item = Vec<Finding>>) {
        for finding in found.flatten() {
            self.0.entry(finding.location.origin.path().cloned()).or_default().push(finding);
        }
    }

    /// Takes what stands before a path, a file at a time; all of it if there is none.
    pub(super) fn before(&mut self, path: Option<&[u8]>) -> impl Iterator<Item = Vec<Finding>> {
        std::iter::from_fn(move || {
            let next = self.0.first_entry()?;
            // Standard input is where no path is yet.
            let is_done = match (path, next.key()) {
                (None, _) => true,
                (Some(path), None) => !path.is_empty(),
                (Some(path), Some(own)) => own.as_bytes() < path,
            };
            is_done.then(|| {
                let mut found = next.remove();
                unpack::settle(&mut found);
                found
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Waiting;
    use crate::model::{BlobPath, Excerpt, Finding, LineCol, Location, Origin, Part, Secret};

    fn at(path: &str) -> Finding {
        let origin = if path.is_empty() {
            Origin::Stdin
        } else {
            Origin::File(BlobPath::new(path.as_bytes()), Part::Content)
        };
        let (start, excerpt) = (LineCol::START, Excerpt::default());
        let location = Location { origin, span: 0..0, start, end: start, excerpt };
        Finding::new("a-rule".into(), Secret::new(b"x", 0), location)
    }

    #[test]
    fn what_is_done_comes_out_in_order() {
        let mut waiting = Waiting::default();
        waiting.add([vec![at("b"), at("a")], vec![at("a/b"), at(""), at("a")]].into_iter());
        let mut take = |path: Option<&[u8]>| -> Vec<String> {
            let name = |f: &Finding| f.location.origin.path().map_or("-".into(), BlobPath::to_text);
            waiting.before(path).map(|all| all.iter().map(name).collect::<Vec<_>>().join(" ")).collect()
        };
        assert!(take(Some(b"")).is_empty());
        assert_eq!(take(Some(b"a")), ["-"]);
        assert_eq!(take(Some(b"a/b")), ["a a"]);
        assert_eq!(take(None), ["a/b", "b"]);
    }
}
