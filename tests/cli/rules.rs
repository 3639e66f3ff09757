//! `keysieve rules` and `keysieve identify`, from outside.

use crate::sandbox::{Sandbox, key};

const OWN: &str = "provider: Acme\nrules:\n  - id: acme-key\n    name: Acme key\n    severity: high\n    shape: acme_{base62:32}\n    \
                   examples:\n      match: ['k = \"{{key}}\"']\n      reject: ['acme_{{base62:9}}']\n";

#[test]
fn rules_are_listed_and_selected() {
    let sandbox = Sandbox::new();
    sandbox.run(["rules", "list"]).code(0).says("voicgen-live-api-key");
    let one = sandbox.run(["rules", "list", "--json", "--only", "voicgen-live-api-key"]).code(0);
    let list: serde_json::Value = serde_json::from_str(&one.out).unwrap();
    assert_eq!(list.as_array().map(Vec::len), Some(1));
    assert_eq!(list[0]["variable"], "VOICGEN_API_KEY");
    sandbox.run(["rules", "list", "--only", "voicgenn"]).code(2).warns("did you mean `voicgen`");
}

#[test]
fn a_rule_is_shown_and_checks_are_named() {
    let sandbox = Sandbox::new();
    sandbox.run(["rules", "show", "neospeech-api-key"]).code(0).says("sk-{base62:32}").says("Revoke:");
    sandbox.run(["rules", "show", "--checks"]).code(0).says("crc32-base62");
    sandbox.run(["rules", "show", "no-such-rule"]).code(2);
}

#[test]
fn made_keys_are_the_same_each_time_and_are_found() {
    let sandbox = Sandbox::new();
    let made = sandbox.run(["rules", "sample", "voicgen-live-api-key", "-n", "2"]).code(0);
    let again = sandbox.run(["rules", "sample", "voicgen-live-api-key", "-n", "2"]).code(0);
    assert_eq!(made.out, again.out);
    let keys: Vec<_> = made.out.lines().collect();
    assert!(keys.len() == 2 && keys[0] != keys[1]);
    sandbox.file("a.env", format!("VOICGEN_API_KEY={}\n", keys[0]));
    sandbox.run(["scan", "--no-git"]).code(1).says("voicgen-live-api-key").hides(keys[0]);
}

#[test]
fn own_rules_are_checked_and_used() {
    let sandbox = Sandbox::new();
    sandbox.file("acme.yml", OWN);
    sandbox
        .run(["rules", "check", "acme.yml"])
        .code(0)
        .says("acme.yml:3: acme-key: cost:")
        .warns("0 problems");
    let made = sandbox.run(["rules", "sample", "acme-key", "--rules", "acme.yml"]).code(0);
    sandbox.file("a.txt", format!("k = \"{}\"\n", made.out.trim()));
    sandbox.run(["scan", "--no-git", "--rules", "acme.yml", "a.txt"]).code(1).says("acme-key");
}

#[test]
fn mistakes_in_own_rules_are_told_with_file_and_line() {
    let sandbox = Sandbox::new();
    for (change, line) in [
        (("high", "hihg"), 5),
        (("{base62:32}", "{base62:0}"), 6),
        (("shape:", "shap:"), 6),
        (("    severity: high\n", "    severity: high\n    severity: low\n"), 6),
        (("'acme_{{base62:9}}'", "&x 'acme_{{base62:9}}'"), 9),
    ] {
        sandbox.file("acme.yml", OWN.replace(change.0, change.1));
        for args in [["rules", "check", "acme.yml"], ["scan", "--rules", "acme.yml"]] {
            sandbox.run(args).code(2).warns(&format!("acme.yml:{line}: "));
        }
    }
    sandbox.file(
        "acme.yml",
        OWN.replace("k = \\\"{{key}}\\\"", "nothing here").replace("k = \"{{key}}\"", "nothing"),
    );
    sandbox.run(["rules", "check", "acme.yml"]).code(2).says("must match");
    sandbox.file("bomb.yml", "[".repeat(1 << 20));
    sandbox.run(["rules", "check", "bomb.yml"]).code(2).warns("bomb.yml:1: nested too deep");
}

#[test]
fn identify_says_what_a_key_is_without_showing_it() {
    let sandbox = Sandbox::new();
    let secret = key("github-personal-access-token");
    let said = sandbox.run_with(["identify"], format!("{secret}\n").as_bytes()).code(0);
    said.says("GitHub").says("checksum holds").says("https://github.com/settings/tokens").hides(&secret);
    let mut other = secret.clone();
    other.replace_range(10..11, if secret.as_bytes()[10] == b'a' { "b" } else { "a" });
    sandbox.run(["identify", &other]).code(0).says("checksum does not hold").hides(&other);
    sandbox.run_with(["identify"], b"hello\n").code(0).says("no rule knows");
    sandbox.run_with(["identify"], b"\n").code(2).warns("no key was given");
    let json = sandbox.run_with(["identify", "--format", "json"], secret.as_bytes()).code(0).hides(&secret);
    let value: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(
        (&value["kinds"][0]["checksum"], &value["kinds"][0]["provider"]),
        (&"valid".into(), &"GitHub".into())
    );
}

#[test]
fn keys_tell_about_themselves() {
    let sandbox = Sandbox::new();
    let id = format!("{}RZPUZDIK{}", "AKIA", "A".repeat(8));
    sandbox.run_with(["identify"], id.as_bytes()).code(0).says("123456789012");
    let token = key("json-web-token");
    sandbox.run_with(["identify"], token.as_bytes()).code(0).says("issuer").says("expires").hides(&token);
}
