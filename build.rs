//! Packs `rules/*.yml` into one static table, `OUT_DIR/rules.rs`, so that a run has nothing to parse at start.
//!
//! A bad rule fails the build with its file and line.

#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "files shared with the crate hold more than is used here"
)]

#[path = "src/rules/charset.rs"]
mod charset;
#[path = "src/rules/check_kind.rs"]
mod check_kind;
#[path = "src/rules/derive.rs"]
mod derive;
#[path = "src/rules/draft.rs"]
mod draft;
#[path = "src/rules/schema.rs"]
mod schema;
#[path = "src/rules/template.rs"]
mod template;
#[path = "src/rules/yaml.rs"]
mod yaml;

use std::collections::HashMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

use charset::Charset;
use draft::Draft;
use schema::RawVerify;
use template::Piece;

fn main() -> ExitCode {
    match pack() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            // Cargo shows the first line of this form without the rest of the build script's output.
            #[allow(clippy::print_stdout, reason = "how a build script speaks to cargo")]
            {
                println!("cargo::error={problem}");
            }
            ExitCode::FAILURE
        }
    }
}

fn pack() -> Result<(), String> {
    #[allow(clippy::print_stdout, reason = "how a build script speaks to cargo")]
    {
        println!("cargo::rerun-if-changed=rules");
        println!("cargo::rerun-if-changed=build.rs");
        for shared in ["charset", "check_kind", "derive", "draft", "schema", "template", "yaml"] {
            println!("cargo::rerun-if-changed=src/rules/{shared}.rs");
        }
    }
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let mut drafts = Vec::new();
    for file in rule_files(&root.join("rules")).map_err(|e| format!("rules: {e}"))? {
        let shown = file.strip_prefix(&root).unwrap_or(&file).display().to_string();
        let text = fs::read_to_string(&file).map_err(|e| format!("{shown}: {e}"))?;
        let read = draft::read(&text).map_err(|p| format!("{shown}:{}: {}", p.line, p.text))?;
        drafts.extend(read.into_iter().map(|draft| (shown.clone(), draft)));
    }
    related(&drafts)?;
    let (mut on, off): (Vec<_>, Vec<_>) =
        drafts.into_iter().partition(|(_, d)| d.raw.enabled.unwrap_or(true));
    let enabled = on.len();
    on.extend(off);
    let mut out =
        format!("pub(super) const ENABLED: usize = {enabled};\npub(super) static RULES: &[Rule] = &[\n");
    for (_, draft) in &on {
        rule(&mut out, draft);
    }
    out.push_str("];\n");
    let target = Path::new(&variable("OUT_DIR")?).join("rules.rs");
    // An unchanged table is left alone, so that its module need not be built again.
    if fs::read_to_string(&target).ok().as_deref() != Some(&out) {
        fs::write(&target, out).map_err(|e| format!("{}: {e}", target.display()))?;
    }
    Ok(())
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|e| format!("{name}: {e}"))
}

fn rule_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.append(&mut rule_files(&path)?);
        } else if path.extension().is_some_and(|e| e == "yml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// What one file alone cannot tell: ids are unique, and the other half of a pair exists.
fn related(drafts: &[(String, Draft)]) -> Result<(), String> {
    let mut ids: HashMap<&str, &str> = HashMap::new();
    for (file, draft) in drafts {
        if let Some(first) = ids.insert(&draft.raw.id, file) {
            return Err(format!("{file}:{}: rule {} is already in {first}", draft.line, draft.raw.id));
        }
    }
    for (file, draft) in drafts {
        if let Some(pair) = draft.raw.pair.as_deref().filter(|pair| !ids.contains_key(pair)) {
            return Err(format!(
                "{file}:{}: rule {}: pair: there is no rule {pair}",
                draft.line, draft.raw.id
            ));
        }
    }
    Ok(())
}

/// Writes one rule as Rust.
fn rule(out: &mut String, draft: &Draft) {
    let raw = &draft.raw;
    let shape = match &raw.pattern {
        Some(pattern) => format!("Shape::Pattern(B({pattern:?}))"),
        None => format!("Shape::Templates({})", templates(&draft.shapes)),
    };
    let check = draft.check.map_or("None".to_string(), |kind| format!("Some(CheckKind::{kind:?})"));
    let verify = raw.verify.as_ref().map_or("None".to_string(), verification);
    let pair = raw.pair.as_ref().map_or("None".to_string(), |id| format!("Some(B({id:?}))"));
    writeln!(
        out,
        "Rule {{ id: B({:?}), provider: B({:?}), name: B({:?}), severity: Severity::{}, confidence: {}, shape: {shape}, \
         boundary: Boundary {{ not_before: {}, not_after: {} }}, check: {check}, \
         context: Context {{ need: Need::{}, names: {}, words: {}, hosts: {} }}, judge: Judge::{}, public: {}, \
         enabled: {}, rank: {}, remedy: Remedy {{ about: B({:?}), revoke: B({:?}), rotate: B({:?}), rotate_days: {}, \
         variable: B({:?}), references: {} }}, pair: {pair}, verify: {verify}, samples: {}, examples_match: {}, \
         examples_reject: {} }},",
        raw.id,
        draft.provider,
        raw.name,
        ["Info", "Low", "Medium", "High", "Critical"][draft.severity],
        draft.confidence,
        charset(draft.not_before),
        charset(draft.not_after),
        ["No", "Near", "Name"][draft.need],
        texts(&raw.context.names),
        texts(&raw.context.words),
        texts(&raw.context.hosts),
        ["Shape", "Random", "Human"][draft.judge],
        raw.public,
        raw.enabled.unwrap_or(true),
        draft.rank,
        raw.about,
        raw.revoke,
        raw.rotate,
        raw.rotate_days,
        raw.variable,
        texts(&raw.references),
        templates(&draft.samples),
        texts(&raw.examples.matching),
        texts(&raw.examples.reject),
    )
    .expect("writing to a string cannot fail");
}

fn texts(list: &[String]) -> String {
    let inside: Vec<_> = list.iter().map(|text| format!("B({text:?})")).collect();
    format!("B(&[{}])", inside.join(","))
}

fn templates(shapes: &[Vec<Piece>]) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Literal(text) => format!("Segment::Literal(B(b\"{}\")),", text.escape_ascii()),
        Piece::LiteralNoCase(text) => format!("Segment::LiteralNoCase(B(b\"{}\")),", text.escape_ascii()),
        Piece::Run(set, ranges) => format!("Segment::Run({}, B(&{ranges:?})),", charset(*set)),
    };
    let one = |pieces: &Vec<Piece>| {
        format!("Template {{ segments: B(&[{}]) }},", pieces.iter().map(piece).collect::<String>())
    };
    format!("B(&[{}])", shapes.iter().map(one).collect::<String>())
}

fn charset(set: Charset) -> String {
    format!("Charset({:?})", set.0)
}

fn verification(raw: &RawVerify) -> String {
    format!(
        "Some(Verification {{ method: B({:?}), url: B({:?}), headers: {}, body: B({:?}), live: B(&{:?}), dead: B(&{:?}) }})",
        raw.method.as_deref().unwrap_or("GET"),
        raw.url,
        texts(&raw.headers),
        raw.body,
        raw.live.0,
        raw.dead.0,
    )
}
