//! The fuzz targets on mutated seeds: a few hundred inputs each with every change, or for as long as
//! `KEYSIEVE_FUZZ_SECONDS` says.

#![allow(clippy::unwrap_used, reason = "a test that cannot prepare itself has failed")]

#[path = "../fuzz/targets.rs"]
mod targets;

use std::time::{Duration, Instant};

/// Inputs of each target when no time is given.
const RUNS: u64 = 150;

/// The next number of a sequence that looks random.
fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// Changes an input a little: bytes, blocks, words that mean something, pieces of other inputs.
fn mutate(input: &mut Vec<u8>, seeds: &[Vec<u8>], words: &[&[u8]], state: &mut u64) {
    for _ in 0..=next(state) % 6 {
        let at = (next(state) as usize) % (input.len() + 1);
        let end = (at + 1 + (next(state) as usize) % 40).min(input.len());
        match next(state) % 8 {
            0 if at < input.len() => input[at] = next(state) as u8,
            1 if at < input.len() => input[at] ^= 1 << (next(state) % 8),
            2 => drop(input.drain(at..end)),
            3 => {
                let part = input[at..end].to_vec();
                input.splice(at..at, part);
            }
            4 => {
                let other = &seeds[(next(state) as usize) % seeds.len()];
                let from = (next(state) as usize) % (other.len() + 1);
                let to = (from + (next(state) as usize) % 200).min(other.len());
                input.splice(at..at, other[from..to].iter().copied());
            }
            5 => input.truncate(at),
            _ => {
                let word = words[(next(state) as usize) % words.len()];
                input.splice(at..at, word.iter().copied());
            }
        }
        input.truncate(8 << 10);
    }
}

/// Runs a target on its seeds and on what becomes of them.
fn run(name: &str, target: fn(&[u8]), seeds: &[&[u8]], words: &[&[u8]]) {
    let seeds: Vec<Vec<u8>> = seeds.iter().map(|s| s.to_vec()).collect();
    let seconds = std::env::var("KEYSIEVE_FUZZ_SECONDS").ok().and_then(|s| s.parse().ok());
    let until = seconds.map(|s| Instant::now() + Duration::from_secs(s));
    let mut state =
        std::env::var("KEYSIEVE_FUZZ_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(0x9e37_79b9);
    for seed in &seeds {
        target(seed);
    }
    // Eleven formats twice for each input of the redactor.
    let runs = if name == "redactor" { RUNS / 10 } else { RUNS };
    for round in 0.. {
        if until.map_or(round >= runs, |until| Instant::now() > until) {
            return;
        }
        let mut input = seeds[(next(&mut state) as usize) % seeds.len()].clone();
        mutate(&mut input, &seeds, words, &mut state);
        if let Err(panic) = std::panic::catch_unwind(|| target(&input)) {
            let file = std::env::temp_dir().join(format!("keysieve-{name}-{round}"));
            std::fs::write(&file, &input).unwrap();
            let cause = panic.downcast_ref::<String>().cloned().unwrap_or_default();
            panic!("{name}: {cause}; the input is kept in {}", file.display());
        }
    }
}

const CODE: &[&[u8]] = &[
    b"token = \"\x01\"; other = \"\x02\"\n",
    b"# \x03\nAPI_KEY=\x04\npassword: \"hunter2-Xq9\"\n{\"key\": \"\x05\", \"a\": [\"\x06\"]}\n",
    b"https://user:S3cretPassw0rd@host.example.com/x?token=\x01&k=\x02\n",
    b"curl -u admin:Xk9mQ2vL7 -H 'Authorization: Bearer \x07' https://x.example.com\n",
    b"-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----\nx = '\x08' + '\x09'\n",
    b"kind: Secret\ndata:\n  password: aHVudGVyMi1YcTk=\n  k: \\x67\\x68\\x70 &#65;&quot; %41%42\n",
    b"k = \"abc\" + \"def\" . 'x'\nchar k[] = {0x41, 0x42, 0x43};\nH4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA==\n",
    b"\xff\xfea\0=\0\"\0b\0\"\0\n\0x\x01y",
];
const SIGNS: &[&[u8]] = &[
    b"\x01",
    b"\x02",
    b"\x03",
    b"\x04",
    b"\"",
    b"'",
    b"\n",
    b"\r",
    b"\r\n",
    b"=",
    b" = \"",
    b"://",
    b"@",
    b":",
    b"\\",
    b"\\x",
    b"\\u",
    b"%",
    b"&#",
    b"-----BEGIN PRIVATE KEY-----",
    b"-----END",
    b"eyJ",
    b"password",
    b"secret",
    b"Bearer ",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"keysieve:allow x",
    b"H4sI",
    b"0x",
    b", ",
    b"{",
    b"}",
    b"\xe2\x80\xae",
    b"\x1b[31m",
    b"::error::",
    b"[",
    b"]",
    b"${",
    b"}}",
    b"  ",
    b"\t",
    b"<",
    b">",
];

#[test]
fn matcher() {
    run("matcher", targets::matcher, CODE, SIGNS);
}

#[test]
fn decode() {
    run("decode", targets::decode, CODE, SIGNS);
}

#[test]
fn redactor() {
    run("redactor", targets::redactor, CODE, SIGNS);
}

#[test]
fn added_lines() {
    run("added_lines", targets::added_lines, CODE, SIGNS);
}

const YAML: &[&[u8]] = &[
    b": ",
    b"- ",
    b"&a ",
    b"*a",
    b"<<: *a",
    b"[",
    b"]",
    b"{",
    b"}",
    b"|\n",
    b">\n",
    b"\n",
    b"  ",
    b"\t",
    b"!!binary ",
    b"%TAG",
    b"---\n",
    b"\"",
    b"'",
    b"#",
    b"null",
    b"~",
    b"1e999",
    b"0x7fffffffffffffff",
    b"-1",
    b"\0",
    b"\xff",
    b"(((",
    b"{1000}",
    b"\\p{",
    b"[a-",
    b"(?i)",
    b"allow",
    b"rules",
    b"path",
    b"reason",
    b"until",
    b"2026-13-45",
    b"value",
    b"\r",
    b"\xe2\x80\xa8",
    b"99999999999999999999",
];

#[test]
fn rule_yaml() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let texts: Vec<Vec<u8>> = ["voicgen.yml", "generic.yml", "private-keys.yml", "slack.yml", "openai.yml"]
        .iter()
        .map(|name| std::fs::read(folder.join(name)).unwrap().into_iter().take(4000).collect())
        .collect();
    let seeds: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
    run("rule_yaml", targets::rule_yaml, &seeds, YAML);
}

#[test]
fn config() {
    let template = keysieve::config::template();
    let open = template.replace("# ", "").replace('#', "");
    let seeds: [&[u8]; 5] = [
        template.as_bytes(),
        open.as_bytes(),
        b"allow:\n  - path: \"a/**\"\n    rule: github-*\n    reason: x\n    until: 2026-01-01\n  - value: \"^x+$\"\n    reason: y\n",
        b"exclude: [\"vendor/\"]\nseverity: { github: high }\nthreads: 2\n",
        b"title = \"x\"\n[extend]\nuseDefault = true\n[[rules]]\nid = \"a\"\nregex = '''a(b+)'''\nkeywords = [\"a\"]\n[allowlist]\npaths = ['''x''']\n",
    ];
    run("config", targets::config, &seeds, YAML);
}

#[test]
fn baseline() {
    let seeds: [&[u8]; 5] = [
        b"# keysieve baseline\n",
        b"# keysieve baseline 1\ngithub-personal-access-token a/b.py ks1:0123456789abcdef0123456789abcdef # old\n",
        b"[{\"RuleID\": \"a\", \"File\": \"b\", \"StartLine\": 1, \"Secret\": \"x\", \"Fingerprint\": \"c:b:a:1\"}]",
        b"{\"version\": \"1.4.0\", \"results\": {\"a\": [{\"type\": \"x\", \"hashed_secret\": \"00\", \"line_number\": 1}]}}",
        b"abc:path/file:rule:12\n",
    ];
    run("baseline", targets::baseline, &seeds, YAML);
}

#[test]
fn report() {
    let seeds: [&[u8]; 2] = [
        b"{\"tool\":\"keysieve\",\"version\":\"1\",\"schema\":1,\"findings\":[{\"rule\":\"a\",\"secret\":\"xyz\",\"excerpt\":\"k = xyz\",\"excerpt_mark\":[4,7],\"path\":\"a\",\"line\":1,\"severity\":\"high\"}],\"coverage\":{}}",
        b"{\"tool\":\"x\",\"version\":\"\",\"schema\":0,\"findings\":[],\"suppressed\":{\"counts\":{\"a\":1},\"findings\":[{\"disposition\":\"known\"}]},\"gone\":[\"x\"],\"coverage\":{\"incomplete\":[{\"what\":\"a\",\"why\":\"b\"}]},\"rules\":[{\"id\":\"a\",\"name\":\"b\",\"provider\":\"c\",\"severity\":\"low\"}]}",
    ];
    let words: &[&[u8]] = &[
        b"\"",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"null",
        b"1e99",
        b"-1",
        b"18446744073709551615",
        b"\\ud800",
        b"\\u0000",
        b"\"secret\":\"ab",
        b"\xff",
    ];
    run("report", targets::report, &seeds, words);
}

#[test]
fn packs() {
    let seeds: [&[u8]; 4] = [
        b"\x95\x0a\x78\x9c\x4b\x4a\x06\x00",
        b"\x10abcdefghijklmnop\x10\x08\x90\x08\x03xyz",
        b"\xfftOc\0\0\0\x02",
        b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a@e> 1 +0000\ncommitter A <a@e> 1 +0000\n\nm\n",
    ];
    let words: &[&[u8]] = &[
        b"\xff\xff\xff\xff",
        b"\x80",
        b"\0",
        b"parent ",
        b"40000 a\0",
        b"100644 \0",
        b"\n\n",
        b"gpgsig ",
        b"\x78\x9c",
    ];
    run(
        "packs",
        |bytes| {
            keysieve::pack::fuzzing::pack_entry(bytes);
            keysieve::pack::fuzzing::pack_delta(bytes);
            let file = std::env::temp_dir().join(format!("keysieve-fuzzed-{}.idx", std::process::id()));
            keysieve::pack::fuzzing::pack_index(bytes, &file);
        },
        &seeds,
        words,
    );
}
