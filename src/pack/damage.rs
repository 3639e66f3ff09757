//! Why one object or file of the store cannot be read.

use std::borrow::Cow;
use std::fmt;
use std::io;

/// Why something in the object store cannot be read; it hits one object or file, and the rest goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// What is there is not what it should be, in words.
    Corrupt(Cow<'static, str>),
    /// The operating system refused, in its words.
    Io(String),
    /// The object is larger than what is read in one piece; its size in bytes. Blobs can be streamed.
    Large(u64),
    /// An object that another one is built on is nowhere: its id in digits.
    BaseMissing(String),
}

impl Damage {
    /// A short way to say what is wrong.
    pub(super) const fn new(why: &'static str) -> Damage {
        Damage::Corrupt(Cow::Borrowed(why))
    }
}

impl From<io::Error> for Damage {
    fn from(e: io::Error) -> Damage {
        if e.kind() == io::ErrorKind::UnexpectedEof {
            return Damage::new("file is truncated");
        }
        Damage::Io(e.to_string())
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Damage::Corrupt(why) => write!(f, "corrupt: {why}"),
            Damage::Io(why) => write!(f, "cannot be read: {why}"),
            Damage::Large(size) => write!(f, "too large to be read in one piece: {size} bytes"),
            Damage::BaseMissing(id) => {
                write!(f, "built on {id}, which is missing (a thin pack, or a damaged one)")
            }
        }
    }
}

impl std::error::Error for Damage {}
