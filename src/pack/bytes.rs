//! Big-endian numbers out of slices, without a panic.

/// Four bytes at `at`, big-endian.
pub(super) fn be32(from: &[u8], at: usize) -> Option<u32> {
    let four = from.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}

/// Eight bytes at `at`, big-endian.
pub(super) fn be64(from: &[u8], at: usize) -> Option<u64> {
    let eight = from.get(at..at.checked_add(8)?)?;
    Some(u64::from_be_bytes(eight.try_into().ok()?))
}

/// A vector of `len` zero bytes, or `None` where memory does not suffice: sizes come from files.
pub(super) fn zeroed(len: usize) -> Option<Vec<u8>> {
    let mut made = Vec::new();
    made.try_reserve_exact(len).ok()?;
    made.resize(len, 0);
    Some(made)
}
