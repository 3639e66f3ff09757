//! Reading git's object store: packs, loose objects, alternates. Knows nothing of work trees, rules or findings.
