//! Keys in disguise: what stands encoded in a text, and what is packed inside of that.
//!
//! Knows bytes and no rules. [`islands`] finds what a text says in other words; a [`Page`] says it in clear, with the
//! lines around it, for the engine to read; and tells for each part of the page which bytes of the text said it.

mod arrays;
mod escapes;
mod find;
mod island;
mod joints;
mod named;
mod page;
mod runs;
mod signs;
#[cfg(test)]
mod tests;
mod unpack;

pub use find::islands;
pub use island::Island;
pub use page::Page;
pub use unpack::{Budget, LeftOut, MOST_UNPACKED};
