//! Deltas that jump back and forth in bases too large for memory, as those of generated headers do: packs by hand, and git
//! says what is in them.

use std::io::Write as _;
use std::sync::Arc;

use flate2::{Compression, write::ZlibEncoder};
use keysieve::model::HashKind;
use keysieve::pack::{Store, WHOLE_LIMIT};
use sha1::Digest as _;

use super::repo::Repo;
use super::walk;

/// Git's numbers for what an entry of a pack is.
const BLOB: u8 = 3;
const OFS_DELTA: u8 = 6;

/// One entry of a pack: a whole blob, or a delta on an earlier entry by its position.
enum Entry {
    Whole(Vec<u8>),
    Delta { on: usize, delta: Vec<u8> },
}

/// A pack of these entries, without an index.
fn pack(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = b"PACK\0\0\0\x02".to_vec();
    bytes.extend((entries.len() as u32).to_be_bytes());
    let mut places = Vec::new();
    for entry in entries {
        let here = bytes.len();
        places.push(here);
        let content = match entry {
            Entry::Whole(content) => {
                head(&mut bytes, BLOB, content.len());
                content
            }
            Entry::Delta { on, delta } => {
                head(&mut bytes, OFS_DELTA, delta.len());
                back(&mut bytes, here - places[*on]);
                delta
            }
        };
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(content).unwrap();
        bytes.extend(zlib.finish().unwrap());
    }
    let sum = sha1::Sha1::digest(&bytes);
    bytes.extend(sum);
    bytes
}

/// An entry's kind and size.
fn head(bytes: &mut Vec<u8>, kind: u8, size: usize) {
    let (mut byte, mut rest) = (kind << 4 | (size & 15) as u8, size >> 4);
    while rest > 0 {
        bytes.push(byte | 0x80);
        (byte, rest) = ((rest & 0x7f) as u8, rest >> 7);
    }
    bytes.push(byte);
}

/// How far in front the base stands: big-endian, and one less at each step.
fn back(bytes: &mut Vec<u8>, distance: usize) {
    let mut digits = vec![(distance & 0x7f) as u8];
    let mut rest = distance >> 7;
    while rest > 0 {
        rest -= 1;
        digits.push(0x80 | (rest & 0x7f) as u8);
        rest >>= 7;
    }
    bytes.extend(digits.iter().rev());
}

fn size(bytes: &mut Vec<u8>, mut size: usize) {
    while size > 0x7f {
        bytes.push(0x80 | (size & 0x7f) as u8);
        size >>= 7;
    }
    bytes.push(size as u8);
}

/// A delta that copies these pieces (place and length), with a word of its own between each two.
fn delta(base: usize, pieces: &[(usize, usize)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    size(&mut bytes, base);
    size(&mut bytes, pieces.iter().map(|(_, len)| len + 4).sum());
    for (number, (from, len)) in pieces.iter().enumerate() {
        bytes.push(0xff);
        bytes.extend(&(*from as u32).to_le_bytes());
        bytes.extend(&(*len as u32).to_le_bytes()[..3]);
        bytes.push(4);
        bytes.extend(&(number as u32).to_le_bytes());
    }
    bytes
}

/// A text of this length in which every place differs.
fn text(len: usize) -> Vec<u8> {
    (0_u64..)
        .flat_map(|n| format!("{:015x}\n", n.wrapping_mul(0x9e37_79b9_7f4a_7c15)).into_bytes())
        .take(len)
        .collect()
}

/// Pieces from both ends in turn, towards the middle, that make `len` bytes of a base.
fn to_and_fro(base: usize, len: usize, piece: usize) -> Vec<(usize, usize)> {
    let count = len / piece;
    let side = |n: usize| n / 2 * piece % (base / 2 - piece);
    (0..count).map(|n| (if n % 2 == 0 { side(n) } else { base - piece - side(n) }, piece)).collect()
}

/// A repository with this pack and nothing else.
fn repository(entries: &[Entry]) -> Repo {
    let repo = Repo::new(HashKind::Sha1);
    let path = repo.objects_dir().join("pack/pack-jumps.pack");
    std::fs::write(&path, pack(entries)).unwrap();
    repo.git(&["index-pack", &path.display().to_string()]);
    repo
}

#[test]
fn a_base_that_is_jumped_in_is_read_whole() {
    let large = WHOLE_LIMIT as usize + (1 << 20);
    let base = text(large + 12_345);
    let len = base.len();
    let first = to_and_fro(len, large, 48 << 10);
    let made: usize = first.iter().map(|(_, len)| len + 4).sum();
    let entries = [
        Entry::Whole(base),
        Entry::Delta { on: 0, delta: delta(len, &first) },
        // On what has no bytes of its own, jumping again in other pieces; and a small one.
        Entry::Delta { on: 1, delta: delta(made, &to_and_fro(made, large, 20_011)) },
        Entry::Delta { on: 0, delta: delta(len, &to_and_fro(len, 3 << 20, 1 << 10)) },
    ];
    let repo = repository(&entries);
    let expected = repo.all_objects();
    assert_eq!(expected.len(), 4);
    for threads in [1, 2] {
        let store = Arc::new(Store::open(&repo.objects_dir(), repo.hash).unwrap());
        let (objects, damaged, problems) = walk(&store, threads);
        assert_eq!((damaged, problems), (vec![], vec![]));
        assert!(objects == expected, "{} objects instead of {}", objects.len(), expected.len());
    }
}

#[test]
fn a_base_too_large_to_be_held_bears_some_jumps_and_endless_ones_are_named() {
    let (held, large) = (64 << 20, WHOLE_LIMIT as usize + (1 << 20));
    let base = text(held + (1 << 20));
    let len = base.len();
    let wild = delta(len, &to_and_fro(len, large, 8 << 10));
    let tame = delta(len, &to_and_fro(len, large, 2 << 20));
    let repo = repository(&[
        Entry::Whole(base),
        Entry::Delta { on: 0, delta: tame },
        Entry::Delta { on: 0, delta: wild },
    ]);
    let expected = repo.all_objects();
    let store = Arc::new(Store::open(&repo.objects_dir(), repo.hash).unwrap());
    let (mut read, mut named) = (0, Vec::new());
    for (id, (_, content)) in &expected {
        let mut data = Vec::new();
        let mut stream = store.open_blob(id).unwrap().unwrap();
        match std::io::Read::read_to_end(&mut stream, &mut data) {
            Ok(_) => {
                assert!(data == *content, "{id}");
                read += 1;
            }
            Err(e) => named.push(e.to_string()),
        }
    }
    assert_eq!(read, 2, "{named:?}");
    assert!(named.len() == 1 && named[0].contains("jumps back and forth"), "{named:?}");
}
