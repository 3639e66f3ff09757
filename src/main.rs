//! The `keysieve` program: parse, run, print an error chain, give the exit code.

fn main() {}
