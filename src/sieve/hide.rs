//! Secrets that also stand in names: a file called after a key, a commit message that quotes one.
//!
//! Runs once over the finished report, so that no format can forget it. Hidden is what was found anywhere in the run,
//! and what any rule takes for a key where it stands.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::engine::Scratch;
use crate::model::{
    BlobPath, Disposition, Excerpt, Facts, Few, Finding, Origin, SHORTEST, Secret, is_ordinary_value,
};
use crate::reports::Report;

use super::conceal::Concealer;

/// So many names are remembered: the same path, author and message stand in many findings.
const REMEMBERED: usize = 20_000;

/// Replaces each secret that stands in a path, message, author, ref or note of the report.
pub(super) fn names(report: &mut Report, concealer: &Concealer<'_>) {
    let Report { findings, suppressed, coverage, gone, .. } = report;
    let values = Values::of(findings.iter().chain(&*suppressed));
    let mut hider = Hider { values, concealer, scratch: Scratch::default(), known: HashMap::new() };
    for finding in findings.iter_mut().chain(suppressed) {
        hider.finding(finding);
    }
    for skip in &mut coverage.incomplete {
        hider.text(&mut skip.what);
        hider.text(&mut skip.why);
    }
    for text in coverage.notes.iter_mut().chain(gone) {
        hider.text(text);
    }
}

/// The values of all secrets of a report, to be looked for in names.
///
/// [Ordinary](is_ordinary_value) ones are left out: `password`, `terraform`. They say nothing where they do not stand as a
/// value, and without them names could not be read.
struct Values {
    all: HashSet<Secret>,
    /// How each begins: nearly every place of a name is settled by this alone.
    heads: HashSet<[u8; SHORTEST]>,
    /// Their lengths, longest first.
    lengths: Vec<usize>,
}

impl Values {
    fn of<'f>(findings: impl Iterator<Item = &'f Finding>) -> Values {
        let mut values = Values { all: HashSet::new(), heads: HashSet::new(), lengths: Vec::new() };
        for finding in findings {
            let value = finding.secret.reveal();
            let Some(head) = value.first_chunk() else { continue };
            if !values.all.contains(&finding.secret) && !is_ordinary_value(value) {
                values.all.insert(finding.secret.clone());
                values.heads.insert(*head);
            }
        }
        let lengths: HashSet<usize> = values.all.iter().map(Secret::len).collect();
        values.lengths = lengths.into_iter().collect();
        values.lengths.sort_unstable_by(|a, b| b.cmp(a));
        values
    }

    /// A name in which none of the values can be read.
    fn hide<'n>(&self, name: &'n [u8]) -> Cow<'n, [u8]> {
        let mut shown: Option<Vec<u8>> = None;
        let (mut at, mut from) = (0, 0);
        while let Some(head) = name.get(at..).and_then(<[u8]>::first_chunk::<SHORTEST>) {
            let found = self.heads.contains(head).then(|| self.at(&name[at..])).flatten();
            let Some((len, redacted)) = found else {
                at += 1;
                continue;
            };
            let shown = shown.get_or_insert_default();
            shown.extend_from_slice(&name[from..at]);
            shown.extend_from_slice(redacted.as_bytes());
            at += len;
            from = at;
        }
        match shown {
            None => Cow::Borrowed(name),
            Some(mut shown) => {
                shown.extend_from_slice(&name[from..]);
                Cow::Owned(shown)
            }
        }
    }

    /// The longest value that stands at the beginning.
    fn at(&self, name: &[u8]) -> Option<(usize, String)> {
        let fits = self.lengths.partition_point(|&len| len > name.len());
        self.lengths[fits..].iter().find_map(|&len| Some((len, self.all.get(&name[..len])?.redacted())))
    }
}

/// The names of findings before all keys of a run are known.
pub(super) struct Names<'c, 'r>(Hider<'c, 'r>);

impl<'c, 'r> Names<'c, 'r> {
    pub(super) fn new(concealer: &'c Concealer<'r>) -> Names<'c, 'r> {
        let values = Values::of(std::iter::empty());
        Names(Hider { values, concealer, scratch: Scratch::default(), known: HashMap::new() })
    }

    /// Whether no rule takes anything for a key in what a finding of a file shows beside its line.
    pub(super) fn leave(&mut self, finding: &Finding) -> bool {
        let path = finding.location.origin.path().map(BlobPath::as_bytes);
        let texts = finding.variable.iter().chain(&finding.owner).map(|text| text.as_bytes());
        let layers = finding.decoded_from.iter().map(|layer| layer.as_bytes());
        path.into_iter().chain(texts).chain(layers).all(|name| self.0.instead(name).is_none())
    }
}

struct Hider<'c, 'r> {
    values: Values,
    concealer: &'c Concealer<'r>,
    scratch: Scratch,
    /// What became of names that were seen before; `None`: nothing.
    known: HashMap<Box<[u8]>, Option<Box<[u8]>>>,
}

impl Hider<'_, '_> {
    /// What is to stand there instead of a name, if anything.
    fn instead(&mut self, name: &[u8]) -> Option<&[u8]> {
        if name.len() < SHORTEST {
            return None;
        }
        if !self.known.contains_key(name) {
            if self.known.len() >= REMEMBERED {
                self.known.clear();
            }
            let hidden = self.values.hide(name);
            let shown = match self.concealer.conceal(&hidden, &mut self.scratch) {
                Cow::Owned(shown) => Some(shown.into()),
                Cow::Borrowed(_) => match hidden {
                    Cow::Owned(shown) => Some(shown.into()),
                    Cow::Borrowed(_) => None,
                },
            };
            self.known.insert(name.into(), shown);
        }
        self.known.get(name)?.as_deref()
    }

    fn text<T: AsRef<str> + From<String>>(&mut self, text: &mut T) {
        if let Some(shown) = self.instead(text.as_ref().as_bytes()) {
            *text = String::from_utf8_lossy(shown).into_owned().into();
        }
    }

    /// Borrowed words are our own.
    fn words(&mut self, all: &mut Few<Cow<'static, str>>) {
        for place in 0..all.len() {
            if let Some(Cow::Owned(text)) = all.get(place)
                && let Some(shown) = self.instead(text.as_bytes())
            {
                let shown = String::from_utf8_lossy(shown).into_owned();
                all.set(place, shown.into());
            }
        }
    }

    fn path(&mut self, path: &mut BlobPath) {
        if let Some(shown) = self.instead(path.as_bytes()) {
            *path = BlobPath::new(shown);
        }
    }

    /// What is known of keys was hidden when it was cut; a key that was found elsewhere may stand there glued to a word.
    fn excerpt(&self, excerpt: &mut Excerpt) {
        let Range { start, end } = excerpt.mark;
        let (Some(before), Some(mark), Some(behind)) =
            (excerpt.text.get(..start), excerpt.text.get(start..end), excerpt.text.get(end..))
        else {
            return;
        };
        let (first, last) = (self.values.hide(before.as_bytes()), self.values.hide(behind.as_bytes()));
        if let (Cow::Borrowed(_), Cow::Borrowed(_)) = (&first, &last) {
            return;
        }
        let (first, last) = (String::from_utf8_lossy(&first), String::from_utf8_lossy(&last));
        let place = first.len()..first.len() + mark.len();
        (excerpt.text, excerpt.mark) = ([&first, mark, &last].concat().into(), place);
    }

    fn finding(&mut self, finding: &mut Finding) {
        let finding: &mut Facts = finding;
        match &mut finding.location.origin {
            Origin::File(path, _) | Origin::Staged(path, _) => self.path(path),
            Origin::Commit(c, _) => self.path(&mut c.path),
            Origin::Stdin | Origin::Object(..) => {}
        }
        self.excerpt(&mut finding.location.excerpt);
        for text in finding.variable.iter_mut().chain(&mut finding.owner) {
            self.text(text);
        }
        self.words(&mut finding.decoded_from);
        self.words(&mut finding.reasons);
        match &mut finding.disposition {
            Disposition::Allowed { reason, .. } | Disposition::Known { reason: Some(reason) } => {
                self.text(reason);
            }
            Disposition::Known { reason: None }
            | Disposition::Reported
            | Disposition::Old
            | Disposition::Unread(_) => {}
        }
        if let Some(h) = &mut finding.history {
            for text in [&mut h.author, &mut h.email, &mut h.subject].into_iter().chain(&mut h.refs) {
                self.text(text);
            }
            h.paths.iter_mut().for_each(|p| self.path(p));
        }
    }
}
