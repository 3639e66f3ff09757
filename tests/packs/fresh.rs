//! Searching only what is new in a delta finds what searching everything finds.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use keysieve::engine::{MatchOptions, Matcher, Scratch};
use keysieve::model::{Base, Blob, Copied, HashKind, Kin, Origin, Stop, Trace};
use keysieve::pack::{Damage, Kind, Kinds, Plan, Store, Visitor};
use keysieve::rules::{Rule, Ruleset, sample};
use proptest::prelude::*;

use super::repo::Repo;

/// What is found in a blob, as text.
fn scan(matcher: &Matcher<'_>, scratch: &mut Scratch, bytes: &[u8], kin: Option<&Kin<'_>>) -> Vec<String> {
    let mut found = Vec::new();
    let blob = Blob { kin, ..Blob::whole(bytes, &Origin::Stdin) };
    matcher.scan(&blob, scratch, &mut |d| {
        found.push(format!("{} {:?} {:?} {:?} {:?}", d.rule.id, d.span, d.start, d.variable, d.confidence));
    });
    found
}

/// Scans each blob of a store both ways.
struct Both<'m> {
    matcher: &'m Matcher<'m>,
    scratch: (Scratch, Scratch),
    /// Blobs that were made from one of which something is remembered, and what was found in them.
    derived: usize,
    found: usize,
    different: Vec<String>,
}

impl Visitor for Both<'_> {
    fn object(&mut self, number: u32, kind: Kind, data: &[u8], kin: &Kin<'_>) {
        if kind != Kind::Blob {
            return;
        }
        let fresh = scan(self.matcher, &mut self.scratch.0, data, Some(kin));
        let whole = scan(self.matcher, &mut self.scratch.1, data, None);
        if kin.base.is_some() {
            self.derived += 1;
            self.found += whole.len();
        }
        if fresh != whole {
            self.different.push(format!("object {number}: {fresh:?} instead of {whole:?}"));
        }
    }

    fn large(&mut self, _: u32) {}

    fn damaged(&mut self, _: u32, _: Damage) {}
}

/// Compares both ways on all blobs of a store: how many were derived, and what was found in those.
fn compare(objects: &Path, hash: HashKind) -> (usize, usize) {
    let store = Arc::new(Store::open(objects, hash).unwrap());
    let plan = Plan::new(&store, 2);
    let matcher = Matcher::new(Ruleset::builtin().rules(), MatchOptions::default());
    let scratch = || (Scratch::default(), Scratch::default());
    let new = || Both { matcher: &matcher, scratch: scratch(), derived: 0, found: 0, different: vec![] };
    let seen = plan.traverse(Kinds::only(Kind::Blob), 2, &Stop::new(), &new);
    let different: Vec<_> = seen.iter().flat_map(|both| &both.different).collect();
    assert!(
        different.is_empty(),
        "{} blobs differ: {:#?}",
        different.len(),
        &different[..different.len().min(5)]
    );
    (seen.iter().map(|both| both.derived).sum(), seen.iter().map(|both| both.found).sum())
}

/// Numbers that look like chance and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n.max(1)
    }
}

/// A line of something: code, a key under some name, a name alone, a host, half of a block.
fn line(dice: &mut Dice, rules: &[Rule]) -> String {
    let rule = &rules[dice.below(rules.len())];
    let key = sample(rule, dice.below(1000) as u64).unwrap_or_default();
    let key = String::from_utf8_lossy(&key).into_owned();
    let name = rule.context.names.first().or(rule.context.words.first()).map_or("secret_key", |n| n);
    match dice.below(14) {
        0 => format!("{name} = \"{key}\"\n"),
        1 => format!("password: \"{key}\"\n"),
        2 => format!("{key}\n"),
        3 => format!("    \"{key}\",\n"),
        4 => format!("# {}\n", rule.context.hosts.first().map_or("example.org", |h| h)),
        5 => format!("<{name}>\n"),
        6 => "-----BEGIN RSA PRIVATE KEY-----\n".into(),
        7 => "-----END RSA PRIVATE KEY-----\n".into(),
        8 => format!("{name}:\n"),
        9 => format!("url = https://user:{key}@db.internal.net/x\n"),
        10 => "\n".into(),
        _ => format!("    let item_{} = compute({}, other.field);\n", dice.below(90), dice.below(9000)),
    }
}

#[test]
fn what_is_new_is_enough_in_repositories() {
    let rules = Ruleset::builtin().rules();
    let repo = Repo::new(HashKind::Sha1);
    let mut dice = Dice(7);
    let mut files: Vec<Vec<String>> =
        (0..4).map(|_| (0..250).map(|_| line(&mut dice, rules)).collect()).collect();
    for version in 0..20 {
        for (at, lines) in files.iter_mut().enumerate() {
            for _ in 0..=dice.below(3) {
                let place = dice.below(lines.len());
                match dice.below(4) {
                    0 => lines[place] = line(&mut dice, rules),
                    1 => lines.insert(place, line(&mut dice, rules)),
                    2 => drop(lines.remove(place)),
                    _ => {
                        let cut = lines.split_off(place);
                        lines.splice(0..0, cut);
                    }
                }
            }
            repo.write(&format!("file{at}"), lines.concat());
        }
        repo.commit(&format!("version {version}"));
    }
    repo.git(&["repack", "-adfq", "--depth=50", "--window=30"]);
    let (derived, found) = compare(&repo.objects_dir(), repo.hash);
    assert!(derived > 50 && found > 500, "{derived} {found}");
}

#[test]
#[ignore = "by hand: KEYSIEVE_EQUAL_REPO=/path/to/.git cargo test --test packs fresh -- --ignored"]
fn what_is_new_is_enough_in_a_repository_of_yours() {
    let git = PathBuf::from(std::env::var_os("KEYSIEVE_EQUAL_REPO").unwrap());
    let (derived, found) = compare(&git.join("objects"), HashKind::Sha1);
    assert!(derived > 0, "nothing was derived, {found} found");
}

/// A text and what was made of it.
fn edited(seed: u64, lines: usize, edits: usize) -> (Vec<u8>, Vec<u8>, Vec<Copied>) {
    let rules = Ruleset::builtin().rules();
    let mut dice = Dice(seed);
    let mut base = String::new();
    for _ in 0..lines {
        let _ = write!(base, "{}", line(&mut dice, rules));
    }
    let base = base.into_bytes();
    let (mut made, mut copied) = (Vec::new(), Vec::new());
    for _ in 0..=edits {
        let from = dice.below(base.len());
        let len = dice.below(base.len() - from) + 1;
        copied.push(Copied { from, to: made.len(), len });
        made.extend_from_slice(&base[from..from + len]);
        match dice.below(3) {
            0 => {}
            1 => made.extend(line(&mut dice, rules).bytes()),
            _ => made.extend(line(&mut dice, rules).bytes().take(dice.below(9))),
        }
    }
    (base, made, copied)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, ..ProptestConfig::default() })]
    #[test]
    fn what_is_new_is_enough(seed in any::<u64>(), lines in 1..400usize, edits in 0..4usize) {
        let matcher = Matcher::new(Ruleset::builtin().rules(), MatchOptions::default());
        let mut scratch = Scratch::default();
        let (base, made, copied) = edited(seed, lines, edits);
        let kin = Kin::new(None, true);
        scan(&matcher, &mut scratch, &base, Some(&kin));
        let trace: Trace = kin.into_trace();
        let kin = Kin::new(Some(Base { trace: &trace, len: base.len(), copied: &copied }), true);
        let fresh = scan(&matcher, &mut scratch, &made, Some(&kin));
        prop_assert_eq!(fresh, scan(&matcher, &mut scratch, &made, None));
        prop_assert!(!kin.into_trace().is_empty());
    }
}
