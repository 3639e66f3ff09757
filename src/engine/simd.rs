//! Which bytes belong to which class, 64 at a time: the one place where each byte of a scanned content is looked at.
//!
//! Two table look-ups by nibble (Langdale and Lemire's way) give every byte a set of class bits; the instructions of
//! AVX2, SSSE3 or NEON do it for 16 or 32 bytes at once, chosen when the program runs. All paths give what
//! [`scalar`] gives; tests hold that. This is the only file with unsafe code: calls into functions that need CPU
//! features that were checked for, and loads from slices whose length is in their type.

use super::masks::Masks;

/// Class bits of a byte by its low nibble; a byte's classes are `LOW[b & 15] & HIGH[b >> 4]`.
const LOW: [u8; 16] = [
    DIGIT | TOP,               // 0, P p
    DIGIT | MID | TOP | PATH,  // 1: !
    DIGIT | MID | TOP | QUOTE, // 2: "
    DIGIT | MID | TOP,         // 3
    DIGIT | MID | TOP,         // 4
    DIGIT | MID | TOP | PATH,  // 5: %
    DIGIT | MID | TOP,         // 6
    DIGIT | MID | TOP | QUOTE, // 7: '
    DIGIT | MID | TOP,         // 8
    DIGIT | MID | TOP,         // 9
    MID | TOP | ASSIGN,        // a: J Z :
    MID | PATH,                // b: K +
    MID,                       // c
    MID | DASH | ASSIGN,       // d: M - =
    MID | PATH,                // e: N . ~
    MID | UNDER | PATH,        // f: O _ /
];
/// Class bits of a byte by its high nibble.
const HIGH: [u8; 16] =
    [0, 0, DASH | PATH | QUOTE, DIGIT | ASSIGN, MID, TOP | UNDER, MID, TOP | PATH, 0, 0, 0, 0, 0, 0, 0, 0];

/// `0`–`9`.
const DIGIT: u8 = 1;
/// `A`–`O`, `a`–`o`.
const MID: u8 = 2;
/// `P`–`Z`, `p`–`z`.
const TOP: u8 = 4;
/// `_`.
const UNDER: u8 = 8;
/// `-`.
const DASH: u8 = 16;
/// `:` and `=`.
const ASSIGN: u8 = 32;
/// `/`, `+`, `.`, `~`, `%`, `!`; also `{` and DEL, since tables know nibbles only.
const PATH: u8 = 64;
/// `"` and `'`; the backtick has no place in the tables and is compared with.
const QUOTE: u8 = 128;

const ALNUM: u8 = DIGIT | MID | TOP;
const TOKEN: u8 = ALNUM | UNDER | DASH;
const WIDE: u8 = TOKEN | ASSIGN | PATH;

/// Appends the masks of `bytes`, one for each 64 bytes; a last short block is filled up with blanks. Whether there
/// are NULs.
pub(super) fn classify(bytes: &[u8], out: &mut Vec<Masks>) -> bool {
    let (blocks, rest) = bytes.as_chunks::<64>();
    let mut nuls = classify_blocks(blocks, out);
    if !rest.is_empty() {
        let mut last = [b' '; 64];
        last[..rest.len()].copy_from_slice(rest);
        nuls |= classify_blocks(&[last], out);
    }
    nuls
}

fn classify_blocks(blocks: &[[u8; 64]], out: &mut Vec<Masks>) -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the function needs AVX2 and nothing else, and the CPU has it.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { x86::avx2(blocks, out) };
        }
        if std::arch::is_x86_feature_detected!("ssse3") {
            // SAFETY: the function needs SSSE3 and nothing else, and the CPU has it.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { x86::ssse3(blocks, out) };
        }
    }
    #[cfg(target_arch = "aarch64")]
    {
        if std::arch::is_aarch64_feature_detected!("neon") {
            // SAFETY: the function needs NEON and nothing else, and the CPU has it.
            #[allow(unsafe_code, reason = "checked for on the line above")]
            return unsafe { arm::neon(blocks, out) };
        }
    }
    scalar(blocks, out)
}

/// The plain form, for other machines and as the truth for tests.
fn scalar(blocks: &[[u8; 64]], out: &mut Vec<Masks>) -> bool {
    out.extend(blocks.iter().map(|block| {
        let mut masks = Masks::default();
        for (i, &byte) in block.iter().enumerate() {
            let class = LOW[usize::from(byte & 15)] & HIGH[usize::from(byte >> 4)];
            let bit = |set: u8| u64::from(class & set != 0) << i;
            masks.token |= bit(TOKEN);
            masks.alnum |= bit(ALNUM);
            masks.wide |= bit(WIDE);
            masks.dash |= bit(DASH);
            masks.assign |= bit(ASSIGN);
            masks.slash |= u64::from(byte == b'/') << i;
            masks.quote |= bit(QUOTE) | u64::from(byte == b'`') << i;
            masks.s |= u64::from(byte | 32 == b's') << i;
        }
        masks
    }));
    blocks.iter().any(|block| block.contains(&0))
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    //! The same for x86-64.

    #[allow(clippy::wildcard_imports, reason = "intrinsics have names of their own")]
    use std::arch::x86_64::*;

    use super::{ALNUM, HIGH, LOW, TOKEN, WIDE};
    use crate::engine::masks::Masks;

    /// One class bit of 32 bytes, moved to the top of each byte, where `movemask` reads it.
    macro_rules! bit {
        ($class:expr, $left:literal) => {
            _mm256_movemask_epi8(_mm256_slli_epi16::<$left>($class)) as u32
        };
    }

    /// The same for 16 bytes.
    macro_rules! bit16 {
        ($class:expr, $left:literal) => {
            u64::from(_mm_movemask_epi8(_mm_slli_epi16::<$left>($class)) as u16)
        };
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn avx2(blocks: &[[u8; 64]], out: &mut Vec<Masks>) -> bool {
        let low = _mm256_broadcastsi128_si256(table(&LOW));
        let high = _mm256_broadcastsi128_si256(table(&HIGH));
        let nibble = _mm256_set1_epi8(15);
        let [token, alnum, wide] = [TOKEN, ALNUM, WIDE].map(|set| _mm256_set1_epi8(set as i8));
        let slash = _mm256_set1_epi8(b'/' as i8);
        let any = |class: __m256i, set: __m256i| {
            !(_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_and_si256(class, set), _mm256_setzero_si256()))
                as u32)
        };
        let (tick, letter) = (_mm256_set1_epi8(b'`' as i8), _mm256_set1_epi8(b's' as i8));
        let same =
            |bytes: __m256i, byte: __m256i| _mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, byte)) as u32;
        // The smallest byte seen at each place: a NUL somewhere ends as a NUL here.
        let mut nuls = _mm256_set1_epi8(-1);
        out.extend(blocks.iter().map(|block| {
            let (halves, _) = block.as_chunks::<32>();
            let text = [0, 1].map(|half: usize| {
                // SAFETY: each half is 32 bytes long, and the load asks for no alignment.
                #[allow(unsafe_code, reason = "a load of 32 bytes from an array of 32 bytes")]
                unsafe {
                    _mm256_loadu_si256(halves[half].as_ptr().cast())
                }
            });
            nuls = _mm256_min_epu8(nuls, _mm256_min_epu8(text[0], text[1]));
            let class = text.map(|bytes| {
                let by_low = _mm256_shuffle_epi8(low, _mm256_and_si256(bytes, nibble));
                let upper = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), nibble);
                _mm256_and_si256(by_low, _mm256_shuffle_epi8(high, upper))
            });
            let join = |m: [u32; 2]| u64::from(m[0]) | u64::from(m[1]) << 32;
            Masks {
                token: join([any(class[0], token), any(class[1], token)]),
                alnum: join([any(class[0], alnum), any(class[1], alnum)]),
                wide: join([any(class[0], wide), any(class[1], wide)]),
                dash: join([bit!(class[0], 3), bit!(class[1], 3)]),
                assign: join([bit!(class[0], 2), bit!(class[1], 2)]),
                slash: join(text.map(|t| same(t, slash))),
                quote: join([bit!(class[0], 0), bit!(class[1], 0)]) | join(text.map(|t| same(t, tick))),
                s: join(text.map(|t| same(_mm256_or_si256(t, _mm256_set1_epi8(32)), letter))),
            }
        }));
        same(nuls, _mm256_setzero_si256()) != 0
    }

    #[target_feature(enable = "ssse3")]
    pub(super) fn ssse3(blocks: &[[u8; 64]], out: &mut Vec<Masks>) -> bool {
        let (low, high) = (table(&LOW), table(&HIGH));
        let nibble = _mm_set1_epi8(15);
        let [token, alnum, wide] = [TOKEN, ALNUM, WIDE].map(|set| _mm_set1_epi8(set as i8));
        let slash = _mm_set1_epi8(b'/' as i8);
        let any = |class: __m128i, set: __m128i| {
            u64::from(
                !(_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_and_si128(class, set), _mm_setzero_si128())) as u16),
            )
        };
        let (tick, letter) = (_mm_set1_epi8(b'`' as i8), _mm_set1_epi8(b's' as i8));
        let same =
            |bytes: __m128i, byte: __m128i| u64::from(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, byte)) as u16);
        let mut nuls = _mm_set1_epi8(-1);
        out.extend(blocks.iter().map(|block| {
            let mut masks = Masks::default();
            let (quarters, _) = block.as_chunks::<16>();
            for (i, quarter) in quarters.iter().enumerate() {
                let bytes = table(quarter);
                nuls = _mm_min_epu8(nuls, bytes);
                let by_low = _mm_shuffle_epi8(low, _mm_and_si128(bytes, nibble));
                let upper = _mm_and_si128(_mm_srli_epi16::<4>(bytes), nibble);
                let class = _mm_and_si128(by_low, _mm_shuffle_epi8(high, upper));
                masks.token |= any(class, token) << (16 * i);
                masks.alnum |= any(class, alnum) << (16 * i);
                masks.wide |= any(class, wide) << (16 * i);
                masks.dash |= bit16!(class, 3) << (16 * i);
                masks.assign |= bit16!(class, 2) << (16 * i);
                masks.slash |= same(bytes, slash) << (16 * i);
                masks.quote |= (bit16!(class, 0) | same(bytes, tick)) << (16 * i);
                masks.s |= same(_mm_or_si128(bytes, _mm_set1_epi8(32)), letter) << (16 * i);
            }
            masks
        }));
        same(nuls, _mm_setzero_si128()) != 0
    }

    /// 16 bytes in a register.
    #[inline]
    #[target_feature(enable = "sse2")]
    fn table(bytes: &[u8; 16]) -> __m128i {
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

    use super::{ALNUM, ASSIGN, DASH, HIGH, LOW, QUOTE, TOKEN, WIDE};
    use crate::engine::masks::Masks;

    #[target_feature(enable = "neon")]
    pub(super) fn neon(blocks: &[[u8; 64]], out: &mut Vec<Masks>) -> bool {
        let (low, high) = (load(&LOW), load(&HIGH));
        let mut least = vdupq_n_u8(255);
        out.extend(blocks.iter().map(|block| {
            let (quarters, _) = block.as_chunks::<16>();
            let text = [0, 1, 2, 3].map(|i: usize| load(&quarters[i]));
            least = vminq_u8(least, vminq_u8(vminq_u8(text[0], text[1]), vminq_u8(text[2], text[3])));
            let class = text.map(|bytes| {
                let by_low = vqtbl1q_u8(low, vandq_u8(bytes, vdupq_n_u8(15)));
                vandq_u8(by_low, vqtbl1q_u8(high, vshrq_n_u8::<4>(bytes)))
            });
            Masks {
                token: any(class, TOKEN),
                alnum: any(class, ALNUM),
                wide: any(class, WIDE),
                dash: any(class, DASH),
                assign: any(class, ASSIGN),
                slash: any(text.map(|t| vceqq_u8(t, vdupq_n_u8(b'/'))), 255),
                quote: any(class, QUOTE) | any(text.map(|t| vceqq_u8(t, vdupq_n_u8(b'`'))), 255),
                s: any(text.map(|t| vceqq_u8(vorrq_u8(t, vdupq_n_u8(32)), vdupq_n_u8(b's'))), 255),
            }
        }));
        vminvq_u8(least) == 0
    }

    /// Bit i: whether byte i of the 64 has one of these classes (pairwise sums, since NEON has no `movemask`).
    #[target_feature(enable = "neon")]
    fn any(class: [uint8x16_t; 4], set: u8) -> u64 {
        let weights = load(&[1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128]);
        let bits = class.map(|c| vandq_u8(vtstq_u8(c, vdupq_n_u8(set)), weights));
        let sum = vpaddq_u8(vpaddq_u8(bits[0], bits[1]), vpaddq_u8(bits[2], bits[3]));
        vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(sum, sum)))
    }

    /// 16 bytes in a register.
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

    use super::*;

    /// Masks by the definition of each class, with nothing clever.
    fn naive(block: &[u8; 64]) -> Masks {
        let of =
            |set: &dyn Fn(u8) -> bool| (0..64).filter(|&i| set(block[i])).fold(0u64, |mask, i| mask | 1 << i);
        Masks {
            token: of(&|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'),
            alnum: of(&|b| b.is_ascii_alphanumeric()),
            wide: of(&|b| b.is_ascii_alphanumeric() || b"_-:=/+.~%!{\x7f".contains(&b)),
            dash: of(&|b| b == b'-'),
            assign: of(&|b| b == b':' || b == b'='),
            slash: of(&|b| b == b'/'),
            quote: of(&|b| b == b'"' || b == b'\'' || b == b'`'),
            s: of(&|b| b == b's' || b == b'S'),
        }
    }

    type Path<'p> = &'p dyn Fn(&[[u8; 64]], &mut Vec<Masks>) -> bool;

    fn check(blocks: &[[u8; 64]]) {
        let truth: Vec<_> = blocks.iter().map(naive).collect();
        let run = |path: Path<'_>| {
            let mut out = Vec::new();
            assert_eq!(path(blocks, &mut out), blocks.as_flattened().contains(&0));
            assert_eq!(out, truth);
        };
        run(&scalar);
        run(&classify_blocks);
        #[cfg(target_arch = "x86_64")]
        #[allow(unsafe_code, reason = "each path is tried where the machine has it")]
        {
            if std::arch::is_x86_feature_detected!("avx2") {
                // SAFETY: checked for on the line above.
                run(&|b, o| unsafe { x86::avx2(b, o) });
            }
            if std::arch::is_x86_feature_detected!("ssse3") {
                // SAFETY: checked for on the line above.
                run(&|b, o| unsafe { x86::ssse3(b, o) });
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
        fn all_paths_agree_on_random_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
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
