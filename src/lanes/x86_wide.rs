//! AVX-512: 64 bytes in a register, and tests that give masks. Helpers carry the features too, or else they would be
//! called for every register.

#[allow(clippy::wildcard_imports, reason = "intrinsics have names of their own")]
use std::arch::x86_64::*;

use super::classes::{ALNUM, ASSIGN, CLASSES, DASH, DIGIT, LETTER, MARK, STEMS, TOKEN, WIDE};
use super::{BLOCKS, Before, Column, Hits, Masks, Quads, Reach, Set, Spots, Window, each_window};

#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn classify(text: &[u8], out: &mut Masks) -> bool {
    let classes = tables(&CLASSES);
    let stems = all(&STEMS);
    let mut nuls = 0;
    each_window(text, |k, window| {
        let bytes = load::<0>(window);
        let class = ask(classes, bytes);
        nuls |= _mm512_testn_epi8_mask(bytes, bytes);
        out.token[k] = any(class, TOKEN);
        out.alnum[k] = any(class, ALNUM);
        out.wide[k] = any(class, WIDE);
        out.dash[k] = any(class, DASH);
        out.assign[k] = any(class, ASSIGN);
        out.mark[k] = any(class, MARK);
        out.slash[k] = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(b'/' as i8));
        out.digit[k] = any(class, DIGIT);
        // Bit 5 of a letter is its case.
        out.upper[k] = any(class, LETTER) & _mm512_testn_epi8_mask(bytes, _mm512_set1_epi8(0x20));
        out.stem[k] = four(&stems, bytes, window);
    });
    nuls != 0
}

#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn find_quads(text: &[u8], quads: &Quads, set: &Set, out: &mut Hits) {
    let set = tables(set);
    let quads = all(quads);
    each_window(text, |k, window| {
        let bytes = load::<0>(window);
        let members = ask(set, bytes);
        out.begins[k] = four(&quads, bytes, window);
        out.members[k] = _mm512_test_epi8_mask(members, members);
    });
}

// VBMI2 shifts two words as one, which is most of what follows.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2")]
pub(super) fn ahead(column: &mut Column, blocks: usize, steps: &[u32]) {
    super::reach::halve(column, blocks.min(BLOCKS), steps);
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2")]
pub(super) fn reach(masks: &Masks, blocks: usize, before: Before, out: &mut Reach) {
    super::reach::read(masks, blocks, before, out);
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,popcnt")]
pub(super) fn spots(column: &Column, blocks: usize, out: &mut Spots) {
    let mut places = load32(&HALF);
    let mut len = 0;
    for &bits in &column[..blocks.min(BLOCKS)] {
        for half in [bits as u32, (bits >> 32) as u32] {
            let room = out.spots[len..].first_chunk_mut().expect("half a block more than all places");
            store32(room, _mm512_maskz_compress_epi16(half, places));
            places = _mm512_add_epi16(places, _mm512_set1_epi16(32));
            len += half.count_ones() as usize;
        }
    }
    out.len = len;
}

#[target_feature(enable = "avx512f,avx512bw")]
pub(super) fn occupied(column: &Column) -> [u64; BLOCKS / 64] {
    let mut occupied = [0; BLOCKS / 64];
    let (eights, _) = column.as_chunks::<8>();
    let mut at = 0;
    while at < BLOCKS / 8 {
        let blocks = load8(&eights[at]);
        occupied[at / 8] |= u64::from(_mm512_test_epi64_mask(blocks, blocks)) << (at % 8 * 8);
        at += 1;
    }
    occupied
}

/// The places in half a block.
static HALF: [u16; 32] = {
    let mut places = [0; 32];
    let mut i = 0;
    while i < places.len() {
        places[i] = i as u16;
        i += 1;
    }
    places
};

/// 32 numbers in a register.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn load32(numbers: &[u16; 32]) -> __m512i {
    // SAFETY: the array is 64 bytes long, and the load asks for no alignment.
    #[allow(unsafe_code, reason = "a load of 64 bytes from an array of 64 bytes")]
    unsafe {
        _mm512_loadu_si512(numbers.as_ptr().cast())
    }
}

/// 8 masks in a register.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn load8(masks: &[u64; 8]) -> __m512i {
    // SAFETY: the array is 64 bytes long, and the load asks for no alignment.
    #[allow(unsafe_code, reason = "a load of 64 bytes from an array of 64 bytes")]
    unsafe {
        _mm512_loadu_si512(masks.as_ptr().cast())
    }
}

/// 32 numbers out of a register.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn store32(numbers: &mut [u16; 32], register: __m512i) {
    // SAFETY: the array is 64 bytes long, and the store asks for no alignment.
    #[allow(unsafe_code, reason = "a store of 64 bytes to an array of 64 bytes")]
    unsafe {
        _mm512_storeu_si512(numbers.as_mut_ptr().cast(), register);
    }
}

/// A set's tables for each of four bytes.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn all(quads: &Quads) -> [(__m512i, __m512i); 4] {
    let [a, b, c, d] = &quads.sets;
    [tables(a), tables(b), tables(c), tables(d)]
}

/// Where all four tables share a bucket.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn four(sets: &[(__m512i, __m512i); 4], bytes: __m512i, window: &Window) -> u64 {
    let front = _mm512_and_si512(ask(sets[0], bytes), ask(sets[1], load::<1>(window)));
    let third = ask(sets[2], load::<2>(window));
    _mm512_test_epi8_mask(_mm512_and_si512(front, third), ask(sets[3], load::<3>(window)))
}

/// A set's two tables, in each quarter of a register.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn tables(set: &Set) -> (__m512i, __m512i) {
    (_mm512_broadcast_i32x4(load16(&set.low)), _mm512_broadcast_i32x4(load16(&set.high)))
}

/// What two tables say of each byte.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn ask((low, high): (__m512i, __m512i), bytes: __m512i) -> __m512i {
    let nibble = _mm512_set1_epi8(15);
    let upper = _mm512_and_si512(_mm512_srli_epi16::<4>(bytes), nibble);
    _mm512_and_si512(
        _mm512_shuffle_epi8(low, _mm512_and_si512(bytes, nibble)),
        _mm512_shuffle_epi8(high, upper),
    )
}

/// Which of 64 bytes have one of these bits.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn any(class: __m512i, set: u8) -> u64 {
    _mm512_test_epi8_mask(class, _mm512_set1_epi8(set as i8))
}

/// The 64 bytes of a window from its byte `FROM` on.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn load<const FROM: usize>(window: &Window) -> __m512i {
    const { assert!(FROM <= 3, "a window has three bytes more than a block") };
    // SAFETY: the array is 67 bytes long, FROM is at most 3, and the load asks for no alignment.
    #[allow(unsafe_code, reason = "a load of 64 bytes from an array of 67 bytes")]
    unsafe {
        _mm512_loadu_si512(window.as_ptr().add(FROM).cast())
    }
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
