//! NEON: 16 bytes in a register.

#[allow(clippy::wildcard_imports, reason = "intrinsics have names of their own")]
use std::arch::aarch64::*;

use super::classes::{ALNUM, ASSIGN, CLASSES, DASH, DIGIT, LETTER, MARK, STEMS, TOKEN, WIDE};
use super::{Hits, Masks, Quads, Set, Window, each_window};

#[target_feature(enable = "neon")]
pub(super) fn classify(text: &[u8], out: &mut Masks) -> bool {
    let mut least = vdupq_n_u8(255);
    each_window(text, |k, window| {
        out.clear(k);
        for i in 0..4 {
            let four = quarter(window, i);
            let bytes = four[0];
            least = vminq_u8(least, bytes);
            let class = ask(&CLASSES, bytes);
            out.token[k] |= any(class, TOKEN) << (16 * i);
            out.alnum[k] |= any(class, ALNUM) << (16 * i);
            out.wide[k] |= any(class, WIDE) << (16 * i);
            out.dash[k] |= any(class, DASH) << (16 * i);
            out.assign[k] |= any(class, ASSIGN) << (16 * i);
            out.mark[k] |= any(class, MARK) << (16 * i);
            out.slash[k] |= any(vceqq_u8(bytes, vdupq_n_u8(b'/')), 255) << (16 * i);
            out.digit[k] |= any(class, DIGIT) << (16 * i);
            out.upper[k] |= (any(class, LETTER) & !any(bytes, 0x20)) << (16 * i);
            out.stem[k] |= self::four(&STEMS, four) << (16 * i);
        }
    });
    vminvq_u8(least) == 0
}

#[target_feature(enable = "neon")]
pub(super) fn find_quads(text: &[u8], quads: &Quads, set: &Set, out: &mut Hits) {
    each_window(text, |k, window| {
        (out.begins[k], out.members[k]) = (0, 0);
        for i in 0..4 {
            let four = quarter(window, i);
            out.begins[k] |= self::four(quads, four) << (16 * i);
            out.members[k] |= any(ask(set, four[0]), 255) << (16 * i);
        }
    });
}

/// Sixteen bytes of a window, those from the next byte on, and so on.
#[inline]
#[target_feature(enable = "neon")]
fn quarter(window: &Window, i: usize) -> [uint8x16_t; 4] {
    [0, 1, 2, 3].map(|more| {
        let from = 16 * i.min(3) + more;
        load(window[from..].first_chunk().expect("a window has three bytes more than four quarters"))
    })
}

#[inline]
#[target_feature(enable = "neon")]
fn four(quads: &Quads, [first, second, third, fourth]: [uint8x16_t; 4]) -> u64 {
    let front = vandq_u8(ask(&quads.sets[0], first), ask(&quads.sets[1], second));
    let back = vandq_u8(ask(&quads.sets[2], third), ask(&quads.sets[3], fourth));
    any(vandq_u8(front, back), 255)
}

#[inline]
#[target_feature(enable = "neon")]
fn ask(set: &Set, bytes: uint8x16_t) -> uint8x16_t {
    let by_low = vqtbl1q_u8(load(&set.low), vandq_u8(bytes, vdupq_n_u8(15)));
    vandq_u8(by_low, vqtbl1q_u8(load(&set.high), vshrq_n_u8::<4>(bytes)))
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
