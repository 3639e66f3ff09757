//! Keys that do not stand there in clear.

use super::sandbox::{Sandbox, key};

const RULE: &str = "voicgen-live-api-key";

fn base64(bytes: &[u8]) -> String {
    let table: Vec<u8> = (b'A'..=b'Z').chain(b'a'..=b'z').chain(b'0'..=b'9').chain(*b"+/").collect();
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let all = three.iter().enumerate().fold(0_u32, |all, (i, b)| all | u32::from(*b) << (16 - 8 * i));
        for i in 0..4 {
            let padding = i > three.len();
            text.push(if padding { '=' } else { char::from(table[(all >> (18 - 6 * i)) as usize & 63]) });
        }
    }
    text
}

fn leak() -> String {
    format!("VOICGEN_API_KEY={}\n", key(RULE))
}

fn wrapped(text: &str, width: usize, indent: &str) -> String {
    let lines = text.as_bytes().chunks(width).map(|l| format!("{indent}{}\n", String::from_utf8_lossy(l)));
    lines.collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn each(text: &str, write: impl Fn(u8) -> String) -> String {
    text.bytes().map(write).collect()
}

/// Asserts that one key is found in a file, read through these layers; returns line and column.
#[track_caller]
fn found(content: impl AsRef<[u8]>, layers: &[&str]) -> (u64, u64) {
    let sandbox = Sandbox::new();
    sandbox.file("file", &content);
    let ran = sandbox
        .run(["scan", "--format", "jsonl"])
        .code(1)
        .hides(&key(RULE))
        .hides(&base64(key(RULE).as_bytes()));
    let all = ran.findings();
    assert_eq!(all.len(), 1, "{}\n{}", ran.out, String::from_utf8_lossy(content.as_ref()));
    assert_eq!(all[0]["rule"], RULE);
    assert_eq!(all[0]["decoded_from"], serde_json::json!(layers), "{}", ran.out);
    sandbox.run(["scan", "--no-decode"]).code(0);
    sandbox.run(["scan", "--decode-depth", "0"]).code(0);
    (all[0]["line"].as_u64().unwrap(), all[0]["column"].as_u64().unwrap())
}

#[test]
fn base64_in_its_many_forms() {
    let plain = base64(leak().as_bytes());
    // 16 bytes before the key are 21 characters and a bit.
    assert_eq!(found(format!("first\nx = \"{plain}\"\n"), &["base64"]), (2, 27));
    let long = base64(format!("{}\n{}", "a line of text".repeat(9), leak()).as_bytes());
    assert_eq!(found(format!("data:\n  x: |\n{}", wrapped(&long, 64, "    ")), &["base64"]).0, 5);
    assert_eq!(found(wrapped(&long, 76, "").replace('\n', "\r\n"), &["base64"]).0, 3);
    let urlsafe = base64(format!("??>>{}", leak()).as_bytes()).replace('/', "_").replace('+', "-");
    found(format!("blob={}\n", urlsafe.trim_end_matches('=')), &["base64"]);
    assert_eq!(found(format!("x: {}\n", base64(plain.as_bytes())), &["base64", "base64"]).0, 1);
    let wide: Vec<u8> = leak().encode_utf16().flat_map(u16::to_le_bytes).collect();
    found(format!("powershell -enc {}\n", base64(&wide)), &["base64", "utf-16"]);
    let helm = base64(base64(&gzip(leak().repeat(9).as_bytes())).as_bytes());
    let sandbox = Sandbox::new();
    sandbox.file("release.yaml", format!("data:\n  release: {helm}\n"));
    let ran = sandbox.run(["scan", "--format", "jsonl"]).code(1);
    assert_eq!(ran.findings()[0]["decoded_from"], serde_json::json!(["base64", "base64", "gzip"]));
    assert_eq!(ran.findings()[0]["line"], 2);
    // Two layers are not enough for it.
    sandbox.run(["scan", "--decode-depth", "1"]).code(0);
}

#[test]
fn escapes_arrays_and_split_literals() {
    let key = key(RULE);
    let (a, b) = key.split_at(15);
    assert_eq!(found(format!("k = \"{}\"", each(&key, |b| format!("\\x{b:02x}"))), &["escapes"]), (1, 6));
    found(format!("k = \"{}\"", each(&key, |b| format!("\\u{b:04x}"))), &["escapes"]);
    found(format!("k = \"{}\"", each(&key, |b| format!("\\{b:03o}"))), &["escapes"]);
    found(format!("k = \"{}\"", key.replace('_', "\\u005f")), &["escapes"]);
    found(format!("GET /x?k={}", each(&key, |b| format!("%{b:02X}"))), &["percent"]);
    found(format!("<p>{}</p>", each(&key, |b| format!("&#{b};"))), &["html"]);
    found(format!("k = \"{}\"", each(&key, |b| format!("{b:02x}"))), &["hex"]);
    found(format!("char k[] = {{ {}0x00 }};", each(&key, |b| format!("0x{b:02x}, "))), &["byte array"]);
    found(format!("k := []byte{{{}0}}", each(&key, |b| format!("{b}, "))), &["byte array"]);
    for joint in ["\" + \"", "\"+\"", "\" . \"", "\" .. \"", "\" \"", "\"\n    \"", "\" +\n  \"", "\"\\\n\""]
    {
        let sandbox = Sandbox::new();
        sandbox.file("a.js", format!("k = \"{a}{joint}{b}\";\n"));
        let ran = sandbox.run(["scan", "--format", "jsonl"]).code(1).hides(b);
        let all = ran.findings();
        assert_eq!((all.len(), &all[0]["column"]), (1, &serde_json::json!(6)), "{joint}: {}", ran.out);
        assert_eq!(all[0]["decoded_from"], serde_json::json!(["split literal"]));
    }
    let sandbox = Sandbox::new();
    sandbox.file("a.sh", format!("curl -H 'X-Key: {a}\\\n{b}'\n"));
    sandbox.file("b.js", format!("k = ['{a}', '{b}'].join('')\n"));
    sandbox.file("c.py", format!("k = ''.join(['{a}', '{b}'])\n"));
    sandbox.file("d.js", format!("k = `{a}${{'{b}'}}`\n"));
    assert_eq!(sandbox.run(["scan", "--format", "jsonl"]).code(1).hides(b).findings().len(), 4);
}

#[test]
fn values_of_a_kubernetes_secret_have_a_name() {
    let sandbox = Sandbox::new();
    let password = base64(b"Xk9#mPq2vLw8");
    let text = format!(
        "apiVersion: v1\nkind: Secret\ndata:\n  DB_PASSWORD: {password}\n  DB_USER: YWRtaW4tdXNlcg==\n"
    );
    sandbox.file("secret.yaml", &text);
    let ran = sandbox.run(["scan", "--format", "jsonl"]).code(1).hides(&password).hides("Xk9#mPq2vLw8");
    assert_eq!(ran.findings().len(), 1, "{}", ran.out);
    assert_eq!(
        (&ran.findings()[0]["line"], &ran.findings()[0]["variable"]),
        (&4.into(), &"DB_PASSWORD".into())
    );
}

#[test]
fn what_is_no_key_in_clear_is_none_in_disguise() {
    let sandbox = Sandbox::new();
    for (name, text) in [
        ("a", "VOICGEN_API_KEY=vg_live_YOUR_KEY_GOES_HERE_AND_NOWHERE_ELSE\n"),
        ("b", "password: ${DATABASE_PASSWORD} or what the environment says it is\n"),
        ("c", "just some longer text that says nothing about any secret of anybody\n"),
    ] {
        sandbox.file(format!("{name}.txt"), format!("x = \"{}\"\n", base64(text.as_bytes())));
        sandbox.file(format!("{name}.hex"), each(text.trim_end(), |b| format!("{b:02x}")));
        sandbox.file(
            format!("{name}.js"),
            format!("x = \"{}\" + \"{}\"\n", &text[..20], &text[20..].trim_end()),
        );
    }
    sandbox.run(["scan"]).code(0);
}

#[test]
fn a_key_in_disguise_blocks_when_its_lines_are_added() {
    let sandbox = Sandbox::git();
    let old = format!("x = \"{}\"\n", base64(leak().as_bytes()));
    sandbox.file("a.py", &old).commit("old");
    sandbox.file("a.py", format!("{old}y = 1\n"));
    sandbox.run_git(["add", "-A"]);
    sandbox.run(["staged"]).code(0);
    sandbox.file("b.py", &old);
    sandbox.run_git(["add", "-A"]);
    sandbox.run(["staged"]).code(1).hides(&key(RULE));
    let ran = sandbox.run(["history", "--format", "jsonl"]).code(1);
    assert_eq!(ran.findings()[0]["decoded_from"], serde_json::json!(["base64"]));
    let ran = sandbox.run_with(["scan", "-", "--format", "jsonl"], old.as_bytes()).code(1);
    assert_eq!(ran.findings().len(), 1);
}

#[test]
fn packed_text_beyond_the_budget_is_named_and_what_was_found_is_kept() {
    let packed = |text: &[u8]| format!("data:\n  release: {}\n", base64(&gzip(text)));
    let sandbox = Sandbox::git();
    sandbox.file("zeros.yaml", packed(&vec![0; 1 << 20])).run(["scan"]).code(0);
    // To the byte as much as is read.
    let full = vec![0; 32 << 20];
    sandbox.file("zeros.yaml", packed(&full)).run(["scan"]).code(0);
    let large = packed(&vec![0; 64 << 20]);
    sandbox.file("zeros.yaml", &large);
    sandbox.run(["scan"]).code(3).warns("zeros.yaml: not scanned: packed text");
    sandbox.run(["scan", "--no-decode"]).code(0);
    sandbox
        .run_with(["scan", "-"], large.as_bytes())
        .code(3)
        .warns("standard input: not scanned: packed text");
    // Of a commit only what it adds counts.
    sandbox.run_git(["add", "-A"]);
    sandbox.run(["staged"]).code(3).warns("zeros.yaml: not scanned: packed text");
    sandbox.commit("large");
    // What was not read is not remembered as clean.
    let cache = format!("--cache={}", sandbox.outside().join("cache").display());
    sandbox.run(["history", &cache]).code(3);
    sandbox.run(["history", &cache]).code(3);
    sandbox.file("zeros.yaml", format!("{large}more: 1\n")).run_git(["add", "-A"]);
    sandbox.run(["staged"]).code(0);

    let sandbox = Sandbox::git();
    let text = [leak().into_bytes(), b"all is well here\n".repeat((33 << 20) / 17)].concat();
    sandbox.file("text.yaml", packed(&text)).commit("text");
    for mode in ["scan", "history"] {
        let commit = sandbox.run_git(["rev-parse", "HEAD"]);
        let what = if mode == "scan" { "text.yaml".into() } else { format!("text.yaml (commit {commit})") };
        let ran = sandbox.run([mode, "--format", "json"]).code(1).warns(&what).hides(&key(RULE));
        let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(report["findings"].as_array().unwrap().len(), 1, "{mode}: {}", ran.out);
        assert_eq!(report["coverage"]["complete"], false, "{mode}");
        let missed = &report["coverage"]["incomplete"];
        assert_eq!((missed.as_array().unwrap().len(), &missed[0]["what"]), (1, &what.into()), "{mode}");
        assert!(missed[0]["why"].as_str().unwrap().contains("32 MiB"), "{missed}");
    }
}

#[test]
fn damaged_packed_text_is_named_and_what_only_looks_packed_is_not() {
    let lines: String = (0..400).map(|n| format!("setting_{n} = value of {}\n", n * 7919 % 1000)).collect();
    let whole = gzip(format!("{}{lines}{}", leak(), leak()).as_bytes());
    let sandbox = Sandbox::new();
    let scan = |bytes: &[u8]| {
        sandbox.file("release.yaml", format!("data:\n  release: {}\n", base64(bytes)));
        sandbox.run(["scan"])
    };
    scan(&whole).code(1);
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 0x55;
    let cut = &whole[..whole.len() * 2 / 3];
    let mut wrong_sum = whole.clone();
    let sum = whole.len() - 8;
    wrong_sum[sum] ^= 1;
    for bytes in [&damaged[..], cut, &wrong_sum] {
        scan(bytes).code(1).warns("release.yaml: not scanned: packed text in it, which is damaged");
    }
    let clean = gzip(lines.as_bytes());
    scan(&clean).code(0);
    scan(&clean[..clean.len() * 2 / 3]).code(3).warns("damaged");
    // Zeros behind a stream are none of it, as the gzip program has it; a second stream is.
    scan(&[&clean[..], &[0; 9]].concat()).code(0);
    scan(&[&clean[..], &clean[..clean.len() - 20]].concat()).code(3);
    // Nothing came out of these: the first bytes are chance.
    scan(&[&b"\x1f\x8b\x08\0\0\0\0\0\0\x03"[..], &[0xff; 60]].concat()).code(0);
    scan(&[&b"\x1f\x8b\x08\xff"[..], &clean[4..]].concat()).code(0);
}

#[test]
fn text_beneath_more_layers_than_are_looked_into_is_named() {
    let mut text = leak();
    let sandbox = Sandbox::new();
    for layers in 1..=6 {
        text = base64(text.as_bytes());
        sandbox.file("a.txt", format!("x: {text}\n"));
        if layers < 6 {
            sandbox.run(["scan"]).code(1);
        }
    }
    sandbox.run(["scan"]).code(3).warns("a.txt: not scanned: text in it that is encoded over and over");
    sandbox.run(["scan", "--decode-depth", "6"]).code(1);
    sandbox.run(["scan", "--decode-depth", "4"]).code(0);
}

#[test]
fn hostile_disguises_end() {
    let sandbox = Sandbox::new();
    let much = |part: &str| part.repeat((256 << 10) / part.len());
    for (i, part) in
        ["\\x20", "\\x2", "%20", "&#32;", ", 0x7f", "\"a\"+", "\".join(", "kind: Secret\ndata:\n", "Basic a"]
            .iter()
            .enumerate()
    {
        sandbox.file(format!("{i}"), much(part));
    }
    sandbox.file("nested", (0..6).fold(leak(), |text, _| base64(text.as_bytes())));
    let ran = sandbox.run(["scan", "--timeout", "60s"]).code(3).warns("nested: not scanned");
    assert_eq!(ran.err.matches("not scanned: ").count(), 1, "{}", ran.err);
}

/// How a line of text is written in another way.
type Write = fn(&str) -> String;

/// A line as a mail program writes it: `=` by its number, broken after 75 characters.
fn quoted_printable(line: &str) -> String {
    let line = format!("As we said on the telephone this morning, use {line} for it.").replace('=', "=3D");
    let lines: Vec<_> = line.as_bytes().chunks(75).map(String::from_utf8_lossy).collect();
    format!("Content-Transfer-Encoding: quoted-printable\n\n{}\n", lines.join("=\n"))
}

fn notebook(line: &str) -> String {
    let source = serde_json::json!(["import os\n", format!("{line}\n"), "print(1)"]);
    serde_json::to_string_pretty(
        &serde_json::json!({"cells": [{"cell_type": "code", "source": source}], "nbformat": 4}),
    )
    .unwrap()
}

fn secret_of_kubernetes(line: &str) -> String {
    let (name, value) = line.split_once('=').unwrap();
    let value = base64(value.trim_matches('"').as_bytes());
    format!("apiVersion: v1\nkind: Secret\ndata:\n  {name}: {value}\n")
}

const WAYS: &[(&str, Write)] = &[
    ("quoted-printable", quoted_printable),
    ("a notebook", notebook),
    ("a Kubernetes Secret", secret_of_kubernetes),
    ("octal", |line| format!("k = \"{}\"\n", each(line, |b| format!("\\{b:03o}")))),
    ("HTML, decimal", |line| format!("<p>{}</p>\n", each(line, |b| format!("&#{b};")))),
    ("HTML, hexadecimal", |line| format!("<p>{}</p>\n", each(line, |b| format!("&#x{b:x};")))),
    ("a C array", |line| {
        let bytes: Vec<String> = line.bytes().map(|b| format!("0x{b:02x}")).collect();
        let lines: Vec<String> = bytes.chunks(12).map(|twelve| format!("  {}", twelve.join(", "))).collect();
        format!("unsigned char k[] = {{\n{}\n}};\nunsigned int k_len = 54;\n", lines.join(",\n"))
    }),
    ("a C array of characters", |line| {
        format!("char k[] = {{ {}0 }};\n", each(&line.replace('"', ""), |b| format!("'{}', ", char::from(b))))
    }),
];

#[test]
fn every_disguise_in_both_directions() {
    let sandbox = Sandbox::new();
    for (number, (_, write)) in WAYS.iter().enumerate() {
        sandbox.file(format!("{number}.txt"), write(&format!("VOICGEN_API_KEY=\"{}\"", key(RULE))));
    }
    let ran = sandbox.run(["scan", "--format", "jsonl"]).code(1).hides(&key(RULE));
    let all = ran.findings();
    for (number, (name, _)) in WAYS.iter().enumerate() {
        let path = format!("{number}.txt");
        let here: Vec<_> = all.iter().filter(|f| f["path"] == path.as_str()).collect();
        assert_eq!(here.len(), 1, "{name}: {}", ran.out);
        assert_eq!(here[0]["rule"], RULE, "{name}");
    }
    // What is none in clear is none there.
    let sandbox = Sandbox::new();
    for (number, (name, write)) in WAYS.iter().enumerate() {
        for (which, value) in ["vg_live_YOUR_KEY_HERE", "see the settings of your site", "${VOICGEN_API_KEY}"]
            .iter()
            .enumerate()
        {
            // Nobody encodes a reference there: it would not be filled in.
            if which < 2 || *name != "a Kubernetes Secret" {
                let text = write(&format!("VOICGEN_API_KEY=\"{value}\""));
                sandbox.file(format!("{number}-{which}.txt"), text);
            }
        }
    }
    sandbox.run(["scan"]).code(0);
}
