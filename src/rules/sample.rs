//! Makes valid keys from rules: for tests, properties, benchmarks and documentation, so that no real-looking key
//! stands in the repository. The same rule and seed give the same key on every machine.

use crate::model::Checksum;

use super::charset::Charset;
use super::checksum;
use super::rng::Rng;
use super::rule::{Rule, Segment, Shape, Template};
use super::sample_pattern;
use super::template::LONGEST;

/// How often chance is asked before giving up: checksums that must stay in a small alphabet need a few.
const ATTEMPTS: u64 = 200;

/// What no made key may hold, since it would look like a placeholder.
const WORDS: &[&str] = &[
    "xxx", "abc", "123", "000", "fff", "aaa", "test", "fake", "demo", "your", "key", "null", "none", "todo",
    "foo", "bar", "pass", "user", "temp", "dev", "prod", "bad", "dead", "beef", "cafe", "exam", "samp",
    "mock", "stub",
];

/// A key that has the rule's shape, the right checksum, and looks random. `None` where the rule is a pattern that
/// chance does not meet.
pub fn sample(rule: &Rule, seed: u64) -> Option<Vec<u8>> {
    (0..ATTEMPTS).find_map(|attempt| {
        let mut rng = Rng::new(rule.id.as_bytes(), seed.wrapping_mul(ATTEMPTS).wrapping_add(attempt));
        let (key, prefix) = draw(rule, &mut rng)?;
        let said = |key: &[u8]| rule.check.map_or(Checksum::None, |kind| checksum::check(kind, key));
        let key = match rule.check {
            Some(kind) if said(&key) != Checksum::Valid => {
                checksum::seal(kind, &key, prefix, &mut rng).unwrap_or(key)
            }
            _ => key,
        };
        // A pattern may want to see what stands around the key, which is not there.
        let fits = matches!(rule.shape, Shape::Pattern(_)) || rule.shape.fits(&key);
        (fits && said(&key) != Checksum::Invalid).then_some(key)
    })
}

/// Fills the places in an example: `{{key}}`, `{{key:other-rule}}` (made by `other`), `{{base62:12}}`,
/// `{{repeat:x:32}}`. Other braces are left alone.
pub fn fill(
    example: &str,
    key: &[u8],
    seed: u64,
    other: &dyn Fn(&str) -> Option<Vec<u8>>,
) -> Result<Vec<u8>, String> {
    let mut text = Vec::new();
    let mut rng = Rng::new(example.as_bytes(), seed);
    let mut rest = example;
    while let Some(open) = rest.find("{{") {
        let Some(close) = rest[open..].find("}}") else { break };
        text.extend(rest[..open].bytes());
        let inside = &rest[open + 2..open + close];
        match inside.split_once(':') {
            _ if inside == "key" => text.extend(key),
            Some(("key", id)) => {
                text.extend(other(id).ok_or_else(|| format!("no key of `{id}` can be made"))?);
            }
            Some(("repeat", what)) => {
                let (what, times) = what.rsplit_once(':').ok_or("`{{repeat:x:32}}` needs a number")?;
                let times: usize = times.parse().map_err(|_| format!("`{times}` is no number"))?;
                text.extend(what.repeat(times.min(LONGEST as usize)).bytes());
            }
            Some(_) => {
                let piece = super::template::parse(&format!("{{{inside}}}"));
                let piece = piece.map_err(|e| format!("in `{{{{{inside}}}}}`: {e}"))?;
                for piece in piece {
                    if let super::template::Piece::Run(set, ranges) = piece {
                        text.extend(run(set, &ranges, &mut rng));
                    } else if let super::template::Piece::Literal(literal) = piece {
                        text.extend(literal);
                    }
                }
            }
            None => text.extend(rest[open..open + close + 2].bytes()),
        }
        rest = &rest[open + close + 2..];
    }
    text.extend(rest.bytes());
    Ok(text)
}

/// A key by shape alone, and how many of its first bytes are fixed.
fn draw(rule: &Rule, rng: &mut Rng) -> Option<(Vec<u8>, usize)> {
    match (&rule.shape, rule.samples.is_empty()) {
        (Shape::Templates(list), true) => pick(list, rng),
        (_, false) => pick(&rule.samples, rng),
        (Shape::Pattern(pattern), true) => sample_pattern::draw(pattern, rng).map(|key| (key, 0)),
    }
}

fn pick(list: &[Template], rng: &mut Rng) -> Option<(Vec<u8>, usize)> {
    let template = list.get(rng.below(list.len() as u64) as usize)?;
    let mut key = Vec::new();
    let mut prefix = 0;
    for (index, segment) in template.segments.iter().enumerate() {
        match segment {
            Segment::Literal(text) if text.iter().all(|&b| b == b'=') => {
                end_base64(&mut key, text.len(), rng);
                key.extend(text.iter());
            }
            Segment::Literal(text) | Segment::LiteralNoCase(text) => key.extend(text.iter()),
            Segment::Run(set, ranges) => key.extend(run(*set, ranges, rng)),
        }
        if index == 0 && !matches!(segment, Segment::Run(..)) {
            prefix = key.len();
        }
    }
    Some((key, prefix))
}

/// Before the padding of base64 the last digit holds only two or four bits; the others are zero in real keys.
fn end_base64(key: &mut [u8], padding: usize, rng: &mut Rng) {
    let ends: &[u8] = if padding == 1 { b"AEIMQUYcgkosw048" } else { b"AQgw" };
    if let Some(last) = key.last_mut().filter(|last| last.is_ascii_alphanumeric() || b"+/-_".contains(last)) {
        *last = ends[rng.below(ends.len() as u64) as usize];
    }
}

/// A run of a length that is allowed and long enough to look like a key.
fn run(set: Charset, ranges: &[(u32, u32)], rng: &mut Rng) -> Vec<u8> {
    let Some(&(least, most)) = ranges.get(rng.below(ranges.len() as u64) as usize) else { return Vec::new() };
    // A wide range stands for "we do not know": the shortest is most likely, but at least sixteen where allowed.
    let usual = if most == LONGEST { least.max(24) } else { least.max(most.min(16)) };
    let usual = (usual, usual.saturating_add(16));
    let len = rng.between(u64::from(usual.0), u64::from(usual.1.min(most))) as usize;
    random_looking(set, len, rng)
}

/// Characters of a set that look random: of each class some, no placeholder in them, one case of hex.
pub(super) fn random_looking(set: Charset, len: usize, rng: &mut Rng) -> Vec<u8> {
    let set = plain(set);
    let lower = Charset::NONE.with_range(b'a', b'z');
    let upper = Charset::NONE.with_range(b'A', b'Z');
    let digits = Charset::NONE.with_range(b'0', b'9');
    let mut text = Vec::new();
    for _ in 0..100 {
        text = rng.text(set, len);
        let mixed = len < 10
            || [lower, upper, digits]
                .iter()
                .all(|class| !set.meets(class) || text.iter().filter(|&&b| class.has(b)).count() > len / 32);
        if mixed && !looks_made_up(&text) {
            break;
        }
    }
    text
}

/// Leaves out what has a meaning in the languages around a key, where enough is left without.
fn plain(set: Charset) -> Charset {
    let hex = Charset::NONE.with_range(b'0', b'9').with_range(b'a', b'f');
    if set == hex.with_range(b'A', b'F') {
        return hex;
    }
    let mut plain = set;
    if set.len() > 70 {
        for byte in b"${}<>()[]%&=;,:'\"`\\|?#/+ ~" {
            plain = plain.without(*byte);
        }
    }
    plain
}

fn looks_made_up(text: &[u8]) -> bool {
    let lower = String::from_utf8_lossy(text).to_lowercase();
    let repeated = text.windows(3).any(|w| w[0] == w[1] && w[1] == w[2]);
    (repeated && text.len() < 200) || (text.len() < 100 && WORDS.iter().any(|word| lower.contains(word)))
}

#[cfg(test)]
mod tests;
