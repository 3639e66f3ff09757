//! The stages together.

use super::testing::{ALNUM, DIGITS, HEX, URL, WORD, detections, keys, lit, pattern, rule, run};
use crate::model::{LineCol, Origin};
use crate::rules::{Judge, Need, Rule};

/// A key body of `len` letters and digits that looks random enough.
fn body(len: usize) -> String {
    let letters = b"Q7xk2LmZ9pRt4VbN8sHj3WcY6dFg5TqA1eUoXi0B";
    (0..len).map(|i| char::from(letters[i * 7 % letters.len()])).collect()
}

fn hex(len: usize) -> String {
    let digits = b"3a9f07c5e81bd246";
    (0..len).map(|i| char::from(digits[(i * 5 + i / 16) % 16])).collect()
}

fn rules() -> Vec<Rule> {
    let mut twilio = rule("twilio", &[lit("SK"), run(HEX, 32, 32)]);
    twilio.boundary.not_before = URL;
    vec![
        rule("github", &[lit("ghp_"), run(ALNUM, 36, 36)]),
        rule("voicgen", &[lit("vg_live_"), run(ALNUM, 8, 16_384)]),
        twilio,
        rule("sendgrid", &[lit("SG."), run(URL, 22, 22), lit("."), run(URL, 43, 43)]),
        rule("telegram", &[run(DIGITS, 8, 10), lit(":AA"), run(URL, 33, 33)]),
        rule(
            "slack-hook",
            &[
                lit("https://hooks.slack.com/services/T"),
                run(ALNUM, 8, 10),
                lit("/B"),
                run(ALNUM, 8, 10),
                lit("/"),
                run(ALNUM, 24, 24),
            ],
        ),
        rule("discord", &[run(ALNUM, 24, 24), lit("."), run(URL, 6, 6), lit("."), run(URL, 27, 38)]),
        rule("entra", &[run(WORD, 3, 3), lit("8Q~"), run(URL.with(b'~').with(b'.'), 34, 34)]),
        rule("google", &[lit("1//0"), run(URL, 20, 512)]),
        pattern("pem", "-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.){16,200}?-----END [A-Z ]*PRIVATE KEY-----"),
    ]
}

/// One key for each of the rules.
fn samples() -> Vec<(&'static str, String)> {
    vec![
        ("github", format!("ghp_{}", body(36))),
        ("voicgen", format!("vg_live_{}", body(8))),
        ("voicgen", format!("vg_live_{}", body(300))),
        ("twilio", format!("SK{}", hex(32))),
        ("sendgrid", format!("SG.{}.{}", body(22), body(43))),
        ("telegram", format!("12345678:AA{}", body(33))),
        ("slack-hook", format!("https://hooks.slack.com/services/T{}/B{}/{}", body(8), body(9), body(24))),
        ("discord", format!("M{}.{}.{}", body(23), body(6), body(27))),
        ("entra", format!("{}8Q~{}", body(3), body(34))),
        ("google", format!("1//0{}", body(60))),
        ("pem", format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----", body(60))),
    ]
}

#[test]
fn keys_are_found_in_all_surroundings() {
    let rules = rules();
    for (id, key) in samples() {
        for (before, after) in [
            ("", ""),
            ("KEY=", "\n"),
            ("key: \"", "\","),
            ("f('", "')"),
            ("text = \"a\\n", "\\n\""),
            ("x=1\\t", " "),
            ("q=%3D", "&a"),
            ("q%20", "%20"),
            ("\\u003d", "\\u0026"),
            ("\x1b[0m", "\x1b[1m"),
            ("\x1b[1;32m", "\x1b[0m"),
            ("Bearer ", "\r\n"),
            ("user:", "@host"),
            ("a\0b\0", "\0"),
            ("<key>", "</key>"),
            ("\u{fffd}", "ß"),
        ] {
            let text = format!("{}{before}{key}{after}{}", " lead ".repeat(700), "\n tail".repeat(20));
            assert_eq!(keys(&rules, &text), [(id.to_string(), key.clone())], "{before:?} {after:?}");
        }
    }
}

#[test]
fn the_middle_of_a_longer_word_is_no_key() {
    let rules = rules();
    for (_, key) in samples().into_iter().filter(|(id, _)| !["pem", "slack-hook"].contains(id)) {
        for (before, after) in [("a", ""), ("Z9", ""), ("_", ""), ("", "a")] {
            let text = format!("k = \"{before}{key}{after}\"");
            let found = keys(&rules, &text);
            // Kinds without one fixed length take the letter in.
            let longer = found.iter().all(|(_, k)| k.ends_with('a'));
            assert!(found.is_empty() || after == "a" && longer, "{text} {found:?}");
        }
    }
}

#[test]
fn a_distinctive_prefix_counts_behind_a_dash() {
    let found = keys(&rules(), &format!("curl --token-ghp_{}", body(36)));
    assert_eq!(found.len(), 1);
    assert!(keys(&rules(), &format!("x-SK{}", hex(32))).is_empty());
}

#[test]
fn places_are_told_in_lines_and_columns() {
    let key = format!("ghp_{}", body(36));
    let text = format!("a\r\nß = {key}\rb\n{key}");
    let rules = rules();
    let found = detections(&rules, text.as_bytes());
    let places: Vec<_> = found.iter().map(|d| (d.start, d.end)).collect();
    let at = |line, column, byte_column| LineCol { line, column, byte_column };
    assert_eq!(places, [(at(2, 5, 6), at(2, 44, 45)), (at(4, 1, 1), at(4, 40, 40))]);
}

#[test]
fn a_window_reports_what_starts_in_its_middle() {
    let key = format!("ghp_{}", body(36));
    let text = format!("{key} {key} {key}");
    let rules = rules();
    let matcher = super::Matcher::new(&rules, super::MatchOptions::default());
    let origin = Origin::Stdin;
    let mut blob = crate::model::Blob::whole(text.as_bytes(), &origin);
    blob.window = crate::model::Window {
        offset: 1000,
        start: LineCol { line: 7, column: 11, byte_column: 12 },
        keep: (10, 60),
    };
    let mut found = Vec::new();
    matcher.scan(&blob, &mut super::Scratch::default(), &mut |d| found.push((d.span.start, d.start)));
    assert_eq!(found, [(41, LineCol { line: 7, column: 52, byte_column: 53 })]);
}

#[test]
fn the_same_shape_of_two_issuers_is_one_finding() {
    let mut narrow = rule("deepseek", &[lit("sk-"), run(HEX, 32, 32)]);
    narrow.rank += 5;
    let rules = [rule("neospeech", &[lit("sk-"), run(ALNUM, 32, 32)]), narrow];
    let found = detections(&rules, format!("k={}", "sk-".to_string() + &hex(32)).as_bytes());
    assert_eq!(found.len(), 1);
    assert_eq!((&*found[0].rule.id, &found[0].alternatives[..]), ("deepseek", &["neospeech".into()][..]));
    let found = detections(&rules, format!("k={}", "sk-".to_string() + &body(32)).as_bytes());
    assert_eq!((&*found[0].rule.id, found[0].alternatives.len()), ("neospeech", 0));
}

#[test]
fn a_body_made_by_hand_is_told_where_a_mark_or_a_name_says_whose_it_is() {
    let mut named = rule("acme", &[run(ALNUM, 32, 32)]);
    named.context.need = Need::Near;
    named.context.words = vec!["acme".into()].into();
    named.judge = Judge::Random;
    let rules = [rule("voicgen", &[lit("vg_live_"), run(ALNUM, 32, 32)]), named];
    let counted = "abcd1234".repeat(4);
    let alphabet = "abcdefghijklmnopqrstuvwxyzabcdef";
    for (text, found) in [
        (format!("x = \"vg_live_{counted}\"\n"), true),
        (format!("x = \"vg_live_{}\"\n", "x".repeat(32)), false),
        (format!("x = \"vg_live_{alphabet}\"\n"), false),
        (format!("acme_secret = \"{counted}\"\n"), true),
        (format!("acme_order = \"{counted}\"\n"), false),
        (format!("acme_secret = \"{alphabet}\"\n"), false),
    ] {
        assert_eq!(keys(&rules, &text).len(), usize::from(found), "{text}");
    }
}

#[test]
fn a_colon_tells_whose_the_name_behind_it_is() {
    let mut named = rule("acme", &[run(ALNUM, 32, 32)]);
    named.context.need = Need::Name;
    named.context.words = vec!["acme".into()].into();
    named.judge = Judge::Random;
    for (text, found) in [
        (format!("acme:token = \"{}\"\n", body(32)), true),
        (format!("acme:ACCESS = \"{}\"\n", body(32)), true),
        (format!("acme:order = \"{}\"\n", body(32)), false),
        (format!("std::token = \"{}\"\n", body(32)), false),
    ] {
        assert_eq!(keys(&[named.clone()], &text).len(), usize::from(found), "{text}");
    }
}

#[test]
fn wide_characters_are_read() {
    let rules = rules();
    let key = format!("ghp_{}", body(36));
    let text = format!("ß\r\nkey = \"{key}\"\r\n");
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let found = detections(&rules, &wide);
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0].secret[..], found[0].span.clone()), (key.as_bytes(), 20..100));
    assert_eq!(found[0].start, LineCol { line: 2, column: 8, byte_column: 8 });
    let mut binary = [0xFF, 0x80, 1, 2, 0, 0, 7].repeat(3000);
    let at = binary.len();
    binary.extend(key.encode_utf16().flat_map(u16::to_le_bytes));
    binary.extend([0xFE; 100]);
    let found = detections(&rules, &binary);
    assert_eq!(found.iter().map(|d| d.span.clone()).collect::<Vec<_>>(), [at..at + 80]);
}

#[test]
fn very_many_keys_are_told_in_order() {
    let key = format!("ghp_{}", body(36));
    let text = format!("k: {key}\n").repeat(20_000);
    let rules = rules();
    let found = detections(&rules, text.as_bytes());
    assert_eq!(found.len(), 20_000);
    assert!(
        found
            .iter()
            .enumerate()
            .all(|(i, d)| d.start == LineCol { line: i as u64 + 1, column: 4, byte_column: 4 })
    );
}

#[test]
#[ignore = "prints what the built-in rules hang on"]
fn print_anchors() {
    use super::anchor::{Anchor, hang};
    let rules = crate::rules::Ruleset::everything().rules();
    let mut hooks = Vec::new();
    let (mut count, mut own) = (std::collections::BTreeMap::<&str, usize>::new(), 0);
    for (i, rule) in rules.iter().enumerate() {
        if !hang(i as u32, rule, &mut hooks) {
            own += 1;
            if rule.context.need == crate::rules::Need::No {
                println!("NONE {} {:?}", rule.id, matches!(rule.shape, crate::rules::Shape::Pattern(_)));
            }
        }
    }
    for (rule, t, hook) in &hooks {
        let kind = match &hook.anchor {
            Anchor::Head(_) => "head",
            Anchor::Lead(_) => "lead",
            Anchor::Run(..) => "run",
            Anchor::Url(..) => "url",
            Anchor::At(..) => "at",
            Anchor::Dashes(_) => "dashes",
            Anchor::Text(..) => "text",
        };
        *count.entry(kind).or_default() += 1;
        if let Anchor::Head(sets) | Anchor::At(_, _, sets) = &hook.anchor {
            let ways: u32 = sets[..4].iter().map(crate::rules::Charset::len).product();
            if ways > 300 {
                println!("WAYS {ways} {kind} {} {t}", rules[*rule as usize].id);
            }
        }
        if let Anchor::Text(text, no_case) = &hook.anchor {
            println!(
                "TEXT {} {t} {:?} {no_case} {:?}",
                rules[*rule as usize].id,
                String::from_utf8_lossy(text),
                hook.back
            );
        }
        if let Anchor::At(distance, least, _) = &hook.anchor {
            println!("AT {distance} {least} {} {t}", rules[*rule as usize].id);
        }
        if let Anchor::Run(..) = &hook.anchor {
            println!("RUN {} {t}", rules[*rule as usize].id);
        }
    }
    println!("{} rules, named {own}, {count:?}", rules.len());
}
