//! What the characters of a value say by themselves: repeats, sequences, marks around a blank.

use super::Case;
use super::placeholder::weak;

/// A run of six or more of one character, or few different ones in a long body.
pub(super) fn repeated(case: &Case<'_>) -> bool {
    let body = case.body;
    let runs = body.chunk_by(|a, b| a == b);
    // Zero bytes encode as runs of A in base64; real keys hold them, and every key of OpenSSH has nine in its head.
    let zero = |r: &[u8]| r[0] == b'A' && body.len() >= 60 && r.len() * 4 < body.len();
    let counts = |r: &&[u8]| r.len() < 6 || !case.in_shape(r) && !zero(r);
    let longest = runs.filter(counts).map(<[u8]>::len).max().unwrap_or(0);
    let padded = body.starts_with(b"AAAA") && body.len() >= 60;
    let few =
        body.len() >= 20 && case.body_makeup.distinct < 6 || body.len() >= 8 && case.body_makeup.distinct < 4;
    let long = longest * 3 >= body.len() || longest >= 8 || body.len() <= 40;
    longest >= 6 && !padded && long || few
}

/// Each character follows the one before it, for most of the body: `1234567890`, `abcdef`, `fedcba`.
pub(super) fn sequence(case: &Case<'_>) -> bool {
    !case.stands_for_one() && counts_up(case)
}

/// The same for any key.
fn counts_up(case: &Case<'_>) -> bool {
    let body = case.body;
    if weak(case) {
        return false;
    }
    if body.len() < 8 {
        return matches!(body, b"123456" | b"1234567" | b"abcdef" | b"abc123" | b"123abc");
    }
    let follows = |a: u8, b: u8| {
        b == a.wrapping_add(1)
            || a == b'9' && matches!(b, b'0' | b'a' | b'A')
            || a == b'0' && b == b'a'
            || a == b'f' && matches!(b, b'0' | b'1')
    };
    let (mut up, mut down, mut run, mut longest) = (0, 0, 0usize, 0usize);
    for pair in body.windows(2) {
        let (a, b) = (pair[0].to_ascii_lowercase(), pair[1].to_ascii_lowercase());
        if follows(a, b) {
            up += 1;
            run += 1;
            longest = longest.max(run);
        } else {
            run = 0;
        }
        down += usize::from(follows(b, a));
    }
    let pairs = body.len() - 1;
    // Documentation of providers counts in small groups, `abcd1234efgh5678`: of a provider's own shape that is a key.
    if !case.generic && longest <= 3 && case.body_makeup.distinct >= 12 {
        return false;
    }
    up * 10 >= pairs * 6 || down * 10 >= pairs * 6 || longest >= 9 && longest * 3 >= pairs
}

/// The same few characters over and over: `abcd1234abcd1234`, `deadbeefdeadbeef`.
pub(super) fn periodic(case: &Case<'_>) -> bool {
    !case.stands_for_one() && repeats_itself(case.body)
}

/// The same for any text.
fn repeats_itself(body: &[u8]) -> bool {
    (1..=16).filter(|p| body.len() >= 2 * p && body.len() >= 12).any(|p| {
        let same = body.iter().zip(&body[p..]).filter(|(a, b)| a == b).count();
        same * 20 >= (body.len() - p) * 19
    })
}

/// Words that hexadecimal digits can spell, and rows of keyboards.
pub(super) fn spelled(case: &Case<'_>) -> bool {
    #[rustfmt::skip]
    const SPELLED: &[&[u8]] = &[
        b"deadbeef", b"cafebabe", b"feedface", b"qwertyuiop", b"asdfghjkl", b"a1b2c3d4e5", b"1a2b3c4d5e",
        b"0123456789", b"1234567890", b"abcdefgh", b"1q2w3e4r",
    ];
    if case.rich || case.stands_for_one() {
        return false;
    }
    if case.generic && contains_no_case(case.body, b"abcd1234") {
        return true;
    }
    SPELLED.iter().any(|s| contains_no_case(case.body, s))
}

/// Whether a body counts or repeats itself: a person made it up.
pub(in crate::engine) fn made_by_hand(case: &Case<'_>) -> bool {
    counts_up(case) || repeats_itself(case.body)
}

/// An ellipsis, or `xxxx` and its kin where the rest should stand.
pub(super) fn ellipsis(case: &Case<'_>) -> bool {
    let text = case.key;
    let here =
        |at: usize| [&b"..."[..], "…".as_bytes(), b"***"].iter().any(|dots| text[at..].starts_with(dots));
    let dots =
        memchr::memchr3_iter(b'.', b'*', "…".as_bytes()[0], text).any(here) || case.around.after(3) == b"...";
    let crossed = contains_no_case(text, b"xxxx") && (!case.rich || contains_no_case(text, b"xxxxxx"));
    dots || crossed
}

/// Marks around a blank that a template or a reader shall fill: `<key>`, `{key}`, `[key]`, `%KEY%`, `__KEY__`, `${KEY}`.
///
/// Marks do not make a blank of a rich key: people paste one over `YOUR_KEY` and leave `<` and `>`, and mail addresses stand
/// in them.
pub(super) fn blank(case: &Case<'_>) -> bool {
    if case.rich || case.marked() || !case.generic && case.looks_random() {
        return false;
    }
    let text = if case.generic { case.key } else { case.value_nearby() };
    let text = text.trim_ascii();
    let wrapped = matches!(
        (text.first(), text.last()),
        (Some(b'<'), Some(b'>'))
            | (Some(b'{'), Some(b'}'))
            | (Some(b'['), Some(b']'))
            | (Some(b'%'), Some(b'%'))
            | (Some(b'@'), Some(b'@'))
    ) && text.len() > 2;
    let underlined = text.len() > 4 && text.starts_with(b"__") && text.ends_with(b"__");
    let before = case.around.before(2);
    let opened = matches!(before, [b'$' | b'{' | b'#', b'{'] | [b'<', b'%'] | [b'$', b'('])
        || before.ends_with(b"<") && case.around.after(1) == b">";
    // `#1#<salt>#<verifier>`: more than one.
    let named = |part: &&[u8]| {
        let end = part.iter().position(|b| *b == b'>').unwrap_or(0);
        end >= 3 && part[..end].iter().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'-' | b' '))
    };
    let several = || case.generic && text.split(|b| *b == b'<').skip(1).filter(named).count() >= 2;
    wrapped || underlined || opened || ends_in_blank(text) || template(text) || several()
}

/// A beginning and a blank: `prefix_<key>`, `Bearer-<your token>`.
fn ends_in_blank(text: &[u8]) -> bool {
    let Some(inner) = text.strip_suffix(b">") else { return false };
    let Some(open) = inner.iter().position(|b| *b == b'<') else { return false };
    let (head, name) = (&inner[..open], &inner[open + 1..]);
    name.len() >= 3
        && name.iter().all(|b| b.is_ascii_alphabetic() || b"_- ".contains(b))
        && head.iter().all(|b| b.is_ascii_alphanumeric() || b"_-.:".contains(b))
}

/// A template's marks anywhere inside.
pub(super) fn template(text: &[u8]) -> bool {
    const MARKS: &[&[u8]] =
        &[b"${", b"{{", b"<%", b"#{", b"$(", b"%(", b"{%", b"<?", b"$[", b"@{", b"%{", b"&lt;", b"<<"];
    const OPENS: [bool; 256] = {
        let mut table = [false; 256];
        let mut mark = 0;
        while mark < MARKS.len() {
            table[MARKS[mark][0] as usize] = true;
            mark += 1;
        }
        table
    };
    let mut opens = text.iter().enumerate().filter(|(_, byte)| OPENS[usize::from(**byte)]);
    opens.any(|(at, _)| MARKS.iter().any(|mark| text[at..].starts_with(mark)))
}

/// Whether `text` contains `part`, without regard to case.
pub(super) fn contains_no_case(text: &[u8], part: &[u8]) -> bool {
    let Some((first, rest)) = part.split_first() else { return true };
    let goes_on = |at: usize| {
        text.get(at + 1..)
            .and_then(|behind| behind.get(..rest.len()))
            .is_some_and(|t| t.eq_ignore_ascii_case(rest))
    };
    memchr::memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), text).any(goes_on)
}

#[cfg(test)]
mod tests {
    use super::{contains_no_case, template};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn texts_hold_what_a_plain_search_finds(text in "[aAbB${<%&lt;x]{0,40}", part in "[abx]{1,4}") {
            let (text, part) = (text.as_bytes(), part.as_bytes());
            let plain = text.windows(part.len()).any(|w| w.eq_ignore_ascii_case(part));
            prop_assert_eq!(contains_no_case(text, part), plain);
            let marks = [&b"${"[..], b"{{", b"<%", b"{%", b"%{", b"&lt;", b"<<"];
            let plain = marks.iter().any(|m| text.windows(m.len()).any(|w| w == *m));
            prop_assert_eq!(template(text), plain);
        }
    }
}
