//! Archives as they should be, as they should not be, and as nobody could have made them.

use std::io::Read;

use proptest::prelude::*;

use super::{Budget, Bytes, HEAD, Kind, Limits, Member, Trouble, Visitor, open, open_stream};
use crate::model::Stop;

#[path = "../../tests/cli/packing.rs"]
#[allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "shared with the black-box tests")]
mod packing;

use packing::{STORED, Tar, Zip, bzip2, gzip, xz, zstd};

/// Remembers what it is given, and goes into what is nested.
struct Seen<'b> {
    budget: &'b Budget,
    depth: u8,
    members: Vec<(String, Vec<u8>)>,
    troubles: Vec<Trouble>,
    bytes: u64,
}

impl Visitor for Seen<'_> {
    fn member(&mut self, member: &Member<'_>, content: &mut dyn Read) {
        let mut bytes = Vec::new();
        let read = (&mut *content).take(1 << 20).read_to_end(&mut bytes);
        self.bytes += bytes.len() as u64;
        if let Err(e) =
            read.and_then(|_| std::io::copy(content, &mut std::io::sink()).map(|n| self.bytes += n))
            && !self.budget.is_over()
        {
            self.troubles.push(Trouble::Damaged(e.to_string()));
        }
        if let Some(kind) = Kind::of(&bytes[..bytes.len().min(HEAD)])
            && self.depth < self.budget.depth()
        {
            self.depth += 1;
            let opened = if kind.streams() {
                open_stream(kind, &mut &bytes[..], self.budget, self)
            } else {
                open(kind, &Bytes(&bytes), self.budget, self)
            };
            self.troubles.extend(opened.err().map(|e| Trouble::Damaged(e.to_string())));
            self.depth -= 1;
        } else {
            self.members.push((String::from_utf8_lossy(member.name).into_owned(), bytes));
        }
    }

    fn note(&mut self, _: &Member<'_>, _: &[u8]) {}

    fn trouble(&mut self, _: &Member<'_>, trouble: Trouble) {
        self.troubles.push(trouble);
    }
}

/// Members, troubles, bytes that came out, and whether a limit was reached.
type Looked = (Vec<(String, Vec<u8>)>, Vec<Trouble>, u64, bool);

fn look(bytes: &[u8], limits: Limits) -> Looked {
    let budget = Budget::new(limits, bytes.len() as u64, &Stop::new());
    let mut seen = Seen { budget: &budget, depth: 1, members: Vec::new(), troubles: Vec::new(), bytes: 0 };
    if let Some(kind) = Kind::of_whole(bytes) {
        let opened = open(kind, &Bytes(bytes), &budget, &mut seen);
        seen.troubles.extend(opened.err().map(|e| Trouble::Damaged(e.to_string())));
    }
    (seen.members, seen.troubles, seen.bytes, budget.is_over())
}

fn whole() -> Vec<(&'static str, Vec<u8>)> {
    let tar = Tar::new().add("one", "first\n").add("two", "second\n").finish();
    let zip = Zip::new().add("one", "first\n").put("two", "second\n", STORED).finish();
    vec![
        ("gzip", gzip(&tar)),
        ("bzip2", bzip2(&tar)),
        ("xz", xz(&tar)),
        ("zstd", zstd(&tar)),
        ("nested", Zip::new().add("zip", &zip).finish()),
        ("twice", gzip(&gzip(&zip))),
        ("tar", tar),
        ("zip", zip),
    ]
}

#[test]
fn members_come_out_as_they_went_in() {
    for (name, bytes) in whole() {
        let (members, troubles, ..) = look(&bytes, Limits::default());
        let expected = [("one".to_owned(), b"first\n".to_vec()), ("two".to_owned(), b"second\n".to_vec())];
        assert_eq!((members.as_slice(), troubles.as_slice()), (&expected[..], &[][..]), "{name}");
    }
}

#[test]
fn text_is_no_archive() {
    for text in [&b""[..], b"P", b"PK", b"BZh91 text", b"#!/bin/sh\nexit", b"(a)", b"{\"a\": 1}", b"\x1f\x8b"]
    {
        assert_eq!(Kind::of_whole(text), None, "{text:?}");
        assert_eq!(Kind::of_whole(&text.repeat(600)), None, "{text:?}");
    }
    assert_eq!(Kind::of(&[0; 1024]), None);
    assert_eq!(Kind::of(&b"0000000\0".repeat(200)), None);
}

#[test]
fn what_grows_a_hundredfold_is_a_bomb_unless_it_is_little() {
    let bomb = gzip(&gzip(&vec![0; 65 << 20]));
    let (_, _, bytes, over) = look(&bomb, Limits::default());
    assert!(over && bytes <= (65 << 20), "{bytes}");
    let (_, troubles, _, over) = look(&bomb, Limits { size: 1 << 30, asked: true, ..Limits::default() });
    assert!(!over && troubles.is_empty(), "whoever asks for it gets it");
    let (_, troubles, _, over) = look(&gzip(&vec![0; 60 << 20]), Limits::default());
    assert!(!over && troubles.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Nothing panics, nothing comes out beyond the limits, whatever is changed or cut.
    #[test]
    fn damage_does_no_harm(
        which in 0_usize..8,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
        limit in 0_u64..4096,
    ) {
        let mut bytes = whole().swap_remove(which).1;
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let limits = Limits { size: limit, asked: true, members: 20, depth: 4 };
        let (members, ..) = look(&bytes, limits);
        prop_assert!(members.len() <= 64);
        look(&bytes, Limits { depth: 6, ..Limits::default() });
    }

    #[test]
    fn anything_behind_a_magic_number_does_no_harm(
        which in 0_usize..6,
        body in prop::collection::vec(any::<u8>(), 0..700),
    ) {
        let magic: &[u8] = [&b"PK\x03\x04"[..], b"\x1f\x8b\x08\0", b"BZh91AY&SY", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"PK\x05\x06"][which];
        look(&[magic, &body].concat(), Limits::default());
        look(&[&body, magic, &[0; 18]].concat(), Limits::default());
    }
}

/// An input that counts what is read of it.
struct Counted<'a>(&'a [u8], std::cell::Cell<usize>);

impl super::ReadAt for Counted<'_> {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> std::io::Result<usize> {
        let n = Bytes(self.0).read_at(at, into)?;
        self.1.set(self.1.get() + n);
        Ok(n)
    }
}

/// What looks like the beginning of something, again and again, must not be read to the end each time.
#[test]
fn work_stays_in_proportion_to_the_archive() {
    let described = b"PK\x03\x04\x14\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0ax";
    for (kind, head, part) in [
        (Kind::Pdf, &b"%PDF-1.7\n"[..], &b"stream\n"[..]),
        (Kind::Pdf, b"%PDF-1.7\n", b">>stream\nendstream"),
        (Kind::Pdf, b"%PDF-1.7\n", b"1 0 obj<</Image>>stream\nendstream"),
        (Kind::Zip, described, b"PK\x03\x04"),
        (Kind::Zip, described, b"PK\x07\x08"),
        (Kind::Zip, described, &described[..]),
    ] {
        let content = [head, &part.repeat(1_000_000 / part.len())].concat();
        let input = Counted(&content, std::cell::Cell::new(0));
        let budget = Budget::new(Limits::default(), content.len() as u64, &Stop::new());
        let mut seen =
            Seen { budget: &budget, depth: 9, members: Vec::new(), troubles: Vec::new(), bytes: 0 };
        let _ = open(kind, &input, &budget, &mut seen);
        let part = String::from_utf8_lossy(part);
        let times = input.1.get() / content.len();
        assert!(times < 40, "{kind:?} {part:?}: read {times} times over");
    }
}
