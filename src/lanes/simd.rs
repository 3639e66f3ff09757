//! The doors to the fastest way that this machine has.

#[cfg(target_arch = "aarch64")]
use super::arm;
use super::{BLOCKS, Before, Column, Gate, Hits, Masks, Quads, Reach, Set, Spots, each_bit, scalar};
#[cfg(target_arch = "x86_64")]
use super::{x86, x86_gather, x86_wide};

/// Puts the masks of `text` into `out`, from its first block on: at most [`BLOCKS`] blocks and one more; a last short
/// block is filled up with blanks, and behind the last one stands an empty one. Whether there are NULs.
pub fn classify(text: &[u8], out: &mut Masks) -> bool {
    debug_assert!(text.len() <= (BLOCKS + 1) * 64, "as many as fit");
    out.clear(text.len().div_ceil(64));
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

/// Puts into `out` where in each 64 bytes of `text` a literal of `quads` may begin and which bytes are in any set of
/// `set`: at most [`BLOCKS`] blocks and one more.
pub fn find_quads(text: &[u8], quads: &Quads, set: &Set, out: &mut Hits) {
    debug_assert!(text.len() <= (BLOCKS + 1) * 64, "as many as fit");
    let behind = text.len().div_ceil(64);
    (out.begins[behind], out.members[behind]) = (0, 0);
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx512bw") {
            // SAFETY: the function needs AVX-512 BW (which F goes with) and nothing else, and the CPU has it.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { x86_wide::find_quads(text, quads, set, out) };
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the function needs AVX2 and nothing else, and the CPU has it.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { x86::find_quads_avx2(text, quads, set, out) };
        }
        if std::arch::is_x86_feature_detected!("ssse3") {
            // SAFETY: the function needs SSSE3 and nothing else, and the CPU has it.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { x86::find_quads_ssse3(text, quads, set, out) };
        }
    }
    #[cfg(target_arch = "aarch64")]
    {
        if std::arch::is_aarch64_feature_detected!("neon") {
            // SAFETY: the function needs NEON and nothing else, and the CPU has it.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { arm::find_quads(text, quads, set, out) };
        }
    }
    scalar::find_quads(text, quads, set, out);
}

/// Leaves of the bits of so many blocks, and the one behind them, those from which on `steps[0]`, `steps[1]`, … times two,
/// in this order, are set: with 1, 2, 4 and 8 those from which on 16 are.
pub fn ahead(column: &mut Column, blocks: usize, steps: &[u32]) {
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx512bw")
            && std::arch::is_x86_feature_detected!("avx512vbmi2")
        {
            // SAFETY: the function needs AVX-512 BW (which F goes with) and VBMI2 and nothing else, and the CPU has them.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { x86_wide::ahead(column, blocks, steps) };
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the function needs AVX2 and nothing else, and the CPU has it.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { x86::ahead(column, blocks, steps) };
        }
    }
    super::reach::halve(column, blocks.min(BLOCKS), steps);
}

/// Reads off the masks of `blocks` blocks where runs and keys may begin, `before` being what the block in front of them
/// was; the masks of one block more must be there.
pub fn reach(masks: &Masks, blocks: usize, before: Before, out: &mut Reach) {
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx512bw")
            && std::arch::is_x86_feature_detected!("avx512vbmi2")
        {
            // SAFETY: the function needs AVX-512 BW (which F goes with) and VBMI2 and nothing else, and the CPU has them.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { x86_wide::reach(masks, blocks, before, out) };
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the function needs AVX2 and nothing else, and the CPU has it.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { x86::reach(masks, blocks, before, out) };
        }
    }
    super::reach::read(masks, blocks, before, out);
}

/// Calls `f` with the place of each bit that is set in the first `blocks` blocks of a column, in order: for columns in which
/// most blocks are empty.
#[inline]
pub fn each_place(column: &Column, blocks: usize, mut f: impl FnMut(usize)) {
    if blocks <= FEW {
        for (k, &bits) in column[..blocks].iter().enumerate() {
            each_bit(bits, k * 64, &mut f);
        }
        return;
    }
    for (word, mut bits) in occupied(column).into_iter().enumerate() {
        let seen = blocks.saturating_sub(word * 64);
        if seen < 64 {
            bits &= !(!0 << seen);
        }
        each_bit(bits, word * 64, |k| each_bit(column[k], k * 64, &mut f));
    }
}

/// So few blocks are looked at one by one: a line or two of a text that was searched before.
const FEW: usize = 16;

/// Which of the first [`BLOCKS`] blocks of a column have bits.
fn occupied(column: &Column) -> [u64; BLOCKS / 64] {
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx512bw") {
            // SAFETY: the function needs AVX-512 BW (which F goes with) and nothing else, and the CPU has it.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { x86_wide::occupied(column) };
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the function needs AVX2 and nothing else, and the CPU has it.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { x86::occupied(column) };
        }
    }
    super::spots::occupied(column)
}

/// Lists the places of the bits that are set in the first `blocks` blocks of a column.
pub fn spots(column: &Column, blocks: usize, out: &mut Spots) {
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx512bw")
            && std::arch::is_x86_feature_detected!("avx512vbmi2")
            && std::arch::is_x86_feature_detected!("popcnt")
        {
            // SAFETY: the function needs AVX-512 BW and VBMI2, POPCNT and nothing else, and the CPU has them.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { x86_wide::spots(column, blocks, out) };
        }
        if std::arch::is_x86_feature_detected!("bmi1") && std::arch::is_x86_feature_detected!("popcnt") {
            // SAFETY: the function needs BMI1 and POPCNT and nothing else, and the CPU has them.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { x86::spots(column, blocks, out) };
        }
    }
    super::spots::list(column, blocks, out);
}

/// Leaves the spots, counted from `at` on, between whose bytes of `text` something may begin.
pub fn sift(gate: &Gate, text: &[u8], at: usize, spots: &mut Spots) {
    #[cfg(target_arch = "x86_64")]
    {
        // Loads from many places are no gain on CPUs whose makers had to slow them down (Downfall, CVE-2022-40982): with
        // BF16, which is not asked for, go those that are younger.
        if std::arch::is_x86_feature_detected!("avx512bw")
            && std::arch::is_x86_feature_detected!("avx512bf16")
            && spots.iter().next().is_some_and(|first| at + first >= 4)
            && spots.iter().next_back().is_some_and(|last| at + last + 4 <= text.len())
        {
            // SAFETY: the function needs AVX2 and AVX-512 BW (which F goes with) and nothing else, and the CPU has them.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { x86_gather::sift(gate, text, at, spots) };
        }
    }
    gate.sift(text, at, spots);
}
