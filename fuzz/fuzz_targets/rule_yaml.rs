//! `cargo +nightly fuzz run rule_yaml`: see `targets.rs`.

#![no_main]

#[path = "../targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::rule_yaml(bytes));
