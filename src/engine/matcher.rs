//! `Matcher`: the stages in order. Immutable and shared; a [`Scratch`] a thread.

use std::borrow::Cow;
use std::ops::Range;

use crate::encoding::{Decoded, islands};
use crate::lanes::Spots;
use crate::model::{Blob, Confidence, Kin, LineCol, Window};
use crate::rules::Rule;

use super::Detection;
use super::anchor::{Anchor, Hook, hang};
use super::candidate::{Candidate, groups};
use super::carry::{BEHIND, Record};
use super::context::Surroundings;
use super::dispatch::{Dispatch, Sink};
use super::judge::{Verdict, assess};
use super::masks::Pieces;
use super::named;
use super::overlap::{Fate, Judged, resolve};
use super::places::{Lie, Places};
use super::shape::{Ends, Shapes};
use super::view::View;

/// So many candidates may wait before those that are complete are judged, so that memory does not grow with them.
const WAITING: usize = 4096;

/// How far before the piece in which it was found a candidate may begin, in bytes.
const BEFORE: usize = 8192;

/// What may be set about matching.
#[derive(Debug, Clone)]
pub struct MatchOptions {
    /// Detections below this confidence are not reported.
    pub min_confidence: Confidence,
    /// Whether to look into encodings (base64, hex, escapes, gzip in base64).
    pub decode: bool,
}

impl Default for MatchOptions {
    fn default() -> Self {
        MatchOptions { min_confidence: Confidence(50), decode: true }
    }
}

/// The rules in force, prepared for scanning.
#[derive(Debug)]
pub struct Matcher<'r> {
    options: MatchOptions,
    shapes: Shapes<'r>,
    dispatch: Dispatch,
    named: named::Index,
}

/// Memory that one thread reuses from blob to blob.
#[derive(Debug, Default)]
pub struct Scratch {
    pieces: Pieces,
    ends: Ends,
    candidates: Vec<Candidate>,
    group: Vec<Judged>,
    record: Record,
    chances: named::Chances,
    spots: Spots,
}

/// What is told about candidates that are dropped.
pub(super) type Dropped<'f> = &'f mut dyn FnMut(&Candidate, &'static str, Cow<'static, str>);

/// What takes groups of candidates that overlap, each sorted by place.
type Groups<'f> = &'f mut dyn FnMut(&[Candidate], &mut Vec<Judged>);

impl<'r> Matcher<'r> {
    /// Prepares rules for scanning.
    pub fn new(rules: &'r [Rule], options: MatchOptions) -> Matcher<'r> {
        let mut hooks = Vec::with_capacity(rules.len() * 2);
        let (mut unanchored, mut underscored) = (Vec::new(), false);
        for (index, rule) in rules.iter().enumerate() {
            let before = hooks.len();
            if hang(index as u32, rule, &mut hooks) {
                let far =
                    |(_, _, hook): &(u32, u32, Hook)| matches!(hook.anchor, Anchor::At(..) | Anchor::Run(..));
                underscored |= !rule.boundary.not_before.has(b'_') && hooks[before..].iter().any(far);
            } else {
                unanchored.push(index as u32);
            }
        }
        Matcher {
            options,
            shapes: Shapes::new(rules),
            dispatch: Dispatch::new(hooks, underscored),
            named: named::Index::new(rules, &unanchored),
        }
    }

    /// Calls `found` for each detection in the blob's window, in order of place.
    pub fn scan(&self, blob: &Blob<'_>, scratch: &mut Scratch, found: &mut dyn FnMut(Detection<'r>)) {
        if let Some(decoded) = Decoded::of(blob.bytes) {
            self.scan_wide(blob, &decoded, scratch, found);
            return;
        }
        if let Some(rest) = behind_mark(blob) {
            self.scan(&rest, scratch, &mut |mut detection| {
                detection.span = detection.span.start + MARK.len()..detection.span.end + MARK.len();
                found(detection);
            });
            return;
        }
        if !self.scan_text(blob, blob.bytes, Lie::Same, scratch, found) {
            return;
        }
        for (span, text) in islands(blob.bytes) {
            self.scan_text(blob, &text, Lie::Wide(span.start), scratch, found);
        }
    }

    /// Scans a content that is wide as far as its beginning tells. A mark may be chance or a lie, and programs append
    /// narrow text to wide text or wide text behind an odd byte: what is not found as wide text is looked for as it
    /// stands.
    fn scan_wide(
        &self,
        blob: &Blob<'_>,
        decoded: &Decoded,
        scratch: &mut Scratch,
        found: &mut dyn FnMut(Detection<'r>),
    ) {
        let mut spans: Vec<Range<usize>> = Vec::new();
        self.scan_text(blob, &decoded.text, Lie::Decoded(decoded), scratch, &mut |detection| {
            spans.push(detection.span.clone());
            found(detection);
        });
        let mut more = |detection: Detection<'r>| {
            let next = spans.partition_point(|s| s.end <= detection.span.start);
            if spans.get(next).is_none_or(|s| s.start >= detection.span.end) {
                found(detection);
            }
        };
        self.scan_text(blob, blob.bytes, Lie::Within(decoded, 0, 1), scratch, &mut more);
        for (span, text) in islands(blob.bytes).filter(|(span, _)| span.start % 2 == 1) {
            self.scan_text(blob, &text, Lie::Within(decoded, span.start, 2), scratch, &mut more);
        }
    }

    /// A rule by its index.
    pub(super) fn rule(&self, index: u32) -> Option<&'r Rule> {
        self.shapes.rule(index)
    }

    /// All rules.
    pub(super) fn rules(&self) -> &'r [Rule] {
        self.shapes.rules()
    }

    /// The confidence from which on something is reported.
    pub(super) fn least(&self) -> Confidence {
        self.options.min_confidence
    }

    /// Scans a text that lies somehow in the blob; whether there were NULs in it.
    fn scan_text(
        &self,
        blob: &Blob<'_>,
        text: &[u8],
        lie: Lie<'_>,
        scratch: &mut Scratch,
        found: &mut dyn FnMut(Detection<'r>),
    ) -> bool {
        let view = view(text);
        let mut places = Places::new(blob, lie);
        // What was found in another form of the bytes is not where it was in these.
        let kin = blob.kin.filter(|_| matches!(lie, Lie::Same));
        self.sweep(view, kin, scratch, &mut |together, group| {
            self.judge(view, together, group, &mut |_, _, _| {});
            self.report(view, group, &mut places, found);
        })
    }

    /// Runs the stages that find candidates and hands them on in groups that overlap; whether there were NULs.
    pub(super) fn sweep(
        &self,
        view: View<'_>,
        kin: Option<&Kin<'_>>,
        scratch: &mut Scratch,
        take: Groups<'_>,
    ) -> bool {
        let Scratch { pieces, ends, candidates, group, record, chances, spots } = scratch;
        ends.reset();
        candidates.clear();
        let kin = kin.filter(|_| self.dispatch.longest() <= BEHIND);
        let mut nuls = record.begin(view.bytes, kin, candidates);
        for range in (0..).map_while(|at| record.range(at)).collect::<Vec<_>>() {
            pieces.begin(range.start);
            while let Some(piece) = pieces.next(view.bytes, range.end) {
                nuls |= piece.nuls;
                let mut sink = Sink { shapes: &self.shapes, ends, out: candidates, record, chances };
                self.dispatch.scan(view, &piece, spots, &mut sink);
                self.named.scan(view, &piece, spots, &mut sink);
                sink.stand(0);
                if candidates.len() > WAITING {
                    let settled = groups(candidates, piece.end.saturating_sub(BEFORE), |g| take(g, group));
                    candidates.drain(..settled);
                }
            }
        }
        record.end(kin, nuls);
        if !candidates.is_empty() {
            groups(candidates, usize::MAX, |g| take(g, group));
        }
        nuls
    }

    /// Judges candidates that overlap.
    pub(super) fn judge(
        &self,
        view: View<'_>,
        together: &[Candidate],
        group: &mut Vec<Judged>,
        dropped: Dropped<'_>,
    ) {
        group.clear();
        for same in together.chunk_by(|a, b| a.span() == b.span()) {
            let Some(first) = same.first() else { continue };
            let name = same.iter().find_map(|c| c.name);
            let around = Surroundings::of(view, first.start, first.end, name);
            for candidate in same {
                let Some(rule) = self.shapes.rule(candidate.rule) else { continue };
                match assess(rule, &view.bytes[candidate.span()], candidate, &around) {
                    Verdict::Keep(a) => group.push(Judged { candidate: *candidate, assessment: Some(a) }),
                    Verdict::Drop { by, why } => {
                        dropped(candidate, by, why);
                        if by == "need" {
                            group.push(Judged { candidate: *candidate, assessment: None });
                        }
                    }
                }
            }
        }
    }

    /// Reports the winners of a group.
    fn report(
        &self,
        view: View<'_>,
        group: &mut Vec<Judged>,
        places: &mut Places<'_, '_>,
        found: &mut dyn FnMut(Detection<'r>),
    ) {
        let fates = resolve(self.rules(), group, self.least());
        for (judged, fate) in group.drain(..).zip(fates) {
            let Fate::Won { alternatives } = fate else { continue };
            let sure = judged.assessment.as_ref().is_some_and(|a| a.confidence >= self.least());
            if sure
                && places.kept(judged.candidate.start)
                && let Some(detection) = self.detection(view, judged, alternatives, places)
            {
                found(detection);
            }
        }
    }

    /// What is told about a winner.
    pub(super) fn detection(
        &self,
        view: View<'_>,
        winner: Judged,
        alternatives: Vec<Cow<'static, str>>,
        places: &mut Places<'_, '_>,
    ) -> Option<Detection<'r>> {
        let candidate = winner.candidate;
        let (start, end) = places.ends(&candidate.span());
        let a = winner.assessment?;
        Some(Detection {
            rule: self.shapes.rule(candidate.rule)?,
            secret: view.bytes.get(candidate.span())?.to_vec(),
            prefix: candidate.prefix as usize,
            span: places.span(candidate.span()),
            start,
            end,
            confidence: a.confidence,
            reasons: a.reasons,
            decoded_from: Vec::new(),
            variable: a.variable,
            checksum: a.checksum,
            alternatives,
        })
    }
}

/// UTF-8's byte order mark.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// A content without the byte order mark it begins with: the mark is no character of the first line. Its bytes count.
fn behind_mark<'b>(blob: &Blob<'b>) -> Option<Blob<'b>> {
    let bytes = blob.bytes.strip_prefix(MARK).filter(|_| blob.window.offset == 0)?;
    let (from, to) = blob.window.keep;
    let bytes_before = MARK.len() as u64;
    let start = LineCol { byte_column: blob.window.start.byte_column + bytes_before, ..blob.window.start };
    let keep = (from.saturating_sub(MARK.len()), to.saturating_sub(MARK.len()));
    // What is known of relations counts from the mark.
    Some(Blob { bytes, window: Window { offset: bytes_before, start, keep }, kin: None, ..*blob })
}

/// What the stages look at.
pub(super) fn view(text: &[u8]) -> View<'_> {
    View { bytes: text }
}
