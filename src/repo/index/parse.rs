//! The bytes of one index file.

use std::thread::Builder;

use crate::model::{HashKind, ObjectId};

use super::bitmap::Bitmap;
use super::cache_tree::CacheTree;
use super::{Entry, HASH_BESIDE, checksum_holds};

/// Paths written out from the compressed form of version 4 may not need more than this.
const NAMES_LIMIT: usize = 512 << 20;
/// Times, device, owner and size stand before the mode; bytes of them up to the id.
const STAT_LEN: usize = 40;

/// One parsed file, before its other half is joined.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) data: Vec<u8>,
    pub(super) entries: Vec<Entry>,
    pub(super) cache_tree: Option<CacheTree>,
    pub(super) link: Option<Link>,
}

/// The extension of a split index.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) shared: ObjectId,
    pub(super) deleted: Bitmap,
    pub(super) replaced: Bitmap,
}

/// Parses a file and checks its checksum.
pub(super) fn checked(data: Vec<u8>, hash: HashKind) -> Result<Raw, String> {
    let end = data.len().checked_sub(hash.len()).filter(|&end| end >= 12).ok_or("the index is cut short")?;
    let (body, sum) = data.split_at(end);
    let (holds, parsed) = if body.len() > HASH_BESIDE {
        std::thread::scope(|threads| {
            let check = || checksum_holds(body, sum, hash);
            let beside = Builder::new().spawn_scoped(threads, check);
            let parsed = parse(body, hash);
            // Where the machine gives no thread this one does both.
            (beside.map_or_else(|_| check(), |thread| thread.join().unwrap_or(false)), parsed)
        })
    } else {
        (checksum_holds(body, sum, hash), parse(body, hash))
    };
    if !holds {
        return Err("the index is damaged: its checksum does not hold".into());
    }
    let mut parsed = parsed?;
    let names_at = data.len();
    let mut data = data;
    if let Some(names) = parsed.names {
        let shift = u32::try_from(names_at).map_err(|_| "the index is too large")?;
        data.extend_from_slice(&names);
        for entry in &mut parsed.entries {
            entry.name.0 = entry.name.0.checked_add(shift).ok_or("the index is too large")?;
        }
    }
    Ok(Raw { data, entries: parsed.entries, cache_tree: parsed.cache_tree, link: parsed.link })
}

struct Parsed {
    entries: Vec<Entry>,
    names: Option<Vec<u8>>,
    cache_tree: Option<CacheTree>,
    link: Option<Link>,
}

fn parse(body: &[u8], hash: HashKind) -> Result<Parsed, String> {
    if !body.starts_with(b"DIRC") {
        return Err("it is not an index".into());
    }
    let version = be32(body, 4).ok_or("the index is cut short")?;
    let count = be32(body, 8).ok_or("the index is cut short")? as usize;
    if !(2..=4).contains(&version) {
        return Err(format!("index version {version} is not known"));
    }
    let least = STAT_LEN + hash.len() + 3;
    if count > body.len() / least {
        return Err("the index is cut short".into());
    }
    let mut entries = Vec::with_capacity(count);
    let mut names = (version == 4).then(Vec::new);
    let mut at = 12;
    for _ in 0..count {
        let (entry, next) =
            self::entry(body, at, hash, names.as_mut(), entries.last()).ok_or("a damaged index entry")?;
        entries.push(entry);
        at = next;
    }
    let (cache_tree, link) = extensions(body, at, hash)?;
    Ok(Parsed { entries, names, cache_tree, link })
}

fn entry(
    body: &[u8],
    at: usize,
    hash: HashKind,
    names: Option<&mut Vec<u8>>,
    previous: Option<&Entry>,
) -> Option<(Entry, usize)> {
    let bits = be32(body, at + 24)?;
    let id = at + STAT_LEN;
    let mut cursor = id + hash.len();
    let mut flags = u32::from(be16(body, cursor)?);
    cursor += 2;
    if flags & 0x4000 != 0 {
        // Announced and left out of the work tree: git knows no others, and refuses them.
        let more = Some(be16(body, cursor)?).filter(|more| more & !0x6000 == 0)?;
        flags |= u32::from(more) << 16;
        cursor += 2;
    }
    let (name, next) = match names {
        None => plain_name(body, at, cursor, flags)?,
        Some(names) => compressed_name(body, cursor, names, previous)?,
    };
    Some((Entry { name, id: u32::try_from(id).ok()?, bits, flags }, next))
}

/// Versions 2 and 3: the name, then one to eight zeros up to a multiple of eight.
fn plain_name(body: &[u8], at: usize, cursor: usize, flags: u32) -> Option<((u32, u32), usize)> {
    let given = (flags & 0xfff) as usize;
    let len = if given < 0xfff { given } else { memchr::memchr(0, body.get(cursor..)?)? };
    let end = cursor + len;
    if *body.get(end)? != 0 {
        return None;
    }
    let next = at + ((end - at) / 8 + 1) * 8;
    (next <= body.len()).then_some(((u32::try_from(cursor).ok()?, u32::try_from(len).ok()?), next))
}

/// Version 4: how many bytes to take off the previous name, then what to add.
fn compressed_name(
    body: &[u8],
    cursor: usize,
    names: &mut Vec<u8>,
    previous: Option<&Entry>,
) -> Option<((u32, u32), usize)> {
    let (strip, cursor) = varint(body, cursor)?;
    let (before, before_len) = previous.map_or((0, 0), |p| (p.name.0 as usize, p.name.1 as usize));
    let keep = before_len.checked_sub(usize::try_from(strip).ok()?)?;
    let suffix_len = memchr::memchr(0, body.get(cursor..)?)?;
    let suffix = body.get(cursor..cursor + suffix_len)?;
    let start = names.len();
    if start + keep + suffix_len > NAMES_LIMIT {
        return None;
    }
    names.extend_from_within(before..before + keep);
    names.extend_from_slice(suffix);
    let name = (u32::try_from(start).ok()?, u32::try_from(keep + suffix_len).ok()?);
    Some((name, cursor + suffix_len + 1))
}

/// Git's varint of offsets: each further byte adds one before it shifts.
fn varint(body: &[u8], mut at: usize) -> Option<(u64, usize)> {
    let mut byte = *body.get(at)?;
    at += 1;
    let mut value = u64::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        byte = *body.get(at)?;
        at += 1;
        value = value.checked_add(1)?.checked_mul(128)?.checked_add(u64::from(byte & 0x7f))?;
    }
    Some((value, at))
}

fn extensions(
    body: &[u8],
    mut at: usize,
    hash: HashKind,
) -> Result<(Option<CacheTree>, Option<Link>), String> {
    let mut cache_tree = None;
    let mut link = None;
    while at < body.len() {
        let cut = || "an index extension is cut short".to_string();
        let name = body.get(at..at + 4).ok_or_else(cut)?;
        let len = be32(body, at + 4).ok_or_else(cut)? as usize;
        let content = at.checked_add(8 + len).and_then(|end| body.get(at + 8..end)).ok_or_else(cut)?;
        match name {
            b"TREE" => cache_tree = CacheTree::parse(content, hash),
            b"link" => link = Some(parse_link(content, hash).ok_or("a damaged split index")?),
            // Sparse folders are entries of their own; this only announces them.
            b"sdir" | [b'A'..=b'Z', ..] => {}
            other => {
                return Err(format!("index extension `{}` is not known", String::from_utf8_lossy(other)));
            }
        }
        at += 8 + len;
    }
    Ok((cache_tree, link))
}

fn parse_link(content: &[u8], hash: HashKind) -> Option<Link> {
    let shared = ObjectId::from_bytes(content.get(..hash.len())?)?;
    let rest = &content[hash.len()..];
    if rest.is_empty() {
        return Some(Link { shared, deleted: Bitmap::default(), replaced: Bitmap::default() });
    }
    let (deleted, rest) = Bitmap::parse(rest)?;
    let (replaced, _) = Bitmap::parse(rest)?;
    Some(Link { shared, deleted, replaced })
}

/// Paths must rise, stages within a path too: everything that searches relies on it, and git refuses it too.
pub(super) fn check_order(raw: &Raw) -> Result<(), String> {
    let name = |e: &Entry| raw.data.get(e.name.0 as usize..e.name.0 as usize + e.name.1 as usize);
    let rises = raw.entries.windows(2).all(|pair| match pair {
        [a, b] => (name(a), a.stage()) < (name(b), b.stage()),
        _ => true,
    });
    let named = raw.entries.iter().all(|e| e.name.1 > 0);
    if rises && named { Ok(()) } else { Err("the index is damaged: its entries are not in order".into()) }
}

pub(super) fn be32(data: &[u8], at: usize) -> Option<u32> {
    let bytes = data.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

fn be16(data: &[u8], at: usize) -> Option<u16> {
    let bytes = data.get(at..at.checked_add(2)?)?;
    Some(u16::from_be_bytes(bytes.try_into().ok()?))
}
