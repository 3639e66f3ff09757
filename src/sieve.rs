//! Where source, matcher, triage and report meet.
