//! `View`: what the stages look at.

/// Text to be searched: a blob's bytes, or their UTF-8 form where they were in another encoding.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'b> {
    /// The text; need not be UTF-8.
    pub(super) bytes: &'b [u8],
    /// The path it stands at, where that is known already (not in history).
    pub(super) path: Option<&'b [u8]>,
}
