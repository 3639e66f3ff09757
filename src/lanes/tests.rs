//! Every path gives what the definition says, with nothing clever.

use proptest::prelude::*;

use super::{Before, Hits, Masks, Reach, Set, Triples, classify, find_triples, reach, scalar};

/// The masks of a block, in the order of the fields of [`Masks`].
type Row = [u64; 9];

fn row(masks: &Masks, k: usize) -> Row {
    [
        masks.token[k],
        masks.alnum[k],
        masks.wide[k],
        masks.dash[k],
        masks.assign[k],
        masks.slash[k],
        masks.digit[k],
        masks.upper[k],
        masks.stem[k],
    ]
}

/// Masks by the definition of each class; what stands behind the text is blank.
fn naive(text: &[u8], k: usize) -> Row {
    let at = |i: usize| text.get(k * 64 + i).copied().unwrap_or(b' ');
    let of = |set: &dyn Fn(u8) -> bool| (0..64).filter(|&i| set(at(i))).fold(0u64, |mask, i| mask | 1 << i);
    let stems = [b"pas", b"pwd", b"cre", b"key", b"ken", b"aut"];
    [
        of(&|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'),
        of(&|b| b.is_ascii_alphanumeric()),
        of(&|b| b.is_ascii_alphanumeric() || b"_-:=/+.~%!&{\x7f".contains(&b)),
        of(&|b| b == b'-'),
        of(&|b| b == b':' || b == b'='),
        of(&|b| b == b'/'),
        of(&|b| b.is_ascii_digit()),
        of(&|b| b.is_ascii_uppercase()),
        (0..64)
            .filter(|&i| stems.contains(&&[at(i), at(i + 1), at(i + 2)].map(|b| b.to_ascii_lowercase())))
            .fold(0, |mask, i| mask | 1 << i),
    ]
}

type Classify<'p> = &'p dyn Fn(&[u8], &mut Masks) -> bool;
type Find<'p> = &'p dyn Fn(&[u8], &mut Hits);

/// Literals that share no bucket, so that nothing but them is found.
static LITERALS: Triples = Triples::new(&[&[b"\\x"], &[b"yte"], &[b"="], &[b"\x00\xff"]]);
const DIGITS: Set = Set { low: [1; 16], high: [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] };

fn check(text: &[u8]) {
    let blocks = text.len().div_ceil(64);
    let truth: Vec<_> = (0..blocks).map(|k| naive(text, k)).collect();
    let run = |path: Classify<'_>| {
        let mut out = Masks::default();
        assert_eq!(path(text, &mut out), text.contains(&0));
        assert_eq!((0..blocks).map(|k| row(&out, k)).collect::<Vec<_>>(), truth);
        reaches(&out, blocks);
    };
    let at = |i: usize| text.get(i).copied().unwrap_or(b' ');
    let begins = |i: usize| {
        let three = [at(i), at(i + 1), at(i + 2)];
        let literals: [&[u8]; 4] = [b"\\x", b"yte", b"=", b"\x00\xff"];
        literals.iter().any(|l| three.starts_with(l))
    };
    let bits =
        |k: usize, f: &dyn Fn(usize) -> bool| (0..64).fold(0u64, |m, i| m | u64::from(f(k * 64 + i)) << i);
    let member = |i: usize| matches!(at(i) >> 4, 3 | 15);
    let found: Vec<_> = (0..blocks).map(|k| (bits(k, &begins), bits(k, &member))).collect();
    let find = |path: Find<'_>| {
        let mut out = Hits::default();
        path(text, &mut out);
        assert_eq!((0..blocks).map(|k| (out.begins[k], out.members[k])).collect::<Vec<_>>(), found);
    };
    run(&scalar::classify);
    run(&classify);
    find(&|t, o| scalar::find_triples(t, &LITERALS, &DIGITS, o));
    find(&|t, o| find_triples(t, &LITERALS, &DIGITS, o));
    #[cfg(target_arch = "x86_64")]
    #[allow(unsafe_code, reason = "each path is tried where the machine has it")]
    {
        use super::{x86, x86_wide};
        if std::arch::is_x86_feature_detected!("avx512bw") {
            // SAFETY: checked for on the line above.
            run(&|t, o| unsafe { x86_wide::classify(t, o) });
            // SAFETY: checked for above.
            find(&|t, o| unsafe { x86_wide::find_triples(t, &LITERALS, &DIGITS, o) });
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: checked for on the line above.
            run(&|t, o| unsafe { x86::classify_avx2(t, o) });
            // SAFETY: checked for above.
            find(&|t, o| unsafe { x86::find_triples_avx2(t, &LITERALS, &DIGITS, o) });
        }
        if std::arch::is_x86_feature_detected!("ssse3") {
            // SAFETY: checked for on the line above.
            run(&|t, o| unsafe { x86::classify_ssse3(t, o) });
            // SAFETY: checked for above.
            find(&|t, o| unsafe { x86::find_triples_ssse3(t, &LITERALS, &DIGITS, o) });
        }
    }
}

/// What is read off masks is the same however wide the instructions are; what it should be is held in the engine.
fn reaches(masks: &Masks, blocks: usize) {
    let before = Before::of(masks, 0);
    let run = |path: &dyn Fn(&mut Reach)| {
        let mut out = Reach::default();
        path(&mut out);
        out
    };
    let truth = run(&|out| super::reach::read(masks, blocks, before, out));
    assert_eq!(run(&|out| reach(masks, blocks, before, out)), truth);
    #[cfg(target_arch = "x86_64")]
    #[allow(unsafe_code, reason = "each path is tried where the machine has it")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: checked for on the line above.
        assert_eq!(run(&|out| unsafe { super::x86::reach(masks, blocks, before, out) }), truth);
    }
}

#[test]
fn every_byte_at_every_place_has_its_classes() {
    for byte in 0..=255u8 {
        check(&[byte; 64]);
        check(&[byte; 67]);
        let mut block = [b' '; 64];
        block[usize::from(byte) % 64] = byte;
        check(&block);
    }
}

#[test]
fn literals_are_found_across_blocks() {
    for shift in 0..130 {
        for literal in [&b"\\xA"[..], b"yte", b"\x00\xff", b"KeN", b"pwd"] {
            let mut text = vec![b'.'; shift];
            text.extend_from_slice(literal);
            check(&text);
            text.extend_from_slice(&[b'.'; 70]);
            check(&text);
        }
    }
}

proptest! {
    #[test]
    fn all_paths_agree_on_random_bytes(
        text in proptest::collection::vec(
            prop_oneof![any::<u8>(), prop::sample::select(b"PpAaSsWwDdCcRrEeKkYyTtUuNn\\x=".to_vec())],
            0..400,
        ),
    ) {
        check(&text);
    }
}
