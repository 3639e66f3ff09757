//! Which bytes belong to which class, 64 at a time: the one place where each byte of a scanned content is looked at.
//!
//! The tables of [`super::classes`] are asked by the instructions of AVX2, SSSE3 or NEON for 16 or 32 bytes at once,
//! chosen when the program runs. All paths give what [`scalar`] gives; tests hold that. This is the only file with unsafe code: calls into functions that need CPU
//! features that were checked for, and loads from slices whose length is in their type.

use super::classes::scalar;
use super::masks::Masks;

/// Appends the masks of `bytes`, one for each 64 bytes; a last short block is filled up with blanks. Whether there
/// are NULs.
pub(super) fn classify(bytes: &[u8], out: &mut Vec<Masks>) -> bool {
    let (blocks, rest) = bytes.as_chunks::<64>();
    let mut nuls = classify_blocks(blocks, rest.first().copied().unwrap_or(b' '), out);
    if !rest.is_empty() {
        let mut last = [b' '; 64];
        last[..rest.len()].copy_from_slice(rest);
        nuls |= classify_blocks(&[last], b' ', out);
    }
    nuls
}

/// The masks of whole blocks, of which `after` is the byte behind the last.
fn classify_blocks(blocks: &[[u8; 64]], after: u8, out: &mut Vec<Masks>) -> bool {
    out.reserve(blocks.len());
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the function needs AVX2 and nothing else, and the CPU has it.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { x86::avx2(blocks, after, out) };
        }
        if std::arch::is_x86_feature_detected!("ssse3") {
            // SAFETY: the function needs SSSE3 and nothing else, and the CPU has it.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { x86::ssse3(blocks, after, out) };
        }
    }
    #[cfg(target_arch = "aarch64")]
    {
        if std::arch::is_aarch64_feature_detected!("neon") {
            // SAFETY: the function needs NEON and nothing else, and the CPU has it.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { arm::neon(blocks, after, out) };
        }
    }
    scalar(blocks, after, out)
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    //! The same for x86-64. Helpers carry the features too, or else they would be called for every register.

    #[allow(clippy::wildcard_imports, reason = "intrinsics have names of their own")]
    use std::arch::x86_64::*;

    use crate::engine::classes::{
        ALNUM, ASSIGN, DASH, DIGIT, FIRST_HIGH, FIRST_LOW, HIGH, LETTER, LOW, SECOND_HIGH, SECOND_LOW, TOKEN,
        WIDE, look_up, next,
    };
    use crate::engine::masks::Masks;

    #[target_feature(enable = "avx2")]
    pub(super) fn avx2(blocks: &[[u8; 64]], after: u8, out: &mut Vec<Masks>) -> bool {
        // The smallest byte seen at each place: a NUL somewhere ends as a NUL here.
        let mut least = _mm256_set1_epi8(-1);
        for (i, block) in blocks.iter().enumerate() {
            let (halves, _) = block.as_chunks::<32>();
            let (a, b) = (load(&halves[0]), load(&halves[1]));
            least = _mm256_min_epu8(least, _mm256_min_epu8(a, b));
            let (ca, cb) = (two(a, &LOW, &HIGH), two(b, &LOW, &HIGH));
            let (first_a, first_b) = (two(a, &FIRST_LOW, &FIRST_HIGH), two(b, &FIRST_LOW, &FIRST_HIGH));
            let (sec_a, sec_b) = (two(a, &SECOND_LOW, &SECOND_HIGH), two(b, &SECOND_LOW, &SECOND_HIGH));
            let behind = look_up(&SECOND_LOW, &SECOND_HIGH, next(blocks, i, after));
            let sec_c = _mm256_castsi128_si256(_mm_cvtsi32_si128(i32::from(behind)));
            let (pair_a, pair_b) = (
                _mm256_and_si256(first_a, shift(sec_a, sec_b)),
                _mm256_and_si256(first_b, shift(sec_b, sec_c)),
            );
            out.push(Masks {
                token: any(ca, cb, TOKEN),
                alnum: any(ca, cb, ALNUM),
                wide: any(ca, cb, WIDE),
                dash: top(_mm256_slli_epi16::<3>(ca), _mm256_slli_epi16::<3>(cb)),
                assign: top(_mm256_slli_epi16::<2>(ca), _mm256_slli_epi16::<2>(cb)),
                slash: same(a, b, b'/'),
                digit: top(_mm256_slli_epi16::<7>(ca), _mm256_slli_epi16::<7>(cb)),
                // Bit 5 of a letter is its case.
                upper: any(ca, cb, LETTER) & !top(_mm256_slli_epi16::<2>(a), _mm256_slli_epi16::<2>(b)),
                stem: any(pair_a, pair_b, 0xFF),
            });
        }
        same(least, least, 0) != 0
    }

    /// 32 bytes in a register.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn load(bytes: &[u8; 32]) -> __m256i {
        // SAFETY: the array is 32 bytes long, and the load asks for no alignment.
        #[allow(unsafe_code, reason = "a load of 32 bytes from an array of 32 bytes")]
        unsafe {
            _mm256_loadu_si256(bytes.as_ptr().cast())
        }
    }

    /// What two tables say of each byte.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn two(bytes: __m256i, low: &[u8; 16], high: &[u8; 16]) -> __m256i {
        let nibble = _mm256_set1_epi8(15);
        let (low, high) =
            (_mm256_broadcastsi128_si256(load16(low)), _mm256_broadcastsi128_si256(load16(high)));
        let upper = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), nibble);
        _mm256_and_si256(
            _mm256_shuffle_epi8(low, _mm256_and_si256(bytes, nibble)),
            _mm256_shuffle_epi8(high, upper),
        )
    }

    /// The 32 bytes that begin with the second of `a` and end with the first of `b`.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn shift(a: __m256i, b: __m256i) -> __m256i {
        _mm256_alignr_epi8::<1>(_mm256_permute2x128_si256::<0x21>(a, b), a)
    }

    /// The topmost bit of each of 64 bytes.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn top(a: __m256i, b: __m256i) -> u64 {
        u64::from(_mm256_movemask_epi8(a) as u32) | u64::from(_mm256_movemask_epi8(b) as u32) << 32
    }

    /// Which of 64 bytes have one of these bits.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn any(a: __m256i, b: __m256i, set: u8) -> u64 {
        let set = _mm256_set1_epi8(set as i8);
        !same(_mm256_and_si256(a, set), _mm256_and_si256(b, set), 0)
    }

    /// Which of 64 bytes are this one.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn same(a: __m256i, b: __m256i, byte: u8) -> u64 {
        let byte = _mm256_set1_epi8(byte as i8);
        top(_mm256_cmpeq_epi8(a, byte), _mm256_cmpeq_epi8(b, byte))
    }

    #[target_feature(enable = "ssse3")]
    pub(super) fn ssse3(blocks: &[[u8; 64]], after: u8, out: &mut Vec<Masks>) -> bool {
        let mut least = _mm_set1_epi8(-1);
        for (k, block) in blocks.iter().enumerate() {
            let mut masks = Masks::default();
            let (quarters, _) = block.as_chunks::<16>();
            for (i, quarter) in quarters.iter().enumerate() {
                let bytes = load16(quarter);
                least = _mm_min_epu8(least, bytes);
                let class = two16(bytes, &LOW, &HIGH);
                let follows = quarters.get(i + 1).map_or(next(blocks, k, after), |q| q[0]);
                let behind = look_up(&SECOND_LOW, &SECOND_HIGH, follows);
                let second = two16(bytes, &SECOND_LOW, &SECOND_HIGH);
                let second = _mm_alignr_epi8::<1>(_mm_cvtsi32_si128(i32::from(behind)), second);
                let pair = _mm_and_si128(two16(bytes, &FIRST_LOW, &FIRST_HIGH), second);
                masks.token |= any16(class, TOKEN) << (16 * i);
                masks.alnum |= any16(class, ALNUM) << (16 * i);
                masks.wide |= any16(class, WIDE) << (16 * i);
                masks.dash |= any16(class, DASH) << (16 * i);
                masks.assign |= any16(class, ASSIGN) << (16 * i);
                masks.slash |= same16(bytes, b'/') << (16 * i);
                masks.digit |= any16(class, DIGIT) << (16 * i);
                let small = _mm_and_si128(bytes, _mm_set1_epi8(0x20));
                masks.upper |= (any16(class, LETTER) & same16(small, 0)) << (16 * i);
                masks.stem |= any16(pair, 0xFF) << (16 * i);
            }
            out.push(masks);
        }
        same16(least, 0) != 0
    }

    #[inline]
    #[target_feature(enable = "ssse3")]
    fn two16(bytes: __m128i, low: &[u8; 16], high: &[u8; 16]) -> __m128i {
        let nibble = _mm_set1_epi8(15);
        let upper = _mm_and_si128(_mm_srli_epi16::<4>(bytes), nibble);
        _mm_and_si128(
            _mm_shuffle_epi8(load16(low), _mm_and_si128(bytes, nibble)),
            _mm_shuffle_epi8(load16(high), upper),
        )
    }

    #[inline]
    #[target_feature(enable = "ssse3")]
    fn any16(class: __m128i, set: u8) -> u64 {
        !same16(_mm_and_si128(class, _mm_set1_epi8(set as i8)), 0) & 0xFFFF
    }

    #[inline]
    #[target_feature(enable = "ssse3")]
    fn same16(bytes: __m128i, byte: u8) -> u64 {
        u64::from(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte as i8))) as u16)
    }

    /// 16 bytes in a register.
    #[inline]
    #[target_feature(enable = "sse2")]
    fn load16(bytes: &[u8; 16]) -> __m128i {
        // SAFETY: the array is 16 bytes long, and the load asks for no alignment.
        #[allow(unsafe_code, reason = "a load of 16 bytes from an array of 16 bytes")]
        unsafe {
            _mm_loadu_si128(bytes.as_ptr().cast())
        }
    }
}

#[cfg(target_arch = "aarch64")]
mod arm {
    //! The same for 64-bit ARM.

    #[allow(clippy::wildcard_imports, reason = "intrinsics have names of their own")]
    use std::arch::aarch64::*;

    use crate::engine::classes::{
        ALNUM, ASSIGN, DASH, DIGIT, FIRST_HIGH, FIRST_LOW, HIGH, LETTER, LOW, SECOND_HIGH, SECOND_LOW, TOKEN,
        WIDE, look_up, next,
    };
    use crate::engine::masks::Masks;

    #[target_feature(enable = "neon")]
    pub(super) fn neon(blocks: &[[u8; 64]], after: u8, out: &mut Vec<Masks>) -> bool {
        let mut least = vdupq_n_u8(255);
        for (k, block) in blocks.iter().enumerate() {
            let mut masks = Masks::default();
            let (quarters, _) = block.as_chunks::<16>();
            for (i, quarter) in quarters.iter().enumerate() {
                let bytes = load(quarter);
                least = vminq_u8(least, bytes);
                let class = two(bytes, &LOW, &HIGH);
                let follows = quarters.get(i + 1).map_or(next(blocks, k, after), |q| q[0]);
                let behind = vdupq_n_u8(look_up(&SECOND_LOW, &SECOND_HIGH, follows));
                let second = vextq_u8::<1>(two(bytes, &SECOND_LOW, &SECOND_HIGH), behind);
                let pair = vandq_u8(two(bytes, &FIRST_LOW, &FIRST_HIGH), second);
                masks.token |= any(class, TOKEN) << (16 * i);
                masks.alnum |= any(class, ALNUM) << (16 * i);
                masks.wide |= any(class, WIDE) << (16 * i);
                masks.dash |= any(class, DASH) << (16 * i);
                masks.assign |= any(class, ASSIGN) << (16 * i);
                masks.slash |= any(vceqq_u8(bytes, vdupq_n_u8(b'/')), 255) << (16 * i);
                masks.digit |= any(class, DIGIT) << (16 * i);
                masks.upper |= (any(class, LETTER) & !any(bytes, 0x20)) << (16 * i);
                masks.stem |= any(pair, 255) << (16 * i);
            }
            out.push(masks);
        }
        vminvq_u8(least) == 0
    }

    #[inline]
    #[target_feature(enable = "neon")]
    fn two(bytes: uint8x16_t, low: &[u8; 16], high: &[u8; 16]) -> uint8x16_t {
        let by_low = vqtbl1q_u8(load(low), vandq_u8(bytes, vdupq_n_u8(15)));
        vandq_u8(by_low, vqtbl1q_u8(load(high), vshrq_n_u8::<4>(bytes)))
    }

    /// Bit i: whether byte i has one of these bits (sums of weights, since NEON has no `movemask`).
    #[inline]
    #[target_feature(enable = "neon")]
    fn any(class: uint8x16_t, set: u8) -> u64 {
        let weights = load(&[1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128]);
        let bits = vandq_u8(vtstq_u8(class, vdupq_n_u8(set)), weights);
        u64::from(vaddv_u8(vget_low_u8(bits))) | u64::from(vaddv_u8(vget_high_u8(bits))) << 8
    }

    /// 16 bytes in a register.
    #[inline]
    #[target_feature(enable = "neon")]
    fn load(bytes: &[u8; 16]) -> uint8x16_t {
        // SAFETY: the array is 16 bytes long, and the load asks for no alignment.
        #[allow(unsafe_code, reason = "a load of 16 bytes from an array of 16 bytes")]
        unsafe {
            vld1q_u8(bytes.as_ptr())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::classes::next;
    use super::*;

    /// Masks by the definition of each class, with nothing clever.
    fn naive(block: &[u8; 64], after: u8) -> Masks {
        let of =
            |set: &dyn Fn(u8) -> bool| (0..64).filter(|&i| set(block[i])).fold(0u64, |mask, i| mask | 1 << i);
        Masks {
            token: of(&|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'),
            alnum: of(&|b| b.is_ascii_alphanumeric()),
            wide: of(&|b| b.is_ascii_alphanumeric() || b"_-:=/+.~%!&{\x7f".contains(&b)),
            dash: of(&|b| b == b'-'),
            assign: of(&|b| b == b':' || b == b'='),
            slash: of(&|b| b == b'/'),
            digit: of(&|b| b.is_ascii_digit()),
            upper: of(&|b| b.is_ascii_uppercase()),
            stem: (0..64)
                .filter(|&i| {
                    let pair = [block[i], block.get(i + 1).copied().unwrap_or(after)]
                        .map(|b| b.to_ascii_lowercase());
                    [b"ss", b"ke", b"cr", b"wd", b"au"].contains(&&pair)
                })
                .fold(0, |mask, i| mask | 1 << i),
        }
    }

    type Path<'p> = &'p dyn Fn(&[[u8; 64]], u8, &mut Vec<Masks>) -> bool;

    fn check(blocks: &[[u8; 64]]) {
        let truth: Vec<_> = (0..blocks.len()).map(|i| naive(&blocks[i], next(blocks, i, b'e'))).collect();
        let run = |path: Path<'_>| {
            let mut out = Vec::new();
            assert_eq!(path(blocks, b'e', &mut out), blocks.as_flattened().contains(&0));
            assert_eq!(out, truth);
        };
        run(&scalar);
        run(&classify_blocks);
        #[cfg(target_arch = "x86_64")]
        #[allow(unsafe_code, reason = "each path is tried where the machine has it")]
        {
            if std::arch::is_x86_feature_detected!("avx2") {
                // SAFETY: checked for on the line above.
                run(&|b, e, o| unsafe { x86::avx2(b, e, o) });
            }
            if std::arch::is_x86_feature_detected!("ssse3") {
                // SAFETY: checked for on the line above.
                run(&|b, e, o| unsafe { x86::ssse3(b, e, o) });
            }
        }
    }

    #[test]
    fn every_byte_at_every_place_has_its_classes() {
        for byte in 0..=255u8 {
            check(&[[byte; 64]]);
            let mut block = [b' '; 64];
            block[usize::from(byte) % 64] = byte;
            check(&[block]);
        }
    }

    proptest! {
        #[test]
        fn all_paths_agree_on_random_bytes(bytes in proptest::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b"SsKkEeCcRrWwDdAaUu".to_vec())], 0..400)) {
            check(bytes.as_chunks::<64>().0);
            let mut out = Vec::new();
            prop_assert_eq!(classify(&bytes, &mut out), bytes.contains(&0));
            prop_assert_eq!(out.len(), bytes.len().div_ceil(64));
            for (i, &byte) in bytes.iter().enumerate() {
                let token = byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
                prop_assert_eq!(out[i / 64].token >> (i % 64) & 1 == 1, token);
            }
        }
    }
}
