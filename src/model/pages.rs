//! Addresses of pages to read, as they stand beside each other in the packed rules.

use std::borrow::Cow;

/// Addresses of pages, one a line. They stay bytes until somebody asks for them: every start makes all rules, and only
/// reports and `rules show` read their pages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pages(Cow<'static, [u8]>);

impl Pages {
    /// From lines of UTF-8 that were packed into the program. What is no UTF-8 counts as no page.
    pub const fn packed(lines: &'static [u8]) -> Pages {
        Pages(Cow::Borrowed(lines))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The addresses in their order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        std::str::from_utf8(&self.0).unwrap_or_default().lines()
    }
}

/// From addresses without line breaks.
impl From<&[String]> for Pages {
    fn from(pages: &[String]) -> Pages {
        Pages(Cow::Owned(pages.join("\n").into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_come_back_in_their_order() {
        let list = ["https://a.example/keys".to_string(), "https://b.example/é".to_string()];
        let made = Pages::from(&list[..]);
        assert!(made.iter().eq(list.iter().map(String::as_str)));
        assert_eq!(made, Pages::packed("https://a.example/keys\nhttps://b.example/é".as_bytes()));
        assert!(!made.is_empty());
    }

    #[test]
    fn no_page_is_empty() {
        assert!(Pages::from(&[][..]).is_empty());
        assert_eq!(Pages::packed(b"\xff").iter().count(), 0);
    }
}
