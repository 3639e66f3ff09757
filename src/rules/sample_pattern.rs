//! Makes a text that a regular expression's group `key` matches.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::charset::Charset;
use super::rng::Rng;
use super::sample::random_looking;

/// No made text grows beyond this.
const LONGEST: usize = 16_384;

/// A text for the group, without what stands around it.
pub(super) fn draw(pattern: &str, rng: &mut Rng) -> Option<Vec<u8>> {
    let parser = regex_syntax::ParserBuilder::new().utf8(false).unicode(false).nest_limit(64).build();
    let hir = { parser }.parse(pattern).ok()?;
    let mut text = Vec::new();
    write(key_group(&hir)?, rng, &mut text);
    Some(text)
}

/// The group called `key`; depth is bounded by the parser's limit.
fn key_group(hir: &Hir) -> Option<&Hir> {
    match hir.kind() {
        HirKind::Capture(group) if group.name.as_deref() == Some("key") => Some(&group.sub),
        HirKind::Capture(group) => key_group(&group.sub),
        HirKind::Repetition(repetition) => key_group(&repetition.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().find_map(key_group),
        _ => None,
    }
}

fn write(hir: &Hir, rng: &mut Rng, text: &mut Vec<u8>) {
    if text.len() > LONGEST {
        return;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.extend(literal.0.iter()),
        HirKind::Class(class) => text.extend(random_looking(visible(class), 1, rng)),
        HirKind::Capture(group) => write(&group.sub, rng, text),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(part, rng, text)),
        HirKind::Alternation(parts) => {
            if let Some(part) = parts.get(rng.below(parts.len() as u64) as usize) {
                write(part, rng, text);
            }
        }
        HirKind::Repetition(repetition) => {
            let least = repetition.min as usize;
            let most = repetition.max.map_or(LONGEST, |most| most as usize).min(LONGEST);
            let HirKind::Class(class) = repetition.sub.kind() else {
                (0..least.min(most)).for_each(|_| write(&repetition.sub, rng, text));
                return;
            };
            let set = visible(class);
            let usual = if most > 1024 { least.max(24) } else { least.max(most.min(16)) };
            // White space and other small sets stand between the parts of a key: as little as is allowed.
            let len = if set.len() < 8 { least } else { usual };
            text.extend(random_looking(set, len.min(LONGEST), rng));
        }
    }
}

/// The visible ASCII characters of a class, or white space where there is nothing else.
fn visible(class: &Class) -> Charset {
    let mut all = Charset::NONE;
    match class {
        Class::Bytes(class) => {
            for range in class.iter() {
                all = all.with_range(range.start(), range.end());
            }
        }
        Class::Unicode(class) => {
            for range in class.iter() {
                if let (Ok(first), Ok(last)) =
                    (u8::try_from(range.start()), u8::try_from(range.end().min('~')))
                {
                    all = all.with_range(first, last);
                }
            }
        }
    }
    let mut seen = Charset::NONE;
    for byte in all.bytes().filter(u8::is_ascii_graphic) {
        seen = seen.with(byte);
    }
    match (seen.is_empty(), all.has(b' '), all.has(b'\n')) {
        (false, ..) => seen,
        (_, true, _) => Charset::NONE.with(b' '),
        (_, _, true) => Charset::NONE.with(b'\n'),
        _ => all,
    }
}
