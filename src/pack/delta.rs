//! Delta instructions: copy ranges of the base, insert literals.

use crate::model::Copied;

use super::Damage;

/// What a delta says of itself before its instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DeltaHeader {
    /// Size its base must have.
    pub(super) base_size: u64,
    /// Size of what it makes. As the file says: not to be trusted before it is checked against a limit.
    pub(super) size: u64,
    /// Where the instructions start.
    pub(super) len: usize,
}

/// One instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Instruction<'d> {
    /// Copy this many bytes from this place of the base.
    Copy {
        /// Where in the base.
        from: u64,
        /// How many bytes; never 0.
        len: u64,
    },
    /// Insert these bytes.
    Insert(&'d [u8]),
}

impl Instruction<'_> {
    /// How many bytes it makes.
    pub(super) fn len(&self) -> u64 {
        match self {
            Instruction::Copy { len, .. } => *len,
            Instruction::Insert(literal) => literal.len() as u64,
        }
    }
}

/// Reads the two sizes at the start of a delta.
pub(super) fn header(delta: &[u8]) -> Result<DeltaHeader, Damage> {
    let mut at = 0;
    let base_size = size(delta, &mut at)?;
    let size = size(delta, &mut at)?;
    Ok(DeltaHeader { base_size, size, len: at })
}

fn size(delta: &[u8], at: &mut usize) -> Result<u64, Damage> {
    let (mut value, mut shift) = (0u64, 0u32);
    loop {
        let byte = *delta.get(*at).ok_or(Damage::new("delta is cut off"))?;
        *at += 1;
        let part = u64::from(byte & 0x7f);
        if shift >= 64 || (part << shift) >> shift != part {
            return Err(Damage::new("size in delta overflows"));
        }
        value |= part << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
        shift += 7;
    }
}

/// The instruction at `at`, which moves behind it; `None` at the end.
#[inline]
pub(super) fn next<'d>(delta: &'d [u8], at: &mut usize) -> Result<Option<Instruction<'d>>, Damage> {
    const SHORT: Damage = Damage::new("delta is cut off");
    let Some(&op) = delta.get(*at) else { return Ok(None) };
    *at += 1;
    if op & 0x80 == 0 {
        if op == 0 {
            return Err(Damage::new("reserved instruction in delta"));
        }
        let literal = delta.get(*at..*at + usize::from(op)).ok_or(SHORT)?;
        *at += usize::from(op);
        return Ok(Some(Instruction::Insert(literal)));
    }
    let (mut from, mut len) = (0u64, 0u64);
    for bit in 0..4 {
        if op & (1 << bit) != 0 {
            from |= u64::from(*delta.get(*at).ok_or(SHORT)?) << (8 * bit);
            *at += 1;
        }
    }
    for bit in 0..3 {
        if op & (0x10 << bit) != 0 {
            len |= u64::from(*delta.get(*at).ok_or(SHORT)?) << (8 * bit);
            *at += 1;
        }
    }
    if len == 0 {
        len = 0x1_0000;
    }
    Ok(Some(Instruction::Copy { from, len }))
}

/// Makes the object: `out` has exactly the size that the delta's header states, which the caller has checked against
/// its limit. Fails unless the base has the stated size and the instructions fill `out` exactly.
pub(super) fn apply(base: &[u8], delta: &[u8], out: &mut [u8]) -> Result<(), Damage> {
    let header = header(delta)?;
    if header.base_size != base.len() as u64 {
        return Err(Damage::new("delta does not fit its base"));
    }
    debug_assert_eq!(header.size, out.len() as u64, "the caller sized the output by the header");
    let (mut at, mut filled) = (header.len, 0usize);
    while let Some(instruction) = next(delta, &mut at)? {
        let part = match instruction {
            Instruction::Copy { from, len } => usize::try_from(from)
                .ok()
                .and_then(|from| base.get(from..from.checked_add(len as usize)?))
                .ok_or(Damage::new("delta copies from beyond its base"))?,
            Instruction::Insert(literal) => literal,
        };
        let into =
            out.get_mut(filled..filled + part.len()).ok_or(Damage::new("delta makes more than it states"))?;
        into.copy_from_slice(part);
        filled += part.len();
    }
    if filled != out.len() {
        return Err(Damage::new("delta makes less than it states"));
    }
    Ok(())
}

/// Lists what a delta that could be applied copies, in order; runs that lie side by side in both become one, and those
/// shorter than `least` are left out.
pub(super) fn copies(delta: &[u8], least: usize, out: &mut Vec<Copied>) -> Result<(), Damage> {
    out.clear();
    let (mut at, mut to) = (header(delta)?.len, 0usize);
    let mut last = Copied { from: 0, to: 0, len: 0 };
    while let Some(instruction) = next(delta, &mut at)? {
        let len = instruction.len() as usize;
        if let Instruction::Copy { from, .. } = instruction {
            let from = from as usize;
            if last.to + last.len == to && last.from + last.len == from {
                last.len += len;
            } else {
                out.extend(Some(last).filter(|run| run.len >= least));
                last = Copied { from, to, len };
            }
        }
        to += len;
    }
    out.extend(Some(last).filter(|run| run.len >= least));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{apply, copies, header};
    use proptest::prelude::*;

    #[test]
    fn copies_and_inserts() {
        let delta = [5, 6, 0x91, 1, 3, 3, b'x', b'y', b'z'];
        let mut out = [0; 6];
        apply(b"abcde", &delta, &mut out).unwrap();
        assert_eq!(&out, b"bcdxyz");
        assert!(apply(b"abcd", &delta, &mut out).is_err(), "other base");
        assert!(apply(b"abcde", &delta[..6], &mut out).is_err(), "cut off");
        assert!(apply(b"abcde", &[5, 6, 0x91, 4, 3, 3, 1, 2, 3], &mut out).is_err(), "beyond the base");
        assert!(apply(b"abcde", &[5, 6, 0x91, 1, 3], &mut out).is_err(), "too little");
        assert!(apply(b"abcde", &[5, 6, 0], &mut out).is_err(), "reserved");
    }

    #[test]
    fn what_is_copied_is_told_in_whole_runs() {
        // 2 bytes from 0, 3 from 2, a literal, 2 from 4, 1 from 0.
        let delta = [6, 9, 0x90, 2, 0x91, 2, 3, 1, b'x', 0x91, 4, 2, 0x90, 1];
        let mut out = [0; 9];
        apply(b"abcdef", &delta, &mut out).unwrap();
        assert_eq!(&out, b"abcdexefa");
        let mut runs = Vec::new();
        copies(&delta, 2, &mut runs).unwrap();
        let runs: Vec<_> = runs.iter().map(|r| (r.from, r.to, r.len)).collect();
        assert_eq!(runs, [(0, 0, 5), (4, 6, 2)]);
    }

    proptest! {
        #[test]
        fn never_panics(base in proptest::collection::vec(any::<u8>(), 0..40),
                        delta in proptest::collection::vec(any::<u8>(), 0..60)) {
            if let Ok(h) = header(&delta)
                && h.size < 1 << 20
            {
                let mut out = vec![0; h.size as usize];
                let mut runs = Vec::new();
                if apply(&base, &delta, &mut out).is_ok() && copies(&delta, 1, &mut runs).is_ok() {
                    for run in runs {
                        prop_assert_eq!(&base[run.from..run.from + run.len], &out[run.to..run.to + run.len]);
                    }
                }
            }
        }
    }
}
