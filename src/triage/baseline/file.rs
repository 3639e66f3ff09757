//! Reading and writing the baseline's file: every damage is named with its line, and writing is all or nothing.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::path::Path;

use crate::error::{Error, Result};

use super::entry::Entry;

/// The first line of every baseline.
pub(super) const HEADER: &str = "# keysieve baseline 1";
/// What the second line tells whoever opens the file.
pub(super) const ABOUT: &str = "# One line a known key: hash, salt, rule, where it was first seen, and after \" # \" a reason. \
    It holds no secret. Lines may be merged in any order (merge=union is safe).";
/// The comment of a baseline that holds what only the history knows.
pub(super) const HISTORY: &str =
    "# It covers the whole history: what is gone from the files alone is not gone.";
/// Longest line, in bytes.
const LONGEST_LINE: u64 = 16 << 10;
/// Most lines.
const MOST_LINES: usize = 1_000_000;

/// What a baseline's file holds.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// Comments of people, in order.
    pub(super) comments: Vec<String>,
    /// The entries, in order.
    pub(super) entries: Vec<Entry>,
}

/// A complaint about a line.
pub(super) fn wrong(path: &Path, line: usize, problem: impl Into<String>) -> Error {
    Error::Baseline { file: path.to_path_buf(), line, problem: problem.into() }
}

/// Reads a file.
pub(super) fn read(path: &Path) -> Result<Content> {
    // Not "read": a baseline that cannot be read is a wrong baseline (exit 2), not an incomplete scan.
    let io = |source| Error::Io { path: path.to_path_buf(), doing: "open", source };
    if fs::symlink_metadata(path).is_err_and(|e| e.kind() == io::ErrorKind::NotFound) {
        return Err(wrong(path, 0, "there is no such file; `keysieve baseline create` makes one"));
    }
    if !fs::metadata(path).map_err(io)?.is_file() {
        return Err(wrong(path, 0, "not a regular file"));
    }
    parse(BufReader::new(File::open(path).map_err(io)?), path)
}

/// Reads lines; `path` is for complaints.
pub(super) fn parse(mut reader: impl BufRead, path: &Path) -> Result<Content> {
    let mut content = Content::default();
    let mut raw = Vec::new();
    for number in 1.. {
        raw.clear();
        let length = reader
            .by_ref()
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut raw)
            .map_err(|source| Error::Io { path: path.to_path_buf(), doing: "open", source })?;
        if length == 0 {
            if number == 1 {
                return Err(wrong(
                    path,
                    1,
                    "empty: this is no baseline; `keysieve baseline create` makes one",
                ));
            }
            return Ok(content);
        }
        if number == 1 {
            first_line(&raw, path)?;
        }
        if number > MOST_LINES {
            return Err(wrong(path, number, "more than 1,000,000 lines"));
        }
        let text = std::str::from_utf8(&raw).map_err(|_| wrong(path, number, "not UTF-8"))?;
        let Some(text) = text.strip_suffix('\n') else {
            let problem = if raw.len() as u64 == LONGEST_LINE {
                "a line longer than 16 KiB"
            } else {
                "the last line has no end: the file is cut off"
            };
            return Err(wrong(path, number, problem));
        };
        line(text.strip_suffix('\r').unwrap_or(text), number, path, &mut content)?;
    }
    Ok(content)
}

/// What else the file may be, if it is no baseline.
fn first_line(raw: &[u8], path: &Path) -> Result<()> {
    if matches!(raw, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'#', 0, ..] | [0, b'#', ..]) {
        return Err(wrong(path, 1, "this is UTF-16 (PowerShell's `>` writes it): save it as UTF-8"));
    }
    let text = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw).trim_ascii_end();
    if text.starts_with(b"<<<<<<<") || text == HEADER.as_bytes() {
        return Ok(());
    }
    if let Some(version) = text.strip_prefix(b"# keysieve baseline ") {
        let version = String::from_utf8_lossy(&version[..version.len().min(20)]).into_owned();
        let problem =
            format!("format {}; this program understands format 1", crate::model::escape_terminal(&version));
        return Err(wrong(path, 1, problem));
    }
    let hint = match text.first() {
        Some(b'{' | b'[') => "; `keysieve baseline import` reads reports and baselines of other tools",
        _ => "",
    };
    Err(wrong(path, 1, format!("not a keysieve baseline: its first line is not `{HEADER}`{hint}")))
}

fn line(text: &str, number: usize, path: &Path, content: &mut Content) -> Result<()> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|m| text.starts_with(m)) {
        let problem = "an unresolved merge conflict: keep the lines of both sides and remove this one";
        return Err(wrong(path, number, problem));
    }
    if text.starts_with('#') {
        if !text.starts_with(HEADER) && text != ABOUT && content.comments.len() < 1000 {
            content.comments.push(text.to_string());
        }
        return Ok(());
    }
    if !text.trim().is_empty() {
        content.entries.push(Entry::parse(text).map_err(|problem| wrong(path, number, problem))?);
    }
    Ok(())
}

/// Writes a file whole or not at all: a private file beside it, then a rename.
///
/// # Errors
/// If something stands there that is no regular file, or the disk refuses.
pub fn write(path: &Path, text: &str) -> Result<()> {
    let io = |source| Error::Io { path: path.to_path_buf(), doing: "write", source };
    let mode = match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_file() => Some(meta.permissions()),
        Ok(_) => return Err(wrong(path, 1, "not a regular file: it is not replaced")),
        Err(e) if e.kind() == io::ErrorKind::NotFound => None,
        Err(e) => return Err(io(e)),
    };
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file =
        tempfile::Builder::new().prefix(".keysieve-").suffix(".tmp").tempfile_in(folder).map_err(io)?;
    file.write_all(text.as_bytes()).map_err(io)?;
    file.as_file().sync_all().map_err(io)?;
    file.as_file().set_permissions(mode.unwrap_or_else(ordinary)).map_err(io)?;
    file.persist(path).map_err(|e| io(e.error))?;
    Ok(())
}

/// What a committed text file is given: it holds no secret.
#[cfg(unix)]
fn ordinary() -> fs::Permissions {
    use std::os::unix::fs::PermissionsExt as _;
    fs::Permissions::from_mode(0o644)
}

#[cfg(not(unix))]
fn ordinary() -> fs::Permissions {
    fs::metadata(".").map(|m| m.permissions()).expect("the current folder has permissions")
}
