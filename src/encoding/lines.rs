//! Where lines begin, and which line and column a byte is in. LF, CRLF and a lone CR all end a line; in UTF-16 and
//! UTF-32 as well, as far as bytes tell (a CR and a LF with NULs between them are one end).

use crate::model::LineCol;

/// Offsets at which lines begin: 0, and behind each line end. A content that ends with a line end has no line behind it.
pub fn starts(bytes: &[u8]) -> Vec<usize> {
    let mut starts = vec![0];
    starts.extend(ends(bytes).filter(|&end| end < bytes.len()));
    starts
}

/// How many lines there are; a last line need not be ended.
pub fn count(bytes: &[u8]) -> u64 {
    let mut last = 0;
    let ended = ends(bytes).inspect(|&end| last = end).count() as u64;
    ended + u64::from(last < bytes.len())
}

/// The lines with their ends, in order.
pub fn split(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut from = 0;
    let tail = ends(bytes).last().unwrap_or(0);
    ends(bytes)
        .map(move |end| {
            let line = &bytes[from..end];
            from = end;
            line
        })
        .chain(Some(&bytes[tail..]).filter(|rest| !rest.is_empty()))
}

/// Offsets behind each line end.
fn ends(bytes: &[u8]) -> impl Iterator<Item = usize> {
    memchr::memchr2_iter(b'\n', b'\r', bytes).filter(|&at| ends_line(bytes, at)).map(|at| at + 1)
}

/// Whether the LF or CR at `at` ends a line: a CR before a LF does not.
fn ends_line(bytes: &[u8], at: usize) -> bool {
    bytes[at] == b'\n' || !matches!(bytes[at + 1..], [b'\n', ..] | [0, b'\n', ..] | [0, 0, 0, b'\n', ..])
}

/// Walks through a content and tells places. Each byte is read once as long as the offsets asked for do not fall.
#[derive(Debug, Clone, Copy)]
pub struct Cursor {
    offset: usize,
    place: LineCol,
    origin: LineCol,
}

impl Cursor {
    /// At the first byte of a content or window whose place is `start`.
    pub fn new(start: LineCol) -> Cursor {
        Cursor { offset: 0, place: start, origin: start }
    }

    /// The place of the byte at `offset` of the same `bytes` each time.
    pub fn at(&mut self, bytes: &[u8], offset: usize) -> LineCol {
        let offset = offset.min(bytes.len());
        if offset < self.offset {
            *self = Cursor::new(self.origin);
        }
        // A line end at the very end may belong to a CRLF of which only the CR was walked over: ends are looked for
        // in all bytes, and only those before `offset` are taken.
        let mut line_start = None;
        let passed = &bytes[self.offset..offset];
        if memchr::memchr(b'\r', passed).is_none() {
            // Counted without stopping at each.
            self.place.line += memchr::memchr_iter(b'\n', passed).count() as u64;
            line_start = memchr::memrchr(b'\n', passed).map(|at| self.offset + at + 1);
        } else {
            for at in memchr::memchr2_iter(b'\n', b'\r', passed) {
                let at = self.offset + at;
                if ends_line(bytes, at) {
                    self.place.line += 1;
                    line_start = Some(at + 1);
                }
            }
        }
        if line_start.is_some() {
            (self.place.column, self.place.byte_column) = (1, 1);
        }
        let from = line_start.unwrap_or(self.offset);
        self.place.column += characters(&bytes[from..offset]);
        self.place.byte_column += (offset - from) as u64;
        self.offset = offset;
        self.place
    }
}

/// How many characters there are; a byte that is not UTF-8 counts as one.
pub fn characters(bytes: &[u8]) -> u64 {
    if bytes.is_ascii() {
        return bytes.len() as u64;
    }
    bytes.utf8_chunks().map(|c| c.valid().chars().count() as u64 + c.invalid().len() as u64).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The place by counting from the start each time.
    fn naive(bytes: &[u8], offset: usize) -> LineCol {
        let starts = starts(bytes);
        let line = starts.partition_point(|&s| s <= offset);
        let start = starts[line - 1];
        LineCol {
            line: line as u64,
            column: characters(&bytes[start..offset]) + 1,
            byte_column: (offset - start) as u64 + 1,
        }
    }

    #[test]
    fn every_kind_of_line_end_counts_once() {
        assert_eq!(starts(b"a\nb\r\nc\rd"), [0, 2, 5, 7]);
        assert_eq!(starts(b"a\n"), [0]);
        assert_eq!(starts(b"\r\r\n\n\r"), [0, 1, 3, 4]);
        assert_eq!(
            [count(b""), count(b"a"), count(b"a\n"), count(b"a\r\nb"), count(b"\r\r")],
            [0, 1, 1, 2, 2]
        );
        assert_eq!(count(b"a\0\r\0\n\0b\0\r\0\n\0"), 3, "the last NUL stands behind a line end");
        assert_eq!(split(b"a\nb\r\nc").collect::<Vec<_>>(), [&b"a\n"[..], b"b\r\n", b"c"]);
    }

    #[test]
    fn columns_count_characters_and_bytes() {
        let text = "ab\nße=x".as_bytes();
        let place = Cursor::new(LineCol::START).at(text, text.len() - 1);
        assert_eq!(place, LineCol { line: 2, column: 4, byte_column: 5 });
        let broken = b"\xff\xe2\x82=x";
        assert_eq!(Cursor::new(LineCol::START).at(broken, 4).column, 5);
    }

    proptest! {
        #[test]
        fn a_walk_tells_the_same_as_counting(text in "[ab\r\nß]{0,60}", stops in proptest::collection::vec(0..80usize, 0..8)) {
            let bytes = text.as_bytes();
            let mut cursor = Cursor::new(LineCol::START);
            for stop in stops {
                let stop = stop.min(bytes.len());
                if text.is_char_boundary(stop) && stop < bytes.len() {
                    prop_assert_eq!(cursor.at(bytes, stop), naive(bytes, stop));
                }
            }
            prop_assert_eq!(split(bytes).collect::<Vec<_>>().concat(), bytes);
            prop_assert_eq!(split(bytes).count() as u64, count(bytes));
        }
    }
}
