//! How fast the engine scans text that lies in memory, beside the same anchors in `RegexSet` and Aho-Corasick.
//!
//! `KEYSIEVE_CORPUS=/path/to/sources cargo bench --bench scan` reads all regular files below that path (at most
//! 256 MB). Without it a small made-up text is scanned, whose figures say little. With `KEYSIEVE_PATTERNS=FILE` as well, the
//! regexes are written there, for `benches/vectorscan.py`.

use std::fs;
use std::path::Path;

use divan::Bencher;
use divan::counter::BytesCount;
use keysieve::engine::{MatchOptions, Matcher, Scratch};
use keysieve::model::{Blob, Origin};
use keysieve::rules::{Need, Rule, Ruleset, Segment, Shape};

/// No more is read.
const MOST: usize = 256 << 20;

fn main() {
    divan::main();
}

/// The files of the corpus, each in its own buffer, as a scan sees them.
fn corpus() -> Vec<Vec<u8>> {
    let Some(root) = std::env::var_os("KEYSIEVE_CORPUS") else {
        let line = "static int foo_bar_register_device(struct foo_device *dev, u32 flags = 0x%08x)\n";
        return vec![line.repeat(20_000).into_bytes()];
    };
    let (mut files, mut size) = (Vec::new(), 0);
    collect(Path::new(&root), &mut files, &mut size);
    files
}

fn collect(path: &Path, files: &mut Vec<Vec<u8>>, size: &mut usize) {
    let Ok(kind) = fs::symlink_metadata(path).map(|m| m.file_type()) else { return };
    if kind.is_file() {
        if let Ok(bytes) = fs::read(path).map_err(|_| ()) {
            *size += bytes.len();
            files.push(bytes);
        }
    } else if kind.is_dir() {
        let mut below: Vec<_> =
            fs::read_dir(path).into_iter().flatten().flatten().map(|e| e.path()).collect();
        below.sort();
        for path in below {
            if *size < MOST {
                collect(&path, files, size);
            }
        }
    }
}

fn bytes(files: &[Vec<u8>]) -> BytesCount {
    BytesCount::new(files.iter().map(Vec::len).sum::<usize>())
}

fn scan(bencher: Bencher<'_, '_>, rules: &[Rule]) {
    let files = corpus();
    let matcher = Matcher::new(rules, MatchOptions::default());
    let mut scratch = Scratch::default();
    bencher.counter(bytes(&files)).bench_local(|| {
        let mut found = 0u64;
        for file in &files {
            let origin = Origin::Stdin;
            matcher.scan(&Blob::whole(file, &origin), &mut scratch, &mut |_| found += 1);
        }
        found
    });
}

/// Rules that begin with a literal of at least three bytes and need no context.
fn prefixed() -> Vec<Rule> {
    let all = Ruleset::builtin().rules().iter();
    all.filter(|r| r.context.need == Need::No && literal(r).is_some()).cloned().collect()
}

fn literal(rule: &Rule) -> Option<&[u8]> {
    let Shape::Templates(templates) = &rule.shape else { return None };
    match templates.first()?.segments.first()? {
        Segment::Literal(text) if text.len() >= 3 => Some(text),
        _ => None,
    }
}

#[divan::bench(sample_count = 5)]
fn all_rules(bencher: Bencher<'_, '_>) {
    scan(bencher, Ruleset::builtin().rules());
}

#[divan::bench(sample_count = 5)]
fn prefixed_rules(bencher: Bencher<'_, '_>) {
    scan(bencher, &prefixed());
}

/// The prefixed rules under other names: 50 of them, and 5,000.
#[divan::bench(sample_count = 5, args = [50, 500, 5000])]
fn by_number_of_rules(bencher: Bencher<'_, '_>, count: usize) {
    let known = prefixed();
    let rules: Vec<Rule> = (0..count)
        .map(|i| {
            let mut rule = known[i % known.len()].clone();
            if i >= known.len() {
                rename(&mut rule, i);
            }
            rule
        })
        .collect();
    scan(bencher, &rules);
}

/// Gives a rule another prefix.
fn rename(rule: &mut Rule, i: usize) {
    let Shape::Templates(templates) = &mut rule.shape else { return };
    for template in templates.to_mut() {
        if let Some(Segment::Literal(text)) = template.segments.to_mut().first_mut() {
            let mut n = i;
            for byte in text.to_mut().iter_mut().take(4).filter(|b| b.is_ascii_alphanumeric()) {
                *byte = b'a' + ((n + usize::from(*byte)) % 26) as u8;
                n /= 3;
            }
        }
    }
}

#[divan::bench(sample_count = 3)]
fn aho_corasick_over_the_same_prefixes(bencher: Bencher<'_, '_>) {
    let files = corpus();
    let rules = prefixed();
    let literals: Vec<&[u8]> = rules.iter().filter_map(literal).collect();
    let searcher = aho_corasick::AhoCorasick::new(&literals).expect("few literals");
    bencher
        .counter(bytes(&files))
        .bench_local(|| files.iter().map(|f| searcher.find_iter(f).count()).sum::<usize>());
}

/// The prefixed rules as a regex each.
fn patterns() -> Vec<String> {
    let rules = prefixed();
    rules
        .iter()
        .filter_map(literal)
        .map(|text| format!("{}[A-Za-z0-9_-]{{16,}}", regex::escape(&String::from_utf8_lossy(text))))
        .collect()
}

#[divan::bench(sample_count = 2)]
fn regex_set_over_the_same_prefixes(bencher: Bencher<'_, '_>) {
    let files = corpus();
    let patterns = patterns();
    // For benches/vectorscan.py.
    if let Some(path) = std::env::var_os("KEYSIEVE_PATTERNS") {
        fs::write(path, patterns.join("\n")).expect("a path that can be written");
    }
    let set = regex::bytes::RegexSetBuilder::new(&patterns)
        .unicode(false)
        .size_limit(1 << 28)
        .build()
        .expect("simple patterns");
    bencher.counter(bytes(&files)).bench_local(|| files.iter().filter(|f| set.is_match(f)).count());
}
