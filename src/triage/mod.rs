//! Deciding which detections are findings: allowlist, inline marks, baseline, in that order.
