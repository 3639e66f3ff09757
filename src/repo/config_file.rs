//! One git configuration file, read without its includes: a repository must not send us to other files.

use std::io;
use std::path::Path;

use crate::error::{Error, Result};

use super::files::read_regular;

/// A file that is longer than this is no configuration.
const LIMIT: u64 = 16 << 20;

/// The values of one or more configuration files, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigFile {
    values: Vec<Setting>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Setting {
    /// Lower case.
    section: String,
    subsection: Option<Vec<u8>>,
    /// Lower case.
    key: String,
    /// `None`: the key stands alone, which means "true".
    text: Option<Vec<u8>>,
}

impl ConfigFile {
    /// Reads a file; one that is not there holds nothing.
    pub fn read(path: &Path) -> Result<ConfigFile> {
        let refuse = |problem: String| Error::Repository { path: path.to_path_buf(), problem };
        let text = match read_regular(path, LIMIT + 1) {
            Ok(text) => text,
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(ConfigFile::default());
            }
            Err(e) => return Err(refuse(format!("cannot read the configuration: {e}"))),
        };
        if text.len() as u64 > LIMIT {
            return Err(refuse("the configuration is too long".into()));
        }
        ConfigFile::parse(&text).map_err(|line| refuse(format!("bad configuration in line {line}")))
    }

    /// Parses the text; the error is the number of the bad line.
    pub fn parse(text: &[u8]) -> Result<ConfigFile, usize> {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let mut parser = Parser { text, at: 0, line: 1, section: None, values: Vec::new() };
        parser.run().ok_or(parser.line)?;
        Ok(ConfigFile { values: parser.values })
    }

    /// Adds the values of another file, which then win.
    pub fn extend(&mut self, other: ConfigFile) {
        self.values.extend(other.values);
    }

    /// The last value of `section[.subsection].key`; a key without a value gives "true".
    pub fn get(&self, section: &str, subsection: Option<&[u8]>, key: &str) -> Option<&[u8]> {
        self.values
            .iter()
            .rev()
            .find(|v| v.section == section && v.subsection.as_deref() == subsection && v.key == key)
            .map(|v| v.text.as_deref().unwrap_or(b"true"))
    }

    /// A truth value; `None` if it is not there or not one.
    pub fn get_bool(&self, section: &str, key: &str) -> Option<bool> {
        let value = self.get(section, None, key)?.to_ascii_lowercase();
        match value.as_slice() {
            b"true" | b"yes" | b"on" => Some(true),
            b"" | b"false" | b"no" | b"off" => Some(false),
            digits => std::str::from_utf8(digits).ok()?.parse::<i64>().ok().map(|n| n != 0),
        }
    }

    /// All keys with their values of a section, whatever the subsection, in order.
    pub fn section<'a>(&'a self, section: &'a str) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        self.values
            .iter()
            .filter(move |v| v.section == section)
            .map(|v| (v.key.as_str(), v.text.as_deref().unwrap_or(b"true")))
    }
}

struct Parser<'t> {
    text: &'t [u8],
    at: usize,
    line: usize,
    section: Option<(String, Option<Vec<u8>>)>,
    values: Vec<Setting>,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<u8> {
        let mut byte = *self.text.get(self.at)?;
        self.at += 1;
        if byte == b'\r' && self.text.get(self.at) == Some(&b'\n') {
            self.at += 1;
            byte = b'\n';
        }
        if byte == b'\n' {
            self.line += 1;
        }
        Some(byte)
    }

    fn skip_line(&mut self) {
        while let Some(byte) = self.next() {
            if byte == b'\n' {
                break;
            }
        }
    }

    fn run(&mut self) -> Option<()> {
        while let Some(byte) = self.next() {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => {}
                b'#' | b';' => self.skip_line(),
                b'[' => self.section = Some(self.header()?),
                b if b.is_ascii_alphabetic() => self.entry(b)?,
                _ => return None,
            }
        }
        Some(())
    }

    /// `section]`, `section.sub]` or `section "sub"]`.
    fn header(&mut self) -> Option<(String, Option<Vec<u8>>)> {
        let mut name = String::new();
        loop {
            match self.next()? {
                b']' => break,
                b' ' | b'\t' => {
                    let sub = self.subsection()?;
                    return Some((name, Some(sub)));
                }
                b if b.is_ascii_alphanumeric() || b == b'-' || b == b'.' => {
                    name.push(char::from(b.to_ascii_lowercase()));
                }
                _ => return None,
            }
        }
        match name.split_once('.') {
            Some((section, sub)) => Some((section.to_owned(), Some(sub.as_bytes().to_vec()))),
            None => Some((name, None)),
        }
    }

    fn subsection(&mut self) -> Option<Vec<u8>> {
        let mut byte = self.next()?;
        while matches!(byte, b' ' | b'\t') {
            byte = self.next()?;
        }
        if byte != b'"' {
            return None;
        }
        let mut sub = Vec::new();
        loop {
            match self.next()? {
                b'"' => break,
                b'\n' => return None,
                b'\\' => sub.push(self.next().filter(|&b| b != b'\n')?),
                b => sub.push(b),
            }
        }
        (self.next()? == b']').then_some(sub)
    }

    fn entry(&mut self, first: u8) -> Option<()> {
        let (section, subsection) = self.section.clone()?;
        let mut key = String::from(char::from(first.to_ascii_lowercase()));
        let mut byte = self.next();
        while let Some(b) = byte.filter(|b| b.is_ascii_alphanumeric() || *b == b'-') {
            key.push(char::from(b.to_ascii_lowercase()));
            byte = self.next();
        }
        while matches!(byte, Some(b' ' | b'\t')) {
            byte = self.next();
        }
        let text = match byte {
            None | Some(b'\n') => None,
            Some(b'#' | b';') => {
                self.skip_line();
                None
            }
            Some(b'=') => Some(self.value()?),
            Some(_) => return None,
        };
        self.values.push(Setting { section, subsection, key, text });
        Some(())
    }

    fn value(&mut self) -> Option<Vec<u8>> {
        let mut value = Vec::new();
        // Blanks at the end do not count, unless they stand in quotes: this is the length with what must stay.
        let mut kept = 0;
        let mut quotes = false;
        loop {
            match self.next() {
                None | Some(b'\n') => break,
                Some(b' ' | b'\t') if !quotes && value.is_empty() => {}
                Some(b @ (b' ' | b'\t')) if !quotes => value.push(b),
                Some(b'#' | b';') if !quotes => {
                    self.skip_line();
                    break;
                }
                Some(b'"') => {
                    quotes = !quotes;
                    kept = value.len();
                }
                Some(b'\\') => {
                    match self.next() {
                        None | Some(b'\n') => {}
                        Some(b'n') => value.push(b'\n'),
                        Some(b't') => value.push(b'\t'),
                        Some(b'b') => value.push(8),
                        Some(b @ (b'\\' | b'"')) => value.push(b),
                        Some(_) => return None,
                    }
                    kept = value.len();
                }
                Some(b) => {
                    value.push(b);
                    kept = value.len();
                }
            }
        }
        if quotes {
            return None;
        }
        value.truncate(kept);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::ConfigFile;

    #[test]
    fn values_are_read_as_git_reads_them() {
        let text = b"\xef\xbb\xbf# x\n[core]\n\tBare = TRUE ; no\n\tworktree = \"a b \" # c\r\n\tfilemode\n\
            [remote \"O\\\"x\"]\n url = a\\\n  b\\tc\n[extensions] objectFormat=sha256\n[a.B]c=1\n";
        let config = ConfigFile::parse(text).expect("this is well-formed");
        assert_eq!(config.get_bool("core", "bare"), Some(true));
        assert_eq!(config.get("core", None, "worktree"), Some(&b"a b "[..]));
        assert_eq!(config.get_bool("core", "filemode"), Some(true));
        assert_eq!(config.get("remote", Some(b"O\"x"), "url"), Some(&b"a  b\tc"[..]));
        assert_eq!(config.get("extensions", None, "objectformat"), Some(&b"sha256"[..]));
        assert_eq!(config.get("a", Some(b"b"), "c"), Some(&b"1"[..]));
        assert_eq!(config.get("core", None, "none"), None);
    }

    #[test]
    fn bad_lines_are_named() {
        assert_eq!(ConfigFile::parse(b"[core]\nbare = \"open\n").err(), Some(3));
        assert_eq!(ConfigFile::parse(b"key = 1\n").err(), Some(1));
        assert_eq!(ConfigFile::parse(b"[core\n").err(), Some(2));
        assert!(ConfigFile::parse(b"").is_ok());
    }
}
