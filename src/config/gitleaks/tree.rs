//! TOML as a tree in which everything knows its place, read as gitleaks reads it: keys in any case.

use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::Error;

/// A complaint, with the place in bytes.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) at: usize,
    pub(super) problem: String,
}

impl Wrong {
    /// With file, line and column.
    pub(super) fn error(self, path: &Path, text: &str) -> Error {
        let before = text.get(..self.at.min(text.len())).unwrap_or_default();
        Error::Config {
            file: path.to_path_buf(),
            line: before.matches('\n').count() + 1,
            column: before.rsplit('\n').next().unwrap_or_default().chars().count() + 1,
            problem: self.problem,
        }
    }
}

pub(super) type Read<T> = Result<T, Wrong>;

/// A complaint about a place.
pub(super) fn wrong<T>(at: &Range<usize>, problem: impl Into<String>) -> Read<T> {
    Err(Wrong { at: at.start, problem: problem.into() })
}

/// A table of the file.
#[derive(Clone, Copy)]
pub(super) struct Tree<'t, 'i> {
    table: &'t DeTable<'i>,
    /// Where it stands.
    pub(super) at: usize,
}

/// Reads the whole file and hands its root on.
pub(super) fn parse<T>(text: &str, then: impl FnOnce(Tree<'_, '_>) -> Read<T>) -> Read<T> {
    let root = DeTable::parse(text).map_err(|e| Wrong {
        at: e.span().map_or(0, |s| s.start),
        problem: format!("not TOML: {}", e.message()),
    })?;
    then(Tree { table: root.get_ref(), at: root.span().start })
}

impl<'t, 'i> Tree<'t, 'i> {
    /// Its keys with their places.
    pub(super) fn keys(self) -> impl Iterator<Item = (&'t str, Range<usize>)> {
        self.table.keys().map(|k| (k.get_ref().as_ref(), k.span()))
    }

    fn value(self, key: &str) -> Option<&'t Spanned<DeValue<'i>>> {
        self.table.iter().find(|(k, _)| k.get_ref().eq_ignore_ascii_case(key)).map(|(_, value)| value)
    }

    /// Whether it has a key.
    pub(super) fn has(self, key: &str) -> bool {
        self.value(key).is_some()
    }

    /// A text with its place.
    pub(super) fn text(self, key: &str) -> Read<Option<(&'t str, Range<usize>)>> {
        match self.value(key).map(|v| (v.get_ref(), v.span())) {
            None => Ok(None),
            Some((DeValue::String(text), at)) => Ok(Some((text.as_ref(), at))),
            Some((_, at)) => wrong(&at, format!("`{key}` must be a text")),
        }
    }

    /// A number that is not negative.
    pub(super) fn number(self, key: &str) -> Read<Option<f64>> {
        let (number, at) = match self.value(key).map(|v| (v.get_ref(), v.span())) {
            None => return Ok(None),
            Some((DeValue::Integer(n), at)) => (n.as_str().parse::<f64>().ok(), at),
            Some((DeValue::Float(n), at)) => (n.as_str().parse::<f64>().ok(), at),
            Some((_, at)) => (None, at),
        };
        match number {
            Some(number) if (0.0..1e9).contains(&number) => Ok(Some(number)),
            _ => wrong(&at, format!("`{key}` must be a number that is not negative")),
        }
    }

    /// true or false.
    pub(super) fn switch(self, key: &str) -> Read<bool> {
        match self.value(key).map(|v| (v.get_ref(), v.span())) {
            None => Ok(false),
            Some((DeValue::Boolean(yes), _)) => Ok(*yes),
            Some((_, at)) => wrong(&at, format!("`{key}` must be true or false")),
        }
    }

    /// A list of texts with their places; a single text is one.
    pub(super) fn texts(self, key: &str) -> Read<Vec<(&'t str, Range<usize>)>> {
        match self.value(key).map(|v| (v.get_ref(), v.span())) {
            None => Ok(Vec::new()),
            Some((DeValue::String(text), at)) => Ok(vec![(text.as_ref(), at)]),
            Some((DeValue::Array(list), _)) => list
                .iter()
                .map(|item| match item.get_ref() {
                    DeValue::String(text) => Ok((text.as_ref(), item.span())),
                    _ => wrong(&item.span(), format!("`{key}` must hold texts only")),
                })
                .collect(),
            Some((_, at)) => wrong(&at, format!("`{key}` must be a list of texts")),
        }
    }

    /// A table, or the tables of a list.
    pub(super) fn tables(self, key: &str) -> Read<Vec<Tree<'t, 'i>>> {
        match self.value(key).map(|v| (v.get_ref(), v.span())) {
            None => Ok(Vec::new()),
            Some((DeValue::Table(table), at)) => Ok(vec![Tree { table, at: at.start }]),
            Some((DeValue::Array(list), _)) => list
                .iter()
                .map(|item| match item.get_ref() {
                    DeValue::Table(table) => Ok(Tree { table, at: item.span().start }),
                    _ => wrong(&item.span(), format!("`{key}` must hold tables only")),
                })
                .collect(),
            Some((_, at)) => wrong(&at, format!("`{key}` must be a table")),
        }
    }
}
