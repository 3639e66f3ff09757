//! The ordered filters: each names a kind of thing that looks like a key and is none.
//!
//! A key with a mark of its own (a checksum that holds, or a prefix and a long random body) is *rich*: only filters on
//! the shape of its body can drop it, since any word may stand in random text by chance. `keysieve explain` shows
//! which filter dropped a value; every filter carries examples in both directions, held by a test.

mod address;
mod data;
mod encoded;
mod known;
mod label;
mod more;
mod named;
mod placeholder;
mod reference;
mod shapes;
mod syntax;
mod table;
#[cfg(test)]
mod tests;
mod things;

use crate::model::Checksum;
use crate::rules::{Need, Rule, Segment, Shape};

use super::boundary::after_glue;
use super::context::Surroundings;
pub(super) use data::names_digest;
pub(super) use placeholder::{plain_setting, says_nothing, weak, well_known};
pub(super) use shapes::made_by_hand;

use super::judge::random::{Makeup, RANDOM, score};
use more::MORE;
use table::FILTERS;

/// What a value is shows in its first so many bytes: keys may be long and lie in each other, and judging each of them must
/// not take the longer the longer they are.
const ENOUGH: usize = 1024;

/// Scores below this read as words.
const WORDS: i32 = -6;

/// What filters look at.
#[derive(Debug)]
pub(super) struct Case<'c> {
    /// The rule that matched.
    pub(super) rule: &'c Rule,
    /// The key.
    pub(super) key: &'c [u8],
    /// The key without the prefix that all keys of its kind share.
    pub(super) body: &'c [u8],
    /// What stands around.
    pub(super) around: &'c Surroundings<'c>,
    /// What the key is made of.
    pub(super) makeup: Makeup,
    /// What its body is made of.
    pub(super) body_makeup: Makeup,
    /// How random the body reads.
    pub(super) score: i32,
    /// Whether only its shape can speak against it.
    pub(super) rich: bool,
    /// Whether the rule is for any provider.
    pub(super) generic: bool,
    /// How strongly the context speaks for the rule.
    pub(super) fit: u8,
}

impl<'c> Case<'c> {
    /// Looks at a candidate. Of a key that is longer than [`ENOUGH`] only the beginning counts.
    pub(super) fn new(
        rule: &'c Rule,
        key: &'c [u8],
        body: &'c [u8],
        around: &'c Surroundings<'c>,
        checksum: Checksum,
        fit: u8,
    ) -> Case<'c> {
        let prefix = key.len() - body.len();
        let key = &key[..key.len().min(ENOUGH.max(prefix))];
        let body = &key[prefix..];
        let (makeup, body_makeup) = (Makeup::of(key), Makeup::of(body));
        let score = score(body, &body_makeup);
        let prefixed = key.len() - body.len() >= 3;
        let generic = rule.id.starts_with("generic-");
        // A provider's pattern has as much of its own as a long prefix.
        let pattern = !generic && matches!(rule.shape, Shape::Pattern(_));
        let rich = checksum == Checksum::Valid || pattern || prefixed && body.len() >= 16 && score >= RANDOM;
        Case { rule, key, body, around, makeup, body_makeup, score, rich, generic, fit }
    }

    /// Whether a key of a shape that is enough by itself holds digits as names in code do not.
    pub(super) fn marked(&self) -> bool {
        !self.generic
            && self.rule.context.need == Need::No
            && self.body.len() >= 12
            && self.body_makeup.digits >= 3
            && self.score > WORDS
    }

    /// Whether a value stands for a provider's key even where a person made it up, as authors of tests and of
    /// documentation do (`prefix_abcd1234abcd1234…`): by a prefix that is enough, or by a name that says whose secret it
    /// is, and by a body of the whole length with letters and digits.
    pub(super) fn stands_for_one(&self) -> bool {
        let m = &self.body_makeup;
        let prefixed = self.rule.context.need == Need::No && self.prefix().len() >= 4;
        !self.generic
            && (prefixed || self.fit >= 2 && self.around.names_secret())
            && self.body.len() >= 16
            && m.digits >= 4
            && m.letters() >= 4
            && m.distinct >= 6
    }

    /// The literal bytes with which the rule's shape begins.
    pub(super) fn prefix(&self) -> &'c [u8] {
        &self.key[..self.key.len().saturating_sub(self.body.len())]
    }

    /// Whether a literal of the rule's own shape holds this text: what all keys of a kind share says nothing.
    pub(super) fn in_shape(&self, text: &[u8]) -> bool {
        let Shape::Templates(templates) = &self.rule.shape else { return false };
        templates.iter().flat_map(|t| t.segments.iter()).any(|segment| match segment {
            Segment::Literal(own) | Segment::LiteralNoCase(own) => own.windows(text.len()).any(|w| w == text),
            Segment::Run(..) => false,
        })
    }

    /// Whether the body reads as random.
    pub(super) fn looks_random(&self) -> bool {
        self.body.len() >= 12 && self.score >= RANDOM
    }

    /// The string or bare word that holds the key.
    pub(super) fn value(&self) -> &'c [u8] {
        let value = &self.around.value;
        self.around.bytes.get(value.start..value.end).unwrap_or_default()
    }

    /// The same as far as it stands near the key: a value may be much longer than the keys in it.
    pub(super) fn value_nearby(&self) -> &'c [u8] {
        let (value, (start, end)) = (&self.around.value, self.around.span);
        let from = value.start.max(start.saturating_sub(ENOUGH / 2));
        let until = value.end.min(end.min(start + ENOUGH) + ENOUGH / 2);
        self.around.bytes.get(from..until).unwrap_or_default()
    }

    /// Whether the key is a hexadecimal number although the rule draws from a larger alphabet: more likely a digest.
    pub(super) fn is_hex_of_larger(&self) -> bool {
        let Shape::Templates(templates) = &self.rule.shape else { return false };
        let larger = |s: &Segment| matches!(s, Segment::Run(set, _) if set.len() > 24);
        // Of several shapes only those that the key has speak: one of them may be of hexadecimal digits.
        let mut own = templates.iter().filter(|t| t.fits(self.key)).peekable();
        self.key.len() >= 32
            && self.makeup.is_hex()
            && own.peek().is_some()
            && own.all(|t| t.segments.iter().any(larger))
    }

    /// In a URL: whether the host behind the password may be a real one.
    pub(super) fn has_real_host(&self) -> bool {
        let after = self.around.after(80);
        let host = after.strip_prefix(b"@").unwrap_or(after);
        let length =
            host.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')).count();
        let host = &host[..length];
        let example = [
            &b"example.com"[..],
            b"example.org",
            b"example.net",
            b".example",
            b".test",
            b".invalid",
            b"domain.com",
            b"host.com",
        ];
        host == b"localhost"
            || host.contains(&b'.') && !example.iter().any(|e| host.ends_with(e))
            || host.iter().any(|b| b.is_ascii_digit() || *b == b'-')
    }

    /// In a URL: whether the host behind the password has a name that the whole world can look up.
    pub(super) fn has_public_host(&self) -> bool {
        let host = self.around.after(80).strip_prefix(b"@").unwrap_or_default();
        let length =
            host.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-')).count();
        let labels = host[..length].split(|b| *b == b'.');
        self.has_real_host()
            && labels.clone().count() >= 3
            && labels
                .clone()
                .next_back()
                .is_some_and(|top| top.iter().all(u8::is_ascii_alphabetic) && top.len() >= 2)
            && !matches!(
                labels.clone().next_back(),
                Some(b"local" | b"localhost" | b"internal" | b"lan" | b"svc")
            )
    }

    /// Whether a long key draws from digits and letters of both cases, as machines make them and identifiers seldom are.
    pub(super) fn mixes_cases(&self) -> bool {
        let m = &self.makeup;
        self.key.len() >= 20
            && m.digits >= 2
            && m.lower >= 4
            && m.upper >= 4
            && m.symbols <= 3
            && m.spaces == 0
    }

    /// Whether the key is only a part of a longer run of the same kind.
    pub(super) fn is_part(&self) -> bool {
        let joins =
            |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'_'));
        let before = self.around.before(1);
        let after = self.around.after(2);
        // A piece of a path is whole.
        let piece = before == b"/" && after.first() == Some(&b'/');
        // Nor is what a word for secrets is glued to: `provider_SECRET_…`.
        let glued = matches!(before, b"_") && after_glue(self.around.bytes, self.around.span.0);
        joins(before.first()) && before != b"/" && !glued
            || !piece && joins(after.first())
            || after.first() == Some(&b'-') && joins(after.get(1)) && self.rule.confidence < 90
    }
}

/// A kind of thing that is no key.
pub(super) struct Filter {
    /// Its name, as `explain` shows it.
    pub(super) name: &'static str,
    /// What it drops, and why that is right.
    pub(super) about: &'static str,
    /// Whether it drops.
    test: fn(&Case<'_>) -> bool,
    /// Lines whose value (between `«` and `»`) it drops.
    #[cfg_attr(not(test), expect(dead_code, reason = "examples are read by tests"))]
    drops: &'static [&'static str],
    /// Lines whose value it keeps.
    #[cfg_attr(not(test), expect(dead_code, reason = "examples are read by tests"))]
    keeps: &'static [&'static str],
}

/// The first filter that drops a case, and what it is about.
pub(super) fn dropped_by(case: &Case<'_>) -> Option<(&'static str, &'static str)> {
    FILTERS.iter().chain(MORE).find(|f| (f.test)(case)).map(|f| (f.name, f.about))
}
