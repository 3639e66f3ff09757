//! The plain forms, for other machines and as the truth for tests.

use super::classes::{ALNUM, ASSIGN, CLASSES, DASH, DIGIT, LETTER, STEMS, TOKEN, WIDE};
use super::{Hits, Masks, Set, Triples, each_window};

/// See [`super::classify`].
pub(super) fn classify(text: &[u8], out: &mut Vec<Masks>) -> bool {
    each_window(text, |window| {
        let mut masks = Masks::default();
        for i in 0..64 {
            let (byte, class) = (window[i], CLASSES.of(window[i]));
            let bit = |set: u8| u64::from(class & set != 0) << i;
            masks.token |= bit(TOKEN);
            masks.alnum |= bit(ALNUM);
            masks.wide |= bit(WIDE);
            masks.dash |= bit(DASH);
            masks.assign |= bit(ASSIGN);
            masks.slash |= u64::from(byte == b'/') << i;
            masks.digit |= bit(DIGIT);
            masks.upper |= bit(LETTER) & u64::from(byte & 0x20 == 0) << i;
            masks.stem |= u64::from(STEMS.of([byte, window[i + 1], window[i + 2]]) != 0) << i;
        }
        out.push(masks);
    });
    text.contains(&0)
}

/// See [`super::find_triples`].
pub(super) fn find_triples(text: &[u8], triples: &Triples, set: &Set, out: &mut Vec<Hits>) {
    each_window(text, |window| {
        let mut hits = Hits::default();
        for i in 0..64 {
            hits.begins |= u64::from(triples.of([window[i], window[i + 1], window[i + 2]]) != 0) << i;
            hits.members |= u64::from(set.of(window[i]) != 0) << i;
        }
        out.push(hits);
    });
}
