//! The header of a pack entry: type, size, and for a delta where its base is.

use super::{Damage, Kind};

/// The longest header: ten bytes of size, then ten of offset or 32 of id.
pub(super) const MAX_HEADER: usize = 48;

/// What a delta is built on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base<'a> {
    /// Nothing: a whole object.
    Whole(Kind),
    /// The entry that starts this many bytes before this one (never 0).
    Before(u64),
    /// The object of this raw id.
    Id(&'a [u8]),
}

/// The parsed header of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EntryHeader<'a> {
    /// What it is built on.
    pub(super) base: Base<'a>,
    /// Size of the inflated stream (of the delta, for deltas). As the file says: not to be trusted.
    pub(super) size: u64,
    /// Length of the header in bytes.
    pub(super) len: usize,
}

/// Parses the header at the start of `bytes`, which should hold [`MAX_HEADER`] bytes unless the file ends.
pub(super) fn parse(bytes: &[u8], hash_len: usize) -> Result<EntryHeader<'_>, Damage> {
    const SHORT: Damage = Damage::new("entry header is cut off");
    let mut at = 0;
    let mut next = || {
        let byte = bytes.get(at).copied();
        at += 1;
        byte.ok_or(SHORT)
    };
    let first = next()?;
    let mut size = u64::from(first & 15);
    let mut shift = 4;
    let mut byte = first;
    while byte & 0x80 != 0 {
        byte = next()?;
        let part = u64::from(byte & 0x7f);
        if shift >= 64 || (part << shift) >> shift != part {
            return Err(Damage::new("size in entry header overflows"));
        }
        size |= part << shift;
        shift += 7;
    }
    let base = match (first >> 4) & 7 {
        1 => Base::Whole(Kind::Commit),
        2 => Base::Whole(Kind::Tree),
        3 => Base::Whole(Kind::Blob),
        4 => Base::Whole(Kind::Tag),
        6 => {
            let mut byte = next()?;
            let mut back = u64::from(byte & 0x7f);
            while byte & 0x80 != 0 {
                byte = next()?;
                back = back
                    .checked_add(1)
                    .filter(|b| *b <= u64::MAX >> 7)
                    .map(|b| (b << 7) | u64::from(byte & 0x7f))
                    .ok_or(Damage::new("base offset in entry header overflows"))?;
            }
            if back == 0 {
                return Err(Damage::new("delta is its own base"));
            }
            Base::Before(back)
        }
        7 => {
            let id = bytes.get(at..at + hash_len).ok_or(SHORT)?;
            at += hash_len;
            Base::Id(id)
        }
        _ => return Err(Damage::new("unknown type in entry header")),
    };
    Ok(EntryHeader { base, size, len: at })
}

#[cfg(test)]
mod tests {
    use super::{Base, parse};
    use crate::pack::Kind;
    use proptest::prelude::*;

    #[test]
    fn sizes_and_offsets() {
        let h = parse(&[0xb5, 0x0a], 20).unwrap();
        assert_eq!((h.base, h.size, h.len), (Base::Whole(Kind::Blob), 5 + (10 << 4), 2));
        let h = parse(&[0x65, 0x80, 0x00], 20).unwrap();
        assert_eq!((h.base, h.size, h.len), (Base::Before(128), 5, 3));
        assert!(parse(&[0x65, 0x00], 20).is_err(), "its own base");
        assert!(parse(&[0x05], 20).is_err() && parse(&[0x55], 20).is_err(), "types 0 and 5");
        assert!(parse(&[0xff; 48], 20).is_err() && parse(&[], 20).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            if let Ok(h) = parse(&bytes, 32) {
                prop_assert!(h.len <= bytes.len() && h.len <= super::MAX_HEADER + 4);
            }
        }
    }
}
