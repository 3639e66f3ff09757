//! What is packed small, inside of a text: compressed text in base64 or hex.

use std::io::Read;

/// No more comes out of all islands of a blob, in bytes.
const MOST: u64 = 32 << 20;

/// How many bytes may still come out of packed text.
#[derive(Debug)]
pub struct Budget {
    left: u64,
    /// Whether more would have come.
    pub exceeded: bool,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { left: MOST, exceeded: false }
    }
}

impl Budget {
    /// For where nothing packed is looked for.
    pub(super) const fn none() -> Budget {
        Budget { left: 0, exceeded: false }
    }
}

/// Whether bytes begin as something packed begins.
pub(super) fn is_packed(first: &[u8]) -> bool {
    matches!(first, [0x1f, 0x8b, 8, ..])
}

/// The text of something packed, and how; what is beyond the budget is left out.
pub(super) fn small(bytes: &[u8], budget: &mut Budget) -> Option<(&'static str, Vec<u8>)> {
    if !is_packed(bytes) {
        return None;
    }
    let mut text = Vec::new();
    let read = flate2::read::MultiGzDecoder::new(bytes).take(budget.left).read_to_end(&mut text);
    budget.left -= text.len() as u64;
    budget.exceeded |= budget.left == 0;
    (read.is_ok() || !text.is_empty()).then_some(("gzip", text))
}
