//! `keysieve identify`: what kind of key a string is, whether its checksum holds, what it says about itself, and how
//! to revoke it. Nothing leaves the machine.

use std::cell::OnceCell;
use std::fmt::Write as _;
use std::io::Write;

use clap::Args as ClapArgs;
use serde_json::{Value, json};

use crate::engine::{MatchOptions, Matcher, Scratch};
use crate::error::{Error, Result};
use crate::model::{Blob, Checksum, Confidence, Origin, Secret, count, escape_terminal};
use crate::rules::{CheckKind, Claims, Need, Rule, Ruleset, Shape, check, facts, literal_prefix};

use super::{Globals, ask};

/// So many other possibilities are named.
const MOST_OTHERS: usize = 12;

/// Say what kind of key a string is, whether its checksum holds, and how to revoke it; offline
#[derive(Debug, Clone, ClapArgs)]
pub struct Args {
    /// The key. Left out (or `-`), it is read from standard input or asked for without echo, and so stays out of the
    /// shell's history and the list of processes
    #[arg(value_name = "KEY")]
    pub key: Option<String>,
}

/// One kind that the string may be.
struct Kind<'r> {
    rule: &'r Rule,
    key: Vec<u8>,
    checksum: Checksum,
}

/// Runs the command; returns the exit code: 0, whether a rule knows the string or not. (1 means findings everywhere.)
pub fn run(args: &Args, globals: &Globals, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8> {
    let given = match &args.key {
        Some(key) if key != "-" => key.clone().into_bytes(),
        _ => ask::key(err)?,
    };
    let text = given.trim_ascii();
    if text.is_empty() {
        return Err(Error::Usage("no key was given".to_string()));
    }
    let rules = Ruleset::everything().load(&globals.rules)?;
    let kinds = Identifier::new(rules.rules()).kinds(text);
    let told = match globals.format.as_str() {
        "json" => as_json(&kinds, globals),
        "jsonl" => list(&kinds, globals).iter().map(|kind| format!("{kind}\n")).collect(),
        _ => as_text(&kinds, text, globals),
    };
    out.write_all(told.as_bytes()).and_then(|()| out.flush()).map_err(Error::Output)?;
    Ok(0)
}

/// Knows kinds of keys; the matcher is made when the first string needs it.
struct Identifier<'r> {
    rules: &'r [Rule],
    matcher: OnceCell<Matcher<'r>>,
}

impl<'r> Identifier<'r> {
    fn new(rules: &'r [Rule]) -> Identifier<'r> {
        Identifier { rules, matcher: OnceCell::new() }
    }

    /// All kinds that the string may be, likeliest first: by its whole shape, or else by what the engine finds in it.
    fn kinds(&self, text: &[u8]) -> Vec<Kind<'r>> {
        let said = |rule: &Rule, key: &[u8]| rule.check.map_or(Checksum::None, |kind| check(kind, key));
        let fits = |rule: &&Rule| match &rule.shape {
            Shape::Templates(list) => list.iter().any(|template| template.fits(text)),
            Shape::Pattern(_) => false,
        };
        let whole = |rule: &'r Rule| Kind { rule, key: text.to_vec(), checksum: said(rule, text) };
        let mut kinds: Vec<Kind<'r>> = self.rules.iter().filter(fits).map(whole).collect();
        if !kinds.iter().any(|kind| kind.rule.context.need == Need::No) {
            let options = || MatchOptions { min_confidence: Confidence(0), decode: false };
            let matcher = self.matcher.get_or_init(|| Matcher::new(self.rules, options()));
            let origin = Origin::Stdin;
            matcher.scan(&Blob::whole(text, &origin), &mut Scratch::default(), &mut |found| {
                if !kinds.iter().any(|kind| kind.rule.id == found.rule.id) {
                    kinds.push(Kind { rule: found.rule, checksum: found.checksum, key: found.secret });
                }
            });
        }
        sorted(kinds)
    }
}

/// Likeliest first.
fn sorted(mut kinds: Vec<Kind<'_>>) -> Vec<Kind<'_>> {
    // Beside a kind with a prefix of its own, shapes that any word has say nothing.
    if kinds.iter().any(|kind| kind.rule.context.need == Need::No) {
        kinds.retain(|kind| kind.rule.context.need == Need::No || literal_prefix(kind.rule, &kind.key) > 1);
    }
    kinds.sort_by_key(|kind| {
        let proof = match kind.checksum {
            Checksum::Valid => 0,
            Checksum::None => 1,
            Checksum::Invalid => 2,
        };
        let shape = u8::from(kind.rule.context.need != Need::No);
        // A whole key says more than a part of the text.
        let part = usize::MAX - kind.key.len();
        (shape, proof, part, u16::MAX - kind.rule.rank, &*kind.rule.id)
    });
    kinds
}

fn shown(kind: &Kind<'_>, globals: &Globals) -> String {
    if globals.show_secrets {
        return escape_terminal(&String::from_utf8_lossy(&kind.key)).into_owned();
    }
    Secret::new(&kind.key, literal_prefix(kind.rule, &kind.key)).redacted()
}

fn verdict(kind: &Kind<'_>) -> &'static str {
    match (kind.checksum, kind.rule.check) {
        (Checksum::Valid, Some(CheckKind::Jwt)) => "header and payload decode",
        (Checksum::Valid, _) => "checksum holds: this is no made-up string",
        (Checksum::Invalid, _) => "checksum does not hold: made up, mistyped, or a newer variant",
        (Checksum::None, _) => "nothing in it can be checked offline",
    }
}

/// What the key says about itself; of a token without a rule of its own, what its claims say.
fn said(kind: &Kind<'_>) -> Vec<(&'static str, String)> {
    match kind.rule.check {
        Some(check) => facts(check, &kind.key),
        None if Claims::read(&kind.key).is_some() => facts(CheckKind::Jwt, &kind.key),
        None => Vec::new(),
    }
}

fn as_text(kinds: &[Kind<'_>], text: &[u8], globals: &Globals) -> String {
    let mut told = String::new();
    let Some((first, others)) = kinds.split_first() else {
        let _ = writeln!(told, "no rule knows this shape ({})", count(text.len(), "byte"));
        return told;
    };
    let rule = first.rule;
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(told, "{name:10} {}", escape_terminal(value));
        }
    };
    let sure =
        if rule.context.need == Need::No { "" } else { " (by shape alone: several providers' keys look so)" };
    line("key", &shown(first, globals));
    line("kind", &format!("{}{sure}", rule.name));
    line("provider", &rule.provider);
    line("rule", &rule.id);
    line("severity", rule.severity.as_str());
    line("check", verdict(first));
    for (name, value) in said(first) {
        line(name, &value);
    }
    line("power", &rule.remedy.about);
    line("revoke", &rule.remedy.revoke);
    line("rotate", &rule.remedy.rotate);
    line("variable", &rule.remedy.variable);
    for page in rule.remedy.references.iter() {
        line("read", page);
    }
    if !others.is_empty() {
        let mut names: Vec<_> = others.iter().take(MOST_OTHERS).map(|kind| &*kind.rule.name).collect();
        let more = others.len().saturating_sub(MOST_OTHERS);
        let more = format!("{more} more");
        if others.len() > MOST_OTHERS {
            names.push(&more);
        }
        line("or", &names.join(", "));
    }
    told
}

fn as_json(kinds: &[Kind<'_>], globals: &Globals) -> String {
    let list = list(kinds, globals);
    let mut text = serde_json::to_string_pretty(&json!({ "kinds": list })).unwrap_or_default();
    text.push('\n');
    text
}

fn list(kinds: &[Kind<'_>], globals: &Globals) -> Vec<Value> {
    kinds
        .iter()
        .map(|kind| {
            let facts: serde_json::Map<_, _> =
                said(kind).into_iter().map(|(name, value)| (name.to_string(), Value::from(value))).collect();
            json!({
                "rule": kind.rule.id,
                "provider": kind.rule.provider,
                "name": kind.rule.name,
                "severity": kind.rule.severity.as_str(),
                "secret": shown(kind, globals),
                "checksum": kind.checksum.as_str(),
                "needs_context": kind.rule.context.need != Need::No,
                "facts": facts,
                "about": kind.rule.remedy.about,
                "revoke": kind.rule.remedy.revoke,
                "rotate": kind.rule.remedy.rotate,
                "variable": kind.rule.remedy.variable,
                "references": kind.rule.remedy.references.iter().collect::<Vec<_>>(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Identifier;
    use crate::model::Checksum;
    use crate::rules::{Ruleset, Shape, sample};

    fn likeliest(text: &[u8]) -> Option<(String, Checksum)> {
        let kinds = Identifier::new(Ruleset::everything().rules()).kinds(text);
        kinds.first().map(|kind| (kind.rule.id.to_string(), kind.checksum))
    }

    #[test]
    fn keys_with_a_shape_of_their_own_are_named() {
        let rules = Ruleset::everything();
        for id in ["neospeech-api-key", "voicgen-live-api-key", "github-personal-access-token"] {
            let key = sample(rules.rule(id).expect("a built-in rule"), 3).expect("a key");
            assert_eq!(likeliest(&key).map(|(rule, _)| rule).as_deref(), Some(id));
            let assigned = [b"VOICE=", &key[..]].concat();
            assert_eq!(likeliest(&assigned).map(|(rule, _)| rule).as_deref(), Some(id));
        }
    }

    #[test]
    fn checksums_are_told() {
        let rule = Ruleset::everything().rule("github-personal-access-token").expect("a built-in rule");
        let mut key = sample(rule, 3).expect("a key");
        assert_eq!(likeliest(&key).map(|(_, sum)| sum), Some(Checksum::Valid));
        key[10] = if key[10] == b'a' { b'b' } else { b'a' };
        assert_eq!(likeliest(&key).map(|(_, sum)| sum), Some(Checksum::Invalid));
    }

    #[test]
    fn what_is_no_key_is_not_named() {
        assert_eq!(likeliest(b"hello"), None);
    }

    #[test]
    fn each_rules_own_key_is_named_as_its_own_or_among_others() {
        let rules = Ruleset::everything();
        let identifier = Identifier::new(rules.rules());
        let mut missed = Vec::new();
        for rule in rules.rules() {
            let Some(key) = sample(rule, 7) else { continue };
            let kinds = identifier.kinds(key.trim_ascii());
            // What a pattern knows by its surroundings alone is told as what it looks like.
            let bare = matches!(rule.shape, Shape::Pattern(_));
            if !kinds.iter().any(|kind| kind.rule.id == rule.id) && !bare {
                let first = kinds.first().map_or("nothing", |kind| &*kind.rule.id);
                missed.push(format!("{}: {first}", rule.id));
            }
        }
        assert!(missed.is_empty(), "{}: {missed:#?}", missed.len());
    }
}
