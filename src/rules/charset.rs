//! Sets of bytes, by name.

/// A set of byte values as 256 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Charset(pub [u64; 4]);

impl Charset {
    /// No byte.
    pub const NONE: Charset = Charset([0; 4]);

    /// Whether a byte belongs to the set.
    #[inline]
    pub const fn has(&self, byte: u8) -> bool {
        self.0[(byte >> 6) as usize] >> (byte & 63) & 1 == 1
    }

    /// The set and one byte more.
    #[must_use]
    pub const fn with(mut self, byte: u8) -> Charset {
        self.0[(byte >> 6) as usize] |= 1 << (byte & 63);
        self
    }

    /// The set and all bytes from `first` to `last`, both included.
    #[must_use]
    pub const fn with_range(mut self, first: u8, last: u8) -> Charset {
        let mut byte = first;
        loop {
            self = self.with(byte);
            if byte >= last {
                return self;
            }
            byte += 1;
        }
    }

    /// What is in either.
    #[must_use]
    pub const fn union(self, other: Charset) -> Charset {
        Charset([
            self.0[0] | other.0[0],
            self.0[1] | other.0[1],
            self.0[2] | other.0[2],
            self.0[3] | other.0[3],
        ])
    }

    /// How many bytes are in it.
    pub const fn len(&self) -> u32 {
        self.0[0].count_ones() + self.0[1].count_ones() + self.0[2].count_ones() + self.0[3].count_ones()
    }

    /// Whether it is empty.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
