//! AVX2 and SSSE3: 32 and 16 bytes in a register. Helpers carry the features too, or else they would be called for every
//! register.

#[allow(clippy::wildcard_imports, reason = "intrinsics have names of their own")]
use std::arch::x86_64::*;

use super::classes::{ALNUM, ASSIGN, CLASSES, DASH, DIGIT, LETTER, MARK, STEMS, TOKEN, WIDE};
use super::{BLOCKS, Before, Column, Hits, Masks, Quads, Reach, Set, Spots, Window, each_window};

#[target_feature(enable = "avx2")]
pub(super) fn classify_avx2(text: &[u8], out: &mut Masks) -> bool {
    // The smallest byte seen at each place: a NUL somewhere ends as a NUL here.
    let mut least = _mm256_set1_epi8(-1);
    each_window(text, |k, window| {
        let (a, b) = (load::<0>(window), load::<32>(window));
        least = _mm256_min_epu8(least, _mm256_min_epu8(a, b));
        let (ca, cb) = (ask(&CLASSES, a), ask(&CLASSES, b));
        out.token[k] = any(ca, cb, TOKEN);
        out.alnum[k] = any(ca, cb, ALNUM);
        out.wide[k] = any(ca, cb, WIDE);
        out.dash[k] = top(_mm256_slli_epi16::<3>(ca), _mm256_slli_epi16::<3>(cb));
        out.assign[k] = top(_mm256_slli_epi16::<2>(ca), _mm256_slli_epi16::<2>(cb));
        out.mark[k] = top(ca, cb);
        out.slash[k] = same(a, b, b'/');
        out.digit[k] = top(_mm256_slli_epi16::<7>(ca), _mm256_slli_epi16::<7>(cb));
        // Bit 5 of a letter is its case.
        out.upper[k] = any(ca, cb, LETTER) & !top(_mm256_slli_epi16::<2>(a), _mm256_slli_epi16::<2>(b));
        out.stem[k] = four(&STEMS, (a, b), window);
    });
    same(least, least, 0) != 0
}

#[target_feature(enable = "avx2")]
pub(super) fn find_quads_avx2(text: &[u8], quads: &Quads, set: &Set, out: &mut Hits) {
    each_window(text, |k, window| {
        let (a, b) = (load::<0>(window), load::<32>(window));
        out.begins[k] = four(quads, (a, b), window);
        out.members[k] = any(ask(set, a), ask(set, b), 0xFF);
    });
}

#[target_feature(enable = "avx2")]
pub(super) fn ahead(column: &mut Column, blocks: usize, steps: &[u32]) {
    super::reach::halve(column, blocks.min(BLOCKS), steps);
}

#[target_feature(enable = "avx2")]
pub(super) fn reach(masks: &Masks, blocks: usize, before: Before, out: &mut Reach) {
    super::reach::read(masks, blocks, before, out);
}

#[target_feature(enable = "avx2")]
pub(super) fn occupied(column: &Column) -> [u64; BLOCKS / 64] {
    super::spots::occupied(column)
}

#[target_feature(enable = "bmi1,popcnt")]
pub(super) fn spots(column: &Column, blocks: usize, out: &mut Spots) {
    super::spots::list(column, blocks, out);
}

/// Where all four tables share a bucket.
#[inline]
#[target_feature(enable = "avx2")]
fn four(quads: &Quads, (a, b): (__m256i, __m256i), window: &Window) -> u64 {
    let [first, second, third, fourth] = &quads.sets;
    let a = _mm256_and_si256(ask(first, a), ask(second, load::<1>(window)));
    let b = _mm256_and_si256(ask(first, b), ask(second, load::<33>(window)));
    let c = _mm256_and_si256(ask(third, load::<2>(window)), ask(fourth, load::<3>(window)));
    let d = _mm256_and_si256(ask(third, load::<34>(window)), ask(fourth, load::<35>(window)));
    let (a, b) = (_mm256_and_si256(a, c), _mm256_and_si256(b, d));
    any(a, b, 0xFF)
}

/// The 32 bytes of a window from its byte `FROM` on.
#[inline]
#[target_feature(enable = "avx2")]
fn load<const FROM: usize>(window: &Window) -> __m256i {
    const { assert!(FROM + 32 <= 67, "within the window") };
    // SAFETY: the array is 67 bytes long, 32 of which stand from FROM on, and the load asks for no alignment.
    #[allow(unsafe_code, reason = "a load within an array, checked at compile time")]
    unsafe {
        _mm256_loadu_si256(window.as_ptr().add(FROM).cast())
    }
}

/// What two tables say of each byte.
#[inline]
#[target_feature(enable = "avx2")]
fn ask(set: &Set, bytes: __m256i) -> __m256i {
    let nibble = _mm256_set1_epi8(15);
    let low = _mm256_broadcastsi128_si256(load16(&set.low));
    let high = _mm256_broadcastsi128_si256(load16(&set.high));
    let upper = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), nibble);
    _mm256_and_si256(
        _mm256_shuffle_epi8(low, _mm256_and_si256(bytes, nibble)),
        _mm256_shuffle_epi8(high, upper),
    )
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
pub(super) fn classify_ssse3(text: &[u8], out: &mut Masks) -> bool {
    let mut least = _mm_set1_epi8(-1);
    each_window(text, |k, window| {
        out.clear(k);
        for i in 0..4 {
            let four = quarter(window, i);
            let bytes = four[0];
            least = _mm_min_epu8(least, bytes);
            let class = ask16(&CLASSES, bytes);
            out.token[k] |= any16(class, TOKEN) << (16 * i);
            out.alnum[k] |= any16(class, ALNUM) << (16 * i);
            out.wide[k] |= any16(class, WIDE) << (16 * i);
            out.dash[k] |= any16(class, DASH) << (16 * i);
            out.assign[k] |= any16(class, ASSIGN) << (16 * i);
            out.mark[k] |= any16(class, MARK) << (16 * i);
            out.slash[k] |= same16(bytes, b'/') << (16 * i);
            out.digit[k] |= any16(class, DIGIT) << (16 * i);
            let small = _mm_and_si128(bytes, _mm_set1_epi8(0x20));
            out.upper[k] |= (any16(class, LETTER) & same16(small, 0)) << (16 * i);
            out.stem[k] |= four16(&STEMS, four) << (16 * i);
        }
    });
    same16(least, 0) != 0
}

#[target_feature(enable = "ssse3")]
pub(super) fn find_quads_ssse3(text: &[u8], quads: &Quads, set: &Set, out: &mut Hits) {
    each_window(text, |k, window| {
        (out.begins[k], out.members[k]) = (0, 0);
        for i in 0..4 {
            let four = quarter(window, i);
            out.begins[k] |= four16(quads, four) << (16 * i);
            out.members[k] |= any16(ask16(set, four[0]), 0xFF) << (16 * i);
        }
    });
}

/// Sixteen bytes of a window, those from the next byte on, and so on.
#[inline]
#[target_feature(enable = "ssse3")]
fn quarter(window: &Window, i: usize) -> [__m128i; 4] {
    [0, 1, 2, 3].map(|more| {
        let from = 16 * i.min(3) + more;
        load16(window[from..].first_chunk().expect("a window has three bytes more than four quarters"))
    })
}

#[inline]
#[target_feature(enable = "ssse3")]
fn four16(quads: &Quads, [first, second, third, fourth]: [__m128i; 4]) -> u64 {
    let front = _mm_and_si128(ask16(&quads.sets[0], first), ask16(&quads.sets[1], second));
    let back = _mm_and_si128(ask16(&quads.sets[2], third), ask16(&quads.sets[3], fourth));
    any16(_mm_and_si128(front, back), 0xFF)
}

#[inline]
#[target_feature(enable = "ssse3")]
fn ask16(set: &Set, bytes: __m128i) -> __m128i {
    let nibble = _mm_set1_epi8(15);
    let upper = _mm_and_si128(_mm_srli_epi16::<4>(bytes), nibble);
    _mm_and_si128(
        _mm_shuffle_epi8(load16(&set.low), _mm_and_si128(bytes, nibble)),
        _mm_shuffle_epi8(load16(&set.high), upper),
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
