//! How the words of the model are spelled in reports, and read back.

use crate::model::Part;

/// The word for a part of a file or object.
pub(super) const fn part(part: Part) -> &'static str {
    match part {
        Part::Content => "content",
        Part::LinkTarget => "link target",
        Part::FileName => "file name",
        Part::CommitMessage => "commit message",
        Part::CommitIdentity => "commit identity",
        Part::TagMessage => "tag message",
        Part::RefName => "ref name",
    }
}

/// Severities as their words, for serde.
pub(super) mod severity {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::model::Severity;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
    pub(crate) fn serialize<S: Serializer>(severity: &Severity, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(severity.as_str())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Severity, D::Error> {
        let word = String::deserialize(from)?;
        Severity::parse(&word).ok_or_else(|| de::Error::custom(format!("unknown severity {word:?}")))
    }
}
