//! A number with its noun.

/// A number with its noun, which is given for one: `1 finding`, `2 findings`, `0 entries`.
pub fn count(n: impl TryInto<u64>, noun: &str) -> String {
    let n = n.try_into().unwrap_or(u64::MAX);
    match (n, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        // A vowel in front of the y keeps it: keys, days.
        (_, Some(stem)) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{n} {stem}ies"),
        _ => format!("{n} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn nouns_agree_with_their_numbers() {
        assert_eq!(count(0_u64, "file"), "0 files");
        assert_eq!(count(1_usize, "more key"), "1 more key");
        assert_eq!(count(2_u32, "more key"), "2 more keys");
        assert_eq!(
            (count(1_u64, "entry").as_str(), count(3_u64, "entry").as_str()),
            ("1 entry", "3 entries")
        );
    }
}
