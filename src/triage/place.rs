//! From the path a finding was found under to the path from the root, which configuration and baseline speak of.

use std::borrow::Cow;
use std::path::Path;

use crate::model::{BlobPath, Finding, Origin};

/// Where the root is, and from where relative paths are meant.
#[derive(Debug, Clone)]
pub(super) struct Place {
    root: Vec<u8>,
    cwd: Vec<u8>,
}

impl Place {
    pub(super) fn new(root: &Path, cwd: &Path) -> Place {
        let bytes = |p: &Path| normal(BlobPath::from_path(p).as_bytes());
        Place { root: bytes(root), cwd: bytes(cwd) }
    }

    /// The finding's path from the root. Paths outside of the root stay as they are.
    pub(super) fn path_of<'f>(&self, finding: &'f Finding) -> Option<Cow<'f, [u8]>> {
        self.path_in(&finding.location.origin)
    }

    /// The path of an origin from the root, likewise.
    pub(super) fn path_in<'o>(&self, origin: &'o Origin) -> Option<Cow<'o, [u8]>> {
        let path = origin.path()?.as_bytes();
        if !matches!(origin, Origin::File(..)) {
            return Some(Cow::Borrowed(path));
        }
        let plain =
            !path.starts_with(b"/") && !path.split(|&b| b == b'/').any(|p| matches!(p, b"" | b"." | b".."));
        if plain && self.root == self.cwd {
            return Some(Cow::Borrowed(path));
        }
        let whole = if path.starts_with(b"/") {
            normal(path)
        } else {
            normal(&[&self.cwd, b"/".as_slice(), path].concat())
        };
        let inside = whole
            .strip_prefix(self.root.as_slice())
            .and_then(|rest| if self.root == b"/" { Some(rest) } else { rest.strip_prefix(b"/") });
        Some(Cow::Owned(inside.map_or_else(|| whole.clone(), <[u8]>::to_vec)))
    }
}

/// Without `.`, `..` and empty parts, by the letters alone.
fn normal(path: &[u8]) -> Vec<u8> {
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|&b| b == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let joined = parts.join(&b'/');
    if path.starts_with(b"/") { [b"/", joined.as_slice()].concat() } else { joined }
}
