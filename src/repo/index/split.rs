//! Joining the two halves of a split index: what is shared by many, and what has changed since.

use super::Entry;
use super::parse::{Link, Raw};

/// Applies the changes to the shared half. Entries that replace one have no name of their own and stand first.
pub(super) fn join(shared: Raw, changes: Raw, link: &Link) -> Result<Raw, String> {
    let damaged = || "a damaged split index".to_string();
    let shift = u32::try_from(shared.data.len()).map_err(|_| damaged())?;
    let mut data = shared.data;
    data.extend_from_slice(&changes.data);
    if u32::try_from(data.len()).is_err() {
        return Err("the index is too large".into());
    }
    let mut base: Vec<Option<Entry>> = shared.entries.into_iter().map(Some).collect();
    let mut added = changes.entries.into_iter().map(|mut entry| {
        entry.name.0 += shift;
        entry.id += shift;
        entry
    });
    for &position in link.replaced.positions() {
        let old = base.get_mut(position as usize).and_then(Option::as_mut).ok_or_else(damaged)?;
        let new = added.next().ok_or_else(damaged)?;
        if new.name.1 != 0 {
            return Err(damaged());
        }
        *old = Entry { name: old.name, ..new };
    }
    for &position in link.deleted.positions() {
        *base.get_mut(position as usize).ok_or_else(damaged)? = None;
    }
    let mut entries: Vec<Entry> = base.into_iter().flatten().chain(added).collect();
    let name = |e: &Entry| data.get(e.name.0 as usize..e.name.0 as usize + e.name.1 as usize);
    entries.sort_by(|a, b| (name(a), a.stage()).cmp(&(name(b), b.stage())));
    Ok(Raw { data, entries, cache_tree: changes.cache_tree, link: None })
}
