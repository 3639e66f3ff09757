//! Sets of bytes, asked 64 bytes at a time: the one place where each byte of a scanned content is looked at.
//!
//! [`classify`] gives the engine the classes of all bytes as bit masks; [`find_quads`] finds the beginnings of short
//! literals and the members of a set; [`reach()`] and [`spots()`] read off those masks where something may begin. The tables are asked by the instructions of AVX-512, AVX2, SSSE3 or NEON, chosen
//! when the program runs; all paths give what the plain one gives, and tests hold that. Knows bytes and nothing else.
//!
//! The only room with unsafe code: calls into functions that need CPU features that were checked for, and loads from
//! arrays whose length is in their type.

#[cfg(target_arch = "aarch64")]
mod arm;
mod classes;
mod gate;
mod quads;
mod reach;
mod scalar;
mod simd;
mod spots;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod x86;
#[cfg(target_arch = "x86_64")]
mod x86_gather;
#[cfg(target_arch = "x86_64")]
mod x86_wide;

pub use classes::{BLOCKS, Column, Masks, Set};
pub use gate::{Gate, slot};
pub use quads::{Hits, Quads};
pub use reach::{Before, FAR, LONG, Reach};
pub use simd::{ahead, classify, each_place, find_quads, reach, sift, spots};
pub use spots::Spots;

use spots::each_bit;

/// A block of 64 bytes and the three behind it, which have a say in its last bits.
type Window = [u8; 67];

/// Calls `f` with each block of a text and its number; where the text ends, with blanks behind it. How many there were.
#[inline(always)]
#[allow(clippy::inline_always, reason = "the callers' CPU features must reach the loop")]
fn each_window(text: &[u8], mut f: impl FnMut(usize, &Window)) -> usize {
    let mut rest = text;
    let mut count = 0;
    while let Some(window) = rest.first_chunk::<67>() {
        f(count, window);
        rest = &rest[64..];
        count += 1;
    }
    while !rest.is_empty() {
        let mut last = [b' '; 67];
        last[..rest.len()].copy_from_slice(rest);
        f(count, &last);
        rest = rest.get(64..).unwrap_or_default();
        count += 1;
    }
    count
}
