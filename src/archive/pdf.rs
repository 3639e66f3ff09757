//! PDF: what its streams hold, and the text that a page shows.
//!
//! No object is resolved: streams are found by their keyword, one after the other, and unpacked if zlib packed them, as nearly all are
//! that are no picture. Pictures and fonts are left out. Text in fonts whose codes are not letters stays hidden.

use std::io::{self, BufRead, Read};

use super::budget::{Budget, Metered};
use super::input::{ReadAt, Section, search};
use super::pdf_text::Text;
use super::{Member, Trouble, View, Visitor};

/// How much before a stream is looked at for what it is.
const DICTIONARY: usize = 2 << 10;

/// Gives streams and texts.
pub(super) fn open(input: &dyn ReadAt, budget: &Budget, visitor: &mut dyn Visitor) -> io::Result<()> {
    let whole = Member::of("pdf");
    if search(input, 0..input.len(), b"/Encrypt")?.is_some() {
        visitor.trouble(&whole, Trouble::Encrypted);
        return Ok(());
    }
    let mut at = 0;
    let mut broken = 0;
    while let Some(word) = search(input, at..input.len(), b"stream")? {
        if budget.is_over() {
            return Ok(());
        }
        at = word + 6;
        let mut after = [0; 2];
        let n = input.read_at(at, &mut after)?;
        let start = match after.get(..n) {
            Some(b"\r\n") => at + 2,
            Some([b'\n' | b'\r', ..]) => at + 1,
            _ => continue,
        };
        let Some(what) = what(input, word)? else { continue };
        let end = search(input, start..input.len(), b"endstream")?.unwrap_or(input.len());
        at = end;
        if what == What::Other || !budget.member() {
            continue;
        }
        let span = Some(start..end);
        for view in [View::Bytes, View::Text] {
            let member = Member { view, span: span.clone(), ..Member::of("pdf") };
            let mut section = Section::new(input, start, end);
            let mut failed = false;
            let unpacked: Box<dyn Read> = match what {
                What::Packed => {
                    let inflated = Lenient {
                        from: flate2::bufread::ZlibDecoder::new(&mut section),
                        failed: &mut failed,
                    };
                    Box::new(Metered::new(inflated, budget))
                }
                _ => Box::new(&mut section),
            };
            if view == View::Text {
                visitor.member(&member, &mut Text::new(unpacked));
            } else {
                let mut unpacked = unpacked;
                visitor.member(&member, &mut unpacked);
                drop(unpacked);
                broken += usize::from(failed);
            }
        }
    }
    if broken > 0 && !budget.is_over() {
        let streams = if broken == 1 { "stream is" } else { "streams are" };
        visitor.trouble(&whole, Trouble::Noted(format!("{broken} {streams} damaged; the rest was read")));
    }
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// zlib packed it.
    Packed,
    /// It stands there as it is.
    Plain,
    /// A picture, a font, something packed otherwise, or of no use to anybody.
    Other,
}

/// What the stream is whose keyword stands there, by the dictionary before it; `None` if it is none.
fn what(input: &dyn ReadAt, word: u64) -> io::Result<Option<What>> {
    let from = word.saturating_sub(DICTIONARY as u64);
    let mut bytes = Vec::new();
    Section::new(input, from, word).read_to_end(&mut bytes)?;
    if !bytes.trim_ascii_end().ends_with(b">>") {
        return Ok(None);
    }
    let begin = memchr::memmem::rfind(&bytes, b" obj").unwrap_or(0);
    let dictionary = &bytes[begin..];
    let has = |name: &[u8]| memchr::memmem::find(dictionary, name).is_some();
    const USELESS: &[&[u8]] = &[
        b"/Image",
        b"/Length1",
        b"/FontFile",
        b"/Type1C",
        b"/CIDFontType0C",
        b"/OpenType",
        b"/XRef",
        b"/Predictor",
        b"/FunctionType",
        b"/ShadingType",
        b"/DCTDecode",
        b"/JPXDecode",
        b"/JBIG2Decode",
        b"/CCITTFaxDecode",
        b"/LZWDecode",
        b"/ASCII85Decode",
        b"/ASCIIHexDecode",
        b"/RunLengthDecode",
        b"/N 3",
        b"/Alternate",
    ];
    Ok(Some(match () {
        () if USELESS.iter().any(|name| has(name)) => What::Other,
        () if has(b"/FlateDecode") || has(b"/Fl ") => What::Packed,
        () => What::Plain,
    }))
}

/// What can be inflated; where it fails, it ends.
struct Lenient<'f, R> {
    from: flate2::bufread::ZlibDecoder<R>,
    failed: &'f mut bool,
}

impl<R: BufRead> Read for Lenient<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.from.read(into) {
            Err(e) if e.kind() != io::ErrorKind::Interrupted => {
                *self.failed = true;
                Ok(0)
            }
            read => read,
        }
    }
}
