//! The classes of bytes as tables by nibble, and the plain way of reading a text with them.
//!
//! A byte's classes are what the table of its low nibble and that of its high nibble both say (Langdale and Lemire's
//! way): [`super::simd`] asks the tables for 16 or 32 bytes at once and must give what [`scalar`] gives.

use super::masks::Masks;

/// Class bits of a byte by its low nibble; a byte's classes are `LOW[b & 15] & HIGH[b >> 4]`.
pub(super) const LOW: [u8; 16] = [
    DIGIT | TOP,              // 0: 0 P p
    DIGIT | MID | TOP | PATH, // 1: !
    DIGIT | MID | TOP,        // 2
    DIGIT | MID | TOP,        // 3
    DIGIT | MID | TOP,        // 4
    DIGIT | MID | TOP | PATH, // 5: %
    DIGIT | MID | TOP | PATH, // 6: &
    DIGIT | MID | TOP,        // 7
    DIGIT | MID | TOP,        // 8
    DIGIT | MID | TOP,        // 9
    MID | TOP | ASSIGN,       // a: J Z :
    MID | PATH,               // b: K +
    MID,                      // c
    MID | DASH | ASSIGN,      // d: M - =
    MID | PATH,               // e: N . ~
    MID | UNDER | PATH,       // f: O _ /
];
/// Class bits of a byte by its high nibble.
pub(super) const HIGH: [u8; 16] =
    [0, 0, DASH | PATH, DIGIT | ASSIGN, MID, TOP | UNDER, MID, TOP | PATH, 0, 0, 0, 0, 0, 0, 0, 0];

/// `0`–`9`.
pub(super) const DIGIT: u8 = 1;
/// `A`–`O`, `a`–`o`.
pub(super) const MID: u8 = 2;
/// `P`–`Z`, `p`–`z`.
pub(super) const TOP: u8 = 4;
/// `_`.
pub(super) const UNDER: u8 = 8;
/// `-`.
pub(super) const DASH: u8 = 16;
/// `:` and `=`.
pub(super) const ASSIGN: u8 = 32;
/// `/`, `+`, `.`, `~`, `%`, `!`, `&`; also `{` and DEL, since tables know nibbles only.
pub(super) const PATH: u8 = 64;

pub(super) const LETTER: u8 = MID | TOP;
pub(super) const ALNUM: u8 = DIGIT | LETTER;
pub(super) const TOKEN: u8 = ALNUM | UNDER | DASH;
pub(super) const WIDE: u8 = TOKEN | ASSIGN | PATH;

/// The pairs of letters in any case by which words for secrets are found (pass, key and token, secret and
/// credential, pwd, auth), as bits: `FIRST` of a byte and `SECOND` of the next share one.
pub(super) const SS: u8 = 1;
pub(super) const KE: u8 = 2;
pub(super) const CR: u8 = 4;
pub(super) const WD: u8 = 8;
pub(super) const AU: u8 = 16;
pub(super) const FIRST_LOW: [u8; 16] = [0, AU, 0, SS | CR, 0, 0, 0, WD, 0, 0, 0, KE, 0, 0, 0, 0];
pub(super) const FIRST_HIGH: [u8; 16] = letters(KE | CR | AU, SS | WD);
pub(super) const SECOND_LOW: [u8; 16] = [0, 0, CR, SS, WD, KE | AU, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
pub(super) const SECOND_HIGH: [u8; 16] = letters(KE | WD, SS | CR | AU);

/// A table by high nibble for letters up to `o` and for those behind, in either case.
pub(super) const fn letters(upto_o: u8, behind: u8) -> [u8; 16] {
    let mut table = [0; 16];
    (table[4], table[6], table[5], table[7]) = (upto_o, upto_o, behind, behind);
    table
}

/// What two tables say of a byte.
pub(super) const fn look_up(low: &[u8; 16], high: &[u8; 16], byte: u8) -> u8 {
    low[(byte & 15) as usize] & high[(byte >> 4) as usize]
}

/// The first byte of the block behind block `i`.
pub(super) fn next(blocks: &[[u8; 64]], i: usize, after: u8) -> u8 {
    blocks.get(i + 1).map_or(after, |block| block[0])
}

/// The plain form, for other machines and as the truth for tests.
pub(super) fn scalar(blocks: &[[u8; 64]], after: u8, out: &mut Vec<Masks>) -> bool {
    for (k, block) in blocks.iter().enumerate() {
        let mut masks = Masks::default();
        for (i, &byte) in block.iter().enumerate() {
            let class = look_up(&LOW, &HIGH, byte);
            let bit = |set: u8| u64::from(class & set != 0) << i;
            masks.token |= bit(TOKEN);
            masks.alnum |= bit(ALNUM);
            masks.wide |= bit(WIDE);
            masks.dash |= bit(DASH);
            masks.assign |= bit(ASSIGN);
            masks.slash |= u64::from(byte == b'/') << i;
            masks.digit |= bit(DIGIT);
            masks.upper |= bit(LETTER) & u64::from(byte & 0x20 == 0) << i;
            let follows = block.get(i + 1).copied().unwrap_or(next(blocks, k, after));
            let pair = look_up(&FIRST_LOW, &FIRST_HIGH, byte) & look_up(&SECOND_LOW, &SECOND_HIGH, follows);
            masks.stem |= u64::from(pair != 0) << i;
        }
        out.push(masks);
    }
    blocks.iter().any(|block| block.contains(&0))
}
