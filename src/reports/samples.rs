//! Reports for the tests of this room: ordinary ones, hostile ones, large ones.

use std::sync::Arc;

use crate::model::{
    BlobPath, Checksum, Confidence, Coverage, Disposition, Excerpt, Facts, Finding, History, LineCol,
    Location, ObjectId, Origin, Part, Remedy, Secret, Severity, SkipReason, Verdict,
};

use super::{Report, RuleSummary};

/// Texts that try to steer whoever reads them.
pub(super) const HOSTILE: &[&str] = &[
    "a\x1b[31mred\x1b]0;title\x07",
    "line\n::set-output name=x::y\r\n::error::boo\n##[error]x",
    "=HYPERLINK(\"http://evil\";\"x\")",
    "@SUM(1)",
    "</script><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "]]><x/>&amp;<!--",
    "|a|b|\n\n# head\n[x](javascript:alert(1)) `code` ```\n<b>",
    "\u{202e}txt.exe\u{2028}\u{feff}\u{0}",
    "100%,a:b;c d#e?f\\g'h\"i",
    "%0A::warning::x",
    "日本語 ß \u{1f600}",
];

/// The body of a key that must appear nowhere unless it is shown.
pub(super) fn body(seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..32)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            char::from(
                b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[(state % 62) as usize],
            )
        })
        .collect()
}

/// A finding of a made-up provider.
pub(super) fn finding(path: &str, line: u64, seed: u64) -> Finding {
    let secret = Secret::new(format!("vg_live_{}", body(seed)).as_bytes(), 8);
    let redacted = secret.redacted();
    let text = format!("VOICGEN_API_KEY=\"{redacted}\" # live");
    let place = |column| LineCol { line, column, byte_column: column };
    let location = Location {
        origin: Origin::File(BlobPath::new(path.as_bytes()), Part::Content),
        span: line * 100..line * 100 + 40,
        start: place(18),
        end: place(57),
        excerpt: Excerpt { mark: 17..17 + redacted.len(), text: text.into() },
    };
    Finding::from(Facts {
        provider: "Voicgen".into(),
        name: "Voicgen live API key".into(),
        severity: Severity::ALL[(seed % 5) as usize],
        confidence: Confidence(96),
        reasons: vec!["its prefix is unmistakable".into()].into(),
        variable: Some("VOICGEN_API_KEY".into()),
        checksum: Checksum::Valid,
        remedy: Arc::new(remedy()),
        ..Facts::new("voicgen-live-api-key".into(), secret, location)
    })
}

/// What to do about a key of the made-up provider.
pub(super) fn remedy() -> Remedy {
    Remedy {
        about: "Synthesises speech on the owner's account.".into(),
        revoke: "https://voicgen.example/dashboard/keys".into(),
        rotate: "".into(),
        rotate_days: 90,
        variable: "VOICGEN_API_KEY".into(),
        references: ["https://voicgen.example/docs/keys".to_string()].as_slice().into(),
    }
}

/// What the history says of a finding, every text of it the same.
pub(super) fn history(text: &str, seed: u8) -> Box<History> {
    Box::new(History {
        commit: ObjectId::from_bytes(&[seed; 20]).expect("20 bytes are an id"),
        author: text.to_owned(),
        email: text.to_owned(),
        date: (1_700_000_000 + i64::from(seed) * 1_000_000, 60),
        subject: text.to_owned(),
        refs: vec!["refs/heads/main".to_owned(), text.to_owned()],
        in_head: seed.is_multiple_of(2),
        occurrences: u64::from(seed) + 1,
        paths: vec![BlobPath::new(text.as_bytes())],
        age_days: Some(u64::from(seed) * 30),
        last_seen: Some((ObjectId::from_bytes(&[seed; 20]).expect("20 bytes are an id"), 1_710_000_000)),
    })
}

/// A report with these findings.
pub(super) fn report(findings: Vec<Finding>) -> Report {
    let mut coverage = Coverage { files: 7, bytes: 12_345, ..Coverage::new("scan") };
    coverage.skip(SkipReason::Ignored);
    let rules = vec![RuleSummary {
        id: "voicgen-live-api-key".into(),
        name: "Voicgen live API key".into(),
        provider: "Voicgen".into(),
        severity: Severity::High,
        remedy: remedy(),
    }];
    Report { findings, coverage, rules, ..Report::default() }
}

/// A small report as most are: two places of one key, one of another.
pub(super) fn ordinary() -> Report {
    report(vec![
        finding("config/prod.env", 3, 1),
        finding("src/app.py", 10, 2),
        finding("src/other.py", 7, 1),
    ])
}

/// A report in which everything that a stranger can choose is hostile.
pub(super) fn hostile() -> Report {
    let mut findings = Vec::new();
    for (i, text) in HOSTILE.iter().enumerate() {
        let seed = i as u64 + 1;
        let mut one = finding(text, seed, seed);
        one.variable = Some((*text).into());
        one.owner = Some((*text).into());
        one.history = Some(history(text, seed as u8));
        one.decoded_from = vec![(*text).into()].into();
        one.verdict = Verdict::Live((*text).into());
        let redacted = one.secret.redacted();
        one.location.excerpt = Excerpt {
            text: format!("{text}{redacted}{text}").into(),
            mark: text.len()..text.len() + redacted.len(),
        };
        findings.push(one);
    }
    let mut odd = finding("", 1, 77);
    odd.location.origin = Origin::File(BlobPath::new(b"bad\xff\xfe/na\x80me.env"), Part::Content);
    odd.location.excerpt = Excerpt { text: "short".into(), mark: 3..99 };
    findings.push(odd);
    let mut report = report(findings);
    for text in HOSTILE {
        report.coverage.missed(*text, *text);
        report.coverage.notes.push((*text).to_owned());
        report.gone.push((*text).to_owned());
    }
    let mut allowed = finding(HOSTILE[0], 1, 99);
    allowed.disposition = Disposition::Allowed { by: "inline".into(), reason: HOSTILE[1].into() };
    report.coverage.suppressed.insert("inline".into(), 1);
    report.suppressed.push(allowed);
    report
}

/// A report with many findings.
pub(super) fn large(n: u64) -> Report {
    report((0..n).map(|i| finding(&format!("src/dir{}/file{i}.py", i % 100), i % 5000 + 1, i / 2)).collect())
}

/// A report of a history, as an auditor gets it: several providers, authors and years.
pub(super) fn audit(n: u64) -> Report {
    const PROVIDERS: &[&str] = &["Voicgen", "Neospeech", "Cloudfoo", "Paybar", "Mailbaz", "Tinymaps"];
    const AUTHORS: &[&str] = &["Ada Example", "Bo Muster", "Chi Beispiel", "Dee Exemple", "Eve Esempio"];
    const PATHS: &[&str] =
        &["config/prod.env", "src/settings.py", "deploy/k8s/secret.yaml", "web/src/api.ts", "infra/main.tf"];
    let mut report = report(Vec::new());
    for i in 0..n {
        let key = i * 2 / 3;
        let provider = PROVIDERS[(key * key % 17 % 6) as usize];
        let mut one = finding(PATHS[(i % 5) as usize], i * 7 % 300 + 1, key);
        one.rule = format!("{}-api-key", provider.to_lowercase()).into();
        one.provider = provider.into();
        one.name = format!("{provider} API key").into();
        one.severity = Severity::ALL[4 - (key * 7 % 11 % 5) as usize];
        let mut past = history(AUTHORS[(i * i % 7 % 5) as usize], (i % 250) as u8);
        past.date.0 = 1_590_000_000 + (i as i64 * 7_919_993) % 160_000_000;
        past.age_days = Some(((1_760_000_000 - past.date.0) / 86_400).unsigned_abs());
        past.email = format!("{}@example.org", past.author.split(' ').next().unwrap_or("x").to_lowercase());
        past.subject = "Add the settings for production".to_owned();
        one.history = Some(past);
        report.findings.push(one);
    }
    report.coverage.mode = "audit".into();
    report.coverage.commits = 4321;
    report.coverage.blobs = 98_765;
    report
}
