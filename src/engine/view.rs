//! `View`: what the stages look at.

/// Text to be searched: a blob's bytes, or their UTF-8 form where they were in another encoding. No path: a key is a
/// key wherever it stands, and in history the path is not known yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'b> {
    /// The text; need not be UTF-8.
    pub(super) bytes: &'b [u8],
}
