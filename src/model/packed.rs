//! What stands in archives: the layers around it, and what of it could not be read.

use std::borrow::Cow;

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// What it is called within its file; empty for the file itself.
    pub inside: String,
    /// Why.
    pub why: String,
    /// Whether the scan is incomplete without it; else it is only noted.
    pub grave: bool,
}

/// Whether something read through these layers was taken out of an archive.
pub fn is_packed(layers: &[Cow<'_, str>]) -> bool {
    layers.first().is_some_and(|layer| is_archive(layer))
}

/// What the archives among these layers call the places where something stands, outermost first.
pub fn members<'l>(layers: &'l [Cow<'_, str>]) -> impl Iterator<Item = &'l str> {
    let archives = layers.iter().take_while(|layer| is_archive(layer));
    archives.filter_map(|layer| Some(layer.split_once(':')?.1))
}

/// Whether a layer is that of an archive or a compressed stream.
fn is_archive(layer: &str) -> bool {
    let kind = layer.split_once(':').map_or(layer, |(kind, _)| kind);
    ARCHIVES.contains(&kind)
}

/// What archives, compressed streams and documents are called as layers; followed by a colon and a name where they
/// have one.
const ARCHIVES: &[&str] = &["zip", "tar", "gzip", "bzip2", "xz", "zstd", "pdf", "sqlite"];
