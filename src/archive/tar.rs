//! Tar archives, read from front to back: ustar, pax and GNU's long names, files with holes, links.
//!
//! Where no header is where one must be, all that follows is given as it is: it may be text.

use std::io::{self, Read};

use super::budget::Budget;
use super::tar_header::{BLOCK, Header};
use super::{Member, Trouble, Visitor};

/// A longer name, link or list of attributes is cut, in bytes.
const LONGEST: u64 = 1 << 20;

/// What a header before the member's own said about it.
#[derive(Debug, Default)]
struct Said {
    name: Option<Vec<u8>>,
    size: Option<u64>,
}

/// Gives all members.
#[expect(clippy::too_many_lines, reason = "what one header says decides how the next is read")]
pub(super) fn open(stream: &mut dyn Read, budget: &Budget, visitor: &mut dyn Visitor) -> io::Result<()> {
    // `blank`: so many blocks of zeros came last; two end an archive, but another may follow.
    let (mut place, mut blank) = (0_u64, 0);
    let mut said = Said::default();
    let mut block = [0; BLOCK];
    loop {
        let filled = fill(stream, &mut block)?;
        if filled == 0 {
            return Ok(());
        }
        let at = place;
        place += filled as u64;
        if block[..filled].iter().all(|&b| b == 0) {
            blank += 1;
            continue;
        }
        let Some(header) = Header::of(&block[..filled]) else {
            rest(stream, &block[..filled], (at, blank >= 2), visitor);
            return Ok(());
        };
        blank = 0;
        let own = header.size().filter(|_| !matches!(header.kind(), b'2'..=b'6'));
        let size = said.size.take_if(|_| !is_about_next(header.kind())).or(own).unwrap_or(0);
        let padding = (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64;
        if is_about_next(header.kind()) {
            let text = take(stream, size, padding)?;
            let member = Member { span: Some(at..place.saturating_add(size)), ..Member::of("tar") };
            visitor.note(&member, &text);
            said.hear(header.kind(), &text);
            place = place.saturating_add(size).saturating_add(padding);
            continue;
        }
        let name = said.name.take().unwrap_or_else(|| header.name());
        said = Said::default();
        let mut more = header.kind() == b'S' && header.more_holes();
        let link = header.link().to_vec();
        while more {
            if fill(stream, &mut block)? < BLOCK {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            place += BLOCK as u64;
            more = block[504] != 0;
        }
        let end = place.saturating_add(size).saturating_add(padding);
        let member = Member { name: &name, span: Some(at..end), clear: Some(place), ..Member::of("tar") };
        visitor.note(&member, &name);
        if !link.is_empty() {
            visitor.note(&member, &link);
        }
        if size > 0 {
            if !budget.member() {
                return Ok(());
            }
            let mut content = stream.take(size);
            visitor.member(&member, &mut content);
            // What the visitor left.
            io::copy(&mut content, &mut io::sink())?;
            if content.limit() > 0 {
                if !budget.is_over() {
                    visitor.trouble(&member, Trouble::Damaged("the archive ends in it".into()));
                }
                return Ok(());
            }
        }
        io::copy(&mut stream.take(padding), &mut io::sink())?;
        place = end;
    }
}

/// Whether a header speaks about the next one, or all of them, and is followed by text.
fn is_about_next(kind: u8) -> bool {
    matches!(kind, b'x' | b'X' | b'g' | b'L' | b'K')
}

impl Said {
    fn hear(&mut self, kind: u8, text: &[u8]) {
        match kind {
            b'L' => {
                let end = text.iter().position(|&b| b == 0).unwrap_or(text.len());
                self.name = Some(text[..end].to_vec());
            }
            b'x' | b'X' => self.records(text),
            _ => {}
        }
    }

    /// Records of pax: `LENGTH KEY=VALUE\n`.
    fn records(&mut self, mut text: &[u8]) {
        while let Some(blank) = text.iter().take(20).position(|&b| b == b' ') {
            let digits = std::str::from_utf8(&text[..blank]).ok();
            let Some(record) =
                digits.and_then(|d| d.parse().ok()).and_then(|len: usize| text.get(blank + 1..len))
            else {
                return;
            };
            text = &text[blank + 1 + record.len()..];
            let record = record.strip_suffix(b"\n").unwrap_or(record);
            let Some(equals) = record.iter().position(|&b| b == b'=') else { continue };
            let value = &record[equals + 1..];
            match &record[..equals] {
                b"path" | b"GNU.sparse.name" => self.name = Some(value.to_vec()),
                b"size" => self.size = std::str::from_utf8(value).ok().and_then(|d| d.parse().ok()),
                _ => {}
            }
        }
    }
}

/// What follows a header that speaks about the next one, cut if it is too long.
fn take(stream: &mut dyn Read, size: u64, padding: u64) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let read = stream.take(size.min(LONGEST)).read_to_end(&mut text)? as u64;
    let left = size.saturating_add(padding).saturating_sub(read);
    let skipped = io::copy(&mut stream.take(left), &mut io::sink())?;
    if read < size.min(LONGEST) || skipped < left.saturating_sub(padding) {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(text)
}

/// Gives what follows the last header that was one.
fn rest(stream: &mut dyn Read, first: &[u8], (at, ended): (u64, bool), visitor: &mut dyn Visitor) {
    let member = Member { span: Some(at..u64::MAX), clear: Some(at), ..Member::of("tar") };
    if !ended {
        let why = format!("no header at byte {at}; the rest was read as it stands");
        visitor.trouble(&member, Trouble::Damaged(why));
    }
    visitor.member(&member, &mut first.chain(stream));
}

fn fill(stream: &mut dyn Read, block: &mut [u8; BLOCK]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < BLOCK {
        match stream.read(&mut block[filled..]) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(filled)
}
