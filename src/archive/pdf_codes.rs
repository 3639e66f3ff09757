//! What the codes of a PDF's font mean: its `/ToUnicode` table (a CMap), as far as anybody needs it to read.
//!
//! Fonts that were cut to the letters that a document uses number these as they like, in one byte or two.

/// No table has more entries; what is beyond is not read.
const MOST: usize = 16 << 10;

/// A code stands for at most so many letters, in bytes of UTF-8.
const LETTERS: usize = 24;

/// A word or a string of a table is no longer, in bytes.
const LONGEST: usize = 512;

/// The letters of a font's codes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Codes {
    /// Whether codes have two bytes, as the entries say; the range of codes that tables name is often wrong.
    wide: bool,
    /// By their first code.
    entries: Vec<Entry>,
    text: String,
}

/// Codes in a row, and what they stand for: letters in a row, or a few letters for one code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    from: u16,
    to: u16,
    /// Where its letters begin in the text, and how many bytes they are; the last letter counts up.
    at: u32,
    length: u8,
}

/// What a table is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    /// `<0041>`, as its digits stand there.
    String(&'t [u8]),
    Open,
    Close,
    Word(&'t [u8]),
}

impl Codes {
    /// Reads a table; `None` if it says nothing.
    pub(super) fn of(table: &[u8]) -> Option<Codes> {
        let mut codes = Codes::default();
        let mut within: &[u8] = b"";
        // The strings of an entry, and where the next of a list goes.
        let (mut given, mut list): (Vec<&[u8]>, Option<u32>) = (Vec::new(), None);
        for token in tokens(table) {
            match token {
                Token::Word(word @ (b"beginbfchar" | b"beginbfrange")) => within = word,
                Token::Word(_) => {
                    within = b"";
                    list = None;
                    given.clear();
                }
                Token::Open => {
                    codes.wide |= given.first().is_some_and(|from| from.len() > 2);
                    list = given.first().and_then(|from| code(from)).map(u32::from);
                }
                Token::Close => {
                    list = None;
                    given.clear();
                }
                Token::String(digits) => {
                    if let Some(at) = list {
                        let one = u16::try_from(at).ok();
                        one.into_iter().for_each(|one| codes.add(one, one, digits));
                        list = Some(at + 1);
                        continue;
                    }
                    given.push(digits);
                    match (within, &given[..]) {
                        (b"beginbfchar", [one, letters]) => {
                            codes.wide |= one.len() > 2;
                            code(one).into_iter().for_each(|one| codes.add(one, one, letters));
                            given.clear();
                        }
                        (b"beginbfrange", [from, to, letters]) => {
                            codes.wide |= from.len() > 2;
                            if let (Some(from), Some(to)) = (code(from), code(to)) {
                                codes.add(from, to.max(from), letters);
                            }
                            given.clear();
                        }
                        (b"beginbfchar" | b"beginbfrange", _) => {}
                        _ => given.clear(),
                    }
                }
            }
        }
        codes.entries.sort_unstable();
        (!codes.entries.is_empty()).then_some(codes)
    }

    /// Adds what codes in a row stand for, given as digits of UTF-16.
    fn add(&mut self, from: u16, to: u16, digits: &[u8]) {
        let units: Vec<u16> = digits.chunks(4).filter_map(code).collect();
        let before = self.text.len();
        self.text.extend(char::decode_utf16(units).filter_map(Result::ok));
        let length = self.text.len() - before;
        if length == 0 || length > LETTERS || self.entries.len() >= MOST {
            self.text.truncate(before);
            return;
        }
        self.entries.push(Entry { from, to, at: before as u32, length: length as u8 });
    }

    /// Appends the letters of a string; how many of its codes had any. Codes of one byte that have none are letters.
    pub(super) fn tell(&self, string: &[u8], out: &mut Vec<u8>) -> usize {
        let mut told = 0;
        for piece in string.chunks(if self.wide { 2 } else { 1 }) {
            let code = piece.iter().fold(0u16, |code, byte| code << 8 | u16::from(*byte));
            let next = self.entries.partition_point(|e| e.from <= code);
            let entry = self.entries[..next].last().filter(|e| code <= e.to);
            match (entry, piece) {
                (Some(entry), _) => {
                    told += 1;
                    let letters =
                        &self.text[entry.at as usize..entry.at as usize + usize::from(entry.length)];
                    let last = letters.chars().next_back().unwrap_or(' ');
                    let front = &letters[..letters.len() - last.len_utf8()];
                    out.extend_from_slice(front.as_bytes());
                    let last = char::from_u32(u32::from(last) + u32::from(code - entry.from)).unwrap_or(last);
                    out.extend_from_slice(last.encode_utf8(&mut [0; 4]).as_bytes());
                }
                (None, [byte]) if !self.wide => out.push(*byte),
                _ => {}
            }
        }
        told
    }
}

/// The number of up to four hexadecimal digits.
fn code(digits: &[u8]) -> Option<u16> {
    let digits = digits.get(..4).unwrap_or(digits);
    std::str::from_utf8(digits).ok().and_then(|d| u16::from_str_radix(d, 16).ok())
}

/// The words, brackets and strings of a table.
fn tokens(table: &[u8]) -> impl Iterator<Item = Token<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            at += table.get(at..)?.iter().take_while(|b| b.is_ascii_whitespace() || **b == 0).count();
            let rest = table.get(at..).filter(|rest| !rest.is_empty())?;
            let ends = |b: &u8| b.is_ascii_whitespace() || b"<>[]%/".contains(b);
            let length = 1 + rest[1..].iter().take(LONGEST).take_while(|b| !ends(b)).count();
            match rest[0] {
                b'[' | b']' => {
                    at += 1;
                    return Some(if rest[0] == b'[' { Token::Open } else { Token::Close });
                }
                b'<' if rest.get(length) == Some(&b'>') => {
                    at += length + 1;
                    return Some(Token::String(&rest[1..length]));
                }
                b'%' => at += rest.iter().take_while(|b| !matches!(b, b'\n' | b'\r')).count(),
                // The marks of a dictionary, and names.
                b'<' | b'>' | b'/' => at += length,
                _ => {
                    at += length;
                    return Some(Token::Word(&rest[..length]));
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{Codes, MOST};

    fn told(table: &str, string: &[u8]) -> Option<String> {
        let mut out = Vec::new();
        Codes::of(table.as_bytes())?.tell(string, &mut out);
        Some(String::from_utf8(out).expect("it is text"))
    }

    const WIDE: &str = "/CIDInit /ProcSet findresource begin\nbegincmap /CMapName /X def\n1 begincodespacerange\n\
                        <0000> <FFFF>\nendcodespacerange\n";

    #[test]
    fn codes_are_letters_again() {
        let table = format!(
            "{WIDE}2 beginbfchar\n<0003> <0073>\n<0010><00660066>\nendbfchar\n2 beginbfrange\n<0020> <0029> <0041>\n\
             <0030> <0032> [<0030> <0039> <20AC>]\nendbfrange\nendcmap"
        );
        let string = [0, 3, 0, 0x10, 0, 0x21, 0, 0x30, 0, 0x31, 0, 0x32, 9, 9];
        assert_eq!(told(&table, &string).as_deref(), Some("sffB09€"));
        let narrow =
            "begincodespacerange <00> <FF> endcodespacerange 1 beginbfrange <01><1A><0061> endbfrange";
        assert_eq!(told(narrow, &[1, 2, b'-', 26]).as_deref(), Some("ab-z"));
        let odd = "begincodespacerange <0000> <ffff> endcodespacerange 1 beginbfrange <31> <32> [<0041> <0042>] endbfrange";
        assert_eq!(told(odd, b"12").as_deref(), Some("AB"));
        // A letter beyond the first plane, and one that is none.
        let far = format!("{WIDE} beginbfchar <0001> <D83DDD11> <0002> <D800> endbfchar");
        assert_eq!(told(&far, &[0, 1, 0, 2]).as_deref(), Some("🔑"));
    }

    #[test]
    fn a_table_that_says_nothing_or_too_much_is_bounded() {
        assert_eq!(told("begincmap endcmap", b"a"), None);
        assert_eq!(told("beginbfchar <01> endbfchar beginbfrange <zz> <1> <2> [ [ endbfrange", b"a"), None);
        let many: String = (0..MOST + 99).map(|i| format!("<{:04x}> <0041>", i & 0xFFFF)).collect();
        let codes = Codes::of(format!("beginbfchar {many} endbfchar").as_bytes()).expect("it has some");
        assert_eq!(codes.entries.len(), MOST);
        // Ranges that end before they begin, in each other, and beyond what letters there are.
        for table in
            ["<0009> <0001> <0041>", "<0000> <FFFF> <0041> <0001> <0002> <FFFF>", "<0000> <FFFF> <DBFFDFFF>"]
        {
            let table = format!("{WIDE} beginbfrange {table} endbfrange");
            told(&table, &(0..=255).collect::<Vec<u8>>());
        }
    }
}
