//! Tests of what other tools' files become.

use super::gitleaks::with_key;
use super::paths::globs_of;
use super::{
    detect_secrets, ggshield, git_secrets, gitleaks, line_patterns, path_patterns, secretlint, trufflehog,
};

#[test]
fn a_condition_that_is_lost_does_not_allow_more() {
    for list in ["paths = ['''[xy]''']\nregexes = ['''abc''']", "commits = ['abc']\nregexes = ['''abc''']"] {
        let carried = gitleaks(&format!("[allowlist]\ncondition = 'AND'\n{list}\n")).expect("good");
        assert!(carried.allow.is_empty() && !carried.left.is_empty(), "{carried:?}");
    }
    let carried = gitleaks("[[allowlists]]\ntargetRules = ['theirs']\npaths = ['''docs''']\n").expect("good");
    assert!(carried.allow.is_empty() && carried.left.len() == 1, "{carried:?}");
    let line = gitleaks("[allowlist]\nregexTarget = 'line'\nregexes = ['''fixture''']\n").expect("good");
    assert_eq!(line.allow[0].line.as_deref(), Some("fixture"));
    assert_eq!(gitleaks("a = 1\nb = \n").expect_err("bad").0, 2);
}

#[test]
fn path_expressions_become_patterns() {
    for (regex, globs) in [
        (r"^docs/", Some(vec!["/docs"])),
        (r"(^|/)node_modules/", Some(vec!["node_modules"])),
        (r".*\.md$", Some(vec!["*.md"])),
        (r"\.(png|jpe?g)$", Some(vec!["*.jpeg", "*.jpg", "*.png"])),
        (r"package-lock\.json$", Some(vec!["package-lock.json"])),
        (r"a/b|c/d", Some(vec!["**/a/b", "**/c/d"])),
        (r"(?i)^test/.*\.txt$", Some(vec!["/test/**/*.txt"])),
        (r"(.*?)(json)", Some(vec!["*json*"])),
        (r".*/fixtures/.*", Some(vec!["fixtures"])),
        (r"(.*?)(png|pdf)$", Some(vec!["*pdf", "*png"])),
        (r"findings?.*\.json$", Some(vec!["finding*.json", "findings*.json"])),
        (r"[ab]", None),
        (r".*", None),
        (r"(?!x)a", None),
    ] {
        let expected = globs.map(|list| list.into_iter().map(str::to_string).collect::<Vec<_>>());
        assert_eq!(globs_of(regex), expected, "{regex}");
    }
}

#[test]
fn the_group_of_the_secret_is_named() {
    assert_eq!(with_key("a(?:b)(c)([(]d)", 2).as_deref(), Some("a(?:b)(c)(?<key>[(]d)"));
    assert_eq!(with_key("abc", 0).as_deref(), Some("(?<key>abc)"));
    assert_eq!(with_key("(?P<x>abc)", 0).as_deref(), Some("(?<key>abc)"));
    assert_eq!(with_key("abc", 2), None);
}

#[test]
fn both_versions_of_ggshield_are_read_and_values_stay_out_of_the_configuration() {
    let second = "version: 2\nsecret:\n  ignored_paths: ['**/*.md', docs/]\n  ignored_matches:\n    - name: a test key\n      match: MY_TEST_VALUE\n  ignored_detectors: [x]\n";
    let carried = ggshield(second, "x").expect("good");
    assert_eq!((carried.allow.len(), carried.known.len(), carried.left.len()), (2, 1, 1), "{carried:?}");
    assert!(!carried.to_yaml().contains("MY_TEST_VALUE") && carried.known[0].reason.contains("a test key"));
    let first = "paths-ignore:\n  - testdata/**\nmatches-ignore:\n  - some-value-here\n  - {name: n, match: other-value}\n";
    let carried = ggshield(first, "x").expect("good");
    assert_eq!((carried.allow.len(), carried.known.len(), carried.left.len()), (1, 2, 0), "{carried:?}");
    assert!(ggshield("a: [\nb", "x").is_err());
    let carried = path_patterns("# c\nvendor/\n!keep\n[secrets]\nabcdef\n", ".secretsignore");
    assert_eq!((carried.allow.len(), carried.known.len(), carried.left.len()), (1, 1, 1), "{carried:?}");
}

#[test]
fn secretlint_trufflehog_detect_secrets_and_git_secrets_are_read() {
    let text = r#"{"rules": [{"id": "preset", "rules": [{"id": "rule-aws", "options": {"allows": ["/^AKIA_TEST/i", "literal-value"]}}]},
        {"id": "rule-pattern", "options": {"patterns": [{"name": "Our token", "pattern": "/our_[0-9a-f]{16}/i"}]}}, {"id": "off", "disabled": true}]}"#;
    let carried = secretlint(text, "x").expect("good");
    assert_eq!(
        (carried.allow.len(), carried.known.len(), carried.rules.len(), carried.left.len()),
        (1, 1, 1, 1)
    );
    let text = "detectors:\n  - name: Acme token\n    regex:\n      token: 'acme_[0-9a-f]{16}'\n    exclude_words: [dummy]\n    verify: []\n";
    let carried = trufflehog(text, "x").expect("good");
    assert_eq!((carried.rules.len(), carried.allow.len(), carried.left.len()), (1, 1, 1), "{carried:?}");
    let carried = trufflehog("^vendor/\n\\.lock$\n[ab]\n", "x").expect("a list of paths");
    assert_eq!((carried.allow.len(), carried.left.len()), (2, 1), "{carried:?}");
    let text = r#"{"exclude": {"files": "^docs/|\\.lock$", "lines": "fixture"}, "filters_used": [{"path": "d.should_exclude_secret", "pattern": ["^fake"]}]}"#;
    let carried = detect_secrets(text, "x").expect("good");
    assert_eq!((carried.allow.len(), carried.left.len()), (4, 0), "{carried:?}");
    let settings: [(&str, &[u8]); 3] = [
        ("patterns", b"acme_[0-9a-f]{16}"),
        ("patterns", b"(A3T|AKIA)[A-Z0-9]{16}"),
        ("allowed", b"fixture"),
    ];
    let carried = git_secrets(settings.into_iter());
    assert_eq!((carried.rules.len(), carried.allow.len(), carried.left.len()), (1, 1, 0), "{carried:?}");
    let carried = line_patterns("a/b/client_secrets.json\nfixture value\n", "x");
    let paths: Vec<_> = carried.allow.iter().filter_map(|e| e.path.as_deref()).collect();
    assert_eq!((carried.allow.len(), paths), (3, vec!["**/a/b/client_secrets?json"]), "{carried:?}");
}

#[test]
fn values_in_clear_do_not_become_patterns() {
    let key = format!("acme{}", "a1b2c3d4".repeat(3));
    let text = format!("[allowlist]\nregexes = ['^{key}$']\nstopwords = ['{key}', 'example']\nwhat = 1\n");
    let carried = gitleaks(&text).expect("good");
    assert_eq!((carried.known.len(), carried.allow.len(), carried.left.len()), (2, 1, 1), "{carried:?}");
    assert!(!carried.to_yaml().contains(&key));
}
