//! Pieces of addresses that open nothing: the number of a thing, a picture, a document, a digest, a name for a password.

use super::Case;
use super::shapes::contains_no_case;
use crate::engine::words::meaning;

/// How far in front of a key the beginning of its address is looked for, and how far behind it the end, in bytes.
const REACH: usize = 300;

/// The word that a key is part of, without quotes and brackets: what stands in front of the key, and behind it.
pub(super) fn word<'c>(case: &Case<'c>, start: usize, end: usize) -> (&'c [u8], &'c [u8]) {
    let bytes = case.around.bytes;
    let apart = |b: &u8| b.is_ascii_whitespace() || b"\"'`<>()[]{}|,".contains(b);
    let front = &bytes[start.saturating_sub(REACH)..start];
    let front = &front[front.iter().rposition(&apart).map_or(0, |at| at + 1)..];
    let behind = &bytes[end..bytes.len().min(end + REACH)];
    let behind = &behind[..behind.iter().position(apart).unwrap_or(behind.len())];
    (front, behind)
}

/// Whether a key is a piece of an address that opens nothing.
pub(super) fn open(case: &Case<'_>) -> bool {
    if case.rich || !case.prefix().is_empty() && !case.generic {
        return false;
    }
    let (front, behind) = word(case, case.around.span.0, case.around.span.1);
    let Some(scheme) = memchr::memmem::find(front, b"://") else { return false };
    let head = &front[scheme + 3..];
    // The digest of the certificate with which an app was signed.
    if front.starts_with(b"msauth") || case.value().starts_with(b"msauth") {
        return true;
    }
    // A document of Google's, as its address in the browser says.
    if head.starts_with(b"docs.google.com/") || head.starts_with(b"spreadsheets.google.com/") {
        return head.ends_with(b"key=") || head.ends_with(b"/d/") || head.ends_with(b"resourcekey=");
    }
    let in_path = !head.iter().any(|b| matches!(b, b'?' | b'#' | b'='));
    in_path && (of_a_collection(head, behind) || is_picture(head, behind))
}

/// The number of a thing, behind what such things are called: `/Entities/V`, `/users/V/posts`, `/file/V`.
fn of_a_collection(head: &[u8], behind: &[u8]) -> bool {
    const THINGS: &[&[u8]] =
        &[b"file", b"commit", b"blob", b"tree", b"entity", b"user", b"item", b"image", b"avatar", b"sha256"];
    // Of these some know an address that is a key by itself.
    const OPENING: &[&[u8]] = &[b"hooks", b"webhooks", b"services", b"workflows", b"access", b"ws"];
    let Some(head) = head.strip_suffix(b"/") else { return false };
    let name = head.rsplit(|b| *b == b'/').next().unwrap_or_default();
    let host = name.len() == head.len();
    let plural = name.len() >= 4 && name.ends_with(b"s") && !name.ends_with(b"ss");
    let is = |list: &[&[u8]]| list.iter().any(|word| name.eq_ignore_ascii_case(word));
    !host
        && name.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'-' | b'_'))
        && matches!(behind.first(), None | Some(b'/' | b'?' | b'#' | b'.' | b'\\' | b'&'))
        && (is(THINGS) || plural && !is(OPENING))
        && meaning(name).kind.is_none()
}

/// A piece of the address of a picture: `https://media.acme.dev/V/photo_500.jpg`.
fn is_picture(head: &[u8], behind: &[u8]) -> bool {
    let path =
        &behind[..behind.iter().position(|b| matches!(b, b'?' | b'#' | b'\\')).unwrap_or(behind.len())];
    let ends = [&b".jpg"[..], b".jpeg", b".png", b".gif", b".webp", b".svg", b".mp4", b".webm", b".ico"];
    head.contains(&b'/')
        && ends.iter().any(|end| contains_no_case(&path[path.len().saturating_sub(5)..], end))
}

/// Whether the name stands where an address has its user: `smtp://user:password:auth@server` describes one.
pub(super) fn described(case: &Case<'_>) -> bool {
    let told = ["generic-password", "generic-secret", "generic-token", "generic-api-key"];
    let Some(name) = case.around.name.filter(|_| told.contains(&&*case.rule.id)) else { return false };
    let (front, _) = word(case, name.span.1, name.span.1);
    let Some(scheme) = memchr::memmem::find(front, b"://") else { return false };
    let said = &front[scheme + 3..];
    !said.iter().any(|b| matches!(b, b'/' | b'?' | b'#' | b'&' | b'=' | b'@'))
}
