//! What the index says about whole folders: "these entries are exactly that tree". It lets us pass over everything that
//! is equal to HEAD without reading a single tree.

use crate::model::{HashKind, ObjectId};

/// All folders the index says something about, depth first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheTree {
    nodes: Vec<Node>,
}

/// One folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its name in its parent; empty for the top.
    pub name: Vec<u8>,
    /// How many entries it covers and which tree they are; `None` when something below has changed since.
    pub tree: Option<(u64, ObjectId)>,
    /// The position after its last descendant.
    end: usize,
}

impl CacheTree {
    /// Parses the extension. Damage gives `None`: this is a shortcut, and without it everything is compared.
    pub(super) fn parse(content: &[u8], hash: HashKind) -> Option<CacheTree> {
        let mut nodes: Vec<Node> = Vec::new();
        // Open folders: position and how many children are still to come.
        let mut open: Vec<(usize, u64)> = Vec::new();
        let mut rest = content;
        loop {
            let (name, after) = cut(rest, 0)?;
            let (count, after) = cut(after, b' ')?;
            let (children, after) = cut(after, b'\n')?;
            let count: i64 = std::str::from_utf8(count).ok()?.parse().ok()?;
            let children: u64 = std::str::from_utf8(children).ok()?.parse().ok()?;
            rest = after;
            let tree = if let Ok(count) = u64::try_from(count) {
                let id = ObjectId::from_bytes(rest.get(..hash.len())?)?;
                rest = &rest[hash.len()..];
                Some((count, id))
            } else {
                None
            };
            nodes.push(Node { name: name.to_vec(), tree, end: 0 });
            open.push((nodes.len() - 1, children));
            while let Some((position, 0)) = open.last().copied() {
                nodes.get_mut(position)?.end = nodes.len();
                open.pop();
                if let Some((_, left)) = open.last_mut() {
                    *left -= 1;
                }
            }
            if open.is_empty() {
                return rest.is_empty().then_some(CacheTree { nodes });
            }
        }
    }

    /// The top folder's position.
    pub const TOP: usize = 0;

    /// The folder at a position.
    pub fn node(&self, position: usize) -> Option<&Node> {
        self.nodes.get(position)
    }

    /// The positions of the folders directly below.
    pub fn children(&self, position: usize) -> impl Iterator<Item = usize> {
        let end = self.nodes.get(position).map_or(0, |n| n.end);
        let mut next = position + 1;
        std::iter::from_fn(move || {
            let this = next;
            next = self.nodes.get(this).filter(|_| this < end)?.end.max(this + 1);
            Some(this)
        })
    }
}

fn cut(text: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(at, text)?;
    Some((&text[..end], &text[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_walked_as_written() {
        let mut text = b"\0-1 2\n".to_vec();
        text.extend(b"a\x003 1\n");
        text.extend([1; 20]);
        text.extend(b"b\x002 0\n");
        text.extend([2; 20]);
        text.extend(b"c\0-1 0\n");
        let tree = CacheTree::parse(&text, HashKind::Sha1).expect("this is well-formed");
        let names = |at: usize| -> Vec<&[u8]> {
            tree.children(at).map(|c| tree.node(c).expect("it is there").name.as_slice()).collect()
        };
        assert_eq!(names(CacheTree::TOP), [b"a", b"c"]);
        assert_eq!(names(1), [b"b"]);
        assert!(names(2).is_empty() && names(3).is_empty() && names(9).is_empty());
        assert_eq!(tree.node(1).and_then(|n| n.tree), ObjectId::from_bytes(&[1; 20]).map(|id| (3, id)));
        assert_eq!(tree.node(3).and_then(|n| n.tree), None);
    }

    #[test]
    fn damage_is_no_shortcut() {
        for text in [&b""[..], b"\0-1 1\n", b"\x001 0\n123", b"\0-1 0\nmore", b"\0x 0\n"] {
            assert_eq!(CacheTree::parse(text, HashKind::Sha1), None);
        }
    }
}
