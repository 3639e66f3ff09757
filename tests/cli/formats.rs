//! Every format from a real run, reports into files, and `keysieve report convert`.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::sandbox::{Sandbox, key, keyed};

const FORMATS: &[&str] = &[
    "text",
    "json",
    "jsonl",
    "sarif",
    "gitlab",
    "codequality",
    "github",
    "junit",
    "csv",
    "markdown",
    "html",
];
const RULE: &str = "github-personal-access-token";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::git();
    sandbox.file("src/app.py", format!("import os\nGITHUB_TOKEN = \"{}\"\n", key(RULE)));
    sandbox.file("config/prod.yml", format!("token: {}\n", key(RULE)));
    sandbox.file("b.js", format!("const token = \"{}\"; // keysieve:allow only a test\n", keyed(RULE, 2)));
    sandbox
}

#[test]
fn every_format_names_the_finding_and_hides_the_key() {
    for format in FORMATS {
        let ran = sandbox().run(["scan", "--format", format]).code(1);
        ran.says("app.py").hides(&key(RULE)).hides(&keyed(RULE, 2)).hides(&key(RULE)[8..]);
    }
}

#[test]
fn two_runs_print_the_same_bytes_whatever_the_threads() {
    let sandbox = sandbox();
    for format in FORMATS {
        let outs =
            ["1", "1", "4"].map(|n| sandbox.run(["scan", "--format", format, "--threads", n]).code(1).out);
        assert!(outs[0] == outs[1] && outs[1] == outs[2], "{format}");
    }
}

#[test]
fn several_reports_of_one_run_go_into_private_files() {
    let sandbox = sandbox();
    sandbox.run(["scan", "--report", "sarif=a.sarif", "--report", "html=report.html", "-f", "jsonl"]).code(1);
    let sarif: Value = serde_json::from_slice(&std::fs::read(sandbox.dir.join("a.sarif")).unwrap()).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.iter().filter(|r| r.get("suppressions").is_none()).count(), 2);
    assert_eq!(results.iter().filter(|r| r["suppressions"][0]["kind"] == "inSource").count(), 1);
    let mode = std::fs::metadata(sandbox.dir.join("report.html")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(&sandbox.dir).unwrap().count(), 6, "no temporary file is left");
}

#[test]
fn a_report_that_cannot_be_written_is_refused_before_the_scan() {
    let sandbox = sandbox();
    std::fs::create_dir(sandbox.dir.join("folder")).unwrap();
    sandbox.run(["scan", "--report", "sarif=missing/a.sarif"]).code(2).warns("there is no folder missing");
    sandbox.run(["scan", "--output", "folder"]).code(2).warns("it is a folder");
    sandbox.run(["scan", "-o", "a", "--report", "sarif=./a"]).code(2).warns("the same place");
    sandbox.run(["scan", "-o", "a", "--report", "sarif=folder/../a"]).code(2).warns("the same place");
    assert!(!sandbox.dir.join("a").exists());
    // What fails only while it is written leaves the run incomplete.
    sandbox.run(["scan", "--report", "sarif=/dev/full"]).code(3).warns("cannot write the report");
    sandbox.run(["scan", "--report", "sarif=/dev/null"]).code(1);
}

#[test]
fn a_report_in_the_scanned_tree_is_whole_or_absent_and_holds_nothing_to_find() {
    let sandbox = sandbox();
    sandbox.file("report.json", "old").file("report.html", "old");
    let args = ["scan", "--report", "json=report.json", "--report", "html=report.html", "-f", "csv"];
    let first = sandbox.run(args).code(1).out;
    let json: Value =
        serde_json::from_slice(&std::fs::read(sandbox.dir.join("report.json")).unwrap()).unwrap();
    assert_eq!(json["findings"].as_array().unwrap().len(), 2);
    assert_eq!(sandbox.run(args).code(1).out, first, "the reports of the last run are scanned as well");
}

#[test]
fn a_json_report_becomes_any_other_format() {
    let sandbox = sandbox();
    let report = sandbox.run(["scan", "--format", "json"]).code(1).out;
    let told = sandbox.run(["scan", "-v", "--format", "json"]).code(1).out;
    sandbox.file("../r.json", &report).file("../told.json", told);
    for format in FORMATS {
        let direct = sandbox.run(["scan", "-v", "--format", format]).code(1).out;
        let convert = ["report", "convert", "../told.json", "-v", "--format", format];
        assert_eq!(direct, sandbox.run(convert).code(0).out, "{format}, verbose");
        // What was allowed stands one by one in verbose reports only, and SARIF tells it all the same.
        if *format != "sarif" {
            let direct = sandbox.run(["scan", "--format", format]).code(1).out;
            let converted = sandbox.run(["report", "convert", "../r.json", "--format", format]).code(0).out;
            assert_eq!(direct, converted, "{format}");
        }
    }
    sandbox
        .run_with(["report", "convert", "-", "-f", "markdown"], report.as_bytes())
        .code(0)
        .says("# keysieve");
}

#[test]
fn what_is_no_report_is_refused_with_its_place() {
    let sandbox = Sandbox::new();
    sandbox.file("r.json", "{\n  \"tool\": ]\n}");
    sandbox.run(["report", "convert", "r.json", "-f", "html"]).code(2).warns("r.json:2:");
    sandbox.run(["report", "convert", "none.json", "-f", "html"]).code(3).warns("none.json");
    sandbox.run(["scan", "--format", "nonsense"]).code(2).warns("markdown");
}

#[test]
fn clear_text_in_a_report_is_redacted_again_unless_wanted() {
    let sandbox = sandbox();
    let report = sandbox.run(["scan", "--format", "json", "--show-secrets"]).code(1).says(&key(RULE)).out;
    sandbox.file("r.json", &report);
    sandbox.run(["report", "convert", "r.json", "-f", "csv"]).code(0).hides(&key(RULE));
    sandbox.run(["report", "convert", "r.json", "-f", "csv", "--show-secrets"]).code(0).says(&key(RULE));
}

#[test]
fn completions_and_manual_pages_are_made() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = sandbox.run(["completions", shell]).code(0).says("show-secrets");
        if matches!(shell, "bash" | "zsh" | "fish") {
            ran.says("codequality").says("certain");
        }
    }
    sandbox.run(["man"]).code(0).says(".TH keysieve 1");
    std::fs::create_dir(sandbox.dir.join("pages")).unwrap();
    sandbox.run(["man", "--dir", "pages"]).code(0);
    for page in std::fs::read_dir(sandbox.dir.join("pages")).unwrap() {
        let text = std::fs::read_to_string(page.unwrap().path()).unwrap();
        assert!(text.contains(concat!(" \"\" \"keysieve ", env!("CARGO_PKG_VERSION"), "\"")), "{text}");
        assert!(text.is_ascii() && !text.contains(".br\n\n.br"), "{text}");
    }
    assert!(sandbox.dir.join("pages/keysieve-scan.1").is_file());
}
