//! "Did you mean": the nearest of the words that would have been right.

/// The known word that is at most two edits (a quarter of its length) away, if any; the nearest, then the first.
pub fn suggest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word: Vec<char> = word.chars().take(64).collect();
    let most = 2.max(word.len() / 4).min(word.len().max(2) / 2);
    let letters = Letters::of(word.iter().copied());
    let mut other = Vec::new();
    let mut best: Option<(usize, &str)> = None;
    for k in known {
        other.clear();
        other.extend(k.chars().take(64));
        // Most words are told apart by their letters, which takes much less time.
        if word.len().abs_diff(other.len()) > most
            || letters.apart(&Letters::of(other.iter().copied())) > most
        {
            continue;
        }
        let distance = distance(&word, &other);
        if distance <= most && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, k));
        }
    }
    best.map(|(_, k)| k)
}

/// How often each letter stands in a word; different letters may share a place.
struct Letters([u8; 32]);

impl Letters {
    fn of(word: impl Iterator<Item = char>) -> Letters {
        let mut counts = [0; 32];
        word.for_each(|c| counts[c as usize % 32] += 1);
        Letters(counts)
    }

    /// At least so many edits lie between two words: one takes a letter away, adds one, or does both.
    fn apart(&self, other: &Letters) -> usize {
        let pairs = || self.0.iter().zip(&other.0);
        let less: usize = pairs().map(|(a, b)| usize::from(a.saturating_sub(*b))).sum();
        let more: usize = pairs().map(|(a, b)| usize::from(b.saturating_sub(*a))).sum();
        less.max(more)
    }
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
