//! `--gitleaks-config`: rules and allowlists of gitleaks and betterleaks, unconverted and with their own meaning.

use crate::sandbox::{Ran, Sandbox, key, keyed};

const FLAG: [&str; 5] = ["scan", "--format", "jsonl", "--gitleaks-config", ".gitleaks.toml"];

/// The rule ids and paths of what is found in these files with this configuration.
fn found(config: &str, files: &[(&str, &str)]) -> Vec<String> {
    let sandbox = Sandbox::git();
    sandbox.file(".gitleaks.toml", config);
    for (path, text) in files {
        sandbox.file(path, text);
    }
    names(&sandbox.run(FLAG))
}

fn names(ran: &Ran) -> Vec<String> {
    assert!(ran.code == 0 || ran.code == 1, "{}{}", ran.out, ran.err);
    ran.findings()
        .iter()
        .map(|f| format!("{} {}:{}", f["rule"].as_str().unwrap(), f["path"].as_str().unwrap(), f["line"]))
        .collect()
}

const ACME: &str = "[[rules]]\nid = 'acme_token'\ndescription = 'Acme'\nregex = '''acme_([0-9a-z]{12})'''\n";

#[test]
fn a_rule_finds_its_own_and_stands_beside_ours() {
    let sandbox = Sandbox::git();
    let ours = key("voicgen-live-api-key");
    sandbox
        .file(".gitleaks.toml", ACME)
        .file("a.txt", format!("acme_q1w2e3r4t5y6\nVOICGEN_API_KEY={ours}\n"));
    let ran = sandbox.run(FLAG).code(1).hides("q1w2e3r4t5y6").hides(&ours);
    assert_eq!(names(&ran), ["acme_token a.txt:1", "voicgen-live-api-key a.txt:2"]);
    let finding = &ran.findings()[0];
    assert!(
        finding["name"] == "Acme" && finding["column"] == 6 && finding["remedy"]["variable"] == "ACME_TOKEN"
    );
    assert_eq!(names(&sandbox.run(["scan", "--format", "jsonl"])), ["voicgen-live-api-key a.txt:2"]);
    let only = sandbox.run([&FLAG[..], &["--only", "acme_token"]].concat());
    assert_eq!(names(&only), ["acme_token a.txt:1"]);
    let without = sandbox.run([&FLAG[..], &["--disable", "acme_token"]].concat());
    assert_eq!(names(&without), ["voicgen-live-api-key a.txt:2"]);
}

#[test]
fn keywords_entropy_and_groups_mean_what_they_mean_there() {
    let text = [("a.txt", "x_q1w2e3r4t5y6\n")];
    let rule = |more: &str| {
        found(&format!("[[rules]]\nid = 'r'\nregex = '''(x)_([0-9a-z]{{12}})'''\n{more}"), &text)
    };
    assert_eq!(rule(""), ["r a.txt:1"]);
    assert_eq!(rule("keywords = ['X_Q1', 'nowhere']\n"), ["r a.txt:1"], "in any case, any of them");
    assert!(rule("keywords = ['nowhere']\n").is_empty());
    assert_eq!(rule("secretGroup = 2\nentropy = 3.5\n"), ["r a.txt:1"], "twelve different ones: 3.58 bits");
    assert!(rule("secretGroup = 2\nentropy = 3.6\n").is_empty());
    assert!(
        rule("secretGroup = 1\nentropy = 0.1\n").is_empty(),
        "the group's entropy counts, not the match's"
    );
    assert!(rule("secretGroup = 1\nkeywords = []\n") == ["r a.txt:1"]);
}

#[test]
fn paths_limit_a_rule_or_are_the_rule() {
    let files = [("a.tf", "acme_q1w2e3r4t5y6\n"), ("a.txt", "acme_q1w2e3r4t5y6\n"), ("k/id.keyfile", "\n")];
    assert_eq!(found(&format!("{ACME}path = '''\\.tf$'''\n"), &files), ["acme_token a.tf:1"]);
    let alone = "[[rules]]\nid = 'key-file'\npath = '''^k/.*\\.keyfile$'''\n";
    assert_eq!(found(alone, &files), ["key-file k/id.keyfile:1"]);
    assert!(found("[[rules]]\nid = 'key-file'\npath = '''^id'''\n", &files).is_empty());
}

#[test]
fn allowlists_of_a_rule_and_of_all_are_asked() {
    let text = "acme_q1w2e3r4t5y6\nacme_a1s2d3f4g5h6 # fixture\n";
    let files = [("a.txt", text), ("t/b.txt", text)];
    let all = ["acme_token a.txt:1", "acme_token a.txt:2", "acme_token t/b.txt:1", "acme_token t/b.txt:2"];
    let with = |list: &str| found(&format!("{ACME}{list}"), &files);
    assert_eq!(with(""), all);
    for head in ["[[rules.allowlists]]", "[rules.allowlist]", "[allowlist]", "[[allowlists]]"] {
        assert_eq!(with(&format!("{head}\npaths = ['''^t/''']\n")), all[..2], "{head}");
        assert_eq!(with(&format!("{head}\nstopwords = ['A1S2']\n")), [all[0], all[2]], "{head}");
        assert_eq!(with(&format!("{head}\nregexes = ['''^a1''']\n")), [all[0], all[2]], "{head}: the secret");
        let target = |of: &str, regex: &str| {
            with(&format!("{head}\nregexTarget = '{of}'\nregexes = ['''{regex}''']\n"))
        };
        assert_eq!(target("match", "^acme_a1"), [all[0], all[2]], "{head}");
        assert_eq!(target("match", "fixture"), all, "{head}");
        assert_eq!(target("line", "# fixture$"), [all[0], all[2]], "{head}");
        assert_eq!(target("secret", "fixture"), all, "{head}");
        let both = "paths = ['''^t/''']\nregexes = ['''^a1''']\n";
        assert_eq!(with(&format!("{head}\ncondition = 'AND'\n{both}")), all[..3], "{head}");
        assert_eq!(with(&format!("{head}\ncondition = 'OR'\n{both}")), all[..1], "{head}");
        assert_eq!(with(&format!("{head}\n{both}")), all[..1], "{head}: any of them by default");
    }
    assert!(with("[[allowlists]]\ntargetRules = ['acme_token']\npaths = ['''.''']\n").is_empty());
    assert_eq!(with("[[allowlists]]\ntargetRules = ['another']\npaths = ['''.''']\n"), all);
}

#[test]
fn allowlists_speak_of_our_rules_too_and_are_counted() {
    let sandbox = Sandbox::git();
    sandbox.file("docs/a.txt", format!("VOICGEN_API_KEY=\"{}\"\n", key("voicgen-live-api-key")));
    for (list, code) in [
        ("[allowlist]\npaths = ['''^docs/''']\n", 0),
        ("[allowlist]\npaths = ['''^src/''']\n", 1),
        ("[allowlist]\nregexTarget = 'match'\nregexes = ['''^VOICGEN_API_KEY=\"''']\n", 0),
        ("[allowlist]\nregexTarget = 'match'\nregexes = ['''^OTHER''']\n", 1),
        ("[[rules]]\nid = 'voicgen-live-api-key'\n[[rules.allowlists]]\npaths = ['''docs''']\n", 0),
        ("[extend]\nuseDefault = true\ndisabledRules = ['voicgen-live-api-key', 'generic-api-key']\n", 0),
        ("[extend]\nuseDefault = true\ndisabledRules = ['their-rule']\n", 1),
    ] {
        sandbox.file(".gitleaks.toml", list);
        let ran = sandbox.run(FLAG).code(code);
        if code == 0 {
            let said = ran.err.contains("1 allowed by the gitleaks configuration")
                || ran.err.contains("switched off: voicgen");
            assert!(said, "{list}: {}", ran.err);
        }
        sandbox.run(["scan"]).code(1);
    }
    sandbox.file(".gitleaks.toml", "[allowlist]\ndescription = 'old docs'\npaths = ['''docs''']\n");
    let explained = ["explain", "docs/a.txt:1", "--gitleaks-config", ".gitleaks.toml"];
    sandbox.run(explained).code(0).says("gitleaks    allows it: old docs (.gitleaks.toml:1)");
}

#[test]
fn commits_are_asked_in_the_history() {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", "acme_q1w2e3r4t5y6\n").commit("one");
    let commit = sandbox.run_git(["rev-parse", "HEAD"]);
    let run = |commit: &str| {
        sandbox.file("../c.toml", format!("{ACME}[[rules.allowlists]]\ncommits = ['{commit}']\n"));
        sandbox.run(["history", "--gitleaks-config", "../c.toml"])
    };
    run(&commit).code(0).warns("1 allowed by the gitleaks configuration");
    run(&commit.replace(|c: char| c.is_ascii_digit(), "0")).code(1);
}

#[test]
fn required_rules_and_extended_files_are_read() {
    let parts = "[[rules]]\nid = 'secret'\nregex = '''sec_[0-9a-z]{12}'''\n[[rules.required]]\nid = 'id'\nwithinLines = 2\n\
                 [[rules]]\nid = 'id'\nregex = '''cid_[0-9]{4}'''\nskipReport = true\n";
    assert_eq!(found(parts, &[("a.txt", "sec_q1w2e3r4t5y6\n\ncid_1234\n")]), ["secret a.txt:1"]);
    assert!(found(parts, &[("a.txt", "sec_q1w2e3r4t5y6\n\n\n\ncid_1234\n")]).is_empty());
    let sandbox = Sandbox::git();
    sandbox
        .file("a.txt", "acme_q1w2e3r4t5y6\nsec_q1w2e3r4t5y6\n")
        .file("base.toml", format!("{ACME}[[rules]]\nid = 'sec'\nregex = '''sec_[0-9a-z]{{12}}'''\n"));
    sandbox.file(".gitleaks.toml", "[extend]\npath = 'base.toml'\n");
    assert_eq!(names(&sandbox.run(FLAG)), ["acme_token a.txt:1", "sec a.txt:2"]);
    sandbox.file(".gitleaks.toml", "[extend]\npath = 'base.toml'\ndisabledRules = ['sec']\n");
    assert_eq!(names(&sandbox.run(FLAG)), ["acme_token a.txt:1"]);
    sandbox.file(".gitleaks.toml", "[extend]\npath = 'gone.toml'\n");
    sandbox.run(FLAG).code(2).warns("gone.toml");
}

#[test]
fn mistakes_are_refused_with_their_place() {
    let sandbox = Sandbox::git();
    sandbox.file("a.txt", "x\n");
    for (text, place) in [
        ("a = \n", ".gitleaks.toml:1:"),
        ("[[rules]]\nid = 'r'\nregex = '''a++b'''\n", ".gitleaks.toml:3:9:"),
        ("[[rules]]\nid = 'r'\nregex = '''(?<!x)ab'''\n", ".gitleaks.toml:3:9:"),
        ("[[rules]]\nid = 'r'\nregex = '''ab'''\nsecretGroup = 3\n", ".gitleaks.toml:3:9:"),
        ("[allowlist]\npaths = [\n  '''a''',\n  '''(''',\n]\n", ".gitleaks.toml:4:3:"),
        ("[allowlist]\nregexTarget = 'x'\nregexes = ['''a''']\n", ".gitleaks.toml:2:15:"),
    ] {
        sandbox.file(".gitleaks.toml", text);
        sandbox.run(FLAG).code(2).warns(place);
    }
    sandbox.file(".gitleaks.toml", ACME.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
    sandbox.run(FLAG).code(2).warns("UTF-16");
    sandbox.run(["scan", "--gitleaks-config", "gone.toml"]).code(2).warns("gone.toml");
    // What Go spells otherwise is no mistake.
    sandbox
        .file(".gitleaks.toml", "[[rules]]\nid = 'r'\nregex = '''(?P<k>\\Qa.b\\E[[x]\\z)'''\n")
        .file("a.txt", "a.b[");
    sandbox.run(FLAG).code(1);
}

#[test]
fn our_configuration_can_name_it_and_a_stranger_cannot_use_it() {
    let sandbox = Sandbox::git();
    sandbox.file(".gitleaks.toml", format!("{ACME}[allowlist]\npaths = ['''voicgen''']\n"));
    sandbox.file(".keysieve.yml", "gitleaks-config: .gitleaks.toml\n").file("a.txt", "acme_q1w2e3r4t5y6\n");
    sandbox.file("voicgen.txt", format!("VOICGEN_API_KEY={}\n", key("voicgen-live-api-key")));
    assert_eq!(names(&sandbox.run(["scan", "--format", "jsonl"])), ["acme_token a.txt:1"]);
    let stranger = sandbox.run(["scan", "--format", "jsonl", "--untrusted"]);
    assert_eq!(names(&stranger), ["voicgen-live-api-key voicgen.txt:1"]);
    sandbox.run_git(["add", "a.txt"]);
    sandbox.run(["staged"]).code(1).says("acme_token");
    sandbox.file(".keysieve.yml", "gitleaks-config: ../out.toml\n").file("../out.toml", ACME);
    sandbox.run(["scan"]).code(2).warns("leads out of the repository");
    sandbox.file(
        ".keysieve.yml",
        "allow:\n  - rule: acme_token\n    reason: x\ngitleaks-config: .gitleaks.toml\n",
    );
    sandbox.run(["scan"]).code(0).warns("1 allowed by .keysieve.yml");
}

#[test]
fn wide_text_and_inline_marks_are_understood() {
    let sandbox = Sandbox::git();
    sandbox.file(".gitleaks.toml", ACME);
    let wide: Vec<u8> = "\u{feff}a\nacme_q1w2e3r4t5y6\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    sandbox.file("w.txt", wide).file(
        "a.txt",
        "acme_q1w2e3r4t5y6 # gitleaks:allow\nacme_a1s2d3f4g5h6 # keysieve:allow acme_token x\n",
    );
    assert_eq!(names(&sandbox.run(FLAG)), ["acme_token w.txt:2"]);
    assert_eq!(names(&sandbox.run([&FLAG[..], &["--no-inline-allow"]].concat())).len(), 3);
}

#[test]
fn a_stop_word_may_be_a_whole_private_key() {
    let sandbox = Sandbox::git();
    // The sample stands on one line, as in a JSON text.
    let word = keyed("private-key-pem", 1);
    sandbox.file("a.pem", format!("{}\n", word.replace("\\n", "\n")));
    sandbox.run(["scan"]).code(1);
    let config = sandbox.outside().join("own.toml");
    std::fs::write(&config, format!("[extend]\nuseDefault = true\n[allowlist]\nstopwords = [\"{word}\"]\n"))
        .unwrap();
    sandbox
        .run(["scan", "--gitleaks-config", config.to_str().unwrap()])
        .code(0)
        .warns("1 allowed by the gitleaks configuration");
}
