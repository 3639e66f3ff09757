//! Keys in disguise, in a text: what the matcher finds once the text's islands are said in clear.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use crate::decode::{Budget, LeftOut, MOST_UNPACKED, Page, islands};
use crate::encoding::Decoded;
use crate::encoding::lines::Cursor;
use crate::engine::{Detection, Matcher, Scratch};
use crate::model::{Blob, Confidence, Scope, Unread};
use crate::rules::Need;

/// A generic rule must be this sure of what it sees in decoded text: a decoder makes many texts, few of which a person
/// wrote.
const SURE: Confidence = Confidence(60);

/// Who asks for fewer layers than this does not expect more to be read.
const ENOUGH: u8 = 5;

/// What is said of a blob of which [`uncover`] did not read all.
pub(super) fn not_read(why: LeftOut) -> Unread {
    let why = match why {
        LeftOut::Large => format!("packed text in it, beyond the first {} MiB of it", MOST_UNPACKED >> 20),
        LeftOut::Damaged => "packed text in it, which is damaged".into(),
        LeftOut::Deep => "text in it that is encoded over and over".into(),
    };
    Unread { inside: String::new(), why, grave: true }
}

/// Adds to what the matcher found in a blob what it finds in disguise, `depth` layers deep; sorted by place.
///
/// Returns why something that counts was not read, if so.
#[must_use]
pub(super) fn uncover<'r>(
    matcher: &Matcher<'r>,
    blob: &Blob<'_>,
    depth: u8,
    scratch: &mut Scratch,
    found: &mut Vec<Detection<'r>>,
) -> Option<LeftOut> {
    let decoded = Decoded::of(blob.bytes);
    let text = decoded.as_ref().map_or(blob.bytes, |d| &d.text);
    // What a provider's rule knows needs no second look. (Offsets of wide text are others: all of it gets one.)
    let known: Vec<Range<usize>> = if decoded.is_some() {
        Vec::new()
    } else {
        found.iter().filter(|d| !is_generic(d)).map(|d| d.span.clone()).collect()
    };
    let thorough = depth >= ENOUGH;
    let mut look =
        Look { matcher, blob, scratch, budget: Budget::default(), thorough, left_out: None, out: Vec::new() };
    look.level(text, &Above::Text(&known), depth);
    let left_out = look.left_out.filter(|(part, _)| counts(blob, text, part)).map(|(_, why)| why);
    let mut more = look.out;
    if more.is_empty() {
        return left_out;
    }
    if let Some(decoded) = &decoded {
        let places = ends(blob, text, &more);
        put(&mut more, places);
        for d in &mut more {
            d.span = decoded.original(d.span.start)..decoded.original(d.span.end);
        }
    }
    let (from, to) = blob.window.keep;
    more.retain(|d| from <= d.span.start && d.span.start < to && is_convincing(d));
    more.sort_by(order);
    more.dedup_by(|b, a| overlap(&a.span, &b.span) && a.secret == b.secret);
    settle(found, &mut more);
    if decoded.is_none() {
        let places = ends(blob, text, &more);
        put(&mut more, places);
    }
    found.append(&mut more);
    found.sort_by(order);
    left_out
}

/// Whether a part of a blob's text touches a line that counts.
pub(super) fn counts(blob: &Blob<'_>, text: &[u8], part: &Range<usize>) -> bool {
    if matches!(blob.scope, Scope::Whole) {
        return true;
    }
    let mut cursor = Cursor::new(blob.window.start);
    let first = cursor.at(text, part.start).line;
    let last = cursor.at(text, part.end.saturating_sub(1).max(part.start)).line;
    blob.scope.touches(first, last)
}

/// One blob's look.
struct Look<'a, 'r> {
    matcher: &'a Matcher<'r>,
    blob: &'a Blob<'a>,
    scratch: &'a mut Scratch,
    budget: Budget,
    /// Whether what lies deeper than is looked into counts as not read: nobody asked for fewer layers.
    thorough: bool,
    /// From the first to the last place of the blob's text of which not all was read, and why the first was not.
    left_out: Option<(Range<usize>, LeftOut)>,
    out: Vec<Detection<'r>>,
}

/// What a text was written from.
enum Above<'a> {
    /// It is the blob's own; what is known of it.
    Text(&'a [Range<usize>]),
    /// It is a page of another.
    Page(&'a Page, &'a Above<'a>),
}

impl Above<'_> {
    /// Whether an island has not been looked at.
    fn wants(&self, span: &Range<usize>) -> bool {
        match self {
            Above::Text(known) => {
                let next = known.partition_point(|k| k.end < span.end);
                known.get(next).is_none_or(|k| k.start > span.start)
            }
            Above::Page(page, _) => page.touches(span),
        }
    }

    /// The bytes of the blob's text that say a part of this text, and the layers between, outermost first.
    fn outer(&self, part: &Range<usize>) -> Option<(Range<usize>, Vec<&'static str>)> {
        match self {
            Above::Text(_) => Some((part.clone(), Vec::new())),
            Above::Page(page, above) => {
                let (span, layers) = page.outer(part)?;
                let (span, mut all) = above.outer(&span)?;
                all.extend_from_slice(layers);
                Some((span, all))
            }
        }
    }
}

impl Look<'_, '_> {
    fn level(&mut self, text: &[u8], above: &Above<'_>, depth: u8) {
        if depth == 0 && !self.thorough {
            return;
        }
        // Relations are those of the blob as it stands.
        let own = matches!(above, Above::Text(_)) && std::ptr::eq(text, self.blob.bytes);
        let kin = self.blob.kin.filter(|_| own);
        let islands = islands(text, kin, &|span| above.wants(span), &mut self.budget);
        if depth == 0 {
            // Escapes within escapes say little; whole texts in base64 may say anything.
            if let Some(deep) = islands.iter().find(|i| matches!(i.layers[..], ["base64" | "hex", ..])) {
                self.leave_out(
                    above.outer(&deep.span).map_or(0..usize::MAX, |(span, _)| span),
                    LeftOut::Deep,
                );
            }
            return;
        }
        if let Some((part, why)) = self.budget.take_left_out() {
            // Where the layers between do not tell, it may be anywhere.
            self.leave_out(above.outer(&part).map_or(0..usize::MAX, |(span, _)| span), why);
        }
        if islands.is_empty() {
            return;
        }
        let page = Page::of(text, islands);
        let below = Above::Page(&page, above);
        let out = &mut self.out;
        self.matcher.scan(&Blob::whole(&page.text, self.blob.origin), self.scratch, &mut |mut d| {
            if let Some((span, layers)) = below.outer(&d.span) {
                d.span = span;
                d.decoded_from = layers.into_iter().map(Cow::Borrowed).collect();
                out.push(d);
            }
        });
        self.level(&page.text, &below, depth - 1);
    }

    fn leave_out(&mut self, part: Range<usize>, why: LeftOut) {
        let (so_far, why) = self.left_out.take().unwrap_or((part.clone(), why));
        self.left_out = Some((so_far.start.min(part.start)..so_far.end.max(part.end), why));
    }
}

fn is_generic(d: &Detection<'_>) -> bool {
    d.rule.provider == "Generic"
}

/// Whether a find is worth telling though a decoder had a part in it.
fn is_convincing(d: &Detection<'_>) -> bool {
    d.rule.context.need == Need::No || d.confidence >= SURE
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

fn order(a: &Detection<'_>, b: &Detection<'_>) -> std::cmp::Ordering {
    let key = |d: &Detection<'_>| (d.span.start, d.span.end);
    key(a).cmp(&key(b)).then_with(|| a.rule.id.cmp(&b.rule.id)).then_with(|| a.secret.cmp(&b.secret))
}

/// Where a direct find and one in disguise overlap, one is told: the direct one, unless only the other is a provider's,
/// or it is part of the other: the first piece of a key that was split.
fn settle<'r>(direct: &mut Vec<Detection<'r>>, more: &mut Vec<Detection<'r>>) {
    let strong: Vec<Range<usize>> = more.iter().filter(|d| !is_generic(d)).map(|d| d.span.clone()).collect();
    direct.retain(|d| !is_generic(d) || !touches(&strong, &d.span));
    let wholes: HashMap<(&str, usize), usize> =
        more.iter().map(|d| ((&*d.rule.id, d.span.start), d.span.end)).collect();
    direct.retain(|d| wholes.get(&(&*d.rule.id, d.span.start)).is_none_or(|&end| end <= d.span.end));
    let direct: Vec<Range<usize>> = direct.iter().map(|d| d.span.clone()).collect();
    more.retain(|d| !touches(&direct, &d.span));
}

/// Whether one of the spans, which are sorted by start, overlaps this one.
fn touches(sorted: &[Range<usize>], span: &Range<usize>) -> bool {
    // Spans are short and few overlap, but one of a whole packed run may be long: look a little further back.
    let next = sorted.partition_point(|s| s.start < span.end);
    sorted[..next].iter().rev().take(16).any(|s| s.end > span.start)
}

type Ends = Vec<(crate::model::LineCol, crate::model::LineCol)>;

/// The places of first and last bytes, each found by one walk through the text.
fn ends(blob: &Blob<'_>, text: &[u8], found: &[Detection<'_>]) -> Ends {
    let walk = |of: &dyn Fn(&Detection<'_>) -> usize| {
        let mut numbers: Vec<usize> = (0..found.len()).collect();
        numbers.sort_by_key(|&n| of(&found[n]));
        let mut cursor = Cursor::new(blob.window.start);
        let mut places = vec![blob.window.start; found.len()];
        for n in numbers {
            places[n] = cursor.at(text, of(&found[n]));
        }
        places
    };
    let starts = walk(&|d| d.span.start);
    let lasts = walk(&|d| d.span.end.saturating_sub(1).max(d.span.start));
    starts.into_iter().zip(lasts).collect()
}

fn put(found: &mut [Detection<'_>], places: Ends) {
    for (d, (start, end)) in found.iter_mut().zip(places) {
        (d.start, d.end) = (start, end);
    }
}
