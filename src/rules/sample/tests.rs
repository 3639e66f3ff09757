//! Made keys: of every rule, valid, the same each time, different for each seed.

use crate::model::Checksum;
use crate::rules::check_kind::CheckKind;
use crate::rules::{Rule, Ruleset, Shape, check, parse};

use super::{fill, sample};

fn rule(fields: &str) -> Rule {
    let yaml = format!(
        "provider: T\nrules:\n  - {{id: t-{}, name: T, severity: low, {fields}, context: {{need: near, words: [t]}}}}\n",
        fields.len()
    );
    parse(&yaml).unwrap_or_else(|e| panic!("{yaml}: {e:?}")).remove(0)
}

#[test]
fn a_key_can_be_made_for_every_built_in_rule() {
    let mut failed = Vec::new();
    for rule in Ruleset::everything().rules() {
        for seed in 0..3 {
            match sample(rule, seed) {
                None => failed.push(format!("{}: nothing", rule.id)),
                Some(key) if !rule.shape.fits(&key) && !matches!(rule.shape, Shape::Pattern(_)) => {
                    failed.push(format!("{}: wrong shape", rule.id));
                }
                Some(_) => {}
            }
        }
        if sample(rule, 1) != sample(rule, 1) || sample(rule, 1) == sample(rule, 2) {
            failed.push(format!("{}: not by seed", rule.id));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn checksums_are_right() {
    for (shape, kind) in [
        ("'ghp_{base62:36}'", CheckKind::Crc32Base62),
        ("'glpat-{base64url:27-300}.01.{alnum-lower:9}'", CheckKind::GitlabRoutable),
        ("'cfut_{base62:40}{hex-lower:8}'", CheckKind::Cloudflare),
        ("'zpka_{alnum:32}_{hex-lower:8}'", CheckKind::Zuplo),
        ("'ATATT3{base64url:40-200}={hex-upper:8}'", CheckKind::Atlassian),
        ("'glsa_{base62:32}_{hex-lower:8}'", CheckKind::Grafana),
        ("'glc_eyJ{base64:40+}'", CheckKind::GrafanaCloud),
        ("'{base64:76}+ASt{base64:6}=='", CheckKind::AzureKey),
        ("'{base64:33}AIoT{base64:6}='", CheckKind::AzureKey),
        ("'{base62:42}AzSe{base62:6}'", CheckKind::AzureKey),
        ("'{base64url:44}AzFu{base64url:6}=='", CheckKind::AzureKey),
        (
            "'{base62:52}JQQJ99{upper:1}{upper:1}{base62:12}{base62:4}AZDO{base62:4}'",
            CheckKind::AzureAnnotated,
        ),
        ("'{alnum|-_.~:3}8Q~{alnum|-_.~:34}'", CheckKind::Entra),
        ("'{base32-lower:52}'", CheckKind::AzureDevops),
        ("'AGE-SECRET-KEY-1{bech32-upper:58}'", CheckKind::Bech32),
        ("'5{base58:50}'", CheckKind::Base58Check),
        ("'SU{base32-upper:56}'", CheckKind::Nats),
        ("'eyJ{base64url:10+}.eyJ{base64url:10+}.{base64url:20+}'", CheckKind::Jwt),
        ("'{base64url:24-26}.{base64url:6}.{base64url:27,38}'", CheckKind::Discord),
        ("'cmVmdGtu{base62:56}'", CheckKind::JfrogReference),
        ("'{base64:44}'", CheckKind::AtlassianDataCenter),
        ("'pypi-AgEIcHlwaS5vcmc{base64url:50+}'", CheckKind::Macaroon),
        ("'sntrys_{base64|_=-:80+}'", CheckKind::SentryOrg),
        ("'ops_eyJ{base64url:250+}'", CheckKind::OnePassword),
    ] {
        let rule = rule(&format!("shape: {shape}, check: {}", kind.as_str()));
        for seed in 0..20 {
            let key = sample(&rule, seed).unwrap_or_else(|| panic!("no key for {shape} with seed {seed}"));
            assert_eq!(check(kind, &key), Checksum::Valid, "{shape}");
        }
    }
}

#[test]
fn patterns_are_met_too() {
    for pattern in [
        r"'(?<key>[A-Z]{3}-[0-9]{4,8}(?:x|yy)[^\s]{20})'",
        r"'token=(?<key>(?i)[a-z0-9]{32})\b'",
        r"'(?<key>key-\w{4}\.\d+[.-](?:[a-f0-9]{2}:){5}[a-f0-9]{2})'",
    ] {
        let rule = rule(&format!("pattern: {pattern}"));
        for seed in 0..10 {
            let key = sample(&rule, seed).expect("a key");
            assert_eq!(rule.shape.fits(&key), !pattern.contains("token"), "{pattern}");
        }
    }
    let armored = rule(
        "pattern: '(?<key>-----BEGIN RSA PRIVATE KEY-----[\\s\\S]{50,20000}?-----END RSA PRIVATE KEY-----)', check: pem",
    );
    let key = sample(&armored, 1).expect("a key in armour");
    assert_eq!(check(CheckKind::Pem, &key), Checksum::Valid);
}

#[test]
fn places_in_examples_are_filled() {
    let other = |id: &str| (id == "b-key").then(|| b"BBB".to_vec());
    let filled = |text: &str| fill(text, b"AAA", 1, &other).map(|t| String::from_utf8_lossy(&t).into_owned());
    assert_eq!(filled("x={{key}};{{key:b-key}}").as_deref(), Ok("x=AAA;BBB"));
    assert_eq!(
        filled("{{repeat:xy:3}} ${{ secrets.A }} {{ b }} {{").as_deref(),
        Ok("xyxyxy ${{ secrets.A }} {{ b }} {{")
    );
    assert!(filled("{{hex:12}}").is_ok_and(|t| t.len() == 12 && t.bytes().all(|b| b.is_ascii_hexdigit())));
    assert!(filled("{{uuid:}}").is_err() && filled("{{key:c-key}}").is_err());
}
