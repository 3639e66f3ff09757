//! `Kind`: what the first bytes of something say it is.

use super::tar_header::Header;

/// So many bytes from the beginning tell the kind, or less if there are no more.
pub const HEAD: usize = 8 << 10;

/// Something that holds other things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Also jar, whl, apk, docx, xlsx, pptx, odt, …
    Zip,
    /// ustar, pax, GNU, and the nameless one before them.
    Tar,
    /// One stream, or several behind each other.
    Gzip,
    /// Likewise.
    Bzip2,
    /// Likewise.
    Xz,
    /// Likewise, with frames to be skipped.
    Zstd,
    /// A document of pages.
    Pdf,
    /// A database in a file.
    Sqlite,
}

/// The end of a zip archive without a comment.
const ZIP_END: [u8; 4] = *b"PK\x05\x06";
const ZIP_END_LEN: usize = 22;

impl Kind {
    /// What something is whose first bytes these are: all of it, or at least [`HEAD`] of it.
    #[inline]
    pub fn of(head: &[u8]) -> Option<Kind> {
        // Nearly everything ends here, after one look at a byte or two.
        match head.first()? {
            b'P'..=0x5f | 0x1f | b'B' | 0xfd | 0x28 | b'%' => {}
            _ => return Kind::tar(head),
        }
        match head {
            [b'P', b'K', 3, 4, rest @ ..] => (rest.len() >= 26).then_some(Kind::Zip),
            [b'P', b'K', 5, 6, ..] => (head.len() >= ZIP_END_LEN).then_some(Kind::Zip),
            // The bits that must not be set are not.
            [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0 => Some(Kind::Gzip),
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..]
            | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..] => Some(Kind::Bzip2),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Kind::Xz),
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Kind::Zstd),
            [b'%', b'P', b'D', b'F', b'-', b'0'..=b'9', ..] => Some(Kind::Pdf),
            [b'S', b'Q', b'L', b'i', ..] if head.starts_with(b"SQLite format 3\0") => Some(Kind::Sqlite),
            _ => Kind::tar(head),
        }
    }

    /// What the whole of something is: also a zip archive that stands behind something else, as programs that unpack
    /// themselves do. Only what is no text is asked for that.
    pub fn of_whole(bytes: &[u8]) -> Option<Kind> {
        Kind::of(bytes).or_else(|| {
            let tail = bytes.get(bytes.len().checked_sub(ZIP_END_LEN)?..)?;
            tail.starts_with(&ZIP_END).then_some(Kind::Zip)
        })
    }

    /// As it is called in what is told of a finding.
    pub const fn layer(self) -> &'static str {
        match self {
            Kind::Zip => "zip",
            Kind::Tar => "tar",
            Kind::Gzip => "gzip",
            Kind::Bzip2 => "bzip2",
            Kind::Xz => "xz",
            Kind::Zstd => "zstd",
            Kind::Pdf => "pdf",
            Kind::Sqlite => "sqlite",
        }
    }

    /// Whether it can be read from front to back; the others must be read at any place.
    pub const fn streams(self) -> bool {
        !matches!(self, Kind::Zip | Kind::Pdf | Kind::Sqlite)
    }

    /// A tar archive has no magic number at its beginning, but a checksum.
    #[inline]
    fn tar(head: &[u8]) -> Option<Kind> {
        // The field of the checksum: digits that end with NUL or a blank, and no text has NUL bytes there.
        let field = head.get(148..156)?;
        let ends = field[6] == 0 || field[7] == 0;
        (ends && Header::of(head).is_some_and(|header| header.name_is_plausible())).then_some(Kind::Tar)
    }
}

/// Formats that are known by sight and not opened.
pub fn unopened(head: &[u8]) -> Option<&'static str> {
    match head {
        [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => Some("7z"),
        [b'R', b'a', b'r', b'!', 0x1a, 7, ..] => Some("RAR"),
        _ => None,
    }
}
