//! `cargo +nightly fuzz run pack_index`: see `keysieve::pack::fuzzing`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let file = std::env::temp_dir().join(format!("keysieve-fuzz-{}.idx", std::process::id()));
    keysieve::pack::fuzzing::pack_index(data, &file);
});
