//! `objects/info/alternates`: further object folders, which may name further ones.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// As deep as git follows them.
const MAX_DEPTH: usize = 5;

/// No store needs more folders than this.
const MAX_FOLDERS: usize = 256;

/// No list is longer than this, in bytes.
const MAX_LIST: u64 = 1 << 20;

/// All object folders, the first one first, each once; and what is wrong with the lists.
pub(super) fn folders(first: &Path, extra: &[PathBuf]) -> (Vec<PathBuf>, Vec<(PathBuf, String)>) {
    let mut problems = Vec::new();
    let mut found = vec![first.to_path_buf()];
    let mut seen = vec![fs::canonicalize(first).unwrap_or_else(|_| first.to_path_buf())];
    let mut todo: Vec<(PathBuf, usize)> = extra.iter().rev().map(|p| (p.clone(), 1)).collect();
    push_list(first, 1, &mut todo, &mut problems);
    while let Some((folder, depth)) = todo.pop() {
        let real = match fs::canonicalize(&folder) {
            Ok(real) if real.is_dir() => real,
            Ok(_) => {
                problems.push((folder, "alternate object folder is not a folder".into()));
                continue;
            }
            Err(e) => {
                problems.push((folder, format!("alternate object folder cannot be read: {e}")));
                continue;
            }
        };
        if seen.contains(&real) {
            continue;
        }
        if depth > MAX_DEPTH || found.len() >= MAX_FOLDERS {
            problems.push((folder, "alternates are nested too deeply".into()));
            continue;
        }
        seen.push(real);
        push_list(&folder, depth + 1, &mut todo, &mut problems);
        found.push(folder);
    }
    (found, problems)
}

/// Adds the folders that a folder's list names, so that the first one is taken first.
fn push_list(
    folder: &Path,
    depth: usize,
    todo: &mut Vec<(PathBuf, usize)>,
    problems: &mut Vec<(PathBuf, String)>,
) {
    let list = folder.join("info").join("alternates");
    let bytes = match fs::metadata(&list) {
        Ok(meta) if meta.is_file() && meta.len() <= MAX_LIST => match fs::read(&list) {
            Ok(bytes) => bytes,
            Err(e) => return problems.push((list, format!("cannot be read: {e}"))),
        },
        Ok(_) => return problems.push((list, "not a list of alternates".into())),
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return,
        Err(e) => return problems.push((list, format!("cannot be read: {e}"))),
    };
    let at = todo.len();
    for line in bytes.split(|&b| b == b'\n').take(MAX_FOLDERS) {
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        let named = path_from(&unquote(line));
        todo.insert(at, (folder.join(named), depth));
    }
}

/// git quotes paths with unusual characters as C does: `"a\tb\303\244"`.
fn unquote(line: &[u8]) -> Vec<u8> {
    let Some(inner) = line.strip_prefix(b"\"").and_then(|l| l.strip_suffix(b"\"")) else {
        return line.to_vec();
    };
    let mut plain = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            plain.push(byte);
            continue;
        }
        match bytes.next() {
            Some(b'n') => plain.push(b'\n'),
            Some(b't') => plain.push(b'\t'),
            Some(b'r') => plain.push(b'\r'),
            Some(first @ b'0'..=b'3') => {
                let mut value = u32::from(first - b'0');
                for _ in 0..2 {
                    if let Some(digit) = bytes.next_if(|b| matches!(b, b'0'..=b'7')) {
                        value = value * 8 + u32::from(digit - b'0');
                    }
                }
                plain.push(value as u8);
            }
            Some(other) => plain.push(other),
            None => return line.to_vec(),
        }
    }
    plain
}

#[cfg(unix)]
fn path_from(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_from(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::{folders, unquote};
    use std::fs;

    #[test]
    fn nested_with_a_cycle_and_one_that_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["a", "b", "c"] {
            fs::create_dir_all(dir.path().join(name).join("info")).unwrap();
        }
        fs::write(dir.path().join("a/info/alternates"), "# comment\n../b\n../gone\n").unwrap();
        fs::write(dir.path().join("b/info/alternates"), "../c\n").unwrap();
        fs::write(dir.path().join("c/info/alternates"), "../a\n").unwrap();
        let (found, problems) = folders(&dir.path().join("a"), &[]);
        assert_eq!(found.len(), 3);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].0.ends_with("gone"));
    }

    #[test]
    fn quoted_paths() {
        assert_eq!(unquote(br#""a\tb\303\244\"""#), b"a\tb\xc3\xa4\"");
        assert_eq!(unquote(b"/plain path"), b"/plain path");
    }
}
