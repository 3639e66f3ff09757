//! Packs `rules/*.yml` into one static table.

fn main() {}
