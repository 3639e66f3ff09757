//! The names of all rules, as marks in comments are asked for them: once for each finding, and a file may hold a million.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, OnceLock};

use crate::config::{suggest, wildcard};

/// So many words are remembered with what they are near to.
const REMEMBERED: usize = 4096;

/// The names of rules.
#[derive(Debug, Default)]
pub struct Names {
    /// In their own order, which decides between two that are equally near.
    ordered: Vec<String>,
    /// Made when the first mark is met: most runs meet none.
    sets: OnceLock<Sets>,
    near: Mutex<HashMap<String, Option<String>>>,
}

/// What is asked for a word.
#[derive(Debug)]
struct Sets {
    ids: HashSet<String>,
    /// Their first words (the provider) and their last ones (the kind of key).
    begins: HashSet<String>,
    ends: HashSet<String>,
}

impl Names {
    /// From the ids of all rules.
    pub fn new(ids: Vec<String>) -> Names {
        Names { ordered: ids, ..Names::default() }
    }

    fn sets(&self) -> &Sets {
        self.sets.get_or_init(|| {
            let words = |id: &String| {
                let (first, _) = id.split_once('-')?;
                let (_, last) = id.rsplit_once('-')?;
                Some((first.to_owned(), last.to_owned()))
            };
            let (begins, ends) = self.ordered.iter().filter_map(words).unzip();
            Sets { ids: self.ordered.iter().cloned().collect(), begins, ends }
        })
    }

    /// Whether a rule has this name, or one has that this pattern with `*` fits.
    pub(super) fn know(&self, name: &str) -> bool {
        let fits = || name.len() > 1 && self.ordered.iter().any(|id| wildcard(name, id));
        self.sets().ids.contains(name) || name.contains('*') && fits()
    }

    /// The rule that was meant by a word which is nearly its name.
    pub(super) fn near(&self, word: &str) -> Option<String> {
        let search = || suggest(word, self.ordered.iter().map(String::as_str)).map(str::to_owned);
        let Ok(mut near) = self.near.lock() else { return search() };
        if let Some(known) = near.get(word) {
            return known.clone();
        }
        let found = search();
        if near.len() < REMEMBERED {
            near.insert(word.to_owned(), found.clone());
        }
        found
    }

    /// Whether a word begins like the rules of a provider and ends like a rule: `github-oauth2-token`.
    pub(super) fn made_like(&self, word: &str) -> bool {
        let first = word.split_once('-').is_some_and(|(first, _)| self.sets().begins.contains(first));
        first && word.rsplit_once('-').is_some_and(|(_, last)| self.sets().ends.contains(last))
    }
}
