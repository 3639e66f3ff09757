//! Zip archives, and what is one under another name: jar, whl, apk, docx, xlsx, odt, …
//!
//! The directory says where members stand. What stands between them and in none is looked through for members that the
//! directory does not know: those that were taken out of it, and all of them where it is gone.

use std::collections::HashMap;
use std::io::{self, Read};
use std::ops::Range;

use super::budget::Budget;
use super::input::{ReadAt, Search, Section};
use super::zip_entry::{Content, header};
use super::zip_index::{self, Entry, u32_at};
use super::{Member, Trouble, View, Visitor, office};

/// A gap shorter than a header with a name and a byte behind it holds no member.
const SHORTEST: u64 = 32;

/// So many lengths that stand behind contents are remembered of one gap.
const MOST_DESCRIBED: usize = 100_000;

/// Gives all members.
pub(super) fn open(input: &dyn ReadAt, budget: &Budget, visitor: &mut dyn Visitor) -> io::Result<()> {
    let index = zip_index::find(input)?;
    let whole = Member::of("zip");
    match index.as_ref().map(|i| i.problem) {
        Some(None) => {}
        Some(Some(problem)) => visitor.trouble(&whole, Trouble::Damaged(problem.into())),
        // Four bytes do not make an archive.
        None if header(input, 0)?.is_none_or(|(entry, _)| !entry.is_plausible()) => return Ok(()),
        None => {
            let why = "it has no directory; members were looked for one by one";
            visitor.trouble(&whole, Trouble::Damaged(why.into()));
        }
    }
    let index = index.unwrap_or_default();
    let mut zip = Zip { input, budget, visitor, covered: Vec::new() };
    if !index.entries.is_empty() {
        zip.covered.push(index.at..input.len());
    }
    let mut entries = index.entries;
    entries.sort_by_key(|entry| entry.at);
    for entry in &mut entries {
        if budget.is_over() {
            return Ok(());
        }
        zip.listed(entry)?;
    }
    zip.gaps()
}

struct Zip<'z> {
    input: &'z dyn ReadAt,
    budget: &'z Budget,
    visitor: &'z mut dyn Visitor,
    /// What was read of the archive.
    covered: Vec<Range<u64>>,
}

impl Zip<'_> {
    /// A member that the directory names.
    fn listed(&mut self, entry: &mut Entry) -> io::Result<()> {
        let Some((own, start)) = header(self.input, entry.at)? else {
            let member = Member { name: &entry.name, ..Member::of("zip") };
            self.visitor.trouble(&member, Trouble::Damaged("its header is not where it should be".into()));
            return Ok(());
        };
        // What only one of the two says may be damage, or a lie: then the content is tried, and its checksum decides.
        if entry.is_encrypted() && !own.is_encrypted() {
            entry.flags &= !1;
            entry.method = own.method;
        }
        let end = start.saturating_add(entry.packed);
        self.covered.push(entry.at..end);
        let member = Member {
            name: &entry.name,
            span: Some(entry.at..end),
            clear: clear(entry, start),
            ..Member::of("zip")
        };
        self.visitor.note(&member, &entry.name);
        if own.name != entry.name {
            self.visitor.note(&member, &own.name);
        }
        if !entry.comment.is_empty() {
            self.visitor.note(&member, &entry.comment);
        }
        if entry.is_folder() {
            return Ok(());
        }
        if !office::is_document(&entry.name) || entry.trouble().is_some() {
            self.content(entry, &member, start..end);
            return Ok(());
        }
        let bytes = Member { view: View::Bytes, ..member };
        self.content(entry, &bytes, start..end);
        let mut packed = Section::new(self.input, start, end);
        if let Ok(content) = Content::new(entry, &mut packed, self.budget) {
            // What is damaged has been told.
            let mut text = office::text(Quiet(content));
            self.visitor.member(&Member { view: View::Text, ..bytes }, &mut text);
        }
        Ok(())
    }

    /// Gives what a member says; where what was read of it ends.
    fn content(&mut self, entry: &Entry, member: &Member<'_>, span: Range<u64>) -> u64 {
        if !self.budget.member() {
            return span.end;
        }
        if let Some(trouble) = entry.trouble() {
            self.visitor.trouble(member, trouble);
            return span.end;
        }
        if span.end > self.input.len() {
            self.visitor.trouble(member, Trouble::Damaged("the archive ends in it".into()));
        }
        let mut packed = Section::new(self.input, span.start, span.end);
        match Content::new(entry, &mut packed, self.budget) {
            Ok(mut content) => self.visitor.member(member, &mut content),
            Err(e) => self.visitor.trouble(member, Trouble::Damaged(e.to_string())),
        }
        packed.place()
    }

    /// Looks for members where nothing was read.
    fn gaps(&mut self) -> io::Result<()> {
        let mut covered = std::mem::take(&mut self.covered);
        covered.sort_by_key(|c| c.start);
        covered.push(self.input.len()..u64::MAX);
        let mut at = 0;
        for part in covered {
            if part.start.saturating_sub(at) >= SHORTEST {
                self.gap(at..part.start)?;
            }
            at = at.max(part.end);
        }
        Ok(())
    }

    fn gap(&mut self, gap: Range<u64>) -> io::Result<()> {
        let mut at = gap.start;
        let mut search = Search::new(self.input);
        let mut described = None;
        while let Some(place) = search.find(at..gap.end, b"PK\x03\x04")? {
            if self.budget.is_over() {
                return Ok(());
            }
            at = place + 4;
            let Some((entry, start)) = header(self.input, place)?.filter(|(e, _)| e.is_plausible()) else {
                continue;
            };
            let end = if entry.is_open_ended() { gap.end } else { start.saturating_add(entry.packed) };
            // A length that cannot be is that of no member, or of the last one of an archive that was cut.
            if end > gap.end && gap.end < self.input.len() {
                continue;
            }
            let is_described = entry.is_open_ended() && entry.method == 0;
            let end = if is_described {
                if described.is_none() {
                    described = Some(self.described(&gap)?);
                }
                match described.as_ref().and_then(|all| all.get(&start)) {
                    Some(end) => *end,
                    None => search.find(start..gap.end, b"PK\x03\x04")?.unwrap_or(gap.end),
                }
            } else {
                end
            };
            let member = Member {
                name: &entry.name,
                span: Some(place..end),
                clear: clear(&entry, start),
                ..Member::of("zip")
            };
            self.visitor.note(&member, &entry.name);
            if entry.is_folder() {
                continue;
            }
            let read = self.content(&entry, &member, start..end);
            // A content that ends itself was read a little ahead; its end is searched for from where it began.
            at = if entry.is_open_ended() { at.max(read.saturating_sub(64 << 10)) } else { end };
        }
        Ok(())
    }

    /// Where stored contents end whose lengths stand behind them, by where they begin: found at once for all of them,
    /// so that the time does not grow with their number.
    fn described(&self, gap: &Range<u64>) -> io::Result<HashMap<u64, u64>> {
        let (mut ends, mut at) = (HashMap::new(), gap.start);
        let mut search = Search::new(self.input);
        while let Some(place) = search.find(at..gap.end, b"PK\x07\x08")? {
            at = place + 4;
            let record = zip_index::read_at(self.input, place, 12)?.unwrap_or_default();
            let start = place.checked_sub(u64::from(u32_at(&record, 8))).filter(|start| *start >= gap.start);
            if let Some(start) = start.filter(|_| ends.len() < MOST_DESCRIBED) {
                ends.entry(start).or_insert(place);
            }
        }
        Ok(ends)
    }
}

/// Where a content stands as it is.
fn clear(entry: &Entry, start: u64) -> Option<u64> {
    (entry.method == 0).then_some(start)
}

/// A content that ends where it fails.
struct Quiet<R>(R);

impl<R: Read> Read for Quiet<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.0.read(into) {
            Err(e) if e.kind() != io::ErrorKind::Interrupted => Ok(0),
            read => read,
        }
    }
}
