//! The findings of a document: read back from a JSON report, or made while they are told, so that a million of them need
//! no second copy in memory.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::{Finding, Fingerprint, RuleId, Secret, Severity};

use super::Look;
use super::entry::{Entry, is_about_file};

/// A list of findings as they are shown.
#[derive(Debug, Clone)]
pub struct Entries<'a>(Kept<'a>);

#[derive(Debug, Clone)]
enum Kept<'a> {
    /// Read back.
    Made(Vec<Entry<'a>>),
    /// Of a run.
    Run(Vec<&'a Finding>, Look, Fingerprints),
}

impl<'a> Entries<'a> {
    /// Of a run's findings, as this look shows them.
    pub(super) fn of(
        findings: impl Iterator<Item = &'a Finding>,
        look: Look,
        prints: &Fingerprints,
    ) -> Entries<'a> {
        Entries(Kept::Run(findings.collect(), look, prints.clone()))
    }

    /// How many.
    pub fn len(&self) -> usize {
        match &self.0 {
            Kept::Made(all) => all.len(),
            Kept::Run(all, ..) => all.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One of them, by its place.
    pub fn get(&self, place: usize) -> Option<Cow<'_, Entry<'a>>> {
        match &self.0 {
            Kept::Made(all) => all.get(place).map(Cow::Borrowed),
            Kept::Run(all, look, prints) => {
                all.get(place).map(|f| Cow::Owned(Entry::of(f, prints.of(f), *look)))
            }
        }
    }

    /// One of them without its fingerprint, which may be slow to make.
    pub(super) fn unprinted(&self, place: usize) -> Option<Cow<'_, Entry<'a>>> {
        match &self.0 {
            Kept::Made(all) => all.get(place).map(Cow::Borrowed),
            Kept::Run(all, look, _) => all.get(place).map(|f| Cow::Owned(Entry::of(f, String::new(), *look))),
        }
    }

    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = Cow<'_, Entry<'a>>> {
        (0..self.len()).filter_map(|place| self.get(place))
    }

    /// How bad one of them is.
    pub(super) fn severity(&self, place: usize) -> Severity {
        let severity = match &self.0 {
            Kept::Made(all) => all.get(place).map(|e| e.severity),
            Kept::Run(all, ..) => all.get(place).map(|f| f.severity),
        };
        severity.unwrap_or_default()
    }

    /// Redacts those that were read back and stand there in clear.
    pub(super) fn redact(&mut self) {
        if let Kept::Made(all) = &mut self.0 {
            all.iter_mut().for_each(Entry::redact);
        }
    }

    /// The findings that have the same key, each group in order of its first place.
    pub(super) fn by_key(&self) -> Groups<'_, 'a> {
        let mut numbers: HashMap<[u8; 16], u32> = HashMap::new();
        let mut sizes: Vec<u32> = Vec::new();
        let group_of: Vec<u32> = (0..self.len())
            .map(|place| {
                let number = *numbers.entry(self.key(place)).or_insert_with(|| {
                    sizes.push(0);
                    sizes.len() as u32 - 1
                });
                sizes[number as usize] += 1;
                number
            })
            .collect();
        let mut end = 0;
        let mut next: Vec<u32> = Vec::with_capacity(sizes.len());
        for size in &mut sizes {
            next.push(end);
            end += *size;
            *size = end;
        }
        let mut order = vec![0; group_of.len()];
        for (place, &group) in group_of.iter().enumerate() {
            order[next[group as usize] as usize] = place as u32;
            next[group as usize] += 1;
        }
        Groups { entries: self, order, ends: sizes }
    }

    /// What findings of one group have in common: the key, or where there is none, the path. A file that should not be
    /// there at all is a matter of its own.
    fn key(&self, place: usize) -> [u8; 16] {
        let hash = |print: &str, path: &[u8]| {
            let mut hasher = blake3::Hasher::new();
            hasher.update(print.as_bytes());
            hasher.update(b"\0");
            hasher.update(path);
            hasher.finalize()
        };
        let hash = match &self.0 {
            Kept::Made(all) => all
                .get(place)
                .map(|e| hash(&e.fingerprint, if e.secret.is_empty() { e.path.as_bytes() } else { b"" })),
            Kept::Run(all, _, prints) => all.get(place).map(|f| {
                let path = f.location.origin.path().filter(|_| f.secret.is_empty() || is_about_file(f));
                hash(&prints.of(f), path.map_or(b"", |p| p.as_bytes()))
            }),
        };
        let mut key = [0; 16];
        if let Some(hash) = hash {
            key.copy_from_slice(&hash.as_bytes()[..16]);
        }
        key
    }
}

impl Default for Entries<'_> {
    fn default() -> Self {
        Entries(Kept::Made(Vec::new()))
    }
}

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Entries<'a>, D::Error> {
        Vec::deserialize(deserializer).map(|all| Entries(Kept::Made(all)))
    }
}

/// All findings of a document, those of one key together.
pub(super) struct Groups<'d, 'a> {
    entries: &'d Entries<'a>,
    /// Places in `entries`, group by group.
    order: Vec<u32>,
    /// Where in `order` each group ends.
    ends: Vec<u32>,
}

impl<'a> Groups<'_, 'a> {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All groups, in order of their first findings.
    pub(super) fn iter(&self) -> impl Iterator<Item = Group<'_, 'a>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).filter_map(|(start, &end)| {
            let members = self.order.get(start as usize..end as usize)?;
            Some(Group { entries: self.entries, members })
        })
    }
}

/// The findings of one key; at least one.
#[derive(Clone, Copy)]
pub(super) struct Group<'d, 'a> {
    entries: &'d Entries<'a>,
    members: &'d [u32],
}

impl<'d, 'a> Group<'d, 'a> {
    pub(super) fn len(self) -> usize {
        self.members.len()
    }

    pub(super) fn first(self) -> Option<Cow<'d, Entry<'a>>> {
        self.iter().next()
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Cow<'d, Entry<'a>>> {
        self.members.iter().filter_map(move |&place| self.entries.get(place as usize))
    }

    /// How bad the worst of them is.
    pub(super) fn worst(self) -> Severity {
        self.members.iter().map(|&place| self.entries.severity(place as usize)).max().unwrap_or_default()
    }
}

/// Fingerprints of a report: short secrets are hashed slowly on purpose, so each of those is hashed once. Copies share
/// what they know.
#[derive(Debug, Clone, Default)]
pub(super) struct Fingerprints(Rc<RefCell<HashMap<(RuleId, Secret), Fingerprint>>>);

impl Fingerprints {
    pub(super) fn of(&self, finding: &Finding) -> String {
        // To remember a million long ones would take more memory than time.
        if !Fingerprint::is_slow(&finding.secret) {
            return finding.fingerprint().to_string();
        }
        let mut known = self.0.borrow_mut();
        let print = known
            .entry((finding.rule.clone(), finding.secret.clone()))
            .or_insert_with(|| finding.fingerprint());
        print.to_string()
    }
}
