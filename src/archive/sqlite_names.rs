//! Which columns the rows of a page of an SQLite database have: a value called `password` is one.

use std::collections::{HashMap, HashSet};
use std::io;

use super::sqlite::{Kind, Pages, Value, children, kind};

/// More tables, or pages, are not remembered: then rows have no names.
const TABLES: usize = 4096;
const PAGES: usize = 1 << 20;

/// The columns of tables, and which pages are whose.
#[derive(Debug, Default)]
pub(super) struct Names {
    tables: Vec<Vec<String>>,
    pages: HashMap<u32, u16>,
}

impl Names {
    /// Reads the schema, and the inner pages of all tables.
    pub(super) fn of(pages: &Pages<'_>) -> io::Result<Names> {
        let mut names = Names::default();
        let mut roots = Vec::new();
        each_leaf(pages, 1, &mut HashSet::new(), &mut |number| {
            let Some(page) = pages.page(number)? else { return Ok(()) };
            pages.rows(number, &page, &mut |row| {
                if let [Value::Text(kind), _, _, Value::Number(root), Value::Text(sql)] = &row[..]
                    && kind == b"table"
                    && roots.len() < TABLES
                {
                    roots.push((*root, columns(&String::from_utf8_lossy(sql))));
                }
            })
        })?;
        let mut seen = HashSet::new();
        for (root, columns) in roots {
            let Ok(root) = u64::try_from(root) else { continue };
            let table = names.tables.len() as u16;
            names.tables.push(columns);
            let pages_of = &mut names.pages;
            each_leaf(pages, root, &mut seen, &mut |number| {
                if pages_of.len() < PAGES {
                    pages_of.insert(number as u32, table);
                }
                Ok(())
            })?;
        }
        Ok(names)
    }

    /// The columns of the rows in a page; empty if they are not known.
    pub(super) fn columns(&self, page: u64) -> &[String] {
        let table = u32::try_from(page).ok().and_then(|page| self.pages.get(&page));
        table.and_then(|&table| self.tables.get(usize::from(table))).map_or(&[], Vec::as_slice)
    }
}

/// Calls with the pages of a tree that hold rows, each once.
fn each_leaf(
    pages: &Pages<'_>,
    root: u64,
    seen: &mut HashSet<u64>,
    found: &mut dyn FnMut(u64) -> io::Result<()>,
) -> io::Result<()> {
    let mut stack = vec![root];
    while let Some(number) = stack.pop() {
        if seen.len() > PAGES || !seen.insert(number) {
            continue;
        }
        let Some(page) = pages.page(number)? else { continue };
        match kind(number, &page) {
            Some(Kind::InnerRows) => stack.extend(children(number, &page)),
            Some(_) => found(number)?,
            None => {}
        }
    }
    Ok(())
}

/// The names of the columns in a `CREATE TABLE`: the first word of each part between commas that are in no brackets.
fn columns(sql: &str) -> Vec<String> {
    let Some(open) = sql.find('(') else { return Vec::new() };
    let (mut depth, mut part, mut all) = (0, String::new(), Vec::new());
    for c in sql[open + 1..].chars() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => break,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                all.push(std::mem::take(&mut part));
                continue;
            }
            _ => {}
        }
        part.push(c);
    }
    all.push(part);
    let name = |part: &String| {
        let part = part.trim();
        let quoted = part.chars().next().filter(|c| matches!(c, '"' | '`' | '\'' | '['));
        match quoted {
            Some(quote) => {
                let end = if quote == '[' { ']' } else { quote };
                part[1..].split(end).next().unwrap_or_default().to_owned()
            }
            None => part.split(|c: char| c.is_whitespace()).next().unwrap_or_default().to_owned(),
        }
    };
    all.iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn columns_have_their_names() {
        let sql = "CREATE TABLE t (id INTEGER PRIMARY KEY, \"api key\" TEXT DEFAULT (a(1,2)), `x`, [y z] INT, k, CHECK (id > 0))";
        assert_eq!(columns(sql), ["id", "api key", "x", "y z", "k", "CHECK"]);
        assert_eq!(columns("nothing"), Vec::<String>::new());
    }
}
