//! What a hook says when it refuses: for a tired person, perhaps in the dialog of a graphical client. First what
//! happened, then where and what, then what to do now, then how to allow it, last how to pass anyway.

use std::fmt::Write as _;

use crate::model::count;

use super::advice::{ignore_line, is_nobody, kinds, note, reads, variable};
use super::encode::log;
use super::entries::{Group, Groups};
use super::entry::Entry;
use super::place::place;
use super::summary::account_lines;
use super::terminal::{Paint, folded, head, underlined};
use super::{Document, Look, Report};

/// Keys that are described one by one; a dialog cannot be scrolled for ever.
const KEYS: usize = 5;
/// Places of one key that are named.
const PLACES: usize = 3;
/// The longest line; dialogs wrap badly.
const WIDEST: usize = 100;

/// Why a hook of this stage (`pre-commit`, `commit-msg`, `pre-push`, `pre-receive`) refuses, as text that ends with a newline.
/// Empty where there is nothing to refuse. Never holds a key, whatever the look says.
pub fn refusal(report: &Report, stage: &str, look: Look) -> String {
    written(report, stage, look, &[])
}

/// The same with the account of the run, which stands before the last line: that one says how to pass.
pub fn refusal_with_account(report: &Report, stage: &str, look: Look) -> String {
    written(report, stage, look, &account_lines(report, look))
}

/// Why a hook of this stage refuses where nothing could be scanned at all, as text that ends with a newline.
/// `because`: the cause, redacted and escaped.
pub fn refusal_unscanned(stage: &str, because: &str) -> String {
    let mut text = format!("keysieve stopped {}: nothing was scanned.\n{because}\n\n", stopped(stage));
    how_to_pass(&mut text, stage);
    text
}

fn written(report: &Report, stage: &str, look: Look, account: &[String]) -> String {
    let look = Look { show_secrets: false, verbosity: 1, ..look };
    let document = Document::of(report, look);
    let mut text = String::new();
    let groups = document.findings.by_key();
    if groups.is_empty() && document.is_complete() {
        return text;
    }
    let paint = Paint::of(look);
    let _ = writeln!(text, "{}", paint.key(&what_happened(&groups, stage)));
    for group in groups.iter().take(KEYS) {
        text.push('\n');
        describe(&mut text, group, look);
        if groups.len() > 1 {
            in_short(&mut text, group);
        }
    }
    if groups.len() > KEYS {
        let rest = count((groups.len() - KEYS) as u64, "more key");
        let command = if stage == "pre-commit" { "keysieve staged" } else { "keysieve scan" };
        let _ = writeln!(text, "\n… and {rest}: {command} shows all");
    }
    let missed = &document.coverage.incomplete;
    for missed in missed.iter().take(KEYS) {
        let _ = writeln!(text, "{}: not scanned: {}", log(&missed.what), log(&missed.why));
    }
    if missed.len() > KEYS {
        let _ = writeln!(text, "… and {} more that could not be scanned", missed.len() - KEYS);
    }
    text.push('\n');
    let firsts = || groups.iter().filter_map(Group::first);
    if let Some(first) = firsts().find(|e| !e.is_file()).or(firsts().next()) {
        match groups.iter().next() {
            Some(one) if groups.len() == 1 => what_now(&mut text, one, stage),
            _ => for_all(&mut text, stage),
        }
        how_to_allow(&mut text, &first, stage);
    }
    for line in account {
        let _ = writeln!(text, "{line}");
    }
    how_to_pass(&mut text, stage);
    match look.width {
        Some(_) => text.lines().map(|line| folded(line, look.width) + "\n").collect(),
        None => text,
    }
}

/// What a hook of this stage stops.
fn stopped(stage: &str) -> &'static str {
    match stage {
        "pre-commit" | "commit-msg" => "this commit",
        "pre-push" => "this push",
        _ => "the push",
    }
}

/// `keysieve stopped this commit: it holds 2 secrets.`
fn what_happened(groups: &Groups<'_, '_>, stage: &str) -> String {
    let what = stopped(stage);
    let holder = if stage == "commit-msg" { "its message" } else { "it" };
    if groups.is_empty() {
        return format!("keysieve stopped {what}: it could not read everything that it must scan.");
    }
    let keys = groups.iter().filter(|g| g.iter().any(|e| !e.is_file())).count() as u64;
    let files = groups.len() as u64 - keys;
    let found = match (keys, files) {
        (0, n) => format!("{} that should never be in git", count(n, "file")),
        (n, 0) => format!("{holder} holds {}", secrets(n)),
        (n, m) => format!("it holds {} and {} that should never be in git", secrets(n), count(m, "file")),
    };
    format!("keysieve stopped {what}: {found}.")
}

fn secrets(n: u64) -> String {
    if n == 1 { "a secret".to_owned() } else { format!("{n} secrets") }
}

/// Where it stands, which key of whom, the redacted line.
fn describe(text: &mut String, group: Group<'_, '_>, look: Look) {
    let Some(first) = group.first() else { return };
    let paint = Paint::of(look);
    for entry in group.iter().take(PLACES) {
        let commit = match &entry.commit {
            Some(commit) if !entry.path.is_empty() => format!(" (commit {})", super::place::short(commit)),
            _ => String::new(),
        };
        let place = place(&entry);
        let _ = writeln!(text, "{}{commit}", paint.place(&place));
    }
    if group.len() > PLACES {
        let _ = writeln!(text, "… and {}", count((group.len() - PLACES) as u64, "more place"));
    }
    let whose =
        if is_nobody(&first.provider) || first.is_file() || contains_word(&first.name, &first.provider) {
            String::new()
        } else {
            format!(" of {}", log(&first.provider))
        };
    let _ = writeln!(text, "  {}{whose} ({})", head(&log(&first.name), WIDEST), first.severity);
    let room = look.width.unwrap_or(WIDEST).min(WIDEST).saturating_sub(4).max(20);
    if let Some((line, under)) = underlined(&first, room, paint) {
        let _ = writeln!(text, "    {line}\n    {under}");
    }
}

fn contains_word(name: &str, word: &str) -> bool {
    name.to_lowercase().contains(&word.to_lowercase())
}

/// What to do about one of several, in a line or two.
fn in_short(text: &mut String, group: Group<'_, '_>) {
    let Some(entry) = group.first() else { return };
    let (ignored, code) = kinds(group);
    if let Some((path, line)) = ignored.and_then(|e| ignore_line(&e).map(|line| (e.path.clone(), line))) {
        let path = quoted(&log(&path));
        let _ =
            writeln!(text, "    take it out: git rm --cached -- {path}; add {} to .gitignore", log(&line));
    }
    if let Some(entry) = code.filter(|e| !e.path.is_empty()) {
        let variable = variable(&entry);
        let instead = reads(&entry.path, &variable).unwrap_or(format!("the environment variable {variable}"));
        let _ = writeln!(text, "    instead: {instead}");
    }
    if !entry.remedy.revoke.is_empty() {
        let _ = writeln!(text, "    revoke:  {}", head(&log(&entry.remedy.revoke), WIDEST));
    }
}

/// What to do about several; each has said already what to write instead and where it is revoked.
fn for_all(text: &mut String, stage: &str) {
    text.push_str(match stage {
        "commit-msg" => "What to do now:\n  - take them out of the message\n",
        _ => "What to do now:\n  - take them out and read them from the environment, as said above\n",
    });
    if stage == "pre-commit" {
        text.push_str("  - keep the values in a file that git ignores (.env, named in .gitignore)\n");
    }
    let when = if stage == "pre-receive" { "what has left a machine" } else { "what ever left this machine" };
    let _ = writeln!(text, "  - revoke {when}");
    rewrite(text, stage);
}

/// Take it out, read it from the environment, ignore the file, revoke what has left.
fn what_now(text: &mut String, group: Group<'_, '_>, stage: &str) {
    let Some(entry) = group.first() else { return };
    text.push_str("What to do now:\n");
    let (ignored, code) = kinds(group);
    if let Some((path, line)) = ignored.and_then(|e| ignore_line(&e).map(|line| (e.path.clone(), line))) {
        let path = log(&path);
        let _ = writeln!(
            text,
            "  - take the file out of git, it stays on disk:  git rm --cached -- {}",
            quoted(&path)
        );
        let _ = writeln!(text, "  - add this line to .gitignore:  {}", log(&line));
    }
    match code {
        Some(entry) if entry.path.is_empty() => {
            let _ = writeln!(text, "  - take it out of the {}", log(&entry.part));
        }
        Some(entry) => take_out(text, &entry, stage),
        None => {}
    }
    let revoke = match log(&entry.remedy.revoke) {
        page if page.is_empty() && entry.is_file() => "what it held, at its provider".to_owned(),
        page if page.is_empty() => "at its provider".to_owned(),
        page => head(&page, 160).into_owned(),
    };
    let when = if stage == "pre-receive" { "it has left a machine" } else { "it ever left this machine" };
    let _ = writeln!(text, "  - if {when}, revoke it: {revoke}");
    rewrite(text, stage);
}

/// The line that reads the key from the environment, in the language of the file.
fn take_out(text: &mut String, entry: &Entry<'_>, stage: &str) {
    if stage == "commit-msg" {
        text.push_str("  - take it out of the message\n");
        return;
    }
    let variable = variable(entry);
    let _ = match reads(&entry.path, &variable) {
        Some(read) => writeln!(text, "  - take it out and read it from the environment:  {read}"),
        None => writeln!(text, "  - take it out and keep it in the environment variable {variable}"),
    };
    if let Some(note) = note(&entry.path) {
        let _ = writeln!(text, "    ({note})");
    }
    if stage == "pre-commit" {
        let _ = writeln!(text, "  - keep the value in a file that git ignores (.env, named in .gitignore)");
    }
}

/// What was committed stays in the history until that is rewritten; a message that was refused is not lost.
fn rewrite(text: &mut String, stage: &str) {
    if stage == "commit-msg" {
        text.push_str(
            "  - the message is kept; to go on with it:  git commit -eF \"$(git rev-parse --git-dir)/COMMIT_EDITMSG\"\n",
        );
    }
    if matches!(stage, "pre-push" | "pre-receive") {
        text.push_str(
            "  - a later commit does not take it out of the history: git rebase -i, then push again\n",
        );
    }
}

/// A path as a word of a shell command.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "._-/+@%,:=".contains(c);
    if path.chars().all(plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

fn how_to_allow(text: &mut String, entry: &Entry<'_>, stage: &str) {
    let rule = log(&entry.rule).into_owned();
    if stage == "commit-msg" || entry.path.is_empty() || entry.is_file() {
        let _ =
            writeln!(text, "Meant to be there? Allow it in .keysieve.yml (allow: rule {rule}, reason: …).");
    } else if entry.is_packed() {
        let place = quoted(&format!("{}:{}", log(&entry.path), entry.line));
        let _ = writeln!(text, "Not a secret? Say why:  keysieve allow {place} --reason REASON");
    } else {
        let _ =
            writeln!(text, "Not a secret? Say why in a comment on its line:  keysieve:allow {rule} REASON");
    }
}

fn how_to_pass(text: &mut String, stage: &str) {
    let line = match stage {
        "pre-commit" | "commit-msg" => {
            "To commit anyway: git commit --no-verify, or set KEYSIEVE_SKIP=1 (with pre-commit: SKIP=keysieve)"
        }
        "pre-push" => {
            "To push anyway: git push --no-verify, or set KEYSIEVE_SKIP=1 (with pre-commit: SKIP=keysieve)"
        }
        _ => return,
    };
    text.push_str(line);
    text.push('\n');
}
