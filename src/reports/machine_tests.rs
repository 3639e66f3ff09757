//! What readers of the machine formats rely on, checked on hostile reports. The official schemas and validators were
//! tried by hand on `look_at_it`'s files; here stands what they demand of the parts that we fill.

use serde_json::Value;

use super::samples::{HOSTILE, hostile, ordinary};
use super::tests::written;
use super::{Look, Report};

fn parsed(name: &str, report: &Report) -> Value {
    serde_json::from_str(&written(name, report, Look::PLAIN)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

#[test]
fn sarif_holds_together() {
    let sarif = parsed("sarif", &hostile());
    let run = &sarif["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let mut ids: Vec<&str> = rules.iter().filter_map(|r| r["id"].as_str()).collect();
    ids.dedup();
    assert_eq!(ids.len(), rules.len());
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), hostile().findings.len() + 1, "and the allowed one");
    for result in results {
        let index = result["ruleIndex"].as_u64().expect("an index") as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let prints = result["partialFingerprints"].as_object().expect("fingerprints");
        assert_eq!(prints.keys().collect::<Vec<_>>(), ["keysieve/v1"]);
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().expect("a uri");
        assert!(uri.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~/%".contains(&b)), "{uri}");
        assert!(place["region"]["endColumn"].as_u64() > place["region"]["startColumn"].as_u64());
    }
    assert!(
        results
            .iter()
            .any(|r| r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
                == "bad%FF%FE/na%80me.env")
    );
    assert_eq!(results.iter().filter(|r| r["suppressions"][0]["kind"] == "inSource").count(), 1);
    assert!(results.iter().all(|r| r["baselineState"] == "new"));
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    let said = run["invocations"][0]["toolExecutionNotifications"].as_array().expect("notifications");
    assert!(said.len() >= HOSTILE.len());
}

#[test]
fn sarif_says_nothing_of_a_baseline_where_there_is_none() {
    let sarif = parsed("sarif", &ordinary());
    assert!(sarif["runs"][0]["results"][0].get("baselineState").is_none());
    assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn gitlab_has_what_its_schema_demands() {
    let report = parsed("gitlab", &hostile());
    assert_eq!(report["scan"]["status"], "failure");
    assert_eq!(report["scan"]["type"], "secret_detection");
    let list = report["vulnerabilities"].as_array().expect("a list");
    let mut ids: Vec<&str> = list.iter().filter_map(|v| v["id"].as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), list.len());
    for v in list {
        assert!(!v["location"]["commit"]["sha"].as_str().expect("a commit").is_empty());
        assert!(v["name"].as_str().expect("a name").chars().count() <= 255);
        assert!(!v["identifiers"][0]["value"].as_str().expect("an identifier").is_empty());
    }
    assert_eq!(parsed("gitlab", &ordinary())["scan"]["status"], "success");
    let issues = parsed("codequality", &hostile());
    let mut prints: Vec<&str> =
        issues.as_array().expect("a list").iter().filter_map(|i| i["fingerprint"].as_str()).collect();
    let all = prints.len();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), all);
}

#[test]
fn github_lines_are_ours_alone() {
    for line in written("github", &hostile(), Look::PLAIN).lines() {
        let command = ["::error ", "::warning ", "::notice "].iter().any(|c| line.starts_with(c));
        assert!(command || line.starts_with("keysieve: "), "{line}");
        if command {
            let (properties, _) = line[2..].split_once("::").expect("a command has a text");
            assert!(!properties.contains('\r'), "{line}");
        } else {
            assert!(!line.contains("##["), "{line}");
        }
    }
    let text = written("github", &super::samples::large(100), Look::PLAIN);
    for kind in ["::error ", "::warning ", "::notice "] {
        assert_eq!(text.lines().filter(|l| l.starts_with(kind)).count(), 10);
    }
    assert_eq!(text.lines().count(), 101);
}

/// A reader of RFC 4180, for what the writer wrote.
fn rows(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let (mut quoted, mut chars) = (false, text.chars().peekable());
    while let Some(c) = chars.next() {
        let row = rows.last_mut().expect("a row");
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                row.last_mut().expect("a cell").push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\r' if !quoted => assert_eq!(chars.next(), Some('\n')),
            _ => row.last_mut().expect("a cell").push(c),
        }
        if c == '\r' && chars.peek().is_some() {
            rows.push(vec![String::new()]);
        }
    }
    rows
}

#[test]
fn csv_is_square_and_holds_no_formula() {
    let rows = rows(&written("csv", &hostile(), Look::PLAIN));
    // A head, findings, what is known of before and gone, and what could not be read.
    let report = hostile();
    assert_eq!(rows.len(), 1 + report.findings.len() + report.gone.len() + HOSTILE.len());
    assert!(rows.iter().all(|r| r.len() == rows[0].len()));
    assert!(rows.iter().flatten().all(|c| !c.trim_start().starts_with(['=', '+', '-', '@', '\t'])));
}

#[test]
fn markup_is_never_markup() {
    for name in ["junit", "markdown"] {
        let text = written(name, &hostile(), Look::PLAIN);
        for evil in ["<script", "<img", "<x/>", "<b>", "]]>"] {
            assert!(!text.contains(evil), "{evil} in {name}");
        }
    }
    assert!(!written("markdown", &hostile(), Look::PLAIN).contains("](javascript"));
}

#[test]
fn markdown_fits_a_job_summary() {
    assert!(written("markdown", &super::samples::large(20_000), Look::PLAIN).len() < 1 << 20);
}
