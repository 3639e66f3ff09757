//! `.keysieve.yml`: found, read strictly, shown with origins, begun with one command.

use std::time::{Duration, Instant};

use crate::sandbox::{Sandbox, key};

const RULE: &str = "voicgen-live-api-key";

#[test]
fn mistakes_end_with_file_line_column_and_a_suggestion() {
    let sandbox = Sandbox::git();
    for (text, place, words) in [
        ("alow: []\n", ":1:1:", "did you mean `allow`"),
        ("version: 1\nallow:\n  - path: x\n    raison: y\n", ":4:5:", "did you mean `reason`"),
        ("allow: []\nallow: []\n", ":2:1:", "twice"),
        ("allow:\n  - value: '('\n    reason: x\n", ":2:12:", "regular expression"),
        ("disable: [voicgen-live-api-kye]\n", ":1:11:", "did you mean `voicgen-live-api-key`"),
        ("allow: [\n", ":", "not YAML"),
        ("a: &a [x]\nb: [*a, *a]\n", ":1:", "anchors"),
        ("rules:\n  - provider: Own\n    rules:\n      - id: own-key\n        nmae: x\n", ":", "nmae"),
    ] {
        sandbox.file(".keysieve.yml", text);
        for command in ["scan", "staged", "history"] {
            let ran = sandbox.run([command]).code(2).warns(".keysieve.yml").warns(words);
            assert!(ran.err.contains(place), "{text}: {}", ran.err);
        }
        sandbox.run(["scan", "--untrusted"]).code(0);
    }
}

#[test]
fn hostile_files_are_refused_at_once() {
    let sandbox = Sandbox::git();
    let bomb: String = (0..30).fold("a0: &a0 [x, x]\n".to_owned(), |all, i| {
        all + &format!("a{}: &a{} [*a{i}, *a{i}]\n", i + 1, i + 1)
    });
    let utf16: Vec<u8> = "allow: []\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for text in [
        bomb.into_bytes(),
        "[".repeat(500_000).into_bytes(),
        "{a: ".repeat(200_000).into_bytes(),
        utf16,
        vec![b'#'; 9 << 20],
    ] {
        sandbox.file(".keysieve.yml", text);
        let started = Instant::now();
        sandbox.run(["scan"]).code(2).warns(".keysieve.yml:1:");
        assert!(started.elapsed() < Duration::from_secs(10));
    }
}

#[test]
fn nearer_folders_add() {
    let sandbox = Sandbox::git();
    sandbox.file("web/a.txt", format!("VOICGEN_API_KEY={}\n", key(RULE)));
    sandbox.file(".keysieve.yml", "exclude: [vendor]\n");
    sandbox.file("web/.keysieve.yml", "allow:\n  - path: /a.txt\n    reason: here\n");
    sandbox.run(["scan"]).code(1);
    sandbox.run(["scan", "web"]).code(0).warns("1 allowed by .keysieve.yml");
    sandbox.run(["scan", "--config", "web/.keysieve.yml"]).code(1);
    sandbox.file("other.yml", "allow:\n  - path: web/a.txt\n    reason: here\n");
    sandbox.run(["scan", "--config", "other.yml"]).code(0);
    sandbox.run(["scan", "--config", "missing.yml"]).code(2).warns("missing.yml");
}

#[test]
fn severities_selections_and_paths_are_honoured_and_said() {
    let sandbox = Sandbox::git();
    sandbox.file("src/a.txt", format!("VOICGEN_API_KEY={}\n", key(RULE)));
    for (text, code, words) in [
        (format!("disable: [{RULE}, generic-*]\n"), 0, "switched off"),
        ("only: [neospeech-api-key]\n".to_owned(), 0, "only these rules"),
        (format!("severity: {{{RULE}: low}}\nmin-severity: medium\n"), 0, "below severity medium"),
        ("exclude: [src]\n".to_owned(), 0, "excluded"),
        (format!("paths: {{{RULE}: {{except: [src]}}}}\n"), 0, "allowed by .keysieve.yml"),
        (format!("paths: {{{RULE}: {{only: [src]}}}}\n"), 1, ""),
        (format!("severity: {{{RULE}: low}}\n"), 1, ""),
    ] {
        sandbox.file(".keysieve.yml", &text);
        let ran = sandbox.run(["scan"]).code(code);
        assert!(ran.err.contains(words), "{text}: {}", ran.err);
        sandbox.run(["scan", "--untrusted"]).code(1);
    }
}

#[test]
fn own_rules_can_stand_in_the_configuration() {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", "token = ourco_0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P\n");
    sandbox.run(["scan", "--only", RULE]).code(0);
    let rule = "provider: Our company\n    rules:\n      - id: our-company-token\n        name: Our token\n        severity: high\n        shape: \"ourco_{base62:32}\"\n";
    sandbox.file(".keysieve.yml", format!("rules:\n  - {rule}"));
    sandbox.run(["scan"]).code(1).says("our-company-token");
}

#[test]
fn show_names_origins_and_init_never_overwrites() {
    let sandbox = Sandbox::git();
    sandbox.run(["config", "init"]).code(0);
    sandbox.run(["config", "init"]).code(2).warns("not overwritten");
    sandbox.run(["scan"]).code(0);
    sandbox.run(["config", "show"]).code(0).says("default");
    sandbox.file(".keysieve.yml", "confidence: high\n");
    sandbox.run(["config", "show"]).code(0).says("confidence: high").says(".keysieve.yml:1");
    sandbox.run(["config", "schema"]).code(0).says("additionalProperties");
}

#[test]
fn a_configuration_takes_no_built_in_rule_away_by_calling_its_own_the_same() {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", format!("VOICGEN_API_KEY={}\n", key(RULE)));
    let rule = |indent: &str| {
        let lines = [
            "provider: Other".to_owned(),
            "rules:".into(),
            format!("  - id: {RULE}"),
            "    name: Other".into(),
            "    severity: info".into(),
            "    shape: \"nothing_{base62:32}\"".into(),
        ];
        lines.join(&format!("\n{indent}")) + "\n"
    };
    sandbox.file("own.yml", rule(""));
    sandbox.file(".keysieve.yml", "rules: [own.yml]\n");
    sandbox.run(["scan"]).code(2).warns("own.yml:3").warns("is built in");
    sandbox.file(".keysieve.yml", format!("rules:\n  - {}", rule("    ")));
    sandbox.run(["scan"]).code(2).warns(".keysieve.yml:").warns("is built in");
    sandbox.run(["scan", "--no-config"]).code(1);
    // Who runs keysieve may replace one, and is told so.
    sandbox.run(["scan", "--no-config", "--rules", "own.yml"]).warns(&format!("built-in rules: {RULE}"));
}

#[test]
fn the_command_line_outweighs_the_configuration_and_what_is_below_is_counted() {
    let sandbox = Sandbox::git();
    // Without a name that says so a key is not certain.
    sandbox.file("a.txt", format!("see {}\n", key(RULE)));
    sandbox.file(".keysieve.yml", "min-severity: critical\nconfidence: certain\n");
    sandbox.run(["scan"]).code(0).warns("1 below severity critical");
    sandbox.run(["scan", "--severity", "high"]).code(0).warns("1 below certain confidence");
    sandbox.run(["scan", "--severity", "info", "--confidence", "low"]).code(1);
    for format in ["text", "jsonl"] {
        let ran = sandbox.run(["scan", "--no-config", "--confidence", "certain", "--format", format]).code(0);
        assert!(!ran.warns("not reported: 1 below certain confidence").out.contains(RULE), "{format}");
    }
}
