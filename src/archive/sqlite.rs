//! The rows of an SQLite database, written out a line each: in its pages one column's text follows the other's without
//! anything between them, and a long text is cut into pages that lie far apart.
//!
//! Pages are read in order, those that nothing leads to as well: what was deleted stands there until it is overwritten. What is
//! not as it must be is passed over: the database's bytes are scanned as they are too.

use std::io::{self, Read};

use super::budget::{Budget, Metered};
use super::input::{ReadAt, Section};
use super::sqlite_names::Names;
use super::{Member, View, Visitor};

/// A longer text of one row is cut, in bytes.
const LONGEST: usize = 4 << 20;

/// Gives the rows of a database.
pub(super) fn open(input: &dyn ReadAt, budget: &Budget, visitor: &mut dyn Visitor) -> io::Result<()> {
    let Some(pages) = Pages::of(input)? else { return Ok(()) };
    if !budget.member() {
        return Ok(());
    }
    let names = Names::of(&pages)?;
    let bytes = Member { view: View::Bytes, ..Member::of("sqlite") };
    visitor.member(&bytes, &mut Section::all(input));
    let member = Member { view: View::Text, ..bytes };
    let rows = Rows { pages, names, next: 1, ready: Vec::new(), used: 0 };
    visitor.member(&member, &mut Metered::new(rows, budget));
    Ok(())
}

/// The pages of a database.
pub(super) struct Pages<'p> {
    input: &'p dyn ReadAt,
    size: usize,
    /// How much of a page counts.
    usable: usize,
    /// Text is UTF-16: little end first, or big.
    wide: Option<bool>,
}

/// A value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(Vec<u8>),
    Number(i64),
    Other,
}

impl<'p> Pages<'p> {
    fn of(input: &'p dyn ReadAt) -> io::Result<Option<Pages<'p>>> {
        let mut head = [0; 100];
        if input.read_at(0, &mut head)? < 100 {
            return Ok(None);
        }
        let size = match u16::from_be_bytes([head[16], head[17]]) {
            1 => 1 << 16,
            size => usize::from(size),
        };
        let usable = size.saturating_sub(usize::from(head[20]));
        if !size.is_power_of_two() || size < 512 || usable < 480 {
            return Ok(None);
        }
        let wide = match head[59] {
            2 => Some(false),
            3 => Some(true),
            _ => None,
        };
        Ok(Some(Pages { input, size, usable, wide }))
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.input.len() / self.size as u64
    }

    /// A page by its number, from 1 on.
    pub(super) fn page(&self, number: u64) -> io::Result<Option<Vec<u8>>> {
        let Some(at) = number.checked_sub(1).filter(|_| number <= self.count()) else { return Ok(None) };
        let mut page = vec![0; self.size];
        let (at, mut filled) = (at * self.size as u64, 0);
        while filled < page.len() {
            match self.input.read_at(at + filled as u64, &mut page[filled..])? {
                0 => return Ok(None),
                n => filled += n,
            }
        }
        Ok(Some(page))
    }

    /// Calls with each row that stands in a page.
    pub(super) fn rows(&self, number: u64, page: &[u8], found: &mut dyn FnMut(Vec<Value>)) -> io::Result<()> {
        let (is_table, cells) = match kind(number, page) {
            Some(Kind::Rows) => (true, cells(number, page, 8)),
            Some(Kind::Keys) => (false, cells(number, page, 8)),
            Some(Kind::InnerKeys) => (false, cells(number, page, 12)),
            _ => return Ok(()),
        };
        let inner = kind(number, page) == Some(Kind::InnerKeys);
        for at in cells {
            let mut cell = page.get(at + if inner { 4 } else { 0 }..).unwrap_or_default();
            let Some(len) = varint(&mut cell) else { continue };
            if is_table && varint(&mut cell).is_none() {
                continue;
            }
            let payload = self.payload(len, is_table, cell)?;
            found(self.record(&payload));
        }
        Ok(())
    }

    /// What a cell holds, with what of it lies in other pages.
    fn payload(&self, len: u64, is_table: bool, cell: &[u8]) -> io::Result<Vec<u8>> {
        let len = usize::try_from(len).unwrap_or(usize::MAX).min(LONGEST);
        let most = if is_table { self.usable - 35 } else { (self.usable - 12) * 64 / 255 - 23 };
        if len <= most {
            return Ok(cell[..len.min(cell.len())].to_vec());
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let here = least + (len - least) % (self.usable - 4);
        let here = if here <= most { here } else { least };
        let Some((local, rest)) = cell.split_at_checked(here) else { return Ok(cell.to_vec()) };
        let mut payload = local.to_vec();
        let mut next = rest.first_chunk().map_or(0, |b| u32::from_be_bytes(*b));
        while next != 0
            && payload.len() < len
            && let Some(page) = self.page(next.into())?
        {
            next = u32::from_be_bytes([page[0], page[1], page[2], page[3]]);
            let n = (self.usable - 4).min(len - payload.len());
            payload.extend_from_slice(&page[4..4 + n]);
        }
        Ok(payload)
    }

    /// The values of a row.
    fn record(&self, payload: &[u8]) -> Vec<Value> {
        let mut head = payload;
        let len = varint(&mut head).and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
        let read = payload.len() - head.len();
        let mut head = payload.get(read..len).unwrap_or_default();
        let mut body = payload.get(len..).unwrap_or_default();
        let mut values = Vec::new();
        while let Some(kind) = varint(&mut head) {
            let len = match kind {
                0 | 8.. if kind < 12 => 0,
                1..=4 => kind,
                5 => 6,
                6 | 7 => 8,
                _ => (kind - 12) / 2,
            };
            let len = usize::try_from(len).unwrap_or(usize::MAX).min(body.len());
            let (bytes, rest) = body.split_at(len);
            body = rest;
            values.push(match kind {
                8 | 9 => Value::Number(kind as i64 - 8),
                1..=6 => Value::Number(bytes.iter().fold(0, |all, b| all << 8 | i64::from(*b))),
                13.. if kind % 2 == 1 => Value::Text(self.narrow(bytes)),
                12.. => Value::Text(bytes.to_vec()),
                _ => Value::Other,
            });
        }
        values
    }

    fn narrow(&self, text: &[u8]) -> Vec<u8> {
        let Some(big) = self.wide else { return text.to_vec() };
        let unit =
            |b: &[u8]| if big { u16::from_be_bytes([b[0], b[1]]) } else { u16::from_le_bytes([b[0], b[1]]) };
        let units: Vec<u16> = text.chunks_exact(2).map(unit).collect();
        String::from_utf16_lossy(&units).into_bytes()
    }
}

/// What a page of a tree holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Rows,
    InnerRows,
    Keys,
    InnerKeys,
}

/// The first page begins with the header of the database.
fn start(number: u64) -> usize {
    if number == 1 { 100 } else { 0 }
}

pub(super) fn kind(number: u64, page: &[u8]) -> Option<Kind> {
    match page.get(start(number))? {
        13 => Some(Kind::Rows),
        5 => Some(Kind::InnerRows),
        10 => Some(Kind::Keys),
        2 => Some(Kind::InnerKeys),
        _ => None,
    }
}

fn u16_at(bytes: &[u8], at: usize) -> usize {
    bytes.get(at..at + 2).map_or(0, |b| usize::from(u16::from_be_bytes([b[0], b[1]])))
}

/// Where the cells of a page begin, behind a header of so many bytes.
fn cells(number: u64, page: &[u8], header: usize) -> Vec<usize> {
    let at = start(number);
    let count = u16_at(page, at + 3).min(page.len() / 4);
    (0..count).map(|n| u16_at(page, at + header + 2 * n)).filter(|&cell| cell >= at + header).collect()
}

/// The pages below a page that holds no rows itself.
pub(super) fn children(number: u64, page: &[u8]) -> Vec<u64> {
    let below = |at: usize| {
        page.get(at..at + 4).map_or(0, |b| u64::from(u32::from_be_bytes([b[0], b[1], b[2], b[3]])))
    };
    let mut all: Vec<u64> = cells(number, page, 12).into_iter().map(below).collect();
    all.push(below(start(number) + 8));
    all
}

/// A number of one to nine bytes.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for n in 0..9 {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        if n == 8 {
            return Some(number << 8 | u64::from(byte));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Rows as text: `{"name": "value", …}`, as they stand, a line each.
struct Rows<'p> {
    pages: Pages<'p>,
    names: Names,
    next: u64,
    ready: Vec<u8>,
    used: usize,
}

impl Rows<'_> {
    fn write(&mut self, number: u64, page: &[u8]) -> io::Result<()> {
        let columns = self.names.columns(number);
        let out = &mut self.ready;
        self.pages.rows(number, page, &mut |row| {
            let before = out.len();
            out.push(b'{');
            for (at, value) in row.iter().enumerate() {
                let Value::Text(text) = value else { continue };
                if text.is_empty() {
                    continue;
                }
                if out.len() > before + 1 {
                    out.extend_from_slice(b", ");
                }
                if let Some(name) = columns.get(at) {
                    out.push(b'"');
                    out.extend_from_slice(name.as_bytes());
                    out.extend_from_slice(b"\": ");
                }
                out.push(b'"');
                out.extend_from_slice(text);
                out.push(b'"');
            }
            if out.len() == before + 1 {
                out.truncate(before);
            } else {
                out.extend_from_slice(b"}\n");
            }
        })
    }
}

impl Read for Rows<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.used == self.ready.len() {
            self.ready.clear();
            self.used = 0;
            if self.next > self.pages.count() {
                return Ok(0);
            }
            let number = self.next;
            self.next += 1;
            if let Some(page) = self.pages.page(number)? {
                self.write(number, &page)?;
            }
        }
        let n = (self.ready.len() - self.used).min(into.len());
        into[..n].copy_from_slice(&self.ready[self.used..self.used + n]);
        self.used += n;
        Ok(n)
    }
}
