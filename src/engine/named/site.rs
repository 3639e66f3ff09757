//! From a place worth a look to candidates.

use crate::engine::candidate::Candidate;
use crate::engine::context::name;
use crate::engine::dispatch::Sink;
use crate::engine::filter::names_digest;
use crate::engine::judge::random::{Makeup, is_random};
use crate::engine::masks::is_token;
use crate::engine::words::{for_each_hash, for_each_tail, hash, meaning, words};
use crate::rules::Rule;

use super::Index;
use super::chance::in_body;
use super::crowd::Crowd;
use super::forward::{Form, value_of};
use super::login;
use super::near::{LINE, Near};
use super::value::{Value, around};

/// At how many places inside a value a rule is tried.
const TRIES: usize = 12;

/// How far in front of and behind a value names, words and hosts have a say, whole lines included.
const SURROUNDINGS: (usize, usize) = (502 + LINE, 252 + LINE);

/// How far a statement or a call is read that signs in, in bytes.
const STATEMENT: usize = 4600;

/// How far in front of a name the words have a say that allow it.
const FRONT: usize = 90;

/// Names are no longer.
const LONGEST_NAME: usize = 100;

/// The places of one piece.
pub(super) struct Sites<'s, 'k> {
    pub(super) index: &'s Index,
    pub(super) bytes: &'s [u8],
    pub(super) sink: &'s mut Sink<'k>,
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

    /// Whether a long run may be a key without a name.
    pub(super) fn may_be_random(&mut self, start: usize, end: usize) -> bool {
        self.sink.chances.may_be_random(self.bytes, start, end)
    }

    /// A long run that reads as random.
    pub(super) fn random_run(&mut self, start: usize, end: usize) {
        self.sink.stand(start);
        let value = around(self.bytes, start, end);
        self.reads_around(value);
        if in_body(self.bytes, start) {
            return;
        }
        self.capitals(start, end);
        let name = name::find(self.bytes, value.start).map(|n| n.span);
        self.rules.clear();
        let (rules, index) = (&mut self.rules, self.index);
        // Where the name says what the value is, the words around need not be read.
        if !name.is_some_and(|(from, to)| names_digest(&self.bytes[from..to])) {
            self.near.each(&index.table, self.bytes, (start, end), &mut |entry| {
                if index.may_stand_near(entry) {
                    rules.push(entry.rule);
                }
            });
        }
        if let Some((from, to)) = name {
            index.table.lookup(&self.bytes[from..to], &mut |entry, _| rules.push(entry.rule));
        }
        self.emit(value, Some((start, end)), name);
    }

    /// A stem of a name.
    pub(super) fn stem(&mut self, start: usize, end: usize) {
        self.sink.stand(start);
        if self.bytes[end - 1] == b' ' {
            let begins = self.bytes.get(end).is_some_and(|b| b"uUlLrR".contains(b));
            self.sink.record.reads_until(end + if begins { STATEMENT } else { 16 });
            self.login(login::identified_by(self.bytes, end), (start, end));
            return;
        }
        let (from, to) = whole_name(self.bytes, start, end);
        self.sink.record.reads_from(from.saturating_sub(FRONT));
        self.sink.record.reads_until(to + 2);
        if (from, to) == self.last || to - from > LONGEST_NAME {
            return;
        }
        self.last = (from, to);
        self.sink.record.reads_value(self.bytes, to);
        self.typed((from, to));
        if let Some(takes) = login::signs_in(&self.bytes[from..to]) {
            self.sink.record.reads_until(to + STATEMENT);
            self.login(login::password_of(self.bytes, to, takes), (from, to));
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
        let text = &self.bytes[value.start..value.end];
        let looks_around = length >= 8 && is_random(text, &Makeup::of(text));
        if looks_around {
            self.reads_around(value);
        }
        self.rules.clear();
        let (rules, index) = (&mut self.rules, self.index);
        index.table.lookup(&self.bytes[from..to], &mut |entry, _| rules.push(entry.rule));
        for_each_tail(&self.bytes[from..to], &mut |hash| index.table.get(hash, &mut |e| rules.push(e.rule)));
        if looks_around {
            self.near.each(&index.table, self.bytes, (value.start, value.end), &mut |entry| {
                if index.may_stand_near(entry) {
                    rules.push(entry.rule);
                }
            });
        }
        self.emit(value, None, Some((from, to)));
    }

    /// What stands around a value has a say.
    fn reads_around(&mut self, value: Value) {
        self.sink.record.reads_from(value.start.saturating_sub(SURROUNDINGS.0));
        self.sink.record.reads_until(value.end + SURROUNDINGS.1);
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
            Form::Assigned
                if [&b"-passin "[..], b"-passout ", b"-pass "].iter().any(|o| before.ends_with(o)) =>
            {
                true
            }
            // `"PASS: ip6gre"`: a report, and no field; `action=pass:repeat=0`: itself a value.
            Form::Assigned if name.eq_ignore_ascii_case(b"pass") => {
                value.quoted || !matches!(before.last(), Some(b'"' | b'\'' | b'`' | b' ' | b'@' | b'='))
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
        // Bare: a call, an index or what a pointer leads to is code.
        let next = self.bytes.get(value.end);
        if matches!(next, Some(b'(' | b'[')) || text.ends_with(b"-") && next == Some(&b'>') {
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
            // `rsa_enc_basic other`: the end of a name.
            let at = value.start.wrapping_sub(word.len() + 1);
            let glued = self.bytes.get(at).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
            if inside || before && !glued {
                let start = if inside { value.start + word.len() } else { value.start };
                let rest = &self.bytes[start..value.end];
                let length =
                    rest.iter().take_while(|b| b.is_ascii_alphanumeric() || b"+/=_-.~".contains(b)).count();
                if length >= 8 {
                    self.sink.push(Candidate { start, end: start + length, rule, prefix: 0, name });
                }
            }
        }
    }

    /// A rule that takes the whole value.
    pub(super) fn whole(&mut self, rule: u32, value: Value, name: Option<(usize, usize)>) {
        self.sink.push(Candidate { start: value.start, end: value.end, rule, prefix: 0, name });
    }

    /// Keys of capitals and digits alone behind a small letter in a run: `keyAKIA…`. Their makers' own boundary is a capital
    /// or a digit.
    fn capitals(&mut self, start: usize, end: usize) {
        let bytes = self.bytes;
        for at in (start + 1..end).filter(|&at| bytes[at - 1].is_ascii_lowercase()) {
            let Some(four) = bytes.get(at..).and_then(|b| b.first_chunk::<4>()) else { return };
            for (_, rule) in self.index.capitals.iter().filter(|(head, _)| head == four) {
                if let Some(found) = self.sink.shapes.match_behind(*rule, bytes, at, self.sink.ends) {
                    self.sink.push(found);
                }
            }
        }
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
        // `provider-token-VALUE`: the words in front are no part of the value, although its alphabet may have the dash.
        for &start in starts[..count].iter().rev() {
            if is_behind_words(bytes, start)
                && self.is_glue(rule, start)
                && let Some(mut found) = self.sink.shapes.match_behind(rule, bytes, start, self.sink.ends)
            {
                found.name = name;
                self.sink.push(found);
                return;
            }
        }
        for &start in &starts[..count] {
            if let Some(mut found) = self.sink.shapes.match_any(rule, bytes, start, self.sink.ends) {
                found.name = name;
                self.sink.push(found);
                return;
            }
        }
        for &start in &starts[..count] {
            if self.is_glue(rule, start)
                && let Some(mut found) = self.sink.shapes.match_behind(rule, bytes, start, self.sink.ends)
            {
                found.name = name;
                self.sink.push(found);
                return;
            }
        }
    }

    /// Whether a word of the rule, or one for secrets, is glued with a dash or an underscore in front of `start`.
    fn is_glue(&self, rule: u32, start: usize) -> bool {
        let Some((b'-' | b'_', front)) = self.bytes[..start].split_last() else { return false };
        let length = front.iter().rev().take(40).take_while(|b| b.is_ascii_alphabetic()).count();
        let text = &front[front.len() - length..];
        if length < 3 {
            return false;
        }
        let access = words(text).last().is_some_and(|r| text[r].eq_ignore_ascii_case(b"access"));
        let own = |rule: &Rule| {
            let mut own = false;
            for_each_hash(text, &mut |h, _| {
                own |= rule.context.words.iter().any(|w| hash(w.as_bytes()) == h);
            });
            own
        };
        access || meaning(text).kind.is_some() || self.sink.shapes.rule(rule).is_some_and(own)
    }
}

/// Whether the run that `start` stands in holds words alone in front of it, each with a dash or an underscore behind it.
fn is_behind_words(bytes: &[u8], start: usize) -> bool {
    let front = &bytes[start.saturating_sub(LONGEST_NAME)..start];
    let length = front.iter().rev().take_while(|b| is_token(**b)).count();
    length > 0 && !front[front.len() - length..].iter().any(u8::is_ascii_digit)
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
