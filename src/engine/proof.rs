//! A rule proves itself: made keys are found in its examples and by itself, what it rejects is left alone, it has
//! something cheap to hang on, and no other rule takes its keys away. Behind `rules check` and `tests/rules.rs`.

use std::collections::HashMap;

use crate::model::{Blob, Confidence, Origin, RuleId};
use crate::rules::{Judge, Need, Rule, Segment, Shape, fill, sample};

use super::anchor::{Anchor, hang};
use super::{Detection, MatchOptions, Matcher, Scratch};

/// So many made keys are tried for each question.
const SEEDS: u64 = 3;

/// Literals that stand in so much text that looking at each of them costs time.
const COMMON: &[&str] =
    &["http", "https", "key", "token", "name", "data", "user", "auth", "pass", "test", "value"];

/// What is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The rule's id.
    pub rule: RuleId,
    /// Whether the rule does not do what it says; otherwise it could be better.
    pub grave: bool,
    /// What is wrong.
    pub problem: String,
}

/// Proves rules, each among all others.
#[derive(Debug)]
pub struct Prover<'r> {
    rules: &'r [Rule],
    matcher: Matcher<'r>,
    /// Rules by their first literal bytes, to see which overlap.
    heads: HashMap<[u8; 2], Vec<usize>>,
}

impl<'r> Prover<'r> {
    /// Prepares all rules that are in force.
    pub fn new(rules: &'r [Rule]) -> Prover<'r> {
        let mut heads: HashMap<[u8; 2], Vec<usize>> = HashMap::new();
        for (index, rule) in rules.iter().enumerate() {
            let Shape::Templates(list) = &rule.shape else { continue };
            for template in list.iter() {
                if let Some(Segment::Literal(text)) = template.segments.first()
                    && let Some(head) = text.first_chunk::<2>()
                {
                    heads.entry(*head).or_default().push(index);
                }
            }
        }
        Prover { rules, matcher: Matcher::new(rules, MatchOptions::default()), heads }
    }

    /// All flaws of one rule, which need not be among those in force.
    pub fn prove(&self, rule: &Rule) -> Vec<Flaw> {
        let alone = [rule.clone()];
        let own;
        // What is public by design is found with little confidence, on purpose.
        let matcher = if self.rules.iter().any(|other| other.id == rule.id) && !rule.public {
            &self.matcher
        } else {
            let options = MatchOptions { min_confidence: Confidence(0), ..MatchOptions::default() };
            own = Matcher::new(&alone, options);
            &own
        };
        let mut flaws = Vec::new();
        let mut flaw = |grave, problem| flaws.push(Flaw { rule: rule.id.clone(), grave, problem });
        let keys: Vec<Vec<u8>> = (0..SEEDS).filter_map(|seed| sample(rule, seed)).collect();
        if keys.len() < SEEDS as usize {
            flaw(true, "no key can be made from it; give a `sample:`".to_string());
        }
        self.examples(rule, matcher, &mut flaw);
        alone_in_a_string(rule, matcher, &keys, &mut flaw);
        self.overlaps(rule, &keys, &mut flaw);
        anchors(rule, &mut flaw);
        flaws
    }

    fn examples(&self, rule: &Rule, matcher: &Matcher<'_>, flaw: &mut dyn FnMut(bool, String)) {
        if rule.examples_match.is_empty() {
            flaw(false, "has no example that must match".to_string());
        }
        let other = |id: &str| self.rules.iter().find(|rule| rule.id == id).and_then(|rule| sample(rule, 7));
        let wanted = rule.examples_match.iter().map(|text| (text, true));
        let rejected = rule.examples_reject.iter().map(|text| (text, false));
        for (index, (text, wanted)) in wanted.chain(rejected).enumerate() {
            let seed = 100 + index as u64;
            let Some(key) = sample(rule, seed) else { return };
            let filled = match fill(text, &key, seed, &other) {
                Ok(filled) => filled,
                Err(problem) => {
                    flaw(true, format!("example `{text}`: {problem}"));
                    continue;
                }
            };
            let found = scan(matcher, &filled);
            let own = found.iter().find(|d| d.rule.id == rule.id);
            match (wanted, own) {
                (true, Some(d)) if d.secret != key && text.contains("{{key}}") => {
                    flaw(
                        true,
                        format!(
                            "example `{text}`: finds {} bytes, the key has {}",
                            d.secret.len(),
                            key.len()
                        ),
                    );
                }
                (true, None) => {
                    let instead = found.first().map_or("nothing".to_string(), |d| d.rule.id.to_string());
                    flaw(true, format!("example `{text}` must match; found instead: {instead}"));
                }
                (false, Some(_)) => flaw(true, format!("example `{text}` must not match")),
                _ => {}
            }
        }
    }

    /// Other rules whose shape these keys have too, and which rank the same: chance would decide.
    fn overlaps(&self, rule: &Rule, keys: &[Vec<u8>], flaw: &mut dyn FnMut(bool, String)) {
        let mut same: Vec<&str> = keys
            .iter()
            .filter_map(|key| Some((key, self.heads.get(key.first_chunk::<2>()?)?)))
            .flat_map(|(key, indices)| indices.iter().map(move |&index| (key, index)))
            .filter_map(|(key, index)| Some((key, self.rules.get(index)?)))
            .filter(|(key, other)| other.id != rule.id && other.rank == rule.rank && other.shape.fits(key))
            .map(|(_, other)| &*other.id)
            .collect();
        same.sort_unstable();
        same.dedup();
        if !same.is_empty() {
            flaw(false, format!("has the shape and rank of {}: give one of them a `rank`", same.join(", ")));
        }
    }
}

/// A key that needs no context must be found without any.
fn alone_in_a_string(
    rule: &Rule,
    matcher: &Matcher<'_>,
    keys: &[Vec<u8>],
    flaw: &mut dyn FnMut(bool, String),
) {
    if rule.context.need != Need::No || rule.judge == Judge::Human || matches!(rule.shape, Shape::Pattern(_))
    {
        return;
    }
    for key in keys {
        let text = [b"x(\"", &key[..], b"\")\n"].concat();
        let found = scan(matcher, &text);
        if !found.iter().any(|d| d.secret == *key) {
            flaw(true, "a made key in a plain string is not found".to_string());
            return;
        }
        if let Some(thief) = found.iter().find(|d| d.secret == *key && d.rule.id != rule.id) {
            let known = thief.rule.provider == rule.provider || thief.alternatives.contains(&rule.provider);
            flaw(!known, format!("a made key in a plain string is taken for {}", thief.rule.id));
            return;
        }
    }
}

/// What a rule costs: what it hangs on must be rare.
fn anchors(rule: &Rule, flaw: &mut dyn FnMut(bool, String)) {
    let mut hooks = Vec::new();
    let anchored = hang(0, rule, &mut hooks);
    if !anchored && rule.context.need == Need::No {
        flaw(true, "has no literal text to look for, and needs no name: nothing finds it".to_string());
    }
    for (_, _, hook) in &hooks {
        let Anchor::Text(text, _) = &hook.anchor else { continue };
        let shown = String::from_utf8_lossy(text);
        if text.len() < 3 || COMMON.contains(&shown.to_lowercase().as_str()) {
            flaw(false, format!("looks for `{shown}`, which stands in much text"));
        }
    }
}

/// What finding a rule's keys costs, in words.
pub fn cost(rule: &Rule) -> &'static str {
    let mut hooks = Vec::new();
    if !hang(0, rule, &mut hooks) {
        return "only asked about values whose name speaks for it";
    }
    let dearest = hooks.iter().map(|(_, _, hook)| match &hook.anchor {
        Anchor::Head(_) | Anchor::Lead(_) => (0, "next to nothing: decided by the first bytes of long words"),
        Anchor::At(..) => (1, "little: asked at a fixed distance behind the start of long words"),
        Anchor::Url(..) | Anchor::Dashes(_) => (1, "little: asked at `://` or five dashes"),
        Anchor::Run(..) => (2, "some: asked at every long word"),
        Anchor::Text(text, _) if text.len() >= 5 => (3, "some: a literal is searched for in all text"),
        Anchor::Text(..) => (4, "much: a short literal is searched for in all text"),
    });
    dearest.max().map_or("nothing", |(_, words)| words)
}

fn scan<'r>(matcher: &Matcher<'r>, text: &[u8]) -> Vec<Detection<'r>> {
    let origin = Origin::Stdin;
    let mut found = Vec::new();
    matcher
        .scan(&Blob::whole(text, &origin), &mut Scratch::default(), &mut |detection| found.push(detection));
    found
}

#[cfg(test)]
mod tests {
    use super::Prover;
    use crate::rules::{Rule, parse};

    fn rules(fields: &str) -> Vec<Rule> {
        let yaml = format!("provider: T\nrules:\n  - id: t-key\n    name: T\n    severity: high\n{fields}");
        parse(&yaml).expect("good rules")
    }

    #[test]
    fn a_good_rule_has_no_flaw() {
        let rules = rules(
            "    shape: 'tst_{base62:32}'\n    examples:\n      match: ['k = \"{{key}}\"']\n      reject: ['tst_{{base62:12}}']\n",
        );
        assert_eq!(Prover::new(&rules).prove(&rules[0]), []);
    }

    #[test]
    fn flaws_are_told() {
        let rules = rules(
            "    shape: 'tst_{base62:32}'\n    examples:\n      match: ['tst_{{base62:9}}']\n      reject: ['k = \"{{key}}\"']\n\
             \x20 - {id: t-two, name: T, severity: low, shape: 'tst_{base62:32}'}\n",
        );
        let prover = Prover::new(&rules);
        let flaws = prover.prove(&rules[0]);
        let has = |words: &str, grave| flaws.iter().any(|f| f.problem.contains(words) && f.grave == grave);
        assert!(has("must match; found instead: nothing", true), "{flaws:?}");
        assert!(has("must not match", true), "{flaws:?}");
        assert!(has("shape and rank of t-two", false), "{flaws:?}");
        assert!(prover.prove(&rules[1]).iter().any(|f| f.problem.contains("no example")));
    }
}
