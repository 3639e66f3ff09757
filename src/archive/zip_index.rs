//! Where the members of a zip archive stand: its directory, which is found from the end.

use std::io;

use super::input::{ReadAt, Section};

/// A directory longer than this is not held, in bytes.
const LONGEST: u64 = 32 << 20;

/// The end record and the longest comment behind it.
const END_LEN: usize = 22;
const FARTHEST: u64 = END_LEN as u64 + 0xffff;

/// What the directory says of a member.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    /// How many bytes it has packed, and unpacked.
    pub(super) packed: u64,
    pub(super) size: u64,
    /// Where its own header stands.
    pub(super) at: u64,
    /// Its extra fields and comment.
    pub(super) comment: Vec<u8>,
}

/// A directory.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) entries: Vec<Entry>,
    /// Where it begins.
    pub(super) at: u64,
    /// What is wrong with it, if something is.
    pub(super) problem: Option<&'static str>,
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

/// Reads exactly so many bytes at a place; `None` where they are not all there.
pub(super) fn read_at(input: &dyn ReadAt, at: u64, len: usize) -> io::Result<Option<Vec<u8>>> {
    if at.checked_add(len as u64).is_none_or(|end| end > input.len()) {
        return Ok(None);
    }
    let mut bytes = vec![0; len];
    let whole = Section::new(input, at, at + len as u64).exactly(&mut bytes)?;
    Ok(whole.then_some(bytes))
}

/// Finds and reads the directory; `None` if there is none.
pub(super) fn find(input: &dyn ReadAt) -> io::Result<Option<Index>> {
    let from = input.len().saturating_sub(FARTHEST);
    let tail = read_at(input, from, (input.len() - from) as usize)?.unwrap_or_default();
    let ends = memchr::memmem::rfind_iter(&tail, b"PK\x05\x06").filter(|at| at + END_LEN <= tail.len());
    for end in ends.take(64) {
        let place = from + end as u64;
        let record = &tail[end..end + END_LEN];
        let (count, len, at) = (u16_at(record, 10), u32_at(record, 12), u32_at(record, 16));
        let wide = match place.checked_sub(20).map(|at| read_at(input, at, 20)).transpose()?.flatten() {
            Some(locator) if locator.starts_with(b"PK\x06\x07") => wide_end(input, &locator, place)?,
            _ => None,
        };
        let (end_at, count, len, stated) = match wide {
            Some(wide) => wide,
            None => (place, u64::from(count), u64::from(len), u64::from(at)),
        };
        // What stands before the archive moves it, and many tools do not say so.
        for at in [end_at.checked_sub(len), Some(stated)].into_iter().flatten() {
            let moved = at.wrapping_sub(stated);
            if len == 0 && count == 0 {
                return Ok(Some(Index { at: end_at, ..Index::default() }));
            }
            let begins = read_at(input, at, 4)?.is_some_and(|sign| sign == b"PK\x01\x02");
            if begins && at.saturating_add(len) <= end_at {
                return read(input, (at, at + len), moved, count).map(Some);
            }
        }
    }
    Ok(None)
}

/// Where the wide end record stands, how many members there are, the directory's length and place.
fn wide_end(input: &dyn ReadAt, locator: &[u8], end: u64) -> io::Result<Option<(u64, u64, u64, u64)>> {
    for at in [Some(u64_at(locator, 8)), end.checked_sub(20 + 56)].into_iter().flatten() {
        if let Some(record) = read_at(input, at, 56)?
            && record.starts_with(b"PK\x06\x06")
        {
            return Ok(Some((at, u64_at(&record, 32), u64_at(&record, 40), u64_at(&record, 48))));
        }
    }
    Ok(None)
}

/// Reads a directory, as far as it is one.
fn read(input: &dyn ReadAt, (at, end): (u64, u64), moved: u64, count: u64) -> io::Result<Index> {
    let mut index = Index { at, ..Index::default() };
    let mut from = Section::new(input, at, end.min(at.saturating_add(LONGEST)));
    while from.place() < end {
        if from.place() - at >= LONGEST {
            index.problem = Some("its directory is longer than 32 MiB");
            return Ok(index);
        }
        let mut head = [0; 46];
        if !from.exactly(&mut head)? || !head.starts_with(b"PK\x01\x02") {
            // A signature may stand behind the last member.
            if !head.starts_with(b"PK\x05\x05") {
                index.problem = Some("its directory is damaged");
            }
            return Ok(index);
        }
        let [name, extra, comment] = [28, 30, 32].map(|at| usize::from(u16_at(&head, at)));
        let mut rest = vec![0; name + extra + comment];
        if !from.exactly(&mut rest)? {
            index.problem = Some("its directory is damaged");
            return Ok(index);
        }
        let mut entry = Entry {
            name: rest[..name].to_vec(),
            flags: u16_at(&head, 8),
            method: u16_at(&head, 10),
            crc: u32_at(&head, 16),
            packed: u64::from(u32_at(&head, 20)),
            size: u64::from(u32_at(&head, 24)),
            at: u64::from(u32_at(&head, 42)),
            comment: rest[name + extra..].to_vec(),
        };
        widen(&mut entry, &rest[name..name + extra]);
        entry.at = entry.at.wrapping_add(moved);
        index.entries.push(entry);
    }
    // The count of small archives is cut to 16 bits.
    if index.entries.len() as u64 & 0xffff != count & 0xffff {
        index.problem = Some("its directory has another number of members than it states");
    }
    Ok(index)
}

/// Takes numbers that do not fit into 32 bits from an extra field.
pub(super) fn widen(entry: &mut Entry, mut extra: &[u8]) {
    while extra.len() >= 4 {
        let (id, len) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let Some(body) = extra.get(4..4 + len) else { return };
        extra = &extra[4 + len..];
        if id != 1 {
            continue;
        }
        let mut numbers = body.chunks_exact(8).map(|b| u64_at(b, 0));
        for field in [&mut entry.size, &mut entry.packed, &mut entry.at] {
            if *field == 0xffff_ffff
                && let Some(number) = numbers.next()
            {
                *field = number;
            }
        }
    }
}
