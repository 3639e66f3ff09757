//! The doors to the fastest way that this machine has.

use super::{Hits, Masks, Set, Triples, scalar};
#[cfg(target_arch = "aarch64")]
use super::arm;
#[cfg(target_arch = "x86_64")]
use super::{x86, x86_wide};

/// Appends the masks of `text`, one for each 64 bytes; a last short block is filled up with blanks. Whether there are
/// NULs.
pub fn classify(text: &[u8], out: &mut Vec<Masks>) -> bool {
    out.reserve(text.len().div_ceil(64));
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx512bw") {
            // SAFETY: the function needs AVX-512 BW (which F goes with) and nothing else, and the CPU has it.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { x86_wide::classify(text, out) };
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the function needs AVX2 and nothing else, and the CPU has it.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { x86::classify_avx2(text, out) };
        }
        if std::arch::is_x86_feature_detected!("ssse3") {
            // SAFETY: the function needs SSSE3 and nothing else, and the CPU has it.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { x86::classify_ssse3(text, out) };
        }
    }
    #[cfg(target_arch = "aarch64")]
    {
        if std::arch::is_aarch64_feature_detected!("neon") {
            // SAFETY: the function needs NEON and nothing else, and the CPU has it.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { arm::classify(text, out) };
        }
    }
    scalar::classify(text, out)
}

/// Appends for each 64 bytes of `text` where a literal of `triples` may begin and which bytes are in any set of `set`.
pub fn find_triples(text: &[u8], triples: &Triples, set: &Set, out: &mut Vec<Hits>) {
    out.reserve(text.len().div_ceil(64));
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx512bw") {
            // SAFETY: the function needs AVX-512 BW (which F goes with) and nothing else, and the CPU has it.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { x86_wide::find_triples(text, triples, set, out) };
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the function needs AVX2 and nothing else, and the CPU has it.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { x86::find_triples_avx2(text, triples, set, out) };
        }
        if std::arch::is_x86_feature_detected!("ssse3") {
            // SAFETY: the function needs SSSE3 and nothing else, and the CPU has it.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { x86::find_triples_ssse3(text, triples, set, out) };
        }
    }
    #[cfg(target_arch = "aarch64")]
    {
        if std::arch::is_aarch64_feature_detected!("neon") {
            // SAFETY: the function needs NEON and nothing else, and the CPU has it.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { arm::find_triples(text, triples, set, out) };
        }
    }
    scalar::find_triples(text, triples, set, out);
}
