//! Keeping keys out of what is said about configurations and marks.

/// Replaces long mixtures of letters and digits: no reason or pattern needs one to be understood, and it may be a key.
pub fn hide_keys(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_-+/=.".contains(c);
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let end = rest[start..].find(|c| !is_part(c)).map_or(rest.len(), |n| start + n);
        let word = &rest[start..end];
        let key_like = word.len() >= 16
            && word.bytes().filter(u8::is_ascii_digit).count() >= 2
            && word.bytes().filter(u8::is_ascii_alphabetic).count() >= 4;
        shown.push_str(&rest[..start]);
        shown.push_str(if key_like { "…" } else { word });
        rest = &rest[end..];
    }
    shown + rest
}
