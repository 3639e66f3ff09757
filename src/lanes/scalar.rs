//! The plain forms, for other machines and as the truth for tests.

use super::classes::{ALNUM, ASSIGN, CLASSES, DASH, DIGIT, LETTER, MARK, STEMS, TOKEN, WIDE};
use super::{Hits, Masks, Quads, Set, each_window};

/// See [`super::classify`].
pub(super) fn classify(text: &[u8], out: &mut Masks) -> bool {
    each_window(text, |k, window| {
        out.clear(k);
        for i in 0..64 {
            let (byte, class) = (window[i], CLASSES.of(window[i]));
            let bit = |set: u8| u64::from(class & set != 0) << i;
            out.token[k] |= bit(TOKEN);
            out.alnum[k] |= bit(ALNUM);
            out.wide[k] |= bit(WIDE);
            out.dash[k] |= bit(DASH);
            out.assign[k] |= bit(ASSIGN);
            out.mark[k] |= bit(MARK);
            out.slash[k] |= u64::from(byte == b'/') << i;
            out.digit[k] |= bit(DIGIT);
            out.upper[k] |= bit(LETTER) & u64::from(byte & 0x20 == 0) << i;
            out.stem[k] |= u64::from(STEMS.of([byte, window[i + 1], window[i + 2], window[i + 3]]) != 0) << i;
        }
    });
    text.contains(&0)
}

/// See [`super::find_quads`].
pub(super) fn find_quads(text: &[u8], quads: &Quads, set: &Set, out: &mut Hits) {
    each_window(text, |k, window| {
        (out.begins[k], out.members[k]) = (0, 0);
        for i in 0..64 {
            out.begins[k] |=
                u64::from(quads.of([window[i], window[i + 1], window[i + 2], window[i + 3]]) != 0) << i;
            out.members[k] |= u64::from(set.of(window[i]) != 0) << i;
        }
    });
}
