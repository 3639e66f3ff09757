//! What a commit or a tag says of itself: author, date, subject, refs.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::model::History;
use crate::pack::{Commit, Reader, Tag};

use super::locate::{Facts, Locate};

impl Locate<'_> {
    /// What a commit says of itself; what the key is about is filled in by the caller.
    pub(super) fn history(&self, commit: u32, reader: &mut Reader<'_>, facts: &Facts<'_>) -> History {
        let row = &self.state.graph.commits[commit as usize];
        let id = self.state.plan.catalog().id(row.number);
        let object = reader.read(&id).ok().flatten();
        let data = object.map(|o| o.data).unwrap_or_default();
        let parsed = Commit::parse(&data, self.state.plan.store().hash());
        let author = parsed.as_ref().map(|c| c.author).unwrap_or_default();
        History {
            commit: id,
            author: text(author.name),
            email: text(author.email),
            date: (author.seconds, author.offset),
            subject: parsed.as_ref().map(|c| text(c.subject())).unwrap_or_default(),
            refs: facts.holders.names(commit, &self.state.tips),
            in_head: false,
            occurrences: 1,
            paths: Vec::new(),
            age_days: age(author.seconds),
            last_seen: None,
        }
    }

    /// What a tag says of itself: its tagger stands for the author.
    pub(super) fn tag_history(
        &self,
        number: u32,
        reader: &mut Reader<'_>,
        facts: &Facts<'_>,
    ) -> Option<History> {
        self.state.graph.target(number)?;
        let id = self.state.plan.catalog().id(number);
        let object = reader.read(&id).ok().flatten()?;
        let tag = Tag::parse(&object.data, self.state.plan.store().hash())?;
        let commit = self.state.graph.commit(self.state.graph.peel(number));
        let refs = self.state.tips.refs.iter().filter(|(_, target)| *target == number);
        let refs = refs.take(5).map(|(name, _)| text(name)).collect();
        Some(History {
            commit: commit
                .map_or(id, |c| self.state.plan.catalog().id(self.state.graph.commits[c as usize].number)),
            author: text(tag.tagger.name),
            email: text(tag.tagger.email),
            date: (tag.tagger.seconds, tag.tagger.offset),
            subject: text(tag.message.trim_ascii().split(|&b| b == b'\n').next().unwrap_or_default()),
            refs,
            in_head: commit.is_some_and(|c| facts.head.contains(self.state.graph.commits[c as usize].number)),
            occurrences: 1,
            paths: Vec::new(),
            age_days: age(tag.tagger.seconds),
            last_seen: None,
        })
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Days since then; `None` where no date is known.
fn age(seconds: i64) -> Option<u64> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    (seconds > 0).then(|| now.saturating_sub(seconds as u64) / 86_400)
}
