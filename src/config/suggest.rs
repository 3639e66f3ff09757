//! "Did you mean": the nearest of the words that would have been right.

/// The known word that is at most two edits (a third of its length) away, if any; the nearest, then the first.
pub fn suggest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word: Vec<char> = word.chars().take(64).collect();
    known
        .into_iter()
        .filter_map(|k| {
            let distance = distance(&word, &k.chars().take(64).collect::<Vec<_>>());
            (distance <= 2.max(word.len() / 4) && distance * 2 <= word.len().max(2)).then_some((distance, k))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, k)| k)
}

/// Insertions, deletions, replacements and swaps of neighbours between two words.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut best = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::suggest;

    #[test]
    fn near_words_are_suggested_and_far_ones_are_not() {
        let known = ["allow", "exclude", "severity"];
        assert_eq!(suggest("alow", known), Some("allow"));
        assert_eq!(suggest("severtiy", known), Some("severity"));
        assert_eq!(suggest("exlcude", known), Some("exclude"));
        assert_eq!(suggest("baseline", known), None);
        assert_eq!(suggest("x", known), None);
        assert_eq!(suggest("", known), None);
    }
}
