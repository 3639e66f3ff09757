//! AVX-512 once more: sixteen places of a text and of a table at once.

#[allow(clippy::wildcard_imports, reason = "intrinsics have names of their own")]
use std::arch::x86_64::*;

use super::Spots;
use super::gate::{Bits, FACTOR, Gate};

/// Leaves the spots at which something may begin, sixteen at a time and at most fifteen more. Each must have four bytes of
/// the text on both sides.
///
/// # Panics
/// If one has not.
#[target_feature(enable = "avx2,avx512f,avx512bw")]
pub(super) fn sift(gate: &Gate, text: &[u8], at: usize, spots: &mut Spots) {
    let (Some(first), Some(last)) = (spots.iter().next(), spots.iter().next_back()) else { return };
    assert!(at + first >= 4 && at + last + 4 <= text.len(), "four bytes on both sides");
    let from = &text[at + first - 4..];
    // Few are left for the larger table.
    turn::<false>(gate, from, first, spots);
    turn::<true>(gate, from, first, spots);
}

/// Leaves the spots at which something may begin, by three bytes or, if `FOUR`, by four: `text` begins four bytes in front of
/// the first one, which was `first`.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512bw")]
fn turn<const FOUR: bool>(gate: &Gate, text: &[u8], first: usize, spots: &mut Spots) {
    let (mut kept, mut seen) = (0, 0);
    while seen < spots.len {
        let sixteen: &[u16; 16] =
            spots.spots[seen..].first_chunk().expect("half a block more than all places");
        let places = load16(sixteen);
        let live = !(!0u32 << (spots.len - seen).min(16)) as u16;
        // Those behind the last are taken for the first.
        let rests = _mm512_maskz_sub_epi32(live, places, _mm512_set1_epi32(first as i32));
        let left = ask::<FOUR>(gate, text, rests, live);
        let store: &mut [u16; 16] = spots.spots[kept..].first_chunk_mut().expect("as above");
        store16(store, _mm512_maskz_compress_epi32(left, places));
        kept += left.count_ones() as usize;
        seen += 16;
    }
    spots.len = kept;
}

/// At which of these places behind the beginning of a text, that is four bytes in front of the first, something may begin.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512bw")]
fn ask<const FOUR: bool>(gate: &Gate, text: &[u8], places: __m512i, live: u16) -> u16 {
    let low = eights(text, _mm512_castsi512_si256(places));
    let high = eights(text, _mm512_extracti64x4_epi64::<1>(places));
    let order = |first: i32| {
        let step = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
        _mm512_add_epi32(step, _mm512_set1_epi32(first))
    };
    // The four bytes in front of each place, and those from it on.
    let front = _mm512_permutex2var_epi32(low, order(0), high);
    let behind = _mm512_permutex2var_epi32(low, order(1), high);

    let three = _mm512_and_si512(behind, _mm512_set1_epi32(0x00FF_FFFF));
    let mut heads = bits(&gate.three, slots(&gate.three, three), live);
    if FOUR {
        heads = bits(&gate.four, slots(&gate.four, behind), heads);
    }

    let near = _mm512_srli_epi32::<24>(front);
    let far = _mm512_and_si512(_mm512_srli_epi32::<8>(front), _mm512_set1_epi32(0xFF00));
    heads | bits(&gate.leads, _mm512_or_si512(near, far), live)
}

/// The numbers of the bits of some bytes: see [`super::slot()`].
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512bw")]
fn slots(table: &Bits, bytes: __m512i) -> __m512i {
    let product = _mm512_mullo_epi32(bytes, _mm512_set1_epi32(FACTOR as i32));
    _mm512_srl_epi32(product, _mm_cvtsi32_si128(32 - table.size as i32))
}

/// For which of these lanes the bits with these numbers are set.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512bw")]
fn bits(table: &Bits, numbers: __m512i, lanes: u16) -> u16 {
    let words = _mm512_srli_epi32::<5>(numbers);
    let last = _mm512_set1_epi32((table.words.len() * 2 - 1) as i32);
    let words = _mm512_min_epu32(words, last);
    // SAFETY: x86 has the lower half of each word first, so the table is twice as many words of 32 bits, and no number is
    // larger than that of the last.
    #[allow(unsafe_code, reason = "the line above sees to it that all are inside")]
    let found = unsafe {
        _mm512_mask_i32gather_epi32::<4>(_mm512_setzero_si512(), lanes, words, table.words.as_ptr().cast())
    };
    let bit = _mm512_sllv_epi32(_mm512_set1_epi32(1), _mm512_and_si512(numbers, _mm512_set1_epi32(31)));
    _mm512_mask_test_epi32_mask(lanes, found, bit)
}

/// Eight bytes of the text from each place on.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512bw")]
fn eights(text: &[u8], places: __m256i) -> __m512i {
    let last = _mm256_set1_epi32((text.len() - 8).min(i32::MAX as usize) as i32);
    let places = _mm256_min_epu32(places, last);
    // SAFETY: no place is further behind than that of the last eight bytes, and the load asks for no alignment.
    #[allow(unsafe_code, reason = "the line above sees to it that all are inside")]
    unsafe {
        _mm512_i32gather_epi64::<1>(places, text.as_ptr().cast())
    }
}

/// Sixteen numbers in a register.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512bw")]
fn load16(numbers: &[u16; 16]) -> __m512i {
    // SAFETY: the array is 32 bytes long, and the load asks for no alignment.
    #[allow(unsafe_code, reason = "a load of 32 bytes from an array of 32 bytes")]
    let narrow = unsafe { _mm256_loadu_si256(numbers.as_ptr().cast()) };
    _mm512_cvtepu16_epi32(narrow)
}

/// Sixteen numbers out of a register.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512bw")]
fn store16(numbers: &mut [u16; 16], register: __m512i) {
    let narrow = _mm512_cvtepi32_epi16(register);
    // SAFETY: the array is 32 bytes long, and the store asks for no alignment.
    #[allow(unsafe_code, reason = "a store of 32 bytes to an array of 32 bytes")]
    unsafe {
        _mm256_storeu_si256(numbers.as_mut_ptr().cast(), narrow);
    }
}
