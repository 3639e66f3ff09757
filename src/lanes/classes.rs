//! The classes of bytes as tables by nibble.
//!
//! A byte is in the sets that both the table of its low nibble and that of its high nibble name (Langdale and Lemire's
//! way), which CPUs can ask for many bytes at once.

use super::quads::Quads;

/// How many blocks of 64 bytes are classified at once. Their masks, what is read off them and the text stay in the
/// first-level cache while all stages read them.
pub const BLOCKS: usize = 128;

/// One mask for each block and one more, since what a run is follows from the bytes behind it. A multiple of eight.
pub type Column = [u64; BLOCKS + 8];

/// The classes of the bytes of some blocks: bit i of a mask is byte i of its block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masks {
    /// `A`–`Z`, `a`–`z`, `0`–`9`, `_`, `-`.
    pub token: Column,
    /// `A`–`Z`, `a`–`z`, `0`–`9`.
    pub alnum: Column,
    /// Token bytes and `.` `/` `+` `~` `%` `!` `&` `=` `:` (and, for the tables' sake, `{` and DEL).
    pub wide: Column,
    /// `-`.
    pub dash: Column,
    /// `:` and `=`.
    pub assign: Column,
    /// `/`.
    pub slash: Column,
    /// What may end the mark of an escape: `\`, `%`, `[`, `;` (and, for the tables' sake, `+`, `,`, `<`, `5`, `U`).
    pub mark: Column,
    /// `0`–`9`.
    pub digit: Column,
    /// `A`–`Z`.
    pub upper: Column,
    /// The first of the letters by which words for secrets are found: `STEMS`.
    pub stem: Column,
}

impl Default for Masks {
    fn default() -> Masks {
        let none = [0; BLOCKS + 8];
        Masks {
            token: none,
            alnum: none,
            wide: none,
            dash: none,
            assign: none,
            slash: none,
            mark: none,
            digit: none,
            upper: none,
            stem: none,
        }
    }
}

impl Masks {
    /// Empties the masks of a block.
    pub(super) fn clear(&mut self, block: usize) {
        self.token[block] = 0;
        self.alnum[block] = 0;
        self.wide[block] = 0;
        self.dash[block] = 0;
        self.assign[block] = 0;
        self.slash[block] = 0;
        self.mark[block] = 0;
        self.digit[block] = 0;
        self.upper[block] = 0;
        self.stem[block] = 0;
    }
}

/// Up to eight sets of bytes: bit i of what both nibbles' tables say is set i.
#[derive(Debug, Clone, Copy)]
pub struct Set {
    /// By low nibble.
    pub low: [u8; 16],
    /// By high nibble.
    pub high: [u8; 16],
}

impl Set {
    /// No byte in any set.
    pub(super) const NONE: Set = Set { low: [0; 16], high: [0; 16] };

    /// Puts a byte into these sets. With several bytes, a set holds all bytes made of one's low and one's high nibble.
    pub(super) const fn add(&mut self, byte: u8, sets: u8) {
        self.low[(byte & 15) as usize] |= sets;
        self.high[(byte >> 4) as usize] |= sets;
    }

    /// The sets that a byte is in.
    #[inline]
    pub const fn of(&self, byte: u8) -> u8 {
        self.low[(byte & 15) as usize] & self.high[(byte >> 4) as usize]
    }
}

/// The classes of [`Masks`].
pub(super) const CLASSES: Set = Set {
    low: [
        DIGIT | TOP,                     // 0: 0 P p
        DIGIT | MID | TOP | PATH,        // 1: !
        DIGIT | MID | TOP,               // 2
        DIGIT | MID | TOP,               // 3
        DIGIT | MID | TOP,               // 4
        DIGIT | MID | TOP | PATH | MARK, // 5: %
        DIGIT | MID | TOP | PATH,        // 6: &
        DIGIT | MID | TOP,               // 7
        DIGIT | MID | TOP,               // 8
        DIGIT | MID | TOP,               // 9
        MID | TOP | ASSIGN,              // a: J Z :
        MID | PATH | MARK,               // b: K + [ ;
        MID | MARK,                      // c: L \\
        MID | DASH | ASSIGN,             // d: M - =
        MID | PATH,                      // e: N . ~
        MID | UNDER | PATH,              // f: O _ /
    ],
    high: [
        0,
        0,
        DASH | PATH | MARK,
        DIGIT | ASSIGN | MARK,
        MID,
        TOP | UNDER | MARK,
        MID,
        TOP | PATH,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
    ],
};

/// `0`–`9`.
pub(super) const DIGIT: u8 = 1;
/// `A`–`O`, `a`–`o`.
const MID: u8 = 2;
/// `P`–`Z`, `p`–`z`.
const TOP: u8 = 4;
/// `_`.
const UNDER: u8 = 8;
/// `-`.
pub(super) const DASH: u8 = 16;
/// `:` and `=`.
pub(super) const ASSIGN: u8 = 32;
/// `/`, `+`, `.`, `~`, `%`, `!`, `&`; also `{` and DEL, since tables know nibbles only.
const PATH: u8 = 64;

/// `\\`, `%`, `[`, `;` and others; see [`Masks::mark`].
pub(super) const MARK: u8 = 128;

pub(super) const LETTER: u8 = MID | TOP;
pub(super) const ALNUM: u8 = DIGIT | LETTER;
pub(super) const TOKEN: u8 = ALNUM | UNDER | DASH;
pub(super) const WIDE: u8 = TOKEN | ASSIGN | PATH;

/// Letters in any case by which words for secrets are found: pass, pwd, secret, credential, token, key, auth; `assword`, as
/// scripts wait for it; and create, for SQL. As they are written: `identified`, `mysqli(`, `sqlplus`, and the ends of calls
/// that sign in: `login(`, `begin(`, `connect(`. Those share a bucket that together find the least else in source code.
pub(super) static STEMS: Quads = Quads::any_case(
    &[&[b"pass", b"assw"], &[b"pwd"], &[b"secr", b"cred", b"crea"], &[b"toke"], &[b"key"], &[b"auth"]],
    &[&[b"IDEN", b"iden", b"sqli", b"sqlp"], &[b"PDO(", b"FTP(", b"gin(", b"ect("]],
);
