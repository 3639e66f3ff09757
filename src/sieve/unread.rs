//! What could not be read goes the way of findings, so that the source tells where it stands and whether the mode covers
//! it at all; then it becomes part of the account.

use crate::model::{
    Coverage, Disposition, Excerpt, Finding, LineCol, Location, ObjectId, Origin, Secret, Skip, Unread,
};
use crate::triage::Triage;

/// Says of a place that something in it could not be read.
pub(super) fn finding(origin: &Origin, unread: Unread) -> Finding {
    let (origin, span, excerpt) = (origin.clone(), 0..0, Excerpt::default());
    let location = Location { origin, span, start: LineCol::START, end: LineCol::START, excerpt };
    // Sources join what has the same rule and secret.
    let what = Secret::new(format!("{}\0{}", unread.inside, unread.why).as_bytes(), 0);
    let mut finding = Finding::new("keysieve-unread".into(), what, location);
    finding.disposition = Disposition::Unread(Box::new(unread));
    finding
}

/// Moves what could not be read from the findings to the account; what the configuration leaves out is only counted.
pub(super) fn tell(found: &mut Vec<Finding>, triage: &Triage, coverage: &mut Coverage) {
    let is_unread = |f: &mut Finding| matches!(f.disposition, Disposition::Unread(_));
    for finding in found.extract_if(.., is_unread) {
        if triage.excludes(&finding) {
            *coverage.suppressed.entry("excluded".into()).or_default() += 1;
            continue;
        }
        let Disposition::Unread(unread) = &finding.disposition else { continue };
        let place = place(&finding.location.origin);
        let what = if unread.inside.is_empty() { place } else { format!("{place}!{}", unread.inside) };
        if unread.grave {
            coverage.incomplete.push(Skip { what, why: unread.why.clone() });
        } else {
            coverage.notes.push(format!("{what}: {}", unread.why));
        }
    }
}

/// How a place is called.
fn place(origin: &Origin) -> String {
    let of = |id: &ObjectId| id.to_string();
    match (origin.path(), origin) {
        (Some(path), Origin::Commit(commit, _)) => {
            format!("{} (commit {})", path.to_text(), of(&commit.commit))
        }
        (Some(path), _) => path.to_text(),
        (None, Origin::Object(id, _)) => format!("blob {}", of(id)),
        (None, Origin::Commit(commit, _)) => format!("commit {}", of(&commit.commit)),
        (None, _) => "standard input".into(),
    }
}
