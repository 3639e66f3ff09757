//! Sets of bytes, by name. `build.rs` uses this file too.

/// A set of byte values as 256 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Charset(pub [u64; 4]);

impl Charset {
    /// No byte.
    pub const NONE: Charset = Charset([0; 4]);

    /// Letters, digits and the underscore: what identifiers are made of.
    pub const WORD: Charset = ALNUM.with(b'_');

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

    /// The set and one byte less.
    #[must_use]
    pub const fn without(mut self, byte: u8) -> Charset {
        self.0[(byte >> 6) as usize] &= !(1 << (byte & 63));
        self
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

    /// Whether a byte is in both.
    pub const fn meets(&self, other: &Charset) -> bool {
        (self.0[0] & other.0[0])
            | (self.0[1] & other.0[1])
            | (self.0[2] & other.0[2])
            | (self.0[3] & other.0[3])
            != 0
    }

    /// Its bytes, in ascending order.
    pub fn bytes(&self) -> impl Iterator<Item = u8> + use<> {
        let set = *self;
        (0..=u8::MAX).filter(move |&b| set.has(b))
    }

    /// From the way rule files write it: a name, or a name and more characters after a bar (`alnum|-_.`), or only the
    /// characters (`|-_`). The error says what is wrong and which name is close.
    pub fn parse(text: &str) -> Result<Charset, String> {
        let (name, extra) = text.split_once('|').unwrap_or((text, ""));
        let mut set = match NAMED.iter().find(|(known, _)| *known == name) {
            Some((_, set)) => *set,
            None if name.is_empty() && !extra.is_empty() => Charset::NONE,
            None => return Err(unknown_name(name)),
        };
        for byte in extra.bytes() {
            if !byte.is_ascii_graphic() && byte != b' ' {
                return Err(format!("`{}` is not a visible ASCII character", byte.escape_ascii()));
            }
            set = set.with(byte);
        }
        Ok(set)
    }
}

fn unknown_name(name: &str) -> String {
    let known: Vec<_> = NAMED.iter().map(|(known, _)| *known).collect();
    format!("no set of characters is called `{}`; there are {}", name.escape_default(), known.join(", "))
}

/// Every named set, as rule files spell it.
pub(crate) const NAMED: &[(&str, Charset)] = &[
    ("digits", DIGITS),
    ("lower", LOWER),
    ("upper", UPPER),
    ("alpha", ALPHA),
    ("alnum", ALNUM),
    ("base62", ALNUM),
    ("alnum-lower", DIGITS.union(LOWER)),
    ("alnum-upper", DIGITS.union(UPPER)),
    ("hex", DIGITS.with_range(b'a', b'f').with_range(b'A', b'F')),
    ("hex-lower", DIGITS.with_range(b'a', b'f')),
    ("hex-upper", DIGITS.with_range(b'A', b'F')),
    ("base64", ALNUM.with(b'+').with(b'/')),
    ("base64url", ALNUM.with(b'-').with(b'_')),
    ("base64any", ALNUM.with(b'+').with(b'/').with(b'-').with(b'_')),
    ("base32-upper", UPPER.with_range(b'2', b'7')),
    ("base32-lower", LOWER.with_range(b'2', b'7')),
    ("base58", ALNUM.without(b'0').without(b'O').without(b'I').without(b'l')),
    ("bech32-lower", bech32(DIGITS.union(LOWER))),
    ("bech32-upper", bech32(DIGITS.union(UPPER))),
    ("word", Charset::WORD),
    ("graph", VISIBLE.without(b'"').without(b'\'').without(b'`').without(b'\\').without(b'<').without(b'>')),
    ("any", VISIBLE),
];

/// How rule files write a set: its name, or the largest named set in it and the characters beyond that.
pub(crate) fn name(set: Charset) -> String {
    let inside = NAMED.iter().filter(|(_, named)| named.union(set) == set);
    let (name, named) = inside.max_by_key(|(_, named)| named.len()).copied().unwrap_or(("", Charset::NONE));
    let more: String = set.bytes().filter(|&byte| !named.has(byte)).map(char::from).collect();
    let more: String = more
        .chars()
        .flat_map(|c| (matches!(c, '\\' | '{' | '}')).then_some('\\').into_iter().chain([c]))
        .collect();
    if more.is_empty() { name.to_string() } else { format!("{name}|{more}") }
}

const DIGITS: Charset = Charset::NONE.with_range(b'0', b'9');
const LOWER: Charset = Charset::NONE.with_range(b'a', b'z');
const UPPER: Charset = Charset::NONE.with_range(b'A', b'Z');
const ALPHA: Charset = LOWER.union(UPPER);
const ALNUM: Charset = ALPHA.union(DIGITS);
const VISIBLE: Charset = Charset::NONE.with_range(b'!', b'~');

/// Bech32's alphabet leaves out `1`, `b`, `i` and `o`.
const fn bech32(all: Charset) -> Charset {
    all.without(b'1').without(b'b').without(b'i').without(b'o').without(b'B').without(b'I').without(b'O')
}

#[cfg(test)]
mod tests {
    use super::{Charset, NAMED};

    #[test]
    fn named_sets_have_their_sizes() {
        let size = |name| Charset::parse(name).map(|set| set.len());
        for (name, len) in [
            ("digits", 10),
            ("base62", 62),
            ("hex", 22),
            ("hex-lower", 16),
            ("base64", 64),
            ("base64any", 66),
            ("base32-upper", 32),
            ("base58", 58),
            ("bech32-lower", 32),
            ("bech32-upper", 32),
            ("word", 63),
            ("graph", 88),
            ("any", 94),
        ] {
            assert_eq!(size(name), Ok(len), "{name}");
        }
        assert_eq!(size("alnum|-_."), Ok(65));
        assert_eq!(size("|-_"), Ok(2));
        assert!(Charset::parse("base63").is_err_and(|e| e.contains("base62")));
        assert!(NAMED.iter().all(|(_, set)| set.bytes().all(|b| b.is_ascii_graphic())));
    }
}
