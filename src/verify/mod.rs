//! Asking providers whether a key is live: only with --verify.
