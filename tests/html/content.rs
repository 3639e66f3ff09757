//! JSON reports to be shown: ordinary ones of a size, and one full of traps.

use serde_json::{Value, json};

/// Texts that would run, load or rearrange if they were taken for anything but text.
pub(crate) const HOSTILE: &[&str] = &[
    "<script>window.pwned = 1</script>",
    "</script><script>window.pwned = 1</script>",
    "\"><img src=x onerror='window.pwned = 1'>",
    "<!--<script>",
    "javascript:window.pwned=1",
    "{{data}} ${window.pwned = 1} `x`",
    "\u{202e}gnp.exe",
    "\u{1b}[31mred\u{7}",
    "]]> & &lt;b&gt; <b>bold</b>",
    "__proto__",
];

fn finding(path: &str, provider: &str, severity: &str, n: u64) -> Value {
    json!({
        "rule": format!("{}-api-key", provider.to_lowercase()), "provider": provider, "name": format!("{provider} API key"),
        "severity": severity, "confidence": "certain", "confidence_score": 96, "secret": "abc_…(40 characters)",
        "fingerprint": format!("ks1:{n:032x}"), "path": path, "part": "content", "line": n % 900 + 1, "column": 5,
        "excerpt": "KEY=\"abc_…(40 characters)\"", "excerpt_mark": [5, 25], "variable": "KEY", "checksum": "none",
        "verdict": "unverified", "disposition": "reported",
        "remedy": {"about": "Opens doors.", "revoke": "https://example.org/keys", "variable": "KEY"},
        "commit": format!("{n:040x}"), "author": format!("Author {}", n % 4), "email": "a@example.org",
        "date": format!("20{:02}-0{}-11T10:00:00+00:00", 10 + n * 7 % 15, n % 9 + 1), "message": "add", "refs": [],
        "in_head": n.is_multiple_of(2), "occurrences": 1, "age_days": n * 13 % 1000,
    })
}

fn report(findings: &[Value], complete: bool, incomplete: &[Value]) -> Value {
    json!({
        "tool": "keysieve", "version": "0.0.0", "schema": 1, "findings": findings,
        "coverage": {"mode": "history", "complete": complete, "commits": 5, "bytes": 1000, "incomplete": incomplete, "notes": HOSTILE},
    })
}

/// A report of `n` keys of three providers and five severities.
pub(crate) fn document(n: u64) -> Value {
    let severities = ["critical", "high", "medium", "low", "info"];
    let findings: Vec<Value> = (0..n)
        .map(|i| {
            let provider = ["Alpha", "Beta", "Gamma"][(i % 3) as usize];
            finding(&format!("src/file{i}.py"), provider, severities[(i % 5) as usize], i)
        })
        .collect();
    report(&findings, true, &[])
}

/// A report in which every text is a trap.
pub(crate) fn hostile() -> Value {
    let findings: Vec<Value> = HOSTILE
        .iter()
        .enumerate()
        .map(|(i, text)| {
            let mut one = finding(text, "Alpha", "high", i as u64);
            for field in [
                "rule",
                "provider",
                "name",
                "excerpt",
                "variable",
                "author",
                "email",
                "message",
                "verdict_detail",
                "owner",
                "secret",
            ] {
                one[field] = json!(text);
            }
            for field in ["about", "revoke", "rotate", "variable"] {
                one["remedy"][field] = json!(text);
            }
            one["decoded_from"] = json!([text]);
            one["alternatives"] = json!([text]);
            one
        })
        .collect();
    let missed: Vec<Value> = HOSTILE.iter().map(|t| json!({"what": t, "why": t})).collect();
    report(&findings, false, &missed)
}
