//! `Baseline`: the committed file of findings that are known.

use std::path::Path;

use crate::error::Result;
use crate::model::Finding;

/// The findings that are known.
#[derive(Debug, Default)]
pub struct Baseline {}

impl Baseline {
    /// Reads a baseline.
    pub fn load(_path: &Path) -> Result<Baseline> {
        Ok(Baseline {})
    }

    /// Whether a finding is known, and the reason that was noted.
    pub fn knows(&self, _finding: &Finding) -> Option<Option<&str>> {
        None
    }

    /// Entries that were not met, as lines for a person.
    pub fn gone(&self) -> Vec<String> {
        Vec::new()
    }
}
