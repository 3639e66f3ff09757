//! What the fuzz targets do with any bytes. `tests/fuzzed.rs` does the same with mutated seeds, so that each is run with
//! every change, with a compiler of every day.

#![allow(dead_code, unreachable_pub, reason = "each fuzz target uses one of them")]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use keysieve::config::{Config, Gitleaks, LoadOptions};
use keysieve::decode::{Budget, Page, islands};
use keysieve::engine::{MatchOptions, Matcher, Scratch};
use keysieve::error::{Error, Result};
use keysieve::model::{Blob, BlobPath, Confidence, Coverage, Origin, Part};
use keysieve::reports::{Document, FORMATS, Look, refusal, summary_lines};
use keysieve::rules::Ruleset;
use keysieve::sieve::{Concealer, Sieve, SiftOptions};
use keysieve::sources::{Source, Worker};
use keysieve::triage::{Baseline, Triage, TriageOptions, import};

static MATCHER: LazyLock<Matcher<'static>> =
    LazyLock::new(|| Matcher::new(Ruleset::builtin().rules(), MatchOptions::default()));
/// Finds also what it is not sure of.
static EAGER: LazyLock<Matcher<'static>> = LazyLock::new(|| {
    let options = MatchOptions { min_confidence: Confidence(0), ..MatchOptions::default() };
    Matcher::new(Ruleset::everything().rules(), options)
});
static CONCEALER: LazyLock<Concealer<'static>> =
    LazyLock::new(|| Concealer::new(Ruleset::everything().rules()));

static TRIAGE: LazyLock<Triage> =
    LazyLock::new(|| Triage::new(TriageOptions::new(Path::new("/"), Path::new("/"))));

/// In one piece and in half: spans lie inside and places do not run backwards.
pub fn matcher(bytes: &[u8]) {
    let mut scratch = Scratch::default();
    for part in [bytes, &bytes[..bytes.len() / 2]] {
        MATCHER.scan(&Blob::whole(part, &Origin::Stdin), &mut scratch, &mut |detection| {
            assert!(detection.span.start < detection.span.end && detection.span.end <= part.len());
            assert!(detection.start <= detection.end);
        });
    }
}

/// Islands lie in the text, in order, and every byte of a page has a place in it or none; three layers deep.
pub fn decode(bytes: &[u8]) {
    look(bytes, 3);
}

fn look(text: &[u8], depth: u8) {
    let found = islands(text, None, &|_| true, &mut Budget::default());
    let mut end = 0;
    for island in &found {
        assert!(island.span.start >= end && island.span.end <= text.len());
        end = island.span.end;
    }
    if found.is_empty() || depth == 0 {
        return;
    }
    let page = Page::of(text, found);
    for at in 0..page.text.len() {
        if let Some((span, _)) = page.outer(&(at..at + 1)) {
            assert!(span.start < span.end && span.end <= text.len());
        }
    }
    look(&page.text, depth - 1);
}

/// A text of rules is understood, or its mistake has a line.
pub fn rule_yaml(bytes: &[u8]) {
    if let Err(problem) = keysieve::rules::parse(&String::from_utf8_lossy(bytes)) {
        assert!(problem.line > 0 && !problem.text.is_empty(), "{problem:?}");
    }
}

/// A configuration is understood, or its mistake has a file and a line; the same for another tool's.
pub fn config(bytes: &[u8]) {
    let folder = own_folder();
    let file = written(&folder, "config.yml", bytes);
    let options = LoadOptions { start: &folder, root: &folder, explicit: Some(&file) };
    usage(Config::load(&options).map(drop));
    let file = written(&folder, "config.toml", bytes);
    usage(Gitleaks::load(&file, None).map(drop));
}

/// A baseline is understood, or its mistake has a line; what was understood is written and understood again.
pub fn baseline(bytes: &[u8]) {
    let folder = own_folder();
    let file = written(&folder, "baseline", bytes);
    match Baseline::load(&file) {
        Ok(first) => {
            let text = first.to_text();
            let again = Baseline::load(&written(&folder, "again", text.as_bytes())).expect("our own text");
            assert_eq!((again.len(), again.to_text()), (first.len(), text));
        }
        other => usage(other.map(drop)),
    }
    usage(import::read(&file).map(drop));
}

/// A report is read back and told in every format, or its mistake has a line.
pub fn report(bytes: &[u8]) {
    match Document::read(bytes) {
        Ok(mut document) => {
            document.redact();
            for format in FORMATS {
                format.render(&document, Look::PLAIN, &mut Vec::new()).expect("memory takes everything");
            }
        }
        Err(wrong) => assert!(!wrong.problem.is_empty()),
    }
}

/// Added lines lie in the content and are those that the old one does not have: the first byte says how much of the rest
/// is the old content.
pub fn added_lines(bytes: &[u8]) {
    keysieve::sources::fuzz_added_lines(bytes);
}

/// No output holds twelve bytes of a key that was found, beyond what may be shown of it. Bytes of 1 to 9 stand for keys.
pub fn redactor(bytes: &[u8]) {
    let content = with_keys(bytes);
    // As a file, and as a name.
    let name = content.iter().filter(|b| **b != b'/' && **b != 0).take(200).copied().collect();
    let blob = InMemory { content, name };
    let options = SiftOptions { depth: 5, ..SiftOptions::default() };
    let sieve = Sieve { matcher: &EAGER, foreign: None, triage: &TRIAGE, concealer: &CONCEALER, options };
    let mut report = sieve.sift(&blob).expect("memory can be read");
    sieve.conceal(&mut report);
    let mut said = Vec::new();
    for verbosity in [1, 2] {
        let look = Look { verbosity, ..Look::PLAIN };
        for format in FORMATS {
            format.write(&report, look, &mut said).expect("memory takes everything");
        }
        said.extend(refusal(&report, "pre-commit", look).into_bytes());
        summary_lines(&report, look).into_iter().for_each(|line| said.extend(line.into_bytes()));
    }
    for finding in report.findings.iter().chain(&report.suppressed) {
        assert_hidden(finding.secret.reveal(), &format!("{:?}", finding.secret), &said);
    }
    assert_hidden_in_message(&blob.content);
}

/// A message that quotes a key.
fn assert_hidden_in_message(content: &[u8]) {
    let message = String::from_utf8_lossy(content);
    let said = keysieve::sieve::redacted(&message);
    let mut scratch = Scratch::default();
    EAGER.scan(&Blob::whole(message.as_bytes(), &Origin::Stdin), &mut scratch, &mut |detection| {
        assert_hidden(&detection.secret, &detection.rule.id, said.as_bytes());
    });
}

fn assert_hidden(secret: &[u8], of: &str, said: &[u8]) {
    // The prefix and four more may be shown; how long a prefix is, is the rule's to say.
    for part in secret.windows(12).skip(24) {
        let plain = part.iter().all(u8::is_ascii_alphanumeric);
        assert!(!plain || !contains(said, part), "{} of {of}", String::from_utf8_lossy(part));
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// The keys that stand for bytes of 1 to 9.
fn keys() -> &'static [String] {
    static KEYS: LazyLock<Vec<String>> = LazyLock::new(|| {
        [
            "github-personal-access-token",
            "gitlab-personal-access-token",
            "stripe-secret-key-live",
            "openai-api-key",
            "anthropic-api-key",
            "slack-bot-token",
            "neospeech-api-key",
            "sendgrid-api-key",
            "npm-access-token",
        ]
        .iter()
        .filter_map(|id| Ruleset::everything().rule(id))
        .filter_map(|rule| keysieve::rules::sample(rule, 7))
        .filter_map(|key| String::from_utf8(key).ok())
        .collect()
    });
    &KEYS
}

fn with_keys(bytes: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    for &byte in bytes {
        match usize::from(byte).checked_sub(1).and_then(|n| keys().get(n)) {
            Some(key) => content.extend_from_slice(key.as_bytes()),
            None => content.push(byte),
        }
    }
    content
}

struct InMemory {
    content: Vec<u8>,
    name: Vec<u8>,
}

impl Source for InMemory {
    fn visit<'s>(&self, new_worker: &(dyn Fn() -> Worker<'s> + Sync + 's)) -> Result<Coverage> {
        let mut worker = new_worker();
        let path = BlobPath::new(&self.name);
        worker(&Blob::whole(&self.name, &Origin::File(path.clone(), Part::FileName)));
        worker(&Blob::whole(&self.content, &Origin::File(path, Part::Content)));
        let mut coverage = Coverage::new("scan");
        coverage.notes.push(String::from_utf8_lossy(&self.content).into_owned());
        coverage.missed(String::from_utf8_lossy(&self.name), String::from_utf8_lossy(&self.content));
        Ok(coverage)
    }
}

/// Mistakes in what a person wrote are told with the file, never as something else.
fn usage(result: Result<()>) {
    if let Err(e) = result {
        assert_eq!(e.exit_code(), 2, "{e}");
        assert!(!matches!(e, Error::Output(_)), "{e}");
    }
}

fn own_folder() -> PathBuf {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = std::env::temp_dir().join(format!("keysieve-fuzz-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("the temporary folder can be written");
        folder
    });
    FOLDER.clone()
}

fn written(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    // Tests run beside each other.
    let file = folder.join(format!("{:?}-{name}", std::thread::current().id()));
    std::fs::write(&file, bytes).expect("the temporary folder can be written");
    file
}
