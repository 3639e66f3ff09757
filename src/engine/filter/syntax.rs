//! Pieces of languages that stand where a value could: expressions of templates, patterns, types, joints of strings.

use super::Case;
use super::reference::is_path;
use crate::engine::context::name::How;

/// A word inside the marks of a template: `{{ include "x" . }}`, `{{- $password := printf "%s" }}`.
pub(super) fn of_a_template(case: &Case<'_>) -> bool {
    if case.rich || case.around.before(1) != b" " && !case.around.value.quoted {
        return false;
    }
    // A string is a value where a template gives a default, and a name or a pattern where it only passes it on.
    let passed = case.around.name.is_some_and(|n| n.how == How::Prose)
        && !case.around.name_text().ends_with(b"default");
    if case.around.value.quoted && !(case.generic && passed) {
        return false;
    }
    let line = case.around.line_before(300);
    let behind = case.around.after(300).split(|b| *b == b'\n').next().unwrap_or_default();
    [(&b"{{"[..], &b"}}"[..]), (b"{%", b"%}"), (b"<%", b"%>")].into_iter().any(|(opens, closes)| {
        let opened = memchr::memmem::rfind(line, opens);
        opened.is_some_and(|at| memchr::memmem::find(&line[at..], closes).is_none())
            && memchr::memmem::find(behind, closes).is_some()
    })
}

/// A regular expression: `^/metrics$`, `[a-z0-9]+`, `token (.*)`.
pub(super) fn pattern(case: &Case<'_>) -> bool {
    if !case.generic {
        return false;
    }
    let key = case.key;
    let holds = |text: &[u8]| memchr::memmem::find(key, text).is_some();
    let bounded = key.len() > 3 && key.starts_with(b"^") && key.ends_with(b"$");
    let class =
        [&b"[a-z"[..], b"[A-Z", b"[0-9", b"[^", b"\\w", b"\\d", b"\\S", b"[[:"].iter().any(|c| holds(c));
    let times = [&b"]+"[..], b"]*", b"]{", b"w+", b"w*", b"d+", b"d{", b"S+", b"])"].iter().any(|c| holds(c));
    bounded || class && times || holds(b"(.*)") || holds(b"(.+)") || key.starts_with(b"(?:") || holds(b"(?P<")
}

/// Types and what makes them, without quotes: `*pkg.Type`, `new Type`, `TypeA | TypeB`; and the tags of Go's fields.
pub(super) fn typed(case: &Case<'_>) -> bool {
    if !case.generic {
        return false;
    }
    let key = case.key;
    if case.around.value.quoted {
        // `json:"passTLSClientCert,omitempty"`
        let tag = key.iter().take_while(|b| b.is_ascii_lowercase()).count();
        return (2..=12).contains(&tag) && key[tag..].starts_with(b":\"");
    }
    let pointed =
        key.strip_prefix(b"*").or_else(|| key.strip_prefix(b"[]")).or_else(|| key.strip_prefix(b"?"));
    let capital = |text: &[u8]| text.first().is_some_and(u8::is_ascii_uppercase);
    let plain = key.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'*' | b'?'));
    pointed.is_some_and(|path| is_path(path) && case.makeup.digits <= 3)
        || plain && capital(key) && case.around.before(4) == b"new "
        || plain && capital(key) && case.around.before(3) == b" | " && capital(case.around.name_text())
}

/// The end of one string, something joined to it, and the beginning of another: `".LABEL."`, `" + name + "`.
pub(super) fn joined(case: &Case<'_>) -> bool {
    if !case.generic {
        return false;
    }
    // `"Password: " LOG("'%s'")`: the quotes around it close one string and open another.
    if case.around.value.quoted && matches!(case.key, [b' ', .., b' ' | b'(' | b'=' | b',']) {
        return true;
    }
    let quote = |b: Option<&u8>| matches!(b, Some(b'"' | b'\''));
    let joint = |b: &u8| matches!(b, b'.' | b'+');
    let key: &[u8] = case.key.trim_ascii();
    let Some((first, rest)) = key.split_first().filter(|(first, _)| quote(Some(first))) else { return false };
    let rest = rest.trim_ascii_start();
    let Some(rest) = rest.first().filter(|b| joint(b)).map(|_| &rest[1..]) else { return false };
    // The same quote opens the next string, behind a joint.
    let mut ends = rest.iter().enumerate().filter(|(_, b)| *b == first);
    ends.any(|(at, _)| rest[..at].trim_ascii_end().last().is_some_and(joint))
}

/// Numbers and commands of a drawing: `M349 911v-991h-330v991h330z`.
pub(super) fn drawn(case: &Case<'_>) -> bool {
    let drawing = |b: &u8| b.is_ascii_digit() || b"MmLlHhVvCcSsQqTtAaZz-.,".contains(b);
    if case.rich || case.makeup.digits < 4 || !case.key.iter().all(drawing) {
        return false;
    }
    let (front, behind) = (case.around.before(32), case.around.after(32));
    let goes_on = |text: &[u8]| {
        text.iter().filter(|b| drawing(b) || **b == b' ').count() * 4 >= text.len() * 3
            && text.iter().filter(|b| b.is_ascii_digit()).count() >= 8
            && text.contains(&b' ')
    };
    goes_on(front) && goes_on(behind) || goes_on(front) && behind.first().is_some_and(|b| *b == b'"')
}

/// The first and the last line of a private key with no key between them, as in a list of what a search found.
pub(super) fn hollow(case: &Case<'_>) -> bool {
    let Some(body) = case.key.strip_prefix(b"-----BEGIN ") else { return false };
    let base64 = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    let runs = body.split(|b| !base64(b)).filter(|run| run.len() >= 24);
    body.ends_with(b"-----") && runs.into_iter().all(|run| run.iter().all(u8::is_ascii_hexdigit))
}

/// One of a list of words in the order of the alphabet: `parseInt password pkcs11 plugin prompt`.
pub(super) fn sorted(case: &Case<'_>) -> bool {
    if !case.generic || case.around.value.quoted {
        return false;
    }
    let words = |text: &[u8]| -> Vec<Vec<u8>> {
        let plain = |w: &&[u8]| w.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_') && !w.is_empty();
        let found = text.split(u8::is_ascii_whitespace).filter(|w| !w.is_empty());
        found.take_while(plain).take(3).map(<[u8]>::to_ascii_lowercase).collect()
    };
    let behind = words(case.around.after(100));
    let mut front = case.around.before(100).to_vec();
    front.reverse();
    let mut list: Vec<Vec<u8>> = words(&front);
    list.iter_mut().for_each(|word| word.reverse());
    list.reverse();
    let (before, after) = (list.len(), behind.len());
    list.push(case.key.to_ascii_lowercase());
    list.extend(behind);
    before >= 2 && after >= 2 && list.is_sorted_by(|a, b| a < b)
}
