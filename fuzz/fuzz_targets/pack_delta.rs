//! `cargo +nightly fuzz run pack_delta`: see `keysieve::pack::fuzzing`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| keysieve::pack::fuzzing::pack_delta(data));
