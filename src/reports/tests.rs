//! What holds for every format: no key in any output, valid UTF-8, the same bytes twice, linear in the findings.

use std::time::Instant;

use proptest::prelude::*;

use super::samples::{body, hostile, large, ordinary, report};
use super::{Document, FORMATS, Look, format, refusal, samples, summary_lines};

pub(super) fn written(name: &str, report: &super::Report, look: Look) -> String {
    let mut out = Vec::new();
    format(name).expect("a known format").write(report, look, &mut out).expect("memory does not fail");
    String::from_utf8(out).unwrap_or_else(|e| panic!("{name} is not UTF-8: {e}"))
}

/// Every look that a report may be written with.
fn looks() -> Vec<Look> {
    let mut looks = Vec::new();
    for color in [false, true] {
        for verbosity in 0..3 {
            for width in [None, Some(1), Some(40), Some(200)] {
                looks.push(Look { color, verbosity, width, show_secrets: false });
            }
        }
    }
    looks
}

/// Whether `text` holds 12 bytes in a row of `secret`.
fn holds(text: &str, secret: &str) -> bool {
    secret.as_bytes().windows(12).any(|w| memchr::memmem::find(text.as_bytes(), w).is_some())
}

#[test]
fn names_are_unique_and_known() {
    for f in FORMATS {
        assert_eq!(FORMATS.iter().filter(|g| g.name() == f.name()).count(), 1, "{}", f.name());
        assert!(!f.about().is_empty());
        assert!(format(f.name()).is_some());
    }
    assert!(format("nonsense").is_none());
}

#[test]
fn no_format_shows_a_key_unless_asked() {
    for (name, report) in [("ordinary", ordinary()), ("hostile", hostile())] {
        for look in looks() {
            for f in FORMATS {
                let text = written(f.name(), &report, look);
                for seed in (0..20).chain([77, 99]) {
                    assert!(!holds(&text, &body(seed)), "{} of {name} holds key {seed}", f.name());
                }
            }
            for stage in ["pre-commit", "commit-msg", "pre-push", "pre-receive"] {
                let text = refusal(&report, stage, Look { show_secrets: true, ..look });
                assert!((0..20).all(|seed| !holds(&text, &body(seed))), "{stage}");
            }
        }
    }
}

#[test]
fn machine_formats_show_the_key_when_asked() {
    let look = Look { show_secrets: true, ..Look::PLAIN };
    for name in ["text", "json", "jsonl"] {
        assert!(written(name, &ordinary(), look).contains(&body(1)), "{name}");
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for f in FORMATS {
        let twice: Vec<String> = (0..2).map(|_| written(f.name(), &hostile(), Look::PLAIN)).collect();
        assert_eq!(twice[0], twice[1], "{}", f.name());
    }
}

#[test]
fn nothing_that_steers_a_terminal_leaves() {
    let steering = |text: &str| {
        text.chars()
            .any(|c| (c.is_control() && c != '\n' && c != '\r') || ('\u{202a}'..='\u{202e}').contains(&c))
    };
    for f in FORMATS {
        let text = written(f.name(), &hostile(), Look::PLAIN);
        assert!(!steering(&text), "{}", f.name());
    }
    assert!(!steering(&refusal(&hostile(), "pre-commit", Look::PLAIN)));
    assert!(summary_lines(&hostile(), Look::PLAIN).iter().all(|l| !steering(l) && !l.contains('\n')));
}

#[test]
fn what_was_not_scanned_is_named_everywhere() {
    let mut report = ordinary();
    report.coverage.missed("some/unreadable.file", "permission denied");
    for f in FORMATS {
        let text = written(f.name(), &report, Look::PLAIN);
        assert!(text.contains("unreadable.file"), "{}", f.name());
        assert!(text.contains("permission denied"), "{}", f.name());
    }
}

/// In a debug build fewer findings are enough to see a square; the release build takes them all.
#[test]
fn a_hundred_thousand_findings_take_no_time() {
    let report = large(if cfg!(debug_assertions) { 10_000 } else { 100_000 });
    let document = Document::of(&report, Look::PLAIN);
    for f in FORMATS {
        // The machine may stand still during one attempt; what is slow by itself is slow in each.
        let quick = (0..3).any(|_| {
            let start = Instant::now();
            let mut text = Vec::new();
            f.render(&document, Look::PLAIN, &mut text).expect("memory does not fail");
            println!("{}: {:?}, {} bytes", f.name(), start.elapsed(), text.len());
            assert!(text.len() > 1000);
            start.elapsed().as_secs() < 60
        });
        assert!(quick, "{} took over a minute, three times", f.name());
    }
}

#[test]
fn a_report_is_written_as_its_document() {
    for report in [report(Vec::new()), ordinary(), hostile(), large(100), samples::audit(20)] {
        for look in looks() {
            for f in FORMATS {
                let mut rendered = Vec::new();
                let document = Document::of(&report, look);
                f.render(&document, look, &mut rendered).expect("memory does not fail");
                assert!(written(f.name(), &report, look).into_bytes() == rendered, "{}", f.name());
            }
        }
    }
}

#[test]
fn an_empty_report_is_fine_everywhere() {
    for f in FORMATS {
        written(f.name(), &report(Vec::new()), Look::PLAIN);
    }
    assert_eq!(refusal(&report(Vec::new()), "pre-commit", Look::PLAIN), "");
}

#[test]
fn json_has_the_agreed_fields_and_reads_back() {
    let text = written("json", &hostile(), Look { verbosity: 2, ..Look::PLAIN });
    let value: serde_json::Value = serde_json::from_str(&text).expect("valid JSON");
    let finding = &value["findings"][0];
    for field in [
        "rule",
        "provider",
        "name",
        "severity",
        "confidence",
        "confidence_score",
        "secret",
        "fingerprint",
        "path",
        "line",
        "column",
        "end_line",
        "end_column",
        "byte_column",
        "excerpt",
        "decoded_from",
        "variable",
        "checksum",
        "alternatives",
        "verdict",
        "disposition",
        "remedy",
        "commit",
        "author",
        "email",
        "date",
        "message",
        "refs",
        "in_head",
        "occurrences",
        "age_days",
    ] {
        assert!(finding.get(field).is_some(), "no {field} in {finding}");
    }
    assert_eq!(value["coverage"]["complete"], false);
    let last = value["findings"].as_array().and_then(|a| a.last()).expect("findings");
    assert_eq!(last["path_bytes"], "YmFk//4vbmGAbWUuZW52");
    let document = Document::read(text.as_bytes()).expect("it reads back");
    let mut again = Vec::new();
    super::FORMATS[1].render(&document, Look::PLAIN, &mut again).expect("memory does not fail");
    assert_eq!(String::from_utf8_lossy(&again), text);
    assert!(Document::read(b"{}").is_err());
    assert!(Document::read(text.replace("\"schema\": 1", "\"schema\": 99").as_bytes()).is_err());
}

#[test]
fn lines_of_jsonl_are_findings_and_then_what_was_missed() {
    let text = written("jsonl", &ordinary(), Look::PLAIN);
    assert_eq!(text.lines().count(), 3);
    let mut report = ordinary();
    report.coverage.missed("a/b", "corrupt");
    let text = written("jsonl", &report, Look::PLAIN);
    let last: serde_json::Value = serde_json::from_str(text.lines().last().expect("lines")).expect("JSON");
    assert_eq!((last["path"].as_str(), last["type"].as_str()), (Some("a/b"), Some("incomplete")));
}

#[test]
fn text_groups_by_key_and_says_what_to_do() {
    let text = written("text", &ordinary(), Look::PLAIN);
    assert!(
        text.starts_with("config/prod.env:3:18: Voicgen live API key (low, certain, checksum holds)\n"),
        "{text}"
    );
    for part in [
        "VOICGEN_API_KEY=\"vg_live_",
        "    ^^^",
        "also at src/other.py:7:18",
        "https://voicgen.example/dashboard/keys",
        "os.environ[\"VOICGEN_API_KEY\"]",
        "keysieve:allow voicgen-live-api-key",
    ] {
        assert!(text.contains(part), "no {part} in:\n{text}");
    }
    assert_eq!(text.matches("revoke it: ").count(), 2);
}

#[test]
fn a_refusal_fits_a_dialog() {
    let one = refusal(&report(vec![samples::finding("src/app.py", 10, 2)]), "pre-commit", Look::PLAIN);
    let lines: Vec<&str> = one.lines().collect();
    assert!(lines.len() <= 20, "{one}");
    assert!(lines.iter().all(|l| l.chars().count() <= 120), "{one}");
    assert!(lines[0].contains("stopped this commit"), "{one}");
    assert!(lines.last().expect("lines").contains("KEYSIEVE_SKIP=1"), "{one}");
    let many = refusal(&large(5000), "pre-commit", Look::PLAIN);
    assert!(many.lines().count() < 60 && many.contains("2495 more keys"), "{many}");
}

#[test]
fn many_keys_at_once_are_a_case_for_a_baseline() {
    let text = |report: &crate::reports::Report| written("text", report, Look::PLAIN);
    assert!(text(&large(40)).contains("keysieve baseline create notes them"));
    assert!(!text(&large(4)).contains("baseline"), "few are mended");
    let mut living = large(40);
    living.coverage.suppressed.insert("baseline".into(), 1);
    assert!(!text(&living).contains("baseline create"), "there is one");
}

proptest! {
    #[test]
    fn any_text_anywhere_is_survived(texts in proptest::collection::vec(any::<String>(), 6), bytes in any::<Vec<u8>>(),
                                     from in 0usize..200, to in 0usize..200, line in any::<u64>()) {
        let mut one = samples::finding(&texts[0], line.min(u64::MAX / 200), 5);
        one.variable = Some(texts[1].as_str().into());
        one.history = Some(samples::history(&texts[2], 3));
        one.location.excerpt = crate::model::Excerpt { text: texts[3].as_str().into(), mark: from.min(to)..to };
        one.location.origin = crate::model::Origin::Staged(crate::model::BlobPath::new(&bytes), crate::model::Part::Content);
        one.decoded_from = vec![texts[4].clone().into()].into();
        one.secret = crate::model::Secret::new(&bytes, 3);
        let mut report = report(vec![one]);
        report.coverage.missed(texts[5].clone(), texts[0].clone());
        for f in FORMATS {
            for show_secrets in [false, true] {
                written(f.name(), &report, Look { show_secrets, width: Some(from), color: true, verbosity: 2 });
            }
        }
        refusal(&report, "pre-commit", Look::PLAIN);
        summary_lines(&report, Look::PLAIN);
    }
}

/// Writes every format of an ordinary, a hostile and an empty report to `target/looks/`, to be looked at and to be
/// checked by other programs (`docs/reference/reports.md` says by which).
#[test]
#[ignore = "writes files, to be looked at"]
fn look_at_it() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/looks");
    std::fs::create_dir_all(&folder).expect("target can be written");
    let mut history = ordinary();
    history.findings.push(samples::finding(".env", 1, 9));
    for (i, finding) in history.findings.iter_mut().enumerate() {
        finding.history = Some(samples::history("A U Thor", 4 + i as u8));
    }
    for (name, report) in [
        ("ordinary", history),
        ("hostile", hostile()),
        ("empty", report(Vec::new())),
        ("audit", samples::audit(180)),
        ("large", samples::audit(100_000)),
    ] {
        for f in FORMATS {
            let look = Look { width: (f.name() == "text").then_some(80), color: true, ..Look::PLAIN };
            std::fs::write(folder.join(format!("{name}.{}", f.name())), written(f.name(), &report, look))
                .expect("disk");
        }
        for stage in ["pre-commit", "pre-push"] {
            std::fs::write(folder.join(format!("{name}.{stage}")), refusal(&report, stage, Look::PLAIN))
                .expect("disk");
        }
    }
}
