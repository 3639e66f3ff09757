//! Archives: every member is read like a file, with what is nested in it, and its findings say where they were.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{self, Read};
use std::ops::Range;

use crate::archive::{
    self, Budget, Bytes, HEAD, Kind, Member, OpenFile, ReadAt, Spool, Trouble, View, Visitor, open,
    open_stream,
};
use crate::encoding::Decoded;
use crate::model::{Blob, Disposition, Few, Finding, Origin, Scope, Secret, Unread};
use crate::sources::Buffer;

use super::text::{Tools, Way};
use super::windows::Whole;
use super::{Sieve, disguise, unread};

/// A name is cut where it is told, in characters.
const LONGEST: usize = 500;
/// So much that could not be read is named of one archive; the rest is counted.
const NAMED: usize = 10;
/// An archive in another is held in memory up to this size, in bytes; a larger one goes to a temporary file.
const HELD: usize = 4 << 20;

impl Sieve<'_> {
    /// Everything found in the members of an archive, and what could not be read of it.
    pub(super) fn unpack(&self, blob: &Blob<'_>, archive: &Whole, tools: &mut Tools) -> Vec<Finding> {
        let (kind, input): (Kind, &dyn ReadAt) = match archive {
            Whole::Blob(kind) => (*kind, &Bytes(blob.bytes)),
            Whole::File(kind, len) => match blob.file {
                Some(file) => (*kind, &OpenFile { file, len: *len }),
                None => return Vec::new(),
            },
            Whole::Kept(kind, spool) => (*kind, spool),
            Whole::Lost(why) => {
                let unread = Unread { inside: String::new(), why: why.clone(), grave: true };
                return vec![unread::finding(blob.origin, unread)];
            }
            Whole::Part => return Vec::new(),
        };
        let budget = Budget::new(self.options.archives, input.len(), &self.options.stop);
        let mut walk = Walk {
            sieve: self,
            blob,
            tools,
            budget: &budget,
            buffer: Buffer::new(&self.options.stop),
            layers: Vec::new(),
            inside: Vec::new(),
            span: None,
            clear: None,
            view: View::Whole,
            found: Vec::new(),
            last: Few::new(),
            troubles: 0,
            locked: 0,
        };
        let opened = open(kind, input, &budget, &mut walk);
        walk.failed(opened);
        walk.finish()
    }
}

/// What is left of a content that could not be read any further.
struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// One archive's look.
struct Walk<'w, 's> {
    sieve: &'w Sieve<'s>,
    blob: &'w Blob<'w>,
    tools: &'w mut Tools,
    budget: &'w Budget,
    buffer: Buffer,
    /// Through which archives what is read was taken, outermost first.
    layers: Vec<Cow<'static, str>>,
    /// The same as a person would write it.
    inside: Vec<String>,
    /// Where the outermost member stands in the blob, and where its content does as it is.
    span: Option<Range<u64>>,
    clear: Option<u64>,
    /// As what is given what is read.
    view: View,
    found: Vec<(Finding, View)>,
    /// The layers of the last finding, which others share.
    last: Few<Cow<'static, str>>,
    troubles: usize,
    /// Members that only a password opens.
    locked: usize,
}

impl Walk<'_, '_> {
    fn unread(&mut self, why: String, grave: bool) {
        self.troubles += 1;
        if self.troubles <= NAMED {
            let unread = Unread { inside: self.inside.join("!"), why, grave };
            self.found.push((unread::finding(self.blob.origin, unread), View::Whole));
        }
    }

    /// Names why the rest of something was not read; a budget that is spent is told once, at the end.
    fn failed(&mut self, read: io::Result<()>) {
        if let Err(e) = read
            && !self.budget.is_over()
        {
            // Not every content that cannot be read is damaged: some need more memory than they get.
            let why =
                if e.kind() == io::ErrorKind::OutOfMemory { e.to_string() } else { format!("damaged: {e}") };
            self.unread(why, true);
        }
    }

    fn finish(mut self) -> Vec<Finding> {
        self.inside.clear();
        if self.troubles > NAMED {
            let more = self.troubles - NAMED;
            self.troubles = 0;
            self.unread(format!("{more} more places in it could not be read"), true);
        }
        self.troubles = 0;
        if let Some(why) = self.budget.beyond() {
            self.unread(why, true);
        }
        if self.locked > 0 {
            let members = if self.locked == 1 { "member needs" } else { "members need" };
            self.unread(format!("{} {members} a password and could not be read", self.locked), false);
        }
        self.settled()
    }

    /// What was found, once: what stands in the text of a document stands in its bytes as well, in worse places.
    fn settled(mut self) -> Vec<Finding> {
        let key = |f: &Finding| (f.rule.clone(), f.secret.clone());
        let mut told: HashSet<_> =
            self.found.iter().filter(|(_, view)| *view == View::Text).map(|(f, _)| key(f)).collect();
        if !told.is_empty() {
            self.found.retain(|(f, view)| *view != View::Bytes || !told.contains(&key(f)));
            // A database has the same text in its indexes, a document what it was before its last change.
            told.clear();
            self.found.retain(|(f, view)| *view != View::Text || told.insert(key(f)));
        }
        self.found.into_iter().map(|(finding, _)| finding).collect()
    }

    /// Reads something as what it is.
    fn content(&mut self, content: &mut dyn Read) -> io::Result<()> {
        let mut head = Vec::with_capacity(512);
        let read = (&mut *content).take(HEAD as u64).read_to_end(&mut head);
        // What came before a failure counts.
        let mut content: &mut dyn Read = content;
        let mut broken = Broken(read.err());
        if broken.0.is_some() {
            content = &mut broken;
        }
        // A database's own bytes are no database in it.
        let goes_in = |kind: &Kind| match self.view {
            View::Whole => true,
            View::Bytes => *kind != Kind::Sqlite,
            View::Text => false,
        };
        let Some(kind) = Kind::of(&head).filter(goes_in) else {
            if let Some(why) = sealed(&head) {
                self.unread(why, false);
            }
            return self.plain(&head, content);
        };
        let mut content = head.chain(content);
        if self.layers.len() >= usize::from(self.budget.depth()) {
            let why =
                format!("archives in it are nested more than {} deep (--archive-depth)", self.budget.depth());
            self.unread(why, true);
            return io::copy(&mut content, &mut io::sink()).map(|_| ());
        }
        if kind.streams() {
            return open_stream(kind, &mut content, self.budget, self);
        }
        let mut held = Vec::new();
        let read = (&mut content).take(HELD as u64 + 1).read_to_end(&mut held);
        if held.len() <= HELD {
            open(kind, &Bytes(&held), self.budget, self)?;
            return read.map(|_| ());
        }
        let mut spool = Spool::new()?;
        spool.add(&held)?;
        drop(held);
        let spool = spool.fill(&mut content, self.budget)?;
        open(kind, &spool, self.budget, self)
    }

    /// Reads something that holds no other things, in windows if it is large.
    fn plain(&mut self, head: &[u8], content: &mut dyn Read) -> io::Result<()> {
        let is_binary = self.view == View::Bytes || head.contains(&0) && Decoded::of(head).is_none();
        let way = if is_binary { Way::Binary } else { Way::Text };
        let (sieve, origin) = (self.sieve, self.blob.origin);
        let (tools, mut found) = (&mut *self.tools, Vec::new());
        let mut emit = |blob: &Blob<'_>| {
            // What is larger than a window is data that a machine wrote: lists of everything that is called a token.
            let whole = blob.window.offset == 0 && blob.window.is_last(blob.bytes.len());
            found.extend(sieve.text(blob, if whole { way } else { Way::Binary }, tools));
        };
        let read = self.buffer.feed(&mut head.chain(content), 0, (origin, Scope::Whole), &mut emit);
        self.take(found);
        read.map(|_| ())
    }

    /// Adds findings in a member.
    fn take(&mut self, found: Vec<Finding>) {
        let every = self.every();
        for mut finding in found {
            if let Disposition::Unread(unread) = &finding.disposition {
                let (why, grave) = (unread.why.clone(), unread.grave);
                self.unread(why, grave);
                continue;
            }
            let layers: Vec<_> = self.layers.iter().chain(&*finding.decoded_from).cloned().collect();
            finding.decoded_from = Few::from(layers).shared(&mut self.last);
            if !every && !self.counts(&finding.location.span) {
                finding.disposition = Disposition::Old;
            }
            self.found.push((finding, self.view));
        }
    }

    /// Whether every finding counts: all lines of the blob do, or which of them is not known.
    fn every(&self) -> bool {
        let window = &self.blob.window;
        let whole = window.offset == 0 && window.is_last(self.blob.bytes.len());
        self.blob.scope == Scope::Whole || !whole || Decoded::of(self.blob.bytes).is_some()
    }

    /// Whether something in a member stands in lines of the blob that count; of what is packed, all lines of it are
    /// asked.
    fn counts(&self, span: &Range<u64>) -> bool {
        let end = self.blob.bytes.len();
        let at = |offset: u64| usize::try_from(offset).unwrap_or(end).min(end);
        let part = match (self.clear, &self.span) {
            (Some(start), _) if self.layers.len() == 1 => {
                at(start.saturating_add(span.start))..at(start.saturating_add(span.end))
            }
            (_, Some(span)) => at(span.start)..at(span.end),
            _ => 0..end,
        };
        disguise::counts(self.blob, self.blob.bytes, &part)
    }

    /// Goes into a member, does something there, and comes back.
    fn within(&mut self, member: &Member<'_>, there: impl FnOnce(&mut Self)) {
        let name: String = String::from_utf8_lossy(member.name).chars().take(LONGEST).collect();
        let depth = self.layers.len();
        let outermost = depth == 0;
        if outermost {
            self.span.clone_from(&member.span);
            self.clear = member.clear;
        }
        self.layers.push(if name.is_empty() {
            Cow::Borrowed(member.layer)
        } else {
            format!("{}:{name}", member.layer).into()
        });
        let named = !name.is_empty();
        if named && member.view == View::Text {
            self.layers.push("text".into());
        }
        if named {
            self.inside.push(name);
        }
        let view = std::mem::replace(&mut self.view, member.view);
        there(self);
        self.view = view;
        self.layers.truncate(depth);
        if named {
            self.inside.pop();
        }
        if outermost {
            (self.span, self.clear) = (None, None);
        }
    }
}

impl Visitor for Walk<'_, '_> {
    fn member(&mut self, member: &Member<'_>, content: &mut dyn Read) {
        self.within(member, |walk| {
            let read = walk.content(content);
            walk.failed(read);
        });
    }

    fn note(&mut self, member: &Member<'_>, text: &[u8]) {
        let found = self.sieve.text(&Blob::whole(text, self.blob.origin), Way::Binary, self.tools);
        if !found.is_empty() {
            self.within(member, |walk| walk.take(found));
        }
    }

    fn trouble(&mut self, member: &Member<'_>, trouble: Trouble) {
        self.within(member, |walk| match trouble {
            Trouble::Damaged(why) => walk.unread(format!("damaged: {why}"), true),
            Trouble::Unknown(why) => walk.unread(why, true),
            Trouble::Encrypted => walk.locked += 1,
            Trouble::Noted(why) => walk.unread(why, false),
        });
    }
}

/// What is said of an archive of a kind that is not opened.
fn sealed(head: &[u8]) -> Option<String> {
    archive::unopened(head).map(|name| format!("{name} archives are not opened"))
}

/// The same as a note on a blob.
pub(super) fn unopened(blob: &Blob<'_>) -> Option<Finding> {
    let unread = Unread { inside: String::new(), why: sealed(blob.bytes)?, grave: false };
    Some(unread::finding(blob.origin, unread))
}

/// Leaves out what was found in an archive's own bytes and in a member of it too: the member tells more.
pub(super) fn settle(found: &mut Vec<Finding>) {
    type Key = (Origin, Cow<'static, str>, Secret);
    let key = |f: &Finding| -> Key { (f.location.origin.clone(), f.rule.clone(), f.secret.clone()) };
    let told: HashSet<Key> = found.iter().filter(|f| f.is_packed()).map(key).collect();
    if !told.is_empty() {
        found.retain(|f| f.is_packed() || !told.contains(&key(f)));
    }
}
