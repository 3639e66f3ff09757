//! Every path gives what the definition says, with nothing clever.

use proptest::prelude::*;

use super::{BLOCKS, Before, Column, Gate, Hits, Masks, Quads, Reach, Set, Spots};
use super::{classify, find_quads, reach, scalar, spots};

/// The masks of a block, in the order of the fields of [`Masks`].
type Row = [u64; 10];

fn row(masks: &Masks, k: usize) -> Row {
    [
        masks.token[k],
        masks.alnum[k],
        masks.wide[k],
        masks.dash[k],
        masks.assign[k],
        masks.slash[k],
        masks.mark[k],
        masks.digit[k],
        masks.upper[k],
        masks.stem[k],
    ]
}

/// Whether each of four bytes has a low half that one of the literals has at its place, and a high half that one of them
/// has there; where a literal has ended, anything fits.
fn shares(literals: &[&[u8]], any_case: bool, four: [u8; 4]) -> bool {
    (0..4).all(|place| {
        let wanted = literals.iter().filter_map(|l| l.get(place)).flat_map(|byte| {
            let both = [byte.to_ascii_lowercase(), byte.to_ascii_uppercase()];
            if any_case { both } else { [*byte; 2] }
        });
        let wanted: Vec<u8> = wanted.collect();
        literals.iter().any(|l| l.len() <= place)
            || wanted.iter().any(|b| b & 15 == four[place] & 15)
                && wanted.iter().any(|b| b >> 4 == four[place] >> 4)
    })
}

/// Masks by the definition of each class; what stands behind the text is blank.
fn naive(text: &[u8], k: usize) -> Row {
    let at = |i: usize| text.get(k * 64 + i).copied().unwrap_or(b' ');
    let of = |set: &dyn Fn(u8) -> bool| (0..64).filter(|&i| set(at(i))).fold(0u64, |mask, i| mask | 1 << i);
    [
        of(&|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'),
        of(&|b| b.is_ascii_alphanumeric()),
        of(&|b| b.is_ascii_alphanumeric() || b"_-:=/+.~%!&{\x7f".contains(&b)),
        of(&|b| b == b'-'),
        of(&|b| b == b':' || b == b'='),
        of(&|b| b == b'/'),
        of(&|b| b"\\%[;+,<5U".contains(&b)),
        of(&|b| b.is_ascii_digit()),
        of(&|b| b.is_ascii_uppercase()),
        (0..64)
            .filter(|&i| {
                let four = [0, 1, 2, 3].map(|more| at(i + more));
                let written = [[b"IDEN", b"iden", b"sqli", b"sqlp"], [b"PDO(", b"FTP(", b"gin(", b"ect("]];
                let stems: [&[&[u8]]; 6] = [
                    &[b"pass", b"assw"],
                    &[b"pwd"],
                    &[b"secr", b"cred", b"crea"],
                    &[b"toke"],
                    &[b"key"],
                    &[b"auth"],
                ];
                written.iter().any(|bucket| shares(bucket.map(|l| &l[..]).as_slice(), false, four))
                    || stems.iter().any(|bucket| shares(bucket, true, four))
            })
            .fold(0, |mask, i| mask | 1 << i),
    ]
}

type Classify<'p> = &'p dyn Fn(&[u8], &mut Masks) -> bool;
type Find<'p> = &'p dyn Fn(&[u8], &mut Hits);

/// Literals that share no bucket, so that nothing but them is found.
static LITERALS: Quads = Quads::new(&[&[b"\\x"], &[b"ytes"], &[b"="], &[b"\x00\xff"]]);
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
        let four = [at(i), at(i + 1), at(i + 2), at(i + 3)];
        let literals: [&[u8]; 4] = [b"\\x", b"ytes", b"=", b"\x00\xff"];
        literals.iter().any(|l| four.starts_with(l))
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
    find(&|t, o| scalar::find_quads(t, &LITERALS, &DIGITS, o));
    find(&|t, o| find_quads(t, &LITERALS, &DIGITS, o));
    #[cfg(target_arch = "x86_64")]
    #[allow(unsafe_code, reason = "each path is tried where the machine has it")]
    {
        use super::{x86, x86_wide};
        if std::arch::is_x86_feature_detected!("avx512bw") {
            // SAFETY: checked for on the line above.
            run(&|t, o| unsafe { x86_wide::classify(t, o) });
            // SAFETY: checked for above.
            find(&|t, o| unsafe { x86_wide::find_quads(t, &LITERALS, &DIGITS, o) });
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: checked for on the line above.
            run(&|t, o| unsafe { x86::classify_avx2(t, o) });
            // SAFETY: checked for above.
            find(&|t, o| unsafe { x86::find_quads_avx2(t, &LITERALS, &DIGITS, o) });
        }
        if std::arch::is_x86_feature_detected!("ssse3") {
            // SAFETY: checked for on the line above.
            run(&|t, o| unsafe { x86::classify_ssse3(t, o) });
            // SAFETY: checked for above.
            find(&|t, o| unsafe { x86::find_quads_ssse3(t, &LITERALS, &DIGITS, o) });
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
        for literal in [&b"\\xA"[..], b"ytes", b"\x00\xff", b"toKeN", b"pwd", b"sECRet", b"IDENT", b"PDO("] {
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
            prop_oneof![any::<u8>(), prop::sample::select(b"PpAaSsWwDdCcRrEeKkYyTtUuNnIO(\\x=".to_vec())],
            0..400,
        ),
    ) {
        check(&text);
    }
}

/// The places of bits one by one.
fn places(column: &Column, blocks: usize) -> Vec<usize> {
    (0..blocks * 64).filter(|i| column[i / 64] >> (i % 64) & 1 == 1).collect()
}

#[test]
fn every_bit_of_full_and_of_empty_columns_is_listed() {
    for (bits, blocks) in [(0, BLOCKS), (!0, BLOCKS), (!0, 1), (1 << 63 | 1, 3), (!0, 0)] {
        let column = [bits; BLOCKS + 8];
        let mut listed = Spots::default();
        spots(&column, blocks, &mut listed);
        assert_eq!(listed.iter().collect::<Vec<_>>(), places(&column, blocks));
    }
}

proptest! {
    #[test]
    fn the_listed_places_are_those_of_the_bits(
        masks in proptest::collection::vec(prop_oneof![Just(0), any::<u64>(), (0..64u32).prop_map(|i| 1 << i)], BLOCKS),
        blocks in 0..=BLOCKS,
        keep in 1..9usize,
    ) {
        let mut column = [0; BLOCKS + 8];
        column[..BLOCKS].copy_from_slice(&masks);
        let (mut here, mut plain) = (Spots::default(), Spots::default());
        spots(&column, blocks, &mut here);
        super::spots::list(&column, blocks, &mut plain);
        let all = places(&column, blocks);
        prop_assert_eq!(here.iter().collect::<Vec<_>>(), all.clone());
        prop_assert_eq!(plain.iter().collect::<Vec<_>>(), all.clone());
        #[cfg(target_arch = "x86_64")]
        #[allow(unsafe_code, reason = "tried where the machine has it")]
        if std::arch::is_x86_feature_detected!("bmi1") && std::arch::is_x86_feature_detected!("popcnt") {
            // SAFETY: checked for on the line above.
            unsafe { super::x86::spots(&column, blocks, &mut plain) };
            prop_assert_eq!(plain.iter().collect::<Vec<_>>(), all.clone());
        }
        let mut met = Vec::new();
        super::each_place(&column, blocks, |place| met.push(place));
        prop_assert_eq!(met, all.clone());
        here.retain(|place| place % keep == 0);
        prop_assert_eq!(here.iter().collect::<Vec<_>>(), all.into_iter().filter(|p| p % keep == 0).collect::<Vec<_>>());
    }
}

proptest! {
    #[test]
    fn only_places_at_which_something_may_begin_are_left(
        text in "[abc_]{0,200}",
        size in 6..12u32,
        heads in proptest::collection::vec("[abc]{4}", 0..6),
        leads in proptest::collection::vec("[abc]{2}", 0..3),
        at in 0..9usize,
        step in 1..4usize,
    ) {
        let mut tables = [vec![0; 1 << (size - 6)], vec![0; 1 << (size - 5)], vec![0; 1024]];
        let mut set = |table: usize, bit: usize| tables[table][bit / 64] |= 1 << (bit % 64);
        let text = text.as_bytes();
        let number = |b: &[u8]| b.iter().rev().fold(0, |all, byte| all << 8 | u32::from(*byte));
        for head in &heads {
            set(0, super::slot(number(&head.as_bytes()[..3]), size));
            set(1, super::slot(number(head.as_bytes()), size + 1));
        }
        leads.iter().for_each(|lead| set(2, number(&[lead.as_bytes()[1], lead.as_bytes()[0]]) as usize));
        let has = |table: usize, bit: usize| tables[table][bit / 64] >> (bit % 64) & 1 == 1;
        let wanted: Vec<usize> = (0..text.len().saturating_sub(at))
            .step_by(step)
            .filter(|place| {
                let here = at + place;
                // What has no four bytes on both sides is not judged.
                here < 4
                    || here + 4 > text.len()
                    || has(0, super::slot(number(&text[here..here + 3]), size))
                        && has(1, super::slot(number(&text[here..here + 4]), size + 1))
                    || leads.iter().any(|lead| text[..here].ends_with(lead.as_bytes()))
            })
            .collect();
        let [three, four, pairs] = tables.clone().map(Vec::into_boxed_slice);
        let gate = Gate::new(three, four, pairs);
        for plain in [false, true] {
            // Two parts, of which one has four bytes on both sides, so that every path is gone.
            let mut found = Vec::new();
            for (from, to) in [(0, 4), (4, text.len().saturating_sub(4)), (text.len().saturating_sub(4).max(4), text.len())] {
                let mut column = [0; BLOCKS + 8];
                (0..text.len().saturating_sub(at))
                    .step_by(step)
                    .filter(|place| (from..to).contains(&(at + place)))
                    .for_each(|place| column[place / 64] |= 1 << (place % 64));
                let mut left = Spots::default();
                spots(&column, BLOCKS, &mut left);
                if plain {
                    gate.sift(text, at, &mut left);
                } else {
                    super::sift(&gate, text, at, &mut left);
                }
                found.extend(left.iter());
            }
            prop_assert_eq!(&found, &wanted);
        }
    }
}
