//! What leaves the engine.

use std::borrow::Cow;
use std::ops::Range;

use crate::model::{Checksum, Confidence, LineCol};
use crate::rules::Rule;

/// A key that passed all stages. It has no origin yet.
#[derive(Debug, Clone)]
pub struct Detection<'m> {
    /// The rule that won.
    pub rule: &'m Rule,
    /// The key itself (decoded, where it stood in disguise).
    pub secret: Vec<u8>,
    /// How many of its first bytes all keys of its kind share.
    pub prefix: usize,
    /// The bytes in the window that hold it (in disguise, the encoded bytes).
    pub span: Range<usize>,
    /// Place of its first byte in the whole content.
    pub start: LineCol,
    /// Place of its last byte in the whole content.
    pub end: LineCol,
    /// How sure we are.
    pub confidence: Confidence,
    /// Why, in order.
    pub reasons: Vec<Cow<'static, str>>,
    /// Through which layers it was read, outermost first.
    pub decoded_from: Vec<Cow<'static, str>>,
    /// The name it is assigned to.
    pub variable: Option<String>,
    /// What its checksum says.
    pub checksum: Checksum,
    /// Providers of other rules that match the very same bytes equally well.
    pub alternatives: Vec<Cow<'static, str>>,
}
