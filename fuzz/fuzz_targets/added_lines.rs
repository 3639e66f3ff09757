//! `cargo +nightly fuzz run added_lines`: see `targets.rs`.

#![no_main]

#[path = "../targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::added_lines(bytes));
