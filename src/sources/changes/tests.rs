//! Comparing real indexes and trees, with git's own answers beside.
