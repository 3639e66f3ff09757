//! The text of an installed hook.

use std::path::Path;

use super::Stage;

const TEMPLATE: &str = include_str!("../../hooks/hook.sh");
/// Stands in the second line of every hook that keysieve wrote.
const MARK: &str = "# keysieve:hook 1 ";
/// Ends that line where folders were made for the hook: how many.
const MADE: &str = " made=";
/// Ends the name of the hook that was there before.
pub(super) const BEFORE: &str = ".before-keysieve";

/// Ends the name of the copy of one of our hooks that was changed by hand.
pub(super) const CHANGED: &str = ".changed-by-hand";

/// The script for a stage that calls this program; `made` folders were made for it.
pub(super) fn text(stage: Stage, program: &Path, made: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(TEMPLATE.len() + 256);
    let made = if made > 0 { format!("{MADE}{made}") } else { String::new() };
    let staged = TEMPLATE.replace("@STAGE@", stage.as_str()).replace("@MADE@", &made);
    for (i, piece) in staged.split("@PROGRAM@").enumerate() {
        if i > 0 {
            text.extend(quoted(program));
        }
        text.extend(piece.as_bytes());
    }
    text
}

/// Whether a hook was written by keysieve.
pub(super) fn is_ours(text: &[u8]) -> bool {
    text.split(|&b| b == b'\n').nth(1).is_some_and(|line| line.starts_with(MARK.as_bytes()))
}

/// Whether one of our hooks is as keysieve wrote it: no hand has changed it since.
pub(super) fn is_as_written(text: &[u8], stage: Stage) -> bool {
    let program = program(text).unwrap_or_default();
    // Compared as text: a path that is not UTF-8 is known in that form only.
    let ours = self::text(stage, Path::new(&program), made(text));
    String::from_utf8_lossy(&ours) == String::from_utf8_lossy(text)
}

/// How many folders were made for one of our hooks: the one it stands in, and those above.
pub(super) fn made(text: &[u8]) -> usize {
    let line = text.split(|&b| b == b'\n').nth(1).map(String::from_utf8_lossy).unwrap_or_default();
    line.split_once(MADE).and_then(|(_, n)| n.trim_end().parse().ok()).unwrap_or(0)
}

/// The program that one of our hooks calls first, as it stands in the script.
pub(super) fn program(text: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(text);
    let from = text.find("\nprogram='")? + "\nprogram='".len();
    let until = text[from..].find("'\n")?;
    Some(text[from..from + until].replace("'\\''", "'"))
}

/// A path in single quotes for sh; any byte may stand in it.
fn quoted(path: &Path) -> Vec<u8> {
    #[cfg(unix)]
    let bytes = std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str());
    #[cfg(not(unix))]
    let text = path.to_string_lossy().replace('\\', "/");
    #[cfg(not(unix))]
    let bytes = text.as_bytes();
    let mut quoted = vec![b'\''];
    for &b in bytes {
        if b == b'\'' {
            quoted.extend(b"'\\''");
        } else {
            quoted.push(b);
        }
    }
    quoted.push(b'\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::super::Stage;
    use super::{is_as_written, is_ours, made, program, text};
    use std::path::Path;

    #[test]
    fn the_script_knows_itself_and_its_program() {
        let script = text(Stage::PrePush, Path::new("/opt/it's here/keysieve"), 2);
        assert!(is_ours(&script));
        assert_eq!((made(&script), made(&text(Stage::PrePush, Path::new("/k"), 0))), (2, 0));
        assert_eq!(program(&script).as_deref(), Some("/opt/it's here/keysieve"));
        // `"$@"` is the only at sign that may be left.
        assert!(!String::from_utf8_lossy(&script).replace("\"$@\"", "").contains('@'));
        assert!(!is_ours(b"#!/bin/sh\necho keysieve:hook\n"));
        assert!(is_as_written(&script, Stage::PrePush));
        let changed = [&script[..], b"echo mine\n"].concat();
        assert!(is_ours(&changed) && !is_as_written(&changed, Stage::PrePush));
    }
}
