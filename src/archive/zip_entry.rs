//! One member of a zip archive: its own header, and what it says.

use std::io::{self, Read};

use flate2::read::DeflateDecoder;
use lzma_rust2::LzmaReader;

use super::budget::{Budget, Metered};
use super::input::{ReadAt, Section};
use super::streams::{Unpacked, too_large};
use super::zip_index::{Entry, read_at, u16_at, u32_at, widen};
use super::{Kind, Trouble, invalid};

/// A header of a member, without name and extra fields.
const HEADER: usize = 30;

/// LZMA members that need more memory than this are refused, in KiB.
const MEMORY: u32 = 128 << 10;

/// Methods that are known by name and not here.
const NAMED: &[(u16, &str)] = &[
    (1, "shrink"),
    (6, "implode"),
    (9, "deflate64"),
    (96, "jpeg"),
    (97, "wavpack"),
    (98, "ppmd"),
    (99, "AES"),
];

/// The header of a member that stands at a place, with where its content begins; `None` if there is none.
pub(super) fn header(input: &dyn ReadAt, at: u64) -> io::Result<Option<(Entry, u64)>> {
    let Some(head) = read_at(input, at, HEADER)?.filter(|head| head.starts_with(b"PK\x03\x04")) else {
        return Ok(None);
    };
    let [name, extra] = [26, 28].map(|at| usize::from(u16_at(&head, at)));
    let Some(rest) = read_at(input, at + HEADER as u64, name + extra)? else { return Ok(None) };
    let mut entry = Entry {
        name: rest[..name].to_vec(),
        flags: u16_at(&head, 6),
        method: u16_at(&head, 8),
        crc: u32_at(&head, 14),
        packed: u64::from(u32_at(&head, 18)),
        size: u64::from(u32_at(&head, 22)),
        at: 0,
        comment: Vec::new(),
    };
    widen(&mut entry, &rest[name..]);
    entry.at = at;
    Ok(Some((entry, at + (HEADER + name + extra) as u64)))
}

impl Entry {
    /// Whether only a password opens it.
    pub(super) fn is_encrypted(&self) -> bool {
        self.flags & 1 != 0 || self.method == 99
    }

    /// Whether sizes and checksum stand behind the content, so that its header cannot tell where it ends.
    pub(super) fn is_open_ended(&self) -> bool {
        self.flags & 8 != 0 && self.packed == 0
    }

    /// Whether it is a folder.
    pub(super) fn is_folder(&self) -> bool {
        self.size == 0 && self.packed == 0 && !self.is_open_ended() && self.name.ends_with(b"/")
    }

    /// Whether what looks like a header may be one.
    pub(super) fn is_plausible(&self) -> bool {
        let known = matches!(self.method, 0 | 8 | 12 | 14 | 93 | 95) || self.trouble().is_some();
        known && !self.name.is_empty() && self.name.len() <= 4096 && !self.name.contains(&0)
    }

    /// Why it cannot be read, where its header says so.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        if self.is_encrypted() {
            return Some(Trouble::Encrypted);
        }
        match self.method {
            0 | 8 | 12 | 14 | 93 | 95 => None,
            method => {
                let name = NAMED.iter().find(|(m, _)| *m == method).map_or("unknown", |(_, name)| name);
                Some(Trouble::Unknown(format!("compression method {method} ({name}) cannot be read")))
            }
        }
    }
}

/// What a member says.
pub(super) struct Content<'c> {
    from: Metered<'c, Box<dyn Read + 'c>>,
    /// What it should say, where that is known: length and checksum.
    stated: Option<(u64, u32)>,
    crc: flate2::Crc,
}

impl<'c> Content<'c> {
    /// What stands packed in a section.
    pub(super) fn new(
        entry: &Entry,
        packed: &'c mut Section<'_>,
        budget: &'c Budget,
    ) -> io::Result<Content<'c>> {
        let stated = (!entry.is_open_ended()).then_some((entry.size, entry.crc));
        let from: Box<dyn Read + 'c> = match entry.method {
            0 => Box::new(packed),
            8 => Box::new(DeflateDecoder::new(packed)),
            12 => Box::new(Stream::new(Kind::Bzip2, packed)),
            14 => Box::new(lzma(entry, packed)?),
            93 => Box::new(Stream::new(Kind::Zstd, packed)),
            95 => Box::new(Stream::new(Kind::Xz, packed)),
            _ => return Err(invalid("its compression method cannot be read")),
        };
        Ok(Content { from: Metered::new(from, budget), stated, crc: flate2::Crc::new() })
    }
}

/// A compressed stream of which nothing but its content is asked.
struct Stream<'r>(Unpacked<'r>);

impl<'r> Stream<'r> {
    fn new(kind: Kind, from: &'r mut dyn Read) -> Stream<'r> {
        Stream(Unpacked::new(kind, from))
    }
}

impl Read for Stream<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
    }
}

fn lzma<'s, 'i>(entry: &Entry, packed: &'s mut Section<'i>) -> io::Result<LzmaReader<&'s mut Section<'i>>> {
    let mut head = [0; 9];
    if !packed.exactly(&mut head)? || u16_at(&head, 2) != 5 {
        return Err(invalid("its LZMA header is damaged"));
    }
    let ends_itself = entry.flags & 2 != 0 || entry.is_open_ended();
    let size = if ends_itself { u64::MAX } else { entry.size };
    let dictionary = u32_at(&head, 5);
    if dictionary >> 10 > MEMORY {
        return Err(too_large());
    }
    LzmaReader::new_with_props(packed, size, head[4], dictionary, None)
}

impl Read for Content<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.from.read(into)?;
        self.crc.update(&into[..n]);
        if n == 0
            && !into.is_empty()
            && let Some((size, crc)) = self.stated
        {
            if u64::from(self.crc.amount()) != size & 0xffff_ffff {
                return Err(invalid("it has another length than stated"));
            }
            if self.crc.sum() != crc {
                return Err(invalid("its checksum does not hold"));
            }
        }
        Ok(n)
    }
}
