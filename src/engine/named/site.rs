//! From a place worth a look to candidates.

use crate::engine::candidate::Candidate;
use crate::engine::context::name;
use crate::engine::dispatch::Sink;
use crate::engine::judge::random::{Makeup, is_random, score};
use crate::engine::masks::PART;
use crate::engine::words::for_each_tail;

use super::Index;
use super::crowd::Crowd;
use super::forward::{Form, value_of};
use super::login;
use super::near::Near;
use super::value::{Value, around};

/// At how many places inside a value a rule is tried.
const TRIES: usize = 12;

/// Names are no longer.
const LONGEST_NAME: usize = 100;

/// Whether a long run that holds a digit or letters of both cases may be a key without any name: random, or at least
/// not a word. Cheap, and mostly says no.
pub(super) fn may_be_random(bytes: &[u8], start: usize, end: usize) -> bool {
    // A call, bare or not, is code; digests and lines of an encoded body are data.
    if bytes.get(end) == Some(&b'(') || is_digest(bytes, start) || in_body(bytes, start) {
        return false;
    }
    let run = &bytes[start..end.min(start + 64)];
    // `v0.0.0-20200706080929-d51e80ef957d`: a version that Go made up from a commit.
    if let [b'0', b'-', date @ .., b'-', _, _, _, _, _, _, _, _, _, _, _, _] = run
        && date.len() == 14
        && date.iter().all(u8::is_ascii_digit)
    {
        return false;
    }
    let reads_random = |part: &[u8]| {
        let makeup = Makeup::of(part);
        makeup.distinct >= 6 && score(part, &makeup) >= 1
    };
    // Identifiers are made of short parts (`IEEE80211_TX_RC_MCS`). A key may have its provider's name glued in front
    // (`provider-secret-VALUE`), and a few parts by chance; groups of a serial number have digits in nearly all.
    let (mut parts, mut with_digits, mut from) = (0, 0, 0);
    for to in memchr::memchr2_iter(b'_', b'-', run).chain([run.len()]) {
        let part = &run[from..to];
        from = to + 1;
        if part.len() >= PART && reads_random(part) {
            return true;
        }
        parts += usize::from(!part.is_empty());
        with_digits += usize::from(part.iter().any(u8::is_ascii_digit));
    }
    parts >= 3 && with_digits * 3 >= parts * 2 && reads_random(run)
}

/// Whether a digest's kind stands in front of the base64 that is being read at `start`: `h1:`, `zh:`, `sha256-`,
/// `sha512:`.
fn is_digest(bytes: &[u8], start: usize) -> bool {
    let part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    let left = bytes[..start].iter().rev().take(90).take_while(|b| part(b)).count();
    matches!(
        &bytes[..start - left],
        [.., b'h', b'1', b':'] | [.., b'z', b'h', b':'] | [.., b's', b'h', b'a', _, _, _, b'-' | b':']
    )
}

/// Whether the line at `start` is one of many full lines of base64: it fills 64 or 76 bytes, and so does one beside it.
fn in_body(bytes: &[u8], start: usize) -> bool {
    let part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    let left = bytes[..start].iter().rev().take(76).take_while(|b| part(b)).count();
    let (line, rest) = bytes.split_at(start - left);
    let width = rest.iter().take(77).take_while(|b| part(b)).count();
    if !matches!(width, 64 | 76) {
        return false;
    }
    let behind = rest[width..].iter().take(80).position(part).unwrap_or(80);
    let next = rest.get(width + behind..).unwrap_or_default();
    let gap = line.iter().rev().take(80).take_while(|b| !part(b)).count();
    let before = line[..line.len() - gap].iter().rev().take(77).take_while(|b| part(b)).count();
    before == width || next.iter().take(77).take_while(|b| part(b)).count() == width
}

/// The places of one piece.
pub(super) struct Sites<'s, 'k> {
    index: &'s Index,
    bytes: &'s [u8],
    sink: &'s mut Sink<'k>,
    near: Near,
    /// The last name looked at, so that two stems of it are one place.
    last: (usize, usize),
    crowd: Crowd,
    rules: Vec<u32>,
}

impl<'s, 'k> Sites<'s, 'k> {
    pub(super) fn new(index: &'s Index, bytes: &'s [u8], sink: &'s mut Sink<'k>) -> Sites<'s, 'k> {
        Sites {
            index,
            bytes,
            sink,
            near: Near::default(),
            last: (0, 0),
            crowd: Crowd::default(),
            rules: Vec::new(),
        }
    }

    /// A long run that reads as random.
    pub(super) fn random_run(&mut self, start: usize, end: usize) {
        let value = around(self.bytes, start, end);
        let name = name::find(self.bytes, value.start).map(|n| n.span);
        self.rules.clear();
        let (rules, index) = (&mut self.rules, self.index);
        self.near.each(&index.table, self.bytes, (start, end), &mut |entry| {
            if !entry.in_name || entry.by == super::table::By::Host {
                rules.push(entry.rule);
            }
        });
        if let Some((from, to)) = name {
            index.table.lookup(&self.bytes[from..to], &mut |entry, _| rules.push(entry.rule));
        }
        self.emit(value, Some((start, end)), name);
    }

    /// A stem of a name.
    pub(super) fn stem(&mut self, start: usize, end: usize) {
        if self.bytes[end - 1] == b' ' {
            self.login(login::identified_by(self.bytes, end), (start, end));
            return;
        }
        let (from, to) = whole_name(self.bytes, start, end);
        if (from, to) == self.last || to - from > LONGEST_NAME {
            return;
        }
        self.last = (from, to);
        if login::signs_in(&self.bytes[from..to]) {
            self.login(login::second_string(self.bytes, to), (from, to));
            // What such a call is given first is the user's name.
            if to - from > 8 {
                return;
            }
        }
        if self.crowd.is_full(from) {
            return;
        }
        let Some((value, form)) = value_of(self.bytes, to) else { return };
        self.crowd.add(&value);
        let length = value.end - value.start;
        if length < 4 || !self.plausible(value, form) || !self.fits(form, value, (from, to)) {
            return;
        }
        let from = if form == Form::Spaced || form == Form::Sentence {
            from
        } else {
            words_before(self.bytes, from)
        };
        self.rules.clear();
        let (rules, index) = (&mut self.rules, self.index);
        index.table.lookup(&self.bytes[from..to], &mut |entry, _| rules.push(entry.rule));
        for_each_tail(&self.bytes[from..to], &mut |hash| index.table.get(hash, &mut |e| rules.push(e.rule)));
        if length >= 8 {
            let text = &self.bytes[value.start..value.end];
            if is_random(text, &Makeup::of(text)) {
                self.near.each(&index.table, self.bytes, (value.start, value.end), &mut |entry| {
                    if !entry.in_name || entry.by == super::table::By::Host {
                        rules.push(entry.rule);
                    }
                });
            }
        }
        self.emit(value, None, Some((from, to)));
    }

    /// A password that stands beside the name of its user.
    fn login(&mut self, value: Option<Value>, name: (usize, usize)) {
        if let (Some(rule), Some(value)) = (self.index.login, value) {
            self.whole(rule, value, Some(name));
        }
    }

    /// Whether what stands in front of a name allows the form that follows it.
    fn fits(&self, form: Form, value: Value, (from, to): (usize, usize)) -> bool {
        let name = &self.bytes[from..to];
        if name.len() >= 24 && is_random(name, &Makeup::of(name)) {
            return false;
        }
        let before = &self.bytes[from.saturating_sub(60)..from];
        match form {
            // The name is a string of its own, and not itself the value of another name.
            Form::Paired => {
                match before.split_last() {
                    Some((b'"' | b'\'' | b'`', rest)) => self.pairs(value, rest.trim_ascii_end()),
                    // Erlang's `{password, "x"}`.
                    Some((b'{', _)) => !name.contains(&b'-'),
                    _ => false,
                }
            }
            Form::Element => {
                before.iter().rposition(|&b| b == b'<').is_some_and(|i| !before[i..].contains(&b'>'))
            }
            // `ok ? "PASS" : "FAILED"`: a choice, and no field.
            Form::Assigned if before.iter().rev().find(|b| !b"\"'` ".contains(b)) == Some(&b'?') => false,
            // `"Forgot your password.": "…"`: a text, and no name.
            _ if name.ends_with(b".") => false,
            // `-passin pass:x`: OpenSSL's way.
            Form::Assigned if before.ends_with(b"-passin ") || before.ends_with(b"-passout ") => true,
            // `"PASS: ip6gre"`: a report, and no field.
            Form::Assigned if name.eq_ignore_ascii_case(b"pass") => {
                value.quoted || !matches!(before.last(), Some(b'"' | b'\'' | b'`' | b' ' | b'@'))
            }
            // `pass` is a verb.
            Form::Spaced | Form::Sentence => !(name.len() <= 4 && name.first().is_some_and(|b| *b != b'-')),
            _ => true,
        }
    }

    /// Whether the string that begins at `from` names the one behind it, and is not one word of a list like the other.
    fn pairs(&self, value: Value, before: &[u8]) -> bool {
        let text = &self.bytes[value.start..value.end];
        let word = text.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b';' | b' '));
        match before.last() {
            Some(b':' | b'=' | b'>' | b'\\') => false,
            Some(b'(') => true,
            // `["password", "x"]`: two and no more.
            Some(b'[' | b'{') => {
                let behind = &self.bytes[value.end..self.bytes.len().min(value.end + 40)];
                let next = behind.iter().skip(1).find(|b| !b.is_ascii_whitespace());
                matches!(next, Some(b']' | b'}')) || !word
            }
            _ => !word,
        }
    }

    /// Whether a value may be one at all; judging it comes later.
    fn plausible(&self, value: Value, form: Form) -> bool {
        let text = &self.bytes[value.start..value.end];
        if value.quoted {
            return form != Form::Spaced || !text.contains(&b' ') && text.first() != Some(&b'-');
        }
        // Bare: a call, an index or a path of attributes is code.
        if matches!(self.bytes.get(value.end), Some(b'(' | b'[')) {
            return false;
        }
        let makeup = Makeup::of(text);
        let mixed = makeup.digits > 0 && makeup.letters() > 0;
        match form {
            Form::Spaced => {
                let end = text.len() - text.iter().rev().take_while(|b| b".,:;!?*".contains(b)).count();
                let text = &text[..end];
                text.len() >= 6
                    && !text.contains(&b'/')
                    && !text.starts_with(b"*.")
                    && (mixed || text.iter().any(|b| b"!@#$%^&*+=~".contains(b)))
            }
            Form::Compared | Form::Argument | Form::Paired | Form::Sentence => false,
            Form::Assigned | Form::Element => true,
        }
    }

    /// The part of a URL behind its `://`.
    pub(super) fn url(&mut self, start: usize) {
        self.login(login::option_user(self.bytes, start), (start, start));
        let Some(rule) = self.index.url else { return };
        let Some((from, to)) = userinfo_password(self.bytes, start) else { return };
        self.sink.out.push(Candidate { start: from, end: to, rule, prefix: 0, name: None });
    }

    /// Tries the rules found for a value.
    fn emit(&mut self, value: Value, run: Option<(usize, usize)>, name: Option<(usize, usize)>) {
        let mut rules = std::mem::take(&mut self.rules);
        rules.sort_unstable();
        rules.dedup();
        for &rule in &rules {
            if self.index.whole.binary_search(&rule).is_ok() {
                self.whole(rule, value, name);
            } else {
                self.shaped(rule, value, run, name);
            }
        }
        self.scheme(value, name);
        self.rules = rules;
    }

    /// `Authorization: Basic …`, `Bearer …`: the word in front of the value says what it is.
    fn scheme(&mut self, value: Value, name: Option<(usize, usize)>) {
        let text = &self.bytes[value.start..value.end];
        for (word, rule) in
            [("basic ", self.index.basic), ("bearer ", self.index.bearer), ("token ", self.index.bearer)]
        {
            let Some(rule) = rule else { continue };
            let inside = text.len() > word.len() && text[..word.len()].eq_ignore_ascii_case(word.as_bytes());
            let before = self.bytes[..value.start].len() >= word.len()
                && self.bytes[value.start - word.len()..value.start].eq_ignore_ascii_case(word.as_bytes());
            if inside || before {
                let start = if inside { value.start + word.len() } else { value.start };
                let rest = &self.bytes[start..value.end];
                let length =
                    rest.iter().take_while(|b| b.is_ascii_alphanumeric() || b"+/=_-.~".contains(b)).count();
                if length >= 8 {
                    self.sink.out.push(Candidate { start, end: start + length, rule, prefix: 0, name });
                }
            }
        }
    }

    /// A rule that takes the whole value.
    fn whole(&mut self, rule: u32, value: Value, name: Option<(usize, usize)>) {
        self.sink.out.push(Candidate { start: value.start, end: value.end, rule, prefix: 0, name });
    }

    /// A rule with a shape: at the value's start, at the run's, and behind each separator inside it.
    fn shaped(&mut self, rule: u32, value: Value, run: Option<(usize, usize)>, name: Option<(usize, usize)>) {
        let mut starts = [0usize; TRIES];
        let mut count = 0;
        let bytes = self.bytes;
        let limit = value.end.min(value.start + 512);
        let first = [Some(value.start), run.map(|r| r.0)];
        let inside = (value.start + 1..limit)
            .filter(|&i| !bytes[i - 1].is_ascii_alphanumeric() && bytes[i].is_ascii_alphanumeric());
        for start in first.into_iter().flatten().chain(inside).take(TRIES) {
            if !starts[..count].contains(&start) {
                starts[count] = start;
                count += 1;
            }
        }
        for &start in &starts[..count] {
            if let Some(mut found) = self.sink.shapes.match_any(rule, bytes, start, self.sink.ends) {
                found.name = name;
                self.sink.out.push(found);
                return;
            }
        }
    }
}

/// The name around a stem: letters, digits, `_`, `-`, `.` and `$`.
fn whole_name(bytes: &[u8], start: usize, end: usize) -> (usize, usize) {
    let part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'$') || b >= 0x80;
    let left = bytes[..start].iter().rev().take(LONGEST_NAME).take_while(|&&b| part(b)).count();
    let right = bytes[end..].iter().take(LONGEST_NAME).take_while(|&&b| part(b)).count();
    let from = start - left;
    // An escape belongs to the text around: `\nTOKEN=`.
    let escaped = from > 0 && bytes[from - 1] == b'\\' && left > 0;
    (from + usize::from(escaped), end + right)
}

/// One or two words directly in front of a name on the same line: `twitter token = …`.
fn words_before(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    for _ in 0..2 {
        let Some(b' ') = at.checked_sub(1).and_then(|i| bytes.get(i)) else { break };
        let word = bytes[..at - 1]
            .iter()
            .rev()
            .take(40)
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
            .count();
        if word == 0 {
            break;
        }
        at -= word + 1;
    }
    at
}

/// The password of the `user:password@` at `start`.
fn userinfo_password(bytes: &[u8], start: usize) -> Option<(usize, usize)> {
    let text = bytes.get(start..bytes.len().min(start + 300))?;
    let stop = text
        .iter()
        .position(|&b| b.is_ascii_whitespace() || b < 0x20 || b"\"'`<>\\,;".contains(&b))
        .unwrap_or(text.len());
    let colon = text[..stop].iter().position(|&b| matches!(b, b':' | b'/' | b'@'))?;
    if text[colon] != b':' {
        return None;
    }
    // Passwords may hold `@` or `/`: the last `@` in front of the first `/` that follows one.
    let first = colon + text[colon..stop].iter().position(|&b| b == b'@')?;
    let authority = first
        + text[first..stop].iter().position(|&b| matches!(b, b'/' | b'?' | b'#')).unwrap_or(stop - first);
    let last = colon + text[colon..authority].iter().rposition(|&b| b == b'@')?;
    if text[colon..last].contains(&b'/')
        && text[colon + 1..last].iter().take_while(|b| b.is_ascii_digit()).count() > 0
    {
        return None;
    }
    (last > colon + 1).then_some((start + colon + 1, start + last))
}
