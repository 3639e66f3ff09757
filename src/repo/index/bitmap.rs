//! Compressed bitmaps (EWAH), by which a split index says what it takes from its other half.

use super::parse::be32;

/// More positions than an index can have entries are damage.
const LIMIT: u64 = 1 << 28;

/// A set of positions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Bitmap {
    /// Sorted.
    positions: Vec<u32>,
}

impl Bitmap {
    /// Parses one bitmap; gives back what follows it.
    pub(super) fn parse(data: &[u8]) -> Option<(Bitmap, &[u8])> {
        let bits = u64::from(be32(data, 0)?);
        let words = be32(data, 4)? as usize;
        let end = words.checked_mul(8)?.checked_add(8)?;
        let body = data.get(8..end)?;
        // The place of the last run word, which only writers need.
        let rest = data.get(end.checked_add(4)?..)?;
        if bits > LIMIT {
            return None;
        }
        let mut positions = Vec::new();
        let mut position = 0_u64;
        let mut words = body.chunks_exact(8).map(|w| u64::from_be_bytes(w.try_into().unwrap_or_default()));
        while let Some(run) = words.next() {
            let filled = (run >> 1 & 0xffff_ffff).checked_mul(64)?;
            let literals = run >> 33;
            if run & 1 == 1 {
                let end = position.checked_add(filled)?.min(bits);
                positions.extend(position as u32..end as u32);
            }
            position = position.checked_add(filled)?;
            if position > LIMIT + 64 {
                return None;
            }
            for _ in 0..literals {
                let word = words.next()?;
                let set = (0..64).filter(|bit| word >> bit & 1 == 1).map(|bit| position + bit);
                positions.extend(set.filter(|&p| p < bits).map(|p| p as u32));
                position += 64;
            }
        }
        Some((Bitmap { positions }, rest))
    }

    /// The positions, sorted.
    pub(super) fn positions(&self) -> &[u32] {
        &self.positions
    }
}

#[cfg(test)]
mod tests {
    use super::Bitmap;

    fn encode(bits: u32, words: &[u64]) -> Vec<u8> {
        let mut data = bits.to_be_bytes().to_vec();
        data.extend((words.len() as u32).to_be_bytes());
        data.extend(words.iter().flat_map(|w| w.to_be_bytes()));
        data.extend([0; 4]);
        data
    }

    #[test]
    fn runs_and_literals_give_positions() {
        // Two words of ones, then one literal word.
        let run = 1 | 2 << 1 | 1 << 33;
        let mut data = encode(192, &[run, 0b101]);
        data.push(7);
        let (map, rest) = Bitmap::parse(&data).expect("this is well-formed");
        let expected: Vec<u32> = (0..128).chain([128, 130]).collect();
        assert_eq!(map.positions(), expected);
        assert_eq!(rest, [7]);
    }

    #[test]
    fn lies_are_refused_and_cost_nothing() {
        assert!(Bitmap::parse(&encode(u32::MAX, &[1 | 0xffff_ffff << 1])).is_none());
        assert!(Bitmap::parse(&encode(10, &[0xffff_ffff << 1])).is_none());
        assert!(Bitmap::parse(&encode(64, &[5 << 33])).is_none());
        assert!(Bitmap::parse(&[0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff]).is_none());
        let (map, _) = Bitmap::parse(&encode(3, &[1 | 1 << 1])).expect("bits beyond the end do not count");
        assert_eq!(map.positions(), [0, 1, 2]);
    }
}
