//! Long runs that may be keys although no name says so.

use crate::engine::judge::random::{Makeup, score};
use crate::engine::masks::PART;

/// How many runs are remembered.
const SLOTS: usize = 2048;

/// How many bytes of a run are looked at.
const LOOKED_AT: usize = 64;

/// Serial numbers behind words are at least so long, in bytes.
const SERIAL: usize = 24;

/// What was said of runs before: text repeats its names, and its versions repeat all of them.
#[derive(Debug, Default)]
pub(in crate::engine) struct Chances {
    /// None until the first run.
    slots: Vec<Slot>,
}

/// A run that was looked at, of which nothing but its own bytes was looked at.
#[derive(Debug, Clone)]
struct Slot {
    run: [u8; LOOKED_AT],
    length: u8,
    random: bool,
}

impl Chances {
    /// Whether a long run that holds a digit or letters of both cases may be a key without any name: random, or at least
    /// not a word. Cheap, and mostly says no.
    pub(super) fn may_be_random(&mut self, bytes: &[u8], start: usize, end: usize) -> bool {
        // A call, bare or not, is code; digests are data.
        bytes.get(end) != Some(&b'(')
            && self.reads_random(&bytes[start..end.min(start + LOOKED_AT)])
            && !is_digest(bytes, start)
    }

    /// [`reads_random`], looked up.
    fn reads_random(&mut self, run: &[u8]) -> bool {
        let (Some(first), Some(last)) = (run.first_chunk::<8>(), run.last_chunk::<8>()) else {
            return reads_random(run);
        };
        if self.slots.is_empty() {
            self.slots.resize(SLOTS, Slot { run: [0; LOOKED_AT], length: 0, random: false });
        }
        let mixed = u64::from_le_bytes(*first) ^ u64::from_le_bytes(*last).rotate_left(29) ^ run.len() as u64;
        let slot = mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 53;
        let slot = &mut self.slots[slot as usize % SLOTS];
        if usize::from(slot.length) != run.len() || &slot.run[..run.len()] != run {
            slot.run[..run.len()].copy_from_slice(run);
            slot.length = run.len() as u8;
            slot.random = reads_random(run);
        }
        slot.random
    }
}

/// Whether a run has a part that reads as random, or many parts that do together.
fn reads_random(run: &[u8]) -> bool {
    // `v0.0.0-20200706080929-d51e80ef957d`: a version that Go made up from a commit.
    if let [b'0', b'-', date @ .., b'-', _, _, _, _, _, _, _, _, _, _, _, _] = run
        && date.len() == 14
        && date.iter().all(u8::is_ascii_digit)
    {
        return false;
    }
    let odd = |part: &[u8]| {
        let makeup = Makeup::of(part);
        makeup.distinct >= 6 && score(part, &makeup) >= 1
    };
    // Identifiers are made of short parts (`IEEE80211_TX_RC_MCS`). A key may have its provider's name glued in front
    // (`provider-secret-VALUE`), and a few parts by chance; groups of a serial number have digits in nearly all.
    let (mut parts, mut with_digits, mut random) = (0, 0, 0);
    for part in run.split(|b| matches!(b, b'_' | b'-')) {
        if part.len() >= PART && odd(part) {
            random += part.len();
        }
        parts += usize::from(!part.is_empty());
        with_digits += usize::from(part.iter().any(u8::is_ascii_digit));
    }
    // One odd part among many is an abbreviation: `C20_PHY_CR1_RAWLANEAON1_DIG_RX_DCC_CTRL`.
    if random > 0 && (parts < 5 || random * 2 >= run.len()) {
        return true;
    }
    parts >= 3 && with_digits * 3 >= parts * 2 && odd(run) || odd_behind_words(run)
}

/// Whether groups as of a serial number stand behind words that are glued in front of them: `provider-token-` and a UUID.
fn odd_behind_words(run: &[u8]) -> bool {
    let mut front = 0;
    for part in run.split(|b| matches!(b, b'_' | b'-')) {
        if part.iter().any(u8::is_ascii_digit) {
            break;
        }
        front += part.len() + 1;
    }
    let rest = run.get(front..).unwrap_or_default();
    if front == 0 || rest.len() < SERIAL {
        return false;
    }
    let groups = rest.split(|b| *b == b'-');
    let makeup = Makeup::of(rest);
    groups.clone().count() >= 3
        && groups.filter(|g| !g.iter().any(u8::is_ascii_digit)).count() <= 1
        && makeup.distinct >= 6
        && score(rest, &makeup) >= 1
}

/// Whether a digest's kind stands in front of the base64 that is being read at `start`: `h1:`, `zh:`, `sha256-`,
/// `sha512:`.
fn is_digest(bytes: &[u8], start: usize) -> bool {
    let part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    let left = bytes[..start].iter().rev().take(90).take_while(|b| part(b)).count();
    matches!(
        &bytes[..start - left],
        [.., b'h', b'1', b':'] | [.., b'z', b'h', b':'] | [.., b's', b'h', b'a', _, _, _, b'-' | b':']
    )
}

/// Whether the line at `start` is one of many full lines of base64: it fills 64 or 76 bytes, and so does one beside it.
pub(super) fn in_body(bytes: &[u8], start: usize) -> bool {
    let part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    let left = bytes[..start].iter().rev().take(76).take_while(|b| part(b)).count();
    let (line, rest) = bytes.split_at(start - left);
    let width = rest.iter().take(77).take_while(|b| part(b)).count();
    if !matches!(width, 64 | 76) {
        return false;
    }
    let behind = rest[width..].iter().take(80).position(part).unwrap_or(80);
    let next = rest.get(width + behind..).unwrap_or_default();
    let gap = line.iter().rev().take(80).take_while(|b| !part(b)).count();
    let before = line[..line.len() - gap].iter().rev().take(77).take_while(|b| part(b)).count();
    before == width || next.iter().take(77).take_while(|b| part(b)).count() == width
}

#[cfg(test)]
mod tests {
    use super::{Chances, reads_random};

    #[test]
    fn odd_parts_of_long_names_are_no_keys() {
        for (run, random) in [
            ("C20_PHY_CR1_RAWLANEAON1_DIG_RX_DCC_CTRL_RANGE_BANK_3", false),
            ("CONFIG_SND_SOC_WM8960_MODULE", false),
            ("TestAccInstance_basicNetworkInterface", false),
            ("0-20200706080929-d51e80ef957d", false),
            // As UUIDs and keys are made, from a fixed row of digits.
            (&format!("{0}{0}-{1}-{0}-{1}-{0}{1}{0}", "9e37", "c5b1"), true),
            (&format!("provider_secret_{}", "x9Kq2vT7mZ4pL8wR"), true),
            (&format!("providerACCESS-{0}{0}-{1}-{0}-{1}-{0}{1}{0}", "9e37", "c5b1"), true),
            (&format!("provider-key-{0}{0}-{1}", "9e37", "c5b1"), false),
        ] {
            assert_eq!(reads_random(run.as_bytes()), random, "{run}");
            let mut chances = Chances::default();
            for _ in 0..2 {
                assert_eq!(chances.reads_random(run.as_bytes()), random, "{run}");
            }
        }
    }
}
