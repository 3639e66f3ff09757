//! Doors for the fuzz targets in `fuzz/`: the parsers of what a hostile repository may hold. Not part of the interface.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::model::{HashKind, ObjectId};

use super::files::Pool;
use super::index::Index;
use super::{Commit, Entries, Tag, delta, entry};

/// No delta of a fuzz target makes more, in bytes.
const MOST: u64 = 1 << 20;

/// Parses an entry header and all object formats.
pub fn pack_entry(data: &[u8]) {
    for hash in [HashKind::Sha1, HashKind::Sha256] {
        if let Ok(header) = entry::parse(data, hash.len()) {
            assert!(header.len <= data.len(), "a header is not longer than what it was read from");
        }
        let _ = (Commit::parse(data, hash), Tag::parse(data, hash));
        let mut entries = Entries::new(data, hash);
        let read: usize = entries.by_ref().map(|e| e.raw.len()).sum();
        assert!(read <= data.len() && (entries.damaged() || read == data.len()), "lines follow each other");
    }
}

/// Applies a delta: the first byte says how much of the rest is the base.
pub fn pack_delta(data: &[u8]) {
    let Some((&split, rest)) = data.split_first() else { return };
    let (base, delta) = rest.split_at(usize::from(split).min(rest.len()));
    if let Ok(header) = delta::header(delta)
        && header.size <= MOST
    {
        let mut out = vec![0; header.size as usize];
        let _ = delta::apply(base, delta, &mut out);
    }
}

/// Reads an index: `file` is overwritten with the data.
pub fn pack_index(data: &[u8], file: &Path) {
    fs::write(file, data).expect("the fuzz target's own file can be written");
    for hash in [HashKind::Sha1, HashKind::Sha256] {
        let Ok(index) = Index::open(file.to_path_buf(), hash, &Arc::new(Pool::default())) else { continue };
        let Ok(table) = index.load() else { continue };
        assert_eq!(table.offsets.len() * hash.len(), table.ids.len(), "one offset an id");
        for (raw, offset) in table.ids.chunks_exact(hash.len()).zip(&table.offsets).take(100) {
            let Some(id) = ObjectId::from_bytes(raw) else { continue };
            if let (true, Ok(Some(found))) = (table.sorted, index.find(&id)) {
                let twice = table.ids.chunks_exact(hash.len()).filter(|other| *other == raw).count() > 1;
                assert!(found == *offset || twice, "both ways of reading agree");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{pack_delta, pack_entry, pack_index};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_doors_open(data in proptest::collection::vec(any::<u8>(), 0..300)) {
            pack_entry(&data);
            pack_delta(&data);
            let dir = tempfile::tempdir().unwrap();
            pack_index(&data, &dir.path().join("pack.idx"));
            let empty = [&[0xff, b't', b'O', b'c', 0, 0, 0, 2][..], &[0; 1024], &data[..data.len().min(64)]].concat();
            pack_index(&empty, &dir.path().join("pack.idx"));
        }
    }
}
