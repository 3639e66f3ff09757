//! How much may be judged where values lie in each other.

use super::value::Value;

/// Values that lie in each other, as in `key=key=key=…`: so that the work stays in proportion to the text, no more
/// names are looked at where several times as much value as text has been judged.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    from: usize,
    until: usize,
    judged: usize,
}

impl Crowd {
    /// How much value may be judged for each byte of text that values cover, and how much in any case.
    const TIMES: usize = 6;
    const ANYWAY: usize = 1024;

    /// Whether enough was judged where a name begins.
    pub(super) fn is_full(&self, name: usize) -> bool {
        name < self.until && self.judged > Crowd::TIMES * (self.until - self.from) + Crowd::ANYWAY
    }

    /// Counts a value that is going to be judged.
    pub(super) fn add(&mut self, value: &Value) {
        if value.start >= self.until {
            *self = Crowd { from: value.start, until: value.end, judged: 0 };
        }
        self.until = self.until.max(value.end);
        self.judged += value.end - value.start;
    }
}

#[cfg(test)]
mod tests {
    use super::{Crowd, Value};

    /// How much value is judged of a text in which every `step` bytes a name begins whose value reaches `reach` bytes.
    fn judged(length: usize, step: usize, reach: usize) -> usize {
        let mut crowd = Crowd::default();
        let mut all = 0;
        for start in (0..length).step_by(step).filter(|s| s + 4 < length) {
            if !crowd.is_full(start) {
                let value = Value { start: start + 4, end: length.min(start + 4 + reach), quoted: false };
                crowd.add(&value);
                all += value.end - value.start;
            }
        }
        all
    }

    #[test]
    fn work_stays_in_proportion_to_the_text() {
        for reach in [16, 200, 4096] {
            let text = 200_000;
            assert!(judged(text, 4, reach) < 12 * text, "{reach}");
        }
        // What does not lie in each other is all judged, and so are a few that do.
        assert_eq!(judged(100_000, 200, 150), 500 * 150);
        assert!(judged(300, 20, 4096) > 2000);
    }
}
