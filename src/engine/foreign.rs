//! Rules of another tool, run as that tool would: keywords first, then the expression over the whole text, then the
//! entropy of its secret. They stand beside the stages of our own rules and share nothing with them.

use std::ops::Range;

use aho_corasick::AhoCorasick;
use regex_automata::Input;

use crate::encoding::Decoded;
use crate::model::{Blob, Checksum, Confidence, LineCol};
use crate::rules::ForeignRule;

use super::Detection;
use super::places::{Lie, Places};

/// More matches of one rule in one content are not told apart from an attack on the memory.
const MOST: usize = 100_000;

/// Foreign rules, prepared for scanning.
#[derive(Debug)]
pub struct Foreign<'r> {
    rules: &'r [ForeignRule],
    /// The words of all rules; `None` if no rule has any.
    words: Option<AhoCorasick>,
    /// Which rule a word belongs to.
    of: Vec<usize>,
}

/// What one rule found: the secret, and all that its expression matched.
struct Match {
    rule: usize,
    secret: Range<usize>,
    whole: Range<usize>,
    place: (LineCol, LineCol),
}

impl<'r> Foreign<'r> {
    /// Prepares rules; `None` if there are none.
    pub fn new(rules: &'r [ForeignRule]) -> Option<Foreign<'r>> {
        if rules.is_empty() {
            return None;
        }
        let words: Vec<(usize, &str)> = rules
            .iter()
            .enumerate()
            .flat_map(|(i, r)| r.keywords.iter().map(move |k| (i, k.as_str())))
            .collect();
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(words.iter().map(|(_, word)| word))
            .ok();
        Some(Foreign { rules, words: automaton, of: words.into_iter().map(|(rule, _)| rule).collect() })
    }

    /// Calls `found` for each detection in the blob's window with the bytes that the whole expression matched.
    pub fn scan(&self, blob: &Blob<'_>, found: &mut dyn FnMut(Detection<'r>, Range<usize>)) {
        let decoded = Decoded::of(blob.bytes);
        let (text, lie) = match &decoded {
            Some(decoded) => (&decoded.text[..], Lie::Decoded(decoded)),
            None => (blob.bytes, Lie::Same),
        };
        let mut matches = Vec::new();
        for rule in self.awake(text) {
            self.search(rule, text, blob, lie, &mut matches);
        }
        for one in &matches {
            let rule = &self.rules[one.rule];
            let near = |needed: &crate::rules::Required| {
                matches.iter().filter(|m| self.rules[m.rule].rule.id == needed.id).any(|m| {
                    let apart =
                        |a: u64, b: u64, most: Option<u64>| most.is_none_or(|most| a.abs_diff(b) <= most);
                    apart(m.place.0.line, one.place.0.line, needed.lines)
                        && apart(m.place.0.column, one.place.0.column, needed.columns)
                })
            };
            if !rule.report || !rule.required.iter().all(near) {
                continue;
            }
            let places = Places::new(blob, lie);
            if !places.kept(one.secret.start) {
                continue;
            }
            let detection = Detection {
                rule: &rule.rule,
                secret: text[one.secret.clone()].to_vec(),
                prefix: 0,
                span: places.span(one.secret.clone()),
                start: one.place.0,
                end: one.place.1,
                confidence: Confidence(rule.rule.confidence),
                reasons: vec!["an expression of the gitleaks configuration".into()],
                decoded_from: Vec::new(),
                variable: None,
                checksum: Checksum::None,
                alternatives: Vec::new(),
            };
            found(detection, places.span(one.whole.clone()));
        }
    }

    /// The rules of which a keyword stands in the text, and those without keywords.
    fn awake(&self, text: &[u8]) -> Vec<usize> {
        let mut awake: Vec<bool> = self.rules.iter().map(|r| r.keywords.is_empty()).collect();
        let mut asleep = awake.iter().filter(|a| !**a).count();
        if let Some(words) = self.words.as_ref().filter(|_| asleep > 0) {
            for word in words.find_overlapping_iter(text) {
                let rule = self.of[word.pattern().as_usize()];
                if !awake[rule] {
                    awake[rule] = true;
                    asleep -= 1;
                    if asleep == 0 {
                        break;
                    }
                }
            }
        }
        (0..self.rules.len()).filter(|&i| awake[i]).collect()
    }

    fn search(&self, index: usize, text: &[u8], blob: &Blob<'_>, lie: Lie<'_>, matches: &mut Vec<Match>) {
        let rule = &self.rules[index];
        // Places are told in order, so each rule goes through the text with its own.
        let mut places = Places::new(blob, lie);
        let mut groups = rule.regex.create_captures();
        let mut from = 0;
        for whole in rule.regex.find_iter(text).take(MOST) {
            rule.regex.search_captures(&Input::new(text).range(whole.range()), &mut groups);
            let Some(whole) = trimmed(text, whole.range()) else { continue };
            let group = |n: usize| groups.get_group(n).map(|g| g.range()).filter(|g| !g.is_empty());
            let secret = match rule.group {
                0 => (1..groups.group_len()).find_map(group).unwrap_or_else(|| whole.clone()),
                n => match group(n) {
                    Some(secret) => secret,
                    None => continue,
                },
            };
            if secret.is_empty() || (rule.entropy > 0.0 && entropy(&text[secret.clone()]) <= rule.entropy) {
                continue;
            }
            if secret.start < from {
                places = Places::new(blob, lie);
            }
            from = secret.start;
            let place = places.ends(&secret);
            matches.push(Match { rule: index, secret, whole, place });
        }
    }
}

/// Without newlines at its ends, as theirs cuts it; `None` if nothing is left.
fn trimmed(text: &[u8], span: Range<usize>) -> Option<Range<usize>> {
    let bytes = &text[span.clone()];
    let first = bytes.iter().position(|&b| b != b'\n')?;
    let last = bytes.iter().rposition(|&b| b != b'\n')?;
    Some(span.start + first..span.start + last + 1)
}

/// Shannon entropy in bits per byte.
fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    bytes.iter().for_each(|&b| counts[usize::from(b)] += 1);
    let total = bytes.len() as f64;
    counts.iter().filter(|&&n| n > 0).map(|&n| f64::from(n) / total).map(|p| -p * p.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::{entropy, trimmed};

    #[test]
    fn entropy_is_shannons() {
        assert!(entropy(b"aaaa") < 1e-9 && (entropy(b"abcd") - 2.0).abs() < 1e-9 && entropy(b"") < 1e-9);
    }

    #[test]
    fn newlines_at_the_ends_do_not_belong_to_a_match() {
        assert_eq!(trimmed(b"\n\nab\n", 0..5), Some(2..4));
        assert_eq!(trimmed(b"\n", 0..1), None);
    }
}
